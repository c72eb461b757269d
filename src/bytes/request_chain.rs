//! Chains of consecutive range requests of one viewer, and the memory that all prefetchers share.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::memory_budget::MemoryBudget;

/// The time after which a chain ends if no request continues it.
pub(super) const NEXT_REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Chains without an active request that are kept.
const MAX_ENDED_CHAINS: usize = 256;

/// State shared by all prefetchers.
pub(super) struct PrefetchPool {
    pub(super) memory: Arc<MemoryBudget>,
    /// Chains without an active request, by object.
    ended: Mutex<HashMap<String, Vec<RequestChain>>>,
}

/// The consecutive requests of one viewer for one object.
pub(super) struct RequestChain {
    pub playhead: Arc<PlayheadChannel>,
    pub task: Option<AbortHandle>,
    pub ended_at: Instant,
}

impl Drop for RequestChain {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// The viewer's position, as the reader publishes it for the prefetcher.
pub(super) struct PlayheadChannel {
    /// The first byte of the chain, and the time of the first request.
    pub start: u64,
    since: Instant,
    /// The offset of the byte that the viewer reads next, and the milliseconds from the first request until
    /// it was reached.
    at: AtomicU64,
    at_ms: AtomicU64,
    /// The end of prefetching.
    limit: AtomicU64,
    /// The position at which the prefetcher is to be woken.
    awaited: AtomicU64,
    /// True between two requests of the chain.
    ended: AtomicBool,
    moved: Notify,
}

impl PlayheadChannel {
    /// Creates the channel of a chain that begins with a request for bytes `start..limit`.
    pub fn new(start: u64, limit: u64) -> Self {
        PlayheadChannel {
            start,
            since: Instant::now(),
            at: AtomicU64::new(start),
            at_ms: AtomicU64::new(0),
            limit: AtomicU64::new(limit),
            awaited: AtomicU64::new(u64::MAX),
            ended: AtomicBool::new(false),
            moved: Notify::new(),
        }
    }

    /// Publishes the viewer's position.
    pub fn moved_to(&self, position: u64) {
        let ms = self.since.elapsed().as_millis() as u64;
        self.at_ms.store(ms, Ordering::Relaxed);
        // SeqCst on both sides: otherwise each could miss the other's last store.
        self.at.store(position, Ordering::SeqCst);
        if position >= self.awaited.load(Ordering::SeqCst) {
            self.awaited.store(u64::MAX, Ordering::SeqCst);
            self.moved.notify_one();
        }
    }

    /// Extends prefetching to `limit`.
    pub fn extend(&self, limit: u64) {
        self.limit.store(limit, Ordering::Release);
    }

    pub fn at(&self) -> u64 {
        self.at.load(Ordering::SeqCst)
    }

    pub fn limit(&self) -> u64 {
        self.limit.load(Ordering::Acquire)
    }

    /// Returns the bytes per second that the viewer has read so far. A pause after the last byte does not
    /// count.
    pub fn bytes_per_s(&self) -> f64 {
        let read = self.at().saturating_sub(self.start) as f64;
        let ms = self.at_ms.load(Ordering::Relaxed);
        read / (ms as f64 / 1000.0).max(1.0)
    }

    /// Waits until the viewer is at `position`. Returns false if the request has ended and no next one
    /// comes.
    pub async fn wait_for(&self, position: u64) -> bool {
        loop {
            self.awaited.store(position, Ordering::SeqCst);
            if self.at() >= position {
                return true;
            }
            let moved = self.moved.notified();
            if !self.ended.load(Ordering::Acquire) {
                moved.await;
            } else if timeout(NEXT_REQUEST_TIMEOUT, moved).await.is_err() {
                return false;
            }
        }
    }

    /// Records that a request has ended, or that the next one has begun.
    pub fn set_ended(&self, ended: bool) {
        self.ended.store(ended, Ordering::Release);
        self.moved.notify_one();
    }
}

impl PrefetchPool {
    /// Creates a pool in which prefetchers hold up to `bytes` ahead of all viewers together.
    pub fn new(bytes: u64) -> Self {
        PrefetchPool {
            memory: MemoryBudget::new(bytes),
            ended: Mutex::default(),
        }
    }

    /// Returns the parked chain that a request from `position` on continues; `None` if there is none.
    pub(super) fn resume(&self, name: &str, position: u64) -> Option<RequestChain> {
        let mut ended = self.ended.lock();
        let chains = ended.get_mut(name)?;
        let index = chains.iter().position(|chain| {
            chain.playhead.at() == position && chain.ended_at.elapsed() < NEXT_REQUEST_TIMEOUT
        })?;
        let chain = chains.swap_remove(index);
        chain.playhead.set_ended(false);
        Some(chain)
    }

    /// Parks a chain until its next request.
    pub(super) fn park(&self, name: &str, chain: RequestChain) {
        let mut ended = self.ended.lock();
        ended.retain(|_, chains| {
            chains.retain(|chain| chain.ended_at.elapsed() < NEXT_REQUEST_TIMEOUT);
            !chains.is_empty()
        });
        if ended.len() < MAX_ENDED_CHAINS {
            ended.entry(name.to_owned()).or_default().push(chain);
        }
    }
}
