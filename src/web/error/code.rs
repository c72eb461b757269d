//! The stable codes of problems, the same in pages, API and under `/play`.

/// The code of a problem. Its name in JSON is a promise to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
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
    Locked,
    NoSpace,
    RefusedName,
    NotAShareLink,
    SharePasswordRequired,
    SharePasswordWrong,
    ShareGone,
    BadRequest,
    Unauthorized,
    Forbidden,
    UpstreamFailed,
    UpstreamTimeout,
    Internal,
    Undecodable,
    Offline,
}

impl ProblemCode {
    /// Returns the name of the code in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            ProblemCode::Transcoding => "transcoding",
            ProblemCode::PreviewOnly => "preview_only",
            ProblemCode::PlanRequired => "plan_required",
            ProblemCode::VerificationRequired => "verification_required",
            ProblemCode::SignedOut => "signed_out",
            ProblemCode::RateLimited => "rate_limited",
            ProblemCode::NotFound => "not_found",
            ProblemCode::Gone => "gone",
            ProblemCode::Unsupported => "unsupported",
            ProblemCode::Conflict => "conflict",
            ProblemCode::Locked => "locked",
            ProblemCode::NoSpace => "no_space",
            ProblemCode::RefusedName => "refused_name",
            ProblemCode::NotAShareLink => "not_a_share_link",
            ProblemCode::SharePasswordRequired => "share_password_required",
            ProblemCode::SharePasswordWrong => "share_password_wrong",
            ProblemCode::ShareGone => "share_gone",
            ProblemCode::BadRequest => "bad_request",
            ProblemCode::Unauthorized => "unauthorized",
            ProblemCode::Forbidden => "forbidden",
            ProblemCode::UpstreamFailed => "upstream_failed",
            ProblemCode::UpstreamTimeout => "upstream_timeout",
            ProblemCode::Internal => "internal",
            ProblemCode::Undecodable => "undecodable",
            ProblemCode::Offline => "offline",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::WORDS;

    #[test]
    fn a_code_has_the_same_name_in_json_and_in_the_log() {
        for words in WORDS {
            let json = serde_json::to_value(words.code).unwrap();
            assert_eq!(json, words.code.as_str());
        }
    }
}
