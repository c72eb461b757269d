//! A proxy in front of a real server, on two hosts: the server's own, and a storage to which it may redirect reads.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use futures_util::StreamExt;
use md5::{Digest, Md5};

use super::signature::{Keys, is_signed};

/// A running proxy.
pub struct FaultProxy {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    pub faults: Arc<Faults>,
}

/// The faults that the proxy makes, and the requests that it has seen.
pub struct Faults {
    /// `http://127.0.0.1:PORT` of the server behind it.
    server: String,
    /// `http://127.0.0.1:PORT` of the storage, if reads are redirected there.
    storage: Option<String>,
    /// Value of `Authorization` by which the storage reads from the server.
    login: Option<String>,
    /// Keys with which URLs must be signed.
    keys: Option<Keys>,
    cut_after: Mutex<Option<u64>>,
    slow_ms: AtomicU64,
    is_broken: AtomicBool,
    is_signed_out: AtomicBool,
    /// A method that is answered with 403.
    refused: Mutex<Option<String>>,
    /// A method that gets no answer.
    held: Mutex<Option<String>>,
    ignores_ranges: AtomicBool,
    /// PUTs of which a byte is changed before they arrive.
    corrupted: AtomicU32,
    /// The URL to which reads are redirected, in place of the storage.
    redirect: Mutex<Option<String>>,
    /// A reply to every request: status and body.
    reply: Mutex<Option<(StatusCode, String)>>,
    /// A part of method and URL, and how many requests with it fail.
    failing: Mutex<(String, u32)>,
    /// URLs of the storage that were given out before this number are refused.
    generation: AtomicU64,
    /// Requests so far: method and path.
    pub requests: Mutex<Vec<String>>,
    /// Bytes of all bodies that were sent so far.
    pub sent: Arc<AtomicU64>,
    /// Requests that brought credentials to the storage.
    pub leaks: AtomicU64,
    client: reqwest::Client,
}

/// The host at which a request arrived.
#[derive(Clone, Copy, PartialEq)]
enum Host {
    Server,
    Storage,
}

/// Starts a proxy in front of `server`. With `login`, reads are redirected to a storage on another port, which has that
/// login at the server.
pub async fn start(server: String, login: Option<String>, keys: Option<Keys>) -> FaultProxy {
    let front = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let storage = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at =
        |listener: &tokio::net::TcpListener| format!("http://{}", listener.local_addr().unwrap());
    let url = at(&front);
    let faults = Arc::new(Faults {
        server,
        storage: login.is_some().then(|| at(&storage)),
        login,
        keys,
        cut_after: Mutex::default(),
        slow_ms: AtomicU64::new(0),
        is_broken: AtomicBool::new(false),
        is_signed_out: AtomicBool::new(false),
        ignores_ranges: AtomicBool::new(false),
        corrupted: AtomicU32::new(0),
        refused: Mutex::default(),
        held: Mutex::default(),
        redirect: Mutex::default(),
        reply: Mutex::default(),
        failing: Mutex::default(),
        generation: AtomicU64::new(0),
        requests: Mutex::default(),
        sent: Arc::default(),
        leaks: AtomicU64::new(0),
        client: reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap(),
    });
    for (listener, host) in [(front, Host::Server), (storage, Host::Storage)] {
        let state = (faults.clone(), host);
        let app = Router::new().fallback(answer).with_state(state);
        tokio::spawn(async move { axum::serve(listener, app).await });
    }
    FaultProxy { url, faults }
}

impl Faults {
    pub fn cut_after(&self, bytes: u64) {
        *self.cut_after.lock().unwrap() = Some(bytes);
    }

    pub fn slow(&self, ms: u64) {
        self.slow_ms.store(ms, Ordering::SeqCst);
    }

    pub fn break_down(&self) {
        self.is_broken.store(true, Ordering::SeqCst);
    }

    pub fn sign_out(&self) {
        self.is_signed_out.store(true, Ordering::SeqCst);
    }

    /// Redirects reads to a URL from now on.
    pub fn redirect_to(&self, url: &str) {
        *self.redirect.lock().unwrap() = Some(url.to_owned());
    }

    /// Answers every request with this error of S3 from now on.
    pub fn answer_with(&self, status: u16, code: &str) {
        let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
        let status = StatusCode::from_u16(status).unwrap();
        *self.reply.lock().unwrap() = Some((status, text));
    }

