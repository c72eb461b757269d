//! URLs of upstream bytes, and a body as it arrives from there.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::{DriveError, UrlTable};

/// The URL of upstream bytes. A secret: it carries signatures and tokens, so `Debug` prints only that it
/// exists, and it never leaves the server.
///
/// The text is passed on byte for byte: signatures in it are encoded twice, and parsing the URL and writing it
/// again would break them.
#[derive(Clone)]
pub struct Origin {
    /// The text that contains the URL: that of a playlist, while the playlist is being parsed.
    text: Arc<String>,
    place: Range<usize>,
    expires_at: Option<SystemTime>,
    /// Length of the content in bytes, if known beforehand.
    length: Option<u64>,
}

impl Origin {
    /// Returns the origin at `url`, with its expiry if the upstream reports one.
    pub fn new(url: impl Into<String>, expires_at: Option<SystemTime>) -> Self {
        let text = Arc::new(url.into());
        Origin {
            place: 0..text.len(),
            text,
            expires_at,
            length: None,
        }
    }

    /// Returns the same origin with a known length in bytes.
    pub fn with_length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// Returns the length of the content in bytes; `None` if it is not known beforehand.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Resolves `uri`, found in a text that came from this URL. An absolute http(s) URI is taken byte for byte;
    /// `None` if the URI has another scheme or is malformed.
    pub fn resolve(&self, uri: &str) -> Option<Origin> {
        if is_absolute(uri) {
            return Some(Origin::new(uri, self.expires_at));
        }
        let joined = url::Url::parse(self.url()).ok()?.join(uri).ok()?;
        matches!(joined.scheme(), "http" | "https").then(|| Origin::new(joined, self.expires_at))
    }

    /// Returns a key of the host, which can be compared and reveals nothing else.
    pub fn host(&self) -> HostKey {
        let url = self.url();
        let start = url.find("://").map_or(0, |at| at + 3);
        let rest = url.get(start..).unwrap_or("");
        let host = rest.split(['/', '?', '#']).next().unwrap_or("");
        let mut hash = std::hash::DefaultHasher::new();
        host.hash(&mut hash);
        HostKey(hash.finish())
    }

    /// Returns the URL. For drives alone.
    pub(crate) fn url(&self) -> &str {
        &self.text[self.place.clone()]
    }

    /// Returns the bytes of memory that the URL takes.
    pub fn weight(&self) -> usize {
        self.place.len()
    }

    /// Returns when the URL expires; `None` if unknown.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.url() == other.url() && self.expires_at == other.expires_at
    }
}

impl Eq for Origin {}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin(…)")
    }
}

/// An identifier of a host that does not reveal its name. It is the same in all processes of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HostKey(u64);

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A playlist as the upstream wrote it.
#[derive(Debug, Clone)]
pub struct UpstreamPlaylist {
    text: Arc<String>,
    base: Origin,
}

impl UpstreamPlaylist {
    /// Returns a playlist: a text that begins with `#EXTM3U`, and the URL that it came from after redirects.
    pub fn new(text: impl Into<String>, base: Origin) -> Self {
        UpstreamPlaylist {
            text: Arc::new(text.into()),
            base,
        }
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns an empty table with capacity for the URLs of `count` segments.
    pub fn url_table(&self, count: usize) -> UrlTable {
        UrlTable::of(count, self.base.expires_at)
    }

    /// Resolves a URI that is a part of the text: relative ones against the URL of the playlist, absolute ones
    /// are taken byte for byte. `None` if the URI has another scheme or is malformed.
    pub fn origin(&self, uri: &str) -> Option<Origin> {
        if !is_absolute(uri) {
            return self.base.resolve(uri);
        }
        // Position of the URI in the text; any other text is copied.
        let start = (uri.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        let place = start..start.wrapping_add(uri.len());
        match self.text.get(place.clone()) {
            Some(found) if std::ptr::eq(found, uri) => Some(Origin {
                text: self.text.clone(),
                place,
                expires_at: self.base.expires_at,
                length: None,
            }),
            _ => self.base.resolve(uri),
        }
    }
}

/// Facts about a segment that its URL alone reveals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SegmentFacts {
    /// Identifies the content, independently of the URL's signature (TeraBox: etag and range).
    pub content: Option<String>,
    /// Bytes of the segment.
    pub length: Option<u64>,
}

/// Reads [`SegmentFacts`] from a URL alone. It is cached with a playlist, and may outlive the drive that the
/// playlist is from.
#[derive(Clone)]
pub struct FactsReader(Arc<dyn Fn(&Origin) -> SegmentFacts + Send + Sync>);

impl FactsReader {
    /// Returns a reader that calls `read`, which makes no request.
    pub fn new(read: impl Fn(&Origin) -> SegmentFacts + Send + Sync + 'static) -> Self {
        FactsReader(Arc::new(read))
    }

