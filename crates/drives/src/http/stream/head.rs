//! Heads of HTTP/1.1 requests and responses (RFC 9112), as pure functions.

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use http::{StatusCode, Uri};

use super::chunked::ChunkedDecoder;

/// Upper limit for the headers of a response.
const MAX_HEADERS: usize = 100;

/// Upper limit for the head of a response, in bytes.
pub(super) const MAX_HEAD_BYTES: usize = 128 << 10;

/// The head of a final response.
#[derive(Debug)]
pub(super) struct HttpResponseHead {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: BodyFraming,
    /// True if the connection may take another request after the body.
    pub keeps_alive: bool,
}

/// The way in which the end of a body is found (RFC 9112 section 6.3).
#[derive(Debug)]
pub(super) enum BodyFraming {
    /// After so many bytes.
    Length(u64),
    Chunked(ChunkedDecoder),
    /// With the connection.
    UntilClose,
}

impl BodyFraming {
    /// Returns the announced length in bytes; `None` if there is none.
    pub fn length(&self) -> Option<u64> {
        match self {
            BodyFraming::Length(length) => Some(*length),
            BodyFraming::Chunked(_) | BodyFraming::UntilClose => None,
        }
    }
}

/// A response that is not HTTP/1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MalformedHead {
    #[error("its head is malformed")]
    Syntax,
    #[error("its head is too long")]
    TooLong,
    #[error("the length of its body is contradictory")]
    Length,
    #[error("it switches to another protocol")]
    Upgrade,
}

/// Returns the text of a GET request.
pub(super) fn request(uri: &Uri, headers: &HeaderMap) -> Vec<u8> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut text = Vec::with_capacity(target.len() + 512);
    text.extend_from_slice(b"GET ");
    text.extend_from_slice(target.as_bytes());
    text.extend_from_slice(b" HTTP/1.1\r\n");
    for (name, value) in headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text
}

/// Takes the head of the final response from `received`, and the interim ones before it (RFC 9110 section 15.2). What
/// is behind it stays there. Returns `None` if more bytes are needed.
pub(super) fn take_response(
    received: &mut Bytes,
) -> Result<Option<HttpResponseHead>, MalformedHead> {
    loop {
        if !has_blank_line(received) {
            return match received.len() < MAX_HEAD_BYTES {
                true => Ok(None),
                false => Err(MalformedHead::TooLong),
            };
        }
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Response::new(&mut headers);
        let length = match parsed.parse(received) {
            Ok(httparse::Status::Complete(length)) if length <= MAX_HEAD_BYTES => length,
            Ok(httparse::Status::Partial) if received.len() < MAX_HEAD_BYTES => return Ok(None),
            Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(MalformedHead::TooLong),
            Err(_) => return Err(MalformedHead::Syntax),
        };
        let is_http_1_1 = parsed.version == Some(1);
        let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.ok_or(MalformedHead::Syntax)?;
        let headers = if status.is_informational() {
            None
        } else {
            Some(owned(parsed.headers)?)
        };
        let _ = received.split_to(length);
        match headers {
            Some(headers) => return of(status, headers, is_http_1_1).map(Some),
            None if status == StatusCode::SWITCHING_PROTOCOLS => {
                return Err(MalformedHead::Upgrade);
            }
            None => {}
        }
    }
}

/// Returns true if there is an empty line in `received`, which ends a head.
fn has_blank_line(received: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', received).any(|at| {
        let rest = &received[at + 1..];
        rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
    })
}

/// Copies the headers, so that they do not keep what was received in memory.
fn owned(parsed: &[httparse::Header<'_>]) -> Result<HeaderMap, MalformedHead> {
    let mut headers = HeaderMap::with_capacity(parsed.len());
    for header in parsed {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_bytes(header.value);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(MalformedHead::Syntax);
        };
        headers.append(name, value);
    }
    Ok(headers)
}

fn of(
    status: StatusCode,
    mut headers: HeaderMap,
    is_http_1_1: bool,
) -> Result<HttpResponseHead, MalformedHead> {
    let is_told = |token| has_token(&headers, CONNECTION, token);
    let keeps_alive = !is_told("close") && (is_http_1_1 || is_told("keep-alive"));
    let is_empty = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let body = if is_empty {
        BodyFraming::Length(0)
    } else if headers.contains_key(TRANSFER_ENCODING) {
        // It overrides a length, which may not be believed then.
        headers.remove(CONTENT_LENGTH);
        match ends_chunked(&headers) {
            _ if !is_http_1_1 => return Err(MalformedHead::Length),
            true => BodyFraming::Chunked(ChunkedDecoder::new()),
            false => BodyFraming::UntilClose,
        }
    } else if headers.contains_key(CONTENT_LENGTH) {
        BodyFraming::Length(content_length(&headers).ok_or(MalformedHead::Length)?)
    } else {
        BodyFraming::UntilClose
    };
    Ok(HttpResponseHead {
        status,
        headers,
        keeps_alive: keeps_alive && !matches!(body, BodyFraming::UntilClose),
        body,
    })
}

/// Iterates over the elements of a header whose value is a list.
fn elements(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    let values = headers.get_all(name).into_iter();
    let all = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    all.map(<[u8]>::trim_ascii)
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    elements(headers, name).any(|found| found.eq_ignore_ascii_case(token.as_bytes()))
}

