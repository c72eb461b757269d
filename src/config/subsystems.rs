//! One struct per subsystem, and how each reads its section.

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
        let api_tokens = section.texts("api_tokens");
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
        let config = NetworkConfig {
            allow_hosts: section.texts("allow_hosts"),
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
