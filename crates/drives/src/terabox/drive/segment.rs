//! Facts about a segment's content that its URL contains.
//!
//! Each segment is a byte range of one object: `etag` names the object, `range` the part, `len` its length. A
//! playlist has hundreds of them, so the URL is only scanned: never decoded, never written again.

use crate::SegmentFacts;

/// Reads `etag`, `range` and `len` from the query of a segment's URL.
pub(crate) fn facts(url: &str) -> SegmentFacts {
    let bytes = url.as_bytes();
    let Some(question) = memchr::memchr(b'?', bytes) else {
        return SegmentFacts::default();
    };
    let end = memchr::memchr(b'#', &bytes[question..]).map_or(url.len(), |at| question + at);
    let query = url.get(question + 1..end).unwrap_or("");
    let (mut etag, mut range, mut len) = (None, None, None);
    let mut start = 0;
    for end in memchr::memchr_iter(b'&', query.as_bytes()).chain([query.len()]) {
        let pair = query.get(start..end).unwrap_or("");
        start = end + 1;
        // A query has thirty pairs, and few of them begin like one of these.
        match pair.as_bytes().first() {
            Some(b'e') => match pair.strip_prefix("etag=") {
                Some(value) if !value.is_empty() => etag = Some(value),
                _ => {}
            },
            Some(b'r') => {
                if let Some(value) = pair.strip_prefix("range=") {
                    range = bounds(value).map(|bounds| (bounds, value));
                }
            }
            Some(b'l') => {
                if let Some(value) = pair.strip_prefix("len=") {
                    len = value.parse::<u64>().ok();
                }
            }
            _ => {}
        }
    }
    let content = match (etag, range) {
        (Some(etag), Some((bounds, text))) => Some(name(etag, bounds, text)),
        _ => None,
    };
    let range = range.map(|(bounds, _)| bounds);
    let spanned = range.map(|(first, last)| last - first + 1);
    SegmentFacts {
        content,
        length: match (spanned, len) {
            (Some(spanned), Some(len)) if spanned != len => None,
            (spanned, len) => spanned.or(len),
        },
    }
}

/// Returns `etag:first-last`, normalised: the numbers' spelling in the URL does not matter.
fn name(etag: &str, (first, last): (u64, u64), range: &str) -> String {
    let is_plain = |number: &str| number == "0" || matches!(number.as_bytes(), [b'1'..=b'9', ..]);
    let plain = range
        .split_once('-')
        .is_some_and(|(first, last)| is_plain(first) && is_plain(last));
    if !plain {
        return format!("{etag}:{first}-{last}");
    }
    let mut name = String::with_capacity(etag.len() + 1 + range.len());
    name.push_str(etag);
    name.push(':');
    name.push_str(range);
    name
}

fn bounds(range: &str) -> Option<(u64, u64)> {
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last && last < u64::MAX).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_segment_addresses() {
        let cases: &[(&str, Option<&str>, Option<u64>)] = &[
            (
                "https://v1.terabox.com/video/x_ts/5f6a?ts_size=579040&etag=5f6a&fid=b4-44&len=579040&path=%2FS.mp4&range=0-579039&sign=B-hp%252BK%253D&by=my-streaming",
                Some("5f6a:0-579039"),
                Some(579040),
            ),
            (
                "https://v1.1024tera.com/x?etag=c467&len=3120424&range=203980-3324403",
                Some("c467:203980-3324403"),
                Some(3120424),
            ),
            ("https://h/x?range=10-19&etag=e", Some("e:10-19"), Some(10)),
            ("https://h/x?etag=e&len=7", None, Some(7)),
            ("https://h/x?range=0-9&len=7", None, None),
            (
                "https://h/x?range=0010-+19&etag=e",
                Some("e:10-19"),
                Some(10),
            ),
            ("https://h/x?etag=&range=0-9", None, Some(10)),
            ("https://h/x?etag=e&range=9-0", None, None),
            (
                "https://h/x?etag=e&range=0-18446744073709551615",
                None,
                None,
            ),
            ("https://h/x?etag=e&range=a-b&len=x", None, None),
            ("https://h/x?xetag=e&range=0-9#etag=e", None, Some(10)),
            ("https://h/x", None, None),
        ];
        for (url, content, length) in cases {
            let found = facts(url);
            assert_eq!(found.content.as_deref(), *content, "{url}");
            assert_eq!(found.length, *length, "{url}");
        }
    }
}
