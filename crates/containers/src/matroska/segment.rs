//! Samples of one segment, from the bytes of its span.
//!
//! A block belongs to the segment whose part of the file it stands in. So every block is in exactly one
//! segment, whichever tracks are read, and no index of the sounds is needed.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::block_table::BlockTable;
use super::cluster::{BlockParser, Frame};
use super::decode_times::DecodeTimes;
use super::describe::Carried;
use super::info::MatroskaClock;
use crate::{ContainerError, Sample, TrackKind, TrackRun};

/// A push parser for one segment.
#[derive(Debug)]
pub struct SegmentReader {
    clock: MatroskaClock,
    parser: BlockParser,
    /// Cluster and relative position of the first block, and of the first block of the next segment.
    bounds: ((u64, u64), (u64, u64)),
    span: Range<u64>,
    lanes: Vec<Lane>,
    /// All frames of the segment, each with the number of reads before it; `None` if they are not recorded.
    recorded: Option<(u32, BlockTable)>,
}

/// A frame that waits for its decode time.
#[derive(Debug, Clone, Copy)]
struct Held {
    offset: u64,
    size: u32,
    sync: bool,
    duration: Option<i64>,
    /// True if the file has the frame's time, false if it is derived from the block's.
    is_stamped: bool,
}

/// One track of the segment.
#[derive(Debug)]
struct Lane {
    index: usize,
    track: Arc<Carried>,
    prefix: Bytes,
    shift: i64,
    /// Start of the next segment, shift included.
    next_start: Option<i64>,
    times: DecodeTimes<Held>,
    /// The last sample, whose duration is known once the next one arrives.
    open: Option<(i64, i64, Held)>,
    done: Vec<Sample>,
    steady: Steady,
    last_duration: Option<i64>,
    first_presentation: Option<i64>,
    earliest_presentation: i64,
}

impl SegmentReader {
    pub(crate) fn new(
        clock: MatroskaClock,
        shift: i64,
        bounds: ((u64, u64), (u64, u64)),
        span: Range<u64>,
        next_start: Option<i64>,
        tracks: impl Iterator<Item = (usize, Arc<Carried>)>,
    ) -> Self {
        let lanes = tracks
            .filter(|(_, track)| track.kind != TrackKind::Subtitle)
            .map(|(index, track)| Lane {
                index,
                prefix: track.prefix(),
                shift,
                next_start,
                times: DecodeTimes::new(track.decode_delay, track.reordered),
                open: None,
                done: Vec::new(),
                steady: Steady::new(clock, track.frame_ns),
                last_duration: None,
                first_presentation: None,
                earliest_presentation: i64::MAX,
                track,
            })
            .collect();
        SegmentReader {
            clock,
            parser: BlockParser::new(span.start, span.end),
            bounds,
            span,
            lanes,
            recorded: None,
        }
    }

    /// Records the frames of all tracks from now on, for [`take_recorded`](Self::take_recorded).
    pub(super) fn record(&mut self) {
        self.recorded = Some((0, BlockTable::default()));
    }

    /// Ends a read of those that the recorded frames are counted by.
    pub(super) fn end_read(&mut self) {
        if let Some((reads, _)) = &mut self.recorded {
            *reads += 1;
        }
    }

    /// Returns the frames of the whole segment; `None` if they were not recorded.
    pub(super) fn take_recorded(&mut self) -> Option<BlockTable> {
        self.recorded.take().map(|(_, table)| table)
    }

    /// Takes frames that were recorded, in place of the bytes that they were found in. Returns the samples that are
    /// complete.
    pub(super) fn take_found(&mut self, frames: &[Frame]) -> Vec<TrackRun> {
        frames.iter().for_each(|frame| self.take(frame));
        self.runs()
    }

    /// Returns the bytes of the file that have to be pushed.
    pub fn span(&self) -> Range<u64> {
        self.span.clone()
    }

