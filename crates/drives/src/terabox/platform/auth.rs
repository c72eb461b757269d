//! Acquires, stores and refreshes the session of an application, and returns the base URLs of its calls.
//!
//! Sign-in and refresh run as a *round*: one at a time, shared by all waiting callers, in a spawned task, so
//! that a cancelled caller cannot interrupt it. A refresh token works once. A new pair is therefore stored
//! durably before its first use, and a pair that could not be stored is kept and stored first in the next
//! round. A session that the upstream has ended is not requested again.

mod domains;
mod refresh;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::http::Client;
use crate::session::stored::{self, unusable};
use crate::session::{Generation, RefreshRounds, detached, refresh_shared};
use crate::terabox::config::TeraboxConfig;
use crate::terabox::platform::stored::Session;
use crate::terabox::platform::tokens::Oauth;
use crate::{Clock, DriveError, ErrorKind, SessionStore};

use domains::Domains;

/// An access token is refreshed this long before it expires.
const REFRESH_LEAD_S: u64 = 5 * 60;
/// Interval before another attempt after a failed refresh, while the old token is still valid.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

/// Lifetime of a refresh token, counted from the sign-in: those that it is exchanged for end with it.
const REFRESH_TOKEN_TTL_S: u64 = 30 * 86_400;

const OPERATION: &str = "session";

/// Credentials of a call: a token and the base URLs that it is valid at.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) token: SecretString,
    /// Base URL of calls, such as `https://www.terabox.com`, without a slash at its end.
    pub(crate) api_base: Arc<str>,
    /// Base URL of upload parts, likewise.
    pub(crate) upload_base: Arc<str>,
    /// Number of the token pair, counted within this drive.
    pub(crate) generation: u64,
}

pub(crate) struct Auth {
    pub(crate) oauth: Oauth,
    configured: Option<Session>,
    sessions: Arc<dyn SessionStore>,
    clock: Clock,
    state: Mutex<AuthState>,
    rounds: RefreshRounds<Access>,
}

/// A code that is exchanged for a pair.
pub(crate) enum Grant {
    /// A code of the login page.
    Code(SecretString),
    /// A device code that the owner has confirmed.
    Device(SecretString),
}

#[derive(Default)]
pub(crate) struct AuthState {
    session: Option<Session>,
    loaded: bool,
    generation: u64,
    /// True if the access token came from a refresh here, not from the store or the config.
    renewed: bool,
    /// Time of that refresh, in seconds since 1970.
    renewed_at: u64,
    /// A new pair that is not stored yet.
    unsaved: Option<Session>,
    /// True if the refresh token is known to be invalid.
    refresh_token_ended: bool,
    next_try: Option<SystemTime>,
    domains: Option<Domains>,
    /// True if the access token was issued to another application.
    is_of_another_application: bool,
}

impl Auth {
    pub(crate) fn new(
        config: TeraboxConfig,
        http: Arc<Client>,
        sessions: Arc<dyn SessionStore>,
        clock: Clock,
    ) -> Self {
        Auth {
            configured: Session::configured(&config),
            oauth: Oauth::new(config, http, clock.clone()),
            sessions,
            clock,
            state: Mutex::default(),
            rounds: RefreshRounds::new(),
        }
    }

    /// Returns a token and its base URLs; refreshes the token first if that is due.
    pub(crate) async fn access(self: &Arc<Self>) -> Result<Access, DriveError> {
        match self.rounds.ready(self.clock.now()) {
            Some(access) => Ok(access),
            None => refresh_shared(self, None).await,
        }
    }

    /// Waits until no round is under way.
    pub(crate) async fn drain(&self) {
        drop(self.state.lock().await);
    }

    /// Exchanges a code for a pair, which is stored when this returns. Like a round, the exchange survives a
    /// cancelled caller, since the code works once.
    pub(crate) async fn begin(self: &Arc<Self>, grant: Grant) -> Result<(), DriveError> {
        let auth = self.clone();
        detached(async move {
            let mut state = auth.state.lock().await;
            if state.unsaved.is_none() {
                let tokens = match &grant {
                    Grant::Code(code) => auth.oauth.exchange_code(code).await?,
                    Grant::Device(code) => auth.oauth.exchange_device(code).await?,
                };
                let now = auth.clock.unix_s();
                state.unsaved = Some(Session {
                    access_token: Some(tokens.access_token),
                    refresh_token: tokens.refresh_token,
                    expires_at: tokens.expires_in.map(|lasts| now + lasts),
                    ends_at: Some(now + REFRESH_TOKEN_TTL_S),
                    seed: auth
                        .configured
                        .as_ref()
                        .and_then(|configured| configured.seed.clone()),
                });
            }
            auth.store_unsaved(&mut state).await
        })
        .await
    }

