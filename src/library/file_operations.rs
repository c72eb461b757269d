//! File operations of drives: new folders, renames, copies, moves, deletions and uploads. Each invalidates
//! what it changes before it returns.

use super::Library;
use crate::governor::SharedDrive;
use drives::{
    DriveError, OnConflict, Outcome, RestoreOutcome, ResumeKey, UploadBody, UploadRequest,
};
use media::{Entry, EntryPath, Place, Tag};

/// An operation on existing entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOperation {
    Copy,
    Move,
    Delete,
}

impl Library {
    /// Creates a folder.
    ///
    /// # Errors
    ///
    /// Fails if the drive cannot, or an entry of that name exists.
    pub async fn make_folder(&self, place: &Place, path: &EntryPath) -> Result<Entry, DriveError> {
        let drive = self.drive(place)?;
        let manage = drive.manage().ok_or_else(|| lacking("make_folder"))?;
        let made = manage.make_folder(path).await;
        self.changed(place, path).await;
        self.invalidate_on_error(place, made).await
    }

    /// Renames an entry within its folder.
    pub async fn rename(
        &self,
        place: &Place,
        path: &EntryPath,
        name: &str,
    ) -> Result<Entry, DriveError> {
        let drive = self.drive(place)?;
        let manage = drive.manage().ok_or_else(|| lacking("rename"))?;
        let renamed = manage.rename(path, name).await;
        self.changed(place, path).await;
        if let Ok(entry) = &renamed {
            self.changed(place, &entry.path).await;
        }
        self.invalidate_on_error(place, renamed).await
    }

    /// Copies an entry to the path `to`, which is free.
    pub async fn copy_as(
        &self,
        place: &Place,
        path: &EntryPath,
        to: &EntryPath,
    ) -> Result<Entry, DriveError> {
        let drive = self.drive(place)?;
        let manage = drive.manage().ok_or_else(|| lacking("copy"))?;
        let copied = manage.copy_as(path, to).await;
        self.changed(place, to).await;
        self.invalidate_on_error(place, copied).await
    }

    /// Moves an entry to the path `to`, which is free.
    pub async fn move_as(
        &self,
        place: &Place,
        path: &EntryPath,
        to: &EntryPath,
    ) -> Result<Entry, DriveError> {
        let drive = self.drive(place)?;
        let manage = drive.manage().ok_or_else(|| lacking("move"))?;
        let moved = manage.move_as(path, to).await;
        self.changed(place, path).await;
        self.changed(place, to).await;
        self.invalidate_on_error(place, moved).await
    }

    /// Copies or moves entries into the folder `to`, or deletes them. Returns one outcome per path.
    pub async fn change(
        &self,
        place: &Place,
        what: FileOperation,
        paths: &[EntryPath],
        to: &EntryPath,
    ) -> Result<Vec<Outcome>, DriveError> {
        let drive = self.drive(place)?;
        let manage = drive.manage().ok_or_else(|| lacking("change"))?;
        let outcomes = match what {
            FileOperation::Copy => manage.copy(paths, to).await,
            FileOperation::Move => manage.move_to(paths, to).await,
            FileOperation::Delete => manage.delete(paths).await,
        };
        // Also after a failure: the operation may have changed some of them before it.
        for path in paths {
            if what != FileOperation::Copy {
                self.changed(place, path).await;
            }
            if what != FileOperation::Delete
                && let Ok(there) = to.join(path.name())
            {
                self.changed(place, &there).await;
            }
        }
        self.invalidate_on_error(place, outcomes).await
    }

    /// Restores deleted entries. Returns one outcome per id.
    pub async fn restore(
        &self,
        place: &Place,
        ids: &[String],
    ) -> Result<Vec<RestoreOutcome>, DriveError> {
        let drive = self.drive(place)?;
        let trash = drive.trash().ok_or_else(|| lacking("restore"))?;
        let outcomes = trash.restore(ids).await;
        match &outcomes {
            Ok(outcomes) => {
                for path in outcomes.iter().filter_map(|outcome| outcome.path.as_ref()) {
                    self.changed(place, path).await;
                }
            }
            // Some of them may have been restored before it.
            Err(_) => self.invalidate_place(place).await,
        }
        self.invalidate_on_error(place, outcomes).await
    }

    /// Deletes everything in the trash for good.
    pub async fn empty_trash(&self, place: &Place) -> Result<(), DriveError> {
        let drive = self.drive(place)?;
        let trash = drive.trash().ok_or_else(|| lacking("trash"))?;
        let emptied = trash.empty().await;
        // The quota is another one.
        self.changed_account(place).await;
        self.invalidate_on_error(place, emptied).await
    }

