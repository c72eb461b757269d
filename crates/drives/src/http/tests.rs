//! The client against real sockets on this machine.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::client::*;
use super::reply::retry_after;
use super::*;
use crate::{DriveError, ErrorKind};

mod limits;
mod media;

/// Answers one connection with `answer` and returns the request as it was sent.
async fn answer_once(listener: TcpListener, answer: String) -> String {
    answer_next(&listener, &answer).await
}

async fn answer_next(listener: &TcpListener, answer: &str) -> String {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = socket.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..read]);
    }
    socket.write_all(answer.as_bytes()).await.unwrap();
    String::from_utf8(request).unwrap()
}

async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn client() -> Client {
    Client::new(&ClientSettings {
        allow_hosts: vec!["127.0.0.1".to_owned()],
        ..ClientSettings::default()
    })
    .unwrap()
}

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Targets of the kinds that TeraBox hands out: a segment with a signature encoded twice, a thumbnail, a
/// download, and characters that a careful client might encode.
const TARGETS: &[&str] = &[
    "/video/netdisk-videotran-tky/cc06043bb48c0ecd38e063e449ebc729_1075_1_ts/5f6a1f6f3059b8a7e650c014a580a5fa?ts_size=579040&fn=SVID_20230815_145833_1.mp4&etag=5f6a1f6f3059b8a7e650c014a580a5fa&len=579040&path=%2FSVID_20230815_145833_1.mp4&range=0-579039&resv4=&sign=BOUTHNF-F3530edecde9cd71b79378b290804a96-hpOx8FK3HRcQkWyYO%252BKJZDj4%252BFA%253D&xv=6&need_suf=&by=my-streaming",
    "/thumbnail/167cc21acbeefb8c5e5b615cad997b2b?fid=4399467643166-250528-165884067459478&sign=FDTAER-DCb740ccc5511e5e8fedcff06b081203-v%2Bj9MhzVTLCZ7YoZqMFh09zSbFI%3D&expires=8h&chkpc=&size=c60_u60&vuk=-&ft=video",
    "/thumbnail/b5af?sign=FDTAER-DCb7-yuezBcEbFGVY1aRobY0enWSBpMQ%3d&expires=8h",
    "/file/84fd2e17018194c18b264048f851ba11?fid=4401866465594-250528-934526256472844&rt=pr&sign=FDtAERVC-DCb740-u2yxDGhrYS8wodPxekcedfl0sBU%3D&chkpc=&vip=2",
    "/a/b;c=1,2/~(x)!*$@:+%2f%2F%41?q=a+b&fn=Evening+at+the+Harbour.mp4&list=[1,2]&j={}|^`~&&=&x",
];

#[tokio::test]
async fn addresses_go_out_byte_for_byte() {
    for target in TARGETS {
        let (listener, port) = listener().await;
        let server = tokio::spawn(answer_once(listener, EMPTY.to_owned()));
        let url = format!("http://127.0.0.1:{port}{target}");
        client()
            .open("test", &url, HeaderMap::new(), &[])
            .await
            .unwrap();
        let request = server.await.unwrap();
        let line = request.lines().next().unwrap();
        assert_eq!(line, format!("GET {target} HTTP/1.1"));
    }
}

#[tokio::test]
async fn a_connection_that_fails_says_why() {
    let (closed, closed_port) = listener().await;
    drop(closed);
    let (plain, plain_port) = listener().await;
    let server = tokio::spawn(async move {
        for _ in 0..2 {
            let (mut socket, _) = plain.accept().await.unwrap();
            let _ = socket.read(&mut [0; 4096]).await;
            let refusal = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
            socket.write_all(refusal).await.unwrap();
        }
    });
    for (url, word) in [
        (
            format!("http://127.0.0.1:{closed_port}/"),
            "Nothing listens",
        ),
        (
            format!("https://127.0.0.1:{plain_port}/"),
            "does not speak TLS",
        ),
        (
            "http://drivein-test.invalid/".to_owned(),
            "does not resolve",
        ),
    ] {
        let media = client().open("test", &url, HeaderMap::new(), &[]).await;
        let null = serde_json::Value::Null;
        let call = client().post_json("test", &url, None, &null, 100).await;
        let failures = [media.map(drop).unwrap_err(), call.map(drop).unwrap_err()];
        for failure in failures {
            let sentence = failure.sentence.unwrap_or_default();
            assert!(sentence.contains(word), "{url}: {failure:?}");
            assert_eq!(failure.kind, ErrorKind::UpstreamFailed, "{url}");
        }
    }
    server.await.unwrap();
}

