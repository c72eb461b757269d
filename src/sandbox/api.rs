//! The calls of the API: where each one is, and what all of them share.
//!
//! A call is counted, its parameters are read (from the address, an urlencoded or a multipart form), faults
//! strike, and then one function answers. Errors are HTTP 200 with an `errno`. Types are as loose as the
//! documents show them: `request_id` is a number, sometimes one beyond 63 bits, sometimes a string.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{Response, StatusCode, header};
use axum::routing::{get, post};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::accounts::Standing;
use super::body::{self, Head};
use super::faults::Effect;
use super::{
    State, changes, files, loose, oauth, shares_calls, signing, streaming, strict, uploads,
    web_drive, web_session,
};

/// The account's user id.
pub const USER_ID: u64 = 4_401_866_465_594;

/// An answer that is not an error.
pub enum Reply {
    /// Under `/oauth`: becomes `data`.
    Data(Value),
    /// Under `/openapi`: `errno` and `request_id` are added where they are missing.
    Object(Value),
    /// The same, with `/` written as `\/`.
    Escaped(Value),
    /// An object with headers of its own beside it.
    With(Vec<(header::HeaderName, String)>, Value),
    /// A page of the website, with headers of its own.
    Page(Vec<(header::HeaderName, String)>, String),
    /// A redirect.
    Elsewhere(String),
    /// Anything that is not JSON.
    Text(&'static str, String),
}

/// An `errno` and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub i64, pub String);

impl Failure {
    /// 2: a parameter is missing or wrong.
    pub fn parameters(what: &str) -> Self {
        Self(2, format!("invalid param: {what}"))
    }
}

/// The parameters of a call, decoded.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The first value of this name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, v)| n == name && !v.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// The value, or errno 2.
    pub fn need(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| Failure::parameters(name))
    }

    /// A whole number, the default where it is missing, errno 2 where it is something else.
    pub fn number(&self, name: &str, default: i64) -> Result<i64, Failure> {
        self.get(name).map_or(Ok(default), |v| {
            v.parse().map_err(|_| Failure::parameters(name))
        })
    }

    /// Parameters that did not come with the call as they are here.
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Self {
        Self(pairs.collect())
    }

    /// All of them, in their order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    async fn read(request: Request) -> Self {
        let pairs = |bytes: &[u8]| {
            url::form_urlencoded::parse(bytes)
                .into_owned()
                .collect::<Vec<_>>()
        };
        let mut all = pairs(request.uri().query().unwrap_or_default().as_bytes());
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        if kind.starts_with("multipart/form-data") {
            if let Ok(mut form) = Multipart::from_request(request, &()).await {
                while let Ok(Some(field)) = form.next_field().await {
                    let name = field.name().unwrap_or_default().to_owned();
                    all.push((name, field.text().await.unwrap_or_default()));
                }
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            let body = Bytes::from_request(request, &()).await.unwrap_or_default();
            all.extend(pairs(&body));
        }
        Self(all)
    }
}

/// One call.
pub struct Call {
    pub state: Arc<State>,
    pub params: Params,
    /// The `Cookie` header, for the web session.
    pub cookie: String,
    /// The `Host` header.
    pub host: String,
    pub effect: Effect,
}

impl Call {
    /// 200002 and 200003, or the numbers that were set instead.
    pub fn standing(&self, token: &str) -> Result<Standing, Failure> {
        let (unknown, expired) = self.state.options.token_errnos;
        match self.state.accounts.standing(token) {
            Standing::Unknown => Err(Failure(unknown, "invalid access_token".to_owned())),
            Standing::Expired => Err(Failure(expired, "access_token expired".to_owned())),
            alive => Ok(alive),
        }
    }
}

