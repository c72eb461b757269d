//! The weight of the home page: what a browser fetches before it shows pictures.

use std::collections::BTreeSet;

use serde_json::json;

use super::titles::{named, note, walk_of, walked};
use crate::harness::*;

const FILMS: usize = 10_000;
const MAX_BYTES: usize = 80 << 10;
const MAX_REQUESTS: usize = 12;

/// Returns the URLs that a page or a module loads at once: styles, modules, icons and the manifest.
fn loads(text: &str, base: &str) -> Vec<String> {
    let of_page = [
        "<link rel=\"stylesheet\" href=\"",
        "<script type=\"module\" src=\"",
        "<link rel=\"icon\" href=\"",
    ];
    let manifest = ["<link rel=\"manifest\" href=\"", "<img src=\"/assets/"];
    let mut found: Vec<String> = of_page
        .iter()
        .chain(&manifest)
        .flat_map(|before| {
            let path = before.find("/assets/").map(|at| &before[at..]);
            all_between(text, before, "\"")
                .map(move |rest| format!("{}{rest}", path.unwrap_or_default()))
        })
        .collect();
    // `from './page/copy.js'`, relative to the module.
    for name in all_between(text, "from '", "'").filter(|name| name.ends_with(".js")) {
        let base = url::Url::parse("http://host").unwrap().join(base).unwrap();
        found.push(base.join(name).unwrap().path().to_owned());
    }
    found
}

#[tokio::test]
async fn the_home_page_is_light_with_ten_thousand_films() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=FILMS {
        let name = format!("A Film of Some Length {number:05} (1999).mp4");
        std::fs::write(folder.path().join(name), b"").unwrap();
    }
    let drivein = Drivein::setup()
        .no_drive()
        .folder("home", folder.path())
        .start()
        .await;
    walk_of(&drivein, "home").await;
    // A title on top, and rows below it.
    let films = drivein.api("library/films?limit=20").await;
    for film in films["items"].as_array().unwrap() {
        let path = film["versions"][0]["path"].as_str().unwrap();
        let body = json!({"position_s": 30.0, "duration_s": 100.0});
        let call = format!("history/home{}", encoded(path));
        drivein
            .call(reqwest::Method::PUT, &call, body)
            .await
            .expect(204);
    }
    let mut open = vec!["/".to_owned()];
    let (mut seen, mut bytes) = (BTreeSet::new(), 0);
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let ask = drivein.ask(reqwest::Method::GET, &path);
        let reply = ask.header("accept-encoding", "gzip").expect(200).await;
        let is_page = path == "/";
        bytes += reply.body.len();
        if is_page || path.ends_with(".js") {
            let text = drivein.get(&path).await.text();
            if is_page {
                assert!(
                    text.contains("hero-title") && text.contains("A Film of Some Length"),
                    "{text}"
                );
            }
            open.extend(loads(&text, &path));
        }
    }
    assert!(seen.len() > 4 && seen.len() <= MAX_REQUESTS, "{seen:?}");
    assert!(bytes <= MAX_BYTES, "{bytes} bytes of {seen:?}");
}

#[tokio::test]
async fn the_drive_is_not_asked_for_films_of_the_library_that_were_begun() {
    let calls = async |drivein: &Drivein| {
        let count = || drivein.sandbox.count("list") + drivein.sandbox.count("filemetas");
        let before = count();
        drivein.text("/").await;
        count() - before
    };
    let drivein = walked().await.restarted().await;
    assert_eq!(calls(&drivein).await, 0);
    for title in ["The Ferry", "Three Moons"] {
        let film = named(&drivein, "films", title).await;
        note(&drivein, &film, 40.0).await;
    }
    let drivein = drivein.restarted().await;
    assert_eq!(calls(&drivein).await, 0);
    let page = drivein.text("/").await;
    assert!(page.contains("Continue watching"), "{page}");
}
