//! The state in PostgreSQL, and several servers on it.
//!
//! - [`replicas`]: work that servers share, take over and divide
//! - [`front`]: behind nginx, with servers that stop
//! - [`evening`]: sixty viewers, while one server is killed and another one stops
//! - [`rolling`]: servers that are restarted one by one
//! - [`moment`]: what servers share while they send and receive: speeds, pauses, progress
//! - [`caches`]: caches in front, and tickets that are revoked meanwhile
//! - [`limits`]: guesses, viewers and visits that count at all servers together
//! - [`database`]: connections that are cut, a standby that is promoted, a database that is away
//! - [`backup`]: the state, backed up and restored

mod backup;
mod caches;
mod database;
mod evening;
mod front;
mod limits;
mod moment;
mod replicas;
mod rolling;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use sandbox::{Effect, Fault, Films, GeneratedFilms};
use serde_json::{Value, json};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::harness::postgres::{PostgresServer, new_database};
use crate::harness::*;

const PASSWORD: &str = "open sesame";
const TOKEN: &str = "a-token-of-sixteen-letters";

/// Starts the emulated cloud with films that have no bytes in common.
async fn generated_cloud(films: GeneratedFilms) -> Arc<sandbox::Sandbox> {
    let options = sandbox::Options::with_films(Films::Generated(films));
    Arc::new(sandbox::start(options).await.unwrap())
}

async fn set_up() -> Setup {
    Drivein::setup().state_url(&new_database().await)
}

async fn position(drivein: &Drivein) -> Option<f64> {
    let history = drivein.api("history").await;
    history["entries"][0]["position_s"].as_f64()
}

async fn put_position(drivein: &Drivein, position_s: f64) -> Reply {
    let call = format!("history/{DRIVE}{}", encoded(FILM));
    let body = json!({"position_s": position_s, "duration_s": 66.0});
    drivein.call(Method::PUT, &call, body).await
}

/// Returns the link of a share that opens without a password.
fn film_link(drivein: &Drivein) -> String {
    let links = drivein.sandbox.share_links();
    let film = links.into_iter().find(|link| link.name == "film");
    film.unwrap().url
}

async fn reached(drivein: &Drivein, call: &str, field: &str, value: &str) -> Value {
    eventually(call, Duration::from_secs(60), async || {
        let reply = drivein.api(call).await;
        (reply[field] == value).then_some(reply)
    })
    .await
}

#[tokio::test]
async fn a_server_on_postgresql_keeps_all_that_it_stored_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let section = folder_section("home", folder.path()) + "write = true\n";
    let films = sandbox::Options::with_films(Films::BundledLibrary);
    let drivein = set_up().await.sandbox(films).drives(&section).start().await;
    put_position(&drivein, 33.0).await.expect(204);
    let walk = format!("library/walks/{DRIVE}");
    let begun = drivein.post(&walk, json!({})).await;
    begun.expect(202);
    reached(&drivein, &walk, "state", "done").await;
    let found = drivein.api("library/films?q=ferr").await;
    assert_eq!(found["items"][0]["title"], "The Ferry");
    let link = film_link(&drivein);
    let opened = drivein.post("shares/open", json!({"url": link})).await;
    let place = opened.expect(200).json()["place"].clone();
    let copy = json!({"place": DRIVE, "paths": [FILM], "to": {"place": "home", "path": "/"}});
    let task = drivein.post("files/copy", copy).await;
    let task = task.expect(202).json()["task"]["id"].clone();
    let call = format!("tasks/{}", task.as_str().unwrap());
    reached(&drivein, &call, "state", "done").await;
    let made = drivein
        .post("tickets", json!({"name": "TV", "scope": {"place": DRIVE}}))
        .await;
    let ticket = made.expect(200).json();

    let drivein = drivein.restarted().await;
    assert!(!drivein.data_dir().join("drivein.sqlite").exists());
    assert_eq!(position(&drivein).await, Some(33.0));
    let again = drivein.api("library/films?q=ferr").await;
    assert_eq!(again["items"][0]["id"], found["items"][0]["id"]);
    let entries = format!("entries/{}/", place.as_str().unwrap());
    assert_eq!(drivein.api(&entries).await["entry"]["kind"], "folder");
    assert_eq!(drivein.api(&call).await["state"], "done");
    let tickets = drivein.api("tickets").await;
    assert_eq!(tickets["tickets"][0]["id"], ticket["id"]);
    let play = url::Url::parse(ticket["url"].as_str().unwrap()).unwrap();
    drivein.get(play.path()).await.expect(200);
}

