//! Subtitle files beside a film: finds those of a film and their languages by their names alone.
//!
//! `Film.srt`, `Film.en.srt`, `Film.en_GB.srt`, `Film.pt-BR.forced.ass` and `Film - English.srt` belong to `Film.mkv`, as
//! players and downloaders name them. Nothing is guessed: a name without a language has none.

mod language;

use std::collections::HashSet;

use super::{Entry, EntryKind, SubtitleFolders, natural_cmp, plain_title, stem};

pub use language::language_name;
use language::{composed, language, with_hyphens};

/// One subtitle file of a film.
#[derive(Debug, Clone, PartialEq)]
pub struct Subtitles {
    /// Its id in URLs, unique for the film: the language (`und` if it is unknown, RFC 5646 §4.1), with a
    /// suffix for variants of the same language: `en`, `en-forced`, `und-2`.
    pub id: String,
    /// The language (BCP 47: `en`, `pt-BR`, `zh-Hans`); `None` if the name contains none.
    pub language: Option<String>,
    /// A label for people, unique for the film: `English (forced)`.
    pub label: String,
    /// True if it only translates what is not in the film's language.
    pub is_forced: bool,
    /// True if it also describes sounds, for deaf viewers.
    pub is_for_deaf: bool,
    /// True for SubStation text, whose lines have places and styles of their own.
    pub is_styled: bool,
    /// The origin of its text.
    pub origin: SubtitleOrigin,
}

/// The origin of subtitles.
#[derive(Debug, Clone, PartialEq)]
pub enum SubtitleOrigin {
    /// A file beside the film.
    File(Box<Entry>),
    /// A text track inside of the film's own file, by its index there.
    Track(usize),
    /// Subtitles that the drive itself has for the film, by their index.
    Drive(usize),
}

/// A text track inside of a film, as its container describes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextTrack<'a> {
    /// Its index among all tracks.
    pub index: usize,
    /// BCP 47, if the container has one.
    pub language: Option<&'a str>,
    pub title: Option<&'a str>,
    pub is_forced: bool,
    pub is_for_deaf: bool,
    /// True for SubStation text.
    pub is_styled: bool,
}

/// The format of a subtitle file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubtitleFormat {
    /// SubRip.
    Srt,
    /// WebVTT (W3C).
    Vtt,
    /// Sub Station Alpha and its advanced form.
    Ass,
}

impl SubtitleFormat {
    /// Returns the format by a file's extension; `None` for bitmap subtitles (`.sub`, `.sup`) and others
    /// that cannot be converted to text.
    pub fn of_file(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "srt" => Some(SubtitleFormat::Srt),
            "vtt" => Some(SubtitleFormat::Vtt),
            "ass" | "ssa" => Some(SubtitleFormat::Ass),
            _ => None,
        }
    }
}

/// The maximum number of subtitle files of one film.
const MAX_SUBTITLES: usize = 100;

impl Subtitles {
    /// Returns the subtitles of a film among the entries of its folder, sorted by label.
    pub fn of_film(film: &Entry, folder: &[Entry]) -> Vec<Subtitles> {
        Subtitles::of_folders(film, &SubtitleFolders::of(folder))
    }

