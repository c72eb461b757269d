//! The tags of release names: resolution, source, codec, sound, edition, language, part.
//!
//! A strong tag ends a title wherever it stands. A weak one may be a word of a title as well, so it ends a title only
//! if nothing but tags follows up to a strong one.

mod words;

use super::token::Token;

use words::{EDITIONS, LANGUAGES, NAMES_OF_NOTHING, STRONG, STRONG_BEGINNINGS, WEAK};

/// Returns the position behind the group in brackets with which the names of anime begin (`[Group] Title`), or behind
/// the name of a website.
pub(super) fn skip_group(tokens: &[Token<'_>]) -> usize {
    if let [site, next, ..] = tokens
        && site.lower.starts_with("www.")
        && next.after_dash
    {
        return 1;
    }
    let Some(bracket) = tokens.first().and_then(|token| token.bracket) else {
        return 0;
    };
    let end = tokens
        .iter()
        .position(|token| token.bracket != Some(bracket));
    let is_title = tokens[0].number().is_some();
    end.filter(|_| !is_title).unwrap_or(0)
}

/// Returns true if the word at this position ends a title wherever it stands.
pub(super) fn is_strong(tokens: &[Token<'_>], at: usize) -> bool {
    let lower = tokens[at].lower.as_str();
    let is_codec_number =
        matches!(lower, "264" | "265") || lower.starts_with("264-") || lower.starts_with("265-");
    if is_codec_number {
        let before = at
            .checked_sub(1)
            .map(|before| tokens[before].lower.as_str());
        return matches!(before, Some("h" | "x"));
    }
    if matches!(lower, "h" | "x") {
        let next = tokens.get(at + 1).map(|next| next.lower.as_str());
        return next.is_some_and(|it| it.starts_with("264") || it.starts_with("265"));
    }
    let is_word = |word: &str| {
        STRONG.contains(&word)
            || resolution_of(word).is_some()
            || STRONG_BEGINNINGS
                .iter()
                .any(|begin| word.starts_with(begin))
    };
    is_word(lower)
        || before_group(lower).is_some_and(is_word)
        || dotted_head(lower).is_some_and(is_word)
}

/// Returns the tag of `x264-GROUP`; `None` without a dash.
fn before_group(lower: &str) -> Option<&str> {
    lower.rsplit_once('-').map(|(tag, _)| tag)
}

/// Returns the first part of `h.264` or `ddp5.1-group`; `None` without a dot.
fn dotted_head(lower: &str) -> Option<&str> {
    match lower.starts_with("h.26") || lower.starts_with("x.26") {
        true => Some("h264"),
        false => lower
            .split_once('.')
            .map(|(head, _)| head)
            .filter(|it| it.len() > 2),
    }
}

fn is_weak(tokens: &[Token<'_>], at: usize) -> bool {
    let lower = tokens[at].lower.as_str();
    let is_word = |word: &str| WEAK.contains(&word) || language_of(word).is_some();
    is_word(lower)
        || before_group(lower).is_some_and(is_word)
        || edition_at(tokens, at).is_some()
        || (at > 0 && edition_at(tokens, at - 1).is_some_and(|(words, _)| words == 2))
}

/// Returns true if the word is a tag behind a title.
pub(super) fn is_tag(tokens: &[Token<'_>], at: usize) -> bool {
    is_strong(tokens, at) || leads_to_strong(tokens, at) || (tokens[at].lower == "web" && at > 0)
}

fn leads_to_strong(tokens: &[Token<'_>], at: usize) -> bool {
    for here in at..tokens.len() {
        if is_strong(tokens, here) {
            return true;
        }
        let is_number = tokens[here].number().is_some_and(|it| it < 10);
        if !(is_weak(tokens, here) || is_number && here > at) {
            return false;
        }
    }
    false
}

/// Returns true if the word may stand behind the year of a film: an edition, a language, a part.
pub(super) fn is_behind_year(tokens: &[Token<'_>], at: usize) -> bool {
    is_tag(tokens, at)
        || is_weak(tokens, at)
        || ["cd", "disc", "part", "pt"]
            .iter()
            .any(|word| tokens[at].lower.starts_with(word))
}

/// Returns the position at which a title that begins at `start` ends, at most `limit`.
pub(super) fn title_end(tokens: &[Token<'_>], start: usize, limit: usize) -> usize {
    const ARTICLES: [&str; 8] = ["the", "a", "an", "der", "die", "das", "le", "la"];
    let is_title = |at: usize| {
        let is_second_word = edition_at(tokens, at - 1).is_some_and(|(words, _)| words == 2);
        let is_article = at == start + 1 && ARTICLES.contains(&tokens[start].lower.as_str());
        is_strong(tokens, at) || !(is_article || is_second_word)
    };
    let end = (start + 1..limit.max(start + 1))
        .find(|at| *at >= tokens.len() || (is_tag(tokens, *at) && is_title(*at)))
        .unwrap_or(limit);
    let end = match tokens.get(start) {
        Some(_) if is_strong(tokens, start) => start,
        _ => end.min(limit),
    };
    first_bracket(tokens, start, end)
}

/// Returns the first position behind `start` with a bracket that does not belong to a title, at most `limit`. A country
/// belongs to it (`The Office (US)`), and so does a bracket in the middle of a phrase.
pub(super) fn first_bracket(tokens: &[Token<'_>], start: usize, limit: usize) -> usize {
    const COUNTRIES: [&str; 9] = ["US", "UK", "AU", "NZ", "CA", "JP", "KR", "DE", "FR"];
    let mut at = start + 1;
    while at < limit.min(tokens.len()) {
        if let Some(bracket) = tokens[at].bracket {
            let end = (at..tokens.len()).find(|it| tokens[*it].bracket != Some(bracket));
            let end = end.unwrap_or(tokens.len());
            let is_country = end - at == 1 && COUNTRIES.contains(&tokens[at].text);
            let is_inside = end < limit
                && tokens[end].bracket.is_none()
                && !tokens[end].after_dash
                && !is_strong(tokens, at)
                && tokens[at].year().is_none();
            if !is_country && !is_inside {
                return at;
            }
            at = end;
        } else {
            at += 1;
        }
    }
    limit
}

/// Returns the height of the picture, such as `1080p`; `None` if the name has none.
pub(super) fn resolution(tokens: &[Token<'_>]) -> Option<String> {
    tokens.iter().find_map(|token| match token.lower.as_str() {
        "4k" | "uhd" => Some("2160p".to_owned()),
        "8k" => Some("4320p".to_owned()),
        lower => resolution_of(lower).or_else(|| resolution_of(before_group(lower)?)),
    })
}

fn resolution_of(word: &str) -> Option<String> {
    if let Some((width, height)) = word.split_once('x')
        && width.len() >= 3
        && height.len() >= 3
        && width.parse::<u16>().is_ok()
        && height.parse::<u16>().is_ok()
    {
        return Some(format!("{height}p"));
    }
    let digits = word.strip_suffix(['p', 'i'])?;
    let is_height = matches!(
        digits,
        "240"
            | "288"
            | "360"
            | "480"
            | "540"
            | "544"
            | "576"
            | "720"
            | "1080"
            | "1440"
            | "2160"
            | "4320"
    );
    is_height.then(|| format!("{digits}p"))
}

/// Returns the number of words and the name of the edition at this position; `None` if there is none.
fn edition_at(tokens: &[Token<'_>], at: usize) -> Option<(usize, &'static str)> {
    EDITIONS.iter().find_map(|(words, name)| {
        let here = tokens.get(at..at + words.len())?;
        let is_same = here
            .iter()
            .zip(*words)
            .all(|(token, word)| token.lower == *word || before_group(&token.lower) == Some(word));
        // Two letters are an edition only as capitals.
        let is_short = words[0].len() > 2 || here[0].text.chars().all(char::is_uppercase);
        (is_same && is_short).then_some((words.len(), *name))
    })
}

/// Returns the edition: behind the year, among the tags, or as `{edition-Director's Cut}`. `None` if there is none.
pub(super) fn edition(tokens: &[Token<'_>], start: usize) -> Option<String> {
    let written = tokens.iter().enumerate().find_map(|(at, token)| {
        let rest = token.lower.strip_prefix("edition-")?;
        let rest = &token.text[token.text.len() - rest.len()..];
        let more = tokens[at + 1..]
            .iter()
            .take_while(|next| next.bracket == token.bracket);
        let words: Vec<&str> = std::iter::once(rest)
            .chain(more.map(|next| next.text))
            .collect();
        Some(words.join(" "))
    });
    let behind =
        (start + 1..tokens.len()).find(|at| tokens[*at].year().is_some() || is_tag(tokens, *at));
    written.or_else(|| {
        let found = (behind?..tokens.len()).find_map(|at| edition_at(tokens, at));
        found.map(|(_, name)| name.to_owned())
    })
}

/// Returns the one language behind the title; `None` if there is none, or several. With `only_tags`, words of an
/// episode's title are skipped.
pub(super) fn language(
    tokens: &[Token<'_>],
    start: usize,
    only_tags: bool,
) -> Option<&'static str> {
    let mut found = None;
    for at in start..tokens.len() {
        let token = &tokens[at];
        if matches!(token.lower.as_str(), "multi" | "dual" | "dual-audio") {
            return None;
        }
        let is_tag = !only_tags || token.bracket.is_some() || is_tag(tokens, at);
        let Some(code) = language_of(&token.lower).filter(|_| is_tag) else {
            continue;
        };
        match found {
            Some(other) if other != code => return None,
            _ => found = Some(code),
        }
    }
    found
}

fn language_of(word: &str) -> Option<&'static str> {
    let known = LANGUAGES.iter().find(|(name, _)| *name == word);
    known.map(|(_, code)| *code)
}

/// Returns the end of a title without its part (`CD1`, `part2` behind a dash), and the number of the part.
pub(super) fn part(tokens: &[Token<'_>], start: usize, end: usize) -> (usize, Option<u16>) {
    for at in start + 1..tokens.len() {
        let token = &tokens[at];
        let is_certain = |word: &str| matches!(word, "cd" | "disc" | "disk" | "dvd");
        for word in ["cd", "disc", "disk", "dvd", "part", "pt"] {
            let Some(rest) = token.lower.strip_prefix(word) else {
                continue;
            };
            let number = match rest {
                "" => tokens.get(at + 1).and_then(Token::number),
                _ => rest.trim_start_matches('-').parse().ok(),
            };
            let is_behind = at >= end || token.after_dash;
            if let Some(number) = number.filter(|it| (1..=20).contains(it))
                && (is_certain(word) || is_behind)
            {
                return (end.min(at), Some(number));
            }
        }
    }
    (end, None)
}

/// Returns true for trailers, samples and other extras, by their names.
pub(super) fn is_extra(stem: &str, tokens: &[Token<'_>]) -> bool {
    const SUFFIXES: [&str; 10] = [
        "-trailer",
        "-sample",
        "-behindthescenes",
        "-deleted",
        "-featurette",
        "-interview",
        "-scene",
        "-short",
        "-other",
        "-extra",
    ];
    let lower = stem.to_lowercase();
    let last = tokens.last().map(|token| token.lower.as_str());
    SUFFIXES.iter().any(|suffix| lower.ends_with(suffix))
        || matches!(last, Some("sample" | "ncop" | "nced")) && tokens.len() > 1
        || lower == "sample"
        || lower == "trailer"
}

/// Returns true for names of files that say nothing: `movie`, `title00`.
pub(super) fn is_generic(key: &str) -> bool {
    NAMES_OF_NOTHING.contains(&key) || key.bytes().all(|it| it.is_ascii_digit())
}
