//! How a session is won, kept and renewed (document sections 2 and 5).
//!
//! Whatever takes time is a *round*: one at a time for everybody who waits, in a task of its own, so that a
//! caller who leaves cannot tear it apart. A new pair is stored durably before anybody uses it. Tokens are
//! renewed by the clock, since the upstream takes a call with a dead one for a call of nobody. A password that was
//! refused, and a question that only the owner can answer, are never put to the upstream again by themselves.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::cloudreve::codes;
use crate::cloudreve::config::CloudreveConfig;
use crate::cloudreve::request::Site;
use crate::cloudreve::session::stored::{Session, StoredSession, seed};
use crate::cloudreve::session::tokens::{Answer, Credentials};
use crate::session::stored::unusable;
use crate::session::{Generation, RefreshSession, TokenRefresh, detached, refresh_shared};
use crate::{DriveError, ErrorKind, SessionStore};

/// An access token is renewed this long before it runs out, or after three quarters of its life.
const REFRESH_LEAD_S: u64 = 5 * 60;
/// A renewal that failed while the old token lives is tried again after this.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

const OPERATION: &str = "session";

/// What a call needs.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) token: SecretString,
    /// Which of the drive's pairs this is.
    pub(crate) generation: u64,
}

pub(crate) struct Auth {
    pub(crate) site: Arc<Site>,
    config: CloudreveConfig,
    seed: String,
    sessions: Arc<dyn SessionStore>,
    state: Mutex<State>,
    rounds: TokenRefresh<Access>,
    /// Whether a sign-in waits for the code of the second factor.
    awaits_code: RwLock<bool>,
}

#[derive(Default)]
pub(crate) struct State {
    session: Option<Session>,
    loaded: bool,
    signed_out: bool,
    generation: u64,
    /// When the access token is due.
    due_at: u64,
    /// The access token came from a renewal or a sign-in here.
    renewed: bool,
    /// When it came, in seconds since 1970.
    renewed_at: u64,
    /// A new pair that is not stored yet.
    unsaved: Option<Session>,
    /// Why the drive does not sign in by itself any more.
    stuck: Option<DriveError>,
    /// A refresh token that is known to be dead.
    spent: Option<String>,
    /// A password was taken, and the code of the second factor is awaited.
    second: Option<SecondStep>,
    next_try: Option<SystemTime>,
}

struct SecondStep {
    id: SecretString,
    credentials: Credentials,
}