    /// Returns the subtitles of a film in its folder and in the folders of subtitles beside it, sorted by label.
    pub fn of_folders(film: &Entry, folders: &SubtitleFolders<'_>) -> Vec<Subtitles> {
        if film.kind != EntryKind::Video {
            return Vec::new();
        }
        let film_stem = composed(stem(&film.name));
        let film_name = composed(&film.name);
        let videos = || {
            let videos = folders.beside.iter();
            videos.filter(|entry| entry.kind == EntryKind::Video)
        };
        let others: Vec<String> = videos()
            .map(|entry| composed(stem(&entry.name)))
            .filter(|other| suffix_after(other, &film_stem).is_some_and(|rest| !rest.is_empty()))
            .collect();
        let is_alone = videos().all(|other| other.path == film.path);
        let named = |file: &Entry| {
            let name = composed(stem(&file.name));
            if others
                .iter()
                .any(|other| suffix_after(&name, other).is_some())
            {
                return None;
            }
            // `Film.mkv.srt`, too.
            let rest =
                suffix_after(&name, &film_name).or_else(|| suffix_after(&name, &film_stem))?;
            Subtitles::from_suffix(rest, file)
        };
        // In a folder for one film, a file is named after its language: `2_English.srt`.
        let unnamed = |file: &Entry| {
            let name = composed(stem(&file.name));
            let number = name.bytes().take_while(u8::is_ascii_digit).count();
            let rest = name[number..].trim_start_matches(['_', '-', '.', ' ']);
            Subtitles::from_suffix(&format!(".{rest}"), file)
        };
        let beside = folders.beside.iter().filter_map(named);
        let within = folders.within.iter().filter_map(|file| {
            let of_film = named(file);
            of_film.or_else(|| is_alone.then(|| unnamed(file)).flatten())
        });
        let own = folders
            .own
            .iter()
            .filter_map(|file| named(file).or_else(|| unnamed(file)));
        let mut found: Vec<Subtitles> = beside
            .chain(within)
            .chain(own)
            .take(MAX_SUBTITLES)
            .collect();
        found.sort_by(|a, b| {
            natural_cmp(&a.label, &b.label).then_with(|| natural_cmp(a.file_name(), b.file_name()))
        });
        make_unique(&mut found);
        found
    }

    /// Parses the part of a file's name after that of the film; `None` if the file belongs to another film.
    fn from_suffix(rest: &str, file: &Entry) -> Option<Subtitles> {
        SubtitleFormat::of_file(&file.name).filter(|_| file.kind == EntryKind::Subtitle)?;
        let rest = with_hyphens(rest);
        let rest = rest.as_str();
        let mut languages: Vec<(String, String)> = Vec::new();
        let mut words = Vec::new();
        let (mut is_forced, mut is_for_deaf) = (false, false);
        let separators =
            |c: char| matches!(c, '.' | '_' | ' ' | '[' | ']' | '(' | ')' | ',' | '&' | '+');
        for word in rest.split(separators).map(|word| word.trim_matches('-')) {
            match word.to_lowercase().as_str() {
                "" | "default" | "full" | "sub" | "subs" | "subtitle" | "subtitles" | "utf8"
                | "utf-8" => {}
                "forced" | "foreign" => is_forced = true,
                "sdh" | "cc" => is_for_deaf = true,
                // Hindi if no other language precedes it.
                "hi" if !languages.is_empty() => is_for_deaf = true,
                lower => match language(lower) {
                    Some(language) if !languages.contains(&language) => languages.push(language),
                    Some(_) => {}
                    None => words.push(word),
                },
            }
        }
        // `Film 2.srt` belongs to another film; `Film.Commentary.srt` is a variant of this one.
        if !words.is_empty() && !rest.starts_with('.') {
            return None;
        }
        let names: Vec<&str> = languages.iter().map(|(_, name)| name.as_str()).collect();
        let mut label = names.join(" and ");
        if !words.is_empty() {
            let words = words.join(" ");
            label = if label.is_empty() {
                words
            } else {
                format!("{label}, {words}")
            };
        }
        if label.is_empty() {
            "Subtitles".clone_into(&mut label);
        }
        let language = languages.first().map(|(tag, _)| tag.clone());
        let mut id = language.clone().unwrap_or_else(|| "und".to_owned());
        for (holds, remark, end) in [
            (is_forced, " (forced)", "-forced"),
            (is_for_deaf, " (SDH)", "-sdh"),
        ] {
            if holds {
                label.push_str(remark);
                id.push_str(end);
            }
        }
        Some(Subtitles {
            id,
            language,
            // It is quoted in a playlist.
            label: plain_title(&label).replace('"', "'"),
            is_forced,
            is_for_deaf,
            is_styled: SubtitleFormat::of_file(&file.name) == Some(SubtitleFormat::Ass),
            origin: SubtitleOrigin::File(Box::new(file.clone())),
        })
    }

