//! Fetches one object over several connections, for upstreams that are slow on each.
//!
//! ```text
//!   ├── head ──►├── 2nd ──┤├── 3rd ──┤├── 4th ──┤ …
//!   returned      buffered in memory until their turn
//! ```
//!
//! The fetch starts with one piece. Only if that has not arrived after [`SLOW_TIMEOUT`] are the next ones
//! requested concurrently; on a fast upstream, the rest is one request. If a further piece fails, or the
//! upstream answers it from another byte or with another content, the rest is read over one connection. The
//! result is the same either way.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use parking_lot::Mutex;
use tokio::time::{Sleep, sleep};

use super::block_cache::BlockCache;
use super::memory_budget::Reservation;
use super::{ReadRequest, Source, resume};
use drives::{DriveError, ErrorKind, Incoming};
use media::ByteRange;

/// Smaller ranges are not worth a second connection.
pub(super) const MIN_PARALLEL_BYTES: u64 = 1 << 20;

/// The largest and smallest piece. All pieces but the first are buffered in memory until their turn.
const MAX_PIECE_BYTES: u64 = 2 << 20;
const MIN_PIECE_BYTES: u64 = 256 << 10;

/// An upstream that has not delivered the first piece after this time is slow. This is half of the time to
/// the first byte of TeraBox's hosts, so that the other pieces wait concurrently with the first.
const SLOW_TIMEOUT: Duration = Duration::from_millis(150);

/// Returns bytes `position..end` of an object of `length` bytes, fetched over up to `max_connections`
/// connections.
pub(super) fn read(
    source: Arc<dyn Source>,
    (position, end, length): (u64, u64, Option<u64>),
    is_continued: bool,
    max_connections: usize,
    memory: Arc<BlockCache>,
) -> BoxStream<'static, Result<Bytes, DriveError>> {
    let piece = (end - position).div_ceil(max_connections as u64);
    ParallelFetch {
        source,
        start: position,
        is_continued,
        end,
        length,
        piece: piece.clamp(MIN_PIECE_BYTES, MAX_PIECE_BYTES),
        max_connections,
        memory,
        next: position,
        pieces: VecDeque::new(),
        mode: ConnectionMode::Unknown(None),
        etag: Arc::default(),
    }
    .boxed()
}

struct ParallelFetch {
    source: Arc<dyn Source>,
    start: u64,
    /// True if the viewer has bytes of the object already.
    is_continued: bool,
    end: u64,
    length: Option<u64>,
    /// The size of a piece in bytes.
    piece: u64,
    max_connections: usize,
    /// The memory in which pieces wait for their turn.
    memory: Arc<BlockCache>,
    /// The first byte that is not part of any piece.
    next: u64,
    /// In order; the first is the head.
    pieces: VecDeque<RangePiece>,
    mode: ConnectionMode,
    /// The ETag of the first response.
    etag: Arc<Mutex<Option<String>>>,
}

enum ConnectionMode {
    /// Until the first piece has arrived, or is late.
    Unknown(Option<Pin<Box<Sleep>>>),
    /// Several concurrent connections.
    Parallel,
    /// One connection for the rest.
    Single,
}

struct RangePiece {
    body: BoxStream<'static, Result<Bytes, DriveError>>,
    /// The offset of the next byte to return.
    position: u64,
    /// Chunks that arrived before the turn of this piece.
    waiting: VecDeque<Bytes>,
    over: bool,
    /// True if the rest can be requested again after a failure.
    optional: bool,
    /// The memory for all of it; `None` for the first piece, which does not wait.
    _memory: Option<Reservation>,
}

impl ParallelFetch {
    fn begin(&mut self, bytes: u64, memory: Option<Reservation>) {
        let optional = memory.is_some();
        let (first, end) = (self.next, (self.next + bytes).min(self.end));
        let source = Arc::new(RangeSource {
            source: self.source.clone(),
            etag: self.etag.clone(),
            strict: AtomicBool::new(optional),
        });
        let wanted = ReadRequest {
            range: ByteRange::new(first, end - 1),
            length: self.length,
            // A piece that fails is read again over one connection; the head is what the viewer waits for.
            is_continued: !optional && (self.is_continued || first > self.start),
        };
        let body = stream::once(resume::read(source, wanted))
            .map_ok(|reading| reading.body)
            .try_flatten()
            .boxed();
        self.next = end;
        self.pieces.push_back(RangePiece {
            body,
            position: first,
            waiting: VecDeque::new(),
            over: false,
            optional,
            _memory: memory,
        });
    }