/// Returns true if the last transfer coding is the chunked one.
fn ends_chunked(headers: &HeaderMap) -> bool {
    let last = elements(headers, TRANSFER_ENCODING).last();
    last.is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked"))
}

/// Returns the length of the body; `None` if it is malformed, or if two of them differ.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    let mut lengths = elements(headers, CONTENT_LENGTH).map(|text| {
        let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        let text = std::str::from_utf8(text).ok().filter(|_| is_number)?;
        text.parse::<u64>().ok()
    });
    let first = lengths.next()??;
    lengths.all(|other| other == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses the head of a response that arrives byte by byte: its status, the length of its body (-1 if it is chunked,
    /// -2 if the connection ends it), true if the connection is used again, and what is behind the head.
    fn parsed(text: &str) -> Result<Option<(u16, i64, bool, String)>, MalformedHead> {
        let mut first = None;
        for end in 0..=text.len() {
            let mut received = Bytes::copy_from_slice(&text.as_bytes()[..end]);
            if let Some(head) = take_response(&mut received)? {
                first = Some((head, end));
                break;
            }
        }
        let Some((head, end)) = first else {
            return Ok(None);
        };
        let length = match head.body {
            BodyFraming::Length(length) => length as i64,
            BodyFraming::Chunked(_) => -1,
            BodyFraming::UntilClose => -2,
        };
        let mut whole = Bytes::copy_from_slice(text.as_bytes());
        let again = take_response(&mut whole)?.map(|head| head.status);
        assert_eq!(again, Some(head.status), "{text:?}");
        assert_eq!(whole.len(), text.len() - end, "{text:?}");
        let behind = String::from_utf8(whole.to_vec()).unwrap();
        Ok(Some((
            head.status.as_u16(),
            length,
            head.keeps_alive,
            behind,
        )))
    }

    #[test]
    fn heads_and_what_they_say_about_the_body() {
        let ok = |status, length, keeps, behind: &str| {
            Ok(Some((status, length, keeps, behind.to_owned())))
        };
        let cases = [
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nmedia",
                ok(200, 5, true, "media"),
            ),
            (
                "HTTP/1.1 200 OK\nContent-Length: 5\n\nmedia",
                ok(200, 5, true, "media"),
            ),
            (
                "HTTP/1.1 206\r\nContent-Length:5\r\n\r\n",
                ok(206, 5, true, ""),
            ),
            (
                "\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
                ok(200, 0, true, ""),
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: x, Close\r\n\r\n",
                ok(200, 5, false, ""),
            ),
            (
                "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\n",
                ok(200, 5, false, ""),
            ),
            (
                "HTTP/1.0 200 OK\r\ncontent-length: 5\r\nconnection: keep-alive\r\n\r\n",
                ok(200, 5, true, ""),
            ),
            ("HTTP/1.1 200 OK\r\n\r\nmedia", ok(200, -2, false, "media")),
            ("HTTP/1.1 204 No Content\r\n\r\n", ok(204, 0, true, "")),
            (
                "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n",
                ok(304, 0, true, ""),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0",
                ok(200, -1, true, "0"),
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
                ok(200, -1, true, ""),
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
                ok(200, -2, false, ""),
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n",
                ok(200, -1, true, ""),
            ),
            (
                "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                Err(MalformedHead::Length),
            ),
            // Interim responses.
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx",
                ok(200, 1, true, "x"),
            ),
            (
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
                Err(MalformedHead::Upgrade),
            ),
            // Lengths.
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\n",
                ok(200, 5, true, ""),
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\n",
                ok(200, 5, true, ""),
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
                Err(MalformedHead::Length),
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\n",
                Err(MalformedHead::Length),
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
                Err(MalformedHead::Length),
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: \r\n\r\n",
                Err(MalformedHead::Length),
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n",
                Err(MalformedHead::Length),
            ),
            // No heads.
            ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", Ok(None)),
            ("", Ok(None)),
            ("HTTP/2 200\r\n\r\n", Err(MalformedHead::Syntax)),
            ("<html>\n\n", Err(MalformedHead::Syntax)),
            (
                "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
                Err(MalformedHead::Syntax),
            ),
            ("HTTP/1.1 200 OK\r\n: c\r\n\r\n", Err(MalformedHead::Syntax)),
            ("HTTP/1.1 2000 OK\r\n\r\n", Err(MalformedHead::Syntax)),
        ];
        for (text, expected) in cases {
            assert_eq!(parsed(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_head_has_a_limit() {
        let many = format!(
            "HTTP/1.1 200 OK\r\n{}\r\n",
            "x: y\r\n".repeat(MAX_HEADERS + 1)
        );
        let long = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(MAX_HEAD_BYTES));
        for text in [many, format!("{long}\r\n\r\n"), long] {
            let found = take_response(&mut Bytes::from(text)).map(drop);
            assert_eq!(found, Err(MalformedHead::TooLong));
        }
    }

    #[test]
    fn a_request_is_its_target_and_headers_byte_for_byte() {
        let uri: Uri = "https://host/a%2fb?c=%252B&d".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("host"));
        headers.append("x-a", HeaderValue::from_static("1"));
        headers.append("x-a", HeaderValue::from_bytes(b"\xe9").unwrap());
        let text = request(&uri, &headers);
        let expected =
            b"GET /a%2fb?c=%252B&d HTTP/1.1\r\nhost: host\r\nx-a: 1\r\nx-a: \xe9\r\n\r\n";
        assert_eq!(text, expected);
    }
}
