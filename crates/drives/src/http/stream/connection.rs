//! One HTTP/1.1 connection of a client: sends a request, and receives into pages.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use rustix::io::ioctl_fionread;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::error::StreamError;
use super::head::{self, HttpResponseHead};
use super::page::{FreePages, ReceivePage};
use super::read_size::{MAX_READ, MIN_READ, ReadSize};
use super::tls::{MAX_RECORD, TlsSession};
use crate::api::CHUNK_UNIT_BYTES;

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

    /// Sends a request and waits for the head of its response. Also returns what has arrived behind the head, of which the
    /// first read is a small one: a viewer waits for it.
    pub async fn ask(&mut self, request: &[u8]) -> Result<(HttpResponseHead, Bytes), StreamError> {
        match &mut self.tls {
            Some(tls) => tls.write_all(&mut self.tcp, request).await?,
            None => self.tcp.write_all(request).await?,
        }
        let mut received = Bytes::new();
        loop {
            let more = poll_fn(|context| self.poll_page(MIN_READ, context)).await?;
            // The consumer did not keep it waiting.
            self.size.begin();
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

    /// Receives at most `wanted` bytes without TLS, and about as many with it; none at the end.
    pub fn poll_receive(
        &mut self,
        wanted: u64,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Bytes>> {
        let allowed = self.size.allowed();
        let wanted = usize::try_from(wanted).unwrap_or(allowed).min(allowed);
        let bytes = ready!(self.poll_page(wanted, context))?;
        if !bytes.is_empty() {
            let records = self.tls.as_ref().map_or(0, |_| MAX_RECORD);
            self.size
                .has_read(bytes.len(), bytes.len() + records >= allowed);
        }
        Poll::Ready(Ok(bytes))
    }

    fn poll_page(&mut self, wanted: usize, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        if let Some(error) = self.failure.take() {
            return Poll::Ready(Err(error));
        }
        if self.tls.is_none() {
            // A connection that waits holds no page.
            ready!(self.tcp.poll_read_ready(context))?;
        }
        let size = self.page_size(wanted);
        let mut page = self.free.page(size);
        let read = match &mut self.tls {
            Some(tls) => tls.poll_read(&self.tcp, &mut page, wanted, context),
            None => poll_read(&self.tcp, &mut page, wanted, context),
        };
        match ready!(read) {
            Err(error) if page.filled() == 0 => return Poll::Ready(Err(error)),
            Err(error) => self.failure = Some(error),
            Ok(()) => {}
        }
        Poll::Ready(Ok(page.into_bytes()))
    }

    /// Returns the size of the page for the next `wanted` bytes. Over TLS it is as much as has arrived, so that the page
    /// becomes full and the cache keeps it without a copy; without TLS, larger reads are worth a copy at times.
    fn page_size(&mut self, wanted: usize) -> usize {
        let Some(tls) = &mut self.tls else {
            return wanted.next_power_of_two().max(MIN_READ);
        };
        let arrived = ioctl_fionread(&self.tcp).map_or(0, |bytes| bytes as usize);
        let units = wanted.min(tls.buffered() + arrived) / CHUNK_UNIT_BYTES;
        units.max(1) * CHUNK_UNIT_BYTES
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

/// Fills an empty page with up to `wanted` bytes. Leaves it empty at the end of the stream. An error may come behind
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
