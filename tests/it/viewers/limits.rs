//! Viewers that are limited to places, and the PIN of the owner.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Browser, add, call, get, household};
use crate::harness::*;

on_both_states! {
    a_viewer_that_is_limited_to_places_sees_and_plays_nothing_else,
    the_owners_pin_guards_what_the_owner_manages,
}

async fn a_viewer_that_is_limited_to_places_sees_and_plays_nothing_else() {
    let (drivein, _family) = household().await;
    let places = json!({"name": "Ada", "places": ["family"]});
    let ada = add(&drivein, places).await;
    let film = encoded(FILM);
    let all = get(&drivein, &format!("drives?viewer={ada}")).await;
    let names: Vec<&Value> = all["drives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|drive| &drive["name"])
        .collect();
    assert_eq!(names, ["family"]);
    for path in [
        format!("entries/{DRIVE}/?viewer={ada}"),
        format!("search?q=moon&place={DRIVE}&viewer={ada}"),
        format!("drives/{DRIVE}/avatar?viewer={ada}"),
        format!("tickets?viewer={ada}"),
        format!("library/walks/{DRIVE}?viewer={ada}"),
    ] {
        let refused = call(&drivein, Method::GET, &path, Value::Null).await;
        assert_eq!(refused.expect(403).code(), "forbidden", "{path}");
    }
    let found = get(&drivein, &format!("search?q=moon&viewer={ada}")).await;
    assert_eq!(found["entries"], json!([]));
    let body = json!({"position_s": 20.0, "duration_s": 66.0});
    let elsewhere = format!("history/{DRIVE}{film}?viewer={ada}");
    call(&drivein, Method::PUT, &elsewhere, body.clone())
        .await
        .expect(403);

    // The library: what the owner sees of `films` is not hers.
    call(
        &drivein,
        Method::PUT,
        &format!("history/{DRIVE}{film}"),
        body,
    )
    .await
    .expect(204);
    let films = get(&drivein, "library/films").await["items"].clone();
    assert_eq!(films[0]["title"], "Tidal Light");
    let item = films[0]["id"].as_str().unwrap();
    let hers = get(&drivein, &format!("library/films?viewer={ada}")).await;
    assert_eq!(hers["items"], json!([]));
    for (method, call_path, body) in [
        (
            Method::GET,
            format!("library/items/{item}?viewer={ada}"),
            Value::Null,
        ),
        (
            Method::PUT,
            format!("library/items/{item}/watched?viewer={ada}"),
            json!({"watched": true}),
        ),
    ] {
        call(&drivein, method, &call_path, body).await.expect(404);
    }

    // Tickets: her own, and one of a device that is hers.
    let entry = get(
        &drivein,
        &format!("entries/family/Birthday.mp4?viewer={ada}"),
    )
    .await;
    let own = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    drivein.get(&own).await.expect(200);
    let mine = get(&drivein, &format!("entries/{DRIVE}{film}")).await;
    let mine = drivein.local(mine["entry"]["play"]["original"].as_str().unwrap());
    drivein.head(&mine).await.expect(200);
    let device = json!({"name": "tablet", "scope": {}, "viewer": ada});
    let device = call(&drivein, Method::POST, "tickets", device).await;
    let device = device.expect(200).json();
    assert_eq!(device["viewer"], ada.as_str());
    let device = device["ticket"].as_str().unwrap();
    let hers = own.split('/').nth(2).unwrap();
    for ticket in [hers, device] {
        let root = drivein.get(&format!("/play/{ticket}/")).await.expect(200);
        assert!(root.text().contains("family") && !root.text().contains(DRIVE));
        for path in [
            format!("{DRIVE}/"),
            format!("{DRIVE}{film}"),
            format!("{DRIVE}{film}/master.m3u8"),
        ] {
            drivein.fetch(&format!("/play/{ticket}/{path}"), 403).await;
        }
        let list = drivein
            .get(&format!("/play/{ticket}/~~search/moon/list.m3u"))
            .await;
        assert!(!list.text().contains("Three"), "{}", list.text());
        drivein
            .ask(Method::GET, &format!("/dav/{DRIVE}/"))
            .basic("x", ticket)
            .expect(403)
            .await;
    }
    let token = json!({"name": "app", "scope": "everything", "viewer": ada});
    let token = call(&drivein, Method::POST, "tokens", token)
        .await
        .expect(201)
        .json();
    assert_eq!(token["viewer"], ada.as_str());
    let token = token["token"].as_str().unwrap();
    let by_token = |path: String| {
        let ask = drivein.ask(Method::GET, &path);
        ask.header("authorization", &format!("Bearer {token}"))
            .send()
    };
    by_token(format!("/api/v1/entries/{DRIVE}/"))
        .await
        .expect(403);
    by_token("/api/v1/history?viewer=owner".to_owned())
        .await
        .expect(403);
    by_token("/api/v1/entries/family/".to_owned())
        .await
        .expect(200);
    let dav = drivein.ask(Method::GET, &format!("/dav/{DRIVE}/"));
    dav.basic("x", token).expect(403).await;

    // Pages.
    let mut browser = Browser::sign_in(&drivein).await;
    browser.choose(&ada, "").await.expect(303);
    let home = browser.get("/").await.expect(200).text();
    assert!(
        home.contains("family") && !home.contains(&format!("/browse/{DRIVE}")),
        "{home}"
    );
    for path in [
        format!("/browse/{DRIVE}/"),
        format!("/watch/{DRIVE}{film}"),
        format!("/account/{DRIVE}"),
        "/devices".to_owned(),
        "/sessions".to_owned(),
        "/organize".to_owned(),
        "/status".to_owned(),
    ] {
        browser.get(&path).await.expect(403);
    }
    browser.get("/browse/family/").await.expect(200);
    browser.get(&format!("/dav/{DRIVE}/")).await.expect(403);
    browser.get("/dav/family/").await.expect(200);
    browser.get("/watch/family/Birthday.mp4").await.expect(200);

    // A deleted viewer's device and token open nothing any more.
    call(
        &drivein,
        Method::DELETE,
        &format!("viewers/{ada}"),
        Value::Null,
    )
    .await
    .expect(204);
    for ticket in [hers, device] {
        drivein.get(&format!("/play/{ticket}/")).await.expect(401);
    }
    by_token("/api/v1/entries/family/".to_owned())
        .await
        .expect(401);
}

async fn the_owners_pin_guards_what_the_owner_manages() {
    let (drivein, _family) = household().await;
    let ada = add(&drivein, json!({"name": "Ada"})).await;
    let pin = json!({"pin": "9876"});
    call(&drivein, Method::PATCH, "viewers/owner", pin)
        .await
        .expect(200);
    let mut browser = Browser::sign_in(&drivein).await;
    assert_eq!(
        browser.get("/api/v1/history").await.expect(403).code(),
        "forbidden"
    );
    browser.choose("owner", "").await.expect(403);
    browser.choose(&ada, "").await.expect(303);
    for path in ["/sessions", "/devices", "/viewers"] {
        browser.get(path).await.expect(403);
    }
    let token = browser.ask(Method::POST, "/api/v1/tokens");
    let wanted = json!({"name": "mine", "scope": "watch"});
    token.json(&wanted).expect(403).await;
    browser.choose("owner", "9876").await.expect(303);
    let page = browser.get("/viewers").await.expect(200).text();
    assert!(page.contains("Ada") && !page.contains("argon"));
    // By the pages: another PIN, and Ada is limited.
    let form = [
        ("name", "Ada"),
        ("colour", "teal"),
        ("limited", "1"),
        ("place", "family"),
    ];
    let action = format!("/viewers/{ada}");
    let saved = browser.ask(Method::POST, &action).form(&form).send().await;
    saved.expect(303);
    let viewers = get(&drivein, "viewers").await;
    assert_eq!(viewers["viewers"][1]["places"], json!(["family"]));
    let gone = browser.ask(Method::POST, &format!("{action}/delete"));
    gone.form(&[]).expect(303).await;
    assert_eq!(
        get(&drivein, "viewers").await["viewers"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
