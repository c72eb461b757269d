//! The page with the player on it, and the block of data that the player reads.

use std::collections::BTreeMap;

use askama::Template;
use serde::Serialize;

use super::layout::Layout;
use super::verdict::Verdict;
use super::{Address, Fact, Link};

/// `/watch/{place}/{path}`
#[derive(Debug, Template)]
#[template(path = "watch.html")]
pub struct WatchPage {
    pub layout: Layout,
    /// The folders above the film, from the place down.
    pub crumbs: Vec<Link>,
    /// Size, length, picture, last change.
    pub facts: Vec<Fact>,
    /// Addresses for other players.
    pub addresses: Vec<Address>,
    /// A list with this film in it, which VLC opens when it is clicked.
    pub vlc: Option<String>,
    /// The film before this one in its folder.
    pub previous: Option<Link>,
    /// What is known beforehand to stand in the way.
    pub verdict: Option<Verdict>,
    /// Side-car subtitles, for the original and for players without HLS.
    pub subtitles: Vec<Track>,
    /// What the player needs to know.
    pub film: Film,
}

/// A subtitle file beside the film.
#[derive(Debug, Clone)]
pub struct Track {
    /// `English`.
    pub label: String,
    /// `en`; empty where it is not known.
    pub lang: String,
    /// Its WebVTT address.
    pub src: String,
}

/// The data block `#film` of the page. Addresses are absolute paths on this server.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Film {
    /// The film's name.
    pub title: String,
    /// `video` or `audio`.
    pub kind: &'static str,
    /// `…/master.m3u8`; `None` where the drive has no streams of it.
    pub hls: Option<String>,
    /// The file's own bytes; `None` where the drive does not give them.
    pub original: Option<String>,
    /// The media type of the original.
    pub original_type: String,
    /// A picture.
    pub poster: Option<String>,
    /// Length in seconds, where known.
    pub duration_s: Option<f64>,
    /// The qualities that may exist, best first, `audio` last; one without address is shown as missing.
    pub renditions: Vec<FilmRendition>,
    /// Where it was left, in seconds.
    pub resume_s: Option<f64>,
    /// Where the position is kept (`PUT {"position_s","duration_s"}`); guests have none.
    pub history: Option<String>,
    /// The film after this one in its folder.
    pub next: Option<FilmNext>,
    /// The words for what may go wrong, by code.
    pub verdicts: BTreeMap<&'static str, Verdict>,
}

/// One quality of the film.
#[derive(Debug, Clone, Serialize)]
pub struct FilmRendition {
    /// `1080p`, `720p`, `480p`, `360p` or `audio`.
    pub name: String,
    /// `…/720p.m3u8`; `None` where it is known not to exist.
    pub href: Option<String>,
}

/// The film that comes next.
#[derive(Debug, Clone, Serialize)]
pub struct FilmNext {
    /// Its name.
    pub title: String,
    /// Its watch page.
    pub href: String,
}

impl WatchPage {
    /// The data block, safe inside a `script` element.
    pub fn film_block(&self) -> String {
        data_block(&self.film)
    }

    /// The verdict, where nothing plays: it lies over the picture.
    pub fn obstacle(&self) -> Option<&Verdict> {
        self.verdict.as_ref().filter(|verdict| verdict.blocks)
    }

    /// The verdict, where the film plays nevertheless: it stands below the picture.
    pub fn reservation(&self) -> Option<&Verdict> {
        self.verdict.as_ref().filter(|verdict| !verdict.blocks)
    }

    /// Whether the film is only heard.
    pub fn is_audio(&self) -> bool {
        self.film.kind == "audio"
    }
}

/// JSON in which nothing can end the element that holds it: `<`, `>`, `&` and the two line separators
/// are written as escapes, which JSON allows inside strings, the only place where they can occur.
fn data_block(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", character as u32));
            }
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_leave_the_data_block() {
        let film = Film {
            title: "</script><!-- \u{2028}& \"Q\" 映画 🌊".to_owned(),
            ..Film::default()
        };
        let block = data_block(&film);
        assert!(!block.contains(['<', '>', '&', '\u{2028}']));
        let read: serde_json::Value = serde_json::from_str(&block).unwrap();
        assert_eq!(read["title"], film.title.as_str());
    }
}
