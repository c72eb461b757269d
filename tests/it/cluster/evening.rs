//! An evening of a household in seconds: three servers, sixty viewers, and what may happen meanwhile.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use sandbox::{Effect, Fault, GeneratedFilms};
use serde_json::json;
use tokio::sync::watch;

use super::front::three_behind_nginx;
use super::generated_cloud;
use crate::harness::postgres::new_database;
use crate::harness::*;

/// The films: each has contents of its own, and lasts for twenty minutes.
const FILMS: GeneratedFilms = GeneratedFilms {
    films: 12,
    segments: 120,
    packets: 100,
};
const VIEWERS_PER_FILM: usize = 5;
const RENDITION: &str = "480p";

/// A film, where it is played, and what is in it.
struct Film {
    path: String,
    play: String,
    segments: Vec<Vec<u8>>,
}

/// Plays a film as a player does: one segment after the other, each requested again when it was cut off. Counts segments.
async fn watch(front: &Visitor, film: &Film, watched: &watch::Sender<usize>) {
    for (number, truth) in film.segments.iter().enumerate() {
        let path = format!("{}/{RENDITION}/{number}.ts", film.play);
        let mut attempts = 0;
        loop {
            let reply = front.ask(Method::GET, &path).try_send().await;
            // Bytes that have arrived are right in any case.
            if let Some(reply) = reply.filter(|reply| reply.status == 200) {
                assert!(truth.starts_with(&reply.body), "{path}: wrong bytes");
                if reply.body.len() == truth.len() {
                    break;
                }
            }
            attempts += 1;
            assert!(attempts < 20, "{path} does not arrive");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        watched.send_modify(|count| *count += 1);
    }
}

/// Waits until so many segments were watched.
async fn reach(watched: &watch::Sender<usize>, count: usize) {
    let mut seen = watched.subscribe();
    seen.wait_for(|seen| *seen >= count).await.unwrap();
}

#[tokio::test]
async fn sixty_viewers_of_three_servers_see_every_byte_while_one_is_killed_and_another_stops() {
    let sandbox = generated_cloud(FILMS).await;
    let folder = tempfile::tempdir().unwrap();
    let setup = Drivein::setup()
        .state_url(&new_database().await)
        .trusted_proxy();
    let (replicas, front, _nginx) = three_behind_nginx(&setup, &sandbox, folder.path()).await;
    let call = |server: &Visitor, method: Method, call: &str, body: serde_json::Value| {
        let ask = server.ask(method, &format!("/api/v1/{call}")).json(&body);
        async move { ask.send().await }
    };

    // The links are of one server, and count at the others.
    let made = call(
        &replicas[0].visitor,
        Method::POST,
        "tickets",
        json!({"name": "all", "scope": {"place": DRIVE}}),
    );
    let ticket = made.await.expect(200).json();
    let play_root = url::Url::parse(ticket["url"].as_str().unwrap()).unwrap();
    let play_root = play_root.path().trim_end_matches('/').to_owned();
    let films: Vec<Film> = join_all((1..=FILMS.films).map(async |number| {
        let path = format!("/Film {number}.mp4");
        let source = sandbox.source(&path, RENDITION).await.unwrap();
        let segments = sandbox.segments(&path, RENDITION).await.unwrap();
        let bytes = segments.iter().map(|segment| {
            let from = segment.offset_bytes as usize;
            source[from..from + segment.length_bytes as usize].to_vec()
        });
        Film {
            play: format!("{play_root}{}", encoded(&path)),
            path,
            segments: bytes.collect(),
        }
    }))
    .await;
    let all_segments: usize = films.iter().map(|film| film.segments.len()).sum();
    let fetched = |film: &Film, number| sandbox.count_segment(&film.path, RENDITION, number);
    let all = films
        .iter()
        .flat_map(|film| (0..film.segments.len()).map(move |number| (film, number)));
    let most_fetched = || {
        let counts = all.clone();
        counts.map(|(film, number)| fetched(film, number)).max()
    };
    // The bytes of segments that were requested of the upstream, each once.
    let unique_so_far = || -> usize {
        let begun = all
            .clone()
            .filter(|(film, number)| fetched(film, *number) > 0);
        begun
            .map(|(film, number)| film.segments[number].len())
            .sum()
    };
    // An evening is over in seconds here; it lasts long enough for all that happens in it.
    sandbox.fault(Fault::on("segment", Effect::latency(150)));

    let watched = watch::Sender::new(0);
    let viewers = join_all(
        films
            .iter()
            .flat_map(|film| [film; VIEWERS_PER_FILM])
            .map(|film| watch(&front, film, &watched)),
    );
    let total = all_segments * VIEWERS_PER_FILM;
    let events = async {
        let mut left = replicas;
        // The session ends: one of them renews it for all.
        reach(&watched, total / 10).await;
        sandbox.expire_tokens();
        let search = "/api/v1/search?q=film&place=films";
        let searches = left
            .iter()
            .map(|it| it.visitor.ask(Method::GET, search).send());
        for reply in join_all(searches).await {
            reply.expect(200);
        }
        assert_eq!(sandbox.count("refreshtoken"), 1);
        // Positions of viewers, at each of the servers.
        for (server, film) in left.iter().zip(&films) {
            let history = format!("history/{DRIVE}{}", encoded(&film.path));
            let position = json!({"position_s": 21.0, "duration_s": 1200.0});
            call(&server.visitor, Method::PUT, &history, position)
                .await
                .expect(204);
        }
        let file = call_upload(&left[0].visitor, "/kept.bin").await;
        file.expect(200);

        reach(&watched, total / 4).await;
        // Each film was at one server so far.
        assert_eq!(most_fetched(), Some(1));
        let (upstream, unique) = (sandbox.bytes("segment"), unique_so_far() as u64);
        assert!(upstream <= unique, "{upstream} of {unique}");
        left.remove(0).running.kill().await;

        reach(&watched, total / 2).await;
        let stopped = left.remove(0);
        stopped.running.terminate().await;
        let (code, _, log) = stopped.running.ended().await;
        assert_eq!(code, Some(0), "{log}");
        left.remove(0)
    };
    let (_, last) = tokio::join!(viewers, events);

    // A film goes to the next server when its own is away: nothing is fetched more often than that.
    assert!(most_fetched() <= Some(3), "{:?}", most_fetched());
    // Lost with a server is what it had fetched ahead of the viewers: up to thirty seconds of each of its films.
    let (upstream, unique) = (sandbox.bytes("segment"), unique_so_far());
    let again = all
        .clone()
        .map(|(film, number)| fetched(film, number).saturating_sub(1));
    println!(
        "upstream bytes / unique bytes: {upstream} / {unique}; {} of {all_segments} segments again",
        again.sum::<u64>()
    );
    let all_bytes: usize = films
        .iter()
        .flat_map(|film| &film.segments)
        .map(Vec::len)
        .sum();
    assert_eq!(unique, all_bytes, "every film was watched to its end");
    let most = all_bytes as u64 * 21 / 20;
    assert!(upstream <= most, "{upstream} of {all_bytes} bytes");
    let history = last
        .visitor
        .ask(Method::GET, "/api/v1/history")
        .send()
        .await;
    let history = history.expect(200).json();
    let kept = history["entries"].as_array().unwrap().iter();
    let kept = kept.filter(|entry| entry["position_s"] == 21.0).count();
    assert_eq!(kept, 3, "{history}");
    let kept = last
        .visitor
        .ask(Method::GET, &format!("/api/v1/entries/{DRIVE}/kept.bin"));
    assert_eq!(kept.expect(200).await.json()["entry"]["size"], 70_000);
    assert_eq!(sandbox.count("refreshtoken"), 1);
}

async fn call_upload(server: &Visitor, path: &str) -> Reply {
    let path = format!("/api/v1/content/{DRIVE}{path}");
    let content = vec![7u8; 70_000];
    server.ask(Method::PUT, &path).body(content).send().await
}
