//! The state: a full disk, two processes on one state, a backup; and the log.

use std::path::Path;
use std::time::Duration;

use super::{config_in, get, visitor};
use crate::harness::*;

/// Returns a config with a password and a token, over a folder with one file.
fn config_at_home(folder: &Path) -> String {
    let films = folder.join("films");
    std::fs::create_dir_all(&films).unwrap();
    std::fs::write(films.join("a.mp4"), "a film").unwrap();
    let data = folder.join("data");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {data:?}\n[auth]\npassword = \"open sesame\"\n\
         api_tokens = [\"a-token-of-sixteen-letters\"]\n\
         [[drive]]\nname = \"home\"\nkind = \"local\"\npath = {films:?}\n"
    );
    config_in(folder, &text)
}

/// Makes a call of the API with the token of that config.
async fn owner(
    visitor: &Visitor,
    method: reqwest::Method,
    call: &str,
    body: serde_json::Value,
) -> Reply {
    let ask = visitor.ask(method, call);
    let ask = ask.header("authorization", "Bearer a-token-of-sixteen-letters");
    ask.json(&body).send().await
}

/// Signs in, and returns the cookie.
async fn sign_in(visitor: &Visitor) -> String {
    let form = visitor.ask(reqwest::Method::POST, "/login");
    let form = form.form(&[("password", "open sesame")]);
    let reply = form.expect(303).await;
    let cookie = reply.header("set-cookie").split(';').next();
    cookie.unwrap().to_owned()
}

/// Makes tickets until one is refused, because the disk is full.
async fn refused_ticket(visitor: &Visitor) {
    let ticket = serde_json::json!({"name": "TV", "scope": {}});
    for _ in 0..300 {
        let call = "/api/v1/tickets";
        let made = owner(visitor, reqwest::Method::POST, call, ticket.clone()).await;
        if made.status == 200 {
            continue;
        }
        let refused = made.expect(507);
        assert_eq!(refused.code(), "no_space");
        assert!(refused.text().contains("disk that holds data_dir"));
        return;
    }
    panic!("the disk is not full");
}

/// Returns true if the health check of the container image finds the server healthy.
async fn is_healthy(visitor: &Visitor) -> bool {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Dockerfile");
    let text = std::fs::read_to_string(file).unwrap();
    let (_, check) = text.split_once("HEALTHCHECK").unwrap();
    let (_, command) = check.split_once("CMD ").unwrap();
    let (command, _) = command.split_once("\n\n").unwrap();
    let command = command.replace("\\\n", "");
    let command: Vec<String> = serde_json::from_str(&command).unwrap();
    let listen = format!("0.0.0.0:{}", visitor.address().port());
    let check = Program::new(&command[0]).args(&command[1..]);
    let output = check.env("DRIVEIN_LISTEN", &listen).output().await;
    output.status.success()
}

#[tokio::test]
async fn a_full_disk_is_reported_until_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&folder.path().join("data"), 8 << 20) else {
        return;
    };
    let config = config_at_home(folder.path());
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    get(&visitor, "/readyz").await.expect(200);
    assert!(is_healthy(&visitor).await);
    disk.fill();
    refused_ticket(&visitor).await;
    // From the failed write on, although small writes may find room in what the state has already.
    let health = get(&visitor, "/readyz").await.expect(503);
    assert_eq!(health.text(), "the disk that holds data_dir is full\n");
    assert!(!is_healthy(&visitor).await);
    let metrics = get(&visitor, "/metrics").await.expect(200).text();
    assert!(metrics.contains("drivein_state_writable 0\n"), "{metrics}");
    let cookie = sign_in(&visitor).await;
    let page = visitor.ask(reqwest::Method::GET, "/status");
    let page = page.header("cookie", &cookie).send().await;
    let status = page.expect(200).text();
    assert!(status.contains("readable only: the disk that holds data_dir is full"));
    disk.empty();
    let healed = Duration::from_secs(30);
    eventually("the disk has room again", healed, async || {
        (get(&visitor, "/readyz").await.status == 200).then_some(())
    })
    .await;
    let ticket = serde_json::json!({"name": "TV", "scope": {}});
    let made = owner(&visitor, reqwest::Method::POST, "/api/v1/tickets", ticket).await;
    made.expect(200);
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn a_state_that_cannot_grow_keeps_nobody_out_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = config_at_home(folder.path());
    // The state is made while there is room.
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    visitor(&mut running, "Drive-In is at").await;
    running.terminate().await;
    running.ended().await;
    // No file can grow beyond 64 KiB, as if the disk were full.
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" serve --config \"$1\"";
    let mut running = Program::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_drivein"), &config])
        .env("DRIVEIN_LOG", "info")
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    refused_ticket(&visitor).await;
    let health = get(&visitor, "/readyz").await.expect(503);
    assert!(health.text().contains("disk that holds data_dir"));

    // Signing in, pages and playing go on.
    let cookie = sign_in(&visitor).await;
    let page = |path: &'static str| {
        visitor
            .ask(reqwest::Method::GET, path)
            .header("cookie", &cookie)
            .send()
    };
    for path in ["/", "/browse/home", "/sessions"] {
        page(path).await.expect(200);
    }
    let status = page("/status").await.expect(200).text();
    assert!(status.contains("readable only: the disk that holds data_dir"));
    let entry = owner(
        &visitor,
        reqwest::Method::GET,
        "/api/v1/entries/home/a.mp4",
        serde_json::Value::Null,
    )
    .await;
    let original = entry.expect(200).json()["entry"]["play"]["original"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = url::Url::parse(&original).unwrap().path().to_owned();
    assert_eq!(get(&visitor, &path).await.expect(200).text(), "a film");
    // The session can be ended all the same.
    visitor
        .ask(reqwest::Method::POST, "/logout")
        .header("cookie", &cookie)
        .expect(303)
        .await;
    page("/").await.expect(303);

    // There may be room for one more page, which is what the probe writes.
    let patience = std::time::Duration::from_secs(60);
    eventually("the state is reported as full", patience, async || {
        let metrics = get(&visitor, "/metrics").await.expect(200).text();
        metrics.contains("drivein_state_writable 0\n").then_some(())
    })
    .await;
    get(&visitor, "/healthz").await.expect(200);
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn requests_of_strangers_fill_no_log_and_the_access_log_is_a_switch() {
    const REQUESTS: usize = 800;
    for (switch, expected) in [
        ("", 1..700),
        ("access_log = true\n", REQUESTS..2 * REQUESTS),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let config = config_at_home(folder.path());
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, format!("{switch}{text}")).unwrap();
        let mut running = own_binary()
            .args(["serve", "--config", &config])
            .env("DRIVEIN_LOG", "info")
            .spawn();
        let visitor = visitor(&mut running, "Drive-In is at").await;
        for number in 0..REQUESTS {
            let path = format!("/play/x/{number}/{}", "a".repeat(1000));
            get(&visitor, &path).await.expect(401);
        }
        running.terminate().await;
        let (_, _, log) = running.ended().await;
        let lines: Vec<&str> = log.lines().collect();
        assert!(
            expected.contains(&lines.len()),
            "{}: {log:.2000}",
            lines.len()
        );
        assert!(lines.iter().all(|line| line.len() < 800), "{log:.2000}");
    }
}

