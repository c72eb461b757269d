//! Decode times, which Matroska does not keep: its blocks stand in decode order and have presentation times
//! only.
//!
//! The n-th picture of a segment in decode order is given the n-th smallest presentation time, less a delay
//! that is the same for the whole track. As no picture is displayed before it is decoded, this is the time that
//! an encoder would have written, wherever the delay is long enough for the pictures to be put in order. Where
//! it is not (frames of uneven length, a stream that announces too small a delay), the time is lowered to what
//! the following pictures need. So decode times always rise and never pass presentation times, and those of a
//! segment depend on nothing outside of it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Maximum number of pictures that may be decoded before one that is displayed earlier (H.264 §A.3.1, H.265
/// §A.4.2: the decoded picture buffer holds 16).
const MAX_REORDERED: usize = 16;

/// Assigns decode times to the frames of one track, within one segment. `T` is the caller's data of a frame.
#[derive(Debug)]
pub(crate) struct DecodeTimes<T> {
    delay: i64,
    lookahead: usize,
    waiting: VecDeque<(i64, T)>,
    smallest: BinaryHeap<Reverse<i64>>,
    last: Option<i64>,
}

impl<T> DecodeTimes<T> {
    /// Starts a segment. `delay` is in ticks; `reordered` is false for codecs whose decode order is the display
    /// order.
    pub(crate) fn new(delay: i64, reordered: bool) -> Self {
        DecodeTimes {
            delay: if reordered { delay } else { 0 },
            lookahead: if reordered { MAX_REORDERED } else { 0 },
            waiting: VecDeque::new(),
            smallest: BinaryHeap::new(),
            last: None,
        }
    }

    /// Returns the frames that wait for their decode times.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &T> {
        self.waiting.iter().map(|(_, frame)| frame)
    }

    /// Takes the next frame in decode order. Returns an earlier one with its decode time once that is certain.
    pub(crate) fn push(&mut self, presentation: i64, frame: T) -> Option<(i64, i64, T)> {
        self.waiting.push_back((presentation, frame));
        self.smallest.push(Reverse(presentation));
        if self.waiting.len() > self.lookahead {
            self.pop()
        } else {
            None
        }
    }

    /// Returns the next waiting frame, as decode time, presentation time and frame; `None` at the end.
    pub(crate) fn pop(&mut self) -> Option<(i64, i64, T)> {
        let Reverse(smallest) = self.smallest.pop()?;
        let needed = self
            .waiting
            .iter()
            .zip(0..)
            .map(|((presentation, _), n)| presentation.saturating_sub(n))
            .min()?;
        let (presentation, frame) = self.waiting.pop_front()?;
        let mut decode = smallest.saturating_sub(self.delay).min(needed);
        if let Some(last) = self.last {
            // Sound frames shorter than a tick may share one.
            let gap = i64::from(self.lookahead > 0);
            decode = decode.max(last.saturating_add(gap));
        }
        self.last = Some(decode);
        Some((decode, presentation, frame))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode_times(delay: i64, presentation: &[i64]) -> Vec<i64> {
        let mut times = DecodeTimes::new(delay, true);
        let mut found: Vec<_> = presentation
            .iter()
            .filter_map(|&pts| times.push(pts, ()))
            .collect();
        found.extend(std::iter::from_fn(|| times.pop()));
        assert!(found.iter().map(|(_, pts, ())| pts).eq(presentation));
        found.into_iter().map(|(dts, _, ())| dts).collect()
    }

    #[test]
    fn a_pyramid_of_b_pictures_gets_even_decode_times() {
        // I0 P4 B2 b1 b3, P8 B6 b5 b7 at 25 pictures a second.
        let presentation = [0, 160, 80, 40, 120, 320, 240, 200, 280];
        let expected = [-80, -40, 0, 40, 80, 120, 160, 200, 240];
        assert_eq!(decode_times(80, &presentation), expected);
    }

    #[test]
    fn a_delay_that_is_too_short_is_made_up_for() {
        assert_eq!(
            decode_times(0, &[0, 160, 80, 40, 120]),
            [0, 38, 39, 40, 120]
        );
    }

    #[test]
    fn leading_pictures_of_an_open_group_come_after_the_segment_before() {
        let before = decode_times(80, &[0, 120, 40, 80]);
        let open = decode_times(80, &[240, 160, 200, 360, 280, 320]);
        assert_eq!(before, [-80, -40, 0, 40]);
        assert_eq!(open, [80, 120, 160, 200, 240, 280]);
    }

    proptest! {
        #[test]
        fn decode_times_rise_and_never_pass_presentation_times(
            order in Just((0..60usize).collect::<Vec<_>>()).prop_shuffle(),
            gaps in prop::collection::vec(1..2_000i64, 60),
            delay in 0..500i64,
        ) {
            // Pictures of uneven length, shuffled within groups of eight.
            let mut at = 0;
            let shown: Vec<i64> = gaps.iter().map(|gap| { at += gap; at }).collect();
            let mut presentation = Vec::new();
            for group in shown.chunks(8) {
                let start = presentation.len();
                presentation.extend(order.iter().filter_map(|&n| {
                    let n = n.checked_sub(start)?;
                    group.get(n).copied()
                }));
            }
            // Neighbours closer than their number apart cannot have rising times of whole ticks before them.
            prop_assume!(gaps.iter().all(|&gap| gap >= 16));
            let decode = decode_times(delay, &presentation);
            for (n, (dts, pts)) in decode.iter().zip(&presentation).enumerate() {
                prop_assert!(dts <= pts, "{n}");
                prop_assert!(n == 0 || *dts > decode[n - 1]);
            }
        }
    }
}
