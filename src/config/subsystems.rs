//! The sections `[auth]`, `[network]`, `[jellyfin]`, `[limits]`, `[cache]` and `[webdav]`: a struct for each, which parses its own section.

use std::net::IpAddr;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

use super::openid::OpenIdConfig;
use super::section::Section;

/// `[auth]`: authentication.
#[derive(Debug)]
pub struct AuthConfig {
    /// The owner's password. `None`: open while listening on loopback, else a set-up code is printed.
    pub password: Option<SecretString>,
    /// Tokens for programs (`Authorization: Bearer …`), none of them empty.
    pub api_tokens: Vec<SecretString>,
    /// True if the password may have a second factor: a code of an authenticator app.
    pub totp: bool,
    /// True if the owner may sign in with passkeys.
    pub passkeys: bool,
    /// The OpenID provider by which the owner signs in.
    pub oidc: Option<OpenIdConfig>,
}

/// `[network]`: outgoing requests and trusted proxies.
#[derive(Debug)]
pub struct NetworkConfig {
    /// Hosts or IPs to which requests are allowed although they are private.
    pub allow_hosts: Vec<String>,
    /// Reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// True if TV apps in the home network find this server by a broadcast.
    pub discovery: bool,
    /// Seconds for which a cache in front of the server may answer requests for a play URL by itself.
    pub shared_cache_s: u64,
}

/// Default of `shared_cache_s`: as long as players may keep media.
pub const DEFAULT_SHARED_CACHE_S: u64 = 86_400;

/// `[jellyfin]`: Jellyfin's API for TV apps.
#[derive(Debug)]
pub struct JellyfinConfig {
    /// True if the API is served.
    pub enabled: bool,
}

/// `[limits]`: limits on incoming requests.
#[derive(Debug)]
pub struct LimitsConfig {
    /// Maximum number of concurrent requests per IP; loopback is not limited. A ticket has four times as many.
    pub requests_per_address: usize,
    /// Seconds within which the headers of a request must arrive.
    pub headers_s: u64,
    /// Seconds after which a request body without progress is aborted.
    pub body_idle_timeout_s: u64,
}

/// `[cache]`: sizes of the caches.
#[derive(Debug)]
pub struct CacheConfig {
    /// Size of the memory cache for media and metadata, in bytes.
    pub memory_bytes: u64,
    /// Size of the disk cache for media, in bytes; 0 turns it off.
    pub disk_bytes: u64,
}

/// `[webdav]`: writing over WebDAV.
#[derive(Debug)]
pub struct WebDavServerConfig {
    /// Treatment of the files that operating systems leave in folders.
    pub system_files: SystemFiles,
}

/// Treatment of the files that operating systems leave in folders, such as `.DS_Store`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemFiles {
    /// They are refused with 403.
    Refuse,
    /// They are accepted, and nothing of them is kept.
    Drop,
    /// They are kept like any other file.
    Keep,
}

/// Length in characters below which a token is reported as guessable.
const MIN_TOKEN_LENGTH: usize = 16;

impl WebDavServerConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let system_files = section.checked(
            "system_files",
            "“refuse”, “drop” or “keep”",
            |text| match text {
                "refuse" => Some(SystemFiles::Refuse),
                "drop" => Some(SystemFiles::Drop),
                "keep" => Some(SystemFiles::Keep),
                _ => None,
            },
        );
        section.finish();
        WebDavServerConfig {
            system_files: system_files.unwrap_or(SystemFiles::Refuse),
        }
    }
}

impl AuthConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let password = section.secret("password", "password_file");
        if password
            .as_ref()
            .is_some_and(|password| password.expose_secret().is_empty())
        {
            section.complain("password", "is empty; leave it out or choose one");
        }
        if let Some(password) = &password
            && password.expose_secret().starts_with("$argon2")
            && argon2::password_hash::phc::PasswordHash::new(password.expose_secret()).is_err()
        {
            section.complain("password", "begins like an argon2 hash but is none");
        }
        let mut api_tokens = section.texts("api_tokens");
        api_tokens.extend(section.lines_of_file("api_tokens_file"));
        if api_tokens.iter().any(|token| token.trim().is_empty()) {
            section.complain("api_tokens", "holds an empty token; leave it out");
        } else if api_tokens
            .iter()
            .any(|token| token.len() < MIN_TOKEN_LENGTH)
        {
            section.warn(format!(
                "auth.api_tokens holds a token of less than {MIN_TOKEN_LENGTH} characters, which can be guessed"
            ));
        }
        let totp = section.optional_switch("totp").unwrap_or(true);
        let passkeys = section.optional_switch("passkeys").unwrap_or(true);
        let oidc = OpenIdConfig::read(section.subsection("oidc"));
        section.finish();
        AuthConfig {
            passkeys,
            oidc,
            password,
            totp,
            api_tokens: api_tokens.into_iter().map(SecretString::from).collect(),
        }
    }
}

impl NetworkConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let proxies = section.texts("trusted_proxies");
        let trusted_proxies: Vec<IpNet> = proxies.iter().filter_map(|text| network(text)).collect();
        if trusted_proxies.len() < proxies.len() {
            section.complain(
                "trusted_proxies",
                "must hold addresses or networks such as \"127.0.0.1\" or \"172.16.0.0/12\"",
            );
        }
        let config = NetworkConfig {
            allow_hosts: section.texts("allow_hosts"),
            trusted_proxies,
            discovery: section.switch("discovery"),
            shared_cache_s: section.number("shared_cache_s", 0, DEFAULT_SHARED_CACHE_S),
        };
        section.finish();
        config
    }
}

impl JellyfinConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let enabled = section.optional_switch("enabled").unwrap_or(true);
        section.finish();
        JellyfinConfig { enabled }
    }
}

/// Parses an IP, or a network in CIDR notation. Returns `None` for anything else.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let address = || Some(IpNet::from(text.parse::<IpAddr>().ok()?.to_canonical()));
    text.parse().ok().or_else(address)
}

impl LimitsConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let config = LimitsConfig {
            requests_per_address: section.number("requests_per_address", 1, 256) as usize,
            headers_s: section.number("headers_s", 1, 15),
            body_idle_timeout_s: read_body_idle_timeout(&mut section),
        };
        section.finish();
        config
    }
}

/// Default of `body_idle_timeout_s`.
const DEFAULT_BODY_IDLE_TIMEOUT_S: u64 = 60;

/// Parses `body_idle_timeout_s`, or its former name `body_silence_s`, with a warning.
fn read_body_idle_timeout(section: &mut Section<'_>) -> u64 {
    let former = "body_silence_s";
    if !section.has(former) {
        return section.number("body_idle_timeout_s", 1, DEFAULT_BODY_IDLE_TIMEOUT_S);
    }
    if section.has("body_idle_timeout_s") {
        section.complain(
            former,
            "is the former name of “body_idle_timeout_s”; set one of them",
        );
    } else {
        section.warn("limits.body_silence_s is called body_idle_timeout_s now".to_owned());
    }
    section.number(former, 1, DEFAULT_BODY_IDLE_TIMEOUT_S)
}

impl CacheConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let config = CacheConfig {
            memory_bytes: section.size("memory", 256 << 20),
            disk_bytes: section.size("disk", 0),
        };
        section.finish();
        config
    }
}
