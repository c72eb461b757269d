//! TLS over a socket, with buffers of our own.
//!
//! rustls decrypts a record where the socket has put it, and the plaintext goes from there into the page of a body.
//! Its buffered interface would copy each byte twice more. The socket is read in large steps: a receive window that
//! opens in steps of a record makes the sender wait for a delayed acknowledgement (40 ms on Linux) where segments are
//! large.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConfig;
use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::ServerName;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedStatus,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::page::{FreePages, ReceivePage};
use super::read_size::{MIN_READ, ReadSize};

/// Upper limit for the size of reads, and for the handshake messages of a server.
const MAX_TLS_READ: usize = 128 << 10;

/// Upper limit for the plaintext of a record (RFC 8446 section 5.1).
pub(super) const MAX_RECORD: usize = 16 << 10;

/// A TLS connection.
pub(super) struct TlsSession {
    connection: UnbufferedClientConnection,
    received: ReceivedRecords,
    /// Bytes for the server that were not written yet.
    outgoing: Vec<u8>,
    size: ReadSize,
    /// True once the server has said that it sends no more.
    has_ended: bool,
}

/// Records as they came from the socket.
struct ReceivedRecords {
    /// `None` while there are none.
    page: Option<ReceivePage>,
    /// Bytes at its start that were processed.
    start: usize,
    free: Arc<FreePages>,
}

/// The result of processing records.
#[derive(Debug, PartialEq, Eq)]
enum TlsStep {
    /// Plaintext was received.
    Received,
    /// Bytes for the server are to be written.
    Written,
    /// More bytes of the server are needed.
    Blocked,
    /// As before, and the handshake is complete.
    Idle,
    Ended,
}

impl ReceivedRecords {
    fn bytes(&mut self) -> &mut [u8] {
        match &mut self.page {
            Some(page) => page.filled_mut().get_mut(self.start..).unwrap_or_default(),
            None => &mut [],
        }
    }

    /// Returns room for at most `size` more bytes, behind those that were not processed; `None` if those have reached
    /// the limit.
    fn room(&mut self, size: usize) -> Option<&mut [u8]> {
        let left = self.bytes().len();
        let is_usable = |page: &ReceivePage| page.size() >= size && (page.filled() < page.size());
        if !(self.page.as_ref().is_some_and(is_usable) && (self.start == 0 || left == 0)) {
            // The rest of a record begins the next page.
            let wanted = size.max((left + MIN_READ).next_power_of_two());
            if wanted > 2 * MAX_TLS_READ {
                return None;
            }
            let mut next = self.free.page(wanted);
            next.extend(self.bytes());
            self.page = Some(next);
            self.start = 0;
        } else if left == 0 {
            self.page.as_mut()?.clear();
            self.start = 0;
        }
        let room = self.page.as_mut()?.room();
        let size = room.len().min(size);
        Some(&mut room[..size])
    }

    fn advance(&mut self, bytes: usize) {
        if let Some(page) = &mut self.page {
            page.advance(bytes);
        }
    }

    fn discard(&mut self, bytes: usize) {
        self.start += bytes;
        if self.bytes().is_empty() {
            self.release();
        }
    }

    /// Frees the memory if there is nothing in it.
    fn release(&mut self) {
        if self.bytes().is_empty() {
            self.page = None;
            self.start = 0;
        }
    }
}

