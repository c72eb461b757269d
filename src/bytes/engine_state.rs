//! The shared state of the engine: the caches, and the fetches in progress. [`super::engine`],
//! [`super::reader`] and [`super::prefetch`] work on it.

mod opening;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use futures_util::stream::BoxStream;
use parking_lot::Mutex;
use tokio::time::sleep;

use super::Object;
use super::block::{Block, BlockKey, BlockLayout, BlockSizes};
use super::block_cache::BlockCache;
use super::disk::Disk;
use super::request_chain::PrefetchPool;
use super::shared_fetch::SharedFetch;
use cache::Cache;
use drives::DriveError;

/// The shared state of the engine.
pub(super) struct EngineInner {
    pub cache: Arc<BlockCache>,
    pub disk: Option<Disk>,
    pub sizes: BlockSizes,
    pub fetches: Mutex<HashMap<Arc<str>, Vec<Weak<SharedFetch>>>>,
    pub next_reader: AtomicU64,
    pub prefetch_pool: PrefetchPool,
    /// The maximum of concurrent connections per object; set once.
    pub parallel_ranges: OnceLock<usize>,
    /// Lengths of objects that came without one, by ETag; `None` if the upstream does not report a length.
    pub lengths: Cache<String, Option<u64>>,
    /// Fetches that discovered such a length, until their first reader has joined.
    pub adopted: Mutex<HashMap<String, Arc<SharedFetch>>>,
    pub counters: FetchCounters,
}

/// A body as it arrives.
pub(super) type ByteStream = BoxStream<'static, Result<bytes::Bytes, DriveError>>;

/// The result of a look-up of a byte.
pub(super) enum Lookup {
    Cached(Arc<Block>),
    Fetch(Arc<SharedFetch>),
}

/// Counters since the start of the server.
#[derive(Default)]
pub(super) struct FetchCounters {
    pub fetches: AtomicU64,
    pub upstream_bytes: AtomicU64,
}

/// The time after which a fetch is closed that no reader polls: a viewer who has paused, or who takes nothing more.
pub(super) const IDLE_FETCH_TIMEOUT: Duration = Duration::from_secs(60);

/// Closes a fetch once it is idle.
fn close_when_idle(fetch: &Arc<SharedFetch>) {
    let fetch = Arc::downgrade(fetch);
    tokio::spawn(async move {
        let mut wait = IDLE_FETCH_TIMEOUT;
        loop {
            sleep(wait).await;
            let left = fetch
                .upgrade()
                .and_then(|fetch| fetch.close_if_idle(IDLE_FETCH_TIMEOUT));
            match left {
                Some(left) => wait = left,
                None => return,
            }
        }
    });
}

impl EngineInner {
    /// Returns a new reader id.
    pub fn new_reader(&self) -> u64 {
        self.next_reader.fetch_add(1, Ordering::Relaxed)
    }

    /// Looks byte `position` of `object` up: in a cached block, or else in a shared fetch, which the reader
    /// then has joined. A new fetch is started if none fits; it fetches to `end`, up to which the reader
    /// reads. `is_continued` is true if the viewer has bytes of the object already.
    pub fn find(
        self: &Arc<Self>,
        (object, name): (&Object, &Arc<str>),
        layout: BlockLayout,
        reader: u64,
        (position, end): (u64, u64),
        is_continued: bool,
    ) -> Lookup {
        let key = BlockKey {
            object: name.clone(),
            index: layout.index(position),
        };
        if let Some(block) = self.cache.get(&key) {
            return Lookup::Cached(block);
        }
        let mut fetches = self.fetches.lock();
        let of_object = fetches.entry(name.clone()).or_default();
        of_object.retain(|fetch| fetch.strong_count() > 0);
        let joined = of_object
            .iter()
            .filter_map(Weak::upgrade)
            .find(|fetch| fetch.join(reader, position, object.source.dynamic_priority()));
        if let Some(fetch) = joined {
            return Lookup::Fetch(fetch);
        }
        // A fetch that has just ended puts its block into the cache before it is removed.
        if let Some(block) = self.cache.get(&key) {
            return Lookup::Cached(block);
        }
        let fetch =
            Arc::new(self.begin_fetch(object, name.clone(), layout, (position, end), is_continued));
        fetch.join(reader, position, object.source.dynamic_priority());
        of_object.push(Arc::downgrade(&fetch));
        close_when_idle(&fetch);
        if fetches.len() > 64 {
            fetches.retain(|_, of_one| of_one.iter().any(|fetch| fetch.strong_count() > 0));
        }
        Lookup::Fetch(fetch)
    }
}
