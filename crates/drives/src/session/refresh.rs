//! TokenRefresh, in which sessions are won and renewed: one at a time for everybody who waits.
//!
//! The drive keeps its session behind a lock, and a round is held under it. Here is what others know of
//! rounds: what the last one made ready, how it failed, and which pair of tokens has proved good.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use crate::DriveError;

/// The rounds of one session, whose calls need an `A`.
pub(crate) struct TokenRefresh<A> {
    /// What calls use while it is good, and until when it is.
    ready: RwLock<Option<(A, SystemTime)>>,
    ended: AtomicU64,
    failure: Mutex<Option<DriveError>>,
    /// The pair with which a call has succeeded.
    proven: AtomicU64,
}

impl<A: Clone> TokenRefresh<A> {
    pub(crate) fn new() -> Self {
        TokenRefresh {
            ready: RwLock::new(None),
            ended: AtomicU64::new(0),
            failure: Mutex::new(None),
            proven: AtomicU64::new(0),
        }
    }

    /// What is good without another round.
    pub(crate) fn ready(&self, now: SystemTime) -> Option<A> {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        let (access, until) = ready.as_ref()?;
        (now < *until).then(|| access.clone())
    }

    /// How many have ended; asked for before waiting for the lock.
    pub(crate) fn seen(&self) -> u64 {
        self.ended.load(Ordering::SeqCst)
    }

    /// How a round failed that ended while this caller waited: it speaks for that one too.
    pub(crate) fn failed_since(&self, seen: u64) -> Option<DriveError> {
        if self.seen() == seen {
            return None;
        }
        self.failure().clone()
    }

    /// A round has ended: what calls need, and until when that is good, or the failure.
    pub(crate) fn end(&self, result: Result<(A, SystemTime), DriveError>) -> Result<A, DriveError> {
        self.ended.fetch_add(1, Ordering::SeqCst);
        *self.failure() = result.as_ref().err().cloned();
        *self.ready.write().unwrap_or_else(PoisonError::into_inner) = result.as_ref().ok().cloned();
        result.map(|(access, _)| access)
    }

    /// What was made ready, and what failed, is of the past.
    pub(crate) fn start_anew(&self) {
        *self.failure() = None;
        self.ended.fetch_add(1, Ordering::SeqCst);
        *self.ready.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// A call with the pair of `generation` succeeded.
    pub(crate) fn mark_accepted(&self, generation: u64) {
        // An answer to an older pair may come late.
        self.proven.fetch_max(generation, Ordering::Relaxed);
    }

    /// Whether a call with that pair has succeeded.
    pub(crate) fn was_accepted(&self, generation: u64) -> bool {
        self.proven.load(Ordering::Relaxed) == generation
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<DriveError>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::ErrorKind;

    #[test]
    fn what_a_round_leaves_behind() {
        let rounds = TokenRefresh::new();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let seen = rounds.seen();
        assert_eq!(rounds.end(Ok(("first", at(10)))).unwrap(), "first");
        assert_eq!(
            (rounds.ready(at(9)), rounds.ready(at(10))),
            (Some("first"), None)
        );
        assert!(rounds.failed_since(seen).is_none());

        let seen = rounds.seen();
        assert!(
            rounds
                .end(Err(DriveError::new(ErrorKind::SignedOut, "session", "")))
                .is_err()
        );
        assert!(rounds.ready(at(0)).is_none() && rounds.failed_since(seen).is_some());
        // Whoever comes afterwards tries for himself.
        assert!(rounds.failed_since(rounds.seen()).is_none());
        rounds.start_anew();
        assert!(rounds.failed_since(seen).is_none());
    }

    #[test]
    fn an_answer_that_comes_late_unproves_nothing() {
        let rounds = TokenRefresh::<()>::new();
        rounds.mark_accepted(2);
        rounds.mark_accepted(1);
        assert!(rounds.was_accepted(2) && !rounds.was_accepted(3));
    }
}
