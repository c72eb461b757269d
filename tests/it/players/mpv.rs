//! mpv, through its IPC socket (`--input-ipc-server`): one JSON object per line and direction.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use super::{LINUX, page_link};
use crate::harness::*;
use crate::servers::Remote;

/// Timeout of a player on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running mpv.
struct Mpv {
    _running: Running,
    home: tempfile::TempDir,
    answers: Lines<BufReader<OwnedReadHalf>>,
    commands: OwnedWriteHalf,
    last_request: u64,
    /// Events that came before the answers to commands, the oldest first.
    events: VecDeque<Value>,
}

impl Mpv {
    /// Starts mpv with nothing to play yet, no video, no audio, and its own clock.
    async fn start() -> Self {
        need("mpv", "mpv");
        let home = tempfile::tempdir().unwrap();
        let socket = home.path().join("mpv.sock");
        let running = Program::new("mpv")
            .args(["--no-config", "--idle", "--vo=null", "--ao=null"])
            .args(["--no-terminal", "--keep-open=no", "--force-seekable=no"])
            .args([format!("--input-ipc-server={}", socket.display())])
            .env("HOME", home.path().to_str().unwrap())
            .spawn();
        let stream = eventually("mpv opens its socket", PATIENCE, async || {
            UnixStream::connect(&socket).await.ok()
        })
        .await;
        let (read, commands) = stream.into_split();
        Self {
            _running: running,
            home,
            answers: BufReader::new(read).lines(),
            commands,
            last_request: 0,
            events: VecDeque::new(),
        }
    }

    /// Runs a command. Returns its data, or the error that mpv names.
    async fn command(&mut self, command: Value) -> Result<Value, String> {
        self.last_request += 1;
        let line = json!({"command": command, "request_id": self.last_request}).to_string();
        self.commands
            .write_all(format!("{line}\n").as_bytes())
            .await
            .unwrap();
        loop {
            let answer = self.line().await;
            if !answer["event"].is_null() {
                self.events.push_back(answer);
            } else if answer["request_id"] == self.last_request {
                return match answer["error"].as_str() {
                    Some("success") => Ok(answer["data"].clone()),
                    other => Err(other.unwrap_or_default().to_owned()),
                };
            }
        }
    }

