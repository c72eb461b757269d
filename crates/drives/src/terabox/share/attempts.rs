//! What earlier attempts to open shares have shown, so that the same question is not asked again.

use std::time::Duration;

use moka::future::Cache;

use crate::DriveError;

/// How long a refused password is refused without asking. An owner who changes the password to just this
/// one is rare, and waits.
const WRONG_PASSWORD_TTL: Duration = Duration::from_secs(600);
/// How long a share is known to want a password.
const LOCKED_TTL: Duration = Duration::from_secs(300);
/// How long nothing is tried after the upstream has asked for a human.
const VERIFICATION_TTL: Duration = Duration::from_secs(60);
const MAX_ATTEMPTS_REMEMBERED: u64 = 10_000;

/// What earlier tries have taught.
pub(crate) struct UnlockAttempts {
    pub(super) locked: Cache<String, ()>,
    pub(super) wrong: Cache<(String, String), DriveError>,
    pub(super) paused: Cache<String, DriveError>,
}

impl Default for UnlockAttempts {
    fn default() -> Self {
        UnlockAttempts {
            locked: Cache::builder()
                .max_capacity(MAX_ATTEMPTS_REMEMBERED)
                .time_to_live(LOCKED_TTL)
                .build(),
            wrong: Cache::builder()
                .max_capacity(MAX_ATTEMPTS_REMEMBERED)
                .time_to_live(WRONG_PASSWORD_TTL)
                .build(),
            paused: Cache::builder()
                .max_capacity(MAX_ATTEMPTS_REMEMBERED)
                .time_to_live(VERIFICATION_TTL)
                .build(),
        }
    }
}
