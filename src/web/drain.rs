//! Draining: after a stop signal the server accepts requests until the replies under way have ended, and reports by
//! `/readyz` that others should be sent elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// The state of draining, and the number of replies under way. Clones share it.
#[derive(Clone)]
pub struct Drain {
    has_begun: Arc<AtomicBool>,
    replies: Arc<watch::Sender<usize>>,
}

/// One reply under way. Dropping it ends the count.
pub(super) struct ReplyGuard(Arc<watch::Sender<usize>>);

impl Default for Drain {
    fn default() -> Self {
        Drain {
            has_begun: Arc::default(),
            replies: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Drain {
    /// Begins to drain.
    pub fn begin(&self) {
        self.has_begun.store(true, Ordering::SeqCst);
    }

    /// Waits until no reply is under way.
    pub async fn wait_for_replies(&self) {
        // The sender lives as long as `self`.
        let _ = self.replies.subscribe().wait_for(|count| *count == 0).await;
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::SeqCst)
    }

    pub(super) fn count_reply(&self) -> ReplyGuard {
        self.replies.send_modify(|count| *count += 1);
        ReplyGuard(self.replies.clone())
    }
}

impl Drop for ReplyGuard {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
