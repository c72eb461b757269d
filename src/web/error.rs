//! The one table from what went wrong to what a visitor, a program or a player is told.
//!
//! A visitor gets a sentence and a way out, a program a stable code (RFC 9457), a player a status
//! that makes it do the right thing; the log gets the rest, once, here.

mod words;

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use drives::{DriveError, ErrorKind};

pub use words::{
    CANNOT_MANAGE, CANNOT_SHARE, CANNOT_SIGN_IN, CANNOT_UPLOAD, CODE_REFUSED, COOKIE_REFUSED,
    COUNTS_NOTHING, HelpPage, KEYS_REFUSED, NO_SUBTITLES, TOO_LARGE_FOR_PLAN, WORDS, Words,
};

use words::UNKNOWN;

/// A failure on its way to whoever asked.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code; its words stand in [`WORDS`].
    pub code: &'static str,
    /// What happened, where it can be said better than in general.
    pub sentence: Option<&'static str>,
    /// All the words, where the general ones would be beside the point.
    pub instead: Option<&'static Words>,
    /// The upstream's own number, where there was one.
    pub upstream_errno: Option<i64>,
    /// When to try again.
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
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<UpstreamCode>,
}

#[derive(Serialize)]
struct UpstreamCode {
    errno: i64,
}

impl Problem {
    const fn of(status: StatusCode, code: &'static str) -> Self {
        Problem {
            status,
            code,
            sentence: None,
            instead: None,
            upstream_errno: None,
            retry_after: None,
        }
    }

    /// There is nothing at this address.
    pub const NOT_FOUND: Problem = Problem::of(StatusCode::NOT_FOUND, "not_found");
    /// Nobody is signed in.
    pub const UNAUTHORIZED: Problem = Problem::of(StatusCode::UNAUTHORIZED, "unauthorized");
    /// The ticket covers something else.
    pub const FORBIDDEN: Problem = Problem::of(StatusCode::FORBIDDEN, "forbidden");
    /// Something of ours failed.
    pub const INTERNAL: Problem = Problem::of(StatusCode::INTERNAL_SERVER_ERROR, "internal");
    /// Somebody guesses passwords, or asks for too much at once.
    pub const TOO_MANY_ATTEMPTS: Problem = Problem {
        sentence: Some("There were too many wrong attempts."),
        ..Problem::of(StatusCode::TOO_MANY_REQUESTS, "rate_limited")
    };
    /// The ticket in a play address is not one of ours, or has ended.
    pub const BAD_TICKET: Problem = Problem {
        sentence: Some("This play address is not valid, or no longer."),
        ..Problem::of(StatusCode::UNAUTHORIZED, "unauthorized")
    };
    /// The ticket in a guest address was withdrawn, or has ended.
    pub const GONE_TICKET: Problem = Problem {
        sentence: Some("This address has run out, or was withdrawn."),
        ..Problem::of(StatusCode::GONE, "gone")
    };
    /// What was here is here no longer.
    pub const GONE: Problem = Problem::of(StatusCode::GONE, "gone");
    /// A range outside of the body.
    pub const RANGE: Problem = Problem {
        sentence: Some("The file is shorter than that."),
        ..Problem::of(StatusCode::RANGE_NOT_SATISFIABLE, "bad_request")
    };

    /// A name that no drive takes.
    pub const REFUSED_NAME: Problem = Problem {
        sentence: Some("A name is not empty and has no “/” and no line break in it."),
        ..Problem::of(StatusCode::UNPROCESSABLE_ENTITY, "refused_name")
    };

    /// The drive does not have this ability.
    pub const fn unsupported(words: &'static Words) -> Self {
        Problem {
            instead: Some(words),
            ..Problem::of(StatusCode::UNPROCESSABLE_ENTITY, "unsupported")
        }
    }

    /// The same in other words.
    pub fn with_words(self, words: &'static Words) -> Self {
        Problem {
            instead: Some(words),
            ..self
        }
    }

    /// What happened and what to do, in one text.
    pub fn detail(&self) -> String {
        format!("{} {}", self.sentence(), self.words().step)
            .trim_end()
            .to_owned()
    }

    /// Something in the request makes no sense; says what.
    pub const fn bad_request(sentence: &'static str) -> Self {
        Problem {
            sentence: Some(sentence),
            ..Problem::of(StatusCode::BAD_REQUEST, "bad_request")
        }
    }

    /// What to say.
    pub fn words(&self) -> &'static Words {
        if let Some(words) = self.instead {
            return words;
        }
        WORDS
            .iter()
            .find(|words| words.code == self.code)
            .unwrap_or(&UNKNOWN)
    }

    /// What happened.
    pub fn sentence(&self) -> &'static str {
        self.sentence.unwrap_or(self.words().sentence)
    }

    /// The same for players: they never retry a 4xx, so what may pass is a 5xx.
    pub fn for_players(mut self) -> Self {
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            self.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        self
    }

    /// When a page that shows this may look again by itself: the answer is under way.
    pub fn refresh_after(&self) -> Option<Duration> {
        self.retry_after.filter(|_| self.code == "upstream_timeout")
    }

    /// Headers that go with the status, whatever the body.
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
        response.extensions_mut().insert(ProblemCode(self.code));
    }
}

