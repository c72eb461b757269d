//! A Cloudreve of version 4, emulated for tests from the document of its API alone, and a storage provider
//! beside it.
//!
//! It has one account, a tree of files, shares and uploads, all in memory, and fails on request. It shares no
//! code with the drive, so that both cannot be wrong in the same way. Its configured URL is
//! `http://localhost:5212`, the default of an installation, and it writes its times in the zone of Shanghai.
//!
//! - `session`: tokens · `tree`: files in the JSON of the API · `calls`: calls about files
//! - `trash` · `versions` · `tasks`: archives and downloads from links · `events`
//! - `shares` · `policies` · `uploads` · `content`: bytes, from the site itself and from the provider
//! - `providers`: a node of the site, and storage providers that take uploads

mod calls;
mod content;
mod control;
mod events;
mod marks;
mod policies;
mod providers;
mod routes;
mod session;
mod shares;
mod tasks;
mod trash;
mod tree;
mod upload_faults;
mod uploads;
mod versions;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset, Utc};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use events::Events;
use providers::ProviderUpload;
use shares::Share;
use tasks::Task;
use trash::Trashed;
use tree::Node;
use uploads::Session;

pub use policies::Policy;

use routes::answer;

pub const EMAIL: &str = "owner@example.org";
pub const PASSWORD: &str = "correct horse battery";
/// The characters in every picture of a captcha.
pub const CAPTCHA: &str = "x7Kp";
/// The application that is registered at the site.
pub const CLIENT: (&str, &str) = ("393a1839-f52e-498e-9972-e77cc2241eee", "Sec&ret+1");
/// The code of an authorization.
pub const CODE: &str = "code-of-the-site";
/// The current code of the authenticator app, if the account has one.
pub const OTP: &str = "123456";
/// The URL that the site is configured with.
const BELIEVED: &str = "http://localhost:5212";
/// Prefix of every token.
pub const TOKENS: &str = "crv-token-";

/// A running site; it stops when this is dropped.
pub struct Site {
    address: SocketAddr,
    world: Shared,
    served: [JoinHandle<()>; 2],
}

type Shared = Arc<Mutex<World>>;

/// The state of the site.
struct World {
    provider: SocketAddr,
    has_second_factor: bool,
    wants_captcha: bool,
    captcha_type: &'static str,
    /// The challenge of an authorization that its owner agreed to; its code is `CODE`.
    challenge: Option<String>,
    captchas: BTreeSet<String>,
    password: String,
    access_life_s: i64,
    /// Access tokens, each with its expiry.
    access: HashMap<String, i64>,
    refresh: BTreeSet<String>,
    steps: BTreeSet<String>,
    files: BTreeMap<String, Node>,
    blobs: HashMap<String, Bytes>,
    shares: BTreeMap<String, Share>,
    trash: BTreeMap<String, Trashed>,
    has_old_trash: bool,
    tasks: Vec<Task>,
    may_do_tasks: bool,
    events: Events,
    is_banned: bool,
    /// The most entries of a page, if pages have numbers.
    page_by_offset: Option<usize>,
    makes_no_pictures: bool,
    uploads: HashMap<String, Session>,
    /// Set while openings of uploads wait.
    session_gate: Option<Arc<tokio::sync::Semaphore>>,
    /// Paths with a lock, each with the session that holds it.
    locks: BTreeMap<String, String>,
    policy: Policy,
    requires_policy_id: bool,
    /// Paths of the files that are stored encrypted.
    encrypted: BTreeSet<String>,
    /// Uploads and complete files at the providers, by session.
    provided: HashMap<String, ProviderUpload>,
    objects: HashMap<String, Vec<u8>>,
    upload_host: Option<&'static str>,
    /// Requests that a provider would have refused.
    faults: Vec<String>,
    uploaded_by: usize,
    /// Signing key: URLs of bytes that were signed with an earlier key have expired.
    key: u64,
    stores_elsewhere: bool,
    counted: u64,
    calls: BTreeMap<String, u64>,
    trouble: Trouble,
    /// Number of requests for bytes that had a login.
    logins_at_bytes: u64,
}

#[derive(Default, Clone)]
struct Trouble {
    cut_after: Option<usize>,
    ignores_ranges: bool,
    slow: Duration,
    broken: bool,
    expires_when_cut: bool,
    refused_chunk: Option<usize>,
    refuses_it_for_good: bool,
    /// The site restarts before it takes the chunk of that number.
    restarts_at_chunk: Option<usize>,
    /// Every access token expires before the chunk of that number is taken.
    token_ends_at_chunk: Option<usize>,
    /// The next chunk is cut after so many bytes.
    cut_chunk_after: Option<usize>,
    /// The chunk of that number is redirected elsewhere.
    redirected_chunk: Option<usize>,
    /// The chunk of that number is stored, and its answer lost.
    lost_answer: Option<usize>,
    callback_fails: bool,
}

/// A request in the form that the calls use.
struct Asked {
    method: Method,
    /// Path after `/api/v4`.
    path: Vec<String>,
    query: HashMap<String, String>,
    headers: HeaderMap,
    body: Bytes,
}

/// An answer, or an error number of the document's list.
type Answer = Result<Value, i64>;

