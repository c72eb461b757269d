//! The folder in which the server keeps its state.

use std::path::{Path, PathBuf};

/// The folder in which the server keeps its state.
#[derive(Debug, Clone)]
pub struct OwnFolder {
    pub(crate) real: PathBuf,
    names: &'static [&'static str],
}

impl OwnFolder {
    /// Returns the folder at `path`, as it is now; `None` if there is no such folder. The server's own files in
    /// it are named one of `names`, optionally followed by a hyphen and more; other names are films beside
    /// them.
    pub fn at(path: &Path, names: &'static [&'static str]) -> Option<Self> {
        let real = std::fs::canonicalize(path).ok()?;
        Some(OwnFolder { real, names })
    }

    /// Returns true if a drive that shows `root` must not show this real path.
    pub(crate) fn keeps(&self, root: &Path, real: &Path) -> bool {
        let Ok(below) = real.strip_prefix(&self.real) else {
            return false;
        };
        if self.real != root && self.real.starts_with(root) {
            return true;
        }
        let first = below.components().next();
        let first = first.and_then(|first| first.as_os_str().to_str());
        let first = first.unwrap_or_default();
        self.names.iter().any(|name| {
            let rest = first.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }
}
