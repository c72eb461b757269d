//! Every secret that a configuration can hold, planted and searched for: on pages, in the API, in the log, in
//! the output of the commands. The list is the example of the configuration itself, so a new drive's secrets
//! are searched for as soon as its keys are in there.

use std::path::Path;

use drivein::config::Config;
use reqwest::Method;

use crate::harness::*;

/// Returns the example with all keys set, each secret a canary, each upstream unreachable; and the canaries.
fn planted(folder: &Path, state_url: &str) -> (String, Vec<String>) {
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let (data, films) = (folder.join("data"), folder.join("films"));
    std::fs::create_dir(&films).unwrap();
    let example = include_str!("../../../drivein.example.toml");
    let mut text = String::new();
    let mut canaries = Vec::new();
    let mut section = String::new();
    for line in example.lines() {
        let line = line.strip_prefix("#:").unwrap_or(line);
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_owned();
        }
        let Some((key, value)) = line.split_once(" = ") else {
            text.push_str(&format!("{line}\n"));
            continue;
        };
        let is_secret = ["secret", "password", "token", "ndus", "api_key"]
            .iter()
            .any(|word| key.contains(word))
            || key == "bdstoken";
        let value = match key {
            "public_url" | "api_tokens_file" => continue,
            "data_dir" => format!("{data:?}"),
            "state_url" => {
                canaries.push("canary-of-state-url".to_owned());
                let url = state_url.replacen("drivein@", "drivein:canary-of-state-url@", 1);
                format!("{url:?}")
            }
            "path" => format!("{films:?}"),
            "allow_hosts" => "[\"127.0.0.1\"]".to_owned(),
            "api_tokens" => {
                canaries.push("canary-of-api-tokens".to_owned());
                "[\"canary-of-api-tokens\"]".to_owned()
            }
            _ if is_secret => {
                canaries.push(format!("canary-{}-{}-{key}", canaries.len(), section));
                format!("{:?}", canaries[canaries.len() - 1])
            }
            _ if value.starts_with("\"http") => format!("{nobody:?}"),
            _ => value.to_owned(),
        };
        text.push_str(&format!("{key} = {value}\n"));
    }
    (text, canaries)
}

fn assert_none(canaries: &[String], what: &str, text: &str) {
    for canary in canaries {
        assert!(
            !text.contains(canary.as_str()),
            "{canary} in {what}: {text}"
        );
    }
}

