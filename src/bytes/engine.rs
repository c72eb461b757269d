//! The engine: what is kept, which runs are under way, and who joins which.

mod opening;
mod unknown_length;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures_util::{StreamExt, TryStreamExt, stream};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::block::{Block, BlockKey, BlockLayout, BlockSizes, MemoryBudget, PagePool};
use super::disk::{Disk, DiskStats};
use super::prefetch::PrefetchPool;
use super::reader::Reader;
use super::shared_fetch::SharedFetch;
use super::{Object, ObjectBody, ReadRequest, resume};
use drives::DriveError;
use media::ByteRange;

/// The byte engine. Clones share it.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<EngineInner>,
}

pub(super) struct EngineInner {
    pub cache: Cache<BlockKey, Arc<Block>>,
    disk: Option<Disk>,
    sizes: BlockSizes,
    pub runs: Mutex<HashMap<Arc<str>, Vec<Weak<SharedFetch>>>>,
    budget: Arc<MemoryBudget>,
    budget_bytes: u64,
    pool: Arc<PagePool>,
    next_reader: AtomicU64,
    pub prefetch_pool: PrefetchPool,
    /// Connections over which one object may be fetched; set once.
    parallel_ranges: std::sync::OnceLock<usize>,
    /// Lengths of objects that had none beforehand, by etag; `None` where the upstream tells none.
    lengths: moka::future::Cache<String, Option<u64>>,
    /// Runs that brought such a length, until their first reader is in.
    adopted: Mutex<HashMap<String, Arc<SharedFetch>>>,
    counters: Counters,
}

/// A body as it arrives.
type ByteStream = futures_util::stream::BoxStream<'static, Result<bytes::Bytes, DriveError>>;

/// Where bytes are to be had.
pub(super) enum Lookup {
    Cached(Arc<Block>),
    Fetch(Arc<SharedFetch>),
}

/// What has passed through, since the start.
#[derive(Default)]
struct Counters {
    fetches: AtomicU64,
    upstream_bytes: AtomicU64,
}

/// What the engine does right now and has done since the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineStats {
    /// Blocks in memory.
    pub cached_blocks: u64,
    /// Bytes of blocks in memory.
    pub cached_bytes: u64,
    /// Bytes held for blocks that are not complete yet.
    pub incomplete_bytes: u64,
    /// Fetches under way.
    pub open_fetches: u64,
    /// Fetches begun since the start.
    pub fetches: u64,
    /// Bytes that came from upstreams since the start.
    pub upstream_bytes: u64,
    /// The cache on disk, where there is one.
    pub disk: Option<DiskStats>,
}

/// Of the memory for media, the part that blocks may take which are not complete yet: with the
/// default of 256 MiB enough for a dozen segments at a time.
const INCOMPLETE_DIVISOR: u64 = 3;

/// Of the memory for blocks that are complete, the part that may be read ahead of the viewers of originals.
const PREFETCH_DIVISOR: u64 = 2;

impl Engine {
    /// An engine that keeps up to `memory_bytes` of media in memory, and more on `disk`.
    pub fn new(memory_bytes: u64, disk: Option<Disk>) -> Self {
        Self::with_sizes(memory_bytes, disk, BlockSizes::default())
    }

