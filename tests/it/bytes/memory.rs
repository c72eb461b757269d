//! The memory and the files that the built program takes while viewers read fast, slowly and not at all.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use futures_util::StreamExt;

use crate::commands::{config_in, get, visitor};
use crate::harness::*;

const MIB: u64 = 1 << 20;

/// The cache of the servers here, and what they may take beside it.
const CACHE: &str = "listen = \"127.0.0.1:0\"\n[cache]\nmemory = \"32 MiB\"\n";
const MAX_BYTES: u64 = (32 + 100) * MIB;

/// Bytes that the pages of the program itself take in a release build. Those of a debug build are several times as large.
const BINARY_BYTES: u64 = 40 * MIB;

/// Returns the most that was resident, as if the program were a release build.
fn resident_peak(running: &Running) -> u64 {
    memory(running, "VmHWM") - memory(running, "RssFile") + BINARY_BYTES
}

/// Returns a value of `/proc/{pid}/status` in bytes.
fn memory(running: &Running, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() << 10
}

/// Requests `path` and does not read the reply.
fn ask_and_stall(address: SocketAddr, path: &str, from: u64) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nrange: bytes={from}-\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    socket
}

/// Serves a folder with one film of `bytes`, and returns the path of its original.
async fn serve(folder: &std::path::Path, bytes: u64) -> (Running, Visitor, String) {
    let films = folder.join("films");
    std::fs::create_dir(&films).unwrap();
    let film = std::fs::File::create(films.join("film.avi")).unwrap();
    film.set_len(bytes).unwrap();
    let section = folder_section("home", &films);
    let text = format!("data_dir = {:?}\n{CACHE}{section}", folder.join("data"));
    let config = config_in(folder, &text);
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let entry = get(&visitor, "/api/v1/entries/home/film.avi").await;
    let entry = entry.expect(200).json();
    let original = entry["entry"]["play"]["original"].as_str().unwrap();
    let path = url::Url::parse(original).unwrap().path().to_owned();
    (running, visitor, path)
}

