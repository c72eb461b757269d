//! An upstream that answers “too many requests” gets none during its pause, and callers get an error meanwhile.

use sandbox::{Effect, Fault};

use crate::harness::*;

fn slow_down(seconds: u32) -> Effect {
    Effect {
        status: Some(429),
        headers: [("Retry-After".to_owned(), seconds.to_string())].into(),
        ..Effect::default()
    }
}

/// Returns the value of the one line of `/metrics` that contains all of these words.
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

    // The upstream would answer now, but gets no request.
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

    // Cached films continue to play: their bytes come from other hosts.
    let segment = drivein.get(&format!("{play}/480p/2.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "480p", 2).await);

    assert!(metric(&drivein, &calls).await > 1_700_000_000.0);
    assert_eq!(
        metric(&drivein, &["upstream_pauses_total", DRIVE, "calls"]).await,
        1.0
    );
    let status = drivein.text("/status").await;
    assert!(status.contains("the drive asked for a pause"), "{status}");
}

#[tokio::test]
async fn a_moment_that_the_upstream_asks_for_is_waited_for() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    // Without a pause, with a short one, and by the error number in the upstream's own document.
    for (number, effect) in [
        (1, Effect::status(429)),
        (3, slow_down(1)),
        (5, Effect::errno(31034)),
    ] {
        let fault = Fault::on("segment", effect).matching(&format!("480p/{number};"));
        drivein.sandbox.fault(fault.times(1));
        let segment = drivein
            .fetch(&format!("{play}/480p/{number}.ts"), 200)
            .await;
        assert!(segment.is_whole);
        assert!(segment.body == drivein.segment_source(FILM, "480p", number).await);
        assert_eq!(drivein.sandbox.count_segment(FILM, "480p", number), 2);
    }
    assert_eq!(
        metric(&drivein, &["upstream_pauses_total", DRIVE, "media"]).await,
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
    let status = drivein.text("/status").await;
    assert!(status.contains("1 playing"), "{status}");
}

#[tokio::test]
async fn a_part_that_is_refused_is_sent_again_when_the_pause_is_over() {
    let drivein = Drivein::start().await;
    drivein.play(FILM).await;
    drivein.fault_once("superfile2", slow_down(1));
    let content = file_content(9 << 20);
    drivein
        .put("/new.bin", "", content.clone())
        .await
        .expect(200);
    let stored = drivein.sandbox.source("/new.bin", "original").await;
    assert!(stored.unwrap() == content);
    let pauses = ["upstream_pauses_total", DRIVE, "media"];
    assert_eq!(metric(&drivein, &pauses).await, 1.0);
}

#[tokio::test]
async fn files_are_changed_at_the_governor_of_their_account() {
    let drivein = Drivein::start().await;
    drivein.play(FILM).await;
    drivein.fault_once("list", slow_down(600));
    let folder = format!("/api/v1/entries/{DRIVE}{}", encoded("/Nature & Light"));
    drivein.get(&folder).await.expect(429);
    drivein.sandbox.reset_counts();
    let refused = drivein.put("/new.bin", "", vec![1; 1000]).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (429, "rate_limited")
    );
    let body = serde_json::json!({"place": DRIVE, "path": "/A new folder"});
    let refused = drivein.call(reqwest::Method::POST, "folders", body).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (429, "rate_limited")
    );
    assert_eq!(drivein.upstream_calls(), 0);
}

#[tokio::test]
async fn a_share_is_asked_for_at_the_governor_of_the_account_that_opened_it() {
    let drivein = Drivein::start().await;
    let links = drivein.sandbox.share_links();
    let link = links.into_iter().find(|link| link.name == "film").unwrap();
    let body = serde_json::json!({"url": link.url});
    let ask = drivein.ask(reqwest::Method::POST, "/api/v1/shares/open");
    let opened = ask.json(&body).expect(200).await.json();
    let place = opened["place"].as_str().unwrap().to_owned();
    // Calls of the account must wait, and so must those of the share, which was not opened before.
    drivein.fault_once("list", slow_down(600));
    let folder = format!("/api/v1/entries/{DRIVE}{}", encoded("/Nature & Light"));
    drivein.get(&folder).await.expect(429);
    drivein.sandbox.reset_counts();
    let film = format!("/api/v1/entries/{place}{}", encoded("/Borrowed Light.mp4"));
    assert_eq!(drivein.get(&film).await.expect(429).code(), "rate_limited");
    assert_eq!(drivein.upstream_calls(), 0);
    // One governor, which is that of the account.
    let metrics = drivein.get("/metrics").await.text();
    let governed = metrics
        .lines()
        .filter(|line| line.contains("upstream_pauses_total"));
    assert!(governed.clone().count() > 0 && governed.clone().all(|line| !line.contains(&place)));
}
