//! The error of every drive: a kind, the operation, and the upstream's own code.
//!
//! The kind decides everything that follows (status, words, whether to try again); the detail is for
//! the log and never reaches a client, since it may name an upstream.

use std::fmt;
use std::time::Duration;

/// An error of a drive.
#[derive(Debug, Clone)]
pub struct DriveError {
    /// The kind, which decides the status, the words and whether a retry may help.
    pub kind: ErrorKind,
    /// The operation that failed, such as `list` or `fetch`.
    pub operation: &'static str,
    /// The upstream's own number; `None` if it gave none.
    pub upstream_code: Option<i64>,
    /// The pause before a retry that the upstream asked for.
    pub retry_after: Option<Duration>,
    /// For the log: contains no secret and no URL.
    pub detail: String,
    /// A sentence for people, if more can be said than of the kind in general.
    pub sentence: Option<&'static str>,
}

/// The meaning of a failure, whatever upstream it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The rendition is still being made.
    Transcoding,
    /// The upstream returns only a part of the film.
    PreviewOnly,
    /// The account's plan does not include this.
    PlanRequired,
    /// The upstream requires proof of a human; never worked around.
    VerificationRequired,
    /// The session has ended: the owner must sign in again.
    SignedOut,
    /// The account may not do this.
    Forbidden,
    /// Too many requests.
    RateLimited,
    /// There is no such entry.
    NotFound,
    /// The entry has existed and no longer exists.
    Gone,
    /// The upstream cannot do this with this entry.
    Unsupported,
    /// An entry of that name exists already.
    Conflict,
    /// The upstream does not serve this in our region or in its owner's.
    NotInThisRegion,
    /// The account is full.
    NoSpace,
    /// The upstream does not accept that name.
    RefusedName,
    /// The text is not a share link that any drive could open.
    NotAShareLink,
    /// The share requires a password.
    SharePasswordRequired,
    /// The password does not open the share.
    SharePasswordWrong,
    /// The share was revoked by its owner, or has expired.
    ShareGone,
    /// Our request was wrong.
    BadRequest,
    /// A signed URL has expired or was refused; a fresh one may work.
    Expired,
    /// The upstream failed, or gave an invalid answer.
    UpstreamFailed,
    /// The upstream did not answer in time.
    UpstreamTimeout,
}

impl ErrorKind {
    /// Returns true if the same call may succeed a moment later with nothing changed.
    pub fn is_transient(self) -> bool {
        match self {
            ErrorKind::UpstreamFailed | ErrorKind::UpstreamTimeout => true,
            ErrorKind::Transcoding
            | ErrorKind::PreviewOnly
            | ErrorKind::PlanRequired
            | ErrorKind::VerificationRequired
            | ErrorKind::SignedOut
            | ErrorKind::Forbidden
            | ErrorKind::RateLimited
            | ErrorKind::NotFound
            | ErrorKind::Gone
            | ErrorKind::Unsupported
            | ErrorKind::Conflict
            | ErrorKind::NotInThisRegion
            | ErrorKind::NoSpace
            | ErrorKind::RefusedName
            | ErrorKind::NotAShareLink
            | ErrorKind::SharePasswordRequired
            | ErrorKind::SharePasswordWrong
            | ErrorKind::ShareGone
            | ErrorKind::BadRequest
            | ErrorKind::Expired => false,
        }
    }
}

impl DriveError {
    /// Returns an error of `kind` during `operation`; `detail` is for the log.
    pub fn new(kind: ErrorKind, operation: &'static str, detail: impl Into<String>) -> Self {
        DriveError {
            kind,
            operation,
            upstream_code: None,
            retry_after: None,
            detail: detail.into(),
            sentence: None,
        }
    }

    /// Returns an `upstream_failed`: the upstream failed, or gave an invalid answer.
    pub fn failed(operation: &'static str, detail: impl Into<String>) -> Self {
        DriveError::new(ErrorKind::UpstreamFailed, operation, detail)
    }

    /// Returns an `upstream_timeout`.
    pub fn timeout(operation: &'static str, detail: impl Into<String>) -> Self {
        DriveError::new(ErrorKind::UpstreamTimeout, operation, detail)
    }

    /// Returns an `unsupported`.
    pub fn unsupported(operation: &'static str, detail: impl Into<String>) -> Self {
        DriveError::new(ErrorKind::Unsupported, operation, detail)
    }

    /// Returns a `not_found`.
    pub fn not_found(operation: &'static str, detail: impl Into<String>) -> Self {
        DriveError::new(ErrorKind::NotFound, operation, detail)
    }

    /// Returns a `bad_request`.
    pub fn bad_request(operation: &'static str, detail: impl Into<String>) -> Self {
        DriveError::new(ErrorKind::BadRequest, operation, detail)
    }

    /// Returns true if the upstream is still working on the answer, so that a retry at `retry_after` may find it.
    pub fn is_retry_later(&self) -> bool {
        self.kind == ErrorKind::UpstreamTimeout && self.retry_after.is_some()
    }

    /// Returns the same error with a sentence for people.
    pub fn with_sentence(mut self, sentence: &'static str) -> Self {
        self.sentence = Some(sentence);
        self
    }

    /// Returns the same error with the upstream's own code.
    pub fn with_code(mut self, code: i64) -> Self {
        self.upstream_code = Some(code);
        self
    }

    /// Returns the same error with the wait that the upstream asked for.
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

impl fmt::Display for DriveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.operation, self.kind)?;
        if let Some(code) = self.upstream_code {
            write!(f, " (upstream code {code})")?;
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for DriveError {}
