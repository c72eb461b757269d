//! The settings of a WebDAV drive, as plain values. Reading them from a file is done elsewhere.

use media::EntryPath;
use secrecy::SecretString;

/// Settings made by the owner.
#[derive(Debug, Clone)]
pub struct WebDavConfig {
    /// The collection to show, without a slash at its end: `https://cloud.example.org/dav`.
    pub base_url: String,
    /// User name for Basic or Digest authentication; `None` for none.
    pub user: Option<String>,
    /// Password of `user`.
    pub password: Option<SecretString>,
    /// Bearer token (RFC 6750), in place of user and password.
    pub token: Option<SecretString>,
    /// Folder of the collection to show.
    pub root: EntryPath,
}
