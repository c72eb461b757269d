//! Several servers behind nginx, with the configuration that we ship.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::Method;
use sandbox::Effect;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::set_up;
use crate::commands::{config_in, visitor};
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
    // One process: the workers of another would live on after a test that failed.
    let head = "daemon off; master_process off;";
    let head = format!("{head} pid {}; error_log {};\n", at("pid"), at("log"));
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

/// Starts three servers behind nginx. Returns them, the front, and nginx, which ends with what is returned.
pub(super) async fn three_behind_nginx(
    setup: &Setup,
    sandbox: &sandbox::Sandbox,
    folder: &Path,
) -> (Vec<Replica>, Visitor, Running) {
    let mut replicas = Vec::new();
    for name in REPLICAS {
        replicas.push(start_replica(setup, sandbox, &folder.join(name)).await);
    }
    let addresses: Vec<SocketAddr> = replicas.iter().map(|it| it.visitor.address()).collect();
    let (front, nginx) = nginx(NGINX, &addresses, folder).await;
    (replicas, front, nginx)
}

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

/// Serves one request of each connection, and closes it when another one arrives: as a server that stops just then.
async fn server_that_closes_connections() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 16 << 10];
                let mut length = 0;
                // Requests with a body end with this letter.
                let is_whole = |request: &[u8]| match request.starts_with(b"GET") {
                    true => request.ends_with(b"\r\n\r\n"),
                    false => request.ends_with(b"$"),
                };
                while !is_whole(&request[..length]) {
                    length += stream.read(&mut request[length..]).await.unwrap();
                }
                let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone";
                stream.write_all(reply).await.unwrap();
                let _ = stream.read(&mut request).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn a_request_that_must_not_be_repeated_meets_no_connection_that_is_being_closed() {
    let server = server_that_closes_connections().await;
    let folder = tempfile::tempdir().unwrap();
    let (front, _nginx) = nginx(NGINX, &[server], folder.path()).await;
    // This leaves a connection open.
    front.ask(Method::GET, "/").expect(200).await;
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let reply = front.ask(method, "/").body("an order$").send().await;
        assert_eq!(reply.expect(200).text(), "done");
    }
    // This one is repeated.
    front.ask(Method::GET, "/").expect(200).await;
}

/// The folders of three servers.
pub(super) const REPLICAS: [&str; 3] = ["one", "two", "three"];

/// A server that is a process of its own.
pub(super) struct Replica {
    pub running: Running,
    pub visitor: Visitor,
}

/// Starts a server of a cluster at any port, with a new folder.
pub(super) async fn start_replica(
    setup: &Setup,
    sandbox: &sandbox::Sandbox,
    folder: &Path,
) -> Replica {
    std::fs::create_dir(folder).unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    start_replica_at(any, setup, sandbox, folder).await
}

/// Starts a server of a cluster at an address, with its folder.
pub(super) async fn start_replica_at(
    address: SocketAddr,
    setup: &Setup,
    sandbox: &sandbox::Sandbox,
    folder: &Path,
) -> Replica {
    let text = setup.config(sandbox, &folder.join("data"));
    let config = config_in(folder, &format!("listen = \"{address}\"\n{text}"));
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    Replica { running, visitor }
}

/// Speed of an upstream, in bytes per second.
const RATE: u64 = 4_000;

#[tokio::test]
async fn a_ticket_that_is_revoked_at_one_server_ends_the_streams_of_another() {
    let one = set_up().await.start().await;
    let other = one.beside().await;
    let body = json!({"name": "TV", "scope": {"place": DRIVE, "path": FILM}});
    let made = one.post("tickets", body).await.expect(200);
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
