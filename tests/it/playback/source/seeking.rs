//! Seeks: the picture that is shown after one has the number of its time in it.
//!
//! `DRIVEIN_SEEKS` sets the number of seeks of each player, for a thorough run.

use super::*;
use crate::harness::numbered_films::*;

async fn numbered_cinema(names: &[&str]) -> (tempfile::TempDir, Drivein) {
    let folder = tempfile::tempdir().unwrap();
    make_numbered_films(folder.path(), names, &[]);
    let section = format!(
        "[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {:?}\n",
        folder.path()
    );
    let drivein = Drivein::setup().drives(&section).start().await;
    (folder, drivein)
}

/// Returns the number of the picture that ffmpeg shows after a seek to `seconds` of the film.
async fn shown_by_ffmpeg(input: &str, seconds: f64) -> u32 {
    let output = Program::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-nostdin",
            "-ss",
            &format!("{seconds:.3}"),
            "-i",
            input,
        ])
        .args([
            "-map",
            "0:v",
            "-frames:v",
            "1",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "gray",
            "-",
        ])
        .output()
        .await;
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.stdout.len(),
        WIDTH * HEIGHT,
        "{input} {seconds}: {error}"
    );
    number(&output.stdout)
}

/// ffmpeg seeks to the first picture at or after a time.
#[tokio::test]
async fn ffmpeg_shows_the_right_picture_after_a_seek_in_the_whole_file_and_in_transport_streams() {
    let (_folder, drivein) = numbered_cinema(&["Numbers.mp4", "Numbers.mkv", "Numbers.ts"]).await;
    for (name, stream) in [
        ("Numbers.mp4", "source.mp4"),
        ("Numbers.mkv", "source.mp4"),
        ("Numbers.ts", "source.m3u8"),
    ] {
        let address = format!("{}{}/{stream}", drivein.url(), play(&drivein, name).await);
        for seconds in seek_times(SAMPLE) {
            let found = shown_by_ffmpeg(&address, seconds).await;
            let wanted = (seconds * 25.0).ceil() as u32;
            assert!(
                wanted.abs_diff(found) <= 1,
                "{name} at {seconds}: {found}, not {wanted}"
            );
        }
    }
}

/// After a seek, ffmpeg plays on through the segments that follow, picture by picture.
#[tokio::test]
async fn ffmpeg_plays_on_after_a_seek_in_the_whole_file() {
    let (_folder, drivein) = numbered_cinema(&["Numbers.mp4", "Numbers.mkv"]).await;
    for name in ["Numbers.mp4", "Numbers.mkv"] {
        let address = format!("{}{}/source.mp4", drivein.url(), play(&drivein, name).await);
        let output = Program::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-ss", "21", "-i", &address])
            .args(["-map", "0:v", "-fps_mode", "passthrough", "-t", "20"])
            .args(["-f", "rawvideo", "-pix_fmt", "gray", "-"])
            .output()
            .await;
        let pictures = output.stdout.chunks(WIDTH * HEIGHT).map(number);
        let shown: Vec<u32> = pictures.collect();
        assert!(shown.len() >= 20 * RATE as usize - 2, "{name}: {shown:?}");
        let is_next = |pair: &[u32]| pair[1] == pair[0] + 1;
        assert!(shown.windows(2).all(is_next), "{name}: {shown:?}");
    }
}

#[tokio::test]
async fn mpv_shows_the_right_picture_after_a_seek_in_the_whole_file() {
    need("mpv", "mpv");
    let (folder, drivein) = numbered_cinema(&["Numbers.mkv", "Numbers.mp4"]).await;
    for name in ["Numbers.mp4", "Numbers.mkv"] {
        let address = format!("{}{}/source.mp4", drivein.url(), play(&drivein, name).await);
        for seconds in seek_times(SAMPLE) {
            let pictures = folder.path().join("pictures");
            let _ = std::fs::remove_dir_all(&pictures);
            Program::new("mpv")
                .args([
                    "--no-config",
                    "--really-quiet",
                    "--no-audio",
                    "--frames=1",
                    "--hr-seek=yes",
                ])
                .args(["--vo=image", "--vo-image-format=png"])
                .args([format!("--vo-image-outdir={}", pictures.display())])
                .args([format!("--start={seconds:.3}"), address.clone()])
                .output()
                .await;
            let made = std::fs::read_dir(&pictures)
                .unwrap()
                .next()
                .unwrap()
                .unwrap();
            let found = shown_by_ffmpeg(made.path().to_str().unwrap(), 0.0).await;
            let fits = is_shown_at(found, seconds);
            assert!(fits, "{name} at {seconds}: picture {found}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_shows_the_right_picture_after_each_seek() {
    let (_folder, drivein) = numbered_cinema(&["Numbers.mkv", "Numbers.ts"]).await;
    let times: Vec<String> = seek_times(SAMPLE).iter().map(f64::to_string).collect();
    let times = times.join(",");
    let films = ["/watch/home/Numbers.mkv", "/watch/home/Numbers.ts"];
    crate::browser::scenario(&drivein, "seeks", &[&times, films[0], films[1]]).await;
}
