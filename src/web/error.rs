//! The one mapping from failures to replies for visitors, programs and players.
//!
//! A visitor gets a sentence and a link that helps, a program a stable code (RFC 9457), a player a status
//! that makes it react correctly. The details are logged here, once.

mod code;
mod of_drives;
mod words;

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::locale::Language;
use crate::store::{StoreError, WriteFault};

pub use code::ProblemCode;
pub use words::{
    CANNOT_DOWNLOAD_REMOTELY, CANNOT_MANAGE, CANNOT_PACK, CANNOT_SHARE, CANNOT_SIGN_IN,
    CANNOT_UPLOAD, CODE_REFUSED, COOKIE_REFUSED, COUNTS_NOTHING, HAS_NO_DIRECT_LINKS, HAS_NO_TAGS,
    HAS_NO_TRASH, HAS_NO_VERSIONS, HelpPage, KEYS_REFUSED, NO_SUBTITLES, TOO_LARGE_FOR_PLAN, WORDS,
    Words,
};

use words::UNKNOWN;

pub use of_drives::of_kind;

/// Time after which a caller may try again while the database of the state is away.
const STATE_RETRY: Duration = Duration::from_secs(5);

/// A failure to be reported to the caller.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code; its texts are in [`WORDS`].
    pub code: ProblemCode,
    /// A more specific sentence in place of the general one; `None` for the general one.
    pub sentence: Option<&'static str>,
    /// Texts that replace all of the general ones; `None` for the general ones.
    pub instead: Option<&'static Words>,
    /// The upstream's error number; `None` if there was none.
    pub upstream_errno: Option<i64>,
    /// The time after which to try again, if known.
    pub retry_after: Option<Duration>,
}

/// RFC 9457 §3.
#[derive(Serialize)]
struct ProblemDocument {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: ProblemCode,
    /// The detail in the language of a page; `None` in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<UpstreamCode>,
}

#[derive(Serialize)]
struct UpstreamCode {
    errno: i64,
}

impl Problem {
    const fn of(status: StatusCode, code: ProblemCode) -> Self {
        Problem {
            status,
            code,
            sentence: None,
            instead: None,
            upstream_errno: None,
            retry_after: None,
        }
    }

    /// There is nothing at this URL.
    pub const NOT_FOUND: Problem = Problem::of(StatusCode::NOT_FOUND, ProblemCode::NotFound);
    /// The request is not authenticated.
    pub const UNAUTHORIZED: Problem =
        Problem::of(StatusCode::UNAUTHORIZED, ProblemCode::Unauthorized);
    /// The ticket does not cover this entry.
    pub const FORBIDDEN: Problem = Problem::of(StatusCode::FORBIDDEN, ProblemCode::Forbidden);
    /// An internal failure.
    pub const INTERNAL: Problem =
        Problem::of(StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal);
    /// Too many wrong passwords, or too many concurrent requests.
    pub const TOO_MANY_ATTEMPTS: Problem = Problem {
        sentence: Some("There were too many wrong attempts."),
        ..Problem::of(StatusCode::TOO_MANY_REQUESTS, ProblemCode::RateLimited)
    };
    /// The ticket in a play URL is invalid or has expired.
    pub const BAD_TICKET: Problem = Problem {
        sentence: Some("This play URL is invalid or has expired."),
        ..Problem::of(StatusCode::UNAUTHORIZED, ProblemCode::Unauthorized)
    };
    /// The ticket in a guest URL was revoked or has expired.
    pub const GONE_TICKET: Problem = Problem {
        sentence: Some("This link has expired, or was revoked."),
        ..Problem::of(StatusCode::GONE, ProblemCode::Gone)
    };
    /// A WebDAV client has locked the entry (RFC 4918 §11.3).
    pub const LOCKED: Problem = Problem::of(StatusCode::LOCKED, ProblemCode::Locked);
    /// The entry existed and was removed.
    pub const GONE: Problem = Problem::of(StatusCode::GONE, ProblemCode::Gone);
    /// A range outside of the body.
    pub const RANGE: Problem = Problem {
        sentence: Some("The file is shorter than that."),
        ..Problem::of(StatusCode::RANGE_NOT_SATISFIABLE, ProblemCode::BadRequest)
    };

    /// A precondition of the request is false (RFC 9110 §15.5.13).
    pub const PRECONDITION_FAILED: Problem = Problem {
        sentence: Some("The file is another version than the one that was asked for."),
        ..Problem::of(StatusCode::PRECONDITION_FAILED, ProblemCode::BadRequest)
    };

    /// A folder that one reply cannot hold.
    pub const FOLDER_TOO_LARGE: Problem = Problem {
        instead: Some(&words::TOO_LARGE_TO_LIST),
        ..Problem::of(StatusCode::INSUFFICIENT_STORAGE, ProblemCode::NoSpace)
    };

    /// A name that no drive accepts.
    pub const REFUSED_NAME: Problem = Problem {
        sentence: Some("A name is not empty and has no “/” and no line break in it."),
        ..Problem::of(StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::RefusedName)
    };

    /// Returns the problem of a drive that lacks this ability.
    pub const fn unsupported(words: &'static Words) -> Self {
        Problem {
            instead: Some(words),
            ..Problem::of(StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::Unsupported)
        }
    }

    /// Returns the same problem as 403.
    pub fn forbidden(self) -> Self {
        Problem {
            status: StatusCode::FORBIDDEN,
            ..self
        }
    }

    /// Replaces the general texts.
    pub fn with_words(self, words: &'static Words) -> Self {
        Problem {
            instead: Some(words),
            ..self
        }
    }

    /// Returns the sentence and the next step in one text.
    pub fn detail(&self) -> String {
        format!("{} {}", self.sentence(), self.words().step)
            .trim_end()
            .to_owned()
    }

