//! The settings of a Cloudreve drive, as plain values; reading them from a file is not done here.

use secrecy::SecretString;

/// What the owner configured.
#[derive(Debug, Clone)]
pub struct CloudreveConfig {
    /// The site, without a slash at its end.
    pub base_url: String,
    /// Whose account it is. Without it, the page that signs in asks for it.
    pub email: Option<String>,
    /// With it the drive signs in by itself; without it, the owner does so from a page.
    pub password: Option<SecretString>,
    /// A first token, used until there is a stored one. A new one here replaces what is stored.
    pub refresh_token: Option<SecretString>,
}
