//! A segment as fragmented MP4, made while its span is read.
//!
//! Samples are known only once their blocks were read, so a segment comes as several fragments, and media bytes
//! that were read on the way are handed on instead of being read twice.

use std::collections::VecDeque;

use bytes::Bytes;

use super::cluster::BlockParser;
use super::{Matroska, SegmentReader};
use crate::{
    ContainerError, PlannedSegment, ReadRange, ReplyPiece, Sample, TextCue, TrackRun, write,
};

/// Bytes of one read.
const READ_BYTES: u64 = 256 << 10;
/// Bytes of the file after which a fragment is written.
const FRAGMENT_BYTES: u64 = 1 << 20;
/// Maximum bytes of the file that are buffered for samples that wait for their times: 16 large pictures.
const MAX_PENDING_BYTES: u64 = 8 << 20;
/// Numbers reserved for the fragments of one segment.
const FRAGMENTS_PER_SEGMENT: u32 = 4096;
/// Maximum bytes of headers per sample: a row of `trun`, and a `trun` of its own.
const SAMPLE_HEADER_BYTES: f64 = 40.0;
/// Maximum bytes of headers per track in a fragment.
const TRACK_HEADER_BYTES: u64 = 160;
/// Assumed frames per second of a track that announces no rate. Only a picture has this many at most; excess
/// room becomes padding.
const UNKNOWN_FRAME_RATE: f64 = 240.0;
/// Maximum number of reads to find all cues of a track.
const MAX_CUE_READS: u32 = 20_000;
/// Maximum bytes read in search of a key frame.
const MAX_SEARCH_BYTES: u64 = 8 << 20;

/// Makes one segment.
#[derive(Debug)]
pub(crate) struct SegmentStream {
    segment: SegmentReader,
    position: u64,
    end: u64,
    sequence: u32,
    kept: VecDeque<(u64, Bytes)>,
    kept_bytes: u64,
    done: bool,
}

impl SegmentStream {
    /// Starts segment `n` of a selection of tracks; `None` if there is no such segment.
    pub(crate) fn new(film: &Matroska, selection: &[usize], n: usize) -> Option<Self> {
        let segment = film.segment(n, selection)?;
        let span = segment.span();
        Some(SegmentStream {
            segment,
            position: span.start,
            end: span.end,
            sequence: (n as u32).wrapping_mul(FRAGMENTS_PER_SEGMENT),
            kept: VecDeque::new(),
            kept_bytes: 0,
            done: false,
        })
    }

    /// Makes the next fragment; `None` after the last.
    pub(crate) async fn next<R: ReadRange>(
        &mut self,
        reader: &R,
    ) -> Result<Option<Vec<ReplyPiece>>, ContainerError> {
        let mut runs: Vec<TrackRun> = Vec::new();
        let mut taken = 0;
        while !self.done {
            let length = self
                .end
                .min(reader.size())
                .saturating_sub(self.position)
                .min(READ_BYTES);
            let found = if length == 0 {
                self.done = true;
                self.segment.finish()
            } else {
                let bytes = reader.read(self.position, length as usize).await?;
                let found = self.segment.push(self.position, &bytes)?;
                self.keep(bytes);
                self.position += length;
                taken += length;
                found
            };
            for run in found {
                match runs.iter_mut().find(|known| known.track == run.track) {
                    Some(known) => known.samples.extend(run.samples),
                    None => runs.push(run),
                }
            }
            if taken >= FRAGMENT_BYTES && !runs.is_empty() {
                break;
            }
        }
        if runs.is_empty() {
            return Ok(None);
        }
        self.sequence = self.sequence.wrapping_add(1);
        let pieces = write::fragment(self.sequence, &runs)?;
        Ok(Some(
            pieces
                .into_iter()
                .map(|piece| self.at_hand(piece))
                .collect(),
        ))
    }

    fn keep(&mut self, bytes: Bytes) {
        self.kept_bytes += bytes.len() as u64;
        self.kept.push_back((self.position, bytes));
        while self.kept_bytes > MAX_PENDING_BYTES {
            let Some((_, dropped)) = self.kept.pop_front() else {
                break;
            };
            self.kept_bytes -= dropped.len() as u64;
        }
    }

    /// Returns the bytes of a range of the file if they were read, else the range.
    fn at_hand(&self, piece: ReplyPiece) -> ReplyPiece {
        let ReplyPiece::Range { offset, length } = piece else {
            return piece;
        };
        let mut parts = Vec::new();
        let mut at = offset;
        let end = offset + length;
        for (start, bytes) in &self.kept {
            let stop = start + bytes.len() as u64;
            if at >= *start && at < stop {
                let until = end.min(stop);
                parts.push(bytes.slice((at - start) as usize..(until - start) as usize));
                at = until;
            }
            if at == end {
                break;
            }
        }
        match (at == end, parts.len()) {
            (false, _) | (_, 0) => ReplyPiece::Range { offset, length },
            (true, 1) => ReplyPiece::Bytes(parts.swap_remove(0)),
            (true, _) => ReplyPiece::Bytes(parts.concat().into()),
        }
    }
}

