//! Keys and devices: what is revoked and replaced.

use std::time::Duration;

use reqwest::Method;

use super::{TOKEN, film, locked};
use crate::harness::*;
use sandbox::Effect;

on_both_states! {
    over_webdav_a_ticket_is_a_password_until_it_is_withdrawn,
    a_changed_key_breaks_nothing_until_the_old_ones_are_retired,
    the_owners_own_addresses_stay_the_same_until_they_are_replaced,
    a_device_is_added_and_withdrawn_on_its_page,
}

async fn over_webdav_a_ticket_is_a_password_until_it_is_withdrawn() {
    let drivein = locked().await;
    let made = drivein.ticket("file manager", film(FILM)).await;
    let pair = format!("anybody:{}", made["ticket"].as_str().unwrap());
    let basic = format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()));
    let address = format!("/dav/{DRIVE}{}", encoded(FILM));
    let ask = || {
        drivein
            .ask(Method::GET, &address)
            .header("authorization", &basic)
    };
    let truth = drivein.source(FILM, "original").await;
    drivein.fault("original", Effect::rate(truth.len() as u64 / 100));
    let mut running = ask().open().await;
    assert_eq!(running.status(), 200);
    assert!(!running.chunk().await.unwrap().unwrap().is_empty());
    assert!(drivein.tickets().await[0]["last_used_at"].is_string());
    let call = format!("/api/v1/tickets/{}", made["id"].as_str().unwrap());
    drivein.owner(Method::DELETE, &call, None).await.expect(204);
    let rest = tokio::time::timeout(Duration::from_secs(5), async {
        while let Ok(chunk) = running.chunk().await {
            assert!(chunk.is_some(), "the body pretends to be whole");
        }
    });
    rest.await
        .expect("the stream goes on five seconds after its ticket was withdrawn");
    ask().expect(401).await;
}

async fn a_changed_key_breaks_nothing_until_the_old_ones_are_retired() {
    let drivein = locked().await;
    let own = async || {
        let call = format!("/api/v1/entries/{DRIVE}{}", encoded(FILM));
        let entry = drivein.owner(Method::GET, &call, None).await.expect(200);
        drivein.local(entry.json()["entry"]["play"]["hls"].as_str().unwrap())
    };
    let before = drivein.ticket("before", film(FILM)).await;
    let (old_own, old) = (own().await, drivein.local(before["url"].as_str().unwrap()));
    drivein.owners_form("/devices/key", &[]).await.expect(303);
    let new_own = own().await;
    assert_ne!(old_own, new_own);
    let after = drivein.ticket("after", film(FILM)).await;
    let new = drivein.local(after["url"].as_str().unwrap());
    for address in [&old_own, &old, &new_own, &new] {
        drivein.get(address).await.expect(200);
    }
    let drivein = drivein.restarted().await;
    for address in [&old_own, &old, &new_own, &new] {
        drivein.get(address).await.expect(200);
    }
    drivein
        .owners_form("/devices/keys/retire", &[])
        .await
        .expect(303);
    let drivein = drivein.restarted().await;
    for address in [&old_own, &old] {
        drivein.get(address).await.expect(401);
    }
    for address in [&new_own, &new] {
        drivein.get(address).await.expect(200);
    }
    let listed = drivein.tickets().await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["name"], "after");
}

async fn the_owners_own_addresses_stay_the_same_until_they_are_replaced() {
    let drivein = locked().await;
    let own = async |drivein: &Drivein| {
        let call = format!("/api/v1/entries/{DRIVE}{}", encoded(FILM));
        let entry = drivein.owner(Method::GET, &call, None).await.expect(200);
        drivein.local(entry.json()["entry"]["play"]["hls"].as_str().unwrap())
    };
    let before = own(&drivein).await;
    let drivein = drivein.restarted().await;
    assert_eq!(before, own(&drivein).await);
    drivein.owners_form("/devices/own", &[]).await.expect(303);
    let after = own(&drivein).await;
    assert_ne!(before, after);
    let drivein = drivein.restarted().await;
    assert_eq!(after, own(&drivein).await);
    drivein.get(&before).await.expect(401);
    drivein.get(&after).await.expect(200);
}

async fn a_device_is_added_and_withdrawn_on_its_page() {
    let drivein = locked().await;
    let form = [
        ("name", "Living <room>"),
        ("place", DRIVE),
        ("until", "month"),
        ("prefers_hls", "1"),
    ];
    let page = drivein.owners_form("/devices", &form).await.expect(200);
    let text = page.text();
    assert!(text.contains("src=\"data:image/svg+xml;base64,"));
    assert!(!text.contains("<room>"));
    let address = all_between(&text, "readonly value=\"", "\"")
        .next()
        .unwrap();
    let local = drivein.local(address);
    assert!(local.ends_with(&format!("/{DRIVE}/")), "{local}");
    let listing = drivein.text(&local).await;
    // Streams instead of files, as requested; each `.strm` file names one.
    assert!(
        listing.contains("\"Tidal%20Light.mp4.strm\"")
            && !listing.contains("\"Tidal%20Light.mp4\"")
    );
    let strm = drivein
        .fetch(&format!("{local}Tidal%20Light.mp4.strm"), 200)
        .await;
    let stream = drivein.local(strm.text().trim());
    assert!(drivein.text(&stream).await.starts_with("#EXTM3U"));
    // The values for Kodi lead to the same place.
    let (_, kodi) = text.split_once("Kodi").unwrap();
    let typed: Vec<&str> = all_between(kodi, "<code>", "</code>")
        .filter(|typed| !typed.ends_with("/jellyfin") && *typed != "owner")
        .collect();
    assert_eq!(typed.len(), 4, "{typed:?}");
    assert_eq!(
        format!("http://{}:{}/{}", typed[1], typed[3], typed[2]),
        address
    );
    let list = all_between(&text, "readonly value=\"", "\"")
        .nth(1)
        .unwrap();
    let list = drivein.text(&drivein.local(list)).await;
    assert!(list.starts_with("#EXTM3U"));

    let listed = drivein
        .owner(Method::GET, "/devices", None)
        .await
        .expect(200)
        .text();
    assert!(listed.contains("Living &#60;room&#62;"), "{listed}");
    assert!(!listed.contains(&local), "the address is shown once");
    let withdraw = all_between(&listed, "action=\"", "\"")
        .find(|action| action.ends_with("/withdraw"))
        .unwrap();
    drivein.owners_form(withdraw, &[]).await.expect(303);
    drivein.get(&local).await.expect(401);

    let nameless = drivein.owners_form("/devices", &[("name", " ")]).await;
    assert!(
        nameless
            .expect(400)
            .text()
            .contains("A ticket needs a name.")
    );
    // A page of another site cannot submit these forms.
    for action in [
        "/devices",
        "/devices/own",
        "/devices/key",
        "/guest-link/films",
        "/pass-on/films",
    ] {
        let forged = drivein
            .ask(Method::POST, action)
            .header("authorization", &format!("Bearer {TOKEN}"))
            .header("origin", "https://evil.example")
            .header("sec-fetch-site", "cross-site")
            .form(&[("name", "x")])
            .send()
            .await;
        forged.expect(403);
    }
    assert!(drivein.tickets().await.is_empty());
}
