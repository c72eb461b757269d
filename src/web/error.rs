//! The one table from what went wrong to what a visitor, a program or a player is told.
//!
//! A visitor gets a sentence and a way out, a program a stable code (RFC 9457), a player a status
//! that makes it do the right thing; the log gets the rest, once, here.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::drives::{DriveError, ErrorKind};

/// A failure on its way to whoever asked.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What happened, in a sentence.
    pub title: &'static str,
    /// What to do about it, in a sentence.
    pub next_step: &'static str,
    /// The upstream's own number, where there was one.
    pub upstream_errno: Option<i64>,
    /// When to try again.
    pub retry_after: Option<Duration>,
}

/// What a page shows of a problem.
#[derive(Serialize)]
struct Document {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<Upstream>,
}

#[derive(Serialize)]
struct Upstream {
    errno: i64,
}

impl Problem {
    const fn of(status: StatusCode, code: &'static str, title: &'static str, next_step: &'static str) -> Self {
        Problem { status, code, title, next_step, upstream_errno: None, retry_after: None }
    }

    /// There is nothing at this address.
    pub const NOT_FOUND: Problem = Problem::of(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing here.",
        "It may have been moved or renamed. Go back to the folder and refresh it.",
    );

    /// Nobody is signed in.
    pub const UNAUTHORIZED: Problem = Problem::of(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "This needs a sign-in.",
        "Sign in, or send an API token as “Authorization: Bearer …”.",
    );

    /// The ticket in a play address is not one of ours, or has ended.
    pub const BAD_TICKET: Problem = Problem::of(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "This play address is not valid, or no longer.",
        "Copy a fresh address from the film's page.",
    );

    /// The ticket covers something else.
    pub const FORBIDDEN: Problem = Problem::of(
        StatusCode::FORBIDDEN,
        "forbidden",
        "This address does not include that film.",
        "Ask whoever gave you the address for one of this film.",
    );

    /// A range outside of the body.
    pub const RANGE: Problem = Problem::of(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "bad_request",
        "The file is shorter than that.",
        "Ask for a range within its length.",
    );

    /// Something in the request makes no sense.
    pub const fn bad_request(title: &'static str) -> Self {
        Problem::of(StatusCode::BAD_REQUEST, "bad_request", title, "Check the address and try again.")
    }

    /// Something of ours failed.
    pub const INTERNAL: Problem = Problem::of(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong on this server.",
        "Try again; if it stays, the server's log says more.",
    );

    /// The same for players: they never retry a 4xx, so what may pass is a 5xx.
    pub fn for_players(mut self) -> Self {
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            self.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        self
    }

    /// Headers that go with the status, whatever the body.
    pub fn decorate(&self, response: &mut Response) {
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(ProblemCode(self.code));
    }
}

/// Left on a response for the access log.
#[derive(Debug, Clone, Copy)]
pub struct ProblemCode(pub &'static str);

impl From<DriveError> for Problem {
    fn from(error: DriveError) -> Self {
        tracing::warn!(operation = error.operation, kind = ?error.kind, upstream_code = error.upstream_code,
            detail = error.detail, "the drive could not answer");
        let mut problem = of_kind(error.kind);
        problem.upstream_errno = error.upstream_code;
        problem.retry_after = error.retry_after.or(problem.retry_after);
        problem
    }
}

/// What each kind of failure means to a viewer.
pub fn of_kind(kind: ErrorKind) -> Problem {
    let (status, code, title, next_step) = match kind {
        ErrorKind::Transcoding => (
            StatusCode::SERVICE_UNAVAILABLE,
            "transcoding",
            "The cloud is still preparing this film.",
            "It starts by itself when it is ready, usually within some minutes. The original can be played already.",
        ),
        ErrorKind::PreviewOnly => (
            StatusCode::FORBIDDEN,
            "preview_only",
            "The cloud gives only a preview of this film.",
            "Sign in with the account that owns it, or save it to your own drive and play it from there.",
        ),
        ErrorKind::PlanRequired => (
            StatusCode::FORBIDDEN,
            "plan_required",
            "The account's plan does not include this.",
            "Choose a lower quality or the original, or change the plan at the cloud.",
        ),
        ErrorKind::VerificationRequired => (
            StatusCode::FORBIDDEN,
            "verification_required",
            "The cloud asks for a verification.",
            "Open the cloud's own site, answer what it asks, then come back.",
        ),
        ErrorKind::SignedOut => (
            StatusCode::FORBIDDEN,
            "signed_out",
            "This drive is signed out.",
            "Its owner has to sign in again: the status page names the drive.",
        ),
        ErrorKind::RateLimited => (
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "The cloud asks us to slow down.",
            "Wait a moment and try again.",
        ),
        ErrorKind::NotFound => return Problem::NOT_FOUND,
        ErrorKind::Gone => (
            StatusCode::GONE,
            "gone",
            "This was here and is no more.",
            "It was deleted or taken back at the cloud.",
        ),
        ErrorKind::Unsupported => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "unsupported",
            "The cloud cannot stream this file.",
            "Play the original in VLC or another player.",
        ),
        ErrorKind::Conflict => (
            StatusCode::CONFLICT,
            "conflict",
            "Something of that name is there already.",
            "Choose another name.",
        ),
        ErrorKind::NoSpace => {
            (StatusCode::INSUFFICIENT_STORAGE, "no_space", "The drive is full.", "Delete something or change the plan.")
        }
        ErrorKind::RefusedName => {
            (StatusCode::UNPROCESSABLE_ENTITY, "refused_name", "The cloud does not take that name.", "Choose another.")
        }
        ErrorKind::BadRequest => {
            (StatusCode::BAD_REQUEST, "bad_request", "The request makes no sense.", "Check the address and try again.")
        }
        ErrorKind::Expired | ErrorKind::UpstreamFailed => (
            StatusCode::BAD_GATEWAY,
            "upstream_failed",
            "The cloud did not answer as it should.",
            "Try again in a moment; the status page shows how the drive is.",
        ),
        ErrorKind::UpstreamTimeout => (
            StatusCode::GATEWAY_TIMEOUT,
            "upstream_timeout",
            "The cloud did not answer in time.",
            "Try again in a moment; the status page shows how the drive is.",
        ),
    };
    let retry_after = match kind {
        ErrorKind::Transcoding => Some(Duration::from_secs(10)),
        ErrorKind::RateLimited => Some(Duration::from_secs(30)),
        _ => None,
    };
    Problem { retry_after, ..Problem::of(status, code, title, next_step) }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = Document {
            kind: "about:blank",
            title: self.title,
            status: self.status.as_u16(),
            detail: self.next_step,
            code: self.code,
            upstream: self.upstream_errno.map(|errno| Upstream { errno }),
        };
        let mut response = (self.status, Json(document)).into_response();
        let problem_json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem_json);
        self.decorate(&mut response);
        response
    }
}
