//! PINs of viewers: hashed like a password, and guesses are limited like those of a password.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use super::{AuthError, Authenticator, failed};

/// Lengths of a PIN, in characters.
const MIN_PIN_CHARS: usize = 4;
const MAX_PIN_CHARS: usize = 64;

/// Returns true if a viewer can have this PIN.
pub(in crate::web) fn is_pin(pin: &str) -> bool {
    (MIN_PIN_CHARS..=MAX_PIN_CHARS).contains(&pin.chars().count())
        && !pin.chars().any(char::is_control)
}

impl Authenticator {
    /// Returns the hash of a PIN.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub(in crate::web) async fn hash_pin(&self, pin: SecretString) -> Result<String, AuthError> {
        self.hasher.hash(pin).await.map_err(failed)
    }

    /// Verifies the PIN of a viewer, within the limit of wrong ones from this IP.
    ///
    /// # Errors
    ///
    /// The PIN is wrong, there were too many wrong ones, or the state of several servers cannot be reached.
    pub(in crate::web) async fn check_pin(
        &self,
        pin: SecretString,
        pin_hash: &str,
        from: IpAddr,
    ) -> Result<(), AuthError> {
        self.pin_attempts.take(from, false).await?;
        if pin.expose_secret().is_empty()
            || !self.hasher.verify(pin, pin_hash).await.map_err(failed)?
        {
            tracing::warn!(client = %from, "a wrong PIN was given");
            return Err(AuthError::Wrong);
        }
        self.pin_attempts.refund_one(from).await;
        Ok(())
    }
}
