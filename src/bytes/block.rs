//! Aligned blocks of objects: the unit of the media cache.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;

use super::block_header::BlockHeader;

/// The key of a block in the cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct BlockKey {
    /// The ETag of the object.
    pub object: Arc<str>,
    /// The index of the block in the object, counted from zero.
    pub index: u64,
}

/// Block sizes in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockSizes {
    /// Objects up to this size are a single block. Segments are, so that one fetch brings a whole segment.
    pub one_block: u64,
    /// The block size of larger objects: large enough that a film takes few requests, small enough that a
    /// seek fetches little that is not watched.
    pub block: u64,
}

impl Default for BlockSizes {
    fn default() -> Self {
        BlockSizes {
            one_block: 16 << 20,
            block: 4 << 20,
        }
    }
}

/// The division of an object of known length into blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockLayout {
    length: u64,
    block: u64,
}

impl BlockLayout {
    pub fn of(length: u64, sizes: BlockSizes) -> Self {
        BlockLayout {
            length,
            block: if length <= sizes.one_block {
                length.max(1)
            } else {
                sizes.block
            },
        }
    }

    /// Returns the index of the block that contains byte `position` of the object.
    pub fn index(self, position: u64) -> u64 {
        position / self.block
    }

    /// Returns the offset of the first byte of a block.
    pub fn start(self, index: u64) -> u64 {
        index * self.block
    }

    /// Returns the offset after the last byte of a block.
    pub fn end(self, index: u64) -> u64 {
        ((index + 1) * self.block).min(self.length)
    }

    /// Returns the header under which a block of the object `name` is stored on disk.
    pub fn header(self, name: &str, index: u64) -> BlockHeader {
        let start = self.start(index);
        BlockHeader::new(name, self.length, start, self.end(index) - start)
    }

    /// Returns true if the whole object is a single block.
    pub fn is_single(self) -> bool {
        self.block >= self.length
    }
}

/// A complete block, in the chunks in which it arrived.
#[derive(Debug)]
pub(super) struct Block {
    pieces: ChunkList,
}

impl Block {
    /// Returns the length of the block in bytes.
    pub fn length(&self) -> u64 {
        self.pieces.length
    }

    /// Returns the bytes from `offset` of the block to the end of the chunk that contains it, or `None`
    /// past the end.
    pub fn at(&self, offset: u64) -> Option<Bytes> {
        self.pieces.at(offset)
    }

    /// Iterates over the chunks in order.
    pub fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.pieces.all.iter().map(|(_, piece)| piece)
    }
}

/// Consecutive chunks with their offsets.
#[derive(Debug, Default)]
struct ChunkList {
    all: Vec<(u64, Bytes)>,
    length: u64,
}

impl ChunkList {
    fn push(&mut self, piece: Bytes) {
        let start = self.length;
        self.length += piece.len() as u64;
        self.all.push((start, piece));
    }

    fn at(&self, offset: u64) -> Option<Bytes> {
        let next = self.all.partition_point(|(start, _)| *start <= offset);
        let (start, piece) = self.all.get(next.checked_sub(1)?)?;
        let within = (offset - start) as usize;
        (within < piece.len()).then(|| piece.slice(within..))
    }
}

/// The size of a page in bytes. Full pages are pooled and reused: the first touch of fresh memory costs
/// more than copying into memory that is already mapped.
pub(super) const PAGE_BYTES: usize = 128 << 10;

/// The most bytes returned at a time from a page that is not full yet.
const PIECE: usize = 64 << 10;

/// A pool of free pages.
#[derive(Debug)]
pub(super) struct PagePool {
    free: Mutex<Vec<Vec<u8>>>,
    most: usize,
}

impl PagePool {
    /// Creates a pool that retains up to `bytes` of free pages.
    pub fn new(bytes: u64) -> Arc<Self> {
        Arc::new(PagePool {
            free: Mutex::default(),
            most: (bytes / PAGE_BYTES as u64) as usize,
        })
    }

    /// Returns an empty page with a capacity of [`PAGE_BYTES`].
    pub fn page(&self) -> Vec<u8> {
        let used = self.free.lock().pop();
        used.unwrap_or_else(|| Vec::with_capacity(PAGE_BYTES))
    }

