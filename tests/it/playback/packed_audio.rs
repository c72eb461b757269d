//! Sound whose pieces are MP3 frames without a container: "packed audio" (RFC 8216 §3.4).

use std::path::Path;

use super::playlists::addresses;
use crate::harness::*;

const SONG: &str = "/Song.mp3";
const SECONDS: f64 = 35.0;

/// Starts a server over a cloud that keeps one song, and cuts it into pieces of MP3 frames.
async fn drive_with_a_song(folder: &Path) -> Drivein {
    let tone = format!("sine=frequency=440:sample_rate=44100:duration={SECONDS}");
    let line = format!("-f lavfi -i {tone} -c:a libmp3lame -b:a 64k");
    make_film(&folder.join("Song.mp3"), line.split(' '));
    let cloud = sandbox::Options {
        films: sandbox::Films::Folder(folder.to_owned()),
        packed_sound: true,
        ..sandbox::Options::default()
    };
    Drivein::setup().sandbox(cloud).start().await
}

/// Waits until the cloud has made the pieces, and returns the media playlist.
async fn playlist(drivein: &Drivein, play: &str) -> String {
    let list = format!("{play}/audio.m3u8");
    eventually(
        "the pieces are made",
        std::time::Duration::from_secs(60),
        async || {
            let reply = drivein.get(&list).await;
            (reply.status == 200).then(|| reply.text())
        },
    )
    .await
}

#[tokio::test]
async fn pieces_have_the_name_the_type_and_the_time_of_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let drivein = drive_with_a_song(folder.path()).await;
    let play = drivein.play(SONG).await;
    let list = playlist(&drivein, &play).await;
    let pieces = drivein.sandbox.segments(SONG, "audio").await.unwrap();
    assert!(pieces.len() >= 3, "{}", pieces.len());
    let names: Vec<String> = (0..pieces.len())
        .map(|number| format!("audio/{number}.mp3"))
        .collect();
    assert_eq!(addresses(&list), names);
    let source = drivein.source(SONG, "audio").await;
    let lengths: Vec<f64> = list
        .lines()
        .filter_map(|line| {
            line.strip_prefix("#EXTINF:")?
                .trim_end_matches(',')
                .parse()
                .ok()
        })
        .collect();
    assert_eq!(lengths.len(), pieces.len());
    let mut begin_s = 0.0;
    for ((name, piece), length_s) in names.iter().zip(&pieces).zip(lengths) {
        let reply = drivein.get(&format!("{play}/{name}")).await.expect(200);
        assert_eq!(reply.header("content-type"), "audio/mpeg");
        // An ID3 tag of one PRIV frame, whose last eight bytes are the time in ticks of 90 kHz.
        let (tag, frames) = reply.body.split_at(73);
        assert!(tag.starts_with(b"ID3") && &tag[10..14] == b"PRIV");
        let ticks = u64::from_be_bytes(tag[65..].try_into().unwrap());
        assert!(
            (ticks as f64 - begin_s * 90_000.0).abs() < 2.0,
            "{ticks} at {begin_s} s"
        );
        let start = piece.offset_bytes as usize;
        assert!(frames == &source[start..start + piece.length_bytes as usize]);
        begin_s += length_s;
    }
    let whole = drivein.get(&format!("{play}/audio.ts")).await.expect(200);
    assert_eq!(whole.header("content-type"), "audio/mpeg");
    assert!(whole.header("content-disposition").contains(".mp3"));
    assert!(whole.body == source);
}

#[tokio::test]
async fn a_player_plays_the_song_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let drivein = drive_with_a_song(folder.path()).await;
    let play = drivein.play(SONG).await;
    playlist(&drivein, &play).await;
    for list in ["audio.m3u8", "master.m3u8"] {
        let address = format!("{}{play}/{list}", drivein.url());
        let output = Program::new("ffprobe")
            .args(["-v", "error", "-of", "csv=p=0", "-select_streams", "a:0"])
            .args(["-show_entries", "packet=pts_time", &address])
            .output()
            .await;
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{list}: {error}");
        let text = String::from_utf8_lossy(&output.stdout);
        let times: Vec<f64> = text
            .lines()
            .filter_map(|line| line.trim_matches(',').parse().ok())
            .collect();
        assert!(times.is_sorted(), "{list}");
        // Frames of MP3 at 44.1 kHz last 26 ms each; none is twice, and none is missing.
        let steps = times.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(
            steps.clone().all(|step| (0.02..0.06).contains(&step)),
            "{list}: {:?}",
            steps
                .filter(|step| !(0.02..0.06).contains(step))
                .collect::<Vec<_>>()
        );
        let length = times[times.len() - 1] - times[0];
        assert!((length - SECONDS).abs() < 0.2, "{list}: {length}");
    }
}