    /// Answers a method with 403 from now on.
    pub fn refuse(&self, method: &str) {
        *self.refused.lock().unwrap() = Some(method.to_owned());
    }

    /// Answers a method no more from now on.
    pub fn hold(&self, method: &str) {
        *self.held.lock().unwrap() = Some(method.to_owned());
    }

    /// Fails the next `times` requests whose method and URL, with a blank between, contain `part`.
    pub fn fail(&self, part: &str, times: u32) {
        *self.failing.lock().unwrap() = (part.to_owned(), times);
    }

    /// Fails the next `times` requests of a method.
    pub fn fail_method(&self, method: &str, times: u32) {
        self.fail(&format!("{method} "), times);
    }

    /// Answers ranges with the whole from now on.
    /// Changes a byte of so many PUTs. As a service does, they are refused where they have an MD5 with them.
    pub fn corrupt(&self, times: u32) {
        self.corrupted.store(times, Ordering::SeqCst);
    }

    pub fn ignore_ranges(&self) {
        self.ignores_ranges.store(true, Ordering::SeqCst);
    }

    /// Returns the number of requests so far whose URL contains `part`.
    pub fn matching(&self, part: &str) -> usize {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|it| it.contains(part)).count()
    }

    /// Returns true if this request is to fail.
    fn fails(&self, request: &str) -> bool {
        let mut failing = self.failing.lock().unwrap();
        let fails = failing.1 > 0 && request.contains(&failing.0);
        failing.1 -= u32::from(fails);
        fails
    }

    /// Refuses every URL of the storage that was given out so far.
    pub fn expire(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    pub fn heal(&self) {
        *self.cut_after.lock().unwrap() = None;
        self.slow(0);
        self.is_broken.store(false, Ordering::SeqCst);
        self.is_signed_out.store(false, Ordering::SeqCst);
        self.ignores_ranges.store(false, Ordering::SeqCst);
    }

    /// Returns the number of requests with that method so far.
    pub fn count(&self, method: &str) -> usize {
        let requests = self.requests.lock().unwrap();
        let is_of = |request: &&String| request.split(' ').next() == Some(method);
        requests.iter().filter(is_of).count()
    }

    async fn forward(&self, request: Request, path: &str, login: Option<&str>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let mut headers = head.headers;
        if self.ignores_ranges.load(Ordering::SeqCst) {
            headers.remove(header::RANGE);
        }
        if let Some(login) = login {
            headers.insert(header::AUTHORIZATION, HeaderValue::try_from(login).unwrap());
        }
        // An empty body stays without a length where it had none.
        let has_body = headers.contains_key(header::CONTENT_LENGTH)
            || headers.contains_key(header::TRANSFER_ENCODING);
        let forwarded_method = head.method.clone();
        let content_md5 = headers.get("content-md5").cloned();
        let mut forwarded = self
            .client
            .request(head.method, format!("{}{path}", self.server))
            .headers(headers);
        let is_put = forwarded_method == Method::PUT;
        let one_less = |left: u32| left.checked_sub(1);
        let corrupted = &self.corrupted;
        if is_put
            && has_body
            && corrupted
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                .is_ok()
        {
            let mut bytes = axum::body::to_bytes(body, usize::MAX)
                .await
                .unwrap()
                .to_vec();
            bytes[0] ^= 1;
            let md5 = data_encoding::BASE64.encode(&Md5::digest(&bytes));
            if content_md5.is_some_and(|told| told != md5) {
                let error = "<?xml version=\"1.0\"?><Error><Code>BadDigest</Code></Error>";
                let response = Response::builder().status(StatusCode::BAD_REQUEST);
                return response.body(Body::from(error)).unwrap();
            }
            forwarded = forwarded.body(bytes);
        } else if has_body {
            forwarded = forwarded.body(reqwest::Body::wrap_stream(body.into_data_stream()));
        }
        let Ok(reply) = forwarded.send().await else {
            return status(StatusCode::BAD_GATEWAY);
        };
        let mut response = Response::builder().status(reply.status());
        for (name, value) in reply.headers() {
            if name != header::CONNECTION && name != header::TRANSFER_ENCODING {
                response = response.header(name, value);
            }
        }
        let mut cut = self.cut_after.lock().unwrap();
        let is_longer = |limit: &mut u64| reply.content_length().is_none_or(|it| it > *limit);
        let cut = match reply.status().is_success() {
            true => cut.take_if(is_longer),
            false => None,
        };
        let sent = self.sent.clone();
        let body = reply.bytes_stream().map(move |piece| {
            let length = piece.as_ref().map_or(0, bytes::Bytes::len);
            sent.fetch_add(length as u64, Ordering::SeqCst);
            piece.map_err(io::Error::other)
        });
        let body = match cut {
            None => Body::from_stream(body),
            Some(limit) => Body::from_stream(cut_stream(body, limit)),
        };
        response.body(body).unwrap()
    }
}