/// Left on a response for the access log.
#[derive(Debug, Clone, Copy)]
pub struct ProblemCode(pub &'static str);

/// What a refusal by the framework stands for: a form, a path or a query that could not be read. Its own words
/// are for programmers, and may repeat what was sent. `None` for a reply that was written here.
pub fn from_rejection(response: &Response) -> Option<Problem> {
    let status = response.status();
    let content_type = response.headers().get(header::CONTENT_TYPE);
    // Nothing of ours is plain text.
    let is_ours = content_type.is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    (status.is_client_error() && status != StatusCode::METHOD_NOT_ALLOWED && !is_ours).then_some(
        Problem {
            status,
            ..Problem::bad_request("Something in the address or the form could not be read.")
        },
    )
}

impl From<DriveError> for Problem {
    fn from(error: DriveError) -> Self {
        tracing::warn!(operation = error.operation, kind = ?error.kind, upstream_code = error.upstream_code,
            detail = error.detail, "the drive could not answer");
        let mut problem = of_kind(error.kind);
        problem.sentence = error.sentence.or(problem.sentence);
        problem.upstream_errno = error.upstream_code;
        problem.retry_after = error.retry_after.or(problem.retry_after);
        problem
    }
}

/// What each kind of failure means to a viewer.
pub fn of_kind(kind: ErrorKind) -> Problem {
    let (status, code) = match kind {
        ErrorKind::Transcoding => (StatusCode::SERVICE_UNAVAILABLE, "transcoding"),
        ErrorKind::PreviewOnly => (StatusCode::FORBIDDEN, "preview_only"),
        ErrorKind::PlanRequired => (StatusCode::FORBIDDEN, "plan_required"),
        ErrorKind::VerificationRequired => (StatusCode::FORBIDDEN, "verification_required"),
        // Not a 401: the viewer is let in, the drive is not.
        ErrorKind::SignedOut => (StatusCode::FORBIDDEN, "signed_out"),
        ErrorKind::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
        ErrorKind::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        ErrorKind::Gone => (StatusCode::GONE, "gone"),
        ErrorKind::Unsupported | ErrorKind::NotInThisRegion => {
            (StatusCode::UNPROCESSABLE_ENTITY, "unsupported")
        }
        ErrorKind::Conflict => (StatusCode::CONFLICT, "conflict"),
        ErrorKind::NoSpace => (StatusCode::INSUFFICIENT_STORAGE, "no_space"),
        ErrorKind::RefusedName => (StatusCode::UNPROCESSABLE_ENTITY, "refused_name"),
        ErrorKind::NotAShareLink => (StatusCode::BAD_REQUEST, "not_a_share_link"),
        ErrorKind::SharePasswordRequired => (StatusCode::FORBIDDEN, "share_password_required"),
        ErrorKind::SharePasswordWrong => (StatusCode::FORBIDDEN, "share_password_wrong"),
        ErrorKind::ShareGone => (StatusCode::GONE, "share_gone"),
        ErrorKind::BadRequest => (StatusCode::BAD_REQUEST, "bad_request"),
        ErrorKind::Expired | ErrorKind::UpstreamFailed => {
            (StatusCode::BAD_GATEWAY, "upstream_failed")
        }
        ErrorKind::UpstreamTimeout => (StatusCode::GATEWAY_TIMEOUT, "upstream_timeout"),
    };
    let retry_after = match kind {
        ErrorKind::Transcoding => Some(Duration::from_secs(10)),
        ErrorKind::RateLimited => Some(Duration::from_secs(30)),
        _ => None,
    };
    Problem {
        retry_after,
        sentence: (kind == ErrorKind::NotInThisRegion)
            .then_some("The drive does not serve this in your region."),
        ..Problem::of(status, code)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = ProblemDocument {
            kind: "about:blank",
            title: self.words().title,
            status: self.status.as_u16(),
            detail: self.detail(),
            code: self.code,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_words_of_its_own() {
        use ErrorKind::*;
        let kinds = [
            Transcoding,
            PreviewOnly,
            PlanRequired,
            VerificationRequired,
            SignedOut,
            RateLimited,
            NotFound,
            Gone,
            Unsupported,
            Conflict,
            NoSpace,
            RefusedName,
            NotAShareLink,
            SharePasswordRequired,
            SharePasswordWrong,
            ShareGone,
            BadRequest,
            Expired,
            UpstreamFailed,
            UpstreamTimeout,
        ];
        for kind in kinds {
            let problem = of_kind(kind);
            assert!(
                WORDS.iter().any(|words| words.code == problem.code),
                "{kind:?}"
            );
            assert!(problem.status.is_client_error() || problem.status.is_server_error());
        }
        let instead = [
            &CANNOT_MANAGE,
            &CANNOT_UPLOAD,
            &CANNOT_SHARE,
            &CANNOT_SIGN_IN,
            &KEYS_REFUSED,
            &CODE_REFUSED,
            &COOKIE_REFUSED,
            &COOKIE_REFUSED,
            &TOO_LARGE_FOR_PLAN,
        ];
        for words in WORDS.iter().chain(instead) {
            assert!(
                words.sentence.ends_with('.') && words.step.ends_with('.'),
                "{}",
                words.code
            );
        }
    }

    #[test]
    fn players_never_see_a_status_that_stops_them_for_what_passes() {
        for kind in [
            ErrorKind::RateLimited,
            ErrorKind::Transcoding,
            ErrorKind::UpstreamFailed,
            ErrorKind::UpstreamTimeout,
        ] {
            assert!(
                of_kind(kind).for_players().status.is_server_error(),
                "{kind:?}"
            );
        }
    }
}
