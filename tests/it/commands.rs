//! The program as a person starts it: the real binary, its output, its exit codes, and its shutdown.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use sandbox::{self, Effect, Fault};

use crate::harness::*;

/// Returns the address and port in the line that a server prints at its start.
fn address_in(line: &str) -> SocketAddr {
    let (_, rest) = line.split_once("http://").unwrap();
    let end = rest
        .find(|c: char| c == '/' || c.is_whitespace())
        .unwrap_or(rest.len());
    rest[..end].parse().unwrap()
}

pub async fn visitor(running: &mut Running, word: &str) -> Visitor {
    let line = running.line_with(word).await;
    Visitor::new(address_in(&line), Secrets::none())
}

pub async fn get(visitor: &Visitor, path: &str) -> Reply {
    visitor.ask(reqwest::Method::GET, path).send().await
}

pub fn config_in(folder: &Path, text: &str) -> String {
    let file = folder.join("drivein.toml");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Returns the output of `drivein check` with this section of a drive.
pub async fn checked(section: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "data_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{section}",
        folder.path().join("data")
    );
    let config = config_in(folder.path(), &text);
    let output = own_binary()
        .args(["check", "--config"])
        .arg_last(&config)
        .output()
        .await;
    String::from_utf8(output.stdout).unwrap()
}

/// Starts a sandbox, and writes the config of a server that plays from it.
pub async fn sandbox_and_config(folder: &Path, head: &str) -> (sandbox::Sandbox, String) {
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let text = format!(
        "data_dir = {:?}\n{head}{}",
        folder.join("data"),
        drive_section(&sandbox)
    );
    let config = config_in(folder, &text);
    (sandbox, config)
}

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
        form.send()
            .await
            .expect(303)
            .header("set-cookie")
            .starts_with("drivein_session=")
    );
    running.terminate().await;
    let (_, _, log) = running.ended().await;
    assert!(!log.contains(&code), "the code is for the console alone");
}

#[tokio::test]
async fn demo_plays_and_keeps_its_secrets() {
    let mut running = own_binary()
        .args(["demo", "--listen", "127.0.0.1:0"])
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let page = get(&visitor, "/").await.expect(200).text();
    assert!(page.contains("Tidal Light"));
    let entry = get(&visitor, &format!("/api/v1/entries/films{}", encoded(FILM)))
        .await
        .expect(200)
        .json();
    let hls = entry["entry"]["play"]["hls"].as_str().unwrap();
    let path = url::Url::parse(hls).unwrap().path().to_owned();
    assert!(
        get(&visitor, &path)
            .await
            .expect(200)
            .text()
            .contains("1080p.m3u8")
    );
    get(&visitor, &path.replace("master.m3u8", "480p/0.ts"))
        .await
        .expect(200);
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(
        !log.contains("sbx-secret-") && !log.contains("sign="),
        "{log}"
    );
}

#[tokio::test]
async fn demo_serves_ones_own_films() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let film = sandbox.source(FILM, "original").await.unwrap();
    std::fs::write(folder.path().join("My film & I.mp4"), &film).unwrap();
    let mut running = own_binary()
        .args([
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--films",
            folder.path().to_str().unwrap(),
        ])
        .spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let address = format!("/api/v1/entries/films{}", encoded("/My film & I.mp4"));
    let entry = get(&visitor, &address).await.expect(200).json();
    let original = entry["entry"]["play"]["original"].as_str().unwrap();
    let path = url::Url::parse(original).unwrap().path().to_owned();
    assert!(get(&visitor, &path).await.expect(200).body == film);
}

