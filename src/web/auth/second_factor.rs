//! The second factor of the owner's password: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.
//!
//! A code is good for its step of thirty seconds and the steps beside it, and for one use: the state has the step of
//! the last code. A recovery code is 80 random bits and works once. With a second factor, the password alone opens
//! nothing: browsers are asked for a code in a second step, apps and players need an API token or a ticket.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderValue};
use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

use super::attempt_limiter::AttemptLimiter;
use super::attempts::{AttemptRate, network};
use super::owner::random_letters;
use super::{AuthError, AuthMode, Authenticator, failed, not_read, not_stored};
use crate::store::{OwnerTotp, Store, StoreError, WriteFault};
use crate::web::client::ClientInfo;

/// Five wrong codes at once, then one in thirty seconds: for a client that has the password, a code is one of a million,
/// and three of them are right.
const CODES_PER_IP: AttemptRate = AttemptRate {
    burst: 5.0,
    per_s: 1.0 / 30.0,
};

/// Twenty wrong codes of all clients, then one in thirty seconds.
const CODES_GLOBAL: AttemptRate = AttemptRate {
    burst: 20.0,
    per_s: 1.0 / 30.0,
};

/// Number of recovery codes.
const RECOVERY_CODES: usize = 10;

/// Length of a secret in bytes, that of the hash (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;

/// The second factor as this process sees it.
pub(super) struct SecondFactor {
    /// False if the configuration switches it off.
    is_offered: bool,
    is_on: AtomicBool,
    attempts: AttemptLimiter,
    /// The time step of the last code. The state has it, too; this one also holds while the state takes no writes.
    last_step: AtomicI64,
}

/// A secret for an authenticator app that is to be confirmed by a code.
pub(in crate::web) struct TotpOffer {
    /// The secret in Base32, for typing.
    pub secret: SecretString,
    /// The `otpauth:` URL for a QR code.
    pub url: SecretString,
}

/// The second factor, for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum SecondFactorState {
    /// There is no password, or the configuration switches it off.
    NotOffered,
    /// The password alone signs in.
    Off,
    /// Signing in requires a code.
    On,
}

impl SecondFactor {
    /// Reads the state. A second factor that the configuration switches off is removed: that is the way in for an owner
    /// without app and recovery codes.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read or written.
    pub async fn open(is_offered: bool, store: &Store) -> Result<Self, StoreError> {
        let mut totp = store.owner_totp().await?;
        if !is_offered && totp.is_some() {
            store.remove_owner_totp().await?;
            tracing::warn!("auth.totp is false: the second factor of the password was removed");
            totp = None;
        }
        Ok(SecondFactor {
            is_offered,
            is_on: AtomicBool::new(totp.is_some()),
            attempts: AttemptLimiter::with_rates("code", CODES_PER_IP, CODES_GLOBAL, store),
            last_step: AtomicI64::new(totp.map_or(0, |totp| totp.last_step)),
        })
    }
}

impl Authenticator {
    /// Returns true if the password needs a code beside it.
    pub(in crate::web) fn needs_code(&self) -> bool {
        matches!(&*self.mode(), AuthMode::Password(_))
            && self.second_factor.is_on.load(Ordering::SeqCst)
    }

    /// Returns whether there is a second factor.
    pub(in crate::web) fn second_factor_state(&self) -> SecondFactorState {
        match &*self.mode() {
            AuthMode::Password(_) if self.needs_code() => SecondFactorState::On,
            AuthMode::Password(_) if self.second_factor.is_offered => SecondFactorState::Off,
            _ => SecondFactorState::NotOffered,
        }
    }

    /// Adopts the second factor that another process on the same state has set up or removed.
    pub(in crate::web) async fn reload_second_factor(&self) -> Result<(), StoreError> {
        let totp = self.store.owner_totp().await?;
        let was_on = self
            .second_factor
            .is_on
            .swap(totp.is_some(), Ordering::SeqCst);
        if totp.is_some() && !was_on {
            self.forget_verified();
        }
        Ok(())
    }

    /// Forgets sessions and passwords that were verified without a code. The state has no session of before.
    fn forget_verified(&self) {
        self.unstored_sessions.revoke_all();
        self.sessions.revoked();
        self.password_cache.invalidate_all();
    }

    /// Returns true if the password was given in this browser within the last minutes, and the code is missing.
    pub(in crate::web) fn waits_for_code(&self, headers: &HeaderMap) -> bool {
        match &*self.mode() {
            AuthMode::Password(hash) if self.needs_code() => {
                self.cookies.has_password(headers, hash, SystemTime::now())
            }
            _ => false,
        }
    }

