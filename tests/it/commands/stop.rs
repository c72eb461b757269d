//! The shutdown, and output that is not read.

use std::time::Duration;

use super::{get, sandbox_and_config, visitor};
use crate::harness::*;
use sandbox::{self, Effect, Fault};

#[tokio::test]
async fn a_stop_lets_a_running_reply_end() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, config) = sandbox_and_config(folder.path(), "listen = \"127.0.0.1:0\"\n").await;
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let entry = get(
        &visitor,
        &format!("/api/v1/entries/{DRIVE}{}", encoded(FILM)),
    )
    .await
    .expect(200)
    .json();
    let original = entry["entry"]["play"]["original"].as_str().unwrap();
    let path = url::Url::parse(original).unwrap().path().to_owned();
    // Three seconds for the whole film.
    let truth = sandbox.source(FILM, "original").await.unwrap();
    sandbox.fault(Fault::on("original", Effect::rate(truth.len() as u64 / 3)));
    let mut response = visitor.ask(reqwest::Method::GET, &path).open().await;
    let mut body = response.chunk().await.unwrap().unwrap().to_vec();
    assert!(body.len() < truth.len());
    running.terminate().await;
    // New requests are served until then, and a load balancer sees that they should go elsewhere.
    let ready = eventually("draining is reported", Duration::from_secs(3), async || {
        let ready = get(&visitor, "/readyz").await;
        (ready.status == 503).then_some(ready)
    })
    .await;
    assert_eq!(ready.text(), "the server is stopping\n");
    get(&visitor, "/healthz").await.expect(200);
    while let Some(chunk) = response.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    assert!(body == truth, "{} of {}", body.len(), truth.len());
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
    // The server was shutting down when the reply ended.
    assert!(log.contains("stopping"), "{log}");
    assert!(
        !log.contains("sbx-secret-") && !log.contains("sign="),
        "{log}"
    );
}

#[tokio::test]
async fn a_server_goes_on_when_nobody_reads_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let script = "exec \"$0\" serve --listen 127.0.0.1:0 >/dev/full 2>log";
    let mut server = tokio::process::Command::new("timeout")
        .args(["2", "bash", "-c", script, env!("CARGO_BIN_EXE_drivein")])
        .current_dir(folder.path())
        .spawn()
        .unwrap();
    let status = server.wait().await.unwrap();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(!log.contains("panicked"), "{log}");
    assert_eq!(
        status.code(),
        Some(124),
        "it was stopped, and did not end: {log}"
    );
}

#[tokio::test]
async fn a_hangup_stops_the_server_as_any_stop_signal_does() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |ignored: bool| {
        let script = match ignored {
            true => "trap '' HUP; exec \"$0\" serve --listen 127.0.0.1:0",
            false => "exec \"$0\" serve --listen 127.0.0.1:0",
        };
        Program::new("bash")
            .args(["-c", script, env!("CARGO_BIN_EXE_drivein")])
            .in_folder(folder.path())
            .spawn()
    };
    let mut running = serve(false);
    visitor(&mut running, "Drive-In is at").await;
    running.signal("HUP").await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("stopping; running replies"), "{log}");
    // As under `nohup`.
    let mut running = serve(true);
    let visitor = visitor(&mut running, "Drive-In is at").await;
    running.signal("HUP").await;
    get(&visitor, "/healthz").await.expect(200);
    running.terminate().await;
    assert_eq!(running.ended().await.0, Some(0));
}

#[tokio::test]
async fn a_stop_waits_neither_for_an_endless_reply_nor_for_threads_that_hang() {
    let folder = tempfile::tempdir().unwrap();
    // The log goes into a pipe without a reader that reads: once it is full, each thread that writes a line hangs.
    let script = "exec \"$0\" serve --listen 127.0.0.1:0 2> >(exec sleep 60 >/dev/null 2>&1)";
    let mut running = Program::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_drivein")])
        .env("DRIVEIN_LOG", "trace")
        .in_folder(folder.path())
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let url = format!("/none/{}", "x".repeat(150));
    let answers = async || tokio::time::timeout(Duration::from_secs(2), get(&visitor, &url)).await;
    let mut hanging = 0;
    for _ in 0..5_000 {
        hanging += u32::from(answers().await.is_err());
        if hanging == 8 {
            break;
        }
    }
    assert_eq!(hanging, 8, "the pipe is not full");
    running.terminate().await;
    let ended = tokio::time::timeout(Duration::from_secs(9), running.ended());
    let (code, _, _) = ended.await.expect("it ends within eight seconds");
    assert_eq!(code, Some(0));
}
