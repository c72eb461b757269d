//! Connections of clients: one that takes nothing of its reply for a while is closed.
//!
//! The reply ends with its connection, and everything that was open for it. A fetch from an upstream has ended before
//! (see `bytes`): a player that was only paused then reads on over a new one.

use std::future::{Ready, ready};
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// The time after which a connection is closed whose client takes nothing of its reply.
const STALLED_REPLY_TIMEOUT: Duration = Duration::from_secs(120);

/// The first bytes of HTTP/2 without TLS (RFC 9113 §3.4). No method of HTTP/1.1 begins with them.
const HTTP2_PREFIX: &[u8] = b"PRI";

/// Limits accepted connections to [`STALLED_REPLY_TIMEOUT`], and refuses HTTP/2. The version of a connection is detected
/// by its first bytes, without a timeout of the server's, so that there is one here.
#[derive(Debug, Clone, Copy)]
pub struct StallTimeoutAcceptor {
    /// Timeout for the first bytes of a connection.
    pub first_bytes_timeout: Duration,
}

impl<I, S> Accept<I, S> for StallTimeoutAcceptor {
    type Stream = StallTimeout<I>;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let stream = StallTimeout::new(stream, self.first_bytes_timeout);
        ready(Ok((stream, service)))
    }
}

/// A stream whose writes fail once nothing could be written for [`STALLED_REPLY_TIMEOUT`].
#[derive(Debug)]
pub struct StallTimeout<I> {
    stream: I,
    deadline: Pin<Box<Sleep>>,
    /// True while a write waits for the client.
    is_waiting: bool,
    /// `None` once the first bytes have arrived.
    beginning: Option<ConnectionBeginning>,
}

/// The first bytes of a connection, as far as they have arrived.
#[derive(Debug)]
struct ConnectionBeginning {
    bytes: Vec<u8>,
    deadline: Pin<Box<Sleep>>,
}

impl<I> StallTimeout<I> {
    fn new(stream: I, first_bytes_timeout: Duration) -> Self {
        StallTimeout {
            stream,
            deadline: Box::pin(sleep(STALLED_REPLY_TIMEOUT)),
            is_waiting: false,
            beginning: Some(ConnectionBeginning {
                bytes: Vec::new(),
                deadline: Box::pin(sleep(first_bytes_timeout)),
            }),
        }
    }

    /// Returns the result of a write, or the timeout.
    fn watch<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.is_waiting = false;
            return written;
        }
        if !self.is_waiting {
            self.is_waiting = true;
            let deadline = Instant::now() + STALLED_REPLY_TIMEOUT;
            self.deadline.as_mut().reset(deadline);
        }
        if self.deadline.as_mut().poll(context).is_ready() {
            tracing::info!("a reply ended short: its client took nothing of it for two minutes");
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for StallTimeout<I> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let Some(beginning) = &mut this.beginning else {
            return read;
        };
        if read.is_pending() {
            return match beginning.deadline.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Err(ErrorKind::TimedOut.into())),
                Poll::Pending => Poll::Pending,
            };
        }
        let fresh = &buffer.filled()[before..];
        let bytes = &mut beginning.bytes;
        bytes.extend(fresh.iter().take(HTTP2_PREFIX.len()));
        if bytes.starts_with(HTTP2_PREFIX) {
            return Poll::Ready(Err(ErrorKind::InvalidData.into()));
        }
        if bytes.len() >= HTTP2_PREFIX.len() {
            this.beginning = None;
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for StallTimeout<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watch(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch(closed, context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_for_two_minutes_is_left() {
        let (mut client, server) = tokio::io::duplex(100);
        let mut server = StallTimeout::new(server, STALLED_REPLY_TIMEOUT);
        // A slow one is no such client.
        let writing = tokio::spawn(async move { (server.write_all(&[7; 500]).await, server) });
        let mut part = [0; 100];
        for _ in 0..4 {
            tokio::time::advance(STALLED_REPLY_TIMEOUT - Duration::from_secs(1)).await;
            client.read_exact(&mut part).await.unwrap();
        }
        let (written, mut server) = writing.await.unwrap();
        written.unwrap();
        // Neither is one that waits between two requests.
        sleep(10 * STALLED_REPLY_TIMEOUT).await;
        let began = Instant::now();
        let error = server.write_all(&[7; 100]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let waited = began.elapsed();
        assert!(waited >= STALLED_REPLY_TIMEOUT && waited < 2 * STALLED_REPLY_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_begins_in_time_and_never_with_http_2() {
        let timeout = Duration::from_secs(15);
        let mut buffer = [0; 10];
        let (mut slow, server) = tokio::io::duplex(100);
        let mut server = StallTimeout::new(server, timeout);
        slow.write_all(b"PR").await.unwrap();
        assert_eq!(server.read(&mut buffer).await.unwrap(), 2);
        let error = server.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);

        let (mut other, server) = tokio::io::duplex(100);
        let mut server = StallTimeout::new(server, timeout);
        other.write_all(b"PRI * HTTP/2.0").await.unwrap();
        let error = server.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);

        let (mut viewer, server) = tokio::io::duplex(100);
        let mut server = StallTimeout::new(server, timeout);
        viewer.write_all(b"PROPFIND /").await.unwrap();
        server.read_exact(&mut buffer).await.unwrap();
        // Later requests may take their time.
        sleep(10 * timeout).await;
        viewer.write_all(b"GET / HTTP").await.unwrap();
        server.read_exact(&mut buffer).await.unwrap();
    }
}
