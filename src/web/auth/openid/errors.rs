//! The reasons for a refused sign-in with an OpenID provider.

use crate::web::auth::AuthError;

/// The reason for a refused sign-in.
#[derive(Debug)]
pub(in crate::web) enum OpenIdError {
    /// The configuration names no provider.
    NotConfigured,
    /// The attempt was not begun in this browser, or is too old.
    NotBegun,
    /// The provider does not answer, or with something else.
    Unreachable,
    /// The provider has refused, or its owner has.
    Declined,
    /// The provider's answer is not valid for this attempt.
    Unverified,
    /// The account is neither one of the configuration nor a viewer's.
    NotAllowed,
    /// The email address is a known one, and the provider has not verified it.
    UnverifiedEmail,
    /// The session cannot begin.
    Refused(AuthError),
}

/// Logs the failure of a call.
pub(super) fn refused_by(error: &(dyn std::error::Error + 'static)) -> OpenIdError {
    tracing::warn!(error = chain(error), "the OpenID provider cannot be used");
    OpenIdError::Unreachable
}

/// Logs a token that is not valid.
pub(super) fn unverified(error: &(dyn std::error::Error + 'static)) -> OpenIdError {
    tracing::warn!(
        error = chain(error),
        "the OpenID provider's answer is not valid"
    );
    OpenIdError::Unverified
}

/// Returns an error with its causes. None of them contains a token.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}
