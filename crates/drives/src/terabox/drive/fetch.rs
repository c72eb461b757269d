//! Fetches bytes from download, segment and thumbnail hosts.
//!
//! These hosts answer with media, or with an error status and JSON, or with JSON or HTML under a 200 that
//! pretends to be media. Only media may leave this module: the head of a body is examined before the first byte
//! is handed out. Bodies are streamed as they arrive, without a copy.

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::StatusCode;
use http::header::{
    CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, RANGE, REFERER,
};

use crate::http::{Client, Streamed, failure, range, read_up_to, status};
use crate::terabox::codes::Context;
use crate::terabox::download_url;
use crate::terabox::request::TOKEN_PARAMETERS;
use crate::terabox::response::told_error;
use crate::terabox::transport::Transport;
use crate::terabox::types;
use crate::terabox::types::CallOutcome;
use crate::{Clock, DriveError, ErrorKind, Incoming, Origin};

const OPERATION: &str = "fetch";
/// Maximum size of a body that is examined: a page or an error that pretends to be media is shorter.
const SUSPECT_LIMIT: usize = 64 * 1024;

/// A request for a range of bytes.
pub(crate) struct Wanted<'a> {
    pub(crate) url: &'a str,
    /// First byte.
    pub(crate) from: u64,
    /// Last byte, included.
    pub(crate) last: Option<u64>,
    pub(crate) referer: Option<&'a HeaderValue>,
    /// Cookie for the first host alone; redirects do not carry it.
    pub(crate) cookie: Option<HeaderValue>,
    /// True if the URL is of a file of the account, which may well be JSON or HTML itself.
    pub(crate) is_own_file: bool,
    /// Expected length in bytes, where known.
    pub(crate) length: Option<u64>,
}

/// Returns the request for a URL that was given out for the account.
pub(crate) fn wanted<'a>(
    transport: &Transport,
    origin: &'a Origin,
    referer: Option<&'a HeaderValue>,
    from: u64,
    last: Option<u64>,
) -> Wanted<'a> {
    let marked = download_url::wants_session(origin.url());
    let cookie = marked.and_then(|url| transport.web()?.cookie_for(url));
    let url = marked.unwrap_or(origin.url());
    Wanted {
        url,
        from,
        last,
        referer,
        cookie,
        is_own_file: marked.is_some() || download_url::carries_token(url),
        length: origin.length(),
    }
}

/// Opens a URL, following redirects.
pub(crate) async fn open(
    http: &Client,
    clock: &Clock,
    wanted: Wanted<'_>,
) -> Result<Incoming, DriveError> {
    let mut headers = HeaderMap::new();
    if let Some(referer) = wanted.referer {
        headers.insert(REFERER, referer.clone());
    }
    if let Some(cookie) = &wanted.cookie {
        headers.insert(COOKIE, cookie.clone());
    }
    if let Some(range) = range::header(wanted.from, wanted.last) {
        headers.insert(RANGE, range);
    }
    let mut response = http
        .open(OPERATION, wanted.url, headers, &TOKEN_PARAMETERS)
        .await?;
    let Some(part) = range::part(OPERATION, &response, wanted.from)? else {
        return Err(refusal(response, clock).await);
    };
    let (offset, length) = (part.offset, part.length);
    let etag = range::strong_etag(response.headers());

    let first = response
        .chunk()
        .await
        .map_err(|error| failure(OPERATION, error))?
        .unwrap_or_default();
    // A file of the account may itself be HTML or JSON. No error is exactly as long as the file.
    let is_the_file = wanted.is_own_file && wanted.length.is_some() && wanted.length == length;
    let head = if !is_the_file && is_suspect(response.headers(), &first, offset) {
        let head = examine(&mut response, first, offset, &wanted).await?;
        vec![head]
    } else if first.is_empty() {
        Vec::new()
    } else {
        vec![first]
    };
    let rest = response
        .bytes_stream()
        .map_err(|error| failure(OPERATION, error));
    Ok(Incoming {
        offset,
        length,
        etag,
        chunks: stream::iter(head.into_iter().map(Ok)).chain(rest).boxed(),
    })
}