    /// Returns the problem of an invalid request; `sentence` gives the reason.
    pub const fn bad_request(sentence: &'static str) -> Self {
        Problem {
            sentence: Some(sentence),
            ..Problem::of(StatusCode::BAD_REQUEST, ProblemCode::BadRequest)
        }
    }

    /// Returns the texts of this problem.
    pub fn words(&self) -> &'static Words {
        if let Some(words) = self.instead {
            return words;
        }
        WORDS
            .iter()
            .find(|words| words.code == self.code)
            .unwrap_or(&UNKNOWN)
    }

    /// Returns the sentence that says what happened.
    pub fn sentence(&self) -> &'static str {
        self.sentence.unwrap_or(self.words().sentence)
    }

    /// Returns the problem as players get it: they never retry a 4xx, so a temporary failure is a 5xx.
    pub fn for_players(mut self) -> Self {
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            self.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        self
    }

    /// Returns the time after which a page that shows this may reload itself; `None` unless the answer is
    /// still being fetched.
    pub fn refresh_after(&self) -> Option<Duration> {
        self.retry_after
            .filter(|_| self.code == ProblemCode::UpstreamTimeout)
    }

    /// Returns the fault of the server's own disk; `None` for other problems.
    fn write_fault(&self) -> Option<WriteFault> {
        let is = |words| self.instead.is_some_and(|own| std::ptr::eq(own, words));
        if is(&words::SERVER_DISK_FULL) {
            Some(WriteFault::DiskFull)
        } else if is(&words::SERVER_DISK_FAILED) {
            Some(WriteFault::DiskFailed)
        } else if is(&words::STATE_AWAY) {
            Some(WriteFault::DatabaseAway)
        } else if is(&words::STATE_BUSY) {
            Some(WriteFault::DatabaseBusy)
        } else {
            None
        }
    }

    /// Sets the headers that go with the problem, and attaches its code for the access log and a fault of the disk
    /// for the health checks.
    pub fn apply_headers(&self, response: &mut Response) {
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs().max(1);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(self.code);
        if let Some(fault) = self.write_fault() {
            response.extensions_mut().insert(fault);
        }
    }
}

impl Problem {
    /// Returns the problem of something that could not be stored or read in the state. Logs the error.
    pub fn of_state(error: &(dyn std::error::Error + 'static)) -> Self {
        let fault = WriteFault::of(error);
        tracing::error!(%error, ?fault, "the state could not be read or written");
        fault.map_or(Problem::INTERNAL, Problem::from)
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Problem::of_state(error.as_ref())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Problem::of_state(&error)
    }
}

impl From<WriteFault> for Problem {
    fn from(fault: WriteFault) -> Self {
        let words = match fault {
            WriteFault::DiskFull => &words::SERVER_DISK_FULL,
            WriteFault::DiskFailed => &words::SERVER_DISK_FAILED,
            WriteFault::DatabaseAway | WriteFault::DatabaseBusy => {
                let words = match fault {
                    WriteFault::DatabaseBusy => &words::STATE_BUSY,
                    _ => &words::STATE_AWAY,
                };
                return Problem {
                    instead: Some(words),
                    retry_after: Some(STATE_RETRY),
                    ..Problem::of(StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Internal)
                };
            }
        };
        Problem {
            instead: Some(words),
            ..Problem::of(StatusCode::INSUFFICIENT_STORAGE, ProblemCode::NoSpace)
        }
    }
}

/// Maps a rejection by axum (a form, a path or a query that could not be parsed) to a problem. Its own text
/// is meant for programmers and may repeat the input. `None` for a reply that a handler made.
pub fn from_rejection(response: &Response) -> Option<Problem> {
    let status = response.status();
    let content_type = response.headers().get(header::CONTENT_TYPE);
    // No reply of a handler is plain text.
    let is_ours = content_type.is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    (status.is_client_error() && status != StatusCode::METHOD_NOT_ALLOWED && !is_ours).then_some(
        Problem {
            status,
            ..Problem::bad_request("Something in the address or the form could not be read.")
        },
    )
}

impl Problem {
    /// Returns the reply with a detail of its own, such as the problems of a form.
    pub fn with_detail(self, detail: String) -> Response {
        self.reply(detail, None)
    }

    /// Returns the sentence and the next step in a language, in one text.
    pub fn message(&self, language: &'static Language) -> String {
        let sentence = language.sentence(self.sentence());
        let step = language.sentence(self.words().step);
        format!("{sentence} {step}").trim_end().to_owned()
    }

    fn reply(&self, detail: String, message: Option<String>) -> Response {
        let document = ProblemDocument {
            kind: "about:blank",
            title: self.words().title,
            status: self.status.as_u16(),
            detail,
            code: self.code,
            message,
            upstream: self.upstream_errno.map(|errno| UpstreamCode { errno }),
        };
        let mut response = (self.status, Json(document)).into_response();
        let problem_json = HeaderValue::from_static("application/problem+json");
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, problem_json);
        self.apply_headers(&mut response);
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.reply(self.detail(), None);
        response.extensions_mut().insert(Localisable(self));
        response
    }
}

/// Attached to the reply of a problem whose texts are known in all languages.
#[derive(Debug, Clone)]
struct Localisable(Problem);

/// Adds the message in the language of the request to the reply of a problem. Other replies, and those in English, stay as
/// they are.
pub(super) fn localise(mut response: Response, language: &'static Language) -> Response {
    let problem = response.extensions_mut().remove::<Localisable>();
    let Some(Localisable(problem)) = problem.filter(|_| language != Language::english()) else {
        return response;
    };
    let (_, body) = problem
        .reply(problem.detail(), Some(problem.message(language)))
        .into_parts();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.map(|_| body)
}

#[cfg(test)]
mod tests;
