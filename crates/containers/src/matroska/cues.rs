//! Cues (RFC 9559 §5.1.5): positions of key frames and subtitles.

use super::{ebml, ids};
use crate::ContainerError;

/// One position of one track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CuePosition {
    pub track: u64,
    /// Time in the file's own unit.
    pub time: i64,
    /// Position of the Cluster in the file.
    pub cluster: u64,
    /// Position of the block in the Cluster's content; `None` if the muxer left it out.
    pub relative: Option<u64>,
}

/// Calls `each` for all positions in the content of a Cues element that can be in the file.
///
/// # Errors
/// `Malformed` if the element is invalid, and the errors of `each`.
pub(crate) fn parse(
    cues: &[u8],
    segment_start: u64,
    segment_end: u64,
    mut each: impl FnMut(CuePosition) -> Result<(), ContainerError>,
) -> Result<(), ContainerError> {
    for point in ebml::children(cues) {
        let (id, point, _) = point?;
        if id != ids::CUE_POINT {
            continue;
        }
        let mut time = None;
        for child in ebml::children(point) {
            let (id, value, _) = child?;
            match id {
                ids::CUE_TIME => time = i64::try_from(ebml::unsigned(value)?).ok(),
                ids::CUE_TRACK_POSITIONS => {
                    let Some(time) = time else { continue };
                    let position = positions(value, time, segment_start)?;
                    if let Some(position) =
                        position.filter(|position| position.cluster < segment_end)
                    {
                        each(position)?;
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn positions(
    bytes: &[u8],
    time: i64,
    segment_start: u64,
) -> Result<Option<CuePosition>, ContainerError> {
    let (mut track, mut cluster, mut relative) = (0, None, None);
    for child in ebml::children(bytes) {
        let (id, value, _) = child?;
        match id {
            ids::CUE_TRACK => track = ebml::unsigned(value)?,
            ids::CUE_CLUSTER_POSITION => {
                cluster = segment_start.checked_add(ebml::unsigned(value)?)
            }
            ids::CUE_RELATIVE_POSITION => relative = Some(ebml::unsigned(value)?),
            _ => {}
        }
    }
    Ok(cluster.map(|cluster| CuePosition {
        track,
        time,
        cluster,
        relative,
    }))
}
