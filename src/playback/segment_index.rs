//! What we know of an upstream's media playlist: its segments, in order, and where each is.
//!
//! A plain list of segments is only cut into lines (`quick`). Any other is brought into the form that m3u8-rs reads
//! well (no byte order mark, no titles, numbers in place of long addresses), read by it, and put together again with
//! the addresses, which are kept byte for byte. What a plan cannot carry faithfully (encryption,
//! initialisation sections, variables) makes the list refused, never mangled (RFC 8216 §4.3).

mod fast_parser;

use std::sync::OnceLock;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use drives::{FactsReader, Origin, SegmentFacts, UpstreamPlaylist, UrlTable};
use media::ByteRange;

/// One rendition of one entry, as segments.
#[derive(Debug, Clone)]
pub struct SegmentIndex {
    /// The segments in order; segment n has the index n.
    pub segments: Vec<Segment>,
    /// Whether the list is complete; if not, it may grow.
    pub ended: bool,
    /// Whether each segment can be decoded without those before it (`EXT-X-INDEPENDENT-SEGMENTS`).
    pub independent: bool,
    /// Where each segment is right now.
    addresses: UrlTable,
    /// Tells what those give away: asked only when a segment is, as a player may want no more than the text.
    facts: FactsReader,
    /// Bytes of each segment, once somebody asked.
    lengths: OnceLock<Vec<Option<u64>>>,
    /// The name of the whole, once somebody asked.
    etag: OnceLock<String>,
    /// The text that players get, once somebody asked for it.
    pub(super) written: OnceLock<Bytes>,
}

/// One piece of a rendition.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    /// Seconds, as the upstream says.
    pub duration_s: f64,
    /// The bytes of the origin that belong to it (`EXT-X-BYTERANGE`); `None` for all.
    pub range: Option<ByteRange>,
    /// Whether something changes between the segment before and this one.
    pub discontinuity: bool,
}

/// Why an upstream's text cannot be made into a plan. The words are for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistError {
    /// It does not begin with `#EXTM3U`.
    #[error("not a playlist")]
    NotAPlaylist,
    /// A list of lists where a list of segments was expected.
    #[error("a multivariant playlist")]
    Multivariant,
    /// It uses something that cannot be passed on faithfully.
    #[error("the list uses {0}, which cannot be passed on")]
    Unsupported(&'static str),
    /// The reader could not make sense of it.
    #[error("malformed: {0}")]
    Malformed(String),
    /// A segment's address is of another scheme or makes no sense.
    #[error("segment {0} has an address that cannot be used")]
    Address(usize),
    /// No segment at all.
    #[error("the list is empty")]
    Empty,
}

impl SegmentIndex {
    /// Reads an upstream's text; `facts` tells what a segment's address gives away.
    pub fn parse(playlist: &UpstreamPlaylist, facts: FactsReader) -> Result<Self, PlaylistError> {
        let list = match fast_parser::read(playlist.text()) {
            Some(list) => list,
            None => parse_strict(playlist.text())?,
        };
        let mut segments: Vec<Segment> = Vec::with_capacity(list.segments.len());
        let mut addresses = playlist.addresses(list.segments.len());
        let mut before: Option<(Origin, ByteRange)> = None;
        for (index, read) in list.segments.iter().enumerate() {
            let origin = playlist
                .address(read.address)
                .ok_or(PlaylistError::Address(index))?;
            let range = match &read.byte_range {
                None => None,
                Some(range) => Some(
                    byte_range(range, &origin, before.as_ref())
                        .ok_or(PlaylistError::Address(index))?,
                ),
            };
            addresses.push(&origin);
            segments.push(Segment {
                duration_s: read.duration_s,
                range,
                // Before the first segment there is nothing to differ from.
                discontinuity: read.discontinuity && index > 0,
            });
            before = range.map(|range| (origin, range));
        }
        if segments.is_empty() {
            return Err(PlaylistError::Empty);
        }
        addresses.settle();
        Ok(SegmentIndex {
            segments,
            ended: list.ended,
            independent: list.independent,
            addresses,
            facts,
            lengths: OnceLock::new(),
            etag: OnceLock::new(),
            written: OnceLock::new(),
        })
    }

    /// Where the bytes of segment `number` are right now.
    pub fn origin(&self, number: usize) -> Option<Origin> {
        self.addresses.get(number)
    }

    /// What the address of segment `number` tells, as far as the segment is the whole of what is there or a known part.
    pub fn facts(&self, number: usize) -> Option<SegmentFacts> {
        let range = self.segments.get(number)?.range;
        let facts = self.facts.read(&self.addresses.get(number)?);
        Some(SegmentFacts {
            length: range.map(ByteRange::len).or(facts.length),
            content: facts.content.map(|content| match range {
                Some(range) => format!("{content}@{}-{}", range.first, range.last),
                None => content,
            }),
        })
    }

    /// Bytes of each segment, where known.
    pub fn lengths(&self) -> &[Option<u64>] {
        self.lengths.get_or_init(|| {
            let numbers = 0..self.segments.len();
            numbers.map(|number| self.facts(number)?.length).collect()
        })
    }

    /// Seconds of all segments together.
    pub fn duration_s(&self) -> f64 {
        self.segments.iter().map(|segment| segment.duration_s).sum()
    }

    /// The longest segment in whole seconds, rounded as RFC 8216 §4.3.3.1 counts; at least 1.
    pub fn target_duration_s(&self) -> u64 {
        self.segments
            .iter()
            .map(|segment| segment.duration_s.round() as u64)
            .max()
            .unwrap_or(0)
            .max(1)
    }

