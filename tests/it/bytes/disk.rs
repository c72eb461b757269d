//! The cache on disk: the real program, killed in the middle of its work and started again.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use futures_util::{StreamExt, stream};
use sandbox::Sandbox;
use tempfile::TempDir;

use crate::commands::{get, sandbox_and_config, visitor};
use crate::harness::*;

const FILMS: [&str; 3] = [FILM, "/Three Moons.mp4", "/Paper Mountains.mp4"];
const RENDITIONS: [&str; 4] = ["1080p", "720p", "480p", "audio"];

/// The folders of a server that is restarted again and again over one upstream.
struct House {
    sandbox: Sandbox,
    config: String,
    folder: TempDir,
    /// Playable paths, below the play URL of the drive, and their bytes.
    things: Vec<(String, Vec<u8>)>,
}

impl House {
    async fn new(disk: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let head = format!("[cache]\nmemory = \"32 MiB\"\ndisk = {disk:?}\n");
        let (sandbox, config) = sandbox_and_config(folder.path(), &head).await;
        let mut things = Vec::new();
        for film in films(&sandbox).await {
            let name = encoded(&film);
            let original = sandbox.source(&film, "original").await.unwrap();
            things.push((name.clone(), original.to_vec()));
            for rendition in RENDITIONS {
                let Some(segments) = sandbox.segments(&film, rendition).await else {
                    continue;
                };
                let source = sandbox.source(&film, rendition).await.unwrap();
                for (number, segment) in segments.iter().enumerate() {
                    let start = segment.offset_bytes as usize;
                    let end = start + segment.length_bytes as usize;
                    let bytes = source[start..end].to_vec();
                    things.push((format!("{name}/{rendition}/{number}.ts"), bytes));
                }
            }
        }
        Self {
            sandbox,
            config,
            folder,
            things,
        }
    }

    async fn start(&self) -> Server {
        let mut running = own_binary()
            .args(["serve", "--listen", "127.0.0.1:0", "--config", &self.config])
            .spawn();
        let visitor = visitor(&mut running, "Drive-In is at").await;
        let root = get(&visitor, "/api/v1/entries/films")
            .await
            .expect(200)
            .json();
        let list = root["entry"]["lists"]["m3u"].as_str().unwrap().to_owned();
        let play = url::Url::parse(&list).unwrap().path().to_owned();
        Server {
            running,
            visitor,
            play: play.strip_suffix("/list.m3u").unwrap().to_owned(),
        }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("data/cache")
    }

    /// Returns the bytes of media that were requested from the upstream.
    fn upstream_bytes(&self) -> u64 {
        self.sandbox.bytes("segment") + self.sandbox.bytes("original")
    }
}

/// Returns the bundled films that are available.
async fn films(sandbox: &Sandbox) -> Vec<String> {
    let mut found = Vec::new();
    for film in FILMS {
        if sandbox.source(film, "original").await.is_some() {
            found.push(film.to_owned());
        }
    }
    assert!(found.len() > 1, "{found:?}");
    found
}

struct Server {
    running: Running,
    visitor: Visitor,
    /// The play URL of the drive.
    play: String,
}

impl Server {
    /// Plays these, a few concurrently, and compares every byte.
    async fn play(&self, things: &[(String, Vec<u8>)]) {
        let cases = things.iter().map(|(path, truth)| async move {
            let reply = get(&self.visitor, &format!("{}{path}", self.play)).await;
            assert_eq!(reply.status, 200, "{}", reply.describe());
            assert!(
                reply.is_whole && reply.body == *truth,
                "{path}: {}",
                reply.describe()
            );
        });
        let cases: Vec<_> = cases.collect();
        stream::iter(cases)
            .buffer_unordered(6)
            .collect::<Vec<()>>()
            .await;
    }

    async fn stop(self) {
        self.running.terminate().await;
        let (code, _, log) = self.running.ended().await;
        assert_eq!(code, Some(0), "{log}");
    }

    async fn metric(&self, name: &str) -> u64 {
        let text = get(&self.visitor, "/metrics").await.expect(200).text();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("drivein_{name} ")));
        line.unwrap_or_else(|| panic!("{name} is not in {text}"))
            .parse()
            .unwrap()
    }
}

/// Returns the files of complete blocks. A kill may leave a partial one beside them.
fn blocks(cache: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(cache).unwrap();
    let paths = files.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_none()).collect()
}

