//! Bodies of media, over connections that are polled by their reader, without a background task.
//!
//! A connection of an HTTP library is usually a task of its own, which hands each chunk of a body to the task
//! that consumes it. For media that is most of the work: two wake-ups for each chunk, and buffers that grow to
//! hundreds of kilobytes for each slow viewer. Here the connection is polled by the consumer of the body. A
//! viewer who stalls holds one read buffer, and no task runs for it.
//!
//! HTTP/1.1 alone: the streams of one HTTP/2 connection share a window, and a slow viewer would hold back the
//! others.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use http::header::{HOST, HeaderMap, HeaderValue};
use http::{Request, StatusCode, Uri};
use http_body_util::Empty;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tower_service::Service;

use super::adaptive_read;
use crate::http::dns::GuardedDns;
use crate::http::stream::adaptive_read::AdaptiveReader;
use crate::http::stream::tcp_socket::{TcpConnector, TcpSocket};

/// Upper limit for the idle connections per host.
const MAX_IDLE_PER_HOST: usize = 256;

/// Timeout of an idle connection: shorter than that of most servers.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Chunks below this size are joined with the next ones, if those have arrived.
const MIN_CHUNK_BYTES: usize = 8 << 10;

const TCP_KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);

/// The reason why a body did not come. Never repeats a URL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    #[error("no connection")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the connection failed")]
    Connection(#[from] hyper::Error),
    #[error("the address cannot be asked")]
    Address,
    #[error("the connection was closed before an answer")]
    Closed,
    #[error("silence for too long")]
    Timeout,
}

type Io = TokioIo<AdaptiveReader<TokioIo<MaybeHttpsStream<TokioIo<TcpSocket<TcpStream>>>>>>;

/// One connection, polled by its reader.
struct PooledConnection {
    sender: SendRequest<Empty<Bytes>>,
    connection: Pin<Box<Connection<Io, Empty<Bytes>>>>,
    /// The host that it is connected to, with scheme and port.
    host: Arc<str>,
}

/// Idle connections by host, with the time since when they are idle.
#[derive(Default)]
struct IdleConnections {
    lines: Mutex<HashMap<Arc<str>, Waiting>>,
}

type Waiting = Vec<(Instant, PooledConnection)>;

/// The client for media bodies.
pub(crate) struct Media {
    connector: HttpsConnector<TcpConnector>,
    connect_timeout: Duration,
    read_timeout: Duration,
    user_agent: HeaderValue,
    idle: Arc<IdleConnections>,
}

