//! The names of the folders above a file: a series, a season, a film, extras.

use super::token::{Token, text_between, tokenize};
use super::{tag, year};

/// The parsed name of a folder.
#[derive(Debug, Clone, Default)]
pub(super) struct FolderName {
    /// The title; empty for `Season 2`, `Extras`, `CD1`.
    pub title: String,
    pub year: Option<u16>,
    /// The season, 0 for specials; `None` if the name has none.
    pub season: Option<u16>,
    pub is_extras: bool,
    pub is_disc: bool,
    pub resolution: Option<String>,
}

const SEASON_WORDS: [&str; 13] = [
    "season",
    "staffel",
    "saison",
    "temporada",
    "stagione",
    "series",
    "seizoen",
    "sezon",
    "säsong",
    "сезон",
    "シーズン",
    "sæson",
    "kausi",
];
const SPECIALS: [&str; 6] = ["specials", "special", "ova", "ovas", "sp", "extras ova"];
const EXTRAS: [&str; 14] = [
    "extras",
    "extra",
    "featurettes",
    "featurette",
    "behind the scenes",
    "deleted scenes",
    "trailers",
    "trailer",
    "sample",
    "samples",
    "interviews",
    "shorts",
    "scenes",
    "bonus",
];
/// Names of folders that hold many series or films.
const COLLECTIONS: [&str; 25] = [
    "tv",
    "series",
    "shows",
    "tv shows",
    "tv series",
    "serien",
    "anime",
    "movies",
    "films",
    "filme",
    "videos",
    "video",
    "media",
    "downloads",
    "download",
    "completed",
    "séries",
    "cartoons",
    "kids",
    "documentaries",
    "dokus",
    "new",
    "complete",
    "my videos",
    "library",
];

impl FolderName {
    pub fn parse(name: &str) -> Self {
        let lower = name.trim().to_lowercase();
        let mut found = FolderName {
            is_extras: EXTRAS.contains(&lower.as_str()),
            is_disc: is_disc(&lower),
            ..FolderName::default()
        };
        if found.is_extras || found.is_disc {
            return found;
        }
        if SPECIALS.contains(&lower.as_str()) {
            found.season = Some(0);
            return found;
        }
        let tokens = tokenize(name);
        let start = tag::skip_group(&tokens);
        found.resolution = tag::resolution(&tokens);
        if let Some((at, season)) = season(&tokens, start) {
            found.season = Some(season);
            let chosen = year::before_episode(&tokens, start, at);
            found.year = chosen.map(|(_, year)| year);
            let end = chosen.map_or(at, |(at, _)| at);
            found.title = text_between(&tokens, start, end);
            return found;
        }
        let chosen = year::of_film(&tokens, start);
        let (begin, end) = match chosen {
            Some((at, _)) if at == start => (at + 1, tag::title_end(&tokens, at + 1, tokens.len())),
            Some((at, _)) => (start, tag::first_bracket(&tokens, start, at)),
            None => (start, tag::title_end(&tokens, start, tokens.len())),
        };
        found.title = text_between(&tokens, begin, end);
        found.year = chosen.map(|(_, year)| year);
        if found.title.is_empty() {
            found.title = name.trim().to_owned();
        }
        found
    }

    /// Returns true for a folder without a role, which may be a film's own.
    pub fn is_plain(&self) -> bool {
        self.season.is_none() && !self.is_extras && !self.is_disc && !self.is_collection()
    }

    /// Returns true for a folder that holds many series or films.
    pub fn is_collection(&self) -> bool {
        self.season.is_none()
            && self.year.is_none()
            && COLLECTIONS.contains(&self.title.to_lowercase().as_str())
    }
}

/// Returns the position and the number of a season: `S01`, `Season 1`, `第2季`. `None` if there is none.
pub(super) fn season(tokens: &[Token<'_>], start: usize) -> Option<(usize, u16)> {
    (start..tokens.len()).find_map(|at| {
        let token = &tokens[at];
        if let Some(digits) = token.lower.strip_prefix('s')
            && (1..=2).contains(&digits.len())
            && let Ok(season) = digits.parse()
        {
            return Some((at, season));
        }
        for word in SEASON_WORDS {
            let Some(rest) = token.lower.strip_prefix(word) else {
                continue;
            };
            let season = match rest {
                // `Kite Season (1964)` is a title with its year.
                "" => tokens
                    .get(at + 1)
                    .filter(|next| next.year().is_none() || next.bracket.is_none())
                    .and_then(|next| season_number(&next.lower)),
                _ => season_number(rest),
            };
            if let Some(season) = season {
                return Some((at, season));
            }
        }
        let rest = token.lower.split_once('第')?.1;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let is_season = rest[digits.len()..].starts_with(['季', '期']);
        is_season
            .then(|| digits.parse().ok())
            .flatten()
            .map(|season| (at, season))
    })
}

fn season_number(text: &str) -> Option<u16> {
    let is_short = (1..=2).contains(&text.len()) || text.len() == 4;
    is_short.then(|| text.parse().ok()).flatten()
}

/// Returns true for the folder of one disc: `CD1`, `Disc 2`, `VIDEO_TS`.
fn is_disc(lower: &str) -> bool {
    if matches!(lower, "video_ts" | "bdmv" | "stream") {
        return true;
    }
    ["cd", "disc", "disk", "dvd"].iter().any(|word| {
        let rest = lower.strip_prefix(word).unwrap_or_default().trim();
        !rest.is_empty() && rest.len() <= 2 && rest.bytes().all(|it| it.is_ascii_digit())
    })
}
