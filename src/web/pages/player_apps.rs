//! Links that open a film in a player of the visitor's own device by one tap. The table of players, with the link of each
//! and its source, is `player_apps.tsv`.

use axum::http::{HeaderMap, header};
use data_encoding::BASE64URL_NOPAD;

use crate::web::urls::encode_name;

const TABLE: &str = include_str!("player_apps.tsv");

/// The operating system of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    Windows,
    MacOs,
    Linux,
    Android,
    Ios,
}

/// A link to a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerApp {
    /// The id by which the page remembers the choice.
    pub id: &'static str,
    pub name: &'static str,
    pub link: String,
}

/// The film that a player is to open.
#[derive(Debug, Clone, Default)]
pub struct AppFilm {
    /// The stream or the file, with scheme and host.
    pub url: String,
    /// The file itself, with scheme and host; `None` if it cannot be had.
    pub file: Option<String>,
    /// An M3U list that contains it, with scheme and host.
    pub list: String,
    pub title: String,
    /// The first subtitle file; `None` without any.
    pub subtitle: Option<String>,
    /// The position at which to resume, in seconds; `None` for the beginning.
    pub position_s: Option<f64>,
}

impl Platform {
    /// Returns the name in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Platform::Windows => "windows",
            Platform::MacOs => "macos",
            Platform::Linux => "linux",
            Platform::Android => "android",
            Platform::Ios => "ios",
        }
    }

    /// Returns the platform of a browser by its headers; `None` if it is another one, such as a TV.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let agent = text(header::USER_AGENT.as_str()).unwrap_or_default();
        let hint = text("sec-ch-ua-platform").unwrap_or_default();
        let has = |word: &str| agent.contains(word) || hint.contains(word);
        // Android says Linux as well, and an iPad may say Macintosh, which is not to be told apart here.
        [
            ("Android", Platform::Android),
            ("iPhone", Platform::Ios),
            ("iPad", Platform::Ios),
            ("Windows", Platform::Windows),
            ("Macintosh", Platform::MacOs),
            ("macOS", Platform::MacOs),
            ("Linux", Platform::Linux),
        ]
        .into_iter()
        .find(|(word, _)| has(word))
        .map(|(_, platform)| platform)
    }
}

/// Players on mpv. Up to mpv 0.39 they do not seek in fragmented MP4 by HLS.
const BUILT_ON_MPV: [&str; 2] = ["mpv", "iina"];

impl AppFilm {
    /// Returns what players on mpv open: the file, or a stream from its beginning.
    fn for_mpv(&self) -> Self {
        let film = self.clone();
        match &self.file {
            Some(file) => AppFilm {
                url: file.clone(),
                ..film
            },
            None => AppFilm {
                position_s: None,
                ..film
            },
        }
    }
}

/// Returns the links for a platform, in the order of the table.
pub fn player_apps(platform: Platform, film: &AppFilm) -> Vec<PlayerApp> {
    let for_mpv = film.for_mpv();
    rows()
        .filter(|row| row.platform == platform.as_str())
        .map(|row| {
            let film = match BUILT_ON_MPV.contains(&row.id) {
                true => &for_mpv,
                false => film,
            };
            PlayerApp {
                id: row.id,
                name: row.name,
                link: fill(row.link, film).unwrap_or_default(),
            }
        })
        .collect()
}

/// One row of the table.
struct PlayerRow {
    id: &'static str,
    name: &'static str,
    platform: &'static str,
    link: &'static str,
}

fn rows() -> impl Iterator<Item = PlayerRow> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut cells = line.split('\t');
        Some(PlayerRow {
            id: cells.next()?,
            name: cells.next()?,
            platform: cells.next()?,
            link: cells.next()?,
        })
    })
}

/// Puts the values into a link of the table; `None` if one is missing outside of the brackets.
fn fill(template: &str, film: &AppFilm) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '[']) {
        let (before, found) = rest.split_at(at);
        filled.push_str(before);
        if let Some(optional) = found.strip_prefix('[') {
            let (optional, after) = optional.split_once(']')?;
            filled.push_str(&fill(optional, film).unwrap_or_default());
            rest = after;
        } else {
            let (name, after) = found[1..].split_once('}')?;
            filled.push_str(&value(name, film)?);
            rest = after;
        }
    }
    filled.push_str(rest);
    Some(filled)
}

/// Returns a value by its name in the table; `None` if the film has none.
fn value(name: &str, film: &AppFilm) -> Option<String> {
    let (name, form) = name.split_once(':').unwrap_or((name, ""));
    let (scheme, address) = film.url.split_once("://")?;
    let position_s = film.position_s.filter(|position| *position >= 1.0);
    let position_s = position_s.map(|position| position as u64);
    let plain = match name {
        "url" => film.url.clone(),
        "list" => film.list.clone(),
        "title" => film.title.clone(),
        "subtitle" => film.subtitle.clone()?,
        "scheme" => scheme.to_owned(),
        "rest" => address.to_owned(),
        "position_s" => position_s?.to_string(),
        "position_ms" => (position_s? * 1000).to_string(),
        "position_hms" => {
            let seconds = position_s?;
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
        }
        _ => return None,
    };
    Some(match form {
        "enc" => encode_name(&plain),
        "b64" => BASE64URL_NOPAD.encode(plain.as_bytes()),
        _ => plain,
    })
}

#[cfg(test)]
mod tests;