#[tokio::test]
async fn media_are_asked_for_as_they_are_and_without_a_viewers_traces() {
    let (listener, port) = listener().await;
    let server = tokio::spawn(answer_once(listener, EMPTY.to_owned()));
    let url = format!("http://127.0.0.1:{port}/x");
    client()
        .open("test", &url, HeaderMap::new(), &[])
        .await
        .unwrap();
    let request = server.await.unwrap().to_ascii_lowercase();
    assert!(request.contains("\r\naccept-encoding: identity\r\n"));
    assert!(request.contains("\r\nuser-agent: drivein/"));
    assert!(!request.contains("cookie") && !request.contains("referer"));
}

#[tokio::test]
async fn redirects_without_an_end_are_followed_ten_times() {
    const AGAIN: &str =
        "HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (listener, port) = listener().await;
    let server = tokio::spawn(async move {
        for _ in 0..2 * 11 {
            answer_next(&listener, AGAIN).await;
        }
    });
    let (client, url) = (client(), format!("http://127.0.0.1:{port}/again"));
    let media = client.open("test", &url, HeaderMap::new(), &[]).await;
    let call = client.get("test", &url, &[], 1000).await;
    for failure in [media.map(drop).unwrap_err(), call.map(drop).unwrap_err()] {
        assert_eq!(failure.kind, ErrorKind::UpstreamFailed);
        assert!(failure.detail.contains("redirect"), "{failure:?}");
    }
    // Neither made more requests, or fewer.
    server.await.unwrap();
}

#[tokio::test]
async fn a_redirect_into_a_private_network_is_refused() {
    // Only the redirecting host itself is allowed; every other host is refused, on this machine, too.
    let (listener, port) = listener().await;
    let settings = ClientSettings {
        allow_hosts: vec![format!("127.0.0.1:{port}")],
        ..ClientSettings::default()
    };
    let client = Client::new(&settings).unwrap();
    let url = format!("http://127.0.0.1:{port}/");
    // A header cannot contain a line break, and a text without slashes is a path on the same host.
    let spelled = spellings::REFUSED
        .iter()
        .filter(|location| !location.contains('\n') && **location != "http:127.0.0.1/");
    let names = [
        "http://localhost/",
        "http://LOCALHOST/",
        "http://x.localhost./",
        "http://localhost:8080/",
        "//169.254.169.254/latest",
        "//localhost/",
        "//[::1]/",
    ];
    let at_this_port = [
        format!("http://localhost:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://127.0.0.2:{port}/"),
        format!("http://user@127.0.0.1:{port}/"),
    ];
    let at_this_port = at_this_port.iter().map(String::as_str);
    // A port without a listener would be another failure: these are the guard's own messages.
    use guard::Refusal::*;
    let refusals =
        [Malformed, Scheme, UserInfo, Port, NotPublic].map(|refusal| refusal.to_string());
    for location in spelled.chain(&names).copied().chain(at_this_port) {
        // A text that is not a URL by itself is resolved against the same host.
        let is_relative = Url::parse(location).is_err() && !location.starts_with("//");
        for way in ["open", "get", "look_up"] {
            let answer = format!(
                "HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            let opening = async {
                match way {
                    "open" => client
                        .open("test", &url, HeaderMap::new(), &[])
                        .await
                        .map(drop),
                    "get" => client.get("test", &url, &[], 100).await.map(drop),
                    _ => client
                        .get_idempotent("test", &url, &[], 100)
                        .await
                        .map(drop),
                }
            };
            let (_, opened) = tokio::join!(answer_next(&listener, &answer), opening);
            let error = opened.unwrap_err();
            let what = format!("{way} {location}: {error:?}");
            assert_eq!(error.kind, ErrorKind::UpstreamFailed, "{what}");
            let is_refused = refusals.iter().any(|words| error.detail.contains(words));
            let leads_nowhere = error.detail == "a redirect that leads nowhere";
            assert!(is_refused || is_relative && leads_nowhere, "{what}");
        }
    }
}

