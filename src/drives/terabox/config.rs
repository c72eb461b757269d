//! Settings.
use crate::media::EntryPath;
use secrecy::SecretString;
#[derive(Debug, Clone)]
pub struct TeraboxConfig {
    pub client_id: String,
    pub client_secret: SecretString,
    pub private_secret: SecretString,
    pub auth_url: String,
    pub root: EntryPath,
    pub access_token: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
}
