//! Clients that others wrote: jellyfin-apiclient-python, which Kodi's add-ons and jellyfin-mpv-shim use, and Jellyfin's own
//! SDK for JavaScript, which jellyfin-web uses.

use std::path::Path;

use super::*;

fn script(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("tests").join(name).display().to_string()
}

#[tokio::test]
async fn a_client_in_python_signs_in_browses_plays_resumes_and_controls() {
    let drivein = house().await;
    let server = format!("{}/jellyfin", drivein.url());
    let mut client = Program::new(python().await.to_str().unwrap())
        .args([
            script("python/jellyfin_app.py"),
            server,
            PASSWORD.to_owned(),
            "Tidal Light".to_owned(),
        ])
        .spawn();
    let line = client.line_with("code").await;
    approve(&drivein, line.split_whitespace().last().unwrap()).await;
    let (code, output, log) = client.ended().await;
    assert_eq!(code, Some(0), "{output}\n{log}");
    assert!(output.contains("done"));
}

/// Types a code on the page “Devices”.
async fn approve(drivein: &Drivein, code: &str) {
    let cookie = browser_cookie(drivein).await;
    let ask = drivein
        .ask(Method::POST, "/devices/app")
        .header("cookie", &cookie);
    ask.form(&[("code", code)]).send().await.expect(303);
}

#[tokio::test]
async fn every_call_of_the_sdk_has_an_answer() {
    let drivein = house().await;
    let server = format!("{}/jellyfin", drivein.url());
    let mut client = Program::new("node")
        .args([script("js/sdk/walk.mjs"), server, PASSWORD.to_owned()])
        .spawn();
    let line = client.line_with("code").await;
    approve(&drivein, line.split_whitespace().last().unwrap()).await;
    let (code, output, log) = client.ended().await;
    assert_eq!(code, Some(0), "{output}\n{log}");
    assert!(output.contains("done"), "{output}");
}
