//! Copies and moves between places: tasks with progress, which go on after the server was killed.

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
    format!("[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {folder:?}\nwrite = true\n")
}

/// Starts a copy or a move, and returns the task.
async fn start(drivein: &Drivein, what: &str, from: (&str, &[&str]), to: (&str, &str)) -> Value {
    let body = json!({"place": from.0, "paths": from.1, "to": {"place": to.0, "path": to.1}});
    let reply = drivein
        .call(Method::POST, &format!("files/{what}"), body)
        .await;
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
        .call(
            Method::POST,
            "folders",
            json!({"place": "films", "path": "/Back"}),
        )
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
        drivein.call(Method::POST, &call, json!({})).await
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
        .send()
        .await
        .expect(404);

    // A drive that takes nothing is refused at once.
    let body = json!({"place": "films", "paths": [FILM], "to": {"place": "none", "path": "/"}});
    drivein
        .call(Method::POST, "files/copy", body)
        .await
        .expect(404);
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

/// Bytes of a film whose copy resumes.
const LARGE: usize = 30 << 20;
/// Bytes that are sent once more after a copy was interrupted, at most: those since the last sync, and those that were on
/// their way.
const SENT_AGAIN: u64 = 11 << 20;

/// Returns the files of interrupted copies in a folder.
fn parts_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(items) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = items.map(|item| item.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "part"))
        .collect()
}

/// Waits until a copy has kept so many bytes in a folder.
async fn has_kept(folder: &Path, bytes: u64) {
    let kept = async || {
        let part = parts_in(folder).pop()?;
        (std::fs::metadata(part).ok()?.len() > bytes).then_some(())
    };
    eventually("bytes arrive", Duration::from_secs(60), kept).await;
}

#[tokio::test]
async fn a_copy_of_a_large_file_goes_on_where_it_was_at_the_folder_and_at_the_cloud() {
    let folder = tempfile::tempdir().unwrap();
    let [films, target, data] = ["films", "target", "data"].map(|name| folder.path().join(name));
    for made in [&films, &target] {
        std::fs::create_dir(made).unwrap();
    }
    let film = file_content(LARGE);
    std::fs::write(films.join("large.mp4"), &film).unwrap();
    let source = sandbox::Options {
        films: sandbox::Films::Folder(films),
        ..sandbox::Options::default()
    };
    let source = sandbox::start(source).await.unwrap();
    let cloud = sandbox::start(sandbox::Options::default()).await.unwrap();
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {data:?}\n[library]\nwalk = false\n{}{}{}",
        drive_section(&source),
        terabox_section(&cloud, "cloud"),
        section(&target),
    );
    let config = config_in(folder.path(), &text);
    let run = || own_binary().args(["serve", "--config", &config]).spawn();
    let copy = async |server: &Visitor, to: &str| {
        let body =
            json!({"place": DRIVE, "paths": ["/large.mp4"], "to": {"place": to, "path": "/"}});
        let ask = server.ask(Method::POST, "/api/v1/files/copy").json(&body);
        let task = ask.send().await.expect(202).json()["task"].clone();
        task["id"].as_str().unwrap().to_owned()
    };
    let act = async |server: &Visitor, id: &str, action: &str| {
        let path = format!("/api/v1/tasks/{id}/{action}");
        let ask = server.ask(Method::POST, &path).json(&json!({}));
        ask.send().await.expect(200);
    };
    let slow = || source.fault(Fault::on("original", Effect::rate(12 << 20)));
    let mut running = run();
    let mut server = visitor(&mut running, "Drive-In is at").await;
    for (to, kept_in) in [("home", target.clone()), ("cloud", data.join("uploads"))] {
        source.reset_counts();
        let fault = slow();
        let id = copy(&server, to).await;
        has_kept(&kept_in, 17 << 20).await;
        running.kill().await;
        source.mend(fault);
        running = run();
        server = visitor(&mut running, "Drive-In is at").await;
        let done = reached(&server, &id, &["done", "failed"]).await;
        assert_eq!(done["state"], "done", "{to}: {done}");
        assert_eq!(done["done_bytes"], LARGE);
        let read = source.bytes("original");
        assert!(
            read <= LARGE as u64 + SENT_AGAIN,
            "{to}: {read} bytes were read"
        );
        assert_eq!(parts_in(&kept_in), Vec::<PathBuf>::new());
    }
    assert!(std::fs::read(target.join("large.mp4")).unwrap() == film);
    assert!(cloud.source("/large.mp4", "original").await.unwrap() == film);

    // A copy that is paused keeps its bytes, too; one that is cancelled leaves none.
    std::fs::remove_file(target.join("large.mp4")).unwrap();
    source.reset_counts();
    let fault = slow();
    let id = copy(&server, "home").await;
    has_kept(&target, 17 << 20).await;
    act(&server, &id, "pause").await;
    assert_eq!(parts_in(&target).len(), 1);
    act(&server, &id, "resume").await;
    has_kept(&target, 20 << 20).await;
    act(&server, &id, "cancel").await;
    assert_eq!(parts_in(&target), Vec::<PathBuf>::new());
    source.mend(fault);
    let read = source.bytes("original");
    assert!(read < LARGE as u64 + SENT_AGAIN, "{read} bytes were read");
    act(&server, &id, "retry").await;
    assert_eq!(
        reached(&server, &id, &["done", "failed"]).await["state"],
        "done"
    );
    assert!(std::fs::read(target.join("large.mp4")).unwrap() == film);
    running.terminate().await;
}

