//! The folder's files as entries, and the conversion of paths in both directions.
//!
//! Only files in the folder are shown: a symbolic link that leads out of it is not followed; names that begin
//! with a dot, and names that are not text, are neither listed nor opened. The server's own state is never
//! shown, wherever it lies, because it holds the keys of every drive. Files are opened here, and an opened file
//! is one in the folder even if a path component is replaced at that very moment.

use std::fs::{File, FileType, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::api::OwnFolder;
use crate::{DriveError, ErrorKind};
use media::{Entry, EntryKind, EntryPath, Place};

/// The folder that a drive shows.
#[derive(Debug, Clone)]
pub(crate) struct FolderTree {
    place: Place,
    root: PathBuf,
    own: Option<OwnFolder>,
}

/// Message of the error if the folder itself is missing.
pub(crate) const NO_FOLDER: &str = "The folder of this drive is not there, or this server may not read it. Check path in \
    the config, and whether the disk is mounted.";

/// A name in a folder, and whether it is a folder itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub text: String,
    pub is_folder: bool,
}

impl FolderTree {
    pub(crate) fn new(place: Place, root: PathBuf, own: Option<OwnFolder>) -> Self {
        FolderTree { place, root, own }
    }

    /// Returns true if the last name of the path is a symbolic link.
    pub(crate) fn is_link(&self, path: &EntryPath) -> bool {
        let joined = path
            .names()
            .fold(self.root.clone(), |folder, name| folder.join(name));
        std::fs::symlink_metadata(joined).is_ok_and(|found| found.is_symlink())
    }

    /// Returns the real path of an entry, with all links resolved. `not_found` if there is none within the
    /// folder.
    pub(crate) fn real(
        &self,
        path: &EntryPath,
        operation: &'static str,
    ) -> Result<PathBuf, DriveError> {
        if path.names().any(is_hidden) {
            return Err(absent(operation));
        }
        let root = std::fs::canonicalize(&self.root).map_err(|error| {
            let detail = format!("the folder itself cannot be opened: {}", error.kind());
            DriveError::failed(operation, detail).with_sentence(NO_FOLDER)
        })?;
        let joined: PathBuf = path
            .names()
            .fold(root.clone(), |folder, name| folder.join(name));
        let real = std::fs::canonicalize(joined).map_err(|error| failure(operation, &error))?;
        let is_own = self.own.as_ref().is_some_and(|own| own.keeps(&root, &real));
        if real.starts_with(&root) && !is_own {
            Ok(real)
        } else {
            Err(absent(operation))
        }
    }

    /// Opens a file for reading, and returns it with its metadata.
    ///
    /// The path was resolved a moment ago, and a folder or a link may have been put into it since: the system
    /// follows no link in this call. Opening a pipe does not block until it has a writer.
    pub(crate) fn open(
        &self,
        path: &EntryPath,
        operation: &'static str,
    ) -> Result<(File, Metadata), DriveError> {
        let real = self.real(path, operation)?;
        let failed = |error: io::Error| failure(operation, &error);
        let root = std::fs::canonicalize(&self.root).map_err(failed)?;
        let file = open_beneath(&root, &real, OFlags::empty()).map_err(failed)?;
        let found = file.metadata().map_err(failed)?;
        if !found.is_file() {
            return Err(absent(operation));
        }
        Ok((file, found))
    }

    /// Opens a folder to work in it, without following a link.
    pub(crate) fn open_folder(
        &self,
        path: &EntryPath,
        operation: &'static str,
    ) -> Result<File, DriveError> {
        let real = self.real(path, operation)?;
        let failed = |error: io::Error| failure(operation, &error);
        let root = std::fs::canonicalize(&self.root).map_err(failed)?;
        open_beneath(&root, &real, OFlags::DIRECTORY).map_err(failed)
    }

    /// Returns true if a name in a folder must not be written, renamed or removed: it is the server's own state, or a
    /// folder that contains it.
    pub(crate) fn is_protected(&self, folder: &EntryPath, name: &str) -> bool {
        let (Some(own), Ok(real)) = (&self.own, self.real(folder, "look")) else {
            return false;
        };
        let real = real.join(name);
        let leads_to = std::fs::canonicalize(&real).unwrap_or_else(|_| real.clone());
        self.is_own(&real) || own.real.starts_with(&real) || own.real.starts_with(leads_to)
    }

    /// Returns the entry path of a real path; `None` outside of the folder.
    pub(crate) fn local(&self, real: &Path) -> Option<EntryPath> {
        let root = std::fs::canonicalize(&self.root).ok()?;
        EntryPath::parse(real.strip_prefix(root).ok()?.to_str()?).ok()
    }

