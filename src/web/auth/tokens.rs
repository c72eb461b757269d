//! API tokens: credentials for programs, each with a name and a scope, which the owner can revoke.
//!
//! A token is 192 random bits; the state stores its SHA-256. Tokens of the configuration have the scope
//! “everything”.

use std::sync::Arc;
use std::time::SystemTime;

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::callers::Caller;
use super::scope::TokenScope;
use super::{AuthError, Authenticator, constant_time_eq, failed, not_read, not_stored};
use crate::store::ApiToken;
use media::ViewerId;

impl Authenticator {
    /// Returns all tokens made by the owner.
    pub(in crate::web) async fn api_tokens(&self) -> Result<Vec<ApiToken>, AuthError> {
        self.store.api_tokens().await.map_err(not_read)
    }

    /// Makes a token. Returns its text, which is not stored.
    pub(in crate::web) async fn make_token(
        &self,
        name: &str,
        scope: TokenScope,
        viewer: Option<ViewerId>,
    ) -> Result<(ApiToken, SecretString), AuthError> {
        let (text, hash) = new_token().map_err(failed)?;
        let mut id = [0u8; 8];
        getrandom::fill(&mut id).map_err(failed)?;
        let token = ApiToken {
            hash,
            id: HEXLOWER.encode(&id),
            name: name.to_owned(),
            scope: scope.as_str().to_owned(),
            viewer,
            created_at: SystemTime::now(),
            last_used_at: None,
        };
        self.store.add_api_token(&token).await.map_err(not_stored)?;
        self.tokens.forget(&hash).await;
        Ok((token, text.into()))
    }

    /// Revokes a token. Returns false if there is none with this id.
    pub(in crate::web) async fn revoke_token(&self, id: &str) -> Result<bool, AuthError> {
        let hash = self.store.revoke_api_token(id).await.map_err(not_stored)?;
        self.tokens.revoked();
        Ok(hash.is_some())
    }

    /// Forgets what is cached of tokens, some of which were deleted in the state.
    pub(in crate::web) fn tokens_were_deleted(&self) {
        self.tokens.revoked();
    }

    /// Returns the caller with this token, `None` if it is unknown, and records the time of use.
    pub(in crate::web) async fn authenticate_token(
        &self,
        token: &str,
    ) -> Result<Option<Caller>, AuthError> {
        if token.is_empty() {
            return Ok(None);
        }
        // Every configured token is compared, so the time does not depend on which one it resembles.
        let is_configured = self.api_tokens.iter().fold(false, |found, known| {
            constant_time_eq(token, known.expose_secret()) | found
        });
        if is_configured {
            return Ok(Some(Caller::Owner));
        }
        let hash = hash(token);
        let store = &self.store;
        let look = || async move {
            let token = store.api_token(&hash).await;
            token.map(|token| token.map(Arc::new))
        };
        let found = self.tokens.get(hash, look).await.map_err(not_read)?;
        let Some(token) = found else {
            return Ok(None);
        };
        let Some(scope) = TokenScope::parse(&token.scope) else {
            return Ok(None);
        };
        let now = SystemTime::now();
        let used = token.last_used_at.unwrap_or(SystemTime::UNIX_EPOCH);
        if self.may_touch(used, now) {
            self.touched(self.store.touch_api_token(&hash, now).await);
            self.tokens.forget(&hash).await;
        }
        Ok(Some(Caller::Token {
            scope,
            viewer: token.viewer,
        }))
    }
}

/// Returns a new token and its hash.
fn new_token() -> anyhow::Result<(String, [u8; 32])> {
    let mut random = [0u8; 24];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let token = format!("drivein_{}", data_encoding::BASE64URL_NOPAD.encode(&random));
    let hash = hash(&token);
    Ok((token, hash))
}

/// Returns the hash under which the state stores a token.
fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_new_each_time() {
        let (one, hash_of_one) = new_token().unwrap();
        let (other, _) = new_token().unwrap();
        assert_ne!(one, other);
        assert_eq!(hash(&one), hash_of_one);
        assert_eq!(one.len(), "drivein_".len() + 32);
        for scope in TokenScope::ALL {
            assert_eq!(TokenScope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(TokenScope::parse("root"), None);
    }
}
