//! Many viewers over one scripted upstream, under a paused clock.

mod ahead;
mod disk;
mod properties;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::unknown_length::ADOPTION_TIMEOUT;
use super::*;
use crate::bytes::Source;
use crate::bytes::test_content::content;
use drives::{ErrorKind, Incoming};

/// An upstream that waits, then sends a chunk at an interval, and counts.
struct Upstream {
    content: Bytes,
    first_byte: Duration,
    between: Duration,
    chunk: usize,
    /// Ends early after this many bytes of each request.
    cut_after: Option<usize>,
    opened: Mutex<Vec<(u64, Option<u64>)>>,
    sent: Arc<AtomicU64>,
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
        self.opened.lock().len()
    }
}

#[async_trait]
impl Source for Upstream {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        self.opened.lock().push((from, last));
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
    let engine = Engine::new(64 << 20, None);
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
    let engine = Engine::new(64 << 20, None);
    let (upstream, object) = Upstream::new(1 << 20).object();
    let unknown = Object {
        length: None,
        ..object
    };
    let viewers = join_all((0..20).map(|_| whole(&engine, &unknown, None))).await;
    assert!(viewers.iter().all(|bytes| *bytes == upstream.content));
    assert!(whole(&engine, &unknown, None).await == upstream.content);
    assert_eq!(upstream.times_opened(), 1);
    sleep(ADOPTION_TIMEOUT).await;
    assert_eq!(engine.stats().open_fetches, 0);
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_finds_the_beginning_and_who_comes_again_the_whole() {
    let engine = Engine::new(64 << 20, None);
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
        whole(&engine, &object, ByteRange::new(1000, 1999)).await == upstream.content[1000..2000]
    );
    assert_eq!(
        (before.elapsed(), upstream.times_opened()),
        (Duration::ZERO, 1)
    );
    assert_eq!(engine.stats().incomplete_bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_who_stalls_holds_back_only_itself() {
    // With memory for a block, and without any.
    for memory in [64 << 20, 0] {
        let engine = Engine::new(memory, None);
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
    let engine = Engine::new(64 << 20, None);
    let (upstream, object) = Upstream::new(1 << 20).object();
    let mut reading = engine.read(&object, None).await.unwrap();
    reading.body.next().await.unwrap().unwrap();
    drop(reading);
    let sent = upstream.sent.load(Ordering::Relaxed);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(upstream.sent.load(Ordering::Relaxed), sent);
    let figures = engine.stats();
    assert_eq!((figures.open_fetches, figures.incomplete_bytes), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn viewers_who_take_nothing_hold_a_page_each_and_no_connection() {
    const PAGE: u64 = 128 << 10;
    let engine = Engine::new(32 << 20, None);
    let mut stalled = Vec::new();
    for number in 0..60 {
        let upstream = Upstream {
            between: Duration::ZERO,
            ..Upstream::new(2 << 20)
        };
        let object = Object {
            etag: format!("film {number}"),
            ..upstream.object().1
        };
        // Cached first, and still being fetched after that.
        let range = match number % 2 {
            0 => None,
            _ => ByteRange::new(1000, 2_000_000),
        };
        drop(whole(&engine, &object, range).await);
        let mut body = engine.read(&object, range).await.unwrap().body;
        let chunk = body.next().await.unwrap().unwrap();
        stalled.push((body, chunk));
    }
    let figures = engine.stats();
    assert!(figures.page_bytes <= 32 << 20, "{figures:?}");
    assert_eq!(figures.open_fetches, 30);
    sleep(crate::bytes::engine_state::IDLE_FETCH_TIMEOUT).await;
    // Each of them reads on after that, from where it was.
    for (number, (mut body, chunk)) in stalled.into_iter().enumerate() {
        let mut length = chunk.len();
        while let Some(chunk) = body.next().await {
            length += chunk.unwrap().len();
        }
        let expected = [2 << 20, 1_999_001][number % 2];
        assert_eq!(length, expected, "{number}");
    }
    let cached = engine.stats().cached_bytes;
    assert!(engine.stats().page_bytes <= cached + 60 * PAGE);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_is_not_polled_is_closed_and_continues_by_range() {
    let engine = Engine::new(64 << 20, None);
    let (upstream, object) = Upstream::new(1 << 20).object();
    let mut body = engine.read(&object, None).await.unwrap().body;
    let mut found = body.next().await.unwrap().unwrap().to_vec();
    sleep(crate::bytes::engine_state::IDLE_FETCH_TIMEOUT - Duration::from_secs(1)).await;
    found.extend_from_slice(&body.next().await.unwrap().unwrap());
    assert_eq!(upstream.times_opened(), 1);
    sleep(crate::bytes::engine_state::IDLE_FETCH_TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(engine.stats().incomplete_bytes, 0, "its block is dropped");
    while let Some(chunk) = body.next().await {
        found.extend_from_slice(&chunk.unwrap());
    }
    assert!(found == upstream.content);
    assert_eq!(upstream.times_opened(), 2);
}

#[tokio::test(start_paused = true)]
async fn memory_that_is_not_there_is_not_taken() {
    let engine = Engine::new(8 << 20, None);
    let (upstream, object) = Upstream::new(60 << 20).object();
    let mut slow = engine.read(&object, None).await.unwrap();
    slow.body.next().await.unwrap().unwrap();
    let mut body = engine.read(&object, None).await.unwrap().body;
    let mut position = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.unwrap();
        assert!(chunk == upstream.content[position..position + chunk.len()]);
        position += chunk.len();
        assert!(engine.stats().incomplete_bytes <= 8 << 20);
        assert!(engine.stats().page_bytes <= 8 << 20);
    }
    assert_eq!(position, 60 << 20);
    assert!(
        engine.stats().cached_bytes <= 6 << 20,
        "{:?}",
        engine.stats()
    );
}

#[tokio::test(start_paused = true)]
async fn a_film_read_in_order_is_one_request() {
    let engine = Engine::new(256 << 20, None);
    let (upstream, object) = Upstream::new(40 << 20).object();
    assert!(whole(&engine, &object, None).await == upstream.content);
    assert_eq!(*upstream.opened.lock(), [(0, Some((40 << 20) - 1))]);
    // Cached bytes are not requested again.
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
    let engine = Engine::new(1 << 20, None);
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
