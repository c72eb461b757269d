//! Seeks: the picture that is shown after one has the number of its time in it.
//!
//! `DRIVEIN_SEEKS` sets the number of seeks of each player, for a thorough run.

use std::io::Write;

use super::*;

/// Pictures per second, and the seconds of the film.
const RATE: u32 = 25;
const SECONDS: u32 = 60;

/// Width and height of a picture: blocks of 16 pixels in two rows, each white for a set bit of its number.
const WIDTH: usize = 128;
const HEIGHT: usize = 32;
const BITS: usize = 12;

fn seeks() -> u32 {
    let seeks = std::env::var("DRIVEIN_SEEKS").ok();
    seeks.and_then(|seeks| seeks.parse().ok()).unwrap_or(8)
}

/// Returns times in seconds that are spread over the film, the same in each run.
fn times() -> Vec<f64> {
    let mut state = 7u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let last = f64::from(SECONDS) - 1.0;
    let time = |picture: f64| (picture.floor() * 40.0 + 220.0).round() / 1000.0;
    (0..seeks())
        .map(|_| time(random() * (last - 1.0) * 25.0))
        .collect()
}

fn picture(number: u32) -> Vec<u8> {
    let mut pixels = vec![16; WIDTH * HEIGHT];
    for (at, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = (at % WIDTH, at / WIDTH);
        let bit = y / 16 * (WIDTH / 16) + x / 16;
        if bit < BITS && number >> bit & 1 == 1 {
            *pixel = 235;
        }
    }
    pixels
}

/// Reads the number of a picture.
fn number(pixels: &[u8]) -> u32 {
    (0..BITS)
        .filter(|bit| {
            let (x, y) = (bit % (WIDTH / 16) * 16 + 8, bit / (WIDTH / 16) * 16 + 8);
            pixels[y * WIDTH + x] > 126
        })
        .fold(0, |number, bit| number | 1 << bit)
}

/// Makes a film whose pictures have their numbers in them, in these containers.
fn numbered_films(folder: &Path, names: &[&str]) {
    let raw = folder.join(".numbers.raw");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&raw).unwrap());
    for number in 0..RATE * SECONDS {
        file.write_all(&picture(number)).unwrap();
    }
    file.into_inner().unwrap();
    let ffmpeg = |arguments: &[&str], name: &str| {
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y"])
            .args(arguments)
            .arg(folder.join(name))
            .status()
            .unwrap();
        assert!(status.success(), "{name}");
    };
    let size = format!("{WIDTH}x{HEIGHT}");
    let input = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "gray",
        "-s",
        &size,
        "-r",
        "25",
        "-i",
        raw.to_str().unwrap(),
    ];
    let codecs = [
        "-f",
        "lavfi",
        "-i",
        "sine=duration=60",
        "-pix_fmt",
        "yuv420p",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-bf",
        "2",
        "-g",
        "100",
        "-c:a",
        "aac",
    ];
    ffmpeg(&[&input[..], &codecs].concat(), names[0]);
    let first = folder.join(names[0]);
    for name in &names[1..] {
        ffmpeg(&["-i", first.to_str().unwrap(), "-c", "copy"], name);
    }
}

async fn numbered_cinema(names: &[&str]) -> (tempfile::TempDir, Drivein) {
    need("ffmpeg", "ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    numbered_films(folder.path(), names);
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
        for seconds in times() {
            let found = shown_by_ffmpeg(&address, seconds).await;
            let wanted = (seconds * 25.0).ceil() as u32;
            assert!(
                wanted.abs_diff(found) <= 1,
                "{name} at {seconds}: {found}, not {wanted}"
            );
        }
    }
}

#[tokio::test]
async fn mpv_shows_the_right_picture_after_a_seek_in_the_whole_file() {
    need("mpv", "mpv");
    let (folder, drivein) = numbered_cinema(&["Numbers.mkv", "Numbers.mp4"]).await;
    for name in ["Numbers.mp4", "Numbers.mkv"] {
        let address = format!("{}{}/source.mp4", drivein.url(), play(&drivein, name).await);
        for seconds in times() {
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
            let wanted = (seconds * 25.0).ceil() as u32;
            // The file begins by two pictures later, since no decode time is negative.
            let fits = (wanted - 3..=wanted + 1).contains(&found);
            assert!(fits, "{name} at {seconds}: {found}, not {wanted}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_shows_the_right_picture_after_each_seek() {
    let (_folder, drivein) = numbered_cinema(&["Numbers.mkv", "Numbers.ts"]).await;
    let times: Vec<String> = times().iter().map(f64::to_string).collect();
    let times = times.join(",");
    let films = ["/watch/home/Numbers.mkv", "/watch/home/Numbers.ts"];
    crate::browser::scenario(&drivein, "seeks", &[&times, films[0], films[1]]).await;
}
