//! An upstream that says “too many” is left alone for as long as it asks, and whoever comes meanwhile is told.

use drivein::sandbox::{Effect, Fault};

use crate::harness::*;

fn slow_down(seconds: u32) -> Effect {
    Effect {
        status: Some(429),
        headers: [("Retry-After".to_owned(), seconds.to_string())].into(),
        ..Effect::default()
    }
}

/// The value of the one line of `/metrics` that contains all of these words.
async fn metric(drivein: &Drivein, words: &[&str]) -> f64 {
    let text = drivein.get("/metrics").await.text();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| words.iter().all(|word| line.contains(word)))
        .collect();
    assert_eq!(lines.len(), 1, "{words:?}: {lines:?}");
    let (_, value) = lines[0].rsplit_once(' ').unwrap();
    value.parse().unwrap()
}

#[tokio::test]
async fn a_pause_that_the_upstream_asks_for_is_kept_and_told() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.get(&format!("{play}/480p.m3u8")).await.expect(200);
    let calls = ["upstream_paused_until_seconds", DRIVE, "calls"];
    assert_eq!(metric(&drivein, &calls).await, 0.0);

    drivein.fault_once("list", slow_down(600));
    let folder = format!("/api/v1/entries/{DRIVE}{}", encoded("/Nature & Light"));
    let refused = drivein.get(&folder).await.expect(429);
    assert_eq!(refused.code(), "rate_limited");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((600..=605).contains(&wait), "{wait}");

    // The upstream would answer now; nobody asks it.
    drivein.sandbox.reset_counts();
    let film = format!(
        "/api/v1/entries/{DRIVE}{}",
        encoded("/Nature & Light/No such film.mp4")
    );
    for address in [&folder, &film] {
        let refused = drivein.get(address).await.expect(429);
        let left: u64 = refused.header("retry-after").parse().unwrap();
        assert!((500..=wait).contains(&left), "{left}");
    }
    let page = drivein
        .get(&format!("/browse/{DRIVE}{}", encoded("/Nature & Light")))
        .await;
    assert_eq!(page.status, 429);
    assert_eq!(drivein.upstream_calls(), 0);

    // What is known plays on: its bytes come from other hosts.
    let segment = drivein.get(&format!("{play}/480p/2.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "480p", 2).await);

    assert!(metric(&drivein, &calls).await > 1_700_000_000.0);
    assert_eq!(
        metric(&drivein, &["upstream_pauses", DRIVE, "calls"]).await,
        1.0
    );
    let status = drivein.get("/status").await.expect(200).text();
    assert!(status.contains("the drive asked for a pause"), "{status}");
}

#[tokio::test]
async fn a_moment_that_the_upstream_asks_for_is_waited_for() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    // Without a time, with a short one, and in the number of the upstream's own document.
    for (number, effect) in [
        (1, Effect::status(429)),
        (3, slow_down(1)),
        (5, Effect::errno(31034)),
    ] {
        let fault = Fault::on("segment", effect).matching(&format!("480p/{number};"));
        drivein.sandbox.fault(fault.times(1));
        let segment = drivein
            .get(&format!("{play}/480p/{number}.ts"))
            .await
            .expect(200);
        assert!(segment.is_whole);
        assert!(segment.body == drivein.segment_source(FILM, "480p", number).await);
        assert_eq!(drivein.sandbox.count_segment(FILM, "480p", number), 2);
    }
    assert_eq!(
        metric(&drivein, &["upstream_pauses", DRIVE, "media"]).await,
        3.0
    );
}

#[tokio::test]
async fn who_is_served_is_counted_by_priority() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.fault("segment", Effect::rate(2_000));
    let mut viewer = drivein
        .ask(reqwest::Method::GET, &format!("{play}/480p/0.ts"))
        .open()
        .await;
    assert!(viewer.chunk().await.unwrap().is_some());
    let playing = ["upstream_in_flight", DRIVE, "media", "\"playing\""];
    assert_eq!(metric(&drivein, &playing).await, 1.0);
    let waiting = ["upstream_waiting", DRIVE, "media", "\"scans\""];
    assert_eq!(metric(&drivein, &waiting).await, 0.0);
    let status = drivein.get("/status").await.expect(200).text();
    assert!(status.contains("1 playing"), "{status}");
}