#[tokio::test]
async fn what_interrupted_copies_have_left_is_removed_after_a_day_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let [home, read] = ["home", "read"].map(|name| folder.path().join(name));
    let key = "0123456789abcdef0123456789abcdef";
    let put = |path: PathBuf, days: u64| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = std::fs::File::create(&path).unwrap();
        let age = Duration::from_secs(days * 86_400 + 60);
        file.set_modified(SystemTime::now() - age).unwrap();
        path
    };
    let gone = [
        put(home.join(format!("Shelf/Deep/.drivein-{key}.part")), 1),
        put(home.join(".drivein-0123456789abcdef.part"), 2),
    ];
    let there = [
        put(home.join(format!("Shelf/.drivein-{key}.part")), 0),
        put(home.join(".drivein-notes.txt"), 9),
        put(home.join(format!("{key}.part")), 9),
        put(read.join(format!(".drivein-{key}.part")), 9),
    ];
    let sections = format!(
        "{}[[drive]]\nname = \"read\"\nkind = \"local\"\npath = {read:?}\n",
        section(&home)
    );
    let _drivein = Drivein::setup().drives(&sections).start().await;
    let removed = async || gone.iter().all(|path| !path.exists()).then_some(());
    eventually("what is old is removed", Duration::from_secs(20), removed).await;
    for path in there {
        assert!(path.exists(), "{path:?}");
    }
}

/// Reads events until one of them contains all of these words, and returns it.
async fn event(events: &mut reqwest::Response, words: &[&str]) -> String {
    let mut received = String::new();
    loop {
        let chunk = events.chunk().await.unwrap().expect("the stream goes on");
        received.push_str(&String::from_utf8_lossy(&chunk));
        let all: Vec<&str> = received.split("\n\n").collect();
        let has_all = |text: &&&str| words.iter().all(|word| text.contains(word));
        if let Some(found) = all[..all.len() - 1].iter().find(has_all) {
            return found.to_string();
        }
    }
}

/// Returns a body that is sent piece by piece, and that ends when the sender is dropped.
pub fn body_in_pieces() -> (Sender<io::Result<Vec<u8>>>, reqwest::Body) {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let pieces = futures_util::stream::unfold(receiver, |mut receiver: Receiver<_>| async {
        Some((receiver.recv().await?, receiver))
    });
    (sender, reqwest::Body::wrap_stream(pieces))
}

