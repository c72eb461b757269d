//! A segment as fragmented MP4, made while its span is read.
//!
//! Samples are known only once their blocks were read, so a segment comes as several fragments, and media bytes
//! that were read on the way are handed on instead of being read twice.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::block_table::{BlockTable, BlockTables};
use super::cluster::BlockParser;
use super::{Matroska, SegmentReader};
use crate::{
    ContainerError, PlannedSegment, ReadRange, ReplyPiece, Sample, TextCue, TrackKind, TrackRun,
    write,
};

/// Bytes after which samples are counted. Fragments end at multiples of it in the file, so that a segment always has the same
/// bytes, and a read is a chunk of the byte engine in full.
const READ_BYTES: u64 = 512 << 10;
/// Bytes of the file after which a fragment is written.
const FRAGMENT_BYTES: u64 = 1 << 20;
/// Maximum bytes of the file that are held for samples of which no fragment was written yet. What is not held is read
/// once more, which costs less than the memory of many viewers.
const MAX_PENDING_BYTES: u64 = 2 << 20;
/// Slices below this size are joined: each piece becomes a part of a write to the viewer.
const MIN_SLICE_BYTES: usize = 16 << 10;
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
/// Bytes of one read in search of a key frame, and of all.
const SEARCH_READ_BYTES: u64 = 64 << 10;
const MAX_SEARCH_BYTES: u64 = 8 << 20;

/// Makes one segment.
#[derive(Debug)]
pub(crate) struct SegmentStream {
    segment: SegmentReader,
    position: u64,
    end: u64,
    sequence: u32,
    /// Bytes that were read, with their positions in the file.
    held: VecDeque<(u64, Bytes)>,
    held_bytes: u64,
    done: bool,
    /// The frames of the segment, and the number of those that were taken; `None` if they have to be read.
    known: Option<(Arc<BlockTable>, usize)>,
    /// Reads so far.
    reads: u32,
    /// Number of the segment and tables of the film, to which that of this segment is added.
    tables: (usize, BlockTables),
}

