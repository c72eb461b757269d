//! Media sources, the bytes of films, qualities, subtitles, and the end of a stream that is revoked.

use std::path::Path;

use super::*;

on_both_states! {
    a_device_that_is_revoked_ends_its_running_stream,
}

fn sources(info: &Value) -> Vec<Value> {
    info["MediaSources"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_film_is_offered_as_it_is_without_a_probe() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    app.playback_info(&film, json!({})).await;
    let before = drivein.upstream_calls();
    let info = app.playback_info(&film, json!({"UserId": app.user})).await;
    assert_eq!(drivein.upstream_calls(), before, "nothing was asked for it");
    assert_eq!(info["PlaySessionId"].as_str().unwrap().len(), 32);
    let source = &sources(&info)[0];
    assert_eq!(
        (&source["Id"], &source["SupportsDirectPlay"]),
        (&json!(film), &json!(true))
    );
    assert!(source.get("TranscodingUrl").is_none());
    assert!(source["Size"].as_u64().unwrap() > 0);
    let expected = drivein.source(FILM, "original").await;
    for path in [
        format!("/Videos/{film}/stream?static=true&MediaSourceId={film}"),
        format!("/Videos/{film}/stream.mp4?Static=true"),
        format!("/Items/{film}/Download"),
        format!("/Items/{film}/File"),
    ] {
        assert!(app.get(&path).await.expect(200).body == expected, "{path}");
    }
    let path = format!("/Videos/{film}/stream?static=true");
    let part = app
        .ask(Method::GET, &path)
        .range("bytes=1000-1999")
        .expect(206)
        .await;
    assert!(part.body == expected[1000..2000]);
    let head = app.ask(Method::HEAD, &path).expect(200).await;
    assert_eq!(head.header("content-length"), expected.len().to_string());
    let stranger = TvApp::new(&drivein, "nobody");
    stranger.get(&path).await.expect(401);
    // Kodi's add-on sends the id of the play session alone: it is good for this film, until the device is revoked.
    let session = info["PlaySessionId"].as_str().unwrap();
    let by_session = format!("{path}&MediaSourceId={film}&PlaySessionId={session}");
    assert!(stranger.get(&by_session).await.expect(200).body == expected);
    let items = videos(&app).await;
    let other = another_film(&items);
    let of_other = format!(
        "/Videos/{}/stream?static=true&PlaySessionId={session}",
        id(other)
    );
    stranger.get(&of_other).await.expect(404);
    for unknown in ["", "0123", &"0".repeat(32)] {
        let path = format!("{path}&PlaySessionId={unknown}");
        stranger.get(&path).await.expect(401);
    }
    stranger
        .get(&format!("/Items/{film}?PlaySessionId={session}"))
        .await
        .expect(401);
    // The token in the URL is as good.
    let with_key = format!("{path}&api_key={}", app.token);
    TvApp::new(&drivein, "tv").get(&with_key).await.expect(200);
    app.post("/Sessions/Logout", json!({})).await.expect(204);
    stranger.get(&by_session).await.expect(401);
}

#[tokio::test]
async fn a_limit_and_a_profile_lead_to_the_qualities_of_the_cloud() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let only_webm =
        json!({"DeviceProfile": {"DirectPlayProfiles": [{"Container": "webm", "Type": "Video"}]}});
    let cases = [
        json!({"MaxStreamingBitrate": 1000}),
        only_webm,
        json!({"EnableDirectPlay": false, "EnableDirectStream": false}),
    ];
    for body in cases {
        let info = app.playback_info(&film, body.clone()).await;
        let source = &sources(&info)[0];
        assert_eq!(source["SupportsDirectPlay"], false, "{body}");
        let address = source["TranscodingUrl"].as_str().unwrap();
        assert!(
            address.starts_with('/') && !address.contains(&app.token),
            "{address}"
        );
        assert_eq!(source["TranscodingSubProtocol"], "hls");
        // The address is appended to the base that the app uses, without a header.
        for base in ["/jellyfin", ""] {
            let reply = drivein
                .ask(Method::GET, &format!("{base}{address}"))
                .send()
                .await;
            assert!(reply.expect(200).text().starts_with("#EXTM3U"));
        }
    }
    let info = app
        .playback_info(
            &film,
            json!({"EnableTranscoding": false, "MaxStreamingBitrate": 1000}),
        )
        .await;
    assert_eq!(info["ErrorCode"], "NoCompatibleStream");
}

/// Returns the variants of a master playlist: bit rate and address.
fn variants(master: &str) -> Vec<(u64, String)> {
    let lines: Vec<&str> = master.lines().collect();
    let is_variant = |pair: &&[&str]| pair[0].starts_with("#EXT-X-STREAM-INF:");
    lines
        .windows(2)
        .filter(is_variant)
        .map(|pair| {
            let rate = pair[0]
                .split("BANDWIDTH=")
                .nth(1)
                .unwrap()
                .split(',')
                .next()
                .unwrap();
            (rate.parse().unwrap(), pair[1].to_owned())
        })
        .collect()
}

