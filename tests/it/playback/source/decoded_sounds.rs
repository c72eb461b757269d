//! Sounds that browsers lack, decoded for them.

use super::ladder::{AGENTS, master_for};
use super::*;

/// A film whose only sounds are ones that browsers lack.
fn dolby(folder: &Path) {
    let arguments = "-i Film.mkv -map 0:v -map 0:a -c:v copy -c:a:0 ac3 -c:a:1 dca -strict -2";
    make_film(&folder.join("Dolby.mkv"), arguments.split(' '));
}

#[tokio::test]
async fn a_sound_that_browsers_lack_is_decoded_for_them_without_a_gap() {
    let (folder, drivein) = cinema().await;
    dolby(folder.path());
    let play = play(&drivein, "Dolby.mkv").await;
    let browser = master_for(&drivein, &play, AGENTS[0]).await.expect(200);
    let browser = browser.text();
    for line in [
        "URI=\"sound-1.m3u8\"",
        "URI=\"sound-1-aac.m3u8\"",
        "URI=\"sound-2-aac.m3u8\"",
    ] {
        assert!(browser.contains(line), "{line} in {browser}");
    }
    let groups = |group: &str| {
        let group = format!("AUDIO=\"sound-{group}\"");
        browser.lines().filter(|line| line.contains(&group)).count()
    };
    assert_eq!((groups("ac3"), groups("dts"), groups("aac")), (1, 1, 1));
    for agent in ["Lavf/60.16.100", "libmpv", AGENTS[1], AGENTS[2]] {
        let player = master_for(&drivein, &play, agent).await.expect(200).text();
        assert!(!player.contains("-aac.m3u8"), "{agent}: {player}");
    }

    for k in [1, 2] {
        let stream = format!("{play}/sound-{k}-aac");
        let list = drivein.get(&format!("{stream}.m3u8")).await.expect(200);
        let segments = list.text().matches(".m4s").count();
        assert!(segments > 2);
        // Backwards, as a viewer who seeks.
        for n in (0..segments).rev() {
            let segment = drivein.get(&format!("{stream}/{n}.m4s")).await;
            assert_eq!(segment.expect(200).header("content-type"), "audio/mp4");
        }
        let packets = Program::new("ffprobe")
            .args(["-v", "error", "-show_entries", "packet=pts,duration"])
            .args(["-of", "csv=p=0"])
            .arg_last(&format!("{}{stream}.m3u8", drivein.url()))
            .output()
            .await;
        let packets = String::from_utf8(packets.stdout).unwrap();
        let times: Vec<i64> = packets
            .lines()
            .map(|line| line.split(',').next().unwrap().parse().unwrap())
            .collect();
        // 1024 samples each, of 48,000 in a second; the sound lasts 20 s.
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 1024));
        assert!((930..=945).contains(&times.len()), "{}", times.len());

        let samples = Program::new("ffmpeg")
            .args(["-v", "error", "-nostdin"])
            .args(["-i", &format!("{}{stream}.m3u8", drivein.url())])
            .args(["-f", "f32le", "-ac", "1", "-"])
            .output()
            .await
            .stdout;
        let samples: Vec<f32> = samples
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
            .collect();
        let peak = samples.iter().copied().fold(0.0, f32::max);
        assert!(peak > 0.05, "it is silent: {peak}");
    }
    // A sound that every browser has is not decoded.
    let play = self::play(&drivein, "Film.mkv").await;
    let missing = drivein.get(&format!("{play}/sound-1-aac.m3u8")).await;
    assert_eq!(missing.status, 404);
}

/// Returns the samples of the first sound of a file or a URL, as one channel of 48 kHz.
async fn samples(input: &str) -> Vec<f32> {
    let output = Program::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i", input, "-map", "0:a:0"])
        .args(["-f", "f32le", "-ac", "1", "-ar", "48000", "-"])
        .output()
        .await;
    let bytes = output.stdout.chunks_exact(4);
    bytes
        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
        .collect()
}

/// Returns the presentation time of the first packet of a sound, in samples of 48 kHz.
async fn first_sample(input: &str) -> i64 {
    let output = Program::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "a:0",
            "-show_entries",
            "packet=pts_time",
        ])
        .args(["-read_intervals", "%+#1", "-of", "csv=p=0", input])
        .output()
        .await;
    let text = String::from_utf8(output.stdout).unwrap();
    let seconds: f64 = text.trim().trim_end_matches(',').parse().unwrap();
    (seconds * 48_000.0).round() as i64
}

/// Returns the strength of what differs between two sounds of the same length.
fn difference(one: &[f32], other: &[f32]) -> f32 {
    let squares = one
        .iter()
        .zip(other)
        .map(|(one, other)| (one - other).powi(2));
    (squares.sum::<f32>() / one.len() as f32).sqrt()
}

/// A click is a difference to the film's own sound that is stronger at a joint than elsewhere. A frame of AAC lasts 1024
/// samples, and two frames overlap.
#[tokio::test]
async fn the_joints_of_a_decoded_sound_are_as_true_as_the_rest_of_it() {
    let (folder, drivein) = cinema().await;
    dolby(folder.path());
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(folder.path().join("Dolby.mkv"))
        .args(["-map", "0:v", "-map", "0:a:0", "-c", "copy"])
        .arg(folder.path().join("Dolby.ts"))
        .status()
        .unwrap();
    assert!(status.success());
    for (name, k) in [("Dolby.mkv", 1), ("Dolby.mkv", 2), ("Dolby.ts", 1)] {
        let play = play(&drivein, name).await;
        let stream = format!("{}{play}/sound-{k}-aac", drivein.url());
        let list = drivein.text(&format!("{play}/sound-{k}-aac.m3u8")).await;
        let count = list.matches(".m4s").count();
        assert!(count > 2, "{list}");
        // In the order of a viewer, so by one process.
        let mut joints = Vec::new();
        let mut starts = Vec::new();
        let init = drivein
            .get(&format!("{play}/sound-{k}-aac/init.mp4"))
            .await
            .expect(200);
        for n in 0..count {
            let segment = drivein
                .get(&format!("{play}/sound-{k}-aac/{n}.m4s"))
                .await
                .expect(200);
            let part = folder.path().join("part.mp4");
            std::fs::write(&part, [&init.body[..], &segment.body].concat()).unwrap();
            starts.push(first_sample(part.to_str().unwrap()).await);
        }
        let made = samples(&format!("{stream}.m3u8")).await;
        let own = samples(&format!("{}{play}/sound-{k}.m3u8", drivein.url())).await;
        let own_start = first_sample(&format!("{}{play}/sound-{k}.m3u8", drivein.url())).await;
        joints.extend(starts[1..].iter().map(|start| start - starts[0]));
        // The sample of the film's own sound with which the decoded one begins.
        let shift = starts[0] - own_start;
        let window = |at: i64| -> f32 {
            let of_own = &own[(at + shift) as usize..][..4_096];
            difference(&made[at as usize..][..4_096], of_own)
        };
        let elsewhere: Vec<f32> = (0..12)
            .map(|n| 60_000 + n * 60_000)
            .filter(|at| {
                joints
                    .iter()
                    .all(|joint| (joint - 2_048 - at).abs() > 8_192)
            })
            .map(window)
            .collect();
        let usual = elsewhere.iter().copied().fold(0.0, f32::max);
        assert!(
            usual < 0.02,
            "{name} {k}: it is another sound: {elsewhere:?}"
        );
        for joint in joints {
            let found = window(joint - 2_048);
            assert!(
                found <= usual * 1.5 + 1e-4,
                "{name} {k}: {found} at {joint}, else {usual}"
            );
        }
    }
}
