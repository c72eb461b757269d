//! The owner's password: where it comes from, how it is checked and set, and the set-up code for the first
//! visit.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::attempts::network;
use super::password::{self, Hasher};
use super::{AuthError, AuthMode, Authenticator, constant_time_eq, failed, not_read, not_stored};
use crate::store::{OwnerPassword, PasswordOrigin, PendingKind, Store, StoreError};
use crate::web::client::ClientInfo;

/// Alphabet of set-up codes and recovery codes, without letters that are easily confused.
const CODE_LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";

/// Lifetime of a set-up code that several servers have, after the first of them started.
const SET_UP_TTL: Duration = Duration::from_secs(30 * 24 * 3600);

/// The id of the set-up code among what waits in the state.
const OWNER: &str = "owner";

/// The state of the owner's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum PasswordState {
    /// No password is needed.
    None,
    /// No password yet; the set-up code is required.
    CodeWaits,
    /// No password yet, and the code was used: its user is about to set a password.
    CodeUsed,
    /// Set by the owner on a page.
    Chosen,
    /// Set in the configuration.
    Configured,
}

impl Authenticator {
    /// Returns the code to print at start; `None` if none is needed or it was used.
    pub fn set_up_code(&self) -> Option<SecretString> {
        match &*self.mode() {
            AuthMode::Code { code, .. } => code.clone(),
            AuthMode::Open | AuthMode::Password(_) => None,
        }
    }

    /// Returns whether a password is set, and where.
    pub(in crate::web) fn password_state(&self) -> PasswordState {
        match &*self.mode() {
            AuthMode::Password(_) if self.is_configured => PasswordState::Configured,
            AuthMode::Password(_) => PasswordState::Chosen,
            AuthMode::Code { code: None, .. } => PasswordState::CodeUsed,
            AuthMode::Code { .. } => PasswordState::CodeWaits,
            AuthMode::Open => PasswordState::None,
        }
    }

    /// Checks the owner's password or the set-up code, within the rate limit, and returns the mode in which
    /// it was accepted.
    ///
    /// # Errors
    ///
    /// The password is wrong, the rate limit is reached, or the state cannot be read.
    pub(super) async fn check_password(
        &self,
        password: &SecretString,
        from: IpAddr,
    ) -> Result<Arc<AuthMode>, AuthError> {
        let mode = self.mode();
        let address = network(from);
        let known_key = match &*mode {
            AuthMode::Password(hash) => Some((address, self.password_cache_key(password, hash))),
            AuthMode::Open | AuthMode::Code { .. } => None,
        };
        let is_known = self
            .store
            .has_session_from(&address.to_string())
            .await
            .map_err(not_read)?;
        if let Err(refusal) = self.attempts.take(from, is_known).await {
            if !matches!(refusal, AuthError::Wait(_)) {
                return Err(refusal);
            }
            // Others at the same IP have used up its guesses. A password that was right there before is
            // accepted, within a limit of its own: otherwise, any number of guesses could be tried here.
            let was_right = self.attempts.take_known(from).await
                && known_key.is_some_and(|key| self.known_passwords.contains_key(&key));
            if !was_right {
                return Err(refusal);
            }
        }
        let opened = match &*mode {
            AuthMode::Open => None,
            AuthMode::Password(hash) => {
                let verified = self.hasher.verify(password.clone(), hash).await;
                verified.map_err(failed)?.then(|| mode.clone())
            }
            AuthMode::Code { .. } => self.use_code(password.expose_secret().trim()).await?,
        };
        let Some(opened) = opened else {
            tracing::warn!(client = %from, "somebody gave a wrong password");
            return Err(AuthError::Wrong);
        };
        self.attempts.refund(from).await;
        if let Some(key) = known_key {
            self.attempts.remember(from);
            self.known_passwords.insert(key, ()).await;
        }
        Ok(opened)
    }

    /// Verifies the owner's password for an app, within the limits on wrong ones. A server that is open to the caller
    /// accepts any; the set-up code is for browsers.
    ///
    /// # Errors
    ///
    /// The password is wrong or needs a code beside it, the rate limit is reached, or the state cannot be read.
    pub(in crate::web) async fn verify_password(
        &self,
        password: &SecretString,
        from: IpAddr,
        headers: &HeaderMap,
    ) -> Result<(), AuthError> {
        if self.is_open_to(headers) {
            return Ok(());
        }
        match &*self.mode() {
            AuthMode::Open | AuthMode::Code { .. } => Err(AuthError::Wrong),
            AuthMode::Password(_) if self.needs_code() => Err(AuthError::NeedsCode),
            AuthMode::Password(_) => self.check_password(password, from).await.map(drop),
        }
    }

