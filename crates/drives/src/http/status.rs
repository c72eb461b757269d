//! Maps HTTP statuses to kinds of errors, for replies without a code of the upstream.

use std::time::SystemTime;

use http::StatusCode;
use http::header::HeaderMap;

use super::reply::retry_after;
use crate::{DriveError, ErrorKind};

/// Returns the error kind for the status of a call.
pub(crate) fn kind_of_call(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 => ErrorKind::SignedOut,
        404 => ErrorKind::NotFound,
        _ => kind_of_any(status),
    }
}

/// Returns the error kind for the status of a media host. The upstream gave out the URL in this form, so a
/// fresh one may work, whatever the host refuses about it; the call that gives out URLs reports if the file is
/// gone.
pub(crate) fn kind_of_media(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        400 | 401 | 403 | 404 | 410 => ErrorKind::Expired,
        _ => kind_of_any(status),
    }
}

fn kind_of_any(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        408 | 504 => ErrorKind::UpstreamTimeout,
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::UpstreamFailed,
    }
}

/// Returns the error of a media host that answered with a status alone.
pub(crate) fn media_error(
    operation: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> DriveError {
    let detail = format!("status {}", status.as_u16());
    let error = DriveError::new(kind_of_media(status), operation, detail);
    with_wait(error, headers, now)
}

/// Returns `error` with the wait that `Retry-After` asks for, if it does.
pub(crate) fn with_wait(error: DriveError, headers: &HeaderMap, now: SystemTime) -> DriveError {
    match retry_after(headers, now) {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}
