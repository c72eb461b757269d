//! Prefetching of originals, under a paused clock.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{FutureExt, stream};
use proptest::prelude::*;

use super::*;
use crate::bytes::request_chain::NEXT_REQUEST_TIMEOUT;
use crate::bytes::test_content::content;
use crate::bytes::{Engine, ObjectBody};
use crate::governor::{DynamicPriority, Priority};
use drives::{DriveError, Incoming};
use media::ByteRange;

/// An upstream with a fixed rate on each connection.
#[derive(Clone)]
struct Film {
    content: Bytes,
    bytes_per_s: f64,
    film_per_s: Option<f64>,
    priority: DynamicPriority,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    sent: AtomicU64,
    opened: Mutex<Vec<(u64, Priority)>>,
    /// Fails each request with the priority of read-ahead.
    fails_ahead: AtomicBool,
}

const PIECE: usize = 64 << 10;
const MIB: u64 = 1 << 20;

impl Film {
    fn new(mib: usize, bytes_per_s: f64) -> Self {
        Film {
            content: content(mib << 20),
            bytes_per_s,
            film_per_s: Some(MIB as f64),
            priority: DynamicPriority::new(Priority::Playing),
            seen: Arc::default(),
        }
    }

    fn object(&self) -> Object {
        Object {
            source: Arc::new(self.clone()),
            length: Some(self.content.len() as u64),
            etag: "film".to_owned(),
            shared: true,
        }
    }

    fn sent(&self) -> u64 {
        self.seen.sent.load(Ordering::Relaxed)
    }

    fn opened(&self) -> Vec<(u64, Priority)> {
        self.seen.opened.lock().unwrap().clone()
    }
}

