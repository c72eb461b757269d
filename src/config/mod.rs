//! Configuration, parsed from a TOML file and the environment once at start.
//!
//! One struct per subsystem; each parses its own section with a `Section`. An unknown key is refused with its
//! line and the nearest known key, and all problems are reported at once, so that a config is corrected in
//! one go. Every key can come from the environment too (`DRIVEIN_AUTH__PASSWORD`, `DRIVEIN_DRIVE__0__NAME`),
//! which takes precedence. Secrets can come from a file (`password_file`).

mod drive_forms;
mod drives;
mod library;
mod metadata;
mod openid;
mod playback;
mod players;
mod problem;
mod section;
mod subsystems;
mod tree;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use drive_forms::{KIND_FORMS, KindField, KindForm};
pub use drives::{DriveConfig, DriveSettings};
pub use library::LibraryConfig;
pub use metadata::MetadataConfig;
pub use openid::OpenIdConfig;
pub use playback::PlaybackConfig;
pub use problem::ConfigProblem;
pub use subsystems::{
    AuthConfig, CacheConfig, DEFAULT_SHARED_CACHE_S, JellyfinConfig, LimitsConfig, NetworkConfig,
    SystemFiles, WebDavServerConfig,
};

use crate::players::PlayerSettings;
use problem::ProblemCollector;
use section::Section;

/// The whole configuration.
#[derive(Debug)]
pub struct Config {
    /// IP and port of the listening socket.
    pub listen: SocketAddr,
    /// Public URL of the server, with a path if it is served below one. Generated URLs begin with it.
    pub public_url: Option<Url>,
    /// Folder of the durable state and the disk cache.
    pub data_dir: PathBuf,
    /// URL of the PostgreSQL database that holds the state; `None` for SQLite in `data_dir`. It may contain a password.
    pub state_url: Option<SecretString>,
    /// True if each request is logged, and not only those that were answered with a problem.
    pub access_log: bool,
    /// Authentication.
    pub auth: AuthConfig,
    /// Outgoing requests and trusted proxies.
    pub network: NetworkConfig,
    /// Jellyfin's API for TV apps.
    pub jellyfin: JellyfinConfig,
    /// Limits on incoming requests.
    pub limits: LimitsConfig,
    /// Sizes of the caches.
    pub cache: CacheConfig,
    /// Fetching of media.
    pub playback: PlaybackConfig,
    /// The library of films and series.
    pub library: LibraryConfig,
    /// Titles, texts and pictures from a metadata service.
    pub metadata: MetadataConfig,
    /// Writing over WebDAV.
    pub webdav: WebDavServerConfig,
    /// The drives, in the order of the file.
    pub drives: Vec<DriveConfig>,
    /// Players that films can be sent to, in the order of the file.
    pub players: Vec<PlayerSettings>,
    /// Warnings for the log, as sentences: values without effect and weak tokens.
    pub warnings: Vec<String>,
}

