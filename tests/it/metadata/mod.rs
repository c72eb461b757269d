//! Titles, texts and pictures of films and series by a metadata service, which is emulated in [`service`].

mod service;

use std::time::Duration;

use axum::http::StatusCode;
use sandbox::Films;
use serde_json::Value;

use crate::harness::*;
use crate::library::titles::{film_of_year, named, walk};
use service::{KEY, Service, TOKEN};

const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a server over the bundled library and the service, and walks its drive.
async fn started(service: &Service, key: &str, language: &str) -> Drivein {
    let sandbox = sandbox::Options::with_films(Films::BundledLibrary);
    let section = service.section(key, language);
    let mut drivein = Drivein::setup()
        .sandbox(sandbox)
        .sections(&section)
        .start()
        .await;
    drivein.keep_secret(vec![KEY.to_owned(), TOKEN.to_owned()]);
    walk(&drivein).await;
    drivein
}

/// Returns the item of this title once `fits` is true for it.
async fn item_with(
    drivein: &Drivein,
    list: &str,
    title: &str,
    fits: impl Fn(&Value) -> bool,
) -> Value {
    eventually(&format!("{title} has its metadata"), PATIENCE, async || {
        let page = drivein.api(&format!("library/{list}?limit=100")).await;
        let items = page["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["title"] == title)?;
        fits(found).then(|| found.clone())
    })
    .await
}

#[tokio::test]
async fn films_get_texts_ratings_and_pictures_that_come_through_this_server() {
    let service = Service::start().await;
    let drivein = started(&service, KEY, "en").await;
    let ferry = item_with(&drivein, "films", "The Ferry", |it| {
        !it["overview"].is_null()
    })
    .await;
    assert_eq!(ferry["year"], 1998);
    assert_eq!(ferry["rating"], 7.4);
    let poster = drivein.local(ferry["poster"].as_str().unwrap());
    let picture = drivein.get(&poster).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    assert!(picture.body.ends_with(b"w500/film-11.jpg"));
    let backdrop = drivein.local(ferry["backdrop"].as_str().unwrap());
    let picture = drivein.get(&backdrop).await.expect(200);
    assert!(picture.body.ends_with(b"w1280/film-11-wide.jpg"));
    // Fetched once, also after a restart.
    drivein.get(&poster).await.expect(200);
    let drivein = drivein.restarted().await;
    drivein.get(&poster).await.expect(200);
    assert_eq!(service.calls("w500/film-11.jpg"), 1);
    // The page shows all of it, as text, and the notice.
    let address = format!("/library/items/{}", ferry["id"].as_str().unwrap());
    let page = drivein.fetch(&format!("{address}?waited=1"), 200).await;
    let page = page.text();
    for part in [
        "7.4",
        "&#60;b&#62;once more",
        "not endorsed or certified by TMDB",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(
        !page.contains("/t/p/"),
        "no picture is linked from the service"
    );
    let status = drivein.text("/status").await;
    assert!(
        status.contains("not endorsed or certified by TMDB"),
        "{status}"
    );
}

#[tokio::test]
async fn the_files_beside_a_film_win_and_a_doubtful_title_is_none() {
    let service = Service::start().await;
    let drivein = started(&service, KEY, "en").await;
    item_with(&drivein, "films", "The Ferry", |it| {
        !it["overview"].is_null()
    })
    .await;
    let paper = film_of_year(&drivein, "Paper Mountains", 2019).await;
    let paper = drivein
        .api(&format!("library/items/{}", paper["id"].as_str().unwrap()))
        .await;
    assert!(
        paper["overview"].as_str().unwrap().contains("Two sisters"),
        "{paper}"
    );
    assert!(
        paper["poster"].as_str().unwrap().ends_with("/poster.jpg"),
        "{paper}"
    );
    assert_eq!(paper["rating"], Value::Null, "without votes there is none");
    // There are two of that title and year.
    eventually("the title was searched for", PATIENCE, async || {
        (service.calls("search/movie") >= 4).then_some(())
    })
    .await;
    let moons = named(&drivein, "films", "Three Moons").await;
    assert_eq!(moons["overview"], Value::Null, "{moons}");
    assert_eq!(service.calls("movie/14") + service.calls("movie/15"), 0);
}

#[tokio::test]
async fn series_seasons_and_episodes_get_theirs() {
    let service = Service::start().await;
    let drivein = started(&service, TOKEN, "en").await;
    item_with(&drivein, "series", "Night Shift", |it| {
        !it["overview"].is_null()
    })
    .await;
    let series = eventually("the episodes have their titles", PATIENCE, async || {
        let series = named(&drivein, "series", "Night Shift").await;
        let first = &series["children"][0]["children"][0];
        (first["title"] == "Ten to Ten").then_some(series)
    })
    .await;
    assert_eq!(series["year"], 2016);
    let episodes = &series["children"][0]["children"];
    assert_eq!(episodes[0]["aired"], "2016-03-01");
    assert_eq!(episodes[0]["season"], 1);
    assert_eq!(episodes[1]["title"], "Coffee");
    assert_eq!(
        episodes[2]["title"], "Episode 3",
        "which the service does not have"
    );
    let still = drivein.local(episodes[0]["poster"].as_str().unwrap());
    let picture = drivein.get(&still).await.expect(200);
    assert!(picture.body.ends_with(b"w300/night-1-1.jpg"));
    // A page under the name of a picture is none.
    let wide = drivein.local(series["backdrop"].as_str().unwrap());
    drivein.get(&wide).await.expect(502);
}

#[tokio::test]
async fn titles_are_in_the_language_of_the_owner_and_texts_in_english_where_there_are_none() {
    let service = Service::start().await;
    let drivein = started(&service, KEY, "de").await;
    let ferry = item_with(&drivein, "films", "Die Fähre", |_| true).await;
    assert!(ferry["overview"].as_str().unwrap().contains("ferryman"));
    for words in ["ferry", "f%C3%A4hre"] {
        let found = drivein.api(&format!("library/films?q={words}")).await;
        assert_eq!(
            found["items"].as_array().unwrap().len(),
            1,
            "{words}: {found}"
        );
    }
}

#[tokio::test]
async fn a_service_that_asks_for_a_pause_is_obeyed_and_asked_again() {
    let service = Service::start().await;
    service.standing().failing = Some((StatusCode::TOO_MANY_REQUESTS, 2));
    let drivein = started(&service, KEY, "en").await;
    item_with(&drivein, "films", "The Ferry", |it| {
        !it["overview"].is_null()
    })
    .await;
}

#[tokio::test]
async fn a_refused_key_is_said_on_the_status_page_and_films_stay_as_they_are() {
    let service = Service::start().await;
    let drivein = started(&service, "fedcba9876543210fedcba9876543210", "en").await;
    let status = eventually("the status page says so", PATIENCE, async || {
        let page = drivein.text("/status").await;
        page.contains("The key was refused").then_some(page)
    })
    .await;
    assert!(status.contains("metadata.tmdb_api_key"));
    assert_eq!(service.calls("/3/"), 1, "it is not asked on and on");
    let ferry = named(&drivein, "films", "The Ferry").await;
    assert_eq!(ferry["overview"], Value::Null);
}

#[tokio::test]
async fn without_a_key_nothing_is_asked_and_nothing_is_noticed() {
    let drivein = crate::library::titles::walked().await;
    let page = drivein.text("/library/films").await;
    assert!(!page.contains("TMDB"), "{page}");
    let ferry = named(&drivein, "films", "The Ferry").await;
    let poster = format!("library/items/{}/poster", ferry["id"].as_str().unwrap());
    drivein.get(&format!("/api/v1/{poster}")).await.expect(404);
}
