//! Draining: after a stop signal the server accepts requests until the replies under way have ended, and reports by
//! `/readyz` that others should be sent elsewhere. Each reply ends its connection, so that a proxy has none left on which it
//! could send a request in the moment in which the server closes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Time without a request after which no proxy is about to send another one.
const QUIET_TIME: Duration = Duration::from_millis(500);

/// The state of draining, and the number of replies under way. Clones share it.
#[derive(Clone)]
pub struct Drain {
    has_begun: Arc<AtomicBool>,
    replies: Arc<watch::Sender<usize>>,
    /// The time of the last request; `None` before the first one.
    last_request: Arc<Mutex<Option<Instant>>>,
}

/// One reply under way. Dropping it ends the count.
pub(super) struct ReplyGuard(Arc<watch::Sender<usize>>);

impl Default for Drain {
    fn default() -> Self {
        Drain {
            has_begun: Arc::default(),
            replies: Arc::new(watch::Sender::new(0)),
            last_request: Arc::default(),
        }
    }
}

impl Drain {
    /// Begins to drain.
    pub fn begin(&self) {
        self.has_begun.store(true, Ordering::SeqCst);
    }

    /// Waits until no reply is under way, and none has begun for half a second.
    pub async fn wait_for_replies(&self) {
        let mut replies = self.replies.subscribe();
        loop {
            // The sender lives as long as `self`.
            let _ = replies.wait_for(|count| *count == 0).await;
            let last_request = *self.last_request.lock();
            let quiet_at = last_request.map(|at| at + QUIET_TIME);
            match quiet_at.filter(|at| *at > Instant::now()) {
                Some(quiet_at) => sleep_until(quiet_at).await,
                None => return,
            }
        }
    }

    /// Ends the connection of a reply while the server stops.
    pub(super) fn mark(&self, reply: &mut Response) {
        if self.has_begun() && reply.status() != StatusCode::SWITCHING_PROTOCOLS {
            let close = HeaderValue::from_static("close");
            reply.headers_mut().insert(header::CONNECTION, close);
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::SeqCst)
    }

    pub(super) fn count_reply(&self) -> ReplyGuard {
        *self.last_request.lock() = Some(Instant::now());
        self.replies.send_modify(|count| *count += 1);
        ReplyGuard(self.replies.clone())
    }
}

impl Drop for ReplyGuard {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_server_is_quiet_when_replies_have_ended_and_no_request_follows() {
        let drain = Drain::default();
        let begun = Instant::now();
        drain.wait_for_replies().await;
        assert_eq!(begun.elapsed(), Duration::ZERO, "there was none");
        let first = drain.count_reply();
        let requests = async {
            tokio::time::sleep(QUIET_TIME * 4).await;
            drop(first);
            drop(drain.count_reply());
            tokio::time::sleep(QUIET_TIME / 2).await;
            drop(drain.count_reply());
        };
        tokio::join!(requests, drain.wait_for_replies());
        assert_eq!(begun.elapsed(), QUIET_TIME * 11 / 2);
    }

    #[tokio::test]
    async fn replies_end_their_connections_while_the_server_stops() {
        let drain = Drain::default();
        let marked = |status| {
            let mut reply = Response::new(Body::empty());
            *reply.status_mut() = status;
            drain.mark(&mut reply);
            reply.headers().contains_key(header::CONNECTION)
        };
        assert!(!marked(StatusCode::OK));
        drain.begin();
        assert!(marked(StatusCode::OK));
        assert!(!marked(StatusCode::SWITCHING_PROTOCOLS));
    }
}