/// The routes of the API host.
pub fn routes(state: Arc<State>) -> Router {
    macro_rules! call {
        ($route:literal, $needs_token:literal, $answer:path) => {{
            let state = state.clone();
            move |request: Request| handle(state, request, $route, $needs_token, $answer)
        }};
    }
    Router::new()
        .route(
            "/oauth/devicecode",
            get(call!("devicecode", false, oauth::device_code)),
        )
        .route(
            "/oauth/gettoken",
            post(call!("gettoken", false, oauth::get_token)),
        )
        .route(
            "/oauth/tokeninfo",
            post(call!("tokeninfo", false, oauth::token_info)),
        )
        .route(
            "/oauth/refreshtoken",
            post(call!("refreshtoken", false, oauth::refresh_token)),
        )
        .route("/openapi/uinfo", get(call!("uinfo", true, files::user)))
        .route("/openapi/active", get(call!("active", true, files::active)))
        .route(
            "/openapi/api/quota",
            get(call!("quota", true, files::quota)),
        )
        .route(
            "/openapi/api/precreate",
            post(call!("precreate", true, uploads::precreate)),
        )
        .route(
            "/openapi/api/create",
            post(call!("create", true, uploads::create)),
        )
        .route(
            "/openapi/api/filemanager",
            post(call!("filemanager", true, changes::manage)),
        )
        .route(
            "/openapi/share/taskquery",
            get(call!("taskquery", true, shares_calls::task)),
        )
        .route(
            "/api/user/getinfo",
            get(call!("web_getinfo", false, web_session::info)),
        )
        .route(
            "/api/quota",
            get(call!("web_quota", false, web_session::quota)),
        )
        .route(
            "/share/pset",
            post(call!("web_pset", false, web_session::create)),
        )
        .route(
            "/share/teratransfer/sharelist",
            get(call!("web_sharelist", false, web_session::list)),
        )
        .route(
            "/share/cancel",
            post(call!("web_cancel", false, web_session::cancel)),
        )
        .merge(website(&state))
        .route("/openapi/api/list", get(call!("list", true, files::list)))
        .route(
            "/openapi/api/filemetas",
            get(call!("filemetas", true, files::metas)),
        )
        .route(
            "/openapi/api/search",
            get(call!("search", true, files::search)),
        )
        .route(
            "/openapi/api/download",
            get(call!("download", true, files::download)),
        )
        .route(
            "/openapi/api/streaming",
            get(call!("streaming", true, streaming::playlist)),
        )
        .route(
            "/openapi/api/shorturlinfo",
            get(call!("shorturlinfo", true, shares_calls::info)),
        )
        .route(
            "/openapi/share/verify",
            post(call!("share_verify", true, shares_calls::verify)),
        )
        .route(
            "/openapi/share/list",
            get(call!("share_list", true, shares_calls::list)),
        )
        .route(
            "/openapi/share/mediameta",
            get(call!("share_mediameta", true, shares_calls::mediameta)),
        )
        .route(
            "/openapi/share/streaming",
            get(call!("share_streaming", true, shares_calls::playlist)),
        )
        .route(
            "/openapi/share/download",
            get(call!("share_download", true, shares_calls::download)),
        )
        .route(
            "/openapi/share/transfer",
            post(call!("share_transfer", true, shares_calls::transfer)),
        )
}

/// Files and shares of the web session, and its page.
fn website(state: &Arc<State>) -> Router {
    macro_rules! call {
        ($route:literal, $answer:path) => {{
            let state = state.clone();
            move |request: Request| handle(state, request, $route, false, $answer)
        }};
    }
    Router::new()
        .route("/main", get(call!("web_page", web_drive::page)))
        .route("/api/list", get(call!("web_list", web_drive::list)))
        .route(
            "/api/filemetas",
            get(call!("web_filemetas", web_drive::metas)),
        )
        .route("/api/search", get(call!("web_search", web_drive::search)))
        .route(
            "/api/streaming",
            get(call!("web_streaming", web_drive::playlist)),
        )
        .route(
            "/api/shorturlinfo",
            get(call!("web_shorturlinfo", web_drive::share_info)),
        )
        .route(
            "/share/verify",
            post(call!("web_share_verify", web_drive::share_verify)),
        )
        .route(
            "/share/list",
            get(call!("web_share_list", web_drive::share_list)),
        )
        .route(
            "/share/streaming",
            get(call!("web_share_streaming", web_drive::share_playlist)),
        )
        .route(
            "/share/transfer",
            post(call!("web_share_transfer", web_drive::share_transfer)),
        )
        .route(
            "/share/taskquery",
            get(call!("web_taskquery", web_drive::task)),
        )
}

