//! WebDAV for writing: litmus whole, and who may change what.

mod copies;
mod locks;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::*;

use locks::LOCK;

const PASSWORD: &str = "a long password";

/// A server with a writable folder `home` and one that is only read, `shown`.
pub(super) struct Writable {
    pub(super) drivein: Drivein,
    pub(super) dir: TempDir,
}

impl Writable {
    pub(super) async fn start() -> Self {
        Self::with(Drivein::setup()).await
    }

    async fn with(setup: Setup) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["home", "shown"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        let sections = format!(
            "[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {:?}\nwrite = true\n\
             [[drive]]\nname = \"shown\"\nkind = \"local\"\npath = {:?}\n",
            dir.path().join("home"),
            dir.path().join("shown"),
        );
        let drivein = setup.drives(&sections).start().await;
        Writable { drivein, dir }
    }

    pub(super) fn home(&self) -> std::path::PathBuf {
        self.dir.path().join("home")
    }

    fn ask(&self, name: &str, address: &str) -> Ask {
        self.drivein.ask(method(name), address)
    }

    async fn status(&self, name: &str, address: &str, headers: &[(&str, &str)]) -> u16 {
        let mut ask = self.ask(name, address);
        for (header, value) in headers {
            ask = ask.header(header, value);
        }
        if name == "PUT" {
            ask = ask.body("new");
        }
        ask.send().await.status
    }
}

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap()
}