    /// Adds the text tracks inside of a film to the files beside it, which keep their ids.
    pub fn with_tracks<'t>(
        mut files: Vec<Subtitles>,
        tracks: impl Iterator<Item = TextTrack<'t>>,
    ) -> Vec<Subtitles> {
        let room = MAX_SUBTITLES.saturating_sub(files.len());
        files.extend(tracks.map(Subtitles::from_track).take(room));
        make_unique(&mut files);
        files
    }

    fn from_track(track: TextTrack<'_>) -> Subtitles {
        let title = track.title.map(plain_title).unwrap_or_default();
        let has_word = |wanted: &str| {
            let mut words = title.split(|c: char| !c.is_alphanumeric());
            words.any(|word| word.eq_ignore_ascii_case(wanted))
        };
        let is_forced = track.is_forced || has_word("forced");
        let is_for_deaf = track.is_for_deaf || has_word("sdh");
        let language = track.language.filter(|tag| {
            let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            !tag.is_empty() && tag.bytes().all(is_safe)
        });
        let name = language.and_then(language_name);
        let mut label = match (name, title.as_str()) {
            (Some(name), "") => name,
            (Some(name), title) if title.contains(&name) => title.to_owned(),
            (Some(name), title) => format!("{name}, {title}"),
            (None, "") => language.unwrap_or("Subtitles").to_owned(),
            (None, title) => title.to_owned(),
        };
        let mut id = language.unwrap_or("und").to_owned();
        for (holds, word, remark, end) in [
            (is_forced, "forced", " (forced)", "-forced"),
            (is_for_deaf, "sdh", " (SDH)", "-sdh"),
        ] {
            if holds {
                id.push_str(end);
            }
            if holds && !has_word(word) {
                label.push_str(remark);
            }
        }
        Subtitles {
            id,
            language: language.map(str::to_owned),
            label: label.replace('"', "'"),
            is_forced,
            is_for_deaf,
            is_styled: track.is_styled,
            origin: SubtitleOrigin::Track(track.index),
        }
    }

    /// Returns the subtitles that a drive itself has for a film, from the language and the name of each.
    pub fn of_drive<'t>(
        all: impl Iterator<Item = (Option<&'t str>, Option<&'t str>)>,
    ) -> Vec<Subtitles> {
        let described = |(index, (tag, name)): (usize, (Option<&str>, Option<&str>))| {
            let known = tag.and_then(|tag| language(&tag.trim().to_lowercase()));
            let name = name.map(plain_title).filter(|name| !name.is_empty());
            let (language, label) = match (known, name) {
                (Some((tag, name)), _) => (Some(tag), name),
                (None, Some(name)) => (None, name),
                (None, None) => (None, "Subtitles".to_owned()),
            };
            Subtitles {
                id: language.clone().unwrap_or_else(|| "und".to_owned()),
                language,
                label: label.replace('"', "'"),
                is_forced: false,
                is_for_deaf: false,
                is_styled: false,
                origin: SubtitleOrigin::Drive(index),
            }
        };
        let mut found: Vec<Subtitles> =
            all.enumerate().map(described).take(MAX_SUBTITLES).collect();
        make_unique(&mut found);
        found
    }

    /// Returns the subtitles of a film followed by more of them, each with an id and a label of its own. Those of the
    /// film keep theirs.
    pub fn joined(mut film: Vec<Subtitles>, more: Vec<Subtitles>) -> Vec<Subtitles> {
        film.extend(more);
        make_unique(&mut film);
        film
    }

    /// Returns the name of the file; empty for any other origin.
    pub fn file_name(&self) -> &str {
        match &self.origin {
            SubtitleOrigin::File(file) => &file.name,
            SubtitleOrigin::Track(_) | SubtitleOrigin::Drive(_) => "",
        }
    }
}

/// Numbers equal ids and labels.
fn make_unique(all: &mut [Subtitles]) {
    let (mut ids, mut labels) = (HashSet::new(), HashSet::new());
    for one in all {
        one.id = unique(&one.id, "-", &mut ids);
        one.label = unique(&one.label, " ", &mut labels);
    }
}

fn unique(name: &str, separator: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{name}{separator}{n}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| taken.insert(name.clone()))
        .unwrap_or_default()
}

/// Returns the rest of `name` after `film`, ignoring case; `None` if it does not begin with `film`, or a
/// word does not end there.
fn suffix_after<'n>(name: &'n str, film: &str) -> Option<&'n str> {
    let mut rest = name.chars();
    for wanted in film.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    let rest = rest.as_str();
    let ends = rest.is_empty() || rest.starts_with(['.', '_', '-', ' ', '[', '(']);
    ends.then_some(rest)
}

#[cfg(test)]
mod tests;