impl SegmentStream {
    /// Starts segment `n` of a selection of tracks; `None` if there is no such segment.
    pub(crate) fn new(film: &Matroska, selection: &[usize], n: usize) -> Option<Self> {
        let mut segment = film.segment(n, selection)?;
        let span = segment.span();
        let known = film.block_tables.get(n);
        if known.is_none() && film.has_others(selection) {
            segment.record();
        }
        Some(SegmentStream {
            segment,
            position: span.start,
            end: span.end,
            sequence: (n as u32).wrapping_mul(FRAGMENTS_PER_SEGMENT),
            held: VecDeque::new(),
            held_bytes: 0,
            done: false,
            known: known.map(|table| (table, 0)),
            reads: 0,
            tables: (n, film.block_tables.clone()),
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
            let until = self.end.min(reader.size());
            let until = until.min((self.position / READ_BYTES + 1) * READ_BYTES);
            taken += until.saturating_sub(self.position);
            let found = match self.known_until(until) {
                Some(found) => found,
                None => self.read_until(reader, until).await?,
            };
            self.reads += 1;
            self.segment.end_read();
            self.done = found.is_none();
            let mut found = found.unwrap_or_else(|| self.finish());
            self.segment.sort_runs(&mut found);
            append_runs(&mut runs, found);
            if taken >= FRAGMENT_BYTES && !runs.is_empty() {
                break;
            }
        }
        if runs.is_empty() {
            return Ok(None);
        }
        self.sequence = self.sequence.wrapping_add(1);
        let pieces = self.at_hand(write::fragment(self.sequence, &runs)?);
        self.release();
        Ok(Some(pieces))
    }

    /// Returns the samples that a read up to a position would complete; `None` if their frames are not known. The
    /// inner `None` is that of [`read_until`](Self::read_until).
    fn known_until(&mut self, until: u64) -> Option<Option<Vec<TrackRun>>> {
        let (table, taken) = self.known.as_mut()?;
        if self.position >= until {
            return Some(None);
        }
        self.position = until;
        let frames = table.found_by(self.reads, taken);
        Some(Some(self.segment.take_found(&frames)))
    }

    /// Ends the segment, whose frames are known now.
    fn finish(&mut self) -> Vec<TrackRun> {
        let mut runs = match &mut self.known {
            // Those that were found only at the end of the file.
            Some((table, taken)) => {
                let frames = table.found_by(self.reads, taken);
                self.segment.take_found(&frames)
            }
            None => Vec::new(),
        };
        append_runs(&mut runs, self.segment.finish());
        let (n, tables) = &self.tables;
        if let Some(table) = self.segment.take_recorded() {
            tables.insert(*n, table);
        }
        runs
    }

    /// Reads up to a position, and returns the samples that this completes; `None` if nothing is left to read.
    async fn read_until<R: ReadRange>(
        &mut self,
        reader: &R,
        until: u64,
    ) -> Result<Option<Vec<TrackRun>>, ContainerError> {
        if self.position >= until {
            return Ok(None);
        }
        let mut runs = Vec::new();
        while self.position < until {
            let most = (until - self.position) as usize;
            let bytes = reader.read_some(self.position, most).await?;
            if bytes.is_empty() {
                return Err(ContainerError::Truncated);
            }
            append_runs(&mut runs, self.segment.push(self.position, &bytes)?);
            self.hold(bytes);
        }
        Ok(Some(runs))
    }

    /// Holds the bytes at the position, for samples that are not complete yet.
    fn hold(&mut self, bytes: Bytes) {
        let length = bytes.len() as u64;
        self.held_bytes += length;
        self.held.push_back((self.position, bytes));
        self.position += length;
        while self.held_bytes > MAX_PENDING_BYTES {
            self.release_first();
        }
    }

    /// Releases the bytes of samples that were returned.
    fn release(&mut self) {
        let needed = self.segment.pending_from();
        while let Some((start, bytes)) = self.held.front()
            && start + bytes.len() as u64 <= needed
        {
            self.release_first();
        }
    }

    fn release_first(&mut self) {
        if let Some((_, released)) = self.held.pop_front() {
            self.held_bytes -= released.len() as u64;
        }
    }

    /// Replaces ranges of the file by their bytes, where those are held.
    fn at_hand(&self, pieces: Vec<ReplyPiece>) -> Vec<ReplyPiece> {
        let mut joined = JoinedPieces::default();
        for piece in pieces {
            match piece {
                ReplyPiece::Bytes(bytes) => joined.push(bytes),
                ReplyPiece::Range { offset, length } => match self.slices(offset, length) {
                    Some(slices) => slices.into_iter().for_each(|slice| joined.push(slice)),
                    None => joined.push_range(offset, length),
                },
            }
        }
        joined.finish()
    }

    /// Returns the bytes of a range in slices of what was read; `None` if a part of it is not held.
    fn slices(&self, offset: u64, length: u64) -> Option<Vec<Bytes>> {
        let (mut at, end) = (offset, offset.checked_add(length)?);
        let is_before = |(start, bytes): &(u64, Bytes)| start + bytes.len() as u64 <= at;
        let first = self.held.partition_point(is_before);
        let mut slices = Vec::new();
        for (start, bytes) in self.held.range(first..) {
            if at < *start || at == end {
                break;
            }
            let until = end.min(start + bytes.len() as u64);
            slices.push(bytes.slice((at - start) as usize..(until - start) as usize));
            at = until;
        }
        (at == end).then_some(slices)
    }
}

/// Adds the samples of runs to those of the same tracks.
fn append_runs(runs: &mut Vec<TrackRun>, more: Vec<TrackRun>) {
    for run in more {
        match runs.iter_mut().find(|known| known.track == run.track) {
            Some(known) => known.samples.extend(run.samples),
            None => runs.push(run),
        }
    }
}

/// Pieces of which small ones are joined.
#[derive(Debug, Default)]
struct JoinedPieces {
    pieces: Vec<ReplyPiece>,
    small: BytesMut,
}

impl JoinedPieces {
    fn push(&mut self, bytes: Bytes) {
        if bytes.len() < MIN_SLICE_BYTES {
            self.small.extend_from_slice(&bytes);
            return;
        }
        self.end_small();
        self.pieces.push(ReplyPiece::Bytes(bytes));
    }

    fn push_range(&mut self, offset: u64, length: u64) {
        self.end_small();
        self.pieces.push(ReplyPiece::Range { offset, length });
    }

    fn end_small(&mut self) {
        if !self.small.is_empty() {
            let small = self.small.split().freeze();
            self.pieces.push(ReplyPiece::Bytes(small));
        }
    }

    fn finish(mut self) -> Vec<ReplyPiece> {
        self.end_small();
        self.pieces
    }
}

impl Matroska {
    /// Returns true if the film has pictures or sounds besides these tracks.
    fn has_others(&self, selection: &[usize]) -> bool {
        let mut tracks = self.tracks.iter().enumerate();
        tracks
            .any(|(index, track)| track.kind != TrackKind::Subtitle && !selection.contains(&index))
    }

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
                .min(SEARCH_READ_BYTES);
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
