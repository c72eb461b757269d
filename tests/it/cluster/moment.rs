//! The state of the moment that servers share while they send and receive: the speed of a ticket, the pauses that an upstream asks for, the progress
//! of an upload. While the database is away, each server goes on by itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use sandbox::Effect;
use serde_json::json;

use super::set_up;
use crate::copies::body_in_pieces;
use crate::harness::postgres::PostgresServer;
use crate::harness::*;
use crate::teraboxdl::service::{self, Service};

/// Long enough for what is exchanged every second.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes a ticket for a film with a speed. Returns the path under which its original is played.
async fn slow_ticket(server: &Drivein, speed: u64) -> String {
    let scope = json!({"place": DRIVE, "path": FILM});
    let body = json!({"name": "guests", "scope": scope, "speed": speed});
    let made = server.post("tickets", body).await;
    let made = made.expect(200).json();
    let play = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    play.path().to_owned()
}

#[tokio::test]
async fn two_servers_send_no_faster_under_a_ticket_than_one_would() {
    const SPEED: u64 = 100_000;
    const BYTES: usize = 300_000;
    let one = set_up().await.start().await;
    let other = one.beside().await;
    let truth = one.source(FILM, "original").await;
    // Everything but the sending is done before.
    let everything = one.play(FILM).await;
    for server in [&one, &other] {
        server.get(&everything).await.expect(200);
    }
    let play = slow_ticket(&one, SPEED).await;
    let begun = Instant::now();
    let range = format!("bytes=0-{}", BYTES - 1);
    let both = [&one, &other].map(|server| server.ask(Method::GET, &play).range(&range).send());
    for reply in join_all(both).await {
        assert!(reply.expect(206).body == truth[..BYTES]);
    }
    // Each by itself would be done after three seconds. What is left out here are the last half second of each server, and
    // the second that a ticket saves up.
    let least = (2 * BYTES as u64 / SPEED - 2) as f64;
    let took = begun.elapsed().as_secs_f64();
    assert!(took > least, "{took} s for {} bytes", 2 * BYTES);
}

#[tokio::test]
async fn a_ticket_with_a_speed_plays_on_while_the_database_is_away() {
    let mut database = PostgresServer::start();
    let url = database.new_database().await;
    let drivein = Drivein::setup().state_url(&url).start().await;
    let truth = drivein.source(FILM, "original").await;
    let play = slow_ticket(&drivein, 100_000).await;
    let mut reply = drivein.ask(Method::GET, &play).open().await;
    let mut body = reply.chunk().await.unwrap().unwrap().to_vec();
    database.toggle();
    while let Some(chunk) = reply.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    assert!(body == truth, "{} of {}", body.len(), truth.len());
}

/// A refusal with a time.
fn too_many(retry_after_s: u32) -> Effect {
    Effect {
        headers: BTreeMap::from([("retry-after".to_owned(), retry_after_s.to_string())]),
        ..Effect::status(429)
    }
}

/// Searches for something that was not searched for before. Returns false if the drive rests.
async fn search(server: &Drivein, word: &str) -> bool {
    let search = format!("/api/v1/search?q={word}&place={DRIVE}");
    let found = server.get(&search).await.expect(200).json();
    match found["problems"][0]["code"].as_str() {
        None => true,
        Some("rate_limited") => false,
        Some(_) => panic!("{found}"),
    }
}

