//! The governor: how much is asked of an upstream at a time, and who goes first.
//!
//! ```text
//!   playing > opening > read-ahead > upload > thumbnails > scans
//!                    │
//!   library, playback ──► Governor of a place ──┬── gate of its calls
//!                                               └── one gate for each host of its media
//! ```
//!
//! Whoever makes an upstream call says how urgent it is and waits at a limiter. A higher priority that waits
//! goes first; lower ones may fill only a part of the limiter, so that somebody who presses play finds a slot
//! free, and each of them keeps one slot of its own when it has waited for long.
//!
//! An upstream that says “too many” closes its limiter: for as long as it asked (`Retry-After`), otherwise
//! for a second, and twice as long each time it says so again, with a little chance added so that not
//! everybody comes back at once. Afterwards one call at a time is made, then two, four, and so on with each that
//! goes well. Who cannot wait for that long is told `rate_limited` with what remains of the pause.
//!
//! Nothing in here knows an upstream, and nothing in here tries again.

mod limits;
mod priority_limiter;
mod registry;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use drives::{
    AbilityCalls, DriveError, GovernedDrive, Purpose, RequestKind, RequestLimiter, SignIn,
    UsageReports,
};

pub use priority_limiter::LimiterStats;
pub use registry::{Governor, PlaceStats};

use priority_limiter::LimiterPermit;

/// Who wants something of an upstream, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Priority {
    /// Bytes that a viewer is waiting for.
    Playing,
    /// A page, a folder, a playlist: somebody has just pressed something.
    Opening,
    /// What a viewer will want next.
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

    /// The lower-case word of metrics.
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

/// How urgent something is right now: what was begun ahead of a viewer becomes urgent when the viewer
/// arrives there, and is read-ahead again when the viewer has left. Clones share it.
#[derive(Debug, Clone)]
pub struct DynamicPriority(Arc<PriorityState>);

#[derive(Debug)]
struct PriorityState {
    own: Priority,
    /// How many want it right now, by how urgent that is to them.
    wanted: [AtomicU32; Priority::ALL.len()],
}

impl DynamicPriority {
    /// As urgent as `priority`, as long as nobody says otherwise.
    pub fn new(priority: Priority) -> Self {
        DynamicPriority(Arc::new(PriorityState {
            own: priority,
            wanted: Default::default(),
        }))
    }

    /// How urgent it is to whom it was made for.
    pub fn own(&self) -> Priority {
        self.0.own
    }

    /// How urgent it is now: to the most urgent of those who want it, or by itself where nobody does.
    pub fn priority(&self) -> Priority {
        let is_wanted = |priority: &Priority| {
            let count = &self.0.wanted[priority.index()];
            count.load(Ordering::Relaxed) > 0
        };
        let wanted = Priority::ALL.into_iter().find(is_wanted);
        wanted.unwrap_or(self.0.own)
    }

    /// Somebody wants it to whom it is as urgent as `priority`, until the answer is dropped.
    pub fn wanted(&self, priority: Priority) -> DemandGuard {
        self.0.wanted[priority.index()].fetch_add(1, Ordering::Relaxed);
        DemandGuard {
            standing: self.0.clone(),
            priority,
        }
    }
}

/// Somebody who wants what an [`DynamicPriority`] is of.
#[derive(Debug)]
pub struct DemandGuard {
    standing: Arc<PriorityState>,
    priority: Priority,
}

impl Drop for DemandGuard {
    fn drop(&mut self) {
        self.standing.wanted[self.priority.index()].fetch_sub(1, Ordering::Relaxed);
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
/// The calls for what an upstream reports of the owner's use of it.
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

    fn separate(&self) -> Arc<Self> {
        Governor::new(self.chance())
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

/// How long a priority waits for a pause to end before it is told to come back later. A player is
/// better served by a late segment than by a refusal, but gives up after ten seconds; a page should answer
/// at once; nobody waits for the others.
fn max_pause_wait(priority: Priority) -> Duration {
    Duration::from_secs(match priority {
        Priority::Playing => 5,
        Priority::Opening => 2,
        Priority::ReadAhead | Priority::Upload => 600,
        Priority::Thumbnails | Priority::Scans => 10,
    })
}

/// How long a priority waits in a queue that moves.
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
