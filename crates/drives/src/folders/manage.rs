//! Changes of entries. Each is preceded by a look at the target: what is there is never replaced.

use async_trait::async_trait;

use super::{Child, CopyOrMove, FolderDrive, FolderServer};
use crate::{DriveError, ErrorKind, Manage, Outcome, Permits};
use media::{Entry, EntryKind, EntryPath};

#[async_trait]
impl<S: FolderServer> Manage for FolderDrive<S> {
    async fn make_folder(
        &self,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        const OPERATION: &str = "mkdir";
        self.check_free(OPERATION, path, permits).await?;
        self.server.make_folder(OPERATION, path, permits).await?;
        self.folders.forget_above(path).await;
        self.changed(OPERATION, path, true, permits).await
    }

    async fn copy(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.transfer_all("copy", CopyOrMove::Copy, paths, to, permits)
            .await
    }

    async fn move_to(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.transfer_all("move", CopyOrMove::Move, paths, to, permits)
            .await
    }

    async fn copy_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        self.transfer_as("copy", CopyOrMove::Copy, path, target, permits)
            .await
    }

    async fn move_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        self.transfer_as("move", CopyOrMove::Move, path, target, permits)
            .await
    }

    async fn rename(
        &self,
        path: &EntryPath,
        name: &str,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        const OPERATION: &str = "rename";
        let parent = path.parent().unwrap_or_else(EntryPath::root);
        let target = self.server.check_name(OPERATION, &parent, name)?;
        self.transfer(OPERATION, CopyOrMove::Move, path, &target, permits)
            .await
    }

    async fn delete(
        &self,
        paths: &[EntryPath],
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let mut outcomes = Vec::with_capacity(paths.len());
        for path in paths {
            let result = self.delete_one(path, permits).await;
            outcomes.push(outcome(path, result.map(|()| None))?);
        }
        Ok(outcomes)
    }
}

impl<S: FolderServer> FolderDrive<S> {
    async fn transfer_all(
        &self,
        operation: &'static str,
        transfer: CopyOrMove,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let folder = permits.call(self.server.look(operation, to)).await?;
        if !folder.is_folder {
            return Err(DriveError::not_found(operation, "the target is no folder"));
        }
        let mut outcomes = Vec::with_capacity(paths.len());
        for path in paths {
            let result = match self.server.check_name(operation, to, path.name()) {
                Ok(target) => {
                    self.transfer(operation, transfer, path, &target, permits)
                        .await
                }
                Err(error) => Err(error),
            };
            outcomes.push(outcome(path, result.map(Some))?);
        }
        Ok(outcomes)
    }

    /// Copies or moves an entry to a path whose last name is checked.
    async fn transfer_as(
        &self,
        operation: &'static str,
        transfer: CopyOrMove,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let folder = target.parent().unwrap_or_else(EntryPath::root);
        let target = self.server.check_name(operation, &folder, target.name())?;
        self.transfer(operation, transfer, path, &target, permits)
            .await
    }

    /// Copies or moves an entry to `target`, which is free.
    async fn transfer(
        &self,
        operation: &'static str,
        transfer: CopyOrMove,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        if path.is_root() {
            return Err(DriveError::bad_request(operation, "the root"));
        }
        let source = permits.call(self.server.look(operation, path)).await?;
        // Some servers accept that, and the folder is gone then.
        if source.is_folder && target.is_within(path) && target != path {
            return Err(DriveError::bad_request(operation, "a folder into itself")
                .with_sentence("A folder cannot go into itself."));
        }
        self.check_free(operation, target, permits).await?;
        let made = self
            .server
            .transfer(operation, transfer, (path, &source), target, permits)
            .await;
        // A failure may have done a part of it.
        if transfer == CopyOrMove::Move {
            self.forget(path, &source).await;
        }
        self.folders.forget_above(target).await;
        made?;
        // OpenList's COPY has been seen to end elsewhere.
        self.changed(operation, target, source.is_folder, permits)
            .await
    }

    async fn delete_one(&self, path: &EntryPath, permits: Permits<'_>) -> Result<(), DriveError> {
        const OPERATION: &str = "delete";
        if path.is_root() {
            return Err(DriveError::bad_request(OPERATION, "the root"));
        }
        let found = permits.call(self.server.look(OPERATION, path)).await?;
        let deleted = self.server.delete(OPERATION, path, &found, permits).await;
        self.forget(path, &found).await;
        deleted
    }

    /// Returns an entry after a change, as the server has it now.
    async fn changed(
        &self,
        operation: &'static str,
        path: &EntryPath,
        is_folder: bool,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        match permits.call(self.entry(operation, path)).await {
            Err(error)
                if error.kind == ErrorKind::NotFound && is_folder && !S::SHOWS_EMPTY_FOLDERS =>
            {
                Ok(Entry::bare(&self.place, path, EntryKind::Folder))
            }
            found => found,
        }
    }

    /// Checks that there is no entry of that path.
    pub(super) async fn check_free(
        &self,
        operation: &'static str,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        if path.is_root() {
            return Err(DriveError::new(ErrorKind::Conflict, operation, "the root"));
        }
        match permits.call(self.server.look(operation, path)).await {
            Ok(_) => Err(DriveError::new(ErrorKind::Conflict, operation, "")),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn forget(&self, path: &EntryPath, was: &Child) {
        match was.is_folder {
            true => self.folders.forget_below(path).await,
            false => self.folders.forget_above(path).await,
        }
    }
}

/// Returns the outcome for a path.
///
/// # Errors
/// An error that concerns the whole drive: the other paths would fail in the same way.
fn outcome(
    path: &EntryPath,
    result: Result<Option<Entry>, DriveError>,
) -> Result<Outcome, DriveError> {
    let is_of_the_drive = |error: &DriveError| {
        matches!(
            error.kind,
            ErrorKind::SignedOut
                | ErrorKind::RateLimited
                | ErrorKind::NoSpace
                | ErrorKind::UpstreamTimeout
        )
    };
    match result {
        Err(error) if is_of_the_drive(&error) => Err(error),
        result => Ok(Outcome {
            path: path.clone(),
            result,
        }),
    }
}
