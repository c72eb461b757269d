//! Checks a reply and maps a failure to its error.
//!
//! The number in the body takes precedence over the status. The upstream's messages go to the log only, and
//! without anything that might be a token or a URL.

use std::time::SystemTime;

use http::StatusCode;

use super::codes;
use super::types;
use crate::http::{Reply, status};
use crate::terabox::codes::Context;
use crate::terabox::types::CallOutcome;
use serde::de::DeserializeOwned;

use crate::{DriveError, ErrorKind};

/// Returns the error for an item's own number.
pub(crate) fn item_error(operation: &'static str, code: i64) -> DriveError {
    item_error_in(operation, code, Context::Api)
}

/// Returns the error for an item's number in another kind of call.
pub(crate) fn item_error_in(operation: &'static str, code: i64, context: Context) -> DriveError {
    let kind = codes::kind(code, "", context);
    DriveError::new(kind, operation, "").with_code(code)
}

/// Checks a JSON reply.
///
/// # Errors
/// The failure that the reply reports.
pub(crate) fn check_response(
    operation: &'static str,
    reply: &Reply,
    context: Context,
    now: SystemTime,
) -> Result<(), DriveError> {
    let outcome = types::read::<CallOutcome>(&reply.body);
    let code = outcome.as_ref().and_then(CallOutcome::code);
    let error = match (code, &outcome) {
        (Some(code), Some(outcome)) if code != 0 => {
            let told = told_error(operation, code, outcome, context);
            // The number is unknown: the status may say more.
            match told.kind {
                ErrorKind::VerificationRequired => told,
                _ if reply.status == StatusCode::TOO_MANY_REQUESTS => DriveError {
                    kind: ErrorKind::RateLimited,
                    ..told
                },
                ErrorKind::UpstreamFailed if !reply.status.is_success() => DriveError {
                    kind: status::kind_of_call(reply.status),
                    ..told
                },
                _ => told,
            }
        }
        (_, Some(_)) if reply.status.is_success() => return Ok(()),
        _ => status_error(operation, reply.status),
    };
    Err(status::with_wait(error, &reply.headers, now))
}

/// Returns the error for an upstream's number and message.
pub(crate) fn told_error(
    operation: &'static str,
    code: i64,
    outcome: &CallOutcome,
    context: Context,
) -> DriveError {
    let kind = codes::kind(code, outcome.message(), context);
    DriveError::new(kind, operation, harmless(outcome.message())).with_code(code)
}

/// Returns the error for a status without a readable body.
fn status_error(operation: &'static str, code: StatusCode) -> DriveError {
    let detail = format!("status {} without a reason", code.as_u16());
    DriveError::new(status::kind_of_call(code), operation, detail)
}

/// Returns the upstream's message for the log, without anything that might be a token or a URL.
fn harmless(message: &str) -> String {
    let is_harmless = |word: &str| {
        let inner = word.trim_matches(|c: char| c.is_ascii_punctuation());
        let is_word = inner
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '_' | '-' | '\''));
        let is_number = inner.bytes().all(|byte| byte.is_ascii_digit());
        word.len() <= 24 && (is_word || is_number && inner.len() <= 6)
    };
    let words: Vec<&str> = message
        .split_whitespace()
        .take(30)
        .map(|word| if is_harmless(word) { word } else { "…" })
        .collect();
    words.join(" ")
}

/// Parses the JSON of a reply that passed the check.
pub(crate) fn parse<T: DeserializeOwned>(
    operation: &'static str,
    reply: &Reply,
) -> Result<T, DriveError> {
    types::read(&reply.body).ok_or_else(|| {
        DriveError::failed(operation, "the reply has another shape than is documented")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_sees_words_but_no_tokens() {
        let cases = [
            (
                "invalid token O4-RcLDmofbh4CXBJIurBiPnsNdM0Xnq5XcPG0jg at http://x/y",
                "invalid token … at …",
            ),
            ("token t0k3n, expired (31045)!", "token … expired (31045)!"),
            ("v1.example.com said: don't", "… said: don't"),
            ("access_tokens=abc need_verify", "… need_verify"),
            ("a\u{7}b", "…"),
        ];
        for (message, logged) in cases {
            assert_eq!(harmless(message), logged);
        }
    }
}
