//! Originals as streams: what arrives by HLS and as one file is, sample for sample, what is in the film.

use std::path::Path;
use std::process::Command;

use reqwest::Method;

use crate::harness::*;

/// A film of 20 s with B-frames, two sounds, two texts and a chapter mark.
fn film(path: &Path, codecs: &[&str]) {
    let folder = path.parent().unwrap();
    let text = folder.join(".texts.srt");
    std::fs::write(
        &text,
        "1\n00:00:01,000 --> 00:00:03,500\nHello\n\n2\n00:00:12,000 --> 00:00:14,000\n<i>Bye</i>\n",
    )
    .unwrap();
    let marks = folder.join(".marks.txt");
    std::fs::write(
        &marks,
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=8000\ntitle=Arrival\n\
         [CHAPTER]\nTIMEBASE=1/1000\nSTART=8000\nEND=20000\ntitle=Departure\n",
    )
    .unwrap();
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args([
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=320x180:rate=25:duration=20",
        ])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:duration=20"])
        .args(["-f", "lavfi", "-i", "sine=frequency=880:duration=20"])
        .arg("-i")
        .arg(&text)
        .arg("-i")
        .arg(&marks)
        .args([
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-map",
            "2:a",
            "-map",
            "3:s",
            "-map_metadata",
            "4",
        ])
        .args(codecs)
        .args([
            "-g",
            "50",
            "-metadata:s:a:0",
            "language=eng",
            "-metadata:s:a:1",
            "language=deu",
        ])
        .args([
            "-metadata:s:a:1",
            "title=Kommentar",
            "-metadata:s:s:0",
            "language=eng",
        ])
        .args(["-disposition:a:0", "default", "-disposition:a:1", "0"])
        .arg(path)
        .status()
        .unwrap();
    assert!(status.success(), "{path:?}");
}

const H264: [&str; 10] = [
    "-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "aac",
];

