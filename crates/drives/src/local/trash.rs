//! The trash of a folder: `.trash` at its root, hidden like every name that begins with a dot.
//!
//! Each deleted entry has a folder of its own there, named by the time of its deletion: `info` contains the path that
//! the entry had, `entry` is the entry itself, renamed there. `info` is written first, so that every entry in the
//! trash can be restored.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::local::changes::{copy_shown, make_folders, write_failure};
use crate::local::slot::{Slot, names_in};
use crate::local::tree::FolderTree;
use crate::{DriveError, TrashedEntry};
use media::{Entry, EntryPath};

const TRASH: &str = ".trash";
const INFO: &str = "info";
const ENTRY: &str = "entry";
/// The trash is the business of the server alone.
const MODE: u32 = 0o700;
/// Limit of an `info` file in bytes: a path of 4096 bytes, escaped.
const MAX_INFO_BYTES: u64 = 32 << 10;

/// Contents of `info`.
#[derive(Debug, Serialize, Deserialize)]
struct TrashInfo {
    path: String,
}

/// Moves an entry to the trash.
pub(crate) fn put(
    tree: &FolderTree,
    path: &EntryPath,
    now: DateTime<Utc>,
) -> Result<(), DriveError> {
    const OPERATION: &str = "delete";
    let source = tree.existing(path, OPERATION)?;
    let failed = |error: io::Error| write_failure(OPERATION, &error);
    let place = Slot::new(open(tree, OPERATION)?, new_id(now).map_err(failed)?);
    place.create_folder(MODE).map_err(failed)?;
    let moved = move_in(tree, path, &source, &place);
    if moved.is_err()
        && let Err(error) = place.remove()
    {
        tracing::debug!(%error, "an empty folder stays in the trash");
    }
    moved
}

fn move_in(
    tree: &FolderTree,
    path: &EntryPath,
    source: &Slot,
    place: &Slot,
) -> Result<(), DriveError> {
    const OPERATION: &str = "delete";
    let failed = |error: io::Error| write_failure(OPERATION, &error);
    let info = TrashInfo {
        path: path.as_str().to_owned(),
    };
    let text = serde_json::to_vec(&info).map_err(|error| failed(error.into()))?;
    let info = Slot::new(place.open_folder().map_err(failed)?, INFO);
    let mut file = info.create_file().map_err(failed)?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    let entry = info.beside(ENTRY).map_err(failed)?;
    match source.rename(&entry, false) {
        // A disk that is mounted inside of the folder has no trash of its own.
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            copy_shown(tree, OPERATION, path, &entry, &mut Vec::new())?;
            source.remove().map_err(failed)
        }
        done => done.map_err(failed),
    }
}

/// Returns everything in the trash, the entry deleted last first.
pub(crate) fn list(tree: &FolderTree, days: u32) -> Result<Vec<TrashedEntry>, DriveError> {
    const OPERATION: &str = "trash";
    let failed = |error: io::Error| write_failure(OPERATION, &error);
    let Some(trash) = open_if_there(tree, OPERATION)? else {
        return Ok(Vec::new());
    };
    let mut listed = Vec::new();
    for id in names_in(&trash).map_err(failed)? {
        let Some(id) = id.to_str() else { continue };
        let place = Slot::new(trash.try_clone().map_err(failed)?, id);
        let Some((path, entry)) = read(&place) else {
            continue;
        };
        let Ok(Some(found)) = entry.look() else {
            continue;
        };
        let deleted_at = time_of(id);
        listed.push(TrashedEntry {
            id: id.to_owned(),
            path,
            is_folder: found.is_folder,
            size: found.size,
            deleted_at,
            expires_at: deleted_at.and_then(|at| at.checked_add_signed(age_of(days))),
        });
    }
    listed.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(listed)
}

/// Returns the path that an entry in the trash had; `None` if there is no such id.
pub(crate) fn path_of(tree: &FolderTree, id: &str) -> Result<Option<EntryPath>, DriveError> {
    Ok(place_of(tree, id, "restore")?.and_then(|place| Some(read(&place)?.0)))
}