    /// Makes a version of a file the current one.
    pub async fn make_version_current(
        &self,
        place: &Place,
        path: &EntryPath,
        id: &str,
    ) -> Result<(), DriveError> {
        let drive = self.drive(place)?;
        let versions = drive.versions().ok_or_else(|| lacking("versions"))?;
        let done = versions.make_current(path, id).await;
        self.changed(place, path).await;
        self.invalidate_on_error(place, done).await
    }

    /// Replaces the tags of an entry, and returns them as they are now.
    pub async fn set_tags(
        &self,
        place: &Place,
        path: &EntryPath,
        tags: &[Tag],
    ) -> Result<Vec<Tag>, DriveError> {
        let drive = self.drive(place)?;
        let calls = drive.tags().ok_or_else(|| lacking("tags"))?;
        let done = calls.set(path, tags).await;
        self.changed(place, path).await;
        self.invalidate_on_error(place, done).await
    }

    /// Deletes a version of a file for good.
    pub async fn delete_version(
        &self,
        place: &Place,
        path: &EntryPath,
        id: &str,
    ) -> Result<(), DriveError> {
        let drive = self.drive(place)?;
        let versions = drive.versions().ok_or_else(|| lacking("versions"))?;
        let done = versions.delete(path, id).await;
        self.changed(place, path).await;
        self.invalidate_on_error(place, done).await
    }

    /// Asks the drive whether it would accept such a file: its name, its size, and whether an entry of that name exists.
    /// The drive alone looks for a conflict.
    pub async fn check_upload(
        &self,
        place: &Place,
        path: &EntryPath,
        size: Option<u64>,
        on_conflict: OnConflict,
    ) -> Result<(), DriveError> {
        let request = UploadRequest {
            path: path.clone(),
            size,
            on_conflict,
            progress: None,
            resume: None,
        };
        self.check_request(place, &request).await
    }

    /// Asks the drive the same about an upload that may resume.
    pub async fn check_request(
        &self,
        place: &Place,
        request: &UploadRequest,
    ) -> Result<(), DriveError> {
        let drive = self.drive(place)?;
        let upload = drive.upload().ok_or_else(|| lacking("upload"))?;
        let answer = upload.check(request).await;
        self.invalidate_on_error(place, answer).await
    }

    /// Returns the bytes that an interrupted upload has left at the drive.
    pub async fn resumable_bytes(
        &self,
        place: &Place,
        path: &EntryPath,
        key: &ResumeKey,
    ) -> Result<u64, DriveError> {
        let drive = self.drive(place)?;
        let upload = drive.upload().ok_or_else(|| lacking("upload"))?;
        upload.resumable_bytes(path, key).await
    }

    /// Deletes what an interrupted upload has left at the drive.
    pub async fn discard_upload(
        &self,
        place: &Place,
        path: &EntryPath,
        key: &ResumeKey,
    ) -> Result<(), DriveError> {
        let drive = self.drive(place)?;
        let upload = drive.upload().ok_or_else(|| lacking("upload"))?;
        upload.discard(path, key).await
    }

    /// Uploads a file. The drive takes a permit of its governor for each request.
    pub async fn upload(
        &self,
        place: &Place,
        request: &UploadRequest,
        body: UploadBody,
    ) -> Result<Entry, DriveError> {
        let drive: SharedDrive = self.drive(place)?;
        let upload = drive.upload().ok_or_else(|| lacking("upload"))?;
        let taken = upload.upload(request, body).await;
        self.changed(place, &request.path).await;
        if let Ok(entry) = &taken {
            self.changed(place, &entry.path).await;
        }
        self.invalidate_on_error(place, taken).await
    }

    /// Puts the drives into the order of these names; others come last.
    pub fn sort_drives(&self, names: &[Place]) {
        let position = |place: &Place| names.iter().position(|name| name == place);
        self.set_drives(|all| {
            all.sort_by_key(|drive| position(drive.place()).unwrap_or(usize::MAX));
        });
    }

    /// Removes a drive. Returns false if there was none.
    pub async fn remove_drive(&self, place: &Place) -> bool {
        let mut was_there = false;
        self.set_drives(|all| {
            let before = all.len();
            all.retain(|drive| drive.place() != place);
            was_there = all.len() < before;
        });
        self.invalidate_place(place).await;
        was_there
    }
}

fn lacking(operation: &'static str) -> DriveError {
    DriveError::unsupported(operation, "the drive does not have this ability")
}
