//! Requirements of players: the type, the second line, relative URIs, correct durations, exact ranges and
//! conditions. Each of these has broken one player or another.

mod headers;

use reqwest::Method;

use crate::harness::*;

const HLS: &str = "application/vnd.apple.mpegurl";
const RENDITIONS: [&str; 4] = ["1080p", "720p", "480p", "audio"];

/// Returns the lines of a playlist that are URIs.
pub(super) fn addresses(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

fn assert_is_hls(reply: &Reply) {
    assert_eq!(reply.header("content-type"), HLS, "{}", reply.path);
    assert_eq!(reply.header("content-encoding"), "", "{}", reply.path);
    let length = reply.body.len().to_string();
    assert_eq!(reply.header("content-length"), length, "{}", reply.path);
    let text = reply.text();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("#EXTM3U"), "{}", reply.path);
    assert!(
        lines.next().unwrap().starts_with("#EXT-X-VERSION:"),
        "{}",
        reply.path
    );
    let attributes = all_between(&text, "URI=\"", "\"");
    for address in addresses(&text).into_iter().chain(attributes) {
        assert!(
            !address.starts_with('/')
                && !address.contains("..")
                && !address.contains([':', '?', '#']),
            "{address} is plainly relative"
        );
    }
}

#[tokio::test]
async fn playlists_are_what_every_player_takes_for_hls() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    for list in ["master", "1080p", "720p", "480p", "audio"] {
        let reply = drivein
            .ask(Method::GET, &format!("{play}/{list}.m3u8"))
            .header("accept-encoding", "gzip, br")
            .header("range", "bytes=0-")
            .send()
            .await;
        assert_is_hls(&reply.expect(200));
    }
}

#[tokio::test]
async fn the_master_names_every_quality_with_its_true_rate() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let master = drivein.text(&format!("{play}/master.m3u8")).await;
    let mut names = addresses(&master);
    assert_eq!(
        names.first(),
        Some(&"720p.m3u8"),
        "a middle quality to begin with"
    );
    assert_eq!(
        names.last(),
        Some(&"audio.m3u8"),
        "sound alone is nobody's first choice"
    );
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "1080p.m3u8",
            "480p.m3u8",
            "720p.m3u8",
            "audio.m3u8",
            "source-video.m3u8"
        ]
    );
    for rendition in RENDITIONS {
        let line = master
            .lines()
            .zip(master.lines().skip(1))
            .find(|(_, address)| *address == format!("{rendition}.m3u8"))
            .unwrap()
            .0;
        let number = |name: &str| -> u64 {
            let value = line
                .split([':', ','])
                .find_map(|part| part.strip_prefix(name));
            value
                .unwrap_or_else(|| panic!("{name} in {line}"))
                .parse()
                .unwrap()
        };
        let segments = drivein.sandbox.segments(FILM, rendition).await.unwrap();
        let rate = |bytes: u64, seconds: f64| bytes as f64 * 8.0 / seconds;
        let peak = segments
            .iter()
            .map(|segment| rate(segment.length_bytes, segment.duration_s))
            .fold(0.0, f64::max);
        let bytes: u64 = segments.iter().map(|segment| segment.length_bytes).sum();
        let seconds: f64 = segments.iter().map(|segment| segment.duration_s).sum();
        assert!(
            (number("BANDWIDTH=") as f64 - peak).abs() <= peak * 0.11,
            "{line}: {peak}"
        );
        let average = rate(bytes, seconds);
        assert!(
            (number("AVERAGE-BANDWIDTH=") as f64 - average).abs() <= 1.0 + average * 0.01,
            "{line}"
        );
        let lines = rendition.strip_suffix('p');
        match lines {
            Some(lines) => assert!(
                line.contains(&format!("x{lines}")) && line.contains("RESOLUTION="),
                "{line}"
            ),
            // Its codecs let players that show video leave the audio rendition out of their selection.
            None => assert!(
                !line.contains("RESOLUTION=") && line.contains("CODECS=\"mp4a."),
                "{line}"
            ),
        }
    }
}

