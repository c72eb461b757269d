//! One clock for all tracks.
//!
//! Edit lists move tracks against each other, and composition offsets put decode times before zero. Fragments know
//! neither edit lists nor negative decode times, so all tracks get one constant shift. It is a whole number of ticks in
//! each of their timescales: the differences of the file are kept to the tick.

use crate::ContainerError;

/// A start this far from zero is a broken edit list.
const MAX_SHIFT_S: i128 = 7 * 24 * 3600;

/// Returns what to add to each track's table times so that the earliest decode time of all is at or just after zero.
///
/// `starts` has, for each track, its timescale and the movie time of its first decode time in ticks.
pub(super) fn shifts(starts: &[(u32, i64)]) -> Result<Vec<i64>, ContainerError> {
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
            // A start of more than a week is refused; none here is.
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
