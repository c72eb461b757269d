//! The service, emulated from its document alone: signed extraction with a daily allowance, the free call, the
//! client endpoints, and the URLs that it gives out, which can expire.
//!
//! It shares nothing with the drive: signatures are implemented here again, by the formula of the document.

mod media;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

/// A link to one film, and its name and bytes there.
pub const LINK: &str = "https://www.terabox.com/s/1DlHarbour00000000000aA";
pub const FILM: &str = "/Harbour & Light #1.mp4";
/// A link to a folder of 30 files, two of them of the same name.
pub const FOLDER: &str = "https://1024terabox.com/s/1DlFolder000000000000bB";
/// The first key and its secret.
pub const KEY: &str = "dlk-first-key-1234567890";
pub const SECRET: &str = "dlk-first-secret-1234567890";

/// Maximum difference of the clocks.
const TOLERATED_S: u64 = 300;

/// The service's current behaviour, set by the test.
pub struct Standing {
    pub key: String,
    pub secret: String,
    pub is_active: bool,
    /// Requests per day, and the number that were made.
    pub limit: u64,
    pub used: u64,
    /// True for the wrapped shape of replies.
    pub wrapped: bool,
    /// Seconds by which its clock is ahead.
    pub ahead_s: i64,
    /// Statuses that the next extraction calls are answered with instead.
    pub next_statuses: Vec<u16>,
    /// True if everything but media is answered with 500.
    pub broken: bool,
    pub slow_ms: u64,
    /// Seconds for which media are refused with 429 and `Retry-After`.
    pub media_rest_s: Option<u32>,
    /// Number of bytes after which the next original is cut off.
    pub cut_after: Option<usize>,
    /// True if a range of an original is answered with all of it.
    pub ignores_ranges: bool,
    /// URLs of this generation and later ones are valid.
    pub good_from: u64,
    /// The generation of the URLs that are given out next.
    generation: u64,
    /// Number of calls by path.
    calls: BTreeMap<String, u64>,
}

struct Shared {
    standing: Mutex<Standing>,
    /// Extraction calls wait here for a permit; there is one for each until they are held back.
    silence: Semaphore,
    /// Notified when a call waits there.
    held_back: Notify,
    base: String,
    original: Bytes,
    stream: Bytes,
    /// Offset, length and seconds of each segment.
    segments: Vec<(usize, usize, f64)>,
}

