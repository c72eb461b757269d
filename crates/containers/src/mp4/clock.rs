//! One clock for all tracks.
//!
//! Edit lists move tracks against each other, and composition offsets put decode times before zero. Fragments
//! have neither edit lists nor negative decode times, so all tracks get one constant shift. It is a whole
//! number of ticks in each of their timescales: the differences of the file are kept to the tick.

use super::cursor::TableSample;
use super::track::TrackIndex;
use crate::{ContainerError, Sample};

/// Maximum distance of a start from zero; a larger one is a broken edit list.
const MAX_SHIFT_S: i128 = 7 * 24 * 3600;

/// The offset from a track's times to the common clock.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Move {
    /// Ticks to add to presentation times.
    pub(super) base: i64,
    /// Ticks by which decode times are moved back, so that no composition offset is negative. For a fragmented
    /// track with negative offsets, ffmpeg displays pictures late by the same amount, and it moves the times of
    /// the original file likewise.
    pub(super) reorder: i32,
}

impl Move {
    /// Puts a sample of the tables on the common clock.
    pub(super) fn apply(&self, sample: &TableSample) -> Result<Sample, ContainerError> {
        let reorder = i64::from(self.reorder);
        let decode_time = sample.decode_time.saturating_add(self.base - reorder);
        let offset = i64::from(sample.composition_offset) + reorder;
        let wrong = ContainerError::Malformed("a time before the start");
        Ok(Sample {
            offset: sample.offset,
            size: sample.size,
            decode_time: u64::try_from(decode_time).map_err(|_| wrong.clone())?,
            duration: sample.duration,
            composition_offset: i32::try_from(offset).map_err(|_| wrong)?,
            sync: sample.sync,
        })
    }
}

/// Adds the shift to the edit lists and returns the remaining offset of each track's own times. `firsts` has
/// the first decode time of each track, `reorders` the amount by which its composition offsets go below zero.
/// The second value is the shift in seconds.
pub(super) fn moves(
    indexes: &[TrackIndex],
    edits: &[i64],
    firsts: &[i64],
    reorders: &[i32],
    carried: &[usize],
) -> Result<(Vec<Move>, f64), ContainerError> {
    let starts: Vec<(u32, i64)> = carried
        .iter()
        .map(|&index| {
            let start = edits[index].saturating_add(firsts[index]);
            let timescale = indexes[index].facts.timescale;
            (timescale, start.saturating_sub(i64::from(reorders[index])))
        })
        .collect();
    let shifts = shifts(&starts)?;
    let (scale, shift) = (starts[0].0, shifts[0]);
    let mut moves: Vec<Move> = (indexes.iter().zip(edits))
        .map(|(track, edit)| Move {
            base: edit.saturating_add(rescale(shift, scale, track.facts.timescale)),
            reorder: 0,
        })
        .collect();
    for (&index, shift) in carried.iter().zip(&shifts) {
        moves[index] = Move {
            base: edits[index] + shift,
            reorder: reorders[index],
        };
    }
    Ok((moves, shift as f64 / f64::from(scale)))
}

/// Returns the ticks to add to each track's table times so that the earliest decode time of all is at or just
/// after zero.
///
/// `starts` has, for each track, its timescale and the movie time of its first decode time in ticks.
fn shifts(starts: &[(u32, i64)]) -> Result<Vec<i64>, ContainerError> {
    let grid = starts
        .iter()
        .fold(0, |grid, (timescale, _)| gcd(grid, *timescale))
        .max(1);
    // The earliest start in units of the grid, rounded down.
    let earliest = starts
        .iter()
        .map(|(timescale, start)| {
            (i128::from(*start) * i128::from(grid)).div_euclid(i128::from(*timescale))
        })
        .min()
        .unwrap_or(0);
    if earliest.abs() > MAX_SHIFT_S * i128::from(grid) {
        return Err(ContainerError::Malformed(
            "an edit list that starts days away",
        ));
    }
    Ok(starts
        .iter()
        .map(|(timescale, _)| (-earliest * i128::from(timescale / grid)) as i64)
        .collect())
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Returns true if `a` ticks of `a_scale` are not before `b` ticks of `b_scale`.
pub(super) fn not_before(a: i64, a_scale: u32, b: i64, b_scale: u32) -> bool {
    i128::from(a) * i128::from(b_scale) >= i128::from(b) * i128::from(a_scale)
}

/// Returns `ticks` of one timescale in ticks of another, rounded up.
pub(super) fn rescale(ticks: i64, from: u32, to: u32) -> i64 {
    let scaled = i128::from(ticks) * i128::from(to) + i128::from(from) - 1;
    scaled.div_euclid(i128::from(from.max(1))) as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_track_starts_before_zero_and_all_move_alike(
            starts in prop::collection::vec((1u32..200_000, -500_000i64..500_000), 1..6),
        ) {
            // A start of more than a week is refused; the test uses none.
            prop_assume!(starts.iter().all(|(scale, start)| start / i64::from(*scale) < 604_000
                && start / i64::from(*scale) > -604_000));
            let shifts = shifts(&starts).unwrap();
            for ((_, start), shift) in starts.iter().zip(&shifts) {
                prop_assert!(start + shift >= 0);
            }
            for (one, other) in starts.iter().zip(&shifts).zip(starts.iter().zip(&shifts).skip(1)) {
                let left = i128::from(*one.1) * i128::from(other.0.0);
                prop_assert_eq!(left, i128::from(*other.1) * i128::from(one.0.0));
            }
        }
    }
}
