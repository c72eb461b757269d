//! Cached outcomes of earlier attempts to open shares, so that the same request is not repeated.

use std::time::Duration;

use crate::DriveError;
use cache::Cache;

/// Time for which a refused password is refused without a request. An owner who changes the password to exactly this
/// one is rare, and waits.
const WRONG_PASSWORD_TTL: Duration = Duration::from_secs(600);
/// Time for which a share is assumed to require a password.
const LOCKED_TTL: Duration = Duration::from_secs(300);
/// Time without attempts after the upstream has demanded verification.
const VERIFICATION_TTL: Duration = Duration::from_secs(60);
const MAX_ATTEMPTS_REMEMBERED: u64 = 10_000;

/// Outcomes of earlier attempts.
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
