//! The verification of an ID token.

use openidconnect::core::{CoreIdToken, CoreIdTokenClaims, CoreTokenResponse};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, Nonce, OAuth2TokenResponse,
    SignatureVerificationError, TokenResponse,
};

use super::ProviderClient;

/// Verifies the ID token and, by its hash, the access token (OpenID Connect Core 1.0, section 3.1.3.7).
pub(super) fn verified(
    client: &ProviderClient,
    tokens: &CoreTokenResponse,
    nonce: &Nonce,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let missing = || ClaimsVerificationError::Other("there is no ID token".to_owned());
    let token: &CoreIdToken = tokens.id_token().ok_or_else(missing)?;
    let verifier = client.id_token_verifier();
    let claims = token.claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let other =
            |error: &dyn std::fmt::Display| ClaimsVerificationError::Other(error.to_string());
        let hash = AccessTokenHash::from_token(
            tokens.access_token(),
            token.signing_alg().map_err(|error| other(&error))?,
            token
                .signing_key(&verifier)
                .map_err(|error| other(&error))?,
        )
        .map_err(|error| other(&error))?;
        if hash != *expected {
            return Err(other(&"the access token has another hash"));
        }
    }
    Ok(claims.clone())
}

/// Returns true if the signature is by a key that was not seen yet: the provider may have changed its keys.
pub(super) fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
    )
}