    fn with_sizes(memory_bytes: u64, disk: Option<Disk>, sizes: BlockSizes) -> Self {
        let arriving = memory_bytes / INCOMPLETE_DIVISOR;
        let cache = Cache::builder()
            .weigher(|_, block: &Arc<Block>| u32::try_from(block.length()).unwrap_or(u32::MAX))
            .max_capacity(memory_bytes - arriving)
            // The newest is what somebody is watching, however rarely it was asked for before.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Engine {
            parts: Arc::new(EngineInner {
                cache,
                disk,
                sizes,
                runs: Mutex::default(),
                budget: MemoryBudget::new(arriving),
                budget_bytes: arriving,
                pool: PagePool::new(arriving),
                next_reader: AtomicU64::new(0),
                prefetch_pool: PrefetchPool::new((memory_bytes - arriving) / PREFETCH_DIVISOR),
                parallel_ranges: std::sync::OnceLock::new(),
                lengths: moka::future::Cache::new(100_000),
                adopted: Mutex::default(),
                counters: Counters::default(),
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

    pub(super) fn parts(&self) -> &EngineInner {
        &self.parts
    }

    /// The wanted bytes of an object; `None` is all of them. Answers when the first byte is there, so
    /// that a failure before it can still be a status.
    pub async fn read(
        &self,
        object: &Object,
        range: Option<ByteRange>,
    ) -> Result<ObjectBody, DriveError> {
        match object.length {
            Some(length) if object.shared && length > 0 => {
                self.read_shared(object, range, length).await
            }
            None if object.shared => self.read_and_learn(object, range).await,
            _ => {
                resume::read(
                    object.source.clone(),
                    ReadRequest {
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
    ) -> Result<ObjectBody, DriveError> {
        let position = range.map_or(0, |range| range.first);
        let end = range.map_or(length, |range| range.last + 1).min(length);
        let mut reader = Reader::new(
            self.parts.clone(),
            object.clone(),
            BlockLayout::of(length, self.parts.sizes),
            position,
            end,
        )
        .followed();
        let first = reader.next().await.transpose()?;
        let body = stream::iter(first.map(Ok)).chain(reader).boxed();
        Ok(ObjectBody {
            length: Some(length),
            body,
        })
    }

    /// Brings an object that is one block into memory, if there is room. Says whether anything had to
    /// be fetched for that.
    pub async fn prefetch(&self, object: &Object) -> Result<bool, DriveError> {
        let Some(length) = object.length.filter(|length| object.shared && *length > 0) else {
            return Ok(false);
        };
        let key = BlockKey {
            object: object.etag.as_str().into(),
            index: 0,
        };
        let has_room = length <= self.parts.budget.free();
        if !BlockLayout::of(length, self.parts.sizes).is_single()
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
    pub async fn flush(&self) {
        if let Some(disk) = &self.parts.disk {
            disk.flush().await;
        }
    }

    /// What the engine does right now and has done since the start.
    pub fn stats(&self) -> EngineStats {
        let parts = &self.parts;
        let runs = parts.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let open_fetches = runs
            .values()
            .flatten()
            .filter(|run| run.strong_count() > 0)
            .count() as u64;
        EngineStats {
            cached_blocks: parts.cache.entry_count(),
            cached_bytes: parts.cache.weighted_size(),
            incomplete_bytes: parts.budget_bytes - parts.budget.free(),
            open_fetches,
            fetches: parts.counters.fetches.load(Ordering::Relaxed),
            upstream_bytes: parts.counters.upstream_bytes.load(Ordering::Relaxed),
            disk: parts.disk.as_ref().map(Disk::stats),
        }
    }
}

impl EngineInner {
    /// A name for a reader.
    pub fn new_reader(&self) -> u64 {
        self.next_reader.fetch_add(1, Ordering::Relaxed)
    }

    /// Where byte `position` of `object` is to be had: in a kept block, or in a run that the reader is
    /// then in. `end` is how far the reader wants to go.
    pub fn find(
        self: &Arc<Self>,
        object: &Object,
        cut: BlockLayout,
        reader: u64,
        position: u64,
        end: u64,
    ) -> Lookup {
        let name: Arc<str> = object.etag.as_str().into();
        let key = BlockKey {
            object: name.clone(),
            index: cut.index(position),
        };
        if let Some(block) = self.cache.get(&key) {
            return Lookup::Cached(block);
        }
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let of_object = runs.entry(name.clone()).or_default();
        of_object.retain(|run| run.strong_count() > 0);
        let joined = of_object
            .iter()
            .filter_map(Weak::upgrade)
            .find(|run| run.join(reader, position, object.source.dynamic_priority()));
        if let Some(run) = joined {
            return Lookup::Fetch(run);
        }
        // A run that has just ended has put its block there before anybody could miss it.
        if let Some(block) = self.cache.get(&key) {
            return Lookup::Cached(block);
        }
        let run = Arc::new(self.begin(object, name, cut, position, end));
        run.join(reader, position, object.source.dynamic_priority());
        of_object.push(Arc::downgrade(&run));
        if runs.len() > 64 {
            runs.retain(|_, runs| runs.iter().any(|run| run.strong_count() > 0));
        }
        Lookup::Fetch(run)
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
