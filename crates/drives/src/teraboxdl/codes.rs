//! Maps the service's statuses to errors (document, “Common Errors”). No error numbers are documented for its
//! bodies, so the status alone decides.

use http::StatusCode;

use crate::{DriveError, ErrorKind};

/// The link itself is rejected.
const NO_LINK: &str = "The resolving service does not take this link: it may have been revoked, or it is none of TeraBox’s.";
/// Key and signature are rejected together, and it is not yet clear which is wrong.
const NO_ENTRY: &str = "The resolving service does not accept this drive’s API key, or not what it signs with its secret.";
/// The key is rejected in an unsigned call, too.
pub(crate) const KEY_REFUSED: &str =
    "The resolving service does not know this drive’s API key, or the key is not active.";
/// The key is accepted, the signature is not, and the clocks agree as far as the service reports its time.
pub(crate) const SECRET_REFUSED: &str = "The resolving service knows the API key of this drive, but refuses what it signs: its api_secret is most likely another one. If it is right, look whether the clock of this machine is.";
/// The key is accepted, the signature is not, and the clocks differ.
pub(crate) const CLOCK_DIFFERS: &str = "The resolving service refuses what this drive signs: its api_secret may be another one, and the clock of this machine is wrong by more than a minute.";
/// The daily allowance is used up.
pub(crate) const ALLOWANCE_USED_UP: &str = "The daily allowance of requests at the resolving service is used up; there will be more tomorrow, or with a larger plan.";
/// Requests come too fast.
const TOO_FAST: &str = "The resolving service asks us to slow down.";

/// Returns the error for a status other than 200 of an operation.
pub(crate) fn error(operation: &'static str, status: StatusCode) -> DriveError {
    let number = status.as_u16();
    let error = |kind| {
        DriveError::new(kind, operation, format!("status {number}")).with_code(i64::from(number))
    };
    match (number, operation) {
        (400, "resolve" | "trial") => error(ErrorKind::NotAShareLink).with_sentence(NO_LINK),
        (400, _) => error(ErrorKind::BadRequest),
        (401, _) => error(ErrorKind::SignedOut).with_sentence(NO_ENTRY),
        (408 | 504, _) => error(ErrorKind::UpstreamTimeout),
        (429, _) => error(ErrorKind::RateLimited).with_sentence(TOO_FAST),
        _ => error(ErrorKind::UpstreamFailed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_statuses_are_told_apart() {
        use ErrorKind::*;
        for (operation, status, kind) in [
            ("resolve", 400, NotAShareLink),
            ("trial", 400, NotAShareLink),
            ("reports", 400, BadRequest),
            ("resolve", 401, SignedOut),
            ("resolve", 429, RateLimited),
            ("resolve", 500, UpstreamFailed),
            ("resolve", 504, UpstreamTimeout),
            ("resolve", 302, UpstreamFailed),
        ] {
            let told = error(operation, StatusCode::from_u16(status).unwrap());
            assert_eq!(told.kind, kind, "{operation} {status}");
            assert_eq!(told.upstream_code, Some(i64::from(status)));
        }
    }
}
