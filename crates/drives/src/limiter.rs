//! Whose turn it is. An upload makes many requests over a long time, so nobody outside can wait for a turn on
//! behalf of all of them: the drive asks before each, and whoever governs the account decides.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;

use crate::DriveError;

/// What a drive wants to do next, of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// A call of the upstream.
    Call,
    /// A part of a file, sent.
    Body,
}

/// Who decides when.
#[async_trait]
pub trait Turns: Send + Sync {
    /// Waits until it is this errand's turn, which lasts until what is answered is dropped. `rate_limited` where
    /// the upstream has asked for a pause that is too long to be waited for.
    async fn next(&self, errand: Errand) -> Result<Box<dyn Turn>, DriveError>;
}

/// A turn.
pub trait Turn: Send + Sync {
    /// Takes note of what the upstream answered; how long a pause it asked for, if it did.
    fn answered(&self, error: Option<&DriveError>) -> Option<Duration>;
}

/// A drive's own way to its turns. Where nobody decides, everything goes at once.
#[derive(Default)]
pub(crate) struct OwnTurns(OnceLock<Arc<dyn Turns>>);

impl OwnTurns {
    /// From now on `turns` decides.
    pub(crate) fn decided_by(&self, turns: Arc<dyn Turns>) {
        // A drive has one account, and that one governor.
        let _ = self.0.set(turns);
    }

    /// Does the work when it is its turn.
    pub(crate) async fn take<T>(
        &self,
        errand: Errand,
        work: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        let Some(turns) = self.0.get() else {
            return work.await;
        };
        let turn = turns.next(errand).await?;
        let answer = work.await;
        let pause = turn.answered(answer.as_ref().err());
        match (answer, pause) {
            (Err(error), Some(pause)) => Err(error.with_retry_after(pause)),
            (answer, _) => answer,
        }
    }
}
