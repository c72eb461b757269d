//! Bytes behind the URLs that the service gives out, as long as those are valid.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::{Shared, Standing, sample};

/// Answers `/media/{generation}/{kind}/{number}` and, for a stream, `/{segment}` below.
pub(super) fn answer(
    shared: &Shared,
    standing: &mut Standing,
    path: &str,
    query: &str,
    headers: &HeaderMap,
) -> Response {
    let parts: Vec<&str> = path.split('/').skip(2).collect();
    let generation: u64 = parts[0].parse().unwrap();
    if generation < standing.good_from || query != "dlsign=a%252Fb" {
        return StatusCode::FORBIDDEN.into_response();
    }
    match (parts[1], parts.get(3)) {
        ("stream", None) => {
            let mut list = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:20\n".to_owned();
            for (number, (_, _, seconds)) in shared.segments.iter().enumerate() {
                let number = format!("{}/{number}?dlsign=a%252Fb", parts[2]);
                list.push_str(&format!("#EXTINF:{seconds},\n{number}\n"));
            }
            list.push_str("#EXT-X-ENDLIST\n");
            (
                [(header::CONTENT_TYPE, "application/vnd.apple.mpegurl")],
                list,
            )
                .into_response()
        }
        ("stream", Some(number)) => {
            let (start, length, _) = shared.segments[number.parse::<usize>().unwrap()];
            part(shared.stream.slice(start..start + length), headers, None)
        }
        ("original", _) => {
            let cut = standing.cut_after.take();
            let without_range = HeaderMap::new();
            let headers = match standing.ignores_ranges {
                true => &without_range,
                false => headers,
            };
            part(shared.original.clone(), headers, cut)
        }
        ("picture", _) => part(sample("poster-360.jpg"), headers, None),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Returns a body or its requested range, cut off if `cut` says so.
fn part(whole: Bytes, headers: &HeaderMap, cut: Option<usize>) -> Response {
    let range = headers
        .get(header::RANGE)
        .map(|range| range.to_str().unwrap().to_owned());
    let (status, first, last) = match range
        .as_deref()
        .and_then(|range| range.strip_prefix("bytes="))
    {
        None => (StatusCode::OK, 0, whole.len() - 1),
        Some(range) => {
            let (first, last) = range.split_once('-').unwrap();
            let first: usize = first.parse().unwrap();
            let last = last.parse().unwrap_or(whole.len() - 1).min(whole.len() - 1);
            (StatusCode::PARTIAL_CONTENT, first, last)
        }
    };
    let content = whole.slice(first..=last);
    let length = content.len();
    let body = match cut.filter(|cut| *cut < length) {
        None => Body::from(content),
        Some(cut) => Body::from_stream(stream::iter([
            Ok(content.slice(..cut)),
            Err(std::io::Error::other("cut")),
        ])),
    };
    let mut reply = Response::builder()
        .status(status)
        .header(header::CONTENT_LENGTH, length)
        .header(header::CONTENT_TYPE, "application/octet-stream");
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {first}-{last}/{}", whole.len());
        reply = reply.header(header::CONTENT_RANGE, range);
    }
    reply.body(body).unwrap()
}
