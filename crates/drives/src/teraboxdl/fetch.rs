//! Fetches bytes from the hosts of the service's URLs, and the playlists behind its stream URLs.
//!
//! The URLs carry all that they need: no key is sent along. If a host refuses one, a fresh URL may work; a text
//! in place of media is an error.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, RANGE};

use crate::http::{Client, Streamed, failure, range, read_up_to, status};
use crate::{Clock, DriveError, Incoming, Origin, UpstreamPlaylist};

const OPERATION: &str = "fetch";
/// Upper limit of a playlist: ten thousand segments with long URLs.
const MAX_PLAYLIST_BYTES: usize = 16 << 20;
/// Upper limit of an error text that comes in place of a file.
const MAX_ERROR_BYTES: u64 = 64 << 10;

/// Opens a URL, following redirects.
pub(crate) async fn open(
    http: &Client,
    clock: &Clock,
    origin: &Origin,
    from: u64,
    last: Option<u64>,
) -> Result<Incoming, DriveError> {
    let mut headers = HeaderMap::new();
    if let Some(range) = range::header(from, last) {
        headers.insert(RANGE, range);
    }
    let mut response = http.open(OPERATION, origin.url(), headers, &[]).await?;
    let Some(part) = range::part(OPERATION, &response, from)? else {
        return Err(refusal(OPERATION, &response, clock));
    };
    let is_the_file = origin.length().is_some() && origin.length() == part.length;
    let first = response
        .chunk()
        .await
        .map_err(|error| failure(OPERATION, error))?;
    let is_short = part.length.is_none_or(|length| length <= MAX_ERROR_BYTES);
    if !is_the_file && is_short && part.offset == 0 && is_text(&response, first.as_deref()) {
        let detail = "a text instead of media";
        return Err(DriveError::failed(OPERATION, detail));
    }
    Ok(range::incoming(OPERATION, response, part, first))
}

/// Fetches the playlist behind a stream URL; of several qualities, the best. `unsupported` if there is a film
/// instead.
pub(crate) async fn playlist(
    http: &Client,
    clock: &Clock,
    url: &str,
) -> Result<UpstreamPlaylist, DriveError> {
    let list = one_list(http, clock, url).await?;
    let Some(best) = best_variant(list.text()) else {
        return Ok(list);
    };
    let address = list.origin(best).ok_or_else(|| {
        let detail = "a list whose qualities have no usable addresses";
        DriveError::failed("playlist", detail)
    })?;
    one_list(http, clock, address.url()).await
}

async fn one_list(http: &Client, clock: &Clock, url: &str) -> Result<UpstreamPlaylist, DriveError> {
    let operation = "playlist";
    let (mut response, end) = http.open_at(operation, url, HeaderMap::new(), &[]).await?;
    if range::part(operation, &response, 0)?.is_none() {
        return Err(refusal(operation, &response, clock));
    }
    let first = response
        .chunk()
        .await
        .map_err(|error| failure(operation, error))?
        .unwrap_or_default();
    if !looks_like_list(&first) {
        return Err(match is_text(&response, Some(&first)) {
            true => DriveError::failed(operation, "a text and no list"),
            false => DriveError::unsupported(operation, "the stream is one file and no list"),
        });
    }
    let (rest, is_whole) = read_up_to(operation, &mut response, MAX_PLAYLIST_BYTES).await?;
    let text = String::from_utf8([first, rest].concat());
    match text {
        Ok(text) if is_whole => Ok(UpstreamPlaylist::new(text, Origin::new(end, None))),
        _ => Err(DriveError::failed(
            operation,
            "a list that is too long, or no text",
        )),
    }
}

fn looks_like_list(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.trim_ascii_start().starts_with(b"#EXTM3U")
}

/// Returns the URI of the variant with the highest bandwidth in a master playlist (RFC 8216 §4.3.4.2); `None`
/// if there is no variant.
fn best_variant(text: &str) -> Option<&str> {
    let lines = || text.lines().map(str::trim);
    let variants = lines().zip(lines().skip(1)).filter_map(|(line, next)| {
        let attributes = line.strip_prefix("#EXT-X-STREAM-INF:")?;
        let bandwidth = attributes
            .split(',')
            .find_map(|attribute| attribute.trim().strip_prefix("BANDWIDTH="))
            .and_then(|number| number.parse::<u64>().ok());
        (!next.is_empty() && !next.starts_with('#')).then_some((bandwidth.unwrap_or(0), next))
    });
    variants
        .max_by_key(|(bandwidth, _)| *bandwidth)
        .map(|(_, address)| address)
}

fn is_text(response: &Streamed, first: Option<&[u8]>) -> bool {
    let says = |word: &str| {
        response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(word))
    };
    let head = Bytes::copy_from_slice(first.unwrap_or_default().trim_ascii_start());
    says("json") || says("html") || head.starts_with(b"{\"") || head.starts_with(b"<!")
}

/// Returns the error for a host that refused a URL.
fn refusal(operation: &'static str, response: &Streamed, clock: &Clock) -> DriveError {
    status::media_error(
        operation,
        response.status(),
        response.headers(),
        clock.now(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_qualities_the_best_is_taken() {
        let list = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS=\"a,b\"\nlow.m3u8\n\
            #EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=9,BANDWIDTH=2800000\nhigh.m3u8\n";
        assert_eq!(best_variant(list), Some("high.m3u8"));
        assert_eq!(best_variant("#EXTM3U\n#EXTINF:6,\na.ts\n"), None);
        assert!(looks_like_list(b"\xef\xbb\xbf#EXTM3U") && !looks_like_list(b"\0\0\0\x18ftyp"));
    }
}
