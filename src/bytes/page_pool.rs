//! Pages: the memory that media take, reused and counted.
//!
//! All bytes of blocks are in pages or in large chunks as they came, and a viewer's connection holds the one that it is
//! sending, whatever became of its block. So their count is the memory that media take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;

/// The size of a page in bytes. Full pages are pooled and reused: the first touch of fresh memory costs
/// more than copying into memory that is already mapped.
pub(super) const PAGE_BYTES: usize = 128 << 10;

/// A pool of free pages, and the count of those in use.
#[derive(Debug)]
pub(super) struct PagePool {
    free: Mutex<Vec<Vec<u8>>>,
    max_free: usize,
    in_use: AtomicU64,
}

impl PagePool {
    /// Creates a pool that retains up to `bytes` of free pages.
    pub fn new(bytes: u64) -> Arc<Self> {
        Arc::new(PagePool {
            free: Mutex::default(),
            max_free: (bytes / PAGE_BYTES as u64) as usize,
            in_use: AtomicU64::new(0),
        })
    }

    /// Returns an empty page with a capacity of [`PAGE_BYTES`].
    pub fn page(self: &Arc<Self>) -> Page {
        let used = self.free.lock().pop();
        self.wrap(used.unwrap_or_else(|| Vec::with_capacity(PAGE_BYTES)))
    }

    /// Returns an empty page for bytes on their way into a block, which counts them when it keeps them.
    pub fn uncounted_page(self: &Arc<Self>) -> Page {
        let mut page = self.page();
        let counted = std::mem::take(&mut page.counted);
        self.in_use.fetch_sub(counted, Ordering::Relaxed);
        page
    }

    /// Copies bytes into memory of their own size, which is counted like a page.
    pub fn copy(self: &Arc<Self>, bytes: &[u8]) -> Bytes {
        self.wrap(bytes.to_vec()).into_bytes()
    }

    /// Returns the same bytes, in the `memory` bytes in which they are, which are counted like a page until the last reader
    /// drops them. They must be alone in that memory.
    pub fn keep(self: &Arc<Self>, bytes: Bytes, memory: u64) -> Bytes {
        self.in_use.fetch_add(memory, Ordering::Relaxed);
        Bytes::from_owner(KeptChunk {
            bytes,
            memory,
            pool: self.clone(),
        })
    }

    fn wrap(self: &Arc<Self>, bytes: Vec<u8>) -> Page {
        let counted = bytes.capacity() as u64;
        self.in_use.fetch_add(counted, Ordering::Relaxed);
        Page {
            bytes,
            counted,
            pool: self.clone(),
        }
    }

    /// Returns the bytes of all pages that blocks, fetches and viewers hold.
    pub fn in_use(&self) -> u64 {
        self.in_use.load(Ordering::Relaxed)
    }

    /// Returns the number of pages that wait to be reused.
    #[cfg(test)]
    pub fn free_pages(&self) -> usize {
        self.free.lock().len()
    }

    fn take_back(&self, mut page: Vec<u8>) {
        let mut free = self.free.lock();
        if page.capacity() == PAGE_BYTES && free.len() < self.max_free {
            page.clear();
            free.push(page);
        }
    }
}

/// A page, which returns to its pool when it is dropped.
#[derive(Debug)]
pub(super) struct Page {
    /// The bytes, to be filled up to the capacity and never beyond.
    pub bytes: Vec<u8>,
    /// Bytes of memory that the pool counts for it.
    counted: u64,
    pool: Arc<PagePool>,
}

impl Page {
    /// Returns its bytes. The page returns to its pool with the last reader of them.
    pub fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Page {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.pool.in_use.fetch_sub(self.counted, Ordering::Relaxed);
        self.pool.take_back(std::mem::take(&mut self.bytes));
    }
}

/// A chunk in memory of its own.
#[derive(Debug)]
struct KeptChunk {
    bytes: Bytes,
    memory: u64,
    pool: Arc<PagePool>,
}

impl AsRef<[u8]> for KeptChunk {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for KeptChunk {
    fn drop(&mut self) {
        self.pool.in_use.fetch_sub(self.memory, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_until_the_last_reader_drops_them_and_reused_after_that() {
        let pool = PagePool::new(PAGE_BYTES as u64);
        let mut page = pool.page();
        page.bytes.extend_from_slice(b"film");
        let bytes = page.into_bytes();
        let part = bytes.slice(1..2);
        drop(bytes);
        let small = pool.copy(b"end");
        assert_eq!(pool.in_use(), PAGE_BYTES as u64 + 3);
        drop((part, small));
        assert_eq!((pool.in_use(), pool.free_pages()), (0, 1));
        // Counted by what it becomes.
        let uncounted = pool.uncounted_page();
        assert_eq!((pool.in_use(), pool.free_pages()), (0, 0));
        drop(uncounted);
        assert_eq!((pool.in_use(), pool.free_pages()), (0, 1));
        // More than it retains is freed.
        drop((pool.page(), pool.page()));
        assert_eq!((pool.in_use(), pool.free_pages()), (0, 1));
    }

    #[test]
    fn chunks_that_are_kept_are_counted_by_the_memory_that_they_take() {
        let pool = PagePool::new(PAGE_BYTES as u64);
        let chunk = Bytes::from(vec![7; 1000]);
        let kept = pool.keep(chunk.clone(), 4096);
        let part = kept.slice(999..);
        assert!(kept == chunk && kept.as_ptr() == chunk.as_ptr());
        drop(kept);
        assert_eq!(pool.in_use(), 4096);
        drop(part);
        assert_eq!(pool.in_use(), 0);
    }
}