async fn handle<A, F>(
    state: Arc<State>,
    request: Request,
    route: &'static str,
    needs_token: bool,
    answer: A,
) -> Response<Body>
where
    A: Fn(Call) -> F,
    F: Future<Output = Result<Reply, Failure>>,
{
    let count = state.counters.route(route);
    count.requests.fetch_add(1, Ordering::Relaxed);
    let address = request.uri().to_string();
    let oauth = address.starts_with("/oauth/");
    let (cookie, host) = (told(&request, header::COOKIE), told(&request, header::HOST));
    let params = Params::read(request).await;
    let subject = format!(
        "{} {}",
        percent_decode_str(&address).decode_utf8_lossy(),
        joined(&params)
    );
    let effect = state.faults.strike(route, &subject);
    wait(&state, &effect).await;
    let (stopping, expired) = (state.stopping.clone(), state.options.token_errnos.1);
    let is_loose = state.options.loose && !oauth;
    let written = |reply, oauth| match reply {
        Ok(Reply::Object(object)) if is_loose => {
            written(Ok(Reply::Object(loose::loosened(completed(object)))), oauth)
        }
        Ok(Reply::Escaped(object)) if is_loose => written(
            Ok(Reply::Escaped(loose::loosened(completed(object)))),
            oauth,
        ),
        reply => written(reply, oauth),
    };
    let (head, bytes) = match spoiled(&effect, expired, oauth) {
        Some(spoiled) => spoiled,
        None => {
            let token = params
                .get("access_tokens")
                .or(params.get("access_token"))
                .map(str::to_owned);
            let call = Call {
                state,
                params,
                cookie,
                host,
                effect: effect.clone(),
            };
            let listed = match call.state.options.strict {
                true => strict::check(route, call.params.all()),
                false => Ok(()),
            };
            let allowed = match token {
                _ if listed.is_err() => listed,
                _ if !needs_token => Ok(()),
                None => Err(Failure::parameters("access_tokens")),
                Some(token) => call.standing(&token).map(drop),
            };
            match allowed {
                Ok(()) => written(answer(call).await, oauth),
                Err(failure) => written(Err(failure), oauth),
            }
        }
    };
    body::answer(head, bytes.into(), &effect, count, stopping)
}

/// A header of a request, empty where it has none.
fn told(request: &Request, name: header::HeaderName) -> String {
    let value = request.headers().get(name);
    let text = value.and_then(|value| value.to_str().ok());
    text.unwrap_or_default().to_owned()
}

fn joined(params: &Params) -> String {
    params
        .0
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("&")
}

/// Lets a fault's latency pass.
pub async fn wait(state: &State, effect: &Effect) {
    if let Some(latency_ms) = effect.latency_ms {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(latency_ms)) => {}
            () = state.stopping.cancelled() => {}
        }
    }
}

/// What a fault answers in the place of a call.
fn spoiled(effect: &Effect, expired: i64, oauth: bool) -> Option<(Head, Bytes)> {
    let text = || {
        effect
            .errmsg
            .clone()
            .unwrap_or_else(|| known_text(effect.errno.unwrap_or(0)).to_owned())
    };
    if let Some(status) = effect.status.or(effect.forbidden.then_some(403)) {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({"error_code": effect.errno.unwrap_or(31021), "error_msg": text(), "request_id": request_id()});
        return Some((
            Head::new(status, "application/json"),
            body.to_string().into(),
        ));
    }
    if let Some(errno) = effect.errno {
        return Some(written(Err(Failure(errno, text())), oauth));
    }
    if effect.expired {
        return Some(written(
            Err(Failure(expired, "access_token expired".to_owned())),
            oauth,
        ));
    }
    unexpected_body(effect)
}

