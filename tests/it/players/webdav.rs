//! WebDAV: the requirements of the protocol, copies by rclone, and the findings of litmus.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use reqwest::Method;

use crate::harness::*;

const PASSWORD: &str = "a long password";
const TOKEN: &str = "an api token of some length";

async fn locked() -> Drivein {
    Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .start()
        .await
}

fn propfind() -> Method {
    Method::from_bytes(b"PROPFIND").unwrap()
}

fn hrefs(text: &str) -> Vec<String> {
    all_between(text, "<D:href>", "</D:href>")
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_password_a_token_or_a_ticket_opens_the_tree() {
    let drivein = locked().await;
    let ask = |password: &str| {
        let ask = drivein.ask(propfind(), "/dav/").header("depth", "1");
        match password {
            "" => ask,
            password => ask.basic("anybody", password),
        }
    };
    let reply = ask("").send().await.expect(401);
    assert!(reply.header("www-authenticate").starts_with("Basic "));
    ask("a wrong one").send().await.expect(401);

    let list = drivein
        .ask(Method::GET, "/api/v1/entries/films/")
        .header("authorization", &format!("Bearer {TOKEN}"))
        .send()
        .await
        .expect(200)
        .json();
    let list = list["entry"]["lists"]["m3u"].as_str().unwrap().to_owned();
    let list = drivein.local(&list);
    let ticket = all_between(&list, "/play/", "/").next().unwrap().to_owned();
    for password in [PASSWORD, TOKEN, &ticket] {
        let reply = ask(password).send().await.expect(207);
        assert_eq!(hrefs(&reply.text()), ["/dav/", "/dav/films/"]);
    }
    // The ticket in the URL works, too.
    let reply = drivein
        .ask(propfind(), &format!("/play/{ticket}/"))
        .header("depth", "1")
        .send()
        .await
        .expect(207);
    let places = format!("/play/{ticket}/films/");
    assert_eq!(hrefs(&reply.text()), [format!("/play/{ticket}/"), places]);
}

#[tokio::test]
async fn properties_are_those_of_the_bytes() {
    let drivein = Drivein::start().await;
    let film = format!("/dav/films{}", encoded(FILM));
    let head = drivein.head(&film).await.expect(200);
    let reply = drivein
        .ask(propfind(), &film)
        .header("depth", "0")
        .send()
        .await
        .expect(207);
    let text = reply.text();
    assert_eq!(hrefs(&text), std::slice::from_ref(&film));
    let length = head.header("content-length");
    assert!(
        text.contains(&format!(
            "<D:getcontentlength>{length}</D:getcontentlength>"
        )),
        "{text}"
    );
    assert!(unescaped(&text).contains(head.header("etag")), "{text}");

    // The same of each child of a folder.
    let reply = drivein
        .ask(propfind(), "/dav/films/")
        .header("depth", "1")
        .send()
        .await
        .expect(207);
    let children = reply.text();
    assert!(hrefs(&children).contains(&film));
    assert!(
        unescaped(&children).contains(head.header("etag")),
        "{children}"
    );

    let source = drivein.source(FILM, "original").await;
    let piece = drivein
        .ask(Method::GET, &film)
        .range("bytes=1000-1999")
        .send()
        .await
        .expect(206);
    assert_eq!(piece.body, source[1000..2000]);
    let known = head.header("etag").to_owned();
    drivein
        .ask(Method::GET, &film)
        .header("if-none-match", &known)
        .send()
        .await
        .expect(304);
}

#[tokio::test]
async fn what_this_tree_does_not_do_is_said() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    for base in ["/dav/films", &*root] {
        let folder = format!("{base}/Series/");
        let reply = drivein
            .ask(propfind(), &folder)
            .header("depth", "infinity")
            .send()
            .await
            .expect(403);
        assert!(reply.text().contains("<D:propfind-finite-depth/>"));
        let lists = drivein.sandbox.count("list");
        drivein
            .ask(propfind(), &folder)
            .header("depth", "infinity")
            .header("x-litmus", "1")
            .send()
            .await
            .expect(403);
        assert_eq!(drivein.sandbox.count("list"), lists);
        drivein
            .ask(propfind(), &folder)
            .header("depth", "0")
            .body("<foo>")
            .send()
            .await
            .expect(400);
        drivein
            .ask(propfind(), &format!("{base}/none/"))
            .header("depth", "1")
            .send()
            .await
            .expect(404);

        if base != root {
            continue;
        }
        // A play URL is for reading, whatever the drive can.
        let reply = drivein.ask(Method::OPTIONS, &folder).send().await;
        assert!(matches!(reply.status, 200 | 204), "{}", reply.describe());
        assert_eq!(reply.header("dav"), "1");
        assert_eq!(reply.header("allow"), "GET, HEAD, OPTIONS, PROPFIND");
        for method in [
            "PUT",
            "DELETE",
            "MKCOL",
            "COPY",
            "MOVE",
            "PROPPATCH",
            "LOCK",
            "UNLOCK",
            "POST",
            "PATCH",
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            // A 405 to MKCOL would mean that the folder exists.
            for address in [folder.clone(), format!("{base}/free name")] {
                let reply = drivein.ask(method.clone(), &address).send().await;
                assert_eq!(reply.expect(403).code(), "forbidden");
            }
        }
    }
}

