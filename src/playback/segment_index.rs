//! The segments of an upstream's media playlist, in order, with their origins.
//!
//! A plain list of segments is only split into lines ([`fast_parser`]). Any other is normalised for m3u8-rs
//! ([`strict_parser`]); URLs are kept byte for byte. A list with features that cannot be passed on
//! faithfully (encryption, initialisation sections, variables) is an error (RFC 8216 §4.3).

mod fast_parser;
mod parsed;
mod strict_parser;

use std::sync::OnceLock;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use drives::{FactsReader, Origin, SegmentFacts, UpstreamPlaylist, UrlTable};
use media::ByteRange;

pub use parsed::PlaylistError;

/// The segments of one rendition of one entry.
#[derive(Debug, Clone)]
pub struct SegmentIndex {
    /// The segments in order; segment n has the index n.
    pub segments: Vec<PlaylistSegment>,
    /// True if the list is complete; otherwise it may grow.
    pub ended: bool,
    /// True if each segment can be decoded without the previous ones (`EXT-X-INDEPENDENT-SEGMENTS`).
    pub independent: bool,
    /// The current URLs of the segments.
    urls: UrlTable,
    /// Extracts what those URLs reveal of a segment. Called on demand, since a player may only request the
    /// playlist.
    facts: FactsReader,
    /// The length of each segment in bytes, computed on demand.
    lengths: OnceLock<Vec<Option<u64>>>,
    /// The ETag of the rendition, computed on demand.
    etag: OnceLock<String>,
    /// The playlist for players, written on demand.
    pub(super) written: OnceLock<Bytes>,
}

/// One segment of a rendition.
#[derive(Debug, Clone, Copy)]
pub struct PlaylistSegment {
    /// Duration in seconds, as the upstream states it.
    pub duration_s: f64,
    /// The byte range of the origin (`EXT-X-BYTERANGE`); `None` for the whole.
    pub range: Option<ByteRange>,
    /// True if there is a discontinuity before this segment.
    pub discontinuity: bool,
}

impl SegmentIndex {
    /// Parses an upstream's playlist; `facts` extracts what a segment's URL reveals.
    ///
    /// # Errors
    ///
    /// The reason, for the log.
    pub fn parse(playlist: &UpstreamPlaylist, facts: FactsReader) -> Result<Self, PlaylistError> {
        let list = match fast_parser::parse_fast(playlist.text()) {
            Some(list) => list,
            None => strict_parser::parse_strict(playlist.text())?,
        };
        let mut segments: Vec<PlaylistSegment> = Vec::with_capacity(list.segments.len());
        let mut urls = playlist.url_table(list.segments.len());
        let mut before: Option<(Origin, ByteRange)> = None;
        for (index, read) in list.segments.iter().enumerate() {
            let origin = playlist.origin(read.url).ok_or(PlaylistError::Url(index))?;
            let range = match &read.byte_range {
                None => None,
                Some(range) => Some(
                    byte_range(range, &origin, before.as_ref()).ok_or(PlaylistError::Url(index))?,
                ),
            };
            urls.push(&origin);
            segments.push(PlaylistSegment {
                duration_s: read.duration_s,
                range,
                // A discontinuity before the first segment has no meaning.
                discontinuity: read.discontinuity && index > 0,
            });
            before = range.map(|range| (origin, range));
        }
        if segments.is_empty() {
            return Err(PlaylistError::Empty);
        }
        urls.settle();
        Ok(SegmentIndex {
            segments,
            ended: list.ended,
            independent: list.independent,
            urls,
            facts,
            lengths: OnceLock::new(),
            etag: OnceLock::new(),
            written: OnceLock::new(),
        })
    }

    /// Returns the current origin of segment `number`; `None` if there is no such segment.
    pub fn origin(&self, number: usize) -> Option<Origin> {
        self.urls.get(number)
    }

    /// Returns length and content of segment `number`, as far as its URL or byte range reveals them; `None`
    /// if there is no such segment.
    pub fn facts(&self, number: usize) -> Option<SegmentFacts> {
        let range = self.segments.get(number)?.range;
        let facts = self.facts.read(&self.urls.get(number)?);
        Some(SegmentFacts {
            length: range.map(ByteRange::len).or(facts.length),
            content: facts.content.map(|content| match range {
                Some(range) => format!("{content}@{}-{}", range.first, range.last),
                None => content,
            }),
        })
    }

    /// Returns the length of each segment in bytes, if known.
    pub fn lengths(&self) -> &[Option<u64>] {
        self.lengths.get_or_init(|| {
            let numbers = 0..self.segments.len();
            numbers.map(|number| self.facts(number)?.length).collect()
        })
    }

    /// Returns the total duration in seconds.
    pub fn duration_s(&self) -> f64 {
        self.segments.iter().map(|segment| segment.duration_s).sum()
    }

    /// Returns the longest duration in whole seconds, rounded as in RFC 8216 §4.3.3.1; at least 1.
    pub fn target_duration_s(&self) -> u64 {
        self.segments
            .iter()
            .map(|segment| segment.duration_s.round() as u64)
            .max()
            .unwrap_or(0)
            .max(1)
    }

    /// Returns the total length in bytes; `None` if any is unknown.
    pub fn length(&self) -> Option<u64> {
        self.lengths().iter().copied().sum()
    }

    /// Returns the ETag of the whole rendition, which changes with any segment.
    pub fn etag(&self) -> &str {
        self.etag.get_or_init(|| {
            let mut hash = Sha256::new();
            for (number, segment) in self.segments.iter().enumerate() {
                let facts = self.facts(number).unwrap_or_default();
                hash.update(facts.content.as_deref().unwrap_or("-"));
                hash.update(segment.duration_s.to_bits().to_be_bytes());
                hash.update(facts.length.unwrap_or(0).to_be_bytes());
            }
            hash.update([u8::from(self.ended)]);
            short_hash(&hash.finalize())
        })
    }

    /// Returns the approximate size in memory, in bytes.
    pub fn weight(&self) -> usize {
        // Includes about 28 bytes per segment of the written playlist, and its length.
        let of_segment = size_of::<PlaylistSegment>() + 28 + size_of::<Option<u64>>();
        self.segments.len() * of_segment + self.urls.weight()
    }
}

/// Returns the first 96 bits of a digest in hexadecimal: enough to distinguish contents.
pub fn short_hash(digest: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&digest[..12])
}

/// Resolves a byte range. Without an offset it begins at the end of the previous one, which must be of the same
/// resource; otherwise `None`.
fn byte_range(
    read: &m3u8_rs::ByteRange,
    origin: &Origin,
    before: Option<&(Origin, ByteRange)>,
) -> Option<ByteRange> {
    let first = match read.offset {
        Some(offset) => offset,
        None => before.filter(|(before, _)| before == origin)?.1.last + 1,
    };
    ByteRange::new(first, first.checked_add(read.length)?.checked_sub(1)?)
}

#[cfg(test)]
mod tests;
