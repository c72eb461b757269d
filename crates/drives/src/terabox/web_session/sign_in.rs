//! Adopts, loads and ends a pasted web session.

use std::sync::Arc;

use super::{WebConfig, WebSession};
use crate::terabox::cookie::hosts;
use crate::terabox::cookie::{NoCookie, WebCookie};
use crate::terabox::web_session::stored::StoredSession;
use crate::{DriveError, SessionStoreError};

const ANOTHER_SITE: &str = "This cookie is of another website than the one that is set as the drive’s address. Leave the \
    address out, or copy the cookie of that one.";

impl WebSession {
    /// Tests a pasted session at once. If it is valid, stores it durably and puts it to use.
    pub(crate) async fn adopt(&self, paste: &str) -> Result<(), DriveError> {
        let operation = "sign_in";
        let now_s = self.clock.unix_s() as i64;
        let cookie = WebCookie::read(paste, now_s).map_err(|no| {
            let sentence = match no {
                NoCookie::Ended => "The cookie that was pasted has ended already: sign in to the website again and copy the new one.",
                NoCookie::NotThere | NoCookie::TooLong => "There is no cookie called ndus in what was pasted.",
            };
            DriveError::bad_request(operation, no.to_string()).with_sentence(sentence)
        })?;
        let base = self.website(Some(&cookie));
        if let Some(domain) = cookie.domain.as_deref()
            && !hosts::may_see_session(&base, &format!("{}://{domain}/", scheme(&base)))
        {
            let error = DriveError::bad_request(operation, "a cookie of another site");
            return Err(error.with_sentence(ANOTHER_SITE));
        }
        let guard = self.credentials.lock().await;
        self.load().await?;
        // The test uses a separate session: the session in use stays as it is until this one has proved valid.
        let trial = WebSession::new(
            WebConfig {
                cookie: Some(cookie.clone()),
                ..self.config.clone()
            },
            self.http.clone(),
            self.clock.clone(),
            None,
        );
        trial
            .info()
            .await
            .map_err(|error| DriveError { operation, ..error })?;
        let kept = StoredSession {
            cookie: Some(cookie),
            since: Some(now_s),
            seed: StoredSession::configured(self.config.cookie.as_ref()).seed,
        };
        self.save(&kept).await?;
        self.change(|state| state.kept = kept);
        match trial.credentials.current() {
            Some(credentials) => drop(guard.set(Arc::unwrap_or_clone(credentials))),
            None => guard.clear(),
        }
        Ok(())
    }

    /// Deletes the session, here and in the store.
    pub(crate) async fn end(&self) -> Result<(), DriveError> {
        let guard = self.credentials.lock().await;
        let ended = StoredSession {
            cookie: None,
            since: None,
            ..StoredSession::configured(self.config.cookie.as_ref())
        };
        self.save(&ended).await?;
        self.change(|state| {
            state.kept = ended;
            state.loaded = true;
        });
        guard.clear();
        Ok(())
    }

    /// Waits until no change of the session is under way.
    pub(crate) async fn drain(&self) {
        drop(self.credentials.lock().await);
    }

    async fn save(&self, kept: &StoredSession) -> Result<(), DriveError> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        store
            .save(&kept.to_text())
            .await
            .map_err(|error| not_kept(&error))
    }

    /// Loads the stored session, or the configured one. The caller holds the
    /// lock of the credentials.
    pub(crate) async fn load(&self) -> Result<(), DriveError> {
        if self.read(|state| state.loaded) {
            return Ok(());
        }
        let kept = match &self.store {
            Some(store) => store.load().await.map_err(|error| not_kept(&error))?,
            None => None,
        };
        let kept = kept.as_deref().and_then(StoredSession::from_text);
        let mut chosen =
            StoredSession::choose(kept, StoredSession::configured(self.config.cookie.as_ref()));
        if chosen.since.is_none() && chosen.cookie.is_some() {
            // A guessed end counts from here on, over restarts.
            let now_s = self.clock.unix_s() as i64;
            let configured = StoredSession::configured(self.config.cookie.as_ref());
            self.save(&StoredSession::used_since(configured, now_s))
                .await?;
            chosen.since = Some(now_s);
        }
        self.change(|state| {
            state.kept = chosen;
            state.loaded = true;
        });
        Ok(())
    }
}

fn scheme(base: &str) -> &str {
    base.split_once("://").map_or("https", |(scheme, _)| scheme)
}

fn not_kept(error: &SessionStoreError) -> DriveError {
    DriveError::failed("session", error.to_string())
        .with_sentence("This server could not read or write its own state.")
}
