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

/// What is said of one code, everywhere: page, player and program.
#[derive(Debug)]
pub struct Words {
    /// The stable code.
    pub code: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What happened.
    pub sentence: &'static str,
    /// What to do about it.
    pub step: &'static str,
    /// Where that is done.
    pub door: Door,
}

/// Which page of ours helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Account,
    Status,
    Folder,
    Login,
    None,
}

const fn words(
    code: &'static str,
    title: &'static str,
    sentence: &'static str,
    step: &'static str,
    door: Door,
) -> Words {
    Words {
        code,
        title,
        sentence,
        step,
        door,
    }
}

/// Every code that there is. The last three are the player's own.
#[rustfmt::skip]
pub const WORDS: &[Words] = &[
    words("transcoding", "Still being prepared",
        "The drive is making the streaming version of this film. New uploads take a few minutes, long films more.",
        "Stay on this page: it starts by itself when it is ready.", Door::None),
    words("preview_only", "Only a preview",
        "The drive gives only the beginning of this film as a stream.",
        "Choose “Original” under Quality, or sign in to an account whose plan includes the whole film.", Door::Account),
    words("plan_required", "Not in this plan",
        "The drive’s account is on a plan that does not include this.",
        "Choose a lower quality or “Original”, or use an account with a larger plan.", Door::Account),
    words("verification_required", "The drive wants to see a human",
        "The drive asks for a check that only its owner can pass.",
        "Open the drive’s own website in this network, pass the check there, then come back.", Door::Account),
    words("signed_out", "The drive is signed out",
        "The session with the drive has ended, so nothing can be fetched from it.",
        "Sign in to the drive again.", Door::Account),
    words("rate_limited", "The drive asks for a pause",
        "It had more questions than it answers in a minute.",
        "Wait a moment: the player tries again by itself.", Door::None),
    words("not_found", "Not here",
        "There is nothing at this address. It may have been moved or renamed.",
        "Look in the folder.", Door::Folder),
    words("gone", "Gone",
        "The film was here and has been removed, or its share has been withdrawn.",
        "Look in the folder for another copy.", Door::Folder),
    words("unsupported", "No stream of this film",
        "The drive has no streaming version of this file.",
        "Play the original here, or open it in VLC.", Door::None),
    words("conflict", "The name is taken",
        "Something of that name is there already.", "Choose another name.", Door::Folder),
    words("no_space", "The drive is full",
        "There is no room left for this.", "Delete something, or use a larger plan.", Door::Account),
    words("refused_name", "The drive does not take that name",
        "Drives have rules of their own for names.", "Choose another name.", Door::None),
    words("not_a_share_link", "Not a share link",
        "This text holds no share link that Drive-In knows.",
        "Paste the whole link, or the whole message that it came in.", Door::None),
    words("share_password_required", "This share has a password",
        "Its owner has protected it.", "Type in the password that came with the link.", Door::None),
    words("share_password_wrong", "That is not the password",
        "The share does not open with it.", "Check it against the message that the link came in.", Door::None),
    words("share_gone", "The share is gone",
        "Its owner has withdrawn it, or it has run out.", "Ask whoever sent it for a new link.", Door::None),
    words("bad_request", "That makes no sense",
        "Something in the address or the form is not as it should be.", "Check it and try again.", Door::None),
    words("unauthorized", "Please sign in",
        "This address needs a sign-in, or the sign-in has ended.",
        "Sign in and come back. Programs send an API token as “Authorization: Bearer …”.", Door::Login),
    words("forbidden", "This address does not play that",
        "The address was withdrawn, has run out, or does not cover this film.",
        "Ask for a new one, or open the film from its folder.", Door::Folder),
    words("upstream_failed", "The drive did not answer properly",
        "It failed, or sent something that is not a film.",
        "Try again in a moment. If it stays so, the status page says more.", Door::Status),
    words("upstream_timeout", "The drive takes too long",
        "It did not answer in time.",
        "Try again in a moment. If it stays so, the status page says more.", Door::Status),
    words("internal", "Something went wrong here",
        "The server met something that it did not expect.",
        "Try again; if it stays so, the server’s log says more.", Door::Status),
    words("undecodable", "This browser cannot decode it",
        "The film is fine, but its format is not one that this browser knows.",
        "Choose another quality, or open it in VLC, which plays nearly everything.", Door::None),
    words("offline", "No connection to Drive-In",
        "This device cannot reach the server.",
        "Check the network: the player tries again by itself.", Door::None),
];

const fn ability(title: &'static str, sentence: &'static str, step: &'static str) -> Words {
    words("unsupported", title, sentence, step, Door::None)
}

/// What is said instead of the general words where more is known: of an ability that a drive does not have…
pub static CANNOT_MANAGE: Words = ability(
    "Files stay as they are here",
    "This drive does not let Drive-In change its files.",
    "Use the drive’s own app or website.",
);
pub static CANNOT_UPLOAD: Words = ability(
    "No uploads here",
    "This drive does not take files in from here.",
    "Use the drive’s own app or website.",
);
pub static CANNOT_SHARE: Words = ability(
    "No links from here",
    "This drive cannot make links of its own from here.",
    "A TeraBox account makes links once its web session is part of the drive’s settings.",
);
pub static CANNOT_SIGN_IN: Words = ability(
    "Nothing to sign in to",
    "This drive is not signed in to from here.",
    "Its settings say all that it needs to know.",
);
pub static COUNTS_NOTHING: Words = ability(
    "Nothing is counted here",
    "This drive makes no reports and has no key to be made anew.",
    "Services that count requests do.",
);
/// …and of what went wrong with a sign-in or an upload.
pub static KEYS_REFUSED: Words = words(
    "bad_request",
    "The drive does not take these keys",
    "It refuses the client id or one of the secrets.",
    "Compare all of them with what the drive’s own site shows of your app.",
    Door::Account,
);
pub static CODE_REFUSED: Words = words(
    "bad_request",
    "The code does not work",
    "It was used before, has run out, or is not a code of this drive.",
    "Open the login page again and take the new code within a few minutes.",
    Door::Account,
);
pub static TOO_LARGE_FOR_PLAN: Words = words(
    "plan_required",
    "Too large for this plan",
    "The drive’s plan does not take files of this size.",
    "Use a larger plan, or a smaller file.",
    Door::Account,
);

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
struct Document {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<Upstream>,
}

#[derive(Serialize)]
struct Upstream {
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
    pub fn in_words(self, words: &'static Words) -> Self {
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

    /// Headers that go with the status, whatever the body.
    pub fn decorate(&self, response: &mut Response) {
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

const UNKNOWN: Words = words(
    "internal",
    "Something went wrong here",
    "The server met something that it did not expect.",
    "",
    Door::None,
);

/// Left on a response for the access log.
#[derive(Debug, Clone, Copy)]
pub struct ProblemCode(pub &'static str);

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
        let document = Document {
            kind: "about:blank",
            title: self.words().title,
            status: self.status.as_u16(),
            detail: self.detail(),
            code: self.code,
            upstream: self.upstream_errno.map(|errno| Upstream { errno }),
        };
        let mut response = (self.status, Json(document)).into_response();
        let problem_json = HeaderValue::from_static("application/problem+json");
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, problem_json);
        self.decorate(&mut response);
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
