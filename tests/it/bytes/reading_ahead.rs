//! Prefetching of originals: the requests to the upstream, and when there are none.

use std::time::Duration;

use reqwest::Method;
use sandbox::{self, Effect};
use tempfile::TempDir;

use crate::harness::*;

const MIB: usize = 1 << 20;
const LENGTH: usize = 144 * MIB;

/// Starts a server over a folder with one large file; returns its play URL and the file's content.
async fn house() -> (Drivein, String, Vec<u8>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let content = file_content(LENGTH);
    std::fs::write(folder.path().join("large.bin"), &content).unwrap();
    let setup = Drivein::setup().sandbox(sandbox::Options::with_films(sandbox::Films::Folder(
        folder.path().to_owned(),
    )));
    let drivein = setup.start().await;
    let play = format!("{}/large.bin", drivein.play_root().await);
    (drivein, play, content, folder)
}

/// Reads so much of a reply, and compares it with the expected bytes.
async fn read(response: &mut reqwest::Response, truth: &[u8]) {
    let mut position = 0;
    while position < truth.len() {
        let chunk = response.chunk().await.unwrap().unwrap();
        let end = (position + chunk.len()).min(truth.len());
        assert!(
            chunk.starts_with(&truth[position..end]),
            "wrong at {position}"
        );
        position = end;
    }
}

/// Waits until the upstream has sent nothing for a while. Returns how much it has sent.
async fn stands_still(drivein: &Drivein) -> u64 {
    let mut last = u64::MAX;
    eventually("the upstream rests", Duration::from_secs(20), async || {
        let now = drivein.sandbox.bytes("original");
        let stands = now == last;
        last = now;
        stands.then_some(now)
    })
    .await
}

#[tokio::test]
async fn a_file_that_is_read_in_order_is_there_before_it_is_asked_for() {
    let (drivein, play, content, _folder) = house().await;
    let mut viewer = drivein.ask(Method::GET, &play).open().await;
    read(&mut viewer, &content[..8 * MIB]).await;
    // The viewer stops reading, and the sockets between hold a few megabytes.
    eventually("it is read ahead", Duration::from_secs(20), async || {
        (drivein.sandbox.bytes("original") > 28 * MIB as u64).then_some(())
    })
    .await;
    let sent = stands_still(&drivein).await;
    assert!(sent < LENGTH as u64, "half of the memory for media: {sent}");
    assert_eq!(drivein.sandbox.count("original"), 1);

    // Prefetched data are shared by all viewers.
    let range = format!("bytes={}-{}", 20 * MIB, 21 * MIB - 1);
    let ask = drivein.ask(Method::GET, &play).range(&range);
    let part = ask.expect(206).await;
    assert!(part.body == content[20 * MIB..21 * MIB]);
    assert_eq!(drivein.sandbox.count("original"), 1);

    // The viewer leaves, which ends the prefetching.
    drop(viewer);
    let gate = ["upstream_in_flight", "media", "\"playing\""];
    eventually("nobody is served", Duration::from_secs(10), async || {
        let metrics = drivein.get("/metrics").await.text();
        let line = metrics
            .lines()
            .find(|line| gate.iter().all(|word| line.contains(word)))?;
        line.ends_with(" 0").then_some(())
    })
    .await;
    assert_eq!(drivein.sandbox.bytes("original"), sent);
}

#[tokio::test]
async fn a_look_at_the_beginning_and_the_end_starts_nothing() {
    let (drivein, play, content, _folder) = house().await;
    for (first, last) in [
        (0, MIB - 1),
        (LENGTH - 100, LENGTH - 1),
        (40 * MIB, 41 * MIB - 1),
    ] {
        let range = format!("bytes={first}-{last}");
        let ask = drivein.ask(Method::GET, &play).range(&range);
        let part = ask.expect(206).await;
        assert!(part.body == content[first..=last]);
    }
    let sent = stands_still(&drivein).await;
    assert_eq!(sent, 2 * MIB as u64 + 100);
}

#[tokio::test]
async fn who_seeks_leaves_the_old_place_alone() {
    let (drivein, play, content, _folder) = house().await;
    drivein.fault("original", Effect::rate(6 * MIB as u64));
    let mut viewer = drivein.ask(Method::GET, &play).open().await;
    read(&mut viewer, &content[..5 * MIB]).await;
    drop(viewer);
    let before = stands_still(&drivein).await;
    let place = LENGTH - 14 * MIB;
    let range = format!("bytes={place}-");
    let mut viewer = drivein.ask(Method::GET, &play).range(&range).open().await;
    read(&mut viewer, &content[place..]).await;
    assert!(viewer.chunk().await.unwrap().is_none());
    // From there to the end, and nothing of the old position.
    assert_eq!(stands_still(&drivein).await, before + 14 * MIB as u64);
}