#[tokio::test]
async fn clients_find_the_tree_from_the_root_and_without_its_slash() {
    let drivein = locked().await;
    for address in ["/", "/dav", "/dav/"] {
        let ask = drivein.ask(Method::OPTIONS, address);
        let ask = ask.basic("anybody", PASSWORD);
        let reply = ask.send().await.expect(200);
        assert_eq!(reply.header("dav"), "1, 2", "{address}");
        assert_eq!(reply.header("ms-author-via"), "DAV", "{address}");
    }
    // Windows asks at the root before it has a password.
    let reply = drivein.ask(Method::OPTIONS, "/").send().await.expect(200);
    assert_eq!(reply.header("dav"), "1, 2");
    let ask = drivein.ask(propfind(), "/dav").header("depth", "1");
    let reply = ask.basic("anybody", PASSWORD).send().await.expect(207);
    assert_eq!(hrefs(&reply.text()), ["/dav/", "/dav/films/"]);
    let ask = drivein.ask(Method::GET, "/dav");
    let reply = ask.basic("anybody", PASSWORD).send().await.expect(302);
    assert_eq!(reply.header("location"), "dav/");
}

#[tokio::test]
async fn every_property_that_is_named_is_answered() {
    let drivein = Drivein::start().await;
    let film = format!("/dav/films{}", encoded(FILM));
    let asked = "<?xml version=\"1.0\"?><propfind xmlns=\"DAV:\"><prop><displayname/><getcontenttype/>\
        <creationdate/><getcontentlanguage/><quota-available-bytes/><quota-used-bytes/>\
        <executable xmlns=\"http://apache.org/dav/props/\"/></prop></propfind>";
    let of = async |address: &str| {
        let ask = drivein.ask(propfind(), address).header("depth", "0");
        unescaped(&ask.body(asked).send().await.expect(207).text())
    };
    let text = of(&film).await;
    let (found, missing) = text.split_once("HTTP/1.1 200 OK").unwrap();
    let name = FILM.rsplit('/').next().unwrap();
    assert!(
        found.contains(&format!("<D:displayname>{name}</D:displayname>")),
        "{text}"
    );
    let kind = drivein.head(&film).await.header("content-type").to_owned();
    assert!(
        found.contains(&format!("<D:getcontenttype>{kind}</D:getcontenttype>")),
        "{text}"
    );
    assert!(missing.contains("HTTP/1.1 404 Not Found"), "{text}");
    for name in [
        "creationdate",
        "getcontentlanguage",
        "quota-used-bytes",
        "p:executable",
    ] {
        assert!(missing.contains(name), "{name}: {text}");
    }
    // A folder of a drive has the space of the drive, for the owner.
    let quota = &drivein.api("drives").await["drives"][0]["quota"];
    let used = format!("<D:quota-used-bytes>{}</D:quota-used-bytes>", quota["used"]);
    let text = of("/dav/films/").await;
    let (found, _) = text.split_once("HTTP/1.1 200 OK").unwrap();
    assert!(found.contains(&used), "{text}");
    assert!(found.contains("<D:quota-available-bytes>"), "{text}");
    let root = drivein.play_root().await;
    assert!(of(&format!("{root}/")).await.contains("404 Not Found"));
}

#[tokio::test]
async fn conditions_and_dates_are_those_of_the_rules() {
    let drivein = Drivein::start().await;
    let film = format!("/dav/films{}", encoded(FILM));
    let head = drivein.head(&film).await.expect(200);
    let (etag, modified) = (head.header("etag"), head.header("last-modified"));
    let ask = drivein.ask(propfind(), &film).header("depth", "0");
    let properties = ask.send().await.expect(207).text();
    let listed = format!("<D:getlastmodified>{modified}</D:getlastmodified>");
    assert!(properties.contains(&listed), "{modified}: {properties}");
    let long_ago = "Mon, 01 Jan 1990 00:00:00 GMT";
    for (conditions, expected) in [
        (vec![("if-unmodified-since", long_ago)], 412),
        (vec![("if-unmodified-since", modified)], 206),
        (vec![("if-match", "\"another\"")], 412),
        (
            vec![("if-match", etag), ("if-unmodified-since", long_ago)],
            206,
        ),
        (vec![("if-modified-since", modified)], 304),
        (
            vec![
                ("if-modified-since", modified),
                ("if-none-match", "\"another\""),
            ],
            206,
        ),
        (vec![("if-range", modified)], 206),
        (vec![("if-range", long_ago)], 200),
    ] {
        let mut ask = drivein.ask(Method::GET, &film).range("bytes=0-9");
        for (name, value) in &conditions {
            ask = ask.header(name, value);
        }
        let reply = ask.send().await;
        assert_eq!(
            reply.status,
            expected,
            "{conditions:?}: {}",
            reply.describe()
        );
    }
}

