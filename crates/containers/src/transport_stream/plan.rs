//! Plans segments: at key frames of the picture, or at regular times.

use super::pes::TICKS_PER_S;
use super::pictures::PictureStart;
use super::{EARLY_TICKS, REGULAR_TICKS};
use crate::SegmentPlan;
use crate::plan::TARGET_SEGMENT_S;

/// Returns the shortest time between two pictures, which is how long each is shown; a 25th of a second if it is unknown.
pub(super) fn shortest_distance(pictures: &[PictureStart]) -> i64 {
    let mut times: Vec<i64> = pictures.iter().map(|picture| picture.time).collect();
    times.sort_unstable();
    let distances = times.windows(2).map(|pair| pair[1] - pair[0]);
    distances
        .filter(|ticks| *ticks > 0)
        .min()
        .unwrap_or(TICKS_PER_S / 25)
}

/// Returns the times of all cuts but the first, with their positions, of a film all of whose pictures are known.
pub(super) fn cuts_at_key_frames(pictures: &[PictureStart]) -> Vec<(i64, Option<u64>)> {
    let mut last = pictures.first().map_or(0, |picture| picture.time);
    let mut cuts = Vec::new();
    for picture in pictures.iter().skip(1) {
        let is_due = picture.time - last >= i64::from(TARGET_SEGMENT_S) * TICKS_PER_S - EARLY_TICKS;
        if picture.is_key && is_due {
            last = picture.time;
            cuts.push((picture.time, Some(picture.offset)));
        }
    }
    cuts
}

/// Returns the times of all cuts but the first of a film whose first pictures alone are known: those of the key frames, if
/// these seem to be regular.
pub(super) fn planned_times(
    pictures: &[PictureStart],
    start: i64,
    end: i64,
    size: u64,
) -> Vec<(i64, Option<u64>)> {
    let target = i64::from(TARGET_SEGMENT_S) * TICKS_PER_S;
    let keys: Vec<i64> = pictures
        .iter()
        .filter(|it| it.is_key)
        .map(|it| it.time)
        .collect();
    let distances: Vec<i64> = keys.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let longest = distances.iter().copied().max().unwrap_or(0);
    let shortest = distances.iter().copied().min().unwrap_or(0);
    let is_regular = distances.len() > 1 && longest - shortest < REGULAR_TICKS && shortest > 0;
    let bits_per_s = size as f64 * 8.0 * TICKS_PER_S as f64 / (end - start) as f64;
    let is_dense = longest > 0 && longest <= target / 2 || bits_per_s > HIGH_BITS_PER_S;
    let (base, step) = match (keys.first(), keys.last()) {
        (Some(first), Some(last)) if is_regular => {
            let distance = (last - first) as f64 / distances.len() as f64;
            (
                *first,
                distance * (target as f64 / distance).ceil().max(1.0),
            )
        }
        _ if is_dense => (start, target as f64),
        _ => (start, (LONG_SEGMENT_S * TICKS_PER_S) as f64),
    };
    // The last segment lasts half as long to half as long again as the others.
    let count = ((end - base) as f64 / step).round().max(1.0) as i64;
    let time = |n: i64| base + (step * n as f64).round() as i64 - EARLY_TICKS;
    (1..count).map(|n| (time(n), None)).collect()
}

/// Makes the plan of a film. The spans of segments whose positions are not known are estimated.
pub(super) fn plan(
    start: i64,
    end: i64,
    cuts: &[(i64, Option<u64>)],
    file: std::ops::Range<u64>,
) -> SegmentPlan {
    let mut plan = SegmentPlan::new(TICKS_PER_S as u32);
    let bytes = file.end.saturating_sub(file.start) as f64;
    let estimate = |time: i64| {
        let share = (time - start) as f64 / (end - start).max(1) as f64;
        file.start + (bytes * share.clamp(0.0, 1.0)) as u64
    };
    let mut row = (start, file.start);
    for (time, position) in cuts {
        let position = position.unwrap_or_else(|| estimate(*time));
        plan.push(row.0, row.1..position, 0);
        row = (*time, position);
    }
    plan.push(row.0, row.1..file.end, 0);
    plan.finish(end)
}

/// Below this bit rate, a stream whose first key frames are unknown may have few of them.
const HIGH_BITS_PER_S: f64 = 10e6;

/// The length of segments where key frames may be up to ten seconds apart.
const LONG_SEGMENT_S: i64 = 12;
