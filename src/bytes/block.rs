//! Aligned pieces of objects, which are what the cache holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};

/// Which piece of which content.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct BlockKey {
    /// The object's etag.
    pub object: Arc<str>,
    /// The piece, counted from zero.
    pub index: u64,
}

/// Objects up to this size are one block: segments are, so that one fetch brings all of one.
const ONE_BLOCK: u64 = 16 << 20;

/// The block of larger objects: long enough that a film is few requests, short enough that a seek
/// does not fetch what nobody sees.
const BLOCK: u64 = 4 << 20;

/// How an object of a known length is cut into blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    length: u64,
    block: u64,
}

impl Cut {
    pub fn of(length: u64) -> Self {
        Cut {
            length,
            block: if length <= ONE_BLOCK {
                length.max(1)
            } else {
                BLOCK
            },
        }
    }

    /// The block that holds a byte.
    pub fn index(self, position: u64) -> u64 {
        position / self.block
    }

    /// The first byte of a block.
    pub fn start(self, index: u64) -> u64 {
        index * self.block
    }

    /// The byte after the last of a block.
    pub fn end(self, index: u64) -> u64 {
        ((index + 1) * self.block).min(self.length)
    }

    /// Whether the whole object is one block.
    pub fn is_single(self) -> bool {
        self.block >= self.length
    }
}

/// A whole block, as the chunks in which it came.
#[derive(Debug)]
pub(super) struct Block {
    chunks: Vec<(u64, Bytes)>,
    length: u64,
}

/// Chunks shorter than this on the average are joined: each costs a hundred bytes besides, and
/// short ones often hold on to a buffer many times their size.
const SHORT_CHUNK: u64 = 16 << 10;

impl Block {
    /// A block of chunks that begin at byte 0 of it.
    pub fn new(chunks: impl IntoIterator<Item = Bytes>) -> Self {
        let mut placed = Vec::new();
        let mut length = 0;
        for chunk in chunks {
            placed.push((length, chunk.clone()));
            length += chunk.len() as u64;
        }
        if length / (placed.len().max(1) as u64) < SHORT_CHUNK && placed.len() > 1 {
            let mut joined = BytesMut::with_capacity(length as usize);
            placed
                .iter()
                .for_each(|(_, chunk)| joined.extend_from_slice(chunk));
            placed = vec![(0, joined.freeze())];
        }
        Block {
            chunks: placed,
            length,
        }
    }

    /// Bytes of the block.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What stands at byte `offset` of the block, as much as lies in one piece.
    pub fn at(&self, offset: u64) -> Option<Bytes> {
        at(&self.chunks, offset)
    }
}

/// The rest of the chunk that holds byte `offset`; `chunks` are ordered by where they begin.
fn at(chunks: &[(u64, Bytes)], offset: u64) -> Option<Bytes> {
    let index = chunks
        .partition_point(|(start, _)| *start <= offset)
        .checked_sub(1)?;
    let (start, chunk) = &chunks[index];
    let within = (offset - start) as usize;
    (within < chunk.len()).then(|| chunk.slice(within..))
}

/// A bound on bytes that are held for blocks which are not complete yet.
#[derive(Debug)]
pub(super) struct Budget {
    free: AtomicU64,
}

/// Bytes taken from a budget, given back when dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Budget {
    pub fn new(bytes: u64) -> Arc<Self> {
        Arc::new(Budget {
            free: AtomicU64::new(bytes),
        })
    }

    /// Takes so many bytes, if there are.
    pub fn reserve(self: &Arc<Self>, bytes: u64) -> Option<Reservation> {
        self.free
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| {
                free.checked_sub(bytes)
            })
            .ok()
            .map(|_| Reservation {
                budget: self.clone(),
                bytes,
            })
    }

    /// Bytes that are not taken.
    pub fn free(&self) -> u64 {
        self.free.load(Ordering::Relaxed)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.free.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_objects_are_one_block_and_large_ones_aligned() {
        let small = Cut::of(5 << 20);
        assert_eq!(
            (
                small.index(0),
                small.index((5 << 20) - 1),
                small.end(0),
                small.is_single()
            ),
            (0, 0, 5 << 20, true)
        );
        let large = Cut::of((17 << 20) + 3);
        assert_eq!(
            (large.index(4 << 20), large.start(1), large.end(1)),
            (1, 4 << 20, 8 << 20)
        );
        assert_eq!((large.end(4), large.is_single()), ((17 << 20) + 3, false));
        assert_eq!(Cut::of(0).index(0), 0);
    }

    #[test]
    fn a_block_gives_what_was_put_in_wherever_one_asks() {
        for size in [3usize, 40_000] {
            let bytes: Vec<u8> = (0..size * 5).map(|i| (i % 251) as u8).collect();
            let block = Block::new(bytes.chunks(size).map(Bytes::copy_from_slice));
            assert_eq!(block.length(), bytes.len() as u64);
            for offset in [0, 1, size - 1, size, size * 5 - 1] {
                assert!(
                    bytes[offset..].starts_with(&block.at(offset as u64).unwrap()),
                    "{offset} of {size}"
                );
            }
            assert_eq!(block.at(size as u64 * 5), None);
        }
    }

    #[test]
    fn a_budget_is_never_overdrawn_and_comes_back() {
        let budget = Budget::new(10);
        let first = budget.reserve(7).unwrap();
        assert!(budget.reserve(4).is_none());
        let second = budget.reserve(3).unwrap();
        assert_eq!(budget.free(), 0);
        drop((first, second));
        assert_eq!(budget.free(), 10);
    }
}