#[tokio::test]
async fn an_upload_and_a_walk_are_tasks_while_they_run() {
    let folder = tempfile::tempdir().unwrap();
    let drivein = Drivein::setup()
        .drives(&section(folder.path()))
        .start()
        .await;
    let (sender, body) = body_in_pieces();
    let upload = drivein
        .ask(Method::PUT, "/api/v1/content/home/new.bin")
        .body(body);
    let mut events = drivein
        .ask(Method::GET, "/api/v1/tasks/events")
        .open()
        .await;
    let mut panels = drivein.ask(Method::GET, "/tasks/events").open().await;
    event(&mut panels, &["event: sign", " hidden>"]).await;
    let upload = tokio::spawn(upload.send());
    sender.send(Ok(vec![7; 1000])).await.unwrap();
    let listed = async || {
        let tasks = drivein.api("tasks").await;
        let task = tasks["tasks"].as_array().unwrap().first().cloned()?;
        (task["done_bytes"] == 1000).then_some(task)
    };
    let task = eventually("the upload is a task", Duration::from_secs(20), listed).await;
    assert_eq!(
        (&task["kind"], &task["state"]),
        (&json!("upload"), &json!("running"))
    );
    assert_eq!(task["to"], json!({"place": "home", "path": "/new.bin"}));
    let page = drivein.get("/tasks").await.expect(200).text();
    assert!(page.contains("Upload of “new.bin”"), "{page}");
    let running = ["\"kind\":\"upload\"", "\"running\"", "\"done_bytes\":1000"];
    event(&mut events, &running).await;
    let panel = event(&mut panels, &["event: task", "Upload of “new.bin”"]).await;
    assert!(
        panel.contains("<section class=\"panel\" id=\"task-upload-1\""),
        "{panel}"
    );
    event(&mut panels, &["event: sign", "⇄</span> 1"]).await;
    drop(sender);
    upload.await.unwrap().expect(200);
    assert_eq!(drivein.api("tasks").await["tasks"], json!([]), "it is over");
    event(&mut events, &["\"upload-1\"", "\"done\""]).await;
    event(&mut panels, &["event: task", "task-upload-1", "Done"]).await;
    event(&mut panels, &["event: sign", " hidden>"]).await;

    // A walk that waits for its drive.
    drivein.fault("list", Effect::latency(5_000));
    let walk = drivein
        .call(Method::POST, "library/walks/films", json!({}))
        .await;
    walk.expect(202);
    let tasks = drivein.api("tasks").await;
    let task = &tasks["tasks"][0];
    assert_eq!(
        (&task["id"], &task["kind"]),
        (&json!("walk-films"), &json!("walk"))
    );
    assert_eq!(task["from"]["place"], "films");
    event(
        &mut events,
        &["\"walk-films\"", "\"running\"", "\"seen\":0"],
    )
    .await;
    event(&mut panels, &["event: task", "Walk over films"]).await;
    let stop = drivein.ask(Method::DELETE, "/api/v1/library/walks/films");
    stop.send().await.expect(204);
    assert_eq!(drivein.api("tasks").await["tasks"], json!([]));
    event(&mut events, &["\"walk-films\"", "\"cancelled\""]).await;
}

#[tokio::test]
async fn a_file_written_by_webdav_is_a_task_while_it_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let drivein = Drivein::setup()
        .drives(&section(folder.path()))
        .start()
        .await;
    let (sender, body) = body_in_pieces();
    let mut events = drivein
        .ask(Method::GET, "/api/v1/tasks/events")
        .open()
        .await;
    let upload = drivein
        .ask(Method::PUT, "/dav/home/by%20dav.bin")
        .body(body);
    let upload = tokio::spawn(upload.send());
    sender.send(Ok(vec![7; 1000])).await.unwrap();
    let running = [
        "\"upload\"",
        "/by dav.bin",
        "\"running\"",
        "\"done_bytes\":1000",
    ];
    event(&mut events, &running).await;
    // The sender leaves.
    sender
        .send(Err(std::io::Error::other("gone")))
        .await
        .unwrap();
    drop(sender);
    upload.abort();
    event(&mut events, &["/by dav.bin", "\"failed\""]).await;
}
