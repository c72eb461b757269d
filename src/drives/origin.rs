//! Where upstream bytes are right now, and a body as it arrives from there.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::DriveError;

/// The address of upstream bytes. A secret: it carries signatures and tokens, so it prints as
/// nothing but its existence and never leaves the server.
///
/// The text is passed on byte for byte: signatures in it are encoded twice, and reading the address
/// into parts and writing it again would break them.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    url: String,
    expires_at: Option<SystemTime>,
    length: Option<u64>,
}

impl Origin {
    /// An address and, where the upstream tells, when it runs out.
    pub fn new(url: impl Into<String>, expires_at: Option<SystemTime>) -> Self {
        Origin {
            url: url.into(),
            expires_at,
            length: None,
        }
    }

    /// The same address, of a thing that is known to have so many bytes.
    pub fn with_length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// Bytes of what is at the address, where known beforehand.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The address that `uri`, found in a text that came from here, stands for. An absolute http(s)
    /// URI is taken byte for byte; `None` where the URI has another scheme or makes no sense.
    pub fn resolve(&self, uri: &str) -> Option<Origin> {
        let absolute = |text: &str| text.starts_with("http://") || text.starts_with("https://");
        if absolute(uri) {
            return Some(Origin::new(uri, self.expires_at));
        }
        let joined = url::Url::parse(&self.url).ok()?.join(uri).ok()?;
        matches!(joined.scheme(), "http" | "https").then(|| Origin::new(joined, self.expires_at))
    }

    /// The address. For drives alone.
    pub(in crate::drives) fn url(&self) -> &str {
        &self.url
    }

    /// Bytes of memory that the address takes.
    pub fn weight(&self) -> usize {
        self.url.len()
    }

    /// When the address runs out, where known.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin(…)")
    }
}

/// A playlist as the upstream wrote it.
#[derive(Debug, Clone)]
pub struct UpstreamPlaylist {
    /// The text, beginning with `#EXTM3U`.
    pub text: String,
    /// The address that it came from in the end: relative URIs resolve against it.
    pub base: Origin,
}

/// What a segment's address alone tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SegmentFacts {
    /// Names the content, the same however the address is signed (TeraBox: etag and range).
    pub content: Option<String>,
    /// Bytes of the segment.
    pub length: Option<u64>,
}

/// An upstream body as it arrives.
pub struct Incoming {
    /// Which byte of the whole the first chunk begins with: the byte asked for, or 0 where the
    /// upstream ignored the range.
    pub offset: u64,
    /// Bytes of the whole, where the upstream tells.
    pub length: Option<u64>,
    /// What names the content, from the reply's headers, where the upstream tells.
    pub etag: Option<String>,
    /// The chunks. An error ends the stream; so may a cut, which the reader sees by the length.
    pub chunks: BoxStream<'static, Result<Bytes, DriveError>>,
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("offset", &self.offset)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
