//! One HTTP/1.1 connection of a client: sends a request, and receives into pages.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::error::StreamError;
use super::head::{self, HttpResponseHead};
use super::page::{FreePages, ReceivePage};
use super::read_size::{MAX_READ, MIN_READ, ReadSize};
use super::tls::{MAX_RECORD, TlsSession};
use crate::api::MIN_LARGE_CHUNK_BYTES;

/// Pages from this size on are filled with as much as the socket has. Smaller ones are those of slow consumers, or of
/// a connection that begins.
const MIN_LARGE_PAGE: usize = 128 << 10;

/// Bytes of a response that are passed on as soon as they arrive: a viewer waits for the first ones.
const MIN_BYTES_BEFORE_WAITING: u64 = 1 << 20;

/// The time for which a page waits: an upstream that has become slow is not made slower.
const MAX_PAGE_WAIT: Duration = Duration::from_millis(100);

/// A page that waits for more bytes, since that time.
struct BegunPage {
    since: Instant,
    page: ReceivePage,
}

/// A connection, on which one response at a time is received.
pub(super) struct HttpConnection {
    tcp: TcpStream,
    /// `None` without TLS.
    tls: Option<Box<TlsSession>>,
    size: ReadSize,
    free: Arc<FreePages>,
    /// Bytes of the current response, with its head.
    response_bytes: u64,
    /// A large page with few bytes, which waits for more of them.
    begun: Option<BegunPage>,
    /// An error that came behind the last bytes.
    failure: Option<io::Error>,
    /// The host that it is connected to, with scheme and port.
    pub host: Arc<str>,
}

impl HttpConnection {
    pub fn plain(tcp: TcpStream, free: Arc<FreePages>, host: Arc<str>) -> Self {
        HttpConnection {
            tcp,
            tls: None,
            size: ReadSize::up_to(MAX_READ),
            free,
            response_bytes: 0,
            begun: None,
            failure: None,
            host,
        }
    }

