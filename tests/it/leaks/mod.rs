//! Secrets that must not leave the server: URLs of the upstream's hosts, signatures, tokens, credentials. Not
//! in a reply and not in a log, whatever fails.
//!
//! Every test of this suite searches for these through the harness; the tests here verify that the search would
//! find them, and lead the server into every situation in which it reports something.
//!
//! - [`planted`]: every secret that a configuration can hold
//! - [`inside`]: a state that is broken

mod inside;
mod planted;

use sandbox::{Effect, ROUTES};

use crate::harness::*;

#[tokio::test]
async fn a_leak_would_be_found() {
    let drivein = Drivein::start().await;
    let secrets = &drivein.visitor.secrets;
    for leak in [
        format!("http://{}/x", drivein.sandbox.media_hosts()[0]),
        format!("at {}", drivein.sandbox.address()),
        encoded_name(&format!("http://{}/", drivein.sandbox.media_hosts()[3])),
        drivein.sandbox.credentials().access_token,
        drivein.sandbox.credentials().client_secret,
        "?x=1&sign=FDtAER".to_owned(),
    ] {
        assert!(secrets.found_in(&leak).is_some(), "{leak}");
    }
    assert_eq!(
        secrets.found_in(&format!("{} Tidal Light", drivein.url())),
        None
    );
}

#[tokio::test]
async fn the_log_is_watched_at_its_most_talkative() {
    let drivein = Drivein::start().await;
    drivein.get("/no/such/page").await.expect(404);
    drivein.get("/healthz").await.expect(200);
    let log = drivein.log();
    assert!(
        log.contains("/no/such/page") && log.contains("not_found"),
        "{log}"
    );
    assert!(log.contains("DEBUG") && log.contains("/healthz"), "{log}");
}

/// Requests everything that a server offers.
async fn ask_everything(drivein: &Drivein, root: &str) {
    let film = encoded(FILM);
    for address in [
        "/".to_owned(),
        "/status".to_owned(),
        "/search?q=light".to_owned(),
        "/metrics".to_owned(),
        format!("/browse/{DRIVE}"),
        format!("/browse/{DRIVE}/Series"),
        format!("/browse/{DRIVE}?refresh=1"),
        format!("/watch/{DRIVE}{film}"),
        "/api/v1/drives".to_owned(),
        "/api/v1/search?q=light".to_owned(),
        format!("/api/v1/entries/{DRIVE}"),
        format!("/api/v1/entries/{DRIVE}{film}"),
        format!("{root}/"),
        format!("{root}/list.m3u"),
        format!("{root}/list.xspf"),
    ] {
        drivein.get(&address).await;
    }
    for stream in [
        "",
        "/master.m3u8",
        "/480p.m3u8",
        "/480p/0.ts",
        "/480p.ts",
        "/poster.jpg",
        "/list.m3u",
        ".strm",
    ] {
        drivein.get(&format!("{root}{film}{stream}")).await;
    }
}

/// Causes a failure everywhere, in servers with empty caches and in one with everything cached.
async fn nothing_leaks_while(effect: Effect) {
    for is_warm in [false, true] {
        let drivein = Drivein::start().await;
        let root = drivein.play_root().await;
        if is_warm {
            ask_everything(&drivein, &root).await;
            drivein.sandbox.expire_urls();
        }
        for &route in ROUTES {
            drivein.fault(route, effect.clone());
        }
        ask_everything(&drivein, &root).await;
        let log = drivein.log();
        assert!(log.contains("WARN"), "something was said about it");
        drivein.visitor.secrets.assert_absent("the log", &log);
    }
}

#[tokio::test]
async fn nothing_leaks_while_everything_is_in_order() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    ask_everything(&drivein, &root).await;
}

#[tokio::test]
async fn nothing_leaks_from_statuses() {
    nothing_leaks_while(Effect::status(500)).await;
}

#[tokio::test]
async fn nothing_leaks_from_error_numbers() {
    for errno in [31034, 31360, 400_210, 31_999] {
        nothing_leaks_while(Effect::errno(errno)).await;
    }
}

#[tokio::test]
async fn nothing_leaks_from_words_of_the_upstream() {
    let errmsg = "token sbx-secret-access-0123456789abcdef refused at http://127.0.0.1/file/x?a=1&sign=FDtAER%3D";
    nothing_leaks_while(Effect {
        errmsg: Some(errmsg.to_owned()),
        ..Effect::errno(31_999)
    })
    .await;
}

#[tokio::test]
async fn nothing_leaks_from_pages_and_json_in_the_wrong_place() {
    nothing_leaks_while(Effect::html_body()).await;
    nothing_leaks_while(Effect::json_body()).await;
}

#[tokio::test]
async fn nothing_leaks_from_connections_that_break() {
    nothing_leaks_while(Effect::cut_after(40)).await;
}

