//! Visitors who mean harm: paths that want to leave, headers without an end, requests that never come,
//! crowds. Spoken byte by byte where an HTTP client would refuse.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::*;

/// Ways to say “one up” or “elsewhere”, in every spelling that some server has ever fallen for.
const TRAVERSALS: &[&str] = &[
    "..",
    "../",
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%2F..%2Fetc%2Fpasswd",
    "%2e%2e/etc/passwd",
    "%2e%2e%2fetc%2fpasswd",
    "%2E%2E/etc/passwd",
    "%2E%2E%2Fetc%2Fpasswd",
    ".%2e/etc/passwd",
    "%2e./etc/passwd",
    "%252e%252e/etc/passwd",
    "%252e%252e%252fetc%252fpasswd",
    "%25252e%25252e/etc/passwd",
    "..%252fetc%252fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "..%5C..%5Cwindows%5Cwin.ini",
    "%5c%5cserver%5cshare",
    "..\\..\\etc\\passwd",
    "....//....//etc/passwd",
    "....\\/....\\/etc/passwd",
    "..;/etc/passwd",
    "..;a=b/etc/passwd",
    ";/../etc/passwd",
    "..%3b/etc/passwd",
    "..%00/etc/passwd",
    "..%00.mp4",
    "%00",
    "Tidal%20Light.mp4%00.html",
    "Tidal%20Light.mp4%00/master.m3u8",
    "..%0d/etc/passwd",
    "..%0a/etc/passwd",
    "%0d%0aSet-Cookie:%20x=y",
    "a%0d%0a%0d%0a<script>",
    "..%09/etc/passwd",
    "..%20/etc/passwd",
    "%20../etc/passwd",
    "..%c0%af..%c0%afetc/passwd",
    "..%c0%2f..%c0%2fetc/passwd",
    "%c0%ae%c0%ae/etc/passwd",
    "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "..%e0%80%af..%e0%80%afetc/passwd",
    "%e0%80%ae%e0%80%ae/etc/passwd",
    "%f0%80%80%ae%f0%80%80%ae/etc/passwd",
    "..%c1%9c..%c1%9cetc/passwd",
    "%u002e%u002e/etc/passwd",
    "%uff0e%uff0e%u2215etc%u2215passwd",
    "%ef%bc%8e%ef%bc%8e/etc/passwd",
    "..%ef%bc%8fetc%ef%bc%8fpasswd",
    "..%e2%88%95etc%e2%88%95passwd",
    "..%e2%81%84etc%e2%81%84passwd",
    "%e2%80%ae../etc/passwd",
    "%ff%fe..",
    "%80",
    "%",
    "%2",
    "%zz/etc/passwd",
    "%%32%65%%32%65/etc/passwd",
    "./../etc/passwd",
    "/./../etc/passwd",
    "//etc/passwd",
    "///etc/passwd",
    "%2f%2fetc%2fpasswd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "file:%2f%2f%2fetc%2fpasswd",
    "http://127.0.0.1/",
    "~root/etc/passwd",
    "C:%5cwindows%5cwin.ini",
    "C:/windows/win.ini",
    "NUL",
    "/proc/self/environ",
    "..%2f..%2fproc%2fself%2fenviron",
    "Tidal%20Light.mp4/../../drivein.sqlite",
    "Tidal%20Light.mp4/%2e%2e/%2e%2e/drivein.sqlite",
    "480p/../../../drivein.sqlite",
    "..?x=/etc/passwd",
    "..#/etc/passwd",
];

/// The status and the whole reply to bytes that are sent as they are.
async fn raw(address: SocketAddr, request: &[u8]) -> (u16, String) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // A server that refuses early closes before it has read everything.
    let _ = socket.write_all(request).await;
    let text = read_to_end(&mut socket).await;
    (status_of(&text), text)
}

async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut reply = Vec::new();
    let mut chunk = [0; 16 << 10];
    let ended = timeout(Duration::from_secs(60), async {
        while let Ok(read @ 1..) = socket.read(&mut chunk).await {
            reply.extend_from_slice(&chunk[..read]);
        }
    });
    ended.await.expect("the server never closed");
    String::from_utf8_lossy(&reply).into_owned()
}

fn status_of(reply: &str) -> u16 {
    reply
        .get(9..12)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}

