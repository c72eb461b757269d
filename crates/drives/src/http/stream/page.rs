//! The memory that bodies are received into.
//!
//! A body goes from the socket into a page, and the page goes to the consumer as it is: the cache of media keeps
//! full ones for hours without a copy. When the last reader of a page drops it, its memory is used again, since the
//! first touch of fresh memory costs more than what is read into it.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::api::chunk_memory;

/// Free memory of all sizes, for all concurrent connections.
#[derive(Debug)]
pub(super) struct FreePages {
    free: Mutex<FreeList>,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct FreeList {
    pages: Vec<Vec<u8>>,
    bytes: usize,
}

impl FreePages {
    /// Keeps up to `max_bytes` of memory that waits to be used again.
    pub fn up_to(max_bytes: usize) -> Arc<Self> {
        Arc::new(FreePages {
            free: Mutex::default(),
            max_bytes,
        })
    }

    /// Returns an empty page of `size` bytes.
    pub fn page(self: &Arc<Self>, size: usize) -> ReceivePage {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        // The one that was used last is likely to be in the processor's cache.
        let used = free.pages.iter().rposition(|page| page.len() == size);
        let used = used.map(|at| free.pages.remove(at));
        if used.is_some() {
            free.bytes -= size;
        }
        drop(free);
        ReceivePage {
            bytes: used.unwrap_or_else(|| vec![0; size]),
            filled: 0,
            free: self.clone(),
        }
    }

    fn take_back(&self, page: Vec<u8>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.bytes + page.len() <= self.max_bytes {
            free.bytes += page.len();
            free.pages.push(page);
        }
    }
}

/// Memory of a fixed size, filled from its start on.
#[derive(Debug)]
pub(super) struct ReceivePage {
    /// As long as the page, whatever is in it.
    bytes: Vec<u8>,
    filled: usize,
    free: Arc<FreePages>,
}

impl ReceivePage {
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    pub fn filled(&self) -> usize {
        self.filled
    }

    pub fn filled_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.filled]
    }

    /// Forgets its bytes.
    pub fn clear(&mut self) {
        self.filled = 0;
    }

    /// Returns the memory that is not filled.
    pub fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[self.filled..]
    }

    /// Records that the first `bytes` of the room were filled.
    pub fn advance(&mut self, bytes: usize) {
        self.filled = (self.filled + bytes).min(self.bytes.len());
    }

    /// Appends bytes, which must fit.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.room()[..bytes.len()].copy_from_slice(bytes);
        self.advance(bytes.len());
    }

    /// Returns its bytes, without a copy unless they would keep more than four times their size in memory, or look like
    /// more than they are to [`chunk_memory`].
    pub fn into_bytes(self) -> Bytes {
        let looks_full = chunk_memory(self.filled).is_some_and(|memory| memory < self.size());
        match self.filled < self.size() / 4 || looks_full {
            true => Bytes::copy_from_slice(self.as_ref()),
            false => Bytes::from_owner(self),
        }
    }
}

impl AsRef<[u8]> for ReceivePage {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Drop for ReceivePage {
    fn drop(&mut self) {
        self.free.take_back(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(pages: &FreePages) -> (usize, usize) {
        let free = pages.free.lock().unwrap();
        assert_eq!(free.bytes, free.pages.iter().map(Vec::len).sum::<usize>());
        (free.pages.len(), free.bytes)
    }

    #[test]
    fn a_page_is_used_again_after_its_last_reader() {
        let pages = FreePages::up_to(1000);
        let mut page = pages.page(100);
        page.extend(b"a film of ");
        page.room()[..20].fill(b'x');
        page.advance(20);
        assert_eq!((page.size(), page.filled()), (100, 30));
        let bytes = page.into_bytes();
        let part = bytes.slice(7..11);
        assert_eq!(
            (&bytes[..], &part[..]),
            (&b"a film of xxxxxxxxxxxxxxxxxxxx"[..], &b"of x"[..])
        );
        drop(bytes);
        assert_eq!(free(&pages), (0, 0));
        drop(part);
        assert_eq!(free(&pages), (1, 100));
        // Another size is other memory; the same size is the same, and empty.
        let (other, same) = (pages.page(50), pages.page(100));
        assert_eq!((free(&pages), same.filled()), ((0, 0), 0));
        drop((other, same));
        assert_eq!(free(&pages), (2, 150));
    }

    #[test]
    fn few_bytes_do_not_keep_a_page() {
        let pages = FreePages::up_to(1000);
        let mut page = pages.page(100);
        page.extend(b"little");
        let bytes = page.into_bytes();
        assert_eq!((&bytes[..], free(&pages)), (&b"little"[..], (1, 100)));
    }

    #[test]
    fn what_is_free_has_a_limit() {
        let pages = FreePages::up_to(1000);
        let held: Vec<ReceivePage> = (0..6).map(|_| pages.page(250)).collect();
        drop(held);
        assert_eq!(free(&pages), (4, 1000));
    }
}
