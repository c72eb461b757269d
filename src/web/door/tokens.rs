//! API tokens: keys for programs, each with a name, a scope, and an end whenever the owner likes.
//!
//! A token is 192 random bits; the state keeps its SHA-256. Those of the configuration open everything.

use sha2::{Digest, Sha256};

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

/// A new token and the hash of it.
pub(super) fn new_token() -> anyhow::Result<(String, [u8; 32])> {
    let mut random = [0u8; 24];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let token = format!("drivein_{}", data_encoding::BASE64URL_NOPAD.encode(&random));
    let hash = hash(&token);
    Ok((token, hash))
}

/// By what the state knows a token.
pub(super) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Calls that decide who comes in, to us or to a drive.
const KEYS: [&str; 11] = [
    "/api/v1/tokens",
    "/api/v1/sessions",
    "/api/v1/tickets",
    "/sessions",
    "/tokens",
    "/tickets",
    "/devices",
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
    if is_about_keys || KEYS.iter().any(|prefix| below(prefix)) {
        return TokenScope::Everything;
    }
    let only_watches = [
        "/api/v1/history",
        "/api/v1/shares/open",
        "/api/v1/send",
        "/send",
    ]
    .into_iter()
    .any(below);
    if method.is_safe() || method.as_str() == "PROPFIND" || only_watches {
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
