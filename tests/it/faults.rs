//! The upstream fails in every way that it can, and what is played is right all the same, or honestly
//! an error.
//!
//! Three things are played (a segment, a whole rendition, the original), each against a table of faults.
//! A row says how it must end; whatever it says, one law holds for all: what arrives is the true
//! beginning of the true bytes, and it is complete if the reply says so. Each case has a server of its own.

use std::time::Duration;

use drivein::sandbox::{Effect, Fault, Options};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use reqwest::Method;
use serde_json::Value;

use crate::harness::*;

/// What is played.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Thing {
    /// Segment 2 of 480p.
    Segment,
    /// The whole of 480p.
    Whole,
    Original,
}

use Thing::{Original, Segment, Whole};

impl Thing {
    async fn play(self, drivein: &Drivein) -> Reply {
        // The address first, in peace, as a player has it from long ago.
        let play = drivein.play_root().await;
        self.play_at(drivein, &format!("{play}{}", encoded(FILM)))
            .await
    }

    async fn play_at(self, drivein: &Drivein, play: &str) -> Reply {
        drivein.get(&format!("{play}{}", self.suffix())).await
    }

    fn suffix(self) -> &'static str {
        match self {
            Segment => "/480p/2.ts",
            Whole => "/480p.ts",
            Original => "",
        }
    }

    async fn truth(self, drivein: &Drivein) -> Vec<u8> {
        match self {
            Segment => drivein.segment_source(FILM, "480p", 2).await,
            Whole => drivein.source(FILM, "480p").await,
            Original => drivein.source(FILM, "original").await,
        }
    }
}

