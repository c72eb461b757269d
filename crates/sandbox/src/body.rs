//! Response bodies: a byte range of a source, sent in chunks, at the rate and up to the length that the faults allow.
//!
//! Chunks of memory are slices, chunks of a file are read on demand. A cut ends the body with an error after the last
//! chunk was sent, so that the connection closes before `Content-Length` is reached.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::faults::{Effect, RouteCounter};
use super::nodes::SampleSource;

/// Size of a chunk in bytes.
const CHUNK_BYTES: u64 = 64 * 1024;
/// Delay between the last chunk and a cut, so that the chunk is sent.
const CUT_PAUSE: Duration = Duration::from_millis(40);

/// Status and headers of a response.
#[derive(Debug)]
pub struct ResponseHead {
    pub status: StatusCode,
    pub headers: Vec<(HeaderName, String)>,
}

impl ResponseHead {
    /// Returns a head with this content type.
    pub fn new(status: StatusCode, content_type: &str) -> Self {
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE, content_type.to_owned())],
        }
    }

    /// Adds a header.
    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Bytes `start..start + length` of a source.
#[derive(Debug)]
pub struct SourceRange {
    pub source: SampleSource,
    pub start: u64,
    pub length: u64,
}

impl From<Bytes> for SourceRange {
    fn from(bytes: Bytes) -> Self {
        Self {
            start: 0,
            length: bytes.len() as u64,
            source: SampleSource::Memory(bytes),
        }
    }
}

/// Returns a response with a byte range of a source as its body.
pub fn answer(
    head: ResponseHead,
    range: SourceRange,
    effect: &Effect,
    counter: Arc<RouteCounter>,
    stopping: CancellationToken,
) -> Response<Body> {
    let announced = range
        .length
        .saturating_add_signed(effect.wrong_length.unwrap_or(0));
    let stream = BodyStream {
        at: range.start,
        left: range.length.min(announced),
        cut_in: match effect.cut_after_bytes {
            Some(bytes) => Some(bytes),
            None => (announced > range.length).then_some(range.length),
        },
        source: range.source,
        file: None,
        rate_bytes_per_s: effect.rate_bytes_per_s.map(|rate| rate.max(1)),
        began: Instant::now(),
        sent: 0,
        counter,
        stopping,
    };
    let chunks = futures_util::stream::unfold(Some(stream), |stream| async move {
        let mut stream = stream?;
        match stream.next().await? {
            Ok(chunk) => Some((Ok(chunk), Some(stream))),
            Err(error) => Some((Err(error), None)),
        }
    });
    let mut response = Response::new(Body::from_stream(chunks));
    *response.status_mut() = head.status;
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, announced.into());
    for (name, value) in head.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    for (name, value) in &effect.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

struct BodyStream {
    source: SampleSource,
    file: Option<File>,
    at: u64,
    left: u64,
    cut_in: Option<u64>,
    rate_bytes_per_s: Option<u64>,
    began: Instant,
    sent: u64,
    counter: Arc<RouteCounter>,
    stopping: CancellationToken,
}