/// A server over a folder with the same film in several containers, and broken ones.
async fn cinema() -> (tempfile::TempDir, Drivein) {
    need("ffmpeg", "ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    film(
        &at("Film.mkv"),
        &[&H264[..], &["-ac", "2", "-c:s", "srt"]].concat(),
    );
    let of_mp4 = ["-c:s", "mov_text", "-movflags", "+faststart"];
    film(&at("Film.mp4"), &[&H264[..], &of_mp4].concat());
    let two_codecs = ["-c:a:1", "ac3", "-c:s", "mov_text"];
    film(&at("At the end.mov"), &[&H264[..], &two_codecs].concat());
    let whole = std::fs::read(at("At the end.mov")).unwrap();
    std::fs::write(at("Cut.mp4"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(at("Noise.mkv"), vec![7; 100_000]).unwrap();
    let section = format!(
        "[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {:?}\n",
        folder.path()
    );
    let drivein = Drivein::setup().drives(&section).start().await;
    (folder, drivein)
}

async fn entry(drivein: &Drivein, name: &str) -> serde_json::Value {
    let name = encoded(&format!("/{name}"));
    drivein
        .api(&format!("entries/home{name}?facts=tracks"))
        .await["entry"]
        .clone()
}

async fn play(drivein: &Drivein, name: &str) -> String {
    let entry = entry(drivein, name).await;
    drivein.local(entry["play"]["original"].as_str().unwrap())
}

/// A hash of the packets of each stream.
async fn hashes(input: &str, maps: &[&str]) -> Vec<String> {
    let maps = maps.iter().flat_map(|map| ["-map", map]);
    let output = Program::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i", input])
        .args(maps)
        .args(["-c", "copy", "-f", "streamhash", "-hash", "md5", "-"])
        .output()
        .await;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && error.is_empty(),
        "{input}: {error}"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| line.rsplit_once('=').unwrap().1.to_owned())
        .collect()
}

#[tokio::test]
async fn every_packet_of_picture_and_sounds_arrives_as_it_is_in_the_file() {
    let (folder, drivein) = cinema().await;
    for name in ["Film.mkv", "Film.mp4", "At the end.mov"] {
        let file = folder.path().join(name).display().to_string();
        let wanted = hashes(&file, &["0:v", "0:a:0", "0:a:1"]).await;
        assert_eq!(wanted.len(), 3);
        let play = format!("{}{}", drivein.url(), play(&drivein, name).await);
        let stream = |stream: &str| format!("{play}/{stream}");
        let muxed = hashes(&stream("source.m3u8"), &["0:v", "0:a"]).await;
        assert_eq!(muxed, wanted[..2], "{name}");
        let video = hashes(&stream("source-video.m3u8"), &["0"]).await;
        assert_eq!(video, wanted[..1], "{name}");
        for k in [1, 2] {
            let sound = hashes(&stream(&format!("sound-{k}.m3u8")), &["0"]).await;
            assert_eq!(sound, wanted[k..=k], "{name} {k}");
        }
        let whole = hashes(&stream("source.mp4"), &["0:v", "0:a:0", "0:a:1"]).await;
        assert_eq!(whole, wanted, "{name}");
    }
}

#[tokio::test]
async fn the_whole_file_is_the_same_from_any_byte() {
    let (_folder, drivein) = cinema().await;
    for name in ["Film.mkv", "Film.mp4"] {
        let play = play(&drivein, name).await;
        let address = format!("{play}/source.mp4");
        let whole = drivein.get(&address).await.expect(200);
        let length = whole.body.len();
        assert_eq!(whole.header("content-length"), length.to_string());
        assert_eq!(whole.header("content-type"), "video/mp4");
        for n in 0..20 {
            let start = length * n / 20 + n * 37 % 11;
            let end = (start + 1 + n * 7_919).min(length - 1);
            let part = drivein
                .ask(Method::GET, &address)
                .range(&format!("bytes={start}-{end}"))
                .send()
                .await
                .expect(206);
            assert!(
                part.is_whole && part.body == whole.body[start..=end],
                "{name} {start}-{end}"
            );
            assert_eq!(part.header("etag"), whole.header("etag"));
        }
        let known = drivein
            .ask(Method::GET, &address)
            .header("if-none-match", whole.header("etag"))
            .send()
            .await;
        assert_eq!(known.status, 304);
    }
}

#[tokio::test]
async fn playlists_are_what_players_insist_on() {
    let (_folder, drivein) = cinema().await;
    let play = play(&drivein, "Film.mp4").await;
    let list = drivein
        .get(&format!("{play}/source.m3u8"))
        .await
        .expect(200);
    assert_eq!(list.header("content-type"), "application/vnd.apple.mpegurl");
    let list = list.text();
    for line in [
        "#EXT-X-VERSION:7",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-MAP:URI=\"source/init.mp4\"",
        "source/0.m4s",
        "#EXT-X-ENDLIST",
    ] {
        assert!(list.lines().any(|it| it == line), "{line} in {list}");
    }
    let durations: Vec<f64> = list
        .lines()
        .filter_map(|line| line.strip_prefix("#EXTINF:"))
        .map(|line| line.trim_end_matches(',').parse().unwrap())
        .collect();
    let target = list
        .lines()
        .find_map(|line| line.strip_prefix("#EXT-X-TARGETDURATION:"));
    let target: f64 = target.unwrap().parse().unwrap();
    assert!(durations.iter().all(|duration| duration.round() <= target));
    assert!(
        (durations.iter().sum::<f64>() - 20.0).abs() < 0.2,
        "{durations:?}"
    );

    let types = [
        ("source/init.mp4", "video/mp4"),
        ("source/0.m4s", "video/iso.segment"),
        ("source-video/0.m4s", "video/iso.segment"),
        ("source-iframes/1.m4s", "video/iso.segment"),
        ("sound-1/init.mp4", "audio/mp4"),
        ("sound-1/0.m4s", "audio/mp4"),
    ];
    for (resource, content_type) in types {
        let reply = drivein.get(&format!("{play}/{resource}")).await.expect(200);
        assert_eq!(reply.header("content-type"), content_type);
        assert!(reply.is_whole && !reply.header("etag").is_empty());
        assert_eq!(reply.header("content-length"), reply.body.len().to_string());
    }
    let address = format!("{play}/source/1.m4s");
    let segment = drivein.get(&address).await.expect(200);
    let part = drivein
        .ask(Method::GET, &address)
        .range("bytes=1000-9999")
        .send()
        .await
        .expect(206);
    assert!(part.body == segment.body[1000..10_000]);
    for missing in ["source/99.m4s", "sound-3.m3u8", "sound-3/init.mp4"] {
        assert_eq!(
            drivein.get(&format!("{play}/{missing}")).await.status,
            404,
            "{missing}"
        );
    }
}

#[tokio::test]
async fn the_master_has_the_picture_once_for_each_codec_of_its_sounds() {
    let (_folder, drivein) = cinema().await;
    let master = async |name: &str| {
        let play = play(&drivein, name).await;
        drivein
            .get(&format!("{play}/master.m3u8"))
            .await
            .expect(200)
            .text()
    };
    let of_one = master("Film.mkv").await;
    let sounds: Vec<&str> = of_one
        .lines()
        .filter(|line| line.contains("TYPE=AUDIO"))
        .collect();
    assert_eq!(sounds.len(), 2, "{of_one}");
    let has = |line: &str, words: &[&str]| words.iter().all(|word| line.contains(word));
    assert!(
        has(
            sounds[0],
            &[
                "NAME=\"English\"",
                "LANGUAGE=\"en\"",
                "DEFAULT=YES",
                "URI=\"sound-1.m3u8\""
            ]
        ),
        "{of_one}"
    );
    assert!(
        has(
            sounds[1],
            &[
                "NAME=\"German (Kommentar)\"",
                "LANGUAGE=\"de\"",
                "DEFAULT=NO",
                "CHANNELS=\"2\""
            ]
        ),
        "{of_one}"
    );
    let variants = |master: &str| -> Vec<String> {
        let lines: Vec<&str> = master.lines().collect();
        lines
            .windows(2)
            .filter(|pair| pair[1] == "source-video.m3u8")
            .map(|pair| pair[0].to_owned())
            .collect()
    };
    let one = variants(&of_one);
    assert_eq!(one.len(), 1, "{of_one}");
    let facts = [
        "RESOLUTION=320x180",
        "FRAME-RATE=25.000",
        "VIDEO-RANGE=SDR",
        "CODECS=\"avc1.",
        ",mp4a.40.2\"",
        "AUDIO=\"sound-aac\"",
    ];
    assert!(has(&one[0], &facts), "{of_one}");
    assert!(of_one.contains("#EXT-X-I-FRAME-STREAM-INF:"), "{of_one}");

    let of_two = master("At the end.mov").await;
    let two = variants(&of_two);
    assert_eq!(two.len(), 2, "{of_two}");
    assert!(
        two[0].contains("AUDIO=\"sound-aac\"") && !two[0].contains("ac-3"),
        "{of_two}"
    );
    assert!(
        two[1].contains("AUDIO=\"sound-ac3\"") && two[1].contains("ac-3"),
        "{of_two}"
    );
}

#[tokio::test]
async fn the_api_tells_what_is_inside() {
    let (_folder, drivein) = cinema().await;
    for name in ["Film.mkv", "Film.mp4"] {
        let entry = entry(&drivein, name).await;
        let source = entry["play"]["source"].as_str().unwrap();
        assert!(source.ends_with(&format!("/{name}/source.m3u8")));
        let tracks = entry["tracks"].as_array().unwrap();
        let facts: Vec<_> = tracks
            .iter()
            .map(|track| (track["kind"].as_str().unwrap(), track["language"].as_str()))
            .collect();
        let wanted = [
            ("video", None),
            ("audio", Some("en")),
            ("audio", Some("de")),
            ("subtitle", Some("en")),
        ];
        assert_eq!(facts, wanted, "{entry}");
        assert_eq!(
            (
                &tracks[0]["codec"],
                &tracks[0]["width"],
                &tracks[0]["height"]
            ),
            (&"h264".into(), &320.into(), &180.into())
        );
        assert_eq!(tracks[1]["codec"], "aac");
        assert_eq!(
            (&tracks[1]["default"], &tracks[2]["default"]),
            (&true.into(), &false.into())
        );
        let chapters = entry["chapters"].as_array().unwrap();
        assert_eq!(chapters.len(), 2, "{entry}");
        assert_eq!(chapters[1]["title"], "Departure");
        assert_eq!(chapters[1]["start_s"].as_f64().unwrap().round(), 8.0);
    }
    let plain = drivein.api("entries/home/Film.mkv").await["entry"].clone();
    assert!(plain.get("tracks").is_none() && plain["play"]["source"].is_string());
    let asked = drivein
        .get("/api/v1/entries/home/Film.mkv?facts=everything")
        .await;
    assert_eq!(asked.status, 400);
}

#[tokio::test]
async fn a_broken_file_is_an_unsupported_type_and_never_our_failure() {
    let (_folder, drivein) = cinema().await;
    for name in ["Cut.mp4", "Noise.mkv"] {
        let entry = entry(&drivein, name).await;
        assert!(entry["play"]["source"].is_string(), "by its type alone");
        assert_eq!(entry["tracks"].as_array().unwrap().len(), 0);
        let play = drivein.local(entry["play"]["original"].as_str().unwrap());
        for resource in [
            "source.m3u8",
            "source/init.mp4",
            "source/0.m4s",
            "source.mp4",
            "sound-1.m3u8",
        ] {
            let reply = drivein.get(&format!("{play}/{resource}")).await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (415, "unsupported"),
                "{name} {resource}"
            );
        }
    }
}

