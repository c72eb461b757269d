//! rclone and litmus read the tree.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use reqwest::Method;

use super::{PASSWORD, TOKEN, locked};
use crate::harness::*;
use crate::players::rclone_sync;

/// Runs rclone over the tree, signed in with the owner's password.
async fn rclone(drivein: &Drivein, arguments: &[&str]) -> String {
    need("rclone", "rclone");
    let hidden = Program::new("rclone").args(["obscure", PASSWORD]).output();
    let hidden = String::from_utf8(hidden.await.stdout).unwrap();
    let signed_in = ["--webdav-user", "anybody", "--webdav-pass", hidden.trim()];
    rclone_sync::rclone(drivein, &[&signed_in, arguments].concat()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone_lists_the_whole_tree() {
    let drivein = locked().await;
    let listed = rclone(&drivein, &["lsf", "--recursive", ":webdav:films"]).await;
    let mut found: Vec<String> = listed.lines().map(str::to_owned).collect();
    found.sort();

    let mut expected = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let mut cursor = String::new();
        loop {
            let call = format!(
                "/api/v1/entries/films{}?limit=1000&cursor={cursor}",
                encoded(&folder)
            );
            let page = drivein
                .ask(Method::GET, &call)
                .header("authorization", &format!("Bearer {TOKEN}"))
                .send()
                .await
                .expect(200)
                .json();
            for child in page["children"].as_array().unwrap() {
                let path = child["path"].as_str().unwrap();
                if child["kind"] == "folder" {
                    folders.push(path.to_owned());
                    expected.push(format!("{}/", &path[1..]));
                } else {
                    expected.push(path[1..].to_owned());
                }
            }
            match page["next"].as_str() {
                Some(next) => cursor = encoded_name(next),
                None => break,
            }
        }
    }
    expected.sort();
    assert!(expected.len() > 40, "{}", expected.len());
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone_reads_the_bytes_that_the_drive_has() {
    let drivein = locked().await;
    let folder = "/Nature & Light";
    let remote = format!(":webdav:films{folder}");
    let sums = rclone(&drivein, &["md5sum", "--download", &remote]).await;
    let mut compared = 0;
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let Some(bytes) = drivein
            .sandbox
            .source(&format!("{folder}/{name}"), "original")
            .await
        else {
            continue;
        };
        let expected: String = Md5::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(sum, expected, "{name}");
        compared += 1;
    }
    assert!(compared >= 6, "{sums}");
    // A copy of the films is no playing: it leaves no trace in the history.
    let copy = tempfile::tempdir().unwrap();
    let to = copy.path().to_str().unwrap();
    rclone(&drivein, &["copy", &remote, to]).await;
    assert!(std::fs::read_dir(copy.path()).unwrap().count() >= 6);
    let history = drivein
        .ask(Method::GET, "/api/v1/history")
        .header("authorization", &format!("Bearer {TOKEN}"))
        .send()
        .await;
    assert_eq!(history.expect(200).json()["entries"], serde_json::json!([]));
}

/// Starts a proxy in front of the server for litmus, which begins every suite by making a folder and stops if
/// that fails. The proxy reports that the folder was made (it is there already), and forwards everything else
/// unchanged.
async fn with_a_folder_that_seems_made(drivein: &Drivein) -> std::net::SocketAddr {
    async fn hand_on(State(server): State<String>, request: Request) -> Response {
        match request.method().as_str() {
            "MKCOL" => return StatusCode::CREATED.into_response(),
            "DELETE" => return StatusCode::NO_CONTENT.into_response(),
            _ => {}
        }
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut headers = parts.headers;
        headers.remove("host");
        let reply = client
            .request(parts.method, format!("{server}{}", parts.uri))
            .headers(headers)
            .body(body)
            .send()
            .await
            .unwrap();
        let mut response = Response::builder().status(reply.status());
        for (name, value) in reply.headers() {
            if name != "transfer-encoding" && name != "connection" {
                response = response.header(name, value);
            }
        }
        response
            .body(Body::from(reply.bytes().await.unwrap()))
            .unwrap()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(hand_on).with_state(drivein.url());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn litmus_finds_nothing_against_the_rules_in_reading() {
    need("litmus", "litmus");
    let films = tempfile::tempdir().unwrap();
    std::fs::create_dir(films.path().join("litmus")).unwrap();
    let sandbox = sandbox::Options {
        films: sandbox::Films::Folder(films.path().to_owned()),
        ..sandbox::Options::default()
    };
    let drivein = Drivein::setup().sandbox(sandbox).start().await;
    let front = with_a_folder_that_seems_made(&drivein).await;
    // The tests of litmus that write nothing: `options` of the basic suite, and of the suite of properties the
    // malformed requests and the request for one folder.
    for (suite, tests) in [
        ("basic", &["options"][..]),
        (
            "props",
            &["propfind_invalid", "propfind_invalid2", "propfind_d0"][..],
        ),
    ] {
        let output = Program::new("litmus")
            .args(["-k", &format!("http://{front}/dav/films/")])
            .env("TESTS", suite)
            .in_folder(films.path())
            .output()
            .await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        for test in tests {
            // The name is in there twice; a warning may come before the result.
            let (_, after) = said.rsplit_once(&format!(" {test}.")).unwrap_or_default();
            let verdict = ["pass", "FAIL", "SKIPPED"]
                .into_iter()
                .filter_map(|word| Some((after.find(word)?, word)))
                .min();
            let passed = verdict.is_some_and(|(_, word)| word == "pass");
            assert!(passed, "{test}: {said}");
        }
    }
}
