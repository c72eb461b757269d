//! The trash of an account: deleted entries that can be put back.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{DriveError, Permits};
use media::{Entry, EntryPath};

/// A deleted entry.
#[derive(Debug, Clone, PartialEq)]
pub struct TrashedEntry {
    /// The upstream's id of it in the trash, as text.
    pub id: String,
    /// The path that it had.
    pub path: EntryPath,
    /// True for a folder, which is in the trash with everything in it.
    pub is_folder: bool,
    /// Bytes of a file; 0 for a folder.
    pub size: u64,
    /// When it was deleted; `None` if the upstream does not report it.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When the upstream deletes it for good; `None` for never or unknown.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The result of restoring one entry.
#[derive(Debug, Clone)]
pub struct RestoreOutcome {
    /// The id of the request.
    pub id: String,
    /// The path that it had; `None` if there is no such id in the trash.
    pub path: Option<EntryPath>,
    /// The entry as it is now (`None` if it is not known yet), or the error: `conflict` if its name is taken meanwhile,
    /// `not_found` if it is not in the trash.
    pub result: Result<Option<Entry>, DriveError>,
}

/// Lists, restores and empties the trash, to which [`Manage::delete`](super::Manage::delete) moves entries.
#[async_trait]
pub trait Trash: Send + Sync {
    /// Returns one page of deleted entries, and the cursor of the next.
    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<TrashedEntry>, Option<String>), DriveError>;

    /// Moves entries back to where they were. Returns one outcome per id, in their order.
    async fn restore(
        &self,
        ids: &[String],
        permits: Permits<'_>,
    ) -> Result<Vec<RestoreOutcome>, DriveError>;

    /// Deletes everything in the trash for good.
    async fn empty(&self, permits: Permits<'_>) -> Result<(), DriveError>;
}