    /// Wraps a page as `Bytes`. It returns to the pool when its last reader drops it.
    pub fn bytes(self: &Arc<Self>, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(PooledPage {
            bytes,
            pool: self.clone(),
        })
    }

    fn give_back(&self, mut page: Vec<u8>) {
        let mut free = self.free.lock();
        if page.capacity() == PAGE_BYTES && free.len() < self.most {
            page.clear();
            free.push(page);
        }
    }
}

/// A full page that returns to its pool when dropped.
struct PooledPage {
    bytes: Vec<u8>,
    pool: Arc<PagePool>,
}

impl AsRef<[u8]> for PooledPage {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for PooledPage {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.bytes));
    }
}

/// A block under construction, with its reserved memory.
///
/// Chunks of at least [`LARGE`] bytes are kept without a copy. Smaller ones are copied into pooled pages,
/// because each of them would otherwise keep alive the whole buffer that it was read into.
#[derive(Debug)]
pub(super) struct BlockBuilder {
    pool: Arc<PagePool>,
    pieces: ChunkList,
    /// Bytes after those chunks that do not fill a page yet.
    gathered: Vec<u8>,
    _memory: Reservation,
}

/// Chunks of at least this size are kept without a copy, since most of them fill their read buffer. A slow
/// upstream delivers a quarter of that at a time, which fills half of its buffer.
const LARGE: usize = PAGE_BYTES;

impl BlockBuilder {
    /// Creates an empty block.
    pub fn new(pool: Arc<PagePool>, memory: Reservation) -> Self {
        BlockBuilder {
            pool,
            pieces: ChunkList::default(),
            gathered: Vec::new(),
            _memory: memory,
        }
    }

    /// Appends the next chunk.
    pub fn push(&mut self, piece: &Bytes) {
        if piece.len() >= LARGE {
            self.end_page();
            self.pieces.push(piece.clone());
            return;
        }
        let mut rest = &piece[..];
        while !rest.is_empty() {
            if self.gathered.capacity() == 0 {
                self.gathered = self.pool.page();
            }
            let room = PAGE_BYTES - self.gathered.len();
            let (part, after) = rest.split_at(rest.len().min(room));
            self.gathered.extend_from_slice(part);
            rest = after;
            if self.gathered.len() == PAGE_BYTES {
                self.end_page();
            }
        }
    }

    fn end_page(&mut self) {
        if self.gathered.len() >= PAGE_BYTES / 2 {
            let page = std::mem::take(&mut self.gathered);
            self.pieces.push(self.pool.bytes(page));
        } else if !self.gathered.is_empty() {
            // Copied, so that the rest of the page can be reused.
            self.pieces.push(Bytes::copy_from_slice(&self.gathered));
            self.gathered.clear();
        }
    }

    /// Returns bytes from `offset` of the block, or `None` if they have not arrived.
    pub fn at(&self, offset: u64) -> Option<Bytes> {
        let Some(within) = offset.checked_sub(self.pieces.length) else {
            return self.pieces.at(offset);
        };
        let rest = self.gathered.get(within as usize..)?;
        let rest = &rest[..rest.len().min(PIECE)];
        (!rest.is_empty()).then(|| Bytes::copy_from_slice(rest))
    }

    /// Returns the block. All its bytes must have arrived.
    pub fn finish(mut self) -> Block {
        self.end_page();
        self.pool.give_back(std::mem::take(&mut self.gathered));
        Block {
            pieces: self.pieces,
        }
    }
}

/// A limit on the bytes held for incomplete blocks.
#[derive(Debug)]
pub(super) struct MemoryBudget {
    free: AtomicU64,
}

/// Bytes reserved from a budget; released when dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Arc<MemoryBudget>,
    bytes: u64,
}

impl MemoryBudget {
    pub fn new(bytes: u64) -> Arc<Self> {
        Arc::new(MemoryBudget {
            free: AtomicU64::new(bytes),
        })
    }

    /// Reserves `bytes`. Returns `None` if fewer are free.
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