    /// Returns the names in a folder, in no order.
    pub(crate) fn names(&self, folder: &EntryPath) -> Result<Vec<Name>, DriveError> {
        let operation = "list";
        let real = self.real(folder, operation)?;
        let mut names = Vec::new();
        for item in std::fs::read_dir(&real).map_err(|error| failure(operation, &error))? {
            let item = item.map_err(|error| failure(operation, &error))?;
            let Some(text) = item.file_name().to_str().map(str::to_owned) else {
                continue;
            };
            let Ok(kind) = item.file_type() else { continue };
            names.extend(self.named(folder, &real, text, kind));
        }
        Ok(names)
    }

    /// Returns what identifies a folder, whatever the path that leads to it: device and inode. `None` if it cannot
    /// be read.
    pub(crate) fn folder_identity(&self, folder: &EntryPath) -> Option<(u64, u64)> {
        let found = std::fs::metadata(self.real(folder, "list").ok()?).ok()?;
        Some((found.dev(), found.ino()))
    }

    /// Returns a name in a folder as it is now; `None` if nothing is there that may be shown.
    pub(crate) fn name(&self, folder: &EntryPath, text: &str) -> Option<Name> {
        let real = self.real(folder, "list").ok()?;
        let kind = std::fs::symlink_metadata(real.join(text)).ok()?.file_type();
        self.named(folder, &real, text.to_owned(), kind)
    }

    fn named(&self, folder: &EntryPath, real: &Path, text: String, kind: FileType) -> Option<Name> {
        let fits = folder.as_str().len() + 1 + text.len() <= EntryPath::MAX_BYTES;
        if is_hidden(&text) || !fits || text.chars().any(char::is_control) {
            return None;
        }
        let is_folder = if kind.is_symlink() {
            // A link that leads nowhere, or out of the folder, is not shown.
            let path = folder.join(&text).ok()?;
            let target = self.real(&path, "list").ok()?;
            let found = std::fs::metadata(target).ok()?;
            (found.is_dir() || found.is_file()).then(|| found.is_dir())?
        } else {
            (kind.is_dir() || kind.is_file()).then(|| kind.is_dir())?
        };
        (!self.is_own(&real.join(&text))).then_some(Name { text, is_folder })
    }

    /// Returns true if a real path belongs to the server's own state. The disk is accessed only for the few
    /// that may.
    fn is_own(&self, real: &Path) -> bool {
        let own = self.own.as_ref();
        own.filter(|own| real.starts_with(&own.real))
            .is_some_and(|own| {
                let root = std::fs::canonicalize(&self.root);
                root.is_ok_and(|root| own.keeps(&root, real))
            })
    }

    /// Makes an entry without opening the file.
    pub(crate) fn entry(
        &self,
        path: &EntryPath,
        operation: &'static str,
    ) -> Result<Entry, DriveError> {
        let real = self.real(path, operation)?;
        let found = std::fs::metadata(real).map_err(|error| failure(operation, &error))?;
        if !found.is_dir() && !found.is_file() {
            return Err(absent(operation));
        }
        Ok(self.describe(path, &found))
    }

    fn describe(&self, path: &EntryPath, found: &Metadata) -> Entry {
        let is_folder = found.is_dir();
        let name = if path.is_root() {
            self.place.as_str()
        } else {
            path.name()
        };
        let kind = if is_folder {
            EntryKind::Folder
        } else {
            EntryKind::of_file(name)
        };
        Entry {
            name: name.to_owned(),
            size: if is_folder { 0 } else { found.len() },
            modified: media::unix_time(found.mtime()),
            id: Some(format!("{:x}-{:x}", found.dev(), found.ino())),
            content: (!is_folder).then(|| version(found)),
            ..Entry::bare(&self.place, path, kind)
        }
    }
}

/// Returns the version of a file's bytes: another file, another length or a later change has another version.
pub(crate) fn version(found: &Metadata) -> String {
    format!(
        "{:x}-{:x}-{:x}-{:x}.{:x}",
        found.dev(),
        found.ino(),
        found.len(),
        found.mtime(),
        found.mtime_nsec()
    )
}

/// Opens `real`, which is below `root` and had no links in it when it was resolved.
fn open_beneath(root: &Path, real: &Path, more: OFlags) -> io::Result<File> {
    let flags = more | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{ResolveFlags, openat2};
        use rustix::io::Errno;

        let below = real
            .strip_prefix(root)
            .map_err(|_| io::Error::from(io::ErrorKind::NotFound))?;
        let below = match below.as_os_str().is_empty() {
            true => Path::new("."),
            false => below,
        };
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        match openat2(File::open(root)?, below, flags, Mode::empty(), resolve) {
            Ok(file) => return Ok(file.into()),
            // A kernel without this call, or a container sandbox that denies it.
            Err(Errno::NOSYS | Errno::PERM) => {}
            Err(Errno::LOOP | Errno::XDEV) => return Err(io::ErrorKind::NotFound.into()),
            Err(error) => return Err(error.into()),
        }
    }
    let _ = root;
    let file = rustix::fs::open(real, flags, Mode::empty())?;
    Ok(file.into())
}

