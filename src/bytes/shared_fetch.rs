//! A run: one upstream fetch that any number of readers share.
//!
//! There is no task behind it. Whoever needs the next byte polls the upstream, under a lock that is
//! never held across a wait; everybody who waits is woken when something arrives. So the fetch goes
//! at the pace of the fastest reader, a reader whose viewer has stalled holds nothing, and when the
//! last reader leaves, the upstream's connection goes with the run.
//!
//! What arrives goes on as it came to whoever is near the head. A block that is put together besides
//! is a copy in memory that was there before; one who comes late finds its beginning there. Where no
//! memory is left for a block, only a window is kept, and whoever falls out of it fetches for itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::time::Instant;

use super::FetchProgress;
use super::block::{Block, BlockBuilder, BlockLayout, MemoryBudget, PagePool};
use crate::governor::{DemandGuard, DynamicPriority, Priority};
use drives::DriveError;

/// Bytes that a run keeps behind its fastest reader, as they came.
const WINDOW_BYTES: u64 = 1 << 20;

/// How far before a reader's position a run may be for the reader to wait for it rather than begin
/// another fetch: less than what arrives in the time of opening one.
const MAX_JOIN_GAP_BYTES: u64 = 256 << 10;

/// One upstream fetch.
pub(super) struct SharedFetch {
    cut: BlockLayout,
    budget: Arc<MemoryBudget>,
    pool: Arc<PagePool>,
    /// Takes a block that is complete.
    keep: Box<dyn Fn(u64, Arc<Block>) + Send + Sync>,
    state: Mutex<FetchState>,
    wakers: Arc<WakeAll>,
    urgency: Option<DynamicPriority>,
    /// Whether it was begun for somebody who is not watching.
    is_prefetch: bool,
}

struct FetchState {
    upstream: BoxStream<'static, Result<Bytes, DriveError>>,
    /// The window: where each chunk begins in the object, and the chunk.
    chunks: VecDeque<(u64, Bytes)>,
    /// The byte after the last that has arrived.
    head: u64,
    /// The byte after the last that will come.
    limit: u64,
    /// How it ended.
    outcome: Option<Result<(), DriveError>>,
    /// The block that is being put together, and where it begins.
    block: Option<(u64, BlockBuilder)>,
    subscribers: Vec<Subscriber>,
    /// How it goes; `None` until the first bytes.
    progress: Option<FetchProgress>,
    /// Since when the upstream has been waited for.
    waiting_since: Option<Instant>,
}

/// A reader in a run.
struct Subscriber {
    id: u64,
    position: u64,
    /// As long as it is there, the run is as urgent as it is to this reader.
    _wish: Option<DemandGuard>,
}

/// What a reader is told.
pub(super) enum FetchItem {
    /// The next bytes.
    Bytes(Bytes),
    /// This run has nothing more for that position: look elsewhere.
    NotHere,
}

