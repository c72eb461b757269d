//! Locks that WebDAV clients hold (RFC 4918 §6), as pages and API honour them: they have no token of such a lock, so an
//! entry that is locked is not changed.

use super::AppStateInner;
use super::error::Problem;
use crate::store::ChangedPath;
use media::{EntryPath, Place};

/// Fails if a lock is in the way of one of these changes.
///
/// # Errors
///
/// `locked`, or the state cannot be read.
pub(super) async fn check_locks(
    site: &AppStateInner,
    place: &Place,
    changes: &[ChangedPath<'_>],
) -> Result<(), Problem> {
    let locks = site.store.dav_locks(place).await?;
    let is_locked = locks
        .iter()
        .any(|lock| changes.iter().any(|change| lock.concerns(change)));
    match is_locked {
        true => Err(Problem::LOCKED),
        false => Ok(()),
    }
}

/// Returns the change of an entry that is created, deleted or renamed, with everything below it.
pub(super) fn whole(path: &EntryPath) -> ChangedPath<'_> {
    ChangedPath {
        path,
        is_deep: true,
        is_of_name: true,
    }
}
