//! The upload hosts: `locateupload` returns one of them, `superfile2` receives the parts of a file (section 3.4.2).
//!
//! A part is sent with an access token of the Open Platform, or with the website's cookie. Clients of the website send a
//! `path` that is encoded once or twice and more parts than `precreate` was called with (field notes, sections 10 and
//! 11), so neither is compared for them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{Response, StatusCode, Uri, header};
use axum::routing::{get, post};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::StreamExt;
use md5::{Digest, Md5};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::accounts::TokenStatus;
use super::body::{self, ResponseHead};
use super::call::{ApiCall, delay, handle, header_text};
use super::faults::Effect;
use super::nodes::md5_hex;
use super::replies::{ApiError, ApiReply, request_id};
use super::uploads::{MIN_PART_BYTES, ReceivedPart};
use super::{SandboxState, strict};

/// Greatest number of parts of a file.
const MAX_PARTS: usize = 16_384;

/// Returns the routes of an upload host; the API host and the hosts of media have them too.
pub fn routes(state: Arc<SandboxState>) -> Router {
    let for_parts = state.clone();
    let locate = move |request: Request| handle(state, request, "locateupload", false, locate);
    Router::new()
        .route(
            "/rest/2.0/pcs/superfile2",
            post(move |request| part(for_parts, request)),
        )
        .route("/rest/2.0/pcs/file", get(locate.clone()).post(locate))
        .layer(DefaultBodyLimit::disable())
}

/// Returns an upload host. No session is needed. Each call names the other of the two hosts.
async fn locate(call: ApiCall) -> Result<ApiReply, ApiError> {
    if call.params.need("method")? != "locateupload" {
        return Err(ApiError::parameters("method"));
    }
    let hosts = &call.state.hosts.uploads;
    let turn = call.state.uploads.next_host() % hosts.len();
    let other = &hosts[(turn + 1) % hosts.len()];
    Ok(ApiReply::Plain(json!({
        "host": hosts[turn],
        "servers": [{"server": format!("http://{}", hosts[turn])}, {"server": format!("http://{other}")}],
        "client_ip": "127.0.0.1",
        "expire": 60,
        "request_id": request_id(),
    })))
}

/// An error of an upload host: status, `error_code`, text.
struct PartError(StatusCode, i64, String);

fn bad_request(code: i64, text: &str) -> PartError {
    PartError(StatusCode::BAD_REQUEST, code, text.to_owned())
}

/// The session that a part is sent with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartSession {
    Token,
    Cookie,
}

async fn part(state: Arc<SandboxState>, request: Request) -> Response<Body> {
    let counter = state.counters.route("superfile2");
    counter.requests.fetch_add(1, Ordering::Relaxed);
    let uri = request.uri().to_string();
    let subject = format!(
        "{} {}",
        header_text(request.headers(), header::HOST),
        percent_decode_str(&uri).decode_utf8_lossy()
    );
    let effect = state.faults.take("superfile2", &subject);
    delay(&state, &effect).await;
    let (head, body) = match receive_part(&state, request, &effect).await {
        Ok(reply) => (
            ResponseHead::new(StatusCode::OK, "application/json"),
            reply.to_string(),
        ),
        Err(PartError(status, code, text)) => (
            ResponseHead::new(status, "application/json"),
            json!({"error_code": code, "error_msg": text, "request_id": request_id()}).to_string(),
        ),
    };
    let effect = Effect {
        // A part that was cut gets no reply.
        cut_after_bytes: effect.cut_after_bytes.map(|_| 0),
        ..effect
    };
    body::answer(
        head,
        Bytes::from(body).into(),
        &effect,
        counter,
        state.stopping.clone(),
    )
}

/// Receives a part. The body is read to its end before an error is sent, since a client whose connection is closed while
/// it sends does not read the response.
async fn receive_part(
    state: &Arc<SandboxState>,
    request: Request,
    effect: &Effect,
) -> Result<Value, PartError> {
    let uri = request.uri().clone();
    let cookie = header_text(request.headers(), header::COOKIE);
    let mut request = Some(request);
    let received = receive_or_refuse(state, &uri, &cookie, &mut request, effect).await;
    if let Some(unread) = request.filter(|_| received.is_err()) {
        let mut chunks = unread.into_body().into_data_stream();
        while let Some(Ok(_)) = chunks.next().await {}
    }
    received
}

