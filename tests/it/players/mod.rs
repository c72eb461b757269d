//! Real players, without a screen: ffmpeg, mpv, VLC, Kodi, rclone and litmus read the server's output, and the
//! frames that they decode are counted. Their exit codes mean little: ffmpeg and VLC exit with success after
//! playing nothing.
//!
//! - [`chromecast`]: the button, up to the commands for the device
//! - [`kodi`], [`mpv`], [`vlc`]: each opens playlists and streams, seeks to the middle, continues with the next
//!   film
//! - [`numbered_ladder`]: a film for VLC and Kodi, whose pictures are read back after seeks
//! - [`webdav`]: rclone copies a tree, litmus looks for violations of the protocol
//! - [`dav_writing`], [`rclone_sync`]: the same where the tree is written
//!
//! A player that is not installed fails its test with the name of the package: nothing is skipped.

mod chromecast;
mod dav_writing;
mod kodi;
mod mpv;
mod numbered_ladder;
mod rclone_sync;
mod vlc;
mod webdav;

use std::path::Path;

use futures_util::future::join_all;

use crate::harness::*;

async fn ffprobe_packets(input: &str) -> String {
    need("ffprobe", "ffmpeg");
    let output = Program::new("ffprobe")
        .args([
            "-v",
            "error",
            "-count_packets",
            "-show_entries",
            "stream=codec_type,nb_read_packets",
        ])
        .args(["-of", "csv=p=0", input])
        .output()
        .await;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && errors.is_empty(),
        "{input}: {errors}"
    );
    // One line per stream; programs of a transport stream repeat them.
    let mut lines: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines.dedup();
    lines.join("\n")
}