impl Media {
    pub fn new(
        dns: GuardedDns,
        connect_timeout: Duration,
        read_timeout: Duration,
        user_agent: &'static str,
    ) -> Result<Self, String> {
        let mut tcp = HttpConnector::new_with_resolver(dns);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(TCP_KEEPALIVE_INTERVAL));
        tcp.set_connect_timeout(Some(connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .try_with_platform_verifier()
            .map_err(|error| error.to_string())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(TcpConnector(tcp));
        Ok(Media {
            connector,
            connect_timeout,
            read_timeout,
            user_agent: HeaderValue::from_static(user_agent),
            idle: Arc::default(),
        })
    }

    /// Requests a URL, which must have passed the guard. Any status is a response, and so is a redirect.
    pub async fn get(&self, url: &str, headers: &HeaderMap) -> Result<Streamed, StreamError> {
        let uri: Uri = url.parse().map_err(|_| StreamError::Address)?;
        let authority = uri.authority().ok_or(StreamError::Address)?.as_str();
        let host: Arc<str> =
            format!("{}://{authority}", uri.scheme_str().unwrap_or_default()).into();
        loop {
            let (mut connection_, was_used) = match self.idle.take(&host) {
                Some(connection_) => (connection_, true),
                None => (self.connect(&uri, host.clone()).await?, false),
            };
            let request = self.request(&uri, authority, headers)?;
            match timeout(self.read_timeout, connection_.ask(request)).await {
                Ok(Ok(answer)) => return Ok(self.streamed(answer, connection_)),
                // The upstream had closed it meanwhile, which says nothing about other connections.
                Ok(Err(_)) if was_used => continue,
                Ok(Err(error)) => return Err(error),
                Err(_) => return Err(StreamError::Timeout),
            }
        }
    }

    fn request(
        &self,
        uri: &Uri,
        authority: &str,
        headers: &HeaderMap,
    ) -> Result<Request<Empty<Bytes>>, StreamError> {
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let mut request = Request::get(target)
            .body(Empty::new())
            .map_err(|_| StreamError::Address)?;
        let sent = request.headers_mut();
        let host = HeaderValue::from_str(authority).map_err(|_| StreamError::Address)?;
        sent.insert(HOST, host);
        sent.insert(http::header::ACCEPT, HeaderValue::from_static("*/*"));
        sent.insert(http::header::USER_AGENT, self.user_agent.clone());
        sent.extend(
            headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        Ok(request)
    }

    async fn connect(&self, uri: &Uri, host: Arc<str>) -> Result<PooledConnection, StreamError> {
        let mut connector = self.connector.clone();
        let connected = async {
            std::future::poll_fn(|context| connector.poll_ready(context)).await?;
            connector.call(uri.clone()).await
        };
        // DNS, TCP and TLS together.
        let io = timeout(self.connect_timeout, connected)
            .await
            .map_err(|_| StreamError::Timeout)?
            .map_err(StreamError::Connect)?;
        let is_tls = host.starts_with("https:");
        let (sender, connection) = Builder::new()
            .max_buf_size(adaptive_read::MAX_READ as usize)
            .handshake(TokioIo::new(AdaptiveReader::new(TokioIo::new(io), is_tls)))
            .await?;
        Ok(PooledConnection {
            sender,
            connection: Box::pin(connection),
            host,
        })
    }

    fn streamed(
        &self,
        answer: http::Response<Incoming>,
        connection_: PooledConnection,
    ) -> Streamed {
        let (head, body) = answer.into_parts();
        Streamed {
            status: head.status,
            headers: head.headers,
            length: body.size_hint().exact(),
            body,
            connection_: Some(connection_),
            idle: self.idle.clone(),
            read_timeout: self.read_timeout,
            silence: Box::pin(sleep(self.read_timeout)),
            is_waiting: false,
            failure: None,
        }
    }
}

impl PooledConnection {
    /// Sends a request and waits for the head of its response.
    async fn ask(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> Result<http::Response<Incoming>, StreamError> {
        let PooledConnection {
            sender, connection, ..
        } = self;
        let mut answer = std::pin::pin!(sender.send_request(request));
        let mut has_ended = false;
        std::future::poll_fn(|context| {
            if let Poll::Ready(answer) = answer.as_mut().poll(context) {
                return Poll::Ready(answer.map_err(StreamError::from));
            }
            if has_ended {
                return Poll::Pending;
            }
            has_ended = connection.as_mut().poll(context).is_ready();
            match answer.as_mut().poll(context) {
                Poll::Ready(answer) => Poll::Ready(answer.map_err(StreamError::from)),
                Poll::Pending if has_ended => Poll::Ready(Err(StreamError::Closed)),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Returns true if it can take another request right now.
    fn is_ready(&mut self) -> bool {
        let mut nobody = Context::from_waker(Waker::noop());
        self.connection.as_mut().poll(&mut nobody).is_pending() && self.sender.is_ready()
    }
}

impl IdleConnections {
    /// Returns an idle connection to that host that is still open; `None` if there is none.
    fn take(&self, host: &str) -> Option<PooledConnection> {
        loop {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.retain(|_, waiting| {
                waiting.retain(|(since, _)| since.elapsed() < IDLE_TIMEOUT);
                !waiting.is_empty()
            });
            let (since, mut connection_) = lines.get_mut(host)?.pop()?;
            drop(lines);
            if since.elapsed() < IDLE_TIMEOUT && connection_.is_ready() {
                return Some(connection_);
            }
        }
    }

    fn put(&self, connection_: PooledConnection) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        lines.retain(|_, waiting| {
            waiting.retain(|(since, _)| now.duration_since(*since) < IDLE_TIMEOUT);
            !waiting.is_empty()
        });
        let waiting = lines.entry(connection_.host.clone()).or_default();
        if waiting.len() < MAX_IDLE_PER_HOST {
            waiting.push((now, connection_));
        }
    }
}

/// A response whose body is being received.
pub(crate) struct Streamed {
    status: StatusCode,
    headers: HeaderMap,
    length: Option<u64>,
    body: Incoming,
    /// The connection, until it is closed or idle again.
    connection_: Option<PooledConnection>,
    idle: Arc<IdleConnections>,
    read_timeout: Duration,
    silence: Pin<Box<Sleep>>,
    /// True while the read timeout is running. A viewer who does not read is not counted.
    is_waiting: bool,
    /// An error that came behind the last chunk.
    failure: Option<StreamError>,
}

impl Streamed {
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
        std::future::poll_fn(|context| self.poll_chunk(context))
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
        let chunk = match self.poll_frame(context) {
            Poll::Ready(Some(Ok(chunk))) if chunk.len() < MIN_CHUNK_BYTES => chunk,
            other => return other,
        };
        let mut length = chunk.len();
        let mut joined = None;
        while length < MIN_CHUNK_BYTES {
            match self.poll_frame(context) {
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

    fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, StreamError>>> {
        let mut was_driven = false;
        loop {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(chunk) = frame.into_data()
                        && !chunk.is_empty()
                    {
                        self.is_waiting = false;
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                    continue;
                }
                Poll::Ready(Some(Err(error))) => {
                    self.connection_ = None;
                    return Poll::Ready(Some(Err(error.into())));
                }
                Poll::Ready(None) => {
                    self.give_back();
                    return Poll::Ready(None);
                }
                Poll::Pending if was_driven => break,
                Poll::Pending => {}
            }
            was_driven = true;
            if let Some(connection_) = &mut self.connection_
                && connection_.connection.as_mut().poll(context).is_ready()
            {
                // Dropping it also drops the other end of the body, which then reports how it ended.
                self.connection_ = None;
            }
        }
        if !self.is_waiting {
            self.is_waiting = true;
            self.silence
                .as_mut()
                .reset(Instant::now() + self.read_timeout);
        }
        if self.silence.as_mut().poll(context).is_ready() {
            self.connection_ = None;
            return Poll::Ready(Some(Err(StreamError::Timeout)));
        }
        Poll::Pending
    }

    /// Returns the connection to the pool if it can take another request.
    fn give_back(&mut self) {
        if let Some(mut connection_) = self.connection_.take()
            && connection_.is_ready()
        {
            self.idle.put(connection_);
        }
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
        if self.body.is_end_stream() {
            self.give_back();
        }
    }
}
