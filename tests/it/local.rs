//! A folder of this machine, through the whole program: it lists, plays, finds and shows what is new.

use std::process::Command;

use reqwest::Method;

use crate::harness::*;

fn film(path: &std::path::Path) {
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi"])
        .args(["-i", "testsrc=size=640x360:rate=25:duration=20"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-g", "50"])
        .arg(path)
        .status()
        .unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn a_folder_plays_beside_a_cloud_drive_and_shows_new_files() {
    need("ffmpeg", "ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Season 1")).unwrap();
    film(&folder.path().join("Season 1/Part #1 ä.mkv"));
    let section = format!(
        "[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {:?}\n",
        folder.path()
    );
    let drivein = Drivein::setup().drives(&section).start().await;
    let page = drivein.api("entries/home/Season%201").await;
    let listed = &page["children"][0];
    assert_eq!(listed["name"], "Part #1 ä.mkv");
    let entry = drivein
        .api(&format!(
            "entries/home{}",
            encoded("/Season 1/Part #1 ä.mkv")
        ))
        .await["entry"]
        .clone();
    assert_eq!(entry["duration_s"].as_f64().unwrap().round(), 20.0);
    assert_eq!(
        (&entry["width"], &entry["height"]),
        (&640.into(), &360.into())
    );

    let original = drivein.local(entry["play"]["original"].as_str().unwrap());
    let bytes = std::fs::read(folder.path().join("Season 1/Part #1 ä.mkv")).unwrap();
    let whole = drivein.get(&original).await;
    assert!(whole.body == bytes, "the original differs");
    let part = drivein
        .ask(Method::GET, &original)
        .header("range", "bytes=100-199")
        .send()
        .await;
    assert_eq!(part.status, 206);
    assert!(part.body == bytes[100..200]);

    let master = drivein.get(&format!("{original}/master.m3u8")).await;
    assert_eq!(master.status, 200, "{}", master.text());
    let list = drivein.get(&format!("{original}/360p.m3u8")).await;
    assert_eq!(list.status, 200, "{}", list.text());
    let first = drivein.get(&format!("{original}/360p/0.ts")).await;
    assert_eq!((first.status, first.body[0]), (200, 0x47));
    let again = drivein.get(&format!("{original}/360p/0.ts")).await;
    assert!(again.body == first.body);
    let poster = drivein.get(&format!("{original}/poster.jpg")).await;
    assert_eq!(poster.header("content-type"), "image/jpeg");

    let found = drivein.api("search?q=part").await;
    let places: Vec<&str> = found["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["place"].as_str())
        .collect();
    assert!(places.contains(&"home"), "{found}");

    std::fs::write(folder.path().join("Season 1/Part #2.mkv"), b"new").unwrap();
    let patience = std::time::Duration::from_secs(2);
    eventually("the new file is listed", patience, async || {
        let page = drivein.api("entries/home/Season%201").await;
        (page["children"].as_array().unwrap().len() == 2).then_some(())
    })
    .await;
}
