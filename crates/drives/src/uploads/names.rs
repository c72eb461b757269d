//! The name of an upload whose name is taken.

use crate::{DriveError, ErrorKind, OnConflict};

/// Returns a name with a number in it: `Film (2).mp4`.
pub(crate) fn numbered(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem} ({number}).{extension}"),
        _ => format!("{name} ({number})"),
    }
}

/// Checks that an upload may go to a path at which an entry stands.
///
/// # Errors
/// `conflict` unless another name is chosen, or the entry is a file that is replaced.
pub(crate) fn check_taken(
    operation: &'static str,
    on_conflict: OnConflict,
    is_folder: bool,
) -> Result<(), DriveError> {
    match on_conflict {
        OnConflict::Rename => Ok(()),
        OnConflict::Overwrite if !is_folder => Ok(()),
        _ => Err(DriveError::new(ErrorKind::Conflict, operation, "")),
    }
}
