//! Changes to a folder of this machine, with the walls of reading: nothing outside of the folder is written, renamed or
//! removed, whatever links are in it, nor is anything hidden, nor the server's own state.
//!
//! All of it blocks. A copy is made under a hidden name and gets its own when it is complete, so a folder is never seen
//! half copied.

use std::collections::HashSet;
use std::io;
use std::time::SystemTime;

use crate::local::slot::{MAX_DEPTH, Slot, is_unfinished, names_in, resume_key};
use crate::local::tree::{FolderTree, failure, is_hidden};
use crate::uploads::ABANDONED_AGE;
use crate::{DriveError, ErrorKind, ResumeKey};
use media::{Entry, EntryPath};

/// Bytes of a name on almost every file system.
const MAX_NAME_BYTES: usize = 255;
/// Permissions of a new folder, before the umask.
pub(crate) const FOLDER_MODE: u32 = 0o777;

impl FolderTree {
    /// Returns the name of an entry that exists, as a slot.
    pub(crate) fn existing(
        &self,
        path: &EntryPath,
        operation: &'static str,
    ) -> Result<Slot, DriveError> {
        let slot = match is_hidden(path.name()) {
            true => return Err(DriveError::not_found(operation, "a hidden name")),
            false => self.slot(path, operation)?,
        };
        match slot.look() {
            Ok(Some(_)) => Ok(slot),
            Ok(None) => Err(DriveError::not_found(operation, "")),
            Err(error) => Err(write_failure(operation, &error)),
        }
    }

    /// Returns a name for something new, as a slot.
    ///
    /// # Errors
    /// `refused_name` for a name that could not be shown, `not_found` if the folder is missing.
    pub(crate) fn vacant(
        &self,
        path: &EntryPath,
        operation: &'static str,
    ) -> Result<Slot, DriveError> {
        check_name(operation, path)?;
        self.slot(path, operation)
    }

    fn slot(&self, path: &EntryPath, operation: &'static str) -> Result<Slot, DriveError> {
        let Some(parent) = path.parent() else {
            return Err(DriveError::bad_request(operation, "the root"));
        };
        let folder = self.open_folder(&parent, operation)?;
        if self.is_protected(&parent, path.name()) {
            return Err(DriveError::new(
                ErrorKind::Forbidden,
                operation,
                "the state of the server",
            )
            .with_sentence("The server keeps its own state there, which no drive changes."));
        }
        Ok(Slot::new(folder, path.name()))
    }
}

/// Makes a folder.
pub(crate) fn make_folder(tree: &FolderTree, path: &EntryPath) -> Result<Entry, DriveError> {
    const OPERATION: &str = "mkdir";
    if path.is_root() {
        return Err(DriveError::new(ErrorKind::Conflict, OPERATION, "the root"));
    }
    let slot = tree.vacant(path, OPERATION)?;
    slot.create_folder(FOLDER_MODE)
        .map_err(|error| write_failure(OPERATION, &error))?;
    tree.entry(path, OPERATION)
}

/// Makes a folder and those above it, as far as they are missing. Returns those that were made.
pub(crate) fn make_folders(
    tree: &FolderTree,
    folder: &EntryPath,
    operation: &'static str,
) -> Result<Vec<EntryPath>, DriveError> {
    let mut missing = Vec::new();
    let mut path = folder.clone();
    while !path.is_root() {
        match tree.entry(&path, operation) {
            Ok(found) if found.kind == media::EntryKind::Folder => break,
            Ok(_) => {
                let detail = "a file stands in the place of a folder";
                return Err(DriveError::new(ErrorKind::Conflict, operation, detail));
            }
            Err(error) if error.kind == ErrorKind::NotFound => missing.push(path.clone()),
            Err(error) => return Err(error),
        }
        path = path.parent().unwrap_or_else(EntryPath::root);
    }
    missing.reverse();
    for path in &missing {
        let slot = tree.vacant(path, operation)?;
        match slot.create_folder(FOLDER_MODE) {
            // Another upload has made it meanwhile.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(write_failure(operation, &error));
            }
            _ => {}
        }
    }
    Ok(missing)
}

/// Copies an entry to a path that is free.
pub(crate) fn copy(
    tree: &FolderTree,
    path: &EntryPath,
    target: &EntryPath,
) -> Result<Entry, DriveError> {
    const OPERATION: &str = "copy";
    let failed = |error: io::Error| write_failure(OPERATION, &error);
    tree.existing(path, OPERATION)?;
    check_name(OPERATION, target)?;
    check_nesting(tree, OPERATION, path, target)?;
    let slot = tree.vacant(target, OPERATION)?;
    if slot.look().map_err(failed)?.is_some() {
        return Err(DriveError::new(ErrorKind::Conflict, OPERATION, ""));
    }
    let mut unfinished = slot.unfinished().map_err(failed)?;
    copy_shown(tree, OPERATION, path, unfinished.slot(), &mut Vec::new())?;
    unfinished.finish(&slot, false).map_err(failed)?;
    tree.entry(target, OPERATION)
}

/// Moves or renames an entry to a path that is free.
pub(crate) fn relocate(
    tree: &FolderTree,
    operation: &'static str,
    path: &EntryPath,
    target: &EntryPath,
) -> Result<Entry, DriveError> {
    let failed = |error: io::Error| write_failure(operation, &error);
    let source = tree.existing(path, operation)?;
    check_name(operation, target)?;
    check_nesting(tree, operation, path, target)?;
    let slot = tree.vacant(target, operation)?;
    match source.rename(&slot, false) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            // Another disk is mounted inside of the folder.
            let mut unfinished = slot.unfinished().map_err(failed)?;
            copy_shown(tree, operation, path, unfinished.slot(), &mut Vec::new())?;
            unfinished.finish(&slot, false).map_err(failed)?;
            source.remove().map_err(failed)?;
        }
        done => done.map_err(failed)?,
    }
    tree.entry(target, operation)
}

