//! Replies read into memory, and the mapping of the client's errors to ours.
//!
//! No error contains the requested URL: it may carry tokens and signatures.

use std::error::Error;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};

use super::causes;
use super::stream::{StreamError, Streamed};
use crate::{DriveError, ErrorKind};

/// A small reply, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The URL that it came from after redirects; a secret.
    pub(crate) url: String,
}

impl Reply {
    pub(super) async fn read(
        operation: &'static str,
        mut response: reqwest::Response,
        url: String,
        limit: usize,
    ) -> Result<Self, DriveError> {
        let body = read_up_to(operation, &mut response, limit).await?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        Reply::of(operation, (status, headers), body, (url, limit))
    }

    /// Returns a reply with that head and body.
    ///
    /// # Errors
    ///
    /// Fails if the body is not complete.
    pub(super) fn of(
        operation: &'static str,
        (status, headers): (StatusCode, HeaderMap),
        (body, whole): (Bytes, bool),
        (url, limit): (String, usize),
    ) -> Result<Self, DriveError> {
        if !whole {
            return Err(DriveError::failed(
                operation,
                format!("the reply is longer than {limit} bytes"),
            ));
        }
        Ok(Reply {
            status,
            headers,
            body,
            url,
        })
    }
}

/// A body in chunks, of a call or of media.
pub(crate) trait Pieces {
    type Error: Failing;

    /// Returns the announced length in bytes; `None` if there is none.
    fn announced(&self) -> Option<u64>;

    /// Returns the next chunk; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, Self::Error>> + Send;
}

impl Pieces for reqwest::Response {
    type Error = reqwest::Error;

    fn announced(&self) -> Option<u64> {
        self.content_length()
    }

    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, reqwest::Error>> + Send {
        self.chunk()
    }
}

impl Pieces for Streamed {
    type Error = StreamError;

    fn announced(&self) -> Option<u64> {
        self.content_length()
    }

    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, StreamError>> + Send {
        self.chunk()
    }
}

/// Reads a body until it ends (`true`) or exceeds `limit` bytes (`false`); returns the bytes read in both
/// cases.
pub(crate) async fn read_up_to(
    operation: &'static str,
    response: &mut impl Pieces,
    limit: usize,
) -> Result<(Bytes, bool), DriveError> {
    let announced = response.announced().unwrap_or(0).min(limit as u64) as usize;
    let mut body = BytesMut::with_capacity(announced);
    while let Some(chunk) = response
        .next()
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

/// An error of a client.
pub(crate) trait Failing {
    fn is_timeout(&self) -> bool;

    /// Returns the reason for which there is no connection; `None` if it is another failure.
    fn sentence(&self) -> Option<&'static str>;

    /// Describes the error, without the URL.
    fn told(self) -> String;
}

impl Failing for reqwest::Error {
    fn is_timeout(&self) -> bool {
        reqwest::Error::is_timeout(self)
    }

    fn sentence(&self) -> Option<&'static str> {
        causes::sentence(self)
    }

    fn told(self) -> String {
        story(&self.without_url())
    }
}

impl Failing for StreamError {
    fn is_timeout(&self) -> bool {
        matches!(self, StreamError::Timeout)
    }

    fn sentence(&self) -> Option<&'static str> {
        causes::sentence(self)
    }

    fn told(self) -> String {
        story(&self)
    }
}

/// Converts an error of a client, without the URL.
pub(crate) fn failure(operation: &'static str, error: impl Failing) -> DriveError {
    let kind = if error.is_timeout() {
        ErrorKind::UpstreamTimeout
    } else {
        ErrorKind::UpstreamFailed
    };
    let sentence = error.sentence();
    DriveError {
        sentence,
        ..DriveError::new(kind, operation, error.told())
    }
}

/// Returns an error with all its causes.
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

/// Returns the wait that `Retry-After` asks for, in seconds or until a date; `None` if the header is missing or
/// malformed.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}
