//! The viewers' side of faults: in time, exact to the byte, the same messages everywhere.

use std::time::Duration;

use reqwest::Method;
use sandbox::Effect;
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn an_upstream_that_does_not_answer_is_told_in_time() {
    // Players in browsers give up after ten seconds.
    let began = std::time::Instant::now();
    play_all(vec![
        row(
            "a segment",
            &[Segment],
            always("segment", Effect::latency(30_000)),
            Problem(504, "upstream_timeout"),
        ),
        row(
            "an original",
            ORIGINAL,
            always("original", Effect::latency(30_000)),
            Problem(504, "upstream_timeout"),
        ),
    ])
    .await;
    assert!(
        began.elapsed() < Duration::from_secs(11),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn pages_come_at_once_and_a_slow_drive_fills_in() {
    const EPISODE: &str = "/Series/Paper Worlds/Season 1/Episode 10.mp4";
    let drivein = Drivein::start().await;
    let whole = json!({ "name": "Mia", "scope": { "place": DRIVE, "path": "/Series" } });
    let ticket = drivein.post("tickets", whole).await;
    let ticket = ticket.expect(200).json();
    let guest = format!("/guest/{}/{DRIVE}", ticket["ticket"].as_str().unwrap());
    for route in ["list", "filemetas", "search", "uinfo", "quota"] {
        drivein.fault(route, Effect::latency(4000));
    }
    let folder = format!("/browse/{DRIVE}{}", encoded("/Nature & Light"));
    let watch = format!("/watch/{DRIVE}{}", encoded(FILM));
    let pages = [
        "/",
        "/status",
        &format!("/browse/{DRIVE}"),
        &folder,
        &watch,
        &format!("/account/{DRIVE}"),
        &format!("/guest-link/{DRIVE}{}", encoded("/Nature & Light")),
        &format!("{guest}{}", encoded("/Series/Paper Worlds")),
        &format!("{guest}{}", encoded(EPISODE)),
        "/search?q=Nature",
    ];
    let reload = |page: &str| match page.contains('?') {
        true => format!("{page}&waited=1"),
        false => format!("{page}?waited=1"),
    };
    let first = pages
        .iter()
        .map(|page| drivein.ask(Method::GET, page).send_once());
    let first = futures_util::future::join_all(first).await;
    for (address, page) in pages.iter().zip(first) {
        let page = page.expect(200);
        let text = page.text();
        assert!(text.contains("has not answered yet"), "{address}: {text}");
        assert!(!text.contains("This folder is empty"), "{address}: {text}");
        assert!(!text.contains("Nothing found"), "{address}: {text}");
        let query = reload(address.split_once('?').map_or("", |_| "?q=Nature"));
        assert_eq!(
            page.header("refresh"),
            format!("1; url={query}"),
            "{address}"
        );
    }
    // The reload waits for what was begun, and asks for nothing twice.
    let reloads = pages.map(reload);
    let reloads = reloads.iter().map(|page| drivein.get(page));
    let reloads = futures_util::future::join_all(reloads).await;
    let contents = [
        DRIVE,
        "Ready",
        FILM,
        "Nature",
        FILM,
        "Used",
        "Nature",
        "Season 1",
        "Episode 10",
        "Nature",
    ];
    for (page, content) in reloads.into_iter().zip(contents) {
        let page = page.expect(200);
        let text = unescaped(&page.text());
        let content = content.trim_start_matches('/').trim_end_matches(".mp4");
        assert!(text.contains(content), "{content}: {text}");
        assert!(!text.contains("has not answered yet"), "{text}");
        assert!(page.header("refresh").is_empty());
    }
    for route in ["quota", "search"] {
        assert_eq!(drivein.sandbox.count(route), 1, "{route}");
    }
}

#[tokio::test]
async fn an_upload_to_a_drive_that_does_not_answer_ends_with_words() {
    let drivein = Drivein::start().await;
    for route in ["list", "filemetas", "quota", "precreate"] {
        drivein.fault(route, Effect::latency(600_000));
    }
    let refused = drivein.put("/New.mp4", "", vec![7; 1000]).await.expect(504);
    assert_eq!(refused.code(), "upstream_timeout");
    speaks(&refused).unwrap();
    assert_eq!(
        drivein.sandbox.count("precreate"),
        0,
        "nothing is begun without the check"
    );
}

#[tokio::test]
async fn every_range_is_exact_while_the_upstream_cuts_and_forgets() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    for (suffix, truth) in [
        ("/480p/2.ts", drivein.segment_source(FILM, "480p", 2).await),
        ("/480p.ts", drivein.source(FILM, "480p").await),
        ("", drivein.source(FILM, "original").await),
    ] {
        let length = truth.len();
        for (first, last) in [
            (0, 0),
            (0, 187),
            (1, 70_000),
            (length - 1, length - 1),
            (40_000, length - 1),
        ] {
            drivein.sandbox.heal();
            for route in ["segment", "original"] {
                drivein.fault(
                    route,
                    Effect {
                        ignore_range: first % 2 == 1,
                        ..Effect::default()
                    },
                );
                drivein.fault_once(route, Effect::cut_after(777));
                drivein.fault_once(route, expired());
            }
            let reply = drivein
                .fetch_range(&format!("{play}{suffix}"), &format!("bytes={first}-{last}"))
                .await;
            let range = format!("bytes {first}-{last}/{length}");
            assert_eq!(reply.header("content-range"), range, "{suffix}");
            assert!(
                reply.is_whole && reply.body == truth[first..=last],
                "{suffix} {range}"
            );
        }
    }
}

#[tokio::test]
async fn what_fails_is_said_by_page_api_and_player_alike() {
    for (errno, status, player_status, code) in [
        (400_210, 403, 403, "verification_required"),
        (31034, 429, 503, "rate_limited"),
        (-9, 404, 404, "not_found"),
        (31396, 410, 410, "gone"),
        (31_999, 502, 502, "upstream_failed"),
    ] {
        let drivein = Drivein::start().await;
        let root = drivein.play_root().await;
        drivein.fault("filemetas", Effect::errno(errno));
        let film = encoded(FILM);
        let api = drivein
            .get(&format!("/api/v1/entries/{DRIVE}{film}"))
            .await
            .expect(status);
        assert_eq!(api.code(), code);
        speaks(&api).unwrap();
        assert_eq!(api.json()["upstream"]["errno"], errno);
        let page = drivein
            .get(&format!("/watch/{DRIVE}{film}"))
            .await
            .expect(status);
        let title = api.json()["title"].as_str().unwrap().to_owned();
        assert!(unescaped(&page.text()).contains(&title), "{code}");
        let played = drivein
            .get(&format!("{root}{film}"))
            .await
            .expect(player_status);
        assert_eq!(played.code(), code);
    }
}

#[tokio::test]
async fn a_drive_that_fails_is_never_an_empty_folder() {
    for effect in [
        Effect::errno(31_999),
        Effect::status(500),
        html_body(),
        Effect::cut_after(50),
    ] {
        let drivein = Drivein::start().await;
        drivein.entry("/").await;
        drivein.fault("list", effect);
        let folder = format!("{DRIVE}{}", encoded("/Nature & Light"));
        let api = drivein
            .fetch(&format!("/api/v1/entries/{folder}"), 502)
            .await;
        assert_eq!(api.json().get("children"), None::<&Value>);
        drivein.get(&format!("/browse/{folder}")).await.expect(502);
        let root = drivein.play_root().await;
        let listing = format!("{root}{}/", encoded("/Nature & Light"));
        assert_eq!(
            drivein.get(&listing).await.expect(502).code(),
            "upstream_failed"
        );
        assert_eq!(
            drivein
                .fetch(&format!("{listing}list.m3u"), 502)
                .await
                .code(),
            "upstream_failed"
        );
    }
}

#[tokio::test]
async fn a_viewer_who_leaves_stops_what_nobody_else_wants() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.fault("original", Effect::rate(50_000));
    let mut response = drivein.ask(Method::GET, &play).open().await;
    assert!(!response.chunk().await.unwrap().unwrap().is_empty());
    drop(response);
    let total = drivein.source(FILM, "original").await.len() as u64;
    // The upstream stops sending: its count of bytes stands still.
    let mut last = u64::MAX;
    eventually(
        "the upstream has stopped",
        Duration::from_secs(10),
        async || {
            let now = drivein.sandbox.bytes("original");
            let stands = now == last;
            last = now;
            stands.then_some(())
        },
    )
    .await;
    assert!(last < total, "{last} of {total}");
}
