//! Token refresh, in rounds: one at a time, shared by all concurrent callers (single-flight).
//!
//! The session is locked during a round. [`RefreshRounds`] records the result: the current token and its expiry,
//! the last error, and which generation of tokens was accepted by the upstream. A caller that waited for a round
//! that failed gets its error. One that waited for a round that succeeded runs a round of its own, which finds
//! nothing due, and a refused generation that is no longer the current one; so a token is exchanged once.
//!
//! Processes on one state exclude each other by [`SessionStore::lock`](crate::SessionStore::lock), which the round of a
//! kind holds while it exchanges a token.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use async_trait::async_trait;

use crate::DriveError;

/// The record of refresh rounds of one session, whose calls require an `A`.
pub(crate) struct RefreshRounds<A> {
    /// The access that calls use, and its expiry.
    ready: RwLock<Option<(A, SystemTime)>>,
    /// Rounds that have ended.
    completed_rounds: AtomicU64,
    /// The error of the last round; `None` if it succeeded.
    failure: Mutex<Option<DriveError>>,
    /// The latest generation of tokens with which a call has succeeded.
    accepted_generation: AtomicU64,
}

impl<A: Clone> RefreshRounds<A> {
    pub(crate) fn new() -> Self {
        RefreshRounds {
            ready: RwLock::new(None),
            completed_rounds: AtomicU64::new(0),
            failure: Mutex::new(None),
            accepted_generation: AtomicU64::new(0),
        }
    }

    /// Returns the access that needs no refresh; `None` if a round is due.
    pub(crate) fn ready(&self, now: SystemTime) -> Option<A> {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        let (access, until) = ready.as_ref()?;
        (now < *until).then(|| access.clone())
    }

    /// Returns the number of rounds that have ended; read before waiting for the lock.
    pub(crate) fn completed(&self) -> u64 {
        self.completed_rounds.load(Ordering::SeqCst)
    }

    /// Returns the error of a round that ended while this caller waited; it is this caller's error, too. `None`
    /// if no round ended, or the round succeeded.
    pub(crate) fn failed_since(&self, seen: u64) -> Option<DriveError> {
        if self.completed() == seen {
            return None;
        }
        self.failure().clone()
    }

    /// Records the end of a round: the access and its expiry, or the error.
    pub(crate) fn complete(
        &self,
        result: Result<(A, SystemTime), DriveError>,
    ) -> Result<A, DriveError> {
        self.completed_rounds.fetch_add(1, Ordering::SeqCst);
        *self.failure() = result.as_ref().err().cloned();
        *self.ready.write().unwrap_or_else(PoisonError::into_inner) = result.as_ref().ok().cloned();
        result.map(|(access, _)| access)
    }

    /// Discards the recorded access and error.
    pub(crate) fn reset(&self) {
        *self.failure() = None;
        self.completed_rounds.fetch_add(1, Ordering::SeqCst);
        *self.ready.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Records that the upstream accepted the tokens of `generation`.
    pub(crate) fn mark_accepted(&self, generation: u64) {
        // An answer to an older pair may come late.
        self.accepted_generation
            .fetch_max(generation, Ordering::Relaxed);
    }

    /// Returns true if the upstream accepted those tokens.
    pub(crate) fn was_accepted(&self, generation: u64) -> bool {
        self.accepted_generation.load(Ordering::Relaxed) == generation
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<DriveError>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session whose tokens are refreshed, by one round at a time for all concurrent callers.
#[async_trait]
pub(crate) trait RefreshSession: Send + Sync + 'static {
    /// The state of the session, changed by rounds only.
    type State: Send;
    /// The access that a call needs.
    type Access: Clone + Send + Sync;

    /// Returns the record of its rounds.
    fn rounds(&self) -> &RefreshRounds<Self::Access>;

    /// Returns the state that rounds change, locked by each of them.
    fn state(&self) -> &tokio::sync::Mutex<Self::State>;

    /// Runs a round: refreshes tokens that are due, and the token of generation `refused` in any case. Returns
    /// the access for calls and its expiry.
    async fn refresh(
        &self,
        state: &mut Self::State,
        refused: Option<u64>,
    ) -> Result<(Self::Access, SystemTime), DriveError>;
}

/// Joins the round in progress, or runs one, in a task of its own: a caller that is dropped cannot interrupt
/// it.
pub(crate) async fn refresh_shared<S: RefreshSession>(
    session: &Arc<S>,
    refused: Option<u64>,
) -> Result<S::Access, DriveError> {
    let seen = session.rounds().completed();
    let session = session.clone();
    detached(async move {
        let mut state = session.state().lock().await;
        if let Some(failure) = session.rounds().failed_since(seen) {
            return Err(failure);
        }
        let result = session.refresh(&mut state, refused).await;
        session.rounds().complete(result)
    })
    .await
}

/// Runs `work` in a task of its own, so that a caller that is dropped cannot interrupt it.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, DriveError>> + Send + 'static,
) -> Result<T, DriveError> {
    tokio::spawn(work)
        .await
        .unwrap_or_else(|_| Err(DriveError::failed("session", "the refresh was interrupted")))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::ErrorKind;

    #[test]
    fn what_a_round_leaves_behind() {
        let rounds = RefreshRounds::new();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let seen = rounds.completed();
        assert_eq!(rounds.complete(Ok(("first", at(10)))).unwrap(), "first");
        assert_eq!(
            (rounds.ready(at(9)), rounds.ready(at(10))),
            (Some("first"), None)
        );
        assert!(rounds.failed_since(seen).is_none());

        let seen = rounds.completed();
        assert!(
            rounds
                .complete(Err(DriveError::new(ErrorKind::SignedOut, "session", "")))
                .is_err()
        );
        assert!(rounds.ready(at(0)).is_none() && rounds.failed_since(seen).is_some());
        // A later caller tries again.
        assert!(rounds.failed_since(rounds.completed()).is_none());
        rounds.reset();
        assert!(rounds.failed_since(seen).is_none());
    }

    #[test]
    fn an_answer_that_comes_late_unproves_nothing() {
        let rounds = RefreshRounds::<()>::new();
        rounds.mark_accepted(2);
        rounds.mark_accepted(1);
        assert!(rounds.was_accepted(2) && !rounds.was_accepted(3));
    }
}
