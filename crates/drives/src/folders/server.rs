//! The requests that a server of folders provides. Everything that follows from them is the same for every kind.

use std::collections::HashSet;

use async_trait::async_trait;

use super::Child;
use crate::uploads::{ActiveUpload, Spooled, UploadStaging};
use crate::{Account, DriveError, Incoming, Origin, Permits, ResumeKey, UploadRequest};
use media::EntryPath;

/// A change that has a source and a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyOrMove {
    Copy,
    Move,
}

/// A file that was received and is sent to the server.
#[derive(Clone, Copy)]
pub(crate) struct SpooledFile<'a> {
    pub(crate) request: &'a UploadRequest,
    pub(crate) spooled: &'a Spooled,
    pub(crate) staging: &'a UploadStaging,
    pub(crate) permits: Permits<'a>,
}

/// A file at the server under a temporary name. While this lives, the file belongs to an upload of this process.
pub(crate) struct TemporaryFile {
    pub(crate) path: EntryPath,
    pub(crate) _active: Option<ActiveUpload>,
}

/// The requests to a server that answers with a whole folder at once.
#[async_trait]
pub(crate) trait FolderServer: Send + Sync + 'static {
    /// Says to engineers why there are no renditions.
    const NO_RENDITIONS: &'static str;
    /// True if a folder with nothing in it can be looked at.
    const SHOWS_EMPTY_FOLDERS: bool;

    /// Returns the account.
    async fn account(&self) -> Result<Account, DriveError>;

    /// Requests all children of a folder.
    ///
    /// # Errors
    /// `not_found` if there is no such folder.
    async fn read_folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Vec<Child>, DriveError>;

    /// Requests the properties of an entry.
    ///
    /// # Errors
    /// `not_found` if there is none.
    async fn look(&self, operation: &'static str, path: &EntryPath) -> Result<Child, DriveError>;

    /// Returns the origin of a file of `size` bytes. Another `content` is another origin.
    async fn origin(
        &self,
        operation: &'static str,
        path: &EntryPath,
        size: u64,
        content: Option<&str>,
    ) -> Result<Origin, DriveError>;

    /// Opens an origin, as [`Volume::fetch`](crate::Volume::fetch).
    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError>;

    /// Returns the path of a new name in a folder.
    ///
    /// # Errors
    /// `refused_name` for a name that the server does not take.
    fn check_name(
        &self,
        operation: &'static str,
        folder: &EntryPath,
        name: &str,
    ) -> Result<EntryPath, DriveError>;

    /// Makes a folder whose parent exists and whose name is free.
    async fn make_folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError>;

    /// Copies or moves an entry to a path that is free.
    async fn transfer(
        &self,
        operation: &'static str,
        transfer: CopyOrMove,
        source: (&EntryPath, &Child),
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError>;

    /// Deletes an entry, a folder with everything in it.
    async fn delete(
        &self,
        operation: &'static str,
        path: &EntryPath,
        found: &Child,
        permits: Permits<'_>,
    ) -> Result<(), DriveError>;

    /// Returns the unit of bytes in which a file of `size` bytes is hashed, and the bytes of the largest file.
    fn upload_limits(&self, size: Option<u64>) -> (u64, u64);

    /// Brings a file to the server under a temporary name in `folder`, if the server can rename it afterwards. Returns
    /// `None` if [`FolderServer::complete`] sends the file.
    async fn send_temporary(
        &self,
        file: SpooledFile<'_>,
        folder: &EntryPath,
    ) -> Result<Option<TemporaryFile>, DriveError>;

    /// Deletes a temporary file that gets no name.
    async fn discard_temporary(
        &self,
        _temporary: &TemporaryFile,
        _staging: &UploadStaging,
        _permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        Ok(())
    }

    /// Gives the file that was sent its name, or sends it. What is there is replaced.
    async fn complete(
        &self,
        file: SpooledFile<'_>,
        temporary: Option<&TemporaryFile>,
        target: &EntryPath,
    ) -> Result<(), DriveError>;

    /// Deletes what an interrupted upload with this key has left at the server.
    async fn discard_interrupted(
        &self,
        staging: &UploadStaging,
        key: &ResumeKey,
        permits: Permits<'_>,
    ) -> Result<(), DriveError>;

    /// Deletes what uploads have left at the server that were interrupted long ago, but for those whose keys are in use.
    async fn discard_abandoned(
        &self,
        staging: &UploadStaging,
        in_use: &HashSet<ResumeKey>,
        permits: Permits<'_>,
    ) -> Result<(), DriveError>;
}
