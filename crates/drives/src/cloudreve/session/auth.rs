//! Acquires, stores and renews the session (document sections 2 and 5).
//!
//! Token calls run in a *round*, which is shared by all waiting callers (single-flight) and runs in a task of
//! its own, so that a caller that is dropped cannot interrupt it. A new pair is stored durably before it is
//! used. Tokens are renewed by the clock, since the upstream treats a call with an expired token as an
//! anonymous one. A refused password, and a question that only the owner can answer, are never sent to the
//! upstream again automatically.

mod sign_in;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::cloudreve::codes;
use crate::cloudreve::config::CloudreveConfig;
use crate::cloudreve::request::Site;
use crate::cloudreve::session::stored::{Session, StoredSession, seed};
use crate::session::stored::unusable;
use crate::session::{Generation, RefreshRounds, RefreshSession, refresh_shared};
use crate::{DriveError, ErrorKind, SessionStore};

pub(crate) use sign_in::SignInStep;
use sign_in::{PendingCaptcha, SecondStep};

/// An access token is renewed this long before it expires, or after three quarters of its lifetime.
const REFRESH_LEAD_S: u64 = 5 * 60;
/// Pause before a failed renewal is retried while the old token is valid.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

const OPERATION: &str = "session";

/// Token of a call.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) token: SecretString,
    /// Number of the drive's token pair that this one belongs to.
    pub(crate) generation: u64,
}

pub(crate) struct Auth {
    pub(crate) site: Arc<Site>,
    config: CloudreveConfig,
    seed: String,
    sessions: Arc<dyn SessionStore>,
    state: Mutex<AuthState>,
    rounds: RefreshRounds<Access>,
    /// True if a sign-in waits for the code of the second factor.
    awaits_code: RwLock<bool>,
    /// The picture of a captcha that a sign-in waits for.
    captcha_picture: RwLock<Option<String>>,
}

#[derive(Default)]
pub(crate) struct AuthState {
    session: Option<Session>,
    loaded: bool,
    signed_out: bool,
    generation: u64,
    /// Time at which the access token is to be renewed.
    due_at: u64,
    /// True if the access token came from a renewal or a sign-in here.
    renewed: bool,
    /// Time of the last renewal, in seconds since 1970.
    renewed_at: u64,
    /// A new pair that is not yet stored.
    unsaved: Option<Session>,
    /// The reason why the drive no longer signs in automatically.
    stuck: Option<DriveError>,
    /// A refresh token that was rejected.
    spent: Option<String>,
    /// Set when a password was accepted and the code of the second factor is awaited.
    second: Option<SecondStep>,
    /// Set when the characters in a picture are awaited.
    captcha: Option<PendingCaptcha>,
    next_try: Option<SystemTime>,
}

impl Auth {
    pub(crate) fn new(
        config: CloudreveConfig,
        site: Arc<Site>,
        sessions: Arc<dyn SessionStore>,
    ) -> Self {
        Auth {
            seed: seed(&config),
            config,
            site,
            sessions,
            state: Mutex::default(),
            rounds: RefreshRounds::new(),
            awaits_code: RwLock::new(false),
            captcha_picture: RwLock::new(None),
        }
    }

    /// Returns the settings.
    pub(crate) fn config(&self) -> &CloudreveConfig {
        &self.config
    }

    /// Returns an access token, renewed first if that is due.
    pub(crate) async fn access(self: &Arc<Self>) -> Result<Access, DriveError> {
        match self.rounds.ready(self.site.clock.now()) {
            Some(access) => Ok(access),
            None => refresh_shared(self, None).await,
        }
    }

    /// Returns another token than that of `generation`, which the upstream rejected.
    pub(crate) async fn renewed(self: &Arc<Self>, generation: u64) -> Result<Access, DriveError> {
        refresh_shared(self, Some(generation)).await
    }

