//! Every fault does what it says, where it is said, and as often.

mod cuts;

use std::time::Duration;

use serde_json::{Value, json};

use super::{Talk, refused};
use crate::{Effect, Fault, Options};

const FILM: &str = "/Tidal Light.mp4";

#[tokio::test]
async fn errors_of_calls() {
    let talk = Talk::new().await;
    talk.sandbox.fault(
        Fault::on("streaming", Effect::errno(31341))
            .matching("AUTO_720")
            .times(1),
    );
    assert!(
        talk.playlist(FILM, "M3U8_AUTO_480")
            .await
            .starts_with("#EXTM3U")
    );
    let transcoding: Value =
        serde_json::from_str(&talk.playlist(FILM, "M3U8_AUTO_720").await).unwrap();
    assert_eq!(
        (&transcoding["errno"], &transcoding["error_code"]),
        (&json!(31341), &json!(31341))
    );
    assert!(
        talk.playlist(FILM, "M3U8_AUTO_720")
            .await
            .starts_with("#EXTM3U")
    );

    talk.sandbox
        .fault(Fault::on("quota", Effect::status(503)).times(1));
    assert_eq!(talk.raw("/openapi/api/quota", &[]).await.status(), 503);
    talk.sandbox
        .fault(Fault::on("quota", Effect::expired()).times(1));
    assert_eq!(talk.get("/openapi/api/quota", &[]).await["errno"], 200_003);
    let id = talk.sandbox.fault(Fault::on("list", Effect::info_key()));
    assert!(talk.list("/", &[]).await["info"].is_array());
    assert!(talk.sandbox.mend(id));
    assert!(talk.list("/", &[]).await["list"].is_array());

    talk.sandbox
        .fault(Fault::on("quota", Effect::html_body()).times(1));
    assert!(
        talk.raw("/openapi/api/quota", &[])
            .await
            .text()
            .await
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );
    talk.sandbox.fault(Fault::on("*", Effect::errno(400_210)));
    assert_eq!(
        talk.get("/openapi/api/quota", &[]).await["errmsg"],
        "need verify_v2"
    );
    talk.sandbox.heal();
    assert_eq!(talk.get("/openapi/api/quota", &[]).await["errno"], 0);
}

#[tokio::test]
async fn short_playlists() {
    let talk = Talk::new().await;
    talk.sandbox
        .fault(Fault::on("streaming", Effect::growing(2)).times(1));
    let growing = talk.playlist(FILM, "M3U8_AUTO_480").await;
    assert_eq!(
        (
            growing.matches("#EXTINF").count(),
            growing.contains("ENDLIST")
        ),
        (2, false)
    );
    talk.sandbox
        .fault(Fault::on("streaming", Effect::preview(3)).times(1));
    let preview = talk.playlist(FILM, "M3U8_AUTO_480").await;
    assert_eq!(
        (
            preview.matches("#EXTINF").count(),
            preview.contains("ENDLIST")
        ),
        (3, true)
    );
    assert_eq!(
        talk.playlist(FILM, "M3U8_AUTO_480")
            .await
            .matches("#EXTINF")
            .count(),
        7
    );
}

#[tokio::test]
async fn faults_of_media_hosts() {
    let talk = Talk::new().await;
    let urls = talk.segments(FILM, "M3U8_AUTO_720").await;
    let get = async |url: &str| talk.ranged(url, "bytes=5-9").await;
    let once = |route: &str, effect: Effect| {
        talk.sandbox
            .fault(Fault::on(route, effect).matching("Tidal Light").times(1))
    };
    once("segment", Effect::expired());
    assert_eq!(refused(get(&urls[0]).await).await, (403, 31360));
    once("segment", Effect::forbidden());
    assert_eq!(refused(get(&urls[0]).await).await, (403, 31064));
    once("segment", Effect::status(503));
    assert_eq!(get(&urls[0]).await.status(), 503);
    once("segment", Effect::ignore_range());
    let all = get(&urls[0]).await;
    assert_eq!(
        (all.status().as_u16(), all.headers().get("content-range")),
        (200, None)
    );
    once("segment", Effect::json_body());
    let json: Value = get(&urls[0]).await.json().await.unwrap();
    assert_eq!(json["errno"], 400_141);
    once(
        "segment",
        Effect {
            headers: [("content-type".into(), "text/plain".into())].into(),
            ..Effect::default()
        },
    );
    assert_eq!(get(&urls[0]).await.headers()["content-type"], "text/plain");

    let link = talk.dlink(FILM).await;
    once("dlink", Effect::expired());
    assert_eq!(refused(talk.fetch(&link).await).await, (403, 31360));
    let to = talk.hop(&link).await;
    once("original", Effect::html_body());
    assert_eq!(get(&to).await.headers()["content-type"], "text/html");
    assert_eq!(get(&to).await.status(), 206);
    talk.sandbox
        .fault(Fault::on("filemetas", Effect::encoded_dlink()).times(1));
    assert!(talk.dlink(FILM).await.starts_with("http%3A%2F%2F127.0.0.1"));
    talk.sandbox
        .fault(Fault::on("filemetas", Effect::empty_dlink()).times(1));
    assert!(talk.dlink(FILM).await.starts_with("&access_tokens"));
}

