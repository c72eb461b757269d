//! Internal failures are reported to the log only: a state that refuses every write, and one that has lost its
//! tables.

use reqwest::Method;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, Row};

use crate::harness::*;

/// A word in every message of the broken state.
const CANARY: &str = "canary-71ac";

/// Returns the names of all tables, read from the state itself.
async fn tables(state: &SqlitePool) -> Vec<String> {
    let found = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'library\\_search%' ESCAPE '\\'")
        .fetch_all(state)
        .await
        .unwrap();
    found.iter().map(|row| row.get(0)).collect()
}

/// Returns the number of replies that report an internal failure; none of them reveals its cause.
async fn failures(drivein: &Drivein) -> usize {
    let mut failed = 0;
    let asked = [
        (Method::GET, "/".to_owned()),
        (Method::GET, "/sessions".to_owned()),
        (Method::GET, "/devices".to_owned()),
        (Method::GET, "/api/v1/tokens".to_owned()),
        (Method::GET, "/api/v1/sessions".to_owned()),
        (Method::GET, "/api/v1/tickets".to_owned()),
        (Method::GET, "/api/v1/history".to_owned()),
        (Method::GET, format!("/watch/{DRIVE}{}", encoded(FILM))),
        (Method::POST, "/api/v1/tokens".to_owned()),
        (Method::POST, "/api/v1/tickets".to_owned()),
        (
            Method::PUT,
            format!("/api/v1/history/{DRIVE}{}", encoded(FILM)),
        ),
        (Method::POST, "/devices".to_owned()),
        (Method::POST, "/tokens".to_owned()),
    ];
    for (method, path) in asked {
        let is_api = path.starts_with("/api/");
        let ask = drivein.ask(method.clone(), &path);
        let ask = match (method == Method::GET, is_api) {
            (true, _) => ask,
            (false, true) => ask.json(&serde_json::json!({
                "name": "x", "scope": if path.ends_with("tokens") { "watch".into() } else { serde_json::json!({}) },
                "position_s": 1.0, "duration_s": 60.0,
            })),
            (false, false) => ask.form(&[("name", "x"), ("scope", "watch"), ("place", DRIVE), ("until", "month")]),
        };
        let reply = ask.send().await;
        let text = reply.text();
        for word in [
            CANARY,
            "sqlite",
            "SQLite",
            "database",
            "no such table",
            "panicked",
            "src/",
        ] {
            assert!(!text.contains(word), "{word} in {method} {path}: {text}");
        }
        assert!(!text.contains(drivein.data_dir().to_str().unwrap()));
        failed += usize::from(reply.status == 500);
        if reply.status == 500 && is_api {
            assert_eq!(reply.code(), "internal", "{method} {path}");
        }
    }
    failed
}

#[tokio::test]
async fn what_breaks_inside_is_told_to_nobody_outside() {
    let drivein = Drivein::start().await;
    assert_eq!(failures(&drivein).await, 0);
    let file = drivein.data_dir().join("drivein.sqlite");
    let options = SqliteConnectOptions::new().filename(file);
    let state = SqlitePool::connect_with(options).await.unwrap();
    for table in tables(&state).await {
        for deed in ["INSERT", "UPDATE"] {
            let trigger = format!(
                "CREATE TRIGGER \"{table}_{deed}\" BEFORE {deed} ON \"{table}\" BEGIN SELECT RAISE(ABORT, '{CANARY}'); END"
            );
            sqlx::query(AssertSqlSafe(trigger))
                .execute(&state)
                .await
                .unwrap();
        }
    }
    let while_nothing_is_written = failures(&drivein).await;
    assert!(while_nothing_is_written >= 3, "{while_nothing_is_written}");
    for table in tables(&state).await {
        let rename = format!("ALTER TABLE \"{table}\" RENAME TO \"{CANARY}-{table}\"");
        sqlx::query(AssertSqlSafe(rename))
            .execute(&state)
            .await
            .unwrap();
    }
    let while_nothing_is_there = failures(&drivein).await;
    assert!(while_nothing_is_there > while_nothing_is_written);
    state.close().await;
}