/// Copies the file or folder at `path`, as far as it is shown, to `target`. `above` identifies the folders that are being
/// copied: links may lead in circles.
pub(crate) fn copy_shown(
    tree: &FolderTree,
    operation: &'static str,
    path: &EntryPath,
    target: &Slot,
    above: &mut Vec<(u64, u64)>,
) -> Result<(), DriveError> {
    let failed = |error: io::Error| write_failure(operation, &error);
    if tree.entry(path, operation)?.kind != media::EntryKind::Folder {
        let (mut source, _) = tree.open(path, operation)?;
        let mut file = target.create_file().map_err(failed)?;
        io::copy(&mut source, &mut file).map_err(failed)?;
        return file.sync_all().map_err(failed);
    }
    target.create_folder(FOLDER_MODE).map_err(failed)?;
    let identity = tree.folder_identity(path);
    let is_circle = identity.is_some_and(|identity| above.contains(&identity));
    if is_circle || above.len() >= MAX_DEPTH {
        return Err(DriveError::bad_request(operation, "the folders do not end"));
    }
    let folder = target.open_folder().map_err(failed)?;
    above.extend(identity);
    for name in tree.names(path)? {
        let child = path
            .join(&name.text)
            .map_err(|_| DriveError::bad_request(operation, "a path that is too long"))?;
        let folder = folder.try_clone().map_err(failed)?;
        copy_shown(
            tree,
            operation,
            &child,
            &Slot::new(folder, name.text),
            above,
        )?;
    }
    above.pop();
    Ok(())
}

/// Removes what killed processes have left in a folder, but for uploads that are to go on, whose keys are `in_use`.
pub(crate) fn remove_abandoned(tree: &FolderTree, folder: &EntryPath, in_use: &HashSet<ResumeKey>) {
    let look = || -> io::Result<()> {
        let opened = tree
            .open_folder(folder, "upload")
            .map_err(|_| io::ErrorKind::NotFound)?;
        for name in names_in(&opened)? {
            let Some(text) = name.to_str().filter(|text| is_unfinished(text)) else {
                continue;
            };
            if resume_key(text).is_some_and(|key| in_use.contains(&key)) {
                continue;
            }
            let slot = Slot::new(opened.try_clone()?, name);
            let written = slot.open_file()?.metadata()?.modified()?;
            let age = SystemTime::now().duration_since(written);
            if age.is_ok_and(|age| age > ABANDONED_AGE) {
                slot.remove()?;
            }
        }
        Ok(())
    };
    if let Err(error) = look() {
        tracing::debug!(%error, "a folder could not be cleared of unfinished files");
    }
}

/// Returns the folders in a folder, but for links.
pub(crate) fn folders_in(tree: &FolderTree, folder: &EntryPath) -> Vec<EntryPath> {
    let names = tree.names(folder).unwrap_or_default().into_iter();
    names
        .filter(|name| name.is_folder)
        .filter_map(|name| folder.join(&name.text).ok())
        .filter(|path| path.names().count() <= MAX_DEPTH && !tree.is_link(path))
        .collect()
}

/// Checks that no folder goes into itself, by whatever link.
fn check_nesting(
    tree: &FolderTree,
    operation: &'static str,
    path: &EntryPath,
    target: &EntryPath,
) -> Result<(), DriveError> {
    if path.is_root() {
        return Err(DriveError::bad_request(operation, "the root"));
    }
    let parent = target.parent().unwrap_or_else(EntryPath::root);
    let into = tree.real(&parent, operation)?;
    let nests = tree
        .real(path, operation)
        .is_ok_and(|real| into.starts_with(real));
    match nests {
        true => Err(DriveError::bad_request(operation, "a folder into itself")
            .with_sentence("A folder cannot go into itself.")),
        false => Ok(()),
    }
}

/// Checks the name of something new.
pub(crate) fn check_name(operation: &'static str, path: &EntryPath) -> Result<(), DriveError> {
    let name = path.name();
    if path.is_root() || name.is_empty() {
        return Err(
            DriveError::bad_request(operation, "no name").with_sentence("A name is missing.")
        );
    }
    if path.names().any(is_hidden) {
        return Err(
            DriveError::new(ErrorKind::RefusedName, operation, "a hidden name")
                .with_sentence("Names that begin with a dot are hidden on this drive."),
        );
    }
    match path.names().any(|name| name.len() > MAX_NAME_BYTES) {
        true => Err(
            DriveError::new(ErrorKind::RefusedName, operation, "a long name")
                .with_sentence("A name on this drive has at most 255 bytes."),
        ),
        false => Ok(()),
    }
}

/// Maps an error of the file system during a change to ours; it names no path.
pub(crate) fn write_failure(operation: &'static str, error: &io::Error) -> DriveError {
    let new = |kind| DriveError::new(kind, operation, error.kind().to_string());
    match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => new(ErrorKind::Conflict),
        // A file was to replace a folder, or the other way around.
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => new(ErrorKind::Conflict),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => new(ErrorKind::NoSpace),
        io::ErrorKind::InvalidFilename => new(ErrorKind::RefusedName),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            new(ErrorKind::Forbidden).with_sentence(
                "The server may not change this folder: its owner, its permissions or its disk forbid it to the user \
                 that runs Drive-In.",
            )
        }
        _ => failure(operation, error),
    }
}