#[async_trait]
impl Source for Film {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let priority = self.priority.current();
        self.seen.opened.lock().unwrap().push((from, priority));
        sleep(Duration::from_millis(300)).await;
        if priority == Priority::ReadAhead && self.seen.fails_ahead.load(Ordering::Relaxed) {
            let kind = drives::ErrorKind::Gone;
            return Err(DriveError::new(kind, "fetch", ""));
        }
        let end = last.map_or(self.content.len(), |last| last as usize + 1);
        let rest = self.content.slice(from as usize..end);
        let pause = Duration::from_secs_f64(PIECE as f64 / self.bytes_per_s);
        let seen = self.seen.clone();
        let chunks = stream::unfold(rest, move |mut rest| {
            let seen = seen.clone();
            async move {
                if rest.is_empty() {
                    return None;
                }
                sleep(pause).await;
                let chunk = rest.split_to(rest.len().min(PIECE));
                seen.sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
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

    fn dynamic_priority(&self) -> Option<&DynamicPriority> {
        Some(&self.priority)
    }

    fn prefetch_source(&self) -> Option<PrefetchSource> {
        let ahead = Film {
            priority: DynamicPriority::new(Priority::ReadAhead),
            ..self.clone()
        };
        Some(PrefetchSource {
            source: Arc::new(ahead),
            bytes_per_s: self.film_per_s,
        })
    }
}

/// A player at the film's own bit rate.
struct Viewer {
    reading: ObjectBody,
    read: Vec<u8>,
    film: Film,
    from: usize,
    waiting: Bytes,
}

impl Viewer {
    async fn open(engine: &Engine, film: &Film, range: Option<ByteRange>) -> Self {
        Viewer {
            reading: engine.read(&film.object(), range).await.unwrap(),
            read: Vec::new(),
            film: film.clone(),
            from: range.map_or(0, |range| range.first as usize),
            waiting: Bytes::new(),
        }
    }

    /// Watches this many bytes, at 1 MiB a second after the first two. Returns the longest wait.
    async fn watch(&mut self, bytes: u64) -> Duration {
        let until = self.read.len() as u64 + bytes;
        let mut longest = Duration::ZERO;
        while (self.read.len() as u64) < until {
            let began = Instant::now();
            while self.waiting.is_empty() {
                match self.reading.body.next().await {
                    Some(chunk) => self.waiting = chunk.unwrap(),
                    None => return longest,
                }
            }
            longest = longest.max(began.elapsed());
            let most = (until - self.read.len() as u64).min(self.waiting.len() as u64);
            let chunk = self.waiting.split_to(most as usize);
            self.read.extend_from_slice(&chunk);
            let playing = chunk.len() as f64 / MIB as f64;
            sleep(Duration::from_secs_f64(playing).saturating_sub(began.elapsed())).await;
        }
        let content = &self.film.content[self.from..];
        assert!(content.starts_with(&self.read), "a wrong byte");
        longest
    }
}

#[test]
fn the_slower_the_upstream_the_further_ahead() {
    let film = MIB as f64 / 2.0;
    let times = |upstream| depth(film, upstream) as f64 / (film * AHEAD_S);
    assert_eq!(times(None), 1.0);
    assert_eq!(times(Some(film * 10.0)), 1.0);
    assert_eq!(times(Some(film * 1.25)), 1.6);
    assert_eq!(times(Some(film * 0.1)), 4.0);
    // Limits for any film.
    assert_eq!(
        (depth(1.0, None), depth(1e9, None)),
        (MIN_DEPTH_BYTES, MAX_DEPTH_BYTES)
    );
}

#[tokio::test(start_paused = true)]
async fn who_reads_in_order_is_half_a_minute_ahead_over_one_request() {
    let engine = Engine::new(256 << 20, None);
    let film = Film::new(96, 8e6);
    let mut viewer = Viewer::open(&engine, &film, None).await;
    viewer.watch(3 * MIB).await;
    // A client that only looks at the beginning starts nothing.
    assert!(film.sent() <= 4 * MIB, "{}", film.sent());
    viewer.watch(12 * MIB).await;
    let ahead = film.sent() - 15 * MIB;
    assert!((28 * MIB..=32 * MIB).contains(&ahead), "{ahead}");
    // It stays so, since each byte is requested once.
    viewer.watch(40 * MIB).await;
    let ahead = film.sent() - 55 * MIB;
    assert!((28 * MIB..=32 * MIB).contains(&ahead), "{ahead}");
    viewer.watch(96 * MIB).await;
    assert!(viewer.read == film.content);
    assert_eq!(film.opened(), [(0, Priority::Playing)]);
    assert_eq!(film.sent(), 96 * MIB);
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_pauses_does_not_stop_who_is_ahead_of_it() {
    let engine = Engine::new(256 << 20, None);
    let film = Film::new(64, 4e6);
    let mut viewer = Viewer::open(&engine, &film, None).await;
    viewer.watch(16 * MIB).await;
    // Twenty seconds of the film are cached: all of them without a wait.
    let sent = film.sent();
    assert!(sent >= 36 * MIB, "{sent}");
    let longest = viewer.watch(20 * MIB).await;
    assert_eq!(longest, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_seek_or_a_viewer_who_leaves_ends_it() {
    let engine = Engine::new(256 << 20, None);
    let film = Film::new(96, 2e6);
    let mut viewer = Viewer::open(&engine, &film, None).await;
    viewer.watch(8 * MIB).await;
    drop(viewer);
    sleep(Duration::from_secs(1)).await;
    let sent = film.sent();
    // A seek: another request, which for now is only a look.
    let mut viewer = Viewer::open(&engine, &film, ByteRange::new(60 * MIB, 96 * MIB - 1)).await;
    viewer.watch(MIB).await;
    sleep(Duration::from_secs(60)).await;
    assert!(film.sent() - sent <= 2 * MIB, "{}", film.sent() - sent);
    drop(viewer);
    sleep(Duration::from_secs(60)).await;
    assert!(film.sent() - sent <= 2 * MIB);
    assert_eq!(engine.stats().open_fetches, 0);
    assert_eq!(engine.inner.prefetch_pool.memory.free(), (256 << 20) / 3);
}

#[tokio::test(start_paused = true)]
async fn a_row_of_requests_is_one_viewer_and_ends_when_none_follows() {
    let engine = Engine::new(256 << 20, None);
    let film = Film::new(96, 8e6);
    for number in 0..24 {
        let range = ByteRange::new(number * MIB, (number + 1) * MIB - 1);
        let mut viewer = Viewer::open(&engine, &film, range).await;
        viewer.watch(MIB).await;
        drop(viewer);
    }
    let opened = film.opened();
    let ahead = film.sent() - 24 * MIB;
    assert!((28 * MIB..=32 * MIB).contains(&ahead), "{ahead}");
    // The viewer's first requests, then one request of read-ahead that goes on.
    let (awaited, prefetched): (Vec<&(u64, Priority)>, Vec<_>) = opened
        .iter()
        .partition(|(_, priority)| *priority == Priority::Playing);
    assert!(awaited.len() <= 6 && prefetched.len() == 1, "{opened:?}");
    sleep(NEXT_REQUEST_TIMEOUT * 2).await;
    let (sent, figures) = (film.sent(), engine.stats());
    assert_eq!(figures.open_fetches, 0);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(film.sent(), sent);
}

#[tokio::test(start_paused = true)]
async fn memory_bounds_what_all_of_them_are_ahead() {
    let engine = Engine::new(48 << 20, None);
    let film = Film::new(96, 8e6);
    let mut viewers = Vec::new();
    for number in 0..4 {
        let range = ByteRange::new(number * 20 * MIB, 96 * MIB - 1);
        viewers.push(Viewer::open(&engine, &film, range).await);
    }
    futures_util::future::join_all(viewers.iter_mut().map(|viewer| viewer.watch(10 * MIB))).await;
    let ahead = film.sent() - 40 * MIB;
    // A third of the memory for all, and beyond it half a mebibyte for each and the rest of one chunk.
    assert!(ahead <= 16 * MIB + 4 * MIB, "{ahead}");
    assert!(engine.inner.prefetch_pool.memory.free() < 4 * MIB);
    drop(viewers);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(engine.inner.prefetch_pool.memory.free(), 16 * MIB);
}

#[tokio::test(start_paused = true)]
async fn a_download_as_fast_as_the_upstream_is_one_request_and_goes_no_further() {
    let engine = Engine::new(256 << 20, None);
    let film = Film::new(64, 8e6);
    let reading = engine.read(&film.object(), None).await.unwrap();
    let chunks: Vec<Result<Bytes, DriveError>> = reading.body.collect().await;
    let read: Vec<u8> = chunks
        .into_iter()
        .flat_map(|chunk| chunk.unwrap())
        .collect();
    assert!(read == film.content);
    assert_eq!(film.opened(), [(0, Priority::Playing)]);
    sleep(Duration::from_secs(60)).await;
    assert_eq!((film.sent(), engine.stats().open_fetches), (64 * MIB, 0));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_ahead_is_the_viewers_own_business() {
    let engine = Engine::new(256 << 20, None);
    let film = Film::new(48, 8e6);
    film.seen.fails_ahead.store(true, Ordering::Relaxed);
    for number in 0..48 {
        let range = ByteRange::new(number * MIB, (number + 1) * MIB - 1);
        let mut viewer = Viewer::open(&engine, &film, range).await;
        viewer.watch(MIB).await;
    }
    // Retried once in a while.
    let tries = film
        .opened()
        .iter()
        .filter(|(_, it)| *it == Priority::ReadAhead)
        .count();
    assert!((1..=60).contains(&tries), "{tries}");
}

#[tokio::test(start_paused = true)]
async fn what_a_viewer_was_in_is_read_ahead_again_when_they_have_left() {
    let engine = Engine::new(256 << 20, None);
    let film = Film::new(48, 8e6);
    let ahead = Object {
        source: film.prefetch_source().unwrap().source,
        ..film.object()
    };
    let fetched = async |from, to| {
        engine
            .read(&ahead, ByteRange::new(from, to - 1))
            .await
            .unwrap()
    };
    let first = fetched(0, 16 * MIB).await;
    // A viewer joins the fetch, which has the viewer's priority while they wait.
    let viewer = Viewer::open(&engine, &film, ByteRange::new(0, 16 * MIB - 1)).await;
    let priority = ahead.source.dynamic_priority().unwrap();
    assert_eq!(priority.current(), Priority::Playing);
    drop(viewer);
    assert_eq!(priority.current(), Priority::ReadAhead);
    drop(first);
    // The next range has no viewer.
    drop(fetched(32 * MIB, 33 * MIB).await);
    let (begun, next) = ((0, Priority::ReadAhead), (32 * MIB, Priority::ReadAhead));
    assert_eq!(film.opened(), [begun, next]);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_who_reads_nothing_lets_the_upstream_rest() {
    let engine = Engine::new(256 << 20, None);
    let film = Film::new(96, 8e6);
    let mut viewer = Viewer::open(&engine, &film, None).await;
    viewer.watch(10 * MIB).await;
    sleep(Duration::from_secs(10)).await;
    let sent = film.sent();
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(film.sent(), sent);
    assert!(viewer.watch(10 * MIB).now_or_never().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Any viewers of one film, in any memory: each has exactly its bytes.
    #[test]
    fn every_viewer_has_its_own_bytes(
        memory_mib in prop_oneof![Just(0u64), 1u64..40, Just(256)],
        bytes_per_s in 5e5..2e7f64,
        knows_speed in any::<bool>(),
        parts in proptest::collection::vec((0u64..24 * MIB, 1u64..24 * MIB, 1u64..24 * MIB), 1..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let engine = Engine::new(memory_mib << 20, None);
            let mut film = Film::new(24, bytes_per_s);
            film.film_per_s = film.film_per_s.filter(|_| knows_speed);
            let viewers = parts.iter().map(|(first, length, watched)| {
                let (engine, film) = (&engine, &film);
                async move {
                    let last = (first + length).min(24 * MIB) - 1;
                    let range = ByteRange::new((*first).min(last), last);
                    Viewer::open(engine, film, range).await.watch(*watched).await;
                }
            });
            futures_util::future::join_all(viewers).await;
            sleep(Duration::from_secs(60)).await;
            assert_eq!((engine.stats().open_fetches, engine.stats().incomplete_bytes), (0, 0));
        });
    }
}
