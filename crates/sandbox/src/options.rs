//! How a sandbox is set up.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::accounts::Credentials;

/// Where the films come from.
#[derive(Debug, Clone, Default)]
pub enum Films {
    /// The films that come with the program, under many names.
    #[default]
    Bundled,
    /// A person's own folder.
    Folder(PathBuf),
}

/// How the sandbox is set up.
#[derive(Debug, Clone)]
pub struct Options {
    pub films: Films,
    /// Where the API listens; the media hosts take free ports of the same address.
    pub listen: SocketAddr,
    /// The host name in addresses that are given out; the listening address where unset.
    pub public_host: Option<String>,
    /// Of an access token.
    pub token_life: Duration,
    /// Of a refresh token, and of all those that it is exchanged for.
    pub refresh_life: Duration,
    /// Of segments, thumbnails, links of filemetas and the last hop of a download.
    pub url_life: Duration,
    /// Of links of the download call.
    pub download_life: Duration,
    /// Of a device code.
    pub device_life: Duration,
    /// Between two questions about a device code; zero: as often as one likes.
    pub device_interval: Duration,
    /// Device codes approve themselves after this time.
    pub approve_after: Option<Duration>,
    /// The first pair of tokens, already signed in.
    pub credentials: Credentials,
    /// The numbers of an unknown and of an expired access token.
    pub token_errnos: (i64, i64),
    /// Whether tokeninfo names an upload domain.
    pub upload_domain: bool,
    /// Whether listings answer under `info`, as the documents' table says, instead of `list`, as their example does.
    pub info_key: bool,
    /// Whether links of filemetas are percent-encoded as a whole.
    pub encoded_dlinks: bool,
    /// Whether the last hop of a download wants the User-Agent of the first.
    pub bind_user_agent: bool,
    /// The region that serves the account's web API, as a name before the host; without it, every host does.
    pub web_region: Option<String>,
    /// Only parameters that the documents' tables name, written as they say, and no call that they do not have.
    pub strict: bool,
    /// Replies as clients have met them: numbers as strings, tasks in the place of results, and more.
    pub loose: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            films: Films::Bundled,
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_host: None,
            token_life: Duration::from_secs(172_800),
            refresh_life: Duration::from_secs(30 * 86_400),
            url_life: Duration::from_secs(8 * 3600),
            download_life: Duration::from_secs(3600),
            device_life: Duration::from_secs(300),
            device_interval: Duration::from_secs(2),
            approve_after: None,
            credentials: Credentials::default(),
            token_errnos: (200_002, 200_003),
            upload_domain: true,
            info_key: false,
            encoded_dlinks: false,
            bind_user_agent: true,
            web_region: None,
            strict: false,
            loose: false,
        }
    }
}
