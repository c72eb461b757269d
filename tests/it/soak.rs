//! A soak: two hundred viewers that play, seek, stall and leave, over good and bad files, while the upstream fails and
//! drips in turns, its URLs and tokens expire, others fill the disk, and the clock jumps. `make soak` runs it; `make test`
//! does not.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use sandbox::{Effect, Fault};
use tokio::time::{Instant, sleep, timeout};

use crate::commands::{get, sandbox_and_config, visitor};
use crate::harness::*;

const MIB: u64 = 1 << 20;
const VIEWERS: u64 = 200;
const MEMORY_MIB: u64 = 64;
/// Memory that the program may take beside its cache.
const MAX_BESIDE_MIB: u64 = 100;
/// Files that it may have open when all viewers have left: idle connections to the upstream among them.
const MAX_IDLE_FILES: usize = 300;
/// The size of the disk of its state, if one can be mounted.
const DISK_MIB: u64 = 256;
const STOP_TIMEOUT: Duration = Duration::from_secs(25);

/// Statuses that a player may get here; each of them is explained in the reply.
const SAID: [u16; 11] = [200, 206, 404, 410, 415, 416, 422, 429, 502, 503, 504];

/// A sequence of numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

/// A file and its true bytes, if it has any.
struct Film {
    play: String,
    truth: Option<Vec<u8>>,
}

/// Watches one film in one way. Returns the bytes that arrived, and fails with what was wrong.
async fn watch(visitor: &Visitor, film: &Film, dice: &mut Dice) -> Result<u64, String> {
    let streams = [
        "",
        "/master.m3u8",
        "/480p.m3u8",
        "/480p/0.ts",
        "/480p/3.ts",
        "/480p.ts",
        "/source.m3u8",
        "/source.mp4",
    ];
    let suffix = match dice.roll(2) {
        0 => "",
        _ => streams[dice.roll(streams.len() as u64) as usize],
    };
    let length = film.truth.as_ref().map_or(0, |truth| truth.len() as u64);
    let from = dice.roll(3).min(1) * dice.roll(length);
    let path = format!("{}{suffix}", film.play);
    let mut ask = visitor.ask(Method::GET, &path);
    if suffix.is_empty() && from > 0 {
        ask = ask.range(&format!("bytes={from}-"));
    }
    let mut response = ask.open().await;
    let status = response.status().as_u16();
    if status >= 400 {
        let text = response.text().await.unwrap_or_default();
        if !SAID.contains(&status) {
            return Err(format!("{status} of {path}: {text}"));
        }
        return match text.contains("\"detail\"") || status == 416 {
            true => Ok(0),
            false => Err(format!("{status} of {path} without words: {text}")),
        };
    }
    let begin = if status == 206 { from as usize } else { 0 };
    let truth = film.truth.as_ref().filter(|_| suffix.is_empty());
    // All of it, a part of it, or nothing after a stall.
    let most = [u64::MAX, 2 * MIB, 100_000][dice.roll(3) as usize];
    let stalls_at = dice.roll(4).min(1) * u64::MAX;
    let mut at = 0;
    while at < most {
        if at >= stalls_at {
            sleep(Duration::from_millis(dice.roll(20_000))).await;
            return Ok(at);
        }
        let chunk = match timeout(Duration::from_secs(60), response.chunk()).await {
            Err(_) => return Err(format!("{path} stands still after {at} bytes")),
            // It ended short, which the client can see.
            Ok(Err(_)) => return Ok(at),
            Ok(Ok(None)) => return Ok(at),
            Ok(Ok(Some(chunk))) => chunk,
        };
        if let Some(truth) = truth {
            let place = begin + at as usize;
            if truth.get(place..place + chunk.len()) != Some(&chunk[..]) {
                return Err(format!("wrong bytes of {path} at {place}"));
            }
        }
        at += chunk.len() as u64;
    }
    Ok(at)
}

/// Breaks and heals the upstream in turns.
async fn break_upstream(sandbox: &sandbox::Sandbox, turn: u64) {
    let effect = match turn % 8 {
        0 => Effect::status(503),
        1 => Effect::cut_after(70_000),
        2 => Effect::rate(64),
        3 => Effect::latency(3000),
        4 => Effect::ignore_range(),
        5 => Effect::html_body(),
        6 => {
            sandbox.expire_urls();
            sandbox.expire_tokens();
            return;
        }
        _ => return,
    };
    // A few connections of each kind; the others would be fast.
    for route in ["original", "segment", "list", "streaming"] {
        let is_call = matches!(route, "list" | "streaming");
        if is_call && effect.rate_bytes_per_s.is_some() {
            continue;
        }
        sandbox.fault(Fault::on(route, effect.clone()).times(5));
    }
    sleep(Duration::from_secs(2)).await;
    sandbox.heal();
}

/// Writes a folder with a good film and some that are none.
fn folder_of_files(folder: &Path) -> Vec<u8> {
    std::fs::create_dir(folder).unwrap();
    let good = file_content(48 * MIB as usize);
    std::fs::write(folder.join("good.avi"), &good).unwrap();
    std::fs::write(folder.join("empty.mp4"), b"").unwrap();
    std::fs::write(folder.join("noise.mp4"), &good[..300_000]).unwrap();
    std::fs::write(folder.join("noise.mkv"), &good[..300_000]).unwrap();
    // Boxes and elements that claim more than there is.
    let huge_box =
        b"\0\0\0\x18ftypisom\0\0\0\0isomiso2\0\0\0\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff";
    std::fs::write(folder.join("huge.mp4"), huge_box).unwrap();
    let huge_element = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xfe\x15\x49\xa9\x66\x01\0\0\x7f\xff\xff\xff\xff";
    std::fs::write(folder.join("huge.mkv"), huge_element).unwrap();
    good
}

