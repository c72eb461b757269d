//! The engine: what is kept, which runs are under way, and who joins which.

mod lengths;
mod opening;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures_util::{StreamExt, TryStreamExt, stream};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::ahead::Pilots;
use super::block::{Block, BlockKey, Budget, Cut, Pool, Sizes};
use super::disk::{Disk, DiskFigures};
use super::reader::Reader;
use super::run::Run;
use super::{Object, Reading, Wanted, resume};
use drives::DriveError;
use media::ByteRange;

/// The byte engine. Clones share it.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<Parts>,
}

pub(super) struct Parts {
    pub cache: Cache<BlockKey, Arc<Block>>,
    disk: Option<Disk>,
    sizes: Sizes,
    pub runs: Mutex<HashMap<Arc<str>, Vec<Weak<Run>>>>,
    budget: Arc<Budget>,
    budget_bytes: u64,
    pool: Arc<Pool>,
    next_reader: AtomicU64,
    pub pilots: Pilots,
    /// Connections over which one object may be fetched; set once.
    parallel_ranges: std::sync::OnceLock<usize>,
    /// Lengths of objects that had none beforehand, by etag; `None` where the upstream tells none.
    lengths: moka::future::Cache<String, Option<u64>>,
    /// Runs that brought such a length, until their first reader is in.
    adopted: Mutex<HashMap<String, Arc<Run>>>,
    figures: Figures,
}

/// A body as it arrives.
type Upstream = futures_util::stream::BoxStream<'static, Result<bytes::Bytes, DriveError>>;

/// Where bytes are to be had.
pub(super) enum Found {
    Kept(Arc<Block>),
    Run(Arc<Run>),
}

/// What has passed through, since the start.
#[derive(Default)]
struct Figures {
    runs: AtomicU64,
    upstream_bytes: AtomicU64,
}

/// What the engine does right now and has done since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EngineFigures {
    /// Blocks in memory.
    pub kept_blocks: u64,
    /// Bytes of blocks in memory.
    pub kept_bytes: u64,
    /// Bytes held for blocks that are not complete yet.
    pub arriving_bytes: u64,
    /// Fetches under way.
    pub open_runs: u64,
    /// Fetches begun since the start.
    pub runs: u64,
    /// Bytes that came from upstreams since the start.
    pub upstream_bytes: u64,
    /// The cache on disk, where there is one.
    pub disk: Option<DiskFigures>,
}

/// Of the memory for media, the part that blocks may take which are not complete yet: with the
/// default of 256 MiB enough for a dozen segments at a time.
const ARRIVING_SHARE: u64 = 3;

/// Of the memory for blocks that are complete, the part that may be read ahead of the viewers of originals.
const AHEAD_SHARE: u64 = 2;

impl Engine {
    /// An engine that keeps up to `memory_bytes` of media in memory, and more on `disk`.
    pub fn new(memory_bytes: u64, disk: Option<Disk>) -> Self {
        Self::with_sizes(memory_bytes, disk, Sizes::default())
    }

