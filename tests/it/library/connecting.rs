//! Drives that are connected, signed in to and signed out of, and the account's own links, without editing a
//! file.

use reqwest::Method;
use sandbox::{Effect, Options};
use serde_json::{Value, json};

use crate::harness::*;

/// Returns options for a sandbox whose device codes may be polled as fast as the server allows.
fn quick() -> Options {
    Options {
        device_interval: std::time::Duration::from_secs(1),
        ..Options::default()
    }
}

/// Waits for the upstream's interval to pass.
async fn until(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    eventually(what, std::time::Duration::from_secs(20), async || {
        ask().await.then_some(())
    })
    .await;
}

async fn state(drivein: &Drivein) -> String {
    let drives = drivein.api("drives").await;
    drives["drives"][0]["state"]
        .as_str()
        .unwrap_or("none")
        .to_owned()
}

#[tokio::test]
async fn a_phone_that_agrees_signs_the_drive_in() {
    let drivein = Drivein::setup().sandbox(quick()).signed_out().start().await;
    assert_eq!(state(&drivein).await, "signed_out");
    let begun = drivein
        .call(Method::POST, "drives/films/sign-in/device", json!({}))
        .await
        .expect(200)
        .json();
    assert!(begun["qr"].as_str().unwrap().starts_with("data:image/"));
    assert!(begun["interval_s"].as_u64().unwrap() >= 1);
    assert!(
        begun["expires_at"]
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
            > chrono::Utc::now()
    );
    let call = format!(
        "drives/films/sign-in/device/{}",
        begun["id"].as_str().unwrap()
    );
    let asked = drivein.sandbox.count("gettoken");
    for _ in 0..10 {
        assert_eq!(drivein.api(&call).await["state"], "pending");
    }
    assert!(
        drivein.sandbox.count("gettoken") <= asked + 1,
        "asked no faster than the upstream wants"
    );
    drivein.sandbox.approve();
    until("the sign-in is seen", async || {
        drivein.api(&call).await["state"] == "done"
    })
    .await;
    assert_eq!(state(&drivein).await, "ready");
    let drivein = drivein.restarted().await;
    assert_eq!(
        state(&drivein).await,
        "ready",
        "the session outlives a restart"
    );
    let call = format!(
        "drives/films/sign-in/device/{}",
        begun["id"].as_str().unwrap()
    );
    assert_eq!(drivein.api(&call).await["state"], "done");
    let unknown = "/api/v1/drives/films/sign-in/device/nothing";
    assert_eq!(drivein.get(unknown).await.expect(404).code(), "not_found");
}

#[tokio::test]
async fn a_code_of_the_login_page_signs_in_and_a_wrong_one_says_what_to_do() {
    let drivein = Drivein::setup().signed_out().start().await;
    let code = |code: &str| json!({"code": code});
    let wrong = drivein
        .call(
            Method::POST,
            "drives/films/sign-in/code",
            code("no-such-code"),
        )
        .await;
    assert_eq!(wrong.code(), "bad_request", "{}", wrong.describe());
    assert!(
        wrong.json()["detail"]
            .as_str()
            .unwrap()
            .contains("login page"),
        "{}",
        wrong.text()
    );
    let good = drivein.sandbox.authorization_code();
    let done = drivein
        .call(Method::POST, "drives/films/sign-in/code", code(&good))
        .await
        .expect(200);
    assert_eq!(done.json()["state"], "done");
    assert_eq!(state(&drivein).await, "ready");
    drivein
        .call(Method::POST, "drives/films/sign-out", json!({}))
        .await
        .expect(204);
    assert_eq!(state(&drivein).await, "signed_out");
    let drivein = drivein.restarted().await;
    assert_eq!(state(&drivein).await, "signed_out");
}

