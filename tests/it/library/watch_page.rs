//! The watch page of an episode below its player: what comes next, and where else it plays.

use serde_json::Value;

use super::titles::{named, walked};
use crate::harness::*;

/// Returns the watch page of an item's first file.
async fn page(drivein: &Drivein, item: &Value) -> String {
    let path = encoded(item["versions"][0]["path"].as_str().unwrap());
    unescaped(&drivein.text(&format!("/watch/{DRIVE}{path}")).await)
}

#[tokio::test]
async fn the_next_episodes_are_shown_with_their_pictures_those_of_the_next_season_too() {
    let drivein = walked().await;
    let series = named(&drivein, "series", "Harbour Lights").await;
    let first = &series["children"][0]["children"][0];
    let page_of_first = page(&drivein, first).await;
    let (_, row) = page_of_first.split_once("Next episodes</h2>").unwrap();
    let (row, _) = row.split_once("</section>").unwrap();
    let titles: Vec<&str> = all_between(row, "title=\"", "\"").collect();
    assert_eq!(titles, ["The Pilot", "Fog", "Storm", "Calm"]);
    assert_eq!(row.matches("<img src=").count(), 4, "{row}");
    let second = page(&drivein, &series["children"][0]["children"][1]).await;
    assert!(second.contains(">S1 E1 · Low Water</span>"), "{second}");
    // Its title leads to the series.
    let id = series["id"].as_str().unwrap();
    let title = format!("<h1 dir=\"auto\"><a href=\"/library/items/{id}\">Harbour Lights</a></h1>");
    assert!(page_of_first.contains(&title), "{page_of_first}");
    // Specials do not follow the last episode.
    let last = page(&drivein, &series["children"][1]["children"][1]).await;
    assert!(!last.contains("Next episodes</h2>"), "{last}");
    let film = named(&drivein, "films", "The Ferry").await;
    assert!(!page(&drivein, &film).await.contains("Next episodes</h2>"));
}

#[tokio::test]
async fn the_links_for_another_device_are_folded() {
    let drivein = walked().await;
    let film = named(&drivein, "films", "The Ferry").await;
    let page = page(&drivein, &film).await;
    let (before, folded) = page.split_once("<details class=\"other-device\">").unwrap();
    assert!(folded.contains("<summary>Watch on another device</summary>"));
    assert!(folded.contains("master.m3u8") && folded.contains("class=\"qr\""));
    assert!(!before.contains("class=\"address\""), "{before}");
}
