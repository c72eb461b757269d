//! Authentication: the owner's password with sessions in signed cookies, and API tokens for programs.
//!
//! A session is stored in the state: it survives a restart, can be revoked alone, and is revoked when the
//! password changes. The cookie is signed, so an id that was never issued is not looked up.
//!
//! A server that listens on loopback may run without a password: then all users of the machine are the
//! owner. A page of another site could reach it through a DNS name that resolves to loopback (DNS
//! rebinding), so it answers requests for the machine's own names only, and none through a proxy. If
//! `public_url` announces a proxy in front, requests under the machine's own names need no password, and
//! all others need the set-up code. The code works once: its user is redirected to a page that sets a
//! password.
//!
//! - `middleware`: authentication per route group
//! - `callers`: identifies the caller of a request
//! - `hosts`: local host names and IPs
//! - `session_cache`: short-lived cache of session and token look-ups
//! - `owner`: the password, and the set-up code for the first visit
//! - `attempt_limiter`: rate limits on wrong passwords, PINs and codes; `attempts`: those of one server
//! - `second_factor`: codes of an authenticator app beside the password
//! - `openid`: an OpenID provider in place of the password
//! - `passkeys`: a key of the owner's device in place of the password; `passkey_site`: the site that it belongs to
//! - `password`: argon2id on the blocking thread pool
//! - `sessions`: sessions started, used and revoked; `unstored_sessions`: those that a full disk keeps out of the state
//! - `cookies`: the session cookie; `device_name`: the browser that has it
//! - `viewer_choice`: the viewer of a request, and what a viewer may open; `pins`: viewers' PINs
//! - `tokens`: API tokens; `scope`: their scopes and the scope that each route requires

mod attempt_limiter;
mod attempts;
mod callers;
mod cookies;
mod device_name;
mod hosts;
mod middleware;
mod openid;
mod owner;
mod passkey_site;
mod passkeys;
mod password;
mod pins;
mod scope;
mod second_factor;
mod session_cache;
mod sessions;
mod tokens;
mod unstored_sessions;
mod viewer_choice;

#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use axum::http::HeaderMap;
use parking_lot::Mutex;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use crate::store::{ApiToken, OwnerSession, Store, StoreError, WriteFault};
use cache::Cache;

pub(super) use attempts::network;
pub use callers::Caller;
pub(super) use callers::basic_password;
pub(super) use middleware::{require_api_token, require_operator_key, require_owner};
pub use openid::OpenId;
pub(super) use openid::{OpenIdAnswer, OpenIdError};
pub(super) use owner::PasswordState;
pub(super) use passkey_site::PasskeySite;
pub(super) use passkeys::PasskeyError;
pub(super) use password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS};
pub(super) use pins::is_pin;
pub use scope::TokenScope;
pub(super) use second_factor::{SecondFactorState, TotpOffer, offer as totp_offer};
pub(super) use sessions::{PasswordAccepted, session_id};
pub(super) use viewer_choice::CHOICE;

use attempt_limiter::AttemptLimiter;
use cookies::Cookies;
use hosts::{hosts, ip_of, is_forwarded, is_this_machine};
use owner::{current_password, set_up_code};
use passkeys::Passkeys;
use password::Hasher;
use second_factor::SecondFactor;
use session_cache::SessionCache;
use unstored_sessions::UnstoredSessions;

/// The settings of an [`Authenticator`].
pub struct AuthSettings<'a> {
    /// The owner's password from the configuration, or its argon2 hash.
    pub password: Option<SecretString>,
    /// Tokens from the configuration; their scope is everything.
    pub api_tokens: Vec<SecretString>,
    /// True if the password may have a second factor.
    pub totp: bool,
    /// True if the owner may sign in with passkeys.
    pub passkeys: bool,
    /// The OpenID provider by which the owner signs in.
    pub openid: Option<OpenId>,
    /// The address of the listening socket.
    pub listen: SocketAddr,
    /// The key that signs session cookies.
    pub key: [u8; 32],
    /// The public URL of the server.
    pub public_url: Option<&'a Url>,
}

/// Authenticates requests, and manages the password, sessions and API tokens.
pub struct Authenticator {
    mode: RwLock<Arc<AuthMode>>,
    api_tokens: Vec<SecretString>,
    key: [u8; 32],
    cookies: Cookies,
    hasher: Hasher,
    second_factor: SecondFactor,
    passkeys: Passkeys,
    openid: Option<OpenId>,
    attempts: AttemptLimiter,
    /// Wrong PINs. Apart from passwords: the right password must not allow further guesses of a PIN.
    pin_attempts: AttemptLimiter,
    store: Store,
    sessions: SessionCache<Arc<OwnerSession>>,
    tokens: SessionCache<Arc<ApiToken>>,
    /// Sessions that began while the state could not be written. They end with the process.
    unstored_sessions: UnstoredSessions,
    /// Time of the last failure to store “last seen” or “last used”.
    touch_failed_at: Mutex<Option<Instant>>,
    /// Held while a session begins and while the password changes, so that no session begins with the
    /// former password.
    session_lock: tokio::sync::Mutex<()>,
    /// Basic auth passwords that were verified recently, by a keyed hash: players send theirs with every
    /// request.
    password_cache: Cache<[u8; 32], ()>,
    /// IPs from which the right password came, with that password by the same keyed hash.
    known_passwords: Cache<(IpAddr, [u8; 32]), ()>,
    is_configured: bool,
    is_https: bool,
    /// The host of `public_url`, in lower case.
    public_host: Option<String>,
}

enum AuthMode {
    /// All callers are the owner: the server listens on loopback only.
    Open,
    /// No password is set, and the server can be reached from other machines: a code is printed at start
    /// and works once. `open_here`: callers on this machine need none.
    Code {
        code: Option<SecretString>,
        open_here: bool,
    },
    /// The owner's password, as an argon2 hash.
    Password(String),
}