/// Ends a body with an error after `limit` bytes.
fn cut_stream(
    body: impl futures_util::Stream<Item = io::Result<bytes::Bytes>>,
    limit: u64,
) -> impl futures_util::Stream<Item = io::Result<bytes::Bytes>> {
    let mut left = limit as usize;
    body.flat_map(move |piece| {
        let mut pieces = Vec::new();
        match piece {
            Ok(piece) if piece.len() < left => {
                left -= piece.len();
                pieces.push(Ok(piece));
            }
            Ok(piece) => {
                pieces.push(Ok(piece.slice(..left)));
                left = 0;
                pieces.push(Err(io::Error::other("cut")));
            }
            Err(error) => pieces.push(Err(error)),
        }
        futures_util::stream::iter(pieces)
    })
}

async fn answer(
    State((faults, host)): State<(Arc<Faults>, Host)>,
    request: Request,
) -> Response<Body> {
    let uri = request.uri().clone();
    let target = uri.path_and_query().map_or("/", |it| it.as_str());
    let named = format!("{} {target}", request.method());
    faults.requests.lock().unwrap().push(named.clone());
    let slow = faults.slow_ms.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(slow)).await;
    let held = faults.held.lock().unwrap().clone();
    if held.is_some_and(|method| request.method() == method.as_str()) {
        std::future::pending::<()>().await;
    }
    if faults.is_broken.load(Ordering::SeqCst) || faults.fails(&named) {
        return status(StatusCode::INTERNAL_SERVER_ERROR);
    }
    if host == Host::Storage {
        return from_storage(&faults, request, target).await;
    }
    if faults.is_signed_out.load(Ordering::SeqCst) {
        return status(StatusCode::UNAUTHORIZED);
    }
    let reply = faults.reply.lock().unwrap().clone();
    if let Some((status, text)) = reply {
        let response = Response::builder().status(status);
        return response.body(Body::from(text)).unwrap();
    }
    let refused = faults.refused.lock().unwrap().clone();
    if refused.is_some_and(|method| request.method() == method.as_str()) {
        return status(StatusCode::FORBIDDEN);
    }
    if let Some(keys) = &faults.keys
        && !is_signed(keys, &request)
    {
        let error = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code></Error>";
        let response = Response::builder().status(StatusCode::FORBIDDEN);
        return response.body(Body::from(error)).unwrap();
    }
    let is_read = request.method() == "GET" && !target.contains("list-type=");
    let elsewhere = faults.redirect.lock().unwrap().clone();
    let generation = faults.generation.load(Ordering::SeqCst);
    let location = elsewhere.or_else(|| {
        let storage = faults.storage.as_ref()?;
        Some(format!("{storage}/signed/{generation}{target}"))
    });
    match location.filter(|_| is_read) {
        Some(location) => Response::builder()
            .status(StatusCode::FOUND)
            .header(header::LOCATION, location)
            .body(Body::from("<a>Found</a>"))
            .unwrap(),
        None => faults.forward(request, target, None).await,
    }
}

/// Serves `/signed/{generation}/…`.
async fn from_storage(faults: &Faults, request: Request, target: &str) -> Response<Body> {
    let is_signed = target.contains("X-Amz-Signature") || target.contains("X-Amz-Credential");
    if request.headers().contains_key(header::AUTHORIZATION) || is_signed {
        faults.leaks.fetch_add(1, Ordering::SeqCst);
    }
    let generation = faults.generation.load(Ordering::SeqCst);
    match target.strip_prefix(&format!("/signed/{generation}")) {
        Some(path) => {
            let path = path.to_owned();
            faults
                .forward(request, &path, faults.login.as_deref())
                .await
        }
        None => status(StatusCode::FORBIDDEN),
    }
}

fn status(status: StatusCode) -> Response<Body> {
    Response::builder()
        .status(status)
        .body(Body::empty())
        .unwrap()
}
