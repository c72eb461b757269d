//! Draining: after a stop signal the server accepts requests until the replies under way have ended, and reports by
//! `/readyz` that others should be sent elsewhere. Each reply ends its connection, so that a proxy has none left on which it
//! could send a request in the moment in which the server closes it. Before the listener is closed, no connection begins any
//! more: the system would reset those that it has made and the server has not taken, and a proxy does not repeat all that it
//! has sent on them.

use std::io;
use std::net::TcpListener;
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

/// Time in which connections that have begun are made and taken, and their first requests read: a few round trips to the proxy.
const HANDSHAKE_TIME: Duration = Duration::from_millis(100);

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

    /// Lets no connection begin any more, and waits for those that have begun. `listener` is a handle of the socket, which is
    /// still open then; clients that connect meanwhile are refused when it is closed. Where the system cannot do that, there
    /// is nothing to wait for.
    pub async fn end_handshakes(&self, listener: TcpListener) {
        match ignore_new_connections(&listener) {
            Ok(()) => sleep_until(Instant::now() + HANDSHAKE_TIME).await,
            Err(error) => tracing::debug!(%error, "new connections cannot be held off"),
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

/// Makes the system ignore requests for new connections. Clients repeat them after a second.
///
/// # Errors
///
/// Fails if the system cannot do that.
#[cfg(target_os = "linux")]
fn ignore_new_connections(listener: &TcpListener) -> io::Result<()> {
    use socket2::{SockFilter, SockRef};
    /// Flags of a TCP header, and their offset in it (RFC 9293 §3.1).
    const FLAGS_OFFSET: u32 = 13;
    const SYN: u32 = 0x02;
    const ACK: u32 = 0x10;
    // Instructions of the classic BPF (`linux/filter.h`); packets begin with their TCP header.
    SockRef::from(listener).attach_filter(&[
        // BPF_LD | BPF_B | BPF_ABS: loads the flags.
        SockFilter::new(0x30, 0, 0, FLAGS_OFFSET),
        // BPF_ALU | BPF_AND | BPF_K
        SockFilter::new(0x54, 0, 0, SYN | ACK),
        // BPF_JMP | BPF_JEQ | BPF_K: skips one instruction unless it is a SYN alone.
        SockFilter::new(0x15, 0, 1, SYN),
        // BPF_RET | BPF_K: nothing of it.
        SockFilter::new(0x06, 0, 0, 0),
        // BPF_RET | BPF_K: all of it.
        SockFilter::new(0x06, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
fn ignore_new_connections(_listener: &TcpListener) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
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

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn before_the_listener_is_closed_no_connection_begins_and_none_is_lost() {
        use std::net::TcpStream;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let waiting = TcpStream::connect(address).unwrap();
        ignore_new_connections(&listener).unwrap();
        let mut late = std::pin::pin!(tokio::net::TcpStream::connect(address));
        assert!(futures_util::poll!(&mut late).is_pending());
        let (taken, client) = listener.accept().unwrap();
        assert_eq!(client, waiting.local_addr().unwrap());
        // An established connection goes on.
        io::Write::write_all(&mut &waiting, b"GET").unwrap();
        let mut read = [0; 3];
        io::Read::read_exact(&mut &taken, &mut read).unwrap();
        listener.set_nonblocking(true).unwrap();
        let other = listener.accept().map(|(_, client)| client).unwrap_err();
        assert_eq!(other.kind(), io::ErrorKind::WouldBlock);
        drop(listener);
        // It is refused, and was never connected.
        let refused = late.await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
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
