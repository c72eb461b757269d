//! Several servers behind nginx, with the configuration that we ship.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use reqwest::Method;
use sandbox::{Effect, Fault};
use serde_json::json;
use tokio::sync::watch;

use super::set_up;
use crate::commands::{config_in, visitor};
use crate::harness::postgres::new_database;
use crate::harness::*;

/// Starts a server of the front with `config`, whose placeholder of its own address is `listen`, on a port that is free.
/// Returns its address; it ends with what is returned beside.
pub(super) async fn run_front(
    folder: &Path,
    listen: &str,
    config: &str,
    start: impl Fn(&str) -> Program,
) -> (Visitor, Running) {
    for _ in 0..10 {
        let address: SocketAddr = ([127, 0, 0, 1], free_port()).into();
        let file = folder.join("front.conf");
        std::fs::write(&file, config.replace(listen, &address.to_string())).unwrap();
        let mut running = start(&address.to_string()).spawn();
        let visitor = Visitor::new(address, Secrets::none());
        let is_up = eventually(
            "the front answers or has ended",
            Duration::from_secs(60),
            async || {
                if running.has_ended() {
                    return Some(false);
                }
                let stream = std::net::TcpStream::connect(visitor.address());
                stream.is_ok().then_some(true)
            },
        );
        if is_up.await {
            return (visitor, running);
        }
        let (code, output, log) = running.ended().await;
        println!("the front ended with {code:?}: {output}{log}");
    }
    panic!("the front found no port");
}

/// Starts nginx with a configuration of ours, whose servers are at 7381 and the ports behind it.
pub(super) async fn nginx(text: &str, servers: &[SocketAddr], folder: &Path) -> (Visitor, Running) {
    need("/usr/sbin/nginx", "nginx-light");
    let at = |name: &str| folder.join(name).display().to_string();
    let mut config = text.replace("worker_processes auto;", "worker_processes 1;");
    for (number, place) in ["127.0.0.1:7381", "127.0.0.1:7382", "127.0.0.1:7383"]
        .iter()
        .enumerate()
    {
        // Fewer servers than there are places stand in several of them.
        let server = servers[number % servers.len()];
        config = config.replace(place, &server.to_string());
    }
    config = config.replace("/var/cache/nginx/drivein", &at("cache"));
    let head = format!("daemon off; pid {}; error_log {};\n", at("pid"), at("log"));
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", at("tmp")))
        .concat();
    let config = config.replacen("http {\n", &format!("http {{\n{paths}"), 1);
    let (prefix, log, file) = (at(""), at("log"), at("front.conf"));
    run_front(folder, "127.0.0.1:7373", &format!("{head}{config}"), |_| {
        Program::new("/usr/sbin/nginx").args(["-p", &prefix, "-e", &log, "-c", &file])
    })
    .await
}

const NGINX: &str = include_str!("../../../contrib/cluster/nginx.conf");

#[tokio::test]
async fn behind_nginx_a_film_is_fetched_once_and_another_server_takes_over() {
    let one = set_up().await.trusted_proxy().start().await;
    let other = one.beside().await;
    let folder = tempfile::tempdir().unwrap();
    let servers = [one.address, other.address];
    let (front, nginx) = nginx(NGINX, &servers, folder.path()).await;
    let play = one.play(FILM).await;
    let get = async |path: &str| front.ask(Method::GET, path).send().await;
    for _ in 0..4 {
        for number in 0..3 {
            let segment = get(&format!("{play}/480p/{number}.ts")).await.expect(200);
            assert!(segment.body == one.segment_source(FILM, "480p", number).await);
        }
    }
    for number in 0..3 {
        assert_eq!(one.sandbox.count_segment(FILM, "480p", number), 1);
    }
    // Half of all films are at this server.
    one.stopped().await;
    for film in [FILM, "/Three Moons.mp4", "/Nature & Light/Waves & Wind.mp4"] {
        let play = other.play(film).await;
        let segment = get(&format!("{play}/480p/1.ts")).await.expect(200);
        assert!(
            segment.body == other.segment_source(film, "480p", 1).await,
            "{film}"
        );
    }
    drop(nginx);
}

const FILMS: [&str; 12] = [
    "/Tidal Light.mp4",
    "/Paper Mountains.mp4",
    "/Three Moons.mp4",
    "/Nature & Light/Waves & Wind.mp4",
    "/Nature & Light/Hills + Mist = Morning.mp4",
    "/Nature & Light/The \"Quiet\" Hour.mp4",
    "/Season 1 #finale 100%/Chapter #1.mp4",
    "/Season 1 #finale 100%/Chapter #2 & last.mp4",
    "/Series/Paper Worlds/Season 1/Episode 1.mp4",
    "/Series/Paper Worlds/Season 1/Episode 2.mp4",
    "/Series/Paper Worlds/Season 1/Episode 3.mp4",
    "/Series/Paper Worlds/Season 1/Episode 4.mp4",
];
const VIEWERS_PER_FILM: usize = 5;
const RENDITION: &str = "480p";

