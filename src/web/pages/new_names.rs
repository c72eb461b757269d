//! The names that several entries get at once: by a replaced text, by a pattern, or by their titles.

use media::{EntryPath, ReleaseName, stem};

/// The way in which new names are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamingRule {
    /// Replaces a text wherever it occurs in the name without its extension.
    Replace { find: String, with: String },
    /// A pattern with `{name}`, `{title}`, `{year}` and `{n}`, the number of the entry from `first` on.
    Pattern { pattern: String, first: u32 },
    /// `Title (Year)`, or `Series S01E02 - Title`.
    Title,
    /// The same, in folders: `Title (Year)/…`, or `Series/Season 01/…`.
    Folders,
}

/// The title and the numbers of a file, from the library or from its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownTitle {
    /// The title of the film or of the series; empty if it is not known.
    pub title: String,
    pub year: Option<u16>,
    /// Season and number of an episode, the last number of a double one, and its own title; `None` for a film.
    pub episode: Option<EpisodeMarks>,
}

/// The numbers of an episode.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EpisodeMarks {
    pub season: Option<u16>,
    pub number: u16,
    pub last: Option<u16>,
    pub title: Option<String>,
}

impl KnownTitle {
    /// Returns what the path itself says. The title is empty for a name without a recognised part.
    pub fn of_path(path: &EntryPath) -> Self {
        let name = ReleaseName::parse(path);
        let episode = name.episode.as_ref().and_then(|episode| {
            Some(EpisodeMarks {
                season: episode.season,
                number: episode.number?,
                last: episode.last,
                title: episode.title.clone(),
            })
        });
        let is_known = episode.is_some() || name.year.is_some();
        KnownTitle {
            title: if is_known { name.title } else { String::new() },
            year: name.year,
            episode,
        }
    }

    /// Returns the names of the folders for it, the uppermost first; none if the title is not known.
    fn folders(&self) -> Vec<String> {
        let names = match &self.episode {
            None => vec![self.name().unwrap_or_default()],
            Some(episode) => {
                let season = episode.season.map(|season| format!("Season {season:02}"));
                [Some(self.title.clone()), season]
                    .into_iter()
                    .flatten()
                    .collect()
            }
        };
        let names: Vec<String> = names.iter().map(|name| without_forbidden(name)).collect();
        match self.title.is_empty() || names.iter().any(String::is_empty) {
            true => Vec::new(),
            false => names,
        }
    }

    /// Returns the name that Kodi, Jellyfin and others recognise; `None` if the title is not known.
    fn name(&self) -> Option<String> {
        if self.title.is_empty() {
            return None;
        }
        let year = self.year.map(|year| format!(" ({year})"));
        let name = match &self.episode {
            None => format!("{}{}", self.title, year.unwrap_or_default()),
            Some(episode) => {
                let season = episode.season.map(|season| format!("S{season:02}"));
                let last = episode.last.filter(|last| *last > episode.number);
                let own = episode.title.as_deref().filter(|title| !title.is_empty());
                format!(
                    "{} {}E{:02}{}{}",
                    self.title,
                    season.unwrap_or_default(),
                    episode.number,
                    last.map_or(String::new(), |last| format!("-E{last:02}")),
                    own.map_or(String::new(), |title| format!(" - {title}")),
                )
            }
        };
        Some(name)
    }
}

/// Returns the new name of the entry at `index`, with the extension of the old one; the old name if the rule says nothing
/// about it. A folder has no extension.
pub fn new_name(
    rule: &NamingRule,
    path: &EntryPath,
    is_folder: bool,
    known: &KnownTitle,
    index: usize,
) -> String {
    let old = path.name();
    let old_stem = if is_folder { old } else { stem(old) };
    let extension = &old[old_stem.len()..];
    let new_stem = match rule {
        NamingRule::Replace { find, .. } if find.is_empty() => return old.to_owned(),
        NamingRule::Replace { find, with } => old_stem.replace(find.as_str(), with),
        NamingRule::Pattern { pattern, first } => {
            let number = first.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
            from_pattern(pattern, old_stem, known, number)
        }
        NamingRule::Title | NamingRule::Folders => match known.name() {
            Some(name) => name,
            None => return old.to_owned(),
        },
    };
    let new_stem = without_forbidden(&new_stem);
    match new_stem.is_empty() {
        true => old.to_owned(),
        false => format!("{new_stem}{extension}"),
    }
}

