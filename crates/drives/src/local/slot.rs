//! A name in an opened folder: the file system calls that create, rename and remove, relative to that folder.
//!
//! The folder is opened without following a link, and no call here follows one. So a change happens inside of the drive
//! even if a path component is replaced at that very moment, and a link is renamed or removed itself, never its
//! target.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;

use data_encoding::HEXLOWER;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, mkdirat, openat, statat, unlinkat};
use rustix::io::Errno;

use crate::ResumeKey;

/// Depth of folders below which nothing is removed or copied.
pub(crate) const MAX_DEPTH: usize = 64;
/// Name of a file or folder that is not complete yet; hidden, like every name that begins with a dot.
const UNFINISHED: &str = ".drivein-";
const UNFINISHED_END: &str = ".part";

/// A name in an opened folder.
#[derive(Debug)]
pub(crate) struct Slot {
    folder: OwnedFd,
    name: OsString,
}

/// Properties of a name, without following it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotStatus {
    pub is_folder: bool,
    /// Bytes of a file; 0 for a folder.
    pub size: u64,
}

impl Slot {
    /// Returns the name `name`, one path component, in `folder`.
    pub(crate) fn new(folder: impl Into<OwnedFd>, name: impl Into<OsString>) -> Self {
        Slot {
            folder: folder.into(),
            name: name.into(),
        }
    }

    /// Returns another name in the same folder.
    pub(crate) fn beside(&self, name: impl Into<OsString>) -> io::Result<Self> {
        Ok(Slot::new(self.folder.try_clone()?, name))
    }

    /// Returns a hidden name in the same folder, for content that is not complete yet.
    pub(crate) fn unfinished(&self) -> io::Result<Unfinished> {
        let mut bytes = [0; 8];
        // Without random numbers there would be no keys either, and no server.
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let name = format!("{UNFINISHED}{}{UNFINISHED_END}", HEXLOWER.encode(&bytes));
        Ok(Unfinished {
            slot: self.beside(name)?,
            is_kept: false,
        })
    }

    /// Returns the hidden name in the same folder for the content of an upload that can resume. It stays when it is
    /// dropped.
    pub(crate) fn resumable(&self, key: &ResumeKey) -> io::Result<Unfinished> {
        let name = format!("{UNFINISHED}{}{UNFINISHED_END}", key.as_str());
        Ok(Unfinished {
            slot: self.beside(name)?,
            is_kept: true,
        })
    }