    /// Takes the next bytes of the span, which stand at `offset` in the file. Returns the samples that are complete, by
    /// track, in decode order.
    ///
    /// # Errors
    /// `Malformed` if the bytes are no clusters.
    pub fn push(&mut self, offset: u64, bytes: &[u8]) -> Result<Vec<TrackRun>, ContainerError> {
        self.parser.push(offset, bytes)?;
        self.take_frames();
        Ok(self.runs())
    }

    /// Ends the segment. Returns the samples that waited for their successors.
    pub fn finish(&mut self) -> Vec<TrackRun> {
        self.parser.finish();
        self.take_frames();
        for lane in &mut self.lanes {
            lane.finish();
        }
        self.runs()
    }

    /// Returns the position of the first byte that later samples may consist of, as far as bytes were pushed.
    pub(super) fn pending_from(&self) -> u64 {
        let lanes = self.lanes.iter().filter_map(Lane::pending_from);
        lanes.fold(self.parser.pending_from(), u64::min)
    }

    /// Puts runs into the order of the segment's tracks.
    pub(super) fn sort_runs(&self, runs: &mut [TrackRun]) {
        runs.sort_by_key(|run| self.lanes.iter().position(|lane| lane.index == run.track));
    }

    fn take_frames(&mut self) {
        while let Some(frame) = self.parser.next_frame() {
            if frame.place < self.bounds.0 || frame.place >= self.bounds.1 {
                continue;
            }
            if let Some((reads, table)) = &mut self.recorded {
                table.push(*reads, &frame);
            }
            self.take(&frame);
        }
    }

    fn take(&mut self, frame: &Frame) {
        let mut lanes = self.lanes.iter_mut();
        if let Some(lane) = lanes.find(|lane| lane.track.number == frame.track) {
            lane.take(self.clock, frame);
        }
    }

    fn runs(&mut self) -> Vec<TrackRun> {
        self.lanes
            .iter_mut()
            .filter(|lane| !lane.done.is_empty())
            .map(|lane| TrackRun {
                track: lane.index,
                prefix: lane.prefix.clone(),
                samples: std::mem::take(&mut lane.done),
            })
            .collect()
    }
}

impl Lane {
    /// Returns the position of the first frame that waits; `None` if none does.
    fn pending_from(&self) -> Option<u64> {
        let open = self.open.iter().map(|(_, _, held)| held);
        let held = self.times.waiting().chain(open);
        held.map(|held| held.offset).min()
    }

    fn take(&mut self, clock: MatroskaClock, frame: &Frame) {
        let count = i64::from(frame.lace.1.max(1));
        let duration = frame
            .duration
            .map(|duration| clock.ticks(duration as i64) / count)
            .filter(|&duration| duration > 0);
        let time = frame.time.saturating_add(self.within_block(clock, frame));
        let presentation = (clock.ticks(time) - self.track.codec_delay).saturating_add(self.shift);
        let held = Held {
            offset: frame.offset,
            size: frame.size,
            // Each frame of sound can be decoded alone, whatever the block's flag; TrueHD has major syncs.
            sync: frame.key
                || self.track.kind == TrackKind::Audio && self.track.codec != crate::Codec::TrueHd,
            duration,
            is_stamped: frame.lace.0 == 0,
        };
        self.first_presentation.get_or_insert(presentation);
        self.earliest_presentation = self.earliest_presentation.min(presentation);
        if let Some(timed) = self.times.push(presentation, held) {
            self.time(timed);
        }
    }

    /// Returns the time of a frame within its block, in the file's unit. Laced frames share the block's
    /// duration, each rounded down: FFmpeg calculates them this way, so both get the same times.
    fn within_block(&self, clock: MatroskaClock, frame: &Frame) -> i64 {
        let (n, count) = (i128::from(frame.lace.0), i128::from(frame.lace.1.max(1)));
        if n == 0 {
            return 0;
        }
        let ns = self.track.default_duration.or(self.track.frame_ns);
        let block = match (frame.duration, ns) {
            (Some(duration), _) => i128::from(duration),
            (None, Some(ns)) => i128::from(ns) * count / i128::from(clock.scale()),
            (None, None) => count,
        };
        i64::try_from(block * n / count).unwrap_or(0)
    }

