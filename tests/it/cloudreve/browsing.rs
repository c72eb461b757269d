//! Pages of folders, and the number of calls that pages, films and shares take.

use reqwest::Method;
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_site_that_counts_its_pages_lists_everything_once() {
    let site = stocked().await;
    for number in 0..23 {
        site.put(&format!("/Many/Film {number:02}.mp4"), "film");
    }
    site.pages_by_offset(10);
    let drivein = server(&site).await;
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let call = format!("entries/{NAS}/Many?limit=50{cursor}");
        let listed = drivein.api(&call).await;
        for child in listed["children"].as_array().unwrap() {
            names.push(child["name"].as_str().unwrap().to_owned());
        }
        match listed["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded_name(next)),
            None => break,
        }
    }
    let expected: Vec<String> = (0..23)
        .map(|number| format!("Film {number:02}.mp4"))
        .collect();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_page_a_film_and_a_share_take_as_few_calls_as_they_can() {
    let site = stocked().await;
    let link = site.share("/In pieces", None, None);
    let drivein = server(&site).await;
    drivein.get(&format!("/browse/{NAS}")).await.expect(200);
    assert_eq!(site.count("GET /file"), 1, "the first page of a folder");

    let address = play(&drivein, NAS, FILM).await;
    for range in ["bytes=0-99", "bytes=500000-500099"] {
        let ask = drivein.ask(Method::GET, &address).range(range);
        ask.expect(206).await;
    }
    assert_eq!(site.count("POST /file/url"), 1, "a film and two ranges");
    assert!(
        site.count("GET /file/content") <= 2,
        "a film and two ranges"
    );
    assert!(site.count("GET /file/info") <= 1, "a film and two ranges");

    let body = json!({"url": link});
    let opened = drivein.post("shares/open", body).await;
    let place = opened.expect(200).json()["place"]
        .as_str()
        .unwrap()
        .to_owned();
    drivein.get(&format!("/browse/{place}")).await.expect(200);
    // Once to open it, once for the name of its owner on the page.
    assert!(site.count("GET /share/info") <= 2, "a share that is opened");
    assert_eq!(site.count("GET /file"), 2, "its first page");
}