impl TlsSession {
    /// Makes the handshake.
    ///
    /// # Errors
    ///
    /// Returns the error of the socket, or that of TLS within an [`io::Error`].
    pub async fn handshake(
        tcp: &mut TcpStream,
        config: Arc<ClientConfig>,
        host: ServerName<'static>,
        free: Arc<FreePages>,
    ) -> io::Result<Self> {
        let connection = UnbufferedClientConnection::new(config, host).map_err(failure)?;
        let mut session = TlsSession {
            connection,
            received: ReceivedRecords {
                page: None,
                start: 0,
                free,
            },
            outgoing: Vec::new(),
            size: ReadSize::up_to(MAX_TLS_READ),
            has_ended: false,
        };
        loop {
            match session.step(None) {
                Ok(TlsStep::Idle) => return Ok(session),
                Ok(TlsStep::Written) => session.write_outgoing(tcp).await?,
                Ok(TlsStep::Blocked) => {
                    let read = poll_fn(|context| session.poll_fill(tcp, context)).await?;
                    if read == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Ok(TlsStep::Received | TlsStep::Ended) => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                // Without the alert that says why: rustls may not be asked again after an error.
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns the number of bytes that were received and are not decrypted.
    pub fn buffered(&mut self) -> usize {
        self.received.bytes().len()
    }

    /// Encrypts and sends a request.
    ///
    /// # Errors
    ///
    /// Fails if the server has sent something without one.
    pub async fn write_all(&mut self, tcp: &mut TcpStream, request: &[u8]) -> io::Result<()> {
        loop {
            match self.step(None)? {
                TlsStep::Written => continue,
                TlsStep::Idle => break,
                _ => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        let status = self.connection.process_tls_records(self.received.bytes());
        let UnbufferedStatus { discard, state } = status;
        let ConnectionState::WriteTraffic(mut traffic) = state.map_err(failure)? else {
            return Err(io::ErrorKind::ConnectionAborted.into());
        };
        append(&mut self.outgoing, |room| {
            match traffic.encrypt(request, room) {
                Err(EncryptError::InsufficientSize(needed)) => Ok(Err(needed)),
                Err(error) => Err(io::Error::other(error)),
                Ok(written) => Ok(Ok(written)),
            }
        })?;
        self.received.discard(discard);
        self.write_outgoing(tcp).await
    }

    /// Fills an empty page with whole records of plaintext, until there are `wanted` bytes, no room for another record,
    /// or no more records. Leaves it empty if the server has ended the connection. An error may come behind bytes.
    pub fn poll_read(
        &mut self,
        tcp: &TcpStream,
        page: &mut ReceivePage,
        wanted: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let is_full = page.filled() >= wanted || page.room().len() < MAX_RECORD;
            if is_full || self.has_ended {
                return Poll::Ready(Ok(()));
            }
            match self.step(Some(&mut *page))? {
                TlsStep::Received => continue,
                TlsStep::Ended => {
                    self.has_ended = true;
                    continue;
                }
                // The answer to a message of the server, such as an update of keys.
                TlsStep::Written => {
                    if let Ok(written) = tcp.try_write(&self.outgoing) {
                        self.outgoing.drain(..written);
                    }
                    continue;
                }
                TlsStep::Blocked | TlsStep::Idle => {}
            }
            match self.poll_fill(tcp, context) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                Poll::Ready(Ok(_)) => {}
                // The bytes that have arrived before.
                Poll::Pending if page.filled() > 0 => return Poll::Ready(Ok(())),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Processes what has been received up to the next event.
    fn step(&mut self, page: Option<&mut ReceivePage>) -> io::Result<TlsStep> {
        let status = self.connection.process_tls_records(self.received.bytes());
        let UnbufferedStatus { discard, state } = status;
        let mut discarded = discard;
        let step = match state.map_err(failure)? {
            ConnectionState::ReadTraffic(mut traffic) => {
                if let (Some(record), Some(page)) = (traffic.next_record(), page) {
                    let record = record.map_err(failure)?;
                    discarded += record.discard;
                    page.extend(record.payload);
                }
                TlsStep::Received
            }
            ConnectionState::EncodeTlsData(mut data) => {
                append(&mut self.outgoing, |room| match data.encode(room) {
                    Err(EncodeError::InsufficientSize(needed)) => Ok(Err(needed)),
                    Err(error) => Err(io::Error::other(error)),
                    Ok(written) => Ok(Ok(written)),
                })?;
                TlsStep::Written
            }
            ConnectionState::TransmitTlsData(data) => {
                data.done();
                TlsStep::Written
            }
            ConnectionState::BlockedHandshake => TlsStep::Blocked,
            ConnectionState::WriteTraffic(_) => TlsStep::Idle,
            ConnectionState::PeerClosed | ConnectionState::Closed => TlsStep::Ended,
            // Early data are a server's, and the list of states may grow.
            _ => return Err(io::ErrorKind::Unsupported.into()),
        };
        self.received.discard(discarded);
        Ok(step)
    }

    /// Reads records from the socket. Returns 0 at its end.
    fn poll_fill(&mut self, tcp: &TcpStream, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        loop {
            if tcp.poll_read_ready(context)?.is_pending() {
                self.received.release();
                return Poll::Pending;
            }
            let Some(room) = self.received.room(self.size.allowed()) else {
                return Poll::Ready(Err(io::ErrorKind::OutOfMemory.into()));
            };
            let size = room.len();
            match tcp.try_read(room) {
                Ok(read) => {
                    self.received.advance(read);
                    self.size.has_read(read, read == size);
                    return Poll::Ready(Ok(read));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    async fn write_outgoing(&mut self, tcp: &mut TcpStream) -> io::Result<()> {
        tcp.write_all(&self.outgoing).await?;
        self.outgoing.clear();
        Ok(())
    }
}

/// Appends what `write` puts into a buffer, which grows until it is large enough.
fn append(
    outgoing: &mut Vec<u8>,
    mut write: impl FnMut(&mut [u8]) -> io::Result<Result<usize, InsufficientSizeError>>,
) -> io::Result<()> {
    let before = outgoing.len();
    loop {
        match write(&mut outgoing[before..])? {
            Ok(written) => {
                outgoing.truncate(before + written);
                return Ok(());
            }
            Err(needed) => outgoing.resize(before + needed.required_size, 0),
        }
    }
}

/// Returns the error of TLS in the form in which `causes` finds it.
fn failure(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