/// Error of an invalid config, with all its problems.
#[derive(Debug)]
pub struct ConfigError {
    /// The file, `None` if there is none.
    pub file: Option<PathBuf>,
    /// Every problem, in the order of the file.
    pub problems: Vec<ConfigProblem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self
            .file
            .as_deref()
            .map_or("the configuration".into(), |file| {
                file.display().to_string()
            });
        let count = self.problems.len();
        write!(
            f,
            "{file} has {count} problem{}:",
            if count == 1 { "" } else { "s" }
        )?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Loads `file` (`None`: defaults) and overlays `environment`.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read, and with all problems if it is invalid.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = match file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path).map_err(|error| ConfigError {
                file: Some(path.to_owned()),
                problems: vec![ConfigProblem::general(format!(
                    "the file cannot be read: {error}"
                ))],
            })?,
        };
        Self::parse(&text, environment).map_err(|problems| ConfigError {
            file: file.map(Path::to_owned),
            problems,
        })
    }

    /// Parses the text of a config and overlays `environment`.
    ///
    /// # Errors
    ///
    /// Returns all problems, in the order of the file.
    pub fn parse(
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<ConfigProblem>> {
        let (mut root, mut found) = tree::parse(text);
        let overridden = tree::overlay_environment(&mut root, environment);
        let problems = ProblemCollector::default();
        let config = Self::read(&root, &problems);
        let (read, warnings) = problems.into_parts();
        found.extend(read);
        found.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        if found.is_empty() {
            Ok(Config {
                warnings: overridden.into_iter().chain(warnings).collect(),
                ..config
            })
        } else {
            Err(found)
        }
    }

    fn read(root: &BTreeMap<String, tree::ConfigNode>, problems: &ProblemCollector) -> Self {
        let mut section = Section::root(root, problems);
        let config = Config {
            listen: section
                .parsed("listen", "an address and port such as 127.0.0.1:7373")
                .unwrap_or(DEFAULT_LISTEN),
            public_url: section.checked(
                "public_url",
                "an http or https address without a query",
                |text| {
                    let url = Url::parse(text).ok()?;
                    let plain = matches!(url.scheme(), "http" | "https")
                        && url.query().is_none()
                        && url.fragment().is_none();
                    (plain && url.has_host()).then_some(url)
                },
            ),
            data_dir: section
                .text("data_dir")
                .map_or_else(|| PathBuf::from("data"), PathBuf::from),
            state_url: read_state_url(&mut section),
            access_log: section.switch("access_log"),
            auth: AuthConfig::read(section.subsection("auth")),
            network: NetworkConfig::read(section.subsection("network")),
            jellyfin: JellyfinConfig::read(section.subsection("jellyfin")),
            limits: LimitsConfig::read(section.subsection("limits")),
            cache: CacheConfig::read(section.subsection("cache")),
            playback: PlaybackConfig::read(section.subsection("playback")),
            library: LibraryConfig::read(section.subsection("library")),
            metadata: MetadataConfig::read(section.subsection("metadata")),
            webdav: WebDavServerConfig::read(section.subsection("webdav")),
            drives: DriveConfig::read_all(section.list_of_sections("drive")),
            players: players::read_all(section.list_of_sections("player")),
            warnings: Vec::new(),
        };
        section.finish();
        config
    }

    /// Returns the path of `public_url` without a slash at its end: empty, or such as `/drive-in`.
    pub fn base_path(&self) -> String {
        self.public_url.as_ref().map_or(String::new(), |url| {
            url.path().trim_end_matches('/').to_owned()
        })
    }
}

/// Reads the URL of the state. A problem does not repeat it, since it may contain a password.
fn read_state_url(section: &mut Section<'_>) -> Option<SecretString> {
    let (key, key_file) = ("state_url", "state_url_file");
    let is_of_file = section.has(key_file);
    let url = section.secret(key, key_file)?;
    if is_postgres_url(url.expose_secret()) {
        return Some(url);
    }
    section.complain(
        if is_of_file { key_file } else { key },
        "must be the address of a PostgreSQL database such as postgres://user:password@host/drivein",
    );
    None
}

/// Returns true if a text is the URL of a PostgreSQL database, with its name. It may have several hosts, separated by commas.
fn is_postgres_url(text: &str) -> bool {
    let (before, hosts, behind) = hosts_of_url(text);
    let first = hosts.split(',').next().unwrap_or_default();
    let Ok(url) = Url::parse(&[before, first, behind].concat()) else {
        return false;
    };
    let has_host = url.has_host() || url.query_pairs().any(|(name, _)| name == "host");
    matches!(url.scheme(), "postgres" | "postgresql") && has_host && url.path().len() > 1
}

/// Splits a URL into what is before its hosts, the hosts with their ports, and what is behind them.
pub fn hosts_of_url(url: &str) -> (&str, &str, &str) {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let length = url[authority..].find(['/', '?']);
    let end = length.map_or(url.len(), |length| authority + length);
    let user = url[authority..end].rfind('@');
    let begin = user.map_or(authority, |at| authority + at + 1);
    (&url[..begin], &url[begin..end], &url[end..])
}

const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7373);

#[cfg(test)]
mod tests;
