//! The original in the master playlist, beside the renditions of the drive or alone.

use reqwest::Method;

use super::{cinema, play};
use crate::harness::*;
use sandbox::Effect;

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
        drivein.text(&format!("{play}/master.m3u8")).await
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

/// Requests the master playlist of `film` as this user agent.
pub(super) async fn master_for(drivein: &Drivein, film: &str, agent: &str) -> Reply {
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

pub(super) const AGENTS: [&str; 3] = [
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
                let page = drivein.text(&at).await;
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
        .text(&format!("/watch/{DRIVE}{}", encoded(FILM)))
        .await;
    assert!(!page.contains("Meanwhile, the original plays."));
}
