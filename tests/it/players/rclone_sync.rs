//! rclone syncs trees of odd names with a folder and with clouds, over WebDAV. `RCLONE_FILES=2000` makes the trees larger.

use std::path::Path;

use super::dav_writing::{Writable, files_below};
use crate::cloudreve::Site;
use crate::harness::*;

/// Runs rclone over the tree and returns its output.
pub(super) async fn rclone(drivein: &Drivein, arguments: &[&str]) -> String {
    need("rclone", "rclone");
    let output = Program::new("rclone")
        .args(["--config", "/dev/null", "--retries", "1"])
        .args(["--webdav-vendor", "other"])
        .args(["--webdav-url", &format!("{}/dav/", drivein.url())])
        .args(arguments)
        .output()
        .await;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "rclone {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Makes files with names that are hard for URLs and for XML, in folders.
fn odd_files(folder: &Path, count: usize) {
    odd_files_for(folder, count, str::to_owned);
}

/// The same, with names that `named` makes of those names.
fn odd_files_for(folder: &Path, count: usize, named: impl Fn(&str) -> String) {
    let odd = [
        "plain.mp4",
        "two  spaces .mp4",
        "100% & #1 + ?.mp4",
        "<a> \"b\" 'c'.mp4",
        "ä ö ü – 日本語 🎬.mp4",
        "Cafe\u{301}.mp4",
        "semi;colon, comma=x@y.mp4",
        "[brackets] {braces} ~.mp4",
        "%41%2f.mp4",
        "a\\b|c^d`e.mp4",
    ];
    for number in 0..count {
        let depth = number / 50;
        let odd_folder = named(odd[depth % odd.len()]);
        let below = folder.join(format!("F {} & more/{odd_folder}", depth % 3));
        std::fs::create_dir_all(&below).unwrap();
        let name = named(&format!("{number} {}", odd[number % odd.len()]));
        let content = name.repeat(number * 37 % 400);
        std::fs::write(below.join(name), content).unwrap();
    }
}

/// Returns the number of files of a test: `RCLONE_FILES`, or fewer in all other runs.
fn count(few: usize) -> usize {
    let wanted = std::env::var("RCLONE_FILES").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(few)
}

/// Returns a name without what TeraBox and Cloudreve refuse: some signs, characters beyond the basic plane.
fn for_clouds(name: &str) -> String {
    let refused = |c: char| r#"<>:"/\|?*"#.contains(c) || c > '\u{ffff}';
    name.chars().filter(|c| !refused(*c)).collect()
}

/// Syncs odd files to a cloud drive and back, twice.
async fn syncs_with_a_cloud(drivein: &Drivein, drive: &str) {
    let dir = tempfile::tempdir().unwrap();
    let (here, back) = (dir.path().join("here"), dir.path().join("back"));
    odd_files_for(&here, count(60), for_clouds);
    // TeraBox takes no empty file.
    for (path, content) in files_below(&here) {
        if content.is_empty() {
            std::fs::write(here.join(path), "not empty").unwrap();
        }
    }
    let there = format!(":webdav:{drive}/Synced");
    let [here_text, back_text] = [&here, &back].map(|path| path.to_str().unwrap());
    for round in 0..2 {
        rclone(drivein, &["sync", "--checksum", here_text, &there]).await;
        rclone(drivein, &["sync", "--checksum", &there, back_text]).await;
        assert!(files_below(&back) == files_below(&here), "{drive} {round}");
        let first = files_below(&here).into_keys().next().unwrap();
        std::fs::write(here.join(&first), "another length than before, by far").unwrap();
        let last = files_below(&here).into_keys().next_back().unwrap();
        std::fs::remove_file(here.join(last)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_files_go_to_terabox_and_come_back_the_same() {
    syncs_with_a_cloud(&Drivein::start().await, DRIVE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_files_go_to_cloudreve_and_come_back_the_same() {
    let site = Site::start().await;
    let setup = Drivein::setup().no_drive();
    let mut drivein = setup.drives(&site.section("nas")).start().await;
    drivein.keep_secret(site.secrets());
    syncs_with_a_cloud(&drivein, "nas").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone_syncs_in_both_directions() {
    let writable = Writable::start().await;
    let (here, back) = (
        writable.dir.path().join("here"),
        writable.dir.path().join("back"),
    );
    odd_files(&here, count(200));
    let sync = async |from: &str, to: &str| {
        rclone(&writable.drivein, &["sync", "--checksum", from, to]).await;
    };
    let (here_text, back_text) = (here.to_str().unwrap(), back.to_str().unwrap());
    sync(here_text, ":webdav:home").await;
    assert_eq!(files_below(&writable.home()), files_below(&here));
    // Changes, renames and deletions here are made there.
    let first = files_below(&here).into_keys().next().unwrap();
    std::fs::write(here.join(&first), "another length than before, by far").unwrap();
    let folder = std::fs::read_dir(&here)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::rename(&folder, here.join("Renamed 100%")).unwrap();
    let last = files_below(&here).into_keys().next_back().unwrap();
    std::fs::remove_file(here.join(last)).unwrap();
    sync(here_text, ":webdav:home").await;
    assert_eq!(files_below(&writable.home()), files_below(&here));
    sync(":webdav:home", back_text).await;
    assert_eq!(files_below(&back), files_below(&here));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone_writes_to_a_cloud_drive() {
    let drivein = Drivein::start().await;
    let dir = tempfile::tempdir().unwrap();
    let (here, back) = (dir.path().join("here"), dir.path().join("back"));
    std::fs::create_dir_all(here.join("in & out")).unwrap();
    for name in ["in & out/a #1.mp4", "in & out/ä 100%.mp4", "b.mp4"] {
        std::fs::write(here.join(name), name.repeat(1000)).unwrap();
    }
    let there = ":webdav:films/Written";
    let here_text = here.to_str().unwrap();
    rclone(&drivein, &["sync", here_text, there]).await;
    rclone(
        &drivein,
        &[
            "moveto",
            &format!("{there}/b.mp4"),
            &format!("{there}/in & out/c.mp4"),
        ],
    )
    .await;
    rclone(
        &drivein,
        &[
            "copyto",
            &format!("{there}/in & out/c.mp4"),
            &format!("{there}/in & out/d.mp4"),
        ],
    )
    .await;
    rclone(&drivein, &["sync", there, back.to_str().unwrap()]).await;
    let found = files_below(&back);
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "in & out/a #1.mp4",
            "in & out/c.mp4",
            "in & out/d.mp4",
            "in & out/ä 100%.mp4"
        ]
    );
    assert_eq!(found["in & out/d.mp4"], "b.mp4".repeat(1000).into_bytes());
    assert_eq!(
        found["in & out/a #1.mp4"],
        std::fs::read(here.join("in & out/a #1.mp4")).unwrap()
    );
}
