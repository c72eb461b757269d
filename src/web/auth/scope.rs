//! The scopes of API tokens, and the scope that each route requires.

/// The scope of a token. Each includes those before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum TokenScope {
    /// Browsing and playing.
    Watch,
    /// Also changing files, uploading and sharing.
    Change,
    /// All that the owner may do: also managing access to the server and signing in drives.
    Everything,
}

impl TokenScope {
    pub const ALL: [TokenScope; 3] = [
        TokenScope::Watch,
        TokenScope::Change,
        TokenScope::Everything,
    ];

    /// Returns the name used in the API and in the state.
    pub fn as_str(self) -> &'static str {
        match self {
            TokenScope::Watch => "watch",
            TokenScope::Change => "change",
            TokenScope::Everything => "everything",
        }
    }

    /// Parses the name; `None` if there is no such scope.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// Routes that manage access to this server or to a drive.
const SENSITIVE_ROUTES: [&str; 14] = [
    "/api/v1/tokens",
    "/api/v1/passkeys",
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
    "/drives",
];

/// Returns the scope that a route requires, by method and pattern.
///
/// A route that is not listed here requires more, never less: reading requires [`TokenScope::Watch`], all
/// other methods [`TokenScope::Change`], and routes that issue or revoke credentials
/// [`TokenScope::Everything`].
pub fn required_scope(method: &axum::http::Method, pattern: &str) -> TokenScope {
    let below = |prefix: &str| {
        pattern
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if pattern == "/api/v1/drives/{drive}" {
        return TokenScope::Everything;
    }
    let is_about_keys = [
        "/sign-in",
        "/sign-out",
        "/key",
        "/reload",
        "/reports",
        "/requests.csv",
        "/trial",
    ]
    .iter()
    .any(|part| pattern.starts_with("/api/v1/drives/") && pattern.contains(part));
    if is_about_keys || SENSITIVE_ROUTES.iter().any(|prefix| below(prefix)) {
        return TokenScope::Everything;
    }
    let manages_viewers = below("/viewers") && pattern != "/viewers/choose"
        || below("/api/v1/viewers") && !method.is_safe();
    if manages_viewers {
        return TokenScope::Everything;
    }
    // The owner's own links give access to her files, and are listed with their passwords.
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
            ("POST", "/api/v1/drives/{drive}/reload", Everything),
            ("GET", "/api/v1/drives/{drive}/reports/{report}", Everything),
            ("POST", "/password", Everything),
            ("GET", "/drives", Everything),
            ("POST", "/drives/{drive}", Everything),
            ("POST", "/api/v1/passkeys/begin", Everything),
            ("GET", "/sessions/passkeys", Everything),
            ("GET", "/sessions", Everything),
            ("POST", "/tokensmith", Change),
            ("GET", "/api/v1/viewers", Watch),
            ("POST", "/api/v1/viewers", Everything),
            ("GET", "/viewers", Everything),
            ("GET", "/viewers/choose", Watch),
        ];
        for (method, pattern, expected) in cases {
            let method = axum::http::Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(
                required_scope(&method, pattern),
                expected,
                "{method} {pattern}"
            );
        }
        assert!(Watch < Change && Change < Everything);
    }
}