/// How it must end.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Every byte, and a good end.
    Exact,
    /// This status and code, before any byte.
    Problem(u16, &'static str),
    /// Every byte, or this problem: where mending it is good but not promised.
    ExactOr(u16, &'static str),
    /// Any of these: where only the law is promised.
    Lawful(u16, &'static str),
    /// A true beginning, cut off; or this problem where nothing came.
    ShortOr(u16, &'static str),
}

use End::{Exact, ExactOr, Lawful, Problem, ShortOr};

/// Why a reply is not as it must be; nothing where it is.
fn verdict(reply: &Reply, truth: &[u8], end: End) -> Result<(), String> {
    let got = reply.describe();
    if reply.status == 200 {
        if !truth.starts_with(&reply.body) {
            let at = reply.body.iter().zip(truth).position(|(a, b)| a != b);
            return Err(format!("wrong bytes from {at:?} on: {got}"));
        }
        if reply.header("content-length") != truth.len().to_string() {
            return Err(format!("a wrong Content-Length: {got}"));
        }
        if reply.is_whole && reply.body.len() != truth.len() {
            return Err(format!("silently short: {got}"));
        }
    }
    let is_exact = reply.status == 200 && reply.is_whole;
    let is_problem = |status: u16, code: &str| reply.status == status && reply.code() == code;
    let fits = match end {
        Exact => is_exact,
        Problem(status, code) => is_problem(status, code),
        ExactOr(status, code) => is_exact || is_problem(status, code),
        Lawful(status, code) => reply.status == 200 || is_problem(status, code),
        ShortOr(status, code) => {
            (reply.status == 200 && !reply.is_whole) || is_problem(status, code)
        }
    };
    if !fits {
        return Err(format!("expected {end:?}, got {got}"));
    }
    if reply.status != 200 {
        speaks(reply)?;
    }
    Ok(())
}

/// A problem has a title, a sentence, a step to take, and a time to come back where it passes.
fn speaks(reply: &Reply) -> Result<(), String> {
    let problem = reply.json();
    let detail = problem["detail"].as_str().unwrap_or_default();
    let has_words = problem["title"]
        .as_str()
        .is_some_and(|title| !title.is_empty())
        && detail.matches('.').count() >= 2;
    if !has_words || problem["status"] != reply.status {
        return Err(format!("a problem without words: {problem}"));
    }
    let passes = matches!(reply.code().as_str(), "transcoding" | "rate_limited");
    if passes == reply.header("retry-after").is_empty() {
        return Err(format!("Retry-After does not fit: {}", reply.describe()));
    }
    Ok(())
}

/// One fault and how playing ends.
struct Row {
    about: &'static str,
    things: &'static [Thing],
    faults: Vec<Fault>,
    end: End,
}

fn row(about: &'static str, things: &'static [Thing], faults: Vec<Fault>, end: End) -> Row {
    Row {
        about,
        things,
        faults,
        end,
    }
}

/// Plays everything of every row, a few at a time, and tells all that went wrong.
async fn play_all(rows: Vec<Row>) {
    let cases = rows.iter().flat_map(|row| {
        row.things.iter().map(move |thing| async move {
            let drivein = Drivein::start().await;
            for fault in &row.faults {
                drivein.sandbox.fault(fault.clone());
            }
            let reply = thing.play(&drivein).await;
            let truth = thing.truth(&drivein).await;
            verdict(&reply, &truth, row.end)
                .err()
                .map(|wrong| format!("{} / {thing:?}: {wrong}", row.about))
        })
    });
    let cases: Vec<_> = cases.collect();
    let wrong: Vec<String> = stream::iter(cases)
        .buffer_unordered(8)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const STREAMS: &[Thing] = &[Segment, Whole];
const ORIGINAL: &[Thing] = &[Original];
const ALL: &[Thing] = &[Segment, Whole, Original];

fn expired() -> Effect {
    Effect {
        expired: true,
        ..Effect::default()
    }
}

fn forbidden() -> Effect {
    Effect {
        forbidden: true,
        ..Effect::default()
    }
}

fn ignore_range() -> Effect {
    Effect {
        ignore_range: true,
        ..Effect::default()
    }
}

fn json_body() -> Effect {
    Effect {
        json_body: true,
        ..Effect::default()
    }
}

fn html_body() -> Effect {
    Effect {
        html_body: true,
        ..Effect::default()
    }
}

fn wrong_length(by: i64) -> Effect {
    Effect {
        wrong_length: Some(by),
        ..Effect::default()
    }
}

fn empty_dlink() -> Effect {
    Effect {
        empty_dlink: true,
        ..Effect::default()
    }
}

/// At the third segment of 480p, once.
fn segment_once(effect: Effect) -> Vec<Fault> {
    vec![Fault::on("segment", effect).matching("480p/2;").times(1)]
}

/// At the third segment of 480p, until healed.
fn segment_always(effect: Effect) -> Vec<Fault> {
    vec![Fault::on("segment", effect).matching("480p/2;")]
}

fn once(route: &str, effect: Effect) -> Vec<Fault> {
    vec![Fault::on(route, effect).times(1)]
}

fn always(route: &str, effect: Effect) -> Vec<Fault> {
    vec![Fault::on(route, effect)]
}

/// Both ways to a download link.
fn links(effect: Effect) -> Vec<Fault> {
    vec![
        Fault::on("filemetas", effect.clone()),
        Fault::on("download", effect),
    ]
}

#[tokio::test]
async fn segments_that_fail_once_arrive_whole() {
    let mut rows = vec![
        row("expired", STREAMS, segment_once(expired()), Exact),
        row("forbidden", STREAMS, segment_once(forbidden()), Exact),
        row(
            "altered signature",
            STREAMS,
            segment_once(Effect::errno(31362)),
            Exact,
        ),
        row("a page", STREAMS, segment_once(html_body()), Exact),
        row(
            "slow start",
            STREAMS,
            segment_once(Effect::latency(700)),
            Exact,
        ),
        row(
            "ignored range",
            STREAMS,
            segment_once(ignore_range()),
            Exact,
        ),
    ];
    for status in [500, 502, 503, 504] {
        rows.push(row(
            "a status",
            STREAMS,
            segment_once(Effect::status(status)),
            Exact,
        ));
    }
    play_all(rows).await;
}

#[tokio::test]
async fn segments_that_are_cut_at_any_byte_arrive_whole() {
    let mut rows = Vec::new();
    for bytes in [0, 1, 187, 188, 1000, 16_384, 70_000, 88_171] {
        rows.push(row(
            "cut",
            STREAMS,
            segment_once(Effect::cut_after(bytes)),
            Exact,
        ));
        let mut and_no_range = segment_once(Effect::cut_after(bytes));
        and_no_range.push(Fault::on("segment", ignore_range()).matching("480p/2;"));
        rows.push(row(
            "cut, and ranges are ignored",
            STREAMS,
            and_no_range,
            Exact,
        ));
    }
    rows.push(row(
        "cut each time",
        STREAMS,
        segment_always(Effect::cut_after(30_000)),
        Exact,
    ));
    play_all(rows).await;
}

#[tokio::test]
async fn segments_that_never_come_end_with_a_reason() {
    // The third segment of a whole rendition comes after the first byte: then it ends short.
    let failed = |about, effect: Effect, status, code| {
        vec![
            row(
                about,
                &[Segment],
                segment_always(effect.clone()),
                Problem(status, code),
            ),
            row(
                about,
                &[Whole],
                segment_always(effect.clone()),
                ShortOr(status, code),
            ),
            row(
                about,
                &[Whole],
                always("segment", effect),
                Problem(status, code),
            ),
        ]
    };
    let mut rows = Vec::new();
    rows.extend(failed("expired", expired(), 502, "upstream_failed"));
    rows.extend(failed("forbidden", forbidden(), 502, "upstream_failed"));
    rows.extend(failed(
        "status 503",
        Effect::status(503),
        502,
        "upstream_failed",
    ));
    rows.extend(failed(
        "cut at once",
        Effect::cut_after(0),
        502,
        "upstream_failed",
    ));
    rows.extend(failed("a page", html_body(), 502, "upstream_failed"));
    rows.extend(failed(
        "need verify",
        json_body(),
        403,
        "verification_required",
    ));
    rows.extend(failed(
        "slowed down",
        Effect::errno(31034),
        503,
        "rate_limited",
    ));
    rows.extend(failed("gone", Effect::errno(31396), 410, "gone"));
    play_all(rows).await;
}

#[tokio::test]
async fn wrong_lengths_never_cost_a_byte() {
    let mut rows = Vec::new();
    for by in [1, 500, 100_000, -1, -500, -50_000] {
        let end = Lawful(502, "upstream_failed");
        rows.push(row("once", &[Segment], segment_once(wrong_length(by)), end));
        rows.push(row(
            "once",
            ORIGINAL,
            once("original", wrong_length(by)),
            end,
        ));
        rows.push(row(
            "always",
            &[Segment],
            segment_always(wrong_length(by)),
            end,
        ));
        rows.push(row(
            "always",
            ORIGINAL,
            always("original", wrong_length(by)),
            end,
        ));
        let without_ranges = Effect {
            ignore_range: true,
            ..wrong_length(by)
        };
        rows.push(row(
            "no ranges",
            &[Segment],
            segment_always(without_ranges.clone()),
            end,
        ));
        rows.push(row(
            "no ranges",
            ORIGINAL,
            always("original", without_ranges),
            end,
        ));
    }
    play_all(rows).await;
}

#[tokio::test]
async fn originals_that_fail_once_arrive_whole() {
    let mut rows = vec![
        row(
            "expired at the first hop",
            ORIGINAL,
            once("dlink", expired()),
            Exact,
        ),
        row(
            "expired at the last hop",
            ORIGINAL,
            once("original", expired()),
            Exact,
        ),
        row(
            "forbidden at the first hop",
            ORIGINAL,
            once("dlink", forbidden()),
            Exact,
        ),
        row(
            "forbidden at the last hop",
            ORIGINAL,
            once("original", forbidden()),
            Exact,
        ),
        row("a page", ORIGINAL, once("original", html_body()), Exact),
        row(
            "a page at the first hop",
            ORIGINAL,
            once("dlink", html_body()),
            Exact,
        ),
        row(
            "slow start",
            ORIGINAL,
            once("original", Effect::latency(700)),
            Exact,
        ),
        row(
            "slow first hop",
            ORIGINAL,
            once("dlink", Effect::latency(700)),
            Exact,
        ),
        row(
            "status 503",
            ORIGINAL,
            once("original", Effect::status(503)),
            Exact,
        ),
        row(
            "status 502 at the first hop",
            ORIGINAL,
            once("dlink", Effect::status(502)),
            Exact,
        ),
        row(
            "ignored ranges",
            ORIGINAL,
            always("original", ignore_range()),
            Exact,
        ),
        row(
            "an encoded link",
            ORIGINAL,
            links(Effect {
                encoded_dlink: true,
                ..Effect::default()
            }),
            Exact,
        ),
        row(
            "no link beside the metadata",
            ORIGINAL,
            always("filemetas", empty_dlink()),
            Exact,
        ),
    ];
    for bytes in [0, 1, 1000, 65_536, 649_873] {
        rows.push(row(
            "cut",
            ORIGINAL,
            once("original", Effect::cut_after(bytes)),
            Exact,
        ));
        let mut and_no_range = once("original", Effect::cut_after(bytes));
        and_no_range.extend(always("original", ignore_range()));
        rows.push(row(
            "cut, and ranges are ignored",
            ORIGINAL,
            and_no_range,
            Exact,
        ));
    }
    rows.push(row(
        "cut each time",
        ORIGINAL,
        always("original", Effect::cut_after(200_000)),
        Exact,
    ));
    play_all(rows).await;
}

#[tokio::test]
async fn originals_that_never_come_end_with_a_reason() {
    play_all(vec![
        row(
            "expired",
            ORIGINAL,
            always("original", expired()),
            Problem(502, "upstream_failed"),
        ),
        row(
            "expired first hop",
            ORIGINAL,
            always("dlink", expired()),
            Problem(502, "upstream_failed"),
        ),
        row(
            "status 500",
            ORIGINAL,
            always("original", Effect::status(500)),
            Problem(502, "upstream_failed"),
        ),
        row(
            "a page",
            ORIGINAL,
            always("original", html_body()),
            Problem(502, "upstream_failed"),
        ),
        row(
            "need verify",
            ORIGINAL,
            always("original", json_body()),
            Problem(403, "verification_required"),
        ),
        row(
            "need verify at the first hop",
            ORIGINAL,
            always("dlink", json_body()),
            Problem(403, "verification_required"),
        ),
        row(
            "gone",
            ORIGINAL,
            always("original", Effect::errno(31396)),
            Problem(410, "gone"),
        ),
        row(
            "slowed down",
            ORIGINAL,
            always("dlink", Effect::errno(31034)),
            Problem(503, "rate_limited"),
        ),
        row(
            "no link at all",
            ORIGINAL,
            links(empty_dlink()),
            Problem(502, "upstream_failed"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn playlists_that_are_refused_say_why() {
    let at = |effect| always("streaming", effect);
    let preview = Effect {
        preview: Some(2),
        ..Effect::default()
    };
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
            always(
                "*",
                Effect {
                    info_key: true,
                    ..Effect::default()
                },
            ),
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
                .ask(Method::GET, &format!("{play}{suffix}"))
                .range(&format!("bytes={first}-{last}"))
                .send()
                .await
                .expect(206);
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
async fn a_growing_list_stays_open_and_grows() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let growing = drivein.fault(
        "streaming",
        Effect {
            growing: Some(2),
            ..Effect::default()
        },
    );
    let list = drivein
        .get(&format!("{play}/480p.m3u8"))
        .await
        .expect(200)
        .text();
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
    // Players ask for an open list again and again; the next question to the upstream is due in seconds.
    eventually(
        "the list has its end",
        Duration::from_secs(20),
        async || {
            let list = drivein
                .get(&format!("{play}/480p.m3u8"))
                .await
                .expect(200)
                .text();
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
    let problem = drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(503);
    assert_eq!(
        (problem.code().as_str(), problem.header("retry-after")),
        ("transcoding", "10")
    );
    assert_eq!(problem.json()["upstream"]["errno"], 31341);
    assert!(drivein.sandbox.mend(fault));
    eventually("it plays", Duration::from_secs(5), async || {
        (drivein.get(&format!("{play}/master.m3u8")).await.status == 200).then_some(())
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
    let master = drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(200)
        .text();
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
        let master = drivein
            .get(&format!("{play}/master.m3u8"))
            .await
            .expect(200);
        master.text().contains("\n720p.m3u8").then_some(())
    })
    .await;
}

#[tokio::test]
async fn addresses_that_expire_overnight_are_renewed_once_for_everybody() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
    drivein
        .ask(Method::GET, &play)
        .range("bytes=0-9")
        .send()
        .await
        .expect(206);
    drivein.sandbox.expire_urls();
    drivein.sandbox.reset_counts();
    let truth = drivein.source(FILM, "480p").await;
    let segments = drivein.sandbox.segments(FILM, "480p").await.unwrap();
    let addresses: Vec<_> = (0..21)
        .map(|n| format!("{play}/480p/{}.ts", n % 7))
        .collect();
    let replies = join_all(addresses.iter().map(|address| drivein.get(address))).await;
    for (n, reply) in replies.into_iter().enumerate() {
        let segment = segments[n % 7];
        let start = segment.offset_bytes as usize;
        assert!(
            reply.expect(200).body == truth[start..start + segment.length_bytes as usize],
            "{n}"
        );
    }
    assert_eq!(
        drivein.sandbox.count("streaming"),
        1,
        "one new list for all"
    );
    assert_eq!(
        drivein.sandbox.count("refreshtoken"),
        0,
        "the session was never in doubt"
    );
    let original = drivein.get(&play).await.expect(200);
    assert!(original.body == drivein.source(FILM, "original").await);
}

#[tokio::test]
async fn a_picture_whose_address_has_expired_is_found_again() {
    let drivein = Drivein::start().await;
    drivein.entry("/").await;
    let play = drivein.play(FILM).await;
    drivein.fault_once("thumbnail", expired());
    let picture = drivein.get(&format!("{play}/poster.jpg")).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
}

#[tokio::test]
async fn a_token_that_expires_in_mid_play_is_refreshed_once_and_it_plays_on() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
    drivein.sandbox.expire_tokens();
    drivein.sandbox.expire_urls();
    drivein.sandbox.reset_counts();
    let viewers = (0..20).map(|n| {
        let (drivein, play) = (&drivein, &play);
        async move {
            let reply = match n % 3 {
                0 => Segment.play_at(drivein, play).await,
                1 => Whole.play_at(drivein, play).await,
                _ => Original.play_at(drivein, play).await,
            };
            let thing = [Segment, Whole, Original][n % 3];
            verdict(&reply, &thing.truth(drivein).await, Exact)
        }
    });
    for end in join_all(viewers).await {
        end.unwrap();
    }
    assert_eq!(drivein.sandbox.count("refreshtoken"), 1);
}

#[tokio::test]
async fn upstreams_that_do_it_another_way_play_all_the_same() {
    let usual = Options::default;
    let ways = [
        (
            "listings under another name",
            Options {
                info_key: true,
                ..usual()
            },
        ),
        (
            "links encoded as a whole",
            Options {
                encoded_dlinks: true,
                ..usual()
            },
        ),
        (
            "no domain for uploads",
            Options {
                upload_domain: false,
                ..usual()
            },
        ),
        (
            "other numbers for tokens",
            Options {
                token_errnos: (-6, -6),
                ..usual()
            },
        ),
        (
            "tokens that live for seconds",
            Options {
                token_life: Duration::from_secs(2),
                ..usual()
            },
        ),
        (
            "addresses that live for a moment",
            Options {
                url_life: Duration::from_millis(300),
                ..usual()
            },
        ),
    ];
    for (about, options) in ways {
        let drivein = Drivein::setup().sandbox(options).start().await;
        let play = drivein.play(FILM).await;
        for is_late in [false, true] {
            if is_late {
                drivein.sandbox.expire_tokens();
                drivein.sandbox.expire_urls();
            }
            for thing in ALL {
                let reply = thing.play_at(&drivein, &play).await;
                let wrong = verdict(&reply, &thing.truth(&drivein).await, Exact);
                assert_eq!(wrong, Ok(()), "{about} / {thing:?} / late: {is_late}");
            }
        }
        let folder = drivein.entry("/Nature & Light").await;
        assert!(folder["children"].as_array().unwrap().len() > 5, "{about}");
    }
}

#[tokio::test]
async fn a_refreshed_pair_survives_a_restart() {
    let drivein = Drivein::start().await;
    drivein.entry("/").await;
    drivein.sandbox.expire_tokens();
    drivein
        .api(&format!("entries/{DRIVE}{}", encoded("/Series")))
        .await;
    assert_eq!(drivein.sandbox.count("refreshtoken"), 1);
    let drivein = drivein.restarted().await;
    drivein.entry("/").await;
    assert_eq!(
        drivein.sandbox.count("refreshtoken"),
        1,
        "the stored pair is used"
    );
}

#[tokio::test]
async fn a_session_that_has_ended_is_told_everywhere_in_the_same_words() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    // What is known of the account does not outlive the session.
    assert_eq!(drivein.api("drives").await["drives"][0]["state"], "ready");
    drivein.sandbox.expire_tokens();
    drivein.sandbox.expire_refresh_tokens();
    for thing in ALL {
        let reply = thing.play_at(&drivein, &play).await;
        let truth = thing.truth(&drivein).await;
        verdict(&reply, &truth, Problem(403, "signed_out")).unwrap();
    }
    let problem = drivein
        .get(&format!("/api/v1/entries/{DRIVE}/Series"))
        .await
        .expect(403);
    assert_eq!(problem.code(), "signed_out");
    let page = drivein
        .get(&format!("/browse/{DRIVE}/Series"))
        .await
        .expect(403);
    let words = problem.json()["title"].as_str().unwrap().to_owned();
    assert!(page.text().contains(&words), "{words}");
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "signed_out", "{drives}");
    let home = drivein.get("/").await.expect(200).text();
    assert!(home.contains("data-state=\"signed_out\""));
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
            .get(&format!("/api/v1/entries/{folder}"))
            .await
            .expect(502);
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
                .get(&format!("{listing}list.m3u"))
                .await
                .expect(502)
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
