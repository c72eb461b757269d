//! How far viewers are, over one request or a chain of them, and the memory that their prefetch_pool share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use crate::bytes::block::MemoryBudget;

/// How long the next request of a chain may take.
pub(super) const NEXT_REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Requests that are remembered at most because a next one may follow.
const MAX_ENDED_CHAINS: usize = 256;

/// What all prefetch_pool share.
pub(in crate::bytes) struct PrefetchPool {
    pub(super) memory: Arc<MemoryBudget>,
    /// Rows of requests of which the last has ended, by object.
    ended: Mutex<HashMap<String, Vec<RequestChain>>>,
}

/// One viewer's way through an object, over one request or a chain of them.
pub(super) struct RequestChain {
    pub playhead: Arc<PlayheadChannel>,
    pub pilot: Option<AbortHandle>,
    pub ended_at: Instant,
}

impl Drop for RequestChain {
    fn drop(&mut self) {
        if let Some(pilot) = &self.pilot {
            pilot.abort();
        }
    }
}

/// What the viewer's side tells the pilot.
pub(super) struct PlayheadChannel {
    /// Where the chain began, and when.
    pub start: u64,
    since: Instant,
    /// The byte that the viewer reads next, and how many milliseconds after the beginning that came to be.
    at: AtomicU64,
    at_ms: AtomicU64,
    /// How far may be read ahead.
    limit: AtomicU64,
    /// The pilot wants to know when the viewer is here.
    awaited: AtomicU64,
    /// The last request of the chain has ended.
    ended: AtomicBool,
    moved: Notify,
}

impl PlayheadChannel {
    /// A chain that begins with a request for bytes `start..limit`.
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

    /// The viewer is at `position` now.
    pub fn moved_to(&self, position: u64) {
        let ms = self.since.elapsed().as_millis() as u64;
        self.at_ms.store(ms, Ordering::Relaxed);
        // In one order for both sides: else each could miss what the other has just told.
        self.at.store(position, Ordering::SeqCst);
        if position >= self.awaited.load(Ordering::SeqCst) {
            self.awaited.store(u64::MAX, Ordering::SeqCst);
            self.moved.notify_one();
        }
    }

    /// From now on it may be read ahead up to there.
    pub fn extend(&self, limit: u64) {
        self.limit.store(limit, Ordering::Release);
    }

    pub fn at(&self) -> u64 {
        self.at.load(Ordering::SeqCst)
    }

    pub fn limit(&self) -> u64 {
        self.limit.load(Ordering::Acquire)
    }

    /// Bytes a second that the viewer has read so far. The time since the last of them does not count: who has
    /// paused goes on as before.
    pub fn pace(&self) -> f64 {
        let read = self.at().saturating_sub(self.start) as f64;
        let ms = self.at_ms.load(Ordering::Relaxed);
        read / (ms as f64 / 1000.0).max(1.0)
    }

    /// Waits until the viewer is at `position`. False where a request has ended and no next one comes.
    pub async fn reached(&self, position: u64) -> bool {
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

    /// Takes note of a request that has ended, or of the next one.
    pub fn tell(&self, ended: bool) {
        self.ended.store(ended, Ordering::Release);
        self.moved.notify_one();
    }
}

impl PrefetchPool {
    /// PrefetchPool that keep up to `bytes` ahead of all viewers together.
    pub fn new(bytes: u64) -> Self {
        PrefetchPool {
            memory: MemoryBudget::new(bytes),
            ended: Mutex::default(),
        }
    }

    /// The chain that a request from `position` on continues.
    pub(super) fn continued(&self, name: &str, position: u64) -> Option<RequestChain> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let chains = ended.get_mut(name)?;
        let index = chains.iter().position(|chain| {
            chain.playhead.at() == position && chain.ended_at.elapsed() < NEXT_REQUEST_TIMEOUT
        })?;
        let chain = chains.swap_remove(index);
        chain.playhead.tell(false);
        Some(chain)
    }

    /// Keeps a chain for a while: a next request may follow.
    pub(super) fn keep(&self, name: &str, chain: RequestChain) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, chains| {
            chains.retain(|chain| chain.ended_at.elapsed() < NEXT_REQUEST_TIMEOUT);
            !chains.is_empty()
        });
        if ended.len() < MAX_ENDED_CHAINS {
            ended.entry(name.to_owned()).or_default().push(chain);
        }
    }
}
