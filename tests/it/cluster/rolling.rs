//! A rolling restart behind nginx, with the configuration that we ship.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use sandbox::GeneratedFilms;
use serde_json::json;

use super::front::{REPLICAS, Replica, start_replica_at, three_behind_nginx};
use super::{PASSWORD, TOKEN, generated_cloud};
use crate::harness::postgres::new_database;
use crate::harness::*;

const FILMS: GeneratedFilms = GeneratedFilms {
    films: 24,
    segments: 6,
    packets: 50,
};
const PATIENCE: Duration = Duration::from_secs(60);

fn propfind() -> Method {
    Method::from_bytes(b"PROPFIND").unwrap()
}

/// Returns true if a server has sent media since its start.
async fn has_sent_media(replica: &Replica) -> bool {
    let metrics = replica.visitor.ask(Method::GET, "/metrics");
    let metrics = metrics.header("authorization", &format!("Bearer {TOKEN}"));
    let metrics = metrics.expect(200).await.text();
    let mut sources = metrics.lines().filter(|line| {
        let counters = [
            "drivein_media_fetches_total ",
            "drivein_disk_cache_hits_total ",
        ];
        counters.iter().any(|name| line.starts_with(name))
    });
    sources.any(|line| !line.ends_with(" 0"))
}

#[tokio::test]
async fn servers_that_are_restarted_one_by_one_fail_no_request() {
    let sandbox = generated_cloud(FILMS).await;
    let folder = tempfile::tempdir().unwrap();
    let setup = Drivein::setup()
        .state_url(&new_database().await)
        .trusted_proxy()
        .password(PASSWORD)
        .api_token(TOKEN);
    let (mut replicas, front, _nginx) = three_behind_nginx(&setup, &sandbox, folder.path()).await;
    let call = |method, path: &str| {
        let ask = front.ask(method, path);
        ask.header("authorization", &format!("Bearer {TOKEN}"))
    };
    let body = json!({"name": "all", "scope": {"place": DRIVE}});
    let made = call(Method::POST, "/api/v1/tickets").json(&body);
    let made = made.expect(200).await.json();
    let play_root = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    let play_root = play_root.path().trim_end_matches('/').to_owned();

    let is_over = AtomicBool::new(false);
    let (segments, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let properties = r#"<?xml version="1.0"?><propfind xmlns="DAV:"><allprop/></propfind>"#;
    // One request after the other, so that there is always one under way.
    let watching = join_all((1..=FILMS.films).map(async |number| {
        let path = format!("/Film {number}.mp4");
        let truth = sandbox.source(&path, "480p").await.unwrap();
        let length = truth.len() / FILMS.segments;
        for round in 0.. {
            let at = round % FILMS.segments;
            let segment = format!("{play_root}{}/480p/{at}.ts", encoded(&path));
            let reply = front.ask(Method::GET, &segment).expect(200).await;
            assert!(reply.body == truth[at * length..][..length], "{segment}");
            segments.fetch_add(1, Ordering::Relaxed);
            // It has a body, so nginx does not repeat it.
            let listed = call(propfind(), &format!("/dav/{DRIVE}{}", encoded(&path)));
            let listed = listed.header("depth", "0").body(properties).send().await;
            listed.expect(207);
            if is_over.load(Ordering::Relaxed) {
                return;
            }
        }
    }));
    let calling = async {
        while !is_over.load(Ordering::Relaxed) {
            for path in ["/api/v1/history", "/api/v1/tickets", "/healthz"] {
                call(Method::GET, path).expect(200).await;
                calls.fetch_add(1, Ordering::Relaxed);
            }
            let history = format!("/api/v1/history/{DRIVE}/Film%201.mp4");
            let position = json!({"position_s": 21.0, "duration_s": 60.0});
            let stored = call(Method::PUT, &history).json(&position).send().await;
            stored.expect(204);
        }
    };
    let restarting = async {
        for (number, name) in REPLICAS.iter().enumerate() {
            let stopped = replicas.remove(number);
            let address = stopped.visitor.address();
            stopped.running.terminate().await;
            let (code, _, log) = stopped.running.ended().await;
            assert_eq!(code, Some(0), "{log}");
            let place = folder.path().join(name);
            let again = start_replica_at(address, &setup, &sandbox, &place).await;
            // nginx asks it again after some seconds; until then the next one must stay.
            eventually("requests reach it", PATIENCE, async || {
                has_sent_media(&again).await.then_some(())
            })
            .await;
            replicas.insert(number, again);
        }
        is_over.store(true, Ordering::Relaxed);
    };
    tokio::join!(watching, calling, restarting);
    println!("{segments:?} segments and {calls:?} calls");
    assert!(segments.into_inner() > FILMS.films * FILMS.segments);
}