    /// Completes a sign-in with a code of the app or a recovery code. Returns the cookies of a new session.
    ///
    /// # Errors
    ///
    /// The code is wrong or was used, the password was not given before, the rate limit is reached, or the state cannot
    /// be read.
    pub(in crate::web) async fn sign_in_with_code(
        &self,
        code: &SecretString,
        client: ClientInfo,
        headers: &HeaderMap,
    ) -> Result<[HeaderValue; 2], AuthError> {
        let mode = self.mode();
        if !self.waits_for_code(headers) {
            return Err(AuthError::Wrong);
        }
        self.check_code(code, client.ip).await?;
        let _turn = self.session_lock.lock().await;
        if !Arc::ptr_eq(&mode, &self.mode()) {
            return Err(AuthError::Wrong);
        }
        let session = self.begin_session(client, headers, None).await?;
        let password = self.cookies.clear_password(self.is_secure(client));
        Ok([session, password])
    }

    /// Checks a code of the app or a recovery code, and consumes it.
    pub(super) async fn check_code(
        &self,
        code: &SecretString,
        from: IpAddr,
    ) -> Result<(), AuthError> {
        let address = network(from).to_string();
        let is_known = self
            .store
            .has_session_from(&address)
            .await
            .map_err(not_read)?;
        let attempts = &self.second_factor.attempts;
        attempts.take(from, is_known).await?;
        let code: String = code
            .expose_secret()
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .flat_map(char::to_lowercase)
            .collect();
        let is_right = match code.len() {
            6 => self.take_totp_code(&code).await?,
            _ => self.take_recovery_code(&code, from).await?,
        };
        if !is_right {
            tracing::warn!(client = %from, "a wrong code was given");
            return Err(AuthError::WrongCode);
        }
        attempts.refund_one(from).await;
        Ok(())
    }

    async fn take_totp_code(&self, code: &str) -> Result<bool, AuthError> {
        let Some(stored) = self.store.owner_totp().await.map_err(not_read)? else {
            return Ok(false);
        };
        let step = totp(stored.secret.expose_secret()).and_then(|totp| step_of(&totp, code));
        let Some(step) = step.filter(|step| *step > stored.last_step) else {
            return Ok(false);
        };
        if self
            .second_factor
            .last_step
            .fetch_max(step, Ordering::SeqCst)
            >= step
        {
            return Ok(false);
        }
        match self.store.take_totp_step(step).await {
            Ok(is_taken) => Ok(is_taken),
            Err(error) => match WriteFault::of(&error) {
                // Other servers would accept the code again.
                Some(fault) if fault.may_pass() => Err(not_stored(error)),
                // A full disk must not lock the owner out; until it has space, the process remembers the step.
                Some(fault) => {
                    self.store.record_fault(fault);
                    tracing::warn!(%error, "the use of a code could not be stored: {fault}");
                    Ok(true)
                }
                None => Err(failed(error)),
            },
        }
    }

    async fn take_recovery_code(&self, code: &str, from: IpAddr) -> Result<bool, AuthError> {
        let taken = self.store.take_recovery_code(&code_hash(code)).await;
        let taken = taken.map_err(not_stored)?;
        if taken {
            let left = self.store.recovery_codes_left().await.map_err(failed)?;
            tracing::warn!(client = %from, left, "a recovery code was used");
        }
        Ok(taken)
    }

    /// Returns a new secret for an app. Nothing is stored before [`Authenticator::set_up_totp`]. `host` is the name of
    /// this server in the app.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub(in crate::web) fn offer_totp(&self, host: &str) -> Result<TotpOffer, AuthError> {
        let mut bytes = [0u8; SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(failed)?;
        let secret = Secret::from(bytes.to_vec()).to_base32();
        offer(&secret, host).ok_or(AuthError::Failed)
    }

