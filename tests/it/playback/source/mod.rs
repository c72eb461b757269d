//! Originals as streams: what arrives by HLS and as one file is, sample for sample, what is in the film.

mod cost;
mod decoded_sounds;
mod replaced;
mod seeking;
mod transport_streams;

use std::path::Path;
use std::process::Command;

use reqwest::Method;
use sandbox::Effect;

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

/// Writes files that claim more than there is, or that are mostly nothing.
fn hostile_files(folder: &Path) -> [&'static str; 6] {
    let ftyp = b"\0\0\0\x18ftypisom\0\0\0\0isomiso2";
    let ebml = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff";
    let huge_moov = b"\0\0\0\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff";
    let huge_emsg = b"\0\0\0\x01emsg\0\0\x01\0\0\0\0\0";
    // A text of 30 GB in the description of the film.
    let huge_title = b"\x15\x49\xa9\x66\x08\0\0\x07\0\0\0\0\x7b\xa9\x08\0\0\x06\xff\0\0\0";
    let crc = b"\xbf\x84\0\0\0\0";
    let files: [(&str, Vec<u8>, u64); 6] = [
        ("moov.mp4", [&ftyp[..], huge_moov].concat(), 0),
        ("emsg.mp4", [&ftyp[..], huge_emsg].concat(), 96 << 20),
        ("title.mkv", [&ebml[..], huge_title].concat(), 96 << 20),
        ("zeros.mkv", ebml.to_vec(), 96 << 20),
        ("crc.mkv", [&ebml[..], crc].concat(), 0),
        ("zeros.mp4", ftyp.to_vec(), 96 << 20),
    ];
    files.map(|(name, beginning, length)| {
        let path = folder.join(name);
        std::fs::write(&path, &beginning).unwrap();
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len(length.max(beginning.len() as u64)).unwrap();
        name
    })
}

#[tokio::test]
async fn hostile_files_of_a_cloud_are_refused_and_cost_a_bounded_part_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let names = hostile_files(folder.path());
    let cloud = sandbox::Options {
        films: sandbox::Films::Folder(folder.path().to_owned()),
        ..sandbox::Options::default()
    };
    let drivein = Drivein::setup().sandbox(cloud).start().await;
    for name in names {
        let play = drivein.play(&format!("/{name}")).await;
        drivein.sandbox.reset_counts();
        // The index may take longer to read than a player waits.
        let patience = std::time::Duration::from_secs(60);
        let refused = eventually("its index is read", patience, async || {
            let reply = drivein.get(&format!("{play}/source.m3u8")).await;
            (reply.status != 503).then_some(reply)
        });
        let refused = refused.await.expect(415);
        assert_eq!(refused.code(), "unsupported", "{name}");
        let read = drivein.sandbox.bytes("original");
        assert!(read <= 70 << 20, "{name}: {read} bytes");
    }
    drivein.get("/healthz").await.expect(200);
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

