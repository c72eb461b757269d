//! Sign-ins on an upstream's own site that are in progress: the browser is there, and comes back with a code.

use std::time::{Duration, SystemTime};

use data_encoding::BASE64URL_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::store::{PendingKind, Store, StoreError};
use drives::Authorization;
use media::Place;

/// The time for which the owner may stay on the site's page.
const AUTHORIZATION_TTL: Duration = Duration::from_secs(900);

/// All sign-ins in progress, by their state. They are stored, so that any server on the state can finish one. Clones share
/// them.
#[derive(Clone)]
pub struct Authorizations(Store);

impl Authorizations {
    /// Returns the sign-ins of a state.
    pub fn new(store: Store) -> Self {
        Authorizations(store)
    }

    /// Begins a sign-in that comes back to `redirect_uri`; `None` if there are no random numbers.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn begin(
        &self,
        place: &Place,
        redirect_uri: String,
        now: SystemTime,
    ) -> Result<Option<Authorization>, StoreError> {
        let (Some(state), Some(verifier)) = (random_text(), random_text()) else {
            return Ok(None);
        };
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&verifier));
        // A place has no space.
        let body = format!("{place} {verifier}");
        let until = (now, now + AUTHORIZATION_TTL);
        self.0
            .put_pending(PendingKind::SiteSignIn, &state, &body, until)
            .await?;
        Ok(Some(Authorization {
            redirect_uri,
            state,
            challenge,
        }))
    }

    /// Returns the verifier of a sign-in that came back, once; `None` if none of that state was begun at `place`.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read or written.
    pub async fn take(
        &self,
        place: &Place,
        state: &str,
        now: SystemTime,
    ) -> Result<Option<SecretString>, StoreError> {
        let body = self.0.pending(PendingKind::SiteSignIn, state, now).await?;
        let Some(body) = body.map(SecretString::from) else {
            return Ok(None);
        };
        let text = body.expose_secret();
        let is_first = self.0.take_pending(PendingKind::SiteSignIn, state, text);
        let is_first = is_first.await?;
        let verifier = text
            .split_once(' ')
            .filter(|(of, verifier)| is_first && *of == place.as_str() && !verifier.is_empty());
        Ok(verifier.map(|(_, verifier)| verifier.to_owned().into()))
    }
}

/// Returns 256 random bits as text: 43 characters, as a verifier requires (RFC 7636, section 4.1).
fn random_text() -> Option<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(BASE64URL_NOPAD.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sign_in_comes_back_once_in_time_and_to_its_own_drive() {
        let place = |name: &str| Place::parse(name).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let all = Authorizations::new(Store::open(dir.path()).await.unwrap());
        let now = SystemTime::now();
        let begin = async |name: &str| {
            let place = place(name);
            let begun = all.begin(&place, "https://here/back".to_owned(), now);
            begun.await.unwrap().unwrap()
        };
        let take = async |name: &str, state: &str, now| {
            let place = place(name);
            let taken = all.take(&place, state, now);
            taken.await.unwrap()
        };
        let begun = begin("nas").await;
        assert_eq!((begun.state.len(), begun.challenge.len()), (43, 43));
        let verifier = take("nas", &begun.state, now).await.unwrap();
        let digest = Sha256::digest(verifier.expose_secret());
        assert_eq!(BASE64URL_NOPAD.encode(&digest), begun.challenge);
        assert!(take("nas", &begun.state, now).await.is_none(), "once");
        let begun = begin("nas").await;
        assert!(take("other", &begun.state, now).await.is_none());
        assert!(take("nas", "nonsense", now).await.is_none());
        let begun = begin("nas").await;
        let late = now + AUTHORIZATION_TTL;
        assert!(take("nas", &begun.state, late).await.is_none());
    }
}
