//! Processes of ffmpeg end with their viewers, and with the server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;

use super::{film_of, folder_of_films};
use crate::harness::*;

/// Counts the running programs that read a film of this folder.
pub(super) fn programs_of(folder: &Path) -> usize {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    all.filter(|process| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        // They get the open file, without its name.
        let film = std::fs::read_link(process.path().join("fd/0"));
        line.starts_with(b"ff") && film.is_ok_and(|film| film.starts_with(folder))
    })
    .count()
}

/// Returns the contents of a folder in which a program could have left files.
fn left_behind(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|item| item.path());
    found.collect()
}

#[tokio::test]
async fn viewers_who_leave_seek_and_pause_leave_no_program_behind() {
    let folder = folder_of_films();
    film_of(&folder.path().join("Other.flv"), 30);
    let setup = Drivein::setup().no_drive().forgetful();
    let drivein = setup.folder("home", folder.path()).start().await;
    assert_eq!(
        programs_of(folder.path()),
        0,
        "none before somebody watches"
    );
    let before = left_behind(folder.path());
    let entry = drivein.api("entries/home/Recorded.flv").await["entry"].clone();
    let play = drivein.local(entry["play"]["original"].as_str().unwrap());
    let list = drivein.text(&format!("{play}/720p.m3u8")).await;
    let segments = list.lines().filter(|line| line.ends_with(".ts")).count();
    assert!(segments >= 4, "{list}");

    // Many seeks: each reply is dropped as soon as it has begun.
    for turn in 0..24 {
        let number = turn * 7 % segments;
        let address = format!("{play}/720p/{number}.ts");
        let opened = drivein.ask(Method::GET, &address).open().await;
        assert_eq!(opened.status(), 200);
        drop(opened);
    }
    // Paused: bodies without a reader, more of them than the limit of programs. Another film still plays.
    let mut paused = Vec::new();
    for number in 0..segments {
        paused.push(
            drivein
                .ask(Method::GET, &format!("{play}/720p/{number}.ts"))
                .open()
                .await,
        );
    }
    let other = drivein.api("entries/home/Other.flv").await["entry"].clone();
    let other = drivein.local(other["play"]["original"].as_str().unwrap());
    drivein.get(&format!("{other}/360p/1.ts")).await.expect(200);
    drop(paused);

    let gone = Duration::from_secs(20);
    eventually("all programs have ended", gone, async || {
        (programs_of(folder.path()) == 0).then_some(())
    })
    .await;
    assert_eq!(
        left_behind(folder.path()),
        before,
        "nothing is written beside the films"
    );
    drivein.stopped().await;
    assert_eq!(programs_of(folder.path()), 0);
}

#[tokio::test]
async fn a_server_that_is_killed_takes_its_programs_along() {
    let folder = folder_of_films();
    let home = tempfile::tempdir().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let config = home.path().join("drivein.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {:?}\n{}",
        home.path(),
        folder_section("home", folder.path())
    );
    std::fs::write(&config, text).unwrap();
    let mut server = own_binary()
        .args(["serve", "--config", config.to_str().unwrap()])
        .env("TMPDIR", temporary.path().to_str().unwrap())
        .spawn();
    let line = server.line_with("http://").await;
    let url = line
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .unwrap();
    let url = url.trim_end_matches('/');
    let client = reqwest::Client::new();
    let entry = client
        .get(format!("{url}/api/v1/entries/home/Recorded.flv"))
        .send()
        .await
        .unwrap();
    let entry: serde_json::Value = serde_json::from_str(&entry.text().await.unwrap()).unwrap();
    let play = entry["entry"]["play"]["original"].as_str().unwrap();
    let mut paused = Vec::new();
    for number in 0..3 {
        let opened = client
            .get(format!("{play}/720p/{number}.ts"))
            .send()
            .await
            .unwrap();
        assert_eq!(opened.status(), 200);
        paused.push(opened);
    }
    server.kill().await;
    eventually(
        "all programs have ended",
        Duration::from_secs(20),
        async || (programs_of(folder.path()) == 0).then_some(()),
    )
    .await;
    assert_eq!(left_behind(temporary.path()), Vec::<PathBuf>::new());
}
