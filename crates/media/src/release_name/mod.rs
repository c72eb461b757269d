//! Parses the names of films and episodes: title, year, season and episode, edition, part, language.
//!
//! Names are parsed as release groups, media servers and people write them: `Title (2019).mkv`,
//! `Show.S01E02.1080p.WEB-DL.x264-GRP.mkv`, `[Group] Title - 05 [720p].mkv`, `Show/Season 2/03 - Name.mkv`. The folders
//! above help. A name without any recognised part stays as it is.

mod episode;
mod folder;
mod tag;
mod token;
mod year;

use chrono::NaiveDate;

use super::{EntryPath, stem};
use episode::EpisodeMark;
use folder::FolderName;
use token::{Token, text_between, tokenize};

/// The parts of a film's or an episode's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReleaseName {
    /// The title of the film, or of the series. The name of the file without its extension if nothing was recognised.
    pub title: String,
    /// The year of release; `None` if the name has none.
    pub year: Option<u16>,
    /// The number of the episode; `None` for a film.
    pub episode: Option<EpisodeNumber>,
    /// The edition, such as `Director's Cut`; `None` if the name has none.
    pub edition: Option<String>,
    /// The number of a film's part in several files (`CD1`); `None` if the name has none.
    pub part: Option<u16>,
    /// The ISO 639-1 code of the spoken language; `None` if the name has none, or several.
    pub language: Option<&'static str>,
    /// The height of the picture as text, such as `1080p` or `2160p`; `None` if the name has none.
    pub resolution: Option<String>,
    /// The number of folders between the file and the folder of the series, that one included: 1 for the folder that
    /// contains the file. 0 if the name of the series does not come from a folder, and for films.
    pub series_levels: usize,
    /// True for trailers, samples and other extras, which are neither films nor episodes.
    pub is_extra: bool,
}

/// The number of an episode.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EpisodeNumber {
    /// The season, 0 for specials; `None` for absolute numbers and dates.
    pub season: Option<u16>,
    /// The number within the season; `None` for an episode that is named by its date.
    pub number: Option<u16>,
    /// The last number of a file with several episodes; `None` for a file with one.
    pub last: Option<u16>,
    /// The date of the broadcast; `None` if the name has none.
    pub aired: Option<NaiveDate>,
    /// The title of the episode; `None` if the name has none.
    pub title: Option<String>,
}

impl ReleaseName {
    /// Parses the path of a file: its name, and the folders above where they help.
    pub fn parse(path: &EntryPath) -> Self {
        let mut names: Vec<&str> = path.names().collect();
        let file = names.pop().unwrap_or_default();
        let folders: Vec<FolderName> = names
            .iter()
            .rev()
            .take(MAX_FOLDERS)
            .map(|name| FolderName::parse(name))
            .collect();
        parse(stem(file), &folders)
    }
}

/// Folders above a file that are parsed.
const MAX_FOLDERS: usize = 4;

/// Returns a key that is equal for spellings of the same title: letters and digits in lower case, `&` as `and`.
pub fn title_key(title: &str) -> String {
    let mut key = String::with_capacity(title.len());
    for character in title.chars().flat_map(char::to_lowercase) {
        match character {
            '&' => key.push_str("and"),
            _ if character.is_alphanumeric() => key.push(character),
            _ => {}
        }
    }
    match key.is_empty() {
        true => title.trim().to_lowercase(),
        false => key,
    }
}

fn parse(stem: &str, folders: &[FolderName]) -> ReleaseName {
    let tokens = tokenize(stem);
    let start = tag::skip_group(&tokens);
    let above = Above::of(folders);
    let is_extra = above.is_extra || tag::is_extra(stem, &tokens);
    let mark = episode::find(&tokens, start, above.season);
    let found = mark.map(|mark| episode(&tokens, start, &mark, &above));
    // A number without a series stays a part of the file's name.
    let mut found = match found.filter(|found| !found.title.is_empty()) {
        Some(found) => found,
        None => film(stem, &tokens, start, &above),
    };
    found.edition = tag::edition(&tokens, start);
    found.resolution = tag::resolution(&tokens).or(above.resolution.clone());
    found.is_extra = is_extra;
    found
}

