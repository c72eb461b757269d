//! The stored form of a web session, so that a session pasted on a page outlives a restart: its cookies, and
//! the configured cookie that it replaced.
//!
//! As with tokens, the config takes precedence: another cookie there replaces the stored one, the same one does
//! not.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::terabox::cookie::WebCookie;

/// The session of a drive, or the record that it was ended.
#[derive(Clone, Default)]
pub(crate) struct StoredSession {
    pub(crate) cookie: Option<WebCookie>,
    /// Time of its first use here, in seconds since 1970.
    pub(crate) since: Option<i64>,
    /// Fingerprint of the configured cookie at that time.
    pub(crate) seed: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SerializedSession {
    web: bool,
    pairs: Vec<(String, String)>,
    ends_at: Option<i64>,
    domain: Option<String>,
    since: Option<i64>,
    seed: Option<String>,
}

impl StoredSession {
    /// Returns the session that the config begins.
    pub(crate) fn configured(cookie: Option<&WebCookie>) -> Self {
        StoredSession {
            cookie: cookie.cloned(),
            since: None,
            seed: cookie.map(WebCookie::fingerprint),
        }
    }

    /// Returns the stored form of the configured session: the time of its first use, and not the cookie, which
    /// stands in the config.
    pub(crate) fn used_since(configured: Self, now_s: i64) -> Self {
        StoredSession {
            cookie: None,
            since: Some(now_s),
            ..configured
        }
    }

    /// Returns the valid one of the two: the stored session, unless the config holds another cookie than it did
    /// then.
    pub(crate) fn choose(kept: Option<Self>, configured: Self) -> Self {
        match kept {
            Some(kept)
                if kept.cookie.is_none()
                    && kept.since.is_some()
                    && kept.seed == configured.seed =>
            {
                StoredSession {
                    since: kept.since,
                    ..configured
                }
            }
            Some(kept) if configured.seed.is_none() || kept.seed == configured.seed => kept,
            _ => configured,
        }
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let written: SerializedSession = serde_json::from_str(text).ok()?;
        let pairs = written.pairs.into_iter();
        let pairs = pairs.map(|(name, value)| (name, SecretString::from(value)));
        Some(StoredSession {
            cookie: WebCookie::kept(pairs.collect(), written.ends_at, written.domain),
            since: written.since,
            seed: written.seed,
        })
    }

    /// Returns the text to store; as secret as its content.
    pub(crate) fn to_text(&self) -> String {
        let cookie = self.cookie.as_ref();
        let pairs = cookie.map_or(&[][..], WebCookie::pairs).iter();
        let written = SerializedSession {
            web: true,
            pairs: pairs
                .map(|(name, value)| (name.clone(), value.expose_secret().to_owned()))
                .collect(),
            ends_at: cookie.and_then(|cookie| cookie.ends_at),
            domain: cookie.and_then(|cookie| cookie.domain.clone()),
            since: self.since,
            seed: self.seed.clone(),
        };
        serde_json::json!(written).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pasted_rules_until_the_config_brings_another() {
        let cookie = |value: &str| WebCookie::read(&format!("ndus={value}"), 0).unwrap();
        let (one, two) = (cookie("one-1111"), cookie("two-2222"));
        let pasted = StoredSession {
            cookie: Some(two.clone()),
            since: Some(5),
            ..StoredSession::configured(Some(&one))
        };
        let pasted = StoredSession::from_text(&pasted.to_text()).unwrap();
        let header = |kept: StoredSession| kept.cookie.map(|cookie| cookie.header(&[]));
        let choose = |kept: &StoredSession, config: Option<&WebCookie>| {
            header(StoredSession::choose(
                Some(kept.clone()),
                StoredSession::configured(config),
            ))
        };
        assert_eq!(
            choose(&pasted, Some(&one)).as_deref(),
            Some("ndus=two-2222")
        );
        assert_eq!(choose(&pasted, None).as_deref(), Some("ndus=two-2222"));
        let third = cookie("three-333");
        assert_eq!(
            choose(&pasted, Some(&third)).as_deref(),
            Some("ndus=three-333")
        );
        // Of a configured session, only the time is stored.
        let used = StoredSession::used_since(StoredSession::configured(Some(&one)), 7);
        assert!(!used.to_text().contains("one-1111"));
        let used = StoredSession::from_text(&used.to_text()).unwrap();
        let again =
            StoredSession::choose(Some(used.clone()), StoredSession::configured(Some(&one)));
        assert_eq!((again.since, again.cookie.is_some()), (Some(7), true));
        assert_eq!(choose(&used, Some(&two)).as_deref(), Some("ndus=two-2222"));
        assert_eq!(choose(&used, None), None);
        // After a sign-out on a page, only another cookie in the config begins a session again.
        let ended = StoredSession {
            cookie: None,
            ..StoredSession::configured(Some(&one))
        };
        let ended = StoredSession::from_text(&ended.to_text()).unwrap();
        assert_eq!(choose(&ended, Some(&one)), None);
        assert_eq!(choose(&ended, Some(&two)).as_deref(), Some("ndus=two-2222"));
        assert!(StoredSession::from_text("{\"access_token\":\"x\"}").is_none());
    }
}
