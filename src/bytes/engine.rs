//! The engine: serves byte ranges of objects from the cache and from shared fetches.

mod unknown_length;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use futures_util::{StreamExt, TryStreamExt, stream};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use parking_lot::Mutex;

use super::block::{Block, BlockKey, BlockLayout, BlockSizes, MemoryBudget, PagePool};
use super::disk::{Disk, DiskStats};
use super::engine_state::{EngineInner, FetchCounters};
use super::prefetch::ReadTracker;
use super::reader::Reader;
use super::request_chain::PrefetchPool;
use super::{CacheStatus, Object, ObjectBody, ReadRequest, resume};
use drives::DriveError;
use media::ByteRange;

/// The byte engine. Clones share its state.
#[derive(Clone)]
pub struct Engine {
    pub(super) inner: Arc<EngineInner>,
}

/// Current state and counters of the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EngineStats {
    /// Blocks in memory.
    pub cached_blocks: u64,
    /// Bytes of blocks in memory.
    pub cached_bytes: u64,
    /// Bytes reserved for incomplete blocks.
    pub incomplete_bytes: u64,
    /// Fetches in progress.
    pub open_fetches: u64,
    /// Fetches started since the start of the server.
    pub fetches: u64,
    /// Bytes received from upstreams since the start of the server.
    pub upstream_bytes: u64,
    /// The disk cache; `None` if it is not configured.
    pub disk: Option<DiskStats>,
}

/// Incomplete blocks may take this fraction (1/n) of the memory for media: with the default of 256 MiB,
/// enough for a dozen concurrent segments.
const INCOMPLETE_DIVISOR: u64 = 3;

/// Prefetched originals may take this fraction (1/n) of the memory for complete blocks.
const PREFETCH_DIVISOR: u64 = 2;

impl Engine {
    /// Creates an engine that caches up to `memory_bytes` of media in memory, and more on `disk`.
    pub fn new(memory_bytes: u64, disk: Option<Disk>) -> Self {
        Self::with_sizes(memory_bytes, disk, BlockSizes::default())
    }

    fn with_sizes(memory_bytes: u64, disk: Option<Disk>, sizes: BlockSizes) -> Self {
        let arriving = memory_bytes / INCOMPLETE_DIVISOR;
        let cache = Cache::builder()
            .weigher(|_, block: &Arc<Block>| u32::try_from(block.length()).unwrap_or(u32::MAX))
            .max_capacity(memory_bytes - arriving)
            // LRU instead of LFU: the newest block is being watched, however rarely it was requested
            // before.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Engine {
            inner: Arc::new(EngineInner {
                cache,
                disk,
                sizes,
                fetches: Mutex::default(),
                budget: MemoryBudget::new(arriving),
                budget_bytes: arriving,
                pool: PagePool::new(arriving),
                next_reader: AtomicU64::new(0),
                prefetch_pool: PrefetchPool::new((memory_bytes - arriving) / PREFETCH_DIVISOR),
                parallel_ranges: std::sync::OnceLock::new(),
                lengths: moka::future::Cache::new(100_000),
                adopted: Mutex::default(),
                counters: FetchCounters::default(),
            }),
        }
    }

    /// Fetches objects that viewers wait for over up to `connections` concurrent connections if the
    /// upstream is slow.
    pub fn with_parallel_ranges(self, connections: usize) -> Self {
        // Not shared with clones yet, so it can be set.
        let _ = self.inner.parallel_ranges.set(connections);
        self
    }

    /// Returns the maximum number of concurrent connections per object.
    pub fn parallel_ranges(&self) -> usize {
        self.inner.parallel_ranges.get().copied().unwrap_or(1)
    }

    /// Returns the requested bytes of an object; a `range` of `None` is the whole object. Waits for the
    /// first byte, so that a failure before it can still become a status.
    ///
    /// # Errors
    ///
    /// Returns the upstream's error if no byte arrives. Later errors are the last item of the body.
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
        let layout = self.layout(object, length);
        let mut reader = Reader::new(self.inner.clone(), object.clone(), layout, position, end);
        reader.observer = ReadTracker::of(&self.inner, object, layout, position, end);
        let first = reader.next().await.transpose()?;
        let body = stream::iter(first.map(Ok)).chain(reader).boxed();
        Ok(ObjectBody {
            length: Some(length),
            body,
        })
    }

    fn layout(&self, object: &Object, length: u64) -> BlockLayout {
        let sizes = match object.source.block_bytes() {
            Some(block) => BlockSizes {
                one_block: block,
                block,
            },
            None => self.inner.sizes,
        };
        BlockLayout::of(length, sizes)
    }

    /// Returns the blocks of an object of known length that contain `range`: reading all of them caches them.
    pub fn whole_blocks(&self, object: &Object, range: Range<u64>) -> Range<u64> {
        let Some(length) = object.length.filter(|_| range.start < range.end) else {
            return range;
        };
        let layout = self.layout(object, length);
        let last = (range.end - 1).min(length.saturating_sub(1));
        layout.start(layout.index(range.start))..layout.end(layout.index(last))
    }

    /// Prefetches an object that is a single block into memory, if there is room. Returns true if anything
    /// had to be fetched. Fails with the upstream's error.
    pub async fn prefetch(&self, object: &Object) -> Result<bool, DriveError> {
        let Some(length) = object.length.filter(|length| object.shared && *length > 0) else {
            return Ok(false);
        };
        let key = BlockKey {
            object: object.etag.as_str().into(),
            index: 0,
        };
        let has_room = length <= self.inner.budget.free();
        if !self.layout(object, length).is_single()
            || self.inner.cache.contains_key(&key)
            || !has_room
        {
            return Ok(false);
        }
        let mut body = self.read(object, None).await?.body;
        while body.try_next().await?.is_some() {}
        Ok(true)
    }

    /// Waits until all queued blocks are written to disk.
    pub async fn flush(&self) {
        if let Some(disk) = &self.inner.disk {
            disk.flush().await;
        }
    }

    /// Returns the state in the memory cache of the object with this ETag, which must be a single block.
    pub fn cache_status(&self, etag: &str) -> CacheStatus {
        let engine = &self.inner;
        let key = BlockKey {
            object: etag.into(),
            index: 0,
        };
        if engine.cache.contains_key(&key) {
            return CacheStatus::Cached;
        }
        let fetches = engine.fetches.lock();
        let arriving = fetches
            .get(etag)
            .into_iter()
            .flatten()
            .filter_map(Weak::upgrade)
            .find_map(|fetch| fetch.progress());
        match arriving {
            Some(progress) => CacheStatus::Fetching(progress),
            None => CacheStatus::Absent,
        }
    }

    /// Returns the current state and counters.
    pub fn stats(&self) -> EngineStats {
        let engine = &self.inner;
        let fetches = engine.fetches.lock();
        let open_fetches = fetches
            .values()
            .flatten()
            .filter(|fetch| fetch.strong_count() > 0)
            .count() as u64;
        EngineStats {
            cached_blocks: engine.cache.entry_count(),
            cached_bytes: engine.cache.weighted_size(),
            incomplete_bytes: engine.budget_bytes - engine.budget.free(),
            open_fetches,
            fetches: engine.counters.fetches.load(Ordering::Relaxed),
            upstream_bytes: engine.counters.upstream_bytes.load(Ordering::Relaxed),
            disk: engine.disk.as_ref().map(Disk::stats),
        }
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
