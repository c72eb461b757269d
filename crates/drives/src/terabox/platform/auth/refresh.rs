//! A round of the session: a pair that is due is refreshed, and the account's hosts are requested.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::{Access, Auth, AuthState, OPERATION, REFRESH_LEAD_S, RETRY_INTERVAL, signed_out};
use crate::session::stored::{self, unusable};
use crate::session::{RefreshRounds, RefreshSession};
use crate::terabox::codes;
use crate::terabox::platform::stored::Session;
use crate::{DriveError, ErrorKind};

impl Auth {
    /// Refreshes the pair if that is due. Returns true if it was. A refresh that fails while the old token is
    /// valid is put off.
    async fn renew_if_due(&self, state: &mut AuthState) -> Result<bool, DriveError> {
        let Some(session) = &state.session else {
            return Err(signed_out("not signed in"));
        };
        let now = self.clock.unix_s();
        let alive = session.access_token.is_some()
            && session.expires_at.is_none_or(|expires_at| now < expires_at);
        let fresh = alive
            && session
                .expires_at
                .is_none_or(|expires_at| now + REFRESH_LEAD_S < expires_at);
        let put_off = state.next_try.is_some_and(|next| self.clock.now() < next);
        if fresh || (alive && (put_off || state.refresh_token_ended)) {
            return Ok(false);
        }
        if state.refresh_token_ended {
            return Err(signed_out("the session has ended"));
        }
        let Some(refresh_token) = session.refresh_token.clone() else {
            // Without a refresh token, the upstream decides when the session ends.
            return match session.access_token {
                Some(_) => Ok(false),
                None => Err(signed_out("not signed in")),
            };
        };
        // Other processes may share the state: one of them refreshes, and those that waited for the lock load
        // its result.
        let lock = self.sessions.lock().await.map_err(unusable(OPERATION))?;
        let generation = state.generation;
        self.load(state).await?;
        if state.generation != generation {
            // The loaded pair may be due itself; then the lock is acquired again.
            drop(lock);
            return Box::pin(self.renew_if_due(state)).await;
        }
        let refreshed = self.exchange(state, &refresh_token).await;
        drop(lock);
        match refreshed {
            Ok(()) => Ok(true),
            Err(_) if alive => {
                state.next_try = Some(self.clock.now() + RETRY_INTERVAL);
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn exchange(
        &self,
        state: &mut AuthState,
        refresh_token: &SecretString,
    ) -> Result<(), DriveError> {
        match self.oauth.refresh(refresh_token).await {
            Ok(tokens) => {
                let old = state.session.as_ref();
                let seed = old.and_then(|old| old.seed.clone());
                let ends_at = old.and_then(|old| old.ends_at);
                state.unsaved = Some(Session {
                    ends_at,
                    access_token: Some(tokens.access_token),
                    refresh_token: Some(tokens.refresh_token.unwrap_or(refresh_token.clone())),
                    expires_at: tokens.expires_in.map(|lasts| self.clock.unix_s() + lasts),
                    seed,
                });
                self.adopt_unsaved(state).await?;
                if let Some(lasts) = tokens.expires_in.filter(|lasts| *lasts <= REFRESH_LEAD_S) {
                    state.next_try = Some(self.clock.now() + Duration::from_secs(lasts) / 2);
                }
                Ok(())
            }
            Err(error) if error.upstream_code.is_some_and(codes::ends_the_session) => {
                // Another process may have used the token and stored the new pair.
                state.refresh_token_ended = true;
                self.load(state).await?;
                if state.refresh_token_ended {
                    Err(error)
                } else {
                    Ok(())
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Stores the new pair and only then puts it to use.
    pub(super) async fn adopt_unsaved(&self, state: &mut AuthState) -> Result<(), DriveError> {
        let Some(session) = &state.unsaved else {
            return Ok(());
        };
        stored::save(OPERATION, self.sessions.as_ref(), session).await?;
        state.session = state.unsaved.take();
        state.generation += 1;
        state.renewed = true;
        state.renewed_at = self.clock.unix_s();
        state.refresh_token_ended = false;
        state.next_try = None;
        state.domains = None;
        Ok(())
    }
}

#[async_trait]
impl RefreshSession for Auth {
    type State = AuthState;
    type Access = Access;

    fn rounds(&self) -> &RefreshRounds<Access> {
        &self.rounds
    }

    fn state(&self) -> &Mutex<AuthState> {
        &self.state
    }

    async fn refresh(
        &self,
        state: &mut AuthState,
        refused: Option<u64>,
    ) -> Result<(Access, SystemTime), DriveError> {
        if state.unsaved.is_some() {
            self.adopt_unsaved(state).await?;
        }
        if !state.loaded || state.session.is_none() || state.refresh_token_ended {
            self.load(state).await?;
        }
        if refused.is_some_and(|generation| generation == state.generation) {
            self.expire_token(state)?;
        }
        let mut has_expired_token = false;
        let mut renewed = false;
        loop {
            // Once in a round: if tokens expire sooner than the lead, the new one is due at once, too.
            if !renewed {
                renewed = self.renew_if_due(state).await?;
            }
            let known = state.domains.as_ref();
            if known.is_some_and(|domains| self.clock.now() < domains.until) {
                break;
            }
            match self.fetch_domains(state).await {
                Ok(()) => {}
                Err(error)
                    if !renewed && !has_expired_token && codes::wants_a_new_token(&error) =>
                {
                    has_expired_token = true;
                    self.expire_token(state)?;
                }
                Err(error) if error.kind == ErrorKind::SignedOut => return Err(error),
                Err(error) => match &mut state.domains {
                    Some(known) => known.until = self.clock.now() + RETRY_INTERVAL,
                    None => return Err(error),
                },
            }
        }
        self.current(state)
    }
}