#[tokio::test]
async fn no_secret_of_a_configuration_is_printed_shown_or_logged() {
    let folder = tempfile::tempdir().unwrap();
    let (text, mut canaries) = planted(folder.path(), &postgres::new_database().await);
    assert!(canaries.len() >= 9, "{canaries:?}");
    let config = folder.path().join("drivein.toml");
    std::fs::write(&config, &text).unwrap();
    let config = config.to_str().unwrap();

    let checked = own_binary()
        .args(["check", "--config", config])
        .output()
        .await;
    let printed = [checked.stdout, checked.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    assert!(printed.contains("in order"), "{printed}");
    assert_none(&canaries, "drivein check", &printed);

    let mut served = own_binary()
        .args(["serve", "--config", config, "--listen", "127.0.0.1:0"])
        // More than an honest client requests.
        .env("DRIVEIN_LOG", "trace")
        .spawn();
    let line = served.line_with("Drive-In is at ").await;
    let url = url::Url::parse(line.split_whitespace().last().unwrap()).unwrap();
    let address = url.socket_addrs(|| None).unwrap()[0];
    let visitor = Visitor::new(address, Secrets::none());
    let password = canaries.iter().find(|word| word.ends_with("auth-password"));
    let signed_in = visitor
        .ask(Method::POST, "/login")
        .form(&[("password", password.unwrap()), ("next", "/")])
        .expect(303)
        .await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap();
    let ask = async |method: Method, path: &str, body: &str| {
        let ask = visitor.ask(method.clone(), path).header("cookie", cookie);
        let ask = ask.header("content-type", "application/json");
        let reply = ask.body(body.to_owned()).send().await;
        assert_none(&canaries, &format!("{method} {path}"), &reply.text());
        reply
    };
    let drives = ask(Method::GET, "/api/v1/drives", "")
        .await
        .expect(200)
        .json();
    for path in [
        "/",
        "/status",
        "/connect",
        "/sessions",
        "/devices",
        "/metrics",
        "/api/v1/players",
    ] {
        ask(Method::GET, path, "").await.expect(200);
    }
    for drive in drives["drives"].as_array().unwrap() {
        let name = drive["name"].as_str().unwrap();
        for path in [
            format!("/account/{name}"),
            format!("/account/{name}?way=login"),
            format!("/account/{name}/shares"),
            format!("/browse/{name}"),
            format!("/api/v1/entries/{name}/a.mp4"),
            format!("/api/v1/drives/{name}/shares"),
            "/api/v1/search?q=a".to_owned(),
        ] {
            ask(Method::GET, &path, "").await;
        }
        for call in ["sign-in/device", "sign-in/code", "sign-out"] {
            let path = format!("/api/v1/drives/{name}/{call}");
            ask(Method::POST, &path, "{\"code\": \"x\"}").await;
        }
        let order =
            format!("{{\"place\": {name:?}, \"path\": \"/a.mp4\", \"to\": \"living room\"}}");
        ask(Method::POST, "/api/v1/send", &order).await;
    }
    // Keys that are made at runtime, used in URLs.
    let made = ask(
        Method::POST,
        "/api/v1/tickets",
        "{\"name\": \"tv\", \"scope\": {}}",
    );
    let ticket = made.await.expect(200).json()["ticket"].clone();
    let ticket = ticket.as_str().unwrap();
    for path in [
        format!("/play/{ticket}/"),
        format!("/play/{ticket}/nowhere/a.mp4/master.m3u8"),
        format!("/guest/{ticket}/"),
        format!("/openapi/api/streaming?path=%2Fa&type=M3U8_AUTO_480&access_token={ticket}"),
    ] {
        visitor.ask(Method::GET, &path).send().await;
        let forged = visitor.ask(Method::POST, &path);
        forged.header("origin", "http://evil.example").send().await;
    }
    canaries.push(ticket.to_owned());
    canaries.push(cookie.split_once('=').unwrap().1.to_owned());
    served.terminate().await;
    let (_, rest, log) = served.ended().await;
    assert!(
        log.contains("/api/v1/drives"),
        "the log is at its most talkative: {log}"
    );
    assert_none(&canaries, "what it printed", &rest);
    assert_none(&canaries, "the log", &log);
}

#[test]
fn what_is_wrong_with_a_configuration_is_told_without_its_secrets() {
    let texts = [
        "[[drive]]\nname = \"a\"\nkind = \"terabox\"\nclient_secret = \"canary\n",
        "[[drive]]\nname = \"a\"\nkind = \"terabox\"\nclient_secret = [\"canary\"]\n",
        "[[drive]]\nname = \"a\"\nkind = \"terabox\"\nclient_secrt = \"canary\"\n",
        "[auth]\npassword = canary\n",
        "[auth]\npassword = \"canary\" and more\n",
        "[auth]\npassword = \"canary\"\npassword = \"canary\"\n",
        "[auth]\npassword = { a = \"canary\" }\n",
        "[auth]\npassword = \"x\"\npassword_file = \"/nowhere\"\napi_tokens = [\"canary\", 5]\n",
        "auth = \"canary\"\n",
        "[[drive]]\nname = \"a\"\nkind = \"terabox\"\nauth_url = \"http://user:canary@192.0.2.1/\"\n",
        "[[player]]\nname = \"a\"\nkind = \"kodi\"\nurl = \"http://user:canary@192.0.2.1\"\n",
    ];
    let nobody = std::iter::empty::<(String, String)>;
    for text in texts {
        let problems = Config::parse(text, nobody())
            .err()
            .unwrap_or_else(|| panic!("{text} is refused"));
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(!told.is_empty(), "{text}");
        assert!(!told.join("\n").contains("canary"), "{text}: {told:?}");
    }
    // Variables of the environment may belong to another program: they are ignored, reported, or refused.
    for key in [
        "DRIVEIN_AUTH__PASSWORT",
        "DRIVEIN_AUTH",
        "DRIVEIN_AUTH__PASSWORD__MORE",
        "DRIVEIN_DRIVE__0__CLIENT_SECRET",
        "DRIVEIN_DRIVE__X__CLIENT_SECRET",
    ] {
        let variable = (key.to_owned(), "canary".to_owned());
        let told = match Config::parse("", std::iter::once(variable)) {
            Ok(config) => config.warnings,
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        };
        assert!(!told.join("\n").contains("canary"), "{key}: {told:?}");
    }
}
