//! A state that is busy: another program holds SQLite's one lock for writing, and a write of the server waits for it. What
//! plays concurrently goes on, and the write ends with an answer that says to come again.

use std::pin::pin;

use futures_util::future::{Either, select};
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
    let mut write = pin!(drivein.call(Method::PUT, &call, body.clone()));
    let (mut played, targets) = (0, ["/480p/2.ts", "/master.m3u8", "/480p.m3u8"]);
    let refused = loop {
        let target = format!("{play}{}", targets[played % targets.len()]);
        match select(write.as_mut(), pin!(drivein.get(&target))).await {
            Either::Left((refused, _)) => break refused,
            Either::Right((reply, _)) => {
                let is_whole = played % targets.len() > 0 || reply.body == expected;
                assert!(reply.status == 200 && is_whole, "{}", reply.describe());
                played += 1;
            }
        }
    };
    assert!(
        played > 100,
        "playing waits for the state: {played} replies"
    );
    assert_eq!(refused.status, 503, "{}", refused.describe());
    assert!(!refused.header("retry-after").is_empty());
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    drivein.call(Method::PUT, &call, body).await.expect(204);
}