/// How far a sign-in has come.
pub(crate) enum Step {
    Done,
    /// The code of the second factor is wanted.
    CodeWanted,
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
            rounds: TokenRefresh::new(),
            awaits_code: RwLock::new(false),
        }
    }

    /// The settings.
    pub(crate) fn config(&self) -> &CloudreveConfig {
        &self.config
    }

    /// A token; renewed first where that is due.
    pub(crate) async fn access(self: &Arc<Self>) -> Result<Access, DriveError> {
        match self.rounds.ready(self.site.clock.now()) {
            Some(access) => Ok(access),
            None => refresh_shared(self, None).await,
        }
    }

    /// Another token than that of `generation`, which the upstream did not take.
    pub(crate) async fn renewed(self: &Arc<Self>, generation: u64) -> Result<Access, DriveError> {
        refresh_shared(self, Some(generation)).await
    }

    /// Whether a sign-in waits for the code of the second factor.
    pub(crate) fn awaits_code(&self) -> bool {
        *self
            .awaits_code
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when no round is under way.
    pub(crate) async fn drain(&self) {
        drop(self.state.lock().await);
    }

    /// When the owner must sign in again if nobody uses the drive until then, in seconds since 1970.
    pub(crate) async fn ends_at(&self) -> Option<u64> {
        self.state.lock().await.session.as_ref()?.refresh_ends_at
    }

    /// Signs in, as far as what is given leads. The session is stored when this says [`Step::Done`].
    pub(crate) async fn sign_in(
        self: &Arc<Self>,
        credentials: Option<Credentials>,
        code: Option<SecretString>,
    ) -> Result<Step, DriveError> {
        let auth = self.clone();
        detached(async move {
            let mut state = auth.state.lock().await;
            let step = auth.attempt(&mut state, credentials, code).await?;
            if matches!(step, Step::Done) {
                auth.adopt_unsaved(&mut state).await?;
                // This pair may be renewed like any other.
                state.renewed = false;
                state.loaded = true;
            }
            auth.rounds.start_anew();
            Ok(step)
        })
        .await
    }

    /// Ends the session, here, in the store and at the upstream.
    pub(crate) async fn end(&self) -> Result<(), DriveError> {
        let mut state = self.state.lock().await;
        if !state.loaded {
            self.load(&mut state).await?;
        }
        let text = StoredSession::SignedOut.to_text(&self.seed);
        self.sessions.forget().await.map_err(unusable(OPERATION))?;
        self.sessions
            .save(&text)
            .await
            .map_err(unusable(OPERATION))?;
        let session = state.session.take();
        state.unsaved = None;
        state.stuck = None;
        state.signed_out = true;
        state.generation += 1;
        self.forget_second(&mut state);
        self.rounds.start_anew();
        if let Some(session) = session {
            // What is forgotten here is out of use, whether the upstream hears of it or not.
            if let Err(error) = self.site.end_session(&session.refresh_token).await {
                tracing::debug!(%error, "the upstream was not told of the end of a session");
            }
        }
        Ok(())
    }

    /// Takes the stored session, or the configured token; later, a session that somebody else stored.
    async fn load(&self, state: &mut State) -> Result<(), DriveError> {
        let stored = self.sessions.load().await.map_err(unusable(OPERATION))?;
        let kept = stored.and_then(|text| StoredSession::from_text(&text, &self.seed));
        state.signed_out = matches!(kept, Some(StoredSession::SignedOut));
        let found = match kept {
            Some(StoredSession::Session(session)) => Some(session),
            Some(StoredSession::SignedOut) => None,
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

    /// Renews the pair where it is due. A renewal that fails while the old token lives is put off.
    async fn renew_if_due(&self, state: &mut State) -> Result<(), DriveError> {
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
        // Others may share the state: one of us renews, and whoever waited takes what that has brought.
        let lock = self.sessions.lock().await.map_err(unusable(OPERATION))?;
        let generation = state.generation;
        // One that was refused is not taken from the store again.
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

    /// A new pair: for the refresh token, or where that is dead, for the configured password.
    async fn acquire_tokens(&self, state: &mut State) -> Result<(), DriveError> {
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
        match self.attempt(state, Some(credentials), None).await {
            Ok(Step::Done) => self.adopt_unsaved(state).await,
            Ok(Step::CodeWanted) => {
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

    fn configured(&self) -> Option<Credentials> {
        Some(Credentials {
            email: self.config.email.clone()?,
            password: self.config.password.clone()?,
        })
    }

    /// One attempt at a sign-in; what it wins is not stored yet.
    async fn attempt(
        &self,
        state: &mut State,
        credentials: Option<Credentials>,
        code: Option<SecretString>,
    ) -> Result<Step, DriveError> {
        if let (None, Some(code), Some(second)) = (&credentials, &code, &state.second) {
            match self.site.second_step(&second.id, code).await {
                // It had run out meanwhile: the password once more, then the same code.
                Err(error) if error.upstream_code == Some(codes::NO_SUCH_THING) => {}
                Err(error) => return Err(error),
                Ok(session) => {
                    state.unsaved = Some(session);
                    return Ok(Step::Done);
                }
            }
        }
        let waiting = state
            .second
            .as_ref()
            .map(|second| second.credentials.clone());
        let credentials = credentials.or(waiting).or_else(|| self.configured());
        let credentials = credentials.ok_or_else(|| {
            DriveError::bad_request(OPERATION, "no password")
                .with_sentence("The email address and the password are missing.")
        })?;
        let session = match (self.site.first_step(&credentials).await?, code) {
            (Answer::Signed(session), _) => *session,
            (Answer::Second(id), Some(code)) => {
                let answer = self.site.second_step(&id, &code).await;
                if answer.is_err() {
                    self.await_code(state, id, credentials);
                }
                answer?
            }
            (Answer::Second(id), None) => {
                self.await_code(state, id, credentials);
                return Ok(Step::CodeWanted);
            }
        };
        state.unsaved = Some(session);
        Ok(Step::Done)
    }

    fn await_code(&self, state: &mut State, id: SecretString, credentials: Credentials) {
        state.second = Some(SecondStep { id, credentials });
        *self
            .awaits_code
            .write()
            .unwrap_or_else(PoisonError::into_inner) = true;
    }

    fn forget_second(&self, state: &mut State) {
        state.second = None;
        *self
            .awaits_code
            .write()
            .unwrap_or_else(PoisonError::into_inner) = false;
    }

    /// Stores the new pair and only then puts it to use.
    async fn adopt_unsaved(&self, state: &mut State) -> Result<(), DriveError> {
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
    type State = State;
    type Access = Access;

    fn rounds(&self) -> (&TokenRefresh<Access>, &Mutex<State>) {
        (&self.rounds, &self.state)
    }

    async fn refresh(
        &self,
        state: &mut State,
        refused: Option<u64>,
    ) -> Result<(Access, SystemTime), DriveError> {
        if state.unsaved.is_some() {
            self.adopt_unsaved(state).await?;
        }
        if !state.loaded || state.session.is_none() {
            self.load(state).await?;
        }
        if refused.is_some_and(|generation| generation == state.generation) {
            let is_new = self.site.clock.unix_s() < state.renewed_at + RETRY_INTERVAL.as_secs();
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
