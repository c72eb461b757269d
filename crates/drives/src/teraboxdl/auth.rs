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
use tokio::sync::Mutex;

use crate::teraboxdl::config::TeraboxDlConfig;
use crate::{DriveError, ErrorKind, SessionLock, SessionStore};

/// A key with the secret that goes with it.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) key: SecretString,
    pub(crate) secret: SecretString,
}

/// Which pair is in force.
pub(crate) struct KeyRing {
    configured: Keys,
    sessions: Arc<dyn SessionStore>,
    current: Mutex<Option<Keys>>,
}

#[derive(Serialize, Deserialize)]
struct StoredKeys {
    api_key: String,
    api_secret: String,
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
            current: Mutex::default(),
        }
    }

    /// The pair in force.
    pub(crate) async fn keys(&self) -> Result<Keys, DriveError> {
        let mut current = self.current.lock().await;
        if let Some(keys) = &*current {
            return Ok(keys.clone());
        }
        let stored = self.sessions.load().await.map_err(|error| broken(&error))?;
        let stored: Option<StoredKeys> = stored.and_then(|text| serde_json::from_str(&text).ok());
        let keys = match stored.filter(|stored| stored.seed == self.configured.seed()) {
            Some(stored) => Keys {
                key: stored.api_key.into(),
                secret: stored.api_secret.into(),
            },
            None => self.configured.clone(),
        };
        *current = Some(keys.clone());
        Ok(keys)
    }

    /// Held while a new pair is made, by one process of all that share the state; what another one has stored since
    /// is read again.
    pub(crate) async fn lock(&self) -> Result<SessionLock, DriveError> {
        let lock = self.sessions.lock().await.map_err(|error| broken(&error))?;
        *self.current.lock().await = None;
        Ok(lock)
    }

    /// Stores a new pair, and uses it from then on. Where it cannot be stored it is used all the same, since the
    /// old one is worthless, and the error says that it will not outlast this run.
    pub(crate) async fn replace(&self, keys: Keys) -> Result<(), DriveError> {
        let stored = StoredKeys {
            api_key: keys.key.expose_secret().to_owned(),
            api_secret: keys.secret.expose_secret().to_owned(),
            seed: self.configured.seed(),
        };
        let text = serde_json::json!(stored).to_string();
        let mut current = self.current.lock().await;
        let mut kept = self.sessions.save(&text).await;
        if kept.is_err() {
            kept = self.sessions.save(&text).await;
        }
        *current = Some(keys);
        kept.map_err(|error| {
            broken(&error).with_sentence(
                "There is a new key, but it could not be stored: it serves until this server stops. Have another one made.",
            )
        })
    }
}

fn broken(error: &dyn std::fmt::Display) -> DriveError {
    DriveError::new(ErrorKind::UpstreamFailed, "key", error.to_string())
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
