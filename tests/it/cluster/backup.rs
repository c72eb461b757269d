//! A backup of the state in PostgreSQL, made and restored by the lines that the program prints.

use serde_json::json;

use super::{position, put_position, set_up};
use crate::harness::postgres::{new_database, programs};
use crate::harness::*;

/// Runs `drivein state WORD FILE` and then the line that it prints, as a person copies it.
async fn run_printed_line(word: &str, file: &str, url: &str, folder: &std::path::Path) {
    let config = folder.join("drivein.toml");
    std::fs::write(&config, format!("state_url = {url:?}\n")).unwrap();
    let config = config.to_str().unwrap();
    let running = own_binary()
        .args(["state", word, file, "--config", config])
        .spawn();
    let (code, printed, errors) = running.ended().await;
    assert_eq!(code, Some(0), "{printed}{errors}");
    let line = printed.lines().find(|line| line.starts_with("  pg_"));
    let line = line.unwrap_or_else(|| panic!("{printed}"));
    let path = format!("PATH={}:$PATH", programs().display());
    let ran = Program::new("sh").args(["-c", &format!("{path}; {line}")]);
    let ran = ran.output().await;
    assert!(ran.status.success(), "{line}: {ran:?}");
}

#[tokio::test]
async fn a_backup_of_the_database_plays_elsewhere_and_a_refresh_token_used_since_is_spent() {
    let one = set_up().await.start().await;
    put_position(&one, 25.0).await.expect(204);
    let body = json!({"name": "TV", "scope": {"place": DRIVE, "path": FILM}});
    let made = one.post("tickets", body).await.expect(200);
    let made = made.json();
    let play = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    // A session that is stored: that of the config is used once.
    one.sandbox.expire_tokens();
    one.entry("/").await;
    assert_eq!(one.sandbox.count("refreshtoken"), 1);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a backup").display().to_string();
    let url = one.state_url().unwrap();
    run_printed_line("backup", &file, url, folder.path()).await;
    put_position(&one, 50.0).await.expect(204);
    let restored = new_database().await;
    run_printed_line("restore", &file, &restored, folder.path()).await;

    let other = one.beside_on(&restored).await;
    assert_eq!(position(&other).await, Some(25.0));
    let segment = format!("{}/480p/1.ts", play.path());
    let segment = other.get(&segment).await.expect(200);
    assert!(segment.body == other.segment_source(FILM, "480p", 1).await);
    put_position(&other, 40.0).await.expect(204);
    assert_eq!(position(&one).await, Some(50.0), "the states are apart");

    // The first server renews the session, by the token that the backup has, too.
    one.sandbox.expire_tokens();
    let search = "/api/v1/search?q=light&place=films";
    one.get(search).await.expect(200);
    let found = other.get(search).await.expect(200).json();
    assert_eq!(found["problems"][0]["code"], "signed_out", "{found}");
}