/// Returns the folder that a file is moved to by [`NamingRule::Folders`], below its own one. The folders that it is in already
/// are not made again.
pub fn new_folder(path: &EntryPath, known: &KnownTitle) -> EntryPath {
    let folder = path.parent().unwrap_or_else(EntryPath::root);
    let wanted = known.folders();
    let here: Vec<&str> = folder.names().collect();
    let is_there = |count: &usize| {
        here.ends_with(
            &wanted[..*count]
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        )
    };
    let there = (0..=wanted.len()).rev().find(is_there).unwrap_or(0);
    let mut target = folder.clone();
    for name in &wanted[there..] {
        match target.join(name) {
            Ok(inner) => target = inner,
            Err(_) => return folder,
        }
    }
    target
}

/// Returns what the name of a file has behind the name of a film that it belongs to: `.en.srt` of `Film.en.srt` beside
/// `Film.mkv`. `None` if it belongs to another film or to none.
pub fn end_beside<'a>(film: &str, name: &'a str) -> Option<&'a str> {
    let end = name.strip_prefix(stem(film))?;
    (name != film && end.starts_with(['.', '-'])).then_some(end)
}

/// Fills in a pattern. `{nn}` and `{nnn}` are numbers of two and three digits; unknown words stay as they are.
fn from_pattern(pattern: &str, old_stem: &str, known: &KnownTitle, number: u32) -> String {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((word, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match word {
            "name" => filled.push_str(old_stem),
            "title" if known.title.is_empty() => filled.push_str(old_stem),
            "title" => filled.push_str(&known.title),
            "year" => filled.push_str(&known.year.map_or(String::new(), |year| year.to_string())),
            "n" => filled.push_str(&number.to_string()),
            "nn" => filled.push_str(&format!("{number:02}")),
            "nnn" => filled.push_str(&format!("{number:03}")),
            unknown => {
                filled.push('{');
                filled.push_str(unknown);
                filled.push('}');
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// Returns a name without characters that drives and systems refuse: `: ? " < > |` and others become spaces or
/// disappear, as media servers do it.
fn without_forbidden(name: &str) -> String {
    let mut clean = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            ':' => clean.push_str(" -"),
            '/' | '\\' | '|' => clean.push('-'),
            '?' | '*' | '"' | '<' | '>' => {}
            control if control.is_control() => {}
            other => clean.push(other),
        }
    }
    let words: Vec<&str> = clean.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(rule: &NamingRule, path: &str, index: usize) -> String {
        let path = EntryPath::parse(path).unwrap();
        new_name(rule, &path, false, &KnownTitle::of_path(&path), index)
    }

    #[test]
    fn names_by_a_replaced_text_keep_their_extension() {
        let rule = |find: &str, with: &str| NamingRule::Replace {
            find: find.to_owned(),
            with: with.to_owned(),
        };
        let cases = [
            (
                rule(".", " "),
                "/Paper.Mountains.mp4",
                "Paper Mountains.mp4",
            ),
            (rule("mp4", "x"), "/mp4.mp4", "x.mp4"),
            (rule("", "x"), "/Film.mp4", "Film.mp4"),
            (rule("Film", ""), "/Film.mp4", "Film.mp4"),
            (rule("Film", "a/b: c?"), "/Film.mp4", "a-b - c.mp4"),
            (rule("none", "x"), "/Film.mp4", "Film.mp4"),
        ];
        for (rule, path, expected) in cases {
            assert_eq!(named(&rule, path, 0), expected, "{rule:?}");
        }
    }

    #[test]
    fn patterns_count_and_know_titles() {
        let cases = [
            ("Part {nn}", "/a.mkv", 4, "Part 07.mkv"),
            ("{n}", "/a.mkv", 0, "3.mkv"),
            ("{nnn} {name}", "/a.mkv", 0, "003 a.mkv"),
            (
                "{title} ({year})",
                "/Tidal.Light.2019.1080p.mkv",
                0,
                "Tidal Light (2019).mkv",
            ),
            ("{title}", "/sea.mkv", 0, "sea.mkv"),
            ("{unknown} {", "/a.mkv", 0, "{unknown} {.mkv"),
            ("  ", "/a.mkv", 0, "a.mkv"),
        ];
        for (pattern, path, index, expected) in cases {
            let rule = NamingRule::Pattern {
                pattern: pattern.to_owned(),
                first: 3,
            };
            assert_eq!(named(&rule, path, index), expected, "{pattern}");
        }
    }

    #[test]
    fn titles_are_written_as_media_servers_read_them() {
        let cases = [
            ("/Tidal.Light.2019.1080p.WEB.mkv", "Tidal Light (2019).mkv"),
            (
                "/Paper Worlds/Season 1/Paper.Worlds.S01E02.mkv",
                "Paper Worlds S01E02.mkv",
            ),
            ("/holiday.mkv", "holiday.mkv"),
        ];
        for (path, expected) in cases {
            assert_eq!(named(&NamingRule::Title, path, 0), expected);
        }
        let known = KnownTitle {
            title: "Mission: Sea?".to_owned(),
            year: Some(2020),
            episode: None,
        };
        let path = EntryPath::parse("/x.mkv").unwrap();
        let name = new_name(&NamingRule::Title, &path, false, &known, 0);
        assert_eq!(name, "Mission - Sea (2020).mkv");
        let double = KnownTitle {
            title: "Show".to_owned(),
            year: None,
            episode: Some(EpisodeMarks {
                season: Some(1),
                number: 1,
                last: Some(2),
                title: Some("Both".to_owned()),
            }),
        };
        let name = new_name(&NamingRule::Title, &path, false, &double, 0);
        assert_eq!(name, "Show S01E01-E02 - Both.mkv");
    }

    #[test]
    fn folders_are_those_of_the_title_and_are_not_made_twice() {
        let film = "Tidal.Light.2019.1080p.mkv";
        let episode = "Paper.Worlds.S01E02.mkv";
        for (path, expected) in [
            (format!("/{film}"), "/Tidal Light (2019)"),
            (format!("/Films/{film}"), "/Films/Tidal Light (2019)"),
            (format!("/Tidal Light (2019)/{film}"), "/Tidal Light (2019)"),
            (format!("/{episode}"), "/Paper Worlds/Season 01"),
            (
                format!("/Paper Worlds/{episode}"),
                "/Paper Worlds/Season 01",
            ),
            (
                format!("/Paper Worlds/Season 01/{episode}"),
                "/Paper Worlds/Season 01",
            ),
            ("/Films/holiday.mkv".to_owned(), "/Films"),
        ] {
            let path = EntryPath::parse(&path).unwrap();
            let folder = new_folder(&path, &KnownTitle::of_path(&path));
            assert_eq!(folder.as_str(), expected, "{path}");
        }
    }

    #[test]
    fn files_beside_a_film_are_found_by_its_name() {
        for (name, end) in [
            ("Film.en.srt", Some(".en.srt")),
            ("Film-poster.jpg", Some("-poster.jpg")),
            ("Film 2.srt", None),
            ("Film.mkv", None),
            ("Other.srt", None),
        ] {
            assert_eq!(end_beside("Film.mkv", name), end, "{name}");
        }
    }

    #[test]
    fn a_folder_has_no_extension() {
        let path = EntryPath::parse("/Vol. 1.5").unwrap();
        let rule = NamingRule::Replace {
            find: "1.5".to_owned(),
            with: "2".to_owned(),
        };
        let name = new_name(&rule, &path, true, &KnownTitle::default(), 0);
        assert_eq!(name, "Vol. 2");
    }
}
