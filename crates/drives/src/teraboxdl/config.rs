//! The settings of a TeraboxDL drive, as plain values. Reading them from a file is done elsewhere.

use secrecy::SecretString;

/// URL of the service, as documented.
pub const BASE_URL: &str = "https://api.teraboxdl.site";

/// Settings made by the owner.
#[derive(Debug, Clone)]
pub struct TeraboxDlConfig {
    /// The service, without a slash at its end.
    pub base_url: String,
    /// Names the account; sent with each call.
    pub api_key: SecretString,
    /// Signs the calls that cost something; never sent.
    pub api_secret: SecretString,
}