    /// Makes a TLS handshake with `name`.
    pub async fn encrypted(
        mut tcp: TcpStream,
        (config, name): (Arc<ClientConfig>, ServerName<'static>),
        free: Arc<FreePages>,
        host: Arc<str>,
    ) -> io::Result<Self> {
        let tls = TlsSession::handshake(&mut tcp, config, name, free.clone()).await?;
        Ok(HttpConnection {
            tls: Some(Box::new(tls)),
            ..HttpConnection::plain(tcp, free, host)
        })
    }

    /// Sends a request and waits for the head of its response. Also returns what has arrived behind the head.
    pub async fn ask(&mut self, request: &[u8]) -> Result<(HttpResponseHead, Bytes), StreamError> {
        match &mut self.tls {
            Some(tls) => tls.write_all(&mut self.tcp, request).await?,
            None => self.tcp.write_all(request).await?,
        }
        let mut received = Bytes::new();
        self.response_bytes = 0;
        loop {
            let more = poll_fn(|context| self.poll_receive(u64::MAX, context)).await?;
            if more.is_empty() {
                return Err(StreamError::Closed);
            }
            received = match received.is_empty() {
                true => more,
                false => [received, more].concat().into(),
            };
            if let Some(head) = head::take_response(&mut received)? {
                return Ok((head, received));
            }
        }
    }

    /// Receives at most `wanted` bytes without TLS, and about as many with it; none at the end. `u64::MAX` if it is not known
    /// how many will come. Otherwise, a page of the largest size waits for [`MIN_LARGE_CHUNK_BYTES`], but not at the
    /// beginning of a response.
    pub fn poll_receive(
        &mut self,
        wanted: u64,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Bytes>> {
        if let Some(error) = self.failure.take() {
            return Poll::Ready(Err(error));
        }
        let allowed = self.size.allowed();
        let is_announced = wanted != u64::MAX;
        let wanted = usize::try_from(wanted).unwrap_or(allowed).min(allowed);
        let (mut page, since) = match self.begun.take() {
            Some(begun) => {
                if self.tcp.poll_read_ready(context)?.is_pending() {
                    self.begun = Some(begun);
                    return Poll::Pending;
                }
                (begun.page, Some(begun.since))
            }
            None => {
                if self.tls.is_none() {
                    // A connection that waits holds no page.
                    ready!(self.tcp.poll_read_ready(context))?;
                }
                let size = wanted.next_power_of_two().clamp(MIN_READ, allowed);
                (self.free.page(size), None)
            }
        };
        let before = page.filled();
        let read = match &mut self.tls {
            Some(tls) => tls.poll_read(&self.tcp, &mut page, wanted, context),
            None => poll_read(&self.tcp, &mut page, wanted, context),
        };
        let may_wait = is_announced
            && page.size() >= MIN_LARGE_CHUNK_BYTES
            && self.response_bytes >= MIN_BYTES_BEFORE_WAITING
            && since.is_none_or(|since| since.elapsed() < MAX_PAGE_WAIT);
        let has_few = (before + 1..wanted.min(MIN_LARGE_CHUNK_BYTES)).contains(&page.filled());
        if may_wait && has_few && matches!(read, Poll::Ready(Ok(()))) {
            // A consumer that is faster than the upstream would get many small pieces: each of them costs a write, and the
            // cache copies it.
            if self.tcp.poll_read_ready(context)?.is_pending() {
                let since = since.unwrap_or_else(Instant::now);
                self.begun = Some(BegunPage { since, page });
                return Poll::Pending;
            }
        }
        let bytes = page.filled();
        match ready!(read) {
            Err(error) if bytes == 0 => return Poll::Ready(Err(error)),
            Err(error) => self.failure = Some(error),
            Ok(()) => {}
        }
        self.response_bytes += bytes as u64;
        if bytes > 0 {
            let records = self.tls.as_ref().map_or(0, |_| MAX_RECORD);
            self.size.has_read(bytes, bytes + records >= allowed);
        }
        Poll::Ready(Ok(page.into_bytes()))
    }

    /// Returns true if the server has neither closed it nor sent anything unrequested.
    pub fn is_quiet(&mut self) -> bool {
        match &mut self.tls {
            None => is_blocked(&self.tcp.try_read(&mut [0])),
            // Messages of TLS itself, such as a ticket, may have come.
            Some(tls) => {
                let mut nobody = Context::from_waker(Waker::noop());
                let mut page = self.free.page(MIN_READ);
                let read = tls.poll_read(&self.tcp, &mut page, 1, &mut nobody);
                read.is_pending() && self.failure.is_none()
            }
        }
    }
}

/// Fills a page with up to `wanted` bytes in all. Adds none at the end of the stream. An error may come behind
/// bytes.
fn poll_read(
    tcp: &TcpStream,
    page: &mut ReceivePage,
    wanted: usize,
    context: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    loop {
        let left = wanted - page.filled();
        let read = tcp.try_read(&mut page.room()[..left]);
        if is_blocked(&read) {
            if page.filled() > 0 {
                return Poll::Ready(Ok(()));
            }
            ready!(tcp.poll_read_ready(context))?;
            continue;
        }
        let read = read?;
        page.advance(read);
        // More may have arrived meanwhile, and a page that is nearly full is not copied by the cache.
        let has_enough = page.filled() == wanted || page.filled() >= page.size() / 4 * 3;
        if read == 0 || has_enough || page.size() < MIN_LARGE_PAGE {
            return Poll::Ready(Ok(()));
        }
    }
}

fn is_blocked(read: &io::Result<usize>) -> bool {
    matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// Polls once, and returns the number of bytes.
    async fn receive(connection: &mut HttpConnection, wanted: u64) -> Poll<usize> {
        poll_fn(|context| Poll::Ready(connection.poll_receive(wanted, context)))
            .await
            .map(|received| received.unwrap().len())
    }

    #[tokio::test]
    async fn a_page_of_the_largest_size_waits_for_bytes_that_are_sure_to_come() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tcp, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let mut upstream = accepted.unwrap().0;
        let mut connection = HttpConnection::plain(tcp.unwrap(), Arc::default(), "host".into());
        // A small page does not wait.
        upstream.write_all(&[1; 1000]).await.unwrap();
        connection.tcp.readable().await.unwrap();
        assert_eq!(receive(&mut connection, 1 << 30).await, Poll::Ready(1000));
        while connection.size.allowed() < MAX_READ {
            connection.size.has_read(MAX_READ, true);
        }
        // Nor do the first bytes of a response, the last ones, and those of a response without a length.
        for (wanted, before) in [
            (1 << 30, 0),
            (1000, MIN_BYTES_BEFORE_WAITING),
            (u64::MAX, u64::MAX / 2),
        ] {
            connection.response_bytes = before;
            upstream.write_all(&[1; 1000]).await.unwrap();
            connection.tcp.readable().await.unwrap();
            assert_eq!(receive(&mut connection, wanted).await, Poll::Ready(1000));
        }
        // All others wait until there are enough, or the upstream has become slow, or ends.
        connection.response_bytes = MIN_BYTES_BEFORE_WAITING;
        let mut sent = 0;
        while sent < MIN_LARGE_CHUNK_BYTES {
            assert_eq!(receive(&mut connection, 1 << 30).await, Poll::Pending);
            upstream.write_all(&[2; 30_000]).await.unwrap();
            connection.tcp.readable().await.unwrap();
            sent += 30_000;
        }
        assert_eq!(receive(&mut connection, 1 << 30).await, Poll::Ready(sent));
        upstream.write_all(&[3; 10]).await.unwrap();
        connection.tcp.readable().await.unwrap();
        assert_eq!(receive(&mut connection, 1 << 30).await, Poll::Pending);
        let begun = connection.begun.as_mut().unwrap();
        begun.since = begun.since.checked_sub(MAX_PAGE_WAIT).unwrap();
        upstream.write_all(&[3; 10]).await.unwrap();
        connection.tcp.readable().await.unwrap();
        assert_eq!(receive(&mut connection, 1 << 30).await, Poll::Ready(20));
        upstream.write_all(&[3; 20]).await.unwrap();
        connection.tcp.readable().await.unwrap();
        assert_eq!(receive(&mut connection, 1 << 30).await, Poll::Pending);
        drop(upstream);
        for expected in [20, 0] {
            let received = poll_fn(|context| connection.poll_receive(1 << 30, context)).await;
            assert_eq!(received.unwrap().len(), expected);
        }
    }
}
