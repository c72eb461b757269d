//! The segment indexes of a progressive file (ISO/IEC 14496-12 §8.16.3), by which players find a time with one
//! read.

use bytes::Bytes;

use super::boxes::BoxWriter;
use super::init::track_id;

/// Maximum bytes of an entry: sizes in a segment index have 31 bits.
const MAX_REFERENCED_BYTES: u64 = 0x7FFF_FFFF;

/// Maximum number of entries: they are counted in 16 bits. In a longer film, an entry covers two segments or
/// more.
const MAX_ENTRIES: usize = 0xFFFF;

/// One segment with the fields that its index entry needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexedSegment {
    pub(crate) bytes: u64,
    pub(crate) duration: u64,
}

fn entries(segments: usize) -> usize {
    segments.div_ceil(segments.div_ceil(MAX_ENTRIES).max(1))
}

/// Writes the indexes of `segments`, one for each of `tracks`, the first of which begins at `start` and directly behind the
/// last box. All have the times of the segments.
///
/// Every track needs one: ffmpeg 5.1 looks for the fragment that follows the one to which it seeked in the index of each
/// track, and goes on with the last fragment of the file if a track has none.
pub(crate) fn segment_indexes(
    tracks: &[usize],
    timescale: u32,
    start: u64,
    segments: &[IndexedSegment],
) -> Bytes {
    let mut boxes = Vec::with_capacity(tracks.len());
    let mut behind = 0;
    for &track in tracks.iter().rev() {
        let index = segment_index(track, timescale, start, behind, segments);
        behind += index.len() as u64;
        boxes.push(index);
    }
    boxes.reverse();
    boxes.concat().into()
}

/// Writes one index, with `behind` bytes between it and the first segment.
fn segment_index(
    track: usize,
    timescale: u32,
    start: u64,
    behind: u64,
    segments: &[IndexedSegment],
) -> Vec<u8> {
    let together = segments.len().div_ceil(MAX_ENTRIES).max(1);
    let mut writer = BoxWriter::new();
    writer.full(b"sidx", 1, 0, |w| {
        w.u32(track_id(track)).u32(timescale);
        w.u64(start).u64(behind).u16(0);
        w.u16(entries(segments.len()) as u16);
        for group in segments.chunks(together) {
            let bytes: u64 = group.iter().map(|segment| segment.bytes).sum();
            let duration: u64 = group.iter().map(|segment| segment.duration).sum();
            w.u32(bytes.min(MAX_REFERENCED_BYTES) as u32);
            w.u32(duration.min(u64::from(u32::MAX)) as u32);
            // The segment starts with a stream access point of type 1 (§8.16.3.3).
            w.u32(0x9000_0000);
        }
    });
    writer.into_bytes()
}