/// Waits until a server rests without being refused itself.
async fn rests(server: &Drivein) {
    let mut number = 0;
    eventually("the pause is known", PATIENCE, async || {
        number += 1;
        let asked = server.sandbox.count("search");
        let has_found = search(server, &format!("again{number}")).await;
        (!has_found && server.sandbox.count("search") == asked).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_pause_that_an_upstream_asks_one_server_for_is_kept_by_the_others() {
    let one = set_up().await.start().await;
    let other = one.beside().await;
    assert!(search(&other, "light").await);
    one.fault("search", too_many(600));
    assert!(!search(&one, "mountains").await);
    one.sandbox.heal();
    // It would answer now, but it was asked to rest.
    for server in [&other, &one] {
        rests(server).await;
    }
    // A server that starts keeps it, too.
    rests(&one.beside().await).await;
}

#[tokio::test]
async fn a_pause_of_a_share_with_an_account_of_its_own_is_kept_by_the_others() {
    let service = Service::start().await;
    let set_up = set_up().await.no_drive();
    let one = set_up.drives(&service.section("opener")).start().await;
    let other = one.beside().await;
    let link = json!({"url": service::LINK});
    let opened = one.post("shares/open", link).await;
    let place = opened.expect(200).json()["place"].clone();
    let place = place.as_str().unwrap();
    let entry = format!("/api/v1/entries/{place}{}", encoded(service::FILM));
    let segments = async |server: &Drivein| {
        let entry = eventually("the share is known", PATIENCE, async || {
            let reply = server.get(&entry).await;
            (reply.status == 200).then(|| reply.json())
        })
        .await;
        let play = entry["entry"]["play"]["original"].as_str().unwrap();
        format!("{}/720p", server.local(play))
    };
    let segment = async |server: &Drivein, number: usize| {
        let segment = format!("{}/{number}.ts", segments(server).await);
        server.get(&segment).await
    };
    for server in [&one, &other] {
        let first = segment(server, 0).await.expect(200);
        assert!(first.body == service.segment(0));
    }
    // Far enough from the first one not to be fetched ahead.
    let last = service.segments() - 1;
    let asked = service.media_calls();
    service.standing().media_rest_s = Some(600);
    assert_eq!(segment(&one, last).await.code(), "rate_limited");
    assert_eq!(service.media_calls(), asked + 1, "one alone was refused");
    service.standing().media_rest_s = None;
    eventually("the pause is known", PATIENCE, async || {
        let metrics = other.get("/metrics").await.expect(200).text();
        // Shares are counted together.
        let words = ["upstream_paused_until_seconds", "\"~\"", "media"];
        let mut lines = metrics.lines();
        let line = lines.find(|line| words.iter().all(|word| line.contains(word)))?;
        (!line.ends_with(" 0") && !line.ends_with(" 0.0")).then_some(())
    })
    .await;
    assert_eq!(segment(&other, last).await.code(), "rate_limited");
    assert_eq!(service.media_calls(), asked + 1);
}

#[tokio::test]
async fn a_pause_that_begins_while_the_database_is_away_is_known_to_all_after_it() {
    let mut database = PostgresServer::start();
    let url = database.new_database().await;
    let one = Drivein::setup().state_url(&url).start().await;
    let other = one.beside().await;
    for server in [&one, &other] {
        assert!(search(server, "light").await);
    }
    database.toggle();
    one.fault("search", too_many(600));
    assert!(!search(&one, "mountains").await);
    one.sandbox.heal();
    rests(&one).await;
    // The other one does not know of it, and goes on.
    assert!(search(&other, "moons").await);
    database.toggle();
    rests(&other).await;
}

#[tokio::test]
async fn the_progress_of_an_upload_is_seen_at_any_server() {
    const ID: &str = "an-upload-of-a-test";
    let one = set_up().await.start().await;
    let other = one.beside().await;
    let progress = format!("uploads/{ID}");
    let missing = other.get(&format!("/api/v1/{progress}")).await;
    assert_eq!(missing.status, 404);
    // It is checked at one server, and received by the other.
    let path = format!("/api/v1/content/{DRIVE}/film.bin");
    let check = format!("{path}?check=70000&id={ID}");
    other.ask(Method::PUT, &check).expect(204).await;
    let (send, body) = body_in_pieces();
    let upload = one
        .ask(Method::PUT, &format!("{path}?id={ID}"))
        .header("content-length", "70000")
        .body(body)
        .send();
    let watched = async {
        send.send(Ok(vec![7; 30_000])).await.unwrap();
        let seen = eventually("the first bytes are seen", PATIENCE, async || {
            let seen = other.api(&progress).await;
            (seen["received"] == 30_000).then_some(seen)
        })
        .await;
        assert_eq!(seen["size"], 70_000);
        assert_eq!(one.api(&progress).await, seen);
        send.send(Ok(vec![7; 40_000])).await.unwrap();
        drop(send);
    };
    let (reply, ()) = tokio::join!(upload, watched);
    reply.expect(200);
    for server in [&other, &one] {
        eventually("its end is seen", PATIENCE, async || {
            let seen = server.api(&progress).await;
            (seen["received"] == 70_000 && seen["sent"] == 70_000).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn an_upload_goes_on_while_the_database_is_away_and_its_server_reports_it() {
    const ID: &str = "an-upload-of-a-test";
    let mut database = PostgresServer::start();
    let url = database.new_database().await;
    let one = Drivein::setup().state_url(&url).start().await;
    let other = one.beside().await;
    database.toggle();
    let check = format!("/api/v1/content/{DRIVE}/film.bin?check=70000&id={ID}");
    let checked = one.ask(Method::PUT, &check).send().await;
    // Locks of WebDAV clients are in the database, so nothing new begins.
    assert_eq!(checked.status, 503, "{}", checked.describe());
    let progress = format!("uploads/{ID}");
    assert_eq!(one.api(&progress).await["received"], 0);
    let away = other.get(&format!("/api/v1/{progress}")).await.expect(503);
    assert!(!away.header("retry-after").is_empty());
    database.toggle();
    one.ask(Method::PUT, &check).expect(204).await;
    eventually("it is known to the other", PATIENCE, async || {
        let reply = other.get(&format!("/api/v1/{progress}")).await;
        (reply.status == 200).then_some(())
    })
    .await;
}
