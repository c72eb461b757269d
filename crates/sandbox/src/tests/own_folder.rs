//! A person's own folder, with ffmpeg where it is installed.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::Talk;
use crate::{Films, Options};

#[tokio::test]
async fn a_film_of_ones_own_is_listed_downloaded_and_streamed() {
    if Command::new("ffmpeg").arg("-version").output().is_err() {
        return;
    }
    let bundled = Talk::new().await;
    let film = bundled
        .sandbox
        .source("/Tidal Light.mp4", "original")
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("My film & I.mp4"), &film).unwrap();
    std::fs::write(folder.path().join("broken.mp4"), b"not a film").unwrap();
    let talk = Talk::with(Options::with_films(Films::Folder(folder.path().to_owned()))).await;

    let list = talk.list("/", &[]).await;
    let names: Vec<_> = list["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["server_filename"].clone())
        .collect();
    assert_eq!(names, ["broken.mp4", "My film & I.mp4"]);
    let metas = talk
        .get(
            "/openapi/api/filemetas",
            &[("target", r#"["/My film & I.mp4"]"#), ("dlink", "1")],
        )
        .await;
    let item = &metas["info"][0];
    assert_eq!(
        (&item["duration"], &item["width"]),
        (&json!(66), &json!(1920)),
        "{metas}"
    );
    let poster = talk.fetch(item["thumbs"]["url2"].as_str().unwrap()).await;
    assert_eq!(poster.bytes().await.unwrap()[..2], [0xff, 0xd8]);
    let to = talk.hop(&talk.dlink("/My film & I.mp4").await).await;
    let part = talk.ranged(&to, "bytes=1000-70999").await;
    assert_eq!(part.bytes().await.unwrap(), film[1000..71_000]);

    let urls = ready(&talk, "/My film & I.mp4", "M3U8_AUTO_1080")
        .await
        .unwrap();
    assert_eq!(urls.len(), 7);
    let mut bytes = Vec::new();
    for url in urls {
        bytes.extend_from_slice(&talk.fetch(&url).await.bytes().await.unwrap());
    }
    assert_eq!(
        talk.sandbox
            .source("/My film & I.mp4", "1080p")
            .await
            .unwrap(),
        bytes
    );
    assert_eq!(
        ready(&talk, "/My film & I.mp4", "M3U8_AUTO_480").await,
        Err(31066)
    );
    assert_eq!(
        ready(&talk, "/broken.mp4", "M3U8_AUTO_1080").await,
        Err(31066)
    );
    assert!(
        ready(&talk, "/My film & I.mp4", "M3U8_MP3_128")
            .await
            .is_ok()
    );
}

/// The segments, once they are made, or the errno that is not 31341.
async fn ready(talk: &Talk, path: &str, kind: &str) -> Result<Vec<String>, i64> {
    for _ in 0..300 {
        let text = talk.playlist(path, kind).await;
        if text.starts_with("#EXTM3U") {
            return Ok(text
                .lines()
                .filter(|line| line.starts_with("http"))
                .map(str::to_owned)
                .collect());
        }
        match serde_json::from_str::<serde_json::Value>(&text).unwrap()["errno"].as_i64() {
            Some(31341) => tokio::time::sleep(Duration::from_millis(100)).await,
            other => return Err(other.unwrap_or_default()),
        }
    }
    panic!("{path} was never ready")
}