#[tokio::test]
async fn what_one_process_revokes_the_other_one_on_the_same_state_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let config = config_at_home(folder.path());
    let mut both = Vec::new();
    for _ in 0..2 {
        let mut running = own_binary().args(["serve", "--config", &config]).spawn();
        let visitor = visitor(&mut running, "Drive-In is at").await;
        both.push((running, visitor));
    }
    let (one, other) = (&both[0].1, &both[1].1);
    let body = serde_json::json!({"name": "TV", "scope": {"place": "home"}});
    let made = owner(one, reqwest::Method::POST, "/api/v1/tickets", body)
        .await
        .expect(200)
        .json();
    let play = url::Url::parse(made["url"].as_str().unwrap())
        .unwrap()
        .path()
        .to_owned();
    for visitor in [one, other] {
        get(visitor, &play).await.expect(200);
    }
    let call = format!("/api/v1/tickets/{}", made["id"].as_str().unwrap());
    let revoked = owner(one, reqwest::Method::DELETE, &call, serde_json::Value::Null).await;
    assert!(revoked.status < 300, "{}", revoked.describe());
    get(one, &play).await.expect(401);
    eventually(
        "the other process looks again",
        Duration::from_secs(30),
        async || (get(other, &play).await.status == 401).then_some(()),
    )
    .await;
    for (running, _) in both {
        running.terminate().await;
        assert_eq!(running.ended().await.0, Some(0));
    }
}

#[tokio::test]
async fn a_backup_of_a_running_server_plays_in_another_folder() {
    let folder = tempfile::tempdir().unwrap();
    let config = config_at_home(folder.path());
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let body = serde_json::json!({"name": "TV", "scope": {"place": "home"}});
    let made = owner(&visitor, reqwest::Method::POST, "/api/v1/tickets", body)
        .await
        .expect(200)
        .json();
    let ticket = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    let call = "/api/v1/entries/home/a.mp4";
    let entry = owner(
        &visitor,
        reqwest::Method::GET,
        call,
        serde_json::Value::Null,
    )
    .await
    .expect(200)
    .json();
    let film = url::Url::parse(entry["entry"]["play"]["original"].as_str().unwrap()).unwrap();
    let backup = folder.path().join("backup");
    let backup = backup.to_str().unwrap();
    let state = async |words: &[&str], config: &str| {
        let output = own_binary()
            .args(["state"])
            .args(words)
            .args(["--config", config])
            .output()
            .await;
        (
            output.status.success(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert_eq!(
        state(&["backup", backup], &config).await,
        (true, String::new())
    );
    let (again, words) = state(&["backup", backup], &config).await;
    assert!(!again && words.contains("exists already"), "{words}");
    let (over, words) = state(&["restore", backup], &config).await;
    assert!(!over && words.contains("has a state already"), "{words}");
    let listed = get(&visitor, ticket.path()).await.expect(200);
    running.terminate().await;
    assert_eq!(running.ended().await.0, Some(0));

    let text = std::fs::read_to_string(&config).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let config = config_in(&elsewhere, &text.replace("/data\"", "/restored\""));
    assert_eq!(
        state(&["restore", backup], &config).await,
        (true, String::new())
    );
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = self::visitor(&mut running, "Drive-In is at").await;
    let restored = get(&visitor, ticket.path()).await.expect(200);
    assert_eq!(
        restored.text().lines().count(),
        listed.text().lines().count()
    );
    assert_eq!(
        get(&visitor, film.path()).await.expect(200).text(),
        "a film"
    );
    running.terminate().await;
    assert_eq!(running.ended().await.0, Some(0));
}