/// The seconds by which the clock of the server is off, one turn after the other: an hour ahead, and into the past.
const CLOCK_OFFSETS: [&str; 4] = ["+0", "+3600", "+60", "-1800"];

/// Returns the library that moves the clock of a program (Debian package faketime); `None` if it is not installed.
fn clock_library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    folders
        .map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
}

/// Returns a value of `/proc/{id}/status` in bytes.
fn memory(id: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        << 10
}

fn open_files(id: u32) -> usize {
    std::fs::read_dir(format!("/proc/{id}/fd")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes ten minutes: make soak"]
async fn viewers_of_all_kinds_over_an_upstream_that_fails() {
    let seconds = std::env::var("SOAK_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let seconds: u64 = seconds.unwrap_or(600);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let disk = SmallDisk::mount(&data, DISK_MIB << 20);
    let films = folder.path().join("films");
    let good = folder_of_files(&films);
    let section = folder_section("home", &films);
    let head = format!(
        "listen = \"127.0.0.1:0\"\n[cache]\nmemory = \"{MEMORY_MIB} MiB\"\ndisk = \"1 GiB\"\n{section}"
    );
    let (sandbox, config) = sandbox_and_config(folder.path(), &head).await;
    let server = own_binary()
        .args(["serve", "--config", &config])
        .env("DRIVEIN_LOG", "error");
    let clock = folder.path().join("clock");
    std::fs::write(&clock, CLOCK_OFFSETS[0]).unwrap();
    let library = clock_library();
    let server = match &library {
        None => server,
        // Only the time of day moves; durations are measured by another clock.
        Some(library) => server
            .env("LD_PRELOAD", library.to_str().unwrap())
            .env("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap())
            .env("FAKETIME_CACHE_DURATION", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    };
    println!(
        "the disk fills: {}, the clock jumps: {}",
        disk.is_some(),
        library.is_some()
    );
    let mut running = server.spawn();
    let visitor = Arc::new(visitor(&mut running, "Drive-In is at").await);
    let id = running.id();
    let play = async |place: &str, path: &str| {
        let entry = get(
            &visitor,
            &format!("/api/v1/entries/{place}{}", encoded(path)),
        )
        .await;
        let entry = entry.expect(200).json();
        let original = entry["entry"]["play"]["original"].as_str().unwrap();
        url::Url::parse(original).unwrap().path().to_owned()
    };
    let truth = sandbox.source(FILM, "original").await.unwrap().to_vec();
    let mut all = vec![
        Film {
            play: play(DRIVE, FILM).await,
            truth: Some(truth),
        },
        Film {
            play: play("home", "/good.avi").await,
            truth: Some(good),
        },
    ];
    for name in [
        "/empty.mp4",
        "/noise.mp4",
        "/noise.mkv",
        "/huge.mp4",
        "/huge.mkv",
    ] {
        all.push(Film {
            play: play("home", name).await,
            truth: None,
        });
    }
    let (all, end) = (Arc::new(all), Instant::now() + Duration::from_secs(seconds));
    let (views, bytes) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut viewers = tokio::task::JoinSet::new();
    for number in 0..VIEWERS {
        let (visitor, all) = (visitor.clone(), all.clone());
        let (views, bytes) = (views.clone(), bytes.clone());
        viewers.spawn(async move {
            let mut dice = Dice(number + 1);
            while Instant::now() < end {
                // The good ones more often than the bad ones.
                let choice = dice.roll(3 * all.len() as u64) as usize;
                let film = all.get(choice).unwrap_or(&all[choice % 2]);
                let seen = watch(&visitor, film, &mut dice).await?;
                views.fetch_add(1, Ordering::Relaxed);
                bytes.fetch_add(seen, Ordering::Relaxed);
                sleep(Duration::from_millis(dice.roll(500))).await;
            }
            Ok::<(), String>(())
        });
    }
    let (mut most, mut turn) = (0, 0);
    let filler = data.join("others");
    while Instant::now() < end {
        break_upstream(&sandbox, turn).await;
        turn += 1;
        std::fs::write(
            &clock,
            CLOCK_OFFSETS[turn as usize / 2 % CLOCK_OFFSETS.len()],
        )
        .unwrap();
        if disk.is_some() {
            // Others fill the disk and empty it again.
            let fill = [0, DISK_MIB / 2, DISK_MIB][turn as usize % 3] * MIB;
            let _ = std::fs::write(&filler, vec![1u8; fill as usize]);
        }
        sleep(Duration::from_secs(3)).await;
        most = most.max(memory(id, "VmRSS"));
        assert!(!running.has_ended(), "the server has ended");
    }
    while let Some(viewer) = viewers.join_next().await {
        viewer.unwrap().unwrap();
    }
    let most = most.max(memory(id, "VmHWM")) / MIB;
    println!(
        "{} views, {} MiB, at most {most} MiB resident",
        views.load(Ordering::Relaxed),
        bytes.load(Ordering::Relaxed) / MIB
    );
    assert!(most <= MEMORY_MIB + MAX_BESIDE_MIB, "{most} MiB");
    let _ = std::fs::remove_file(&filler);
    drop(Arc::into_inner(visitor));
    eventually(
        "all files are closed",
        Duration::from_secs(150),
        async || (open_files(id) <= MAX_IDLE_FILES).then_some(()),
    )
    .await;
    println!(
        "{} open files and {} MiB after all have left",
        open_files(id),
        memory(id, "VmRSS") / MIB
    );
    let began = Instant::now();
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    drop(disk);
    assert_eq!(code, Some(0), "{log}");
    assert!(
        began.elapsed() < STOP_TIMEOUT && !log.contains("panicked"),
        "{log}"
    );
}
