//! The problem for each kind of drive error.

use std::time::Duration;

use axum::http::StatusCode;

use super::Problem;
use super::code::ProblemCode;
use super::words;
use drives::{DriveError, ErrorKind};

impl From<DriveError> for Problem {
    fn from(error: DriveError) -> Self {
        tracing::warn!(operation = error.operation, kind = ?error.kind, upstream_code = error.upstream_code,
            detail = error.detail, "the drive could not answer");
        let mut problem = of_kind(error.kind);
        if error.kind != ErrorKind::NotInThisRegion {
            problem.instead = words::of_operation(problem.code, error.operation);
        }
        problem.sentence = error.sentence.or(problem.sentence);
        problem.upstream_errno = error.upstream_code;
        problem.retry_after = error.retry_after.or(problem.retry_after);
        problem
    }
}

/// Returns the problem for each kind of drive error.
pub fn of_kind(kind: ErrorKind) -> Problem {
    let (status, code) = match kind {
        ErrorKind::Transcoding => (StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Transcoding),
        ErrorKind::PreviewOnly => (StatusCode::FORBIDDEN, ProblemCode::PreviewOnly),
        ErrorKind::PlanRequired => (StatusCode::FORBIDDEN, ProblemCode::PlanRequired),
        ErrorKind::VerificationRequired => {
            (StatusCode::FORBIDDEN, ProblemCode::VerificationRequired)
        }
        // Not a 401: the viewer is authenticated, the drive is not.
        ErrorKind::SignedOut => (StatusCode::FORBIDDEN, ProblemCode::SignedOut),
        ErrorKind::Forbidden => (StatusCode::FORBIDDEN, ProblemCode::Forbidden),
        ErrorKind::RateLimited => (StatusCode::TOO_MANY_REQUESTS, ProblemCode::RateLimited),
        ErrorKind::NotFound => (StatusCode::NOT_FOUND, ProblemCode::NotFound),
        ErrorKind::Gone => (StatusCode::GONE, ProblemCode::Gone),
        ErrorKind::Unsupported | ErrorKind::NotInThisRegion => {
            (StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::Unsupported)
        }
        ErrorKind::Conflict => (StatusCode::CONFLICT, ProblemCode::Conflict),
        ErrorKind::NoSpace => (StatusCode::INSUFFICIENT_STORAGE, ProblemCode::NoSpace),
        ErrorKind::RefusedName => (StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::RefusedName),
        ErrorKind::NotAShareLink => (StatusCode::BAD_REQUEST, ProblemCode::NotAShareLink),
        ErrorKind::SharePasswordRequired => {
            (StatusCode::FORBIDDEN, ProblemCode::SharePasswordRequired)
        }
        ErrorKind::SharePasswordWrong => (StatusCode::FORBIDDEN, ProblemCode::SharePasswordWrong),
        ErrorKind::ShareGone => (StatusCode::GONE, ProblemCode::ShareGone),
        ErrorKind::BadRequest => (StatusCode::BAD_REQUEST, ProblemCode::BadRequest),
        ErrorKind::Expired | ErrorKind::UpstreamFailed => {
            (StatusCode::BAD_GATEWAY, ProblemCode::UpstreamFailed)
        }
        ErrorKind::UpstreamTimeout => (StatusCode::GATEWAY_TIMEOUT, ProblemCode::UpstreamTimeout),
    };
    let retry_after = match kind {
        ErrorKind::Transcoding => Some(Duration::from_secs(10)),
        ErrorKind::RateLimited => Some(Duration::from_secs(30)),
        // An upstream that is restarted is back after some seconds.
        ErrorKind::Expired | ErrorKind::UpstreamFailed => Some(Duration::from_secs(3)),
        _ => None,
    };
    Problem {
        retry_after,
        sentence: (kind == ErrorKind::NotInThisRegion)
            .then_some("The drive does not serve this in your region."),
        ..Problem::of(status, code)
    }
}
