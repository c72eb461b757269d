//! The cut of a film into segments, made from its index before any media byte is read.
//!
//! A plan has start, length and byte span of each segment and nothing about single samples: a reader stores the
//! data that it needs to find a segment's samples beside the plan. All tracks are cut at the same times, those
//! of key frames of the picture, or every [`TARGET_SEGMENT_S`] if there is no picture.

use std::ops::Range;

use crate::packed::PackedRows;

/// The target length of segments, in seconds.
pub const TARGET_SEGMENT_S: u32 = 6;

/// The segments of a film.
#[derive(Debug, Clone)]
pub struct SegmentPlan {
    timescale: u32,
    end: i64,
    /// Start in ticks, start and end of the byte span, bytes of the key frame at the start (0 if that is not
    /// known).
    rows: PackedRows<4>,
}

/// One segment of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedSegment {
    /// Ticks of [`SegmentPlan::timescale`], on the repackaged stream's clock.
    pub start: i64,
    pub duration: i64,
    /// The smallest span of the file that holds all samples of the segment.
    pub span: Range<u64>,
    /// Bytes of the key frame that the segment starts with; `None` if the index does not contain it.
    pub key_frame_bytes: Option<u64>,
}

impl SegmentPlan {
    /// Starts a plan whose times are ticks of `timescale`.
    pub(crate) fn new(timescale: u32) -> Self {
        SegmentPlan {
            timescale: timescale.max(1),
            end: 0,
            rows: PackedRows::new(),
        }
    }

    /// Appends a segment that starts at `start`; the one before ends there.
    pub(crate) fn push(&mut self, start: i64, span: Range<u64>, key_frame_bytes: u64) {
        self.rows.push([
            start,
            span.start as i64,
            span.end as i64,
            key_frame_bytes as i64,
        ]);
    }

    /// Ends the last segment at `end`.
    pub(crate) fn finish(mut self, end: i64) -> Self {
        self.rows.shrink();
        self.end = end;
        self
    }

    /// Returns the ticks per second of all times in the plan.
    pub fn timescale(&self) -> u32 {
        self.timescale
    }

    /// Returns the number of segments.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns true if there is no segment.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns segment `n`, counted from 0; `None` past the last.
    pub fn get(&self, n: usize) -> Option<PlannedSegment> {
        let row = self.rows.get(n)?;
        let end = self.rows.get(n + 1).map_or(self.end, |next| next[0]);
        Some(segment(row, end))
    }

    /// Returns all segments in order.
    pub fn iter(&self) -> impl Iterator<Item = PlannedSegment> + '_ {
        let ends = self.rows.iter().skip(1).map(|row| row[0]);
        let ends = ends.chain(std::iter::once(self.end));
        self.rows
            .iter()
            .zip(ends)
            .map(|(row, end)| segment(row, end))
    }

    /// Converts ticks of the plan to seconds.
    pub fn seconds(&self, ticks: i64) -> f64 {
        ticks as f64 / f64::from(self.timescale)
    }

    /// Returns the segment that contains the time `ticks`; the first or last if the time lies outside.
    pub fn segment_at(&self, ticks: i64) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = (low + high) / 2;
            if self.rows.get(middle).is_some_and(|row| row[0] <= ticks) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.saturating_sub(1)
    }

    /// Returns the bytes of memory that the plan takes.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.rows.memory_bytes()
    }
}

fn segment(row: [i64; 4], end: i64) -> PlannedSegment {
    PlannedSegment {
        start: row[0],
        duration: end.saturating_sub(row[0]).max(0),
        span: row[1] as u64..row[2] as u64,
        key_frame_bytes: (row[3] > 0).then_some(row[3] as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_leads_to_its_segment() {
        let mut plan = SegmentPlan::new(1000);
        plan.push(80, 10..20, 3);
        plan.push(6_080, 20..25, 0);
        plan.push(12_000, 25..70, 9);
        let plan = plan.finish(13_500);
        let found: Vec<usize> = [0, 80, 6_079, 6_080, 12_000, 99_999]
            .map(|ticks| plan.segment_at(ticks))
            .to_vec();
        assert_eq!(found, [0, 0, 0, 1, 2, 2]);
        let durations: Vec<i64> = plan.iter().map(|segment| segment.duration).collect();
        assert_eq!(durations, [6_000, 5_920, 1_500]);
        assert_eq!(plan.get(1), plan.iter().nth(1));
        assert_eq!(plan.get(1).unwrap().key_frame_bytes, None);
        assert_eq!(plan.get(3), None);
    }
}
