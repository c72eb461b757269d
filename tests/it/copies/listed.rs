//! Other work that is listed among the tasks: uploads and walks.

use super::*;

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
    let walk = drivein.post("library/walks/films", json!({})).await;
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
    stop.expect(204).await;
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
