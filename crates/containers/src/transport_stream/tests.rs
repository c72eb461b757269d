//! The plan of a film whose first pictures are known.

use super::*;

fn pictures(keys: &[i64], last: i64) -> Vec<PictureStart> {
    (0..=last / 3_600)
        .map(|n| PictureStart {
            offset: n as u64 * 1_880,
            time: 126_000 + n * 3_600,
            is_key: keys.contains(&n),
        })
        .collect()
}

/// Returns the distances of planned cuts in seconds, and how far the first is from the beginning.
fn distances(pictures: &[PictureStart], seconds: i64, size: u64) -> Vec<f64> {
    let start = 126_000;
    let end = start + seconds * TICKS_PER_S;
    let times = planned_times(pictures, start, end, size);
    let times = std::iter::once(start).chain(times.iter().map(|(time, _)| *time));
    let times: Vec<i64> = times.chain([end]).collect();
    let ticks = times.windows(2).map(|pair| pair[1] - pair[0]);
    ticks
        .map(|ticks| (ticks as f64 / TICKS_PER_S as f64 * 10.0).round() / 10.0)
        .collect()
}

#[test]
fn regular_key_frames_are_where_cuts_are_planned() {
    // Each 50th picture of 25 in a second.
    let found = distances(&pictures(&[0, 50, 100, 150], 800_000), 60, 10 << 20);
    assert_eq!(found, [6.0; 10]);
    // Each 96th, which is 3.84 s: two of them are 7.68 s.
    let found = distances(&pictures(&[0, 96, 192], 800_000), 31, 1 << 20);
    assert_eq!(found[..3], [7.7, 7.7, 7.7]);
}

#[test]
fn segments_are_long_where_key_frames_may_be_rare() {
    assert_eq!(distances(&pictures(&[0], 400_000), 36, 10 << 20), [12.0; 3]);
    assert_eq!(
        distances(&pictures(&[0, 30, 37, 80], 400_000), 36, 10 << 20),
        [6.0; 6]
    );
    // A high bit rate: discs and cameras have several key frames in a second.
    assert_eq!(distances(&pictures(&[0], 400_000), 36, 200 << 20), [6.0; 6]);
    assert_eq!(distances(&pictures(&[0], 400_000), 4, 1 << 20), [4.0]);
}

#[test]
fn all_cuts_are_at_key_frames_if_they_are_known() {
    let pictures = pictures(&[0, 100, 149, 160, 300, 320], 1_300_000);
    let cuts = cuts_at_key_frames(&pictures);
    let numbers: Vec<u64> = cuts
        .iter()
        .filter_map(|(_, at)| at.map(|at| at / 1_880))
        .collect();
    assert_eq!(numbers, [160, 320]);
    let plan = plan(126_000, 126_000 + 400 * 3_600, &cuts, 0..1_000_000);
    assert_eq!(plan.len(), 3);
    assert_eq!(plan.get(1).unwrap().span, 160 * 1_880..320 * 1_880);
    assert_eq!(plan.get(2).unwrap().span.end, 1_000_000);
}

/// Files that were changed at random are opened and taken apart, or refused: nothing panics and nothing goes on for ever.
#[test]
fn mutations_are_taken_apart_or_refused() {
    let seeds: [&[u8]; 2] = [
        include_bytes!("../../../../fuzz/seeds/transport_stream/film.ts"),
        include_bytes!("../../../../fuzz/seeds/transport_stream/film.m2ts"),
    ];
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    for seed in seeds {
        crate::fuzzing::transport_stream(seed);
        for _ in 0..300 {
            let mut bytes = seed.to_vec();
            for _ in 0..1 + random(20) {
                let at = random(bytes.len());
                bytes[at] = random(256) as u8;
            }
            match random(4) {
                0 => bytes.truncate(random(bytes.len())),
                1 => drop(bytes.drain(..random(400))),
                2 => bytes.extend_from_within(..random(bytes.len())),
                _ => {}
            }
            crate::fuzzing::transport_stream(&bytes);
        }
    }
}
