//! A state that is busy: another program holds SQLite's one lock for writing, and a write of the server waits for it. What
//! plays goes on, and the write ends with an answer that says to come again.

use reqwest::Method;
use serde_json::json;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::harness::*;

#[tokio::test]
async fn playing_goes_on_while_a_write_waits_for_a_busy_state() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.get(&format!("{play}/480p/1.ts")).await.expect(200);
    let expected = drivein.segment_source(FILM, "480p", 2).await;
    let file = drivein.data_dir().join("drivein.sqlite");
    let options = SqliteConnectOptions::new().filename(file);
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let call = format!("history/{DRIVE}{}", encoded(FILM));
    let body = json!({"position_s": 20.0, "duration_s": 66.0});
    let write = drivein.call(Method::PUT, &call, body.clone());
    let played = async {
        // The write has the one connection when it is the first to ask for it.
        let read = drivein.get("/api/v1/history");
        let play = async {
            let segment = drivein.get(&format!("{play}/480p/2.ts")).await.expect(200);
            assert!(segment.body == expected);
            for suffix in ["", "/master.m3u8", "/480p.m3u8"] {
                drivein.get(&format!("{play}{suffix}")).await.expect(200);
            }
            std::time::Instant::now()
        };
        let (_, played_at) = tokio::join!(read, play);
        played_at
    };
    let refused = async {
        let refused = write.await;
        (refused, std::time::Instant::now())
    };
    let ((refused, refused_at), played_at) = tokio::join!(refused, played);
    assert!(played_at < refused_at, "it waited for the state");
    assert_eq!(refused.status, 503, "{}", refused.describe());
    assert!(!refused.header("retry-after").is_empty());
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    drivein.call(Method::PUT, &call, body).await.expect(204);
}