#[tokio::test]
async fn a_session_a_share_and_a_ticket_of_one_server_count_at_another_and_end_there() {
    let set_up = set_up().await.password(PASSWORD).api_token(TOKEN);
    let one = set_up.start().await;
    let other = one.beside().await;
    let owner = async |server: &Drivein, method: Method, call: &str, body: Value| {
        server
            .ask(method, &format!("/api/v1/{call}"))
            .header("authorization", &format!("Bearer {TOKEN}"))
            .json(&body)
            .send()
            .await
    };
    let signed_in = one
        .ask(Method::POST, "/login")
        .form(&[("password", PASSWORD)])
        .send()
        .await;
    let cookie = signed_in
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let home = async |server: &Drivein| {
        let page = server.ask(Method::GET, "/").header("cookie", &cookie);
        page.send().await.status
    };
    assert_eq!((home(&one).await, home(&other).await), (200, 200));

    let link = film_link(&one);
    let opened = owner(&one, Method::POST, "shares/open", json!({"url": link})).await;
    let place = opened.expect(200).json()["place"]
        .as_str()
        .unwrap()
        .to_owned();
    let entries = format!("entries/{place}/");
    eventually("the share is known", Duration::from_secs(9), async || {
        let reply = owner(&other, Method::GET, &entries, Value::Null).await;
        (reply.status == 200).then_some(())
    })
    .await;

    let body = json!({"name": "TV", "scope": {"place": DRIVE, "path": FILM}});
    let made = owner(&one, Method::POST, "tickets", body).await;
    let made = made.expect(200).json();
    let play = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    other.get(play.path()).await.expect(200);
    let call = format!("tickets/{}", made["id"].as_str().unwrap());
    let revoked = owner(&one, Method::DELETE, &call, Value::Null).await;
    assert!(revoked.status < 300, "{}", revoked.describe());
    // Without a notice it would take up to ten seconds.
    eventually(
        "the ticket is refused",
        Duration::from_secs(9),
        async || (other.get(play.path()).await.status == 401).then_some(()),
    )
    .await;
}

#[tokio::test]
async fn a_server_that_starts_ends_no_walk_that_another_one_has_just_begun() {
    let url = new_database().await;
    let one = Drivein::setup().state_url(&url).start().await;
    // The moment between the beginning of a walk and its claim.
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let begun_at = chrono::Utc::now().timestamp_millis();
    for statement in [
        format!(
            "INSERT INTO library_walk (place, state, seen, found, started_at) \
             VALUES ('{DRIVE}', 'running', 0, 0, {begun_at})"
        ),
        format!("INSERT INTO library_walk_folder (place, path) VALUES ('{DRIVE}', '/')"),
    ] {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let other = one.beside().await;
    let walk = format!("library/walks/{DRIVE}");
    let done = reached(&other, &walk, "state", "done").await;
    assert!(done["found"].as_u64() > Some(3), "{done}");
}

#[tokio::test]
async fn two_servers_on_one_database_refresh_a_token_once() {
    let one = set_up().await.start().await;
    let other = one.beside().await;
    for server in [&one, &other] {
        server.entry("/").await;
    }
    one.sandbox.expire_tokens();
    // Slow enough for both to request it concurrently.
    one.sandbox
        .fault(Fault::on("refreshtoken", Effect::latency(500)));
    let search = "/api/v1/search?q=light&place=films";
    for reply in join_all([one.get(search), other.get(search)]).await {
        reply.expect(200);
    }
    assert_eq!(one.sandbox.count("refreshtoken"), 1);
}

#[tokio::test]
async fn playing_goes_on_while_the_database_is_away_and_writes_do_after_it() {
    let mut database = PostgresServer::start();
    let url = database.new_database().await;
    let drivein = Drivein::setup().state_url(&url).start().await;
    put_position(&drivein, 20.0).await.expect(204);
    let play = drivein.play(FILM).await;
    let segment = format!("{play}/480p/1.ts");
    drivein.get(&segment).await.expect(200);
    database.toggle();
    for number in 2..5 {
        let segment = drivein.get(&format!("{play}/480p/{number}.ts")).await;
        let source = drivein.segment_source(FILM, "480p", number).await;
        assert!(segment.expect(200).body == source, "{number}");
    }
    let refused = put_position(&drivein, 30.0).await;
    assert_eq!(refused.status, 503, "{}", refused.describe());
    assert_eq!(refused.code(), "internal");
    assert!(!refused.header("retry-after").is_empty());
    let ready = drivein.get("/readyz").await;
    assert_eq!(ready.status, 503, "{}", ready.describe());
    database.toggle();
    assert_eq!(position(&drivein).await, Some(20.0));
    put_position(&drivein, 40.0).await.expect(204);
    assert_eq!(position(&drivein).await, Some(40.0));
    eventually("the server is ready", Duration::from_secs(15), async || {
        (drivein.get("/readyz").await.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_state_is_copied_to_postgresql_by_a_command_that_prints_no_password() {
    let drivein = Drivein::start().await;
    put_position(&drivein, 25.0).await.expect(204);
    let file = format!("sqlite:{}/drivein.sqlite", drivein.data_dir().display());
    let url = new_database()
        .await
        .replacen("drivein@", "drivein:canary@", 1);
    let state = async |words: &[&str], is_well: bool| {
        let running = own_binary()
            .args(["state"])
            .args(words.iter().copied())
            .spawn();
        let (code, told, errors) = running.ended().await;
        let output = format!("{told}{errors}");
        assert_eq!(code == Some(0), is_well, "{output}");
        assert!(!output.contains("canary"), "{output}");
        output
    };
    let copied = state(&["copy", "--from", &file, "--to", &url], true).await;
    assert!(copied.contains("copied and compared"), "{copied}");
    let refused = state(&["copy", "--from", &file, "--to", &url], false).await;
    assert!(refused.contains("not empty"), "{refused}");

    let config = drivein.data_dir().join("other.toml");
    std::fs::write(&config, format!("state_url = {url:?}\n")).unwrap();
    let config = config.to_str().unwrap();
    let printed = state(&["backup", "a file", "--config", config], true).await;
    assert!(
        printed.contains("pg_dump --format=custom --no-owner --file='a file'"),
        "{printed}"
    );
    let printed = state(&["restore", "a file", "--config", config], true).await;
    assert!(printed.contains("pg_restore"), "{printed}");
}
