//! The pair of tokens of a drive, and the text that it is stored as.
//!
//! A session records the settings that it was made under (`seed`, a hash): with other settings in the config it
//! no longer belongs to this drive. After its owner has signed out, the drive stays so until a new sign-in or a
//! change of the settings.

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::api::secret_serde;
use crate::cloudreve::config::CloudreveConfig;

/// Two tokens and when they expire, in seconds since 1970 by our clock.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// `None` if only a refresh token is known.
    #[serde(default, with = "secret_serde")]
    pub(crate) access_token: Option<SecretString>,
    /// The upstream serves a call with an expired token as an anonymous one, so this time matters.
    pub(crate) access_ends_at: u64,
    #[serde(with = "secret_serde")]
    pub(crate) refresh_token: SecretString,
    pub(crate) refresh_ends_at: Option<u64>,
}

/// Stored state: a session, or the fact that the owner has signed out.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum StoredSession {
    Session(Session),
    SignedOut {},
}

/// Stored state with the settings that it belongs to.
#[derive(Serialize, Deserialize)]
struct Seeded<T> {
    seed: String,
    #[serde(flatten)]
    state: T,
}

impl Session {
    /// Returns the session that a configured token begins.
    pub(crate) fn configured(token: SecretString) -> Self {
        Session {
            access_token: None,
            access_ends_at: 0,
            refresh_token: token,
            refresh_ends_at: None,
        }
    }

    /// Returns true if both are the same pair.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let pair = |session: &Self| {
            (
                session.refresh_token.expose_secret().to_owned(),
                session.access_ends_at,
            )
        };
        pair(self) == pair(other)
    }
}

impl StoredSession {
    /// Parses what [`StoredSession::to_text`] wrote under the same settings; `None` if it is something else.
    pub(crate) fn from_text(text: &str, seed: &str) -> Option<Self> {
        let written: Seeded<StoredSession> = serde_json::from_str(text).ok()?;
        (written.seed == seed).then_some(written.state)
    }

    /// Returns the text to store, which is as secret as the tokens in it.
    pub(crate) fn to_text(&self, seed: &str) -> String {
        serde_json::json!(Seeded {
            seed: seed.to_owned(),
            state: self,
        })
        .to_string()
    }
}

/// Returns a hash of the settings that a session belongs to.
pub(crate) fn seed(config: &CloudreveConfig) -> String {
    let secret = |secret: &Option<SecretString>| {
        secret
            .as_ref()
            .map(|secret| secret.expose_secret().to_owned())
    };
    let settings = serde_json::json!([
        config.base_url,
        config.email,
        secret(&config.password),
        secret(&config.refresh_token)
    ]);
    HEXLOWER.encode(&Sha256::digest(settings.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_belongs_to_the_settings_that_it_was_won_under() {
        let config = |password: &str| CloudreveConfig {
            base_url: "https://cloud.example.org".to_owned(),
            email: Some("a@example.org".to_owned()),
            password: Some(password.into()),
            refresh_token: None,
            oauth: None,
            links: Vec::new(),
        };
        let (one, two) = (seed(&config("one")), seed(&config("two")));
        let session = Session {
            access_token: Some("access".into()),
            access_ends_at: 10,
            refresh_token: "refresh".into(),
            refresh_ends_at: Some(20),
        };
        let text = StoredSession::Session(session.clone()).to_text(&one);
        assert!(!text.contains("\"one\""), "the password is not stored");
        let Some(StoredSession::Session(read)) = StoredSession::from_text(&text, &one) else {
            panic!("the session is lost");
        };
        assert!(read.is_same(&session));
        assert_eq!(read.refresh_ends_at, Some(20));
        assert!(StoredSession::from_text(&text, &two).is_none());
        let ended = StoredSession::SignedOut {}.to_text(&one);
        assert!(matches!(
            StoredSession::from_text(&ended, &one),
            Some(StoredSession::SignedOut {})
        ));
        assert!(StoredSession::from_text(&ended, &two).is_none());
        // As earlier versions wrote it.
        let ended = format!(
            r#"{{"seed":"{one}","access_token":null,"access_ends_at":0,"refresh_token":null,"refresh_ends_at":null}}"#
        );
        assert!(matches!(
            StoredSession::from_text(&ended, &one),
            Some(StoredSession::SignedOut {})
        ));
        assert!(StoredSession::from_text("not a session", &one).is_none());
    }
}
