//! Maps TeraBox's error numbers to our error kinds, in one `match`.
//!
//! The numbers come from the Open Platform document; where it is silent, from what clients of the sister APIs
//! met. One number means different things in different places, hence the context. A number without a known
//! meaning is a failure of the upstream.

use crate::{DriveError, ErrorKind};

/// The kind of call that returned the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// Token calls, at `/oauth/…`.
    Auth,
    /// Calls for files and folders, at `/openapi/…`.
    Api,
    /// Calls for a share link, at `/openapi/share/…` and `shorturlinfo`.
    Share,
    /// Playlists.
    Streaming,
    /// Bytes from a download, segment or thumbnail host.
    Media,
    /// Calls of the account's own web session.
    Web,
}

/// Returns the error kind of `code` (never 0) in `context`; `message` is the text beside the number.
///
/// “need verify” has come with a dozen numbers, so the text counts there as much as the number.
pub(crate) fn kind(code: i64, message: &str, context: Context) -> ErrorKind {
    use Context::{Api, Auth, Media, Share, Streaming, Web};
    use ErrorKind as Kind;

    let message = message.to_ascii_lowercase();
    if message.contains("need verify") || message.contains("need_verify") {
        return Kind::VerificationRequired;
    }
    match (code, context) {
        // The page's token was refused although it was just read.
        (4000023 | 450016, Web) => Kind::SignedOut,

        // Captchas and other proofs of the caller's identity.
        (-19 | -62 | 132 | 9019 | 400141 | 400210 | 400310, _)
        | (4000020 | 424629 | 450005 | 460020, _) => Kind::VerificationRequired,

        // The session is unknown or has ended.
        (31044 | 31045 | 31047 | 31064, Media) => Kind::Expired,
        (-1 | -6 | 104 | 31044 | 31045 | 31047 | 31064, _) => Kind::SignedOut,
        (200002..=200005, _) => Kind::SignedOut,

        // A signed URL that has expired, was altered, or is bound to another account.
        (31326 | 31360 | 31362 | 31426, _) => Kind::Expired,

        // Clients disagree: for some the number means a share that has ended, for others one that never
        // existed.
        (-9, Share) => Kind::SharePasswordRequired,
        (-12, Share | Streaming) => Kind::SharePasswordWrong,
        (105 | 115 | 130 | 140, Share) => Kind::ShareGone,
        (-21, Share | Streaming) => Kind::VerificationRequired,

        (130 | 31341, Streaming) | (31341, _) => Kind::Transcoding,
        (31066 | 31074, Streaming) => Kind::Unsupported,

        (-20 | 111 | 31034 | 36013 | 36022 | 36024 | 300001 | 400810, _) => Kind::RateLimited,

        (-9 | -11 | 102 | 31066 | 36010, _) => Kind::NotFound,
        (31396, _) => Kind::Gone,
        (9000, _) => Kind::NotInThisRegion,
        (31074 | 31390, _) => Kind::Unsupported,
        (58, _) => Kind::PlanRequired,

        (-8 | 12 | 36014, Api | Web) | (-8 | 4 | 12, Share) => Kind::Conflict,
        (-10 | -32 | 31116 | 36009, _) => Kind::NoSpace,
        (-7 | 4 | 5, Api) => Kind::RefusedName,
        (-7, Streaming) => Kind::NotFound,

        (2 | 3 | 31023, _) | (100001 | 100002 | 200001, Auth) => Kind::BadRequest,

        _ if context == Streaming && speaks_of_a_plan(&message) => Kind::PlanRequired,
        _ => Kind::UpstreamFailed,
    }
}

/// Returns true if the message mentions the account's plan. No number is known for a quality beyond the plan,
/// so the message is the only sign.
fn speaks_of_a_plan(message: &str) -> bool {
    ["vip", "premium", "plan", "privilege"]
        .iter()
        .any(|word| message.contains(word))
}

/// Returns true if the error says that the access token is not, or no longer, valid, so that a new one may
/// help. Of the errors that end a session, those that mention the login itself or the refresh token do not
/// count.
pub(crate) fn wants_a_new_token(error: &DriveError) -> bool {
    let of_the_login =
        |code: i64| matches!(code, -1 | 104 | 31044 | 31047 | 31064 | 200004 | 200005);
    error.kind == ErrorKind::SignedOut && !error.upstream_code.is_some_and(of_the_login)
}

/// Returns true if the number says that the token of the website's page is stale, so that a new one may help.
/// The same numbers beside a demand for verification do not count.
pub(crate) fn wants_a_new_page(code: i64, message: &str) -> bool {
    let words = message.to_ascii_lowercase();
    matches!(code, 4000020 | 4000023 | 450016 | 400810)
        && !words.contains("need verify")
        && !words.contains("need_verify")
}

