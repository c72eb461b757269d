//! One upstream fetch that any number of readers share.
//!
//! No task drives it. The reader that needs the next byte polls the upstream, under a lock that is never
//! held across an await; when something arrives, all waiting readers are woken. So the fetch advances at
//! the pace of the fastest reader, a stalled viewer holds nothing, and when the last reader leaves, the
//! fetch is dropped and closes its connection. It also does if none of them has read for a minute.
//!
//! Readers near the head get chunks without a copy. Chunks also go into a block, from which late readers start. If
//! there is no memory for a block, only a window is kept, and a reader that falls behind it starts its own fetch.

mod wake_all;

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::FetchProgress;
use super::block::{Block, BlockBuilder, BlockLayout};
use super::block_cache::BlockCache;
use crate::governor::{DemandGuard, DynamicPriority, Priority};
use drives::DriveError;

use wake_all::WakeAll;

/// Bytes kept behind the fastest reader, as they arrived.
const WINDOW_BYTES: u64 = 1 << 20;

/// A reader up to this far beyond the head joins the fetch instead of starting another one: less than
/// arrives while a connection is opened.
const MAX_JOIN_GAP_BYTES: u64 = 256 << 10;

/// One upstream fetch.
pub(super) struct SharedFetch {
    layout: BlockLayout,
    cache: Arc<BlockCache>,
    /// Receives each complete block.
    on_block: Box<dyn Fn(u64, Arc<Block>) + Send + Sync>,
    state: Mutex<FetchState>,
    wakers: Arc<WakeAll>,
    priority: Option<DynamicPriority>,
    /// True if it was started by read-ahead, not by a viewer.
    is_prefetch: bool,
}

struct FetchState {
    upstream: BoxStream<'static, Result<Bytes, DriveError>>,
    /// The window: chunks with their offsets in the object.
    chunks: VecDeque<(u64, Bytes)>,
    /// The offset after the last byte that has arrived.
    head: u64,
    /// The offset after the last byte that will arrive.
    limit: u64,
    /// The result, once it has ended.
    outcome: Option<Result<(), DriveError>>,
    /// The block under construction, and its offset.
    block: Option<(u64, BlockBuilder)>,
    subscribers: Vec<Subscriber>,
    /// Measured rate; `None` before the first bytes.
    progress: Option<FetchProgress>,
    /// The time since which the upstream is being waited for.
    waiting_since: Option<Instant>,
    /// The time at which a reader last requested bytes.
    polled_at: Instant,
}

/// A reader of the fetch.
struct Subscriber {
    id: u64,
    position: u64,
    /// False for read-ahead.
    is_viewer: bool,
    /// Raises the priority of the fetch to that of this reader while it lives.
    _demand: Option<DemandGuard>,
}

/// The result of polling a fetch.
pub(super) enum FetchItem {
    /// The next bytes.
    Bytes(Bytes),
    /// This fetch has nothing for that position: look elsewhere.
    NotHere,
}

impl SharedFetch {
    /// Creates a fetch of bytes `start..limit` of an object, which `upstream` delivers.
    pub fn new(
        layout: BlockLayout,
        start: u64,
        limit: u64,
        upstream: BoxStream<'static, Result<Bytes, DriveError>>,
        cache: Arc<BlockCache>,
        on_block: Box<dyn Fn(u64, Arc<Block>) + Send + Sync>,
    ) -> Self {
        let state = FetchState {
            upstream,
            chunks: VecDeque::new(),
            head: start,
            limit,
            outcome: None,
            block: None,
            subscribers: Vec::new(),
            progress: None,
            waiting_since: None,
            polled_at: Instant::now(),
        };
        let fetch = SharedFetch {
            layout,
            cache,
            on_block,
            state: Mutex::new(state),
            wakers: Arc::default(),
            priority: None,
            is_prefetch: false,
        };
        fetch.begin_block(&mut fetch.lock());
        fetch
    }

    /// Sets the priority, which rises to the highest one of its readers.
    pub fn with_priority(mut self, priority: Option<DynamicPriority>) -> Self {
        self.is_prefetch = priority
            .as_ref()
            .is_some_and(|priority| priority.own() != Priority::Playing);
        self.priority = priority;
        self
    }

