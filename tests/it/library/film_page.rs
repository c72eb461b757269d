//! The page of a film: its facts, its versions, and where it goes on.

use reqwest::Method;
use sandbox::Effect;
use serde_json::{Value, json};

use super::titles::{PATIENCE, film_of_year, named, note, walked};
use crate::harness::*;

/// Returns the path of an item's page.
fn page_of(item: &Value) -> String {
    format!("/library/items/{}", item["id"].as_str().unwrap())
}

/// Returns the page of a film, once it has what lies beside the film.
async fn page(drivein: &Drivein, item: &Value) -> String {
    let address = format!("{}?waited=1", page_of(item));
    unescaped(&drivein.text(&address).await)
}

#[tokio::test]
async fn a_film_has_a_page_with_its_facts_and_its_files() {
    let drivein = walked().await;
    let film = film_of_year(&drivein, "Tidal Light", 2021).await;
    let page = page(&drivein, &film).await;
    for part in [
        "<h1 dir=\"auto\">Tidal Light</h1>",
        "<span>2021</span>",
        "loses count at dawn",
        "/fanart.jpg",
        "/poster.jpg",
        "autofocus>Play</a>",
        "Play 1080p",
        "Tidal Light (2021) - 1080p.mp4",
        "Mark as watched",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(page.matches("Show files").count(), 1);
    let path = encoded(film["versions"][0]["path"].as_str().unwrap());
    assert!(page.contains(&format!("href=\"/watch/{DRIVE}{path}#play\"")));
    // Cards lead to it.
    let films = drivein.text("/library/films").await;
    assert!(
        films.contains(&format!("<a href=\"{}\"", page_of(&film))),
        "{films}"
    );
}

#[tokio::test]
async fn the_page_of_a_film_goes_on_where_it_was_left_and_takes_the_mark() {
    let drivein = walked().await;
    let film = named(&drivein, "films", "The Ferry").await;
    note(&drivein, &film, 40.0).await;
    let begun = page(&drivein, &film).await;
    assert!(begun.contains(">Resume at 0:40</a>"), "{begun}");
    assert!(begun.contains("value=\"40\""), "{begun}");
    let address = format!("{}/watched", page_of(&film));
    let marked = drivein
        .ask(Method::POST, &address)
        .form(&[("watched", "true")])
        .send()
        .await;
    assert_eq!(marked.expect(303).header("location"), page_of(&film));
    let watched = page(&drivein, &film).await;
    assert!(watched.contains(">Play again</a>"), "{watched}");
    assert!(watched.contains("Not watched"), "{watched}");
}

#[tokio::test]
async fn the_page_of_a_film_does_not_wait_for_a_drive_that_is_late() {
    let drivein = walked().await;
    // The files beside this film were not read yet.
    let film = film_of_year(&drivein, "Tidal Light", 2021).await;
    drivein.fault("*", Effect::latency(5000));
    let ask = drivein.ask(Method::GET, &page_of(&film));
    let reply = ask.send_once().await.expect(200);
    let known = reply.text();
    for part in [
        "<h1 dir=\"auto\">Tidal Light</h1>",
        "<span>2021</span>",
        "autofocus>Play</a>",
        "/poster.jpg",
    ] {
        assert!(known.contains(part), "{part} in {known}");
    }
    assert!(!known.contains("loses count at dawn"), "{known}");
    assert_eq!(reply.header("refresh"), "1; url=?waited=1");
    drivein.sandbox.heal();
    eventually("the description was read", PATIENCE, async || {
        let page = page(&drivein, &film).await;
        page.contains("loses count at dawn").then_some(())
    })
    .await;
}

#[tokio::test]
async fn tracks_of_a_file_that_was_opened_are_named() {
    let drivein = walked().await;
    let film = film_of_year(&drivein, "Tidal Light", 2021).await;
    assert!(!page(&drivein, &film).await.contains("<dt>Sound</dt>"));
    let path = film["versions"][0]["path"].as_str().unwrap();
    let call = format!("entries/{DRIVE}{}?facts=tracks", encoded(path));
    drivein.api(&call).await;
    let opened = page(&drivein, &film).await;
    for part in ["<dt>Picture</dt>", "H.264", "<dt>Sound</dt>", "AAC"] {
        assert!(opened.contains(part), "{part} in {opened}");
    }
}

#[tokio::test]
async fn guests_and_limited_viewers_have_no_page_of_a_film() {
    let drivein = walked().await;
    let film = named(&drivein, "films", "The Ferry").await;
    let path = film["versions"][0]["path"].as_str().unwrap();
    let made = drivein
        .ticket("Mia", json!({"place": DRIVE, "path": path}))
        .await;
    let ticket = made["ticket"].as_str().unwrap();
    let guest = format!("/guest/{ticket}/{DRIVE}{}", encoded(path));
    let shown = drivein.text(&guest).await;
    assert!(!shown.contains("/library/items"), "{shown}");
    let address = page_of(&film);
    drivein
        .fetch(&format!("/guest/{ticket}{address}"), 403)
        .await;
    let viewer = drivein
        .post(
            "viewers",
            json!({"name": "Ida", "colour": "#8ddba6", "places": []}),
        )
        .await;
    let viewer = viewer.json()["id"].as_str().unwrap().to_owned();
    drivein
        .fetch(
            &format!(
                "/api/v1/library/items/{}?viewer={viewer}",
                film["id"].as_str().unwrap()
            ),
            404,
        )
        .await;
}
