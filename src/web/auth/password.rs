//! The owner's password: argon2id, a few at a time, never on the threads that serve viewers.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Checks and makes hashes of passwords. Each check takes 19 MiB and a tenth of a second of one core.
#[derive(Clone)]
pub(super) struct Hasher {
    permits: Arc<Semaphore>,
}

/// Checks at a time: those who guess must not take the machine from those who watch.
const MAX_CONCURRENT_HASHES: usize = 2;

/// Longer passwords are refused, since all of one is hashed.
pub(in crate::web) const MAX_PASSWORD_BYTES: usize = 1024;

/// Fewer characters can be guessed.
pub(in crate::web) const MIN_PASSWORD_CHARS: usize = 8;

impl Hasher {
    pub fn new() -> Self {
        Hasher {
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT_HASHES)),
        }
    }

    /// The hash of a password, as a PHC string with a salt of its own.
    pub async fn hash(&self, password: SecretString) -> anyhow::Result<String> {
        let mut salt = [0u8; 16];
        getrandom::fill(&mut salt)
            .map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        self.off_thread(move || {
            let hash: PasswordHash = Argon2::default()
                .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
                .map_err(|error| anyhow::anyhow!("the password cannot be hashed: {error}"))?;
            Ok(hash.to_string())
        })
        .await?
    }

    /// Whether a hash is that of this password.
    pub async fn verify(&self, password: SecretString, hash: &str) -> anyhow::Result<bool> {
        if password.expose_secret().len() > MAX_PASSWORD_BYTES {
            return Ok(false);
        }
        let hash = hash.to_owned();
        self.off_thread(move || {
            let hash = PasswordHash::new(&hash).ok();
            hash.is_some_and(|hash| {
                Argon2::default()
                    .verify_password(password.expose_secret().as_bytes(), &hash)
                    .is_ok()
            })
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let _permit = self.permits.acquire().await?;
        // An error would repeat the words of a panic, which may hold what was being read.
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| anyhow::anyhow!("the thread for passwords died"))
    }
}

/// Whether a configured password is a hash already.
pub(super) fn is_hash(password: &str) -> bool {
    password.starts_with("$argon2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let hasher = Hasher::new();
        let hash = hasher.hash("open sesame".into()).await.unwrap();
        assert!(is_hash(&hash) && hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(hash, hasher.hash("open sesame".into()).await.unwrap());
        let cases = [
            ("open sesame", true),
            ("open sesam", false),
            ("", false),
            (hash.as_str(), false),
        ];
        for (password, fits) in cases {
            let found = hasher.verify(password.into(), &hash).await.unwrap();
            assert_eq!(found, fits, "{password}");
        }
        let long = "x".repeat(MAX_PASSWORD_BYTES + 1);
        assert!(!hasher.verify(long.into(), &hash).await.unwrap());
        assert!(!hasher.verify("x".into(), "no hash").await.unwrap());
    }
}