    /// Returns a reader for URLs that reveal nothing.
    pub fn none() -> Self {
        FactsReader::new(|_| SegmentFacts::default())
    }

    /// Reads this URL.
    pub fn read(&self, address: &Origin) -> SegmentFacts {
        (self.0)(address)
    }
}

impl fmt::Debug for FactsReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FactsReader")
    }
}

/// Bytes of which a chunk of a body is a multiple if it fills memory of its own.
pub const CHUNK_UNIT_BYTES: usize = 64 << 10;

/// Length from which on a chunk is alone in its memory in any case.
const MIN_LARGE_CHUNK_BYTES: usize = LARGE_CHUNK_MEMORY_BYTES / 4 * 3;

/// Memory of such a chunk, in bytes. A longer one takes a multiple of it.
pub const LARGE_CHUNK_MEMORY_BYTES: usize = 512 << 10;

/// Returns the bytes of memory that a chunk of a body is alone in, so that a cache may keep it without a copy; `None` if
/// others may be in that memory.
pub fn chunk_memory(length: usize) -> Option<usize> {
    match length {
        0 => None,
        length if length.is_multiple_of(CHUNK_UNIT_BYTES) => Some(length),
        length if length >= MIN_LARGE_CHUNK_BYTES => {
            Some(length.next_multiple_of(LARGE_CHUNK_MEMORY_BYTES))
        }
        _ => None,
    }
}

/// An upstream body as it arrives.
pub struct Incoming {
    /// Offset of the first chunk in the whole: the requested byte, or 0 if the upstream ignored the range.
    pub offset: u64,
    /// Bytes of the whole; `None` if the upstream does not report it.
    pub length: Option<u64>,
    /// Identifies the content, from the reply's headers; `None` if the upstream does not report it.
    pub etag: Option<String>,
    /// The chunks, see [`chunk_memory`]. An error ends the stream; so may a lost connection, which the reader
    /// detects by the length.
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

fn is_absolute(uri: &str) -> bool {
    uri.starts_with("https://") || uri.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_list_are_taken_byte_for_byte_or_resolved() {
        let text = "#EXTM3U\nhttps://v/a?sign=%252F%2B\nb.ts\n/c\nfile:///etc/passwd\n";
        let list = UpstreamPlaylist::new(text, Origin::new("https://h/x/list?y", None));
        let found: Vec<_> = list
            .text()
            .lines()
            .skip(1)
            .map(|uri| list.origin(uri))
            .collect();
        let urls: Vec<_> = found
            .iter()
            .map(|origin| origin.as_ref().map(Origin::url))
            .collect();
        assert_eq!(
            urls,
            [
                Some("https://v/a?sign=%252F%2B"),
                Some("https://h/x/b.ts"),
                Some("https://h/c"),
                None
            ]
        );
        assert_eq!(
            list.origin("https://elsewhere/z").unwrap().url(),
            "https://elsewhere/z"
        );
        assert_eq!(format!("{:?}", found[0]), "Some(Origin(…))");
    }
}
