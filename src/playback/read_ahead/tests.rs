mod upstream;

use std::time::Duration;

use tokio::time::sleep;
use upstream::{Cinema, SEGMENT_BYTES, SEGMENTS};

use super::prefetcher::{IDLE_TIMEOUT, connections_for, prefetch_range};
use super::*;
use crate::playback::segment_index::SegmentIndex;
use drives::{FactsReader, Origin, UpstreamPlaylist};

fn index(durations: &[f64]) -> SegmentIndex {
    let lines: String = durations
        .iter()
        .map(|seconds| format!("#EXTINF:{seconds},\nhttps://v/x\n"))
        .collect();
    let text = format!("#EXTM3U\n{lines}#EXT-X-ENDLIST\n");
    SegmentIndex::parse(
        &UpstreamPlaylist::new(text, Origin::new("https://v/", None)),
        FactsReader::none(),
    )
    .unwrap()
}

#[test]
fn thirty_seconds_or_two_segments_whichever_is_more() {
    assert_eq!(prefetch_range(&index(&[10.0; 20]), 3), 4..7);
    assert_eq!(prefetch_range(&index(&[2.0; 40]), 0), 1..16);
    assert_eq!(prefetch_range(&index(&[60.0; 5]), 1), 2..4);
    assert_eq!(prefetch_range(&index(&[10.0; 5]), 4), 5..5);
    assert_eq!(prefetch_range(&index(&[10.0; 5]), 3), 4..5);
}

#[test]
fn watching_goes_on_and_seeking_does_not() {
    let (hd, sd) = (
        Rendition::Video { height: 720 },
        Rendition::Video { height: 480 },
    );
    let mut at = PlayheadPosition {
        peer: "127.0.0.1:1".parse().unwrap(),
        rendition: hd,
        number: 4,
        moving: false,
        seen: Instant::now(),
    };
    // A client that probes the beginning of each rendition is not watching.
    assert!(!at.continues_with(sd, 4) && at.continues_with(hd, 5));
    at.moving = true;
    for (rendition, number, continues_with) in [
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
            at.continues_with(rendition, number),
            continues_with,
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
        assert_eq!(connections_for(speed), expected, "{speed:?}");
    }
}

fn peer(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_is_just_fast_enough_never_stalls_anybody() {
    let cinema = Cinema::new(1.2);
    let evening = cinema.watch(peer(1), 0..20).await;
    assert_eq!(evening.stalls, 0, "{evening:?}");
    assert!(evening.startup < Duration::from_millis(9000), "{evening:?}");
    // A seek to a segment that is not cached: one round trip.
    let first_byte = cinema.read(peer(1), 25, 1).await;
    assert!(first_byte <= Duration::from_millis(450), "{first_byte:?}");
}

#[tokio::test(start_paused = true)]
async fn an_upstream_slower_than_the_film_is_asked_for_several_segments_at_a_time() {
    let cinema = Cinema::new(0.8);
    let evening = cinema.watch(peer(1), 0..SEGMENTS).await;
    assert_eq!(evening.stalls, 0, "{evening:?}");
    let most = cinema
        .seen
        .most_open
        .load(std::sync::atomic::Ordering::Relaxed);
    assert!(most <= 4, "{most} connections");
    let film = SEGMENT_BYTES * SEGMENTS as u64;
    assert!(
        cinema.seen.sent() <= film * 105 / 100,
        "{}",
        cinema.seen.sent()
    );
}

#[tokio::test(start_paused = true)]
async fn a_fast_upstream_is_asked_for_one_at_a_time_and_for_each_byte_once() {
    let cinema = Cinema::new(6.0);
    assert_eq!(cinema.watch(peer(1), 0..SEGMENTS).await.stalls, 0);
    let most = cinema
        .seen
        .most_open
        .load(std::sync::atomic::Ordering::Relaxed);
    assert!(most <= 2, "{most} connections");
    assert_eq!(cinema.seen.sent(), SEGMENT_BYTES * SEGMENTS as u64);
}

#[tokio::test(start_paused = true)]
async fn who_looks_at_a_first_segment_or_leaves_in_the_middle_starts_nothing() {
    for speed in [0.8, 6.0] {
        let cinema = Cinema::new(speed);
        cinema.read(peer(1), 0, SEGMENT_BYTES / 20).await;
        sleep(Duration::from_secs(5)).await;
        let sent = cinema.seen.sent();
        assert!(sent < SEGMENT_BYTES / 4, "{speed}: {sent}");
        assert_eq!(cinema.playback.read_ahead.playhead_count(), 0);
    }
    let cinema = Cinema::new(6.0);
    cinema.read(peer(1), 0, SEGMENT_BYTES).await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(cinema.seen.sent(), SEGMENT_BYTES);
}

#[tokio::test(start_paused = true)]
async fn a_seek_stops_what_was_fetched_for_the_old_place() {
    let cinema = Cinema::new(0.8);
    cinema.watch(peer(1), 0..3).await;
    cinema.read(peer(1), 20, 1).await;
    // The old place's fetches are closed; the reader of segment 20 has left as well.
    sleep(Duration::from_secs(1)).await;
    assert_eq!(
        cinema.seen.open.load(std::sync::atomic::Ordering::Relaxed),
        0
    );
    let sent = cinema.seen.sent();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(cinema.seen.sent(), sent);
}

#[tokio::test(start_paused = true)]
async fn a_player_that_was_closed_is_forgotten_in_time() {
    let cinema = Cinema::new(6.0);
    cinema.watch(peer(1), 0..4).await;
    assert_eq!(cinema.playback.read_ahead.playhead_count(), 1);
    sleep(IDLE_TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(cinema.playback.read_ahead.playhead_count(), 0);
    // Thirty seconds ahead of the last segment, and no more.
    assert!(cinema.seen.sent() <= SEGMENT_BYTES * 7);
}

#[tokio::test(start_paused = true)]
async fn a_second_viewer_and_a_rewind_cost_the_upstream_nothing() {
    let cinema = Cinema::new(6.0);
    cinema.watch(peer(1), 0..10).await;
    sleep(Duration::from_secs(30)).await;
    let (sent, opened) = (
        cinema.seen.sent(),
        cinema
            .seen
            .opened
            .load(std::sync::atomic::Ordering::Relaxed),
    );
    cinema.watch(peer(1), 2..6).await;
    cinema.watch(peer(2), 0..5).await;
    assert_eq!(cinema.seen.sent(), sent);
    assert_eq!(
        cinema
            .seen
            .opened
            .load(std::sync::atomic::Ordering::Relaxed),
        opened
    );
}
