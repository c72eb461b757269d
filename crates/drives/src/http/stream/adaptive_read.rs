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

/// The size of the next read.
pub(super) struct ReadSize {
    min: u64,
    max: u64,
    allowed: u64,
    /// Bytes read without falling behind.
    kept_up: u64,
    last: Instant,
}

impl ReadSize {
    /// Begins with `min` bytes, and never exceeds `max`.
    pub fn between(min: u64, max: u64) -> Self {
        ReadSize {
            min,
            max,
            allowed: min,
            kept_up: 0,
            last: Instant::now(),
        }
    }

    /// Returns the upper limit for the next read, in bytes.
    pub fn allowed(&self) -> u64 {
        self.allowed
    }

    /// Records a read.
    pub fn has_read(&mut self, bytes: u64) {
        let now = Instant::now();
        let seconds = now.duration_since(self.last).as_secs_f64().max(1e-6);
        self.last = now;
        let per_s = bytes as f64 / seconds;
        if per_s < MIN_KEEPS_UP_BYTES_PER_S / 2.0 {
            self.allowed = (self.allowed / 2).max(self.min);
            self.kept_up = 0;
            return;
        }
        self.kept_up += bytes;
        if bytes == self.allowed && self.kept_up >= SOCKET_BUFFER_BYTES {
            self.allowed = (self.allowed * 2).min(self.max);
        }
    }
}

/// The socket.
pub(super) struct AdaptiveReader<T> {
    socket: Take<T>,
    size: ReadSize,
    /// True over TLS, where a read returns one record of at most 16 KiB (RFC 8446 section 5.1).
    has_records: bool,
    /// An error that came behind the last bytes.
    failure: Option<io::Error>,
}

impl<T: AsyncRead> AdaptiveReader<T> {
    pub fn new(socket: T, has_records: bool) -> Self {
        AdaptiveReader {
            socket: socket.take(0),
            size: ReadSize::between(MIN_READ, MAX_READ),
            has_records,
            failure: None,
        }
    }
}

impl<T: AsyncRead + Unpin> AdaptiveReader<T> {
    /// Appends the records that have arrived, up to the limit of a read. Each read becomes a write to the viewer, and
    /// four small writes cost several times what a large one does.
    fn read_more_records(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) {
        while buffer.remaining() > 0 && self.socket.limit() > 0 {
            let before = buffer.filled().len();
            match Pin::new(&mut self.socket).poll_read(context, buffer) {
                Poll::Ready(Ok(())) if buffer.filled().len() > before => {}
                Poll::Ready(Err(error)) => {
                    self.failure = Some(error);
                    return;
                }
                Poll::Ready(Ok(())) | Poll::Pending => return,
            }
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for AdaptiveReader<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(error) = self.failure.take() {
            return Poll::Ready(Err(error));
        }
        let allowed = self.size.allowed();
        self.socket.set_limit(allowed);
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(context, buffer))?;
        if self.has_records && buffer.filled().len() > before {
            self.read_more_records(context, buffer);
        }
        let bytes = (buffer.filled().len() - before) as u64;
        if bytes > 0 {
            self.size.has_read(bytes);
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
        let mut socket = AdaptiveReader::new(Endless, false);
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
    /// A source of records of 7 bytes, some of which are late, with an error at the end.
    struct Records(Vec<Option<&'static [u8]>>);

    impl AsyncRead for Records {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            match self.0.pop() {
                Some(Some(record)) => buffer.put_slice(record),
                Some(None) => {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                None => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            }
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn records_that_have_arrived_are_joined_and_an_error_comes_behind_them() {
        let arriving = vec![
            Some(b"records".as_slice()),
            Some(b"seven-b"),
            None,
            Some(b"another"),
        ];
        let mut socket = AdaptiveReader::new(Records(arriving), true);
        let mut buffer = [0; 100];
        assert_eq!(socket.read(&mut buffer).await.unwrap(), 7);
        assert_eq!(&buffer[..7], b"another");
        assert_eq!(socket.read(&mut buffer).await.unwrap(), 14);
        assert_eq!(&buffer[..14], b"seven-brecords");
        let error = socket.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}
