//! The settings of a folder of this machine, as plain values.

use std::path::PathBuf;

/// Settings made by the owner.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// The folder that the drive shows as its root.
    pub path: PathBuf,
}
