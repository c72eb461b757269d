//! Files and folders that their owner alone may read.

use std::path::Path;

/// Makes a folder and those above it (0700), unless it is there.
pub(super) fn make_private_dir(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

/// Makes a file, unless it is there, and closes it to others (0600).
pub(super) fn make_private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    // An existing file may have had wider permissions.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}
