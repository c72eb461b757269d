//! The memory cache: complete blocks, and the room for those that arrive.
//!
//! Everything that pages take counts against one limit: cached blocks, incomplete ones, and pages of blocks that were
//! dropped while a viewer's connection still sends them. The least recently used block is dropped at once, in the call
//! that exceeds the limit; a cache that evicts later would grow by what a fast upstream delivers meanwhile.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;

use super::block::{Block, BlockKey};
use super::memory_budget::{MemoryBudget, Reservation};
use super::page_pool::PagePool;

/// The memory for media.
pub(super) struct BlockCache {
    /// The pages of all blocks.
    pub pool: Arc<PagePool>,
    /// The memory of incomplete blocks.
    pub incomplete: Arc<MemoryBudget>,
    limit: u64,
    blocks: Mutex<LruBlocks>,
}

/// Blocks in the order of their last use.
#[derive(Default)]
struct LruBlocks {
    by_key: HashMap<BlockKey, CachedBlock>,
    order: BTreeMap<u64, BlockKey>,
    turn: u64,
    bytes: u64,
}

struct CachedBlock {
    block: Arc<Block>,
    turn: u64,
}

/// Incomplete blocks may take this fraction (1/n) of the memory for media: with the default of 256 MiB,
/// enough for a dozen concurrent segments.
const INCOMPLETE_DIVISOR: u64 = 3;

/// Free pages may take this fraction (1/n) of the memory for media.
const FREE_PAGES_DIVISOR: u64 = 8;

impl BlockCache {
    /// Creates an empty cache of at most `limit` bytes.
    pub fn new(limit: u64) -> Self {
        let free_pages = limit / FREE_PAGES_DIVISOR;
        BlockCache {
            pool: PagePool::new(free_pages),
            incomplete: MemoryBudget::new(limit / INCOMPLETE_DIVISOR),
            limit: limit - free_pages,
            blocks: Mutex::default(),
        }
    }

    /// Returns a block and marks it as used; `None` if it is not cached.
    pub fn get(&self, key: &BlockKey) -> Option<Arc<Block>> {
        self.blocks.lock().get(key)
    }

    /// Returns true if a block is cached.
    pub fn contains(&self, key: &BlockKey) -> bool {
        self.blocks.lock().by_key.contains_key(key)
    }

    /// Adds a complete block, and drops the least recently used ones beyond the limit.
    pub fn insert(&self, key: BlockKey, block: Arc<Block>) {
        let replaced = self.blocks.lock().insert(key, block);
        // Dropped outside of the lock.
        drop(replaced);
        self.make_room();
    }

    /// Reserves memory for an incomplete block. Returns `None` if there is none: too many blocks are arriving, or
    /// viewers hold the rest.
    pub fn reserve(&self, bytes: u64) -> Option<Reservation> {
        let reservation = self.incomplete.reserve(bytes)?;
        self.make_room().then_some(reservation)
    }

    /// Drops the least recently used blocks beyond the limit. Returns false if that is not enough.
    fn make_room(&self) -> bool {
        while self.pool.in_use() + self.incomplete.unfilled() > self.limit {
            let oldest = self.blocks.lock().pop();
            if oldest.is_none() {
                return false;
            }
        }
        true
    }

    /// Returns the number of cached blocks and the sum of their bytes.
    pub fn size(&self) -> (u64, u64) {
        let blocks = self.blocks.lock();
        (blocks.by_key.len() as u64, blocks.bytes)
    }
}

impl LruBlocks {
    fn get(&mut self, key: &BlockKey) -> Option<Arc<Block>> {
        let cached = self.by_key.get_mut(key)?;
        if cached.turn != self.turn {
            self.turn += 1;
            let key = self.order.remove(&cached.turn)?;
            cached.turn = self.turn;
            self.order.insert(self.turn, key);
        }
        Some(cached.block.clone())
    }

    fn insert(&mut self, key: BlockKey, block: Arc<Block>) -> Option<Arc<Block>> {
        self.turn += 1;
        self.bytes += block.length();
        self.order.insert(self.turn, key.clone());
        let cached = CachedBlock {
            block,
            turn: self.turn,
        };
        let replaced = self.by_key.insert(key, cached)?;
        self.order.remove(&replaced.turn);
        self.bytes -= replaced.block.length();
        Some(replaced.block)
    }

    /// Removes the least recently used block.
    fn pop(&mut self) -> Option<Arc<Block>> {
        let (_, key) = self.order.pop_first()?;
        let cached = self.by_key.remove(&key)?;
        self.bytes -= cached.block.length();
        Some(cached.block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::block::BlockBuilder;
    use crate::bytes::page_pool::PAGE_BYTES;

    const PAGE: u64 = PAGE_BYTES as u64;

    fn key(index: u64) -> BlockKey {
        BlockKey {
            object: "film".into(),
            index,
        }
    }

    fn block(cache: &BlockCache, pages: u64) -> Arc<Block> {
        let memory = cache.reserve(pages * PAGE).unwrap();
        let mut builder = BlockBuilder::new(cache.pool.clone(), memory);
        // In chunks of a page, which are copied.
        for _ in 0..pages {
            builder.push(vec![7; PAGE_BYTES].into());
        }
        Arc::new(builder.finish())
    }

    /// A cache for 14 pages.
    fn cache() -> BlockCache {
        BlockCache::new(16 * PAGE)
    }

    #[test]
    fn the_least_recently_used_block_goes_at_once() {
        let cache = cache();
        for index in 0..20 {
            cache.insert(key(index), block(&cache, 4));
            assert!(cache.get(&key(0)).is_some());
            assert!(cache.pool.in_use() <= 14 * PAGE, "{index}");
        }
        let cached = (0..20).filter(|index| cache.contains(&key(*index)));
        assert_eq!(cached.collect::<Vec<_>>(), [0, 18, 19]);
        assert_eq!(cache.size(), (3, 12 * PAGE));
        // The same block again replaces the old one.
        cache.insert(key(0), block(&cache, 1));
        assert_eq!(cache.size(), (3, 9 * PAGE));
    }

    #[test]
    fn what_viewers_hold_of_dropped_blocks_counts() {
        let cache = cache();
        let mut held = Vec::new();
        for index in 0..10 {
            cache.insert(key(index), block(&cache, 4));
            held.push(cache.get(&key(index)).unwrap().at(0).unwrap());
            assert!(cache.pool.in_use() <= 14 * PAGE, "{index}");
        }
        // Ten pages are held, which leaves room for one block, and none for another.
        assert_eq!(cache.size().0, 1);
        let arriving = cache.reserve(4 * PAGE);
        assert!(arriving.is_some() && cache.size().0 == 0);
        held.extend((0..4).map(|_| cache.pool.copy(&[0; PAGE_BYTES])));
        assert!(cache.reserve(1).is_none());
        drop((arriving, held));
        assert_eq!(cache.pool.in_use(), 0);
        assert!(cache.reserve(4 * PAGE).is_some());
    }
}
