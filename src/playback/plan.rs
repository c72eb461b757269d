//! What we know of an upstream's media playlist: its segments, in order, and where each is.
//!
//! The upstream's text is brought into the form that m3u8-rs reads well (no byte order mark, no
//! titles, numbers in place of long addresses), read by it, and put together again with the
//! addresses, which are kept byte for byte. What a plan cannot carry faithfully (encryption,
//! initialisation sections, variables) makes the list refused, never mangled (RFC 8216 §4.3).

use std::sync::OnceLock;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::drives::{Origin, SegmentFacts, UpstreamPlaylist};
use crate::media::ByteRange;

/// One rendition of one entry, as segments.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The segments in order; segment n has the index n.
    pub segments: Vec<Segment>,
    /// Whether the list is complete; if not, it may grow.
    pub ended: bool,
    /// Whether each segment can be decoded without those before it (`EXT-X-INDEPENDENT-SEGMENTS`).
    pub independent: bool,
    /// The text that players get, once somebody asked for it.
    pub(super) written: OnceLock<Bytes>,
}

/// One piece of a rendition.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Seconds, as the upstream says.
    pub duration_s: f64,
    /// Where its bytes are right now.
    pub origin: Origin,
    /// The bytes of the origin that belong to it (`EXT-X-BYTERANGE`); `None` for all.
    pub range: Option<ByteRange>,
    /// Whether something changes between the segment before and this one.
    pub discontinuity: bool,
    /// Bytes, where known.
    pub length: Option<u64>,
    /// Names the content, the same however the address is signed.
    pub content: Option<String>,
}

/// Why an upstream's text cannot be made into a plan. The words are for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
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

