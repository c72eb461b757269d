//! Servers on one state: what one begins, another one finishes; what one may do at a time is taken over when it dies; and
//! together they ask an upstream for no more than one would.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use reqwest::Method;
use sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::front::start_replica;
use super::{reached, set_up};
use crate::harness::postgres::new_database;
use crate::harness::*;

/// Long enough for a lease to end, and for another server to notice.
const TAKE_OVER: Duration = Duration::from_secs(60);

fn home(folder: &Path) -> String {
    folder_section("home", folder) + "write = true\n"
}

async fn ask(server: &Visitor, method: Method, call: &str, body: Value) -> Value {
    let reply = server
        .ask(method, &format!("/api/v1/{call}"))
        .json(&body)
        .send()
        .await;
    assert!(reply.status < 300, "{call}: {}", reply.describe());
    match reply.body.is_empty() {
        true => Value::Null,
        false => reply.json(),
    }
}

async fn get(server: &Visitor, call: &str) -> Value {
    ask(server, Method::GET, call, Value::Null).await
}

/// Returns a figure of `/metrics`: the sum of all lines that begin with `name`.
async fn figure(server: &Drivein, name: &str) -> f64 {
    let text = server.get("/metrics").await.expect(200).text();
    let lines = text.lines().filter(|line| line.starts_with(name));
    lines
        .map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap())
        .sum()
}

/// Waits until each server has the share of one of `servers`.
async fn divided(servers: &[&Drivein]) {
    let fair = 1.0 / servers.len() as f64;
    eventually("the limits are divided", TAKE_OVER, async || {
        for server in servers {
            let share = figure(server, "drivein_account_share_ratio").await;
            if (share - fair).abs() > 0.001 {
                return None;
            }
        }
        Some(())
    })
    .await;
}

#[tokio::test]
async fn three_servers_ask_an_upstream_for_no_more_than_one_would() {
    let one = set_up().await.start().await;
    divided(&[&one]).await;
    let (other, third) = (one.beside().await, one.beside().await);
    let servers = [&one, &other, &third];
    divided(&servers).await;
    // All that may be are under way before the first is answered.
    one.fault("search", Effect::latency(4_000));
    let searches = servers.into_iter().flat_map(|server| {
        (0..40).map(move |number| {
            let search = format!("/api/v1/search?q=light{number}&place={DRIVE}");
            async move { server.get(&search).await }
        })
    });
    let watched = async {
        eventually("all servers are busy", TAKE_OVER, async || {
            for server in servers {
                if figure(server, "drivein_upstream_waiting").await < 1.0 {
                    return None;
                }
            }
            Some(())
        })
        .await;
        let mut under_way = 0.0;
        for server in servers {
            under_way += figure(server, "drivein_upstream_in_flight").await;
        }
        under_way
    };
    let (replies, under_way) = tokio::join!(join_all(searches), watched);
    assert!(under_way > 0.0 && under_way <= 64.0, "{under_way}");
    for reply in replies {
        reply.expect(200);
    }
    // The share of a server that stops goes to the others.
    third.stopped().await;
    divided(&[&one, &other]).await;
}

