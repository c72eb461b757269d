//! Signs in by password, in up to three steps: the password, a captcha, a code of the second factor.

use std::sync::{Arc, PoisonError};

use secrecy::SecretString;

use super::{Auth, AuthState, OPERATION};
use crate::DriveError;
use crate::cloudreve::codes;
use crate::cloudreve::session::tokens::{Answer, CaptchaAnswer, Credentials};
use crate::session::detached;

/// A captcha that was shown, and the credentials that were typed in before it.
pub(super) struct PendingCaptcha {
    /// Good for one attempt.
    ticket: SecretString,
    credentials: Credentials,
    code: Option<SecretString>,
}

pub(super) struct SecondStep {
    id: SecretString,
    credentials: Credentials,
}

/// Progress of a sign-in.
pub(crate) enum SignInStep {
    Done,
    /// The code of the second factor is required.
    CodeWanted,
    /// The characters in a picture are required.
    CaptchaWanted,
}

impl Auth {
    /// Signs in, as far as the given credentials allow. The session is stored when this returns [`SignInStep::Done`].
    pub(crate) async fn sign_in(
        self: &Arc<Self>,
        credentials: Option<Credentials>,
        code: Option<SecretString>,
        captcha: Option<SecretString>,
    ) -> Result<SignInStep, DriveError> {
        let auth = self.clone();
        detached(async move {
            let mut state = auth.state.lock().await;
            let step = auth
                .attempt_with_captcha(&mut state, credentials, code, captcha)
                .await?;
            if matches!(step, SignInStep::Done) {
                auth.adopt_unsaved(&mut state).await?;
                // This pair may be renewed like any other.
                state.renewed = false;
                state.loaded = true;
            }
            auth.rounds.reset();
            Ok(step)
        })
        .await
    }

    /// Signs in with the code that the site led back with. The session is stored when this returns.
    pub(crate) async fn sign_in_by_code(
        self: &Arc<Self>,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<(), DriveError> {
        let (auth, code, verifier) = (self.clone(), code.clone(), verifier.clone());
        detached(async move {
            let client = auth.config.oauth.as_ref().ok_or_else(|| {
                DriveError::unsupported(OPERATION, "no client_id in the settings")
            })?;
            let session = auth.site.exchange(client, &code, &verifier).await?;
            let mut state = auth.state.lock().await;
            state.unsaved = Some(session);
            auth.adopt_unsaved(&mut state).await?;
            // This pair may be renewed like any other.
            state.renewed = false;
            state.loaded = true;
            auth.rounds.reset();
            Ok(())
        })
        .await
    }

    pub(super) fn configured(&self) -> Option<Credentials> {
        Some(Credentials {
            email: self.config.email.clone()?,
            password: self.config.password.clone()?,
        })
    }

    /// Makes one attempt at a sign-in; the tokens are not yet stored.
    pub(super) async fn attempt(
        &self,
        state: &mut AuthState,
        credentials: Option<Credentials>,
        code: Option<SecretString>,
        captcha: Option<&CaptchaAnswer>,
    ) -> Result<SignInStep, DriveError> {
        if let (None, Some(code), Some(second)) = (&credentials, &code, &state.second) {
            match self.site.second_step(&second.id, code).await {
                // It had expired meanwhile: repeats the password, then the same code.
                Err(error) if error.upstream_code == Some(codes::NO_SUCH_THING) => {}
                Err(error) => return Err(error),
                Ok(session) => {
                    state.unsaved = Some(session);
                    return Ok(SignInStep::Done);
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
        let first = self.site.first_step(&credentials, captcha).await?;
        let session = match (first, code) {
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
                return Ok(SignInStep::CodeWanted);
            }
        };
        state.unsaved = Some(session);
        Ok(SignInStep::Done)
    }

    /// Makes one attempt for its owner: if the site asks for a captcha that is a picture, the form shows it next.
    async fn attempt_with_captcha(
        &self,
        state: &mut AuthState,
        credentials: Option<Credentials>,
        code: Option<SecretString>,
        captcha: Option<SecretString>,
    ) -> Result<SignInStep, DriveError> {
        let shown = state.captcha.take();
        self.show_captcha(None);
        let (answer, credentials, code) = match (shown, captcha) {
            (Some(shown), Some(text)) => {
                let answer = CaptchaAnswer {
                    ticket: shown.ticket,
                    text,
                };
                let credentials = credentials.or(Some(shown.credentials));
                (Some(answer), credentials, code.or(shown.code))
            }
            _ => (None, credentials, code),
        };
        let attempt = self.attempt(state, credentials.clone(), code.clone(), answer.as_ref());
        let refused = match attempt.await {
            Err(error) if codes::is_captcha(error.upstream_code) => error,
            step => return step,
        };
        let Some(credentials) = credentials.or_else(|| self.configured()) else {
            return Err(refused);
        };
        let Some(captcha) = self.site.captcha().await? else {
            return Err(refused.with_sentence(
                "The site asks for a captcha that its own page alone can show. Sign in there, which needs a client_id of the \
                 site’s administrator, or with a refresh_token.",
            ));
        };
        self.show_captcha(Some(captcha.image));
        state.captcha = Some(PendingCaptcha {
            ticket: captcha.ticket,
            credentials,
            code,
        });
        match answer {
            None => Ok(SignInStep::CaptchaWanted),
            Some(_) => Err(
                DriveError::bad_request(OPERATION, "another captcha").with_sentence(
                    "Those are not the characters in the picture. Here is another one.",
                ),
            ),
        }
    }

    /// Returns the picture of the captcha that a sign-in waits for, as a `data:` URL; `None` if it waits for none.
    pub(crate) fn captcha_picture(&self) -> Option<String> {
        let picture = self.captcha_picture.read();
        picture.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn show_captcha(&self, picture: Option<String>) {
        let shown = self.captcha_picture.write();
        *shown.unwrap_or_else(PoisonError::into_inner) = picture;
    }

    fn await_code(&self, state: &mut AuthState, id: SecretString, credentials: Credentials) {
        state.second = Some(SecondStep { id, credentials });
        *self
            .awaits_code
            .write()
            .unwrap_or_else(PoisonError::into_inner) = true;
    }

    pub(super) fn forget_second(&self, state: &mut AuthState) {
        state.second = None;
        *self
            .awaits_code
            .write()
            .unwrap_or_else(PoisonError::into_inner) = false;
    }
}
