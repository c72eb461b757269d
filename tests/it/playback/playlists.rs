//! Requirements of players: the type, the second line, relative URIs, correct durations, exact ranges and
//! conditions. Each of these has broken one player or another.

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
    let master = drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(200)
        .text();
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
        let text = drivein
            .get(&format!("{play}/{rendition}.m3u8"))
            .await
            .expect(200)
            .text();
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
                    .get(&format!("{play}/{rendition}/{number}.ts"))
                    .await
                    .expect(200);
                assert_eq!(reply.header("content-type"), "video/mp2t");
                assert!(reply.is_whole);
                joined.extend(reply.body);
            }
            assert!(joined == truth, "{film} {rendition}");
            let beyond = drivein
                .get(&format!("{play}/{rendition}/{count}.ts"))
                .await
                .expect(404);
            assert_eq!(beyond.code(), "not_found");
            let whole = drivein
                .get(&format!("{play}/{rendition}.ts"))
                .await
                .expect(200);
            assert!(whole.body == truth, "{film} {rendition}.ts");
        }
    }
}

/// All resources below a play URL that answer GET.
const RESOURCES: [&str; 11] = [
    "",
    "/master.m3u8",
    "/480p.m3u8",
    "/audio.m3u8",
    "/480p/0.ts",
    "/audio/0.ts",
    "/480p.ts",
    "/poster.jpg",
    "/list.m3u",
    "/list.xspf",
    ".strm",
];

#[tokio::test]
async fn head_answers_with_the_headers_of_get() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let mut all: Vec<String> = RESOURCES
        .iter()
        .map(|resource| format!("{play}{resource}"))
        .collect();
    all.push(format!("{}/", drivein.play_root().await));
    all.extend([
        "/".to_owned(),
        format!("/browse/{DRIVE}"),
        "/api/v1/drives".to_owned(),
    ]);
    for address in all {
        let (get, head) = (drivein.get(&address).await, drivein.head(&address).await);
        assert_eq!((get.status, head.status), (200, 200), "{address}");
        assert!(head.body.is_empty(), "{address}");
        let names = |reply: &Reply| -> Vec<String> {
            let mut names: Vec<String> = reply
                .headers
                .iter()
                .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
                .map(|(name, value)| format!("{name}: {value:?}"))
                .collect();
            names.sort();
            names
        };
        assert_eq!(names(&get), names(&head), "{address}");
        assert!(
            !get.header("content-length").is_empty(),
            "{address} has a length"
        );
    }
}

#[tokio::test]
async fn media_are_sent_as_they_are_and_may_be_played_from_anywhere() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    for resource in RESOURCES {
        let address = format!("{play}{resource}");
        let reply = drivein
            .ask(Method::GET, &address)
            .header("accept-encoding", "gzip, deflate, br")
            .header("origin", "https://elsewhere.example")
            .send()
            .await
            .expect(200);
        assert_eq!(reply.header("content-encoding"), "", "{resource}");
        assert_eq!(
            reply.header("access-control-allow-origin"),
            "*",
            "{resource}"
        );
        for name in ["Content-Length", "Content-Range"] {
            assert!(reply.header("access-control-expose-headers").contains(name));
        }
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        let options = drivein
            .ask(Method::OPTIONS, &address)
            .send()
            .await
            .expect(204);
        let allowed = options.header("access-control-allow-methods").to_owned();
        assert!(
            allowed.contains("GET") && allowed.contains("HEAD"),
            "{allowed}"
        );
        assert!(
            options
                .header("access-control-allow-headers")
                .to_lowercase()
                .contains("range")
        );
        assert_eq!(options.header("access-control-allow-origin"), "*");
    }
    // A failure, too, must be readable for the page that asked.
    let missing = drivein
        .get(&format!("{play}/480p/999.ts"))
        .await
        .expect(404);
    assert_eq!(missing.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn ranges_are_exact() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    for (resource, truth) in [
        ("", drivein.source(FILM, "original").await),
        ("/480p.ts", drivein.source(FILM, "480p").await),
        ("/720p/3.ts", drivein.segment_source(FILM, "720p", 3).await),
    ] {
        let address = format!("{play}{resource}");
        let length = truth.len();
        for (range, first, last) in [
            ("bytes=0-0".to_owned(), 0, 0),
            ("bytes=0-".to_owned(), 0, length - 1),
            ("bytes=100-1099".to_owned(), 100, 1099),
            (format!("bytes={}-", length - 1), length - 1, length - 1),
            ("bytes=-1".to_owned(), length - 1, length - 1),
            ("bytes=-1000".to_owned(), length - 1000, length - 1),
            (format!("bytes=-{}", length * 2), 0, length - 1),
            (format!("bytes=5-{}", length * 2), 5, length - 1),
            (format!("bytes=5-{}", u64::MAX), 5, length - 1),
        ] {
            for method in [Method::GET, Method::HEAD] {
                let reply = drivein
                    .ask(method.clone(), &address)
                    .range(&range)
                    .send()
                    .await
                    .expect(206);
                let expected = format!("bytes {first}-{last}/{length}");
                assert_eq!(
                    reply.header("content-range"),
                    expected,
                    "{resource} {range}"
                );
                assert_eq!(
                    reply.header("content-length"),
                    (last - first + 1).to_string()
                );
                assert_eq!(reply.header("accept-ranges"), "bytes");
                let body = if method == Method::GET {
                    &truth[first..=last]
                } else {
                    &[]
                };
                assert!(reply.is_whole && reply.body == body, "{resource} {range}");
            }
        }
        for range in [
            format!("bytes={length}-"),
            format!("bytes={}-{}", length * 3, length * 4),
            "bytes=-0".to_owned(),
        ] {
            let reply = drivein
                .ask(Method::GET, &address)
                .range(&range)
                .send()
                .await
                .expect(416);
            assert_eq!(
                reply.header("content-range"),
                format!("bytes */{length}"),
                "{resource} {range}"
            );
        }
        for ignored in [
            "bytes=9-3",
            "bytes=a-b",
            "lines=1-2",
            "bytes=",
            "bytes=0-1,5-6",
        ] {
            let reply = drivein
                .ask(Method::GET, &address)
                .range(ignored)
                .send()
                .await
                .expect(200);
            assert!(reply.body == truth, "{resource} {ignored}");
        }
    }
}