#[tokio::test]
async fn a_quality_that_is_chosen_is_kept_and_its_segments_play_from_the_addresses_in_it() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let master_of = async |limit: u64| {
        let body = json!({"EnableDirectPlay": false, "EnableDirectStream": false, "MaxStreamingBitrate": limit});
        let info = app.playback_info(&film, body).await;
        let address = sources(&info)[0]["TranscodingUrl"]
            .as_str()
            .unwrap()
            .to_owned();
        let reply = drivein
            .ask(Method::GET, &format!("/jellyfin{address}"))
            .send()
            .await;
        (address, reply.expect(200).text())
    };
    let (_, whole) = master_of(1_000_000_000).await;
    let all = variants(&whole);
    assert!(all.len() > 2, "{whole}");
    let lowest = all.iter().map(|(rate, _)| *rate).min().unwrap();
    let highest = all.iter().map(|(rate, _)| *rate).max().unwrap();
    let (address, limited) = master_of(highest - 1).await;
    let kept = variants(&limited);
    assert!(!kept.is_empty() && kept.len() < all.len());
    assert!(
        kept.iter()
            .all(|(rate, _)| *rate < highest && *rate >= lowest)
    );
    let folder = address.split("/master.m3u8").next().unwrap();
    // Addresses are relative to the playlist, and contain no path.
    let (_, playlist) = kept
        .iter()
        .find(|(_, it)| it.contains("480p"))
        .unwrap_or(&kept[0]);
    assert!(
        !limited.contains("Tidal") && playlist.starts_with("../"),
        "{playlist}"
    );
    let url = resolve(&format!("/jellyfin{folder}/"), playlist);
    let list = drivein.ask(Method::GET, &url).expect(200).await.text();
    let segment = list
        .lines()
        .find(|line| !line.starts_with('#') && !line.is_empty())
        .unwrap();
    let segment = resolve(&url[..=url.rfind('/').unwrap()], segment);
    let bytes = drivein.ask(Method::GET, &segment).expect(200).await.body;
    assert!(
        bytes == drivein.segment_source(FILM, "480p", 0).await,
        "{segment}"
    );
    let main = address.replace("master.m3u8", "main.m3u8");
    let main = drivein
        .ask(Method::GET, &format!("/jellyfin{main}"))
        .expect(200)
        .await;
    assert!(main.text().contains("#EXTINF"));
}

/// Resolves a relative address.
fn resolve(folder: &str, address: &str) -> String {
    let base = url::Url::parse(&format!("http://x{folder}")).unwrap();
    let url = base.join(address).unwrap();
    url.path().to_owned()
}

/// A film with two sounds, a text and two chapters, and a text beside it.
fn film(path: &Path) {
    let folder = path.parent().unwrap();
    let text = folder.join("inside.srt");
    std::fs::write(
        &text,
        "1\n00:00:01,000 --> 00:00:02,000\nHello <i>you</i>\n\n",
    )
    .unwrap();
    let chapters = folder.join("chapters.txt");
    let marks = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2500\ntitle=Harbour\n\
                 [CHAPTER]\nTIMEBASE=1/1000\nSTART=2500\nEND=6000\ntitle=Open <b>sea\n";
    std::fs::write(&chapters, marks).unwrap();
    let arguments = "-f lavfi -i testsrc=size=320x180:rate=25:duration=6 -f lavfi -i sine=frequency=440:duration=6 \
                     -f lavfi -i sine=frequency=880:duration=6 -i inside.srt -i chapters.txt -map_metadata 4 -map_chapters 4 \
                     -map 0:v -map 1:a -map 2:a -map 3:s -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 \
                     -c:a:0 aac -c:a:1 ac3 -c:s srt -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu \
                     -metadata:s:s:0 language=fra";
    make_film(path, arguments.split(' '));
    std::fs::remove_file(&text).unwrap();
    std::fs::remove_file(&chapters).unwrap();
    let beside = folder.join("Film <b>&.en.srt");
    std::fs::write(
        beside,
        "1\n00:00:03,500 --> 00:00:04,000\nBeside & beyond\n\n",
    )
    .unwrap();
}

async fn folder_drive() -> (tempfile::TempDir, Drivein) {
    let folder = tempfile::tempdir().unwrap();
    film(&folder.path().join("Film <b>&.mkv"));
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .folder("shelf", folder.path())
        .start()
        .await;
    (folder, drivein)
}