    /// Returns true if it was started by read-ahead and the reader is a viewer, for whom its failure does
    /// not count.
    pub fn was_prefetch_only(&self, reader: Option<&DynamicPriority>) -> bool {
        let is_watching = reader.is_some_and(|reader| reader.own() == Priority::Playing);
        self.is_prefetch && is_watching
    }

    /// Returns the progress; `None` without readers or after the end.
    pub fn progress(&self) -> Option<FetchProgress> {
        let state = self.lock();
        if state.outcome.is_some() || state.subscribers.is_empty() {
            return None;
        }
        let mut progress = state.progress.unwrap_or_default();
        if let (Some(_), Some(since)) = (state.progress, state.waiting_since) {
            progress.waited += since.elapsed();
        }
        Some(progress)
    }

    /// Returns true if the arriving bytes become a cached block.
    pub fn is_caching(&self) -> bool {
        let state = self.lock();
        state.block.is_some() || state.head >= state.limit
    }

    fn lock(&self) -> MutexGuard<'_, FetchState> {
        self.state.lock()
    }

    /// Adds a reader at `position` with priority `demand`. Returns false if the fetch has already dropped
    /// that byte or is not close to it.
    pub fn join(&self, reader: u64, position: u64, demand: Option<&DynamicPriority>) -> bool {
        let mut state = self.lock();
        let window = state.chunks.front().map_or(state.head, |(start, _)| *start);
        let first = state
            .block
            .as_ref()
            .map_or(window, |(start, _)| window.min(*start));
        let fits = state.outcome.is_none() || position < state.head;
        let fits = fits
            && first <= position
            && position < state.limit
            && position <= state.head + MAX_JOIN_GAP_BYTES;
        if fits {
            let priority = self.priority.as_ref().zip(demand);
            state.subscribers.push(Subscriber {
                id: reader,
                position,
                is_viewer: demand.is_none_or(|demand| demand.own() == Priority::Playing),
                _demand: priority.map(|(priority, demand)| priority.register(demand.own())),
            });
        }
        fits
    }

    /// Closes the connection if no reader has requested anything for `timeout`; a reader that returns starts another
    /// fetch. Returns the time after which to look again, `None` if it has ended.
    pub fn close_if_idle(&self, timeout: Duration) -> Option<Duration> {
        let mut state = self.lock();
        if state.outcome.is_some() {
            return None;
        }
        let left = timeout.checked_sub(state.polled_at.elapsed());
        let left = left.filter(|left| !left.is_zero());
        if left.is_none() {
            state.outcome = Some(Ok(()));
            state.block = None;
            state.upstream = stream::empty().boxed();
        }
        left
    }

    /// Returns true if a viewer other than `reader` has read all bytes before `position`.
    pub fn has_viewer_at(&self, position: u64, reader: u64) -> bool {
        let state = self.lock();
        let mut others = state.subscribers.iter().filter(|other| other.id != reader);
        others.any(|other| other.is_viewer && other.position >= position)
    }

    /// Removes a reader.
    pub fn leave(&self, reader: u64) {
        self.lock()
            .subscribers
            .retain(|subscriber| subscriber.id != reader);
    }

    /// Polls for the bytes at `position`, up to the end of their chunk.
    pub fn poll_at(
        &self,
        reader: u64,
        position: u64,
        context: &mut Context<'_>,
    ) -> Poll<Result<FetchItem, DriveError>> {
        let mut state = self.lock();
        state.polled_at = Instant::now();
        loop {
            if position < state.head {
                let Some(chunk) = state.at(position) else {
                    return Poll::Ready(Ok(FetchItem::NotHere));
                };
                state.moved(reader, position + chunk.len() as u64);
                return Poll::Ready(Ok(FetchItem::Bytes(chunk)));
            }
            match &state.outcome {
                Some(Ok(())) => return Poll::Ready(Ok(FetchItem::NotHere)),
                Some(Err(error)) => return Poll::Ready(Err(error.clone())),
                None => {}
            }
            if state.head >= state.limit {
                state.outcome = Some(Ok(()));
                continue;
            }
            // Registered before polling, so that nothing that arrives in between is missed.
            self.wakers.add(reader, context.waker());
            let waker = Waker::from(self.wakers.clone());
            match state
                .upstream
                .as_mut()
                .poll_next(&mut Context::from_waker(&waker))
            {
                Poll::Pending => {
                    state.waiting_since.get_or_insert_with(Instant::now);
                    return Poll::Pending;
                }
                Poll::Ready(Some(Ok(chunk))) => {
                    state.measure(chunk.len() as u64);
                    self.arrived(&mut state, chunk);
                }
                Poll::Ready(Some(Err(error))) => state.outcome = Some(Err(error)),
                Poll::Ready(None) => state.outcome = Some(Ok(())),
            }
            self.wakers.wake_others(reader);
        }
    }

    fn arrived(&self, state: &mut FetchState, mut chunk: Bytes) {
        // A chunk may span two blocks.
        while !chunk.is_empty() {
            let index = self.layout.index(state.head);
            let room = self.layout.end(index) - state.head;
            let part = chunk.split_to(room.min(chunk.len() as u64) as usize);
            let length = part.len() as u64;
            let part = match &mut state.block {
                Some((_, block)) => block.push(part),
                None => part,
            };
            state.chunks.push_back((state.head, part));
            state.head += length;
            if state.head == self.layout.end(index) {
                self.end_block(state, index);
                self.begin_block(state);
            }
        }
        state.trim();
        if state.head >= state.limit {
            // Complete: releases the connection and its permit.
            state.upstream = stream::empty().boxed();
        }
    }

    fn begin_block(&self, state: &mut FetchState) {
        let index = self.layout.index(state.head);
        let whole = state.head == self.layout.start(index)
            && self.layout.end(index) <= state.limit
            && state.head < state.limit;
        if whole {
            let length = self.layout.end(index) - state.head;
            let memory = self.cache.reserve(length);
            state.block = memory.map(|memory| {
                (
                    state.head,
                    BlockBuilder::new(self.cache.pool.clone(), memory),
                )
            });
        }
    }

    /// Moves the complete block to the cache, where late readers find it.
    fn end_block(&self, state: &mut FetchState, index: u64) {
        if let Some((_, block)) = state.block.take() {
            (self.on_block)(index, Arc::new(block.finish()));
        }
    }
}