    fn with_sizes(memory_bytes: u64, disk: Option<Disk>, sizes: Sizes) -> Self {
        let arriving = memory_bytes / ARRIVING_SHARE;
        let cache = Cache::builder()
            .weigher(|_, block: &Arc<Block>| u32::try_from(block.length()).unwrap_or(u32::MAX))
            .max_capacity(memory_bytes - arriving)
            // The newest is what somebody is watching, however rarely it was asked for before.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Engine {
            parts: Arc::new(Parts {
                cache,
                disk,
                sizes,
                runs: Mutex::default(),
                budget: Budget::new(arriving),
                budget_bytes: arriving,
                pool: Pool::new(arriving),
                next_reader: AtomicU64::new(0),
                pilots: Pilots::new((memory_bytes - arriving) / AHEAD_SHARE),
                parallel_ranges: std::sync::OnceLock::new(),
                lengths: moka::future::Cache::new(100_000),
                adopted: Mutex::default(),
                figures: Figures::default(),
            }),
        }
    }

    /// The same, fetching what viewers wait for over up to `connections` at a time where the upstream is slow.
    pub fn with_parallel_ranges(self, connections: usize) -> Self {
        // Nobody else has this engine yet.
        let _ = self.parts.parallel_ranges.set(connections);
        self
    }

    /// Over how many connections at a time one object may be fetched.
    pub fn parallel_ranges(&self) -> usize {
        self.parts.parallel_ranges.get().copied().unwrap_or(1)
    }

    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The wanted bytes of an object; `None` is all of them. Answers when the first byte is there, so
    /// that a failure before it can still be a status.
    pub async fn read(
        &self,
        object: &Object,
        range: Option<ByteRange>,
    ) -> Result<Reading, DriveError> {
        match object.length {
            Some(length) if object.shared && length > 0 => {
                self.read_shared(object, range, length).await
            }
            None if object.shared => self.read_and_learn(object, range).await,
            _ => {
                resume::read(
                    object.source.clone(),
                    Wanted {
                        range,
                        length: object.length,
                    },
                )
                .await
            }
        }
    }

    async fn read_shared(
        &self,
        object: &Object,
        range: Option<ByteRange>,
        length: u64,
    ) -> Result<Reading, DriveError> {
        let position = range.map_or(0, |range| range.first);
        let end = range.map_or(length, |range| range.last + 1).min(length);
        let mut reader = Reader::new(
            self.parts.clone(),
            object.clone(),
            Cut::of(length, self.parts.sizes),
            position,
            end,
        )
        .followed();
        let first = reader.next().await.transpose()?;
        let body = stream::iter(first.map(Ok)).chain(reader).boxed();
        Ok(Reading {
            length: Some(length),
            body,
        })
    }

    /// Brings an object that is one block into memory, if there is room. Says whether anything had to
    /// be fetched for that.
    pub async fn keep(&self, object: &Object) -> Result<bool, DriveError> {
        let Some(length) = object.length.filter(|length| object.shared && *length > 0) else {
            return Ok(false);
        };
        let key = BlockKey {
            object: object.etag.as_str().into(),
            index: 0,
        };
        let has_room = length <= self.parts.budget.free();
        if !Cut::of(length, self.parts.sizes).is_single()
            || self.parts.cache.contains_key(&key)
            || !has_room
        {
            return Ok(false);
        }
        let mut body = self.read(object, None).await?.body;
        while body.try_next().await?.is_some() {}
        Ok(true)
    }

    /// Waits until what is to be kept on disk is there.
    pub async fn settled(&self) {
        if let Some(disk) = &self.parts.disk {
            disk.settled().await;
        }
    }

    /// What the engine does right now and has done since the start.
    pub fn figures(&self) -> EngineFigures {
        let parts = &self.parts;
        let runs = parts.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let open_runs = runs
            .values()
            .flatten()
            .filter(|run| run.strong_count() > 0)
            .count() as u64;
        EngineFigures {
            kept_blocks: parts.cache.entry_count(),
            kept_bytes: parts.cache.weighted_size(),
            arriving_bytes: parts.budget_bytes - parts.budget.free(),
            open_runs,
            runs: parts.figures.runs.load(Ordering::Relaxed),
            upstream_bytes: parts.figures.upstream_bytes.load(Ordering::Relaxed),
            disk: parts.disk.as_ref().map(Disk::figures),
        }
    }
}

impl Parts {
    /// A name for a reader.
    pub fn new_reader(&self) -> u64 {
        self.next_reader.fetch_add(1, Ordering::Relaxed)
    }

    /// Where byte `position` of `object` is to be had: in a kept block, or in a run that the reader is
    /// then in. `end` is how far the reader wants to go.
    pub fn find(
        self: &Arc<Self>,
        object: &Object,
        cut: Cut,
        reader: u64,
        position: u64,
        end: u64,
    ) -> Found {
        let name: Arc<str> = object.etag.as_str().into();
        let key = BlockKey {
            object: name.clone(),
            index: cut.index(position),
        };
        if let Some(block) = self.cache.get(&key) {
            return Found::Kept(block);
        }
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let of_object = runs.entry(name.clone()).or_default();
        of_object.retain(|run| run.strong_count() > 0);
        let joined = of_object
            .iter()
            .filter_map(Weak::upgrade)
            .find(|run| run.join(reader, position, object.source.urgency()));
        if let Some(run) = joined {
            return Found::Run(run);
        }
        // A run that has just ended has put its block there before anybody could miss it.
        if let Some(block) = self.cache.get(&key) {
            return Found::Kept(block);
        }
        let run = Arc::new(self.begin(object, name, cut, position, end));
        run.join(reader, position, object.source.urgency());
        of_object.push(Arc::downgrade(&run));
        if runs.len() > 64 {
            runs.retain(|_, runs| runs.iter().any(|run| run.strong_count() > 0));
        }
        Found::Run(run)
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