/// Moves the place that the last cue of a Matroska file leads to.
fn spoil_last_cue(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let cues = bytes
        .windows(4)
        .rposition(|it| it == [0x1c, 0x53, 0xbb, 0x6b]);
    // CueClusterPosition, an integer of one to four bytes.
    let is_position = |at: &usize| bytes[*at] == 0xf1 && (0x81..=0x84).contains(&bytes[at + 1]);
    let at = (cues.unwrap()..bytes.len() - 6).rfind(is_position).unwrap();
    let last = at + 1 + usize::from(bytes[at + 1] & 0x0f);
    bytes[last] ^= 0x15;
    std::fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_film_whose_index_is_wrong_is_read_once_more_and_plays() {
    let (folder, drivein) = cinema().await;
    let file = folder.path().join("Wrong index.mkv");
    std::fs::copy(folder.path().join("Film.mkv"), &file).unwrap();
    spoil_last_cue(&file);
    let play = play(&drivein, "Wrong index.mkv").await;
    let list = async || {
        let list = drivein.get(&format!("{play}/source.m3u8")).await;
        list.expect(200).text()
    };
    let segments = list().await.matches(".m4s").count();
    assert!(segments > 2);
    // The segments before the wrong place are right.
    drivein
        .get(&format!("{play}/source/0.m4s"))
        .await
        .expect(200);
    for n in 0..segments {
        let reply = drivein.get(&format!("{play}/source/{n}.m4s")).await;
        if reply.status != 200 {
            assert_eq!((reply.status, reply.code().as_str()), (503, "transcoding"));
        }
    }
    let right = folder.path().join("Film.mkv").display().to_string();
    let wanted = packet_hashes(&right, &["0:v", "0:a:0"]).await;
    let address = format!("{}{play}/source.m3u8", drivein.url());
    assert_eq!(packet_hashes(&address, &["0:v", "0:a"]).await, wanted);
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

/// Requests the master playlist of `film` as this user agent.
async fn master_for(drivein: &Drivein, film: &str, agent: &str) -> Reply {
    let address = format!("{film}/master.m3u8");
    let ask = drivein
        .ask(Method::GET, &address)
        .header("user-agent", agent);
    ask.send().await
}

/// Returns the variants of a master playlist.
fn variants_of(master: &str) -> Vec<&str> {
    master
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

const AGENTS: [&str; 3] = [
    "Mozilla/5.0",
    "VLC/3.0.21 LibVLC/3.0.21",
    "Kodi/20.5 (X11; Linux)",
];

#[tokio::test]
async fn an_original_alone_is_the_ladder_while_the_cloud_has_none() {
    for (errno, code) in [
        (31341, "transcoding"),
        (31066, "unsupported"),
        (4711, "plan_required"),
    ] {
        let drivein = Drivein::start().await;
        let film = drivein.play(FILM).await;
        let effect = Effect {
            errmsg: (errno == 4711).then(|| "premium only".to_owned()),
            ..Effect::errno(errno)
        };
        let fault = drivein.fault("streaming", effect);
        for agent in AGENTS {
            let master = master_for(&drivein, &film, agent).await.expect(200).text();
            assert_eq!(variants_of(&master), ["source-video.m3u8"], "{agent}");
        }
        let rung = drivein.get(&format!("{film}/720p.m3u8")).await;
        assert_eq!(rung.code(), code, "a rung says why it is missing");
        // A page waits for the drive only so long.
        let page = eventually(
            "the page knows",
            std::time::Duration::from_secs(20),
            async || {
                let at = format!("/watch/{DRIVE}{}", encoded(FILM));
                let page = drivein.get(&at).await.expect(200).text();
                page.contains("Meanwhile, the original plays.")
                    .then_some(page)
            },
        )
        .await;
        assert!(!page.contains("http-equiv=\"refresh\""), "{code}");
        if code == "unsupported" {
            // Such a film never has any.
            continue;
        }

        assert!(drivein.sandbox.mend(fault));
        eventually(
            "the rungs are back",
            std::time::Duration::from_secs(20),
            async || {
                let master = master_for(&drivein, &film, AGENTS[1]).await.text();
                (master.contains("720p.m3u8") && !master.contains("source")).then_some(())
            },
        )
        .await;
        let master = master_for(&drivein, &film, AGENTS[0])
            .await
            .expect(200)
            .text();
        let variants = variants_of(&master);
        assert!(
            variants.contains(&"720p.m3u8") && variants.contains(&"source-video.m3u8"),
            "{master}"
        );
    }
}

#[tokio::test]
async fn a_film_without_rungs_and_original_says_what_the_rungs_say() {
    let drivein = Drivein::start().await;
    let film = drivein.play(FILM).await;
    drivein.fault("streaming", Effect::errno(31341));
    drivein.fault("original", Effect::status(500));
    for agent in AGENTS {
        let master = master_for(&drivein, &film, agent).await.expect(503);
        assert_eq!(master.code(), "transcoding", "{agent}");
        assert!(!master.header("retry-after").is_empty(), "{agent}");
    }
    let page = drivein
        .get(&format!("/watch/{DRIVE}{}", encoded(FILM)))
        .await
        .expect(200)
        .text();
    assert!(!page.contains("Meanwhile, the original plays."));
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

/// Plays originals in a browser that playwright does not drive, and then `more` pages.
async fn another_browser(name: &str, more: &[&str]) {
    let (folder, drivein) = cinema().await;
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(folder.path().join("Film.mkv"))
        .args(["-map", "0:v", "-map", "0:a:0", "-c:v", "libvpx-vp9"])
        .args(["-deadline", "realtime", "-cpu-used", "8", "-g", "50"])
        .args(["-c:a", "libopus"])
        .arg(folder.path().join("Web.webm"))
        .status()
        .unwrap();
    assert!(status.success());
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
