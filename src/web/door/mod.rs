//! Who may come in: the owner's password behind a signed cookie, and tokens for programs.
//!
//! A session is kept in the state: it survives a restart, can be ended by itself, and ends with the
//! password that it began with. The cookie is signed, so what nobody was given is never looked up.
//!
//! A server that listens on loopback may do without a password: then everybody on the machine is the
//! owner. A page of another site could reach it all the same, through a name of its own that leads to
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
mod gate;
mod hosts;
mod known;
mod owner;
mod password;
mod sessions;
mod sign_ins;
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
pub(super) use gate::{operators_need_a_key, pages_need_the_owner, programs_need_a_token};
pub(super) use owner::PasswordState;
pub(super) use password::{LONGEST, SHORTEST};
pub(super) use sign_ins::session_id;
pub use tokens::TokenScope;

use attempts::Attempts;
use hosts::{address, hosts, is_forwarded, is_this_machine};
use known::Known;
use owner::{current_password, set_up_code};
use password::Hasher;
use sessions::Cookies;

/// What a door is made of.
pub struct DoorSettings<'a> {
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
pub struct Door {
    lock: RwLock<Arc<Lock>>,
    api_tokens: Vec<SecretString>,
    key: [u8; 32],
    cookies: Cookies,
    hasher: Hasher,
    attempts: Attempts,
    store: Store,
    sessions: Known<Arc<OwnerSession>>,
    tokens: Known<Arc<ApiToken>>,
    /// Held while a session begins and while the password changes: none begins with the one before.
    turn: tokio::sync::Mutex<()>,
    /// Passwords of Basic auth that were right a moment ago, by a keyed hash: players send theirs with
    /// every request.
    known_passwords: Cache<[u8; 32], ()>,
    is_configured: bool,
    is_https: bool,
    /// The host of `public_url`, in lower case.
    public_host: Option<String>,
}

enum Lock {
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
pub enum Refusal {
    /// Not the password, or not any more.
    Wrong,
    /// Too many wrong ones; after this long, once more.
    Wait(Duration),
    /// The state cannot be read or written.
    Failed,
}

/// How precise “last seen” and “last used” are: a write for each request would be too much.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// How long a player's password is believed. A changed password is noticed at once.
const PASSWORD_BELIEVED: Duration = Duration::from_secs(300);

impl Door {
    /// A door over the state, which is told of a configured password that has changed: all sessions
    /// end with the one before.
    pub async fn open(settings: DoorSettings<'_>, store: Store) -> anyhow::Result<Self> {
        let public_host = settings
            .public_url
            .and_then(Url::host_str)
            .map(str::to_ascii_lowercase);
        let base_path = settings.public_url.map_or("", Url::path);
        let base_path = base_path.trim_end_matches('/');
        let hasher = Hasher::new();
        let is_configured = settings.password.is_some();
        let hash = current_password(settings.password, &hasher, &store).await?;
        let lock = match hash {
            Some(hash) => Lock::Password(hash),
            None if !settings.listen.ip().is_loopback() => Lock::Code {
                code: Some(set_up_code()?),
                open_here: false,
            },
            None if public_host.as_deref().is_none_or(is_this_machine) => Lock::Open,
            None => Lock::Code {
                code: Some(set_up_code()?),
                open_here: true,
            },
        };
        Ok(Door {
            lock: RwLock::new(Arc::new(lock)),
            api_tokens: settings.api_tokens,
            cookies: Cookies::new(&settings.key, base_path),
            key: settings.key,
            hasher,
            attempts: Attempts::new(Instant::now()),
            store,
            sessions: Known::new(),
            tokens: Known::new(),
            turn: tokio::sync::Mutex::default(),
            known_passwords: Cache::builder()
                .max_capacity(100)
                .time_to_live(PASSWORD_BELIEVED)
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
        match &*self.lock() {
            Lock::Open => self.answers_to(headers),
            Lock::Code {
                open_here: true, ..
            } => {
                hosts(headers).all(|host| host.as_deref().is_some_and(is_this_machine))
                    && !is_forwarded(headers)
            }
            Lock::Password(_) | Lock::Code { .. } => false,
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
        match &*self.lock() {
            Lock::Password(_)
            | Lock::Code {
                open_here: false, ..
            } => true,
            Lock::Open => all_ours() && !is_forwarded(headers),
            Lock::Code { .. } => all_ours(),
        }
    }

    fn lock(&self) -> Arc<Lock> {
        self.lock
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Compares two secrets in a time that tells neither their content nor their lengths.
fn same(given: &str, expected: &str) -> bool {
    Sha256::digest(given)
        .ct_eq(&Sha256::digest(expected))
        .into()
}

fn is_past(noted: SystemTime, now: SystemTime) -> bool {
    now.duration_since(noted)
        .is_ok_and(|passed| passed >= SEEN_EVERY)
}

fn failed(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "who may come in cannot be looked up");
    Refusal::Failed
}
