//! The settings of a TeraBox drive, as plain values; reading them from a file is not done here.

use secrecy::SecretString;

use crate::terabox::cookie::WebCookie;
use media::EntryPath;

/// What the owner configured.
#[derive(Debug, Clone)]
pub struct TeraboxConfig {
    /// The application's key.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: SecretString,
    /// The second secret, with which token calls are signed.
    pub private_secret: SecretString,
    /// Where tokens are asked for. Its scheme also serves domains that the upstream names without one.
    pub auth_url: String,
    /// The upstream folder that the drive shows as its root.
    pub root: EntryPath,
    /// First pair, used until there is a stored one.
    pub access_token: Option<SecretString>,
    /// First pair, used until there is a stored one. A new one here replaces what is stored.
    pub refresh_token: Option<SecretString>,
    /// The account's own web session, for what the Open Platform has no call for.
    pub web: Option<WebConfig>,
}

/// An account that is reached by its web session alone.
#[derive(Debug, Clone)]
pub struct WebDriveConfig {
    /// The folder that the drive shows as its root.
    pub root: EntryPath,
    /// The session.
    pub web: WebConfig,
}

/// A web session that the owner copied from a browser.
#[derive(Debug, Clone, Default)]
pub struct WebConfig {
    /// The website, without a slash at its end. `None`: where the cookie says that it is from, or the one of the
    /// document.
    pub base_url: Option<String>,
    /// The session's cookies.
    pub cookie: Option<WebCookie>,
    /// `jsToken` of the website's page, which is read there where it is not given.
    pub js_token: Option<SecretString>,
    /// `bdstoken` of the same page; withdrawing a link wants it.
    pub bdstoken: Option<SecretString>,
}

impl TeraboxConfig {
    /// Settings of an application with everything else as it is by default.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: SecretString,
        private_secret: SecretString,
    ) -> Self {
        TeraboxConfig {
            client_id: client_id.into(),
            client_secret,
            private_secret,
            auth_url: "https://www.terabox.com".to_owned(),
            root: EntryPath::root(),
            access_token: None,
            refresh_token: None,
            web: None,
        }
    }
}
