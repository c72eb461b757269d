//! Walks over drives: they obey pauses, go on after a restart, and are seen and stopped on the page of the drive.

use reqwest::Method;
use sandbox::{Effect, Fault};
use serde_json::json;

use super::titles::{PATIENCE, set_up, walked};
use crate::harness::*;

#[tokio::test]
async fn a_walk_obeys_pauses_and_goes_on_after_a_restart() {
    let drivein = set_up().walking().start().await;
    drivein
        .sandbox
        .fault(Fault::on("list", Effect::status(429)).times(3));
    let call = format!("library/walks/{DRIVE}");
    drivein.post(&call, json!({})).await.expect(202);
    // Right after the start, while the upstream still refuses.
    assert_eq!(drivein.api(&call).await["state"], "running");
    let drivein = drivein.restarted().await;
    let done = eventually("the walk has ended", PATIENCE, async || {
        let state = drivein.api(&call).await;
        (state["state"] == "done").then_some(state)
    })
    .await;
    assert!(done["found"].as_u64().unwrap() > 20, "{done}");
}

#[tokio::test]
async fn the_page_of_a_drive_shows_its_walk_and_stops_it_for_good() {
    let drivein = walked().await;
    let call = format!("library/walks/{DRIVE}");
    let account = format!("/account/{DRIVE}");
    let page = unescaped(&drivein.text(&account).await);
    let found = drivein.api(&call).await["found"].to_string();
    for part in [
        "Films and episodes found",
        &format!(">{found}</dd>"),
        "The whole drive",
        "Ended",
        "Walk now",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let act = async |act: &str| {
        let ask = drivein.ask(Method::POST, &format!("{account}/walk"));
        let reply = ask.form(&[("act", act)]).send().await;
        assert_eq!(reply.expect(303).header("location"), account);
    };
    act("stop").await;
    let stopped = drivein.api(&call).await;
    assert_eq!(
        (&stopped["state"], stopped["found"].to_string()),
        (&json!("stopped"), found)
    );
    // The films that were found stay.
    assert!(drivein.text("/").await.contains("Harbour Lights"));
    act("start").await;
    let state = drivein.api(&call).await["state"].clone();
    assert!(state == "running" || state == "done", "{state}");
}
