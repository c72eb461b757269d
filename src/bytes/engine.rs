//! The engine: what is kept, which runs are under way, and who joins which.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures_util::{StreamExt, TryStreamExt, stream};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::block::{Block, BlockKey, Budget, Cut, Pool, Sizes};
use super::disk::{Disk, DiskFigures, Label};
use super::reader::Reader;
use super::run::Run;
use super::{Object, Reading, Wanted, parallel, resume};
use crate::drives::DriveError;
use crate::governor::Priority;
use crate::media::ByteRange;

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
    /// Connections over which one object may be fetched; set once.
    parallel_ranges: std::sync::OnceLock<usize>,
    /// Lengths of objects that had none beforehand, by etag; `None` where the upstream tells none.
    lengths: moka::future::Cache<String, Option<u64>>,
    /// Runs that brought such a length, until their first reader is in.
    adopted: Mutex<HashMap<String, Arc<Run>>>,
    figures: Figures,
}

/// How long a run waits for the reader for whom it was begun.
const ADOPTION: std::time::Duration = std::time::Duration::from_secs(10);

/// How many blocks a fetch looks ahead for one that is on disk: a quarter of a gigabyte, after which it
/// looks again.
const LOOK_AHEAD: u64 = 64;

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
#[derive(Debug, Clone, PartialEq, Eq)]
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

    /// The same of an object whose length the upstream tells only with its first byte. One fetch finds
    /// it out for all who come meanwhile, and is then the run that they share.
    async fn read_and_learn(
        &self,
        object: &Object,
        range: Option<ByteRange>,
    ) -> Result<Reading, DriveError> {
        let (parts, unknown) = (self.parts.clone(), object.clone());
        let learn = async move {
            if let Some(length) = parts.length_on_disk(&unknown).await {
                return Ok(Some(length));
            }
            let reading = resume::read(unknown.source.clone(), Wanted::default()).await?;
            let length = reading.length.filter(|length| *length > 0);
            if let Some(length) = length {
                parts.adopt(&unknown, length, reading.body);
            }
            Ok::<_, DriveError>(length)
        };
        let learnt = self
            .parts
            .lengths
            .try_get_with(object.etag.clone(), learn)
            .await;
        match learnt.map_err(Arc::unwrap_or_clone)? {
            Some(length) => {
                let known = Object {
                    length: Some(length),
                    ..object.clone()
                };
                let reading = self.read_shared(&known, range, length).await;
                self.parts.release(&object.etag);
                reading
            }
            None => {
                // Nobody tells where it ends: each viewer for itself.
                self.parts.lengths.invalidate(&object.etag).await;
                resume::read(
                    object.source.clone(),
                    Wanted {
                        range,
                        length: None,
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
        );
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
            .find(|run| run.join(reader, position));
        if let Some(run) = joined {
            run.wanted_by(object.source.urgency());
            return Found::Run(run);
        }
        // A run that has just ended has put its block there before anybody could miss it.
        if let Some(block) = self.cache.get(&key) {
            return Found::Kept(block);
        }
        let run = Arc::new(self.begin(object, name, cut, position, end));
        run.join(reader, position);
        of_object.push(Arc::downgrade(&run));
        if runs.len() > 64 {
            runs.retain(|_, runs| runs.iter().any(|run| run.strong_count() > 0));
        }
        Found::Run(run)
    }

    /// The length of an object whose beginning is on disk.
    async fn length_on_disk(&self, object: &Object) -> Option<u64> {
        self.disk.as_ref()?.object_length(&object.etag).await
    }

    /// Makes a body that has just begun the run of its object.
    fn adopt(self: &Arc<Self>, object: &Object, length: u64, body: Upstream) {
        self.figures.runs.fetch_add(1, Ordering::Relaxed);
        let name: Arc<str> = object.etag.as_str().into();
        let cut = Cut::of(length, self.sizes);
        let run = Arc::new(self.run(name.clone(), cut, 0, length, self.counted(body)));
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.entry(name).or_default().push(Arc::downgrade(&run));
        drop(runs);
        let mut adopted = self.adopted.lock().unwrap_or_else(PoisonError::into_inner);
        adopted.insert(object.etag.clone(), run);
        drop(adopted);
        // Should everybody have left meanwhile, nobody would release it.
        let (parts, etag) = (self.clone(), object.etag.clone());
        tokio::spawn(async move {
            tokio::time::sleep(ADOPTION).await;
            parts.release(&etag);
        });
    }

    fn release(&self, etag: &str) {
        let run = self
            .adopted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(etag);
        // Outside of the lock: the last to hold a run closes its connection.
        drop(run);
    }

    fn begin(
        self: &Arc<Self>,
        object: &Object,
        name: Arc<str>,
        cut: Cut,
        position: u64,
        end: u64,
    ) -> Run {
        // A segment is fetched to its end whatever of it is wanted: the rest is wanted next.
        let limit = if cut.is_single() && position == 0 {
            cut.end(0)
        } else {
            end
        };
        let (limit, upstream) = match self.on_disk(&name, cut, position) {
            Some((disk, label)) => {
                let limit = limit.min(label.offset + label.length);
                let range = position..limit;
                (limit, self.from_disk(disk, label, object, range))
            }
            None => {
                let limit = self.before_disk(&name, cut, position, limit);
                (limit, self.fetch(object, position, limit))
            }
        };
        self.run(name, cut, position, limit, upstream)
            .with_urgency(object.source.urgency().cloned())
    }

    /// Bytes `from..limit` from the upstream.
    fn fetch(self: &Arc<Self>, object: &Object, from: u64, limit: u64) -> Upstream {
        self.figures.runs.fetch_add(1, Ordering::Relaxed);
        let wanted = Wanted {
            range: ByteRange::new(from, limit - 1),
            length: object.length,
        };
        let connections = self.parallel_ranges.get().copied().unwrap_or(1);
        // What is fetched ahead has several connections by itself.
        let is_awaited = object
            .source
            .urgency()
            .is_none_or(|urgency| urgency.priority() == Priority::Playing);
        if connections > 1 && is_awaited && limit - from >= parallel::WORTH_IT {
            let bytes = (from, limit, object.length);
            return self.counted(parallel::read(object.source.clone(), bytes, connections));
        }
        let body = stream::once(resume::read(object.source.clone(), wanted))
            .map_ok(|reading| reading.body)
            .try_flatten();
        self.counted(body.boxed())
    }

    fn counted(self: &Arc<Self>, upstream: Upstream) -> Upstream {
        let parts = self.clone();
        let count = move |chunk: &bytes::Bytes| {
            let bytes = chunk.len() as u64;
            parts
                .figures
                .upstream_bytes
                .fetch_add(bytes, Ordering::Relaxed);
        };
        upstream.inspect_ok(count).boxed()
    }

    /// The block at `position`, if it is on disk; counts that it was looked for.
    fn on_disk(&self, name: &str, cut: Cut, position: u64) -> Option<(Disk, Label)> {
        let disk = self.disk.as_ref()?;
        let label = cut.label(name, cut.index(position));
        let found = disk.has(&label);
        disk.count(found);
        found.then(|| (disk.clone(), label))
    }

    /// Where a fetch that begins at `position` ends because the disk has what comes then.
    fn before_disk(&self, name: &str, cut: Cut, position: u64, limit: u64) -> u64 {
        let Some(disk) = &self.disk else {
            return limit;
        };
        let next = cut.index(position) + 1;
        let last = cut.index(limit - 1).min(next + LOOK_AHEAD);
        (next..=last)
            .find(|index| disk.has(&cut.label(name, *index)))
            .map_or(limit, |index| cut.start(index))
    }

    /// Bytes of a block on disk; from where its file fails, from the upstream.
    fn from_disk(
        self: &Arc<Self>,
        disk: Disk,
        label: Label,
        object: &Object,
        range: std::ops::Range<u64>,
    ) -> Upstream {
        enum From {
            Disk(VecDeque<bytes::Bytes>),
            Upstream(Upstream),
        }
        let (parts, object, limit) = (self.clone(), object.clone(), range.end);
        let begin = (range.start, From::Disk(VecDeque::new()));
        stream::unfold(begin, move |(mut position, mut from)| {
            let (parts, object) = (parts.clone(), object.clone());
            let (disk, label) = (disk.clone(), label.clone());
            async move {
                loop {
                    match &mut from {
                        _ if position >= limit => return None,
                        From::Upstream(upstream) => {
                            let next = upstream.next().await?;
                            position += next.as_ref().map_or(0, |chunk| chunk.len() as u64);
                            return Some((next, (position, from)));
                        }
                        From::Disk(pieces) => {
                            if let Some(mut piece) = pieces.pop_front() {
                                piece.truncate((limit - position).min(piece.len() as u64) as usize);
                                position += piece.len() as u64;
                                return Some((Ok(piece), (position, from)));
                            }
                            let at = position - label.offset;
                            from = match disk.piece(&label, at, &parts.pool).await {
                                Some(read) => From::Disk(read.into()),
                                None => From::Upstream(parts.fetch(&object, position, limit)),
                            };
                        }
                    }
                }
            }
        })
        .boxed()
    }

    fn run(
        self: &Arc<Self>,
        name: Arc<str>,
        cut: Cut,
        start: u64,
        limit: u64,
        upstream: Upstream,
    ) -> Run {
        let (cache, disk) = (self.cache.clone(), self.disk.clone());
        let keep = move |index, block: Arc<Block>| {
            if let Some(disk) = &disk {
                disk.put(cut.label(&name, index), block.clone());
            }
            let object = name.clone();
            cache.insert(BlockKey { object, index }, block);
        };
        Run::new(
            cut,
            start,
            limit,
            upstream,
            (self.budget.clone(), self.pool.clone()),
            Box::new(keep),
        )
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
