//! A socket reader whose reads grow while its consumer keeps up.
//!
//! Large reads are cheaper: each one is a system call, a wake-up of the sender, and later a write. But bytes
//! that were read wait in memory, and a thousand slow viewers would hold a thousand large buffers. So a
//! connection begins with small reads. Once its consumer has kept up for longer than it takes to fill the
//! sockets behind, the size doubles with each full read, and it falls back when the consumer slows down. The
//! HTTP library's own buffer follows.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf, Take};
use tokio::time::Instant;

/// Size of reads at first, and for a slow consumer.
pub(super) const MIN_READ: u64 = 32 << 10;

/// Upper limit for the size of reads: more was no faster.
pub(super) const MAX_READ: u64 = 512 << 10;

/// Bytes that even a slow viewer takes at once at first, into the sockets on the way.
const SOCKET_BUFFER_BYTES: u64 = 2 << 20;

/// A consumer of so many bytes a second keeps up: ten times the rate of any film.
const MIN_KEEPS_UP_BYTES_PER_S: f64 = 4e6;

/// The socket.
pub(super) struct AdaptiveReader<T> {
    socket: Take<T>,
    allowed: u64,
    /// Bytes read without falling behind.
    kept_up: u64,
    last: Instant,
}

impl<T: AsyncRead> AdaptiveReader<T> {
    pub fn new(socket: T) -> Self {
        AdaptiveReader {
            socket: socket.take(0),
            allowed: MIN_READ,
            kept_up: 0,
            last: Instant::now(),
        }
    }

    /// Records a read.
    fn has_read(&mut self, bytes: u64) {
        let now = Instant::now();
        let seconds = now.duration_since(self.last).as_secs_f64().max(1e-6);
        self.last = now;
        let per_s = bytes as f64 / seconds;
        if per_s < MIN_KEEPS_UP_BYTES_PER_S / 2.0 {
            self.allowed = (self.allowed / 2).max(MIN_READ);
            self.kept_up = 0;
            return;
        }
        self.kept_up += bytes;
        if bytes == self.allowed && self.kept_up >= SOCKET_BUFFER_BYTES {
            self.allowed = (self.allowed * 2).min(MAX_READ);
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for AdaptiveReader<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let allowed = self.allowed;
        self.socket.set_limit(allowed);
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(context, buffer))?;
        let bytes = (buffer.filled().len() - before) as u64;
        if bytes > 0 {
            self.has_read(bytes);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for AdaptiveReader<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(self.socket.get_mut()).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.socket.get_mut()).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.socket.get_mut()).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;

    use super::*;

    /// A source that returns full buffers without end.
    struct Endless;

    impl AsyncRead for Endless {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            buffer.initialize_unfilled().fill(7);
            buffer.advance(buffer.remaining());
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_keeps_up_gets_more_at_a_time_and_who_does_not_gets_less() {
        let mut socket = AdaptiveReader::new(Endless);
        let mut buffer = vec![0; MAX_READ as usize * 2];
        for _ in 1..SOCKET_BUFFER_BYTES / MIN_READ {
            assert_eq!(socket.read(&mut buffer).await.unwrap() as u64, MIN_READ);
        }
        for expected in [
            MIN_READ,
            2 * MIN_READ,
            4 * MIN_READ,
            8 * MIN_READ,
            MAX_READ,
            MAX_READ,
        ] {
            sleep(Duration::from_millis(1)).await;
            assert_eq!(socket.read(&mut buffer).await.unwrap() as u64, expected);
        }
        // The rate of the film itself.
        for expected in [
            MAX_READ,
            MAX_READ / 2,
            MAX_READ / 4,
            MAX_READ / 8,
            MIN_READ,
            MIN_READ,
        ] {
            sleep(Duration::from_secs_f64(expected as f64 / 4e5)).await;
            assert_eq!(socket.read(&mut buffer).await.unwrap() as u64, expected);
        }
        // Reads that are not full do not increase the size.
        for _ in 0..5 {
            assert_eq!(socket.read(&mut buffer[..1000]).await.unwrap(), 1000);
        }
        sleep(Duration::from_millis(1)).await;
        assert_eq!(socket.read(&mut buffer).await.unwrap() as u64, MIN_READ);
    }
}
