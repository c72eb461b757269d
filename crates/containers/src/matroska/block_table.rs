//! The frames of segments that were read before.
//!
//! Picture and sound of a film are streams of their own, and the headers of all blocks stand among the media. Whichever
//! stream is read first finds them; the others then read their own frames alone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::cluster::Frame;
use crate::packed::PackedRows;

/// Maximum bytes of the tables of one film: some ten segments.
pub(super) const MAX_TABLE_BYTES: usize = 128 << 10;

/// The frames of a segment in the order of the file, each with the number of the read that found it.
#[derive(Debug, Default)]
pub(super) struct BlockTable {
    /// Read, track, time, duration (-1 if there is none), position, size, index in the block, frames there and the key
    /// flag.
    rows: PackedRows<8>,
}

impl BlockTable {
    /// Adds a frame that was found by this read.
    pub fn push(&mut self, read: u32, frame: &Frame) {
        self.rows.push([
            i64::from(read),
            frame.track as i64,
            frame.time,
            frame.duration.map_or(-1, |duration| duration as i64),
            frame.offset as i64,
            i64::from(frame.size),
            i64::from(frame.lace.0),
            i64::from(frame.lace.1) << 1 | i64::from(frame.key),
        ]);
    }

    /// Returns the frames that were found by this read. `at` is the number of frames found by those before, and is
    /// advanced.
    pub fn found_by(&self, read: u32, at: &mut usize) -> Vec<Frame> {
        let rows = self.rows.iter_from(*at);
        let found = rows.take_while(|row| row[0] == i64::from(read));
        let frames: Vec<Frame> = found.map(frame).collect();
        *at += frames.len();
        frames
    }
}

/// Returns the frame of a row, without its place: all frames of a table are within their segment.
fn frame(row: [i64; 8]) -> Frame {
    let [_, track, time, duration, offset, size, lace, count] = row;
    Frame {
        track: track as u64,
        time,
        duration: u64::try_from(duration).ok(),
        key: count & 1 == 1,
        offset: offset as u64,
        size: size as u32,
        lace: (lace as u16, (count >> 1) as u16),
        place: (0, 0),
    }
}

/// A segment and its table.
type NumberedTable = (usize, Arc<BlockTable>);

/// The tables of a film's last segments, the oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct BlockTables(Arc<Mutex<VecDeque<NumberedTable>>>);

impl BlockTables {
    /// Returns the table of segment `n`; `None` if it was not read lately.
    pub fn get(&self, n: usize) -> Option<Arc<BlockTable>> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = tables.iter().find(|(segment, _)| *segment == n);
        found.map(|(_, table)| table.clone())
    }

    /// Adds the table of segment `n`. The oldest ones are dropped for it.
    pub fn insert(&self, n: usize, mut table: BlockTable) {
        table.rows.shrink();
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.iter().any(|(segment, _)| *segment == n) {
            return;
        }
        tables.push_back((n, Arc::new(table)));
        let mut bytes: usize = tables.iter().map(|(_, it)| it.rows.memory_bytes()).sum();
        while bytes > MAX_TABLE_BYTES
            && let Some((_, dropped)) = tables.pop_front()
        {
            bytes -= dropped.rows.memory_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame_at(offset: u64) -> Frame {
        Frame {
            track: 2,
            time: 40,
            duration: offset.is_multiple_of(2).then_some(3),
            key: offset.is_multiple_of(3),
            offset,
            size: 7,
            lace: (1, 256),
            place: (0, 0),
        }
    }

    #[test]
    fn frames_come_back_by_the_read_that_found_them() {
        let mut table = BlockTable::default();
        for (read, offset) in [(0, 100), (0, 107), (2, 301), (3, 402)] {
            table.push(read, &frame_at(offset));
        }
        let mut at = 0;
        let found: Vec<Vec<Frame>> = (0..5).map(|read| table.found_by(read, &mut at)).collect();
        let expected = [vec![100, 107], vec![], vec![301], vec![402], vec![]];
        let expected = expected.map(|read| read.into_iter().map(frame_at).collect::<Vec<_>>());
        assert_eq!(found, expected);
    }

    #[test]
    fn the_oldest_tables_are_dropped_for_new_ones() {
        let tables = BlockTables::default();
        for n in 0..200 {
            let mut table = BlockTable::default();
            for offset in 0..200 {
                table.push(0, &frame_at(offset * 1_000_000));
            }
            tables.insert(n, table);
        }
        assert!(tables.get(0).is_none());
        assert!(tables.get(199).is_some() && tables.get(190).is_some());
        let kept = (0..200).filter_map(|n| tables.get(n));
        let bytes: usize = kept.map(|table| table.rows.memory_bytes()).sum();
        assert!(bytes <= MAX_TABLE_BYTES, "{bytes}");
    }
}
