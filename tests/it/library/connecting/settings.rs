//! Connected drives are renamed, switched off, removed, and get other settings.

use reqwest::Method;
use serde_json::{Value, json};

use super::sign_in::{state, until};
use super::{connect, keys, quick};
use crate::harness::*;

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
    let drivein = Drivein::setup()
        .sandbox(quick())
        .no_drive()
        .folder("home", folder.path());
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
    let page = drivein.text("/drives").await;
    assert!(page.contains("They stand in the configuration") && page.contains(">home<"));
    // It is reloaded there, and nothing else.
    assert!(!page.contains("href=\"/drives/home\"") && page.contains("Reload home"));
    assert_eq!(page.matches("action=\"/drives/home\"").count(), 1);
    assert_eq!(order().await, "home films cinema");
    act("cinema", "up", "").await.expect(303);
    assert_eq!(order().await, "home cinema films");
    act("cinema", "down", "").await.expect(303);
    act("cinema", "down", "").await.expect(303);
    assert_eq!(order().await, "home films cinema");
    act("films", "reload", "").await.expect(303);
    act("home", "reload", "").await.expect(303);
    assert_eq!(order().await, "home films cinema");
    act("films", "off", "").await.expect(303);
    assert_eq!(order().await, "home cinema");
    act("films", "reload", "").await.expect(404);
    let page = drivein.text("/drives").await;
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
    let account = drivein.text("/account/home").await;
    assert!(account.contains("stands in the config file"));
}

/// Starts a server to which a drive of an application was connected in the browser.
pub(super) async fn connected() -> Drivein {
    connected_to(Drivein::setup().sandbox(quick()), &[]).await
}

/// Starts a server without a drive, and connects one with these settings besides its keys.
async fn connected_to(setup: Setup, settings: &[(&'static str, &str)]) -> Drivein {
    let drivein = setup.no_drive().start().await;
    let mut fields = keys(&drivein);
    fields.extend(
        settings
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned())),
    );
    let waiting = connect(&drivein, &fields).await.expect(303);
    let waiting = waiting.header("location").to_owned();
    drivein.sandbox.approve();
    until("the drive is signed in", async || {
        drivein.get(&waiting).await.status == 303
    })
    .await;
    drivein
}

#[tokio::test]
async fn the_library_has_the_chosen_folders_of_a_connected_drive_alone() {
    let setup = Drivein::setup().sandbox(sandbox::Options {
        films: sandbox::Films::BundledLibrary,
        ..quick()
    });
    let drivein = connected_to(setup.walking(), &[("library", "/Films")]).await;
    let found = async |drivein: &Drivein| {
        let count = async |list: &str| {
            let page = drivein.api(&format!("library/{list}?limit=100")).await;
            page["items"].as_array().unwrap().len()
        };
        (count("films").await, count("series").await)
    };
    let walked = async |drivein: &Drivein, has: fn((usize, usize)) -> bool| {
        until("the folders were walked", async || {
            let walk = drivein.api("library/walks/films").await;
            walk["state"] == "done" && has(found(drivein).await)
        })
        .await;
    };
    let walk = drivein.post("library/walks/films", json!({}));
    walk.await.expect(202);
    walked(&drivein, |(films, series)| films > 0 && series == 0).await;
    assert!(drivein.text("/account/films").await.contains("/Films</dd>"));
    let choose = async |drivein: &Drivein, folders: &str| {
        let ask = drivein.told().ask(Method::PATCH, "/api/v1/drives/films");
        let settings = json!({"settings": {"library": folders}});
        ask.json(&settings).expect(200).await;
    };
    choose(&drivein, "/Series").await;
    walked(&drivein, |(films, series)| films == 0 && series > 0).await;
    let drivein = drivein.restarted().await;
    drivein.entry("/Films").await;
    let walk = drivein.post("library/walks/films", json!({}));
    walk.await.expect(202);
    walked(&drivein, |(films, series)| films == 0 && series > 0).await;
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
    let off = off.expect(200).await;
    assert_eq!(off.json()["settings"]["root"], "/Series");
    assert_eq!(state(&drivein).await, "none");
}

#[tokio::test]
async fn a_reloaded_drive_is_opened_again_and_asked_anew() {
    for drivein in [connected().await, Drivein::start().await] {
        let reload = async |name: &str| {
            let call = format!("/api/v1/drives/{name}/reload");
            drivein.ask(Method::POST, &call).send().await
        };
        let film = drivein.play(FILM).await;
        let mut playing = drivein.ask(Method::GET, &film).open().await;
        let mut length = playing.chunk().await.unwrap().unwrap().len() as u64;
        drivein.names("/Series").await;
        // The folder is shown from the cache, although the upstream has another one now.
        let asked = drivein.sandbox.count("list");
        drivein.names("/Series").await;
        assert_eq!(drivein.sandbox.count("list"), asked);
        reload("films").await.expect(204);
        assert_eq!(state(&drivein).await, "ready", "its session was kept");
        drivein.names("/Series").await;
        assert!(drivein.sandbox.count("list") > asked);
        while let Some(chunk) = playing.chunk().await.unwrap() {
            length += chunk.len() as u64;
        }
        assert_eq!(Some(length), playing_length(&playing));
        reload("none").await.expect(404);
    }
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
