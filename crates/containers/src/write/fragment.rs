//! Media segments: `moof` and `mdat` (ISO/IEC 14496-12 §8.8).
//!
//! Samples of several tracks stand in the `mdat` in the order in which they stand in the file, so that the file
//! is read once, forwards. Each stretch of one track is a `trun`. Neighbours in the file become one piece, and so do samples
//! with a few other bytes between them, such as the headers of Matroska's blocks: these bytes then stand in the `mdat` without a
//! `trun` that leads to them. A piece is a write to the viewer, which costs more than they do.

use bytes::Bytes;

use super::boxes::BoxWriter;
use super::init::track_id;
use crate::{ContainerError, ReplyPiece, Sample, TrackRun};

// Sample flags (§8.8.3.1): depends on no other; depends on others and is no sync sample.
const SYNC: u32 = 0x0200_0000;
const NOT_SYNC: u32 = 0x0101_0000;

// Flags of `tfhd` and `trun` (§8.8.7, §8.8.8).
const DEFAULT_BASE_IS_MOOF: u32 = 0x02_0000;
const DEFAULT_DURATION: u32 = 0x08;
const DEFAULT_SIZE: u32 = 0x10;
const DEFAULT_FLAGS: u32 = 0x20;
const DATA_OFFSET: u32 = 0x001;
const DURATIONS: u32 = 0x100;
const SIZES: u32 = 0x200;
const FLAGS: u32 = 0x400;
const COMPOSITION_OFFSETS: u32 = 0x800;

/// A piece has at least this many times as many bytes as stand between its samples.
const MIN_BYTES_PER_GAP_BYTE: u64 = 64;

/// The header of an `mdat` with a 32-bit size.
const MDAT_HEADER: u64 = 8;

/// Returns the segment type box that stands before the first fragment of a segment.
pub(crate) fn segment_type() -> Bytes {
    Bytes::from_static(b"\0\0\0\x18stypmsdh\0\0\0\0msdhmsix")
}

/// Writes one `moof` and `mdat`. `sequence` counts from 1 over all fragments of a stream.
///
/// # Errors
/// `Unsupported` if the samples together exceed 4 GB.
pub(crate) fn fragment(
    sequence: u32,
    runs: &[TrackRun],
) -> Result<Vec<ReplyPiece>, ContainerError> {
    let layout = Layout::of(runs);
    if layout.bytes > u64::from(u32::MAX) - (1 << 24) {
        return Err(ContainerError::Unsupported("segments of 4 GB"));
    }
    let mut writer = BoxWriter::new();
    let mut offsets = Vec::with_capacity(layout.stretches.len());
    writer.boxed(b"moof", |w| {
        w.full(b"mfhd", 0, 0, |w| {
            w.u32(sequence);
        });
        for (index, run) in runs.iter().enumerate() {
            if !run.samples.is_empty() {
                write_run(w, run, index, &layout, &mut offsets);
            }
        }
    });
    let header = writer.len() as u64 + MDAT_HEADER;
    for (at, position) in offsets {
        writer.set_u32(at, (header + position) as u32);
    }
    writer.u32((layout.bytes + MDAT_HEADER) as u32).raw(b"mdat");
    let mut pieces = vec![ReplyPiece::Bytes(writer.into_bytes().into())];
    pieces.extend(layout.pieces);
    Ok(pieces)
}

/// A series of samples of one track that stand together in the `mdat`.
struct Stretch {
    run: usize,
    first: usize,
    count: usize,
    /// Position of its first byte within the content of the `mdat`.
    position: u64,
}

struct Layout {
    stretches: Vec<Stretch>,
    pieces: Vec<ReplyPiece>,
    bytes: u64,
    /// Bytes between the samples of the last piece.
    gap_bytes: u64,
}

