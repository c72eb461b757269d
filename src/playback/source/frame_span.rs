//! The frames of AAC that a segment of a decoded sound has.

use containers::{AAC_FRAME_SAMPLES, Container, ENCODED_SAMPLE_RATE, FilmSource, SegmentPlan};

/// The samples by which a segment ends before its planned end: more than any packet of sound lasts.
const MARGIN_SAMPLES: u64 = 12_000;

/// Frames that are made before the first of a segment and dropped, since it overlaps with them.
const OVERLAPPING_FRAMES: u64 = 2;

/// The frames of a segment on the stream's clock.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FrameSpan {
    /// The number of the first frame.
    pub first: u64,
    pub count: u64,
    /// Frames that an encoder which begins here makes before the first: one of silence, and those that overlap.
    pub dropped: u64,
}

impl FrameSpan {
    /// Returns the frames of segment `n`, which begin where those of the segment before end.
    pub fn of(source: &FilmSource, n: usize) -> Self {
        let start = match source.container() {
            // Its clock begins anywhere.
            Container::TransportStream => source.plan().get(0).map_or(0, |first| first.start),
            _ => 0,
        };
        Self::of_plan(source.plan(), start, n)
    }

    fn of_plan(plan: &SegmentPlan, start: i64, n: usize) -> Self {
        let frame_at = |ticks: i64, margin: u64| {
            let samples = ticks.max(0) as u128 * u128::from(ENCODED_SAMPLE_RATE);
            let samples = (samples / u128::from(plan.timescale())) as u64;
            samples.saturating_sub(margin) / u64::from(AAC_FRAME_SAMPLES)
        };
        let end_of = |n: usize| {
            let Some(segment) = plan.get(n) else { return 0 };
            let is_last = n + 1 == plan.len();
            let margin = if is_last { 0 } else { MARGIN_SAMPLES };
            frame_at(segment.start + segment.duration, margin)
        };
        let first = n.checked_sub(1).map_or(frame_at(start, 0), end_of);
        FrameSpan {
            first,
            // A segment is never empty: players take that for the end.
            count: end_of(n).saturating_sub(first).max(1),
            dropped: first.min(OVERLAPPING_FRAMES) + 1,
        }
    }

    /// Returns the sample at which encoding begins.
    pub fn first_sample(&self) -> u64 {
        let before = self.dropped - 1;
        self.first.saturating_sub(before) * u64::from(AAC_FRAME_SAMPLES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_span_begins_where_the_one_before_ends() {
        let first = FrameSpan {
            first: 0,
            count: 269,
            dropped: 1,
        };
        assert_eq!(first.first_sample(), 0);
        let later = FrameSpan {
            first: 269,
            count: 281,
            dropped: 3,
        };
        assert_eq!(later.first_sample(), 267 * 1024);
    }
}
