//! The API key that names the account and the secret that signs for it: the input of a signature, the pair in
//! force, and its replacement by a new pair.
//!
//! A new pair invalidates the old one, so it is stored durably before it is used. The stored pair records the
//! configured pair that it was made from: another pair in the config replaces it.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::session::{SingleFlight, stored};
use crate::teraboxdl::config::TeraboxDlConfig;
use crate::{DriveError, SessionLock, SessionStore};

/// A key with its secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Keys {
    #[serde(rename = "api_key", with = "crate::api::secret_serde")]
    pub(crate) key: SecretString,
    #[serde(rename = "api_secret", with = "crate::api::secret_serde")]
    pub(crate) secret: SecretString,
}

/// The pair in force.
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
    /// Returns `HMAC_SHA256(api_secret, METHOD + PATH + TIMESTAMP + BODY)`, in hexadecimal.
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

    /// Returns the pair in force.
    pub(crate) async fn keys(&self) -> Result<Keys, DriveError> {
        let load = async {
            let stored = stored::load::<StoredKeys>("key", self.sessions.as_ref()).await?;
            let stored = stored.filter(|stored| stored.seed == self.configured.seed());
            Ok(stored.map_or_else(|| self.configured.clone(), |stored| stored.keys))
        };
        self.current.get(load).await.map(Arc::unwrap_or_clone)
    }

    /// Locks the stored pair while a new one is made, against all processes that share the state. A pair that
    /// another process has stored since is loaded again.
    pub(crate) async fn lock(&self) -> Result<SessionLock, DriveError> {
        let lock = self
            .sessions
            .lock()
            .await
            .map_err(stored::unusable("key"))?;
        self.current.clear();
        Ok(lock)
    }

    /// Stores a new pair, and uses it from then on. If storing fails it is used all the same, since the old
    /// pair is invalid, and the error says that the new pair is lost at the next restart.
    pub(crate) async fn replace(&self, keys: Keys) -> Result<(), DriveError> {
        let stored = StoredKeys {
            keys: keys.clone(),
            seed: self.configured.seed(),
        };
        let mut kept = stored::save("key", self.sessions.as_ref(), &stored).await;
        if kept.is_err() {
            kept = stored::save("key", self.sessions.as_ref(), &stored).await;
        }
        self.current.set(keys);
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

    /// The document's example of a signature's input; the signatures are from Python's `hmac`.
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
