//! Aligned pieces of objects, which are what the cache holds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::disk::BlockHeader;

/// Which piece of which content.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct BlockKey {
    /// The object's etag.
    pub object: Arc<str>,
    /// The piece, counted from zero.
    pub index: u64,
}

/// BlockSizes of blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockSizes {
    /// Objects up to this size are one block: segments are, so that one fetch brings all of one.
    pub one_block: u64,
    /// The block of larger objects: long enough that a film is few requests, short enough that a seek
    /// does not fetch what nobody sees.
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

/// How an object of a known length is cut into blocks.
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

    /// What a block of the object `name` is called on disk.
    pub fn label(self, name: &str, index: u64) -> BlockHeader {
        let start = self.start(index);
        BlockHeader::new(name, self.length, start, self.end(index) - start)
    }

    /// Whether the whole object is one block.
    pub fn is_single(self) -> bool {
        self.block >= self.length
    }
}

/// A whole block, in the pieces that it came in.
#[derive(Debug)]
pub(super) struct Block {
    pieces: ChunkList,
}

impl Block {
    /// Bytes of the block.
    pub fn length(&self) -> u64 {
        self.pieces.length
    }

    /// What stands at byte `offset` of the block, as much as lies in one piece.
    pub fn at(&self, offset: u64) -> Option<Bytes> {
        self.pieces.at(offset)
    }

    /// The pieces, one after the other.
    pub fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.pieces.all.iter().map(|(_, piece)| piece)
    }
}

/// ChunkList that follow each other, and where each begins.
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

/// Bytes of a page. Whole pages are used again and again: memory that is touched for the first time
/// costs more than copying into memory that is not.
pub(super) const PAGE_BYTES: usize = 128 << 10;

/// Bytes handed out at a time from a page that is not full yet.
const PIECE: usize = 64 << 10;

/// Pages that wait to be used again.
#[derive(Debug)]
pub(super) struct PagePool {
    free: Mutex<Vec<Vec<u8>>>,
    most: usize,
}

impl PagePool {
    /// A pool that holds on to up to `bytes`.
    pub fn new(bytes: u64) -> Arc<Self> {
        Arc::new(PagePool {
            free: Mutex::default(),
            most: (bytes / PAGE_BYTES as u64) as usize,
        })
    }

    /// An empty page with room for [`PAGE_BYTES`] bytes.
    pub fn page(&self) -> Vec<u8> {
        let used = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        used.unwrap_or_else(|| Vec::with_capacity(PAGE_BYTES))
    }

    /// A page as bytes; it comes back when nobody reads them any more.
    pub fn bytes(self: &Arc<Self>, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(PooledPage {
            bytes,
            pool: self.clone(),
        })
    }

    fn give_back(&self, mut page: Vec<u8>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if page.capacity() == PAGE_BYTES && free.len() < self.most {
            page.clear();
            free.push(page);
        }
    }
}

/// A full page; goes back to its pool when nobody reads it any more.
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

/// A block that is being put together, with the memory that was reserved for it.
///
/// What comes in large pieces is kept as it came, and so is not copied. Small ones are gathered in pages: each of them
/// would hold the buffer that it was read into, of which it is only a part.
#[derive(Debug)]
pub(super) struct BlockBuilder {
    pool: Arc<PagePool>,
    pieces: ChunkList,
    /// What came after those, and fills no page yet.
    gathered: Vec<u8>,
    _memory: Reservation,
}

/// ChunkList from this size on are kept as they came: most of them fill the buffer that they were read into. What a slow
/// upstream brings at a time is a quarter of that, and fills half of its buffer.
const LARGE: usize = PAGE_BYTES;

impl BlockBuilder {
    /// An empty block.
    pub fn new(pool: Arc<PagePool>, memory: Reservation) -> Self {
        BlockBuilder {
            pool,
            pieces: ChunkList::default(),
            gathered: Vec::new(),
            _memory: memory,
        }
    }

    /// Takes in what comes next.
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
            // The rest of the page is for others.
            self.pieces.push(Bytes::copy_from_slice(&self.gathered));
            self.gathered.clear();
        }
    }

    /// What stands at byte `offset` of the block, if it has come.
    pub fn at(&self, offset: u64) -> Option<Bytes> {
        let Some(within) = offset.checked_sub(self.pieces.length) else {
            return self.pieces.at(offset);
        };
        let rest = self.gathered.get(within as usize..)?;
        let rest = &rest[..rest.len().min(PIECE)];
        (!rest.is_empty()).then(|| Bytes::copy_from_slice(rest))
    }

    /// The block; its bytes have all come.
    pub fn finish(mut self) -> Block {
        self.end_page();
        self.pool.give_back(std::mem::take(&mut self.gathered));
        Block {
            pieces: self.pieces,
        }
    }
}

/// A bound on bytes that are held for blocks which are not complete yet.
#[derive(Debug)]
pub(super) struct MemoryBudget {
    free: AtomicU64,
}

/// Bytes taken from a budget, given back when dropped.
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
        // Pages that nobody reads any more are there to be used again.
        drop(block);
        assert_eq!(pool.free.lock().unwrap().len(), 2);
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