impl BodyStream {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        if self.cut_in == Some(0) {
            tokio::time::sleep(CUT_PAUSE).await;
            return Some(Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "cut by a fault",
            )));
        }
        if self.left == 0 {
            return None;
        }
        let mut size = self.left.min(CHUNK_BYTES);
        if let Some(rate) = self.rate_bytes_per_s {
            size = size.min((rate / 20).max(1));
            let due = Duration::from_secs_f64((self.sent + size) as f64 / rate as f64);
            if self.pause_until(self.began + due).await.is_err() {
                return Some(Err(io::Error::new(
                    io::ErrorKind::ConnectionAborted,
                    "the sandbox is stopping",
                )));
            }
        }
        if let Some(cut_in) = self.cut_in {
            size = size.min(cut_in);
        }
        if self.stopping.is_cancelled() {
            return Some(Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "the sandbox is stopping",
            )));
        }
        let chunk = match self.read(size).await {
            Ok(chunk) => chunk,
            Err(error) => return Some(Err(error)),
        };
        let size = chunk.len() as u64;
        self.at += size;
        self.left -= size;
        self.sent += size;
        self.cut_in = self.cut_in.map(|bytes| bytes - size);
        self.counter.bytes.fetch_add(size, Ordering::Relaxed);
        Some(Ok(chunk))
    }

    async fn pause_until(&self, due: Instant) -> Result<(), ()> {
        tokio::select! {
            () = tokio::time::sleep_until(due) => Ok(()),
            () = self.stopping.cancelled() => Err(()),
        }
    }

    /// Reads between one and `size` bytes.
    async fn read(&mut self, size: u64) -> io::Result<Bytes> {
        match &self.source {
            SampleSource::Memory(bytes) => {
                let end = (self.at + size).min(bytes.len() as u64);
                if end <= self.at {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(bytes.slice(self.at as usize..end as usize))
            }
            SampleSource::File(path) => {
                let file = match &mut self.file {
                    Some(file) => file,
                    empty => empty.insert(open(path, self.at).await?),
                };
                let mut chunk = vec![0; size as usize];
                let read = file.read(&mut chunk).await?;
                if read == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                chunk.truncate(read);
                Ok(chunk.into())
            }
        }
    }
}

async fn open(path: &Path, at: u64) -> io::Result<File> {
    let mut file = File::open(path).await?;
    if at > 0 {
        file.seek(io::SeekFrom::Start(at)).await?;
    }
    Ok(file)
}

/// The bytes that a `Range` header selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestedRange {
    /// All bytes: no range, or an unsupported one.
    All,
    /// From the first to the last byte, both included.
    Range(u64, u64),
    /// No bytes: the range cannot be satisfied (416).
    Unsatisfiable,
}

/// Parses a single byte range of a resource of `length` bytes (RFC 9110, section 14.2). Several ranges count as none.
pub fn parse_range(range: Option<&str>, length: u64) -> RequestedRange {
    let Some((first, last)) = range
        .and_then(|r| r.strip_prefix("bytes="))
        .and_then(|r| r.trim().split_once('-'))
    else {
        return RequestedRange::All;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), _) if first >= length => RequestedRange::Unsatisfiable,
        (Ok(first), Ok(last)) if last < first => RequestedRange::All,
        (Ok(first), Ok(last)) => RequestedRange::Range(first, last.min(length - 1)),
        (Ok(first), Err(_)) if last.is_empty() => RequestedRange::Range(first, length - 1),
        (Err(_), Ok(0)) if first.is_empty() => RequestedRange::Unsatisfiable,
        (Err(_), Ok(count)) if first.is_empty() && length > 0 => {
            RequestedRange::Range(length - count.min(length), length - 1)
        }
        (Err(_), Ok(_)) if first.is_empty() => RequestedRange::Unsatisfiable,
        _ => RequestedRange::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, length, expected) in [
            (None, 10, RequestedRange::All),
            (Some("bytes=0-"), 10, RequestedRange::Range(0, 9)),
            (Some("bytes=3-5"), 10, RequestedRange::Range(3, 5)),
            (Some("bytes=3-99"), 10, RequestedRange::Range(3, 9)),
            (Some("bytes=-4"), 10, RequestedRange::Range(6, 9)),
            (Some("bytes=-40"), 10, RequestedRange::Range(0, 9)),
            (Some("bytes=-0"), 10, RequestedRange::Unsatisfiable),
            (Some("bytes=10-"), 10, RequestedRange::Unsatisfiable),
            (Some("bytes=0-"), 0, RequestedRange::Unsatisfiable),
            (Some("bytes=5-3"), 10, RequestedRange::All),
            (Some("bytes=0-1,3-4"), 10, RequestedRange::All),
            (Some("bytes=x-y"), 10, RequestedRange::All),
            (Some("items=0-1"), 10, RequestedRange::All),
        ] {
            assert_eq!(
                parse_range(range, length),
                expected,
                "{range:?} of {length}"
            );
        }
    }
}