    /// Returns true if a sign-in waits for the code of the second factor.
    pub(crate) fn awaits_code(&self) -> bool {
        *self
            .awaits_code
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no round is in progress.
    pub(crate) async fn drain(&self) {
        drop(self.state.lock().await);
    }

    /// Returns when the owner must sign in again if the drive is not used until then, in seconds since 1970;
    /// `None` if unknown.
    pub(crate) async fn ends_at(&self) -> Option<u64> {
        self.state.lock().await.session.as_ref()?.refresh_ends_at
    }

    /// Ends the session here, in the store and at the upstream.
    pub(crate) async fn end(&self) -> Result<(), DriveError> {
        let mut state = self.state.lock().await;
        if !state.loaded {
            self.load(&mut state).await?;
        }
        let text = StoredSession::SignedOut {}.to_text(&self.seed);
        self.sessions.forget().await.map_err(unusable(OPERATION))?;
        self.sessions
            .save(&text)
            .await
            .map_err(unusable(OPERATION))?;
        let session = state.session.take();
        state.unsaved = None;
        state.stuck = None;
        state.captcha = None;
        self.show_captcha(None);
        state.signed_out = true;
        state.generation += 1;
        self.forget_second(&mut state);
        self.rounds.reset();
        if let Some(session) = session {
            // The deleted tokens are out of use here, even if this call fails.
            if let Err(error) = self.site.end_session(&session.refresh_token).await {
                tracing::debug!(%error, "the upstream was not told of the end of a session");
            }
        }
        Ok(())
    }

    /// Loads the stored session, or the configured token; later, a session that another process has stored.
    async fn load(&self, state: &mut AuthState) -> Result<(), DriveError> {
        let stored = self.sessions.load().await.map_err(unusable(OPERATION))?;
        let kept = stored.and_then(|text| StoredSession::from_text(&text, &self.seed));
        state.signed_out = matches!(kept, Some(StoredSession::SignedOut {}));
        let found = match kept {
            Some(StoredSession::Session(session)) => Some(session),
            Some(StoredSession::SignedOut {}) => None,
            None => self.config.refresh_token.clone().map(Session::configured),
        };
        let is_spent = |session: &Session| {
            state.spent.as_deref() == Some(session.refresh_token.expose_secret())
        };
        let found = found.filter(|session| !is_spent(session));
        let known = match (&state.session, &found) {
            (Some(known), Some(found)) => known.is_same(found),
            (None, None) => true,
            _ => false,
        };
        if !known {
            state.due_at = found.as_ref().map_or(0, |session| {
                session.access_ends_at.saturating_sub(REFRESH_LEAD_S)
            });
            state.session = found;
            state.generation += 1;
            state.renewed = false;
            state.next_try = None;
        }
        state.loaded = true;
        Ok(())
    }

    /// Renews the pair if that is due. A renewal that fails while the old token is valid is put off.
    async fn renew_if_due(&self, state: &mut AuthState) -> Result<(), DriveError> {
        let now = self.site.clock.unix_s();
        let is_alive =
            |session: &Session| session.access_token.is_some() && now < session.access_ends_at;
        let alive = state.session.as_ref().is_some_and(is_alive);
        let put_off = state
            .next_try
            .is_some_and(|next| self.site.clock.now() < next);
        if alive && (now < state.due_at || put_off) {
            return Ok(());
        }
        // Other processes may share the state: one of them renews, and those that waited for the lock take its
        // result.
        let lock = self.sessions.lock().await.map_err(unusable(OPERATION))?;
        let generation = state.generation;
        // A pair that was rejected is not loaded from the store again.
        let session = state.session.as_ref();
        if session.is_none_or(|session| session.access_ends_at != 0) {
            self.load(state).await?;
        }
        if state.generation != generation {
            let found = state.session.as_ref();
            if found.is_some_and(|session| is_alive(session) && now < state.due_at) {
                return Ok(());
            }
        }
        let renewed = self.acquire_tokens(state).await;
        drop(lock);
        match renewed {
            Ok(()) => Ok(()),
            Err(error) if alive && error.kind != ErrorKind::SignedOut => {
                state.next_try = Some(self.site.clock.now() + RETRY_INTERVAL);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Acquires a new pair with the refresh token, or with the configured password if that token was rejected.
    async fn acquire_tokens(&self, state: &mut AuthState) -> Result<(), DriveError> {
        if let Some(session) = &state.session {
            match self.site.renewed_pair(&session.refresh_token).await {
                Ok(session) => {
                    state.unsaved = Some(session);
                    return self.adopt_unsaved(state).await;
                }
                Err(error) if error.upstream_code == Some(codes::CREDENTIAL_INVALID) => {
                    state.spent = Some(session.refresh_token.expose_secret().to_owned());
                    state.session = None;
                    state.generation += 1;
                    if self.configured().is_none() {
                        state.stuck = Some(error.clone());
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        if state.signed_out {
            return Err(signed_out("signed out by its owner"));
        }
        if let Some(stuck) = &state.stuck {
            return Err(stuck.clone());
        }
        let Some(credentials) = self.configured() else {
            return Err(signed_out("not signed in"));
        };
        match self.attempt(state, Some(credentials), None, None).await {
            Ok(SignInStep::Done) => self.adopt_unsaved(state).await,
            Ok(SignInStep::CodeWanted | SignInStep::CaptchaWanted) => {
                let error = signed_out("the code of the second factor is wanted").with_sentence(
                    "The site asks for a code of the account’s authenticator app: type it in on the account page.",
                );
                state.stuck = Some(error.clone());
                Err(error)
            }
            Err(error) => {
                if !error.kind.is_transient() && error.kind != ErrorKind::RateLimited {
                    state.stuck = Some(error.clone());
                }
                Err(error)
            }
        }
    }

    /// Stores the new pair and only then uses it.
    async fn adopt_unsaved(&self, state: &mut AuthState) -> Result<(), DriveError> {
        let Some(session) = state.unsaved.clone() else {
            return Ok(());
        };
        let text = StoredSession::Session(session.clone()).to_text(&self.seed);
        self.sessions
            .save(&text)
            .await
            .map_err(unusable(OPERATION))?;
        let now = self.site.clock.unix_s();
        let life = session.access_ends_at.saturating_sub(now);
        state.due_at = session.access_ends_at - REFRESH_LEAD_S.min(life / 4);
        state.session = Some(session);
        state.unsaved = None;
        state.generation += 1;
        state.renewed = true;
        state.renewed_at = now;
        state.signed_out = false;
        state.stuck = None;
        state.next_try = None;
        self.forget_second(state);
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
        if !state.loaded || state.session.is_none() {
            self.load(state).await?;
        }
        if refused.is_some_and(|generation| generation == state.generation) {
            // A clock that was set back makes no token new.
            let since = self.site.clock.unix_s().checked_sub(state.renewed_at);
            let is_new = since.is_some_and(|since| since < RETRY_INTERVAL.as_secs());
            let was_accepted = self.rounds.was_accepted(state.generation);
            if state.renewed && is_new && !was_accepted {
                return Err(signed_out("a new access token was not taken"));
            }
            state.due_at = 0;
            state.next_try = None;
            if let Some(session) = &mut state.session {
                session.access_ends_at = 0;
            }
        }
        self.renew_if_due(state).await?;
        let now = self.site.clock.now();
        let session = state.session.as_ref();
        let session = session.ok_or_else(|| signed_out("not signed in"))?;
        let token = session.access_token.clone();
        let access = Access {
            token: token.ok_or_else(|| signed_out("not signed in"))?,
            generation: state.generation,
        };
        let due = state.next_try.unwrap_or(at(state.due_at));
        Ok((access, due.min(at(session.access_ends_at)).max(now)))
    }
}

impl Generation for Access {
    fn generation(&self) -> u64 {
        self.generation
    }
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn signed_out(detail: &str) -> DriveError {
    DriveError::new(ErrorKind::SignedOut, OPERATION, detail)
}
