//! The pair of tokens that a drive lives on, and the text that it is stored as.
//!
//! A session remembers from which first pair it grew (`seed`, a hash), so that the owner can replace
//! it by putting another pair into the config, and only so: each refresh token works once, hence the
//! stored pair is newer than the configured one that it began with.

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::terabox::config::TeraboxConfig;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// None where only a refresh token is known.
    #[serde(with = "crate::api::secret_serde")]
    pub(crate) access_token: Option<SecretString>,
    #[serde(with = "crate::api::secret_serde")]
    pub(crate) refresh_token: Option<SecretString>,
    /// When the access token runs out, in seconds since 1970, where known.
    pub(crate) expires_at: Option<u64>,
    /// When the refresh token runs out, and all those that it is exchanged for: the owner must sign in again
    /// by then at the latest. In seconds since 1970, where known.
    #[serde(default)]
    pub(crate) ends_at: Option<u64>,
    /// Hash of the configured token that this session grew from, or that the config held when it began.
    pub(crate) seed: Option<String>,
}

impl Session {
    /// The session that the config begins, where it holds a token.
    pub(crate) fn seeded(config: &TeraboxConfig) -> Option<Self> {
        let token = config
            .refresh_token
            .as_ref()
            .or(config.access_token.as_ref())?;
        Some(Session {
            access_token: config.access_token.clone(),
            refresh_token: config.refresh_token.clone(),
            expires_at: None,
            ends_at: None,
            seed: Some(HEXLOWER.encode(&Sha256::digest(token.expose_secret()))),
        })
    }

    /// What is stored when the owner has signed out: no token, only which configured pair it was, so that this
    /// one does not sign in again by itself, in this run or the next. Another pair in the config does.
    pub(crate) fn signed_out(seeded: Option<&Self>) -> Self {
        Session {
            access_token: None,
            refresh_token: None,
            expires_at: None,
            ends_at: None,
            seed: seeded.and_then(|seeded| seeded.seed.clone()),
        }
    }

    fn has_ended(&self) -> bool {
        self.access_token.is_none() && self.refresh_token.is_none()
    }

    /// Which of the two rules: the stored one, unless it grew from a configured pair and the config
    /// now holds another.
    pub(crate) fn choose(stored: Option<Self>, seeded: Option<Self>) -> Option<Self> {
        match (stored, seeded) {
            (Some(stored), Some(seeded)) if stored.seed.is_some() && stored.seed != seeded.seed => {
                Some(seeded)
            }
            (Some(stored), Some(seeded)) if stored.has_ended() && stored.seed.is_none() => {
                Some(seeded)
            }
            (Some(stored), _) => Some(stored).filter(|stored| !stored.has_ended()),
            (None, seeded) => seeded,
        }
    }

    /// Whether both hold the same refresh token.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let refresh = |session: &Self| {
            let token = session.refresh_token.as_ref();
            token.map(|token| token.expose_secret().to_owned())
        };
        refresh(self) == refresh(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(refresh: Option<&str>) -> TeraboxConfig {
        let mut config = TeraboxConfig::new("id", "secret".into(), "private".into());
        config.refresh_token = refresh.map(SecretString::from);
        config
    }

    #[test]
    fn the_stored_pair_rules_until_the_config_brings_another() {
        let first = Session::seeded(&config(Some("first"))).unwrap();
        let mut stored = Session::from_text(&first.to_text()).unwrap();
        stored.refresh_token = Some("rotated".into());
        let refresh_token = |session: Option<Session>| {
            session.map(|session| session.refresh_token.unwrap().expose_secret().to_owned())
        };
        let choose = |stored: Option<&Session>, refresh| {
            refresh_token(Session::choose(
                stored.cloned(),
                Session::seeded(&config(refresh)),
            ))
        };
        assert_eq!(choose(None, None), None);
        assert_eq!(choose(None, Some("first")).unwrap(), "first");
        assert_eq!(choose(Some(&stored), Some("first")).unwrap(), "rotated");
        assert_eq!(choose(Some(&stored), None).unwrap(), "rotated");
        assert_eq!(choose(Some(&stored), Some("second")).unwrap(), "second");
        assert!(Session::from_text("not a session").is_none());

        // Signed out, only a new pair in the config signs in again.
        let ended = Session::signed_out(Some(&first)).to_text();
        assert!(!ended.contains("first"));
        let ended = Session::from_text(&ended).unwrap();
        assert_eq!(choose(Some(&ended), Some("first")), None);
        assert_eq!(choose(Some(&ended), None), None);
        assert_eq!(choose(Some(&ended), Some("second")).unwrap(), "second");
        let ended = Session::signed_out(None);
        assert_eq!(choose(Some(&ended), None), None);
        assert_eq!(choose(Some(&ended), Some("second")).unwrap(), "second");
    }
}
