//! Browsers and Shaka Player play originals.

use std::process::Command;

use super::{cinema, play};
use crate::harness::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_plays_matroska_and_changes_its_sound() {
    let (_folder, drivein) = cinema().await;
    crate::browser::scenario(&drivein, "sounds", &["/watch/home/Film.mkv"]).await;
}

/// Plays originals in a browser that playwright does not drive, and then `more` pages.
async fn another_browser(name: &str, more: &[&str]) {
    let (folder, drivein) = cinema().await;
    let arguments = "-i Film.mkv -map 0:v -map 0:a:0 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 -c:a libopus";
    make_film(&folder.path().join("Web.webm"), arguments.split(' '));
    let pages = [name, "/watch/home/Film.mkv", "/watch/home/Web.webm"];
    let more = [&pages[..], more].concat();
    crate::browser::scenario(&drivein, "others", &more).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn firefox_plays_originals_and_changes_sound_subtitles_and_quality() {
    need("firefox-esr", "firefox-esr");
    let with_rungs = format!("/watch/{DRIVE}{}", encoded(FILM));
    another_browser("firefox", &[&with_rungs]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webkit_plays_originals_and_changes_subtitles() {
    need("WebKitWebDriver", "webkit2gtk-driver");
    need("Xvfb", "xvfb");
    another_browser("webkit", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shaka_player_plays_the_same_master() {
    let (_folder, drivein) = cinema().await;
    let play = play(&drivein, "Film.mkv").await;
    let master = format!("{}{play}/master.m3u8", drivein.url());
    crate::browser::scenario(&drivein, "shaka", &[&master]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_plays_silent_or_black_is_noticed_and_the_next_step_is_named() {
    let (folder, drivein) = cinema().await;
    for (name, codecs) in [
        ("Silent.mp4", &["-c:v", "copy", "-c:a", "ac3"][..]),
        (
            "Black.mp4",
            &[
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-tag:v",
                "hvc1",
                "-x265-params",
                "log-level=none",
                "-c:a",
                "copy",
            ],
        ),
    ] {
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y", "-i"])
            .arg(folder.path().join("Film.mkv"))
            .args(["-map", "0:v", "-map", "0:a:0"])
            .args(codecs)
            .arg(folder.path().join(name))
            .status()
            .unwrap();
        assert!(status.success(), "{name}");
    }
    let films = ["/watch/home/Silent.mp4", "/watch/home/Black.mp4"];
    crate::browser::scenario(&drivein, "lacking", &films).await;
}
