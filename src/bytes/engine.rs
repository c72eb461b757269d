//! The engine: serves byte ranges of objects from the cache and from shared fetches.

mod unknown_length;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use parking_lot::Mutex;
use tokio::time::{sleep, timeout};

use super::block::{BlockKey, BlockLayout, BlockSizes};
use super::block_cache::BlockCache;
use super::disk::{Disk, DiskStats};
use super::engine_state::{EngineInner, FetchCounters};
use super::prefetch::ReadTracker;
use super::reader::Reader;
use super::request_chain::PrefetchPool;
use super::{CacheStatus, Object, ObjectBody, ReadRequest, resume};
use cache::Cache;
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
    /// Bytes of all pages: those of blocks, and those that viewers hold of dropped blocks.
    pub page_bytes: u64,
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

/// The result of a prefetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrefetchOutcome {
    /// The object was fetched.
    Fetched,
    /// It was cached already.
    Cached,
    /// There is no memory for it at the moment.
    NoRoom,
    /// It is no single block of known length.
    Impossible,
}

/// Prefetched originals may take this fraction (1/n) of the memory for media.
const PREFETCH_DIVISOR: u64 = 3;

/// Blocks that wait to be written to disk may take this fraction (1/n) of it.
const DISK_QUEUE_DIVISOR: u64 = 8;

/// Time before reading ahead begins. A viewer that takes all as fast as it comes has requested the next segment by then.
const VIEWER_HEAD_START: Duration = Duration::from_millis(20);

/// Learnt lengths that are cached; each takes about a hundred bytes.
const MAX_LENGTHS: u64 = 20_000;

impl Engine {
    /// Creates an engine that caches up to `memory_bytes` of media in memory, and more on `disk`.
    pub fn new(memory_bytes: u64, disk: Option<Disk>) -> Self {
        Self::with_sizes(memory_bytes, disk, BlockSizes::default())
    }

    fn with_sizes(memory_bytes: u64, disk: Option<Disk>, sizes: BlockSizes) -> Self {
        if let Some(disk) = &disk {
            disk.limit_queue(memory_bytes / DISK_QUEUE_DIVISOR);
        }
        Engine {
            inner: Arc::new(EngineInner {
                cache: Arc::new(BlockCache::new(memory_bytes)),
                disk,
                sizes,
                fetches: Mutex::default(),
                next_reader: AtomicU64::new(0),
                prefetch_pool: PrefetchPool::new(memory_bytes / PREFETCH_DIVISOR),
                parallel_ranges: std::sync::OnceLock::new(),
                lengths: Cache::new(MAX_LENGTHS),
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
                        is_continued: false,
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
        // A fetch that others have joined may be retried for longer than a viewer waits for the first byte.
        let first = timeout(resume::FIRST_BYTE_TIMEOUT, reader.next()).await;
        let first = first.map_err(|_| resume::no_first_byte())?.transpose()?;
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

    /// Prefetches an object that is a single block into memory, if there is room.
    ///
    /// # Errors
    ///
    /// The upstream's error.
    pub async fn prefetch(&self, object: &Object) -> Result<PrefetchOutcome, DriveError> {
        let Some(length) = object.length.filter(|length| object.shared && *length > 0) else {
            return Ok(PrefetchOutcome::Impossible);
        };
        let key = BlockKey {
            object: object.etag.as_str().into(),
            index: 0,
        };
        if !self.layout(object, length).is_single() {
            return Ok(PrefetchOutcome::Impossible);
        }
        if self.inner.cache.contains(&key) {
            return Ok(PrefetchOutcome::Cached);
        }
        let has_room = length <= self.inner.cache.incomplete.free();
        if !has_room {
            return Ok(PrefetchOutcome::NoRoom);
        }
        let mut body = self.read(object, None).await?.body;
        while body.try_next().await?.is_some() {}
        Ok(PrefetchOutcome::Fetched)
    }

    /// Joins or starts the fetch of an object of known length, and returns the work of reading `range` of it into the
    /// cache. It begins after a short time and ends once a viewer has caught up, who reads on by itself: two
    /// readers at the same byte read less at a time, and wake each other.
    pub fn read_ahead(
        &self,
        object: &Object,
        range: Range<u64>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let length = object.length.unwrap_or(0);
        let layout = self.layout(object, length);
        let (start, end) = (range.start, range.end.min(length));
        let mut reader = Reader::new(self.inner.clone(), object.clone(), layout, start, end);
        if start < end {
            reader.join();
        }
        async move {
            sleep(VIEWER_HEAD_START).await;
            while !reader.is_overtaken() && matches!(reader.next().await, Some(Ok(_))) {}
        }
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
        if engine.cache.contains(&key) {
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
        let (cached_blocks, cached_bytes) = engine.cache.size();
        EngineStats {
            cached_blocks,
            cached_bytes,
            page_bytes: engine.cache.pool.in_use(),
            incomplete_bytes: engine.cache.incomplete.reserved(),
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