#[tokio::test]
async fn where_a_short_link_leads_is_told_and_nobody_goes_there() {
    let (target, target_port) = listener().await;
    let there = format!("http://127.0.0.1:{target_port}/s/1CcI0dJJ2nzNs9rO6u23QAw");
    let cases = [
        ("302 Found", there.as_str(), Some(there.as_str())),
        (
            "301 Moved",
            "http://169.254.169.254/latest/",
            Some("http://169.254.169.254/latest/"),
        ),
        ("307 Temporary", "//10.0.0.1/x", Some("http://10.0.0.1/x")),
        ("200 OK", there.as_str(), None),
        ("304 Not Modified", there.as_str(), None),
        ("302 Found", "http://[", None),
    ];
    for (status, location, expected) in cases {
        let (first, port) = listener().await;
        let answer = format!(
            "HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let first = tokio::spawn(answer_once(first, answer));
        let told = client()
            .location("test", &format!("http://127.0.0.1:{port}/go"))
            .await
            .unwrap();
        first.await.unwrap();
        assert_eq!(told.as_deref(), expected, "{status} {location}");
    }
    // The target is requested only if it is a link of a known host, and these are not.
    let waiting = target.into_std().unwrap().accept();
    assert!(waiting.is_err(), "somebody went there");
    for location in spellings::REFUSED {
        assert_eq!(crate::links::read(location, &[]), None, "{location}");
    }
}

/// Answers one connection with bytes, and continues as long as they are accepted.
async fn answer_bytes(listener: TcpListener, parts: Vec<Vec<u8>>) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut buffer = [0; 4096];
    let _ = socket.read(&mut buffer).await.unwrap();
    for part in parts {
        if socket.write_all(&part).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn credentials_stay_with_the_host_that_they_belong_to() {
    let (first, first_port) = listener().await;
    let (second, second_port) = listener().await;
    let answer = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{second_port}/x?token=T&a=1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let first = tokio::spawn(answer_once(first, answer));
    let second = tokio::spawn(answer_once(second, EMPTY.to_owned()));
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("cookie", "ndus=SECRET"),
        ("authorization", "Bearer SECRET"),
        ("x-csrf-token", "SECRET"),
        ("referer", "https://own.example/SECRET"),
        ("range", "bytes=5-"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let url = format!("http://127.0.0.1:{first_port}/?token=T");
    client()
        .open("test", &url, headers, &["token"])
        .await
        .unwrap();
    let (asked, then) = (first.await.unwrap(), second.await.unwrap());
    assert_eq!(asked.matches("SECRET").count(), 4);
    assert!(!then.contains("SECRET"), "{then}");
    assert!(
        then.starts_with("GET /x?a=1 ") && then.contains("bytes=5-"),
        "{then}"
    );
}

#[tokio::test]
async fn failures_do_not_repeat_the_address_and_replies_have_a_limit() {
    let (listener_, port) = listener().await;
    drop(listener_);
    let secret = format!("http://127.0.0.1:{port}/secret-path?sign=secret");
    for is_looked_up in [false, true] {
        let error = asked(is_looked_up, &secret, 10).await.err().unwrap();
        assert!(!error.to_string().contains("secret"), "{error}");

        let (listener, port) = listener().await;
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n12345678901";
        let server = tokio::spawn(answer_once(listener, answer.to_owned()));
        let url = format!("http://127.0.0.1:{port}/");
        let error = asked(is_looked_up, &url, 10).await.err().unwrap();
        server.await.unwrap();
        assert_eq!(error.kind, ErrorKind::UpstreamFailed);
    }
}

#[tokio::test]
async fn what_is_looked_up_may_come_packed_and_stays_with_the_first_host_in_what_is_secret() {
    use std::io::Write;
    let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packing.write_all(b"#EXTM3U\n").unwrap();
    let packed = packing.finish().unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        packed.len()
    );
    let (first, port) = listener().await;
    let (second, other_port) = listener().await;
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{other_port}/x?a=1&token=SECRET\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    );
    let asked = tokio::spawn(answer_once(first, redirect));
    let server = tokio::spawn(answer_bytes(second, vec![head.into_bytes(), packed]));
    let url = format!("http://127.0.0.1:{port}/?token=SECRET");
    let reply = client().get_idempotent("test", &url, &["token"], 100).await;
    let reply = reply.ok().unwrap();
    server.await.unwrap();
    assert!(
        asked
            .await
            .unwrap()
            .contains("\r\naccept-encoding: gzip\r\n")
    );
    assert_eq!(reply.body, "#EXTM3U\n");
    assert_eq!(reply.url, format!("http://127.0.0.1:{other_port}/x?a=1"));
}

/// GETs a small reply in one of the two ways.
async fn asked(is_looked_up: bool, url: &str, limit: usize) -> Result<Reply, DriveError> {
    match is_looked_up {
        true => client().get_idempotent("test", url, &[], limit).await,
        false => client().get("test", url, &[], limit).await,
    }
}

#[test]
fn retry_after_in_seconds_and_as_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
    let cases = [
        ("7", Some(7)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
        ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
        ("soon", None),
    ];
    for (text, seconds) in cases {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", text.parse().unwrap());
        assert_eq!(
            retry_after(&headers, now),
            seconds.map(Duration::from_secs),
            "{text}"
        );
    }
}
