//! The settings of a TeraboxDL drive, as plain values; reading them from a file is not done here.

use secrecy::SecretString;

/// Where the service is, as its document says.
pub const BASE_URL: &str = "https://api.teraboxdl.site";

/// What the owner configured.
#[derive(Debug, Clone)]
pub struct TeraboxDlConfig {
    /// The service, without a slash at its end.
    pub base_url: String,
    /// Names the account; sent with each call.
    pub api_key: SecretString,
    /// Signs the calls that cost something; never sent.
    pub api_secret: SecretString,
}