    /// Returns what has this name; `None` if it is free.
    pub(crate) fn look(&self) -> io::Result<Option<SlotStatus>> {
        match statat(&self.folder, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => {
                let is_folder = FileType::from_raw_mode(found.st_mode).is_dir();
                let size = u64::try_from(found.st_size).unwrap_or_default();
                Ok(Some(SlotStatus {
                    is_folder,
                    size: if is_folder { 0 } else { size },
                }))
            }
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Creates a file; `AlreadyExists` if the name is taken.
    pub(crate) fn create_file(&self) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // The umask of the server applies, as for every file that a program makes.
        let mode = Mode::from_raw_mode(0o666);
        Ok(openat(&self.folder, &self.name, flags, mode)?.into())
    }

    /// Opens the file of this name to write behind what is in it, or creates it.
    pub(crate) fn resume_file(&self) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o666);
        Ok(openat(&self.folder, &self.name, flags, mode)?.into())
    }

    /// Opens the file of this name to read it.
    pub(crate) fn open_file(&self) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(openat(&self.folder, &self.name, flags, Mode::empty())?.into())
    }

    /// Creates a folder with these permissions; `AlreadyExists` if the name is taken.
    pub(crate) fn create_folder(&self, mode: u32) -> io::Result<()> {
        Ok(mkdirat(
            &self.folder,
            &self.name,
            Mode::from_raw_mode(mode),
        )?)
    }

    /// Opens the folder of this name.
    pub(crate) fn open_folder(&self) -> io::Result<OwnedFd> {
        open_folder_in(&self.folder, &self.name)
    }

    /// Renames this to `target`, which may be in another folder of the same file system.
    ///
    /// # Errors
    /// `AlreadyExists` if `target` is taken and `replaces` is false; `CrossesDevices`.
    pub(crate) fn rename(&self, target: &Slot, replaces: bool) -> io::Result<()> {
        if !replaces {
            #[cfg(target_os = "linux")]
            {
                use rustix::fs::{RenameFlags, renameat_with};
                let flags = RenameFlags::NOREPLACE;
                match renameat_with(
                    &self.folder,
                    &self.name,
                    &target.folder,
                    &target.name,
                    flags,
                ) {
                    // A file system without that flag.
                    Err(Errno::INVAL | Errno::NOSYS) => {}
                    done => return self.renamed(target, done.map_err(io::Error::from)),
                }
            }
            if target.look()?.is_some() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
        }
        let done = rustix::fs::renameat(&self.folder, &self.name, &target.folder, &target.name);
        self.renamed(target, done.map_err(io::Error::from))
    }

    /// Makes a rename durable.
    fn renamed(&self, target: &Slot, done: io::Result<()>) -> io::Result<()> {
        done?;
        // Some file systems do not sync folders; the rename itself is done.
        let _ = rustix::fs::fsync(&target.folder);
        if !self.is_beside(target) {
            let _ = rustix::fs::fsync(&self.folder);
        }
        Ok(())
    }

    /// Returns true if both names are in the same folder.
    fn is_beside(&self, other: &Slot) -> bool {
        let identity = |folder: &OwnedFd| {
            let found = rustix::fs::fstat(folder).ok()?;
            Some((found.st_dev, found.st_ino))
        };
        let (here, there) = (identity(&self.folder), identity(&other.folder));
        here.is_some() && here == there
    }

    /// Removes what has this name for good, a folder with everything in it.
    pub(crate) fn remove(&self) -> io::Result<()> {
        remove_in(&self.folder, &self.name, 0)
    }
}

/// Content under a hidden name, which is removed when it is dropped, unless it was given its name or is that of an upload
/// that can resume.
#[derive(Debug)]
pub(crate) struct Unfinished {
    slot: Slot,
    is_kept: bool,
}

impl Unfinished {
    pub(crate) fn slot(&self) -> &Slot {
        &self.slot
    }

    /// Gives the content its name; see [`Slot::rename`].
    pub(crate) fn finish(&mut self, target: &Slot, replaces: bool) -> io::Result<()> {
        self.slot.rename(target, replaces)?;
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        match self.slot.remove() {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(%error, "the rest of an unfinished file stays in its folder")
            }
        }
    }
}

/// Returns true for the name of content that is not complete.
pub(crate) fn is_unfinished(name: &str) -> bool {
    name.starts_with(UNFINISHED) && name.ends_with(UNFINISHED_END)
}

/// Returns the key of an upload that can resume, by the name of its content; `None` for any other name.
pub(crate) fn resume_key(name: &str) -> Option<ResumeKey> {
    ResumeKey::parse(
        name.strip_prefix(UNFINISHED)?
            .strip_suffix(UNFINISHED_END)?,
    )
}

/// Returns the names in an opened folder.
pub(crate) fn names_in(folder: impl AsFd) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for item in Dir::read_from(folder)? {
        let name = item?.file_name().to_bytes().to_vec();
        if name != b"." && name != b".." {
            names.push(OsString::from_vec(name));
        }
    }
    Ok(names)
}

fn open_folder_in(folder: impl AsFd, name: &OsString) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(folder, name, flags, Mode::empty())?)
}

fn remove_in(folder: &OwnedFd, name: &OsString, depth: usize) -> io::Result<()> {
    let found = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if !FileType::from_raw_mode(found.st_mode).is_dir() {
        return Ok(unlinkat(folder, name, AtFlags::empty())?);
    }
    if depth >= MAX_DEPTH {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let inner = open_folder_in(folder, name)?;
    for child in names_in(&inner)? {
        remove_in(&inner, &child, depth + 1)?;
    }
    Ok(unlinkat(folder, name, AtFlags::REMOVEDIR)?)
}
