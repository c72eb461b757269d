//! Films and series by the names of files: found by a walk, watched, renamed, shown on pages.

use std::time::Duration;

use reqwest::Method;
use sandbox::Films;
use serde_json::{Value, json};

use crate::harness::*;

pub const PATIENCE: Duration = Duration::from_secs(60);

pub async fn library() -> Drivein {
    set_up().start().await
}

pub fn set_up() -> Setup {
    Drivein::setup().sandbox(sandbox::Options::with_films(Films::BundledLibrary))
}

/// Walks the drive and waits for the end.
pub async fn walked() -> Drivein {
    let drivein = library().await;
    walk(&drivein).await;
    drivein
}

pub async fn walk(drivein: &Drivein) -> Value {
    walk_of(drivein, DRIVE).await
}

/// Walks a drive and waits for the end.
pub async fn walk_of(drivein: &Drivein, drive: &str) -> Value {
    let call = format!("library/walks/{drive}");
    drivein.post(&call, json!({})).await.expect(202);
    eventually("the walk has ended", PATIENCE, async || {
        let state = drivein.api(&call).await;
        (state["state"] == "done").then_some(state)
    })
    .await
}

async fn items(drivein: &Drivein, call: &str) -> Vec<Value> {
    let page = drivein.api(&format!("library/{call}")).await;
    page["items"].as_array().unwrap().clone()
}

