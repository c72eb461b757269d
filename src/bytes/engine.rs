//! The engine: what is kept, which runs are under way, and who joins which.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures_util::{StreamExt, TryStreamExt, stream};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::block::{Block, BlockKey, Budget, Cut, Pool};
use super::reader::Reader;
use super::run::Run;
use super::{Object, Reading, Wanted, resume};
use crate::drives::DriveError;
use crate::media::ByteRange;

/// The byte engine. Clones share it.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<Parts>,
}

pub(super) struct Parts {
    pub cache: Cache<BlockKey, Arc<Block>>,
    runs: Mutex<HashMap<Arc<str>, Vec<Weak<Run>>>>,
    budget: Arc<Budget>,
    budget_bytes: u64,
    pool: Arc<Pool>,
    next_reader: AtomicU64,
    /// Lengths of objects that had none beforehand, by etag; `None` where the upstream tells none.
    lengths: moka::future::Cache<String, Option<u64>>,
    /// Runs that brought such a length, until their first reader is in.
    adopted: Mutex<HashMap<String, Arc<Run>>>,
    figures: Figures,
}

/// How long a run waits for the reader for whom it was begun.
const ADOPTION: std::time::Duration = std::time::Duration::from_secs(10);

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

/// Of the memory for media, the part that blocks may take which are not complete yet: with the
/// default of 256 MiB enough for a dozen segments at a time.
const ARRIVING_SHARE: u64 = 3;

