//! Sign-ins on an upstream's own site that are in progress: the browser is there, and comes back with a code.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use drives::Authorization;
use media::Place;

/// The time for which the owner may stay on the site's page.
const AUTHORIZATION_TTL: Duration = Duration::from_secs(900);

/// The maximum of sign-ins in progress.
const MAX_PENDING: u64 = 64;

/// All sign-ins in progress, by their state. Clones share them.
#[derive(Clone)]
pub struct Authorizations(Cache<String, (Place, SecretString)>);

impl Default for Authorizations {
    fn default() -> Self {
        Authorizations(
            Cache::builder()
                .max_capacity(MAX_PENDING)
                .time_to_live(AUTHORIZATION_TTL)
                .build(),
        )
    }
}

impl Authorizations {
    /// Begins a sign-in that comes back to `redirect_uri`; `None` if there are no random numbers.
    pub fn begin(&self, place: &Place, redirect_uri: String) -> Option<Authorization> {
        let (state, verifier) = (random_text()?, random_text()?);
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&verifier));
        let verifier = SecretString::from(verifier);
        self.0.insert(state.clone(), (place.clone(), verifier));
        Some(Authorization {
            redirect_uri,
            state,
            challenge,
        })
    }

    /// Returns the verifier of a sign-in that came back, once; `None` if none of that state was begun at `place`.
    pub fn take(&self, place: &Place, state: &str) -> Option<SecretString> {
        let (of, verifier) = self.0.remove(state)?;
        (of == *place && !verifier.expose_secret().is_empty()).then_some(verifier)
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

    #[test]
    fn a_sign_in_comes_back_once_and_to_its_own_drive() {
        let place = |name: &str| Place::parse(name).unwrap();
        let all = Authorizations::default();
        let begun = all.begin(&place("nas"), "https://here/back".to_owned());
        let begun = begun.unwrap();
        assert_eq!((begun.state.len(), begun.challenge.len()), (43, 43));
        let verifier = all.take(&place("nas"), &begun.state).unwrap();
        let digest = Sha256::digest(verifier.expose_secret());
        assert_eq!(BASE64URL_NOPAD.encode(&digest), begun.challenge);
        assert!(all.take(&place("nas"), &begun.state).is_none(), "once");
        let begun = all.begin(&place("nas"), String::new()).unwrap();
        assert!(all.take(&place("other"), &begun.state).is_none());
        assert!(all.take(&place("nas"), "nonsense").is_none());
    }
}