/// A film, where it is played, and what is in it.
struct Film {
    path: &'static str,
    play: String,
    segments: Vec<Vec<u8>>,
}

/// A server that is a process of its own.
pub(super) struct Replica {
    pub running: Running,
    pub visitor: Visitor,
}

pub(super) async fn start_replica(
    setup: &Setup,
    sandbox: &sandbox::Sandbox,
    folder: &Path,
) -> Replica {
    std::fs::create_dir(folder).unwrap();
    let text = setup.config(sandbox, &folder.join("data"));
    let config = config_in(folder, &format!("listen = \"127.0.0.1:0\"\n{text}"));
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    Replica { running, visitor }
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
    let sandbox = Arc::new(sandbox::start(sandbox::Options::default()).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let setup = Drivein::setup()
        .state_url(&new_database().await)
        .trusted_proxy();
    let mut replicas = Vec::new();
    for name in ["one", "two", "three"] {
        replicas.push(start_replica(&setup, &sandbox, &folder.path().join(name)).await);
    }
    let addresses: Vec<SocketAddr> = replicas.iter().map(|it| it.visitor.address()).collect();
    let (front, _nginx) = nginx(NGINX, &addresses, folder.path()).await;
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
    let films: Vec<Film> = join_all(FILMS.map(async |path| {
        let source = sandbox.source(path, RENDITION).await.unwrap();
        let segments = sandbox.segments(path, RENDITION).await.unwrap();
        let bytes = segments.iter().map(|segment| {
            let from = segment.offset_bytes as usize;
            source[from..from + segment.length_bytes as usize].to_vec()
        });
        Film {
            path,
            play: format!("{play_root}{}", encoded(path)),
            segments: bytes.collect(),
        }
    }))
    .await;
    let all_segments: usize = films.iter().map(|film| film.segments.len()).sum();
    let fetched = |film: &Film, number| sandbox.count_segment(film.path, RENDITION, number);
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
        let search = "/api/v1/search?q=light&place=films";
        let searches = left
            .iter()
            .map(|it| it.visitor.ask(Method::GET, search).send());
        for reply in join_all(searches).await {
            reply.expect(200);
        }
        assert_eq!(sandbox.count("refreshtoken"), 1);
        // Positions of viewers, at each of the servers.
        for (server, film) in left.iter().zip(&films) {
            let history = format!("history/{DRIVE}{}", encoded(film.path));
            let position = json!({"position_s": 21.0, "duration_s": 66.0});
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
    assert_eq!(
        kept.send().await.expect(200).json()["entry"]["size"],
        70_000
    );
    assert_eq!(sandbox.count("refreshtoken"), 1);
}

async fn call_upload(server: &Visitor, path: &str) -> Reply {
    let path = format!("/api/v1/content/{DRIVE}{path}");
    let content = vec![7u8; 70_000];
    server.ask(Method::PUT, &path).body(content).send().await
}

/// Speed of an upstream, in bytes per second.
const RATE: u64 = 4_000;

#[tokio::test]
async fn a_ticket_that_is_revoked_at_one_server_ends_the_streams_of_another() {
    let one = set_up().await.start().await;
    let other = one.beside().await;
    let body = json!({"name": "TV", "scope": {"place": DRIVE, "path": FILM}});
    let made = one.call(Method::POST, "tickets", body).await.expect(200);
    let made = made.json();
    let play = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    // Slow enough to be under way for minutes.
    one.fault("original", Effect::rate(RATE));
    one.fault("dlink", Effect::rate(RATE));
    let reply = other.ask(Method::GET, play.path()).open().await;
    assert_eq!(reply.status().as_u16(), 200);
    let whole = reply.content_length().unwrap();
    let mut body = reply.bytes_stream();
    let mut arrived = body.next().await.unwrap().unwrap().len() as u64;
    let call = format!("tickets/{}", made["id"].as_str().unwrap());
    let revoked = one.call(Method::DELETE, &call, json!({})).await;
    assert!(revoked.status < 300, "{}", revoked.describe());
    let (before, revoked_at) = (arrived, std::time::Instant::now());
    while let Some(Ok(chunk)) = body.next().await {
        arrived += chunk.len() as u64;
    }
    println!(
        "the stream ended {:?} after the revocation",
        revoked_at.elapsed()
    );
    // The upstream gives as much in two seconds. Without a notice it would be found after ten.
    let after = arrived - before;
    assert!(after <= 2 * RATE, "{after} bytes came after the revocation");
    assert!(arrived < whole, "{arrived} of {whole}");
}
