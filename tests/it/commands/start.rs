//! The start: configurations, ports, locks, and words that are no command.

use std::net::SocketAddr;

use super::{address_in, config_in, get, visitor};
use crate::harness::*;

#[tokio::test]
async fn serve_starts_without_a_config_and_helps_to_connect_a_drive() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = own_binary()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .in_folder(folder.path())
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let page = get(&visitor, "/").await.expect(200).text();
    for word in [
        "[[drive]]",
        "kind = \"terabox\"",
        "drivein.toml",
        "drivein check",
    ] {
        assert!(unescaped(&page).contains(word), "{word}");
    }
    assert_eq!(
        get(&visitor, "/api/v1/drives").await.expect(200).json()["drives"],
        serde_json::json!([])
    );
    for path in ["/status", "/healthz", "/readyz", "/metrics"] {
        get(&visitor, path).await.expect(200);
    }
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn serve_refuses_a_broken_config_and_a_taken_port() {
    let folder = tempfile::tempdir().unwrap();
    let config = config_in(folder.path(), "lissen = \"127.0.0.1:0\"\n");
    let output = own_binary()
        .args(["serve", "--config", &config])
        .output()
        .await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("lissen") && said.contains("listen"),
        "{said}"
    );

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = own_binary()
        .args(["serve", "--listen", &address])
        .in_folder(folder.path())
        .env(
            "DRIVEIN_DATA_DIR",
            folder.path().join("data").to_str().unwrap(),
        )
        .output()
        .await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && (said.contains(&address) || said.contains("lissen")),
        "{said}"
    );
}

#[tokio::test]
async fn settings_come_from_the_environment_too() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("password");
    std::fs::write(&secret, "open sesame\n").unwrap();
    let mut running = own_binary()
        .args(["serve"])
        .in_folder(folder.path())
        .env("DRIVEIN_LISTEN", "127.0.0.1:0")
        .env(
            "DRIVEIN_DATA_DIR",
            folder.path().join("state").to_str().unwrap(),
        )
        .env("DRIVEIN_AUTH__PASSWORD_FILE", secret.to_str().unwrap())
        .env("DRIVEIN_LOG_FORMAT", "plain")
        .env("DRIVEIN_PASWORD", "a slip of the pen")
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    get(&visitor, "/").await.expect(303);
    assert!(folder.path().join("state").is_dir());
    running.terminate().await;
    let (_, _, log) = running.ended().await;
    assert!(log.contains("DRIVEIN_PASWORD is set"), "{log}");
    assert!(!log.contains("LOG_FORMAT"), "the log's own setting");
    assert!(!log.contains('\x1b'), "colours in a log that nobody sees");
}

#[tokio::test]
async fn a_drive_that_holds_the_servers_own_folder_shows_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "a").unwrap();
    let config = folder.path().join(".drivein.toml");
    let (state, all) = (folder.path().join("state"), folder.path());
    let text = format!(
        "data_dir = {state:?}\n[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {all:?}\n"
    );
    std::fs::write(&config, text).unwrap();
    let mut running = own_binary()
        .args(["serve", "--listen", "127.0.0.1:0", "--config"])
        .args([config.to_str().unwrap()])
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let listing = get(&visitor, "/api/v1/entries/home").await.expect(200);
    let listing = listing.json();
    let names = listing["children"].as_array().unwrap().iter();
    let names: Vec<&str> = names.map(|child| child["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.txt"]);
    assert!(state.join("drivein.sqlite").is_file());
    let list = listing["entry"]["lists"]["m3u"].as_str().unwrap();
    let list = url::Url::parse(list).unwrap();
    let play = list.path().strip_suffix("/list.m3u").unwrap();
    get(&visitor, &format!("{play}/a.txt")).await.expect(200);
    for file in ["state/", "state/drivein.sqlite", "state/drivein.sqlite-wal"] {
        let told = get(&visitor, &format!("{play}/{file}")).await;
        assert_eq!(told.expect(404).code(), "not_found", "{file}");
    }
    running.terminate().await;
    running.ended().await;
}

#[tokio::test]
async fn an_open_port_is_never_without_a_lock() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = own_binary()
        .args(["serve", "--listen", "0.0.0.0:0"])
        .in_folder(folder.path())
        .spawn();
    let port = address_in(&running.line_with("Drive-In is at").await).port();
    let line = running.line_with("this code").await;
    let code = line.rsplit(' ').next().unwrap().to_owned();
    let visitor = Visitor::new(SocketAddr::from(([127, 0, 0, 1], port)), Secrets::none());
    get(&visitor, "/").await.expect(303);
    let form = visitor
        .ask(reqwest::Method::POST, "/login")
        .form(&[("password", &code)]);
    assert!(
        form.expect(303)
            .await
            .header("set-cookie")
            .starts_with("drivein_session=")
    );
    running.terminate().await;
    let (_, _, log) = running.ended().await;
    assert!(!log.contains(&code), "the code is for the console alone");
}

#[tokio::test]
async fn words_that_are_no_command_are_explained() {
    let output = own_binary().args(["--help"]).output().await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for command in ["serve", "demo", "sandbox", "check"] {
        assert!(said.contains(command), "{said}");
    }
    assert!(!own_binary().args(["serv"]).output().await.status.success());
}
