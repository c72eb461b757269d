//! The folder in which the server keeps its state.

use std::path::{Path, PathBuf};

/// The folder in which the server keeps its state.
#[derive(Debug, Clone)]
pub struct OwnFolder {
    pub(crate) real: PathBuf,
    names: &'static [&'static str],
}

impl OwnFolder {
    /// The folder at `path`, as it is now. The server's own things in it are called by one of `names`, with or without
    /// something behind a hyphen; other names are somebody's who keeps films beside them. `None` where there is no
    /// such folder.
    pub fn at(path: &Path, names: &'static [&'static str]) -> Option<Self> {
        let real = std::fs::canonicalize(path).ok()?;
        Some(OwnFolder { real, names })
    }

    /// Whether a real path is nobody's to see in a drive that shows `root`.
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