/// Returns the bytes that the files of the cache take.
fn taken(cache: &Path) -> u64 {
    let mut sum = 0;
    for entry in fs::read_dir(cache).unwrap() {
        // A file may be deleted while the folder is read.
        if let Ok(about) = entry.unwrap().metadata() {
            sum += (about.blocks() * 512).max(about.len());
        }
    }
    sum
}

#[tokio::test]
async fn killed_while_it_writes_and_every_byte_is_right_afterwards() {
    let house = House::new("64 MiB").await;
    // Killed with more and more done, and always with many requests in progress.
    for round in 1..=6 {
        let server = house.start().await;
        let begin = (round * 7) % house.things.len();
        let first = &house.things[begin..(begin + round).min(house.things.len())];
        server.play(first).await;
        tokio::select! {
            () = server.play(&house.things) => {}
            // One reply more: the others are in progress, and their blocks are being written.
            () = server.play(&house.things[round..=round]) => {}
        }
        server.running.kill().await;
    }
    // Partial writes of a killed process, as they may look on a disk.
    let mut blocks = blocks(&house.cache()).into_iter();
    let (torn, flipped) = (blocks.next().unwrap(), blocks.next().unwrap());
    let bytes = fs::read(&torn).unwrap();
    fs::write(
        house.cache().join(format!("{}.part", "0".repeat(40))),
        &bytes[..bytes.len() / 2],
    )
    .unwrap();
    fs::write(&torn, &bytes[..bytes.len() - 1]).unwrap();
    let mut bytes = fs::read(&flipped).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&flipped, bytes).unwrap();

    let server = house.start().await;
    server.play(&house.things).await;
    assert!(server.metric("disk_cache_errors_total").await >= 2);
    assert!(server.metric("disk_cache_hits_total").await >= 1);
    server.stop().await;

    // All of it is cached now: no byte is requested from the upstream. Blocks that a slow disk had no time for are
    // dropped, and are written the next time.
    let mut misses = Vec::new();
    let server = loop {
        house.sandbox.reset_counts();
        let server = house.start().await;
        server.play(&house.things).await;
        assert_eq!(server.metric("disk_cache_errors_total").await, 0);
        misses.push(server.metric("disk_cache_misses_total").await);
        if misses.ends_with(&[0]) {
            break server;
        }
        assert!(misses.len() < 5, "blocks fetched again: {misses:?}");
        server.stop().await;
    };
    assert_eq!(house.upstream_bytes(), 0);
    let status = unescaped(&get(&server.visitor, "/status").await.expect(200).text());
    assert!(status.contains("Disk cache") && status.contains("of 67 MB"));
    for entry in fs::read_dir(house.cache()).unwrap() {
        let entry = entry.unwrap();
        assert!(entry.path().extension().is_none(), "{entry:?} is left over");
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(entry.file_name().len(), 40);
    }
    let mode = fs::metadata(house.cache()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn the_limit_holds_while_far_more_is_played() {
    let house = House::new("1 MiB").await;
    let all: usize = house.things.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(all > 5 << 20, "{all}");
    let server = house.start().await;
    let mut most = 0;
    for things in house.things.chunks(3) {
        server.play(things).await;
        most = most.max(taken(&house.cache()));
    }
    assert!(most > 512 << 10, "{most}: nothing was kept");
    assert!(most <= (1 << 20) * 105 / 100, "{most}");
    assert!(server.metric("disk_cache_bytes").await <= 1 << 20);
    server.running.kill().await;
    // A kill does not enlarge the cache, and a smaller limit applies from the start.
    let text = fs::read_to_string(&house.config).unwrap();
    fs::write(&house.config, text.replace("1 MiB", "300 KiB")).unwrap();
    let server = house.start().await;
    server.play(&house.things[..2]).await;
    eventually(
        "the cache is smaller",
        std::time::Duration::from_secs(20),
        async || (taken(&house.cache()) <= (300 << 10) * 105 / 100).then_some(()),
    )
    .await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_one_line_in_the_log() {
    let house = House::new("64 MiB").await;
    fs::create_dir_all(house.folder.path().join("data")).unwrap();
    fs::write(house.cache(), "a file where the folder should be").unwrap();
    let server = house.start().await;
    server.play(&house.things[..10]).await;
    server.play(&house.things[..10]).await;
    assert_eq!(server.metric("disk_cache_writable").await, 0);
    let status = unescaped(&get(&server.visitor, "/status").await.expect(200).text());
    assert!(status.contains("Disk writes stopped"), "{status}");
    server.running.terminate().await;
    let (code, _, log) = server.running.ended().await;
    assert_eq!(code, Some(0));
    assert_eq!(
        log.matches("nothing more is kept on disk").count(),
        1,
        "{log}"
    );
}