    /// Returns the number of free bytes.
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
        let small = BlockLayout::of(5 << 20, BlockSizes::default());
        assert_eq!(
            (
                small.index(0),
                small.index((5 << 20) - 1),
                small.end(0),
                small.is_single()
            ),
            (0, 0, 5 << 20, true)
        );
        let large = BlockLayout::of((17 << 20) + 3, BlockSizes::default());
        assert_eq!(
            (large.index(4 << 20), large.start(1), large.end(1)),
            (1, 4 << 20, 8 << 20)
        );
        assert_eq!((large.end(4), large.is_single()), ((17 << 20) + 3, false));
        assert_eq!(BlockLayout::of(0, BlockSizes::default()).index(0), 0);
    }

    #[test]
    fn a_block_gives_what_was_put_in_wherever_one_asks() {
        let pool = PagePool::new(10 << 20);
        let sizes: [&[usize]; 5] = [
            &[1],
            &[1460],
            &[LARGE],
            &[LARGE, 3, 1460, 100 << 10, LARGE - 1],
            &[70_001, LARGE - 1],
        ];
        for (length, sizes) in [1, 1000, PAGE_BYTES, PAGE_BYTES + 1, 9 * PAGE_BYTES + 77]
            .into_iter()
            .flat_map(|length| sizes.map(|sizes| (length, sizes)))
        {
            let bytes: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let memory = MemoryBudget::new(length as u64)
                .reserve(length as u64)
                .unwrap();
            let mut builder = BlockBuilder::new(pool.clone(), memory);
            let (mut at, mut sizes) = (0, sizes.iter().cycle());
            while at < length {
                let end = (at + sizes.next().unwrap()).min(length);
                builder.push(&Bytes::copy_from_slice(&bytes[at..end]));
                assert!(bytes[at..end].starts_with(&builder.at(at as u64).unwrap()));
                at = end;
            }
            let places = [0, 1, length / 3, length / 2, length - 1].map(|at| at.min(length - 1));
            for offset in places {
                assert!(
                    bytes[offset..].starts_with(&builder.at(offset as u64).unwrap()),
                    "{offset} of {length}"
                );
            }
            assert_eq!(builder.at(length as u64), None);
            let block = builder.finish();
            assert_eq!(block.length(), length as u64);
            let pieces: Vec<u8> = block.pieces().flatten().copied().collect();
            assert!(pieces == bytes, "{length}");
            for offset in places {
                assert!(
                    bytes[offset..].starts_with(&block.at(offset as u64).unwrap()),
                    "{offset} of {length}"
                );
            }
            assert_eq!(block.at(length as u64), None);
        }
    }

    #[test]
    fn large_pieces_are_not_copied_and_small_ones_hold_no_buffer() {
        let pool = PagePool::new(1 << 20);
        let large = Bytes::from(vec![7; LARGE]);
        let small = Bytes::from(vec![8; 1000]);
        let memory = MemoryBudget::new(1 << 20).reserve(1 << 20).unwrap();
        let mut builder = BlockBuilder::new(pool.clone(), memory);
        builder.push(&large);
        for _ in 0..PAGE_BYTES / 1000 + 1 {
            builder.push(&small);
        }
        builder.push(&large);
        let block = builder.finish();
        let pieces: Vec<&Bytes> = block.pieces().collect();
        assert_eq!(
            pieces.iter().map(|piece| piece.len()).collect::<Vec<_>>(),
            [LARGE, PAGE_BYTES, 1000 - PAGE_BYTES % 1000, LARGE]
        );
        assert!(std::ptr::eq(&pieces[0][..], &large[..]));
        assert!(!std::ptr::eq(&pieces[2][..], &small[..]));
        // Pages without readers are free to be reused.
        drop(block);
        assert_eq!(pool.free.lock().len(), 2);
    }

    #[test]
    fn a_budget_is_never_overdrawn_and_comes_back() {
        let budget = MemoryBudget::new(10);
        let first = budget.reserve(7).unwrap();
        assert!(budget.reserve(4).is_none());
        let second = budget.reserve(3).unwrap();
        assert_eq!(budget.free(), 0);
        drop((first, second));
        assert_eq!(budget.free(), 10);
    }
}
