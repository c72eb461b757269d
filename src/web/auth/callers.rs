//! Identifies the caller of a request by bearer token, session cookie, or Basic auth.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::scope::TokenScope;
use super::{AuthError, AuthMode, Authenticator};
use crate::store::OwnerSession;
use crate::web::client::ClientInfo;
use media::ViewerId;

/// An authenticated caller.
#[derive(Clone)]
pub enum Caller {
    /// Any client of an open server.
    Anybody,
    /// A browser with a session.
    Session(Arc<OwnerSession>),
    /// A token of the configuration, or the owner's password sent by a player.
    Owner,
    /// A token made by the owner.
    Token {
        /// Its scope.
        scope: TokenScope,
        /// The viewer that it acts for; `None` if it may act for every viewer.
        viewer: Option<ViewerId>,
    },
}

impl Caller {
    /// Returns true if this caller's scope includes `needed`.
    pub fn may(&self, needed: TokenScope) -> bool {
        match self {
            Caller::Anybody | Caller::Session(_) | Caller::Owner => true,
            Caller::Token { scope, .. } => *scope >= needed,
        }
    }

    /// Returns the viewer for whom alone a session is; `None` for every other caller.
    pub fn bound_viewer(&self) -> Option<ViewerId> {
        match self {
            Caller::Session(session) => session.viewer,
            _ => None,
        }
    }

    /// Returns the viewer that a caller without a cookie acts for.
    pub fn viewer(&self) -> ViewerId {
        match self {
            Caller::Token { viewer, .. } => viewer.unwrap_or(ViewerId::OWNER),
            _ => ViewerId::OWNER,
        }
    }
}

impl Authenticator {
    /// Returns the caller by bearer token or session cookie; `None` for a stranger.
    pub(in crate::web) async fn caller(
        &self,
        headers: &HeaderMap,
        client: ClientInfo,
    ) -> Result<Option<Caller>, AuthError> {
        if let Some(token) = bearer(headers) {
            // A valid token takes precedence over a cookie.
            if let Some(caller) = self.authenticate_token(token).await? {
                return Ok(Some(caller));
            }
        }
        for hash in self.cookies.session_hashes(headers) {
            if let Some(session) = self.live_session(hash, client).await? {
                return Ok(Some(Caller::Session(session)));
            }
        }
        Ok(self.is_open_to(headers).then_some(Caller::Anybody))
    }

    /// Returns the caller of any request; `None` for a stranger. With Basic auth (RFC 7617), which players and
    /// file managers use, any user name is accepted, and the password is the owner's, unless it needs a code
    /// beside it, or an API token; without it, the same as [`Authenticator::caller`].
    pub(in crate::web) async fn authenticate(
        &self,
        headers: &HeaderMap,
        client: ClientInfo,
    ) -> Result<Option<Caller>, AuthError> {
        let Some(password) = basic_password(headers) else {
            return self.caller(headers, client).await;
        };
        if let Some(caller) = self.authenticate_token(password.expose_secret()).await? {
            return Ok(Some(caller));
        }
        let mode = self.mode();
        let AuthMode::Password(hash) = &*mode else {
            return Ok(self.is_open_to(headers).then_some(Caller::Anybody));
        };
        if self.needs_code() {
            // A player can send no code: it needs a token. The password is not even compared.
            return Ok(None);
        }
        let key = self.password_cache_key(&password, hash);
        if self.password_cache.get(&key).await.is_some() {
            return Ok(Some(Caller::Owner));
        }
        match self.check_password(&password, client.ip).await {
            Ok(opened) if Arc::ptr_eq(&opened, &mode) => {
                self.password_cache.insert(key, ()).await;
                Ok(Some(Caller::Owner))
            }
            // The password was changed meanwhile, and this is the new one.
            Ok(_) => Ok(Some(Caller::Owner)),
            Err(AuthError::Wrong) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Returns the cache key of a password. The hash of the configured password is part of it: a password
    /// that was being compared while another was set is not found afterwards.
    pub(super) fn password_cache_key(&self, password: &SecretString, hash: &str) -> [u8; 32] {
        let mut block = [0u8; 64];
        block[..32].copy_from_slice(&self.key);
        Hmac::<Sha256>::new(&block.into())
            .chain_update(b"basic 2")
            .chain_update((hash.len() as u64).to_be_bytes())
            .chain_update(hash)
            .chain_update(password.expose_secret())
            .finalize()
            .into_bytes()
            .into()
    }
}

/// Returns the token of `Authorization: Bearer …`; `None` if there is none.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    authorization(headers, "bearer")
}

/// Returns the password of `Authorization: Basic …`; `None` if there is none.
pub(in crate::web) fn basic_password(headers: &HeaderMap) -> Option<SecretString> {
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
