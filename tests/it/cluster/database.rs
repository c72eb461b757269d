//! A database that is away, whose connections are cut, and whose primary is replaced.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use sandbox::Effect;
use serde_json::json;
use sqlx::Connection;
use sqlx::postgres::PgConnection;

use super::{position, put_position};
use crate::harness::postgres::{PostgresServer, new_database};
use crate::harness::*;

#[tokio::test]
async fn a_server_whose_connections_are_cut_goes_on_and_still_hears_of_others() {
    let url = new_database().await;
    let one = Drivein::setup().state_url(&url).start().await;
    let other = one.beside().await;
    put_position(&one, 20.0).await.expect(204);
    let body = json!({"name": "TV", "scope": {"place": DRIVE, "path": FILM}});
    let made = one.post("tickets", body).await.expect(200);
    let made = made.json();
    let play = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    other.get(play.path()).await.expect(200);

    let mut connection = PgConnection::connect(&url).await.unwrap();
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let cut = sqlx::query(cut).fetch_all(&mut connection).await.unwrap();
    assert!(cut.len() >= 2, "{}", cut.len());

    // A connection that was used a moment before the cut may refuse once, and says so.
    let patience = Duration::from_secs(15);
    eventually("writes go on", patience, async || {
        let reply = put_position(&one, 30.0).await;
        assert!([204, 503].contains(&reply.status), "{}", reply.describe());
        (reply.status == 204).then_some(())
    })
    .await;
    eventually("reads go on", patience, async || {
        (other.get("/api/v1/history").await.status == 200).then_some(())
    })
    .await;
    assert_eq!(position(&other).await, Some(30.0));
    let call = format!("tickets/{}", made["id"].as_str().unwrap());
    let revoked = one.call(Method::DELETE, &call, json!({})).await;
    assert!(revoked.status < 300, "{}", revoked.describe());
    eventually(
        "the ticket is refused",
        Duration::from_secs(15),
        async || (other.get(play.path()).await.status == 401).then_some(()),
    )
    .await;
}

#[tokio::test]
async fn a_promoted_standby_takes_over_with_all_that_was_stored() {
    let mut database = PostgresServer::start();
    let url = database.new_database().await;
    let drivein = Drivein::setup().state_url(&url).start().await;
    put_position(&drivein, 20.0).await.expect(204);
    let play = drivein.play(FILM).await;
    drivein.get(&format!("{play}/480p/1.ts")).await.expect(200);
    database.start_standby();
    put_position(&drivein, 30.0).await.expect(204);
    // Writes that the standby has not received would be lost: that is PostgreSQL's own matter.
    let mut connection = PgConnection::connect(&url).await.unwrap();
    eventually("the standby is up to date", Duration::from_secs(30), async || {
        let is_even = "SELECT COALESCE(BOOL_AND(replay_lsn = pg_current_wal_lsn()), FALSE) FROM pg_stat_replication";
        let is_even: bool = sqlx::query_scalar(is_even)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        is_even.then_some(())
    })
    .await;
    database.switch_to_standby();
    // It takes no writes yet: they are refused, and what plays goes on.
    let refused = put_position(&drivein, 40.0).await;
    assert_eq!(refused.status, 503, "{}", refused.describe());
    let segment = drivein.get(&format!("{play}/480p/2.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "480p", 2).await);
    database.promote();
    eventually("writes go on", Duration::from_secs(15), async || {
        (put_position(&drivein, 50.0).await.status == 204).then_some(())
    })
    .await;
    assert_eq!(position(&drivein).await, Some(50.0));
    eventually("the server is ready", Duration::from_secs(15), async || {
        (drivein.get("/readyz").await.status == 200).then_some(())
    })
    .await;
    let again = drivein.restarted().await;
    assert_eq!(position(&again).await, Some(50.0));
    again.get(&format!("{play}/480p/1.ts")).await.expect(200);
}

#[tokio::test]
async fn while_the_database_is_away_three_servers_play_on_and_nothing_is_lost_or_done_twice() {
    const SEGMENTS: usize = 7;
    let mut database = PostgresServer::start();
    let url = database.new_database().await;
    let one = Drivein::setup().forgetful().state_url(&url).start().await;
    let (two, three) = (one.beside().await, one.beside().await);
    let servers = [&one, &two, &three];
    let body = json!({"name": "TV", "scope": {"place": DRIVE, "path": FILM}});
    let made = one.post("tickets", body).await.expect(200);
    let made = made.json();
    let play = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    let is_over = AtomicBool::new(false);
    let watched = AtomicUsize::new(0);
    let renditions = ["480p", "720p"];
    let watching = async |server: &Drivein, rendition: &str| {
        for round in 0.. {
            let number = round % SEGMENTS;
            let segment = format!("{}/{rendition}/{number}.ts", play.path());
            let reply = server.get(&segment).await.expect(200);
            assert!(reply.is_whole, "{}", reply.describe());
            let truth = server.segment_source(FILM, rendition, number).await;
            assert!(reply.body == truth, "{segment}");
            watched.fetch_add(1, Ordering::Relaxed);
            if is_over.load(Ordering::Relaxed) {
                return;
            }
        }
    };
    // Begun before; the ends of others are not awaited.
    for server in servers {
        for rendition in renditions {
            let first = format!("{}/{rendition}/0.ts", play.path());
            server.get(&first).await.expect(200);
        }
    }
    one.fault("segment", Effect::latency(100));
    let viewers = servers
        .iter()
        .flat_map(|server| renditions.map(|it| watching(server, it)));
    let search = async |server: &Drivein, word: &str| {
        let search = format!("/api/v1/search?q={word}&place={DRIVE}");
        let reply = server.get(&search).await;
        reply.status == 200 && reply.json()["problems"].as_array().unwrap().is_empty()
    };
    let events = async {
        put_position(&one, 20.0).await.expect(204);
        database.toggle();
        let before = watched.load(Ordering::Relaxed);
        // A token that could not be stored is not fetched, and a position that could not be is refused.
        one.sandbox.expire_tokens();
        let searches = join_all(servers.map(|server| search(server, "away")));
        let refused = put_position(&two, 30.0);
        let (found, refused) = tokio::join!(searches, refused);
        assert_eq!(found, [false; 3]);
        assert_eq!(refused.status, 503, "{}", refused.describe());
        assert_eq!(one.sandbox.count("refreshtoken"), 0);
        eventually(
            "each viewer has seen each segment",
            Duration::from_secs(60),
            async || {
                let meanwhile = watched.load(Ordering::Relaxed) - before;
                (meanwhile > 6 * SEGMENTS).then_some(())
            },
        )
        .await;
        database.toggle();
        for server in servers {
            let mut attempt = 0;
            eventually("searches go on", Duration::from_secs(30), async || {
                attempt += 1;
                search(server, &format!("back{attempt}"))
                    .await
                    .then_some(())
            })
            .await;
            assert_eq!(position(server).await, Some(20.0));
        }
        assert_eq!(one.sandbox.count("refreshtoken"), 1);
        put_position(&three, 40.0).await.expect(204);
        assert_eq!(position(&two).await, Some(40.0));
        is_over.store(true, Ordering::Relaxed);
    };
    tokio::join!(join_all(viewers), events);
    println!("{} segments", watched.into_inner());
}
