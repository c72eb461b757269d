//! Cuts a picture at key frames, as near to [`TARGET_SEGMENT_S`] as they allow.

use super::cursor::Position;
use crate::{ContainerError, TARGET_SEGMENT_S};

/// Maximum length of a segment without a key frame. After it, a cut is made at any picture: a player then
/// displays the first pictures of that segment only if it has played the one before.
const MAX_SEGMENT_S: i64 = 120;

/// Maximum number of segments of a plan: more than a day of them.
pub(crate) const MAX_SEGMENTS: usize = 20_000;

/// The start of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut<P = Position> {
    /// Presentation time of the first sample in decode order.
    pub(crate) time: i64,
    pub(crate) position: P,
    /// Bytes of the first sample if it is a key frame, else 0.
    pub(crate) key_frame_bytes: u32,
}

/// Takes possible cuts in order and keeps the best.
#[derive(Debug)]
pub(crate) struct Cutter<P = Position> {
    target: i64,
    longest: i64,
    cuts: Vec<Cut<P>>,
    candidate: Option<Cut<P>>,
}

impl<P: Copy> Cutter<P> {
    pub(crate) fn new(timescale: u32) -> Self {
        Cutter {
            target: i64::from(timescale) * i64::from(TARGET_SEGMENT_S),
            longest: i64::from(timescale) * MAX_SEGMENT_S,
            cuts: Vec::new(),
            candidate: None,
        }
    }

    /// Offers a cut. The first one is always made.
    pub(crate) fn offer(&mut self, cut: Cut<P>, is_sync: bool) -> Result<(), ContainerError> {
        let Some(last) = self.cuts.last() else {
            self.cuts.push(cut);
            return Ok(());
        };
        let elapsed = cut.time - last.time;
        if !is_sync {
            if elapsed >= self.longest {
                let made = self.candidate.take().unwrap_or(cut);
                return self.make(made);
            }
            return Ok(());
        }
        if elapsed < self.target {
            if elapsed >= self.target / 2 {
                self.candidate = Some(cut);
            }
            return Ok(());
        }
        let nearer = self
            .candidate
            .take()
            .filter(|candidate| self.target - (candidate.time - last.time) < elapsed - self.target);
        match nearer {
            Some(candidate) => {
                let rest = cut.time - candidate.time;
                self.make(candidate)?;
                if rest >= self.target {
                    self.make(cut)?;
                } else if rest >= self.target / 2 {
                    self.candidate = Some(cut);
                }
                Ok(())
            }
            None => self.make(cut),
        }
    }

    fn make(&mut self, cut: Cut<P>) -> Result<(), ContainerError> {
        if self.cuts.len() >= MAX_SEGMENTS {
            return Err(ContainerError::OverBudget("a day of segments"));
        }
        self.cuts.push(cut);
        Ok(())
    }

    pub(crate) fn into_cuts(self) -> Vec<Cut<P>> {
        self.cuts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the starts of segments for key frames every `gap` milliseconds.
    fn starts(gap: i64, count: i64) -> Vec<i64> {
        let mut cutter = Cutter::new(1000);
        for index in 0..count {
            let cut = Cut {
                time: index * gap,
                position: (),
                key_frame_bytes: 1,
            };
            cutter.offer(cut, true).unwrap();
        }
        cutter.into_cuts().iter().map(|cut| cut.time).collect()
    }

    #[test]
    fn segments_come_near_to_six_seconds() {
        assert_eq!(starts(1_000, 15), [0, 6_000, 12_000]);
        assert_eq!(starts(2_002, 8), [0, 6_006, 12_012]);
        assert_eq!(starts(4_171, 5), [0, 4_171, 8_342, 12_513]);
        assert_eq!(starts(5_000, 4), [0, 5_000, 10_000]);
        assert_eq!(starts(10_000, 4), [0, 10_000, 20_000, 30_000]);
    }

    #[test]
    fn a_film_without_key_frames_is_cut_all_the_same() {
        let mut cutter = Cutter::new(1000);
        for index in 0..250 {
            let cut = Cut {
                time: index * 1_000,
                position: (),
                key_frame_bytes: 0,
            };
            cutter.offer(cut, index == 0).unwrap();
        }
        let times: Vec<i64> = cutter.into_cuts().iter().map(|cut| cut.time).collect();
        assert_eq!(times, [0, 120_000, 240_000]);
    }
}
