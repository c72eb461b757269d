//! Selects the default tracks, the track that determines the cuts, and the tracks that are planned at all.

use super::track::TrackIndex;
use crate::{ContainerError, TrackKind};

/// Sets `default` on one track of each kind: the first that is enabled, else the first.
pub(super) fn choose_defaults(indexes: &mut [TrackIndex]) {
    for kind in [TrackKind::Video, TrackKind::Audio] {
        let of_kind = |track: &&mut TrackIndex| track.facts.kind == kind;
        let chosen = indexes
            .iter()
            .position(|track| track.facts.kind == kind && track.is_enabled())
            .or_else(|| indexes.iter().position(|track| track.facts.kind == kind));
        let chosen = chosen.map(|index| indexes[index].facts.id);
        for track in indexes.iter_mut().filter(of_kind) {
            track.facts.default = Some(track.facts.id) == chosen;
        }
    }
}

/// Returns the index of the track whose samples determine the cuts: the default picture, else the default
/// sound. Only tracks that can be carried count.
pub(super) fn reference(indexes: &[TrackIndex]) -> Option<usize> {
    for kind in [TrackKind::Video, TrackKind::Audio] {
        let usable =
            |track: &&TrackIndex| track.facts.kind == kind && track.facts.sample_entry.is_some();
        let chosen = indexes
            .iter()
            .filter(usable)
            .max_by_key(|track| track.facts.default)
            .map(|track| track.facts.id);
        if let Some(id) = chosen {
            return indexes.iter().position(|track| track.facts.id == id);
        }
    }
    None
}

/// Returns the indices of all tracks that are planned, the reference first.
pub(super) fn carried(indexes: &[TrackIndex]) -> Result<Vec<usize>, ContainerError> {
    let Some(reference) = reference(indexes) else {
        return Err(ContainerError::Unsupported("its codecs in fragmented MP4"));
    };
    let sounds = (0..indexes.len()).filter(|&index| {
        let track = &indexes[index].facts;
        index != reference && track.kind == TrackKind::Audio && track.sample_entry.is_some()
    });
    Ok(std::iter::once(reference).chain(sounds).collect())
}