/// Returns the frames as ffmpeg decodes them, one line each.
async fn frames(input: &str, before: &[&str], after: &[&str]) -> Vec<String> {
    need("ffmpeg", "ffmpeg");
    let output = Program::new("ffmpeg")
        .args(["-v", "warning", "-nostdin"])
        .args(before)
        .args(["-i", input, "-map", "0:v:0"])
        .args(after)
        .args(["-f", "framemd5", "-"])
        .output()
        .await;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    // In the middle of a transport stream a decoder misses frames until the next keyframe, and reports that.
    let is_quiet = errors.is_empty() || !before.is_empty();
    assert!(output.status.success() && is_quiet, "{input}: {errors}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// The header of a browser on Linux, and of one on Android.
const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
const ANDROID: &str =
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";

/// Returns the video frames alone, without their times.
fn pictures(frames: &[String]) -> Vec<&str> {
    frames
        .iter()
        .map(|frame| frame.rsplit(',').next().unwrap().trim())
        .collect()
}

/// Leaves a film at a position, and returns the link of a player on its page, as a browser of a platform shows it.
async fn page_link(drivein: &Drivein, agent: &str, player: &str, position_s: f64) -> String {
    let call = format!("history/{DRIVE}{}", encoded(FILM));
    let position = serde_json::json!({"position_s": position_s, "duration_s": 66.0});
    let put = drivein.call(reqwest::Method::PUT, &call, position).await;
    put.expect(204);
    let page = format!("/watch/{DRIVE}{}", encoded(FILM));
    let page = drivein
        .ask(reqwest::Method::GET, &page)
        .header("user-agent", agent)
        .send()
        .await
        .text();
    let before = format!("{player} href=\"");
    let link = all_between(&page, &before, "\"").next();
    let link = unescaped(link.unwrap_or_else(|| panic!("no {player} in {page}")));
    match link.strip_prefix('/') {
        Some(path) => format!("{}/{path}", drivein.url()),
        None => link,
    }
}

/// Stores a rendition or original of the sandbox as a file.
async fn source_file(drivein: &Drivein, folder: &Path, film: &str, rendition: &str) -> String {
    let extension = if rendition == "original" { "mp4" } else { "ts" };
    let file = folder.join(format!("{rendition}.{extension}"));
    std::fs::write(&file, drivein.source(film, rendition).await).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ffprobe_counts_every_packet_of_every_stream() {
    let drivein = Drivein::start().await;
    let folder = tempfile::tempdir().unwrap();
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    for rendition in ["1080p", "720p", "480p", "audio"] {
        let file = source_file(&drivein, folder.path(), FILM, rendition).await;
        let truth = ffprobe_packets(&file).await;
        assert!(truth.contains("audio,"), "{truth}");
        for stream in [
            format!("{play}/{rendition}.m3u8"),
            format!("{play}/{rendition}.ts"),
        ] {
            assert_eq!(ffprobe_packets(&stream).await, truth, "{stream}");
        }
    }
    let file = source_file(&drivein, folder.path(), FILM, "original").await;
    assert_eq!(ffprobe_packets(&play).await, ffprobe_packets(&file).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ffprobe_reads_all_qualities_of_the_master() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let found = ffprobe_packets(&format!("{play}/master.m3u8")).await;
    let folder = tempfile::tempdir().unwrap();
    for rendition in ["1080p", "720p", "480p", "audio"] {
        let file = source_file(&drivein, folder.path(), FILM, rendition).await;
        for line in ffprobe_packets(&file).await.lines() {
            assert!(found.contains(line), "{rendition}: {line} in {found}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_picture_that_ffmpeg_decodes_is_the_films() {
    let drivein = Drivein::start().await;
    let folder = tempfile::tempdir().unwrap();
    let film = "/映画 🌊/三つの月 (再編集版).mp4";
    let play = format!("{}{}", drivein.url(), drivein.play(film).await);
    let file = source_file(&drivein, folder.path(), film, "480p").await;
    let truth = frames(&file, &[], &[]).await;
    assert!(truth.len() > 1400, "{}", truth.len());
    assert_eq!(frames(&format!("{play}/480p.ts"), &[], &[]).await, truth);
    let streamed = frames(&format!("{play}/480p.m3u8"), &[], &[]).await;
    assert_eq!(pictures(&streamed), pictures(&truth));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ffmpeg_seeks_to_the_picture_that_the_file_has_there() {
    let drivein = Drivein::start().await;
    let folder = tempfile::tempdir().unwrap();
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let five = ["-frames:v", "5"];
    for (stream, rendition) in [
        ("", "original"),
        ("/480p.ts", "480p"),
        ("/480p.m3u8", "480p"),
    ] {
        let file = source_file(&drivein, folder.path(), FILM, rendition).await;
        for at in ["30", "47.5"] {
            let here = frames(&format!("{play}{stream}"), &["-ss", at], &five).await;
            assert_eq!(here.len(), 5, "{stream} at {at}");
            if stream.ends_with("m3u8") {
                // The entry point of a playlist depends on its segments; the frame must be one of the film's.
                let all = frames(&file, &[], &[]).await;
                assert!(pictures(&all).contains(&pictures(&here)[0]), "{at}");
            } else {
                let there = frames(&file, &["-ss", at], &five).await;
                assert_eq!(pictures(&here), pictures(&there), "{stream} at {at}");
            }
        }
    }
}

async fn mpv(address: &str, sound: &str) -> (bool, String) {
    need("mpv", "mpv");
    let output = Program::new("mpv")
        .args([
            "--no-config",
            "--vo=null",
            "--ao=pcm",
            "--untimed",
            "--length=20",
            "--no-input-terminal",
        ])
        .args([format!("--ao-pcm-file={sound}")])
        .args([
            "--term-status-msg=frame=${estimated-frame-number} ",
            "--msg-level=all=status",
        ])
        .arg_last(address)
        .output()
        .await;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.success(), said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mpv_plays_streams_originals_and_lists() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let folder = tempfile::tempdir().unwrap();
    let streams = [
        "/master.m3u8",
        "/480p.m3u8",
        "/720p.ts",
        "",
        "/list.m3u",
        "/audio.m3u8",
    ];
    let streams = streams.iter().enumerate().map(|(number, stream)| {
        let address = format!("{play}{stream}");
        let sound = folder.path().join(format!("{number}.wav"));
        async move {
            let (ended_well, said) = mpv(&address, sound.to_str().unwrap()).await;
            assert!(ended_well, "{address}: {said}");
            let frames =
                all_between(&said, "frame=", " ").filter_map(|frame| frame.parse::<u64>().ok());
            let has_picture = !address.ends_with("/audio.m3u8");
            assert!(
                !has_picture || frames.max() > Some(400),
                "{address}: {said}"
            );
            // The audio of twenty seconds: 44 bytes of a header, then samples of at least 16 bits at 32 kHz.
            let bytes = std::fs::metadata(&sound).unwrap().len();
            assert!(
                bytes > 19 * 32_000 * 2,
                "{address}: {bytes} bytes of sound; {said}"
            );
        }
    });
    join_all(streams).await;
}