/// Moves an entry back to where it was. The folders above it are made if they are missing.
pub(crate) fn restore(tree: &FolderTree, id: &str) -> Result<Entry, DriveError> {
    const OPERATION: &str = "restore";
    let failed = |error: io::Error| write_failure(OPERATION, &error);
    let absent = || DriveError::not_found(OPERATION, "there is no such id in the trash");
    let place = place_of(tree, id, OPERATION)?.ok_or_else(absent)?;
    let (path, entry) = read(&place).ok_or_else(absent)?;
    let parent = path.parent().unwrap_or_else(EntryPath::root);
    make_folders(tree, &parent, OPERATION)?;
    let target = tree.vacant(&path, OPERATION)?;
    entry.rename(&target, false).map_err(failed)?;
    if let Err(error) = place.remove() {
        tracing::debug!(%error, "an empty folder stays in the trash");
    }
    tree.entry(&path, OPERATION)
}

/// Deletes entries for good: all of them, or those that were deleted before `before`.
pub(crate) fn empty(tree: &FolderTree, before: Option<DateTime<Utc>>) -> Result<(), DriveError> {
    const OPERATION: &str = "trash";
    let failed = |error: io::Error| write_failure(OPERATION, &error);
    let Some(trash) = open_if_there(tree, OPERATION)? else {
        return Ok(());
    };
    for id in names_in(&trash).map_err(failed)? {
        // A name of another form was put there by another program.
        let Some(deleted_at) = id.to_str().and_then(time_of) else {
            continue;
        };
        if before.is_none_or(|before| deleted_at < before) {
            let place = Slot::new(trash.try_clone().map_err(failed)?, id);
            place.remove().map_err(failed)?;
        }
    }
    Ok(())
}

/// Deletes entries for good that have been in the trash for more than `days`.
pub(crate) fn empty_by_age(
    tree: &FolderTree,
    days: u32,
    now: DateTime<Utc>,
) -> Result<(), DriveError> {
    match now.checked_sub_signed(age_of(days)) {
        Some(before) => empty(tree, Some(before)),
        None => Ok(()),
    }
}

fn age_of(days: u32) -> TimeDelta {
    TimeDelta::days(i64::from(days))
}

/// Opens the trash, which is made if it is missing.
fn open(tree: &FolderTree, operation: &'static str) -> Result<OwnedFd, DriveError> {
    let failed = |error: io::Error| write_failure(operation, &error);
    let slot = Slot::new(tree.open_folder(&EntryPath::root(), operation)?, TRASH);
    match slot.create_folder(MODE) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
        _ => {}
    }
    slot.open_folder().map_err(failed)
}

/// Opens the trash; `None` if there is none.
fn open_if_there(
    tree: &FolderTree,
    operation: &'static str,
) -> Result<Option<OwnedFd>, DriveError> {
    let slot = Slot::new(tree.open_folder(&EntryPath::root(), operation)?, TRASH);
    match slot.open_folder() {
        Ok(folder) => Ok(Some(folder)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(write_failure(operation, &error)),
    }
}

/// Returns the folder of an id in the trash; `None` if it cannot be one.
fn place_of(
    tree: &FolderTree,
    id: &str,
    operation: &'static str,
) -> Result<Option<Slot>, DriveError> {
    if time_of(id).is_none() {
        return Ok(None);
    }
    let trash = open_if_there(tree, operation)?;
    Ok(trash.map(|trash| Slot::new(trash, id)))
}

/// Returns the path that an entry had, and the entry; `None` if it cannot be read.
fn read(place: &Slot) -> Option<(EntryPath, Slot)> {
    let info = Slot::new(place.open_folder().ok()?, INFO);
    let mut text = String::new();
    let file = info.open_file().ok()?;
    file.take(MAX_INFO_BYTES).read_to_string(&mut text).ok()?;
    let info_text: TrashInfo = serde_json::from_str(&text).ok()?;
    let path = EntryPath::parse(&info_text.path).ok()?;
    Some((path, info.beside(ENTRY).ok()?))
}

/// Returns a new id: the time in milliseconds, and a random number.
fn new_id(now: DateTime<Utc>) -> io::Result<OsString> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let id = format!("{:015}-{}", now.timestamp_millis(), HEXLOWER.encode(&bytes));
    Ok(id.into())
}

/// Returns the time in an id; `None` if it is not one.
fn time_of(id: &str) -> Option<DateTime<Utc>> {
    let (time, random) = id.split_once('-')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_hexdigit());
    if !is_number(random) {
        return None;
    }
    DateTime::from_timestamp_millis(time.parse().ok()?)
}
