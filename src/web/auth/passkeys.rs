//! Passkeys (WebAuthn, <https://www.w3.org/TR/webauthn-3/>): a key of the owner's device in place of the password.
//!
//! The verification of the user by the device (finger, face or PIN) is required, so a passkey needs no code beside it. The
//! origin is that of `public_url`. An attempt is kept in a signed cookie of the browser that began it, and its challenge is good for one use at all servers on the state.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderValue};
use data_encoding::BASE64URL_NOPAD;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::PublicKeyCredentialDescriptor;
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle,
    Username,
};
use webauthn_rp::response::register::{
    CompressedPubKey, DynamicState, StaticState, UncompressedPubKey,
};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication64, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

use super::passkey_site::PasskeySite;
use super::{AuthError, AuthMode, Authenticator, failed, not_read, not_stored};
use crate::store::{PendingKind, StoredPasskey};
use crate::web::client::ClientInfo;
use cache::SyncCache;

/// The cookie of an attempt.
const COOKIE: &str = "drivein_passkey";

/// Time for an attempt, as the options of the library have it.
const ATTEMPT_TTL: Duration = Duration::from_secs(300);

/// Number of challenges that are remembered as used.
const MAX_USED_CHALLENGES: u64 = 10_000;

/// Number of passkeys that the owner can have.
const MAX_PASSKEYS: usize = 50;

/// Length of the id of the owner for devices, in bytes.
const USER_BYTES: usize = 64;

/// A public key as the state has it.
type PasskeyKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// The passkeys as this process sees them.
pub(super) struct Passkeys {
    is_offered: bool,
    /// The id of the owner, by which a device finds its passkey.
    user: UserHandle<USER_BYTES>,
    /// Attempts that were completed here.
    used: SyncCache<Vec<u8>, ()>,
}

/// The reason for a refused passkey.
#[derive(Debug)]
pub(in crate::web) enum PasskeyError {
    /// The attempt was not begun in this browser, or is too old.
    NotBegun,
    /// The answer of the device is not valid for this attempt.
    NotValid,
    /// The passkey is unknown, or was removed.
    Unknown,
    /// The owner has as many as there may be.
    TooMany,
    /// The owner is not confirmed, or the state failed.
    Refused(AuthError),
}

impl From<AuthError> for PasskeyError {
    fn from(refusal: AuthError) -> Self {
        PasskeyError::Refused(refusal)
    }
}

impl Passkeys {
    /// Returns the passkeys of an owner with this id.
    pub fn new(is_offered: bool, user: [u8; USER_BYTES]) -> Self {
        let Ok(user) = UserHandle::decode(user);
        Passkeys {
            is_offered,
            user,
            used: SyncCache::builder()
                .max_capacity(MAX_USED_CHALLENGES)
                .time_to_live(ATTEMPT_TTL)
                .build(),
        }
    }
}

impl Authenticator {
    /// Returns true if passkeys are offered: the configuration allows them, and a sign-in is needed.
    pub(in crate::web) fn offers_passkeys(&self) -> bool {
        self.passkeys.is_offered && !matches!(&*self.mode(), AuthMode::Open)
    }

    /// Returns all passkeys.
    ///
    /// # Errors
    ///
    /// The state cannot be read.
    pub(in crate::web) async fn passkeys(&self) -> Result<Vec<StoredPasskey>, AuthError> {
        match self.offers_passkeys() {
            true => self.store.passkeys().await.map_err(failed),
            false => Ok(Vec::new()),
        }
    }

    /// Renames a passkey. Returns false if there is none with this id.
    ///
    /// # Errors
    ///
    /// The state cannot be written.
    pub(in crate::web) async fn rename_passkey(
        &self,
        id: &str,
        name: &str,
    ) -> Result<bool, AuthError> {
        let renamed = self.store.rename_passkey(id, name).await;
        renamed.map_err(not_stored)
    }

    /// Removes a passkey. Returns false if there is none with this id.
    ///
    /// # Errors
    ///
    /// The state cannot be written.
    pub(in crate::web) async fn remove_passkey(&self, id: &str) -> Result<bool, AuthError> {
        self.store.remove_passkey(id).await.map_err(not_stored)
    }

    /// Confirms that the owner sits at a signed-in browser, by the password and the code of a second factor where there are
    /// such.
    async fn confirm_owner(
        &self,
        password: &SecretString,
        code: &SecretString,
        from: IpAddr,
    ) -> Result<(), AuthError> {
        if !matches!(&*self.mode(), AuthMode::Password(_)) {
            return Ok(());
        }
        self.check_password(password, from).await?;
        match self.needs_code() {
            true => self.check_code(code, from).await,
            false => Ok(()),
        }
    }