impl Layout {
    /// Sorts the samples of all tracks into file order; samples of one track always stay in decode order.
    fn of(runs: &[TrackRun]) -> Self {
        let mut next = vec![0usize; runs.len()];
        let mut layout = Layout {
            stretches: Vec::new(),
            pieces: Vec::new(),
            bytes: 0,
            gap_bytes: 0,
        };
        loop {
            let heads = runs.iter().zip(&next).enumerate();
            let nearest = heads
                .filter_map(|(index, (run, &at))| Some((run.samples.get(at)?.offset, index)))
                .min();
            let Some((_, index)) = nearest else {
                return layout;
            };
            let run = &runs[index];
            // The other tracks' next samples lie at or behind this offset, so that all samples up to it follow
            // at once.
            let limit = (0..runs.len())
                .filter(|&other| other != index)
                .filter_map(|other| runs[other].samples.get(next[other]))
                .map(|sample| sample.offset)
                .min();
            let first = next[index];
            let mut at = first;
            while let Some(sample) = run.samples.get(at) {
                if at > first && limit.is_some_and(|limit| sample.offset >= limit) {
                    break;
                }
                layout.append(index, at, sample, &run.prefix);
                at += 1;
            }
            next[index] = at;
        }
    }

    /// Adds sample `at` of run `run`.
    fn append(&mut self, run: usize, at: usize, sample: &Sample, prefix: &Bytes) {
        let size = u64::from(sample.size);
        let gap = match self.pieces.last() {
            Some(ReplyPiece::Range { offset, length }) if prefix.is_empty() && size > 0 => {
                let end = offset.saturating_add(*length);
                let gap = sample.offset.checked_sub(end);
                gap.filter(|gap| {
                    let gaps = self.gap_bytes.saturating_add(*gap);
                    gaps.saturating_mul(MIN_BYTES_PER_GAP_BYTE) <= length.saturating_add(size)
                })
            }
            _ => None,
        };
        match self.stretches.last_mut() {
            Some(stretch) if stretch.run == run && gap.unwrap_or(0) == 0 => stretch.count += 1,
            _ => self.stretches.push(Stretch {
                run,
                first: at,
                count: 1,
                position: self.bytes + gap.unwrap_or(0),
            }),
        }
        self.bytes += gap.unwrap_or(0) + prefix.len() as u64 + size;
        if !prefix.is_empty() {
            self.pieces.push(ReplyPiece::Bytes(prefix.clone()));
        }
        match (gap, self.pieces.last_mut()) {
            (Some(gap), Some(ReplyPiece::Range { length, .. })) => {
                *length += gap + size;
                self.gap_bytes += gap;
            }
            _ if size == 0 => {}
            _ => {
                self.gap_bytes = 0;
                self.pieces.push(ReplyPiece::Range {
                    offset: sample.offset,
                    length: size,
                });
            }
        }
    }
}

/// Returns the value that all samples share; `None` if they differ.
fn shared<T: PartialEq + Copy>(samples: &[Sample], value: impl Fn(&Sample) -> T) -> Option<T> {
    let first = samples.first().map(&value)?;
    samples
        .iter()
        .all(|sample| value(sample) == first)
        .then_some(first)
}

fn sample_flags(sample: &Sample) -> u32 {
    if sample.sync { SYNC } else { NOT_SYNC }
}