#[tokio::test]
async fn a_walk_and_a_copy_are_one_servers_and_go_on_at_another_when_it_is_killed() {
    let sandbox = Arc::new(sandbox::start(sandbox::Options::default()).await.unwrap());
    let (folder, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let setup = Drivein::setup()
        .state_url(&new_database().await)
        .drives(&home(target.path()));
    let one = start_replica(&setup, &sandbox, &folder.path().join("one")).await;
    let other = start_replica(&setup, &sandbox, &folder.path().join("other")).await;

    // The first one walks all folders and copies a film, both slowly.
    let walk = format!("library/walks/{DRIVE}");
    ask(&one.visitor, Method::POST, &walk, json!({})).await;
    let mut last = json!(null);
    let alone = soon(TAKE_OVER, async || {
        last = get(&other.visitor, &walk).await;
        (last["state"] == "done").then(|| last.clone())
    })
    .await;
    let alone = alone.unwrap_or_else(|| panic!("the walk is not done: {last}"));
    let lists = sandbox.count("list");
    sandbox.reset_counts();
    sandbox.fault(Fault::on("list", Effect::latency(300)));
    for route in ["original", "dlink"] {
        sandbox.fault(Fault::on(route, Effect::rate(20_000)));
    }
    ask(&one.visitor, Method::POST, &walk, json!({})).await;
    let copy = json!({"place": DRIVE, "paths": [FILM], "to": {"place": "home", "path": "/"}});
    let task = ask(&one.visitor, Method::POST, "files/copy", copy).await;
    let task = format!("tasks/{}", task["task"]["id"].as_str().unwrap());
    eventually("both are under way", TAKE_OVER, async || {
        let walk = get(&other.visitor, &walk).await;
        let task = get(&one.visitor, &task).await;
        let is_busy = walk["state"] == "running" && walk["seen"].as_u64() > Some(3);
        (is_busy && task["done_bytes"].as_u64() > Some(0)).then_some(())
    })
    .await;
    // Another request for it leaves it where it is.
    ask(&other.visitor, Method::POST, &walk, json!({})).await;
    one.running.kill().await;
    sandbox.heal();

    let walked = eventually("the walk goes on", TAKE_OVER, async || {
        let status = get(&other.visitor, &walk).await;
        (status["state"] == "done").then_some(status)
    })
    .await;
    assert_eq!(walked["found"], alone["found"], "{walked}");
    // A folder that was being listed is listed again; the walk did not begin anew.
    let again = sandbox.count("list");
    assert!(again < lists + lists / 2, "{again} after {lists}");
    eventually("the copy goes on", TAKE_OVER, async || {
        (get(&other.visitor, &task).await["state"] == "done").then_some(())
    })
    .await;
    let copied = std::fs::read(target.path().join(&FILM[1..])).unwrap();
    assert!(copied == sandbox.source(FILM, "original").await.unwrap());
}

#[tokio::test]
async fn a_copy_is_paused_and_resumed_at_any_server() {
    let target = tempfile::tempdir().unwrap();
    let one = set_up().await.drives(&home(target.path())).start().await;
    let other = one.beside().await;
    for route in ["original", "dlink"] {
        one.fault(route, Effect::rate(20_000));
    }
    let copy = json!({"place": DRIVE, "paths": [FILM], "to": {"place": "home", "path": "/"}});
    let task = ask(&one.visitor, Method::POST, "files/copy", copy).await;
    let task = format!("tasks/{}", task["task"]["id"].as_str().unwrap());
    let at = async |server: &Drivein, state: &str| {
        reached(server, &task, "state", state).await;
    };
    at(&other, "running").await;
    ask(
        &other.visitor,
        Method::POST,
        &format!("{task}/pause"),
        json!({}),
    )
    .await;
    at(&one, "paused").await;
    // The first one sees it, and ends its request.
    let mut before = None;
    eventually("nothing is read any more", TAKE_OVER, async || {
        let open = figure(&one, "drivein_media_fetches_open").await;
        let bytes = one.sandbox.bytes("original") + one.sandbox.bytes("dlink");
        (open < 1.0 && before.replace(bytes) == Some(bytes)).then_some(())
    })
    .await;
    at(&one, "paused").await;
    one.sandbox.heal();
    ask(
        &other.visitor,
        Method::POST,
        &format!("{task}/resume"),
        json!({}),
    )
    .await;
    at(&one, "done").await;
    let copied = std::fs::read(target.path().join(&FILM[1..])).unwrap();
    assert!(copied == one.source(FILM, "original").await);
}

#[tokio::test]
async fn a_sign_in_that_one_server_began_is_finished_at_another() {
    let quick = sandbox::Options {
        device_interval: Duration::from_secs(1),
        ..sandbox::Options::default()
    };
    let one = set_up().await.sandbox(quick).signed_out().start().await;
    let other = one.beside().await;
    let call = format!("drives/{DRIVE}/sign-in/device");
    let begun = ask(&one.visitor, Method::POST, &call, json!({})).await;
    let call = format!("{call}/{}", begun["id"].as_str().unwrap());
    let asked = one.sandbox.count("gettoken");
    for _ in 0..5 {
        assert_eq!(other.api(&call).await["state"], "pending");
        assert_eq!(one.api(&call).await["state"], "pending");
    }
    assert!(one.sandbox.count("gettoken") <= asked + 2);
    one.sandbox.approve();
    reached(&other, &call, "state", "done").await;
    assert_eq!(one.api(&call).await["state"], "done");
    for server in [&other, &one] {
        let folder = server.api(&format!("entries/{DRIVE}/")).await;
        assert_eq!(folder["entry"]["kind"], "folder");
    }
}

#[tokio::test]
async fn an_upload_that_was_cut_at_one_server_sends_its_missing_parts_at_another() {
    let one = set_up().await.start().await;
    let other = one.beside().await;
    let content = file_content(9 << 20);
    let last = Fault::on("superfile2", Effect::status(500)).matching("partseq=2");
    one.sandbox.fault(last);
    let cut = one.put("/film.bin", "", content.clone()).await;
    assert!(cut.status >= 500, "{}", cut.describe());
    one.sandbox.heal();
    other
        .put("/film.bin", "", content.clone())
        .await
        .expect(200);
    let stored = one.sandbox.source("/film.bin", "original").await.unwrap();
    assert!(stored == content);
    let sent = one.sandbox.parts_taken();
    for (part, times) in sent.iter().filter(|((path, _), _)| path == "/film.bin") {
        assert_eq!(*times, 1, "{part:?}");
    }
}

#[tokio::test]
async fn an_app_is_controlled_from_a_server_that_has_not_its_socket() {
    let one = set_up().await.start().await;
    let other = one.beside().await;
    let app = |name: &str| {
        format!(
            "MediaBrowser Client=\"Test\", Device=\"{name}\", DeviceId=\"{name}\", Version=\"1\""
        )
    };
    let sign_in = async |name: &str| {
        let ask = one.ask(Method::POST, "/Users/AuthenticateByName");
        let ask = ask.header("authorization", &app(name));
        let body = json!({"Username": "owner", "Pw": ""});
        let reply = ask.json(&body).expect(200).await.json();
        reply["AccessToken"].as_str().unwrap().to_owned()
    };
    let (tv, phone) = (sign_in("tv").await, sign_in("phone").await);
    let call = async |server: &Drivein, token: &str, method: Method, path: &str, body: Value| {
        let ask = server.ask(method, path).header("x-emby-token", token);
        ask.json(&body).send().await
    };
    // The socket is at one server, and the app describes itself to the other.
    let url = format!("ws://{}/socket?api_key={tv}&deviceId=tv", other.address);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let body = json!({"PlayableMediaTypes": ["Video"], "SupportsMediaControl": true});
    let full = "/Sessions/Capabilities/Full";
    call(&one, &tv, Method::POST, full, body).await.expect(204);
    let found = async |server: &Drivein| {
        let sessions = call(server, &phone, Method::GET, "/Sessions", json!({})).await;
        let sessions = sessions.expect(200).json();
        let all = sessions.as_array().unwrap().iter();
        let tv = all.filter(|it| it["DeviceId"] == "tv").cloned();
        tv.collect::<Vec<_>>()
    };
    for server in [&one, &other] {
        let tv = eventually("the TV can be controlled", TAKE_OVER, async || {
            let tv = found(server).await;
            let is_ready = tv.iter().any(|it| it["SupportsRemoteControl"] == true);
            is_ready.then_some(tv)
        });
        let tv = tv.await;
        assert_eq!(tv.len(), 1, "{tv:?}");
        let path = format!("/Sessions/{}/Message", tv[0]["Id"].as_str().unwrap());
        let text = format!("by {}", server.address);
        let body = json!({"Header": "x", "Text": text});
        let sent = call(server, &phone, Method::POST, &path, body).await;
        sent.expect(204);
        while let Some(message) = socket.next().await {
            if message.unwrap().to_string().contains(&text) {
                break;
            }
        }
    }
    call(&one, &tv, Method::POST, "/Sessions/Logout", json!({}))
        .await
        .expect(204);
    eventually("the TV is gone", TAKE_OVER, async || {
        let gone = found(&one).await.is_empty() && found(&other).await.is_empty();
        gone.then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_app_shows_the_code_of_one_server_and_plays_at_another() {
    let one = set_up().await.start().await;
    let other = one.beside().await;
    let app = "MediaBrowser Client=\"Test\", Device=\"TV\", DeviceId=\"tv\", Version=\"1\"";
    let call = async |server: &Drivein, method: Method, path: &str, body: Value| {
        let ask = server.ask(method, path).header("authorization", app);
        ask.json(&body).send().await
    };
    let begun = call(&one, Method::POST, "/QuickConnect/Initiate", json!({})).await;
    let begun = begun.expect(200).json();
    let (code, secret) = (begun["Code"].as_str().unwrap(), &begun["Secret"]);
    let approved = other
        .ask(Method::POST, "/devices/app")
        .form(&[("code", code)]);
    assert_eq!(approved.send().await.status, 303);
    let state = format!("/QuickConnect/Connect?secret={}", secret.as_str().unwrap());
    let seen = one.get(&state).await.expect(200).json();
    assert_eq!(seen["Authenticated"], true);
    let path = "/Users/AuthenticateWithQuickConnect";
    let body = json!({"Secret": secret});
    let signed_in = call(&other, Method::POST, path, body.clone()).await;
    let signed_in = signed_in.expect(200).json();
    call(&one, Method::POST, path, body).await.expect(401);

    // Media of a play session, requested without a token and from another server.
    let token = format!(
        "{app}, Token=\"{}\"",
        signed_in["AccessToken"].as_str().unwrap()
    );
    let as_app = async |server: &Drivein, method: Method, path: &str| {
        let ask = server.ask(method, path).header("authorization", &token);
        ask.json(&json!({})).expect(200).await.json()
    };
    let films = "/Items?Recursive=true&IncludeItemTypes=Movie,Video&SearchTerm=Tidal";
    let films = as_app(&one, Method::GET, films).await;
    let item = films["Items"][0]["Id"]
        .as_str()
        .unwrap_or_else(|| panic!("{films}"));
    let info = as_app(&one, Method::POST, &format!("/Items/{item}/PlaybackInfo")).await;
    let session = info["PlaySessionId"].as_str().unwrap();
    let source = info["MediaSources"][0]["Id"].as_str().unwrap();
    let stream =
        format!("/Videos/{item}/stream?static=true&mediaSourceId={source}&playSessionId={session}");
    for server in [&other, &one] {
        let part = server.ask(Method::GET, &stream).range("bytes=0-9");
        assert_eq!(part.expect(206).await.body.len(), 10);
    }
    let stranger = stream.replace(session, "0123456789abcdef0123456789abcdef");
    assert_eq!(other.get(&stranger).await.status, 401);
}
