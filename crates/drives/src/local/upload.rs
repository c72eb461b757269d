//! Uploads to a folder that may be written: the bytes go to a hidden name in the same folder, are synced to the disk, and
//! get their own name by a rename. Until then, the file under its own name is the old one or none. An upload that can resume
//! finds its bytes under the hidden name that its key gives.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::local::changes::{
    check_name, folders_in, make_folders, remove_abandoned, write_failure,
};
use crate::local::slot::{Slot, Unfinished};
use crate::local::{Local, tree::FolderTree};
use crate::uploads::{self, UploadFile, broke_off, check_taken, durable_bytes};
use crate::{
    DriveError, ErrorKind, InterruptedUploads, OnConflict, Permits, ResumeKey, Upload, UploadBody,
    UploadRequest, UploadResume,
};
use media::{Entry, EntryKind, EntryPath};

const OPERATION: &str = "upload";
/// Bytes that are written at once.
const CHUNK_BYTES: usize = 256 << 10;
/// Names that are tried if one is taken: `Film (1).mp4`, …
const MAX_NAMES: u32 = 100;

/// The file of an upload in progress.
struct Incomplete {
    file: UploadFile,
    unfinished: Unfinished,
}

#[async_trait]
impl Upload for Local {
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError> {
        check_name(OPERATION, &request.path)?;
        let there = request.resume.as_ref().map_or(0, |resume| resume.from);
        let size = request.size.map(|size| size.saturating_sub(there));
        let path = request.path.clone();
        let on_conflict = request.on_conflict;
        self.looking(move |tree, _| {
            match tree.entry(&path, OPERATION) {
                Ok(found) => check_taken(OPERATION, on_conflict, found.kind == EntryKind::Folder)?,
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            let root = tree.open_folder(&EntryPath::root(), OPERATION)?;
            let disk = rustix::fs::fstatvfs(&root)
                .map_err(|error| write_failure(OPERATION, &error.into()))?;
            match size.is_some_and(|size| size > disk.f_bavail.saturating_mul(disk.f_frsize)) {
                true => Err(DriveError::new(ErrorKind::NoSpace, OPERATION, "the disk")),
                false => Ok(()),
            }
        })
        .await
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        mut body: UploadBody,
        _permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        self.check(request).await?;
        let path = request.path.clone();
        let parent = path.parent().unwrap_or_else(EntryPath::root);
        let folder = parent.clone();
        let resume = request.resume.clone();
        let begin = move |tree: &FolderTree, orders: &crate::local::listing::Orders| {
            let made = make_folders(tree, &folder, OPERATION)?;
            for folder in &made {
                let parent = folder.parent().unwrap_or_else(EntryPath::root);
                orders.changed(tree, &parent, folder.name());
            }
            begin(&tree.vacant(&path, OPERATION)?, resume.as_ref())
                .map_err(|error| write_failure(OPERATION, &error))
        };
        let mut incomplete = self.looking(begin).await?;
        let mut length = request.resume.as_ref().map_or(0, |resume| resume.from);
        if let Some(progress) = &request.progress {
            progress.add_received(length);
            progress.add_sent(length);
        }
        let mut pending = BytesMut::new();
        loop {
            let piece = body.next().await;
            let ends = piece.is_none();
            if let Some(piece) = piece {
                let piece = piece.map_err(|_| broke_off(OPERATION))?;
                length += piece.len() as u64;
                if request.size.is_some_and(|announced| length > announced) {
                    return Err(broke_off(OPERATION));
                }
                if let Some(progress) = &request.progress {
                    progress.add_received(piece.len() as u64);
                    progress.add_sent(piece.len() as u64);
                }
                pending.extend_from_slice(&piece);
            }
            if pending.len() >= CHUNK_BYTES || (ends && !pending.is_empty()) {
                let bytes = pending.split().freeze();
                incomplete = write(incomplete, bytes).await?;
            }
            if ends {
                break;
            }
        }
        if request.size.is_some_and(|announced| length != announced) {
            return Err(broke_off(OPERATION));
        }
        let (path, on_conflict) = (request.path.clone(), request.on_conflict);
        let uploaded = self.looking(move |tree, orders| {
            let target = finish(tree, incomplete, &path, on_conflict)?;
            orders.changed(tree, &parent, target.name());
            tree.entry(&target, OPERATION)
        });
        // Nothing is read of the file: a reader of its length may be another program, which takes longer than a small upload.
        let mut entry = uploaded.await?;
        entry.has_thumbnail = self.may_have_picture(&entry);
        Ok(entry)
    }

    /// Returns `None`: they are left in the folders of the films.
    fn interrupted_uploads(&self) -> Option<&dyn InterruptedUploads> {
        None
    }

    async fn resumable_bytes(&self, path: &EntryPath, key: &ResumeKey) -> Result<u64, DriveError> {
        let (path, key) = (path.clone(), key.clone());
        let look = move |tree: &FolderTree, _: &_| {
            let slot = tree.vacant(&path, OPERATION)?;
            let found = slot.resumable(&key).and_then(|part| part.slot().look());
            let found = found.map_err(|error| write_failure(OPERATION, &error))?;
            Ok(found.map_or(0, |found| durable_bytes(found.size)))
        };
        match self.looking(look).await {
            // The folder was not made yet.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(0),
            found => found,
        }
    }

    async fn discard(
        &self,
        path: &EntryPath,
        key: &ResumeKey,
        _permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let (path, key) = (path.clone(), key.clone());
        let discard = move |tree: &FolderTree, _: &_| {
            let slot = tree.vacant(&path, OPERATION)?;
            let removed = slot.resumable(&key).and_then(|part| part.slot().remove());
            removed.map_err(|error| write_failure(OPERATION, &error))
        };
        match self.looking(discard).await {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            discarded => discarded,
        }
    }

    /// Looks through the whole folder: an upload of a killed process may be anywhere.
    async fn remove_abandoned(
        &self,
        in_use: &Arc<HashSet<ResumeKey>>,
        _permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let mut waiting = vec![EntryPath::root()];
        while let Some(folder) = waiting.pop() {
            let in_use = in_use.clone();
            let inside = self.looking(move |tree, _| {
                remove_abandoned(tree, &folder, &in_use);
                Ok(folders_in(tree, &folder))
            });
            waiting.extend(inside.await?);
        }
        Ok(())
    }
}

fn begin(slot: &Slot, resume: Option<&UploadResume>) -> io::Result<Incomplete> {
    if let Some(resume) = resume {
        let unfinished = slot.resumable(&resume.key)?;
        let file = UploadFile::resume(unfinished.slot().resume_file()?, resume.from)?;
        return Ok(Incomplete { file, unfinished });
    }
    let unfinished = slot.unfinished()?;
    let file = UploadFile::new(unfinished.slot().create_file()?);
    Ok(Incomplete { file, unfinished })
}

async fn write(mut incomplete: Incomplete, bytes: Bytes) -> Result<Incomplete, DriveError> {
    let work = tokio::task::spawn_blocking(move || {
        incomplete.file.write(&bytes)?;
        Ok(incomplete)
    });
    match work.await {
        Ok(written) => written.map_err(|error: io::Error| write_failure(OPERATION, &error)),
        Err(_) => Err(DriveError::failed(OPERATION, "the work was cut short")),
    }
}

/// Makes the bytes durable and gives them their name, or another one if that is taken and `on_conflict` says so.
/// Returns the path.
fn finish(
    tree: &FolderTree,
    mut incomplete: Incomplete,
    path: &EntryPath,
    on_conflict: OnConflict,
) -> Result<EntryPath, DriveError> {
    let failed = |error: io::Error| write_failure(OPERATION, &error);
    incomplete.file.sync().map_err(failed)?;
    let folder = path.parent().unwrap_or_else(EntryPath::root);
    let replaces = on_conflict == OnConflict::Overwrite;
    for number in 0..MAX_NAMES {
        let candidate = match number {
            0 => Ok(path.clone()),
            number => folder.join(&uploads::numbered(path.name(), number)),
        };
        let candidate =
            candidate.map_err(|_| DriveError::bad_request(OPERATION, "the path is too long"))?;
        let slot = tree.vacant(&candidate, OPERATION)?;
        match incomplete.unfinished.finish(&slot, replaces) {
            Ok(()) => return Ok(candidate),
            Err(error)
                if error.kind() == io::ErrorKind::AlreadyExists
                    && on_conflict == OnConflict::Rename => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let detail = "every name is taken";
    Err(DriveError::new(ErrorKind::Conflict, OPERATION, detail))
}