    async fn store_unsaved(&self, state: &mut AuthState) -> Result<(), DriveError> {
        self.adopt_unsaved(state).await?;
        state.loaded = true;
        // The pair comes from a code, not from a refresh: it may be refreshed like any other.
        state.renewed = false;
        self.rounds.reset();
        Ok(())
    }

    /// Deletes the session, here and in the store.
    pub(crate) async fn end(&self) -> Result<(), DriveError> {
        let mut state = self.state.lock().await;
        let ended = Session::signed_out(self.configured.as_ref());
        self.sessions.forget().await.map_err(unusable(OPERATION))?;
        stored::save(OPERATION, self.sessions.as_ref(), &ended).await?;
        state.session = None;
        state.unsaved = None;
        state.domains = None;
        state.generation += 1;
        self.rounds.reset();
        Ok(())
    }

    /// Handles the report that another domain serves the account: the domains are requested again before the
    /// next call.
    pub(crate) async fn moved(&self) {
        let mut state = self.state.lock().await;
        state.domains = None;
        self.rounds.reset();
    }

    /// Returns the time at which the owner must sign in again at the latest, in seconds since 1970.
    pub(crate) async fn ends_at(&self) -> Option<u64> {
        self.state.lock().await.session.as_ref()?.ends_at
    }

    /// Returns true if the access token was issued to another application than the configured one: its refresh
    /// token cannot be used then.
    pub(crate) async fn is_of_another_application(&self) -> bool {
        self.state.lock().await.is_of_another_application
    }

    /// Returns the access that the state allows, and the time until which no round is due.
    fn current(&self, state: &AuthState) -> Result<(Access, SystemTime), DriveError> {
        let (Some(session), Some(domains)) = (&state.session, &state.domains) else {
            return Err(signed_out("not signed in"));
        };
        let Some(token) = session.access_token.clone() else {
            return Err(signed_out("not signed in"));
        };
        let mut until = domains.until;
        if let Some(expires_at) = session.expires_at {
            let end = UNIX_EPOCH + Duration::from_secs(expires_at);
            let lead = Duration::from_secs(REFRESH_LEAD_S);
            let due = match state.next_try {
                _ if state.refresh_token_ended => end,
                Some(next_try) => next_try.min(end),
                None => end.checked_sub(lead).unwrap_or(UNIX_EPOCH),
            };
            if session.refresh_token.is_some() || state.refresh_token_ended {
                until = until.min(due);
            }
        }
        let access = Access {
            token,
            api_base: domains.api_base.clone(),
            upload_base: domains.upload_base.clone(),
            generation: state.generation,
        };
        Ok((access, until))
    }

    /// Loads the stored session or the configured one; later, a session that another process stored.
    async fn load(&self, state: &mut AuthState) -> Result<(), DriveError> {
        let stored = stored::load(OPERATION, self.sessions.as_ref()).await?;
        let found = Session::choose(stored, self.configured.clone());
        let known = match (&state.session, &found) {
            (Some(known), Some(found)) => known.is_same(found),
            (None, None) => true,
            _ => false,
        };
        if !known {
            state.session = found;
            state.generation += 1;
            state.renewed = false;
            state.refresh_token_ended = false;
            state.domains = None;
        }
        state.loaded = true;
        Ok(())
    }

    /// Handles a rejected access token by marking it expired. A token that was just refreshed is not refreshed
    /// again, to avoid a loop.
    fn expire_token(&self, state: &mut AuthState) -> Result<(), DriveError> {
        let now = self.clock.unix_s();
        // A clock that was set back makes no token new.
        let since = now.checked_sub(state.renewed_at);
        let is_new = since.is_some_and(|since| since < RETRY_INTERVAL.as_secs());
        let was_accepted = self.rounds.was_accepted(state.generation);
        if state.renewed && is_new && !was_accepted {
            return Err(signed_out("a new access token was refused"));
        }
        state.next_try = None;
        if let Some(session) = &mut state.session {
            session.expires_at = Some(now);
            state.refresh_token_ended |= session.refresh_token.is_none();
        }
        Ok(())
    }
}

impl Generation for Access {
    fn generation(&self) -> u64 {
        self.generation
    }
}

fn signed_out(detail: &str) -> DriveError {
    DriveError::new(ErrorKind::SignedOut, OPERATION, detail)
}
