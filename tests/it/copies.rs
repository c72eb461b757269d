//! Copies and moves between places: tasks with progress, which go on after the server was killed.

mod large;
mod listed;

pub use listed::body_in_pieces;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use reqwest::Method;
use sandbox::{Effect, Fault};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender};

use crate::commands::{config_in, visitor};
use crate::harness::*;

fn section(folder: &Path) -> String {
    folder_section("home", folder) + "write = true\n"
}

/// Starts a copy or a move, and returns the task.
async fn start(drivein: &Drivein, what: &str, from: (&str, &[&str]), to: (&str, &str)) -> Value {
    let body = json!({"place": from.0, "paths": from.1, "to": {"place": to.0, "path": to.1}});
    let reply = drivein.post(&format!("files/{what}"), body).await;
    reply.expect(202).json()["task"].clone()
}

/// Waits until a task is in one of these states, and returns it.
async fn reached(visitor: &Visitor, id: &str, states: &[&str]) -> Value {
    let ask = async || {
        let task = visitor
            .ask(Method::GET, &format!("/api/v1/tasks/{id}"))
            .send()
            .await;
        let task = task.expect(200).json();
        states
            .contains(&task["state"].as_str().unwrap())
            .then_some(task)
    };
    eventually("the task gets there", Duration::from_secs(60), ask).await
}

#[tokio::test]
async fn a_folder_goes_from_one_drive_to_another_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let drivein = Drivein::setup()
        .drives(&section(folder.path()))
        .start()
        .await;
    let task = start(
        &drivein,
        "copy",
        ("films", &["/Season 1 #finale 100%", FILM]),
        ("home", "/"),
    )
    .await;
    assert_eq!(task["kind"], "copy");
    assert_eq!(task["from"]["place"], "films");
    assert_eq!(task["to"], json!({"place": "home", "path": "/"}));
    let id = task["id"].as_str().unwrap();
    let done = reached(&drivein.told(), id, &["done", "failed"]).await;
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(done["done_bytes"], done["total_bytes"]);
    let film = drivein.source(FILM, "original").await;
    assert!(std::fs::read(folder.path().join(&FILM[1..])).unwrap() == film);
    let listed = drivein.api("tasks").await;
    assert_eq!(listed["tasks"][0], done);
    let page = drivein.get("/tasks").await.expect(200).text();
    assert!(page.contains("from films to home/"), "{page}");

    // Back under another folder, by a move: the source is gone afterwards. A link that leads in a circle is left out.
    let season = folder.path().join("Season 1 #finale 100%");
    std::os::unix::fs::symlink(".", season.join("again")).unwrap();
    let made = drivein
        .post("folders", json!({"place": "films", "path": "/Back"}))
        .await;
    made.expect(200);
    let task = start(
        &drivein,
        "move",
        ("home", &["/Season 1 #finale 100%"]),
        ("films", "/Back"),
    )
    .await;
    let done = reached(
        &drivein.told(),
        task["id"].as_str().unwrap(),
        &["done", "failed"],
    )
    .await;
    assert_eq!(done["state"], "done", "{done}");
    assert!(!folder.path().join("Season 1 #finale 100%").exists());
    let names = drivein.names("/Back/Season 1 #finale 100%").await;
    assert_eq!(names, drivein.names("/Season 1 #finale 100%").await);

    // A name that is taken is not replaced.
    let task = start(&drivein, "copy", ("films", &[FILM]), ("home", "/")).await;
    let failed = reached(
        &drivein.told(),
        task["id"].as_str().unwrap(),
        &["done", "failed"],
    )
    .await;
    assert_eq!(
        (&failed["state"], &failed["problem"]["code"]),
        (&json!("failed"), &json!("conflict"))
    );
}

