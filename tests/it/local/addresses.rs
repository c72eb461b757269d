//! Addresses of a folder’s files, before and after they were looked into.

use crate::harness::*;

/// Returns the addresses in a list of titles.
fn addresses(list: &str) -> Vec<&str> {
    let xspf = all_between(list, "<location>", "</location>");
    let lines = list.lines().filter(|line| line.starts_with("http"));
    lines.chain(xspf).collect()
}

#[tokio::test]
async fn every_address_that_is_handed_out_answers_before_and_after_its_film_was_looked_into() {
    need("ffmpeg", "ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, codecs) in [
        ("a.avi", "-c:v mpeg4 -c:a libmp3lame"),
        ("b.flv", "-c:v flv1 -c:a libmp3lame"),
        ("c.wmv", "-c:v wmv2 -c:a wmav2"),
        ("d.mpg", "-c:v mpeg2video -c:a mp2"),
        ("e.vob", "-c:v mpeg2video -c:a ac3"),
        ("f.ogv", "-c:v libtheora -c:a libvorbis"),
        ("g.mkv", "-c:v libx264 -preset ultrafast -c:a flac"),
        ("h.ts", "-c:v libx264 -preset ultrafast -c:a aac"),
    ] {
        let picture = "-f lavfi -i testsrc=size=320x180:rate=25:duration=7";
        let sound = "-f lavfi -i sine=frequency=440:duration=7";
        let line = format!("{picture} {sound} {codecs}");
        make_film(&at(name), line.split(' '));
    }
    std::fs::write(at("broken.mp4"), vec![7; 5000]).unwrap();
    std::fs::copy(at("h.ts"), at("renamed.mp4")).unwrap();
    let setup = Drivein::setup().no_drive();
    let drivein = setup.folder("home", folder.path()).start().await;
    let answers = async |address: &str, whose: &str| {
        let reply = drivein.get(&drivein.local(address)).await;
        assert!(
            (200..300).contains(&reply.status),
            "{whose}: {address}: {}",
            reply.status
        );
    };
    // Before and after each film was looked at.
    for _ in 0..2 {
        let listing = drivein.api("entries/home").await;
        let (m3u, xspf) = (
            &listing["entry"]["lists"]["m3u"],
            &listing["entry"]["lists"]["xspf"],
        );
        for list in [m3u, xspf] {
            let text = drivein.text(&drivein.local(list.as_str().unwrap())).await;
            assert_eq!(addresses(&text).len(), 10, "{text}");
            for address in addresses(&text) {
                answers(address, "list").await;
            }
        }
        for child in listing["children"].as_array().unwrap() {
            let name = child["name"].as_str().unwrap();
            let entry = drivein.api(&format!("entries/home/{name}")).await["entry"].clone();
            for address in ["hls", "original", "ts"] {
                if let Some(address) = entry["play"][address].as_str() {
                    answers(address, name).await;
                }
            }
            let original = entry["play"]["original"].as_str().unwrap();
            let strm = drivein
                .text(&drivein.local(&format!("{original}.strm")))
                .await;
            answers(strm.trim(), name).await;
            let list = drivein
                .text(&drivein.local(&format!("{original}/list.m3u")))
                .await;
            answers(addresses(&list)[0], name).await;
            let page = drivein.text(&format!("/watch/home/{name}")).await;
            let has_stream = page.contains("/master.m3u8");
            assert_eq!(has_stream, entry["play"]["hls"].is_string(), "{name}");
        }
    }
}

#[tokio::test]
async fn links_in_a_circle_are_followed_once() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("Series/Season 1")).unwrap();
    std::fs::write(folder.path().join("Series/Season 1/Only one.mp4"), "x").unwrap();
    symlink(".", folder.path().join("latest")).unwrap();
    symlink("..", folder.path().join("Series/up")).unwrap();
    symlink("..", folder.path().join("Series/Season 1/up")).unwrap();
    let drivein = Drivein::setup().folder("home", folder.path()).start().await;
    let found = drivein.api("search?q=only").await;
    let found: Vec<&str> = found["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["path"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["/Series/Season 1/Only one.mp4"]);
    let list = drivein.api("entries/home").await["entry"]["lists"]["m3u"]
        .as_str()
        .unwrap()
        .to_owned();
    let root = drivein.local(list.strip_suffix("/list.m3u").unwrap());
    let list = drivein.text(&format!("{root}/all.m3u")).await;
    assert_eq!(list.matches("#EXTINF").count(), 1, "{list}");
    assert!(list.contains("/Series/Season%201/Only%20one.mp4"), "{list}");
    let archive = drivein.fetch(&format!("{root}/strm.zip"), 200).await.body;
    let name = b"Only one.strm";
    // Once before the file, once in the directory at the end.
    let named = archive.windows(name.len()).filter(|bytes| *bytes == name);
    assert_eq!(named.count(), 2);
}