    /// Bytes of all segments together, if each is known.
    pub fn length(&self) -> Option<u64> {
        self.lengths().iter().copied().sum()
    }

    /// Names the content of the whole rendition; changes when a segment changes or comes.
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

    /// About how many bytes of memory the plan takes.
    pub fn weight(&self) -> usize {
        // With about 28 bytes for each in the text that players get, and its length.
        let of_segment = size_of::<Segment>() + 28 + size_of::<Option<u64>>();
        self.segments.len() * of_segment + self.addresses.weight()
    }
}

/// The first 96 bits of a digest, in hexadecimal: enough to tell contents apart.
pub(super) fn short_hash(digest: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&digest[..12])
}

/// A byte range without an offset goes on where the one before it, of the same resource, ended.
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

/// A list as it was read.
#[derive(Debug, PartialEq)]
struct ParsedPlaylist<'a> {
    segments: Vec<ParsedSegment<'a>>,
    ended: bool,
    independent: bool,
}

#[derive(Debug, PartialEq)]
struct ParsedSegment<'a> {
    address: &'a str,
    duration_s: f64,
    discontinuity: bool,
    byte_range: Option<m3u8_rs::ByteRange>,
}

/// Reads any list, or says why not.
fn parse_strict(text: &str) -> Result<ParsedPlaylist<'_>, PlaylistError> {
    let skeleton = NormalizedPlaylist::of(text)?;
    let list = m3u8_rs::parse_media_playlist_res(skeleton.text.as_bytes())
        .map_err(|error| PlaylistError::Malformed(error.to_string().chars().take(120).collect()))?;
    if list.segments.len() != skeleton.addresses.len() {
        return Err(PlaylistError::Malformed(
            "segments were lost in reading".to_owned(),
        ));
    }
    let known = skeleton.addresses.iter().zip(&skeleton.durations);
    let segments = list.segments.into_iter().zip(known);
    Ok(ParsedPlaylist {
        segments: segments
            .map(|(read, (address, duration_s))| ParsedSegment {
                address,
                duration_s: *duration_s,
                discontinuity: read.discontinuity,
                byte_range: read.byte_range,
            })
            .collect(),
        ended: list.end_list,
        independent: list.independent_segments,
    })
}

/// An upstream's list without what the reader stumbles over.
struct NormalizedPlaylist<'a> {
    text: String,
    addresses: Vec<&'a str>,
    durations: Vec<f64>,
}

impl<'a> NormalizedPlaylist<'a> {
    fn of(text: &'a str) -> Result<Self, PlaylistError> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if !text.starts_with("#EXTM3U") {
            return Err(PlaylistError::NotAPlaylist);
        }
        let mut skeleton = NormalizedPlaylist {
            text: String::with_capacity(4096),
            addresses: Vec::new(),
            durations: Vec::new(),
        };
        let mut has_target = false;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (tag, value) = line.split_once(':').unwrap_or((line, ""));
            match tag {
                _ if !line.starts_with('#') => skeleton.address(line)?,
                "#EXTINF" => skeleton.duration(value)?,
                "#EXT-X-TARGETDURATION" => {
                    has_target = true;
                    skeleton.line("#EXT-X-TARGETDURATION:1");
                }
                "#EXT-X-STREAM-INF" | "#EXT-X-MEDIA" | "#EXT-X-I-FRAME-STREAM-INF" => {
                    return Err(PlaylistError::Multivariant);
                }
                "#EXT-X-KEY" | "#EXT-X-SESSION-KEY" if value.trim() == "METHOD=NONE" => {}
                "#EXT-X-KEY" | "#EXT-X-SESSION-KEY" => {
                    return Err(PlaylistError::Unsupported("encryption"));
                }
                "#EXT-X-MAP" => {
                    return Err(PlaylistError::Unsupported("an initialisation section"));
                }
                "#EXT-X-DEFINE" => return Err(PlaylistError::Unsupported("variables")),
                "#EXT-X-I-FRAMES-ONLY" => {
                    return Err(PlaylistError::Unsupported("key frames only"));
                }
                "#EXT-X-GAP" => return Err(PlaylistError::Unsupported("gaps")),
                "#EXT-X-SKIP" => return Err(PlaylistError::Unsupported("delta updates")),
                "#EXTM3U"
                | "#EXT-X-BYTERANGE"
                | "#EXT-X-DISCONTINUITY"
                | "#EXT-X-ENDLIST"
                | "#EXT-X-INDEPENDENT-SEGMENTS" => {
                    skeleton.line(line);
                }
                // Titles, comments, dates and hints: nothing that changes what is played.
                _ => {}
            }
        }
        if !has_target {
            skeleton.text =
                skeleton
                    .text
                    .replacen("#EXTM3U\n", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n", 1);
        }
        Ok(skeleton)
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn address(&mut self, line: &'a str) -> Result<(), PlaylistError> {
        self.addresses.push(line);
        if self.durations.len() != self.addresses.len() {
            return Err(PlaylistError::Malformed(
                "an address without EXTINF".to_owned(),
            ));
        }
        self.line("s");
        Ok(())
    }

    fn duration(&mut self, value: &str) -> Result<(), PlaylistError> {
        let seconds = fast_parser::seconds(value).ok_or_else(|| {
            PlaylistError::Malformed("EXTINF without a length that makes sense".to_owned())
        })?;
        // Two in a row: the later one counts, as for any reader.
        self.durations.truncate(self.addresses.len());
        self.durations.push(seconds);
        self.line("#EXTINF:1,");
        Ok(())
    }
}

#[cfg(test)]
mod tests;
