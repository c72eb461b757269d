//! The pair of tokens of a drive, and the text that it is stored as.
//!
//! A session records the settings that it was made under (`seed`, a hash): with other settings in the config it
//! no longer belongs to this drive. After its owner has signed out, the drive stays so until a new sign-in or a
//! change of the settings.

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cloudreve::config::CloudreveConfig;

/// Two tokens and when they expire, in seconds since 1970 by our clock.
#[derive(Clone)]
pub(crate) struct Session {
    /// `None` if only a refresh token is known.
    pub(crate) access_token: Option<SecretString>,
    /// The upstream serves a call with an expired token as an anonymous one, so this time matters.
    pub(crate) access_ends_at: u64,
    pub(crate) refresh_token: SecretString,
    pub(crate) refresh_ends_at: Option<u64>,
}

/// Stored state: a session, or the fact that the owner has signed out.
#[derive(Clone)]
pub(crate) enum StoredSession {
    Session(Session),
    SignedOut,
}

#[derive(Serialize, Deserialize)]
struct SerializedSession {
    seed: String,
    access_token: Option<String>,
    access_ends_at: u64,
    /// `None` if the owner has signed out.
    refresh_token: Option<String>,
    refresh_ends_at: Option<u64>,
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
        let written: SerializedSession = serde_json::from_str(text).ok()?;
        if written.seed != seed {
            return None;
        }
        Some(match written.refresh_token {
            None => StoredSession::SignedOut,
            Some(refresh_token) => StoredSession::Session(Session {
                access_token: written.access_token.map(SecretString::from),
                access_ends_at: written.access_ends_at,
                refresh_token: refresh_token.into(),
                refresh_ends_at: written.refresh_ends_at,
            }),
        })
    }

    /// Returns the text to store, which is as secret as the tokens in it.
    pub(crate) fn to_text(&self, seed: &str) -> String {
        let session = match self {
            StoredSession::Session(session) => Some(session),
            StoredSession::SignedOut => None,
        };
        let plain = |token: &SecretString| token.expose_secret().to_owned();
        serde_json::json!(SerializedSession {
            seed: seed.to_owned(),
            access_token: session
                .and_then(|session| session.access_token.as_ref())
                .map(plain),
            access_ends_at: session.map_or(0, |session| session.access_ends_at),
            refresh_token: session.map(|session| plain(&session.refresh_token)),
            refresh_ends_at: session.and_then(|session| session.refresh_ends_at),
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
        let ended = StoredSession::SignedOut.to_text(&one);
        assert!(matches!(
            StoredSession::from_text(&ended, &one),
            Some(StoredSession::SignedOut)
        ));
        assert!(StoredSession::from_text(&ended, &two).is_none());
        assert!(StoredSession::from_text("not a session", &one).is_none());
    }
}
