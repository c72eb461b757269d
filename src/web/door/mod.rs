//! Who may come in: the owner's password behind a signed cookie, and tokens for programs.
//!
//! A session is kept in the state: it survives a restart, can be ended by itself, and ends with the
//! password that it began with. The cookie is signed, so what nobody was given is never looked up.
//!
//! A server that listens on loopback may do without a password: then everybody on the machine is the
//! owner. A page of another site could reach it all the same, through a name of its own that leads to
//! this machine, so it answers to the machine's own names alone. Where `public_url` says that the world
//! comes in too, through a proxy, only those who call the machine by its own name are let in without
//! the code. The code works once: who used it is led to a page where a password is chosen.
//!
//! - `attempts`: how often a password may be guessed
//! - `gate`: what stands before groups of routes
//! - `hosts`: which hosts are this machine
//! - `password`: argon2id, off the threads that serve
//! - `sessions`: the cookie
//! - `tokens`: what a token opens

mod attempts;
mod gate;
mod hosts;
mod password;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use moka::future::Cache;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use super::client::Client;
use crate::store::{ApiToken, OwnerPassword, OwnerSession, PasswordOrigin, Store};

pub(super) use attempts::network;
pub(super) use gate::{operators_need_a_key, pages_need_the_owner, programs_need_a_token};
pub(super) use password::{LONGEST, SHORTEST};
pub use tokens::TokenScope;

use attempts::Attempts;
use hosts::{address, hosts, is_forwarded, is_this_machine};
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
    /// What was looked up a moment ago; what is ended is taken out at once.
    sessions: Cache<[u8; 32], Option<Arc<OwnerSession>>>,
    tokens: Cache<[u8; 32], Option<Arc<ApiToken>>>,
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

/// Who was let in.
#[derive(Clone)]
pub enum Caller {
    /// Whoever reaches an open server.
    Anybody,
    /// A browser that is signed in.
    Session(Arc<OwnerSession>),
    /// A token of the configuration, or the owner's password where a player sent it.
    Owner,
    /// A token that the owner made, and what it opens.
    Token(TokenScope),
}

