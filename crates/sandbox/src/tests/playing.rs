//! Whole flows: playing and downloading.

use serde_json::{Value, json};

use super::{Talk, refused};
use crate::Options;

const FILM: &str = "/Tidal Light.mp4";

#[tokio::test]
async fn the_playlist_is_spelled_as_documented_and_its_segments_make_the_object() {
    let talk = Talk::new().await;
    for (kind, rendition) in [
        ("M3U8_AUTO_480", "480p"),
        ("M3U8_AUTO_1080", "1080p"),
        ("M3U8_MP3_128", "audio"),
    ] {
        let playlist = talk.playlist(FILM, kind).await;
        assert!(playlist.starts_with("#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXT-X-DISCONTINUITY\n#EXTINF:10,\nhttp://127.0.0.1:"));
        assert!(
            playlist.ends_with("\n#EXT-X-ENDLIST\n") && playlist.contains("\n#EXTINF:6,\n"),
            "{playlist}"
        );
        let mut bytes = Vec::new();
        for url in talk.segments(FILM, kind).await {
            assert!(
                (800..1500).contains(&url.len())
                    && url.contains("%253D&")
                    && url.contains("fn=Tidal%20Light.mp4"),
                "{url}"
            );
            let answer = talk.fetch(&url).await;
            assert_eq!(answer.headers()["content-type"], "video/mp2t");
            bytes.extend_from_slice(&answer.bytes().await.unwrap());
        }
        assert_eq!(talk.sandbox.source(FILM, rendition).await.unwrap(), bytes);
        assert_eq!(talk.sandbox.count_segment(FILM, rendition, 3), 1);
    }
    assert_eq!(talk.sandbox.segments(FILM, "720p").await.unwrap().len(), 7);
    let errno = async |path, kind| {
        serde_json::from_str::<Value>(&talk.playlist(path, kind).await).unwrap()["errno"].clone()
    };
    assert_eq!(errno("/gone.mp4", "M3U8_AUTO_480").await, 31066);
    assert_eq!(errno("/Tidal Light.srt", "M3U8_AUTO_480").await, 31066);
    assert_eq!(
        errno("/Nature & Light/Waves & Wind.mp3", "M3U8_AUTO_480").await,
        31066
    );
    assert_eq!(errno(FILM, "M3U8_AUTO_9000").await, 2);
    assert!(
        talk.playlist("/Nature & Light/Waves & Wind.mp3", "M3U8_MP3_128")
            .await
            .starts_with("#EXTM3U")
    );
}

#[tokio::test]
async fn segments_answer_ranges_and_only_to_their_own_address() {
    let talk = Talk::new().await;
    let urls = talk.segments(FILM, "M3U8_AUTO_480").await;
    let whole = talk.fetch(&urls[1]).await.bytes().await.unwrap();
    let answer = talk.ranged(&urls[1], "bytes=100-299").await;
    assert_eq!(answer.status(), 206);
    assert_eq!(
        answer.headers()["content-range"],
        format!("bytes 100-299/{}", whole.len()).as_str()
    );
    assert_eq!(answer.bytes().await.unwrap(), whole[100..300]);
    let beyond = talk.ranged(&urls[1], "bytes=99999999-").await;
    assert_eq!(beyond.status(), 416);
    let head = talk.client.head(&urls[1]).send().await.unwrap();
    assert_eq!(
        head.headers()["content-length"],
        whole.len().to_string().as_str()
    );
    for altered in [
        urls[1].replace("%20", "+"),
        urls[1].replace("%253D", "%3D"),
        urls[1].replace("range=", "range=0"),
    ] {
        assert_eq!(refused(talk.fetch(altered).await).await, (403, 31362));
    }
    talk.sandbox.expire_urls();
    assert_eq!(refused(talk.fetch(&urls[1]).await).await, (403, 31360));
    let fresh = talk.segments(FILM, "M3U8_AUTO_480").await;
    assert_eq!(talk.fetch(&fresh[1]).await.status(), 200);
}

#[tokio::test]
async fn a_download_takes_two_hops_and_wants_the_token_only_on_the_first() {
    let talk = Talk::new().await;
    let truth = talk.sandbox.source(FILM, "original").await.unwrap();
    let list = talk.list("/", &[]).await;
    let item = list["list"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["path"] == FILM)
        .unwrap();
    assert_eq!(item["size"], truth.len());
    let ids = json!([item["fs_id"]]).to_string();
    let text = talk
        .raw(
            "/openapi/api/download",
            &[("fidlist", &ids), ("type", "dlink")],
        )
        .await
        .text()
        .await
        .unwrap();
    assert!(text.contains(r#"http:\/\/127.0.0.1"#));
    let links: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(links["dlink"][0]["fs_id"], item["fs_id"].to_string());
    let link = links["dlink"][0]["dlink"].as_str().unwrap();
    assert!(link.contains("&expires=1h&") && link.contains("%3D&"));
    assert_eq!(refused(talk.fetch(link).await).await, (403, 31045));
    let token = talk.sandbox.credentials().access_token;
    let decoded = link.replace("%3D", "=");
    assert_eq!(
        refused(talk.fetch(format!("{decoded}&access_tokens={token}")).await).await,
        (403, 31362)
    );

    let to = talk.hop(&format!("{link}&access_tokens={token}")).await;
    assert!(!to.contains(&token));
    let answer = talk.fetch(&to).await;
    let etag = answer.headers()["etag"].clone();
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.headers()["content-type"].as_bytes()
        ),
        (200, b"video/mp4".as_slice())
    );
    assert_eq!(answer.bytes().await.unwrap(), truth);
    let part = talk
        .client
        .get(&to)
        .header("range", "bytes=-1000")
        .header("if-range", etag)
        .send()
        .await
        .unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.unwrap(), truth[truth.len() - 1000..]);
    let other = talk
        .client
        .get(&to)
        .header("user-agent", "another/2")
        .send()
        .await
        .unwrap();
    assert_eq!(refused(other).await, (403, 31362));
    assert!(talk.dlink(FILM).await.contains("&expires=8h&"));
}

#[tokio::test]
async fn both_spellings_of_a_redirect_occur_if_asked_for_else_it_is_absolute() {
    let plain = Talk::new().await;
    let link = plain.dlink(FILM).await;
    for _ in 0..4 {
        let answer = plain.fetch(&link).await;
        assert!(
            answer.headers()["location"]
                .as_bytes()
                .starts_with(b"http://")
        );
    }
    let talk = Talk::with(Options {
        protocol_relative: true,
        ..Options::default()
    })
    .await;
    let link = talk.dlink(FILM).await;
    let mut relative = 0;
    for _ in 0..40 {
        let answer = talk.fetch(&link).await;
        relative += usize::from(answer.headers()["location"].as_bytes().starts_with(b"//"));
    }
    assert!((1..40).contains(&relative), "{relative} of 40");
}
