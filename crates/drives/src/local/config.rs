//! The settings of a folder of this machine, as plain values.

use std::path::PathBuf;

/// Settings made by the owner.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// The folder that the drive shows as its root.
    pub path: PathBuf,
    /// True if files may be uploaded, changed and deleted.
    pub write: bool,
    /// Days after which a deleted entry is removed from the trash.
    pub trash_days: u32,
}

impl LocalConfig {
    /// Days that deleted entries stay in the trash.
    pub const DEFAULT_TRASH_DAYS: u32 = 30;

    /// Returns the settings of a folder that is only read.
    pub fn read_only(path: PathBuf) -> Self {
        LocalConfig {
            path,
            write: false,
            trash_days: Self::DEFAULT_TRASH_DAYS,
        }
    }
}