    /// Begins to add a passkey, after password and code. Returns the options for the browser
    /// (`PublicKeyCredentialCreationOptionsJSON`), and the cookie of the attempt.
    ///
    /// # Errors
    ///
    /// Password or code are wrong, there are too many passkeys, or the state cannot be read.
    pub(in crate::web) async fn begin_passkey(
        &self,
        site: &PasskeySite,
        password: &SecretString,
        code: &SecretString,
        client: ClientInfo,
    ) -> Result<(Vec<u8>, HeaderValue), PasskeyError> {
        self.confirm_owner(password, code, client.ip).await?;
        let known = self.store.passkeys().await.map_err(not_read)?;
        if known.len() >= MAX_PASSKEYS {
            return Err(PasskeyError::TooMany);
        }
        let known = known.iter().filter_map(|passkey| {
            let id = BASE64URL_NOPAD.decode(passkey.id.as_bytes()).ok()?;
            Some(PublicKeyCredentialDescriptor {
                id: CredentialId::<Vec<u8>>::decode(id).ok()?,
                transports: AuthTransports::decode(0).ok()?,
            })
        });
        let rp_id = site.rp_id()?;
        let user = PublicKeyCredentialUserEntity {
            name: Username::try_from("owner").map_err(failed)?,
            id: &self.passkeys.user,
            display_name: None,
        };
        let mut options =
            PublicKeyCredentialCreationOptions::passkey(&rp_id, user, known.collect());
        // Many devices do not have this extension, and would refuse. The verification of the user is required anyway.
        options.extensions.cred_protect = CredProtect::None;
        let (attempt, options) = options.start_ceremony().map_err(failed)?;
        let options = serde_json::to_vec(&options).map_err(failed)?;
        let attempt = attempt.encode().map_err(failed)?;
        Ok((options, self.attempt_cookie(b'r', &attempt, client)))
    }

    /// Adds a passkey with the browser's answer (`RegistrationResponseJSON`).
    ///
    /// # Errors
    ///
    /// The attempt was not begun in this browser, the answer is not valid for it, or the state cannot be written.
    pub(in crate::web) async fn add_passkey(
        &self,
        site: &PasskeySite,
        name: &str,
        answer: &[u8],
        headers: &HeaderMap,
    ) -> Result<(), PasskeyError> {
        let attempt = self.take_attempt_of(b'r', headers).await?;
        let attempt = RegistrationServerState::<USER_BYTES>::decode(&attempt)
            .map_err(|_| PasskeyError::NotBegun)?;
        let answer = Registration::from_json_relaxed(answer).map_err(not_valid)?;
        let origins = [site.origin.as_str()];
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            // Browsers may report what they were not asked for; nothing of it is used.
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = attempt
            .verify(&site.rp_id()?, &answer, &options)
            .map_err(not_valid)?;
        let key: StaticState<UncompressedPubKey<'_>> = made.static_state();
        let Ok(key) = key.encode();
        let Ok(flags) = made.dynamic_state().encode();
        let passkey = StoredPasskey {
            id: BASE64URL_NOPAD.encode(made.id().as_ref()),
            name: name.to_owned(),
            public_key: BASE64URL_NOPAD.encode(&key),
            flags: BASE64URL_NOPAD.encode(&flags),
            created_at: SystemTime::now(),
            last_used_at: None,
        };
        tracing::info!(name, "a passkey was added");
        self.store.add_passkey(&passkey).await.map_err(not_stored)?;
        Ok(())
    }