async fn raw_get(address: SocketAddr, target: &str, headers: &str) -> (u16, String) {
    let request =
        format!("GET {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n");
    raw(address, request.as_bytes()).await
}

#[tokio::test]
async fn no_spelling_of_a_path_leaves_its_place() {
    assert!(TRAVERSALS.len() >= 60);
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let ticket = root.split('/').nth(2).unwrap();
    for prefix in [
        format!("/play/{ticket}/films/"),
        format!("/play/{ticket}/"),
        "/play/".to_owned(),
        "/browse/films/".to_owned(),
        "/browse/".to_owned(),
        "/watch/films/".to_owned(),
        "/api/v1/entries/films/".to_owned(),
        "/api/v1/".to_owned(),
        "/assets/x/".to_owned(),
        "/assets/x/vendor/".to_owned(),
        format!("/guest/{ticket}/films/"),
        "/".to_owned(),
    ] {
        for spelling in TRAVERSALS {
            let target = format!("{prefix}{spelling}");
            let (status, reply) = raw_get(drivein.address, &target, "").await;
            // A client resolves `..` itself; whoever sends it must not be led anywhere by it.
            assert!(
                (300..500).contains(&status) || status == 200,
                "{target}: {reply}"
            );
            for planted in [
                "root:x:0",
                "[fonts]",
                "SQLite format",
                "DRIVEIN_",
                "\r\nset-cookie: x=y",
            ] {
                assert!(
                    !reply.to_lowercase().contains(&planted.to_lowercase()),
                    "{target}: {reply}"
                );
            }
            if status == 200 {
                // What resolves to the place itself, or to a page that says what is not there.
                let harmless = ["..#", "..?", "//", "/./", "%2f"];
                let is_plain = prefix == "/" || harmless.iter().any(|part| spelling.contains(part));
                assert!(is_plain, "{target}: {reply}");
            }
        }
    }
}

#[tokio::test]
async fn headers_without_an_end_are_refused_and_the_server_lives_on() {
    let drivein = Drivein::start().await;
    let big = "x".repeat(10 << 20);
    let (status, _) = raw_get(drivein.address, "/", &format!("x-big: {big}\r\n")).await;
    assert!(matches!(status, 431 | 400 | 0), "{status}");
    let many = "x-many: y\r\n".repeat(200_000);
    let (status, _) = raw_get(drivein.address, "/", &many).await;
    assert!(matches!(status, 431 | 400 | 0), "{status}");
    let (status, _) = raw_get(drivein.address, &format!("/{big}"), "").await;
    assert!(matches!(status, 414 | 431 | 400 | 0), "{status}");
    let (status, reply) = raw_get(drivein.address, &format!("/{}", &big[..30_000]), "").await;
    assert_eq!(status, 414, "{reply}");
    drivein.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn bodies_without_an_end_are_refused() {
    let drivein = Drivein::setup().password("open sesame").start().await;
    let reply = drivein
        .ask(Method::POST, "/login")
        .form(&[("password", &"x".repeat(10 << 20))])
        .send()
        .await;
    assert_eq!(reply.status, 413, "{}", reply.describe());
    let long = "x".repeat(2000);
    let reply = drivein
        .ask(Method::POST, "/login")
        .form(&[("password", &long)])
        .send()
        .await;
    reply.expect(403);
}

#[tokio::test]
async fn who_sends_headers_drop_by_drop_is_cut_off() {
    let drivein = Drivein::setup().limit("headers_s = 1").start().await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut socket = TcpStream::connect(drivein.address).await.unwrap();
        socket
            .write_all(b"GET / HTTP/1.1\r\nhost: 127")
            .await
            .unwrap();
        slow.push(socket);
    }
    // Others are served meanwhile.
    drivein.get("/healthz").await.expect(200);
    for mut socket in slow {
        let reply = read_to_end(&mut socket).await;
        assert!(matches!(status_of(&reply), 0 | 408), "{reply}");
    }
}

