//! Conditional requests (RFC 9110 §13): which of the conditions apply, in the order of §13.2.2, and whether a
//! range is still one of the version that the client has.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, IntoResponseParts, Response};
use chrono::{DateTime, Utc};

use super::error::Problem;

/// Age from which a date of last change identifies a version: a file that was changed a moment ago may be
/// changed again within the same second (RFC 9110 §8.8.2.2).
const STRONG_DATE_AGE: Duration = Duration::from_secs(60);

/// The tag and the date of the current version of a resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReplyValidators<'a> {
    /// A strong entity tag, in quotes.
    pub etag: &'a str,
    /// Time of the last change; `None` if it is not known.
    pub modified: Option<DateTime<Utc>>,
}

/// The outcome of the conditions of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precondition {
    /// The request is answered. `may_be_partial` is false if a `Range` is ignored.
    Met { may_be_partial: bool },
    /// 304: the client has the current version.
    NotModified,
    /// 412: the client asks for another version.
    Failed,
}

impl ReplyValidators<'_> {
    /// Evaluates the conditions of a request.
    pub fn evaluate(&self, method: &Method, headers: &HeaderMap) -> Precondition {
        let is_current = match (
            joined(headers, header::IF_MATCH),
            date(headers, header::IF_UNMODIFIED_SINCE),
        ) {
            (Some(known), _) => list_contains(&known, self.etag, Comparison::Strong),
            (None, Some(since)) => self.modified_s().is_none_or(|modified| modified <= since),
            (None, None) => true,
        };
        if !is_current {
            return Precondition::Failed;
        }
        let is_known = match joined(headers, header::IF_NONE_MATCH) {
            Some(known) => list_contains(&known, self.etag, Comparison::Weak),
            None => {
                let since = date(headers, header::IF_MODIFIED_SINCE);
                since.is_some_and(|since| {
                    self.modified_s().is_some_and(|modified| modified <= since)
                })
            }
        };
        let is_reading = matches!(*method, Method::GET | Method::HEAD);
        match (is_known, is_reading) {
            (true, true) => Precondition::NotModified,
            // For other methods, only `If-None-Match` is a condition, and it is false.
            (true, false) if headers.contains_key(header::IF_NONE_MATCH) => Precondition::Failed,
            _ => Precondition::Met {
                may_be_partial: self.allows_range(headers, SystemTime::now()),
            },
        }
    }

    /// Returns true without `If-Range`, or if it names the current version (RFC 9110 §13.1.5).
    fn allows_range(&self, headers: &HeaderMap, now: SystemTime) -> bool {
        let Some(known) = headers.get(header::IF_RANGE) else {
            return true;
        };
        let Ok(known) = known.to_str().map(str::trim) else {
            return false;
        };
        if known == self.etag {
            return true;
        }
        let Some(modified) = self.modified else {
            return false;
        };
        let age = now.duration_since(SystemTime::from(modified));
        known == media::http_date(modified) && age.is_ok_and(|age| age >= STRONG_DATE_AGE)
    }

    /// Returns the time of the last change in whole seconds since 1970.
    fn modified_s(&self) -> Option<i64> {
        self.modified.map(|modified| modified.timestamp())
    }
}