impl Matroska {
    /// Returns a number of bytes that is enough for a segment of a progressive file, with at least 8 to spare.
    /// The index does not contain the number of samples of a segment, so the result allows for twice the number
    /// that the tracks announce.
    pub(crate) fn room_for(&self, selection: &[usize], segment: &PlannedSegment) -> u64 {
        let seconds = self.plan.seconds(segment.duration.max(0)) + 2.0;
        let samples: f64 = selection
            .iter()
            .filter_map(|&track| self.carried.get(track))
            .map(|track| {
                let ns = track
                    .frame_ns
                    .or(track.default_duration)
                    .filter(|&ns| ns > 0);
                ns.map_or(UNKNOWN_FRAME_RATE, |ns| 1e9 / ns as f64) * seconds
            })
            .sum();
        let media = segment.span.end.saturating_sub(segment.span.start);
        let fragments = media / FRAGMENT_BYTES + 2;
        let headers = (samples * 2.0 * SAMPLE_HEADER_BYTES) as u64;
        media + headers + fragments * TRACK_HEADER_BYTES * (selection.len() as u64 + 1)
    }

    /// Reads the cues of a text track that are shown within a span of the stream's clock.
    pub(crate) async fn cues<R: ReadRange>(
        &self,
        reader: &R,
        track: usize,
        span_ms: std::ops::Range<u64>,
    ) -> Result<Vec<TextCue>, ContainerError> {
        let mut subtitles = self
            .subtitles(track)
            .ok_or(ContainerError::Unsupported("this kind of subtitles"))?;
        if span_ms != (0..u64::MAX) && !self.plan.is_empty() {
            let ticks = |ms: u64| {
                let ticks = u128::from(ms) * u128::from(self.clock.timescale()) / 1000;
                i64::try_from(ticks).unwrap_or(i64::MAX)
            };
            // A cue that is displayed across a cut stands in the segment before.
            let first = self.plan.segment_at(ticks(span_ms.start)).saturating_sub(1);
            let last = self.plan.segment_at(ticks(span_ms.end));
            if let (Some(first), Some(last)) = (self.plan.get(first), self.plan.get(last)) {
                subtitles = subtitles.within(first.span.start..last.span.end);
            }
        }
        let mut found = Vec::new();
        let mut reads = 0;
        while let Some(cues) = subtitles.step(reader, 64).await? {
            reads += 64;
            if reads > MAX_CUE_READS {
                return Err(ContainerError::OverBudget("the reads allowed for it"));
            }
            let shown = |cue: &TextCue| cue.start_ms < span_ms.end && cue.end_ms > span_ms.start;
            found.extend(cues.into_iter().filter(shown));
        }
        Ok(found)
    }

    /// Finds the key frame that segment `n` starts with; `None` if it starts with none.
    pub(crate) async fn key_frame<R: ReadRange>(
        &self,
        reader: &R,
        n: usize,
    ) -> Result<Option<TrackRun>, ContainerError> {
        let Some(segment) = self.plan.get(n) else {
            return Ok(None);
        };
        let Some(from) = self.place(n) else {
            return Ok(None);
        };
        let track = &self.carried[self.reference];
        let mut parser = BlockParser::new(segment.span.start, segment.span.end);
        let mut read = 0;
        while !parser.is_done() && read < MAX_SEARCH_BYTES {
            let at = parser.position();
            let length = segment
                .span
                .end
                .min(reader.size())
                .saturating_sub(at)
                .min(READ_BYTES / 4);
            if length == 0 {
                break;
            }
            let bytes = reader.read(at, length as usize).await?;
            read += length;
            parser.push(at, &bytes)?;
            while let Some(frame) = parser.next_frame() {
                if frame.track != track.number || frame.place < from {
                    continue;
                }
                let time = self.clock.ticks(frame.time).saturating_add(self.shift);
                let sample = Sample {
                    offset: frame.offset,
                    size: frame.size,
                    decode_time: time.max(0) as u64,
                    duration: u32::try_from(segment.duration).unwrap_or(u32::MAX),
                    composition_offset: 0,
                    sync: true,
                };
                return Ok(frame.key.then(|| TrackRun {
                    track: self.reference,
                    prefix: track.prefix(),
                    samples: vec![sample],
                }));
            }
        }
        Ok(None)
    }
}