#[tokio::test]
async fn who_sends_a_body_drop_by_drop_is_cut_off() {
    let drivein = Drivein::setup()
        .password("open sesame")
        .limit("body_silence_s = 1")
        .start()
        .await;
    let mut socket = TcpStream::connect(drivein.address).await.unwrap();
    let head = format!(
        "POST /login HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 1000\r\n\r\npassword=",
        drivein.address
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let reply = read_to_end(&mut socket).await;
    assert!((400..500).contains(&status_of(&reply)), "{reply}");
}

#[tokio::test]
async fn a_crowd_behind_one_address_waits_and_others_do_not() {
    let drivein = Drivein::setup()
        .trusted_proxy()
        .password("open sesame")
        .api_token("a-token-of-sixteen-letters")
        .limit("requests_per_address = 3")
        .start()
        .await;
    let entry = drivein
        .ask(
            Method::GET,
            &format!("/api/v1/entries/{DRIVE}{}", encoded(FILM)),
        )
        .header("authorization", "Bearer a-token-of-sixteen-letters")
        .send()
        .await
        .expect(200)
        .json();
    let play = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    let from = |address: &str, path: &str| {
        drivein
            .ask(Method::GET, path)
            .header("x-forwarded-for", address)
    };
    // Three that never say the rest of what they have to say.
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut socket = TcpStream::connect(drivein.address).await.unwrap();
        let head = format!(
            "POST /login HTTP/1.1\r\nhost: {}\r\nx-forwarded-for: 203.0.113.9\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\npassword=",
            drivein.address
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        held.push(socket);
    }
    let refused = eventually(
        "the fourth is refused",
        Duration::from_secs(20),
        async || {
            let reply = from("203.0.113.9", "/login").send().await;
            (reply.status != 200).then_some(reply)
        },
    )
    .await
    .expect(429);
    assert_eq!(refused.code(), "rate_limited");
    assert!(!refused.header("retry-after").is_empty());
    // A player would not come back after a 4xx.
    let refused = from("203.0.113.9", &play).send().await;
    assert_eq!(refused.expect(503).code(), "rate_limited");
    from("198.51.100.7", "/login").send().await.expect(200);
    drivein.get("/login").await.expect(200);
    drop(held);
    eventually("there is room again", Duration::from_secs(20), async || {
        let reply = from("203.0.113.9", "/login").send().await;
        (reply.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_lengths_or_a_length_and_chunks_are_not_two_requests() {
    let drivein = Drivein::start().await;
    let host = drivein.address;
    for head in [
        "content-length: 5\r\ncontent-length: 40\r\n",
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "content-length: -5\r\n",
        "content-length: 5 5\r\n",
    ] {
        let request = format!(
            "POST /login HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{head}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: {host}\r\n\r\n"
        );
        let (status, reply) = raw(drivein.address, request.as_bytes()).await;
        assert!(reply.matches("HTTP/1.1 ").count() <= 1, "{head}: {reply}");
        assert!(status == 0 || status >= 300, "{head}: {reply}");
    }
    assert!(!drivein.log().contains("/smuggled"));
}

#[tokio::test]
async fn files_of_a_drive_never_run_in_our_origin() {
    let names = [
        "page.html",
        "page.htm",
        "page.xhtml",
        "page.HTML",
        "picture.svg",
        "picture.svgz",
        "paper.pdf",
        "data.xml",
        "style.xsl",
        "code.js",
        "code.mjs",
        "mail.mht",
        "app.wasm",
        "no extension",
        "page.html.",
        "break\"; filename=\"x.html",
        "映画; x=y.html",
    ];
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        std::fs::write(folder.path().join(name), "<script>alert(1)</script>").unwrap();
    }
    let section = format!(
        "[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {:?}\n",
        folder.path()
    );
    let drivein = Drivein::setup().drives(&section).start().await;
    let listing = drivein.api("entries/home").await;
    let list = listing["entry"]["lists"]["m3u"].as_str().unwrap();
    let root = drivein.local(list.strip_suffix("/list.m3u").unwrap());
    for name in names {
        for address in [
            format!("{root}/{}", encoded_name(name)),
            format!("/dav/home/{}", encoded_name(name)),
        ] {
            let reply = drivein.get(&address).await.expect(200);
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("sandbox;") && policy.contains("default-src 'none'"));
            assert!(!policy.contains("allow-scripts"), "{address}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            assert_eq!(
                reply.header("content-type"),
                "application/octet-stream",
                "{address}"
            );
            let disposition = reply.header("content-disposition");
            assert!(
                disposition.starts_with("attachment; filename=\""),
                "{disposition}"
            );
            assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
            assert!(
                disposition.ends_with(&format!("; filename*=UTF-8''{}", encoded_name(name))),
                "{disposition}"
            );
        }
    }
}
