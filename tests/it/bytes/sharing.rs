//! One upstream fetch for any number of viewers, and none for cached data.

use std::time::Duration;

use futures_util::future::join_all;
use sandbox::Effect;

use crate::harness::*;

#[tokio::test]
async fn fifty_viewers_of_a_segment_are_one_request_and_each_gets_every_byte() {
    let drivein = Drivein::start().await;
    let segment = format!("{}{}/720p/1.ts", drivein.play_root().await, encoded(FILM));
    let truth = drivein.segment_source(FILM, "720p", 1).await;
    drivein.fault("segment", Effect::latency(500));
    drivein.sandbox.reset_counts();
    let replies = join_all((0..50).map(|_| drivein.get(&segment))).await;
    for reply in &replies {
        assert_eq!(reply.status, 200);
        assert!(reply.body == truth);
    }
    assert_eq!(drivein.sandbox.count_segment(FILM, "720p", 1), 1);
    assert_eq!(drivein.sandbox.bytes("segment"), truth.len() as u64);
}

#[tokio::test]
async fn a_rewind_costs_nothing_upstream_even_under_a_new_signature() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.play_root().await, encoded(FILM));
    let truth = drivein.segment_source(FILM, "480p", 3).await;
    assert!(drivein.get(&format!("{play}/480p/3.ts")).await.body == truth);
    assert!(drivein.get(&play).await.body == drivein.source(FILM, "original").await);
    drivein.sandbox.expire_urls();
    drivein.sandbox.reset_counts();
    assert!(drivein.get(&format!("{play}/480p/3.ts")).await.body == truth);
    assert!(drivein.get(&play).await.body == drivein.source(FILM, "original").await);
    let upstream = ["segment", "original", "dlink"].map(|route| drivein.sandbox.count(route));
    assert_eq!(upstream, [0, 0, 0]);
}

#[tokio::test]
async fn what_comes_next_is_there_before_it_is_asked_for() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.play_root().await, encoded(FILM));
    for number in 0..2 {
        assert_eq!(
            drivein
                .get(&format!("{play}/480p/{number}.ts"))
                .await
                .status,
            200
        );
    }
    eventually(
        "the next segments are fetched",
        Duration::from_secs(10),
        async || {
            (2..5)
                .all(|number| drivein.sandbox.count_segment(FILM, "480p", number) == 1)
                .then_some(())
        },
    )
    .await;
    assert_eq!(drivein.sandbox.count_segment(FILM, "480p", 5), 0);
    // A later request is served from memory.
    let third = drivein.get(&format!("{play}/480p/3.ts")).await;
    assert!(third.body == drivein.segment_source(FILM, "480p", 3).await);
    assert_eq!(drivein.sandbox.count_segment(FILM, "480p", 3), 1);
}

#[tokio::test]
async fn a_player_that_only_looks_at_the_list_starts_no_read_ahead() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.play_root().await, encoded(FILM));
    for rendition in ["480p", "720p", "1080p"] {
        assert_eq!(
            drivein
                .get(&format!("{play}/{rendition}/0.ts"))
                .await
                .status,
            200
        );
    }
    assert_eq!(drivein.sandbox.count("segment"), 3);
}