/// Returns the content of every file below a folder that is not hidden, by its path.
pub(super) fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for item in std::fs::read_dir(next).unwrap() {
            let item = item.unwrap().path();
            let name = item.file_name().unwrap().to_str().unwrap();
            match (name.starts_with('.'), item.is_dir()) {
                (true, _) => {}
                (false, true) => folders.push(item),
                (false, false) => {
                    let path = item.strip_prefix(folder).unwrap().to_str().unwrap();
                    found.insert(path.to_owned(), std::fs::read(&item).unwrap());
                }
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn litmus_finds_nothing_against_the_rules_in_writing() {
    need("litmus", "litmus");
    let writable = Writable::start().await;
    let output = Program::new("litmus")
        .args(["-k", &format!("{}/dav/home/", writable.drivein.url())])
        .in_folder(writable.dir.path())
        .output()
        .await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let summaries = all_between(&said, "summary for", "%").collect::<Vec<_>>();
    assert_eq!(summaries.len(), 5, "{said}");
    for summary in summaries {
        assert!(summary.contains(" 0 failed"), "{said}");
    }
    assert!(!said.contains("SKIPPED"), "{said}");
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
async fn a_put_that_is_cut_leaves_nothing() {
    let writable = Writable::start().await;
    std::fs::write(writable.home().join("old.mp4"), "old").unwrap();
    for name in ["new.mp4", "old.mp4"] {
        let mut socket = TcpStream::connect(writable.drivein.address).await.unwrap();
        let head = format!(
            "PUT /dav/home/{name} HTTP/1.1\r\nHost: {}\r\nContent-Length: 10000000\r\n\r\n",
            writable.drivein.address
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&vec![7; 2_000_000]).await.unwrap();
        let names = || {
            let items = std::fs::read_dir(writable.home()).unwrap();
            let mut names: Vec<String> = items
                .map(|item| item.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        let has_begun = async || (names().len() > 1).then_some(());
        eventually("the upload begins", Duration::from_secs(20), has_begun).await;
        drop(socket);
        let is_gone = async || (names() == ["old.mp4"]).then_some(());
        eventually("nothing is left", Duration::from_secs(20), is_gone).await;
    }
    assert_eq!(
        std::fs::read_to_string(writable.home().join("old.mp4")).unwrap(),
        "old"
    );
}

#[tokio::test]
async fn a_put_has_conditions_and_is_whole() {
    let writable = Writable::start().await;
    let at = "/dav/home/a%20b.mp4";
    assert_eq!(
        writable
            .status("PUT", at, &[("content-range", "bytes 0-2/9")])
            .await,
        400
    );
    assert_eq!(writable.status("PUT", at, &[("if-match", "*")]).await, 412);
    let made = writable
        .ask("PUT", at)
        .header("if-none-match", "*")
        .body("first");
    let made = made.send().await.expect(201);
    let etag = made.header("etag").to_owned();
    assert_eq!(writable.drivein.head(at).await.header("etag"), etag);
    for (header, value, expected) in [
        ("if-none-match", "*", 412),
        ("if-match", "\"another\"", 412),
        ("if", "([\"another\"])", 412),
        ("if", "(<urn:uuid:none>)", 412),
        ("if", "nonsense", 400),
        ("if", &format!("([{etag}])"), 204),
    ] {
        assert_eq!(
            writable.status("PUT", at, &[(header, value)]).await,
            expected,
            "{header} {value}"
        );
    }
    let file = std::fs::read_to_string(writable.home().join("a b.mp4")).unwrap();
    assert_eq!(file, "new");
    assert_eq!(
        writable.status("PUT", "/dav/home/none/a.mp4", &[]).await,
        409
    );
    assert_eq!(writable.status("PUT", "/dav/home/", &[]).await, 405);
    assert_eq!(writable.status("PUT", "/dav/home/.hidden", &[]).await, 403);
    assert_eq!(writable.status("DELETE", "/dav/home/", &[]).await, 403);
    assert_eq!(writable.status("DELETE", "/dav/home/none", &[]).await, 404);
    // A deleted file is in the trash of the drive.
    assert_eq!(writable.status("DELETE", at, &[]).await, 204);
    let trash = writable.drivein.api("drives/home/trash").await;
    assert_eq!(trash["entries"][0]["path"], "/a b.mp4", "{trash}");
}

#[tokio::test]
async fn only_who_may_change_files_changes_them() {
    let setup = Drivein::setup().password(PASSWORD);
    let writable = Writable::with(setup).await;
    let drivein = &writable.drivein;
    std::fs::write(writable.home().join("a.mp4"), "film").unwrap();
    let owner = |ask: Ask| ask.basic("anybody", PASSWORD);
    let token = async |scope: &str| {
        let body = json!({"name": scope, "scope": scope});
        let made = owner(drivein.ask(Method::POST, "/api/v1/tokens")).json(&body);
        made.send().await.expect(201).json()["token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (watch, change) = (token("watch").await, token("change").await);
    let body = json!({"name": "guest", "scope": {"place": "home"}});
    let ticket = owner(drivein.ask(Method::POST, "/api/v1/tickets")).json(&body);
    let ticket = ticket.send().await.expect(200).json()["ticket"]
        .as_str()
        .unwrap()
        .to_owned();

    for (password, class, allowed) in [
        (PASSWORD, "1, 2", true),
        (&*change, "1, 2", true),
        (&*watch, "1", false),
        (&*ticket, "1", false),
    ] {
        let options = drivein
            .ask(Method::OPTIONS, "/dav/home/")
            .basic("x", password);
        let options = options.send().await.expect(200);
        assert_eq!(options.header("dav"), class, "{password}");
        assert_eq!(options.header("allow").contains("LOCK"), allowed);
        for (name, status) in [
            ("PUT", 201),
            ("MKCOL", 201),
            ("DELETE", 204),
            ("LOCK", 400),
            ("PROPPATCH", 400),
        ] {
            let address = match name {
                "PUT" | "MKCOL" => format!("/dav/home/{name}"),
                "DELETE" => "/dav/home/PUT".to_owned(),
                _ => "/dav/home/a.mp4".to_owned(),
            };
            let ask = writable.ask(name, &address).basic("x", password);
            let ask = match name {
                "PUT" | "LOCK" | "PROPPATCH" => ask.body("<x/>"),
                _ => ask,
            };
            let reply = ask.send().await;
            let expected = if allowed { status } else { 403 };
            assert_eq!(
                reply.status,
                expected,
                "{password} {name}: {}",
                reply.describe()
            );
        }
        if allowed {
            let made = writable
                .ask("DELETE", "/dav/home/MKCOL")
                .basic("x", password);
            made.send().await.expect(204);
        }
    }
    assert_eq!(
        writable
            .ask("PUT", "/dav/home/x")
            .body("x")
            .send()
            .await
            .status,
        401
    );
    // A drive that is only read says so; a 405 to MKCOL would mean that the folder is there.
    let options = owner(drivein.ask(Method::OPTIONS, "/dav/shown/"))
        .send()
        .await;
    assert_eq!(options.header("dav"), "1");
    for name in ["PUT", "MKCOL", "DELETE", "COPY", "MOVE", "LOCK"] {
        let reply = owner(writable.ask(name, "/dav/shown/x")).send().await;
        assert_eq!(reply.status, 403, "{name}: {}", reply.describe());
    }
}

#[tokio::test]
async fn locks_outlive_a_restart_and_keep_others_out() {
    let mut writable = Writable::start().await;
    std::fs::create_dir(writable.home().join("in")).unwrap();
    let at = "/dav/home/in/a.mp4";
    let locked = writable
        .ask("LOCK", at)
        .header("timeout", "Second-600")
        .body(LOCK);
    let locked = locked.send().await.expect(201);
    let token = locked.header("lock-token").to_owned();
    assert!(locked.text().contains("me &amp; you"), "{}", locked.text());
    // A lock of a name that is free makes an empty file (RFC 4918 §7.3).
    assert_eq!(
        writable.drivein.head(at).await.header("content-length"),
        "0"
    );
    writable.drivein = writable.drivein.restarted().await;

    let condition = format!("({token})");
    let elsewhere = [("destination", "/dav/home/in/b.mp4")];
    for (name, address, headers) in [
        ("PUT", at, &[][..]),
        ("DELETE", at, &[]),
        ("DELETE", "/dav/home/in/", &[]),
        ("MOVE", at, &elsewhere),
        ("PUT", at, &[("if", "(Not <DAV:no-lock>)")]),
    ] {
        assert_eq!(
            writable.status(name, address, headers).await,
            423,
            "{name} {address}"
        );
    }
    let found = writable
        .ask("PROPFIND", at)
        .header("depth", "0")
        .send()
        .await
        .expect(207)
        .text();
    assert!(found.contains(token.trim_matches(['<', '>'])), "{found}");
    assert!(found.contains("<D:lockentry>"), "{found}");
    assert_eq!(writable.status("PUT", at, &[("if", &condition)]).await, 204);
    assert_eq!(
        writable
            .status("UNLOCK", at, &[("lock-token", "<urn:uuid:other>")])
            .await,
        409
    );
    assert_eq!(
        writable
            .status("UNLOCK", at, &[("lock-token", &token)])
            .await,
        204
    );
    assert_eq!(writable.status("PUT", at, &[]).await, 204);
    assert_eq!(writable.status("MOVE", at, &elsewhere).await, 201);
}

#[tokio::test]
async fn the_files_of_operating_systems_are_treated_as_configured() {
    for (line, expected) in [("", 403), ("system_files = \"drop\"", 201)] {
        let setup = Drivein::setup().sections(&format!("[webdav]\n{line}\n"));
        let writable = Writable::with(setup).await;
        for name in ["._a.mp4", ".DS_Store", "Thumbs.db"] {
            let address = format!("/dav/home/{name}");
            assert_eq!(
                writable.status("PUT", &address, &[]).await,
                expected,
                "{line} {name}"
            );
            assert_eq!(writable.drivein.get(&address).await.status, 404);
            // Finder locks a file, writes it, sets its properties, and unlocks it.
            let locked = writable.ask("LOCK", &address).body(LOCK).send().await;
            assert_eq!(locked.status, expected, "{line} {name}");
            if expected == 201 {
                let token = locked.header("lock-token").to_owned();
                let condition = format!("({token})");
                let held = [("if", condition.as_str())];
                assert_eq!(writable.status("PUT", &address, &held).await, 201);
                let set = writable.ask("PROPPATCH", &address).header("if", &condition);
                let set = set.body(
                    "<propertyupdate xmlns=\"DAV:\"><set><prop><note xmlns=\"urn:x\">mine</note></prop></set></propertyupdate>",
                );
                set.send().await.expect(207);
                let unlock = [("lock-token", token.as_str())];
                assert_eq!(writable.status("UNLOCK", &address, &unlock).await, 204);
            }
        }
        assert_eq!(std::fs::read_dir(writable.home()).unwrap().count(), 0);
    }
    // A drive that takes such names keeps them.
    let setup = Drivein::setup().sections("[webdav]\nsystem_files = \"keep\"\n");
    let writable = Writable::with(setup).await;
    assert_eq!(
        writable.status("PUT", "/dav/home/Thumbs.db", &[]).await,
        201
    );
}