/// Answers with a small body that is in memory, if the conditions of the request are met. `about` are the
/// headers of the reply, without the tag.
///
/// # Errors
///
/// 412 if the request is for another version.
pub(super) fn answer(
    method: &Method,
    headers: &HeaderMap,
    etag: &str,
    about: impl IntoResponseParts,
    body: impl Into<Body>,
) -> Result<Response, Problem> {
    let current = ReplyValidators {
        etag,
        modified: None,
    };
    let tag = [(header::ETAG, etag.to_owned())];
    match current.evaluate(method, headers) {
        Precondition::Failed => Err(Problem::PRECONDITION_FAILED),
        Precondition::NotModified => Ok((StatusCode::NOT_MODIFIED, about, tag).into_response()),
        Precondition::Met { .. } => Ok((about, tag, body.into()).into_response()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Returns all lines of a list header as one; `None` if there is none.
fn joined(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let lines: Vec<&str> = headers
        .get_all(name)
        .iter()
        .map(|line| line.to_str().unwrap_or_default())
        .collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// Returns the time in a header in seconds since 1970; `None` if it is missing or no date, which means the same
/// (RFC 9110 §13.1.3).
fn date(headers: &HeaderMap, name: HeaderName) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()?;
    Some(DateTime::<Utc>::from(date).timestamp())
}

/// Returns true if a list of entity tags contains `etag`, or is `*`. A tag may contain a comma.
fn list_contains(list: &str, etag: &str, comparison: Comparison) -> bool {
    if list.trim() == "*" {
        return true;
    }
    let mut rest = list;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let is_weak = rest.starts_with("W/");
        let tag = rest.strip_prefix("W/").unwrap_or(rest);
        let Some(end) = tag.get(1..).and_then(|tag| tag.find('"')) else {
            return false;
        };
        if !tag.starts_with('"') {
            return false;
        }
        let (tag, after) = tag.split_at(end + 2);
        if tag == etag && (comparison == Comparison::Weak || !is_weak) {
            return true;
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const MET: Precondition = Precondition::Met {
        may_be_partial: true,
    };
    const WHOLE: Precondition = Precondition::Met {
        may_be_partial: false,
    };

    #[test]
    fn conditions_are_evaluated_in_their_order() {
        use Precondition::{Failed, NotModified};
        let modified = "Sun, 06 Nov 1994 08:49:37 GMT";
        let before = "Sun, 06 Nov 1994 08:49:36 GMT";
        let same_in_old_form = "Sunday, 06-Nov-94 08:49:37 GMT";
        let current = ReplyValidators {
            etag: "\"a,b\"",
            modified: media::unix_time(784_111_777),
        };
        for (conditions, expected) in [
            (&[][..], MET),
            (&[("if-match", "\"a,b\"")], MET),
            (&[("if-match", "*")], MET),
            (&[("if-match", "W/\"a,b\"")], Failed),
            (&[("if-match", "\"x\", \"a,b\"")], MET),
            (&[("if-match", "\"x\"")], Failed),
            (&[("if-match", "\"a")], Failed),
            (&[("if-match", "\"x\""), ("range", "bytes=0-0")], Failed),
            // With `If-Match`, `If-Unmodified-Since` is ignored.
            (
                &[("if-match", "\"a,b\""), ("if-unmodified-since", before)],
                MET,
            ),
            (&[("if-unmodified-since", before)], Failed),
            (&[("if-unmodified-since", modified)], MET),
            (&[("if-unmodified-since", same_in_old_form)], MET),
            (&[("if-unmodified-since", "tomorrow")], MET),
            (&[("if-none-match", "W/\"a,b\"")], NotModified),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "\"a\"")], MET),
            // With `If-None-Match`, `If-Modified-Since` is ignored.
            (
                &[("if-none-match", "\"a\""), ("if-modified-since", modified)],
                MET,
            ),
            (&[("if-modified-since", modified)], NotModified),
            (&[("if-modified-since", before)], MET),
            (&[("if-modified-since", "never")], MET),
            (
                &[("if-match", "\"x\""), ("if-none-match", "\"a,b\"")],
                Failed,
            ),
            (
                &[("if-match", "\"a,b\""), ("if-none-match", "\"a,b\"")],
                NotModified,
            ),
            (&[("if-range", "\"a,b\"")], MET),
            (&[("if-range", "W/\"a,b\"")], WHOLE),
            (&[("if-range", "\"x\"")], WHOLE),
            (&[("if-range", modified)], MET),
            (&[("if-range", before)], WHOLE),
        ] {
            let headers: HeaderMap = conditions
                .iter()
                .map(|&(name, value)| {
                    let name = HeaderName::from_static(name);
                    (name, HeaderValue::from_static(value))
                })
                .collect();
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(
                    current.evaluate(&method, &headers),
                    expected,
                    "{conditions:?}"
                );
            }
        }
    }

    #[test]
    fn without_a_date_only_the_tag_counts() {
        let current = ReplyValidators {
            etag: "\"a\"",
            modified: None,
        };
        let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
        for (name, expected) in [
            (header::IF_MODIFIED_SINCE, MET),
            (header::IF_UNMODIFIED_SINCE, MET),
            (header::IF_RANGE, WHOLE),
        ] {
            let headers = HeaderMap::from_iter([(name.clone(), date.clone())]);
            assert_eq!(current.evaluate(&Method::GET, &headers), expected, "{name}");
        }
    }

    #[test]
    fn a_file_of_this_second_has_no_strong_date() {
        let modified = Utc::now();
        let current = ReplyValidators {
            etag: "\"a\"",
            modified: Some(modified),
        };
        let known = HeaderValue::try_from(media::http_date(modified)).unwrap();
        let headers = HeaderMap::from_iter([(header::IF_RANGE, known)]);
        assert!(!current.allows_range(&headers, SystemTime::from(modified)));
        let later = SystemTime::from(modified) + STRONG_DATE_AGE;
        assert!(current.allows_range(&headers, later));
    }

    #[test]
    fn tags_on_several_lines_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(header::IF_NONE_MATCH, HeaderValue::from_static("\"x\""));
        headers.append(header::IF_NONE_MATCH, HeaderValue::from_static("\"a\""));
        let current = ReplyValidators {
            etag: "\"a\"",
            modified: None,
        };
        assert_eq!(
            current.evaluate(&Method::GET, &headers),
            Precondition::NotModified
        );
    }
}
