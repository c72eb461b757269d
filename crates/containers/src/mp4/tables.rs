//! The sample tables of a track (ISO/IEC 14496-12 §8.6, §8.7), left in the file.
//!
//! Only their positions are kept. Their entries are read through windows of a few kilobytes: all of them once,
//! when a plan is made, and later those of one segment.

use bytes::Bytes;

use super::boxes::{BoxHeader, u16_at, u32_at, u64_at};
use crate::metered::Metered;
use crate::{ContainerError, ReadRange};

/// Maximum number of samples of a track: a day at 120 pictures per second. A file that claims more is refused
/// before the walk.
pub(crate) const MAX_SAMPLES: u32 = 24 * 3600 * 120;

/// Bytes of a table that are read at a time.
const WINDOW_BYTES: u64 = 16 << 10;

/// A table of equal entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TableRange {
    /// Position of the first entry in the file.
    start: u64,
    pub(crate) count: u32,
    /// Bits of an entry.
    bits: u8,
}

impl TableRange {
    /// Finds the entries of a full box that begins with version, flags and a count.
    pub(crate) async fn locate<R: ReadRange>(
        file: &mut Metered<'_, R>,
        found: &BoxHeader,
        entry_bytes: u8,
    ) -> Result<Self, ContainerError> {
        let head = found.read(file, 8).await?;
        if head.len() < 8 {
            return Err(ContainerError::Malformed("a table without a count"));
        }
        TableRange::checked(found, found.content + 8, u32_at(&head, 4), entry_bytes * 8)
    }

    fn checked(
        found: &BoxHeader,
        start: u64,
        count: u32,
        bits: u8,
    ) -> Result<Self, ContainerError> {
        let bytes = (u64::from(count) * u64::from(bits)).div_ceil(8);
        if start + bytes > found.end {
            return Err(ContainerError::Malformed("a table is shorter than it says"));
        }
        Ok(TableRange { start, count, bits })
    }
}

/// A reader of a table's entries, one after another.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableReader {
    table: TableRange,
    window_start: u64,
    window: Bytes,
}

impl TableReader {
    pub(crate) fn new(table: TableRange) -> Self {
        TableReader {
            table,
            window_start: 0,
            window: Bytes::new(),
        }
    }

    /// Returns the bytes of entry `index`; `None` past the end. Entries of 4 bits come as the byte around them.
    pub(crate) async fn entry<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
        index: u32,
    ) -> Result<Option<&[u8]>, ContainerError> {
        let TableRange { start, count, bits } = self.table;
        if index >= count {
            return Ok(None);
        }
        let bits = u64::from(bits);
        let at = start + u64::from(index) * bits / 8;
        let length = bits.div_ceil(8);
        let end = start + (u64::from(count) * bits).div_ceil(8);
        let window_end = self.window_start + self.window.len() as u64;
        if at < self.window_start || at + length > window_end {
            let ahead = WINDOW_BYTES.min(end - at);
            self.window = file.read(at, ahead).await?;
            self.window_start = at;
        }
        let from = (at - self.window_start) as usize;
        Ok(self.window.get(from..from + length as usize))
    }
}

/// The sizes of samples: one for all, or a table (`stsz`, `stz2`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// The size of all samples; 0 if the table has them.
    pub(crate) all: u32,
    pub(crate) count: u32,
    pub(crate) table: TableRange,
}

impl Sizes {
    pub(crate) async fn locate<R: ReadRange>(
        file: &mut Metered<'_, R>,
        found: &BoxHeader,
    ) -> Result<Self, ContainerError> {
        let head = found.read(file, 12).await?;
        if head.len() < 12 {
            return Err(ContainerError::Malformed("sample sizes without a count"));
        }
        let (field, count) = (u32_at(&head, 4), u32_at(&head, 8));
        if count > MAX_SAMPLES {
            return Err(ContainerError::OverBudget("a day of samples"));
        }
        let compact = found.name == *b"stz2";
        if !compact && field != 0 {
            return Ok(Sizes {
                all: field,
                count,
                table: TableRange::default(),
            });
        }
        let bits = match (compact, field & 0xFF) {
            (false, _) => 32,
            (true, bits @ (4 | 8 | 16)) => bits as u8,
            _ => return Err(ContainerError::Malformed("sample sizes of an odd width")),
        };
        let table = TableRange::checked(found, found.content + 12, count, bits)?;
        Ok(Sizes {
            all: 0,
            count,
            table,
        })
    }

    /// Reads the size of sample `index` out of its entry.
    pub(crate) fn parse(&self, entry: &[u8], index: u32) -> u32 {
        match self.table.bits {
            4 if index.is_multiple_of(2) => u32::from(entry[0] >> 4),
            4 => u32::from(entry[0] & 0xF),
            8 => u32::from(entry[0]),
            16 => u32::from(u16_at(entry, 0)),
            _ => u32_at(entry, 0),
        }
    }
}

/// All tables of a track.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SampleTables {
    /// Durations (`stts`): count and ticks.
    pub(crate) durations: TableRange,
    /// Composition offsets (`ctts`): count and ticks.
    pub(crate) offsets: TableRange,
    /// Numbers of sync samples, from 1 (`stss`); `None` if every sample is one.
    pub(crate) syncs: Option<TableRange>,
    pub(crate) sizes: Sizes,
    /// Samples in chunks (`stsc`): first chunk, samples in each, description.
    pub(crate) runs: TableRange,
    /// Positions of chunks (`stco`, `co64`).
    pub(crate) chunks: TableRange,
}

impl SampleTables {
    /// Finds the tables of an `stbl`.
    pub(crate) async fn locate<R: ReadRange>(
        file: &mut Metered<'_, R>,
        stbl: &BoxHeader,
    ) -> Result<Self, ContainerError> {
        let mut tables = SampleTables::default();
        let mut children = stbl.children();
        while let Some(found) = children.next(file).await? {
            match &found.name {
                b"stts" => tables.durations = TableRange::locate(file, &found, 8).await?,
                b"ctts" => tables.offsets = TableRange::locate(file, &found, 8).await?,
                b"stss" => tables.syncs = Some(TableRange::locate(file, &found, 4).await?),
                b"stsc" => tables.runs = TableRange::locate(file, &found, 12).await?,
                b"stco" => tables.chunks = TableRange::locate(file, &found, 4).await?,
                b"co64" => tables.chunks = TableRange::locate(file, &found, 8).await?,
                b"stsz" | b"stz2" => tables.sizes = Sizes::locate(file, &found).await?,
                _ => {}
            }
        }
        Ok(tables)
    }

    /// Reads the position of a chunk out of its entry.
    pub(crate) fn chunk_offset(&self, entry: &[u8]) -> u64 {
        if self.chunks.bits == 64 {
            u64_at(entry, 0)
        } else {
            u64::from(u32_at(entry, 0))
        }
    }
}
