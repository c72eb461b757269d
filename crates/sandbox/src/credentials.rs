//! The secrets that a client needs to use this sandbox.

use serde::Serialize;

/// Credentials of the application and of the account's web session, the first pair of tokens included.
#[derive(Debug, Clone, Serialize)]
pub struct AccountCredentials {
    pub client_id: String,
    pub client_secret: String,
    pub private_secret: String,
    pub access_token: String,
    pub refresh_token: String,
    /// The session cookie of the website.
    pub ndus: String,
    /// The token in the website's page that most calls require.
    pub js_token: String,
    /// The token in the website's page that revoking a share requires.
    pub bdstoken: String,
}

impl Default for AccountCredentials {
    /// Returns fixed secrets. Each starts with `sbx-secret-`, so that a test can search for a leak.
    fn default() -> Self {
        Self {
            client_id: "sandbox-client".to_owned(),
            client_secret: "sbx-secret-client".to_owned(),
            private_secret: "sbx-secret-private".to_owned(),
            access_token: "sbx-secret-access-first".to_owned(),
            refresh_token: "sbx-secret-refresh-first".to_owned(),
            ndus: "sbx-secret-ndus".to_owned(),
            js_token: "sbx-secret-js-token".to_owned(),
            bdstoken: "sbx-secret-bdstoken".to_owned(),
        }
    }
}
