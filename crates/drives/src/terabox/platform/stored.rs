//! A drive's pair of tokens, and the text form that it is stored in.
//!
//! A session records the first pair that it grew from (`seed`, a hash), so that the owner can replace it by
//! putting another pair into the config, and in no other way: each refresh token works once, hence the stored
//! pair is newer than the configured one that it began with.

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::terabox::config::TeraboxConfig;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// `None` if only a refresh token is known.
    #[serde(default, with = "crate::api::secret_serde")]
    pub(crate) access_token: Option<SecretString>,
    #[serde(default, with = "crate::api::secret_serde")]
    pub(crate) refresh_token: Option<SecretString>,
    /// Expiry of the access token in seconds since 1970, where known.
    pub(crate) expires_at: Option<u64>,
    /// Expiry of the refresh token and of all those that it is exchanged for, in seconds since 1970, where
    /// known: the owner must sign in again by then at the latest.
    pub(crate) ends_at: Option<u64>,
    /// Hash of the configured token that this session grew from, or that the config held when it began.
    pub(crate) seed: Option<String>,
}

impl Session {
    /// Returns the session that the config begins; `None` if the config holds no token.
    pub(crate) fn configured(config: &TeraboxConfig) -> Option<Self> {
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

    /// Returns the record of a sign-out: no token, only the hash of the configured pair, so that this pair does
    /// not sign in again by itself, in this run or the next. Another pair in the config does.
    pub(crate) fn signed_out(configured: Option<&Self>) -> Self {
        Session {
            access_token: None,
            refresh_token: None,
            expires_at: None,
            ends_at: None,
            seed: configured.and_then(|configured| configured.seed.clone()),
        }
    }

    fn has_ended(&self) -> bool {
        self.access_token.is_none() && self.refresh_token.is_none()
    }

    /// Returns the valid one of the two: the stored session, unless it grew from a configured pair and the
    /// config now holds another. `None` if there is neither.
    pub(crate) fn choose(stored: Option<Self>, configured: Option<Self>) -> Option<Self> {
        match (stored, configured) {
            (Some(stored), Some(configured))
                if stored.seed.is_some() && stored.seed != configured.seed =>
            {
                Some(configured)
            }
            (Some(stored), Some(configured)) if stored.has_ended() && stored.seed.is_none() => {
                Some(configured)
            }
            (Some(stored), _) => Some(stored).filter(|stored| !stored.has_ended()),
            (None, configured) => configured,
        }
    }

    /// Returns true if both hold the same refresh token.
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

    fn text(session: &Session) -> String {
        serde_json::to_string(session).unwrap()
    }

    fn read(text: &str) -> Option<Session> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn the_stored_pair_rules_until_the_config_brings_another() {
        let first = Session::configured(&config(Some("first"))).unwrap();
        let mut stored = read(&text(&first)).unwrap();
        stored.refresh_token = Some("rotated".into());
        let refresh_token = |session: Option<Session>| {
            session.map(|session| session.refresh_token.unwrap().expose_secret().to_owned())
        };
        let choose = |stored: Option<&Session>, refresh| {
            refresh_token(Session::choose(
                stored.cloned(),
                Session::configured(&config(refresh)),
            ))
        };
        assert_eq!(choose(None, None), None);
        assert_eq!(choose(None, Some("first")).unwrap(), "first");
        assert_eq!(choose(Some(&stored), Some("first")).unwrap(), "rotated");
        assert_eq!(choose(Some(&stored), None).unwrap(), "rotated");
        assert_eq!(choose(Some(&stored), Some("second")).unwrap(), "second");
        assert!(read("not a session").is_none());

        // After a sign-out, only a new pair in the config signs in again.
        let ended = text(&Session::signed_out(Some(&first)));
        assert!(!ended.contains("first"));
        let ended = read(&ended).unwrap();
        assert_eq!(choose(Some(&ended), Some("first")), None);
        assert_eq!(choose(Some(&ended), None), None);
        assert_eq!(choose(Some(&ended), Some("second")).unwrap(), "second");
        let ended = Session::signed_out(None);
        assert_eq!(choose(Some(&ended), None), None);
        assert_eq!(choose(Some(&ended), Some("second")).unwrap(), "second");
    }
}
