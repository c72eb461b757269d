//! Whether a reply says that all went well, and the failure that it tells otherwise.
//!
//! The number in the body rules over the status; words of the upstream go to the log only, and
//! without what might be a token or an address.

use std::time::SystemTime;

use http::StatusCode;

use super::codes::{self, Context};
use super::types::{self, Outcome};
use crate::drives::http::{Reply, retry_after};
use crate::drives::{DriveError, ErrorKind};

/// The failure that an item's own number tells.
pub(super) fn item_error(operation: &'static str, code: i64) -> DriveError {
    let kind = codes::kind(code, "", Context::Api);
    DriveError::new(kind, operation, "").with_code(code)
}

/// Whether a JSON reply says that all went well; the failure that it tells otherwise.
pub(super) fn judge(
    operation: &'static str,
    reply: &Reply,
    context: Context,
    now: SystemTime,
) -> Result<(), DriveError> {
    let outcome = types::read::<Outcome>(&reply.body);
    let code = outcome.as_ref().and_then(Outcome::code);
    let error = match (code, &outcome) {
        (Some(code), Some(outcome)) if code != 0 => told_error(operation, code, outcome, context),
        (_, Some(_)) if reply.status.is_success() => return Ok(()),
        _ => status_error(operation, reply.status),
    };
    Err(match retry_after(&reply.headers, now) {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    })
}

/// The failure that an upstream's number and words tell.
pub(super) fn told_error(
    operation: &'static str,
    code: i64,
    outcome: &Outcome,
    context: Context,
) -> DriveError {
    let kind = codes::kind(code, outcome.message(), context);
    DriveError::new(kind, operation, harmless(outcome.message())).with_code(code)
}

/// The failure that a status without a readable body tells.
fn status_error(operation: &'static str, status: StatusCode) -> DriveError {
    let kind = match status.as_u16() {
        401 => ErrorKind::SignedOut,
        404 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::UpstreamTimeout,
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::UpstreamFailed,
    };
    let status = status.as_u16();
    DriveError::new(kind, operation, format!("status {status} without a reason"))
}

/// The upstream's words for the log, without what might be a token or an address.
fn harmless(message: &str) -> String {
    let word = |word: &str| {
        if word.len() > 24 || word.contains('/') {
            "…".to_owned()
        } else {
            word.chars().filter(|c| !c.is_control()).collect()
        }
    };
    let words: Vec<String> = message.split_whitespace().take(30).map(word).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_sees_words_but_no_tokens() {
        assert_eq!(
            harmless("invalid token O4-RcLDmofbh4CXBJIurBiPnsNdM0Xnq5XcPG0jg at http://x/y"),
            "invalid token … at …"
        );
    }
}
