//! Password hashing: argon2id, a limited number at a time, on the blocking thread pool.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Computes and verifies password hashes. Each takes 19 MiB and a tenth of a second of one core.
#[derive(Clone)]
pub(super) struct Hasher {
    permits: Arc<Semaphore>,
}

/// Limit of concurrent hashes, so that guessed passwords do not take the CPU from viewers.
const MAX_CONCURRENT_HASHES: usize = 2;

/// Longer passwords are refused, since a password is hashed completely.
pub(in crate::web) const MAX_PASSWORD_BYTES: usize = 1024;

/// Shorter passwords are refused, since they can be guessed.
pub(in crate::web) const MIN_PASSWORD_CHARS: usize = 8;

impl Hasher {
    pub fn new() -> Self {
        Hasher {
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT_HASHES)),
        }
    }

    /// Hashes a password with a new salt. Returns a PHC string.
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

    /// Returns true if a hash belongs to this password.
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
        // The error would repeat the panic message, which may contain the password.
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| anyhow::anyhow!("the thread for passwords died"))
    }
}

/// Returns true if a configured password is already a hash.
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