#[tokio::test]
async fn a_fast_reader_and_many_stalled_ones_stay_within_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let (running, visitor, path) = serve(folder.path(), 256 * MIB).await;
    let mut response = visitor.ask(reqwest::Method::GET, &path).open().await;
    let mut length = 0;
    while let Some(chunk) = response.chunk().await.unwrap() {
        length += chunk.len() as u64;
    }
    assert_eq!(length, 256 * MIB);
    let alone = resident_peak(&running);
    assert!(alone <= MAX_BYTES, "{} MiB", alone / MIB);
    let address = visitor.address();
    let stalled = (0..200).map(|number| ask_and_stall(address, &path, number * MIB));
    let stalled: Vec<TcpStream> = stalled.collect();
    let files = format!("/proc/{}/fd", running.id());
    let open = || std::fs::read_dir(&files).unwrap().count();
    eventually(
        "all are being served",
        Duration::from_secs(60),
        async || (open() >= 400).then_some(()),
    )
    .await;
    let most = resident_peak(&running);
    assert!(most <= MAX_BYTES, "{} MiB", most / MIB);
    // They leave, and nothing of them remains.
    drop(stalled);
    eventually(
        "all files are closed",
        Duration::from_secs(60),
        async || (open() < 60).then_some(()),
    )
    .await;
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn readers_of_a_cloud_stay_within_the_limit_and_give_back_what_they_took() {
    let folder = tempfile::tempdir().unwrap();
    let films = folder.path().join("cloud");
    std::fs::create_dir(&films).unwrap();
    let film = std::fs::File::create(films.join("film.avi")).unwrap();
    film.set_len(192 * MIB).unwrap();
    let cloud = sandbox::Options::with_films(sandbox::Films::Folder(films));
    let sandbox = sandbox::start(cloud).await.unwrap();
    let data = folder.path().join("data");
    let text = format!("data_dir = {data:?}\n{CACHE}{}", drive_section(&sandbox));
    let config = config_in(folder.path(), &text);
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let entry = get(&visitor, &format!("/api/v1/entries/{DRIVE}/film.avi")).await;
    let entry = entry.expect(200).json();
    let original = entry["entry"]["play"]["original"].as_str().unwrap();
    let path = url::Url::parse(original).unwrap().path().to_owned();
    // One reader at full speed, beside readers that take a part and leave, and others that take nothing.
    let address = visitor.address();
    let stalled: Vec<_> = (0..100)
        .map(|number| ask_and_stall(address, &path, number % 16 * MIB))
        .collect();
    let slow = (0..16u64).map(|number| {
        let range = format!("bytes={}-", number * 8 * MIB);
        let ask = visitor.ask(reqwest::Method::GET, &path).range(&range);
        async move {
            let mut response = ask.open().await;
            let mut taken = 0;
            while taken < 2 * MIB {
                taken += response.chunk().await.unwrap().unwrap().len() as u64;
            }
        }
    });
    let whole = async {
        let mut response = visitor.ask(reqwest::Method::GET, &path).open().await;
        let mut length = 0;
        while let Some(chunk) = response.chunk().await.unwrap() {
            length += chunk.len() as u64;
        }
        length
    };
    let (length, _) = tokio::join!(whole, futures_util::future::join_all(slow));
    assert_eq!(length, 192 * MIB);
    let most = resident_peak(&running);
    assert!(most <= MAX_BYTES, "{} MiB", most / MIB);
    drop(stalled);
    // The cache and the program itself remain.
    let released = Duration::from_secs(60);
    eventually(
        "the memory of readers is given back",
        released,
        async || {
            let own = memory(&running, "RssFile");
            (memory(&running, "VmRSS") <= own + (32 + 40) * MIB).then_some(())
        },
    )
    .await;
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn many_small_films_do_not_add_up() {
    const FOLDERS: usize = 6;
    const FILMS: usize = 100;
    need("ffmpeg", "ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one.mp4");
    crate::local::film_of(&one, 12);
    let films = folder.path().join("films");
    for number in 0..FOLDERS {
        let folder = films.join(number.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        for number in 0..FILMS {
            std::fs::copy(&one, folder.join(format!("{number}.mp4"))).unwrap();
        }
    }
    let section = folder_section("home", &films);
    let head = CACHE.replace("32 MiB", "4 MiB");
    let text = format!(
        "data_dir = {:?}\n{head}{section}",
        folder.path().join("data")
    );
    let config = config_in(folder.path(), &text);
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    // Its facts, its tracks, and the list of its segments.
    let look = async |path: String| {
        let call = format!("/api/v1/entries/home/{path}?facts=tracks");
        let entry = get(&visitor, &call).await.expect(200).json();
        let original = entry["entry"]["play"]["original"].as_str().unwrap();
        let original = url::Url::parse(original).unwrap();
        let list = format!("{}/source.m3u8", original.path());
        get(&visitor, &list).await.expect(200);
    };
    let mut taken = Vec::new();
    for folder in 0..FOLDERS {
        let all = (0..FILMS).map(|film| look(format!("{folder}/{film}.mp4")));
        futures_util::stream::iter(all)
            .buffer_unordered(8)
            .collect::<Vec<()>>()
            .await;
        taken.push(memory(&running, "RssAnon"));
    }
    // The memory of one more film.
    let (first, last) = (taken[1], taken[FOLDERS - 1]);
    let films = ((FOLDERS - 2) * FILMS) as u64;
    let each = last.saturating_sub(first) / films;
    assert!(each < 16 << 10, "{each} bytes for each film: {taken:?}");
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("data_dir = {:?}\n{CACHE}", folder.path().join("data"));
    let config = config_in(folder.path(), &text);
    let script = "ulimit -S -n 256; exec \"$0\" serve --config \"$1\"";
    let mut running = Program::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_drivein"), &config])
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    get(&visitor, "/healthz").await.expect(200);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.id())).unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let mut numbers = files.unwrap().split_whitespace().skip(3);
    let (soft, hard) = (numbers.next().unwrap(), numbers.next().unwrap());
    let raised = hard.parse().unwrap_or(u64::MAX).min(65_536);
    assert_eq!(soft.parse::<u64>().unwrap(), raised, "{limits}");
    running.terminate().await;
}
