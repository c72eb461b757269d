//! A WebDAV server and an S3 service whose only folder has as many entries as a test asks for. Answers are made while they
//! are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bytes::Bytes;

use crate::commands::{config_in, get, visitor};
use crate::harness::*;

/// Upper limit for the memory of the program while it reads such a folder, its cache included.
const MAX_BYTES: u64 = 260 << 20;

/// A running server.
pub struct LargeFolder {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    state: Arc<Counted>,
}

struct Counted {
    entries: usize,
    /// Requests that listed the folder, or a page of it.
    listings: AtomicUsize,
}

impl LargeFolder {
    /// Returns the number of requests that listed the folder.
    pub fn listings(&self) -> usize {
        self.state.listings.load(Ordering::SeqCst)
    }
}

/// Returns the name of an entry; they sort as their numbers do.
pub fn name_of(number: usize) -> String {
    format!("Film {number}.mp4")
}

/// Starts a server of both kinds, with the folder `/many`.
pub async fn start(entries: usize) -> LargeFolder {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let state = Arc::new(Counted {
        entries,
        listings: AtomicUsize::new(0),
    });
    let app = Router::new().fallback(answer).with_state(state.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    LargeFolder { url, state }
}

/// Pages through the folder `/many` of a drive by name, size and time, in the built program, whose memory stays within
/// bounds.
pub async fn pages_within_bounds(section: &str, drive: &str, entries: usize) {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "data_dir = {:?}\nlisten = \"127.0.0.1:0\"\n[cache]\nmemory = \"32 MiB\"\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{section}",
        folder.path().join("data")
    );
    let config = config_in(folder.path(), &text);
    let mut running = own_binary().args(["serve", "--config", &config]).spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let many = format!("/api/v1/entries/{drive}/many?limit=500");
    for (order, first) in [
        ("", 1),
        ("&order=desc", entries),
        ("&sort=size&order=desc", entries),
        ("&sort=time", 1),
    ] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        for _ in 0..3 {
            let path = format!("{many}{order}{cursor}");
            // While the folder is being read, the answer is to come again.
            let page = eventually(&path, Duration::from_secs(120), async || {
                let reply = get(&visitor, &path).await;
                (reply.status != 504).then_some(reply)
            })
            .await;
            let page = page.expect(200).json();
            let children = page["children"].as_array().unwrap();
            found.extend(
                children
                    .iter()
                    .map(|it| it["name"].as_str().unwrap().to_owned()),
            );
            cursor = format!("&cursor={}", encoded_name(page["next"].as_str().unwrap()));
        }
        let step = |at: usize| if first == 1 { at + 1 } else { first - at };
        let expected: Vec<String> = (0..1500).map(|at| name_of(step(at))).collect();
        assert_eq!(found, expected, "{order}");
    }
    let most = memory_of(&running);
    assert!(most <= MAX_BYTES, "{} MiB", most >> 20);
    running.terminate().await;
    let (code, _, log) = running.ended().await;
    assert_eq!(code, Some(0), "{log}");
}

/// Returns the most bytes of memory that a process has had.
fn memory_of(running: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() << 10
}

async fn answer(State(state): State<Arc<Counted>>, request: Request) -> Response<Body> {
    let pairs = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let query = |wanted: &str| {
        let mut found = pairs.filter(|(name, _)| name == wanted);
        found.next().map(|(_, value)| value.into_owned())
    };
    let depth = request.headers().get("depth");
    let is_deep = depth.is_some_and(|depth| depth == "1");
    let path = request.uri().path().to_owned();
    match request.method().as_str() {
        "PROPFIND" => {
            let entries =
                match (path.trim_end_matches('/'), is_deep) {
                    ("", true) => vec![resource("/", true), resource("/many/", true)],
                    ("", false) => vec![resource("/", true)],
                    ("/many", false) => vec![resource("/many/", true)],
                    ("/many", true) => {
                        state.listings.fetch_add(1, Ordering::SeqCst);
                        return multistatus(std::iter::once(resource("/many/", true)).chain(
                            (1..=state.entries).map(|number| {
                                resource(&format!("/many/Film%20{number}.mp4"), false)
                            }),
                        ));
                    }
                    _ => return status(StatusCode::NOT_FOUND),
                };
            multistatus(entries.into_iter())
        }
        "GET" if query("list-type").is_some() => {
            let prefix = query("prefix").unwrap_or_default();
            if prefix != "many/" {
                let text = "<ListBucketResult><CommonPrefixes><Prefix>many/</Prefix></CommonPrefixes></ListBucketResult>";
                return xml(StatusCode::OK, Body::from(text));
            }
            let start = query("continuation-token").map_or(0, |token| token.parse().unwrap());
            let most: usize = query("max-keys").map_or(1000, |keys| keys.parse().unwrap());
            if most > 1 {
                state.listings.fetch_add(1, Ordering::SeqCst);
            }
            let end = (start + most).min(state.entries);
            let next = match end < state.entries {
                true => format!(
                    "<IsTruncated>true</IsTruncated><NextContinuationToken>{end}</NextContinuationToken>"
                ),
                false => "<IsTruncated>false</IsTruncated>".to_owned(),
            };
            let objects = (start + 1..=end).map(object);
            let text = std::iter::once("<ListBucketResult>".to_owned())
                .chain(objects)
                .chain([next, "</ListBucketResult>".to_owned()]);
            xml(StatusCode::OK, streamed(text))
        }
        _ => status(StatusCode::NOT_FOUND),
    }
}

fn object(number: usize) -> String {
    format!(
        "<Contents><Key>many/{}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;{number:032x}&quot;\
         </ETag><Size>{number}</Size></Contents>",
        name_of(number)
    )
}

fn resource(href: &str, is_folder: bool) -> String {
    let kind = match is_folder {
        true => "<D:resourcetype><D:collection/></D:resourcetype>",
        false => {
            "<D:resourcetype/><D:getcontentlength>7</D:getcontentlength><D:getetag>\"1\"</D:getetag>"
        }
    };
    format!(
        "<D:response><D:href>{href}</D:href><D:propstat><D:prop>{kind}<D:getlastmodified>Tue, 14 Nov 2023 22:13:20 GMT\
         </D:getlastmodified></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )
}

fn multistatus(resources: impl Iterator<Item = String> + Send + 'static) -> Response<Body> {
    let head = "<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\">".to_owned();
    let text = std::iter::once(head)
        .chain(resources)
        .chain(std::iter::once("</D:multistatus>".to_owned()));
    xml(StatusCode::MULTI_STATUS, streamed(text))
}

/// Returns a body that is made while it is sent, a hundred texts at a time.
fn streamed(texts: impl Iterator<Item = String> + Send + 'static) -> Body {
    let mut texts = texts;
    let pieces = std::iter::from_fn(move || {
        let piece: String = texts.by_ref().take(100).collect();
        (!piece.is_empty()).then(|| Ok::<_, std::io::Error>(Bytes::from(piece)))
    });
    Body::from_stream(futures_util::stream::iter(pieces))
}

fn xml(status: StatusCode, body: Body) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", "application/xml")
        .body(body)
        .unwrap()
}

fn status(status: StatusCode) -> Response<Body> {
    Response::builder()
        .status(status)
        .body(Body::empty())
        .unwrap()
}
