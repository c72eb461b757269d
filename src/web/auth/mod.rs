//! Who may come in: the owner's password behind a signed cookie, and tokens for programs.
//!
//! A session is kept in the state: it survives a restart, can be ended by itself, and ends with the
//! password that it began with. The cookie is signed, so what nobody was given is never looked up.
//!
//! A server that listens on loopback may do without a password: then everybody on the machine is the
//! owner. A page of another site could reach it all the constant_time_eq, through a name of its own that leads to
//! this machine, so it answers to the machine's own names alone, and to nobody who comes through a proxy. Where `public_url` says that the world
//! comes in too, through a proxy, only those who call the machine by its own name are let in without
//! the code. The code works once: who used it is led to a page where a password is chosen.
//!
//! - `gate`: what stands before groups of routes
//! - `callers`: who calls, by what a request shows
//! - `hosts`: which hosts are this machine
//! - `known`: what was looked up a moment ago
//! - `owner`: the password, and the code for whoever comes first
//! - `attempts`: how often a password may be guessed
//! - `password`: argon2id, off the threads that serve
//! - `sign_ins`: sessions begun, seen and ended
//! - `sessions`: the cookie
//! - `tokens`: keys for programs, and what they open

mod attempts;
mod callers;
mod cookies;
mod hosts;
mod middleware;
mod owner;
mod password;
mod scope;
mod session_cache;
mod sessions;

#[cfg(test)]
mod tests;
mod tokens;

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use axum::http::HeaderMap;
use moka::future::Cache;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use crate::store::{ApiToken, OwnerSession, Store};

pub(super) use attempts::network;
pub use callers::Caller;
pub(super) use callers::basic_password;
pub(super) use middleware::{require_api_token, require_operator_key, require_owner};
pub(super) use owner::PasswordState;
pub(super) use password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS};
pub use scope::TokenScope;
pub(super) use sessions::session_id;

use attempts::AttemptLimiter;
use cookies::Cookies;
use hosts::{address, hosts, is_forwarded, is_this_machine};
use owner::{current_password, set_up_code};
use password::Hasher;
use session_cache::SessionCache;

/// What a door is made of.
pub struct AuthSettings<'a> {
    /// The owner's password from the configuration, or its argon2 hash.
    pub password: Option<SecretString>,
    /// Tokens from the configuration; they open everything.
    pub api_tokens: Vec<SecretString>,
    /// Where we listen.
    pub listen: SocketAddr,
    /// Signs sessions.
    pub key: [u8; 32],
    /// How the world sees us.
    pub public_url: Option<&'a Url>,
}

/// Who may come in.
pub struct Authenticator {
    mode: RwLock<Arc<AuthMode>>,
    api_tokens: Vec<SecretString>,
    key: [u8; 32],
    cookies: Cookies,
    hasher: Hasher,
    attempts: AttemptLimiter,
    store: Store,
    sessions: SessionCache<Arc<OwnerSession>>,
    tokens: SessionCache<Arc<ApiToken>>,
    /// Held while a session begins and while the password changes: none begins with the one before.
    session_lock: tokio::sync::Mutex<()>,
    /// Passwords of Basic auth that were right a moment ago, by a keyed hash: players send theirs with
    /// every request.
    password_cache: Cache<[u8; 32], ()>,
    is_configured: bool,
    is_https: bool,
    /// The host of `public_url`, in lower case.
    public_host: Option<String>,
}

enum AuthMode {
    /// Everybody who reaches us is the owner: we listen on loopback only.
    Open,
    /// No password is set, and we can be reached from elsewhere: a code printed at start, until it
    /// was used. `open_here`: who comes from this machine needs none.
    Code {
        code: Option<SecretString>,
        open_here: bool,
    },
    /// The owner's password, as an argon2 hash.
    Password(String),
}

/// Why somebody was not let in.
#[derive(Debug)]
pub enum AuthError {
    /// Not the password, or not any more.
    Wrong,
    /// Too many wrong ones; after this long, once more.
    Wait(Duration),
    /// The state cannot be read or written.
    Failed,
}

