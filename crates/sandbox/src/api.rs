//! The calls of the API: where each one is, and what all of them share.
//!
//! A call is counted, its parameters are read (from the address, an urlencoded or a multipart form), faults
//! strike, and then one function answers. Errors are HTTP 200 with an `errno`.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, header};
use axum::routing::{get, post};
use percent_encoding::percent_decode_str;

use super::accounts::Standing;
use super::body;
use super::faults::Effect;
use super::params::Params;
use super::replies::{Failure, Reply, completed, spoiled, written};
use super::{
    State, changes, files, loose, oauth, shares_calls, streaming, strict, uploads, web_drive,
    web_session,
};

/// The account's user id.
pub const USER_ID: u64 = 4_401_866_465_594;

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
        .all()
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
