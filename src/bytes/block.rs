//! Aligned blocks of objects: the unit of the media cache.

use std::sync::Arc;

use bytes::Bytes;
use drives::chunk_memory;

use super::block_header::BlockHeader;
use super::memory_budget::Reservation;
use super::page_pool::{PAGE_BYTES, Page, PagePool};

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

/// The most bytes returned at a time from a page that is not full yet.
const PIECE: usize = 64 << 10;

/// A block under construction, with its reserved memory. Chunks that are alone in their memory are kept as they came. The
/// others are copied into pooled pages: each of them would otherwise keep alive the whole buffer that it was read into.
#[derive(Debug)]
pub(super) struct BlockBuilder {
    pool: Arc<PagePool>,
    pieces: ChunkList,
    /// The page after those chunks, which is not full yet.
    last: Option<Page>,
    memory: Reservation,
}

impl BlockBuilder {
    /// Creates an empty block.
    pub fn new(pool: Arc<PagePool>, memory: Reservation) -> Self {
        BlockBuilder {
            pool,
            pieces: ChunkList::default(),
            last: None,
            memory,
        }
    }

    /// Appends the next chunk, and returns it for the readers that are there: in the same memory if the block keeps it.
    pub fn push(&mut self, chunk: Bytes) -> Bytes {
        if let Some(memory) = chunk_memory(chunk.len()) {
            self.end_page();
            self.memory.fill(chunk.len() as u64);
            let kept = self.pool.keep(chunk, memory as u64);
            self.pieces.push(kept.clone());
            return kept;
        }
        self.copy(&chunk);
        chunk
    }

    fn copy(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() {
            let page = match &mut self.last {
                Some(page) => page,
                None => {
                    self.memory.fill(PAGE_BYTES as u64);
                    self.last.insert(self.pool.page())
                }
            };
            let room = PAGE_BYTES - page.bytes.len();
            let (part, after) = rest.split_at(rest.len().min(room));
            page.bytes.extend_from_slice(part);
            rest = after;
            if page.bytes.len() == PAGE_BYTES {
                self.end_page();
            }
        }
    }

    fn end_page(&mut self) {
        match self.last.take() {
            Some(page) if page.bytes.len() >= PAGE_BYTES / 2 => self.pieces.push(page.into_bytes()),
            // Copied, so that the rest of the page can be reused.
            Some(page) => self.pieces.push(self.pool.copy(page.as_ref())),
            None => {}
        }
    }

    /// Returns bytes from `offset` of the block, or `None` if they have not arrived.
    pub fn at(&self, offset: u64) -> Option<Bytes> {
        let Some(within) = offset.checked_sub(self.pieces.length) else {
            return self.pieces.at(offset);
        };
        let rest = self.last.as_ref()?.bytes.get(within as usize..)?;
        let rest = &rest[..rest.len().min(PIECE)];
        (!rest.is_empty()).then(|| Bytes::copy_from_slice(rest))
    }

    /// Returns the block. All its bytes must have arrived.
    pub fn finish(mut self) -> Block {
        self.end_page();
        Block {
            pieces: self.pieces,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::memory_budget::MemoryBudget;

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
        let sizes: [&[usize]; 6] = [
            &[1],
            &[1460],
            &[PAGE_BYTES],
            &[PAGE_BYTES, 3, 1460, 100 << 10, PAGE_BYTES - 1],
            &[70_001, 4 * PAGE_BYTES - 1],
            &[5 * PAGE_BYTES, 7],
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
                let chunk = builder.push(Bytes::copy_from_slice(&bytes[at..end]));
                assert!(chunk == bytes[at..end]);
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
    fn a_block_takes_its_own_size_whatever_the_chunks_came_in() {
        let pool = PagePool::new(1 << 20);
        let memory = MemoryBudget::new(1 << 20);
        let mut builder = BlockBuilder::new(pool.clone(), memory.reserve(1 << 20).unwrap());
        let buffer = Bytes::from(vec![7; 3 * PAGE_BYTES]);
        builder.push(buffer.slice(..1000));
        assert_eq!(memory.unfilled(), (1 << 20) - PAGE_BYTES as u64);
        builder.push(buffer.slice(..2 * PAGE_BYTES - 1));
        let block = builder.finish();
        assert_eq!(memory.free(), 1 << 20);
        assert_eq!(pool.in_use(), 2 * PAGE_BYTES as u64 + 999);
        assert!(buffer.is_unique(), "a reader's buffer is not kept");
        drop(block);
        assert_eq!((pool.in_use(), pool.free_pages()), (0, 3));
    }

    #[test]
    fn a_chunk_alone_in_its_memory_is_kept_as_it_came() {
        for (length, expected) in [
            (64 << 10, 64 << 10),
            (192 << 10, 192 << 10),
            (400_000, 512 << 10),
        ] {
            let pool = PagePool::new(1 << 20);
            let memory = MemoryBudget::new(1 << 20);
            let mut builder = BlockBuilder::new(pool.clone(), memory.reserve(1 << 20).unwrap());
            let large = Bytes::from(vec![7; length]);
            builder.push(Bytes::from_static(b"head"));
            let shown = builder.push(large.clone());
            builder.push(Bytes::from_static(b"end"));
            assert_eq!(shown.as_ptr(), large.as_ptr());
            assert_eq!(builder.at(4).unwrap().as_ptr(), large.as_ptr());
            let block = builder.finish();
            let pieces: Vec<_> = block.pieces().map(Bytes::len).collect();
            assert_eq!(pieces, [4, length, 3]);
            // The viewer's part counts for as long as it is held.
            drop(block);
            assert_eq!(pool.in_use(), expected);
            drop(shown);
            assert_eq!(pool.in_use(), 0);
        }
    }
}
