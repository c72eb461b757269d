//! Tags (RFC 9559 §5.1.8): the bit rates that mkvmerge records for each track.

use super::{ebml, ids};
use crate::ContainerError;

/// Parses the content of a Tags element. Returns UID and bits per second of each track, from tags named `BPS`
/// or `BPS-eng`.
///
/// # Errors
/// `Malformed` if the element is invalid.
pub(crate) fn bit_rates(bytes: &[u8]) -> Result<Vec<(u64, u64)>, ContainerError> {
    let mut found = Vec::new();
    for child in ebml::children(bytes) {
        let (id, tag, _) = child?;
        if id != ids::TAG {
            continue;
        }
        let (mut track, mut rate) = (None, None);
        for child in ebml::children(tag) {
            let (id, value, _) = child?;
            match id {
                ids::TARGETS => {
                    for child in ebml::children(value) {
                        if let (ids::TAG_TRACK_UID, value, _) = child? {
                            track = Some(ebml::unsigned(value)?);
                        }
                    }
                }
                ids::SIMPLE_TAG => {
                    let (mut name, mut text) = (String::new(), String::new());
                    for child in ebml::children(value) {
                        let (id, value, _) = child?;
                        match id {
                            ids::TAG_NAME => name = ebml::text(value),
                            ids::TAG_STRING => text = ebml::text(value),
                            _ => {}
                        }
                    }
                    if name == "BPS" || name == "BPS-eng" {
                        rate = text.trim().parse::<u64>().ok().filter(|&rate| rate > 0);
                    }
                }
                _ => {}
            }
        }
        if let (Some(track), Some(rate)) = (track, rate) {
            found.push((track, rate));
        }
    }
    Ok(found)
}
