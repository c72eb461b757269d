//! Drives that are connected, signed in to and signed out of, and the account's own links, without editing a
//! file.

mod settings;
mod sign_in;

use reqwest::Method;
use sandbox::{Effect, Options};
use serde_json::{Value, json};

use crate::harness::*;

use sign_in::{state, until};

/// Returns options for a sandbox whose device codes may be polled as fast as the server allows.
fn quick() -> Options {
    Options {
        device_interval: std::time::Duration::from_secs(1),
        ..Options::default()
    }
}

/// Returns the fields of the form that connects the account of the sandbox, by the name `films`.
pub fn keys(drivein: &Drivein) -> Vec<(&'static str, String)> {
    let ours = drivein.sandbox.credentials();
    vec![
        ("kind", "terabox".into()),
        ("name", "films".into()),
        ("client_id", ours.client_id),
        ("client_secret", ours.client_secret),
        ("private_secret", ours.private_secret),
        ("auth_url", drivein.sandbox.url()),
    ]
}

/// Sends the form that connects a drive.
pub async fn connect(drivein: &Drivein, fields: &[(&'static str, String)]) -> Reply {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    // The URL that was typed in is shown again with the form.
    drivein
        .told()
        .ask(Method::POST, "/connect")
        .form(&fields)
        .send()
        .await
}

#[tokio::test]
async fn the_first_drive_is_connected_from_the_first_page_and_stays() {
    let drivein = Drivein::setup().sandbox(quick()).no_drive().start().await;
    let first = drivein.text("/").await;
    assert!(first.contains(r#"name="client_secret" type="password""#));
    let connected = connect(&drivein, &keys(&drivein)).await;
    assert_eq!(connected.status, 303, "{}", connected.describe());
    let waiting = connected.header("location").to_owned();
    let page = drivein.text(&waiting).await;
    assert!(page.contains("data:image/") && page.contains("Scan this"));
    drivein.sandbox.approve();
    until("the page leads on", async || {
        drivein.get(&waiting).await.status == 303
    })
    .await;
    assert_eq!(state(&drivein).await, "ready");

    let again = connect(&drivein, &keys(&drivein)).await.expect(422);
    assert!(again.text().contains("already"));

    let drivein = drivein.restarted().await;
    assert_eq!(
        state(&drivein).await,
        "ready",
        "opened again at the next start"
    );
    assert!(drivein.names("/").await.contains(&FILM[1..].to_owned()));
    let removed = drivein
        .ask(Method::POST, "/account/films/remove")
        .send()
        .await;
    assert_eq!(removed.status, 303);
    assert_eq!(state(&drivein).await, "none");
    let drivein = drivein.restarted().await;
    assert_eq!(state(&drivein).await, "none", "and it stays away");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_drive_is_said_on_the_spot_and_nothing_is_kept() {
    let drivein = Drivein::setup().no_drive().start().await;
    let with = |key: &str, value: &str| {
        let mut keys = keys(&drivein);
        keys.iter_mut().find(|(known, _)| *known == key).unwrap().1 = value.to_owned();
        keys
    };
    for (key, value, expected) in [
        ("client_id", "wrong", "client id"),
        ("auth_url", "http://127.0.0.1:1", "answers at its address"),
        ("auth_url", "nonsense", "auth_url"),
        ("name", "a b", "A name is"),
        ("name", "~x", "A name is"),
        ("client_id", "", "client_id"),
    ] {
        let reply = connect(&drivein, &with(key, value)).await;
        assert_eq!(reply.status, 422, "{key}={value}: {}", reply.describe());
        let page = reply.text();
        assert!(
            page.contains(expected),
            "{key}={value}: {}",
            page.split("role=\"alert\"").nth(1).unwrap_or_default()
        );
        let secret = drivein.sandbox.credentials().client_secret;
        assert!(!page.contains(&secret), "a secret is never shown again");
    }
    assert_eq!(drivein.api("drives").await["drives"], json!([]));
}

#[tokio::test]
async fn a_wrong_secret_is_found_out_by_the_first_question_that_needs_it() {
    let drivein = Drivein::setup().sandbox(quick()).no_drive().start().await;
    let mut keys = keys(&drivein);
    keys[3].1 = "wrong".to_owned();
    let connected = connect(&drivein, &keys).await;
    assert_eq!(connected.status, 303, "{}", connected.describe());
    let id = connected
        .header("location")
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    let call = format!("/api/v1/drives/films/sign-in/device/{id}");
    until("the upstream was asked", async || {
        drivein.get(&call).await.status != 200
    })
    .await;
    let reply = drivein.get(&call).await;
    if reply.status != 200 {
        assert!(
            reply.json()["detail"].as_str().unwrap().contains("secret"),
            "{}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn links_are_made_listed_shown_and_withdrawn() {
    let drivein = Drivein::start().await;
    let visitor = drivein.told();
    let call = async |method: Method, call: &str, body: Value| {
        visitor
            .ask(method, &format!("/api/v1/drives/films/shares{call}"))
            .json(&body)
            .send()
            .await
    };
    let made = call(Method::POST, "", json!({"paths": [FILM], "period_days": 7}))
        .await
        .expect(200)
        .json();
    let id = made["id"].as_str().unwrap().to_owned();
    assert!(made["url"].as_str().unwrap().contains("/s/"));
    let days = made["expires_at"]
        .as_str()
        .unwrap()
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap()
        - chrono::Utc::now();
    assert!((6..=7).contains(&days.num_days()), "{days}");
    let secret = call(
        Method::POST,
        "",
        json!({"paths": [FILM], "period_days": 0, "password": "a1b2"}),
    )
    .await
    .expect(200)
    .json();
    assert_eq!(secret["password"], "a1b2");
    assert_eq!(secret.get("expires_at"), None);

    let listed = call(Method::GET, "", json!({})).await.expect(200).json();
    assert_eq!(listed["shares"].as_array().unwrap().len(), 2);
    assert!(listed["next"].is_null());
    let page = visitor
        .ask(Method::GET, "/account/films/shares")
        .expect(200)
        .await
        .text();
    assert!(
        page.contains("Tidal Light.mp4")
            && page.contains("Ends in 7 days")
            && page.contains("Never ends")
    );
    assert_eq!(
        page.matches("data:image/svg+xml;base64,").count(),
        2,
        "a code for each"
    );

    call(Method::DELETE, &format!("/{id}"), json!({}))
        .await
        .expect(204);
    assert_eq!(
        call(Method::DELETE, &format!("/{id}"), json!({}))
            .await
            .expect(404)
            .code(),
        "not_found"
    );
    assert_eq!(
        call(Method::GET, "", json!({})).await.json()["shares"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for body in [
        json!({"paths": [FILM], "period_days": 5}),
        json!({"paths": [], "period_days": 1}),
        json!({"paths": [FILM], "period_days": 1, "password": "far too long for a link"}),
        json!({"paths": [FILM]}),
    ] {
        assert_eq!(
            call(Method::POST, "", body.clone())
                .await
                .expect(400)
                .code(),
            "bad_request",
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_failure_is_told_in_page_and_reply_and_once_in_the_log() {
    let drivein = Drivein::start().await;
    drivein.fault_once("filemanager", Effect::errno(-10));
    let body =
        json!({"place": DRIVE, "paths": [FILM], "to": {"place": DRIVE, "path": "/Nature & Light"}});
    let reply = drivein.post("files/copy", body).await;
    let text = reply.text();
    assert!(text.contains("no_space"), "{}", reply.describe());
    assert!(text.contains("Delete something"), "{text}");
}
