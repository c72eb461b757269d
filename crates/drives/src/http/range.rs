//! Range requests and their responses (RFC 9110 §14).

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue};

use super::{Streamed, failure};
use crate::{DriveError, Incoming};

/// The part of the whole that a response contains.
pub(crate) struct RangePart {
    /// Its first byte.
    pub(crate) offset: u64,
    /// Bytes of the whole; `None` if it is not reported.
    pub(crate) length: Option<u64>,
}

/// Returns the value of `Range` for the bytes from `from` up to and with `last`; `None` for all of them.
pub(crate) fn header(from: u64, last: Option<u64>) -> Option<HeaderValue> {
    let text = match (from, last) {
        (0, None) => return None,
        (from, None) => format!("bytes={from}-"),
        (from, Some(last)) => format!("bytes={from}-{last}"),
    };
    HeaderValue::try_from(text).ok()
}

/// Returns the part that a 200 or 206 to a request from byte `from` on contains: the requested part, or the
/// whole. `None` for any other status.
pub(crate) fn part(
    operation: &'static str,
    response: &Streamed,
    from: u64,
) -> Result<Option<RangePart>, DriveError> {
    let broken = |detail: &str| DriveError::failed(operation, detail);
    let part = match response.status() {
        // Some servers answer a range with 200 and the part (OpenList's S3 gateway): its Content-Range decides.
        StatusCode::OK
            if content_range(response.headers()).is_some_and(|(offset, _)| offset == from) =>
        {
            RangePart {
                offset: from,
                length: content_range(response.headers()).and_then(|(_, length)| length),
            }
        }
        StatusCode::OK => RangePart {
            offset: 0,
            length: response.content_length(),
        },
        StatusCode::PARTIAL_CONTENT => {
            let (offset, length) = content_range(response.headers())
                .ok_or_else(|| broken("a part without a usable Content-Range"))?;
            if offset != from {
                return Err(broken("another part than was asked for"));
            }
            RangePart { offset, length }
        }
        _ => return Ok(None),
    };
    let encoding = response.headers().get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(broken("compressed media, though asked for as they are"));
    }
    Ok(Some(part))
}

/// Returns the body of such a response, whose first chunk has already been read.
pub(crate) fn incoming(
    operation: &'static str,
    response: Streamed,
    part: RangePart,
    first: Option<Bytes>,
) -> Incoming {
    let etag = strong_etag(response.headers());
    let rest = response
        .bytes_stream()
        .map_err(move |error| failure(operation, error));
    Incoming {
        offset: part.offset,
        length: part.length,
        etag,
        chunks: stream::iter(first.map(Ok)).chain(rest).boxed(),
    }
}

/// Returns the strong ETag; `None` if there is none.
pub(crate) fn strong_etag(headers: &HeaderMap) -> Option<String> {
    let etag = headers.get(ETAG)?.to_str().ok()?;
    (!etag.starts_with("W/")).then(|| etag.to_owned())
}

/// Parses `Content-Range: bytes a-b/total`: the first byte, and the length of the whole if it is reported.
/// `None` if the header is missing or malformed.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.trim();
    let (unit, text) = text.split_once([' ', '='])?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (range, total) = text.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse::<u64>().ok()?),
    };
    (first <= last && total.is_none_or(|total| last < total)).then_some((first, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges() {
        let cases = [
            ("bytes 5-9/10", Some((5, Some(10)))),
            ("Bytes 5-9/*", Some((5, None))),
            ("bytes=5-9/10", Some((5, Some(10)))),
            ("bytes 9-5/10", None),
            ("bytes 5-10/10", None),
            ("bytes */10", None),
            ("items 5-9/10", None),
            ("bytes 5-9", None),
        ];
        for (text, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, text.parse().unwrap());
            assert_eq!(content_range(&headers), expected, "{text}");
        }
        assert_eq!(header(0, None), None);
        assert_eq!(header(5, None).unwrap(), "bytes=5-");
        assert_eq!(header(0, Some(9)).unwrap(), "bytes=0-9");
    }
}
