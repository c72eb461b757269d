//! Uploads to a server of folders: a file is spooled first, so that a request that is cut can be repeated.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;

use super::{FolderDrive, FolderServer, SpooledFile};
use crate::uploads;
use crate::{
    DriveError, ErrorKind, InterruptedUploads, OnConflict, Permits, ResumeKey, Upload, UploadBody,
    UploadRequest,
};
use media::{Entry, EntryPath};

const OPERATION: &str = "upload";
/// Names that are tried if one is taken: `Film (1).mp4`, …
const MAX_NAMES: u32 = 100;

#[async_trait]
impl<S: FolderServer> Upload for FolderDrive<S> {
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError> {
        let path = self.checked(request)?;
        let found = match self.server.look(OPERATION, &path).await {
            Ok(found) => found,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        uploads::check_taken(OPERATION, request.on_conflict, found.is_folder)
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        body: UploadBody,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let staging = uploads::UploadStaging::required(self.uploads.as_ref(), OPERATION)?;
        let path = self.checked(request)?;
        let limits = self.server.upload_limits(request.size);
        let spooled = staging
            .spool
            .receive(OPERATION, body, request, limits)
            .await?;
        let file = SpooledFile {
            request,
            spooled: &spooled,
            staging,
            permits,
        };
        let folder = path.parent().unwrap_or_else(EntryPath::root);
        let temporary = self.server.send_temporary(file, &folder).await;
        // The folder may be new.
        self.folders.forget_above(&path).await;
        let temporary = temporary?;
        let completed = async {
            let target = self.target(request, path.clone(), permits).await?;
            let complete = self.server.complete(file, temporary.as_ref(), &target);
            complete.await?;
            Ok(target)
        };
        let completed = completed.await;
        self.folders.forget_above(&path).await;
        if completed.is_err()
            && let Some(temporary) = &temporary
        {
            let discarded = self
                .server
                .discard_temporary(temporary, staging, permits)
                .await;
            if let Err(error) = discarded {
                tracing::debug!(%error, "the rest of a failed upload stays on the server for a day");
            }
        }
        let entry = permits.call(self.entry(OPERATION, &completed?)).await?;
        if entry.size != spooled.length() {
            let detail = "it arrived in another length";
            return Err(DriveError::failed(OPERATION, detail));
        }
        spooled.finish().await;
        Ok(entry)
    }

    fn interrupted_uploads(&self) -> Option<&dyn InterruptedUploads> {
        let staging = self.uploads.as_ref()?;
        Some(&staging.spool)
    }

    async fn discard(
        &self,
        _path: &EntryPath,
        key: &ResumeKey,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        match &self.uploads {
            Some(staging) => {
                staging.spool.discard(key).await;
                let discard = self.server.discard_interrupted(staging, key, permits);
                discard.await
            }
            None => Ok(()),
        }
    }

    async fn remove_abandoned(
        &self,
        in_use: &Arc<HashSet<ResumeKey>>,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        match &self.uploads {
            Some(staging) => {
                staging.spool.remove_abandoned(in_use).await;
                let discard = self.server.discard_abandoned(staging, in_use, permits);
                discard.await
            }
            None => Ok(()),
        }
    }
}

impl<S: FolderServer> FolderDrive<S> {
    fn checked(&self, request: &UploadRequest) -> Result<EntryPath, DriveError> {
        match request.path.parent() {
            Some(parent) => self
                .server
                .check_name(OPERATION, &parent, request.path.name()),
            None => {
                Err(DriveError::bad_request(OPERATION, "no name")
                    .with_sentence("A name is missing."))
            }
        }
    }

    /// Returns the path that the file gets, looked at right before it gets there.
    async fn target(
        &self,
        request: &UploadRequest,
        path: EntryPath,
        permits: Permits<'_>,
    ) -> Result<EntryPath, DriveError> {
        if request.on_conflict == OnConflict::Overwrite {
            return Ok(path);
        }
        let folder = path.parent().unwrap_or_else(EntryPath::root);
        for number in 0..MAX_NAMES {
            let candidate = match number {
                0 => path.clone(),
                number => {
                    let name = uploads::numbered(path.name(), number);
                    self.server.check_name(OPERATION, &folder, &name)?
                }
            };
            match self.check_free(OPERATION, &candidate, permits).await {
                Ok(()) => return Ok(candidate),
                Err(error)
                    if error.kind == ErrorKind::Conflict
                        && request.on_conflict == OnConflict::Rename => {}
                Err(error) => return Err(error),
            }
        }
        Err(DriveError::new(
            ErrorKind::Conflict,
            OPERATION,
            "every name is taken",
        ))
    }
}