/// The bodies that come instead of what was asked, under 200.
pub fn unexpected_body(effect: &Effect) -> Option<(Head, Bytes)> {
    if effect.json_body {
        let body = json!({"errno": 400141, "errmsg": "need verify", "request_id": request_id()})
            .to_string();
        return Some((Head::new(StatusCode::OK, "application/json"), body.into()));
    }
    if effect.html_body {
        let body = "<!DOCTYPE html><html><head><title>TeraBox</title></head><body>Please sign in.</body></html>";
        return Some((
            Head::new(StatusCode::OK, "text/html"),
            Bytes::from_static(body.as_bytes()),
        ));
    }
    None
}

fn known_text(errno: i64) -> &'static str {
    match errno {
        31341 => "be transcoding, please wait and retry",
        400141 => "need verify",
        400210 | 400310 | 450005 => "need verify_v2",
        _ => "",
    }
}

fn written(reply: Result<Reply, Failure>, oauth: bool) -> (Head, Bytes) {
    let head = Head::new(StatusCode::OK, "application/json; charset=UTF-8");
    let text = match reply {
        Ok(Reply::Text(content_type, text)) => {
            return (Head::new(StatusCode::OK, content_type), text.into());
        }
        Ok(Reply::Page(headers, html)) => {
            let head = Head::new(StatusCode::OK, "text/html; charset=UTF-8");
            let add = |head: Head, (name, value)| head.with(name, value);
            return (headers.into_iter().fold(head, add), html.into());
        }
        Ok(Reply::Elsewhere(location)) => {
            let head = Head::new(StatusCode::FOUND, "text/html");
            return (head.with(header::LOCATION, location), Bytes::new());
        }
        Ok(Reply::With(headers, object)) => {
            let head = headers
                .into_iter()
                .fold(head, |head, (name, value)| head.with(name, value));
            return (head, completed(object).to_string().into());
        }
        Ok(Reply::Data(data)) => envelope(0, "", Some(data)).to_string(),
        Ok(Reply::Object(object)) => completed(object).to_string(),
        Ok(Reply::Escaped(object)) => completed(object).to_string().replace('/', "\\/"),
        Err(Failure(errno, text)) if oauth => envelope(errno, &text, None).to_string(),
        Err(Failure(31341, text)) => {
            json!({"errno": 31341, "error_code": 31341, "errmsg": text, "request_id": request_id()})
                .to_string()
        }
        Err(Failure(errno, text)) => {
            json!({"errno": errno, "errmsg": text, "request_id": request_id()}).to_string()
        }
    };
    (head, text.into())
}

fn envelope(errno: i64, text: &str, data: Option<Value>) -> Value {
    let mut envelope = json!({
        "errno": errno,
        "newno": "",
        "request_id": request_id(),
        "server_time": signing::now_s(),
        "show_msg": text,
    });
    if let Some(data) = data {
        envelope["data"] = data;
    }
    envelope
}

fn completed(mut object: Value) -> Value {
    if object.get("errno").is_none() {
        object["errno"] = json!(0);
    }
    object["request_id"] = request_id();
    object
}

/// Takes turns: a plain number, one that only fits in 64 bits without a sign, a string.
pub fn request_id() -> Value {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    match n % 3 {
        0 => json!(81_737_848_294_785_966 + n),
        1 => json!(15_002_213_719_900_562_680 + n),
        _ => json!((13_855_817_239_228_516_143 + n).to_string()),
    }
}