#[tokio::test]
async fn control_over_http() {
    let talk = Talk::new().await;
    let post = async |call: &str, body: Value| {
        talk.client
            .post(talk.url(call))
            .json(&body)
            .send()
            .await
            .unwrap()
    };
    let delete = async |call: &str| {
        talk.client
            .delete(talk.url(call))
            .send()
            .await
            .unwrap()
            .status()
    };
    let get = async |call: &str| talk.fetch(talk.url(call)).await;
    let set = post(
        "/_sandbox/faults",
        json!({"route": "list", "fault": {"errno": 31034}}),
    )
    .await;
    let id = set.json::<Value>().await.unwrap()["id"].as_u64().unwrap();
    assert_eq!(talk.list("/", &[]).await["errno"], 31034);
    assert_eq!(delete(&format!("/_sandbox/faults/{id}")).await, 204);
    assert_eq!(delete(&format!("/_sandbox/faults/{id}")).await, 404);
    assert_eq!(
        post("/_sandbox/faults", json!({"route": "lists", "fault": {}}))
            .await
            .status(),
        400
    );
    assert!(
        post(
            "/_sandbox/faults",
            json!({"route": "list", "fault": {"oops": 1}})
        )
        .await
        .status()
        .is_client_error()
    );
    assert_eq!(talk.list("/", &[]).await["errno"], 0);
    assert_eq!(
        post("/_sandbox/folder", json!({"path": "/Made", "entries": 3}))
            .await
            .status(),
        204
    );
    assert_eq!(
        talk.list("/Made", &[]).await["list"]
            .as_array()
            .unwrap()
            .len(),
        3
    );

    let urls = talk.segments(FILM, "M3U8_AUTO_480").await;
    let bytes = talk.fetch(&urls[0]).await.bytes().await.unwrap();
    let counters: Value = get("/_sandbox/counters").await.json().await.unwrap();
    assert_eq!(
        counters["segment"],
        json!({"requests": 1, "bytes": bytes.len()})
    );
    assert_eq!(counters["objects"]["/Tidal Light.mp4#480p/0"], 1);
    assert_eq!(delete("/_sandbox/counters").await, 204);
    assert_eq!(talk.sandbox.count("segment"), 0);
    assert_eq!(
        post("/_sandbox/expire", json!({"urls": true}))
            .await
            .status(),
        204
    );
    assert_eq!(refused(talk.fetch(&urls[0]).await).await, (403, 31360));
    assert_eq!(
        post("/_sandbox/expire", json!({"access_tokens": true}))
            .await
            .status(),
        204
    );
    assert_eq!(talk.list("/", &[]).await["errno"], 200_003);

    let source = get("/_sandbox/source?path=/Tidal%20Light.mp4&rendition=480p")
        .await
        .bytes()
        .await
        .unwrap();
    assert_eq!(source[..bytes.len()], bytes);
    let table: Value = get("/_sandbox/segments?path=/Tidal%20Light.mp4&rendition=480p")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(table[0]["length_bytes"], bytes.len());
    assert_eq!(
        get("/_sandbox/source?path=/Tidal%20Light.mp4&rendition=9p")
            .await
            .status(),
        404
    );
    let credentials: Value = get("/_sandbox/credentials").await.json().await.unwrap();
    assert_eq!(credentials["client_id"], "sandbox-client");
    assert!(
        get("/wap/outside/login?clientId=x")
            .await
            .text()
            .await
            .unwrap()
            .contains("teraboxOauth")
    );
    assert_eq!(
        get("/_sandbox/avatar.jpg").await.headers()["content-type"],
        "image/jpeg"
    );
}

#[tokio::test]
async fn addresses_die_of_age() {
    let talk = Talk::with(Options {
        url_life: Duration::from_millis(150),
        ..Options::default()
    })
    .await;
    let urls = talk.segments(FILM, "M3U8_AUTO_480").await;
    let link = talk.dlink(FILM).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(refused(talk.fetch(&urls[0]).await).await, (403, 31360));
    assert_eq!(refused(talk.fetch(&link).await).await, (403, 31360));
}