#[tokio::test]
async fn the_form_copies_to_another_drive_as_a_task() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Shelf")).unwrap();
    let drivein = Drivein::setup()
        .drives(&section(folder.path()))
        .start()
        .await;
    let act = async |fields: &[(&str, &str)]| {
        let form = [&[("place", DRIVE), ("path", FILM), ("do", "copy")], fields].concat();
        drivein
            .ask(Method::POST, "/organize")
            .form(&form)
            .send()
            .await
    };
    let chooser = act(&[]).await.expect(200).text();
    assert!(
        chooser.contains("name=\"drive\" value=\"home\""),
        "{chooser}"
    );
    let there = act(&[("drive", "home"), ("at", "/")]).await.expect(200);
    assert!(
        there.text().contains("value=\"/Shelf\""),
        "{}",
        there.text()
    );
    let sent = act(&[("drive", "home"), ("at", "/Shelf"), ("now", "1")]).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/tasks"));
    let copied = folder.path().join(format!("Shelf{FILM}"));
    let film = drivein.source(FILM, "original").await;
    eventually("the copy is there", Duration::from_secs(60), async || {
        (std::fs::read(&copied).ok()? == film).then_some(())
    })
    .await;
    let nowhere = act(&[("drive", "none"), ("at", "/"), ("now", "1")]).await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn a_task_is_paused_resumed_cancelled_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let drivein = Drivein::setup()
        .drives(&section(folder.path()))
        .start()
        .await;
    let film = drivein.source(FILM, "original").await;
    let slow = drivein.fault("original", Effect::rate(film.len() as u64 / 60));
    let mut events = drivein
        .ask(Method::GET, "/api/v1/tasks/events")
        .open()
        .await;
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let task = start(&drivein, "copy", ("films", &[FILM]), ("home", "/")).await;
    let id = task["id"].as_str().unwrap();
    let act = async |action: &str| {
        let call = format!("tasks/{id}/{action}");
        drivein.post(&call, json!({})).await
    };
    // Progress is announced while the file is on its way.
    let mut told = String::new();
    while !told.contains("\"state\":\"running\"") || !told.contains("\"total_bytes\"") {
        let chunk = events.chunk().await.unwrap().unwrap();
        told.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(told.contains("data: {"), "{told}");
    act("resume").await.expect(409);
    act("retry").await.expect(409);
    assert_eq!(act("pause").await.expect(200).json()["state"], "paused");
    let left = || std::fs::read_dir(folder.path()).unwrap().count();
    let nothing = async || (left() == 0).then_some(());
    eventually(
        "nothing is left of the file",
        Duration::from_secs(20),
        nothing,
    )
    .await;
    drivein.sandbox.mend(slow);
    assert!(matches!(
        act("resume").await.expect(200).json()["state"]
            .as_str()
            .unwrap(),
        "queued" | "running" | "done"
    ));
    assert_eq!(
        reached(&drivein.told(), id, &["done", "failed"]).await["state"],
        "done"
    );
    assert!(std::fs::read(folder.path().join(&FILM[1..])).unwrap() == film);
    act("cancel").await.expect(409);
    act("no-such-action").await.expect(404);
    drivein
        .ask(Method::GET, "/api/v1/tasks/4711")
        .expect(404)
        .await;

    // A drive that takes nothing is refused at once.
    let body = json!({"place": "films", "paths": [FILM], "to": {"place": "none", "path": "/"}});
    drivein.post("files/copy", body).await.expect(404);
}

#[tokio::test]
async fn a_copy_goes_on_after_the_server_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let target = folder.path().join("target");
    std::fs::create_dir(&target).unwrap();
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {:?}\n{}{}",
        folder.path().join("data"),
        drive_section(&sandbox),
        section(&target)
    );
    let config = config_in(folder.path(), &text);
    let run = || own_binary().args(["serve", "--config", &config]).spawn();
    let film = sandbox.source(FILM, "original").await.unwrap();
    let slow = sandbox.fault(Fault::on("original", Effect::rate(film.len() as u64 / 60)));
    let mut running = run();
    let first = visitor(&mut running, "Drive-In is at").await;
    let body = json!({"place": DRIVE, "paths": [FILM], "to": {"place": "home", "path": "/"}});
    let task = first
        .ask(Method::POST, "/api/v1/files/copy")
        .json(&body)
        .send()
        .await;
    let id = task.expect(202).json()["task"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let has_begun = async || {
        let begun = std::fs::read_dir(&target).unwrap().next().is_some();
        begun.then_some(())
    };
    eventually("the copy begins", Duration::from_secs(30), has_begun).await;
    running.kill().await;
    sandbox.mend(slow);
    assert!(!target.join(&FILM[1..]).exists());

    let mut running = run();
    let second = visitor(&mut running, "Drive-In is at").await;
    let done = reached(&second, &id, &["done", "failed"]).await;
    assert_eq!(done["state"], "done", "{done}");
    assert!(std::fs::read(target.join(&FILM[1..])).unwrap() == film);
    running.terminate().await;
}
