//! `drivein check`, and the reasons for which a drive cannot be reached.

use super::{config_in, get, sandbox_and_config, visitor};
use crate::harness::*;
use sandbox::{self, Effect, Fault};

#[tokio::test]
async fn check_names_every_problem_of_a_config_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = config_in(
        folder.path(),
        "listen = \"nowhere\"\n\
         pasword = \"x\"\n\
         [cache]\n\
         memory = \"lots\"\n\
         [[drive]]\n\
         name = \"a b\"\n\
         kind = \"terabox\"\n\
         client_id = \"x\"\n",
    );
    let output = own_binary()
        .args(["check", "--config", &config])
        .output()
        .await;
    assert!(!output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    for (line, word) in [(1, "listen"), (2, "pasword"), (4, "memory"), (6, "name")] {
        let told = said
            .lines()
            .find(|text| text.contains(&format!("line {line}")) && text.contains(word));
        assert!(told.is_some(), "line {line}, {word}: {said}");
    }
    for missing in ["client_secret", "private_secret"] {
        assert!(said.contains(missing), "{missing}: {said}");
    }
    assert!(said.contains(&config), "the file is named: {said}");
}

#[tokio::test]
async fn check_says_what_each_drive_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, config) = sandbox_and_config(folder.path(), "").await;
    let output = own_binary()
        .args(["check", "--config", &config])
        .output()
        .await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for word in ["“films” (terabox): ready", "account: ", "space: ", "root: "] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains("sbx-secret-"), "{said}");
}

#[tokio::test]
async fn check_fails_and_advises_where_a_drive_fails() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, config) = sandbox_and_config(folder.path(), "").await;
    for (effect, advice) in [
        (Effect::errno(400_210), "verification"),
        (Effect::errno(31034), "slow down"),
        (Effect::status(500), "cannot be reached or fails"),
    ] {
        sandbox.heal();
        for route in ["uinfo", "quota", "list"] {
            sandbox.fault(Fault::on(route, effect.clone()));
        }
        let output = own_binary()
            .args(["check", "--config", &config])
            .output()
            .await;
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            !output.status.success() && said.contains(advice),
            "{advice}: {said}"
        );
    }
    sandbox.heal();
    sandbox.expire_tokens();
    sandbox.expire_refresh_tokens();
    let output = own_binary()
        .args(["check", "--config", &config])
        .output()
        .await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        !output.status.success() && said.contains("signed out"),
        "{said}"
    );
}

/// Starts a TLS server whose certificate no machine trusts, and returns it with its port.
async fn untrusted_server(folder: &std::path::Path) -> (Running, u16) {
    need("openssl", "openssl");
    let made = Program::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
            "-subj",
            "/CN=localhost",
        ])
        .in_folder(folder)
        .output()
        .await;
    assert!(made.status.success(), "{made:?}");
    let port = free_port();
    let mut server = Program::new("openssl")
        .args(["s_server", "-www", "-key", "key.pem", "-cert", "cert.pem"])
        .args(["-accept", &format!("127.0.0.1:{port}")])
        .in_folder(folder)
        .spawn();
    server.line_with("ACCEPT").await;
    (server, port)
}

#[tokio::test]
async fn page_status_api_and_check_say_why_a_drive_cannot_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let (_untrusted, tls_port) = untrusted_server(folder.path()).await;
    // Accepts connections, and answers nothing that is TLS.
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain_port = plain.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = plain.accept().await {
            let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut [0; 4096]).await;
            let refusal = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
            let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, refusal).await;
        }
    });
    let drives = [
        (
            "closed",
            format!("http://127.0.0.1:{}", free_port()),
            "Nothing listens",
        ),
        (
            "unknown",
            "http://drivein-test.invalid".to_owned(),
            "The host name",
        ),
        (
            "plain",
            format!("https://127.0.0.1:{plain_port}"),
            "Its address begins with https",
        ),
        (
            "untrusted",
            format!("https://127.0.0.1:{tls_port}"),
            "The certificate",
        ),
    ];
    let sections = drives.iter().map(|(name, url, _)| {
        format!(
            "[[drive]]\nname = \"{name}\"\nkind = \"webdav\"\nbase_url = {url:?}\nuser = \"x\"\npassword = \"x\"\n\
             [[drive]]\nname = \"{name}-c\"\nkind = \"cloudreve\"\nbase_url = {url:?}\nrefresh_token = \"x\"\n"
        )
    });
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{}",
        folder.path().join("data"),
        sections.collect::<String>()
    );
    let config = config_in(folder.path(), &text);
    let check = own_binary().args(["check", "--config", &config]);
    let output = check.output().await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success(), "{said}");

    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let status = unescaped(&get(&visitor, "/status").await.expect(200).text());
    for (name, _, reason) in &drives {
        for (drive, kind) in [
            (name.to_string(), "webdav"),
            (format!("{name}-c"), "cloudreve"),
        ] {
            let line = format!("“{drive}” ({kind}): {reason}");
            assert!(said.contains(&line), "{line}: {said}");
            for page in ["/browse/", "/account/", "/api/v1/entries/"] {
                let page = format!("{page}{drive}");
                let text = unescaped(&get(&visitor, &page).await.text());
                assert!(text.contains(reason), "{page}: {reason}: {text}");
            }
        }
        assert_eq!(status.matches(reason).count(), 2, "{reason}: {status}");
    }
    running.terminate().await;
}