    /// Reads the next line: an answer or an event.
    async fn line(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.answers.next_line()).await;
        let line = line.expect("mpv does not answer").unwrap();
        serde_json::from_str(&line.expect("mpv has ended")).unwrap()
    }

    /// Waits for an event of this name, and removes it and all before it.
    async fn event(&mut self, name: &str) -> Value {
        loop {
            let event = match self.events.pop_front() {
                Some(event) => event,
                None => self.line().await,
            };
            if event["event"] == name {
                return event;
            }
        }
    }

    async fn get(&mut self, property: &str) -> Option<Value> {
        self.command(json!(["get_property", property])).await.ok()
    }

    async fn set(&mut self, property: &str, value: Value) {
        self.command(json!(["set_property", property, value]))
            .await
            .unwrap();
    }

    /// Opens a URL, and waits until it plays.
    async fn open(&mut self, address: &str) {
        let opened = self.command(json!(["loadfile", address])).await.unwrap();
        let entry = opened["playlist_entry_id"].as_u64().unwrap();
        // Until the event, properties may still be those of the file before it. The files of a list have higher
        // numbers than the list.
        while self.event("start-file").await["playlist_entry_id"].as_u64() < Some(entry) {}
        self.event("file-loaded").await;
        self.position(0.5..).await;
    }

    /// Waits until the position is in this range, in seconds.
    async fn position(&mut self, wanted: impl std::ops::RangeBounds<f64>) -> f64 {
        eventually("mpv’s position", PATIENCE, async || {
            let at = self.get("time-pos").await?.as_f64()?;
            wanted.contains(&at).then_some(at)
        })
        .await
    }

    /// Opens a film of 66 seconds, shows its pictures, and goes on from the middle.
    async fn plays_and_seeks(&mut self, address: &str) {
        self.open(address).await;
        let length = self.get("duration").await.unwrap().as_f64().unwrap();
        assert!((length - 66.0).abs() < 1.0, "{address}: {length}");
        let what = format!("mpv shows pictures of {address}");
        eventually(&what, PATIENCE, async || {
            let frame = self.get("estimated-frame-number").await?.as_u64();
            let width = self.get("video-params/w").await?.as_u64();
            (frame > Some(5) && width > Some(0)).then_some(())
        })
        .await;

        self.until("seekable", json!(true)).await;
        // It rests at the position, so that a busy machine has the time to see it there.
        self.set("pause", json!(true)).await;
        self.command(json!(["seek", 50, "absolute-percent", "exact"]))
            .await
            .unwrap();
        let landed = self.position(length / 2.0 - 0.5..length / 2.0 + 2.0).await;
        self.set("pause", json!(false)).await;
        self.position(landed + 0.5..landed + 30.0).await;
    }

    /// Waits until a property has a value.
    async fn until(&mut self, property: &str, value: Value) {
        eventually(&format!("{property} is {value}"), PATIENCE, async || {
            (self.get(property).await? == value).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mpv_shows_the_subtitles_that_stand_beside_the_stream() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let mut mpv = Mpv::start().await;
    let subtitles = format!("{play}/subtitles/und.vtt");
    mpv.set("sub-files", json!([subtitles])).await;
    mpv.open(&format!("{play}/master.m3u8")).await;
    mpv.set("pause", json!(true)).await;
    mpv.command(json!(["seek", 37, "absolute+exact"]))
        .await
        .unwrap();
    mpv.position(37.0..39.0).await;
    mpv.until("sub-text", json!("Tidal Light, second 35")).await;
}

/// Starts mpv as mpv-handler does with a link, whose values are Base64 (its README, Protocol).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mpv_plays_by_the_link_of_the_page() {
    let drivein = Drivein::start().await;
    let link = page_link(&drivein, LINUX, "data-app=\"mpv\"", 35.0).await;
    let (address, query) = link
        .strip_prefix("mpv-handler://play/")
        .and_then(|link| link.split_once("/?"))
        .unwrap_or_else(|| panic!("{link}"));
    let plain = |text: &str| {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes());
        String::from_utf8(bytes.unwrap()).unwrap()
    };
    let values: std::collections::BTreeMap<&str, &str> = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .collect();
    assert_eq!(plain(values["v_title"]), "Tidal Light");
    let mut mpv = Mpv::start().await;
    mpv.set("sub-files", json!([plain(values["subfile"])]))
        .await;
    mpv.set("start", json!(values["startat"])).await;
    mpv.open(&plain(address)).await;
    mpv.set("pause", json!(true)).await;
    mpv.position(34.0..60.0).await;
    mpv.command(json!(["seek", 37, "absolute+exact"]))
        .await
        .unwrap();
    mpv.until("sub-text", json!("Tidal Light, second 35")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mpv_seeks_to_the_middle_of_every_kind_of_stream() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let mut mpv = Mpv::start().await;
    for stream in ["/master.m3u8", "/480p.m3u8", "/480p.ts", "", "/list.m3u"] {
        mpv.plays_and_seeks(&format!("{play}{stream}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mpv_goes_through_the_list_of_a_season() {
    let drivein = Drivein::start().await;
    let season = format!(
        "{}{}/Series/Paper%20Worlds/Season%201",
        drivein.url(),
        drivein.play_root().await
    );
    let mut mpv = Mpv::start().await;
    mpv.open(&format!("{season}/list.m3u")).await;
    assert_eq!(mpv.get("playlist-count").await, Some(json!(11)));
    mpv.until("media-title", json!("Episode 1")).await;
    mpv.command(json!(["playlist-next"])).await.unwrap();
    mpv.until("media-title", json!("Episode 2")).await;
    mpv.position(0.5..).await;
    mpv.command(json!(["set_property", "playlist-pos", 9]))
        .await
        .unwrap();
    mpv.until("media-title", json!("Episode 10")).await;
    mpv.position(0.5..).await;
    for episode in ["Episode%201.mp4/", "Episode%202.mp4/", "Episode%2010.mp4/"] {
        assert!(drivein.log().contains(episode), "never asked for {episode}");
    }
}

/// Waits until the history has a film of this name, within ten seconds of a position.
async fn stopped_near(drivein: &Drivein, name: &str, position_s: f64) {
    let what = format!("{name} is resumed near {position_s}");
    eventually(&what, PATIENCE, async || {
        let history = drivein.api("history").await;
        let films = history["entries"].as_array()?.clone();
        let film = films.iter().find(|film| film["path"] == name)?;
        let noted = film["position_s"].as_f64()?;
        ((noted - position_s).abs() <= 10.0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_resumes_where_mpv_stopped_and_a_guest_leaves_no_trace() {
    let drivein = Drivein::start().await;
    let guest = drivein
        .ask(
            Method::POST,
            &format!("/guest-link/{DRIVE}/Three%20Moons.mp4"),
        )
        .form(&[("name", "a friend"), ("until", "day")])
        .send()
        .await
        .expect(200)
        .text();
    let guest = all_between(&guest, "/guest/", "/")
        .next()
        .unwrap()
        .to_owned();
    let own = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let theirs = format!("{}/play/{guest}/{DRIVE}/Three%20Moons.mp4", drivein.url());
    // Both read the whole film at once, and play it from memory.
    let (mut mine, mut guests) = tokio::join!(Mpv::start(), Mpv::start());
    mine.open(&own).await;
    guests.open(&theirs).await;
    guests.position(12.0..).await;
    let stopped = mine.position(16.0..).await;
    drop(mine);
    stopped_near(&drivein, FILM, stopped).await;
    drop(guests);
    // A list begins there, too; a download of another film and a look into it leave nothing behind.
    let list = drivein.play(FILM).await;
    let list = drivein.get(&format!("{list}/list.m3u")).await.text();
    assert!(list.contains("#EXTVLCOPT:start-time="), "{list}");
    let other = drivein.play("/Paper Mountains.mp4").await;
    drivein.get(&other).await.expect(200);
    let look = drivein
        .ask(Method::GET, &other)
        .range("bytes=400000-500000");
    look.send().await.expect(206);
    // Nor does a probe of a stream.
    super::ffprobe_packets(&format!("{}{other}/master.m3u8", drivein.url())).await;
    let history = drivein.api("history").await;
    let paths: Vec<&str> = history["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|film| film["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, [FILM], "{history}");
}

/// Players built on FFmpeg request the next segment while they read one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_mpv_begins_in_the_middle_is_resumed_where_it_stopped() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let mut mpv = Mpv::start().await;
    mpv.set("start", json!("30")).await;
    mpv.open(&format!("{play}/720p.m3u8")).await;
    let stopped = mpv.position(41.0..).await;
    drop(mpv);
    stopped_near(&drivein, FILM, stopped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mpv_plays_and_seeks_in_films_of_webdav_and_s3() {
    let remote = Remote::start().await;
    let mut mpv = Mpv::start().await;
    for drive in Remote::DRIVES {
        let play = remote.play(drive).await;
        for address in [play.clone(), format!("{play}/master.m3u8")] {
            mpv.plays_and_seeks(&address).await;
        }
    }
}

/// Returns the presentation time of each frame that mpv has decoded, in seconds, as logged by its filter
/// `showinfo`.
fn pictures(log: &std::path::Path) -> Vec<f64> {
    let text = std::fs::read_to_string(log).unwrap();
    all_between(&text, "pts_time:", " ")
        .map(|time| time.parse().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_paused_until_everything_has_run_out_plays_on_to_its_end() {
    // A film that no other test plays, so that the log is about this one alone; and a server that caches
    // nothing of what it has sent, so that the rest must come from the upstream.
    let film = "/Series/Paper Worlds/Season 1/Episode 7.mp4";
    let drivein = Drivein::setup().forgetful().start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(film).await);
    let mut mpv = Mpv::start().await;
    // So that mpv does not have the rest of the film already.
    mpv.set("demuxer-max-bytes", json!(100_000)).await;
    mpv.set("demuxer-readahead-secs", json!(1)).await;
    let log = mpv.home.path().join("log");
    mpv.set("log-file", json!(log.to_str().unwrap())).await;
    mpv.set("vf", json!("lavfi=[showinfo]")).await;
    mpv.set("framedrop", json!("no")).await;
    mpv.open(&format!("{play}/1080p.m3u8")).await;
    mpv.set("pause", json!(true)).await;
    let length = mpv.get("duration").await.unwrap().as_f64().unwrap();
    let paused = mpv.get("time-pos").await.unwrap().as_f64().unwrap();
    let before = pictures(&log).len();

    drivein.sandbox.reset_counts();
    drivein.sandbox.expire_urls();
    drivein.sandbox.expire_tokens();

    mpv.set("speed", json!(4)).await;
    mpv.set("pause", json!(false)).await;
    mpv.position(paused + 0.1..paused + 12.0).await;
    // mpv becomes idle at the end of the film, after the last seconds.
    let mut last = 0.0;
    eventually("mpv ends", PATIENCE, async || {
        if let Some(at) = mpv.get("time-pos").await.and_then(|at| at.as_f64()) {
            last = at;
        }
        (mpv.get("idle-active").await? == true).then_some(())
    })
    .await;
    assert!(last > length - 10.0, "ended at {last} of {length}");

    // The rest was requested from the upstream: with a new token, refreshed once, and for new URLs.
    assert_eq!(drivein.sandbox.count("refreshtoken"), 1);
    assert!(drivein.sandbox.count("streaming") >= 1);
    assert!(drivein.sandbox.count("segment") >= 2);
    // mpv noticed nothing of it: each frame follows the one before it, up to the last.
    let pictures = pictures(&log);
    assert!(
        pictures.len() > before + 100,
        "{before} before, {} in all",
        pictures.len()
    );
    for pair in pictures.windows(2) {
        let step = pair[1] - pair[0];
        assert!((0.0..0.1).contains(&step), "{pair:?}");
    }
    let whole = pictures[pictures.len() - 1] - pictures[0];
    assert!((whole - length).abs() < 0.5, "{whole} of {length} s");
    let log = drivein.log();
    let answers: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("Episode%207.mp4") && line.contains("status="))
        .collect();
    assert!(answers.len() > 5, "{answers:?}");
    for answer in answers {
        let is_well = ["status=200", "status=206"]
            .iter()
            .any(|status| answer.contains(status));
        assert!(is_well, "{answer}");
    }
}
