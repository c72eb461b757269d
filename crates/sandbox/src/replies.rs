//! What calls are answered with, and how it is written: envelopes, numbers of errors, and what comes instead where a fault
//! strikes.
//!
//! Types are as loose as the documents show them: `request_id` is a number, sometimes one beyond 63 bits, sometimes a
//! string.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{StatusCode, header};
use bytes::Bytes;
use serde_json::{Value, json};

use super::body::Head;
use super::faults::Effect;
use super::signing;

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

/// What a fault answers in the place of a call.
pub fn spoiled(effect: &Effect, expired: i64, oauth: bool) -> Option<(Head, Bytes)> {
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

pub fn written(reply: Result<Reply, Failure>, oauth: bool) -> (Head, Bytes) {
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

pub fn completed(mut object: Value) -> Value {
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
