//! Headers of media: ranges, conditions, caching, types.

use reqwest::Method;

use crate::harness::*;

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
            .expect(200)
            .await;
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
        let options = drivein.ask(Method::OPTIONS, &address).expect(204).await;
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
    let missing = drivein.fetch(&format!("{play}/480p/999.ts"), 404).await;
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
                    .expect(206)
                    .await;
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
                .expect(416)
                .await;
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
                .expect(200)
                .await;
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
            let reply = get("if-none-match", known).expect(304).await;
            assert_eq!(
                (reply.body.len(), reply.header("etag")),
                (0, etag.as_str()),
                "{known}"
            );
        }
        get("if-none-match", "\"other\"")
            .range("bytes=0-1")
            .expect(206)
            .await;
        get("if-range", &etag).range("bytes=0-1").expect(206).await;
        for changed in [
            "\"other\"",
            "Sat, 21 Nov 2026 00:00:00 GMT",
            &format!("W/{etag}"),
        ] {
            let reply = get("if-range", changed)
                .range("bytes=0-1")
                .expect(200)
                .await;
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
