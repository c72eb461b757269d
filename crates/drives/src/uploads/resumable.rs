//! A file that an upload is written to, and that stays when the upload is interrupted.
//!
//! A process that is killed leaves what it has written. A machine that loses power may leave a file whose last bytes
//! were never written. So the file is synced at every boundary of [`SYNC_BYTES`] before a byte behind it is written: all
//! before the last boundary is as it arrived.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// Interval of bytes at which a file is synced; at most so many are sent once more.
const SYNC_BYTES: u64 = 8 << 20;
/// A file of fewer bytes than this always begins anew.
pub const MIN_RESUMABLE_BYTES: u64 = SYNC_BYTES + 1;
/// Age from which the rest of an upload belongs to no process.
pub(crate) const ABANDONED_AGE: Duration = Duration::from_secs(24 * 3600);

/// A file that is written from its start to its end.
#[derive(Debug)]
pub(crate) struct UploadFile {
    file: File,
    at: u64,
    is_resumable: bool,
}

/// Returns the bytes from the start of a file of `length` bytes that are on the disk in any case.
pub(crate) fn durable_bytes(length: u64) -> u64 {
    length.saturating_sub(1) / SYNC_BYTES * SYNC_BYTES
}

impl UploadFile {
    /// Returns a new, empty file.
    pub(crate) fn new(file: File) -> Self {
        UploadFile {
            file,
            at: 0,
            is_resumable: false,
        }
    }

    /// Returns a file that goes on at byte `from`; what is behind that is cut off.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if another upload is writing to it, `InvalidData` if it has fewer bytes or is no file of its own.
    pub(crate) fn resume(file: File, from: u64) -> io::Result<Self> {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            // A file system without locks.
            Ok(()) | Err(Errno::NOLCK | Errno::NOTSUP | Errno::INVAL | Errno::NOSYS) => {}
            Err(error) => return Err(error.into()),
        }
        let found = file.metadata()?;
        if !found.is_file() || found.nlink() != 1 || found.len() < from {
            return Err(io::ErrorKind::InvalidData.into());
        }
        file.set_len(from)?;
        Ok(UploadFile {
            file,
            at: from,
            is_resumable: true,
        })
    }

    /// Writes bytes behind those that are there.
    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = SYNC_BYTES - self.at % SYNC_BYTES;
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.file.write_all_at(now, self.at)?;
            self.at += now.len() as u64;
            if self.is_resumable && self.at.is_multiple_of(SYNC_BYTES) {
                self.file.sync_data()?;
            }
            bytes = later;
        }
        Ok(())
    }

    /// Makes all of it durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Returns the file.
    pub(crate) fn into_file(self) -> File {
        self.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(path: &std::path::Path) -> File {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        options.open(path).unwrap()
    }

    #[test]
    fn only_bytes_before_a_boundary_are_taken_for_durable() {
        for (length, durable) in [
            (0, 0),
            (1, 0),
            (SYNC_BYTES, 0),
            (SYNC_BYTES + 1, SYNC_BYTES),
            (2 * SYNC_BYTES, SYNC_BYTES),
            (3 * SYNC_BYTES - 1, 2 * SYNC_BYTES),
        ] {
            assert_eq!(durable_bytes(length), durable, "{length}");
        }
        assert_eq!(durable_bytes(MIN_RESUMABLE_BYTES), SYNC_BYTES);
        assert_eq!(durable_bytes(MIN_RESUMABLE_BYTES - 1), 0);
    }

    #[test]
    fn a_file_goes_on_at_a_byte_and_is_written_by_one_upload_at_a_time() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("part");
        let mut first = UploadFile::resume(opened(&path), 0).unwrap();
        first.write(b"abcdef").unwrap();
        let second = UploadFile::resume(opened(&path), 3);
        assert_eq!(second.unwrap_err().kind(), io::ErrorKind::WouldBlock);
        drop(first);
        let longer = UploadFile::resume(opened(&path), 7);
        assert_eq!(longer.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let mut second = UploadFile::resume(opened(&path), 3).unwrap();
        second.write(b"xy").unwrap();
        second.sync().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"abcxy");
        drop(second);
        std::fs::hard_link(&path, home.path().join("other")).unwrap();
        let linked = UploadFile::resume(opened(&path), 0);
        assert_eq!(linked.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