impl Engine {
    /// An engine that keeps up to `memory_bytes` of media.
    pub fn new(memory_bytes: u64) -> Self {
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
                runs: Mutex::default(),
                budget: Budget::new(arriving),
                budget_bytes: arriving,
                pool: Pool::new(arriving),
                next_reader: AtomicU64::new(0),
                lengths: moka::future::Cache::new(100_000),
                adopted: Mutex::default(),
                figures: Figures::default(),
            }),
        }
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
            Cut::of(length),
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
        if !Cut::of(length).is_single() || self.parts.cache.contains_key(&key) || !has_room {
            return Ok(false);
        }
        let mut body = self.read(object, None).await?.body;
        while body.try_next().await?.is_some() {}
        Ok(true)
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

    /// Makes a body that has just begun the run of its object.
    fn adopt(self: &Arc<Self>, object: &Object, length: u64, body: Upstream) {
        self.figures.runs.fetch_add(1, Ordering::Relaxed);
        let name: Arc<str> = object.etag.as_str().into();
        let run = Arc::new(self.run(name.clone(), Cut::of(length), 0, length, body));
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
        self.figures.runs.fetch_add(1, Ordering::Relaxed);
        // A segment is fetched to its end whatever of it is wanted: the rest is wanted next.
        let limit = if cut.is_single() && position == 0 {
            cut.end(0)
        } else {
            end
        };
        let wanted = Wanted {
            range: ByteRange::new(position, limit - 1),
            length: object.length,
        };
        let upstream = stream::once(resume::read(object.source.clone(), wanted))
            .map_ok(|reading| reading.body)
            .try_flatten()
            .boxed();
        self.run(name, cut, position, limit, upstream)
    }

    fn run(
        self: &Arc<Self>,
        name: Arc<str>,
        cut: Cut,
        start: u64,
        limit: u64,
        upstream: Upstream,
    ) -> Run {
        let parts = self.clone();
        let counted = upstream
            .inspect_ok(move |chunk| {
                parts
                    .figures
                    .upstream_bytes
                    .fetch_add(chunk.len() as u64, Ordering::Relaxed);
            })
            .boxed();
        let cache = self.cache.clone();
        let keep = move |index, block| {
            cache.insert(
                BlockKey {
                    object: name.clone(),
                    index,
                },
                block,
            )
        };
        Run::new(
            cut,
            start,
            limit,
            counted,
            (self.budget.clone(), self.pool.clone()),
            Box::new(keep),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use async_trait::async_trait;
    use bytes::Bytes;
    use futures_util::future::join_all;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::bytes::Source;
    use crate::drives::{ErrorKind, Incoming};

    /// An upstream that waits, then sends a chunk every so often, and counts.
    struct Upstream {
        content: Bytes,
        first_byte: Duration,
        between: Duration,
        chunk: usize,
        /// Cut after so many bytes, each time it is opened.
        cut_after: Option<usize>,
        opened: Mutex<Vec<(u64, Option<u64>)>>,
        sent: Arc<AtomicU64>,
    }

    fn content(length: usize) -> Bytes {
        (0..length)
            .map(|i| ((i as u64 * 2_654_435_761) >> 7) as u8)
            .collect::<Vec<u8>>()
            .into()
    }

    impl Upstream {
        fn new(length: usize) -> Self {
            Upstream {
                content: content(length),
                first_byte: Duration::from_secs(2),
                between: Duration::from_millis(100),
                chunk: length.div_ceil(20).max(1),
                cut_after: None,
                opened: Mutex::default(),
                sent: Arc::default(),
            }
        }

        fn object(self) -> (Arc<Self>, Object) {
            let length = Some(self.content.len() as u64);
            let source = Arc::new(self);
            (
                source.clone(),
                Object {
                    source,
                    length,
                    etag: "film".to_owned(),
                    shared: true,
                },
            )
        }

        fn times_opened(&self) -> usize {
            self.opened.lock().unwrap().len()
        }
    }

    #[async_trait]
    impl Source for Upstream {
        async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
            self.opened.lock().unwrap().push((from, last));
            sleep(self.first_byte).await;
            let end = last.map_or(self.content.len(), |last| last as usize + 1);
            let end = end.min(from as usize + self.cut_after.unwrap_or(usize::MAX / 2));
            let rest = self.content.slice(from as usize..end);
            let (between, size, sent) = (self.between, self.chunk, self.sent.clone());
            let chunks = stream::unfold(rest, move |mut rest| {
                let sent = sent.clone();
                async move {
                    if rest.is_empty() {
                        return None;
                    }
                    sleep(between).await;
                    let chunk = rest.split_to(size.min(rest.len()));
                    sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                    Some((Ok(chunk), rest))
                }
            });
            Ok(Incoming {
                offset: from,
                length: Some(self.content.len() as u64),
                etag: None,
                chunks: chunks.boxed(),
            })
        }

        async fn renew(&self) -> Result<(), DriveError> {
            Ok(())
        }
    }

    async fn whole(engine: &Engine, object: &Object, range: Option<ByteRange>) -> Vec<u8> {
        let reading = engine.read(object, range).await.unwrap();
        let chunks: Vec<Bytes> = reading.body.try_collect().await.unwrap();
        chunks.concat()
    }

    #[tokio::test(start_paused = true)]
    async fn fifty_viewers_are_one_fetch_and_nobody_waits_for_the_whole() {
        let engine = Engine::new(64 << 20);
        let (upstream, object) = Upstream::new(1 << 20).object();
        let started = Instant::now();
        let viewers = (0..50u64).map(|number| {
            let (engine, object) = (&engine, &object);
            async move {
                sleep(Duration::from_millis(number * 10)).await;
                let mut reading = engine.read(object, None).await.unwrap();
                let first = reading.body.next().await.unwrap().unwrap();
                let first_after = started.elapsed();
                let rest: Vec<Bytes> = reading.body.try_collect().await.unwrap();
                (first_after, [first.to_vec(), rest.concat()].concat())
            }
        });
        for (first_after, bytes) in join_all(viewers).await {
            assert!(bytes == upstream.content);
            // The upstream's first byte comes after 2.1 s.
            assert!(
                first_after <= Duration::from_millis(2150),
                "{first_after:?}"
            );
        }
        assert_eq!(upstream.times_opened(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_length_that_nobody_knew_is_found_out_once_and_shared() {
        let engine = Engine::new(64 << 20);
        let (upstream, object) = Upstream::new(1 << 20).object();
        let unknown = Object {
            length: None,
            ..object
        };
        let viewers = join_all((0..20).map(|_| whole(&engine, &unknown, None))).await;
        assert!(viewers.iter().all(|bytes| *bytes == upstream.content));
        assert!(whole(&engine, &unknown, None).await == upstream.content);
        assert_eq!(upstream.times_opened(), 1);
        sleep(ADOPTION).await;
        assert_eq!(engine.figures().open_runs, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_late_finds_the_beginning_and_who_comes_again_the_whole() {
        let engine = Engine::new(64 << 20);
        let (upstream, object) = Upstream::new(1 << 20).object();
        let early = tokio::spawn({
            let (engine, object) = (engine.clone(), object.clone());
            async move { whole(&engine, &object, None).await }
        });
        sleep(Duration::from_millis(3000)).await;
        let before = Instant::now();
        let mut late = engine.read(&object, None).await.unwrap();
        assert!(late.body.next().await.unwrap().is_ok());
        assert_eq!(before.elapsed(), Duration::ZERO);
        drop(late);
        assert!(early.await.unwrap() == upstream.content);
        let before = Instant::now();
        assert!(whole(&engine, &object, None).await == upstream.content);
        assert!(
            whole(&engine, &object, ByteRange::new(1000, 1999)).await
                == upstream.content[1000..2000]
        );
        assert_eq!(
            (before.elapsed(), upstream.times_opened()),
            (Duration::ZERO, 1)
        );
        assert_eq!(engine.figures().arriving_bytes, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_viewer_who_stalls_holds_back_only_itself() {
        // With memory for a block, and without any.
        for memory in [64 << 20, 0] {
            let engine = Engine::new(memory);
            let (upstream, object) = Upstream::new(8 << 20).object();
            let mut stalled = engine.read(&object, None).await.unwrap();
            let first = stalled.body.next().await.unwrap().unwrap();
            let started = Instant::now();
            assert!(whole(&engine, &object, None).await == upstream.content);
            assert!(
                started.elapsed() < Duration::from_secs(5),
                "{:?}",
                started.elapsed()
            );
            let rest: Vec<Bytes> = stalled.body.try_collect().await.unwrap();
            assert!([first.to_vec(), rest.concat()].concat() == upstream.content);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_viewer_who_leaves_stops_what_nobody_else_wants() {
        let engine = Engine::new(64 << 20);
        let (upstream, object) = Upstream::new(1 << 20).object();
        let mut reading = engine.read(&object, None).await.unwrap();
        reading.body.next().await.unwrap().unwrap();
        drop(reading);
        let sent = upstream.sent.load(Ordering::Relaxed);
        sleep(Duration::from_secs(60)).await;
        assert_eq!(upstream.sent.load(Ordering::Relaxed), sent);
        let figures = engine.figures();
        assert_eq!((figures.open_runs, figures.arriving_bytes), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn memory_that_is_not_there_is_not_taken() {
        let engine = Engine::new(8 << 20);
        let (upstream, object) = Upstream::new(60 << 20).object();
        let mut slow = engine.read(&object, None).await.unwrap();
        slow.body.next().await.unwrap().unwrap();
        let mut body = engine.read(&object, None).await.unwrap().body;
        let mut position = 0;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.unwrap();
            assert!(chunk == upstream.content[position..position + chunk.len()]);
            position += chunk.len();
            assert!(engine.figures().arriving_bytes <= 2 << 20);
        }
        assert_eq!(position, 60 << 20);
        engine.parts.cache.run_pending_tasks();
        assert!(
            engine.figures().kept_bytes <= 6 << 20,
            "{:?}",
            engine.figures()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_film_read_in_order_is_one_request() {
        let engine = Engine::new(256 << 20);
        let (upstream, object) = Upstream::new(40 << 20).object();
        assert!(whole(&engine, &object, None).await == upstream.content);
        assert_eq!(
            *upstream.opened.lock().unwrap(),
            [(0, Some((40 << 20) - 1))]
        );
        // What is kept is not asked for again, what lies beside it is.
        engine.parts.cache.run_pending_tasks();
        assert!(
            whole(&engine, &object, ByteRange::new(5 << 20, 30 << 20)).await
                == upstream.content[5 << 20..=30 << 20]
        );
        assert_eq!(upstream.times_opened(), 1);
    }

    struct Refusing;

    #[async_trait]
    impl Source for Refusing {
        async fn open(&self, _: u64, _: Option<u64>) -> Result<Incoming, DriveError> {
            Err(DriveError::new(ErrorKind::Gone, "fetch", ""))
        }
        async fn renew(&self) -> Result<(), DriveError> {
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_before_the_first_byte_is_told_as_one() {
        let engine = Engine::new(1 << 20);
        let object = Object {
            source: Arc::new(Refusing),
            length: Some(10),
            etag: "x".to_owned(),
            shared: true,
        };
        let failures = join_all((0..5).map(|_| engine.read(&object, None))).await;
        assert!(
            failures
                .into_iter()
                .all(|failure| failure.is_err_and(|error| error.kind == ErrorKind::Gone))
        );
    }

    mod properties {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(400))]

            /// Any number of viewers at any places and paces, with any memory and an upstream that cuts:
            /// each gets exactly its bytes.
            #[test]
            fn each_viewer_gets_its_own_bytes(
                length in 1usize..60_000,
                memory in prop_oneof![Just(0u64), Just(20_000), Just(1 << 20)],
                chunk in 1usize..9_000,
                cut_after in prop_oneof![Just(None), (1usize..30_000).prop_map(Some)],
                viewers in proptest::collection::vec((0usize..60_000, 0usize..60_000, 0u64..4_000, 0u64..300), 1..12),
            ) {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
                runtime.block_on(async {
                    let engine = Engine::new(memory);
                    let upstream = Upstream { chunk, cut_after, ..Upstream::new(length) };
                    let (upstream, object) = upstream.object();
                    join_all(viewers.iter().map(|(a, b, arrives_ms, pause_ms)| {
                        let (first, last) = ((*a).min(*b) % length, (*a).max(*b).min(length - 1));
                        let last = last.max(first);
                        let (engine, object, upstream) = (&engine, &object, &upstream);
                        async move {
                            sleep(Duration::from_millis(*arrives_ms)).await;
                            let range = ByteRange::new(first as u64, last as u64);
                            let mut body = engine.read(object, range).await.unwrap().body;
                            let mut found = Vec::new();
                            while let Some(chunk) = body.next().await {
                                found.extend_from_slice(&chunk.unwrap());
                                sleep(Duration::from_millis(*pause_ms)).await;
                            }
                            assert!(found == upstream.content[first..=last]);
                        }
                    })).await;
                });
            }
        }
    }
}
