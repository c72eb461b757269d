//! Every way in which media can fail, each at a hundred random bytes, in a segment and in an original: exact,
//! or honestly short, and never a wrong byte.
//!
//! One server plays them all. Each fault is bound to one film and one segment, so many cases run concurrently,
//! each in a lane of its own. The random positions are the same in each run; a failure names the case and its
//! byte.

use std::ops::Range;

use futures_util::stream;
use sandbox::Effect;

use super::*;

/// Number of positions for each fault and each resource.
const POSITIONS: usize = 100;
/// The same for repackaged originals, which take longer.
const REPACKAGED_POSITIONS: usize = 40;

/// Bytes that are read after the position of the fault.
const AFTER: usize = 30_000;

/// A generator of random numbers, the same ones for the same seed (SplitMix64).
struct Lot(u64);

impl Lot {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// The setting of one case at a time.
#[derive(Clone)]
struct Lane {
    route: &'static str,
    /// The mark that distinguishes its requests from others.
    subject: String,
    address: String,
    truth: Vec<u8>,
}

/// A fault at a byte, and the first byte that the viewer requests.
struct Case {
    about: &'static str,
    faults: fn(usize) -> Vec<Effect>,
    /// True if the viewer requests from the beginning and the fault comes at the byte; false if the viewer
    /// requests from the byte on.
    in_the_middle: bool,
}

const fn at_the_start(about: &'static str, faults: fn(usize) -> Vec<Effect>) -> Case {
    Case {
        about,
        faults,
        in_the_middle: false,
    }
}

const fn in_the_middle(about: &'static str, faults: fn(usize) -> Vec<Effect>) -> Case {
    Case {
        about,
        faults,
        in_the_middle: true,
    }
}

fn header(name: &str, value: &str) -> Effect {
    Effect {
        headers: [(name.to_owned(), value.to_owned())].into(),
        ..Effect::default()
    }
}

/// Returns a refusal without a pause: all lanes use one host, and a pause would keep the faults of the others
/// from happening.
fn too_many_for_now() -> Effect {
    Effect {
        headers: [("retry-after".to_owned(), "0".to_owned())].into(),
        ..Effect::status(429)
    }
}

const CASES: &[Case] = &[
    in_the_middle("cut", |at| vec![Effect::cut_after(at as u64)]),
    in_the_middle("cut, and then the range is ignored", |at| {
        vec![Effect::cut_after(at as u64), ignore_range()]
    }),
    in_the_middle("cut, and slow", |at| {
        vec![Effect::cut_after(at as u64), Effect::rate(4 << 20)]
    }),
    in_the_middle("more announced than sent", |at| {
        vec![wrong_length(1 + at as i64)]
    }),
    in_the_middle("less sent than there is", |at| {
        vec![wrong_length(-1 - at as i64)]
    }),
    at_the_start("the range is ignored", |_| vec![ignore_range()]),
    at_the_start("the range is ignored, and cut", |at| {
        vec![ignore_range(), Effect::cut_after(at as u64 / 2)]
    }),
    at_the_start("more announced of a part", |at| {
        vec![wrong_length(1 + at as i64 % 500)]
    }),
    at_the_start("less sent of a part", |_| vec![wrong_length(-1)]),
    at_the_start("expired", |_| vec![expired()]),
    at_the_start("forbidden", |_| vec![forbidden()]),
    at_the_start("a number", |_| vec![Effect::errno(31362)]),
    at_the_start("404", |_| vec![Effect::status(404)]),
    at_the_start("429", |_| vec![too_many_for_now()]),
    at_the_start("500", |_| vec![Effect::status(500)]),
    at_the_start("503", |_| vec![Effect::status(503)]),
    at_the_start("JSON in place of media", |_| vec![json_body()]),
    at_the_start("a page in place of media", |_| vec![html_body()]),
    at_the_start("late", |_| vec![Effect::latency(20)]),
    at_the_start("another ETag", |_| vec![header("etag", "\"other\"")]),
    at_the_start("another part than asked for", |_| {
        vec![header("content-range", "bytes 3-9/70000")]
    }),
    at_the_start("no Content-Range to speak of", |_| {
        vec![header("content-range", "bytes */*")]
    }),
    at_the_start("compressed", |_| vec![header("content-encoding", "gzip")]),
];

/// Returns why a reply to a request of these bytes breaks the rule; `None` if it does not.
fn unlawful(reply: &Reply, truth: &[u8], asked: Range<usize>) -> Option<String> {
    let expected = match reply.status {
        200 => truth,
        206 => &truth[asked],
        _ => return speaks(reply).err(),
    };
    if !expected.starts_with(&reply.body) {
        let right = reply.body.iter().zip(expected).take_while(|(a, b)| a == b);
        return Some(format!(
            "wrong from byte {} of {}",
            right.count(),
            expected.len()
        ));
    }
    if reply.header("content-length") != expected.len().to_string() {
        return Some("a wrong Content-Length".to_owned());
    }
    (reply.is_whole && reply.body.len() < expected.len()).then(|| "silently short".to_owned())
}

async fn lanes(drivein: &Drivein) -> (Vec<Lane>, Vec<Lane>) {
    let root = drivein.play_root().await;
    let films = [
        "/Tidal Light.mp4",
        "/Paper Mountains.mp4",
        "/Three Moons.mp4",
    ];
    let mut segments = Vec::new();
    for film in films {
        for rendition in ["480p", "720p", "1080p"] {
            let all = drivein.source(film, rendition).await;
            let list = drivein.sandbox.segments(film, rendition).await.unwrap();
            for (number, segment) in list.iter().enumerate() {
                let start = segment.offset_bytes as usize;
                segments.push(Lane {
                    route: "segment",
                    subject: format!("{film} {rendition}/{number};"),
                    address: format!("{root}{}/{rendition}/{number}.ts", encoded(film)),
                    truth: all[start..start + segment.length_bytes as usize].to_vec(),
                });
            }
        }
    }
    let mut files = Vec::from(films.map(str::to_owned));
    for folder in ["/Nature & Light", "/Series/Paper Worlds/Season 1"] {
        let folder = drivein.entry(folder).await;
        let children = folder["children"].as_array().unwrap().iter();
        let videos = children.filter(|entry| entry["kind"] == "video");
        files.extend(videos.map(|entry| entry["path"].as_str().unwrap().to_owned()));
    }
    let mut originals = Vec::new();
    for film in files {
        originals.push(Lane {
            route: "original",
            subject: film.clone(),
            address: format!("{root}{}", encoded(&film)),
            truth: drivein.source(&film, "original").await,
        });
    }
    (segments, originals)
}

/// Plays one case at one byte. Returns the failure, if any, and whether the fault has happened.
async fn play(drivein: &Drivein, lane: &Lane, case: &Case, at: usize) -> (Option<String>, bool) {
    let faults: Vec<_> = (case.faults)(at)
        .into_iter()
        .map(|effect| {
            let fault = Fault::on(lane.route, effect).matching(&lane.subject);
            drivein.sandbox.fault(fault.times(1))
        })
        .collect();
    // No further than needed to see how playback continues.
    let end = (at + AFTER).min(lane.truth.len());
    let asked = if case.in_the_middle { 0..end } else { at..end };
    let ask = drivein.ask(reqwest::Method::GET, &lane.address);
    let range = format!("bytes={}-{}", asked.start, asked.end - 1);
    let reply = ask.range(&range).send().await;
    let mut struck = true;
    for fault in faults {
        struck &= !drivein.sandbox.mend(fault);
    }
    let wrong = unlawful(&reply, &lane.truth, asked).map(|wrong| {
        let subject = &lane.subject;
        format!(
            "{} at byte {at} of {subject}: {wrong}: {}",
            case.about,
            reply.describe()
        )
    });
    (wrong, struck)
}

async fn play_everything(drivein: &Drivein, lanes: Vec<Lane>, positions: usize, seed: u64) {
    let mut lot = Lot(seed);
    // Each lane plays its share of all cases, one after another.
    let mut shares: Vec<Vec<(&Case, usize)>> = vec![Vec::new(); lanes.len()];
    for (number, case) in (0..positions).flat_map(|_| CASES).enumerate() {
        let lane = number % lanes.len();
        shares[lane].push((case, lot.below(lanes[lane].truth.len())));
    }
    let played = lanes.iter().zip(&shares).map(|(lane, share)| async move {
        let mut wrong = Vec::new();
        let mut struck = 0;
        for (case, at) in share {
            let (told, has_struck) = play(drivein, lane, case, *at).await;
            wrong.extend(told);
            struck += usize::from(has_struck);
        }
        (wrong, struck)
    });
    let played: Vec<_> = played.collect();
    let results: Vec<_> = stream::iter(played).buffer_unordered(64).collect().await;
    let wrong: Vec<String> = results
        .iter()
        .flat_map(|(wrong, _)| wrong.clone())
        .collect();
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
    // Cached bytes need no upstream request, so nothing can fail.
    let struck: usize = results.iter().map(|(_, struck)| struck).sum();
    let all = positions * CASES.len();
    assert!(
        struck * 10 > all * 6,
        "only {struck} of {all} faults came into play"
    );
    // Without faults all is as before: no false byte was cached.
    for lane in &lanes {
        let reply = drivein.get(&lane.address).await.expect(200);
        assert!(
            reply.is_whole && reply.body == lane.truth,
            "{}",
            lane.subject
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn segments_fail_at_any_byte_and_no_byte_is_wrong() {
    let drivein = Drivein::setup().forgetful().start().await;
    let (segments, _) = lanes(&drivein).await;
    play_everything(&drivein, segments, POSITIONS, 20_240_229).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn originals_fail_at_any_byte_and_no_byte_is_wrong() {
    let drivein = Drivein::setup().forgetful().start().await;
    let (_, originals) = lanes(&drivein).await;
    play_everything(&drivein, originals, POSITIONS, 19_990_501).await;
}

/// One segment of the repackaged original of each film: faults are told apart by films.
async fn repackaged(drivein: &Drivein) -> Vec<Lane> {
    let (_, originals) = lanes(drivein).await;
    let mut found = Vec::new();
    for film in originals {
        let address = format!("{}/source/3.m4s", film.address);
        let reply = drivein.get(&address).await;
        if reply.status == 200 && reply.body.len() > 2 * AFTER {
            found.push(Lane {
                truth: reply.body,
                address,
                ..film
            });
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repackaged_originals_fail_at_any_byte_and_no_byte_is_wrong() {
    let truth = Drivein::start().await;
    let with_truth = repackaged(&truth).await;
    assert!(with_truth.len() >= 3, "{}", with_truth.len());
    let drivein = Drivein::setup().forgetful().start().await;
    let root = drivein.play_root().await;
    let of_truth = truth.play_root().await;
    let here = |lane: Lane| Lane {
        address: lane.address.replacen(&of_truth, &root, 1),
        ..lane
    };
    let repackaged = with_truth.into_iter().map(here).collect();
    play_everything(&drivein, repackaged, REPACKAGED_POSITIONS, 7_201).await;
}