fn episode(
    tokens: &[Token<'_>],
    start: usize,
    mark: &EpisodeMark,
    above: &Above<'_>,
) -> ReleaseName {
    let chosen = year::before_episode(tokens, start, mark.start);
    let end = chosen.map_or(mark.start, |(at, _)| at);
    let begin = chosen.map_or(start, |(at, _)| if at == start { at + 1 } else { start });
    let end = if end < begin { mark.start } else { end };
    let own = text_between(tokens, begin, tag::title_end(tokens, begin, end));
    let mut year = chosen.map(|(_, year)| year);
    let mut number = mark.number.clone();
    if number.aired.is_none() && number.season.is_none() {
        number.season = above.season;
    }
    number.title = episode_title(tokens, mark.end);
    let is_dated_file = mark.number.aired.is_some() && !above.is_season();
    let series = above
        .series
        .filter(|folder| !(folder.title.is_empty() || own.is_empty() && is_dated_file));
    let mut series_levels = 0;
    let title = match series {
        Some(folder)
            if own.is_empty()
                || above.is_season()
                || title_key(&folder.title) == title_key(&own) =>
        {
            year = folder.year.or(year.filter(|_| !own.is_empty()));
            series_levels = above.series_levels;
            folder.title.clone()
        }
        _ => own,
    };
    ReleaseName {
        title,
        year,
        episode: Some(number),
        series_levels,
        language: tag::language(tokens, mark.end, true),
        ..ReleaseName::default()
    }
}

/// Returns the text between an episode's number and the first tag; `None` if there is none.
fn episode_title(tokens: &[Token<'_>], start: usize) -> Option<String> {
    let end = (start..tokens.len())
        .find(|at| tokens[*at].bracket.is_some() || tag::is_tag(tokens, *at))
        .unwrap_or(tokens.len());
    let title = text_between(tokens, start, end);
    (!title.is_empty()).then_some(title)
}

fn film(stem: &str, tokens: &[Token<'_>], start: usize, above: &Above<'_>) -> ReleaseName {
    let chosen = year::of_film(tokens, start);
    let mut begin = start;
    let end = match chosen {
        // `(2019) Title`
        Some((at, _)) if at == start => {
            begin = at + 1;
            tag::title_end(tokens, begin, tokens.len())
        }
        Some((at, _)) => tag::first_bracket(tokens, begin, at),
        None => tag::title_end(tokens, start, tokens.len()),
    };
    let (end, part) = tag::part(tokens, begin, end);
    let mut title = text_between(tokens, begin, end);
    let year = chosen.map(|(_, year)| year);
    let has_tags = (end..tokens.len()).any(|at| tag::is_strong(tokens, at));
    let is_recognized = year.is_some() || part.is_some() || has_tags;
    let is_whole = end == tokens.len() && is_title_case(&title);
    if title.is_empty() {
        title = stem.to_owned();
    } else if !is_recognized && start == 0 && !is_whole {
        // Nothing was recognised: the name stays as it is.
        title = stem.to_owned();
    }
    let mut found = ReleaseName {
        title,
        year,
        part,
        language: tag::language(tokens, end, false),
        ..ReleaseName::default()
    };
    if let Some(folder) = above.own.filter(|folder| folder.year.is_some())
        && (found.year.is_none() || found.year == folder.year)
    {
        let (own, other) = (title_key(&found.title), title_key(&folder.title));
        if own == other || own.starts_with(&other) || tag::is_generic(&own) {
            found.year = folder.year;
            found.title.clone_from(&folder.title);
        }
    }
    found
}

/// Returns true if every word begins with a capital letter or is not alphabetic, as in a title.
fn is_title_case(text: &str) -> bool {
    const SMALL: [&str; 12] = [
        "of", "the", "and", "a", "an", "in", "to", "on", "for", "de", "la", "with",
    ];
    let is_serial_number = |word: &str| word.bytes().filter(u8::is_ascii_digit).count() > 4;
    text.split(' ').all(|word| {
        let begins_large = word
            .chars()
            .next()
            .is_some_and(|first| !first.is_lowercase());
        (begins_large || SMALL.contains(&word)) && !is_serial_number(word)
    })
}

/// The folders above a file, by their roles.
struct Above<'f> {
    /// The folder that contains the file, unless it has a role.
    own: Option<&'f FolderName>,
    /// The nearest folder without a role.
    series: Option<&'f FolderName>,
    series_levels: usize,
    season: Option<u16>,
    is_extra: bool,
    resolution: Option<String>,
}

impl<'f> Above<'f> {
    fn of(folders: &'f [FolderName]) -> Self {
        let mut above = Above {
            own: folders
                .iter()
                .find(|folder| !folder.is_disc)
                .filter(|folder| folder.is_plain()),
            series: None,
            series_levels: 0,
            season: None,
            is_extra: false,
            resolution: folders.first().and_then(|folder| folder.resolution.clone()),
        };
        for (at, folder) in folders.iter().enumerate() {
            above.is_extra |= folder.is_extras;
            if let Some(season) = folder.season {
                above.season = above.season.or(Some(season));
            }
            if !folder.title.is_empty() && !folder.is_extras && !folder.is_disc {
                above.series_levels = at + 1;
                above.series = Some(folder).filter(|folder| !folder.is_collection());
                break;
            }
        }
        above
    }

    fn is_season(&self) -> bool {
        self.season.is_some()
    }
}

#[cfg(test)]
mod comparison;
#[cfg(test)]
mod tests;
