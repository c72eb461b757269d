//! Replies read into memory, and the client's failures in the words of this room.
//!
//! No failure carries the address that was asked: it may hold tokens and signatures.

use std::error::Error;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};

use crate::drives::{DriveError, ErrorKind};

/// A small reply, whatever its status.
pub(in crate::drives) struct Reply {
    pub(in crate::drives) status: StatusCode,
    pub(in crate::drives) headers: HeaderMap,
    pub(in crate::drives) body: Bytes,
    /// The address that it came from in the end; a secret.
    pub(in crate::drives) url: String,
}

impl Reply {
    pub(super) async fn read(
        operation: &'static str,
        mut response: reqwest::Response,
        url: String,
        limit: usize,
    ) -> Result<Self, DriveError> {
        let (body, whole) = read_up_to(operation, &mut response, limit).await?;
        if !whole {
            return Err(DriveError::new(
                ErrorKind::UpstreamFailed,
                operation,
                format!("the reply is longer than {limit} bytes"),
            ));
        }
        Ok(Reply {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body,
            url,
        })
    }
}

/// Reads a body until it ends (`true`) or more than `limit` bytes are there (`false`; what was read
/// comes along).
pub(in crate::drives) async fn read_up_to(
    operation: &'static str,
    response: &mut reqwest::Response,
    limit: usize,
) -> Result<(Bytes, bool), DriveError> {
    let announced = response.content_length().unwrap_or(0).min(limit as u64) as usize;
    let mut body = BytesMut::with_capacity(announced);
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failure(operation, error))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > limit {
            return Ok((body.freeze(), false));
        }
    }
    Ok((body.freeze(), true))
}

/// A failure of the client, without the address.
pub(in crate::drives) fn failure(operation: &'static str, error: reqwest::Error) -> DriveError {
    let kind = if error.is_timeout() {
        ErrorKind::UpstreamTimeout
    } else {
        ErrorKind::UpstreamFailed
    };
    DriveError::new(kind, operation, story(&error.without_url()))
}

/// An error with all its causes.
pub(super) fn story(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The wait that `Retry-After` asks for, in seconds or until a date.
pub(in crate::drives) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}