    /// Drops the pieces from `index` on, and reads the rest over one connection.
    fn fall_back_from(&mut self, index: usize) {
        if let Some(piece) = self.pieces.get(index) {
            self.next = piece.position;
        }
        self.pieces.truncate(index);
        self.mode = ConnectionMode::Single;
    }

    fn open_pieces(&mut self, context: &mut Context<'_>) {
        if let ConnectionMode::Unknown(timer) = &mut self.mode {
            let timer = timer.get_or_insert_with(|| Box::pin(sleep(SLOW_TIMEOUT)));
            if timer.as_mut().poll(context).is_ready() {
                self.mode = ConnectionMode::Parallel;
            }
        }
        if self.pieces.is_empty() && self.next < self.end {
            match self.mode {
                ConnectionMode::Single => self.begin(self.end, None),
                ConnectionMode::Parallel | ConnectionMode::Unknown(_) => {
                    self.begin(self.piece, None)
                }
            }
        }
        while matches!(self.mode, ConnectionMode::Parallel)
            && self.pieces.len() < self.max_connections
            && self.next < self.end
            && let Some(memory) = self.memory.reserve(self.piece)
        {
            self.begin(self.piece, Some(memory));
        }
    }

    /// Buffers chunks of all pieces but the head.
    fn buffer_ahead(&mut self, context: &mut Context<'_>) {
        let mut failed = None;
        for (index, piece) in self.pieces.iter_mut().enumerate().skip(1) {
            while !piece.over {
                match piece.body.poll_next_unpin(context) {
                    Poll::Pending => break,
                    Poll::Ready(Some(Ok(chunk))) => piece.waiting.push_back(chunk),
                    Poll::Ready(None) => piece.over = true,
                    Poll::Ready(Some(Err(_))) => {
                        failed.get_or_insert(index);
                        break;
                    }
                }
            }
        }
        if let Some(index) = failed {
            self.fall_back_from(index);
        }
    }
}

impl Stream for ParallelFetch {
    type Item = Result<Bytes, DriveError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            this.open_pieces(context);
            this.buffer_ahead(context);
            let Some(head) = this.pieces.front_mut() else {
                if this.next >= this.end {
                    return Poll::Ready(None);
                }
                continue;
            };
            let chunk = match head.waiting.pop_front() {
                Some(chunk) => Some(Ok(chunk)),
                None if head.over => None,
                None => ready!(head.body.poll_next_unpin(context)),
            };
            match chunk {
                Some(Ok(chunk)) => {
                    head.position += chunk.len() as u64;
                    return Poll::Ready(Some(Ok(chunk)));
                }
                Some(Err(_)) if head.optional => this.fall_back_from(0),
                Some(Err(error)) => {
                    this.next = this.end;
                    this.pieces.clear();
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.pieces.pop_front();
                    if matches!(this.mode, ConnectionMode::Unknown(_)) {
                        // The first piece was fast: the rest comes over one connection.
                        this.mode = ConnectionMode::Single;
                    }
                }
            }
        }
    }
}

/// One piece's view of the source.
struct RangeSource {
    source: Arc<dyn Source>,
    etag: Arc<Mutex<Option<String>>>,
    /// Refuses a response that begins at another byte; reset by the first response.
    strict: AtomicBool,
}

#[async_trait]
impl Source for RangeSource {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let incoming = self.source.open(from, last).await?;
        if self.strict.swap(false, Ordering::Relaxed) && incoming.offset != from {
            let detail = "the upstream ignores ranges";
            return Err(DriveError::new(ErrorKind::Unsupported, "fetch", detail));
        }
        if let Some(found) = &incoming.etag {
            let mut known = self.etag.lock();
            match &*known {
                None => *known = Some(found.clone()),
                Some(known) if known != found => {
                    let detail = "the content changed on the way";
                    return Err(DriveError::new(ErrorKind::UpstreamFailed, "fetch", detail));
                }
                Some(_) => {}
            }
        }
        Ok(incoming)
    }

    async fn renew(&self) -> Result<(), DriveError> {
        self.source.renew().await
    }

    fn bytes_per_s(&self) -> Option<f64> {
        self.source.bytes_per_s()
    }
}

#[cfg(test)]
mod tests;
