//! Moves one entry to a whole path, for new names that have folders.

use super::files::{follow, make_one_folder, needs_management, one};
use super::result_json::file_problem;
use crate::library::Freshness;
use crate::web::AppState;
use crate::web::error::Problem;
use crate::web::write_locks::{check_locks, whole};
use drives::{DriveError, ErrorKind, Outcome};
use media::{EntryPath, Place};

/// Moves one entry to a path of the same place that is free. Folders that are missing are made. Used by pages.
pub(in crate::web) async fn move_one(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    target: &EntryPath,
) -> Result<Outcome, Problem> {
    needs_management(site, place)?;
    if target.is_within(path) {
        return Err(Problem::bad_request("A folder cannot be put into itself."));
    }
    check_locks(site, place, &[whole(path), whole(target)]).await?;
    let mut missing = Vec::new();
    let mut folder = target.parent().unwrap_or_else(EntryPath::root);
    while !folder.is_root() {
        let found = site.library.entry(place, &folder, Freshness::Fresh).await;
        match found {
            Ok(_) => break,
            Err(error) if error.kind == ErrorKind::NotFound => missing.push(folder.clone()),
            Err(error) => return Err(file_problem(error)),
        }
        folder = folder.parent().unwrap_or_else(EntryPath::root);
    }
    for folder in missing.into_iter().rev() {
        let made = make_one_folder(site, place, folder).await?;
        made.result.map_err(file_problem)?;
    }
    let found = site.library.entry(place, target, Freshness::Fresh).await;
    if found.is_ok() {
        let detail = "the name is taken";
        return one(
            path.clone(),
            Err(DriveError::new(ErrorKind::Conflict, "move", detail)),
        );
    }
    let moved = site.library.move_as(place, path, target).await;
    if let Ok(entry) = &moved {
        follow(site, place, path, entry).await;
    }
    one(path.clone(), moved)
}
