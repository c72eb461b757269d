//! The governor: limits the concurrency and rate of upstream requests, by priority.
//!
//! ```text
//!   playing > opening > read-ahead > upload > thumbnails > scans
//!                    │
//!   library, playback ──► Governor of a place ──┬── limiter of its calls
//!                                               └── one limiter for each host of its media
//! ```
//!
//! Each upstream request has a [`Priority`] and waits at a limiter for a permit. Higher priorities go
//! first. Lower ones may take only a part of the limiter, so that a slot is free when a viewer presses
//! play; each of them keeps one slot after a long wait, so that none starves.
//!
//! An upstream that answers “too many requests” closes its limiter: for the time of its `Retry-After`,
//! otherwise for a second, doubled with each further refusal, plus random jitter so that requests do not
//! return all at once. Afterwards one call at a time is made, then two, four, and so on with each success.
//! A request that cannot wait for the whole pause fails with `rate_limited` and the rest of the pause.
//!
//! The governor does not depend on any upstream, and never retries.

mod limits;
mod priority_limiter;
mod registry;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;

use drives::{DriveError, Errand, Incoming, Origin, SharedDrive, Turn, Turns};

pub use priority_limiter::LimiterStats;
pub use registry::{Governor, Governors, PlaceStats};

use priority_limiter::LimiterPermit;

/// The priority of an upstream request, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Priority {
    /// Bytes that a viewer is waiting for.
    Playing,
    /// A page, a folder or a playlist that a viewer has just opened.
    Opening,
    /// Bytes that a viewer will probably need next.
    ReadAhead,
    /// A file on its way to the drive.
    Upload,
    /// Pictures.
    Thumbnails,
    /// Searches, and the further pages of large folders.
    Scans,
}

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Priority; 6] = [
        Priority::Playing,
        Priority::Opening,
        Priority::ReadAhead,
        Priority::Upload,
        Priority::Thumbnails,
        Priority::Scans,
    ];

    /// Returns the label of the priority in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Priority::Playing => "playing",
            Priority::Opening => "opening",
            Priority::ReadAhead => "read_ahead",
            Priority::Upload => "upload",
            Priority::Thumbnails => "thumbnails",
            Priority::Scans => "scans",
        }
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// Priority of shared work: the highest priority among its current waiters, or its own if there are none.
/// Clones share state.
#[derive(Debug, Clone)]
pub struct DynamicPriority(Arc<PriorityState>);

#[derive(Debug)]
struct PriorityState {
    own: Priority,
    /// The number of waiters, by priority.
    waiters: [AtomicU32; Priority::ALL.len()],
}

impl DynamicPriority {
    /// Creates a priority without waiters.
    pub fn new(priority: Priority) -> Self {
        DynamicPriority(Arc::new(PriorityState {
            own: priority,
            waiters: Default::default(),
        }))
    }

    /// Returns the priority that it was created with.
    pub fn own(&self) -> Priority {
        self.0.own
    }

    /// Returns the current priority: the highest one of its waiters, or its own if there are none.
    pub fn current(&self) -> Priority {
        let is_wanted = |priority: &Priority| {
            let count = &self.0.waiters[priority.index()];
            count.load(Ordering::Relaxed) > 0
        };
        let wanted = Priority::ALL.into_iter().find(is_wanted);
        wanted.unwrap_or(self.0.own)
    }

    /// Registers a waiter with `priority`. Dropping the guard removes it.
    pub fn register(&self, priority: Priority) -> DemandGuard {
        self.0.waiters[priority.index()].fetch_add(1, Ordering::Relaxed);
        DemandGuard {
            standing: self.0.clone(),
            priority,
        }
    }
}

/// A registered waiter of a [`DynamicPriority`].
#[derive(Debug)]
pub struct DemandGuard {
    standing: Arc<PriorityState>,
    priority: Priority,
}

impl Drop for DemandGuard {
    fn drop(&mut self) {
        self.standing.waiters[self.priority.index()].fetch_sub(1, Ordering::Relaxed);
    }
}

impl From<Priority> for DynamicPriority {
    fn from(priority: Priority) -> Self {
        DynamicPriority::new(priority)
    }
}

impl Governor {
    /// Makes one upstream call when a permit is available.
    ///
    /// # Errors
    ///
    /// Returns the call's own error, or `rate_limited` with the rest of a pause that is longer than this
    /// priority waits. A `rate_limited` answer of the upstream starts a pause.
    pub async fn call<T>(
        &self,
        priority: impl Into<DynamicPriority>,
        work: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        let permit = self.calls().admit(&priority.into()).await?;
        permit.record_outcome(work.await)
    }

    /// Opens an origin when a permit is available. The permit is held until the body has ended or is
    /// dropped. Fails like [`Governor::call`].
    pub async fn fetch(
        &self,
        priority: &DynamicPriority,
        drive: &SharedDrive,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let permit = self.media(origin.host()).admit(priority).await?;
        let incoming = permit.record_outcome(drive.fetch(origin, from, last).await)?;
        Ok(Incoming {
            chunks: hold_permit(permit.opened(), incoming.chunks),
            ..incoming
        })
    }
}

/// Permits for the requests of an upload, which the drive takes one by one.
#[async_trait]
impl Turns for Governor {
    async fn next(&self, errand: Errand) -> Result<Box<dyn Turn>, DriveError> {
        let limiter = match errand {
            Errand::Call => self.calls(),
            Errand::Body => self.sent(),
        };
        let permit = limiter
            .admit(&DynamicPriority::new(Priority::Upload))
            .await?;
        Ok(Box::new(permit))
    }
}

/// Returns the body, which holds the permit until it ends.
fn hold_permit(
    permit: LimiterPermit,
    chunks: futures_util::stream::BoxStream<'static, Result<bytes::Bytes, DriveError>>,
) -> futures_util::stream::BoxStream<'static, Result<bytes::Bytes, DriveError>> {
    chunks
        .inspect(move |_| {
            let _ = &permit;
        })
        .boxed()
}

/// Returns how long a priority waits for a pause to end before it fails. A player is better served by a
/// late segment than by an error, but gives up after ten seconds; a page should answer at once; no viewer
/// waits for the others.
fn max_pause_wait(priority: Priority) -> Duration {
    Duration::from_secs(match priority {
        Priority::Playing => 5,
        Priority::Opening => 2,
        Priority::ReadAhead | Priority::Upload => 600,
        Priority::Thumbnails | Priority::Scans => 10,
    })
}

/// Returns how long a priority waits in a queue that moves.
fn max_queue_wait(priority: Priority) -> Duration {
    Duration::from_secs(match priority {
        Priority::Playing => 8,
        Priority::Opening => 20,
        Priority::ReadAhead | Priority::Upload => 600,
        Priority::Thumbnails | Priority::Scans => 30,
    })
}

#[cfg(test)]
mod tests;