async fn titles(drivein: &Drivein, call: &str) -> Vec<String> {
    let items = items(drivein, call).await;
    items
        .iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

pub async fn named(drivein: &Drivein, list: &str, title: &str) -> Value {
    let items = items(drivein, &format!("{list}?limit=1000")).await;
    let found = items.into_iter().find(|item| item["title"] == title);
    let found = found.unwrap_or_else(|| panic!("{title} is not among the {list}"));
    drivein
        .api(&format!("library/items/{}", found["id"].as_str().unwrap()))
        .await
}

/// Returns the film of this title whose file has this year in its name: there are others of the same title without one.
pub async fn film_of_year(drivein: &Drivein, title: &str, year: u16) -> Value {
    let films = items(drivein, "films?limit=1000").await;
    let film = films.into_iter().find(|film| {
        let path = film["versions"][0]["path"].as_str().unwrap();
        film["title"] == title && path.contains(&year.to_string())
    });
    film.unwrap_or_else(|| panic!("{title} ({year}) is not among the films"))
}

pub async fn note(drivein: &Drivein, item: &Value, percent: f64) {
    let version = &item["versions"][0];
    let path = version["path"].as_str().unwrap();
    let call = format!("history/{DRIVE}{}", encoded(path));
    let body = json!({"position_s": percent, "duration_s": 100.0});
    drivein.call(Method::PUT, &call, body).await.expect(204);
}

#[tokio::test]
async fn an_intro_is_marked_once_for_the_season() {
    let drivein = walked().await;
    let series = named(&drivein, "series", "Harbour Lights").await;
    let season = &series["children"][0];
    let episodes = season["children"].as_array().unwrap();
    let intro = |item: &Value| format!("library/items/{}/intro", item["id"].as_str().unwrap());
    let missing = drivein
        .get(&format!("/api/v1/{}", intro(&episodes[0])))
        .await;
    assert_eq!(missing.expect(404).code(), "not_found");
    for wrong in [
        json!({"start_s": 9, "end_s": 5}),
        json!({"start_s": -1, "end_s": 5}),
        json!({"start_s": 0, "end_s": 5000}),
    ] {
        drivein
            .call(Method::PUT, &intro(&episodes[0]), wrong)
            .await
            .expect(400);
    }
    let mark = json!({"start_s": 5.0, "end_s": 35.5});
    drivein
        .call(Method::PUT, &intro(&episodes[0]), mark.clone())
        .await
        .expect(204);
    assert_eq!(drivein.api(&intro(&episodes[1])).await, mark);
    assert_eq!(drivein.api(&intro(season)).await, mark);
    let path = episodes[1]["versions"][0]["path"].as_str().unwrap();
    let page = drivein
        .get(&format!("/watch/{DRIVE}{}", encoded(path)))
        .await
        .text();
    assert!(
        page.contains(r#""intro":{"start_s":5.0,"end_s":35.5}"#),
        "{page}"
    );
    let other = &series["children"][1]["children"][0];
    drivein
        .fetch(&format!("/api/v1/{}", intro(other)), 404)
        .await;
    drivein
        .call(Method::PUT, &intro(&series), mark)
        .await
        .expect(400);
    drivein
        .call(Method::DELETE, &intro(season), json!({}))
        .await
        .expect(204);
    drivein
        .fetch(&format!("/api/v1/{}", intro(season)), 404)
        .await;
}

#[tokio::test]
async fn a_walk_finds_films_with_versions_and_series_with_seasons() {
    let drivein = library().await;
    let call = format!("library/walks/{DRIVE}");
    assert_eq!(drivein.api(&call).await["state"], "idle");
    let done = walk(&drivein).await;
    assert!(
        done["seen"].as_u64().unwrap() > done["found"].as_u64().unwrap(),
        "{done}"
    );
    let films = titles(&drivein, "films?limit=1000").await;
    for title in ["Tidal Light", "Paper Mountains", "Three Moons", "The Ferry"] {
        assert!(
            films.iter().any(|film| film == title),
            "{title} in {films:?}"
        );
    }
    assert!(
        !films.iter().any(|film| film.ends_with(".mp4")),
        "{films:?}"
    );
    let series = named(&drivein, "series", "Harbour Lights").await;
    assert_eq!(
        (&series["year"], &series["kind"]),
        (&json!(2022), &json!("series"))
    );
    assert!(
        series["overview"]
            .as_str()
            .unwrap()
            .contains("three keepers"),
        "by tvshow.nfo"
    );
    let seasons = series["children"].as_array().unwrap();
    let numbers: Vec<i64> = seasons
        .iter()
        .map(|season| season["season"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 0]);
    let double = &seasons[1]["children"][0];
    assert_eq!(
        (&double["episode"], &double["episode_end"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(double["versions"].as_array().unwrap().len(), 1);
    // Pictures are served as they lie beside the film.
    let poster = drivein.local(series["poster"].as_str().unwrap());
    assert!(poster.ends_with("/poster.jpg"), "{poster}");
    let picture = drivein.get(&poster).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    for (method, call) in [
        (Method::GET, "library/walks/other"),
        (Method::POST, "library/walks/other"),
        (Method::DELETE, "library/walks/other"),
        (Method::GET, "library/items/999999"),
        (Method::GET, "library/items/x"),
        (Method::GET, "library/films?viewer=somebody"),
    ] {
        drivein.call(method, call, json!({})).await.expect(404);
    }
    for wrong in ["films?sort=size", "films?limit=0", "films?cursor=x"] {
        let call = format!("/api/v1/library/{wrong}");
        drivein.get(&call).await.expect(400);
    }
}

#[tokio::test]
async fn pages_of_films_follow_one_another_in_the_requested_order() {
    let drivein = walked().await;
    let all = titles(&drivein, "films?limit=1000").await;
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = drivein
            .api(&format!("library/films?limit=4&cursor={cursor}"))
            .await;
        let here = page["items"].as_array().unwrap();
        assert!(here.len() <= 4);
        paged.extend(
            here.iter()
                .map(|item| item["title"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let by_year = items(&drivein, "films?sort=year&limit=3").await;
    let years: Vec<i64> = by_year
        .iter()
        .map(|film| film["year"].as_i64().unwrap())
        .collect();
    assert_eq!(years, [2023, 2021, 2019]);
    assert_eq!(titles(&drivein, "films?q=ferr").await, ["The Ferry"]);
    let recent = items(&drivein, "recent?limit=5").await;
    assert!(
        recent.iter().any(|item| item["kind"] == "series"),
        "{recent:?}"
    );
}

#[tokio::test]
async fn a_finished_episode_offers_the_next_one_and_a_special_is_never_next() {
    let drivein = walked().await;
    let series = named(&drivein, "series", "Harbour Lights").await;
    let episode = |season: usize, at: usize| series["children"][season]["children"][at].clone();
    assert_eq!(items(&drivein, "next-up").await.len(), 0);
    note(&drivein, &episode(0, 0), 50.0).await;
    assert_eq!(titles(&drivein, "continue").await, ["Low Water"]);
    note(&drivein, &episode(0, 0), 92.0).await;
    assert_eq!(titles(&drivein, "continue").await, ["The Pilot"]);
    assert_eq!(titles(&drivein, "next-up").await, ["The Pilot"]);
    for at in [1, 2] {
        note(&drivein, &episode(0, at), 95.0).await;
    }
    assert_eq!(titles(&drivein, "next-up").await, ["Storm"]);
    let mark = |item: &Value, watched: bool| {
        let call = format!("library/items/{}/watched", item["id"].as_str().unwrap());
        (call, json!({"watched": watched}))
    };
    let (call, body) = mark(&series, true);
    drivein.call(Method::PUT, &call, body).await.expect(204);
    assert_eq!(
        items(&drivein, "next-up").await.len(),
        0,
        "a special is left"
    );
    let series = named(&drivein, "series", "Harbour Lights").await;
    assert_eq!(series["watched"], true);
    assert_eq!(series["children"][2]["watched"], false, "specials");
    let (call, body) = mark(&series["children"][1]["children"][1], false);
    drivein.call(Method::PUT, &call, body).await.expect(204);
    assert_eq!(
        named(&drivein, "series", "Harbour Lights").await["watched"],
        false
    );
}

#[tokio::test]
async fn a_renamed_film_keeps_its_id_and_its_mark() {
    let drivein = walked().await;
    let film = named(&drivein, "films", "The Ferry").await;
    let id = film["id"].as_str().unwrap();
    let watched = json!({"watched": true});
    drivein
        .call(Method::PUT, &format!("library/items/{id}/watched"), watched)
        .await
        .expect(204);
    let body = json!({
        "place": DRIVE, "path": film["versions"][0]["path"], "name": "The Old Ferry (1999).mp4"
    });
    drivein.post("files/rename", body).await.expect(200);
    drivein.entry("/Films").await;
    let found = eventually("the new name is known", PATIENCE, async || {
        let found = drivein.api(&format!("library/items/{id}")).await;
        (found["title"] == "The Old Ferry").then_some(found)
    })
    .await;
    assert_eq!(
        (&found["year"], &found["watched"]),
        (&json!(1999), &json!(true))
    );
    assert!(
        !titles(&drivein, "films?limit=1000")
            .await
            .contains(&"The Ferry".to_owned())
    );
}

#[tokio::test]
async fn folders_that_are_opened_fill_the_library_without_a_walk() {
    let drivein = library().await;
    drivein.entry("/Series/Night Shift").await;
    let series = eventually("the series is known", PATIENCE, async || {
        titles(&drivein, "series").await.pop()
    })
    .await;
    assert_eq!(series, "Night Shift");
    assert_eq!(
        drivein.api(&format!("library/walks/{DRIVE}")).await["state"],
        "idle"
    );
}

#[tokio::test]
async fn the_pages_show_titles_and_lead_to_the_films() {
    let drivein = walked().await;
    let home = drivein.text("/").await;
    assert!(home.len() < 80 << 10, "{} bytes", home.len());
    let plain = unescaped(&home);
    for part in [
        "Recently added",
        "Films",
        "Series",
        "Harbour Lights",
        "Drives",
    ] {
        assert!(plain.contains(part), "{part}");
    }
    let found = drivein.text("/search?q=harbour").await;
    let (titles, files) = found.split_once(">Files</h2>").unwrap();
    assert!(titles.contains(">Harbour Lights</span>"), "{titles}");
    assert!(files.contains(".mp4</span>"), "{files}");
    let films = drivein.text("/library/films").await;
    assert!(!films.contains(".mp4</span>"), "titles, no file names");
    let series = named(&drivein, "series", "Harbour Lights").await;
    let address = format!("/library/items/{}", series["id"].as_str().unwrap());
    let page = unescaped(&drivein.text(&address).await);
    for part in [
        "Play S1 E1",
        "Season 2",
        "Specials",
        "S2 E1–2",
        "Show files",
        "three keepers",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let film = named(&drivein, "films", "The Ferry").await;
    let path = encoded(film["versions"][0]["path"].as_str().unwrap());
    let watch = unescaped(&drivein.text(&format!("/watch/{DRIVE}{path}")).await);
    assert!(watch.contains("<h1 dir=\"auto\">The Ferry</h1>"), "{watch}");
    assert!(watch.contains("1998") && watch.contains("Show files"));
    // A mark on the page of the series.
    let marked = drivein
        .ask(Method::POST, &format!("{address}/watched"))
        .form(&[("watched", "true")])
        .send()
        .await;
    assert_eq!(
        (marked.status, marked.header("location")),
        (303, address.as_str())
    );
    assert_eq!(
        named(&drivein, "series", "Harbour Lights").await["watched"],
        true
    );
}
