//! The drive against a scripted upstream on this machine.
//!
//! The script answers; the record holds the requests. Replies of `testdata` are the document's own examples, or
//! shapes that clients met.

mod files;
mod media;
mod session;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::*;
use crate::http::{Client, ClientSettings};
use crate::{
    AccountSession, Clock, DriveContext, DriveError, ErrorKind, Incoming, Origin, SessionStore,
    SessionStoreError, Volume,
};
use ::media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place, Rendition};

/// Time of the tests: soon after the document's token was made.
const NOW: u64 = 1_700_446_200;

/// A recorded request.
#[derive(Debug, Clone)]
struct Ask {
    method: Method,
    path: String,
    /// Query as it was sent, undecoded.
    query: String,
    headers: HeaderMap,
    body: String,
}

impl Ask {
    /// Returns a parameter of the query or the form, decoded.
    fn get(&self, name: &str) -> Option<String> {
        let text = if self.method == Method::POST {
            &self.body
        } else {
            &self.query
        };
        let is_multipart =
            |kind: &axum::http::HeaderValue| kind.as_bytes().starts_with(b"multipart/form-data");
        if self.headers.get("content-type").is_some_and(is_multipart) {
            let (_, rest) = text.split_once(&format!("name=\"{name}\"\r\n\r\n"))?;
            return Some(rest.split_once("\r\n--")?.0.to_owned());
        }
        url::form_urlencoded::parse(text.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    fn token(&self) -> String {
        self.get("access_tokens").unwrap_or_default()
    }
}

type Script = Arc<dyn Fn(&Ask) -> Response + Send + Sync>;

/// An upstream that follows a script.
struct Upstream {
    host: String,
    asked: Arc<Mutex<Vec<Ask>>>,
}

impl Upstream {
    /// Starts the upstream. Calls that the script leaves [`unanswered`] get the answers of the document's
    /// examples.
    async fn start(script: impl Fn(&Ask) -> Response + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Script = Arc::new(script);
        let (record, name) = (asked.clone(), host.clone());
        let app = axum::Router::new().fallback(
            move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
                let ask = Ask {
                    method,
                    path: uri.path().to_owned(),
                    query: uri.query().unwrap_or("").to_owned(),
                    headers,
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                record.lock().unwrap().push(ask.clone());
                let answer = script(&ask);
                let answer = if answer.status() == StatusCode::IM_A_TEAPOT {
                    example(&ask, &name)
                } else {
                    answer
                };
                async { answer }
            },
        );
        tokio::spawn(async move { axum::serve(listener, app).await });
        Upstream { host, asked }
    }

    fn asked(&self, path: &str) -> Vec<Ask> {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .filter(|ask| ask.path == path)
            .cloned()
            .collect()
    }
}

/// Returns the answer of the document's examples.
fn example(ask: &Ask, host: &str) -> Response {
    match ask.path.as_str() {
        "/oauth/tokeninfo" => {
            json(&include_str!("../testdata/tokeninfo.json").replace("www.terabox.com", host))
        }
        "/oauth/refreshtoken" => json(include_str!("../testdata/refreshtoken.json")),
        "/openapi/uinfo" => json(include_str!("../testdata/uinfo.json")),
        "/openapi/api/quota" => json(include_str!("../testdata/quota.json")),
        "/openapi/api/list" => json(include_str!("../testdata/list.json")),
        "/openapi/api/search" => json(include_str!("../testdata/search.json")),
        "/openapi/api/filemetas" => json(include_str!("../testdata/filemetas.json")),
        "/openapi/api/download" => json(
            &include_str!("../testdata/download.json")
                .replace("https:\\/\\/d.terabox.com", &format!("http:\\/\\/{host}")),
        ),
        "/openapi/api/streaming" => (
            [("content-type", "text/plain")],
            include_str!("../testdata/streaming.m3u8"),
        )
            .into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Returns the mark of a call that the script has no answer for.
fn unanswered() -> Response {
    StatusCode::IM_A_TEAPOT.into_response()
}

fn json(text: &str) -> Response {
    ([("content-type", "application/json")], text.to_owned()).into_response()
}

fn redirect(location: &str) -> Response {
    Response::builder()
        .status(302)
        .header("location", location)
        .body(Body::empty())
        .unwrap()
}

/// A session store in memory that counts its saves.
#[derive(Default)]
struct Sessions {
    text: Mutex<Option<String>>,
    saved: AtomicU64,
    broken: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl SessionStore for Sessions {
    async fn forget(&self) -> Result<(), SessionStoreError> {
        *self.text.lock().unwrap() = None;
        Ok(())
    }

    async fn load(&self) -> Result<Option<String>, SessionStoreError> {
        Ok(self.text.lock().unwrap().clone())
    }

    async fn save(&self, session: &str) -> Result<(), SessionStoreError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(SessionStoreError("disk full".to_owned()));
        }
        *self.text.lock().unwrap() = Some(session.to_owned());
        self.saved.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// A drive that is wired to an upstream, and the settings that a test may change.
struct House {
    upstream: Upstream,
    drive: Arc<Terabox>,
    sessions: Arc<Sessions>,
    now: Arc<AtomicU64>,
}

impl House {
    async fn new(script: impl Fn(&Ask) -> Response + Send + Sync + 'static) -> Self {
        Self::with(script, |_| {}).await
    }

    async fn with(
        script: impl Fn(&Ask) -> Response + Send + Sync + 'static,
        change: impl FnOnce(&mut TeraboxConfig),
    ) -> Self {
        let upstream = Upstream::start(script).await;
        let sessions = Arc::new(Sessions::default());
        let now = Arc::new(AtomicU64::new(NOW));
        let drive = drive_at(&upstream.host, sessions.clone(), now.clone(), change);
        House {
            upstream,
            drive,
            sessions,
            now,
        }
    }

    fn wind(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn origin(&self, target: &str) -> Origin {
        Origin::new(format!("http://{}{target}", self.upstream.host), None)
    }
}

fn drive_at(
    host: &str,
    sessions: Arc<Sessions>,
    now: Arc<AtomicU64>,
    change: impl FnOnce(&mut TeraboxConfig),
) -> Arc<Terabox> {
    let mut config = TeraboxConfig::new("id", "secret".into(), "private".into());
    config.auth_url = format!("http://{host}");
    config.access_token = Some("access-0".into());
    config.refresh_token = Some("refresh-0".into());
    change(&mut config);
    let http = Client::new(&ClientSettings {
        allow_hosts: vec!["127.0.0.1".to_owned()],
        ..ClientSettings::default()
    });
    let clock =
        Clock::from_fn(move || UNIX_EPOCH + Duration::from_secs(now.load(Ordering::SeqCst)));
    let context = DriveContext {
        http: Arc::new(http.unwrap()),
        clock,
        web_sessions: sessions.clone(),
        sessions,
        uploads: None,
        own_folder: None,
    };
    Arc::new(Terabox::new(
        Place::parse("films").unwrap(),
        config,
        context,
    ))
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

/// Returns a film at a path, as a listing would report it.
fn film(at: &str, id: Option<&str>) -> Entry {
    Entry {
        path: path(at),
        name: path(at).name().to_owned(),
        kind: EntryKind::Video,
        id: id.map(str::to_owned),
        ..Entry::root_of(&Place::parse("films").unwrap())
    }
}
