//! The year of release among the words of a name.

use super::tag;
use super::token::Token;

/// Returns the position and the year of a film: one in brackets of its own, or the last one before the first tag.
/// The first word of a name is its title. `None` if there is no year.
pub(super) fn of_film(tokens: &[Token<'_>], start: usize) -> Option<(usize, u16)> {
    let years = || (start..tokens.len()).filter_map(|at| tokens[at].year().map(|year| (at, year)));
    if let Some(found) = years().find(|(at, _)| is_alone_in_bracket(tokens, *at)) {
        return Some(found);
    }
    let limit = (start + 1..tokens.len())
        .find(|at| tag::is_strong(tokens, *at))
        .unwrap_or(tokens.len());
    years()
        .filter(|(at, _)| *at > start && *at < limit && tokens[*at].bracket.is_none())
        .filter(|(at, _)| is_followed_by_end(tokens, *at, limit))
        .last()
}

/// Returns the position and the year of a series: in brackets of its own, or directly before the number of the episode.
/// `None` if there is no year.
pub(super) fn before_episode(
    tokens: &[Token<'_>],
    start: usize,
    mark: usize,
) -> Option<(usize, u16)> {
    let found = (start..mark).find_map(|at| {
        let year = tokens[at].year()?;
        is_alone_in_bracket(tokens, at).then_some((at, year))
    });
    found.or_else(|| {
        let at = mark.checked_sub(1).filter(|at| *at > start)?;
        Some((at, tokens[at].year()?))
    })
}

pub(super) fn is_alone_in_bracket(tokens: &[Token<'_>], at: usize) -> bool {
    let bracket = tokens[at].bracket;
    let is_same = |other: Option<&Token<'_>>| other.is_some_and(|token| token.bracket == bracket);
    bracket.is_some()
        && !is_same(at.checked_sub(1).and_then(|before| tokens.get(before)))
        && !is_same(tokens.get(at + 1))
}

/// Returns true if nothing but tags follows a year before `limit`; a year in the middle of a phrase belongs to it.
fn is_followed_by_end(tokens: &[Token<'_>], at: usize, limit: usize) -> bool {
    if tokens[at].is_dotted && limit < tokens.len() {
        return true;
    }
    tokens.get(at + 1).is_none_or(|next| {
        next.bracket.is_some()
            || next.after_dash
            || at + 1 >= limit
            || tag::is_behind_year(tokens, at + 1)
    })
}
