//! Bodies: a range of bytes on its way out, in pieces, as fast and as whole as the faults allow.
//!
//! Bytes from memory are handed on as slices, bytes from a file are read as they are asked for. A cut ends
//! the body with an error after its last piece has had time to leave, so that the connection closes short
//! of the length that was announced.

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

use super::faults::{Count, Effect};
use super::nodes::Source;

/// The largest piece handed to the connection at once.
const PIECE_BYTES: u64 = 64 * 1024;
/// How long the last piece before a cut gets to leave.
const CUT_PAUSE: Duration = Duration::from_millis(40);

/// What an answer says before its body.
#[derive(Debug)]
pub struct Head {
    pub status: StatusCode,
    pub headers: Vec<(HeaderName, String)>,
}

impl Head {
    pub fn new(status: StatusCode, content_type: &str) -> Self {
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE, content_type.to_owned())],
        }
    }

    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Bytes `start..start + length` of a source.
#[derive(Debug)]
pub struct Part {
    pub source: Source,
    pub start: u64,
    pub length: u64,
}

impl From<Bytes> for Part {
    fn from(bytes: Bytes) -> Self {
        Self {
            start: 0,
            length: bytes.len() as u64,
            source: Source::Memory(bytes),
        }
    }
}

/// An answer with this part of a source as its body.
pub fn answer(
    head: Head,
    part: Part,
    effect: &Effect,
    count: Arc<Count>,
    stopping: CancellationToken,
) -> Response<Body> {
    let announced = part
        .length
        .saturating_add_signed(effect.wrong_length.unwrap_or(0));
    let outgoing = Outgoing {
        at: part.start,
        left: part.length.min(announced),
        cut_in: match effect.cut_after_bytes {
            Some(bytes) => Some(bytes),
            None => (announced > part.length).then_some(part.length),
        },
        source: part.source,
        file: None,
        rate_bytes_per_s: effect.rate_bytes_per_s.map(|rate| rate.max(1)),
        began: Instant::now(),
        sent: 0,
        count,
        stopping,
    };
    let pieces = futures_util::stream::unfold(Some(outgoing), |outgoing| async move {
        let mut outgoing = outgoing?;
        match outgoing.next().await? {
            Ok(piece) => Some((Ok(piece), Some(outgoing))),
            Err(error) => Some((Err(error), None)),
        }
    });
    let mut response = Response::new(Body::from_stream(pieces));
    *response.status_mut() = head.status;
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, announced.into());
    for (name, value) in head.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    for (name, value) in &effect.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

struct Outgoing {
    source: Source,
    file: Option<File>,
    at: u64,
    left: u64,
    cut_in: Option<u64>,
    rate_bytes_per_s: Option<u64>,
    began: Instant,
    sent: u64,
    count: Arc<Count>,
    stopping: CancellationToken,
}

impl Outgoing {
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
        let mut size = self.left.min(PIECE_BYTES);
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
        let piece = match self.read(size).await {
            Ok(piece) => piece,
            Err(error) => return Some(Err(error)),
        };
        let size = piece.len() as u64;
        self.at += size;
        self.left -= size;
        self.sent += size;
        self.cut_in = self.cut_in.map(|bytes| bytes - size);
        self.count.bytes.fetch_add(size, Ordering::Relaxed);
        Some(Ok(piece))
    }

    async fn pause_until(&self, due: Instant) -> Result<(), ()> {
        tokio::select! {
            () = tokio::time::sleep_until(due) => Ok(()),
            () = self.stopping.cancelled() => Err(()),
        }
    }

    /// Between one and `size` bytes.
    async fn read(&mut self, size: u64) -> io::Result<Bytes> {
        match &self.source {
            Source::Memory(bytes) => {
                let end = (self.at + size).min(bytes.len() as u64);
                if end <= self.at {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(bytes.slice(self.at as usize..end as usize))
            }
            Source::File(path) => {
                let file = match &mut self.file {
                    Some(file) => file,
                    empty => empty.insert(open(path, self.at).await?),
                };
                let mut piece = vec![0; size as usize];
                let read = file.read(&mut piece).await?;
                if read == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                piece.truncate(read);
                Ok(piece.into())
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

/// What a Range header asks of something that is `length` bytes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Everything: there is no range, or none that is understood.
    All,
    /// From the first to the last byte, both included.
    Range(u64, u64),
    /// 416.
    Nothing,
}

/// Reads a single byte range (RFC 9110, section 14.2); several at once count as none.
pub fn wanted(range: Option<&str>, length: u64) -> Wanted {
    let Some((first, last)) = range
        .and_then(|r| r.strip_prefix("bytes="))
        .and_then(|r| r.trim().split_once('-'))
    else {
        return Wanted::All;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), _) if first >= length => Wanted::Nothing,
        (Ok(first), Ok(last)) if last < first => Wanted::All,
        (Ok(first), Ok(last)) => Wanted::Range(first, last.min(length - 1)),
        (Ok(first), Err(_)) if last.is_empty() => Wanted::Range(first, length - 1),
        (Err(_), Ok(0)) if first.is_empty() => Wanted::Nothing,
        (Err(_), Ok(count)) if first.is_empty() && length > 0 => {
            Wanted::Range(length - count.min(length), length - 1)
        }
        (Err(_), Ok(_)) if first.is_empty() => Wanted::Nothing,
        _ => Wanted::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, length, expected) in [
            (None, 10, Wanted::All),
            (Some("bytes=0-"), 10, Wanted::Range(0, 9)),
            (Some("bytes=3-5"), 10, Wanted::Range(3, 5)),
            (Some("bytes=3-99"), 10, Wanted::Range(3, 9)),
            (Some("bytes=-4"), 10, Wanted::Range(6, 9)),
            (Some("bytes=-40"), 10, Wanted::Range(0, 9)),
            (Some("bytes=-0"), 10, Wanted::Nothing),
            (Some("bytes=10-"), 10, Wanted::Nothing),
            (Some("bytes=0-"), 0, Wanted::Nothing),
            (Some("bytes=5-3"), 10, Wanted::All),
            (Some("bytes=0-1,3-4"), 10, Wanted::All),
            (Some("bytes=x-y"), 10, Wanted::All),
            (Some("items=0-1"), 10, Wanted::All),
        ] {
            assert_eq!(wanted(range, length), expected, "{range:?} of {length}");
        }
    }
}
