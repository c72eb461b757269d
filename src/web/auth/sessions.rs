//! The owner's sessions: started, used, listed and revoked.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderValue};
use data_encoding::HEXLOWER;
use secrecy::SecretString;

use super::attempts::network;
use super::device_name::device_name;
use super::{AuthError, AuthMode, Authenticator, failed, not_read, not_stored};
use crate::store::{OwnerSession, WriteFault};
use crate::web::client::ClientInfo;
use media::ViewerId;

/// Lifetime of a session after its last use.
const SESSION_TTL: Duration = Duration::from_secs(30 * 24 * 3600);

/// The outcome of a right password.
#[derive(Debug)]
pub(in crate::web) enum PasswordAccepted {
    /// A session has begun; this is its cookie.
    Session(HeaderValue),
    /// The code of the second factor is required next; this is the cookie that allows to enter it.
    Code(HeaderValue),
}

impl Authenticator {
    /// Checks the password or the set-up code, which then works no more, and begins a session, unless the password
    /// needs a code beside it.
    ///
    /// # Errors
    ///
    /// As [`Authenticator::check_password`].
    pub(in crate::web) async fn sign_in(
        &self,
        password: &SecretString,
        client: ClientInfo,
        headers: &HeaderMap,
    ) -> Result<PasswordAccepted, AuthError> {
        let opened = self.check_password(password, client.ip).await?;
        let _turn = self.session_lock.lock().await;
        if !Arc::ptr_eq(&opened, &self.mode()) {
            // Another password was set while this one was compared.
            return Err(AuthError::Wrong);
        }
        if let AuthMode::Password(hash) = &*opened
            && self.needs_code()
        {
            let is_secure = self.is_secure(client);
            let cookie = self
                .cookies
                .set_password(hash, SystemTime::now(), is_secure);
            return Ok(PasswordAccepted::Code(cookie));
        }
        let session = self.begin_session(client, headers, None).await?;
        Ok(PasswordAccepted::Session(session))
    }

    /// Begins a session after a proof of the owner other than the password.
    pub(super) async fn begin_other_session(
        &self,
        client: ClientInfo,
        headers: &HeaderMap,
    ) -> Result<HeaderValue, AuthError> {
        let _turn = self.session_lock.lock().await;
        self.begin_session(client, headers, None).await
    }

    /// Begins a session that is for one viewer alone.
    pub(super) async fn begin_viewer_session(
        &self,
        client: ClientInfo,
        headers: &HeaderMap,
        viewer: ViewerId,
    ) -> Result<HeaderValue, AuthError> {
        let _turn = self.session_lock.lock().await;
        self.begin_session(client, headers, Some(viewer)).await
    }

    /// Revokes the sessions that are for one viewer alone, whose account is another one or none from now on.
    pub(in crate::web) async fn revoke_viewer_sessions(
        &self,
        viewer: ViewerId,
    ) -> Result<(), AuthError> {
        self.unstored_sessions.revoke_of(viewer);
        let revoked = self.store.revoke_viewer_sessions(viewer).await;
        revoked.map_err(failed)?;
        self.sessions.revoked();
        Ok(())
    }

    pub(super) async fn begin_session(
        &self,
        client: ClientInfo,
        headers: &HeaderMap,
        viewer: Option<ViewerId>,
    ) -> Result<HeaderValue, AuthError> {
        let (value, hash) = self.cookies.issue().map_err(failed)?;
        let now = SystemTime::now();
        let session = OwnerSession {
            hash,
            device: device_name(headers),
            address: network(client.ip).to_string(),
            created_at: now,
            last_seen_at: now,
            viewer,
        };
        tracing::info!(client = %client.ip, device = session.device, "signed in");
        match self.store.add_session(&session, now - SESSION_TTL).await {
            Ok(()) => {}
            Err(error) => match WriteFault::of(&error) {
                // Other servers would not know the session.
                Some(fault) if fault.may_pass() => return Err(not_stored(error)),
                Some(fault) => {
                    self.store.record_fault(fault);
                    tracing::warn!(%error, "the session ends with the process: {fault}");
                    self.unstored_sessions.add(session);
                }
                None => return Err(failed(error)),
            },
        }
        Ok(self.cookies.set_cookie(&value, self.is_secure(client)))
    }

    /// Revokes the session of this browser, and returns the cookie header that deletes its cookie.
    pub(in crate::web) async fn sign_out(
        &self,
        headers: &HeaderMap,
        client: ClientInfo,
    ) -> Result<HeaderValue, AuthError> {
        for hash in self.cookies.session_hashes(headers) {
            self.revoke_session(&hash).await?;
        }
        Ok(self.cookies.clear_cookie(self.is_secure(client)))
    }

    /// Returns all sessions that have not expired.
    pub(in crate::web) async fn sessions(&self) -> Result<Vec<OwnerSession>, AuthError> {
        let sessions = self.store.sessions().await.map_err(not_read)?;
        let oldest = SystemTime::now() - SESSION_TTL;
        let unstored = self.unstored_sessions.all();
        Ok(unstored
            .into_iter()
            .chain(sessions)
            .filter(|session| session.last_seen_at > oldest)
            .collect())
    }

    /// Revokes the session with this public id. Returns false if there is none.
    pub(in crate::web) async fn revoke_session_by_id(&self, id: &str) -> Result<bool, AuthError> {
        let sessions = self.sessions().await?;
        let found = sessions.iter().find(|session| session_id(session) == id);
        match found {
            Some(session) => self.revoke_session(&session.hash).await.map(|()| true),
            None => Ok(false),
        }
    }

    async fn revoke_session(&self, hash: &[u8; 32]) -> Result<(), AuthError> {
        if !self.unstored_sessions.revoke(hash) {
            self.store.revoke_session(hash).await.map_err(not_stored)?;
        }
        self.sessions.revoked();
        Ok(())
    }

    /// Revokes all sessions.
    pub(in crate::web) async fn revoke_all_sessions(&self) -> Result<(), AuthError> {
        self.unstored_sessions.revoke_all();
        self.store.revoke_sessions().await.map_err(not_stored)?;
        self.sessions.revoked();
        Ok(())
    }

    pub(super) async fn live_session(
        &self,
        hash: [u8; 32],
        client: ClientInfo,
    ) -> Result<Option<Arc<OwnerSession>>, AuthError> {
        let store = &self.store;
        let look = || async move {
            let session = store.session(&hash).await;
            session.map(|session| session.map(Arc::new))
        };
        let found = self.sessions.get(hash, look).await.map_err(not_read)?;
        let Some(session) = found else {
            return Ok(self.unstored_sessions.get(&hash));
        };
        let now = SystemTime::now();
        if session.last_seen_at + SESSION_TTL <= now {
            return Ok(None);
        }
        if self.may_touch(session.last_seen_at, now) {
            let address = network(client.ip).to_string();
            self.touched(self.store.touch_session(&hash, &address, now).await);
            self.sessions.forget(&hash).await;
        }
        Ok(Some(session))
    }

    pub(super) fn is_secure(&self, client: ClientInfo) -> bool {
        self.is_https || client.is_https
    }
}

/// Returns the public id of a session, for URLs and forms.
pub(in crate::web) fn session_id(session: &OwnerSession) -> String {
    HEXLOWER.encode(&session.hash[..8])
}