#[tokio::test]
async fn a_film_on_a_cloud_drive_is_read_in_few_requests_and_its_ladder_stays() {
    let (folder, drivein) = cinema().await;
    let bytes = std::fs::read(folder.path().join("Film.mkv")).unwrap();
    drivein.put("/Uploaded.mkv", "", bytes).await.expect(200);
    let file = folder.path().join("Film.mkv").display().to_string();
    let wanted = hashes(&file, &["0:v", "0:a:0"]).await;
    let play = drivein.play("/Uploaded.mkv").await;
    let address = format!("{}{play}/source.m3u8", drivein.url());
    assert_eq!(hashes(&address, &["0:v", "0:a"]).await, wanted);
    let before = drivein.upstream_calls();
    assert_eq!(hashes(&address, &["0:v", "0:a"]).await, wanted);
    assert_eq!(drivein.upstream_calls(), before, "all of it was kept");

    let film = drivein.play("/Tidal Light.mp4").await;
    let master = drivein
        .get(&format!("{film}/master.m3u8"))
        .await
        .expect(200)
        .text();
    for rung in ["720p.m3u8", "480p.m3u8", "source-video.m3u8"] {
        let lines: Vec<&str> = master.lines().collect();
        let pair = lines.windows(2).find(|pair| pair[1] == rung);
        let pair = pair.unwrap_or_else(|| panic!("{rung} in {master}"));
        assert_eq!(
            pair[0].contains("AUDIO="),
            rung == "source-video.m3u8",
            "{master}"
        );
    }
}

