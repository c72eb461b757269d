//! The key that names the account and the secret that signs for it: what a signature is made of, which pair is in
//! force, and how a new one takes its place.
//!
//! A new pair makes the old one worthless, so it is durable before it is used. What is stored remembers from which
//! configured pair it grew: another pair in the config replaces it.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::session::{SingleFlight, stored};
use crate::teraboxdl::config::TeraboxDlConfig;
use crate::{DriveError, SessionLock, SessionStore};

/// A key with the secret that goes with it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Keys {
    #[serde(rename = "api_key", with = "crate::api::secret_serde")]
    pub(crate) key: SecretString,
    #[serde(rename = "api_secret", with = "crate::api::secret_serde")]
    pub(crate) secret: SecretString,
}

/// Which pair is in force.
pub(crate) struct KeyRing {
    configured: Keys,
    sessions: Arc<dyn SessionStore>,
    current: SingleFlight<Keys>,
}

#[derive(Serialize, Deserialize)]
struct StoredKeys {
    #[serde(flatten)]
    keys: Keys,
    /// Hash of the configured pair that was in force when this one was made.
    seed: String,
}

impl Keys {
    /// `HMAC_SHA256(api_secret, METHOD + PATH + TIMESTAMP + BODY)`, in hexadecimal.
    pub(crate) fn signature(&self, method: &str, path: &str, timestamp: u64, body: &str) -> String {
        let mut block = [0u8; 64];
        let secret = self.secret.expose_secret().as_bytes();
        // RFC 2104: a key that is longer than a block is hashed first.
        match block.get_mut(..secret.len()) {
            Some(part) => part.copy_from_slice(secret),
            None => block[..32].copy_from_slice(&Sha256::digest(secret)),
        }
        let mac = Hmac::<Sha256>::new(&block.into())
            .chain_update(method)
            .chain_update(path)
            .chain_update(timestamp.to_string())
            .chain_update(body);
        HEXLOWER.encode(&mac.finalize().into_bytes())
    }

    fn seed(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.key.expose_secret());
        hash.update([0]);
        hash.update(self.secret.expose_secret());
        HEXLOWER.encode(&hash.finalize())
    }
}

impl KeyRing {
    pub(crate) fn new(config: &TeraboxDlConfig, sessions: Arc<dyn SessionStore>) -> Self {
        KeyRing {
            configured: Keys {
                key: config.api_key.clone(),
                secret: config.api_secret.clone(),
            },
            sessions,
            current: SingleFlight::new(None),
        }
    }

    /// The pair in force.
    pub(crate) async fn keys(&self) -> Result<Keys, DriveError> {
        let load = async {
            let stored = stored::load::<StoredKeys>("key", self.sessions.as_ref()).await?;
            let stored = stored.filter(|stored| stored.seed == self.configured.seed());
            Ok(stored.map_or_else(|| self.configured.clone(), |stored| stored.keys))
        };
        self.current.get(load).await.map(Arc::unwrap_or_clone)
    }

    /// Held while a new pair is made, by one process of all that share the state; what another one has stored since
    /// is read again.
    pub(crate) async fn lock(&self) -> Result<SessionLock, DriveError> {
        let lock = self
            .sessions
            .lock()
            .await
            .map_err(stored::unusable("key"))?;
        self.current.clear().await;
        Ok(lock)
    }

    /// Stores a new pair, and uses it from then on. Where it cannot be stored it is used all the same, since the
    /// old one is worthless, and the error says that it will not outlast this run.
    pub(crate) async fn replace(&self, keys: Keys) -> Result<(), DriveError> {
        let stored = StoredKeys {
            keys: keys.clone(),
            seed: self.configured.seed(),
        };
        let mut kept = stored::save("key", self.sessions.as_ref(), &stored).await;
        if kept.is_err() {
            kept = stored::save("key", self.sessions.as_ref(), &stored).await;
        }
        self.current.set(keys).await;
        kept.map_err(|error| {
            error.with_sentence(
                "There is a new key, but it could not be stored: it serves until this server stops. Have another one made.",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: &str) -> Keys {
        Keys {
            key: "key".into(),
            secret: secret.into(),
        }
    }

    /// The document's example of what is signed; the signatures are those of Python's `hmac`.
    #[test]
    fn signatures_are_those_of_the_document() {
        let body = r#"{"url":"https://terabox.com/s/your-link"}"#;
        let sign = |secret: &str| keys(secret).signature("POST", "/v1/api", 1_744_212_345, body);
        assert_eq!(sign("your_api_secret"), SHORT);
        assert_eq!(sign(&"long ".repeat(20)), LONG);
    }

    const SHORT: &str = "882b0c0289c2f411e275a315886ecb43100e647241a05a04b3b0ac74b3b8258a";
    const LONG: &str = "bda46d4f7ae2aa39290be32cfc83bff5e6e4f9a7c157a047ec94440b46e5ce4a";
}