impl FetchState {
    /// Records arrived bytes.
    fn measure(&mut self, bytes: u64) {
        let waited = self.waiting_since.take().map(|since| since.elapsed());
        match &mut self.progress {
            Some(progress) => {
                progress.bytes += bytes;
                progress.waited += waited.unwrap_or_default();
            }
            None => self.progress = Some(FetchProgress::default()),
        }
    }

    fn at(&self, position: u64) -> Option<Bytes> {
        self.in_window(position).or_else(|| {
            let (start, block) = self.block.as_ref()?;
            block.at(position.checked_sub(*start)?)
        })
    }

    fn in_window(&self, position: u64) -> Option<Bytes> {
        let index = self
            .chunks
            .partition_point(|(start, _)| *start <= position)
            .checked_sub(1)?;
        let (start, chunk) = &self.chunks[index];
        let within = (position - start) as usize;
        (within < chunk.len()).then(|| chunk.slice(within..))
    }

    fn moved(&mut self, reader: u64, position: u64) {
        if let Some(subscriber) = self
            .subscribers
            .iter_mut()
            .find(|subscriber| subscriber.id == reader)
        {
            subscriber.position = position;
        }
        self.trim();
    }

    /// Drops chunks that all readers have read, or that are outside of the window.
    fn trim(&mut self) {
        let positions = self
            .subscribers
            .iter()
            .map(|subscriber| subscriber.position);
        let slowest = positions.clone().min().unwrap_or(self.head);
        let fastest = positions.max().unwrap_or(self.head);
        let keep_from = slowest.max(fastest.saturating_sub(WINDOW_BYTES));
        while let Some((start, chunk)) = self.chunks.front() {
            if start + chunk.len() as u64 > keep_from {
                break;
            }
            self.chunks.pop_front();
        }
    }
}