/// Starts a server with one drive, a folder of this machine.
async fn at_home(folder: &std::path::Path) -> Drivein {
    let section = format!("[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {folder:?}\n");
    Drivein::setup().drives(&section).start().await
}

/// Returns the play URL of the root of that drive.
async fn home_root(drivein: &Drivein) -> String {
    let list = drivein.api("entries/home").await["entry"]["lists"]["m3u"].to_string();
    let list = list
        .trim_matches('"')
        .strip_suffix("/list.m3u")
        .unwrap()
        .to_owned();
    drivein.local(&list)
}

#[tokio::test]
async fn no_date_of_a_file_keeps_a_folder_from_being_listed() {
    // A file system in memory takes any date.
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let dated = [
        ("old.mp4", -170_000_000_i64),
        ("far.mp4", 400_000_000_000),
        ("new.mp4", 1_700_000_000),
    ];
    for (name, seconds) in dated {
        let file = folder.path().join(name);
        std::fs::write(&file, name).unwrap();
        let date = format!("@{seconds}");
        let touch = Program::new("touch").args(["-d", &date]).args([&file]);
        assert!(touch.output().await.status.success());
    }
    let drivein = at_home(folder.path()).await;
    let root = home_root(&drivein).await;
    for address in ["/dav/home/", &format!("{root}/")] {
        let ask = drivein.ask(propfind(), address).header("depth", "1");
        let text = ask.send().await.expect(207).text();
        for (name, _) in dated {
            assert!(text.contains(&format!("/{name}</D:href>")), "{text}");
        }
        for date in [
            "Wed, 12 Aug 1964 09:46:40 GMT",
            "Tue, 14 Nov 2023 22:13:20 GMT",
        ] {
            assert!(
                text.contains(&format!("<D:getlastmodified>{date}")),
                "{text}"
            );
        }
        drivein.get(address).await.expect(200);
    }
    for (name, _) in dated {
        let file = drivein.get(&format!("/dav/home/{name}")).await.expect(200);
        assert_eq!(file.body, name.as_bytes());
    }
    drivein.get("/browse/home?sort=time").await.expect(200);
    let entries = drivein.api("entries/home").await;
    assert_eq!(entries["children"].as_array().unwrap().len(), 3);
    drivein.get("/watch/home/old.mp4").await.expect(200);
    drivein.get("/watch/home/far.mp4").await.expect(200);
}

#[tokio::test]
async fn a_large_folder_is_listed_whole() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..20_500 {
        std::fs::write(folder.path().join(format!("{number}.mp4")), "").unwrap();
    }
    let drivein = at_home(folder.path()).await;
    let ask = drivein.ask(propfind(), "/dav/home/").header("depth", "1");
    assert_eq!(hrefs(&ask.send().await.expect(207).text()).len(), 20_501);
    let root = home_root(&drivein).await;
    let list = drivein
        .get(&format!("{root}/list.m3u"))
        .await
        .expect(200)
        .text();
    assert_eq!(list.matches("#EXTINF").count(), 20_500);
    assert!(!list.contains("This list ends here"));
}

#[tokio::test]
async fn a_folder_of_more_than_a_reply_holds_is_refused_and_lists_say_where_they_end() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..100_001 {
        std::fs::File::create(folder.path().join(format!("{number}.mp4"))).unwrap();
    }
    let drivein = at_home(folder.path()).await;
    let ask = drivein.ask(propfind(), "/dav/home/").header("depth", "1");
    let refused = ask.send().await.expect(507);
    assert!(
        refused.text().contains("more entries than one reply holds"),
        "{}",
        refused.text()
    );
    let root = home_root(&drivein).await;
    let page = drivein.get(&format!("{root}/")).await.expect(200).text();
    assert!(page.contains("This list ends here"));
}

#[tokio::test]
async fn behind_a_sub_path_the_addresses_are_the_worlds() {
    let drivein = Drivein::setup()
        .public_url("http://127.0.0.1/drive-in")
        .start()
        .await;
    for address in ["/drive-in/dav/films/Series/", "/dav/films/Series/"] {
        let reply = drivein
            .ask(propfind(), address)
            .header("depth", "1")
            .send()
            .await
            .expect(207);
        for href in hrefs(&reply.text()) {
            assert!(href.starts_with("/drive-in/dav/films/Series/"), "{href}");
        }
    }
}

/// Runs rclone over the tree, signed in with the owner's password.
async fn rclone(drivein: &Drivein, arguments: &[&str]) -> String {
    need("rclone", "rclone");
    let hidden = Program::new("rclone").args(["obscure", PASSWORD]).output();
    let hidden = String::from_utf8(hidden.await.stdout).unwrap();
    let output = Program::new("rclone")
        .args(["--config", "/dev/null", "--retries", "1"])
        .args(["--webdav-vendor", "other", "--webdav-user", "anybody"])
        .args(["--webdav-pass", hidden.trim()])
        .args(["--webdav-url", &format!("{}/dav/", drivein.url())])
        .args(arguments)
        .output()
        .await;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "rclone {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
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
