//! Maps Cloudreve's error numbers to our error kinds, in one `match` (document section 1.8).
//!
//! The number alone decides; the message beside it is the outermost of several and says less. 404 means the
//! share if the request was about a share, and the entry otherwise.

use crate::{DriveError, ErrorKind};

/// Numbers that are handled rather than reported.
pub(crate) const CONTINUE: i64 = 203;
pub(crate) const LOGIN_REQUIRED: i64 = 401;
pub(crate) const FORBIDDEN: i64 = 403;
pub(crate) const NO_SUCH_THING: i64 = 404;
pub(crate) const BAD_PARAMETERS: i64 = 40001;
pub(crate) const OBJECT_EXISTS: i64 = 40004;
pub(crate) const SESSION_EXPIRED: i64 = 40011;
pub(crate) const PATH_NOT_FOUND: i64 = 40016;
pub(crate) const FEATURE_DISABLED: i64 = 40019;
pub(crate) const CREDENTIAL_INVALID: i64 = 40020;
pub(crate) const CODE_WRONG: i64 = 40022;
pub(crate) const ENTITY_NOT_FOUND: i64 = 40077;
pub(crate) const LOCK_CONFLICT: i64 = 40073;
pub(crate) const PASSWORD_WRONG: i64 = 40080;
pub(crate) const NOT_ALL_DONE: i64 = 40081;
pub(crate) const SHARE_PASSWORD_WRONG: i64 = 40069;
pub(crate) const SCOPE_MISSING: i64 = 40089;
pub(crate) const DATABASE_FAILED: i64 = 50001;
pub(crate) const UNCLASSIFIED: i64 = -1;

/// Returns true for the numbers by which the site asks for a captcha, or for another one.
pub(crate) fn is_captcha(code: Option<i64>) -> bool {
    matches!(code, Some(40026 | 40027))
}

/// Subject of the request that the number answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// The session.
    Session,
    /// The account's own files.
    Files,
    /// A share, of this or another account, and its content.
    Share,
    /// Bytes, under a URL that was given out.
    Content,
}

/// Returns the error kind of `code` (never 0) in `context`.
pub(crate) fn kind(code: i64, context: Context) -> ErrorKind {
    use ErrorKind as Kind;
    match (code, context) {
        (NO_SUCH_THING | 40058, Context::Share) => Kind::ShareGone,
        (FORBIDDEN, Context::Share) => Kind::PlanRequired,
        (FORBIDDEN, Context::Content) => Kind::Expired,
        (40077, Context::Content) => Kind::Gone,

        (LOGIN_REQUIRED | CREDENTIAL_INVALID | 40089, _) => Kind::SignedOut,
        // Wrong, banned, not activated, unknown, a step that has expired.
        (40017 | 40018 | 40021 | CODE_WRONG | 40023 | PASSWORD_WRONG, _) => Kind::SignedOut,
        // A captcha, a telephone number, a mail that is to be answered.
        (40010 | 40026 | 40027 | 40033, _) => Kind::VerificationRequired,

        (40005 | 40071, _) => Kind::Expired,
        (NO_SUCH_THING | 40016 | 40044 | 40077, _) => Kind::NotFound,
        (40011 | 40078, _) => Kind::Gone,
        (40069, _) => Kind::SharePasswordWrong,
        (40058, _) => Kind::ShareGone,

        (409 | OBJECT_EXISTS | 40054 | LOCK_CONFLICT | 40076, _) => Kind::Conflict,
        (40050 | 40052, _) => Kind::RefusedName,
        (40051, _) => Kind::NoSpace,
        // Excluded by the account's group, its credits or the site's plan.
        (40007 | 40008 | 40014 | 40049 | 40062 | 40083 | 40088, _) => Kind::PlanRequired,
        (FORBIDDEN | 40006 | 40019 | 40053 | 40059 | 40070 | 40079 | 40082, _) => Kind::Unsupported,
        (BAD_PARAMETERS | 40015 | 40074, _) => Kind::BadRequest,
        _ => Kind::UpstreamFailed,
    }
}

/// Returns a sentence for people if the number says more than its kind does, else `None`.
fn sentence(code: i64, context: Context) -> Option<&'static str> {
    Some(match (code, context) {
        (PASSWORD_WRONG, _) => "The site does not take this email address and password.",
        (CODE_WRONG, _) => "The code is wrong, or a new one has taken its place.",
        (CREDENTIAL_INVALID, Context::Session) => {
            "The session has ended: its token has run out, the password was changed, or the site has revoked it."
        }
        (40017, _) => "The site has banned this account.",
        (40018, _) => "The account is not activated yet: the site has sent a mail about it.",
        (40026 | 40027, _) => {
            "The site asks for a captcha at each sign-in, which only a human can answer: sign in on the drive’s account \
             page, which shows it, or with a refresh_token."
        }
        (NO_SUCH_THING | 40058, Context::Share) => {
            "It was revoked, has run out, or its downloads are used up."
        }
        (FORBIDDEN | 40088, Context::Share) => {
            "The site does not let this account open share links."
        }
        (40083, _) => "The share is to be bought on the site first.",
        (40015, _) => "The site does not take so many at once.",
        (40049, _) => "The file is larger than the site allows.",
        (40050, _) => "The site does not take files of this type.",
        (40054, _) => "An upload to this place is under way already.",
        (LOCK_CONFLICT, _) => "Somebody else is changing it right now.",
        (40078, _) => "It is in the trash.",
        (40007, _) => "The account’s group on the site may not do that.",
        (40053, _) => "The root of the drive stays as it is.",
        _ => return None,
    })
}

/// Returns the error that stands for `code`.
pub(crate) fn error(operation: &'static str, code: i64, context: Context) -> DriveError {
    let error = DriveError::new(kind(code, context), operation, "").with_code(code);
    match sentence(code, context) {
        Some(words) => error.with_sentence(words),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_what_they_mean() {
        use Context::*;
        use ErrorKind as Kind;
        let cases = [
            (401, Files, Kind::SignedOut),
            (403, Files, Kind::Unsupported),
            (403, Share, Kind::PlanRequired),
            (403, Content, Kind::Expired),
            (404, Files, Kind::NotFound),
            (404, Share, Kind::ShareGone),
            (40004, Files, Kind::Conflict),
            (40005, Content, Kind::Expired),
            (40007, Files, Kind::PlanRequired),
            (40011, Files, Kind::Gone),
            (40016, Files, Kind::NotFound),
            (40016, Share, Kind::NotFound),
            (40020, Session, Kind::SignedOut),
            (40022, Session, Kind::SignedOut),
            (40026, Session, Kind::VerificationRequired),
            (40049, Files, Kind::PlanRequired),
            (40051, Files, Kind::NoSpace),
            (40052, Files, Kind::RefusedName),
            (40058, Share, Kind::ShareGone),
            (40069, Share, Kind::SharePasswordWrong),
            (40071, Content, Kind::Expired),
            (40073, Files, Kind::Conflict),
            (40077, Files, Kind::NotFound),
            (40077, Content, Kind::Gone),
            (40080, Session, Kind::SignedOut),
            (40083, Share, Kind::PlanRequired),
            (40088, Share, Kind::PlanRequired),
            (50001, Files, Kind::UpstreamFailed),
            (-1, Files, Kind::UpstreamFailed),
            (47_110_815, Files, Kind::UpstreamFailed),
        ];
        for (code, context, expected) in cases {
            assert_eq!(kind(code, context), expected, "{code} {context:?}");
        }
    }
}
