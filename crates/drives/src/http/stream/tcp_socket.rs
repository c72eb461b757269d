//! A TCP socket that reads ahead for TLS.
//!
//! A TLS library reads one record of at most 16 KiB, often in pieces of 4 KiB: each read is a system call, and a
//! receive window that opens in such small steps makes the sender wait for a delayed acknowledgement (40 ms on
//! Linux) where segments are large. So the socket is read in large steps into a buffer, from which the TLS library
//! takes its records. Without TLS there is no buffer: the HTTP library's own is filled directly.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::TryFutureExt;
use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::http::dns::GuardedDns;
use crate::http::stream::adaptive_read::ReadSize;

/// Size of reads for TLS at first, and for a slow consumer: one record, RFC 8446 section 5.2.
const MIN_TLS_READ: u64 = (16 << 10) + 256;

/// Upper limit for the size of reads for TLS. An idle connection keeps a buffer of this size.
const MAX_TLS_READ: u64 = 128 << 10;

/// Connects by TCP alone. The scheme of the URL decides whether the socket reads ahead.
#[derive(Clone)]
pub(super) struct TcpConnector(pub HttpConnector<GuardedDns>);

impl Service<Uri> for TcpConnector {
    type Response = TokioIo<TcpSocket<TcpStream>>;
    type Error = <HttpConnector<GuardedDns> as Service<Uri>>::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let is_tls = uri.scheme_str() == Some("https");
        Box::pin(self.0.call(uri).map_ok(move |tcp| {
            let tcp = tcp.into_inner();
            TokioIo::new(match is_tls {
                true => TcpSocket::for_tls(tcp),
                false => TcpSocket { tcp, ahead: None },
            })
        }))
    }
}

/// The socket below TLS and HTTP.
pub(super) struct TcpSocket<T> {
    tcp: T,
    /// `None` without TLS.
    ahead: Option<TlsReadAhead>,
}

/// Bytes that were read and not taken yet.
struct TlsReadAhead {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    size: ReadSize,
}

impl<T> TcpSocket<T> {
    fn for_tls(tcp: T) -> Self {
        TcpSocket {
            tcp,
            ahead: Some(TlsReadAhead {
                buffer: Vec::new(),
                start: 0,
                end: 0,
                size: ReadSize::between(MIN_TLS_READ, MAX_TLS_READ),
            }),
        }
    }
}

impl TlsReadAhead {
    /// Fills the empty buffer with what has arrived. Leaves it empty at the end of the stream.
    fn poll_fill(
        &mut self,
        tcp: Pin<&mut impl AsyncRead>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let allowed = self.size.allowed() as usize;
        if self.buffer.len() != allowed {
            self.buffer = vec![0; allowed];
        }
        let mut free = ReadBuf::new(&mut self.buffer);
        ready!(tcp.poll_read(context, &mut free))?;
        (self.start, self.end) = (0, free.filled().len());
        if self.end > 0 {
            self.size.has_read(self.end as u64);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for TcpSocket<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        target: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let TcpSocket { tcp, ahead } = &mut *self;
        let Some(ahead) = ahead else {
            return Pin::new(tcp).poll_read(context, target);
        };
        if ahead.start == ahead.end {
            ready!(ahead.poll_fill(Pin::new(tcp), context))?;
        }
        let taken = target.remaining().min(ahead.end - ahead.start);
        target.put_slice(&ahead.buffer[ahead.start..ahead.start + taken]);
        ahead.start += taken;
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for TcpSocket<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}

impl<T: Connection> Connection for TcpSocket<T> {
    fn connected(&self) -> Connected {
        self.tcp.connected()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn each_byte_comes_once_in_order_however_it_is_read() {
        let sent: Vec<u8> = (0..1_000_003u32)
            .map(|n| (n * 31 + n / 251) as u8)
            .collect();
        for read in [1000, 4096, 16_406, 300_000] {
            let (mut far, near) = tokio::io::duplex(50_000);
            let (mut socket, mut received) = (TcpSocket::for_tls(near), Vec::new());
            let expected = sent.clone();
            let sender = tokio::spawn(async move { far.write_all(&expected).await.unwrap() });
            let mut part = vec![0; read];
            loop {
                match socket.read(&mut part).await.unwrap() {
                    0 => break,
                    taken => received.extend_from_slice(&part[..taken]),
                }
            }
            sender.await.unwrap();
            assert!(received == sent, "read in pieces of {read}");
        }
    }

    #[tokio::test]
    async fn what_is_written_goes_through_at_once() {
        let (mut far, near) = tokio::io::duplex(1000);
        let mut socket = TcpSocket::for_tls(near);
        socket.write_all(b"GET /").await.unwrap();
        let mut got = [0; 5];
        far.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"GET /");
    }
}
