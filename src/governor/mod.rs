//! The governor: limits the concurrency and rate of upstream requests, by priority.
//!
//! ```text
//!   playing > opening > read-ahead > upload > thumbnails > scans
//!                    │
//!   library, playback ──► Governor of a place ──┬── limiter of its calls
//!                                               ├── limiter of the bodies of its uploads
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
//! Of several servers that use one account, each has a share of its limits ([`QuotaShare`]), and all of them keep the pauses
//! that one of them is asked for ([`SharedPauses`]); both are set from above.
//!
//! The governor does not depend on any upstream, and never retries.

mod account_governor;
mod limiter_state;
mod limits;
mod priority_limiter;
mod quota;
mod shared_pauses;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use drives::{
    AbilityCalls, DriveError, GovernedDrive, Purpose, RequestKind, RequestLimiter, SignIn,
    UsageReports,
};
use media::Place;

pub use account_governor::{Governor, PlaceStats};
pub use priority_limiter::LimiterStats;
pub use quota::QuotaShare;
pub use shared_pauses::{DrivePauses, OpenPause, PauseKey, SharedPauses};

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

/// A drive under the governor of its account: every request takes a permit.
pub type SharedDrive = Arc<GovernedDrive<Governor>>;

/// The calls that sign in to a drive from a page.
pub type SignInCalls<'d> = AbilityCalls<'d, Governor, dyn SignIn>;
/// The calls for an upstream's reports on the owner's use of it.
pub type UsageReportCalls<'d> = AbilityCalls<'d, Governor, dyn UsageReports>;

impl RequestLimiter for Governor {
    type Priority = DynamicPriority;
    type Permit = LimiterPermit;

    fn priority_of(purpose: Purpose) -> DynamicPriority {
        DynamicPriority::new(match purpose {
            Purpose::Interactive => Priority::Opening,
            Purpose::Upload => Priority::Upload,
            Purpose::Background => Priority::Scans,
        })
    }

    fn separate(&self, place: &Place) -> Arc<Self> {
        let pauses = self.pauses().map(|pauses| pauses.of_share(place));
        Governor::new(self.quota().clone(), pauses, self.chance())
    }

    async fn acquire(
        &self,
        request: RequestKind,
        priority: &DynamicPriority,
    ) -> Result<LimiterPermit, DriveError> {
        match request {
            RequestKind::Call => self.calls().admit(priority).await,
            RequestKind::Send => self.sent().admit(priority).await,
            RequestKind::Fetch(host) => self.media(host).admit(priority).await,
        }
    }
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