/// How precise “last seen” and “last used” are: a write for each request would be too much.
const LAST_SEEN_INTERVAL: Duration = Duration::from_secs(60);

/// How long a player's password is believed. A changed password is noticed at once.
const PASSWORD_CACHE_TTL: Duration = Duration::from_secs(300);

impl Authenticator {
    /// A door over the state, which is told of a configured password that has changed: all sessions
    /// end with the one before.
    pub async fn open(settings: AuthSettings<'_>, store: Store) -> anyhow::Result<Self> {
        let public_host = settings
            .public_url
            .and_then(Url::host_str)
            .map(str::to_ascii_lowercase);
        let base_path = settings.public_url.map_or("", Url::path);
        let base_path = base_path.trim_end_matches('/');
        let hasher = Hasher::new();
        let is_configured = settings.password.is_some();
        let hash = current_password(settings.password, &hasher, &store).await?;
        let mode = match hash {
            Some(hash) => AuthMode::Password(hash),
            None if !settings.listen.ip().is_loopback() => AuthMode::Code {
                code: Some(set_up_code()?),
                open_here: false,
            },
            None if public_host.as_deref().is_none_or(is_this_machine) => AuthMode::Open,
            None => AuthMode::Code {
                code: Some(set_up_code()?),
                open_here: true,
            },
        };
        Ok(Authenticator {
            mode: RwLock::new(Arc::new(mode)),
            api_tokens: settings.api_tokens,
            cookies: Cookies::new(&settings.key, base_path),
            key: settings.key,
            hasher,
            attempts: AttemptLimiter::new(Instant::now()),
            store,
            sessions: SessionCache::new(),
            tokens: SessionCache::new(),
            session_lock: tokio::sync::Mutex::default(),
            password_cache: Cache::builder()
                .max_capacity(100)
                .time_to_live(PASSWORD_CACHE_TTL)
                .build(),
            is_configured,
            is_https: settings
                .public_url
                .is_some_and(|url| url.scheme() == "https"),
            public_host,
        })
    }

    /// Whether whoever sent these headers needs no sign-in.
    pub(super) fn is_open_to(&self, headers: &HeaderMap) -> bool {
        match &*self.mode() {
            AuthMode::Open => self.answers_to(headers),
            AuthMode::Code {
                open_here: true, ..
            } => {
                hosts(headers).all(|host| host.as_deref().is_some_and(is_this_machine))
                    && !is_forwarded(headers)
            }
            AuthMode::Password(_) | AuthMode::Code { .. } => false,
        }
    }

    /// Whether the host that was asked for is one of ours. Behind a lock any is; without one, a name
    /// that we do not know may be another site's, made to lead here, and a proxy that nobody told us of may
    /// let in the world.
    fn answers_to(&self, headers: &HeaderMap) -> bool {
        let all_ours = || {
            hosts(headers).all(|host| {
                host.is_some_and(|host| {
                    is_this_machine(&host)
                        || address(&host).is_some()
                        || self.public_host.as_ref() == Some(&host)
                })
            })
        };
        match &*self.mode() {
            AuthMode::Password(_)
            | AuthMode::Code {
                open_here: false, ..
            } => true,
            AuthMode::Open => all_ours() && !is_forwarded(headers),
            AuthMode::Code { .. } => all_ours(),
        }
    }

    fn mode(&self) -> Arc<AuthMode> {
        self.mode
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Compares two secrets in a time that tells neither their content nor their lengths.
fn constant_time_eq(given: &str, expected: &str) -> bool {
    Sha256::digest(given)
        .ct_eq(&Sha256::digest(expected))
        .into()
}

fn is_due(noted: SystemTime, now: SystemTime) -> bool {
    now.duration_since(noted)
        .is_ok_and(|passed| passed >= LAST_SEEN_INTERVAL)
}

fn failed(error: impl std::fmt::Display) -> AuthError {
    tracing::error!(%error, "who may come in cannot be looked up");
    AuthError::Failed
}