fn write_run(
    w: &mut BoxWriter,
    run: &TrackRun,
    index: usize,
    layout: &Layout,
    offsets: &mut Vec<(usize, u64)>,
) {
    let samples = &run.samples;
    let size_of = |sample: &Sample| sample.size + run.prefix.len() as u32;
    let duration = shared(samples, |sample| sample.duration);
    let size = shared(samples, size_of);
    let flags = shared(samples, sample_flags);
    let composed = samples.iter().any(|sample| sample.composition_offset != 0);
    w.boxed(b"traf", |w| {
        let mut present = DEFAULT_BASE_IS_MOOF;
        present |= duration.map_or(0, |_| DEFAULT_DURATION);
        present |= size.map_or(0, |_| DEFAULT_SIZE);
        present |= flags.map_or(0, |_| DEFAULT_FLAGS);
        w.full(b"tfhd", 0, present, |w| {
            w.u32(track_id(run.track));
            for value in [duration, size, flags].into_iter().flatten() {
                w.u32(value);
            }
        });
        w.full(b"tfdt", 1, 0, |w| {
            w.u64(samples[0].decode_time);
        });
        let mut present = DATA_OFFSET;
        present |= if duration.is_none() { DURATIONS } else { 0 };
        present |= if size.is_none() { SIZES } else { 0 };
        present |= if flags.is_none() { FLAGS } else { 0 };
        present |= if composed { COMPOSITION_OFFSETS } else { 0 };
        for stretch in layout
            .stretches
            .iter()
            .filter(|stretch| stretch.run == index)
        {
            w.full(b"trun", 1, present, |w| {
                w.u32(stretch.count as u32);
                offsets.push((w.len(), stretch.position));
                w.u32(0);
                for sample in &samples[stretch.first..stretch.first + stretch.count] {
                    if duration.is_none() {
                        w.u32(sample.duration);
                    }
                    if size.is_none() {
                        w.u32(size_of(sample));
                    }
                    if flags.is_none() {
                        w.u32(sample_flags(sample));
                    }
                    if composed {
                        w.u32(sample.composition_offset as u32);
                    }
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(offset: u64, size: u32, decode_time: u64) -> Sample {
        Sample {
            offset,
            size,
            decode_time,
            duration: 10,
            composition_offset: 0,
            sync: true,
        }
    }

    fn range_of(piece: &ReplyPiece) -> (u64, u64) {
        match piece {
            ReplyPiece::Range { offset, length } => (*offset, *length),
            ReplyPiece::Bytes(_) => panic!("no prefix was set"),
        }
    }

    #[test]
    fn tracks_are_woven_in_the_order_of_the_file() {
        let picture = TrackRun {
            track: 0,
            prefix: Bytes::new(),
            samples: vec![sample(100, 10, 0), sample(110, 20, 10), sample(200, 5, 20)],
        };
        let sound = TrackRun {
            track: 1,
            prefix: Bytes::new(),
            samples: vec![sample(130, 7, 0), sample(137, 7, 10)],
        };
        let pieces = fragment(1, &[picture, sound]).unwrap();
        let ranges: Vec<(u64, u64)> = pieces[1..].iter().map(range_of).collect();
        assert_eq!(ranges, [(100, 44), (200, 5)]);
    }

    #[test]
    fn short_gaps_are_part_of_the_media_as_long_as_they_are_few_of_its_bytes() {
        let picture = TrackRun {
            track: 0,
            prefix: Bytes::new(),
            samples: vec![
                sample(100, 6_400, 0),
                sample(6_720, 640, 10),
                sample(7_367, 100, 20),
                sample(7_470, 100, 30),
                sample(7_590, 100, 40),
            ],
        };
        let sound = TrackRun {
            track: 1,
            prefix: Bytes::new(),
            samples: vec![sample(6_510, 10, 0)],
        };
        let runs = [picture, sound];
        let layout = Layout::of(&runs);
        // 10 bytes after the first picture, 200 after the sound, 7, 3 and 20 between the small pictures.
        let stretches: Vec<(usize, usize, usize, u64)> = layout
            .stretches
            .iter()
            .map(|it| (it.run, it.first, it.count, it.position))
            .collect();
        let expected = [
            (0, 0, 1, 0),
            (1, 0, 1, 6_410),
            (0, 1, 1, 6_420),
            (0, 2, 1, 7_067),
            (0, 3, 2, 7_170),
        ];
        assert_eq!(stretches, expected);
        let pieces = fragment(1, &runs).unwrap();
        let ranges: Vec<(u64, u64)> = pieces[1..].iter().map(range_of).collect();
        assert_eq!(ranges, [(100, 6_420), (6_720, 850), (7_590, 100)]);
        assert_eq!(
            layout.bytes,
            pieces[1..].iter().map(ReplyPiece::length).sum::<u64>()
        );
    }

    #[test]
    fn a_stripped_header_stands_before_each_sample() {
        let run = TrackRun {
            track: 0,
            prefix: Bytes::from_static(b"abc"),
            samples: vec![sample(0, 4, 0), sample(4, 4, 10)],
        };
        let pieces = fragment(1, &[run]).unwrap();
        let prefix = ReplyPiece::Bytes(Bytes::from_static(b"abc"));
        assert_eq!(pieces[1], prefix);
        assert_eq!(pieces[3], prefix);
        assert_eq!(pieces[1..].iter().map(ReplyPiece::length).sum::<u64>(), 14);
    }
}
