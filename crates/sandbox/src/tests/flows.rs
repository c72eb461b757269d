//! Whole flows: signing in, browsing, searching, and the end of it all.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Talk, refused, sign};
use crate::{Effect, Fault, Options};

const FILM: &str = "/Tidal Light.mp4";

#[tokio::test]
async fn a_device_signs_in_and_its_token_serves() {
    let talk = Talk::with(Options {
        device_interval: Duration::ZERO,
        ..Options::default()
    })
    .await;
    let wrong = talk
        .fetch(talk.url("/oauth/devicecode?client_id=who"))
        .await;
    assert!(wrong.text().await.unwrap().contains("\"errno\":100001"));
    let begun = talk
        .fetch(talk.url("/oauth/devicecode?client_id=sandbox-client"))
        .await;
    let begun: Value = begun.json().await.unwrap();
    assert_eq!(
        (&begun["errno"], &begun["data"]["expires_in"]),
        (&json!(0), &json!(300))
    );
    assert!(
        begun["data"]["qrcode_url"]
            .as_str()
            .unwrap()
            .starts_with("data:image/png;base64,iVBORw0KGgo")
    );
    let code = begun["data"]["device_code"].as_str().unwrap();
    let ask = [("grant_type", "device_code"), ("code", code)];
    assert_eq!(talk.signed("/oauth/gettoken", &ask).await["errno"], 400_001);
    assert_eq!(
        talk.client
            .post(talk.url("/_sandbox/approve"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let pair = talk.signed("/oauth/gettoken", &ask).await;
    assert_eq!(pair["data"]["expires_in"], 172_800);
    assert_eq!(talk.signed("/oauth/gettoken", &ask).await["errno"], 100_002);

    let token = pair["data"]["access_token"].as_str().unwrap();
    let info = talk
        .post("/oauth/tokeninfo", &[("access_token", token)])
        .await;
    assert_eq!(
        info["data"]["api_domain"],
        talk.sandbox.address().to_string()
    );
    let user = talk
        .client
        .get(talk.url(&format!("/openapi/uinfo?access_token={token}")))
        .send()
        .await
        .unwrap();
    assert!(user.text().await.unwrap().contains("\"uname\""));
    assert_eq!(
        (talk.sandbox.count("gettoken"), talk.sandbox.count("uinfo")),
        (3, 1)
    );
}

#[tokio::test]
async fn a_refresh_token_serves_once_and_forms_may_be_multipart() {
    let talk = Talk::new().await;
    let ours = talk.sandbox.credentials();
    let time = crate::signing::now_s().to_string();
    let part = |name: &str, value: &str| {
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let form = [
        part("client_id", &ours.client_id),
        part("client_secret", &ours.client_secret),
        part("refresh_token", &ours.refresh_token),
        part("timestamp", &time),
        part("sign", &sign(&time, &ours)),
        "--XX--\r\n".to_owned(),
    ];
    let request = talk.client.post(talk.url("/oauth/refreshtoken"));
    let answer = request
        .header("content-type", "multipart/form-data; boundary=XX")
        .body(form.concat())
        .send()
        .await
        .unwrap();
    let pair: Value = answer.json().await.unwrap();
    assert_eq!(pair["errno"], 0, "{pair}");
    assert!(
        pair["data"]["access_token"]
            .as_str()
            .unwrap()
            .starts_with("sbx-secret-")
    );
    let again = talk
        .signed(
            "/oauth/refreshtoken",
            &[("refresh_token", &ours.refresh_token)],
        )
        .await;
    assert_eq!(again["errno"], 200_004);
}

#[tokio::test]
async fn wrong_signatures_clocks_codes_and_tokens_are_refused() {
    let talk = Talk::new().await;
    let ours = talk.sandbox.credentials();
    let now = crate::signing::now_s();
    let refresh = async |time: String, sign: String, secret: &str| {
        let form = [
            ("client_id", ours.client_id.as_str()),
            ("client_secret", secret),
            ("refresh_token", &ours.refresh_token),
            ("timestamp", &time),
            ("sign", &sign),
        ];
        talk.post("/oauth/refreshtoken", &form).await["errno"].clone()
    };
    let (good, old) = (now.to_string(), (now - 4000).to_string());
    assert_eq!(
        refresh(good.clone(), "0".repeat(32), &ours.client_secret).await,
        2
    );
    assert_eq!(
        refresh(old.clone(), sign(&old, &ours), &ours.client_secret).await,
        2
    );
    assert_eq!(
        refresh(good.clone(), sign(&good, &ours), "guess").await,
        100_001
    );
    assert_eq!(
        talk.signed(
            "/oauth/gettoken",
            &[("grant_type", "password"), ("code", "x")]
        )
        .await["errno"],
        200_001
    );
    assert_eq!(
        talk.signed("/oauth/gettoken", &[("grant_type", "device_code")])
            .await["errno"],
        2
    );
    let code = talk.sandbox.authorization_code();
    assert_eq!(
        talk.signed(
            "/oauth/gettoken",
            &[("grant_type", "authorization_code"), ("code", &code)]
        )
        .await["errno"],
        0
    );

    let unknown = talk
        .fetch(talk.url("/openapi/api/quota?access_tokens=made-up"))
        .await;
    assert!(unknown.text().await.unwrap().contains("200002"));
    let missing = talk.fetch(talk.url("/openapi/api/quota")).await;
    assert!(missing.text().await.unwrap().contains("\"errno\":2"));
    talk.sandbox.expire_tokens();
    assert_eq!(talk.get("/openapi/api/quota", &[]).await["errno"], 200_003);
    assert_eq!(
        talk.signed(
            "/oauth/refreshtoken",
            &[("refresh_token", &ours.refresh_token)]
        )
        .await["errno"],
        0
    );
}

#[tokio::test]
async fn the_root_shows_folders_then_films_with_posters() {
    let talk = Talk::new().await;
    let list = talk.list("/", &[("web", "1"), ("order", "name")]).await;
    let names: Vec<&str> = list["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["server_filename"].as_str().unwrap())
        .collect();
    let expected = [
        "Long names",
        "Nature & Light",
        "Season 1 #finale 100%",
        "Series",
        "映画 🌊",
        "Paper Mountains.mp4",
        "Three Moons.mp4",
        "Tidal Light.mp4",
        "Tidal Light.srt",
    ];
    assert_eq!(names, expected);
    let film = &list["list"][5];
    assert_eq!(
        (
            &film["category"],
            &film["isdir"],
            film["md5"].as_str().unwrap().len()
        ),
        (&json!(1), &json!(0), 32)
    );
    assert_eq!(list["list"][0].get("thumbs"), None);
    for (url, width) in [("icon", 60), ("url1", 140), ("url2", 360), ("url3", 850)] {
        let answer = talk.fetch(film["thumbs"][url].as_str().unwrap()).await;
        assert_eq!(
            (
                answer.status().as_u16(),
                answer.headers()["content-type"].as_bytes()
            ),
            (200, b"image/jpeg".as_slice())
        );
        let jpeg = answer.bytes().await.unwrap();
        let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
        assert_eq!(
            u16::from_be_bytes([jpeg[frame + 7], jpeg[frame + 8]]),
            width
        );
    }
    let altered = film["thumbs"]["url1"]
        .as_str()
        .unwrap()
        .replace("%3d", "%3D");
    assert_eq!(refused(talk.fetch(altered).await).await, (403, 31362));
}

#[tokio::test]
async fn listings_page_by_either_name_and_know_what_is_wrong() {
    let talk = Talk::new().await;
    talk.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    let page =
        |n: &'static str, key: &'static str| [("dir", "/Ten thousand"), (key, n), ("num", "1000")];
    let tenth = talk.get("/openapi/api/list", &page("10", "page")).await;
    assert_eq!(tenth["list"][999]["server_filename"], "Entry 10000.mp4");
    let second = talk.get("/openapi/api/list", &page("2", "path")).await;
    assert_eq!(second["list"][0]["server_filename"], "Entry 01001.mp4");
    assert_eq!(
        talk.get("/openapi/api/list", &page("11", "page")).await["list"],
        json!([])
    );
    assert_eq!(talk.list("/nowhere", &[]).await["errno"], -9);
    assert_eq!(
        talk.get("/openapi/api/list", &[("dir", "/")]).await["errno"],
        2
    );
    assert_eq!(talk.list("/", &[("order", "colour")]).await["errno"], 2);
    assert_eq!(
        talk.list("/Nature & Light/Empty folder", &[]).await["list"],
        json!([])
    );
}

#[tokio::test]
async fn every_awkward_name_can_be_asked_about_and_played() {
    let talk = Talk::new().await;
    let found = talk
        .get(
            "/openapi/api/search",
            &[("key", ".mp4"), ("recursion", "1"), ("num", "1000")],
        )
        .await;
    let paths: Vec<&str> = found["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["path"].as_str().unwrap())
        .collect();
    assert!(paths.len() >= 29);
    for path in paths {
        let target = serde_json::to_string(&[path]).unwrap();
        let metas = talk
            .get("/openapi/api/filemetas", &[("target", &target)])
            .await;
        let item = &metas["info"][0];
        assert_eq!(
            (&item["path"], &item["height"]),
            (&json!(path), &json!(1080))
        );
        assert!(item["duration"].as_u64().unwrap() >= 60);
        let urls = talk.segments(path, "M3U8_AUTO_480").await;
        assert_eq!(
            urls.len(),
            item["duration"].as_u64().unwrap().div_ceil(10) as usize
        );
        assert_eq!(talk.fetch(&urls[0]).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn search_pages_and_ids_of_requests_are_loose() {
    let talk = Talk::new().await;
    let page = |n: &'static str| {
        [
            ("key", "episode"),
            ("recursion", "1"),
            ("num", "5"),
            ("page", n),
        ]
    };
    let first = talk
        .raw("/openapi/api/search", &page("1"))
        .await
        .text()
        .await
        .unwrap();
    assert!(
        first.contains(r#""path":"\/Series\/Paper Worlds\/"#),
        "{first}"
    );
    let mut ids = Vec::new();
    let mut more = Vec::new();
    for n in ["1", "2", "3"] {
        let answer = talk.get("/openapi/api/search", &page(n)).await;
        more.push(answer["has_more"].as_u64().unwrap());
        ids.push(answer["request_id"].clone());
    }
    assert_eq!(more, [1, 1, 0]);
    assert_eq!(
        talk.get("/openapi/api/search", &[("key", "x")]).await["errno"],
        2
    );
    for _ in 0..40 {
        ids.push(talk.get("/openapi/api/quota", &[]).await["request_id"].clone());
    }
    assert!(ids.iter().any(Value::is_string));
    assert!(
        ids.iter()
            .any(|id| id.as_u64().is_some_and(|n| n > i64::MAX as u64))
    );
}

#[tokio::test]
async fn a_missing_file_is_minus_nine_inside_twelve() {
    let talk = Talk::new().await;
    let metas = talk
        .get("/openapi/api/filemetas", &[("target", r#"["/gone.mp4"]"#)])
        .await;
    assert_eq!(
        (&metas["errno"], &metas["info"][0]["errno"]),
        (&json!(12), &json!(-9))
    );
    let encoded = talk
        .get(
            "/openapi/api/filemetas",
            &[("target", r#"["%2FTidal Light.mp4"]"#)],
        )
        .await;
    assert_eq!(
        (&encoded["errno"], &encoded["info"][0]["path"]),
        (&json!(0), &json!(FILM))
    );
    assert_eq!(
        talk.get("/openapi/api/filemetas", &[("target", "/Tidal Light.mp4")])
            .await["errno"],
        2
    );
}

#[tokio::test]
async fn a_sandbox_that_is_gone_is_gone_even_for_open_connections() {
    let talk = Talk::new().await;
    let url = talk.url("/_sandbox");
    assert_eq!(talk.fetch(&url).await.status(), 200);
    talk.sandbox.closed().await;
    assert!(talk.client.get(&url).send().await.is_err());

    let talk = Talk::new().await;
    talk.sandbox.fault(Fault::on("segment", Effect::rate(1000)));
    let urls = talk.segments(FILM, "M3U8_AUTO_480").await;
    let body = talk.fetch(&urls[0]).await;
    drop(talk.sandbox);
    let ended = tokio::time::timeout(Duration::from_secs(2), body.bytes()).await;
    assert!(ended.unwrap().is_err());
    assert!(talk.client.get(&urls[0]).send().await.is_err());
}
