//! A walk over the samples of a track that can stop at any sample and resume there later.
//!
//! A [`Position`] holds the state of the walk in each of the six tables, so that a segment in the middle of a
//! film is found without a walk from its beginning.

use super::boxes::u32_at;
use super::tables::{SampleTables, TableReader};
use crate::metered::Metered;
use crate::{ContainerError, ReadRange};

/// A place in the sample tables, before a sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// Number of the sample, from 0.
    pub(crate) sample: u32,
    /// Decode time by the table alone: the sum of the durations before.
    pub(crate) decode_time: i64,
    duration_entry: u32,
    duration_used: u32,
    offset_entry: u32,
    offset_used: u32,
    sync_entry: u32,
    run_entry: u32,
    /// Number of the chunk, from 0.
    chunk: u32,
    sample_in_chunk: u32,
    byte_in_chunk: u64,
}

/// Number of integers in a stored position.
pub(crate) const POSITION_FIELDS: usize = 11;

impl Position {
    pub(crate) fn to_row(self) -> [i64; POSITION_FIELDS] {
        [
            i64::from(self.sample),
            self.decode_time,
            i64::from(self.duration_entry),
            i64::from(self.duration_used),
            i64::from(self.offset_entry),
            i64::from(self.offset_used),
            i64::from(self.sync_entry),
            i64::from(self.run_entry),
            i64::from(self.chunk),
            i64::from(self.sample_in_chunk),
            self.byte_in_chunk as i64,
        ]
    }

    pub(crate) fn from_row(row: [i64; POSITION_FIELDS]) -> Self {
        let [sample, decode_time, duration_entry, duration_used, ..] = row;
        let [.., byte_in_chunk] = row;
        Position {
            sample: sample as u32,
            decode_time,
            duration_entry: duration_entry as u32,
            duration_used: duration_used as u32,
            offset_entry: row[4] as u32,
            offset_used: row[5] as u32,
            sync_entry: row[6] as u32,
            run_entry: row[7] as u32,
            chunk: row[8] as u32,
            sample_in_chunk: row[9] as u32,
            byte_in_chunk: byte_in_chunk as u64,
        }
    }
}

/// A sample by the tables; times are ticks of the track, without edit list and shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableSample {
    pub(crate) offset: u64,
    pub(crate) size: u32,
    pub(crate) decode_time: i64,
    pub(crate) duration: u32,
    pub(crate) composition_offset: i32,
    pub(crate) sync: bool,
}

/// A run of `stsc`: the values that apply from one chunk on.
#[derive(Debug, Clone, Copy)]
struct ChunkRun {
    samples: u32,
    /// First chunk of the next run, from 0; `u32::MAX` for the last.
    next_chunk: u32,
}

/// The walk itself.
#[derive(Debug, Clone)]
pub(crate) struct SampleCursor {
    tables: SampleTables,
    at: Position,
    durations: TableReader,
    offsets: TableReader,
    syncs: TableReader,
    sizes: TableReader,
    runs: TableReader,
    chunks: TableReader,
    /// The current entries of the walk, so that they are parsed once.
    duration: Option<(u32, u32)>,
    offset: Option<(u32, i32)>,
    sync: Option<u32>,
    run: Option<ChunkRun>,
    chunk_offset: Option<u64>,
}

impl SampleCursor {
    pub(crate) fn new(tables: SampleTables, at: Position) -> Self {
        SampleCursor {
            tables,
            at,
            durations: TableReader::new(tables.durations),
            offsets: TableReader::new(tables.offsets),
            syncs: TableReader::new(tables.syncs.unwrap_or_default()),
            sizes: TableReader::new(tables.sizes.table),
            runs: TableReader::new(tables.runs),
            chunks: TableReader::new(tables.chunks),
            duration: None,
            offset: None,
            sync: None,
            run: None,
            chunk_offset: None,
        }
    }

    pub(crate) fn position(&self) -> Position {
        self.at
    }

    /// Returns the next sample; `None` after the last, and if the tables end before it.
    ///
    /// # Errors
    /// `Truncated` if a sample lies past the end of the file.
    pub(crate) async fn next<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<Option<TableSample>, ContainerError> {
        if self.at.sample >= self.tables.sizes.count {
            return Ok(None);
        }
        file.step(1)?;
        let Some(chunk_offset) = self.chunk(file).await? else {
            return Ok(None);
        };
        let size = self.size(file).await?;
        let duration = self.next_duration(file).await?;
        let composition_offset = self.next_offset(file).await?;
        let sync = self.next_sync(file).await?;
        let offset = chunk_offset
            .checked_add(self.at.byte_in_chunk)
            .filter(|offset| offset.saturating_add(u64::from(size)) <= file.size())
            .ok_or(ContainerError::Truncated)?;
        let sample = TableSample {
            offset,
            size,
            decode_time: self.at.decode_time,
            duration,
            composition_offset,
            sync,
        };
        self.at.sample += 1;
        self.at.sample_in_chunk += 1;
        self.at.byte_in_chunk += u64::from(size);
        self.at.decode_time += i64::from(duration);
        Ok(Some(sample))
    }

