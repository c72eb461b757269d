//! The settings of a TeraBox drive, as plain values. This module does not read the config file.

use secrecy::SecretString;

use crate::terabox::cookie::WebCookie;
use media::EntryPath;

/// The owner's settings for a drive that is reached by an application of the Open Platform.
#[derive(Debug, Clone)]
pub struct TeraboxConfig {
    /// The application's key.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: SecretString,
    /// The second secret, with which token calls are signed.
    pub private_secret: SecretString,
    /// Base URL of the token calls. Its scheme is also used for domains that the upstream names without one.
    pub auth_url: String,
    /// The upstream folder that the drive shows as its root.
    pub root: EntryPath,
    /// First access token, used until a pair is stored.
    pub access_token: Option<SecretString>,
    /// First refresh token, used until a pair is stored. A new value here replaces the stored pair.
    pub refresh_token: Option<SecretString>,
    /// The account's own web session, used where the Open Platform has no call.
    pub web: Option<WebConfig>,
}

/// Settings of an account that is reached by its web session alone.
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
    /// The website, without a slash at its end. `None`: the site that the cookie names, or else the one of the
    /// document.
    pub base_url: Option<String>,
    /// The session's cookies.
    pub cookie: Option<WebCookie>,
    /// `jsToken` of the website's page; `None`: it is read from there.
    pub js_token: Option<SecretString>,
    /// `bdstoken` of the same page; revoking a link requires it.
    pub bdstoken: Option<SecretString>,
}

impl TeraboxConfig {
    /// Returns the settings of an application, with everything else at its default.
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
