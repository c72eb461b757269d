//! One HTTP/1.1 connection of a client: sends a request, and receives into pages.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::error::StreamError;
use super::head::{self, HttpResponseHead};
use super::page::{FreePages, ReceivePage};
use super::read_size::{MAX_READ, MIN_READ, ReadSize};
use super::tls::{MAX_RECORD, TlsSession};

/// Pages from this size on are filled with as much as the socket has. Smaller ones are those of slow consumers, or of
/// a connection that begins.
const MIN_LARGE_PAGE: usize = 128 << 10;

/// A connection, on which one response at a time is received.
pub(super) struct HttpConnection {
    tcp: TcpStream,
    /// `None` without TLS.
    tls: Option<Box<TlsSession>>,
    size: ReadSize,
    free: Arc<FreePages>,
    /// A large page with few bytes, which waits for more of them.
    begun: Option<ReceivePage>,
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
    /// how many will come. If more are sure to come, a large page with few bytes waits for the next ones, once.
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
        let (mut page, may_wait) = match self.begun.take() {
            Some(page) => {
                if self.tcp.poll_read_ready(context)?.is_pending() {
                    self.begun = Some(page);
                    return Poll::Pending;
                }
                (page, false)
            }
            None => {
                if self.tls.is_none() {
                    // A connection that waits holds no page.
                    ready!(self.tcp.poll_read_ready(context))?;
                }
                let size = wanted.next_power_of_two().clamp(MIN_READ, allowed);
                (self.free.page(size), is_announced && size >= MIN_LARGE_PAGE)
            }
        };
        let read = match &mut self.tls {
            Some(tls) => tls.poll_read(&self.tcp, &mut page, wanted, context),
            None => poll_read(&self.tcp, &mut page, wanted, context),
        };
        let few = 1..page.size().min(wanted) / 2;
        if may_wait && few.contains(&page.filled()) && matches!(read, Poll::Ready(Ok(()))) {
            // A consumer that is faster than the upstream would get many small pieces, each of which costs a write.
            if self.tcp.poll_read_ready(context)?.is_pending() {
                self.begun = Some(page);
                return Poll::Pending;
            }
        }
        let bytes = page.filled();
        match ready!(read) {
            Err(error) if bytes == 0 => return Poll::Ready(Err(error)),
            Err(error) => self.failure = Some(error),
            Ok(()) => {}
        }
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
    async fn a_large_page_with_few_bytes_waits_for_more_that_are_sure_to_come() {
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
        // Nor does one that will get no more, or of which that is not known.
        for wanted in [1000, u64::MAX] {
            upstream.write_all(&[1; 1000]).await.unwrap();
            connection.tcp.readable().await.unwrap();
            assert_eq!(receive(&mut connection, wanted).await, Poll::Ready(1000));
        }
        // Once, however often it is polled.
        upstream.write_all(&[1; 1000]).await.unwrap();
        connection.tcp.readable().await.unwrap();
        for _ in 0..2 {
            assert_eq!(receive(&mut connection, 1 << 30).await, Poll::Pending);
        }
        upstream.write_all(&[2; 10]).await.unwrap();
        connection.tcp.readable().await.unwrap();
        assert_eq!(receive(&mut connection, 1 << 30).await, Poll::Ready(1010));
        // An upstream that ends instead.
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