#[tokio::test]
async fn sandbox_serves_a_folder_to_others() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("note & co.txt"), "hello").unwrap();
    let mut running = own_binary()
        .args([
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--root",
            folder.path().to_str().unwrap(),
        ])
        .spawn();
    let visitor = visitor(&mut running, "TeraBox APIs are at").await;
    let secrets = get(&visitor, "/_sandbox/credentials")
        .await
        .expect(200)
        .json();
    let token = secrets["access_token"].as_str().unwrap();
    let call = format!("/openapi/api/list?dir=%2F&page=1&num=100&access_tokens={token}");
    let list = get(&visitor, &call).await.expect(200).json();
    assert_eq!(
        list["list"][0]["server_filename"], "note & co.txt",
        "{list}"
    );
}

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
async fn words_that_are_no_command_are_explained() {
    let output = own_binary().args(["--help"]).output().await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for command in ["serve", "demo", "sandbox", "check"] {
        assert!(said.contains(command), "{said}");
    }
    assert!(!own_binary().args(["serv"]).output().await.status.success());
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
    let reply = form.send().await.expect(303);
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
        .send()
        .await
        .expect(303);
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

#[tokio::test]
async fn strm_keeps_up_a_tree_and_removes_only_its_own_files() {
    let folder = tempfile::tempdir().unwrap();
    let (films, tree) = (folder.path().join("films"), folder.path().join("tree"));
    std::fs::create_dir_all(films.join("Series: 1/Season 1")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(films.join(name), text).unwrap();
    write("A film (2020).mkv", "film");
    write("A film (2020).mp4", "film");
    write("A film (2020).en.srt", "subtitles");
    write("A film (2020).nfo", "<movie/>");
    write("poster.jpg", "picture");
    write("holiday.jpg", "another picture");
    write("Series: 1/Season 1/1 & 2.mkv", "film");
    // In circles nothing is written twice.
    for link in ["latest", "again"] {
        std::os::unix::fs::symlink(".", films.join(link)).unwrap();
        std::os::unix::fs::symlink("..", films.join("Series: 1").join(link)).unwrap();
    }
    let config = config_in(
        folder.path(),
        &format!(
            "data_dir = {:?}\npublic_url = \"https://films.example/base\"\n[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {films:?}\n",
            folder.path().join("data")
        ),
    );
    let run_in = async |mode: &[&str], expected: &str| {
        let output = own_binary()
            .args(["strm", "--config", &config, "--drive", "home", "--to"])
            .args([&tree])
            .args(mode)
            .output()
            .await;
        let said = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && said.contains(expected),
            "{said}{errors}"
        );
    };
    let run = async |expected: &str| run_in(&[], expected).await;
    run("home: 6 written, 0 removed, 0 left alone").await;
    let text = |name: &str| std::fs::read_to_string(tree.join("home").join(name)).unwrap();
    let film = text("Series_ 1/Season 1/1 & 2.strm");
    assert!(
        film.starts_with("https://films.example/base/play/"),
        "{film}"
    );
    assert!(
        film.trim_end()
            .ends_with("/home/Series%3A%201/Season%201/1%20%26%202.mkv"),
        "{film}"
    );
    assert_ne!(text("A film (2020).strm"), text("A film (2020).mp4.strm"));
    assert_eq!(text("A film (2020).en.srt"), "subtitles");
    assert!(!tree.join("home/holiday.jpg").exists());
    run("home: 0 written, 0 removed, 0 left alone").await;

    // Files that others have written or changed stay; those that are gone on the drive go.
    std::fs::write(tree.join("home/mine.strm"), "mine").unwrap();
    std::fs::write(tree.join("home/A film (2020).nfo"), "<movie>edited</movie>").unwrap();
    write("A film (2020).en.srt", "other subtitles");
    write("mine.mkv", "film");
    std::fs::remove_dir_all(films.join("Series: 1")).unwrap();
    let (insert, update) = (["--mode", "insert"], ["--mode", "update"]);
    run_in(&insert, "home: 0 written, 0 removed, 2 left alone").await;
    assert_eq!(text("A film (2020).en.srt"), "subtitles");
    run_in(&update, "home: 1 written, 0 removed, 2 left alone").await;
    assert!(tree.join("home/Series_ 1").exists());
    run("home: 0 written, 1 removed, 2 left alone").await;
    assert_eq!(
        (text("mine.strm"), text("A film (2020).en.srt")),
        ("mine".to_owned(), "other subtitles".to_owned())
    );
    assert_eq!(text("A film (2020).nfo"), "<movie>edited</movie>");
    assert!(!tree.join("home/Series_ 1").exists());
    let unknown = own_binary()
        .args(["strm", "--config", &config, "--drive", "none", "--to"])
        .args([&tree]);
    assert!(!unknown.output().await.status.success());
}
