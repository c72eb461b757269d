//! Where the owner is signed in: sessions begun, seen, listed and ended.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderValue};
use data_encoding::HEXLOWER;
use secrecy::SecretString;

use super::attempts::network;
use super::{Door, Refusal, failed, is_past, sessions};
use crate::store::OwnerSession;
use crate::web::client::Client;

/// How long a session lives after it was last seen.
const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

impl Door {
    /// The cookie for whoever gave this password, or the set-up code, which then works no more.
    pub(in crate::web) async fn sign_in(
        &self,
        password: &SecretString,
        client: Client,
        headers: &HeaderMap,
    ) -> Result<HeaderValue, Refusal> {
        let opened = self.check_password(password, client.address).await?;
        let _turn = self.turn.lock().await;
        if !Arc::ptr_eq(&opened, &self.lock()) {
            // Another password was chosen while this one was compared.
            return Err(Refusal::Wrong);
        }
        self.begin_session(client, headers).await
    }

    pub(super) async fn begin_session(
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
        Ok(self.cookies.hand_out(&value, self.is_secure(client)))
    }

    /// Ends the session of this browser; the cookie that ends it there, too.
    pub(in crate::web) async fn sign_out(
        &self,
        headers: &HeaderMap,
        client: Client,
    ) -> Result<HeaderValue, Refusal> {
        for hash in self.cookies.shown(headers) {
            self.end_session(&hash).await?;
        }
        Ok(self.cookies.take_away(self.is_secure(client)))
    }

    /// Every session.
    pub(in crate::web) async fn sessions(&self) -> Result<Vec<OwnerSession>, Refusal> {
        let sessions = self.store.sessions().await.map_err(failed)?;
        let oldest = SystemTime::now() - SESSION_LIFE;
        Ok(sessions
            .into_iter()
            .filter(|session| session.last_seen_at > oldest)
            .collect())
    }

    /// Ends the session of this public id; whether there was one.
    pub(in crate::web) async fn end_session_called(&self, id: &str) -> Result<bool, Refusal> {
        let sessions = self.store.sessions().await.map_err(failed)?;
        let found = sessions.iter().find(|session| session_id(session) == id);
        match found {
            Some(session) => self.end_session(&session.hash).await.map(|()| true),
            None => Ok(false),
        }
    }

    async fn end_session(&self, hash: &[u8; 32]) -> Result<(), Refusal> {
        self.store.revoke_session(hash).await.map_err(failed)?;
        self.sessions.ended();
        Ok(())
    }

    /// Ends every session.
    pub(in crate::web) async fn end_sessions(&self) -> Result<(), Refusal> {
        self.store.revoke_sessions().await.map_err(failed)?;
        self.sessions.ended();
        Ok(())
    }

    pub(super) async fn live_session(
        &self,
        hash: [u8; 32],
        client: Client,
    ) -> Result<Option<Arc<OwnerSession>>, Refusal> {
        let store = &self.store;
        let look = || async move {
            let session = store.session(&hash).await;
            session.map(|session| session.map(Arc::new))
        };
        let found = self.sessions.get(hash, look).await.map_err(failed)?;
        let now = SystemTime::now();
        let alive = found.filter(|session| session.last_seen_at + SESSION_LIFE > now);
        if let Some(session) = &alive
            && is_past(session.last_seen_at, now)
        {
            let address = network(client.address).to_string();
            self.store
                .touch_session(&hash, &address, now)
                .await
                .map_err(failed)?;
            self.sessions.forget(&hash).await;
        }
        Ok(alive)
    }

    fn is_secure(&self, client: Client) -> bool {
        self.is_https || client.is_https
    }
}

/// By what a session is called in addresses and forms.
pub(in crate::web) fn session_id(session: &OwnerSession) -> String {
    HEXLOWER.encode(&session.hash[..8])
}