impl SharedFetch {
    /// A run over bytes `start..limit` of an object, which `upstream` brings.
    pub fn new(
        cut: BlockLayout,
        start: u64,
        limit: u64,
        upstream: BoxStream<'static, Result<Bytes, DriveError>>,
        (budget, pool): (Arc<MemoryBudget>, Arc<PagePool>),
        keep: Box<dyn Fn(u64, Arc<Block>) + Send + Sync>,
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
        };
        let run = SharedFetch {
            cut,
            budget,
            pool,
            keep,
            state: Mutex::new(state),
            wakers: Arc::default(),
            urgency: None,
            is_prefetch: false,
        };
        run.begin_block(&mut run.lock());
        run
    }

    /// The same, opened as urgently as the most urgent of those who are in it wants.
    pub fn with_priority(mut self, urgency: Option<DynamicPriority>) -> Self {
        self.is_prefetch = urgency
            .as_ref()
            .is_some_and(|urgency| urgency.own() != Priority::Playing);
        self.urgency = urgency;
        self
    }

    /// Whether its failure says nothing to a reader as urgent as this.
    pub fn was_prefetch_only(&self, reader: Option<&DynamicPriority>) -> bool {
        let is_watching = reader.is_some_and(|reader| reader.own() == Priority::Playing);
        self.is_prefetch && is_watching
    }

    /// How it goes; `None` where nobody reads it any more or nothing more will come.
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

    /// Whether what arrives now becomes a block that is kept.
    pub fn is_caching(&self) -> bool {
        let state = self.lock();
        state.block.is_some() || state.head >= state.limit
    }

    fn lock(&self) -> MutexGuard<'_, FetchState> {
        // A panic under the lock leaves chunks that are whole: going on is safe.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a reader at `position`, as urgent as `wants` is by itself, if the run has or will soon have that byte.
    pub fn join(&self, reader: u64, position: u64, wants: Option<&DynamicPriority>) -> bool {
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
            let urgency = self.urgency.as_ref().zip(wants);
            state.subscribers.push(Subscriber {
                id: reader,
                position,
                _wish: urgency.map(|(urgency, wants)| urgency.wanted(wants.own())),
            });
        }
        fits
    }

    /// The reader goes.
    pub fn leave(&self, reader: u64) {
        self.lock()
            .subscribers
            .retain(|subscriber| subscriber.id != reader);
    }

    /// The bytes at `position`, as much as lies in one piece.
    pub fn poll_at(
        &self,
        reader: u64,
        position: u64,
        context: &mut Context<'_>,
    ) -> Poll<Result<FetchItem, DriveError>> {
        let mut state = self.lock();
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
            // Before polling: what arrives between the two must wake us.
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
        // A chunk over a border belongs to two blocks.
        while !chunk.is_empty() {
            let index = self.cut.index(state.head);
            let room = self.cut.end(index) - state.head;
            let part = chunk.split_to(room.min(chunk.len() as u64) as usize);
            if let Some((_, block)) = &mut state.block {
                block.push(&part);
            }
            let length = part.len() as u64;
            state.chunks.push_back((state.head, part));
            state.head += length;
            if state.head == self.cut.end(index) {
                self.end_block(state, index);
                self.begin_block(state);
            }
        }
        state.trim();
        if state.head >= state.limit {
            // All has come: its connection and its turn are for others.
            state.upstream = stream::empty().boxed();
        }
    }

    fn begin_block(&self, state: &mut FetchState) {
        let index = self.cut.index(state.head);
        let whole = state.head == self.cut.start(index)
            && self.cut.end(index) <= state.limit
            && state.head < state.limit;
        if whole {
            let length = self.cut.end(index) - state.head;
            let memory = self.budget.reserve(length);
            state.block =
                memory.map(|memory| (state.head, BlockBuilder::new(self.pool.clone(), memory)));
        }
    }

    /// From here on the cache has the block: who is far behind finds it there.
    fn end_block(&self, state: &mut FetchState, index: u64) {
        if let Some((_, block)) = state.block.take() {
            (self.keep)(index, Arc::new(block.finish()));
        }
    }
}

impl FetchState {
    /// Takes note of bytes that have come.
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

    /// Drops what every reader has had, and what lies too far behind the fastest.
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

/// Wakes every reader that waits for the upstream.
#[derive(Default)]
struct WakeAll {
    wakers: Mutex<Vec<(u64, Waker)>>,
}

impl WakeAll {
    fn add(&self, reader: u64, waker: &Waker) {
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        match wakers.iter_mut().find(|(id, _)| *id == reader) {
            Some((_, known)) => known.clone_from(waker),
            None => wakers.push((reader, waker.clone())),
        }
    }

    fn take(&self) -> Vec<(u64, Waker)> {
        std::mem::take(&mut *self.wakers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Wakes all but the reader who is awake.
    fn wake_others(&self, awake: u64) {
        for (reader, waker) in self.take() {
            if reader != awake {
                waker.wake();
            }
        }
    }
}

impl Wake for WakeAll {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.take().into_iter().for_each(|(_, waker)| waker.wake());
    }
}