    /// Consumes the set-up code, which all servers on the state have, and returns the mode without it; `None` if `given` is
    /// not the code. It cannot be used again.
    async fn use_code(&self, given: &str) -> Result<Option<Arc<AuthMode>>, AuthError> {
        let code = self.set_up_code();
        if !code.is_some_and(|code| constant_time_eq(given, code.expose_secret())) {
            return Ok(None);
        }
        if self.store.is_shared() {
            let taken = self
                .store
                .take_pending(PendingKind::SetUpCode, OWNER, given);
            if !taken.await.map_err(not_stored)? {
                return Ok(None);
            }
        }
        Ok(self.use_code_here(given))
    }

    fn use_code_here(&self, given: &str) -> Option<Arc<AuthMode>> {
        let mut mode = self.mode.write().unwrap_or_else(PoisonError::into_inner);
        let AuthMode::Code {
            code: Some(code),
            open_here,
        } = &**mode
        else {
            return None;
        };
        if !constant_time_eq(given, code.expose_secret()) {
            return None;
        }
        *mode = Arc::new(AuthMode::Code {
            code: None,
            open_here: *open_here,
        });
        Some(mode.clone())
    }

    /// Adopts the password that another process on the same state has set. A password of this process's
    /// configuration takes precedence.
    pub(in crate::web) async fn reload_password(&self) -> Result<(), StoreError> {
        // Sessions and tokens may have been revoked there, too.
        self.sessions.revoked();
        self.tokens.revoked();
        let _turn = self.session_lock.lock().await;
        let stored = self.store.owner_password().await?;
        let Some(stored) = stored.filter(|_| !self.is_configured) else {
            return Ok(());
        };
        let is_current = match &*self.mode() {
            AuthMode::Password(hash) => *hash == stored.hash,
            // An open server stays open, whatever another process requires.
            AuthMode::Open => true,
            AuthMode::Code { .. } => false,
        };
        if !is_current {
            self.adopt_password(stored.hash);
        }
        Ok(())
    }

    /// Requires this password from now on. The state has no session of before.
    fn adopt_password(&self, hash: String) {
        self.unstored_sessions.revoke_all();
        *self.mode.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(AuthMode::Password(hash));
        self.sessions.revoked();
        self.password_cache.invalidate_all();
    }

    /// Sets the owner's password, revokes every session and begins a new one. `current` is required if a
    /// password was set on a page before; a password of the configuration cannot be changed here.
    pub(in crate::web) async fn choose_password(
        &self,
        current: &SecretString,
        chosen: SecretString,
        client: ClientInfo,
        headers: &HeaderMap,
    ) -> Result<HeaderValue, AuthError> {
        let _turn = self.session_lock.lock().await;
        match self.password_state() {
            PasswordState::Configured => return Err(AuthError::Failed),
            PasswordState::Chosen => drop(self.check_password(current, client.ip).await?),
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
            .map_err(not_stored)?;
        self.adopt_password(hash);
        self.begin_session(client, headers, None).await
    }
}

/// Returns the hash of the current password; `None` if there is none. A configured password takes
/// precedence over one set on a page; if it has changed or was removed, all sessions are revoked.
pub(super) async fn current_password(
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
            constant_time_eq(configured.expose_secret(), &stored.hash)
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

/// Returns the set-up code. Where several servers use the state, it is the same for all of them until it is used.
pub(super) async fn set_up_code(store: &Store) -> anyhow::Result<SecretString> {
    let fresh = random_letters::<12>()?;
    if !store.is_shared() {
        return Ok(fresh.into());
    }
    let now = SystemTime::now();
    let (kind, until) = (PendingKind::SetUpCode, (now, now + SET_UP_TTL));
    store.put_pending(kind, OWNER, &fresh, until).await?;
    let code = store.pending(kind, OWNER, now).await?;
    Ok(code.unwrap_or(fresh).into())
}

/// Returns `N` random letters, in groups of four with hyphens between: five random bits each.
pub(super) fn random_letters<const N: usize>() -> anyhow::Result<String> {
    let mut random = [0u8; N];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let letters: Vec<u8> = random
        .iter()
        .map(|byte| CODE_LETTERS[usize::from(byte % 32)])
        .collect();
    let code: Vec<&str> = letters
        .chunks(4)
        .filter_map(|chunk| std::str::from_utf8(chunk).ok())
        .collect();
    Ok(code.join("-"))
}