impl Caller {
    /// Whether this caller may do what asks for `needed`.
    pub fn may(&self, needed: TokenScope) -> bool {
        match self {
            Caller::Anybody | Caller::Session(_) | Caller::Owner => true,
            Caller::Token(scope) => *scope >= needed,
        }
    }
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

/// How long a session lives after it was last seen.
const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

/// How precise “last seen” and “last used” are: a write for each request would be too much.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// How long a looked-up session or token is believed. This server takes what it ends out of its memory at
/// once; another one over the same state notices so much later.
const BELIEVED: Duration = Duration::from_secs(5);

/// How long a player's password is believed. A changed password is noticed at once.
const PASSWORD_BELIEVED: Duration = Duration::from_secs(300);

/// Alphabet of set-up codes: no letter that looks like another.
const CODE_LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";

impl Door {
    /// A door over the state, which is told of a configured password that has changed: all sessions
    /// end with the one before.
    pub async fn open(settings: DoorSettings<'_>, store: Store) -> anyhow::Result<Self> {
        let public_host = settings
            .public_url
            .and_then(Url::host_str)
            .map(str::to_ascii_lowercase);
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
            cookies: Cookies::new(&settings.key),
            key: settings.key,
            hasher,
            attempts: Attempts::new(Instant::now()),
            store,
            sessions: for_a_moment(),
            tokens: for_a_moment(),
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

    /// The code to print at start, where one is needed and was not used.
    pub fn set_up_code(&self) -> Option<SecretString> {
        match &*self.lock() {
            Lock::Code { code, .. } => code.clone(),
            Lock::Open | Lock::Password(_) => None,
        }
    }

    /// Whether a password is set, and whether it stands in the configuration.
    pub(super) fn password_state(&self) -> PasswordState {
        match &*self.lock() {
            Lock::Password(_) if self.is_configured => PasswordState::Configured,
            Lock::Password(_) => PasswordState::Chosen,
            Lock::Code { code: None, .. } => PasswordState::CodeUsed,
            Lock::Code { .. } => PasswordState::CodeWaits,
            Lock::Open => PasswordState::None,
        }
    }

    /// Whether whoever sent these headers needs no sign-in.
    pub(super) fn is_open_to(&self, headers: &HeaderMap) -> bool {
        match &*self.lock() {
            Lock::Open => self.knows_host(headers),
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
    /// that we do not know may be another site's, made to lead here.
    fn knows_host(&self, headers: &HeaderMap) -> bool {
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
            Lock::Open | Lock::Code { .. } => all_ours(),
        }
    }

    /// The cookie for whoever gave this password, or the set-up code, which then works no more.
    pub(super) async fn sign_in(
        &self,
        password: &SecretString,
        client: Client,
        headers: &HeaderMap,
    ) -> Result<HeaderValue, Refusal> {
        self.check_password(password, client.address).await?;
        self.begin_session(client, headers).await
    }

    /// Whether this is the owner's password, or the set-up code, as often as may be asked.
    async fn check_password(&self, password: &SecretString, from: IpAddr) -> Result<(), Refusal> {
        let address = network(from).to_string();
        let is_known = self
            .store
            .has_session_from(&address)
            .await
            .map_err(failed)?;
        self.attempts
            .take(from, is_known, Instant::now())
            .map_err(Refusal::Wait)?;
        let lock = self.lock();
        let is_right = match &*lock {
            Lock::Open => false,
            Lock::Password(hash) => self
                .hasher
                .verify(password.clone(), hash)
                .await
                .map_err(failed)?,
            Lock::Code { .. } => self.use_code(password.expose_secret().trim()),
        };
        if is_right {
            self.attempts.forgive(from);
            Ok(())
        } else {
            tracing::warn!(client = %from, "somebody gave a wrong password");
            Err(Refusal::Wrong)
        }
    }

    /// Whether this is the code, which nobody can use again.
    fn use_code(&self, given: &str) -> bool {
        let mut lock = self.lock.write().unwrap_or_else(PoisonError::into_inner);
        let Lock::Code {
            code: Some(code),
            open_here,
        } = &**lock
        else {
            return false;
        };
        if !same(given, code.expose_secret()) {
            return false;
        }
        *lock = Arc::new(Lock::Code {
            code: None,
            open_here: *open_here,
        });
        true
    }

    async fn begin_session(
        &self,
        client: Client,
        headers: &HeaderMap,
    ) -> Result<HeaderValue, Refusal> {
        let (value, hash) = self.cookies.issue().map_err(failed)?;
        let now = SystemTime::now();
        let session = OwnerSession {
            hash,
            device: sessions::device(headers),
            address: network(client.address).to_string(),
            created_at: now,
            last_seen_at: now,
        };
        self.store
            .add_session(&session, now - SESSION_LIFE)
            .await
            .map_err(failed)?;
        tracing::info!(client = %client.address, device = session.device, "signed in");
        Ok(sessions::hand_out(&value, self.is_secure(client)))
    }

    /// Ends the session of this browser; the cookie that ends it there, too.
    pub(super) async fn sign_out(
        &self,
        headers: &HeaderMap,
        client: Client,
    ) -> Result<HeaderValue, Refusal> {
        for hash in self.cookies.shown(headers) {
            self.end_session(&hash).await?;
        }
        Ok(sessions::take_away(self.is_secure(client)))
    }

    /// Every session.
    pub(super) async fn sessions(&self) -> Result<Vec<OwnerSession>, Refusal> {
        let sessions = self.store.sessions().await.map_err(failed)?;
        let oldest = SystemTime::now() - SESSION_LIFE;
        Ok(sessions
            .into_iter()
            .filter(|session| session.last_seen_at > oldest)
            .collect())
    }

    /// Ends the session of this public id; whether there was one.
    pub(super) async fn end_session_called(&self, id: &str) -> Result<bool, Refusal> {
        let sessions = self.store.sessions().await.map_err(failed)?;
        let found = sessions.iter().find(|session| session_id(session) == id);
        match found {
            Some(session) => self.end_session(&session.hash).await.map(|()| true),
            None => Ok(false),
        }
    }

    async fn end_session(&self, hash: &[u8; 32]) -> Result<(), Refusal> {
        self.store.end_session(hash).await.map_err(failed)?;
        self.sessions.invalidate(hash).await;
        Ok(())
    }

    /// Ends every session.
    pub(super) async fn end_sessions(&self) -> Result<(), Refusal> {
        self.store.end_sessions().await.map_err(failed)?;
        self.sessions.invalidate_all();
        Ok(())
    }

    /// Sets the password that the owner has chosen, which ends every session, and begins a new one.
    /// `current` is needed where there is a password; one of the configuration cannot be changed here.
    pub(super) async fn choose_password(
        &self,
        current: &SecretString,
        chosen: SecretString,
        client: Client,
        headers: &HeaderMap,
    ) -> Result<HeaderValue, Refusal> {
        match self.password_state() {
            PasswordState::Configured => return Err(Refusal::Failed),
            PasswordState::Chosen => self.check_password(current, client.address).await?,
            PasswordState::None | PasswordState::CodeUsed | PasswordState::CodeWaits => {}
        }
        let hash = self.hasher.hash(chosen).await.map_err(failed)?;
        let password = OwnerPassword {
            hash: hash.clone(),
            origin: PasswordOrigin::Page,
        };
        self.store
            .set_owner_password(Some(&password))
            .await
            .map_err(failed)?;
        *self.lock.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Lock::Password(hash));
        self.sessions.invalidate_all();
        self.known_passwords.invalidate_all();
        self.begin_session(client, headers).await
    }

    /// Every token that the owner made.
    pub(super) async fn api_tokens(&self) -> Result<Vec<ApiToken>, Refusal> {
        self.store.api_tokens().await.map_err(failed)
    }

    /// Makes a token. Its text is told once and kept nowhere.
    pub(super) async fn make_token(
        &self,
        name: &str,
        scope: TokenScope,
    ) -> Result<(ApiToken, SecretString), Refusal> {
        let (text, hash) = tokens::new_token().map_err(failed)?;
        let mut id = [0u8; 8];
        getrandom::fill(&mut id).map_err(failed)?;
        let token = ApiToken {
            hash,
            id: HEXLOWER.encode(&id),
            name: name.to_owned(),
            scope: scope.as_str().to_owned(),
            created_at: SystemTime::now(),
            last_used_at: None,
        };
        self.store.add_api_token(&token).await.map_err(failed)?;
        self.tokens.invalidate(&hash).await;
        Ok((token, text.into()))
    }

    /// Withdraws a token; whether there was one.
    pub(super) async fn withdraw_token(&self, id: &str) -> Result<bool, Refusal> {
        let hash = self.store.remove_api_token(id).await.map_err(failed)?;
        if let Some(hash) = hash {
            self.tokens.invalidate(&hash).await;
        }
        Ok(hash.is_some())
    }

    /// Who calls, by cookie or bearer token; `None` for a stranger.
    pub(super) async fn caller(
        &self,
        headers: &HeaderMap,
        client: Client,
    ) -> Result<Option<Caller>, Refusal> {
        if let Some(token) = bearer(headers) {
            // Whoever shows a token wants to be known by it.
            if let Some(caller) = self.by_token(token).await? {
                return Ok(Some(caller));
            }
        }
        for hash in self.cookies.shown(headers) {
            if let Some(session) = self.live_session(hash, client).await? {
                return Ok(Some(Caller::Session(session)));
            }
        }
        Ok(self.is_open_to(headers).then_some(Caller::Anybody))
    }

    /// Who calls, by Basic auth (RFC 7617): any user name, with the owner's password or an API token.
    /// For players that know nothing else; without it, the same as [`Door::caller`].
    pub(super) async fn basic_auth(
        &self,
        headers: &HeaderMap,
        client: Client,
    ) -> Result<Option<Caller>, Refusal> {
        let Some(password) = basic_password(headers) else {
            return self.caller(headers, client).await;
        };
        if let Some(caller) = self.by_token(password.expose_secret()).await? {
            return Ok(Some(caller));
        }
        if !matches!(&*self.lock(), Lock::Password(_)) {
            return Ok(self.is_open_to(headers).then_some(Caller::Anybody));
        }
        let key = self.known_as(&password);
        if self.known_passwords.get(&key).await.is_some() {
            return Ok(Some(Caller::Owner));
        }
        match self.check_password(&password, client.address).await {
            Ok(()) => {
                self.known_passwords.insert(key, ()).await;
                Ok(Some(Caller::Owner))
            }
            Err(Refusal::Wrong) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Who calls with this token, and a note of when.
    pub(super) async fn by_token(&self, token: &str) -> Result<Option<Caller>, Refusal> {
        if token.is_empty() {
            return Ok(None);
        }
        // Every configured token is looked at, so the time tells nothing of which one it is like.
        let is_configured = self.api_tokens.iter().fold(false, |found, known| {
            same(token, known.expose_secret()) | found
        });
        if is_configured {
            return Ok(Some(Caller::Owner));
        }
        let hash = tokens::hash(token);
        let look = async {
            let token = self.store.api_token(&hash).await;
            token.map(|token| token.map(Arc::new))
        };
        let found = self.tokens.try_get_with(hash, look).await.map_err(failed)?;
        let Some(token) = found else {
            return Ok(None);
        };
        let Some(scope) = TokenScope::parse(&token.scope) else {
            return Ok(None);
        };
        let now = SystemTime::now();
        if token.last_used_at.is_none_or(|used| is_past(used, now)) {
            self.store
                .api_token_used(&hash, now)
                .await
                .map_err(failed)?;
            self.tokens.invalidate(&hash).await;
        }
        Ok(Some(Caller::Token(scope)))
    }

    async fn live_session(
        &self,
        hash: [u8; 32],
        client: Client,
    ) -> Result<Option<Arc<OwnerSession>>, Refusal> {
        let look = async {
            let session = self.store.session(&hash).await;
            session.map(|session| session.map(Arc::new))
        };
        let found = self
            .sessions
            .try_get_with(hash, look)
            .await
            .map_err(failed)?;
        let now = SystemTime::now();
        let alive = found.filter(|session| session.last_seen_at + SESSION_LIFE > now);
        if let Some(session) = &alive
            && is_past(session.last_seen_at, now)
        {
            let address = network(client.address).to_string();
            self.store
                .session_seen(&hash, &address, now)
                .await
                .map_err(failed)?;
            self.sessions.invalidate(&hash).await;
        }
        Ok(alive)
    }

    fn is_secure(&self, client: Client) -> bool {
        self.is_https || client.is_https
    }

    fn known_as(&self, password: &SecretString) -> [u8; 32] {
        let mut block = [0u8; 64];
        block[..32].copy_from_slice(&self.key);
        Hmac::<Sha256>::new(&block.into())
            .chain_update(b"basic 1")
            .chain_update(password.expose_secret())
            .finalize()
            .into_bytes()
            .into()
    }

    fn lock(&self) -> Arc<Lock> {
        self.lock
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// What there is of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasswordState {
    /// None is needed.
    None,
    /// None yet: the code is asked for.
    CodeWaits,
    /// None yet, and the code was used: whoever used it is about to choose one.
    CodeUsed,
    /// One that the owner chose on a page.
    Chosen,
    /// One that stands in the configuration.
    Configured,
}

/// By what a session is called in addresses and forms.
pub(super) fn session_id(session: &OwnerSession) -> String {
    HEXLOWER.encode(&session.hash[..8])
}

/// The hash of the password that holds from now on. One of the configuration wins over one that was chosen,
/// and where it has changed, or gone, all sessions end.
async fn current_password(
    configured: Option<SecretString>,
    hasher: &Hasher,
    store: &Store,
) -> anyhow::Result<Option<String>> {
    let stored = store.owner_password().await?;
    let Some(configured) = configured else {
        return match stored {
            Some(stored) if stored.origin == PasswordOrigin::Config => {
                store.set_owner_password(None).await?;
                Ok(None)
            }
            stored => Ok(stored.map(|stored| stored.hash)),
        };
    };
    let is_hash = password::is_hash(configured.expose_secret());
    if let Some(stored) = stored.filter(|stored| stored.origin == PasswordOrigin::Config) {
        let is_the_same = if is_hash {
            same(configured.expose_secret(), &stored.hash)
        } else {
            hasher.verify(configured.clone(), &stored.hash).await?
        };
        if is_the_same {
            return Ok(Some(stored.hash));
        }
    }
    let hash = if is_hash {
        configured.expose_secret().to_owned()
    } else {
        hasher.hash(configured).await?
    };
    let password = OwnerPassword {
        hash: hash.clone(),
        origin: PasswordOrigin::Config,
    };
    store.set_owner_password(Some(&password)).await?;
    Ok(Some(hash))
}

/// Memory for what was just looked up.
fn for_a_moment<V: Clone + Send + Sync + 'static>() -> Cache<[u8; 32], V> {
    Cache::builder()
        .max_capacity(10_000)
        .time_to_live(BELIEVED)
        .build()
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

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    authorization(headers, "bearer")
}

/// The password of `Authorization: Basic …`.
pub(super) fn basic_password(headers: &HeaderMap) -> Option<SecretString> {
    let encoded = authorization(headers, "basic")?;
    let decoded = BASE64.decode(encoded.as_bytes()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (_, password) = text.split_once(':')?;
    (!password.is_empty()).then(|| password.to_owned().into())
}

fn authorization<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| rest.trim())
}

fn set_up_code() -> anyhow::Result<SecretString> {
    let mut random = [0u8; 12];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let letters: Vec<u8> = random
        .iter()
        .map(|byte| CODE_LETTERS[usize::from(byte % 32)])
        .collect();
    let code: Vec<&str> = letters
        .chunks(4)
        .filter_map(|chunk| std::str::from_utf8(chunk).ok())
        .collect();
    Ok(code.join("-").into())
}