#[tokio::test]
async fn tracks_texts_and_the_repackaged_file_are_told_once_they_are_known() {
    let (_folder, drivein) = folder_drive().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item("shelf", "Film <b>&").await;
    let details = format!("/Items/{film}");
    app.json(&details).await;
    let shown = eventually(
        "its index was read",
        std::time::Duration::from_secs(30),
        async || {
            let shown = app.json(&details).await;
            (shown["MediaStreams"].as_array().unwrap().len() == 5).then_some(shown)
        },
    )
    .await;
    let kinds: Vec<&str> = shown["MediaStreams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["Type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["Video", "Audio", "Audio", "Subtitle", "Subtitle"]);
    assert_eq!(shown["MediaStreams"][2]["Codec"], "ac3");
    assert_eq!(shown["MediaStreams"][4]["IsExternal"], true);
    let chapters = shown["Chapters"].as_array().unwrap();
    let chapters: Vec<_> = chapters
        .iter()
        .map(|it| (it["Name"].as_str(), it["StartPositionTicks"].as_u64()))
        .collect();
    assert_eq!(
        chapters,
        [
            (Some("Harbour"), Some(0)),
            (Some("Open <b>sea"), Some(25_000_000))
        ]
    );

    let browser = json!({"DeviceProfile": {
        "DirectPlayProfiles": [{"Container": "mp4", "Type": "Video", "VideoCodec": "h264", "AudioCodec": "aac"}],
        "SubtitleProfiles": [{"Format": "vtt", "Method": "External"}],
    }});
    let info = app.playback_info(&film, browser).await;
    let [original, repackaged] = <[Value; 2]>::try_from(sources(&info)).unwrap();
    assert_eq!(
        (&original["SupportsDirectPlay"], &original["Container"]),
        (&json!(false), &json!("mkv"))
    );
    assert!(
        original["TranscodingUrl"]
            .as_str()
            .unwrap()
            .contains("ContainerNotSupported")
    );
    assert_eq!(
        (&repackaged["SupportsDirectPlay"], &repackaged["Container"]),
        (&json!(true), &json!("mp4"))
    );
    let mp4 = app
        .get(&format!(
            "/Videos/{film}/stream.mp4?static=true&MediaSourceId={}",
            repackaged["Id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(&mp4.expect(200).body[4..8], b"ftyp");
    let mkv = app
        .get(&format!(
            "/Videos/{film}/stream?static=true&MediaSourceId={}",
            original["Id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(&mkv.expect(200).body[..4], &[0x1a, 0x45, 0xdf, 0xa3]);
    // Texts inside and beside, by addresses that need no header, in every format.
    for (stream, words) in [(3, "Hello"), (4, "Beside")] {
        let text = &original["MediaStreams"][stream];
        assert_eq!(text["DeliveryMethod"], "External");
        let address = text["DeliveryUrl"].as_str().unwrap();
        let vtt = drivein
            .ask(Method::GET, &format!("/jellyfin{address}"))
            .expect(200)
            .await;
        assert!(
            vtt.text().starts_with("WEBVTT") && vtt.text().contains(words),
            "{}",
            vtt.text()
        );
        let source = original["Id"].as_str().unwrap();
        for (format, sign) in [("srt", "-->"), ("ass", "Dialogue:"), ("js", "TrackEvents")] {
            let path = format!("/Videos/{film}/{source}/Subtitles/{stream}/Stream.{format}");
            let reply = app.get(&path).await.expect(200);
            assert!(
                reply.text().contains(sign) && reply.text().contains(words),
                "{path}: {}",
                reply.text()
            );
        }
    }
    // Playing the repackaged stream through the addresses of the playlist.
    let address = original["TranscodingUrl"].as_str().unwrap();
    let hashes = packet_hashes(&format!("{}/jellyfin{address}", drivein.url()), &["0:v"]).await;
    assert!(!hashes.is_empty());
}

async fn a_device_that_is_revoked_ends_its_running_stream() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let body = json!({"EnableDirectPlay": false, "EnableDirectStream": false});
    let info = app.playback_info(&film, body).await;
    let address = sources(&info)[0]["TranscodingUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    let truth = drivein.source(FILM, "original").await;
    drivein.fault("original", sandbox::Effect::rate(truth.len() as u64 / 100));
    let tickets = owners_api(&drivein, Method::GET, "tickets", None)
        .await
        .json();
    let ticket = tickets["tickets"][0]["id"].as_str().unwrap().to_owned();
    let mut stream = app
        .ask(Method::GET, &format!("/Videos/{film}/stream?static=true"))
        .open()
        .await;
    stream.chunk().await.unwrap().unwrap();
    owners_api(&drivein, Method::DELETE, &format!("tickets/{ticket}"), None)
        .await
        .expect(204);
    let rest = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        while let Ok(chunk) = stream.chunk().await {
            assert!(chunk.is_some(), "the body pretends to be whole");
        }
    });
    rest.await
        .expect("the stream goes on five seconds after its device was revoked");
    // A master playlist under the same device is refused from now on.
    drivein
        .ask(Method::GET, &format!("/jellyfin{address}"))
        .expect(401)
        .await;
}