/// Returns true if the number says that the refresh token is spent, so that only the owner can help by signing
/// in.
pub(crate) fn ends_the_session(code: i64) -> bool {
    matches!(code, 200004 | 200005)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_the_page_is_read_again() {
        for (code, message, again) in [
            (4000023, "", true),
            (450016, "", true),
            (400810, "", true),
            (4000020, "", true),
            (4000020, "jsToken invalid", true),
            (4000020, "need verify", false),
            (4000023, "Need_Verify_v2", false),
            (-6, "", false),
        ] {
            assert_eq!(wants_a_new_page(code, message), again, "{code} {message}");
        }
    }

    #[test]
    fn numbers_and_what_they_mean() {
        use Context::*;
        use ErrorKind as Kind;
        let cases: &[(i64, &str, Context, ErrorKind)] = &[
            // From the document's own tables.
            (2, "", Auth, Kind::BadRequest),
            (100001, "", Auth, Kind::BadRequest),
            (100002, "", Auth, Kind::BadRequest),
            (200001, "", Auth, Kind::BadRequest),
            (200002, "", Api, Kind::SignedOut),
            (200003, "", Streaming, Kind::SignedOut),
            (200004, "", Auth, Kind::SignedOut),
            (200005, "", Auth, Kind::SignedOut),
            (300001, "", Auth, Kind::RateLimited),
            (500001, "", Auth, Kind::UpstreamFailed),
            (-7, "", Api, Kind::RefusedName),
            (-8, "", Api, Kind::Conflict),
            (-9, "", Api, Kind::NotFound),
            // Seen in real replies.
            (-9, "need verify_v2", Api, Kind::VerificationRequired),
            (-6, "", Api, Kind::SignedOut),
            (-6, "", Web, Kind::SignedOut),
            (4000023, "", Web, Kind::SignedOut),
            (4000023, "", Api, Kind::UpstreamFailed),
            (450016, "", Web, Kind::SignedOut),
            (-1, "", Api, Kind::SignedOut),
            (-10, "", Api, Kind::NoSpace),
            (-32, "", Api, Kind::NoSpace),
            (-11, "", Api, Kind::NotFound),
            (-19, "", Api, Kind::VerificationRequired),
            (-62, "", Api, Kind::VerificationRequired),
            (1, "", Api, Kind::UpstreamFailed),
            (2, "", Api, Kind::BadRequest),
            (12, "", Api, Kind::Conflict),
            (58, "", Api, Kind::PlanRequired),
            (111, "", Api, Kind::RateLimited),
            (130, "", Streaming, Kind::Transcoding),
            (130, "", Api, Kind::UpstreamFailed),
            (131, "", Streaming, Kind::UpstreamFailed),
            (132, "", Api, Kind::VerificationRequired),
            (9000, "", Api, Kind::NotInThisRegion),
            (9000, "", Share, Kind::NotInThisRegion),
            (-9, "", Share, Kind::SharePasswordRequired),
            (-9, "need verify_v2", Share, Kind::VerificationRequired),
            (-12, "", Share, Kind::SharePasswordWrong),
            (-62, "", Share, Kind::VerificationRequired),
            (4000020, "", Share, Kind::VerificationRequired),
            (105, "", Share, Kind::ShareGone),
            (115, "", Share, Kind::ShareGone),
            (130, "", Share, Kind::ShareGone),
            (4, "", Share, Kind::Conflict),
            (12, "", Share, Kind::Conflict),
            (2, "", Share, Kind::BadRequest),
            (9001, "", Api, Kind::UpstreamFailed),
            (31034, "", Media, Kind::RateLimited),
            (31045, "user not exists", Media, Kind::Expired),
            (31045, "user not exists", Api, Kind::SignedOut),
            (31066, "", Streaming, Kind::Unsupported),
            (31066, "", Media, Kind::NotFound),
            (31074, "", Media, Kind::Unsupported),
            (31326, "", Media, Kind::Expired),
            (31341, "be transcoding", Streaming, Kind::Transcoding),
            (31346, "", Streaming, Kind::UpstreamFailed),
            (31360, "", Media, Kind::Expired),
            (31362, "sign error", Media, Kind::Expired),
            (31396, "", Media, Kind::Gone),
            (36009, "", Api, Kind::NoSpace),
            (400141, "", Media, Kind::VerificationRequired),
            (424629, "", Media, Kind::VerificationRequired),
            (450005, "", Streaming, Kind::VerificationRequired),
            (4711, "need_verify", Media, Kind::VerificationRequired),
            (4711, "only for Premium", Streaming, Kind::PlanRequired),
            (4711, "only for Premium", Api, Kind::UpstreamFailed),
            (4711, "", Media, Kind::UpstreamFailed),
        ];
        for (code, message, context, expected) in cases {
            assert_eq!(
                kind(*code, message, *context),
                *expected,
                "{code} {message:?} {context:?}"
            );
        }
    }
}
