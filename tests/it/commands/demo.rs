//! `drivein demo` and `drivein sandbox`.

use super::{get, visitor};
use crate::harness::*;
use sandbox::{self};

#[tokio::test]
async fn demo_plays_and_keeps_its_secrets() {
    let mut running = own_binary()
        .args(["demo", "--listen", "127.0.0.1:0"])
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let page = get(&visitor, "/").await.expect(200).text();
    assert!(page.contains("Tidal Light"));
    let entry = get(&visitor, &format!("/api/v1/entries/films{}", encoded(FILM)))
        .await
        .expect(200)
        .json();
    let hls = entry["entry"]["play"]["hls"].as_str().unwrap();
    let path = url::Url::parse(hls).unwrap().path().to_owned();
    assert!(
        get(&visitor, &path)
            .await
            .expect(200)
            .text()
            .contains("1080p.m3u8")
    );
    get(&visitor, &path.replace("master.m3u8", "480p/0.ts"))
        .await
        .expect(200);
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(
        !log.contains("sbx-secret-") && !log.contains("sign="),
        "{log}"
    );
}

#[tokio::test]
async fn demo_serves_ones_own_films() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let film = sandbox.source(FILM, "original").await.unwrap();
    std::fs::write(folder.path().join("My film & I.mp4"), &film).unwrap();
    let mut running = own_binary()
        .args([
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--films",
            folder.path().to_str().unwrap(),
        ])
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let address = format!("/api/v1/entries/films{}", encoded("/My film & I.mp4"));
    let entry = get(&visitor, &address).await.expect(200).json();
    let original = entry["entry"]["play"]["original"].as_str().unwrap();
    let path = url::Url::parse(original).unwrap().path().to_owned();
    assert!(get(&visitor, &path).await.expect(200).body == film);
}

#[tokio::test]
async fn sandbox_serves_a_folder_to_others() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("note & co.txt"), "hello").unwrap();
    let mut running = own_binary()
        .args([
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--root",
            folder.path().to_str().unwrap(),
        ])
        .spawn();
    let visitor = visitor(&mut running, "TeraBox APIs are at").await;
    let secrets = get(&visitor, "/_sandbox/credentials")
        .await
        .expect(200)
        .json();
    let token = secrets["access_token"].as_str().unwrap();
    let call = format!("/openapi/api/list?dir=%2F&page=1&num=100&access_tokens={token}");
    let list = get(&visitor, &call).await.expect(200).json();
    assert_eq!(
        list["list"][0]["server_filename"], "note & co.txt",
        "{list}"
    );
}
