//! A response whose body is being received, polled by its reader.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use http::StatusCode;
use http::header::HeaderMap;
use tokio::time::{Instant, Sleep, sleep};

use super::chunked::DecodedChunk;
use super::connection::HttpConnection;
use super::error::StreamError;
use super::head::{BodyFraming, HttpResponseHead};
use super::idle::IdleConnections;
use crate::api::chunk_memory;

/// Chunks below this size are joined with the next ones, if those have arrived.
const MIN_CHUNK_BYTES: usize = 8 << 10;

/// A response whose body is being received.
pub(crate) struct Streamed {
    status: StatusCode,
    headers: HeaderMap,
    length: Option<u64>,
    body: BodyFraming,
    keeps_alive: bool,
    /// Bytes that have arrived and are not decoded.
    received: Bytes,
    /// The connection, until it is closed or idle again.
    connection: Option<HttpConnection>,
    idle: Arc<IdleConnections>,
    read_timeout: Duration,
    silence: Pin<Box<Sleep>>,
    /// True while the read timeout is running. A viewer who does not read is not counted.
    is_waiting: bool,
    /// An error that came behind the last chunk.
    failure: Option<StreamError>,
}

impl Streamed {
    /// Creates the response with that head, behind which bytes of the body have arrived already.
    pub(super) fn new(
        head: HttpResponseHead,
        received: Bytes,
        (connection, idle, read_timeout): (HttpConnection, Arc<IdleConnections>, Duration),
    ) -> Self {
        Streamed {
            status: head.status,
            headers: head.headers,
            length: head.body.length(),
            body: head.body,
            keeps_alive: head.keeps_alive,
            received,
            connection: Some(connection),
            idle,
            read_timeout,
            silence: Box::pin(sleep(read_timeout)),
            is_waiting: false,
            failure: None,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the announced length of the body; `None` if there is none.
    pub(crate) fn content_length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the next chunk; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, StreamError> {
        poll_fn(|context| self.poll_chunk(context))
            .await
            .transpose()
    }

    /// Returns the remaining chunks.
    pub(crate) fn bytes_stream(mut self) -> impl Stream<Item = Result<Bytes, StreamError>> + Send {
        stream::poll_fn(move |context| self.poll_chunk(context))
    }

    /// Polls for the next chunk. Small ones that have arrived already are joined: an upstream that sends single bytes
    /// costs no more after here than any other.
    fn poll_chunk(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, StreamError>>> {
        if let Some(error) = self.failure.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let chunk = match self.poll_in_time(context) {
            Poll::Ready(Some(Ok(chunk))) if chunk.len() < MIN_CHUNK_BYTES => chunk,
            other => return other,
        };
        let mut length = chunk.len();
        let mut joined = None;
        while length < MIN_CHUNK_BYTES {
            match self.poll_in_time(context) {
                Poll::Ready(Some(Ok(next))) => {
                    length += next.len();
                    let begin = || {
                        let mut begun = BytesMut::with_capacity(MIN_CHUNK_BYTES.max(length));
                        begun.extend_from_slice(&chunk);
                        begun
                    };
                    joined.get_or_insert_with(begin).extend_from_slice(&next);
                }
                Poll::Ready(Some(Err(error))) => {
                    self.failure = Some(error);
                    break;
                }
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        self.is_waiting = false;
        Poll::Ready(Some(Ok(joined.map_or(chunk, BytesMut::freeze))))
    }

    /// Polls for decoded bytes, with the read timeout.
    fn poll_in_time(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, StreamError>>> {
        match self.poll_body(context) {
            Poll::Ready(Ok(Some(chunk))) => {
                self.is_waiting = false;
                return Poll::Ready(Some(Ok(chunk)));
            }
            Poll::Ready(Ok(None)) => {
                self.give_back();
                return Poll::Ready(None);
            }
            Poll::Ready(Err(error)) => {
                self.connection = None;
                return Poll::Ready(Some(Err(error)));
            }
            Poll::Pending => {}
        }
        if !self.is_waiting {
            self.is_waiting = true;
            self.silence
                .as_mut()
                .reset(Instant::now() + self.read_timeout);
        }
        if self.silence.as_mut().poll(context).is_ready() {
            self.connection = None;
            return Poll::Ready(Some(Err(StreamError::Timeout)));
        }
        Poll::Pending
    }

    fn poll_body(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, StreamError>> {
        loop {
            let wanted = match &mut self.body {
                BodyFraming::Length(0) => return Poll::Ready(Ok(None)),
                BodyFraming::Length(left) if !self.received.is_empty() => {
                    let length = self.received.len();
                    let taken = usize::try_from(*left).unwrap_or(length).min(length);
                    *left -= taken as u64;
                    return Poll::Ready(Ok(Some(self.received.split_to(taken))));
                }
                BodyFraming::Length(left) => *left,
                BodyFraming::Chunked(decoder) => match decoder.decode(&mut self.received)? {
                    DecodedChunk::Data(chunk) => {
                        return Poll::Ready(Ok(Some(in_own_memory(chunk))));
                    }
                    DecodedChunk::End => return Poll::Ready(Ok(None)),
                    DecodedChunk::NotYet => u64::MAX,
                },
                BodyFraming::UntilClose if !self.received.is_empty() => {
                    return Poll::Ready(Ok(Some(std::mem::take(&mut self.received))));
                }
                BodyFraming::UntilClose => u64::MAX,
            };
            let Some(connection) = &mut self.connection else {
                return Poll::Ready(Ok(None));
            };
            self.received = ready!(connection.poll_receive(wanted, context))?;
            if self.received.is_empty() {
                return match self.body {
                    BodyFraming::UntilClose => Poll::Ready(Ok(None)),
                    _ => Poll::Ready(Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())),
                };
            }
        }
    }

    /// Returns true behind the last byte of the body.
    fn has_ended(&self) -> bool {
        match &self.body {
            BodyFraming::Length(left) => *left == 0,
            BodyFraming::Chunked(decoder) => decoder.has_ended(),
            BodyFraming::UntilClose => false,
        }
    }

    /// Returns the connection to the pool if it can take another request.
    fn give_back(&mut self) {
        let connection = self.connection.take();
        // A server that sends more than it says is not asked again.
        let is_usable = self.keeps_alive && self.has_ended() && self.received.is_empty();
        if let Some(connection) = connection.filter(|_| is_usable) {
            self.idle.put(connection);
        }
    }
}

/// Returns a part of a page, copied if it would look like a whole one.
fn in_own_memory(part: Bytes) -> Bytes {
    match chunk_memory(part.len()) == Some(part.len()) {
        true => Bytes::copy_from_slice(&part),
        false => part,
    }
}

impl std::fmt::Debug for Streamed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streamed")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Drop for Streamed {
    fn drop(&mut self) {
        // A reader with a known length stops at the last byte.
        if self.has_ended() {
            self.give_back();
        }
    }
}
