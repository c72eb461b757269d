//! The changes of drives that report them, for a tree that is kept up.

use std::time::Duration;

use futures_util::future::select_all;
use media::EntryPath;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout, timeout_at};

use crate::governor::SharedDrive;

/// Time without a change after which the tree is looked through: a folder is copied file by file.
const QUIET: Duration = Duration::from_secs(1);
/// Longest time for which a first change waits for others.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// The changes of several drives.
pub(super) struct DriveChanges(Vec<Receiver<EntryPath>>);

impl DriveChanges {
    /// Subscribes to the changes of those that report any.
    pub(super) fn of(drives: &[SharedDrive]) -> Self {
        DriveChanges(drives.iter().filter_map(|drive| drive.changes()).collect())
    }

    /// Waits until something has changed and no more changes follow, or until `interval` is over.
    pub(super) async fn wait(&mut self, interval: Duration) {
        if timeout(interval, self.next()).await.is_err() {
            return;
        }
        let end = Instant::now() + MAX_WAIT;
        while let Ok(Ok(())) = timeout_at(end, timeout(QUIET, self.next())).await {}
    }

    /// Waits for one change. Never returns if no drive reports any.
    async fn next(&mut self) {
        while !self.0.is_empty() {
            let waits = self.0.iter_mut().map(|changes| Box::pin(changes.recv()));
            let (change, index, _) = select_all(waits).await;
            match change {
                // Of missed changes it is enough that there were some.
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => drop(self.0.swap_remove(index)),
            }
        }
        std::future::pending().await
    }
}
