//! The settings of a Cloudreve drive, as plain values. Reading them from a file is done elsewhere.

use secrecy::SecretString;

/// Settings made by the owner.
#[derive(Debug, Clone)]
pub struct CloudreveConfig {
    /// The site, without a slash at its end.
    pub base_url: String,
    /// The account. Without it, the sign-in page asks for it.
    pub email: Option<String>,
    /// With a password the drive signs in by itself; without one, the owner signs in from a page.
    pub password: Option<SecretString>,
    /// A first token, used until one is stored. A new value here replaces the stored token.
    pub refresh_token: Option<SecretString>,
    /// This program as the site's administrator has registered it; `None` for sign-in by password alone.
    pub oauth: Option<OAuthClient>,
    /// Further hosts of the site's share links, `cloud.example.net` or `cloud.example.net:8443`.
    pub links: Vec<String>,
}

/// An application that is registered at a site (wire document section 2).
#[derive(Debug, Clone)]
pub struct OAuthClient {
    pub client_id: String,
    pub client_secret: SecretString,
}