/// A running service; it stops when it is dropped.
pub struct Service {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

fn sample(name: &str) -> Bytes {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/three-moons");
    std::fs::read(format!("{folder}/{name}")).unwrap().into()
}

impl Service {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let table: Value = serde_json::from_slice(&sample("film.json")).unwrap();
        let segments = serde_json::from_value(table["renditions"]["480"]["segments"].clone());
        let shared = Arc::new(Shared {
            standing: Mutex::new(Standing {
                key: KEY.to_owned(),
                secret: SECRET.to_owned(),
                is_active: true,
                limit: 1000,
                used: 0,
                wrapped: false,
                ahead_s: 0,
                next_statuses: Vec::new(),
                broken: false,
                slow_ms: 0,
                media_rest_s: None,
                cut_after: None,
                ignores_ranges: false,
                good_from: 0,
                generation: 0,
                calls: BTreeMap::new(),
            }),
            silence: Semaphore::new(1),
            held_back: Notify::new(),
            base,
            original: sample("original.mp4"),
            stream: sample("480.ts"),
            segments: segments.unwrap(),
        });
        let app = axum::Router::new()
            .fallback(answer)
            .with_state(shared.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, app).await.unwrap();
        });
        Service { shared, server }
    }

    /// Returns its behaviour, for tests to read and change.
    pub fn standing(&self) -> MutexGuard<'_, Standing> {
        self.shared.standing.lock().unwrap()
    }

    /// Returns a drive's section of the config.
    pub fn section(&self, name: &str) -> String {
        format!(
            "[[drive]]\nname = {name:?}\nkind = \"teraboxdl\"\nbase_url = {:?}\napi_key = {KEY:?}\napi_secret = {SECRET:?}\n",
            self.url()
        )
    }

    pub fn url(&self) -> String {
        self.shared.base.clone()
    }

    /// Returns the bytes of every film.
    pub fn original(&self) -> &[u8] {
        &self.shared.original
    }

    /// Returns the bytes of a segment of every stream.
    pub fn segment(&self, number: usize) -> &[u8] {
        let (start, length, _) = self.shared.segments[number];
        &self.shared.stream[start..start + length]
    }

    pub fn segments(&self) -> usize {
        self.shared.segments.len()
    }

    /// Counts the requests of a path.
    pub fn calls(&self, path: &str) -> u64 {
        self.standing().calls.get(path).copied().unwrap_or(0)
    }

    /// Counts the requests of media.
    pub fn media_calls(&self) -> u64 {
        let standing = self.standing();
        let calls = standing.calls.iter();
        let media = calls.filter(|(path, _)| path.starts_with("/media/"));
        media.map(|(_, count)| count).sum()
    }

    /// Leaves extraction calls unanswered from now on.
    pub fn go_silent(&self) {
        self.shared.silence.forget_permits(1);
    }

    /// Answers them again, the waiting ones first.
    pub fn speak(&self) {
        self.shared.silence.add_permits(1);
    }

    /// Returns when a call waits for its answer. It has then waited for nearly nine seconds: longer than a
    /// client here should, shorter than a player does.
    pub async fn keeps_somebody_waiting(&self) {
        self.shared.held_back.notified().await;
        tokio::time::pause();
        tokio::time::advance(Duration::from_millis(8_500)).await;
        tokio::time::resume();
    }

    /// Expires every URL that was given out.
    pub fn expire(&self) {
        let mut standing = self.standing();
        standing.generation += 1;
        standing.good_from = standing.generation;
    }

    /// Returns secrets that no reply may contain.
    pub fn secrets(&self) -> Vec<String> {
        let address = self.shared.base.trim_start_matches("http://").to_owned();
        vec![address, "dlk-".to_owned(), "dlsign=".to_owned()]
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let (path, query) = (
        head.uri.path().to_owned(),
        head.uri.query().unwrap_or("").to_owned(),
    );
    let slow_ms = shared.standing.lock().unwrap().slow_ms;
    if slow_ms > 0 {
        tokio::time::sleep(Duration::from_millis(slow_ms)).await;
    }
    if path == "/v1/api" {
        if shared.silence.available_permits() == 0 {
            shared.held_back.notify_one();
        }
        let _spoken = shared.silence.acquire().await.unwrap();
    }
    let mut standing = shared.standing.lock().unwrap();
    *standing.calls.entry(path.clone()).or_default() += 1;
    if path.starts_with("/media/") {
        if let Some(seconds) = standing.media_rest_s {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            return (StatusCode::TOO_MANY_REQUESTS, wait).into_response();
        }
        return media::answer(&shared, &mut standing, &path, &query, &head.headers);
    }
    let now = now_s().saturating_add_signed(standing.ahead_s);
    let mut reply = match standing.broken {
        true => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        false => call(
            &shared,
            &mut standing,
            (head.method.as_str(), &path, &query),
            &head.headers,
            &body,
            now,
        ),
    };
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(now));
    reply
        .headers_mut()
        .insert(header::DATE, date.parse().unwrap());
    reply
}

fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn call(
    shared: &Shared,
    standing: &mut Standing,
    (method, path, query): (&str, &str, &str),
    headers: &HeaderMap,
    body: &[u8],
    now: u64,
) -> Response {
    let told = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    };
    let has_key = standing.is_active && told("x-api-key") == standing.key;
    match (method, path) {
        ("POST", "/v1/api") => {
            if let Some(status) = standing.next_statuses.pop() {
                let mut reply = StatusCode::from_u16(status).unwrap().into_response();
                reply.headers_mut().insert(header::RETRY_AFTER, "7".parse().unwrap());
                return reply;
            }
            let timestamp = told("x-timestamp");
            let signed = format!("POST/v1/api{timestamp}{}", String::from_utf8_lossy(body));
            let mac = Hmac::<Sha256>::new_from_slice(standing.secret.as_bytes()).unwrap();
            let expected = mac.chain_update(signed).finalize().into_bytes();
            let expected: String = expected.iter().map(|byte| format!("{byte:02x}")).collect();
            let is_timely = timestamp.parse().is_ok_and(|at: u64| at.abs_diff(now) <= TOLERATED_S);
            if !has_key || !is_timely || told("x-signature") != expected {
                return StatusCode::UNAUTHORIZED.into_response();
            }
            if standing.used >= standing.limit {
                return StatusCode::TOO_MANY_REQUESTS.into_response();
            }
            standing.used += 1;
            extraction(shared, standing, body)
        }
        ("POST", "/api/test") if told("x-api-key").is_empty() => extraction(shared, standing, body),
        ("GET", "/api/plans") => Json(json!({"plans": [
            {"name": "Starter", "price": 5, "daily_requests": 1000},
            {"name": "Pro", "price": 20, "daily_requests": 10000},
        ]}))
        .into_response(),
        _ if !has_key => StatusCode::UNAUTHORIZED.into_response(),
        ("GET", "/client/account/info") => Json(json!({"status": "success", "data": {
            "account": {"username": "harbour-master", "api_key": standing.key},
            "plan": {"name": "Starter", "daily_limit": standing.limit},
            "usage": {"requests_today": standing.used},
        }}))
        .into_response(),
        ("GET", "/client/dashboard") => {
            Json(json!({"requests_today": standing.used, "success_rate": "98.5%"})).into_response()
        }
        ("GET", "/client/usage/analytics") => Json(json!({"asked": query, "days": [
            {"date": "2026-01-01", "requests": 3}, {"date": "2026-01-02", "requests": 5},
        ]}))
        .into_response(),
        ("GET", "/client/request-history") => Json(json!({"asked": query, "items": [
            {"url": LINK, "status": 200, "answer": format!("{}/media/0/original/x?dlsign=1", shared.base)},
        ]}))
        .into_response(),
        ("GET", "/client/realtime-activity") => Json(json!([{"at": "now", "url": LINK}])).into_response(),
        ("GET", "/client/export-urls") => {
            let table = format!("url,answer,key\r\n{LINK},{}/media/0/x?dlsign=1,{}\r\n", shared.base, standing.key);
            ([(header::CONTENT_TYPE, "text/csv")], table).into_response()
        }
        ("POST", "/client/api-key/regenerate") => {
            standing.key = format!("dlk-other-key-{now}");
            standing.secret = format!("dlk-other-secret-{now}");
            Json(json!({"api_key": standing.key, "api_secret": standing.secret})).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn extraction(shared: &Shared, standing: &Standing, body: &[u8]) -> Response {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let url = body
        .as_ref()
        .and_then(|body| body["url"].as_str())
        .unwrap_or("");
    let file = |number: usize, name: &str| {
        let address = |kind: &str| {
            format!(
                "{}/media/{}/{kind}/{number}?dlsign=a%252Fb",
                shared.base, standing.generation
            )
        };
        let (size, is_film) = (shared.original.len(), name.ends_with(".mp4"));
        let stream = is_film.then(|| address("stream"));
        match standing.wrapped {
            false => json!({
                "fs_id": 4000 + number, "server_filename": name, "size": size, "formatted_size": "1 MB",
                "direct_link": address("original"), "stream_url": stream,
                "stream_download_url": address("original"),
                "thumbs": {"url1": address("picture"), "url3": address("picture"), "icon": address("icon")},
            }),
            true => json!({
                "fs_id": format!("{}", 4000 + number), "filename": name, "size_bytes": size.to_string(),
                "download_link": address("original"), "stream_url": stream.unwrap_or_default(),
            }),
        }
    };
    let list: Vec<Value> = match url.split('?').next().unwrap_or("") {
        LINK => vec![file(0, &FILM[1..])],
        FOLDER => (1..=30)
            .map(|number| match number {
                29 => file(number, "Episode 2.mp4"),
                30 => file(number, "notes.txt"),
                _ => file(number, &format!("Episode {number}.mp4")),
            })
            .collect(),
        _ => {
            return (
                StatusCode::BAD_REQUEST,
                Json(json!({"error": "invalid url"})),
            )
                .into_response();
        }
    };
    match standing.wrapped {
        false => {
            Json(json!({"errno": 0, "request_id": 1, "list": list, "title": "Terabox Download"}))
        }
        true => Json(json!({"status": "success", "data": {"list": list}})),
    }
    .into_response()
}
