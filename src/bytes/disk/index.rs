//! The index of the disk cache: its blocks, their sizes and the eviction order. Values, no I/O.

use std::collections::{BTreeMap, HashMap};

use data_encoding::HEXLOWER;

use crate::bytes::block_header::{BlockHeader, block_key};

/// The file name of a block: the first 160 bits of its key in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct BlockFileName([u8; 20]);

impl BlockFileName {
    fn of_key(key: &[u8; 32]) -> Self {
        let mut name = [0; 20];
        name.copy_from_slice(&key[..20]);
        BlockFileName(name)
    }

    pub fn of(header: &BlockHeader) -> Self {
        Self::of_key(&header.key)
    }

    /// Returns the name of the first block of an object.
    pub fn of_first(object: &str) -> Self {
        Self::of_key(&block_key(object, 0))
    }

    /// Parses a file name; `None` if it is not that of a block.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        Some(BlockFileName(bytes.try_into().ok()?))
    }

    pub fn file(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Returns the name of the file while it is being written.
    pub fn part(&self) -> String {
        format!("{}{PARTIAL_SUFFIX}", self.file())
    }
}

/// The suffix of incomplete files.
pub(super) const PARTIAL_SUFFIX: &str = ".part";

/// The blocks on disk, in LRU order.
#[derive(Debug)]
pub(super) struct DiskIndex {
    limit: u64,
    used: u64,
    blocks: HashMap<BlockFileName, IndexEntry>,
    order: BTreeMap<u64, BlockFileName>,
    turn: u64,
}

#[derive(Debug)]
struct IndexEntry {
    bytes: u64,
    turn: u64,
}

impl DiskIndex {
    pub fn new(limit: u64) -> Self {
        DiskIndex {
            limit,
            used: 0,
            blocks: HashMap::new(),
            order: BTreeMap::new(),
            turn: 0,
        }
    }

    pub fn contains(&self, name: &BlockFileName) -> bool {
        self.blocks.contains_key(name)
    }

    /// Marks a block as most recently used. Returns false if it is not there.
    pub fn touch(&mut self, name: &BlockFileName) -> bool {
        let Some(slot) = self.blocks.get_mut(name) else {
            return false;
        };
        self.order.remove(&slot.turn);
        self.turn += 1;
        slot.turn = self.turn;
        self.order.insert(self.turn, *name);
        true
    }

    /// Inserts a file of `bytes` as most recently used.
    pub fn insert(&mut self, name: BlockFileName, bytes: u64) {
        self.remove(&name);
        self.turn += 1;
        let turn = self.turn;
        self.order.insert(turn, name);
        self.blocks.insert(name, IndexEntry { bytes, turn });
        self.used += bytes;
    }

    pub fn remove(&mut self, name: &BlockFileName) {
        if let Some(slot) = self.blocks.remove(name) {
            self.order.remove(&slot.turn);
            self.used -= slot.bytes;
        }
    }

    /// Removes and returns the least recently used blocks until `bytes` more fit; `None` if they never
    /// will.
    pub fn make_room(&mut self, bytes: u64) -> Option<Vec<BlockFileName>> {
        if bytes > self.limit {
            return None;
        }
        let mut gone = Vec::new();
        while self.used + bytes > self.limit {
            let (_, oldest) = self.order.first_key_value()?;
            let oldest = *oldest;
            self.remove(&oldest);
            gone.push(oldest);
        }
        Some(gone)
    }

    /// Removes and returns the least recently used blocks that take at least `bytes` together, or all of them.
    pub fn shrink(&mut self, bytes: u64) -> Vec<BlockFileName> {
        let target = self.used.saturating_sub(bytes);
        let mut gone = Vec::new();
        while self.used > target
            && let Some((_, oldest)) = self.order.first_key_value()
        {
            let oldest = *oldest;
            self.remove(&oldest);
            gone.push(oldest);
        }
        gone
    }

    /// Returns the limit, the bytes used, and the number of blocks.
    pub fn stats(&self) -> (u64, u64, u64) {
        (self.limit, self.used, self.blocks.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(number: u8) -> BlockFileName {
        BlockFileName([number; 20])
    }

    #[test]
    fn names_of_files() {
        assert_eq!(BlockFileName::parse(&name(7).file()), Some(name(7)));
        for no_block in [
            "",
            "x",
            "0707.part",
            &name(7).part(),
            "07",
            &"0".repeat(41),
            &"G".repeat(40),
        ] {
            assert_eq!(BlockFileName::parse(no_block), None, "{no_block}");
        }
    }

    #[test]
    fn the_longest_unused_goes_first() {
        let mut index = DiskIndex::new(100);
        for number in 1..=4 {
            index.insert(name(number), 25);
        }
        assert!(index.touch(&name(1)));
        assert_eq!(index.make_room(30), Some(vec![name(2), name(3)]));
        assert!(!index.contains(&name(2)) && index.contains(&name(1)) && !index.touch(&name(3)));
        assert_eq!(index.stats(), (100, 50, 2));
        assert_eq!(index.make_room(101), None);
        assert!(index.shrink(0).is_empty());
        assert_eq!(index.shrink(20), [name(4)]);
        assert_eq!(index.shrink(100), [name(1)]);
        assert_eq!(index.stats(), (100, 0, 0));
    }

    proptest! {
        /// The sum is right and the limit holds after any operations in any order.
        #[test]
        fn the_sum_is_always_right(steps in proptest::collection::vec((0u8..4, 0u8..20, 0u64..60), 0..200)) {
            let mut index = DiskIndex::new(200);
            for (step, number, bytes) in steps {
                match step {
                    0 => index.remove(&name(number)),
                    1 => { index.touch(&name(number)); }
                    _ => if index.make_room(bytes).is_some() { index.insert(name(number), bytes) },
                }
                let sum: u64 = index.blocks.values().map(|slot| slot.bytes).sum();
                prop_assert_eq!(sum, index.used);
                prop_assert!(sum <= 200);
                prop_assert_eq!(index.order.len(), index.blocks.len());
            }
        }
    }
}
