//! How far viewers are, over one request or a row of them, and the memory that their pilots share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use crate::bytes::block::Budget;

/// How long the next request of a row may take.
pub(super) const NEXT_REQUEST: Duration = Duration::from_secs(15);

/// Requests that are remembered at most because a next one may follow.
const MOST_ENDED: usize = 256;

/// What all pilots share.
pub(in crate::bytes) struct Pilots {
    pub(super) memory: Arc<Budget>,
    /// Rows of requests of which the last has ended, by object.
    ended: Mutex<HashMap<String, Vec<Row>>>,
}

/// One viewer's way through an object, over one request or a row of them.
pub(super) struct Row {
    pub trail: Arc<Trail>,
    pub pilot: Option<AbortHandle>,
    pub ended_at: Instant,
}

impl Drop for Row {
    fn drop(&mut self) {
        if let Some(pilot) = &self.pilot {
            pilot.abort();
        }
    }
}

/// What the viewer's side tells the pilot.
pub(super) struct Trail {
    /// Where the row began, and when.
    pub start: u64,
    since: Instant,
    /// The byte that the viewer reads next, and how many milliseconds after the beginning that came to be.
    at: AtomicU64,
    at_ms: AtomicU64,
    /// How far may be read ahead.
    limit: AtomicU64,
    /// The pilot wants to know when the viewer is here.
    awaited: AtomicU64,
    /// The last request of the row has ended.
    ended: AtomicBool,
    moved: Notify,
}

impl Trail {
    /// A row that begins with a request for bytes `start..limit`.
    pub fn new(start: u64, limit: u64) -> Self {
        Trail {
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
            } else if timeout(NEXT_REQUEST, moved).await.is_err() {
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

impl Pilots {
    /// Pilots that keep up to `bytes` ahead of all viewers together.
    pub fn new(bytes: u64) -> Self {
        Pilots {
            memory: Budget::new(bytes),
            ended: Mutex::default(),
        }
    }

    /// The row that a request from `position` on continues.
    pub(super) fn continued(&self, name: &str, position: u64) -> Option<Row> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = ended.get_mut(name)?;
        let index = rows
            .iter()
            .position(|row| row.trail.at() == position && row.ended_at.elapsed() < NEXT_REQUEST)?;
        let row = rows.swap_remove(index);
        row.trail.tell(false);
        Some(row)
    }

    /// Keeps a row for a while: a next request may follow.
    pub(super) fn keep(&self, name: &str, row: Row) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, rows| {
            rows.retain(|row| row.ended_at.elapsed() < NEXT_REQUEST);
            !rows.is_empty()
        });
        if ended.len() < MOST_ENDED {
            ended.entry(name.to_owned()).or_default().push(row);
        }
    }
}