    /// Completes the sample before, now that the next decode time is known.
    fn time(&mut self, timed: (i64, i64, Held)) {
        self.steady.add(timed.0, timed.2.is_stamped);
        if let Some(open) = self.open.replace(timed) {
            let duration = timed.0 - open.0;
            self.last_duration = Some(duration);
            self.close(open, duration);
        }
    }

    fn close(&mut self, (decode, presentation, held): (i64, i64, Held), duration: i64) {
        let decode = decode.max(0);
        let offset = presentation.saturating_sub(decode);
        self.done.push(Sample {
            offset: held.offset,
            size: held.size,
            decode_time: decode as u64,
            duration: u32::try_from(duration.max(0)).unwrap_or(u32::MAX),
            composition_offset: offset.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32,
            sync: held.sync,
        });
    }

    fn finish(&mut self) {
        while let Some(timed) = self.times.pop() {
            self.time(timed);
        }
        let Some(open) = self.open.take() else { return };
        let predicted = match self.track.kind {
            TrackKind::Video if !self.steady.is_steady() => self.next_start.map(|start| {
                // The next group is assumed to be as open as this one: its leading pictures come before its key
                // frame.
                let leading = self.first_presentation.unwrap_or(0) - self.earliest_presentation;
                let delay = if self.track.reordered {
                    self.track.decode_delay
                } else {
                    0
                };
                start - leading.max(0) - delay
            }),
            _ => self.steady.next(),
        };
        let longest = 10 * self.last_duration.unwrap_or(i64::MAX / 20).max(1);
        let duration = predicted
            .map(|next| next - open.0)
            .filter(|&duration| duration > 0 && duration <= longest)
            .or(open.2.duration)
            .or(self.last_duration)
            .or(self.steady.frame())
            .unwrap_or(1);
        self.close(open, duration);
    }
}

/// Times of frames of equal length, rounded to ticks. From the times so far, the next one is predicted to the
/// tick, so that a segment's sound ends where that of the next segment begins.
#[derive(Debug)]
struct Steady {
    clock: MatroskaClock,
    frame_ns: Option<u64>,
    count: i64,
    last: i64,
    /// Bounds of the unrounded start, in thousandths of ticks.
    start: (i128, i128),
}

impl Steady {
    fn new(clock: MatroskaClock, frame_ns: Option<u64>) -> Self {
        Steady {
            clock,
            frame_ns,
            count: 0,
            last: 0,
            start: (i128::MIN, i128::MAX),
        }
    }

    /// Returns the frames' length in ticks, rounded.
    fn frame(&self) -> Option<i64> {
        self.frame_ns
            .map(|ns| self.clock.nanoseconds(i128::from(ns)))
            .filter(|&ticks| ticks > 0)
    }

    /// Thousandths of ticks after `count` frames.
    fn after(&self, count: i64) -> Option<i128> {
        let unit = 1_000_000;
        self.frame_ns.map(|ns| {
            i128::from(ns) * i128::from(count) * i128::from(self.clock.timescale()) / unit
        })
    }

    /// Counts a frame. `is_stamped` is true if the file has its time.
    fn add(&mut self, time: i64, is_stamped: bool) {
        if let Some(after) = self.after(self.count).filter(|_| is_stamped) {
            let start = i128::from(time) * 1000 - after;
            // Some writers round, some truncate: either way the true time is within a tick.
            self.start.0 = self.start.0.max(start - 500);
            self.start.1 = self.start.1.min(start + 500);
        }
        self.count += 1;
        self.last = time;
    }

    /// Returns true if all times so far fit frames of equal length.
    fn is_steady(&self) -> bool {
        let (low, high) = self.start;
        self.frame_ns.is_some() && self.count > 1 && low <= high
    }

    /// Returns the time of the next frame; `None` if the frames' length is not known.
    fn next(&self) -> Option<i64> {
        let after = self.after(self.count)?;
        let (low, high) = self.start;
        if low > high || low == i128::MIN {
            return Some(self.last + self.frame()?);
        }
        let time = (low + high) / 2 + after;
        i64::try_from((time + 500).div_euclid(1000)).ok()
    }
}