    /// Begins a sign-in. Returns the options for the browser (`PublicKeyCredentialRequestOptionsJSON`), and the cookie of
    /// the attempt.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub(in crate::web) fn ask_for_passkey(
        &self,
        site: &PasskeySite,
        client: ClientInfo,
    ) -> Result<(Vec<u8>, HeaderValue), PasskeyError> {
        let rp_id = site.rp_id()?;
        let options = DiscoverableCredentialRequestOptions::passkey(&rp_id);
        let (attempt, options) = options.start_ceremony().map_err(failed)?;
        let options = serde_json::to_vec(&options).map_err(failed)?;
        let attempt = attempt.encode().map_err(failed)?;
        Ok((options, self.attempt_cookie(b'a', &attempt, client)))
    }

    /// Completes a sign-in with the browser's answer (`AuthenticationResponseJSON`). Returns the cookies of a new session.
    ///
    /// # Errors
    ///
    /// The attempt was not begun in this browser, the answer is not valid for it, or the state cannot be read.
    pub(in crate::web) async fn sign_in_with_passkey(
        &self,
        site: &PasskeySite,
        answer: &[u8],
        client: ClientInfo,
        headers: &HeaderMap,
    ) -> Result<[HeaderValue; 2], PasskeyError> {
        self.attempts.take(client.ip, false).await?;
        let attempt = self.take_attempt_of(b'a', headers).await?;
        let attempt = DiscoverableAuthenticationServerState::decode(&attempt)
            .map_err(|_| PasskeyError::NotBegun)?;
        let answer = DiscoverableAuthentication64::from_json_relaxed(answer).map_err(not_valid)?;
        let id = BASE64URL_NOPAD.encode(answer.raw_id().as_ref());
        let stored = self.store.passkey(&id).await.map_err(not_read)?;
        let stored = stored.ok_or(PasskeyError::Unknown)?;
        let mut passkey = self.credential(&answer, &stored)?;
        let origins = [site.origin.as_str()];
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        attempt
            .verify(&site.rp_id()?, &answer, &mut passkey, &options)
            .map_err(not_valid)?;
        let Ok(flags) = passkey.dynamic_state().encode();
        let flags = BASE64URL_NOPAD.encode(&flags);
        let now = SystemTime::now();
        let touched = self
            .store
            .touch_passkey(&id, &stored.flags, &flags, now)
            .await
            .map_err(not_stored)?;
        if !touched {
            return Err(PasskeyError::NotValid);
        }
        self.attempts.refund_one(client.ip).await;
        let session = self.begin_other_session(client, headers).await?;
        Ok([session, self.cookies.clear(COOKIE, self.is_secure(client))])
    }

    fn credential<'a>(
        &'a self,
        answer: &'a DiscoverableAuthentication64,
        stored: &StoredPasskey,
    ) -> Result<AuthenticatedCredential<'a, 'a, USER_BYTES, PasskeyKey>, PasskeyError> {
        let bytes = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).map_err(failed);
        let key = StaticState::decode(bytes(&stored.public_key)?.as_slice()).map_err(failed)?;
        let flags = bytes(&stored.flags)?.try_into();
        let flags = flags.map_err(|_| failed("a passkey in the state has a wrong length"))?;
        let flags = DynamicState::decode(flags).map_err(failed)?;
        let id = answer.raw_id();
        let made = AuthenticatedCredential::new(id, &self.passkeys.user, key, flags);
        Ok(made.map_err(failed)?)
    }

    /// Returns the cookie of an attempt. `kind` distinguishes adding from signing in.
    pub(super) fn attempt_cookie(
        &self,
        kind: u8,
        attempt: &[u8],
        client: ClientInfo,
    ) -> HeaderValue {
        let content = [&[kind], attempt].concat();
        let is_secure = self.is_secure(client);
        self.cookies
            .set_signed(COOKIE, &content, ATTEMPT_TTL, is_secure)
    }

    /// Returns the attempt of a browser, once at all servers.
    pub(super) async fn take_attempt_of(
        &self,
        kind: u8,
        headers: &HeaderMap,
    ) -> Result<Vec<u8>, PasskeyError> {
        let content = self.cookies.signed(headers, COOKIE);
        let content = content.ok_or(PasskeyError::NotBegun)?;
        let is_first = self.passkeys.used.insert_new(content.clone(), ());
        let attempt = match content.split_first() {
            Some((first, attempt)) if *first == kind && is_first => attempt,
            _ => return Err(PasskeyError::NotBegun),
        };
        if self.store.is_shared() && !self.is_first_use(&content).await? {
            return Err(PasskeyError::NotBegun);
        }
        Ok(attempt.to_vec())
    }

    /// Records in the state that an attempt was completed. Returns false if it was already.
    async fn is_first_use(&self, content: &[u8]) -> Result<bool, AuthError> {
        let id = BASE64URL_NOPAD.encode(&Sha256::digest(content));
        let now = SystemTime::now();
        // The clocks of servers differ.
        let until = (now, now + 2 * ATTEMPT_TTL);
        let stored = self
            .store
            .put_pending(PendingKind::UsedPasskeyAttempt, &id, "", until);
        stored.await.map_err(not_stored)
    }
}

/// Logs an answer that is not valid.
fn not_valid(error: impl std::fmt::Display) -> PasskeyError {
    tracing::warn!(%error, "the answer of a passkey is not valid");
    PasskeyError::NotValid
}
