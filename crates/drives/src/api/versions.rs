//! Versions of a file: the bytes that it had before it was overwritten.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::DriveError;
use media::EntryPath;

/// One version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileVersion {
    /// The upstream's id of the version, as text.
    pub id: String,
    /// Bytes.
    pub size: u64,
    /// When it was stored; `None` if unknown.
    pub created_at: Option<DateTime<Utc>>,
    /// The name of the account that stored it; `None` if unknown.
    pub created_by: Option<String>,
    /// True for the version that the file has now.
    pub is_current: bool,
    /// The path at which the drive plays this version, like any other file.
    pub path: EntryPath,
}

/// Lists the versions of files, and changes which of them is current.
#[async_trait]
pub trait Versions: Send + Sync {
    /// Returns all versions of a file, the newest first.
    async fn list(&self, path: &EntryPath) -> Result<Vec<FileVersion>, DriveError>;

    /// Makes a version the current one.
    ///
    /// # Errors
    ///
    /// `not_found` if there is no such version.
    async fn make_current(&self, path: &EntryPath, id: &str) -> Result<(), DriveError>;

    /// Deletes a version for good. The current one cannot be deleted.
    async fn delete(&self, path: &EntryPath, id: &str) -> Result<(), DriveError>;
}
