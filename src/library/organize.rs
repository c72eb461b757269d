//! Files made, moved and taken in: a drive's abilities, with what is kept of its folders corrected at
//! once.

use super::Library;
use crate::governor::Priority;
use drives::{DriveError, ErrorKind, OnConflict, Outcome, SharedDrive, UploadBody, UploadRequest};
use media::{Entry, EntryPath, Place};

/// What is done with entries that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Copy,
    Move,
    Delete,
}

impl Library {
    /// A new folder.
    pub async fn make_folder(&self, place: &Place, path: &EntryPath) -> Result<Entry, DriveError> {
        let drive = self.drive(place)?;
        let manage = drive.manage().ok_or_else(|| lacking("make_folder"))?;
        let governor = self.governor(place);
        let made = governor.call(Priority::Opening, manage.make_folder(path));
        let made = made.await;
        self.changed(place, path).await;
        self.noticing(place, made).await
    }

    /// Gives an entry another name in its folder.
    pub async fn rename(
        &self,
        place: &Place,
        path: &EntryPath,
        name: &str,
    ) -> Result<Entry, DriveError> {
        let drive = self.drive(place)?;
        let manage = drive.manage().ok_or_else(|| lacking("rename"))?;
        let governor = self.governor(place);
        let renamed = governor.call(Priority::Opening, manage.rename(path, name));
        let renamed = renamed.await;
        self.changed(place, path).await;
        if let Ok(entry) = &renamed {
            self.changed(place, &entry.path).await;
        }
        self.noticing(place, renamed).await
    }

    /// Copies or moves into the folder `to`, or deletes. One outcome per path.
    pub async fn change(
        &self,
        place: &Place,
        what: Change,
        paths: &[EntryPath],
        to: &EntryPath,
    ) -> Result<Vec<Outcome>, DriveError> {
        let drive = self.drive(place)?;
        let manage = drive.manage().ok_or_else(|| lacking("change"))?;
        let call = match what {
            Change::Copy => manage.copy(paths, to),
            Change::Move => manage.relocate(paths, to),
            Change::Delete => manage.delete(paths),
        };
        let governor = self.governor(place);
        let outcomes = governor.call(Priority::Opening, call).await;
        // Also where it failed: what came of it before that is not known.
        for path in paths {
            if what != Change::Copy {
                self.changed(place, path).await;
            }
            if what != Change::Delete
                && let Ok(there) = to.join(path.name())
            {
                self.changed(place, &there).await;
            }
        }
        self.noticing(place, outcomes).await
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
        let drive = self.drive(place)?;
        let upload = drive.upload().ok_or_else(|| lacking("upload"))?;
        let request = UploadRequest {
            path: path.clone(),
            size,
            on_conflict,
            progress: None,
        };
        let governor = self.governor(place);
        let answer = governor.call(Priority::Opening, upload.check(&request));
        let answer = answer.await;
        self.noticing(place, answer).await
    }

    /// Takes a file in. The drive waits at its governor before each of the requests that this takes.
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
        self.noticing(place, taken).await
    }

    /// Takes a drive from among the places. Says whether there was one.
    pub async fn remove_drive(&self, place: &Place) -> bool {
        let mut was_there = false;
        self.set_drives(|all| {
            let before = all.len();
            all.retain(|drive| drive.place() != place);
            was_there = all.len() < before;
        });
        self.forget_place(place).await;
        was_there
    }
}

fn lacking(operation: &'static str) -> DriveError {
    DriveError::new(
        ErrorKind::Unsupported,
        operation,
        "the drive does not have this ability",
    )
}
