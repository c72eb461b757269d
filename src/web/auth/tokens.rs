//! API tokens: keys for programs, each with a name, a scope, and an end whenever the owner likes.
//!
//! A token is 192 random bits; the state keeps its SHA-256. Those of the configuration open everything.

use std::sync::Arc;
use std::time::SystemTime;

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::callers::Caller;
use super::{AuthError, Authenticator, constant_time_eq, failed, is_due};
use crate::store::ApiToken;

/// What a token opens. Each includes those before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum TokenScope {
    /// To look and to play.
    Watch,
    /// To change files, to upload, to share as well.
    Change,
    /// Everything that the owner may: who comes in, and the drives' own sign-in.
    Everything,
}

impl TokenScope {
    pub const ALL: [TokenScope; 3] = [
        TokenScope::Watch,
        TokenScope::Change,
        TokenScope::Everything,
    ];

    /// The word for it in the API and in the state.
    pub fn as_str(self) -> &'static str {
        match self {
            TokenScope::Watch => "watch",
            TokenScope::Change => "change",
            TokenScope::Everything => "everything",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl Authenticator {
    /// Every token that the owner made.
    pub(in crate::web) async fn api_tokens(&self) -> Result<Vec<ApiToken>, AuthError> {
        self.store.api_tokens().await.map_err(failed)
    }

    /// Makes a token. Its text is told once and kept nowhere.
    pub(in crate::web) async fn make_token(
        &self,
        name: &str,
        scope: TokenScope,
    ) -> Result<(ApiToken, SecretString), AuthError> {
        let (text, hash) = new_token().map_err(failed)?;
        let mut id = [0u8; 8];
        getrandom::fill(&mut id).map_err(failed)?;
        let token = ApiToken {
            hash,
            id: HEXLOWER.encode(&id),
            name: name.to_owned(),
            scope: scope.as_str().to_owned(),
            created_at: SystemTime::now(),
            last_used_at: None,
        };
        self.store.add_api_token(&token).await.map_err(failed)?;
        self.tokens.forget(&hash).await;
        Ok((token, text.into()))
    }

    /// Withdraws a token; whether there was one.
    pub(in crate::web) async fn revoke_token(&self, id: &str) -> Result<bool, AuthError> {
        let hash = self.store.remove_api_token(id).await.map_err(failed)?;
        self.tokens.revoked();
        Ok(hash.is_some())
    }

    /// Who calls with this token, and a note of when.
    pub(in crate::web) async fn authenticate_token(
        &self,
        token: &str,
    ) -> Result<Option<Caller>, AuthError> {
        if token.is_empty() {
            return Ok(None);
        }
        // Every configured token is looked at, so the time tells nothing of which one it is like.
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
        let found = self.tokens.get(hash, look).await.map_err(failed)?;
        let Some(token) = found else {
            return Ok(None);
        };
        let Some(scope) = TokenScope::parse(&token.scope) else {
            return Ok(None);
        };
        let now = SystemTime::now();
        if token.last_used_at.is_none_or(|used| is_due(used, now)) {
            self.store
                .api_token_used(&hash, now)
                .await
                .map_err(failed)?;
            self.tokens.forget(&hash).await;
        }
        Ok(Some(Caller::Token(scope)))
    }
}

/// A new token and the hash of it.
fn new_token() -> anyhow::Result<(String, [u8; 32])> {
    let mut random = [0u8; 24];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let token = format!("drivein_{}", data_encoding::BASE64URL_NOPAD.encode(&random));
    let hash = hash(&token);
    Ok((token, hash))
}

/// By what the state knows a token.
fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Calls that decide who comes in, to us or to a drive.
const SENSITIVE_ROUTES: [&str; 12] = [
    "/api/v1/tokens",
    "/api/v1/sessions",
    "/api/v1/tickets",
    "/sessions",
    "/tokens",
    "/tickets",
    "/devices",
    "/guest-link",
    "/pass-on",
    "/password",
    "/account",
    "/connect",
];

/// What a call asks of a token, by its method and the pattern of its route.
///
/// A call that nobody thought of here asks for more, never for less: reading is [`TokenScope::Watch`], all
/// other methods are [`TokenScope::Change`], and what hands out or withdraws keys is everything.
pub fn needed(method: &axum::http::Method, pattern: &str) -> TokenScope {
    let below = |prefix: &str| {
        pattern
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_about_keys = [
        "/sign-in",
        "/sign-out",
        "/key",
        "/reports",
        "/requests.csv",
        "/trial",
    ]
    .iter()
    .any(|part| pattern.starts_with("/api/v1/drives/") && pattern.contains(part));
    if is_about_keys || SENSITIVE_ROUTES.iter().any(|prefix| below(prefix)) {
        return TokenScope::Everything;
    }
    // The owner's own links are keys to her files, and are listed with their passwords.
    let tells_keys = pattern.starts_with("/api/v1/drives/") && pattern.contains("/shares");
    let only_watches = [
        "/api/v1/history",
        "/api/v1/shares/open",
        "/api/v1/send",
        "/send",
    ]
    .into_iter()
    .any(below);
    let is_reading = method.is_safe() || method.as_str() == "PROPFIND";
    if (is_reading && !tells_keys) || only_watches {
        TokenScope::Watch
    } else {
        TokenScope::Change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_calls_ask_for() {
        use TokenScope::*;
        let cases = [
            ("GET", "/api/v1/drives", Watch),
            ("GET", "/api/v1/entries/{*location}", Watch),
            ("PUT", "/api/v1/history/{*location}", Watch),
            ("POST", "/api/v1/shares/open", Watch),
            ("PROPFIND", "/dav/{*path}", Watch),
            ("POST", "/api/v1/shares/save", Change),
            ("PUT", "/api/v1/content/{*location}", Change),
            ("GET", "/api/v1/drives/{drive}/shares", Change),
            ("DELETE", "/api/v1/drives/{drive}/shares/{id}", Change),
            ("MKCOL", "/dav/{*path}", Change),
            ("GET", "/api/v1/tokens", Everything),
            ("DELETE", "/api/v1/tickets/{id}", Everything),
            ("GET", "/api/v1/sessions", Everything),
            ("POST", "/api/v1/drives/{drive}/sign-in/device", Everything),
            ("POST", "/api/v1/drives/{drive}/sign-out", Everything),
            ("POST", "/api/v1/drives/{drive}/key", Everything),
            ("GET", "/api/v1/drives/{drive}/reports/{report}", Everything),
            ("POST", "/password", Everything),
            ("GET", "/sessions", Everything),
            ("POST", "/tokensmith", Change),
        ];
        for (method, pattern, expected) in cases {
            let method = axum::http::Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(needed(&method, pattern), expected, "{method} {pattern}");
        }
        assert!(Watch < Change && Change < Everything);
    }

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
