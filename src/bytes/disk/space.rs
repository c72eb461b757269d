//! The space of the disk that the cache is on: a part of it is left to everything else.

use std::io;
use std::path::Path;

/// The reserve is this fraction (1/n) of the disk, but at most [`MAX_RESERVE_BYTES`].
const RESERVE_DIVISOR: u64 = 20;
const MAX_RESERVE_BYTES: u64 = 512 << 20;

/// The space of a file system, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DiskSpace {
    pub total: u64,
    /// Bytes that are free for users without privileges.
    pub free: u64,
}

impl DiskSpace {
    /// Returns the space of the file system that contains `folder`.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let found = rustix::fs::statvfs(folder)?;
        Ok(DiskSpace {
            total: found.f_blocks.saturating_mul(found.f_frsize),
            free: found.f_bavail.saturating_mul(found.f_frsize),
        })
    }

    /// Returns how many bytes have to be freed before `bytes` more can be written without touching the reserve.
    pub fn missing(self, bytes: u64) -> u64 {
        let reserve = (self.total / RESERVE_DIVISOR).min(MAX_RESERVE_BYTES);
        reserve.saturating_add(bytes).saturating_sub(self.free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_of_a_small_disk_and_half_a_gibibyte_of_a_large_one_stay_free() {
        let gib = 1 << 30;
        let missing = |total, free, bytes| DiskSpace { total, free }.missing(bytes);
        assert_eq!(missing(gib, gib / 20, 0), 0);
        assert_eq!(missing(gib, gib / 20, 7), 7);
        assert_eq!(missing(1000 * gib, gib, gib / 2), 0);
        assert_eq!(missing(1000 * gib, gib, gib), gib / 2);
        assert_eq!(missing(1000 * gib, 0, u64::MAX), u64::MAX);
        let here = DiskSpace::of(Path::new("/")).unwrap();
        assert!(here.free <= here.total && here.total > 0);
    }
}