    /// Returns the position of the chunk of the next sample; `None` after the last chunk.
    async fn chunk<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<Option<u64>, ContainerError> {
        loop {
            let run = match self.run {
                Some(run) => run,
                None => match self.load_run(file).await? {
                    Some(run) => run,
                    None => return Ok(None),
                },
            };
            if self.at.sample_in_chunk < run.samples {
                let offset = match self.chunk_offset {
                    Some(offset) => offset,
                    None => {
                        let tables = self.tables;
                        let Some(entry) = self.chunks.entry(file, self.at.chunk).await? else {
                            return Ok(None);
                        };
                        *self.chunk_offset.insert(tables.chunk_offset(entry))
                    }
                };
                return Ok(Some(offset));
            }
            // A chunk without samples costs a step as well, so that the walk over a table of them ends.
            file.step(1)?;
            self.at.chunk = self.at.chunk.saturating_add(1);
            self.at.sample_in_chunk = 0;
            self.at.byte_in_chunk = 0;
            self.chunk_offset = None;
            if self.at.chunk >= self.tables.chunks.count {
                return Ok(None);
            }
            if self.at.chunk >= run.next_chunk {
                self.at.run_entry += 1;
                self.run = None;
            }
        }
    }

    async fn load_run<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<Option<ChunkRun>, ContainerError> {
        let entry = self.at.run_entry;
        let Some(bytes) = self.runs.entry(file, entry).await? else {
            return Ok(None);
        };
        let samples = u32_at(bytes, 4);
        let next = self.runs.entry(file, entry.saturating_add(1)).await?;
        let next_chunk = next.map_or(u32::MAX, |next| u32_at(next, 0).saturating_sub(1));
        Ok(Some(*self.run.insert(ChunkRun {
            samples,
            next_chunk,
        })))
    }

    async fn size<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<u32, ContainerError> {
        let sizes = self.tables.sizes;
        if sizes.all != 0 {
            return Ok(sizes.all);
        }
        let entry = self.sizes.entry(file, self.at.sample).await?;
        Ok(entry.map_or(0, |entry| sizes.parse(entry, self.at.sample)))
    }

    /// Returns the duration of the next sample. The last entry applies to all samples that the table leaves
    /// out.
    async fn next_duration<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<u32, ContainerError> {
        loop {
            let (count, ticks) = match self.duration {
                Some(entry) => entry,
                None => match self.durations.entry(file, self.at.duration_entry).await? {
                    Some(entry) => *self.duration.insert((u32_at(entry, 0), u32_at(entry, 4))),
                    None if self.at.duration_entry == 0 => return Ok(0),
                    None => {
                        self.at.duration_entry -= 1;
                        self.at.duration_used = 0;
                        let last = self.durations.entry(file, self.at.duration_entry).await?;
                        let ticks = last.map_or(0, |entry| u32_at(entry, 4));
                        *self.duration.insert((u32::MAX, ticks))
                    }
                },
            };
            if self.at.duration_used < count {
                self.at.duration_used += 1;
                if ticks > i32::MAX as u32 {
                    return Err(ContainerError::Unsupported("times that run backwards"));
                }
                return Ok(ticks);
            }
            file.step(1)?;
            self.at.duration_entry += 1;
            self.at.duration_used = 0;
            self.duration = None;
        }
    }

    /// Returns the composition offset of the next sample, read as signed in both versions of the table: no real
    /// offset needs the 32nd bit, and writers of version 0 have put negative ones there.
    async fn next_offset<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<i32, ContainerError> {
        loop {
            let (count, ticks) = match self.offset {
                Some(entry) => entry,
                None => match self.offsets.entry(file, self.at.offset_entry).await? {
                    Some(entry) => {
                        let parsed = (u32_at(entry, 0), u32_at(entry, 4) as i32);
                        *self.offset.insert(parsed)
                    }
                    None => return Ok(0),
                },
            };
            if self.at.offset_used < count {
                self.at.offset_used += 1;
                return Ok(ticks);
            }
            file.step(1)?;
            self.at.offset_entry += 1;
            self.at.offset_used = 0;
            self.offset = None;
        }
    }

    async fn next_sync<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<bool, ContainerError> {
        if self.tables.syncs.is_none() {
            return Ok(true);
        }
        let number = self.at.sample + 1;
        loop {
            let sync = match self.sync {
                Some(sync) => sync,
                None => match self.syncs.entry(file, self.at.sync_entry).await? {
                    Some(entry) => *self.sync.insert(u32_at(entry, 0)),
                    None => return Ok(false),
                },
            };
            if sync >= number {
                return Ok(sync == number);
            }
            file.step(1)?;
            self.at.sync_entry += 1;
            self.sync = None;
        }
    }
}

#[cfg(test)]
mod tests;
