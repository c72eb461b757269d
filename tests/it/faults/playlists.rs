//! Playlists and metadata of a film: refused, still growing, finally complete.

use std::time::Duration;

use sandbox::{Effect, Fault};

use super::*;

#[tokio::test]
async fn playlists_that_are_refused_say_why() {
    let at = |effect| always("streaming", effect);
    let preview = Effect::preview(2);
    play_all(vec![
        row(
            "transcoding",
            STREAMS,
            at(Effect::errno(31341)),
            Problem(503, "transcoding"),
        ),
        row(
            "transcoding, older number",
            STREAMS,
            at(Effect::errno(130)),
            Problem(503, "transcoding"),
        ),
        row(
            "a preview",
            STREAMS,
            at(preview),
            Problem(403, "preview_only"),
        ),
        row(
            "need verify",
            STREAMS,
            at(Effect::errno(400_210)),
            Problem(403, "verification_required"),
        ),
        row(
            "need verify, as JSON",
            STREAMS,
            at(json_body()),
            Problem(403, "verification_required"),
        ),
        row(
            "slowed down",
            STREAMS,
            at(Effect::errno(31034)),
            Problem(503, "rate_limited"),
        ),
        row(
            "no stream",
            STREAMS,
            at(Effect::errno(31066)),
            Problem(422, "unsupported"),
        ),
        row(
            "gone",
            STREAMS,
            at(Effect::errno(31396)),
            Problem(410, "gone"),
        ),
        row(
            "missing",
            STREAMS,
            at(Effect::errno(-9)),
            Problem(404, "not_found"),
        ),
        row(
            "another plan",
            STREAMS,
            at(Effect {
                errmsg: Some("premium only".into()),
                ..Effect::errno(4711)
            }),
            Problem(403, "plan_required"),
        ),
        row(
            "an unknown number",
            STREAMS,
            at(Effect::errno(31_999)),
            Problem(502, "upstream_failed"),
        ),
        row(
            "a page",
            STREAMS,
            at(html_body()),
            Problem(502, "upstream_failed"),
        ),
        row(
            "status 500",
            STREAMS,
            at(Effect::status(500)),
            Problem(502, "upstream_failed"),
        ),
        row(
            "cut",
            STREAMS,
            at(Effect::cut_after(300)),
            Problem(502, "upstream_failed"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn playlists_that_fail_once_are_played() {
    play_all(vec![
        row(
            "the token had expired",
            ALL,
            once("streaming", expired()),
            Exact,
        ),
        row(
            "slow start",
            STREAMS,
            once("streaming", Effect::latency(700)),
            Exact,
        ),
        row(
            "a number that passes",
            STREAMS,
            once("streaming", Effect::status(503)),
            ExactOr(502, "upstream_failed"),
        ),
        row(
            "a listing under another name",
            ALL,
            always("*", Effect::info_key()),
            Exact,
        ),
    ])
    .await;
}

#[tokio::test]
async fn metadata_that_is_refused_says_why() {
    let at = |effect| always("filemetas", effect);
    play_all(vec![
        row(
            "missing",
            ALL,
            at(Effect::errno(-9)),
            Problem(404, "not_found"),
        ),
        row(
            "need verify",
            ALL,
            at(Effect::errno(400_210)),
            Problem(403, "verification_required"),
        ),
        row(
            "slowed down",
            ALL,
            at(Effect::errno(31034)),
            Problem(503, "rate_limited"),
        ),
        row(
            "a page",
            ALL,
            at(html_body()),
            Problem(502, "upstream_failed"),
        ),
        row(
            "status 500",
            ALL,
            at(Effect::status(500)),
            Problem(502, "upstream_failed"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_growing_list_stays_open_and_grows() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let growing = drivein.fault("streaming", Effect::growing(2));
    let list = drivein.text(&format!("{play}/480p.m3u8")).await;
    assert!(
        list.contains("480p/1.ts") && !list.contains("480p/2.ts"),
        "{list}"
    );
    assert!(!list.contains("ENDLIST") && !list.contains("VOD"), "{list}");
    let segment = drivein.get(&format!("{play}/480p/1.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "480p", 1).await);
    let whole = drivein.get(&format!("{play}/480p.ts")).await.expect(503);
    assert_eq!(whole.code(), "transcoding");

    assert!(drivein.sandbox.mend(growing));
    // Players request an open playlist again and again; the next request to the upstream is due in seconds.
    eventually(
        "the list has its end",
        Duration::from_secs(20),
        async || {
            let list = drivein.text(&format!("{play}/480p.m3u8")).await;
            list.contains("#EXT-X-ENDLIST").then_some(())
        },
    )
    .await;
    let segment = drivein.get(&format!("{play}/480p/6.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "480p", 6).await);
}

#[tokio::test]
async fn a_film_that_becomes_ready_plays_soon() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let fault = drivein.fault("streaming", Effect::errno(31341));
    let problem = drivein.get(&format!("{play}/720p.m3u8")).await.expect(503);
    assert_eq!(
        (problem.code().as_str(), problem.header("retry-after")),
        ("transcoding", "10")
    );
    assert_eq!(problem.json()["upstream"]["errno"], 31341);
    assert!(drivein.sandbox.mend(fault));
    eventually("it plays", Duration::from_secs(5), async || {
        (drivein.get(&format!("{play}/720p.m3u8")).await.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_quality_that_is_missing_leaves_the_others() {
    let drivein = Drivein::start().await;
    drivein
        .sandbox
        .fault(Fault::on("streaming", Effect::errno(31066)).matching("AUTO_1080"));
    drivein
        .sandbox
        .fault(Fault::on("streaming", Effect::errno(31341)).matching("AUTO_720"));
    let play = drivein.play(FILM).await;
    let master = drivein.text(&format!("{play}/master.m3u8")).await;
    assert!(
        master.contains("\n480p.m3u8") && master.contains("\naudio.m3u8"),
        "{master}"
    );
    assert!(
        !master.contains("720p") && !master.contains("1080p"),
        "{master}"
    );
    drivein.sandbox.heal();
    eventually("720p is there", Duration::from_secs(5), async || {
        let master = drivein.fetch(&format!("{play}/master.m3u8"), 200).await;
        master.text().contains("\n720p.m3u8").then_some(())
    })
    .await;
}
