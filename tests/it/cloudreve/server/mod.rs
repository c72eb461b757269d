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
mod events;
mod marks;
mod policies;
mod providers;
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
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
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

    /// Counts the requests of a route, such as `GET /file`.
    pub fn count(&self, call: &str) -> u64 {
        self.world().calls.get(call).copied().unwrap_or(0)
    }

    pub fn with_second_factor(&self) {
        self.world().has_second_factor = true;
    }

    pub fn with_captcha(&self) {
        self.world().wants_captcha = true;
    }

    /// Makes the captcha one that only the site's own page can show.
    pub fn with_captcha_of_a_script(&self) {
        let mut world = self.world();
        world.wants_captcha = true;
        world.captcha_type = "turnstile";
    }

    /// Moves the files to a storage provider, which accepts no login but its own.
    pub fn stores_elsewhere(&self) {
        self.world().stores_elsewhere = true;
    }

    pub fn change_password(&self, password: &str) {
        let mut world = self.world();
        world.password = password.to_owned();
        world.refresh.clear();
        world.access.clear();
    }

    /// Sets the lifetime of new tokens.
    pub fn access_life_s(&self, seconds: i64) {
        self.world().access_life_s = seconds;
    }

    /// Expires every access token.
    pub fn expire_access(&self) {
        self.world().access.clear();
    }

    pub fn expire_refresh(&self) {
        self.world().refresh.clear();
    }

    /// Returns a valid refresh token.
    pub fn refresh_token(&self) -> String {
        self.world().new_pair()["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Expires every URL of bytes that was given out.
    pub fn expire_addresses(&self) {
        self.world().key += 1;
    }

    /// Cuts the next body of a file after so many bytes.
    pub fn cut_after(&self, bytes: usize) {
        self.world().trouble.cut_after = Some(bytes);
    }

    /// Answers a range of a file with all of it.
    pub fn ignore_ranges(&self) {
        self.world().trouble.ignores_ranges = true;
    }

    /// Cuts the next body of a file after so many bytes, and expires every URL at that moment.
    pub fn cut_and_expire_after(&self, bytes: usize) {
        let mut world = self.world();
        world.trouble.cut_after = Some(bytes);
        world.trouble.expires_when_cut = true;
    }

    pub fn slow(&self, wait: Duration) {
        self.world().trouble.slow = wait;
    }

    pub fn broken(&self) {
        self.world().trouble.broken = true;
    }

    /// Refuses the chunk of that number once, with a failure of the site.
    pub fn refuse_chunk(&self, number: usize) {
        self.world().trouble.refused_chunk = Some(number);
    }

    /// Refuses the chunk of that number each time that it comes.
    pub fn refuse_chunk_for_good(&self, number: usize) {
        let mut world = self.world();
        world.trouble.refused_chunk = Some(number);
        world.trouble.refuses_it_for_good = true;
    }

    /// Restarts the site gracefully before it takes the chunk of that number.
    pub fn restart_at_chunk(&self, number: usize) {
        self.world().trouble.restarts_at_chunk = Some(number);
    }

    /// Stores the chunk with that number in its URL, and loses the answer to it, once.
    pub fn lose_answer_of(&self, number: usize) {
        self.world().trouble.lost_answer = Some(number);
    }

    pub fn chunks_of(&self, bytes: usize) {
        self.world().uploaded_by = bytes;
    }

    /// Bans the user: tokens that were given out stay valid, and every call with one fails.
    pub fn ban(&self) {
        self.world().is_banned = true;
    }

    /// Makes the site count its pages, which have so many entries at most.
    pub fn pages_by_offset(&self, most: usize) {
        self.world().page_by_offset = Some(most);
    }

    /// Makes the site one without a generator of pictures, as it is installed.
    pub fn makes_no_pictures(&self) {
        self.world().makes_no_pictures = true;
    }

    pub fn heal(&self) {
        self.world().trouble = Trouble::default();
    }

    /// Counts the logins that were sent with requests for bytes.
    pub fn logins_at_bytes(&self) -> u64 {
        self.world().logins_at_bytes
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

/// Handles every call of the API; bytes are handled elsewhere.
async fn answer(State(world): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let names = head.uri.path().split('/').filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(decoded).collect();
    let query = head.uri.query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    let is_chunk = head.method == Method::POST && head.uri.path().contains("/file/upload/");
    let Some(body) = upload_faults::read_body(&world, body, is_chunk).await else {
        return cut();
    };
    let Some(path) = names.strip_prefix(&["api".to_owned(), "v4".to_owned()]) else {
        if let [f, id, name] = names.as_slice()
            && f == "f"
        {
            return content::redirect(&world.lock().unwrap(), id, name);
        }
        return (StatusCode::NOT_FOUND, "404 page not found").into_response();
    };
    let asked = Asked {
        method: head.method,
        path: path.to_vec(),
        query: query.collect(),
        headers: head.headers,
        body,
    };
    let trouble = world.lock().unwrap().trouble.clone();
    tokio::time::sleep(trouble.slow).await;
    if trouble.broken {
        return (StatusCode::INTERNAL_SERVER_ERROR, "no more").into_response();
    }
    let gate = {
        let mut world = world.lock().unwrap();
        *world.calls.entry(asked.name()).or_default() += 1;
        world.session_gate.clone()
    };
    if asked.name() == "PUT /file/upload"
        && let Some(gate) = gate
    {
        // It is closed to release all who wait.
        let _ = gate.acquire().await;
    }
    let mut world = world.lock().unwrap();
    if is_chunk {
        let number = asked.path.get(3).and_then(|number| number.parse().ok());
        if let Some(redirect) = world.redirect_of(number) {
            return redirect;
        }
    }
    if asked.path.first().is_some_and(|name| name == "file")
        && asked.path.get(1).is_some_and(|name| name == "content")
    {
        return content::own(&mut world, &asked);
    }
    if asked
        .path
        .starts_with(&["user".to_owned(), "avatar".to_owned()])
    {
        let picture = include_bytes!("../../../../samples/tidal-light/poster-140.jpg");
        return ([(header::CONTENT_TYPE, "image/jpeg")], &picture[..]).into_response();
    }
    if asked.name() == "GET /file/events" {
        return match world.is_owner(&asked) {
            Ok(is_owner) => world.listen(&asked, is_owner),
            Err(failure) => envelope(Err(failure)),
        };
    }
    if asked.name() == "POST /session/oauth/token" {
        // Without an envelope, in either case.
        return match world.exchange(&asked) {
            Ok(pair) => axum::Json(pair).into_response(),
            Err(code) => {
                // The message of the site, and no word of RFC 6749.
                let body = json!({
                    "error": "Invalid or expired authorization code", "error_description": "",
                    "error_codes": [code], "correlation_id": "5b0f5f05-451e-4dcd-9c65-474315dd7d20",
                });
                (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
            }
        };
    }
    let answer = match world.call(&asked) {
        Err((NO_SUCH_CALL, _)) => no_such_call(),
        told => envelope(told),
    };
    if asked
        .path
        .starts_with(&["file".to_owned(), "upload".to_owned()])
        && world.trouble.lost_answer.is_some()
        && world.trouble.lost_answer == asked.path.get(3).and_then(|number| number.parse().ok())
    {
        world.trouble.lost_answer = None;
        return cut();
    }
    answer
}

/// Returns an answer that is cut off before its first byte.
fn cut() -> Response {
    let cut = std::io::Error::other("cut off");
    let body = futures_util::stream::iter([Err::<Bytes, _>(cut)]);
    ([(header::CONTENT_LENGTH, "100")], Body::from_stream(body)).into_response()
}

/// Answers as the router does for a call that this version of the site does not have.
fn no_such_call() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain")];
    (StatusCode::NOT_FOUND, headers, "404 page not found").into_response()
}

/// Stands for a call that this version of the site does not have.
const NO_SUCH_CALL: i64 = -404;

impl World {
    fn call(&mut self, asked: &Asked) -> Result<Value, (i64, Value)> {
        let names: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let is_owner = self.is_owner(asked)?;
        let is_about_sessions = names.first() == Some(&"session");
        if self.is_banned && is_owner && !is_about_sessions {
            // For every call, while the token lives.
            return Err((50001, Value::Null));
        }
        let owner_only = || if is_owner { Ok(()) } else { Err(401) };
        fn simple<T>(answer: Result<T, i64>) -> Result<T, (i64, Value)> {
            answer.map_err(|code| (code, Value::Null))
        }
        match (asked.method.as_str(), names.as_slice()) {
            ("GET", ["site", "ping"]) => Ok(json!("4.18.0")),
            ("GET", ["site", "config", "basic"]) => {
                Ok(json!({"title": "The films of the house", "captcha_type": self.captcha_type}))
            }
            ("GET", ["site", "config", "explorer"]) => Ok(json!({"max_batch_size": 3000})),
            ("GET", ["site", "captcha"]) => Ok(self.captcha()),
            ("POST", ["session", "token"]) => self.sign_in(asked),
            ("POST", ["session", "token", "2fa"]) => simple(self.second_step(asked)),
            ("POST", ["session", "token", "refresh"]) => simple(self.refresh(asked)),
            ("DELETE", ["session", "token"]) => simple(self.sign_out(asked)),
            ("GET", ["user", "me"]) => simple(owner_only().map(|()| self.me())),
            ("GET", ["user", "capacity"]) => simple(owner_only().map(|()| self.capacity())),
            ("GET", ["file"]) => simple(self.list(asked, is_owner)),
            ("GET", ["file", "info"]) => simple(self.info(asked, is_owner)),
            ("GET", ["file", "thumb"]) => simple(self.thumb(asked, is_owner)),
            ("POST", ["file", "url"]) => self.urls(asked, is_owner),
            ("POST", ["file", "create"]) => simple(self.create(asked, is_owner)),
            ("POST", ["file", "rename"]) => simple(self.rename(asked, is_owner)),
            ("POST", ["file", "move"]) => self.shift(asked, is_owner),
            ("DELETE", ["file"]) => self.delete(asked, is_owner),
            ("POST", ["file", "restore"]) => self.restore(asked, is_owner),
            ("DELETE", ["file", "trash"]) if !self.has_old_trash => {
                self.trash.clear();
                Ok(Value::Null)
            }
            ("POST", ["file", "version", "current"]) => {
                simple(owner_only().and_then(|()| self.make_current(asked)))
            }
            ("DELETE", ["file", "version"]) => {
                simple(owner_only().and_then(|()| self.delete_version(asked)))
            }
            ("PATCH", ["file", "metadata"]) => self.patch_metadata(asked, is_owner),
            ("PUT", ["file", "source"]) => {
                simple(owner_only()).and_then(|()| self.direct_links(asked))
            }
            ("POST", ["workflow", "archive"]) => {
                simple(owner_only().and_then(|()| self.begin_archive("create_archive", asked)))
            }
            ("POST", ["workflow", "extract"]) => {
                simple(owner_only().and_then(|()| self.begin_archive("extract_archive", asked)))
            }
            ("GET", ["workflow", "progress", id]) => {
                simple(owner_only().and_then(|()| self.task_progress(id)))
            }
            ("POST", ["workflow", "download"]) => {
                simple(owner_only().and_then(|()| self.begin_download(asked)))
            }
            ("DELETE", ["workflow", "download", id]) => {
                simple(owner_only().and_then(|()| self.cancel_download(id)))
            }
            ("GET", ["workflow"]) => simple(owner_only().and_then(|()| self.list_tasks(asked))),
            ("PUT", ["file", "upload"]) => self.begin_upload(asked, is_owner),
            ("DELETE", ["file", "upload"]) => simple(self.end_upload(asked, is_owner)),
            ("POST", ["file", "upload", id, number]) => {
                simple(self.take_chunk(asked, is_owner, id, number))
            }
            ("GET", ["callback", kind @ ("s3" | "ks3" | "cos"), id, secret])
            | ("POST", ["callback", kind @ "onedrive", id, secret]) => {
                simple(self.callback(kind, id, secret))
            }
            ("GET", ["share", "info", id]) | ("POST" | "DELETE", ["share", id]) if !is_id(id) => {
                Err((40001, Value::Null))
            }
            ("PUT", ["share"]) => simple(owner_only().and_then(|()| self.make_share(asked))),
            ("GET", ["share"]) => simple(owner_only().map(|()| self.own_shares(asked))),
            ("GET", ["share", "info", id]) => simple(self.share_info(asked, is_owner, id)),
            ("POST", ["share", id]) => {
                simple(owner_only().and_then(|()| self.edit_share(asked, id)))
            }
            ("DELETE", ["share", id]) => simple(owner_only().and_then(|()| self.end_share(id))),
            _ => Err((NO_SUCH_CALL, Value::Null)),
        }
    }
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
