//! The number of an episode among the words of a name.

use chrono::NaiveDate;

use super::token::Token;
use super::{EpisodeNumber, folder, tag};

/// The position of an episode's number among the words, and the number.
#[derive(Debug, Clone)]
pub(super) struct EpisodeMark {
    /// The first word of the mark.
    pub start: usize,
    /// The first word behind it.
    pub end: usize,
    pub number: EpisodeNumber,
}

/// More episodes than these in one file are a mistake.
const MAX_RANGE: u16 = 60;

/// Finds the number of an episode. In the folder of a season a plain number is enough. `None` for a film.
pub(super) fn find(tokens: &[Token<'_>], start: usize, season: Option<u16>) -> Option<EpisodeMark> {
    let all = start..tokens.len();
    let first = |parse: fn(&[Token<'_>], usize) -> Option<EpisodeMark>| {
        all.clone().find_map(|at| parse(tokens, at))
    };
    first(season_and_episode)
        .or_else(|| first(crossed))
        .or_else(|| first(in_words))
        .or_else(|| first(counted))
        .or_else(|| first(date))
        .or_else(|| first(special))
        .or_else(|| absolute(tokens, start))
        .or_else(|| plain(tokens, start, season?))
}

fn mark(start: usize, end: usize, season: Option<u16>, number: u16) -> EpisodeMark {
    EpisodeMark {
        start,
        end,
        number: EpisodeNumber {
            season,
            number: Some(number),
            ..EpisodeNumber::default()
        },
    }
}

/// Sets the last number of a range if it is behind the first one.
fn with_last(mut mark: EpisodeMark, last: Option<u16>) -> EpisodeMark {
    let first = mark.number.number.unwrap_or_default();
    mark.number.last = last.filter(|last| *last > first && last - first < MAX_RANGE);
    mark
}

/// `S01E02`, `S01E02E03`, `S01E02-E03`, `S01E02-03`, `S01 E02`, `S01.EP02`, `S2 - 05`.
fn season_and_episode(tokens: &[Token<'_>], at: usize) -> Option<EpisodeMark> {
    let rest = tokens[at].lower.strip_prefix('s')?;
    let (season, rest) = digits(rest, 4)?;
    if rest.is_empty() {
        let next = tokens.get(at + 1)?;
        if let Some((number, rest)) = episode_digits(&next.lower) {
            let (last, _) = more(rest);
            return Some(with_range(
                tokens,
                mark(at, at + 2, Some(season), number),
                last,
            ));
        }
        let (number, rest) = digits(&next.lower, 4)?;
        let is_number = next.after_dash && (rest.is_empty() || is_version(rest)) && season < 100;
        return is_number.then(|| mark(at, at + 2, Some(season), number));
    }
    let (number, rest) = episode_digits(rest.trim_start_matches(['-', '.', ' ']))?;
    let (last, _) = more(rest);
    Some(with_range(
        tokens,
        mark(at, at + 1, Some(season), number),
        last,
    ))
}

/// Adds the end of a range in the following words: `E03`, `- E03`.
fn with_range(tokens: &[Token<'_>], mut found: EpisodeMark, last: Option<u16>) -> EpisodeMark {
    let mut last = last;
    while let Some((number, rest)) = tokens
        .get(found.end)
        .and_then(|next| episode_digits(&next.lower))
    {
        last = more(rest).0.or(Some(number));
        found.end += 1;
    }
    with_last(found, last)
}

/// Splits `e02…` or `ep02…` into the number and the rest.
fn episode_digits(text: &str) -> Option<(u16, &str)> {
    let rest = text.strip_prefix("ep").or_else(|| text.strip_prefix('e'))?;
    digits(rest.trim_start_matches('.'), 4)
}

/// Parses the rest of a range: `e03`, `-e03`, `-03`, `-s01e03`, repeated. Returns the last number.
fn more(mut rest: &str) -> (Option<u16>, &str) {
    let mut last = None;
    loop {
        let bare = rest.trim_start_matches(['-', '+', '&']);
        let next = episode_digits(bare).or_else(|| {
            let (_, after) = digits(bare.strip_prefix('s')?, 2)?;
            episode_digits(after)
        });
        let next =
            next.or_else(|| digits(rest.strip_prefix('-')?, 3).filter(|(_, end)| end.is_empty()));
        match next {
            Some((number, end)) => (last, rest) = (Some(number), end),
            None => return (last, rest),
        }
    }
}

/// `1x02`, `1x02-03`, `1x02x03`.
fn crossed(tokens: &[Token<'_>], at: usize) -> Option<EpisodeMark> {
    let (season, rest) = digits(&tokens[at].lower, 2)?;
    let (number, rest) = digits(rest.strip_prefix('x')?, 3)?;
    let last = match rest {
        "" => None,
        _ => {
            let rest = rest.strip_prefix(['-', 'x'])?;
            let rest = rest.split_once('x').map_or(rest, |(_, rest)| rest);
            let (last, rest) = digits(rest, 3)?;
            Some(last).filter(|_| rest.is_empty())
        }
    };
    let is_single = tokens[at].lower.len() > 3;
    is_single.then(|| with_last(mark(at, at + 1, Some(season), number), last))
}

const EPISODE_WORDS: [&str; 15] = [
    "episode",
    "ep",
    "e",
    "eps",
    "folge",
    "épisode",
    "episodio",
    "capitulo",
    "capítulo",
    "cap",
    "odcinek",
    "avsnitt",
    "серия",
    "эпизод",
    "aflevering",
];

/// `Season 1 Episode 2`, `Episode 5`, `Ep. 05`, `E05`, `Folge 5`, `5 серия`.
fn in_words(tokens: &[Token<'_>], at: usize) -> Option<EpisodeMark> {
    let token = &tokens[at];
    if let Some((season_at, season)) = folder::season(&tokens[..tokens.len().min(at + 2)], at)
        && season_at == at
    {
        let next = at
            + if token.lower.ends_with(|it: char| it.is_ascii_digit()) {
                1
            } else {
                2
            };
        let found = (next < tokens.len())
            .then(|| in_words(tokens, next))
            .flatten()?;
        let number = EpisodeNumber {
            season: Some(season),
            ..found.number
        };
        return Some(EpisodeMark {
            start: at,
            number,
            ..found
        });
    }
    let word = token.lower.trim_end_matches('.');
    if let Some((number, end)) = EPISODE_WORDS.iter().find_map(|name| {
        let rest = word.strip_prefix(name)?.trim_start_matches(['.', '-']);
        if rest.is_empty() {
            let next = tokens.get(at + 1)?;
            let (number, rest) = digits(&next.lower, 4)?;
            let is_number =
                (rest.is_empty() || is_version(rest) || rest.starts_with('-')) && *name != "e";
            return is_number.then_some((number, at + 2));
        }
        let (number, rest) = digits(rest, 4)?;
        let is_whole = rest.is_empty() || is_version(rest) || more(rest).0.is_some();
        let is_padded = name.len() > 1 || word.len() > 2;
        (is_whole && is_padded).then_some((number, at + 1))
    }) {
        let last = tokens[end - 1].lower.rsplit_once('-');
        let last = last.and_then(|(_, last)| episode_digits(last).or_else(|| digits(last, 4)));
        // `Star Wars Episode 1 (1977)` is a film.
        let is_film = tokens
            .get(end)
            .is_some_and(|next| next.year().is_some() && next.bracket.is_some());
        let found = with_last(mark(at, end, None, number), last.map(|(last, _)| last));
        return (!is_film).then_some(found);
    }
    let number = token.number()?;
    let next = tokens.get(at + 1)?;
    matches!(next.lower.as_str(), "серия" | "серии" | "эпизод")
        .then(|| mark(at, at + 2, None, number))
}

/// `第05話`, `第5集`, `5화`.
fn counted(tokens: &[Token<'_>], at: usize) -> Option<EpisodeMark> {
    let lower = tokens[at].lower.as_str();
    if let Some((number, "화" | "회" | "話" | "话" | "集")) =
        digits(lower.trim_start_matches('제'), 4)
    {
        return Some(mark(at, at + 1, None, number));
    }
    let mut rest = lower;
    let mut season = None;
    while let Some((_, after)) = rest.split_once('第') {
        rest = after;
        let Some((number, unit)) = wide_digits(after) else {
            continue;
        };
        if unit.starts_with(['季', '期']) {
            season = Some(number);
        } else if unit.starts_with(['話', '话', '集', '回', '夜', '巻']) {
            return Some(mark(at, at + 1, season, number));
        }
    }
    None
}

/// Parses digits of any width, or a Chinese number up to 99.
fn wide_digits(text: &str) -> Option<(u16, &str)> {
    const CHINESE: &str = "〇一二三四五六七八九";
    let (mut value, mut end, mut tens) = (0u16, 0, false);
    for (at, character) in text.char_indices().take(6) {
        let digit = match character {
            '０'..='９' => Some(character as u32 - '０' as u32),
            _ => character.to_digit(10),
        };
        let digit = digit.or_else(|| {
            let position = CHINESE.chars().position(|it| it == character);
            position.map(|position| position as u32)
        });
        match digit {
            Some(digit) => {
                let digit = digit as u16;
                value = if tens {
                    value + digit
                } else {
                    value.checked_mul(10)?.checked_add(digit)?
                };
            }
            None if character == '十' => {
                value = value.max(1) * 10;
                tens = true;
            }
            None => break,
        }
        end = at + character.len_utf8();
    }
    (end > 0).then(|| (value, &text[end..]))
}

/// `2019.03.04`, `2019-03-04`, `04.03.2019`.
fn date(tokens: &[Token<'_>], at: usize) -> Option<EpisodeMark> {
    let found = |end: usize, aired: NaiveDate| EpisodeMark {
        start: at,
        end,
        number: EpisodeNumber {
            aired: Some(aired),
            ..EpisodeNumber::default()
        },
    };
    let parts: Vec<&str> = tokens[at].text.split(['-', '.']).collect();
    if let [a, b, c] = parts[..] {
        return date_of(a, b, c).map(|aired| found(at + 1, aired));
    }
    let [a, b, c] = tokens.get(at..at + 3)? else {
        return None;
    };
    date_of(a.text, b.text, c.text).map(|aired| found(at + 3, aired))
}

fn date_of(a: &str, b: &str, c: &str) -> Option<NaiveDate> {
    let (year, month, day) = match (a.len(), b.len(), c.len()) {
        (4, 2, 2) => (a, b, c),
        (2, 2, 4) => (c, b, a),
        _ => return None,
    };
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let is_recent = (1930..=2099).contains(&year);
    let date = NaiveDate::from_ymd_opt(year, month, day);
    let date = date.or_else(|| NaiveDate::from_ymd_opt(year, day, month));
    date.filter(|_| is_recent)
}

/// `OVA 2`, `Special 1`, `SP3`: season 0.
fn special(tokens: &[Token<'_>], at: usize) -> Option<EpisodeMark> {
    for word in ["ova", "oad", "special", "sp"] {
        let Some(rest) = tokens[at].lower.strip_prefix(word) else {
            continue;
        };
        if let Some((number, "")) = digits(rest, 2) {
            return Some(mark(at, at + 1, Some(0), number));
        }
        let next = tokens
            .get(at + 1)
            .and_then(Token::number)
            .filter(|it| *it < 100);
        if rest.is_empty() && at > 0 && word != "sp" {
            if let Some(number) = next {
                return Some(mark(at, at + 2, Some(0), number));
            }
            if word == "ova" {
                return Some(mark(at, at + 1, Some(0), 1));
            }
        }
    }
    None
}

/// `[Group] Title - 05 [720p]`, `Title - 1085`, `Title 05v2 [720p]`, `[Group] Title [05][720p]`.
fn absolute(tokens: &[Token<'_>], start: usize) -> Option<EpisodeMark> {
    let has_group = start > 0;
    let number_at = |at: usize| {
        let token = &tokens[at];
        let (number, rest) = digits(&token.lower, 4)?;
        let last = rest.strip_prefix('-').and_then(|rest| digits(rest, 4));
        let is_number =
            rest.is_empty() || is_version(rest) || last.is_some_and(|(_, rest)| rest.is_empty());
        if !is_number
            || (token.bracket.is_some() && !(has_group && is_alone_in_bracket(tokens, at)))
        {
            return None;
        }
        let is_padded = token.text.len() > 1 || has_group;
        let is_year = token.year().is_some() && !has_group;
        let ends = tokens.get(at + 1).is_none_or(|next| {
            next.bracket.is_some() || next.after_dash || tag::is_strong(tokens, at + 1)
        });
        let is_certain = token.after_dash
            || token.bracket.is_some()
            || (has_group && (ends && at + 1 < tokens.len()));
        (is_certain && is_padded && !is_year && ends)
            .then(|| with_last(mark(at, at + 1, None, number), last.map(|(last, _)| last)))
    };
    // A number at the end of the title comes before the dash: `Title 2 - 05`.
    let all = || start + 1..tokens.len();
    let behind_dash = all()
        .filter(|at| tokens[*at].after_dash)
        .find_map(number_at);
    behind_dash.or_else(|| all().find_map(number_at))
}

/// Returns true for a number that has a bracket for itself, and is no height of a picture.
fn is_alone_in_bracket(tokens: &[Token<'_>], at: usize) -> bool {
    let bracket = tokens[at].bracket;
    let others = [at.checked_sub(1), Some(at + 1)];
    let mut others = others.into_iter().flatten().filter_map(|at| tokens.get(at));
    let is_height = matches!(
        tokens[at].text,
        "480" | "540" | "576" | "720" | "1080" | "2160"
    );
    bracket.is_some() && !is_height && others.all(|other| other.bracket != bracket)
}

/// The number of a file in the folder of a season: `02 - Name`, `02. Name`, `02`, `Name 02`.
/// In season 1, `102` is the second episode.
fn plain(tokens: &[Token<'_>], start: usize, season: u16) -> Option<EpisodeMark> {
    let number = |at: usize| {
        let (number, rest) = digits(&tokens.get(at)?.lower, 3)?;
        let number = match number.checked_sub(season * 100) {
            Some(rest @ 1..100) if season > 0 => rest,
            _ => number,
        };
        (matches!(rest, "" | ".") || is_version(rest)).then(|| mark(at, at + 1, None, number))
    };
    number(start).or_else(|| {
        let end = (start..tokens.len())
            .find(|at| tokens[*at].bracket.is_some() || tag::is_tag(tokens, *at))
            .unwrap_or(tokens.len());
        number(end.checked_sub(1)?)
    })
}

/// Returns true for `v2` behind a number.
fn is_version(rest: &str) -> bool {
    let digits = rest.strip_prefix('v').unwrap_or_default();
    digits.len() == 1 && digits.bytes().all(|it| it.is_ascii_digit())
}

/// Splits up to `most` leading digits off. `None` without any, or with more.
fn digits(text: &str, most: usize) -> Option<(u16, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=most).contains(&length).then_some(())?;
    Some((text[..length].parse().ok()?, &text[length..]))
}
