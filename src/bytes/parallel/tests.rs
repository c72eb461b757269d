//! Tests of `parallel`.

use tokio::time::Instant;

use super::*;

/// An upstream with a fixed rate on each connection.
struct Slow {
    content: Bytes,
    bytes_per_s: f64,
    first_byte: Duration,
    ignores_ranges: bool,
    /// The number of refusals of requests that begin after byte 0.
    refusals: Mutex<u32>,
    etag_of: fn(u64) -> Option<String>,
    opened: Mutex<Vec<u64>>,
    sent: Arc<Mutex<u64>>,
}

impl Slow {
    fn new(bytes_per_s: f64) -> Self {
        let content: Vec<u8> = (0..4_194_280u32).map(|i| (i * 31 % 251) as u8).collect();
        Slow {
            content: content.into(),
            bytes_per_s,
            first_byte: Duration::from_millis(300),
            ignores_ranges: false,
            refusals: Mutex::new(0),
            etag_of: |_| None,
            opened: Mutex::default(),
            sent: Arc::default(),
        }
    }
}

#[async_trait]
impl Source for Slow {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        self.opened.lock().push(from);
        sleep(self.first_byte).await;
        if from > 0 && *self.refusals.lock() > 0 {
            *self.refusals.lock() -= 1;
            return Err(DriveError::new(ErrorKind::RateLimited, "fetch", ""));
        }
        let offset = if self.ignores_ranges { 0 } else { from };
        let end = last.map_or(self.content.len(), |last| last as usize + 1);
        let rest = self.content.slice(offset as usize..end);
        let (pause, sent) = (
            Duration::from_secs_f64(16384.0 / self.bytes_per_s),
            self.sent.clone(),
        );
        let chunks = stream::unfold(rest, move |mut rest| {
            let sent = sent.clone();
            async move {
                if rest.is_empty() {
                    return None;
                }
                sleep(pause).await;
                let chunk = rest.split_to(rest.len().min(16384));
                *sent.lock() += chunk.len() as u64;
                Some((Ok(chunk), rest))
            }
        });
        Ok(Incoming {
            offset,
            length: Some(self.content.len() as u64),
            etag: (self.etag_of)(from),
            chunks: chunks.boxed(),
        })
    }

    async fn renew(&self) -> Result<(), DriveError> {
        Ok(())
    }
}

async fn all(
    source: &Arc<Slow>,
    max_connections: usize,
) -> (Result<Vec<u8>, DriveError>, Duration) {
    let length = source.content.len() as u64;
    let began = Instant::now();
    let read = read(
        source.clone(),
        (0, length, Some(length)),
        false,
        max_connections,
        Arc::new(BlockCache::new(64 << 20)),
    );
    let chunks: Result<Vec<Bytes>, _> = read.try_collect().await;
    (chunks.map(|chunks| chunks.concat()), began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn four_connections_bring_a_segment_in_a_quarter_of_the_time() {
    let slow = Arc::new(Slow::new(487_000.0));
    let (one, alone) = all(&Arc::new(Slow::new(487_000.0)), 1).await;
    let (four, together) = all(&slow, 4).await;
    assert!(one.unwrap() == slow.content && four.unwrap() == slow.content);
    assert!(alone > Duration::from_millis(8500), "{alone:?}");
    assert!(together < Duration::from_millis(2900), "{together:?}");
    assert_eq!(slow.opened.lock().len(), 4);
    assert_eq!(*slow.sent.lock(), slow.content.len() as u64);
}

#[tokio::test(start_paused = true)]
async fn a_fast_upstream_is_asked_twice_and_never_at_the_same_time() {
    let fast = Arc::new(Slow {
        first_byte: Duration::from_millis(5),
        ..Slow::new(1e9)
    });
    assert!(all(&fast, 4).await.0.unwrap() == fast.content);
    assert_eq!(*fast.opened.lock(), [0, 1_048_570]);
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_ignores_ranges_is_read_over_one_connection() {
    let slow = Arc::new(Slow {
        ignores_ranges: true,
        ..Slow::new(487_000.0)
    });
    assert!(all(&slow, 4).await.0.unwrap() == slow.content);
}

#[tokio::test(start_paused = true)]
async fn pieces_that_are_refused_cost_nothing_but_time() {
    let slow = Arc::new(Slow {
        refusals: Mutex::new(3),
        ..Slow::new(487_000.0)
    });
    assert!(all(&slow, 4).await.0.unwrap() == slow.content);
}

#[tokio::test(start_paused = true)]
async fn pieces_of_two_contents_are_never_mixed() {
    let changing = Arc::new(Slow {
        etag_of: |from| Some(if from < 2_000_000 { "a" } else { "b" }.to_owned()),
        ..Slow::new(487_000.0)
    });
    assert_eq!(
        all(&changing, 4).await.0.unwrap_err().kind,
        ErrorKind::UpstreamFailed
    );
}