impl Plan {
    /// Reads an upstream's text; `facts` tells what a segment's address gives away.
    pub fn read(
        playlist: &UpstreamPlaylist,
        facts: impl Fn(&Origin) -> SegmentFacts,
    ) -> Result<Self, PlanError> {
        let skeleton = Skeleton::of(&playlist.text)?;
        let list = m3u8_rs::parse_media_playlist_res(skeleton.text.as_bytes())
            .map_err(|error| PlanError::Malformed(error.to_string().chars().take(120).collect()))?;
        if list.segments.len() != skeleton.addresses.len() {
            return Err(PlanError::Malformed(
                "segments were lost in reading".to_owned(),
            ));
        }
        let mut segments: Vec<Segment> = Vec::with_capacity(list.segments.len());
        for (index, read) in list.segments.iter().enumerate() {
            let origin = playlist
                .base
                .resolve(skeleton.addresses[index])
                .ok_or(PlanError::Address(index))?;
            let range = match &read.byte_range {
                None => None,
                Some(range) => Some(
                    byte_range(range, &origin, segments.last()).ok_or(PlanError::Address(index))?,
                ),
            };
            let facts = facts(&origin);
            segments.push(Segment {
                duration_s: skeleton.durations[index],
                range,
                // Before the first segment there is nothing to differ from.
                discontinuity: read.discontinuity && index > 0,
                length: range.map(ByteRange::len).or(facts.length),
                content: facts.content.map(|content| match range {
                    Some(range) => format!("{content}@{}-{}", range.first, range.last),
                    None => content,
                }),
                origin,
            });
        }
        if segments.is_empty() {
            return Err(PlanError::Empty);
        }
        Ok(Plan {
            segments,
            ended: list.end_list,
            independent: list.independent_segments,
            written: OnceLock::new(),
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
        self.segments.iter().map(|segment| segment.length).sum()
    }

    /// Names the content of the whole rendition; changes when a segment changes or comes.
    pub fn etag(&self) -> String {
        let mut hash = Sha256::new();
        for segment in &self.segments {
            hash.update(segment.content.as_deref().unwrap_or("-"));
            hash.update(segment.duration_s.to_bits().to_be_bytes());
            hash.update(segment.length.unwrap_or(0).to_be_bytes());
        }
        hash.update([u8::from(self.ended)]);
        short_hash(&hash.finalize())
    }

    /// About how many bytes of memory the plan takes.
    pub fn weight(&self) -> usize {
        let of_segment = |segment: &Segment| {
            std::mem::size_of::<Segment>()
                + segment.origin.weight()
                + segment.content.as_ref().map_or(0, String::len)
        };
        // And about 24 bytes for each in the text that players get.
        self.segments
            .iter()
            .map(|segment| of_segment(segment) + 24)
            .sum()
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
    before: Option<&Segment>,
) -> Option<ByteRange> {
    let first = match read.offset {
        Some(offset) => offset,
        None => {
            before
                .filter(|before| before.origin == *origin)?
                .range?
                .last
                + 1
        }
    };
    ByteRange::new(first, first.checked_add(read.length)?.checked_sub(1)?)
}

/// An upstream's list without what the reader stumbles over.
struct Skeleton<'a> {
    text: String,
    addresses: Vec<&'a str>,
    durations: Vec<f64>,
}

impl<'a> Skeleton<'a> {
    fn of(text: &'a str) -> Result<Self, PlanError> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if !text.starts_with("#EXTM3U") {
            return Err(PlanError::NotAPlaylist);
        }
        let mut skeleton = Skeleton {
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
                    return Err(PlanError::Multivariant);
                }
                "#EXT-X-KEY" | "#EXT-X-SESSION-KEY" if value.trim() == "METHOD=NONE" => {}
                "#EXT-X-KEY" | "#EXT-X-SESSION-KEY" => {
                    return Err(PlanError::Unsupported("encryption"));
                }
                "#EXT-X-MAP" => return Err(PlanError::Unsupported("an initialisation section")),
                "#EXT-X-DEFINE" => return Err(PlanError::Unsupported("variables")),
                "#EXT-X-I-FRAMES-ONLY" => return Err(PlanError::Unsupported("key frames only")),
                "#EXT-X-GAP" => return Err(PlanError::Unsupported("gaps")),
                "#EXT-X-SKIP" => return Err(PlanError::Unsupported("delta updates")),
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

    fn address(&mut self, line: &'a str) -> Result<(), PlanError> {
        self.addresses.push(line);
        if self.durations.len() != self.addresses.len() {
            return Err(PlanError::Malformed("an address without EXTINF".to_owned()));
        }
        self.line("s");
        Ok(())
    }

    fn duration(&mut self, value: &str) -> Result<(), PlanError> {
        let number = value.split(',').next().unwrap_or("").trim();
        let seconds: f64 = number
            .parse()
            .map_err(|_| PlanError::Malformed("EXTINF without a number".to_owned()))?;
        if !seconds.is_finite() || !(0.0..86_400.0).contains(&seconds) {
            return Err(PlanError::Malformed(
                "EXTINF of an impossible length".to_owned(),
            ));
        }
        // Two in a row: the later one counts, as for any reader.
        self.durations.truncate(self.addresses.len());
        self.durations.push(seconds);
        self.line("#EXTINF:1,");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Plan, PlanError> {
        let base = Origin::new("https://v1.example.com/a/b/list?x=1", None);
        Plan::read(
            &UpstreamPlaylist {
                text: text.to_owned(),
                base,
            },
            |_| SegmentFacts::default(),
        )
    }

    /// Durations, discontinuities and whether the list has ended.
    fn shape(text: &str) -> Result<(Vec<f64>, Vec<usize>, bool), PlanError> {
        read(text).map(|plan| {
            let cuts = plan
                .segments
                .iter()
                .enumerate()
                .filter(|(_, s)| s.discontinuity)
                .map(|(n, _)| n)
                .collect();
            (
                plan.segments
                    .iter()
                    .map(|segment| segment.duration_s)
                    .collect(),
                cuts,
                plan.ended,
            )
        })
    }

    #[test]
    fn lists_as_they_are_met_in_the_wild() {
        type Expected = Result<(Vec<f64>, Vec<usize>, bool), PlanError>;
        let bad = |what: &str| Err(PlanError::Malformed(what.to_owned()));
        let cases: Vec<(&str, &str, Expected)> = vec![
            (
                "the plain form",
                "#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXT-X-DISCONTINUITY\n#EXTINF:10,\nhttps://v/a\n#EXTINF:2,\nhttps://v/b\n#EXT-X-ENDLIST\n",
                Ok((vec![10.0, 2.0], vec![], true)),
            ),
            (
                "growing",
                "#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXTINF:10,\nhttps://v/a\n",
                Ok((vec![10.0], vec![], false)),
            ),
            (
                "CRLF and no last line end",
                "#EXTM3U\r\n#EXT-X-TARGETDURATION:10\r\n#EXTINF:9.5,\r\na.ts\r\n#EXT-X-ENDLIST",
                Ok((vec![9.5], vec![], true)),
            ),
            (
                "byte order mark and blank lines",
                "\u{feff}\n\n#EXTM3U\n\n#EXT-X-TARGETDURATION:10\n\n#EXTINF:9,\n\na.ts\n",
                Ok((vec![9.0], vec![], false)),
            ),
            (
                "titles with commas",
                "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,One, two, three\na.ts\n#EXTINF:8, Four\nb.ts\n",
                Ok((vec![9.0, 8.0], vec![], false)),
            ),
            (
                "no comma after the length",
                "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9\na.ts\n",
                Ok((vec![9.0], vec![], false)),
            ),
            (
                "a fractional target",
                "#EXTM3U\n#EXT-X-TARGETDURATION:10.5\n#EXTINF:9.97667,\na.ts\n",
                Ok((vec![9.97667], vec![], false)),
            ),
            (
                "no target",
                "#EXTM3U\n#EXTINF:4,\na.ts\n",
                Ok((vec![4.0], vec![], false)),
            ),
            (
                "a cut in the middle",
                "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na\n#EXT-X-DISCONTINUITY\n#EXTINF:4,\nb\n",
                Ok((vec![4.0, 4.0], vec![1], false)),
            ),
            (
                "comments and unknown tags",
                "#EXTM3U\n#EXT-X-TARGETDURATION:4\n# a note\n#EXT-X-CUE-OUT:30\n#EXTINF:4,\na\n#EXT-X-PROGRAM-DATE-TIME:2026-11-21T00:00:00Z\n#EXTINF:4,\nb\n",
                Ok((vec![4.0, 4.0], vec![], false)),
            ),
            (
                "spaces around",
                "#EXTM3U\n#EXT-X-TARGETDURATION:4\n  #EXTINF: 4 , x\n  a  \n",
                Ok((vec![4.0], vec![], false)),
            ),
            (
                "no key",
                "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:4,\na\n",
                Ok((vec![4.0], vec![], false)),
            ),
            ("JSON", "{\"errno\":31341}", Err(PlanError::NotAPlaylist)),
            ("HTML", "<!DOCTYPE html>", Err(PlanError::NotAPlaylist)),
            ("empty", "", Err(PlanError::NotAPlaylist)),
            (
                "nothing in it",
                "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-ENDLIST\n",
                Err(PlanError::Empty),
            ),
            (
                "multivariant",
                "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n",
                Err(PlanError::Multivariant),
            ),
            (
                "encrypted",
                "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\na\n",
                Err(PlanError::Unsupported("encryption")),
            ),
            (
                "fragmented",
                "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"i\"\n#EXTINF:4,\na\n",
                Err(PlanError::Unsupported("an initialisation section")),
            ),
            (
                "variables",
                "#EXTM3U\n#EXT-X-DEFINE:NAME=\"x\",VALUE=\"y\"\n#EXTINF:4,\n{$x}\n",
                Err(PlanError::Unsupported("variables")),
            ),
            (
                "an address alone",
                "#EXTM3U\n#EXT-X-TARGETDURATION:4\na.ts\n#EXTINF:4,\nb.ts\n",
                bad("an address without EXTINF"),
            ),
            (
                "a length that is none",
                "#EXTM3U\n#EXTINF:soon,\na.ts\n",
                bad("EXTINF without a number"),
            ),
            (
                "a length below zero",
                "#EXTM3U\n#EXTINF:-1,\na.ts\n",
                bad("EXTINF of an impossible length"),
            ),
            (
                "a foreign scheme",
                "#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n",
                Err(PlanError::Address(0)),
            ),
        ];
        for (story, text, expected) in cases {
            assert_eq!(shape(text), expected, "{story}");
        }
    }

    #[test]
    fn byte_ranges_go_on_where_the_one_before_ended() {
        let plan = read("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n#EXT-X-BYTERANGE:100@50\na.ts\n#EXTINF:4,\n#EXT-X-BYTERANGE:30\na.ts\n").unwrap();
        assert_eq!(plan.segments[0].range, ByteRange::new(50, 149));
        assert_eq!(plan.segments[1].range, ByteRange::new(150, 179));
        assert_eq!(plan.length(), Some(130));
        let other = read("#EXTM3U\n#EXTINF:4,\n#EXT-X-BYTERANGE:30\na.ts\n");
        assert_eq!(other.unwrap_err(), PlanError::Address(0));
    }

    #[test]
    fn the_target_is_the_longest_segment_rounded() {
        let plan =
            read("#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXTINF:9.4,\na\n#EXTINF:10.5,\nb\n").unwrap();
        assert_eq!(plan.target_duration_s(), 11);
        assert_eq!(
            read("#EXTM3U\n#EXTINF:0.2,\na\n")
                .unwrap()
                .target_duration_s(),
            1
        );
    }
}