/// The reason for a refused sign-in or request.
#[derive(Debug)]
pub enum AuthError {
    /// The password is wrong, or no longer valid.
    Wrong,
    /// The code of the second factor is wrong, or was used before.
    WrongCode,
    /// The password needs a code beside it, which this way in has no field for.
    NeedsCode,
    /// Too many wrong passwords; the next attempt is accepted after this time.
    Wait(Duration),
    /// The state cannot be read, or written for another reason than the disk.
    Failed,
    /// The disk of the state takes no writes, or its database cannot be reached.
    NotStored(WriteFault),
}

/// Interval at which “last seen” and “last used” are stored: a write per request would be too much.
const LAST_SEEN_INTERVAL: Duration = Duration::from_secs(60);

/// Lifetime of a verified Basic auth password in the cache. Setting another password empties the cache.
const PASSWORD_CACHE_TTL: Duration = Duration::from_secs(300);

/// Time for which an IP is known after the right password came from it last.
const KNOWN_PASSWORD_TTL: Duration = Duration::from_secs(30 * 24 * 3600);

impl Authenticator {
    /// Opens an authenticator over the state. If the configured password has changed, all sessions are
    /// revoked.
    ///
    /// # Errors
    ///
    /// The state cannot be read or written, or no random numbers are available.
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
                code: Some(set_up_code(&store).await?),
                open_here: false,
            },
            None if public_host.as_deref().is_none_or(is_this_machine) => AuthMode::Open,
            None => AuthMode::Code {
                code: Some(set_up_code(&store).await?),
                open_here: true,
            },
        };
        // Two keys, since the id of a user for passkeys has 64 bytes.
        let halves = [
            store.server_key("passkey user 1").await?,
            store.server_key("passkey user 2").await?,
        ];
        let mut user_id = [0u8; 64];
        user_id[..32].copy_from_slice(&halves[0]);
        user_id[32..].copy_from_slice(&halves[1]);
        let second_factor = SecondFactor::open(settings.totp, &store).await?;
        Ok(Authenticator {
            second_factor,
            passkeys: Passkeys::new(settings.passkeys, user_id),
            openid: settings.openid,
            mode: RwLock::new(Arc::new(mode)),
            api_tokens: settings.api_tokens,
            cookies: Cookies::new(&settings.key, base_path),
            key: settings.key,
            hasher,
            attempts: AttemptLimiter::new("password", &store),
            pin_attempts: AttemptLimiter::new("pin", &store),
            store,
            sessions: SessionCache::new(),
            tokens: SessionCache::new(),
            unstored_sessions: UnstoredSessions::default(),
            touch_failed_at: Mutex::default(),
            session_lock: tokio::sync::Mutex::default(),
            known_passwords: Cache::builder()
                .max_capacity(1_000)
                .time_to_idle(KNOWN_PASSWORD_TTL)
                .build(),
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

    /// Returns true if a request with these headers needs no sign-in.
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

    /// Returns true if the requested host is one of this server's. With a password any host is accepted.
    /// Without one, an unknown name may be another site's that resolves to this machine, and an unannounced
    /// proxy may forward requests of strangers.
    fn answers_to(&self, headers: &HeaderMap) -> bool {
        let all_ours = || {
            hosts(headers).all(|host| {
                host.is_some_and(|host| {
                    is_this_machine(&host)
                        || ip_of(&host).is_some()
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

/// Returns true if two secrets are equal, in a time that depends neither on their content nor on their lengths.
fn constant_time_eq(given: &str, expected: &str) -> bool {
    Sha256::digest(given)
        .ct_eq(&Sha256::digest(expected))
        .into()
}

impl Authenticator {
    /// Returns true if “last seen” or “last used” is to be stored: it is due, and did not fail a moment ago.
    fn may_touch(&self, noted: SystemTime, now: SystemTime) -> bool {
        let has_failed = self
            .touch_failed_at
            .lock()
            .is_some_and(|at| at.elapsed() < LAST_SEEN_INTERVAL);
        is_due(noted, now) && !has_failed
    }

    /// Handles the outcome of such a write. Its failure keeps no caller out.
    fn touched(&self, outcome: Result<(), StoreError>) {
        *self.touch_failed_at.lock() = match outcome {
            Ok(()) => None,
            Err(error) => {
                if let Some(fault) = WriteFault::of(&error) {
                    self.store.record_fault(fault);
                }
                tracing::warn!(%error, "the time of last use could not be stored");
                Some(Instant::now())
            }
        };
    }
}

fn is_due(noted: SystemTime, now: SystemTime) -> bool {
    now.duration_since(noted)
        .is_ok_and(|passed| passed >= LAST_SEEN_INTERVAL)
}

/// Returns the refusal after a failed write of the state.
fn not_stored(error: StoreError) -> AuthError {
    match WriteFault::of(&error) {
        Some(fault) => {
            tracing::error!(%error, "a change of access could not be stored: {fault}");
            AuthError::NotStored(fault)
        }
        None => failed(error),
    }
}

/// Returns the refusal after a failed read of the state.
fn not_read(error: impl Borrow<StoreError>) -> AuthError {
    let error = error.borrow();
    match WriteFault::of(error) {
        Some(fault) if fault.may_pass() => {
            tracing::error!(%error, "who may come in cannot be looked up: {fault}");
            AuthError::NotStored(fault)
        }
        _ => failed(error),
    }
}

fn failed(error: impl std::fmt::Display) -> AuthError {
    tracing::error!(%error, "who may come in cannot be looked up");
    AuthError::Failed
}
