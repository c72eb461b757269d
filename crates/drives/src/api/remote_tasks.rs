//! Tasks that the upstream runs by itself, on the account's behalf: downloads from a URL to the drive.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Serialize;

use super::DriveError;
use media::EntryPath;

/// A task that the upstream runs.
#[derive(Debug, Clone)]
pub struct RemoteTask {
    /// The upstream's id of the task, as text.
    pub id: String,
    /// The kind of work.
    pub kind: RemoteTaskKind,
    /// The state of the work.
    pub state: RemoteTaskState,
    /// The name of what it makes; `None` if it is not known yet.
    pub name: Option<String>,
    /// The folder, or the file, that it makes entries in; `None` if the upstream does not report it.
    pub to: Option<EntryPath>,
    /// Bytes that are done; `None` if unknown.
    pub done_bytes: Option<u64>,
    /// All bytes; `None` if unknown.
    pub total_bytes: Option<u64>,
    /// The reason why it failed.
    pub problem: Option<DriveError>,
    /// When it was started; `None` if unknown.
    pub created_at: Option<DateTime<Utc>>,
}

/// The kind of work of a [`RemoteTask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteTaskKind {
    /// Downloads a URL to the drive.
    RemoteDownload,
    /// Packs entries into an archive.
    Archive,
    /// Unpacks an archive.
    Extract,
}

/// The state of a [`RemoteTask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteTaskState {
    /// Waits for its turn.
    Queued,
    /// In progress.
    Running,
    /// Finished.
    Done,
    /// Ended by an error.
    Failed,
    /// Ended by its owner.
    Cancelled,
}

/// Makes the upstream download from URLs to the drive.
#[async_trait]
pub trait RemoteDownloads: Send + Sync {
    /// Starts a download of `url` into the folder `to`, which is made if it is missing. The URL may contain credentials,
    /// so it is a secret.
    ///
    /// # Errors
    /// `plan_required` if the account may not do it, `bad_request` for a URL that the upstream does not accept.
    async fn start(&self, url: &SecretString, to: &EntryPath) -> Result<RemoteTask, DriveError>;

    /// Returns one page of downloads with their progress, the running ones first, and the cursor of the next page.
    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<RemoteTask>, Option<String>), DriveError>;

    /// Cancels a download.
    ///
    /// # Errors
    ///
    /// `not_found` if no download of that id is running.
    async fn cancel(&self, id: &str) -> Result<(), DriveError>;
}
