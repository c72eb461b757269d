//! One struct per subsystem, and how each reads its section.

use std::net::IpAddr;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

use super::section::Section;

/// `[auth]`: who may come in.
#[derive(Debug)]
pub struct AuthConfig {
    /// The owner's password. `None`: open while listening on loopback, else a set-up code is printed.
    pub password: Option<SecretString>,
    /// Tokens for programs (`Authorization: Bearer …`), none of them empty.
    pub api_tokens: Vec<SecretString>,
}

/// `[network]`: where we may go.
#[derive(Debug)]
pub struct NetworkConfig {
    /// Hosts or addresses that are allowed although they are private.
    pub allow_hosts: Vec<String>,
    /// Proxies in front of us whose word is taken for where a viewer comes from.
    pub trusted_proxies: Vec<IpNet>,
}

/// `[limits]`: how much one viewer may ask for.
#[derive(Debug)]
pub struct LimitsConfig {
    /// Requests of one address that may be under way at once; this machine itself is not counted.
    pub requests_per_address: usize,
    /// How long a connection may take for the headers of a request.
    pub headers_s: u64,
    /// Seconds that may pass between two pieces of a request's body.
    pub body_idle_timeout_s: u64,
}

/// `[cache]`: what is kept.
#[derive(Debug)]
pub struct CacheConfig {
    /// Bytes of media and metadata kept in memory.
    pub memory_bytes: u64,
    /// Bytes of media kept on disk; 0 is off.
    pub disk_bytes: u64,
}

/// Tokens that are shorter are warned of.
const GUESSABLE: usize = 16;

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
        } else if api_tokens.iter().any(|token| token.len() < GUESSABLE) {
            section.warn(format!(
                "auth.api_tokens holds a token of less than {GUESSABLE} characters, which can be guessed"
            ));
        }
        section.finish();
        AuthConfig {
            password,
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
        };
        section.finish();
        config
    }
}

/// An address, or a network as address and bits.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let address = || Some(IpNet::from(text.parse::<IpAddr>().ok()?.to_canonical()));
    text.parse().ok().or_else(address)
}

impl LimitsConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        // The key's former name is accepted as an alias.
        let idle_key = match section.has("body_silence_s") && !section.has("body_idle_timeout_s") {
            true => "body_silence_s",
            false => "body_idle_timeout_s",
        };
        let config = LimitsConfig {
            requests_per_address: section.number("requests_per_address", 1, 256) as usize,
            headers_s: section.number("headers_s", 1, 15),
            body_idle_timeout_s: section.number(idle_key, 1, 60),
        };
        section.finish();
        config
    }
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
