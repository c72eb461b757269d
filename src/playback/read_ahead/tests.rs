use super::*;
use crate::drives::{Origin, SegmentFacts, UpstreamPlaylist};

fn plan(durations: &[f64]) -> Plan {
    let lines: String = durations
        .iter()
        .map(|seconds| format!("#EXTINF:{seconds},\nhttps://v/x\n"))
        .collect();
    let text = format!("#EXTM3U\n{lines}#EXT-X-ENDLIST\n");
    Plan::read(
        &UpstreamPlaylist::new(text, Origin::new("https://v/", None)),
        |_| SegmentFacts::default(),
    )
    .unwrap()
}

#[test]
fn thirty_seconds_or_two_segments_whichever_is_more() {
    assert_eq!(wanted(&plan(&[10.0; 20]), 3), 4..7);
    assert_eq!(wanted(&plan(&[2.0; 40]), 0), 1..16);
    assert_eq!(wanted(&plan(&[60.0; 5]), 1), 2..4);
    assert_eq!(wanted(&plan(&[10.0; 5]), 4), 5..5);
    assert_eq!(wanted(&plan(&[10.0; 5]), 3), 4..5);
}

#[test]
fn watching_goes_on_and_seeking_does_not() {
    let (hd, sd) = (
        Rendition::Video { height: 720 },
        Rendition::Video { height: 480 },
    );
    let mut at = At {
        peer: "127.0.0.1:1".parse().unwrap(),
        rendition: hd,
        number: 4,
        moving: false,
        seen: Instant::now(),
    };
    // One who looks at the beginning of each quality is not watching.
    assert!(!at.goes_on(sd, 4) && at.goes_on(hd, 5));
    at.moving = true;
    for (rendition, number, goes_on) in [
        (hd, 5, true),
        (hd, 4, false),
        (hd, 6, false),
        (hd, 0, false),
        (sd, 5, true),
        (sd, 4, true),
        (sd, 3, false),
        (sd, 9, false),
    ] {
        assert_eq!(
            at.goes_on(rendition, number),
            goes_on,
            "{rendition} {number}"
        );
    }
}

#[test]
fn a_slow_upstream_gets_more_lanes_up_to_three() {
    for (speed, expected) in [
        (None, 1),
        (Some(4.0), 1),
        (Some(1.5), 1),
        (Some(1.2), 2),
        (Some(0.8), 2),
        (Some(0.4), 3),
        (Some(0.01), 3),
    ] {
        assert_eq!(lanes(speed), expected, "{speed:?}");
    }
}
