//! One call of the API host: counting, parameters, faults, the check of an access token, the reply.
//!
//! [`handle`] surrounds every call; the functions that answer are listed in `api`. Parameters come from the query, an
//! urlencoded or a multipart form. Errors are HTTP 200 with an `errno`.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Response, header};
use percent_encoding::percent_decode_str;

use super::accounts::TokenStatus;
use super::body;
use super::faults::Effect;
use super::params::Params;
use super::replies::{ApiError, ApiReply, encode_reply, fault_reply, with_request_id};
use super::{SandboxState, loose, strict};

/// The user id of the account.
pub const USER_ID: u64 = 4_401_866_465_594;

/// A call with its parameters.
pub struct ApiCall {
    pub state: Arc<SandboxState>,
    pub params: Params,
    /// The `Cookie` header; empty if there is none.
    pub cookie: String,
    /// The `Host` header; empty if there is none.
    pub host: String,
    pub effect: Effect,
}

impl ApiCall {
    /// Checks an access token.
    ///
    /// # Errors
    /// 200002 for an unknown and 200003 for an expired token, or the configured numbers.
    pub fn token_status(&self, token: &str) -> Result<TokenStatus, ApiError> {
        let (unknown, expired) = self.state.options.token_errnos;
        match self.state.accounts.status(token) {
            TokenStatus::Unknown => Err(ApiError(unknown, "invalid access_token".to_owned())),
            TokenStatus::Expired => Err(ApiError(expired, "access_token expired".to_owned())),
            alive => Ok(alive),
        }
    }
}

/// Counts a call, applies the faults of its route, and answers with `answer`.
///
/// With `needs_token`, the call requires a valid access token.
pub async fn handle<A, F>(
    state: Arc<SandboxState>,
    request: Request,
    route: &'static str,
    needs_token: bool,
    answer: A,
) -> Response<Body>
where
    A: Fn(ApiCall) -> F,
    F: Future<Output = Result<ApiReply, ApiError>>,
{
    let counter = state.counters.route(route);
    counter.requests.fetch_add(1, Ordering::Relaxed);
    let uri = request.uri().to_string();
    let oauth = uri.starts_with("/oauth/");
    let cookie = header_text(request.headers(), header::COOKIE);
    let host = header_text(request.headers(), header::HOST);
    // The document sends the forms of token calls as multipart.
    let content_type = header_text(request.headers(), header::CONTENT_TYPE);
    let is_documented_form = !oauth
        || request.method() != Method::POST
        || content_type.starts_with("multipart/form-data");
    let params = Params::read(request).await;
    let subject = format!(
        "{} {}",
        percent_decode_str(&uri).decode_utf8_lossy(),
        params.joined()
    );
    let effect = state.faults.take(route, &subject);
    delay(&state, &effect).await;
    let (stopping, expired) = (state.stopping.clone(), state.options.token_errnos.1);
    let text_numbers = !oauth && (state.options.loose || state.options.text_numbers);
    let (head, bytes) = match fault_reply(&effect, expired, oauth) {
        Some(fault) => fault,
        None => {
            let call = ApiCall {
                state,
                params,
                cookie,
                host,
                effect: effect.clone(),
            };
            let admitted = match is_documented_form || !call.state.options.strict {
                true => admit(&call, route, needs_token),
                false => Err(ApiError::parameters("multipart/form-data")),
            };
            let reply = match admitted {
                Ok(()) => answer(call).await,
                Err(error) => Err(error),
            };
            encode_reply(if text_numbers { loosened(reply) } else { reply }, oauth)
        }
    };
    body::answer(head, bytes.into(), &effect, counter, stopping)
}

/// Checks a call against the documents in strict mode, and its access token if it needs one.
fn admit(call: &ApiCall, route: &str, needs_token: bool) -> Result<(), ApiError> {
    if call.state.options.strict {
        strict::check(route, call.params.all())?;
    }
    if !needs_token {
        return Ok(());
    }
    let params = &call.params;
    let token = params.get("access_tokens").or(params.get("access_token"));
    let token = token.ok_or_else(|| ApiError::parameters("access_tokens"))?;
    call.token_status(token).map(drop)
}

fn loosened(reply: Result<ApiReply, ApiError>) -> Result<ApiReply, ApiError> {
    reply.map(|reply| match reply {
        ApiReply::Object(object) => ApiReply::Object(loose::loosened(with_request_id(object))),
        ApiReply::Escaped(object) => ApiReply::Escaped(loose::loosened(with_request_id(object))),
        other => other,
    })
}

/// Returns the text of a header, empty if the request has none.
pub fn header_text(headers: &HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(name);
    let text = value.and_then(|value| value.to_str().ok());
    text.unwrap_or_default().to_owned()
}

/// Waits for the latency of a fault, or until the sandbox stops.
pub async fn delay(state: &SandboxState, effect: &Effect) {
    if let Some(latency_ms) = effect.latency_ms {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(latency_ms)) => {}
            () = state.stopping.cancelled() => {}
        }
    }
}