async fn receive_or_refuse(
    state: &Arc<SandboxState>,
    uri: &Uri,
    cookie: &str,
    request: &mut Option<Request>,
    effect: &Effect,
) -> Result<Value, PartError> {
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let get = |name: &str| {
        query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    };
    check_fault(effect)?;
    let token = get("access_tokens").or(get("access_token"));
    let session = check_session(state, token, cookie, effect)?;
    if state.options.strict && session == PartSession::Token {
        let params = query
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        strict::check("superfile2", params)
            .map_err(|ApiError(code, text)| bad_request(code, &text))?;
    }
    if (get("method"), get("app_id")) != (Some("upload"), Some("250528")) {
        return Err(bad_request(31023, "param error"));
    }
    let number = get("partseq").and_then(|text| text.parse::<usize>().ok());
    let (Some(path), Some(uploadid), Some(number)) = (get("path"), get("uploadid"), number) else {
        return Err(bad_request(31023, "param error"));
    };
    let pending = state.uploads.pending(uploadid);
    let (is_known, is_last) = match (&pending, session) {
        (None, _) => (false, false),
        (Some(upload), PartSession::Token) => (
            upload.path == path && number < upload.block_list.len(),
            number + 1 == upload.block_list.len(),
        ),
        // `create` checks the sizes, since only it has the real list of parts.
        (Some(_), PartSession::Cookie) => (number < MAX_PARTS, true),
    };
    if !is_known {
        return Err(bad_request(31023, "uploadid, path or partseq"));
    }
    let request = request.take().ok_or_else(|| bad_request(31021, ""))?;
    let mut part = write_part(state, request, effect)
        .await
        .map_err(|text| bad_request(31021, &text))?;
    if !is_last && part.bytes <= MIN_PART_BYTES {
        return Err(bad_request(31299, "invalid superfile part size"));
    }
    if effect.wrong_md5 {
        part.md5 = md5_hex(&part.md5);
    }
    let text_numbers = state.options.loose || state.options.text_numbers;
    let reply = json!({
        "md5": part.md5,
        "partseq": if text_numbers { json!(number.to_string()) } else { json!(number) },
        "request_id": request_id(),
        "uploadid": uploadid,
    });
    state.uploads.add_part(uploadid, number, part);
    Ok(reply)
}

fn check_fault(effect: &Effect) -> Result<(), PartError> {
    if let Some(status) = effect.status.or(effect.forbidden.then_some(403)) {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let code = effect.errno.unwrap_or(31021);
        return Err(PartError(status, code, String::new()));
    }
    match effect.errno {
        Some(errno) => Err(bad_request(
            errno,
            effect.errmsg.as_deref().unwrap_or_default(),
        )),
        None => Ok(()),
    }
}

fn check_session(
    state: &SandboxState,
    token: Option<&str>,
    cookie: &str,
    effect: &Effect,
) -> Result<PartSession, PartError> {
    if token.is_none() && !effect.expired && state.is_signed_in(cookie) {
        return Ok(PartSession::Cookie);
    }
    let (unknown, expired) = state.options.token_errnos;
    let code = match state.accounts.status(token.unwrap_or_default()) {
        TokenStatus::Alive { .. } if !effect.expired => return Ok(PartSession::Token),
        TokenStatus::Unknown if !cookie.is_empty() && token.is_none() => 31045,
        TokenStatus::Unknown => unknown,
        _ => expired,
    };
    Err(PartError(
        StatusCode::UNAUTHORIZED,
        code,
        "access_token".to_owned(),
    ))
}

/// Writes the field `file` of the form to the disk.
async fn write_part(
    state: &Arc<SandboxState>,
    request: Request,
    effect: &Effect,
) -> Result<ReceivedPart, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| text(&error))?;
    while let Some(mut field) = form.next_field().await.map_err(|error| text(&error))? {
        if field.name() != Some("file") {
            continue;
        }
        let path = state.uploads.new_file().map_err(|error| text(&error))?;
        let mut file = tokio::fs::File::create(&path)
            .await
            .map_err(|error| text(&error))?;
        let mut hasher = Md5::new();
        let mut bytes = 0;
        while let Some(chunk) = field.chunk().await.map_err(|error| text(&error))? {
            hasher.update(&chunk);
            bytes += chunk.len() as u64;
            if effect.cut_after_bytes.is_some_and(|max| bytes > max) {
                drop(file);
                let _ = tokio::fs::remove_file(&path).await;
                return Err("cut by a fault".to_owned());
            }
            file.write_all(&chunk).await.map_err(|error| text(&error))?;
        }
        file.flush().await.map_err(|error| text(&error))?;
        return Ok(ReceivedPart {
            file: path,
            bytes,
            md5: HEXLOWER.encode(&hasher.finalize()),
        });
    }
    Err("no file".to_owned())
}