impl Site {
    pub async fn start() -> Self {
        let own = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = own.local_addr().unwrap();
        let world = Arc::new(Mutex::new(World::new(other.local_addr().unwrap())));
        let app = Router::new().fallback(answer).with_state(world.clone());
        let provider = Router::new()
            .fallback(providers::answer)
            .with_state(world.clone());
        let serve = |listener, app: Router| {
            tokio::spawn(async move { axum::serve(listener, app).await.unwrap() })
        };
        Site {
            address,
            served: [serve(own, app), serve(other, provider)],
            world,
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the section of a config that signs in with the password.
    pub fn section(&self, name: &str) -> String {
        self.section_with(
            name,
            &format!("email = {EMAIL:?}\npassword = {PASSWORD:?}\n"),
        )
    }

    pub fn section_with(&self, name: &str, keys: &str) -> String {
        format!(
            "[[drive]]\nname = {name:?}\nkind = \"cloudreve\"\nbase_url = {:?}\n{keys}",
            self.url()
        )
    }

    /// Returns the secrets that no reply and no log may contain.
    pub fn secrets(&self) -> Vec<String> {
        let provider = self.world().provider.to_string();
        let believed = BELIEVED.trim_start_matches("http://").to_owned();
        let words = [PASSWORD, TOKENS, "cloudreve://", "?sign=", "X-Signature"];
        let words = words.into_iter().map(str::to_owned);
        words
            .chain([self.address.to_string(), provider, believed])
            .collect()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for served in &self.served {
            served.abort();
        }
    }
}

impl World {
    fn new(provider: SocketAddr) -> Self {
        World {
            provider,
            has_second_factor: false,
            wants_captcha: false,
            challenge: None,
            captcha_type: "normal",
            captchas: BTreeSet::new(),
            password: PASSWORD.to_owned(),
            access_life_s: 3600,
            access: HashMap::new(),
            refresh: BTreeSet::new(),
            steps: BTreeSet::new(),
            files: BTreeMap::new(),
            blobs: HashMap::new(),
            shares: BTreeMap::new(),
            trash: BTreeMap::new(),
            has_old_trash: false,
            tasks: Vec::new(),
            may_do_tasks: true,
            events: Events::default(),
            is_banned: false,
            page_by_offset: None,
            makes_no_pictures: false,
            uploads: HashMap::new(),
            session_gate: None,
            locks: BTreeMap::new(),
            policy: Policy::of("local"),
            requires_policy_id: false,
            encrypted: BTreeSet::new(),
            provided: HashMap::new(),
            objects: HashMap::new(),
            upload_host: None,
            faults: Vec::new(),
            uploaded_by: 25 << 20,
            key: 1,
            stores_elsewhere: false,
            counted: 0,
            calls: BTreeMap::new(),
            trouble: Trouble::default(),
            logins_at_bytes: 0,
        }
    }

    /// Returns an id in the format that the site uses for everything.
    fn id(&mut self) -> String {
        self.counted += 1;
        let mut number = self.counted * ID_STEP + ID_BASE;
        let mut id = String::new();
        while number > 0 {
            id.push(char::from(ID_LETTERS[(number % 62) as usize]));
            number /= 62;
        }
        id
    }
}

const ID_LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const ID_STEP: u64 = 7919;
const ID_BASE: u64 = 238_328;

/// Returns true if the site may have given out the id: any other is a bad parameter, and not something that is gone.
fn is_id(id: &str) -> bool {
    let digits = id.bytes().rev();
    let number = digits.take(10).try_fold(0_u64, |number, byte| {
        let digit = ID_LETTERS.iter().position(|letter| *letter == byte)?;
        Some(number * 62 + digit as u64)
    });
    number.is_some_and(|number| number > ID_BASE && (number - ID_BASE).is_multiple_of(ID_STEP))
}

impl Asked {
    /// Returns the name of the call, such as `GET /file/info`, without ids.
    fn name(&self) -> String {
        let words = self.path.iter().take_while(|name| {
            name.len() > 1
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'2')
        });
        let words: String = words.map(|name| format!("/{name}")).collect();
        format!("{} {words}", self.method)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Returns a text of the body.
    fn text(&self, key: &str) -> String {
        self.json()[key].as_str().unwrap_or_default().to_owned()
    }

    fn parameter(&self, key: &str) -> Option<&str> {
        self.query.get(key).map(String::as_str)
    }
}

/// Returns an envelope; the status is 200 for failures, too.
fn envelope(answer: Result<Value, (i64, Value)>) -> Response {
    let body = match answer {
        Ok(Value::Null) => json!({"code": 0, "msg": ""}),
        Ok(data) => json!({"code": 0, "data": data, "msg": ""}),
        Err((203, data)) => json!({"code": 203, "data": data, "msg": ""}),
        // The results, and the failures beside them.
        Err((40081, Value::Array(both))) => {
            json!({"code": 40081, "msg": "Batch operation not fully completed", "data": both[0],
                   "aggregated_error": both[1]})
        }
        Err((40081, failures)) => {
            json!({"code": 40081, "msg": "Batch operation not fully completed", "aggregated_error": failures,
                   "correlation_id": "5b0f5f05-451e-4dcd-9c65-474315dd7d20"})
        }
        Err((40073, locks)) => {
            json!({"code": 40073, "msg": "Lock conflict", "data": locks,
                   "correlation_id": "5b0f5f05-451e-4dcd-9c65-474315dd7d20"})
        }
        Err((code, _)) => {
            json!({"code": code, "msg": "Something else", "correlation_id": "5b0f5f05-451e-4dcd-9c65-474315dd7d20"})
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    (headers, Body::from(body.to_string())).into_response()
}

fn now() -> i64 {
    Utc::now().timestamp()
}

/// Formats a time, such as `2025-04-26T16:19:38.833494000+08:00`.
fn time(unix_s: i64) -> String {
    let zone = FixedOffset::east_opt(8 * 3600).unwrap();
    let time = DateTime::from_timestamp(unix_s, 833_494_000).unwrap();
    time.with_timezone(&zone).to_rfc3339()
}

fn decoded(text: &str) -> String {
    crate::harness::decoded(text)
}
