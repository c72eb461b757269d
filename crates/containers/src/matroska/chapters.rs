//! Chapters (RFC 9559 §5.1.7) of the default edition.

use super::{ebml, ids};
use crate::{Chapter, ContainerError};

/// Maximum number of chapters, more than any film has; those after are left out.
const MAX_CHAPTERS: usize = 2_000;
/// Maximum depth of nested chapters, more than any film has.
const MAX_DEPTH: usize = 8;

/// Parses the content of a Chapters element. Returns the chapters of the default edition, or else of the first
/// one, nested chapters included, in order of time.
///
/// # Errors
/// `Malformed` if the element is invalid.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Chapter>, ContainerError> {
    let mut chosen: Option<&[u8]> = None;
    let mut chosen_is_default = false;
    for child in ebml::children(bytes) {
        let (id, edition, _) = child?;
        if id != ids::EDITION_ENTRY {
            continue;
        }
        let (mut default, mut hidden) = (false, false);
        for child in ebml::children(edition) {
            let (id, value, _) = child?;
            match id {
                ids::EDITION_FLAG_DEFAULT => default = ebml::unsigned(value)? != 0,
                ids::EDITION_FLAG_HIDDEN => hidden = ebml::unsigned(value)? != 0,
                _ => {}
            }
        }
        if !hidden && (chosen.is_none() || (default && !chosen_is_default)) {
            chosen = Some(edition);
            chosen_is_default = default;
        }
    }
    let mut found = Vec::new();
    if let Some(edition) = chosen {
        atoms(edition, 0, &mut found)?;
    }
    found.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    Ok(found)
}

fn atoms(bytes: &[u8], depth: usize, found: &mut Vec<Chapter>) -> Result<(), ContainerError> {
    for child in ebml::children(bytes) {
        let (id, atom, _) = child?;
        if id != ids::CHAPTER_ATOM || found.len() >= MAX_CHAPTERS {
            continue;
        }
        let (mut start, mut title, mut shown) = (0, None, true);
        for child in ebml::children(atom) {
            let (id, value, _) = child?;
            match id {
                ids::CHAPTER_TIME_START => start = ebml::unsigned(value)?,
                ids::CHAPTER_FLAG_HIDDEN => shown &= ebml::unsigned(value)? == 0,
                ids::CHAPTER_FLAG_ENABLED => shown &= ebml::unsigned(value)? != 0,
                ids::CHAPTER_DISPLAY if title.is_none() => {
                    for child in ebml::children(value) {
                        if let (ids::CHAP_STRING, value, _) = child? {
                            title = Some(ebml::text(value));
                        }
                    }
                }
                _ => {}
            }
        }
        if shown {
            found.push(Chapter {
                start_s: start as f64 / 1e9,
                title: title.unwrap_or_default(),
            });
            if depth < MAX_DEPTH {
                atoms(atom, depth + 1, found)?;
            }
        }
    }
    Ok(())
}
