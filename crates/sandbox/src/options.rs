//! The settings of a sandbox.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::credentials::AccountCredentials;
use super::generated::GeneratedFilms;

/// Source of the films.
#[derive(Debug, Clone, Default)]
pub enum Films {
    /// The bundled films, under many names.
    #[default]
    Bundled,
    /// The bundled films, and beside them a library of films and series with descriptions and pictures.
    BundledLibrary,
    /// Films that have nothing in common, for tests that count bytes.
    Generated(GeneratedFilms),
    /// A folder on this machine.
    Folder(PathBuf),
}

/// Form of a reply to the stream type `M3U8_SUBTITLE_SRT` (field notes, section 3: two forms are reported).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SubtitleReply {
    /// A list of `EXT-X-MEDIA` lines, each with a URL on the next line.
    #[default]
    List,
    /// The text of the SRT file itself.
    Srt,
}

/// The settings of a sandbox.
#[derive(Debug, Clone)]
pub struct Options {
    pub films: Films,
    /// Listening address of the API. The media hosts take free ports of the same IP.
    pub listen: SocketAddr,
    /// Host name in all URLs of replies; `None` for the listening IP.
    pub public_host: Option<String>,
    /// Lifetime of an access token.
    pub token_life: Duration,
    /// Lifetime of a refresh token, its successors included.
    pub refresh_life: Duration,
    /// Lifetime of the URLs of segments, thumbnails, filemetas links and the last hop of a download.
    pub url_life: Duration,
    /// Lifetime of the links of the download call.
    pub download_life: Duration,
    /// Lifetime of a device code.
    pub device_life: Duration,
    /// Polling interval of a device code; zero for no limit.
    pub device_interval: Duration,
    /// Time after which a device code counts as approved; `None` to wait for the user.
    pub approve_after: Option<Duration>,
    /// Secrets and the first pair of tokens, already signed in.
    pub credentials: AccountCredentials,
    /// Error numbers of an unknown and of an expired access token.
    pub token_errnos: (i64, i64),
    /// tokeninfo contains an upload domain.
    pub upload_domain: bool,
    /// Listings answer under `info`, as the document's table says, instead of `list`, as its example does.
    pub info_key: bool,
    /// Links of filemetas are percent-encoded as a whole.
    pub encoded_dlinks: bool,
    /// The last hop of a download requires the User-Agent of the first.
    pub bind_user_agent: bool,
    /// Region that serves the account's web API, as a label before the host name; `None` if every host does.
    pub web_region: Option<String>,
    /// Only calls and parameters of the documents' tables are accepted, in the documented form.
    pub strict: bool,
    /// Replies have the forms that clients reported: numbers as texts, tasks instead of results, and more.
    pub loose: bool,
    /// Numbers in replies are texts. Included in `loose`.
    pub text_numbers: bool,
    /// `Location` of every second download has no scheme (`//host/…`).
    pub protocol_relative: bool,
    /// The media hosts refuse more than the service does: a URL in another percent-encoding, and a cookie at the last
    /// hop of a download. So a test notices a client that changes URLs, or that sends the session to other hosts.
    /// Segments are exact in any case (field notes, section 3).
    pub exact_media: bool,
    /// Pieces of sound alone are MP3 frames without a container, and without their time. Only for [`Films::Folder`].
    pub packed_sound: bool,
    /// Reply to the stream type `M3U8_SUBTITLE_SRT`.
    pub subtitles: SubtitleReply,
}

impl Options {
    /// Returns the default options, over these films.
    pub fn with_films(films: Films) -> Self {
        Self {
            films,
            ..Self::default()
        }
    }
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
            credentials: AccountCredentials::default(),
            token_errnos: (200_002, 200_003),
            upload_domain: true,
            info_key: false,
            encoded_dlinks: false,
            bind_user_agent: true,
            web_region: None,
            strict: false,
            loose: false,
            text_numbers: false,
            protocol_relative: false,
            exact_media: true,
            packed_sound: false,
            subtitles: SubtitleReply::default(),
        }
    }
}