#[tokio::test]
async fn nothing_leaks_from_an_upstream_that_is_not_there() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    ask_everything(&drivein, &root).await;
    drivein.sandbox.expire_urls();
    drivein.sandbox.stop();
    ask_everything(&drivein, &root).await;
    drivein
        .get(&format!("/browse/{DRIVE}/Series?refresh=1"))
        .await;
}

#[tokio::test]
async fn nothing_leaks_from_a_session_that_ends() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    ask_everything(&drivein, &root).await;
    drivein.sandbox.expire_tokens();
    drivein.sandbox.expire_urls();
    ask_everything(&drivein, &root).await;
    drivein.sandbox.expire_tokens();
    drivein.sandbox.expire_refresh_tokens();
    drivein.sandbox.expire_urls();
    ask_everything(&drivein, &root).await;
}

#[tokio::test]
async fn headers_of_the_upstream_stay_behind() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let headers = [
        ("set-cookie", "ndus=SECRET"),
        ("x-bs-meta", "SECRET"),
        ("server", "upstream"),
        ("location", "http://elsewhere.example/"),
        ("content-security-policy", "none"),
        ("content-type", "text/html"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    for route in ["segment", "original", "thumbnail"] {
        drivein.fault(
            route,
            Effect {
                headers: headers.clone().into(),
                ..Effect::default()
            },
        );
    }
    for (resource, content_type) in [
        ("", "video/mp4"),
        ("/480p/0.ts", "video/mp2t"),
        ("/480p.ts", "video/mp2t"),
    ] {
        let reply = drivein.get(&format!("{play}{resource}")).await.expect(200);
        assert_eq!(reply.header("content-type"), content_type, "{resource}");
        for name in ["set-cookie", "x-bs-meta", "server", "location"] {
            assert_eq!(reply.header(name), "", "{resource}: {name}");
        }
        assert!(
            reply
                .header("content-security-policy")
                .starts_with("sandbox")
        );
    }
}

/// Sends valid and invalid credentials to every route, and searches for them afterwards.
#[tokio::test]
async fn nothing_that_lets_somebody_in_is_kept_or_logged() {
    const PASSWORD: &str = "canary-password-of-the-owner";
    const TOKEN: &str = "canary-token-of-the-configuration";
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .start()
        .await;
    let post = |path: &str| drivein.ask(reqwest::Method::POST, path);
    let reply = post("/login")
        .form(&[("password", PASSWORD), ("next", "/")])
        .expect(303)
        .await;
    let cookie = reply.header("set-cookie").split(';').next().unwrap();
    let session = cookie.split_once('=').unwrap().1.to_owned();
    let made = post("/api/v1/tokens")
        .header("cookie", cookie)
        .json(&serde_json::json!({"name": "x", "scope": "watch"}))
        .expect(201)
        .await
        .json();
    let token = made["token"].as_str().unwrap().to_owned();
    let entry = drivein
        .ask(reqwest::Method::GET, &format!("/api/v1/entries/{DRIVE}"))
        .header("cookie", cookie)
        .expect(200)
        .await
        .json();
    let list = entry["entry"]["lists"]["m3u"].as_str().unwrap();
    let ticket = list
        .split("/play/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let wrong = "canary-that-opens-nothing";
    let secrets = [PASSWORD, TOKEN, &session, &token, ticket, wrong];
    let basic = |text: &str| data_encoding::BASE64.encode(format!("x:{text}").as_bytes());
    for secret in secrets {
        for address in [
            format!("/play/{secret}/{DRIVE}/"),
            format!("/play/{secret}"),
            format!("/guest/{secret}/{DRIVE}/"),
            format!("//play/{secret}/x"),
            format!("/openapi/api/streaming?path=/x&type=y&access_token={secret}"),
            format!("/login?next=/play/{secret}/"),
            format!("/api/v1/drives?token={secret}"),
            format!("/dav/{DRIVE}/"),
            "/".to_owned(),
            "/metrics".to_owned(),
        ] {
            for authorization in [
                format!("Bearer {secret}"),
                format!("Basic {}", basic(secret)),
                secret.to_owned(),
            ] {
                drivein
                    .ask(reqwest::Method::GET, &address)
                    .header("authorization", &authorization)
                    .header("cookie", &format!("drivein_session={secret}"))
                    .header("referer", &format!("http://x/play/{secret}/"))
                    .header("user-agent", secret)
                    .send()
                    .await;
            }
        }
        post("/login").form(&[("password", secret)]).send().await;
    }
    let log = drivein.log();
    assert!(log.contains("somebody gave a wrong password"), "{log}");
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} was logged");
        assert!(
            !log.contains(&basic(secret)),
            "{secret} was logged, encoded"
        );
        // Pages contain the owner's ticket; none of the other secrets is ever shown again.
        for file in std::fs::read_dir(drivein.data_dir()).unwrap() {
            let path = file.unwrap().path();
            let state = std::fs::read(&path).unwrap_or_default();
            let found = state
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} stands in {}", path.display());
        }
    }
}
