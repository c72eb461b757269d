//! Replies of calls: the envelopes of `/oauth` and `/openapi`, error objects, and the replies that a fault puts in place
//! of the real one.
//!
//! Types vary as they do in the documents: `request_id` is a number, sometimes beyond 63 bits, or a text.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{StatusCode, header};
use bytes::Bytes;
use serde_json::{Value, json};

use super::body::ResponseHead;
use super::faults::Effect;
use super::signing;

/// A reply that is no error.
pub enum ApiReply {
    /// A reply of `/oauth`: the value becomes `data`.
    Data(Value),
    /// A reply of `/openapi`: `errno` is added if it is missing, and `request_id`.
    Object(Value),
    /// The same, with `/` encode_reply as `\/`.
    Escaped(Value),
    /// An object to which nothing is added.
    Plain(Value),
    /// As `Object`, with more headers.
    WithHeaders(Vec<(header::HeaderName, String)>, Value),
    /// An HTML page with more headers.
    Page(Vec<(header::HeaderName, String)>, String),
    /// A redirect to a URL.
    Redirect(String),
    /// A content type and a text that is no JSON.
    Text(&'static str, String),
}

/// An error of a call: `errno` and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(pub i64, pub String);

impl ApiError {
    /// Returns errno 2: the named parameter is missing or wrong.
    pub fn parameters(what: &str) -> Self {
        Self(2, format!("invalid param: {what}"))
    }
}

/// Returns the reply that a fault puts in place of a call's own, `None` if the call is answered normally.
pub fn fault_reply(effect: &Effect, expired: i64, oauth: bool) -> Option<(ResponseHead, Bytes)> {
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
            ResponseHead::new(status, "application/json"),
            body.to_string().into(),
        ));
    }
    if let Some(errno) = effect.errno {
        return Some(encode_reply(Err(ApiError(errno, text())), oauth));
    }
    if effect.expired {
        return Some(encode_reply(
            Err(ApiError(expired, "access_token expired".to_owned())),
            oauth,
        ));
    }
    fault_body(effect)
}

/// Returns the body that a fault sends under 200 instead of the requested one, `None` without such a fault.
pub fn fault_body(effect: &Effect) -> Option<(ResponseHead, Bytes)> {
    if effect.json_body {
        let body = json!({"errno": 400141, "errmsg": "need verify", "request_id": request_id()})
            .to_string();
        return Some((
            ResponseHead::new(StatusCode::OK, "application/json"),
            body.into(),
        ));
    }
    if effect.html_body {
        let body = "<!DOCTYPE html><html><head><title>TeraBox</title></head><body>Please sign in.</body></html>";
        return Some((
            ResponseHead::new(StatusCode::OK, "text/html"),
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

/// Encodes a reply or an error; under `oauth` in the envelope of `/oauth`.
pub fn encode_reply(reply: Result<ApiReply, ApiError>, oauth: bool) -> (ResponseHead, Bytes) {
    let head = ResponseHead::new(StatusCode::OK, "application/json; charset=UTF-8");
    let text = match reply {
        Ok(ApiReply::Text(content_type, text)) => {
            return (ResponseHead::new(StatusCode::OK, content_type), text.into());
        }
        Ok(ApiReply::Page(headers, html)) => {
            let head = ResponseHead::new(StatusCode::OK, "text/html; charset=UTF-8");
            let add = |head: ResponseHead, (name, value)| head.with(name, value);
            return (headers.into_iter().fold(head, add), html.into());
        }
        Ok(ApiReply::Redirect(location)) => {
            let head = ResponseHead::new(StatusCode::FOUND, "text/html");
            return (head.with(header::LOCATION, location), Bytes::new());
        }
        Ok(ApiReply::WithHeaders(headers, object)) => {
            let head = headers
                .into_iter()
                .fold(head, |head, (name, value)| head.with(name, value));
            return (head, with_request_id(object).to_string().into());
        }
        Ok(ApiReply::Plain(object)) => object.to_string(),
        Ok(ApiReply::Data(data)) => envelope(0, "", Some(data)).to_string(),
        Ok(ApiReply::Object(object)) => with_request_id(object).to_string(),
        Ok(ApiReply::Escaped(object)) => with_request_id(object).to_string().replace('/', "\\/"),
        Err(ApiError(errno, text)) if oauth => envelope(errno, &text, None).to_string(),
        Err(ApiError(31341, text)) => {
            json!({"errno": 31341, "error_code": 31341, "errmsg": text, "request_id": request_id()})
                .to_string()
        }
        Err(ApiError(errno, text)) => {
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

/// Adds `errno` 0 if the object has none, and a request id.
pub fn with_request_id(mut object: Value) -> Value {
    if object.get("errno").is_none() {
        object["errno"] = json!(0);
    }
    object["request_id"] = request_id();
    object
}

/// Returns, in turns, a small number, one beyond 63 bits, and a text.
pub fn request_id() -> Value {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    match n % 3 {
        0 => json!(81_737_848_294_785_966 + n),
        1 => json!(15_002_213_719_900_562_680 + n),
        _ => json!((13_855_817_239_228_516_143 + n).to_string()),
    }
}