/// Reads the head of a suspect body. Returns an error if the body is one, otherwise the bytes read so far.
async fn examine(
    response: &mut Streamed,
    first: Bytes,
    offset: u64,
    wanted: &Wanted<'_>,
) -> Result<Bytes, DriveError> {
    let (rest, _) = read_up_to(OPERATION, response, SUSPECT_LIMIT).await?;
    let body = if rest.is_empty() {
        first
    } else {
        [first, rest].concat().into()
    };
    // A file of the account is sent as an attachment, whatever it contains; an error is not.
    if wanted.is_own_file && says(response.headers(), CONTENT_DISPOSITION, "attachment") {
        return Ok(body);
    }
    if let Some(outcome) = types::read::<CallOutcome>(&body)
        && let Some(code) = outcome.code()
        && code != 0
    {
        return Err(told_error(OPERATION, code, &outcome, Context::Media));
    }
    let html = looks_like_html(&body)
        || says(response.headers(), CONTENT_TYPE, "html")
            && (body.len() <= 512 || without_space(&body).starts_with(b"<"));
    if !html && !looks_like_json(&body) && body.len() > 512 {
        return Ok(body); // the type was wrong, not the media
    }
    if !html && (wanted.is_own_file || offset > 0) {
        return Ok(body);
    }
    let verify = String::from_utf8_lossy(&body[..body.len().min(SUSPECT_LIMIT)])
        .to_ascii_lowercase()
        .contains("need verify");
    if verify {
        let detail = "a demand for verification instead of media";
        return Err(DriveError::new(
            ErrorKind::VerificationRequired,
            OPERATION,
            detail,
        ));
    }
    Err(broken(if html {
        "a page instead of media"
    } else {
        "JSON or text instead of media"
    }))
}

/// Returns true if a body might be an error that pretends to be media.
fn is_suspect(headers: &HeaderMap, first: &[u8], offset: u64) -> bool {
    if looks_like_html(first) || looks_like_json(first) {
        return true;
    }
    // In the middle of a file any bytes are possible, and a wrong type proves nothing there.
    let html = says(headers, CONTENT_TYPE, "html");
    offset == 0
        && (first.len() <= 512 && (html || says(headers, CONTENT_TYPE, "json"))
            || html && without_space(first).starts_with(b"<"))
}

/// Returns true if a header contains `word`.
fn says(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.to_ascii_lowercase().contains(word))
}

fn without_space(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(body)
        .trim_ascii_start()
}

fn looks_like_html(body: &[u8]) -> bool {
    let body = without_space(body);
    [&b"<!doctype"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| {
            body.get(..tag.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(tag))
        })
}

fn looks_like_json(body: &[u8]) -> bool {
    without_space(body)
        .strip_prefix(b"{")
        .map(<[u8]>::trim_ascii_start)
        .is_some_and(|rest| matches!(rest.first(), Some(b'"' | b'}')))
}

/// Maps a refusal to an error: by its JSON, else by its status.
async fn refusal(mut response: Streamed, clock: &Clock) -> DriveError {
    let code = response.status();
    let headers = response.headers().clone();
    let body = match read_up_to(OPERATION, &mut response, SUSPECT_LIMIT).await {
        Ok((body, _)) => body,
        Err(_) => Bytes::new(),
    };
    let told = types::read::<CallOutcome>(&body).and_then(|outcome| {
        let code = outcome.code().filter(|&code| code != 0)?;
        Some(told_error(OPERATION, code, &outcome, Context::Media))
    });
    let by_status = status::kind_of_media(code);
    let error = match told {
        // The number is unknown, or says less than a status that requests a pause.
        Some(told)
            if told.kind == ErrorKind::UpstreamFailed
                || code == StatusCode::TOO_MANY_REQUESTS
                    && told.kind != ErrorKind::VerificationRequired =>
        {
            DriveError {
                kind: by_status,
                ..told
            }
        }
        Some(told) => told,
        None => DriveError::new(by_status, OPERATION, format!("status {}", code.as_u16())),
    };
    status::with_wait(error, &headers, clock.now())
}

fn broken(detail: &str) -> DriveError {
    DriveError::failed(OPERATION, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_begin_like_media() {
        for html in ["<!DOCTYPE html>", "\u{feff} <HTML lang=x>", "<head>"] {
            assert!(looks_like_html(html.as_bytes()), "{html}");
        }
        for json in [r#"{"errno":1}"#, "{ \"a\":1}", "\n{}"] {
            assert!(looks_like_json(json.as_bytes()), "{json}");
        }
        for media in [
            &b"G@\x00\x10"[..],
            b"\0\0\0\x18ftyp",
            b"{\x80",
            b"<?xml",
            b"",
        ] {
            assert!(!looks_like_html(media) && !looks_like_json(media));
        }
    }
}
