//! Access to a file by byte range, and the budget within which its index is read.

use std::future::Future;

use bytes::Bytes;

use crate::ContainerError;

/// A file whose length is known and whose bytes can be read in any order.
pub trait ReadRange: Send + Sync {
    /// Returns the length of the file in bytes.
    fn size(&self) -> u64;

    /// Reads exactly `length` bytes from `offset` on.
    ///
    /// # Errors
    /// `Truncated` if the file ends before, `Read` if the bytes cannot be read.
    fn read(
        &self,
        offset: u64,
        length: usize,
    ) -> impl Future<Output = Result<Bytes, ContainerError>> + Send;

    /// Reads at least one byte and at most `most` from `offset` on: as many as come without a copy.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    fn read_some(
        &self,
        offset: u64,
        most: usize,
    ) -> impl Future<Output = Result<Bytes, ContainerError>> + Send {
        self.read(offset, most)
    }
}

/// Bounds on the cost of reading one index. Every reader counts against it and fails with
/// [`ContainerError::OverBudget`].
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Bytes that may be read from the file.
    pub read_bytes: u64,
    /// Bytes of memory that tables and texts may take.
    pub memory_bytes: u64,
    /// Boxes, elements and table entries that may be parsed.
    pub steps: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            read_bytes: 64 << 20,
            memory_bytes: 16 << 20,
            steps: 40_000_000,
        }
    }
}
