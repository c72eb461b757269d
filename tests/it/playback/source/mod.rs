//! Originals as streams: what arrives by HLS and as one file is, sample for sample, what is in the film.

mod browsers;
mod cost;
mod decoded_sounds;
mod hostile;
mod ladder;
mod replaced;
mod seeking;
mod transport_streams;

use std::path::Path;
use std::process::Command;

use reqwest::Method;

use crate::harness::*;

/// A film of 20 s with B-frames, two sounds, two texts and a chapter mark.
fn film(path: &Path, codecs: &[&str]) {
    let folder = path.parent().unwrap();
    std::fs::write(
        folder.join(".texts.srt"),
        "1\n00:00:01,000 --> 00:00:03,500\nHello\n\n2\n00:00:12,000 --> 00:00:14,000\n<i>Bye</i>\n",
    )
    .unwrap();
    std::fs::write(
        folder.join(".marks.txt"),
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=8000\ntitle=Arrival\n\
         [CHAPTER]\nTIMEBASE=1/1000\nSTART=8000\nEND=20000\ntitle=Departure\n",
    )
    .unwrap();
    let inputs = "-f lavfi -i testsrc=size=320x180:rate=25:duration=20 -f lavfi -i sine=frequency=440:duration=20 \
                  -f lavfi -i sine=frequency=880:duration=20 -i .texts.srt -i .marks.txt \
                  -map 0:v -map 1:a -map 2:a -map 3:s -map_metadata 4";
    let tags = "-g 50 -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu -metadata:s:a:1 title=Kommentar \
                -metadata:s:s:0 language=eng -disposition:a:0 default -disposition:a:1 0";
    let codecs = codecs.iter().copied();
    make_film(path, inputs.split(' ').chain(codecs).chain(tags.split(' ')));
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

#[tokio::test]
async fn every_packet_of_picture_and_sounds_arrives_as_it_is_in_the_file() {
    let (folder, drivein) = cinema().await;
    for name in ["Film.mkv", "Film.mp4", "At the end.mov"] {
        let file = folder.path().join(name).display().to_string();
        let wanted = packet_hashes(&file, &["0:v", "0:a:0", "0:a:1"]).await;
        assert_eq!(wanted.len(), 3);
        let play = format!("{}{}", drivein.url(), play(&drivein, name).await);
        let stream = |stream: &str| format!("{play}/{stream}");
        let muxed = packet_hashes(&stream("source.m3u8"), &["0:v", "0:a"]).await;
        assert_eq!(muxed, wanted[..2], "{name}");
        let video = packet_hashes(&stream("source-video.m3u8"), &["0"]).await;
        assert_eq!(video, wanted[..1], "{name}");
        for k in [1, 2] {
            let sound = packet_hashes(&stream(&format!("sound-{k}.m3u8")), &["0"]).await;
            assert_eq!(sound, wanted[k..=k], "{name} {k}");
        }
        let whole = packet_hashes(&stream("source.mp4"), &["0:v", "0:a:0", "0:a:1"]).await;
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
async fn a_film_on_a_cloud_drive_is_read_in_few_requests_and_its_ladder_stays() {
    let (folder, drivein) = cinema().await;
    let bytes = std::fs::read(folder.path().join("Film.mkv")).unwrap();
    drivein.put("/Uploaded.mkv", "", bytes).await.expect(200);
    let file = folder.path().join("Film.mkv").display().to_string();
    let wanted = packet_hashes(&file, &["0:v", "0:a:0"]).await;
    let play = drivein.play("/Uploaded.mkv").await;
    let address = format!("{}{play}/source.m3u8", drivein.url());
    assert_eq!(packet_hashes(&address, &["0:v", "0:a"]).await, wanted);
    let before = drivein.upstream_calls();
    assert_eq!(packet_hashes(&address, &["0:v", "0:a"]).await, wanted);
    assert_eq!(drivein.upstream_calls(), before, "all of it was kept");

    let film = drivein.play("/Tidal Light.mp4").await;
    let master = drivein.text(&format!("{film}/master.m3u8")).await;
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
async fn chapters_are_a_text_file_for_players() {
    let (_folder, drivein) = cinema().await;
    for name in ["Film.mkv", "Film.mp4"] {
        let play = play(&drivein, name).await;
        let chapters = drivein.get(&format!("{play}/chapters.vtt")).await;
        let chapters = chapters.expect(200);
        assert_eq!(chapters.header("content-type"), "text/vtt; charset=utf-8");
        let text = chapters.text();
        assert!(
            text.starts_with(
                "WEBVTT\n\n00:00:00.000 --> 00:00:08.000\nArrival\n\n00:00:08.000 --> "
            ),
            "{text}"
        );
        assert!(text.contains("\nDeparture\n"), "{text}");
    }
    let play = play(&drivein, "Noise.mkv").await;
    let none = drivein.get(&format!("{play}/chapters.vtt")).await;
    assert_eq!(none.expect(200).text(), "WEBVTT\n");
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
        let master = drivein.text(&format!("{play}/master.m3u8")).await;
        assert!(
            master.contains("NAME=\"English 2\"") && master.contains("URI=\"subtitles/en-2.m3u8\""),
            "{master}"
        );
    }
}