    /// Sets up the second factor, after the password and a code of the app. Revokes every session and begins a new one.
    /// Returns the recovery codes, which are stored as hashes only.
    ///
    /// # Errors
    ///
    /// Password or code are wrong, the rate limit is reached, there is a second factor already, or the state cannot be
    /// written.
    pub(in crate::web) async fn set_up_totp(
        &self,
        password: &SecretString,
        secret: &SecretString,
        code: &SecretString,
        client: ClientInfo,
        headers: &HeaderMap,
    ) -> Result<(Vec<SecretString>, HeaderValue), AuthError> {
        if self.second_factor_state() != SecondFactorState::Off {
            return Err(AuthError::Failed);
        }
        let opened = self.check_password(password, client.ip).await?;
        let code: String = code.expose_secret().split_whitespace().collect();
        let step = totp(secret.expose_secret()).and_then(|totp| step_of(&totp, &code));
        let step = step.ok_or(AuthError::WrongCode)?;
        let (codes, hashes) = recovery_codes()?;
        let _turn = self.session_lock.lock().await;
        if !Arc::ptr_eq(&opened, &self.mode()) {
            return Err(AuthError::Wrong);
        }
        let stored = OwnerTotp {
            secret: secret.clone(),
            last_step: step,
        };
        self.store
            .set_owner_totp(&stored, &hashes)
            .await
            .map_err(not_stored)?;
        self.second_factor.last_step.store(step, Ordering::SeqCst);
        self.second_factor.is_on.store(true, Ordering::SeqCst);
        self.forget_verified();
        tracing::info!(client = %client.ip, "a second factor was set up");
        let session = self.begin_session(client, headers, None).await?;
        Ok((codes, session))
    }

    /// Removes the second factor, after password and code.
    ///
    /// # Errors
    ///
    /// As [`Authenticator::set_up_totp`].
    pub(in crate::web) async fn remove_totp(
        &self,
        password: &SecretString,
        code: &SecretString,
        from: IpAddr,
    ) -> Result<(), AuthError> {
        self.check_password(password, from).await?;
        self.check_code(code, from).await?;
        self.store.remove_owner_totp().await.map_err(not_stored)?;
        self.second_factor.is_on.store(false, Ordering::SeqCst);
        tracing::info!(client = %from, "the second factor was removed");
        Ok(())
    }

    /// Replaces the recovery codes, after password and code, and returns the new ones.
    ///
    /// # Errors
    ///
    /// As [`Authenticator::set_up_totp`].
    pub(in crate::web) async fn renew_recovery_codes(
        &self,
        password: &SecretString,
        code: &SecretString,
        from: IpAddr,
    ) -> Result<Vec<SecretString>, AuthError> {
        self.check_password(password, from).await?;
        self.check_code(code, from).await?;
        let (codes, hashes) = recovery_codes()?;
        self.store
            .set_recovery_codes(&hashes)
            .await
            .map_err(not_stored)?;
        Ok(codes)
    }

    /// Returns the number of recovery codes that were not used yet.
    ///
    /// # Errors
    ///
    /// The state cannot be read.
    pub(in crate::web) async fn recovery_codes_left(&self) -> Result<i64, AuthError> {
        self.store.recovery_codes_left().await.map_err(failed)
    }
}

/// Returns the offer of a secret that was made before, in Base32; `None` if it is malformed.
pub(in crate::web) fn offer(secret: &str, host: &str) -> Option<TotpOffer> {
    let url = builder(secret)?
        // A colon ends the issuer in such a URL.
        .with_account_name(host.replace(':', " "))
        .with_issuer(Some("Drive-In"))
        .build()
        .ok()?
        .to_url()
        .ok()?;
    Some(TotpOffer {
        secret: secret.into(),
        url: url.into(),
    })
}

fn builder(secret: &str) -> Option<Builder> {
    let secret = Secret::try_from_base32(secret).ok()?;
    // Six digits of SHA-1 every thirty seconds: the form that all apps read.
    Some(Builder::new().with_secret(secret).with_skew(1))
}

/// Returns the codes of a secret in Base32; `None` if it is malformed or too short.
fn totp(secret: &str) -> Option<Totp> {
    builder(secret)?.with_account_name("owner").build().ok()
}

/// Returns the time step of a code; `None` if it is none of the codes around now.
fn step_of(totp: &Totp, code: &str) -> Option<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let step = totp.check(code, now.as_secs())?;
    i64::try_from(step).ok()
}

/// Returns new recovery codes, and their hashes.
fn recovery_codes() -> Result<(Vec<SecretString>, Vec<String>), AuthError> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    let mut hashes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let letters = random_letters::<16>().map_err(failed)?;
        hashes.push(code_hash(&letters.replace('-', "")));
        codes.push(letters.into());
    }
    Ok((codes, hashes))
}

/// Returns the hash under which the state stores a recovery code without hyphens.
fn code_hash(code: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(code))
}
