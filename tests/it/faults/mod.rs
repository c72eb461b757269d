//! The upstream fails in every possible way, and playback is correct all the same, or ends with an honest
//! error.
//!
//! Four resources are played (a segment, a whole rendition, the original, a segment made of the original), each against a table of faults. A
//! row states how playback must end; in every case, one rule holds: the bytes that arrive are the true
//! beginning of the true bytes, and they are complete if the reply says so. Each case has a server of its own.

mod busy_state;
mod originals;
mod playlists;
mod positions;
mod segments;
mod sessions;
mod viewers;

use futures_util::{StreamExt, stream};
use sandbox::{Effect, Fault};

use crate::harness::*;

/// The resource that is played.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Thing {
    /// Segment 2 of 480p.
    Segment,
    /// The whole of 480p.
    Whole,
    Original,
    /// Segment 3 of the repackaged original.
    Source,
}

use Thing::{Original, Segment, Source, Whole};

/// The bytes of [`Thing::Source`], from a server without faults.
static SOURCE_SEGMENT: tokio::sync::OnceCell<Vec<u8>> = tokio::sync::OnceCell::const_new();

impl Thing {
    async fn play(self, drivein: &Drivein) -> Reply {
        // The play URL first, without a fault, as a player has it from long ago.
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
            Source => "/source/3.m4s",
        }
    }

    async fn truth(self, drivein: &Drivein) -> Vec<u8> {
        match self {
            Segment => drivein.segment_source(FILM, "480p", 2).await,
            Whole => drivein.source(FILM, "480p").await,
            Original => drivein.source(FILM, "original").await,
            Source => SOURCE_SEGMENT.get_or_init(source_segment).await.clone(),
        }
    }
}

async fn source_segment() -> Vec<u8> {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let address = format!("{play}{}", Source.suffix());
    drivein.get(&address).await.expect(200).body
}

/// The expected result.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Every byte, and a regular end.
    Exact,
    /// This status and code, before any byte.
    Problem(u16, &'static str),
    /// Every byte, or this problem: repair is good but not promised.
    ExactOr(u16, &'static str),
    /// Any of these: only the rule is promised.
    Lawful(u16, &'static str),
    /// A true beginning, cut off; or this problem if nothing came.
    ShortOr(u16, &'static str),
}

use End::{Exact, ExactOr, Lawful, Problem, ShortOr};

/// Returns why a reply is wrong; `Ok` if it is as expected.
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

/// Checks that a problem has a title, a sentence, a next step, and a retry time if it is temporary.
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
    let passes = matches!(
        reply.code().as_str(),
        "transcoding" | "rate_limited" | "upstream_failed"
    );
    if passes == reply.header("retry-after").is_empty() {
        return Err(format!("Retry-After does not fit: {}", reply.describe()));
    }
    Ok(())
}

/// One fault and the expected end of playback.
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

/// Plays all rows, a few concurrently, and reports all failures.
async fn play_all(rows: Vec<Row>) {
    let cases = rows.iter().flat_map(|row| {
        row.things.iter().map(move |thing| async move {
            let drivein = Drivein::start().await;
            for fault in &row.faults {
                drivein.sandbox.fault(fault.clone());
            }
            let reply = thing.play(&drivein).await;
            let truth = thing.truth(&drivein).await;
            // A film whose index takes longer is asked for again.
            let is_opening =
                *thing == Source && reply.status == 503 && reply.code() == "transcoding";
            let end = if is_opening {
                Problem(503, "transcoding")
            } else {
                row.end
            };
            verdict(&reply, &truth, end)
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
const ORIGINAL: &[Thing] = &[Original, Source];
const ALL: &[Thing] = &[Segment, Whole, Original];

fn expired() -> Effect {
    Effect::expired()
}

fn forbidden() -> Effect {
    Effect::forbidden()
}

fn ignore_range() -> Effect {
    Effect::ignore_range()
}

fn json_body() -> Effect {
    Effect::json_body()
}

fn html_body() -> Effect {
    Effect::html_body()
}

fn wrong_length(by: i64) -> Effect {
    Effect::wrong_length(by)
}

fn empty_dlink() -> Effect {
    Effect::empty_dlink()
}

/// Fails the third segment of 480p, once.
fn segment_once(effect: Effect) -> Vec<Fault> {
    vec![Fault::on("segment", effect).matching("480p/2;").times(1)]
}

/// Fails the third segment of 480p, until healed.
fn segment_always(effect: Effect) -> Vec<Fault> {
    vec![Fault::on("segment", effect).matching("480p/2;")]
}

fn once(route: &str, effect: Effect) -> Vec<Fault> {
    vec![Fault::on(route, effect).times(1)]
}

fn always(route: &str, effect: Effect) -> Vec<Fault> {
    vec![Fault::on(route, effect)]
}

/// Fails both ways to a download link.
fn links(effect: Effect) -> Vec<Fault> {
    vec![
        Fault::on("filemetas", effect.clone()),
        Fault::on("download", effect),
    ]
}
