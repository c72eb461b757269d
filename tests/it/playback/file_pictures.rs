//! Pictures out of files: covers and key frames of films on drives whose upstream makes none.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::harness::*;
use crate::servers::proxy::{self, FaultProxy};
use crate::servers::webdav::{DavServer, Kind, PASSWORD, login, section, start};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/tidal-light");

/// Starts a WebDAV server over a folder that `fill` fills.
async fn drive_over(fill: impl AsyncFnOnce(&Path)) -> (Drivein, FaultProxy, DavServer) {
    let server = start(Kind::Rclone).await;
    fill(&server.root()).await;
    let host = format!("http://127.0.0.1:{}", server.port);
    let proxy = proxy::start(host, Some(login()), None).await;
    let setup = Drivein::setup().no_drive();
    let drivein = setup.drives(&section(&proxy.url, PASSWORD)).start().await;
    (drivein, proxy, server)
}

async fn poster(drivein: &Drivein, name: &str) -> Reply {
    let entry = drivein
        .api(&format!("entries/dav/{}", encoded_name(name)))
        .await;
    let play = entry["entry"]["play"]["original"].as_str().unwrap();
    drivein
        .get(&format!("{}/poster.jpg", drivein.local(play)))
        .await
}

pub(super) fn sample(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

#[tokio::test]
async fn covers_are_shown_as_they_are_in_the_file() {
    let (film, cover) = (sample("original.mp4"), sample("poster-360.jpg"));
    let sound = sample("sound.mp3");
    let (drivein, proxy, _server) = drive_over(async |root| {
        let both = |options: &str| format!("-map 0 -map 1 -c copy {options}");
        let film_and_cover = format!(
            "-i {film} -i {cover} {}",
            both("-disposition:v:1 attached_pic")
        );
        make_film(&root.join("covr.mp4"), film_and_cover.split(' '));
        let sound_and_cover = format!(
            "-i {sound} -i {cover} {}",
            both("-disposition:v:0 attached_pic")
        );
        make_film(&root.join("id3.mp3"), sound_and_cover.split(' '));
        let attached =
            format!("-i {film} -c copy -attach {cover} -metadata:s:t mimetype=image/jpeg");
        let line = format!("{attached} -metadata:s:t filename=cover.jpg");
        make_film(&root.join("attached.mkv"), line.split(' '));
    })
    .await;
    let expected = std::fs::read(&cover).unwrap();
    for name in ["covr.mp4", "id3.mp3", "attached.mkv"] {
        let reply = poster(&drivein, name).await;
        assert_eq!(reply.status, 200, "{name}: {}", reply.describe());
        assert!(reply.body == expected, "{name}: {} bytes", reply.body.len());
    }
    // A picture is read once.
    let before = proxy.faults.count("GET");
    poster(&drivein, "covr.mp4").await.expect(200);
    assert_eq!(proxy.faults.count("GET"), before);
}

#[tokio::test]
async fn a_key_frame_is_read_and_not_the_film() {
    const SIZE: u64 = 256 << 20;
    let film = sample("original.mp4");
    let (drivein, proxy, _server) = drive_over(async |root| {
        // The rest of the file is a box that means nothing (ISO/IEC 14496-12 §8.1.2).
        let mut bytes = std::fs::read(&film).unwrap();
        let rest = u32::try_from(SIZE - bytes.len() as u64).unwrap();
        bytes.extend(rest.to_be_bytes());
        bytes.extend(b"free");
        let large = root.join("large.mp4");
        std::fs::write(&large, bytes).unwrap();
        let file = std::fs::File::options().write(true).open(&large).unwrap();
        file.set_len(SIZE).unwrap();
        make_film(&root.join("film.mkv"), ["-i", &film, "-c", "copy"]);
        std::fs::write(root.join("no film.mkv"), vec![7; 5_000_000]).unwrap();
    })
    .await;
    for name in ["large.mp4", "film.mkv"] {
        let reply = poster(&drivein, name).await;
        assert_eq!(reply.status, 200, "{name}: {}", reply.describe());
        assert_eq!(reply.header("content-type"), "image/jpeg");
        assert!(reply.body.starts_with(b"\xff\xd8\xff"), "{name}");
    }
    let sent = proxy.faults.sent.load(Ordering::SeqCst);
    assert!(sent < 4 << 20, "{sent} bytes of {SIZE}");
    // A file without a picture is read once.
    poster(&drivein, "no film.mkv").await.expect(404);
    let before = proxy.faults.count("GET");
    poster(&drivein, "no film.mkv").await.expect(404);
    assert_eq!(proxy.faults.count("GET"), before);
}

#[tokio::test]
async fn a_picture_beside_a_film_is_preferred_to_its_frames() {
    let (film, cover) = (sample("original.mp4"), sample("poster-140.jpg"));
    let (drivein, _proxy, _server) = drive_over(async |root| {
        std::fs::copy(&film, root.join("film.mp4")).unwrap();
        std::fs::copy(&cover, root.join("poster.jpg")).unwrap();
    })
    .await;
    // The folder was never listed.
    let reply = poster(&drivein, "film.mp4").await.expect(200);
    assert!(reply.body == std::fs::read(&cover).unwrap());
}

#[tokio::test]
async fn viewers_go_before_pictures() {
    let film = sample("original.mp4");
    let (drivein, proxy, _server) = drive_over(async |root| {
        std::fs::copy(&film, root.join("film.mp4")).unwrap();
    })
    .await;
    let entry = drivein.api("entries/dav/film.mp4").await;
    let play = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    drivein.api("entries/dav").await;
    proxy.faults.slow(2000);
    let path = format!("{play}/poster.jpg");
    let (picture, seen) = tokio::join!(drivein.get(&path), async {
        eventually(
            "a read for a picture",
            Duration::from_secs(60),
            async || {
                let metrics = drivein.get("/metrics").await.text();
                let reads = metrics.lines().filter(|line| {
                    let is_read =
                        line.starts_with("drivein_upstream_in_flight") && line.contains("\"dav\"");
                    is_read && !line.ends_with(" 0")
                });
                let reads: Vec<String> = reads.map(str::to_owned).collect();
                (!reads.is_empty()).then_some(reads)
            },
        )
        .await
    });
    picture.expect(200);
    assert!(
        seen.iter().all(|line| line.contains("\"thumbnails\"")),
        "{seen:?}"
    );
}