#[tokio::test]
async fn conditions_save_bytes_and_never_mix_two_files() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    for resource in ["", "/480p.ts", "/480p/0.ts"] {
        let address = format!("{play}{resource}");
        let etag = drivein
            .head(&address)
            .await
            .expect(200)
            .header("etag")
            .to_owned();
        assert!(etag.starts_with('"') && etag.len() > 10, "{etag} is strong");
        let get = |name: &str, value: &str| drivein.ask(Method::GET, &address).header(name, value);
        for known in [
            etag.as_str(),
            "*",
            &format!("\"x\", {etag}"),
            &format!("W/{etag}"),
        ] {
            let reply = get("if-none-match", known).send().await.expect(304);
            assert_eq!(
                (reply.body.len(), reply.header("etag")),
                (0, etag.as_str()),
                "{known}"
            );
        }
        get("if-none-match", "\"other\"")
            .range("bytes=0-1")
            .send()
            .await
            .expect(206);
        get("if-range", &etag)
            .range("bytes=0-1")
            .send()
            .await
            .expect(206);
        for changed in [
            "\"other\"",
            "Sat, 21 Nov 2026 00:00:00 GMT",
            &format!("W/{etag}"),
        ] {
            let reply = get("if-range", changed)
                .range("bytes=0-1")
                .send()
                .await
                .expect(200);
            assert!(reply.body.len() > 2, "{changed}");
        }
    }
    let tags = async |resource: &str| {
        let reply = drivein.head(&format!("{play}{resource}")).await;
        reply.header("etag").to_owned()
    };
    assert_ne!(tags("/480p/0.ts").await, tags("/480p/1.ts").await);
    assert_ne!(tags("/480p.ts").await, tags("/720p.ts").await);
}

#[tokio::test]
async fn media_may_be_kept_by_caches_and_playlists_may_not() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    for resource in RESOURCES {
        let reply = drivein.get(&format!("{play}{resource}")).await.expect(200);
        let control = reply.header("cache-control");
        if resource.ends_with(".ts") || resource.is_empty() || resource.ends_with(".jpg") {
            assert!(control.contains("max-age="), "{resource}: {control}");
        } else {
            assert!(
                control.contains("no-cache") || control.contains("no-store"),
                "{resource}: {control}"
            );
        }
        assert_eq!(reply.header("set-cookie"), "", "players have no cookies");
    }
}

#[tokio::test]
async fn sound_files_play_as_sound() {
    let drivein = Drivein::start().await;
    let sound = "/Nature & Light/Waves & Wind.mp3";
    let entry = drivein.entry(sound).await["entry"].clone();
    assert_eq!(entry["kind"], "audio");
    let play = drivein.play(sound).await;
    let master = drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(200)
        .text();
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

#[tokio::test]
async fn header_names_have_their_capitals() {
    // VLC up to 3.0.11 searches for them case-sensitively.
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let mut connection = tokio::net::TcpStream::connect(drivein.address)
        .await
        .unwrap();
    let request = format!("HEAD {play}/480p.m3u8 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut head = String::new();
    connection.read_to_string(&mut head).await.unwrap();
    for name in ["\r\nContent-Type: ", "\r\nContent-Length: "] {
        assert!(head.contains(name), "{head}");
    }
}
