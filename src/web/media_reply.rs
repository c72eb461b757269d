//! Replies with media bytes: conditional requests, ranges, HEAD, and a body that ends short rather than
//! wrong.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;

use super::error::Problem;
use super::preconditions::{Precondition, ReplyValidators};
use crate::bytes::{Engine, Object};
use media::{RangeRequest, plain_title};

/// Lifetime in caches of a reply whose URL names its content permanently.
///
/// The URL names a place and a path, under which a film may be replaced: a day, and revalidation by ETag
/// after that.
const CACHE_ONE_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Always revalidate: playlists that grow, pages, listings.
pub(super) const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// A reply with an object.
pub(super) struct MediaReply<'a> {
    pub engine: &'a Engine,
    pub object: Object,
    pub content_type: &'static str,
    /// The name under which a browser would save it.
    pub file_name: &'a str,
    /// Time of the last change; `None` if it is not known.
    pub modified: Option<DateTime<Utc>>,
}

impl MediaReply<'_> {
    /// Answers GET or HEAD (RFC 9110 §13, §14).
    ///
    /// # Errors
    ///
    /// The range is not satisfiable, or the first byte cannot be fetched.
    pub async fn answer(self, method: &Method, headers: &HeaderMap) -> Result<Response, Problem> {
        let etag = format!("\"{}\"", self.object.etag);
        let mut reply = HeaderMap::new();
        reply.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.content_type),
        );
        reply.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        reply.insert(header::CACHE_CONTROL, CACHE_ONE_DAY);
        reply.insert(
            header::CONTENT_DISPOSITION,
            disposition(self.content_type, self.file_name),
        );
        if let Ok(value) = HeaderValue::from_str(&etag) {
            reply.insert(header::ETAG, value);
        }
        // A date in the future is not sent (RFC 9110 §8.8.2.1).
        let modified = self.modified.filter(|modified| *modified <= Utc::now());
        if let Some(modified) = modified {
            reply.insert(header::LAST_MODIFIED, value(media::http_date(modified)));
        }
        let validators = ReplyValidators {
            etag: &etag,
            modified,
        };
        let wanted = match validators.evaluate(method, headers) {
            Precondition::NotModified => {
                return Ok((StatusCode::NOT_MODIFIED, reply).into_response());
            }
            Precondition::Failed => return Err(Problem::PRECONDITION_FAILED),
            Precondition::Met { may_be_partial } => headers
                .get(header::RANGE)
                .filter(|_| may_be_partial)
                .and_then(|range| range.to_str().ok()),
        };
        let wanted = RangeRequest::parse(wanted);
        match self.object.length {
            Some(length) => self.answer_known(method, reply, wanted, length).await,
            None => self.answer_unknown(reply).await,
        }
    }

    async fn answer_known(
        self,
        method: &Method,
        mut reply: HeaderMap,
        wanted: RangeRequest,
        length: u64,
    ) -> Result<Response, Problem> {
        let Ok(range) = wanted.resolve(length) else {
            let mut response = Problem::RANGE.into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_RANGE, value(format!("bytes */{length}")));
            return Ok(response);
        };
        let status = match range {
            None => StatusCode::OK,
            Some(range) => {
                reply.insert(
                    header::CONTENT_RANGE,
                    value(format!("bytes {}-{}/{length}", range.first, range.last)),
                );
                StatusCode::PARTIAL_CONTENT
            }
        };
        reply.insert(
            header::CONTENT_LENGTH,
            HeaderValue::from(range.map_or(length, |range| range.len())),
        );
        if method == Method::HEAD {
            return Ok((status, reply).into_response());
        }
        let reading = self.engine.read(&self.object, range).await?;
        Ok((status, reply, body(reading.body)).into_response())
    }

    async fn answer_unknown(self, mut reply: HeaderMap) -> Result<Response, Problem> {
        let reading = self.engine.read(&self.object, None).await?;
        match reading.length {
            Some(length) => drop(reply.insert(header::CONTENT_LENGTH, HeaderValue::from(length))),
            None => drop(reply.insert(header::ACCEPT_RANGES, HeaderValue::from_static("none"))),
        }
        // For HEAD, too: an empty body would be announced with a length of 0.
        Ok((StatusCode::OK, reply, body(reading.body)).into_response())
    }
}

/// Returns the body. An error in it aborts the connection, so that it ends short of `Content-Length`.
fn body(
    chunks: futures_util::stream::BoxStream<'static, Result<Bytes, drives::DriveError>>,
) -> Body {
    Body::from_stream(chunks.inspect(|chunk| {
        if let Err(error) = chunk {
            tracing::warn!(operation = error.operation, kind = ?error.kind, upstream_code = error.upstream_code,
                detail = error.detail, "a body ended short");
        }
    }))
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// Returns `Content-Disposition` by RFC 6266 with RFC 8187: an ASCII name for old clients, the full name
/// for the rest. A file that a browser could not display safely is an attachment.
fn disposition(content_type: &str, file_name: &str) -> HeaderValue {
    let file_name = plain_title(file_name);
    let kind = if content_type == "application/octet-stream" {
        "attachment"
    } else {
        "inline"
    };
    let plain: String = file_name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    value(format!(
        "{kind}; filename=\"{plain}\"; filename*=UTF-8''{}",
        super::urls::encode_name(&file_name)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_header() {
        let found = disposition("video/mp4", "a\"b\r\nX: y%\\映.mp4");
        assert_eq!(
            found,
            "inline; filename=\"a_b  X: y___.mp4\"; filename*=UTF-8''a%22b%20%20X%3A%20y%25%5C%E6%98%A0.mp4"
        );
        let found = disposition("video/mp4", "exe.\u{202e}4pm.mp4");
        assert_eq!(
            found,
            "inline; filename=\"exe.4pm.mp4\"; filename*=UTF-8''exe.4pm.mp4"
        );
        assert!(
            disposition("application/octet-stream", "x.html")
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
    }
}