#[tokio::test]
async fn the_login_page_is_framed_on_its_own_page_alone() {
    let drivein = Drivein::setup().signed_out().start().await;
    let plain = drivein.get("/account/films").await.expect(200);
    assert!(
        !plain
            .header("content-security-policy")
            .contains("frame-src")
    );
    let framed = drivein
        .told()
        .ask(Method::GET, "/account/films?way=login")
        .send()
        .await
        .expect(200);
    let origin = drivein.sandbox.url();
    assert!(
        framed
            .header("content-security-policy")
            .ends_with(&format!("frame-src {origin}"))
    );
    assert!(
        framed
            .text()
            .contains(&format!(r#"data-origin="{origin}""#))
    );
}

#[tokio::test]
async fn the_account_page_tells_who_how_full_and_how_long() {
    let drivein = Drivein::start().await;
    let page = drivein.get("/account/films").await.expect(200).text();
    for words in [
        "Plan",
        "Free",
        "Session ends",
        "Sign out of the drive",
        "Your links",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let drives = drivein.api("drives").await;
    let avatar = drives["drives"][0]["account"]["avatar_url"]
        .as_str()
        .unwrap();
    let picture = drivein.get(&drivein.local(avatar)).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    assert_eq!(&picture.body[..2], [0xff, 0xd8]);
    assert_eq!(drivein.get("/account/none").await.status, 404);
    assert_eq!(drivein.get("/account/~share").await.status, 404);
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
    let first = drivein.get("/").await.expect(200).text();
    assert!(first.contains(r#"name="client_secret" type="password""#));
    let connected = connect(&drivein, &keys(&drivein)).await;
    assert_eq!(connected.status, 303, "{}", connected.describe());
    let waiting = connected.header("location").to_owned();
    let page = drivein.get(&waiting).await.expect(200).text();
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
async fn a_connected_drive_is_switched_off_renamed_and_removed_by_the_api() {
    let drivein = connected().await;
    let change = async |drivein: &Drivein, name: &str, body: Value| {
        // The reply has the address that was typed in.
        let ask = drivein
            .told()
            .ask(Method::PATCH, &format!("/api/v1/drives/{name}"));
        ask.json(&body).send().await
    };
    let off = change(&drivein, "films", json!({"enabled": false}))
        .await
        .expect(200);
    let told = off.json();
    assert_eq!(
        (&told["name"], &told["enabled"]),
        (&json!("films"), &json!(false))
    );
    let secret = drivein.sandbox.credentials().client_secret;
    assert!(!off.text().contains(&secret));
    assert_eq!(state(&drivein).await, "none");
    let drivein = drivein.restarted().await;
    assert_eq!(state(&drivein).await, "none", "it stays off");
    change(&drivein, "films", json!({"enabled": true}))
        .await
        .expect(200);
    assert_eq!(state(&drivein).await, "ready", "its session was kept");
    change(&drivein, "films", json!({"name": "a b"}))
        .await
        .expect(400);
    change(&drivein, "films", json!({"secret": "x"}))
        .await
        .expect(400);
    change(&drivein, "none", json!({"enabled": true}))
        .await
        .expect(404);
    let renamed = change(&drivein, "films", json!({"name": "cinema", "order": 0})).await;
    assert_eq!(renamed.expect(200).json()["name"], "cinema");
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["name"], "cinema");
    assert_eq!(drives["drives"][0]["state"], "ready");
    drivein.get("/api/v1/entries/films").await.expect(404);
    let remove = async |name: &str| {
        let ask = drivein.ask(Method::DELETE, &format!("/api/v1/drives/{name}"));
        ask.send().await.status
    };
    assert_eq!(remove("cinema").await, 204);
    assert_eq!(remove("cinema").await, 404);
    assert_eq!(state(&drivein).await, "none");
}

#[tokio::test]
async fn the_page_of_the_drives_changes_those_of_the_browser_and_names_those_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let home = crate::local::section(folder.path());
    let drivein = Drivein::setup().sandbox(quick()).no_drive().drives(&home);
    let drivein = drivein.start().await;
    for name in ["films", "cinema"] {
        let mut keys = keys(&drivein);
        keys.iter_mut().find(|(key, _)| *key == "name").unwrap().1 = name.to_owned();
        connect(&drivein, &keys).await.expect(303);
    }
    let act = async |drive: &str, act: &str, name: &str| {
        drivein
            .ask(Method::POST, &format!("/drives/{drive}"))
            .form(&[("act", act), ("name", name)])
            .send()
            .await
    };
    let order = async || {
        let drives = drivein.api("drives").await;
        let drives = drives["drives"].as_array().unwrap().clone();
        let names = drives.iter().map(|drive| drive["name"].as_str().unwrap());
        names.collect::<Vec<_>>().join(" ")
    };
    let page = drivein.get("/drives").await.expect(200).text();
    assert!(page.contains("They stand in the configuration") && page.contains(">home<"));
    assert!(!page.contains("action=\"/drives/home\""));
    assert_eq!(order().await, "home films cinema");
    act("cinema", "up", "").await.expect(303);
    assert_eq!(order().await, "home cinema films");
    act("cinema", "down", "").await.expect(303);
    act("cinema", "down", "").await.expect(303);
    assert_eq!(order().await, "home films cinema");
    act("films", "off", "").await.expect(303);
    assert_eq!(order().await, "home cinema");
    let page = drivein.get("/drives").await.expect(200).text();
    assert!(page.contains("switched off"));
    act("films", "rename", "old films").await.expect(400);
    let taken = act("films", "rename", "cinema").await.expect(409).text();
    assert!(taken.contains("a drive of that name already"));
    act("films", "rename", "old").await.expect(303);
    act("old", "on", "").await.expect(303);
    assert_eq!(order().await, "home old cinema");
    act("old", "remove", "").await.expect(303);
    assert_eq!(order().await, "home cinema");
    act("old", "remove", "").await.expect(404);
    act("home", "off", "").await.expect(409);
    assert_eq!(order().await, "home cinema");
    let account = drivein.get("/account/home").await.expect(200).text();
    assert!(account.contains("stands in the config file"));
}

/// Starts a server to which a drive of an application was connected in the browser.
async fn connected() -> Drivein {
    let drivein = Drivein::setup().sandbox(quick()).no_drive().start().await;
    let waiting = connect(&drivein, &keys(&drivein)).await.expect(303);
    let waiting = waiting.header("location").to_owned();
    drivein.sandbox.approve();
    until("the drive is signed in", async || {
        drivein.get(&waiting).await.status == 303
    })
    .await;
    drivein
}

#[tokio::test]
async fn the_settings_of_a_connected_drive_are_changed_in_its_form() {
    let drivein = connected().await;
    let ours = drivein.sandbox.credentials();
    let url = drivein.sandbox.url();
    let show = async || {
        drivein
            .told()
            .ask(Method::GET, "/drives/films")
            .send()
            .await
    };
    let page = show().await.expect(200).text();
    assert!(
        page.contains(&format!("value=\"{}\"", ours.client_id)),
        "{page}"
    );
    assert!(page.contains("placeholder=\"The stored one\""));
    assert!(!page.contains(&ours.client_secret) && !page.contains(&ours.private_secret));
    let save = async |fields: &[(&str, &str)]| {
        let mut form = vec![
            ("client_id", ours.client_id.as_str()),
            ("auth_url", url.as_str()),
        ];
        for field in fields {
            form.retain(|(key, _)| key != &field.0);
            form.push(*field);
        }
        let ask = drivein.told().ask(Method::POST, "/drives/films/settings");
        ask.form(&form).send().await
    };
    // A film that plays goes on while the folder that is shown becomes another one.
    let film = drivein.play(FILM).await;
    let mut playing = drivein.ask(Method::GET, &film).open().await;
    let mut bytes = playing.chunk().await.unwrap().unwrap().to_vec();
    let saved = save(&[("root", "/Series"), ("client_secret", "")]).await;
    assert_eq!(saved.status, 303, "{}", saved.describe());
    assert_eq!(saved.header("location"), "/drives");
    assert_eq!(drivein.names("/").await, ["Paper Worlds"]);
    while let Some(chunk) = playing.chunk().await.unwrap() {
        bytes.extend_from_slice(&chunk);
    }
    assert_eq!(Some(bytes.len() as u64), playing_length(&playing));
    assert_eq!(state(&drivein).await, "ready", "its session was kept");

    // A refusal says why, and changes nothing.
    for (key, value, words) in [
        ("client_id", "wrong", "client id"),
        ("root", "/nowhere", "no such folder"),
        ("auth_url", "nonsense", "auth_url"),
    ] {
        let refused = save(&[("root", "/Series"), (key, value)]).await.expect(422);
        let page = refused.text();
        assert!(page.contains(words), "{key}: {page}");
        assert!(!page.contains(&ours.client_secret));
        assert_eq!(drivein.names("/").await, ["Paper Worlds"], "{key}");
    }
    assert_eq!(state(&drivein).await, "ready");
    let drivein = drivein.restarted().await;
    assert_eq!(drivein.names("/").await, ["Paper Worlds"], "it is stored");
}

/// Returns the announced length of a reply.
fn playing_length(reply: &reqwest::Response) -> Option<u64> {
    let length = reply.headers().get("content-length")?;
    length.to_str().ok()?.parse().ok()
}

#[tokio::test]
async fn programs_change_the_settings_of_a_connected_drive() {
    let drivein = connected().await;
    let ours = drivein.sandbox.credentials();
    let visitor = drivein.told();
    let change = async |settings: Value| {
        let ask = visitor.ask(Method::PATCH, "/api/v1/drives/films");
        ask.json(&json!({"settings": settings})).send().await
    };
    let changed = change(json!({"root": "/Series"})).await.expect(200);
    let told = changed.json();
    assert_eq!(told["settings"]["root"], "/Series");
    assert_eq!(told["settings"]["client_id"], ours.client_id);
    assert_eq!(told["secrets"], json!(["client_secret", "private_secret"]));
    assert!(!changed.text().contains(&ours.client_secret));
    assert_eq!(drivein.names("/").await, ["Paper Worlds"]);
    for (settings, words) in [
        (json!({"path": "/etc"}), "“path” is not a setting"),
        (json!({"client_secret": null}), "client_secret"),
        (json!({"root": "x\ny"}), "root"),
    ] {
        let refused = change(settings.clone()).await;
        assert_eq!(
            refused.code(),
            "bad_request",
            "{settings}: {}",
            refused.describe()
        );
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(words), "{settings}: {detail}");
    }
    change(json!({"root": null})).await.expect(200);
    assert!(drivein.names("/").await.contains(&FILM[1..].to_owned()));
    // Another application has another session, so the owner signs in again; the former session is gone.
    let wrong = change(json!({"private_secret": "x", "client_id": "wrong"})).await;
    assert!(wrong.status >= 400, "{}", wrong.describe());
    assert_eq!(state(&drivein).await, "ready", "nothing was changed");
    // Switched off, it is tried and changed all the same, and stays off.
    let off = json!({"enabled": false, "settings": {"root": "/Series"}});
    let off = visitor
        .ask(Method::PATCH, "/api/v1/drives/films")
        .json(&off);
    let off = off.send().await.expect(200);
    assert_eq!(off.json()["settings"]["root"], "/Series");
    assert_eq!(state(&drivein).await, "none");
}

#[tokio::test]
async fn a_drive_of_the_config_is_not_removed_from_a_page() {
    let drivein = Drivein::start().await;
    for (method, body) in [
        (Method::PATCH, json!({"enabled": false})),
        (Method::PATCH, json!({"settings": {"root": "/"}})),
        (Method::DELETE, json!({})),
    ] {
        let refused = drivein.call(method, "drives/films", body).await.expect(409);
        assert_eq!(refused.code(), "conflict");
    }
    let refused = drivein
        .ask(Method::POST, "/account/films/remove")
        .send()
        .await;
    assert_eq!(refused.status, 400);
    let form = drivein.get("/drives/films").await.expect(409);
    assert!(form.text().contains("stands in the config file"));
    assert_eq!(state(&drivein).await, "ready");
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
        .send()
        .await
        .expect(200)
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
    let reply = drivein.call(Method::POST, "files/copy", body).await;
    let text = reply.text();
    assert!(text.contains("no_space"), "{}", reply.describe());
    assert!(text.contains("Delete something"), "{text}");
}