/// Returns true for a name that is neither listed nor opened.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

fn absent(operation: &'static str) -> DriveError {
    DriveError::not_found(operation, "there is no such file in the folder")
}

/// Maps an error of the file system to ours; it names no path.
pub(crate) fn failure(operation: &'static str, error: &io::Error) -> DriveError {
    let kind = match error.kind() {
        // A name that the file system does not allow does not exist.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => {
            ErrorKind::NotFound
        }
        _ => ErrorKind::UpstreamFailed,
    };
    let failed = DriveError::new(kind, operation, error.kind().to_string());
    match error.kind() {
        io::ErrorKind::PermissionDenied => failed.with_sentence(
            "The server may not read this file or folder: its owner or its permissions forbid it to the user that \
             runs Drive-In.",
        ),
        _ => failed,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    const STATE: &[&str] = &["drivein.sqlite", "cache"];

    /// Returns the names in a folder of a tree, and whether a path in it can be opened.
    fn seen(root: &Path, own: &Path, folder: &str, file: &str) -> (Vec<String>, bool) {
        let place = Place::parse("home").unwrap();
        let tree = FolderTree::new(place, root.to_owned(), OwnFolder::at(own, STATE));
        let path = |text| EntryPath::parse(text).unwrap();
        let names = tree.names(&path(folder)).unwrap_or_default();
        let mut names: Vec<String> = names.into_iter().map(|name| name.text).collect();
        names.sort();
        let is_open = tree.open(&path(file), "test").is_ok();
        assert_eq!(tree.entry(&path(file), "test").is_ok(), is_open);
        (names, is_open)
    }

    #[test]
    fn the_servers_own_state_is_in_no_drive_wherever_it_lies() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let state = root.join("state");
        std::fs::create_dir_all(state.join("cache")).unwrap();
        std::fs::create_dir_all(state.join("films")).unwrap();
        for name in [
            "drivein.sqlite",
            "drivein.sqlite-wal",
            "cache/1",
            "films/a.mp4",
            "b.mp4",
            "cache flow.mp4",
        ] {
            std::fs::write(state.join(name), b"x").unwrap();
        }
        std::fs::write(root.join("c.mp4"), b"x").unwrap();
        symlink("state/drivein.sqlite", root.join("d.mp4")).unwrap();
        symlink("state", root.join("e")).unwrap();
        let seen = |root: &Path, folder, file| seen(root, &state, folder, file);
        // Below the drive's folder the state is not shown at all, by no name.
        assert_eq!(seen(root, "/", "/c.mp4"), (vec!["c.mp4".to_owned()], true));
        for file in [
            "/state/drivein.sqlite",
            "/state/b.mp4",
            "/d.mp4",
            "/e/b.mp4",
            "/e/cache/1",
        ] {
            assert_eq!(seen(root, "/state", file), (Vec::new(), false), "{file}");
        }
        // If the state's folder is the drive's, the films beside the state are shown.
        let beside = ["b.mp4", "cache flow.mp4", "films"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(seen(&state, "/", "/b.mp4"), (beside.clone(), true));
        for file in ["/drivein.sqlite", "/drivein.sqlite-wal", "/cache/1"] {
            assert_eq!(seen(&state, "/", file), (beside.clone(), false), "{file}");
        }
        // Films may also be below it.
        let films = state.join("films");
        assert_eq!(
            seen(&films, "/", "/a.mp4"),
            (vec!["a.mp4".to_owned()], true)
        );
        assert_eq!(seen(&state.join("cache"), "/", "/1"), (Vec::new(), false));
    }

    #[test]
    fn a_link_that_appears_after_the_path_was_resolved_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(dir.path()).unwrap().join("films");
        std::fs::create_dir_all(root.join("in")).unwrap();
        std::fs::create_dir(root.join("../elsewhere")).unwrap();
        std::fs::write(root.join("in/a.mp4"), b"a film").unwrap();
        std::fs::write(root.join("../elsewhere/a.mp4"), b"no").unwrap();
        let resolved = root.join("in/a.mp4");
        assert!(open_beneath(&root, &resolved, OFlags::empty()).is_ok());
        // Replaces the file itself, and a folder on the way to it.
        std::fs::remove_file(root.join("in/a.mp4")).unwrap();
        symlink("../../elsewhere/a.mp4", root.join("in/a.mp4")).unwrap();
        assert!(open_beneath(&root, &resolved, OFlags::empty()).is_err());
        if cfg!(target_os = "linux") {
            std::fs::remove_dir_all(root.join("in")).unwrap();
            symlink("../elsewhere", root.join("in")).unwrap();
            assert!(open_beneath(&root, &resolved, OFlags::empty()).is_err());
        }
    }
}