#[tokio::test]
async fn texts_inside_of_a_film_are_subtitles_beside_those_of_files() {
    let (folder, drivein) = cinema().await;
    let beside = "1\n00:00:01,000 --> 00:00:02,000\nBeside\n";
    std::fs::write(folder.path().join("Film.en.srt"), beside).unwrap();
    for name in ["Film.mkv", "Film.mp4"] {
        let play = play(&drivein, name).await;
        let text = async |id: &str| {
            let reply = drivein
                .get(&format!("{play}/subtitles/{id}.vtt"))
                .await
                .expect(200);
            assert_eq!(reply.header("content-type"), "text/vtt; charset=utf-8");
            reply.text()
        };
        assert!(text("en").await.contains("Beside"), "a file keeps its name");
        let inside = text("en-2").await;
        assert!(inside.contains("\nHello\n"), "{name}: {inside}");
        assert!(inside.contains("00:00:12.0"), "{name}: {inside}");
        let master = drivein
            .get(&format!("{play}/master.m3u8"))
            .await
            .expect(200)
            .text();
        assert!(
            master.contains("NAME=\"English 2\"") && master.contains("URI=\"subtitles/en-2.m3u8\""),
            "{master}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_plays_matroska_and_changes_its_sound() {
    let (_folder, drivein) = cinema().await;
    crate::browser::scenario(&drivein, "sounds", &["/watch/home/Film.mkv"]).await;
}