#[tokio::test]
async fn each_quality_lists_every_segment_with_its_length_and_ends() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    for rendition in RENDITIONS {
        let text = drivein.text(&format!("{play}/{rendition}.m3u8")).await;
        let segments = drivein.sandbox.segments(FILM, rendition).await.unwrap();
        let expected: Vec<String> = (0..segments.len())
            .map(|n| format!("{rendition}/{n}.ts"))
            .collect();
        assert_eq!(addresses(&text), expected);
        let lengths: Vec<f64> = all_between(&text, "#EXTINF:", ",")
            .map(|s| s.parse().unwrap())
            .collect();
        // The upstream reports whole seconds.
        let truth: Vec<f64> = segments
            .iter()
            .map(|segment| segment.duration_s.round())
            .collect();
        assert_eq!(lengths, truth, "{rendition}");
        let longest = lengths
            .iter()
            .map(|length| length.round() as u64)
            .max()
            .unwrap();
        assert!(
            text.contains(&format!("\n#EXT-X-TARGETDURATION:{longest}\n")),
            "{text}"
        );
        assert!(
            text.contains("\n#EXT-X-PLAYLIST-TYPE:VOD\n") && text.ends_with("#EXT-X-ENDLIST\n"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn every_segment_of_every_quality_is_the_upstreams_bytes() {
    let drivein = Drivein::start().await;
    for film in [FILM, "/Paper Mountains.mp4", "/Three Moons.mp4"] {
        let play = drivein.play(film).await;
        for rendition in RENDITIONS {
            let truth = drivein.source(film, rendition).await;
            let count = drivein
                .sandbox
                .segments(film, rendition)
                .await
                .unwrap()
                .len();
            let mut joined = Vec::new();
            for number in 0..count {
                let reply = drivein
                    .fetch(&format!("{play}/{rendition}/{number}.ts"), 200)
                    .await;
                assert_eq!(reply.header("content-type"), "video/mp2t");
                assert!(reply.is_whole);
                joined.extend(reply.body);
            }
            assert!(joined == truth, "{film} {rendition}");
            let beyond = drivein
                .fetch(&format!("{play}/{rendition}/{count}.ts"), 404)
                .await;
            assert_eq!(beyond.code(), "not_found");
            let whole = drivein.fetch(&format!("{play}/{rendition}.ts"), 200).await;
            assert!(whole.body == truth, "{film} {rendition}.ts");
        }
    }
}

#[tokio::test]
async fn sound_files_play_as_sound() {
    let drivein = Drivein::start().await;
    let sound = "/Nature & Light/Waves & Wind.mp3";
    let entry = drivein.entry(sound).await["entry"].clone();
    assert_eq!(entry["kind"], "audio");
    let play = drivein.play(sound).await;
    let master = drivein.text(&format!("{play}/master.m3u8")).await;
    assert_eq!(addresses(&master), ["audio.m3u8"]);
    let original = drivein.get(&play).await.expect(200);
    assert_eq!(original.header("content-type"), "audio/mpeg");
    assert!(original.body == drivein.source(sound, "original").await);
}

#[tokio::test]
async fn files_that_are_no_films_are_handed_out_and_never_run() {
    let drivein = Drivein::start().await;
    for (path, content_type) in [
        ("/Tidal Light.srt", ""),
        ("/Nature & Light/poster.jpg", "image/jpeg"),
        ("/Nature & Light/read me.txt", "text/plain"),
    ] {
        let play = drivein.play(path).await;
        let reply = drivein.get(&play).await.expect(200);
        assert!(
            reply.header("content-type").starts_with(content_type),
            "{path}"
        );
        assert!(
            reply
                .header("content-security-policy")
                .starts_with("sandbox"),
            "{path}"
        );
        assert!(
            reply.body == drivein.source(path, "original").await,
            "{path}"
        );
        let master = drivein.get(&format!("{play}/master.m3u8")).await;
        assert_eq!(
            (master.status, master.code().as_str()),
            (404, "not_found"),
            "{path}"
        );
    }
}
