//! Sound whose segments are no transport streams: "packed audio" (RFC 8216 §3.4) of MP3 or AAC frames, and fragmented MP4.
//! The first bytes of a segment identify its container; its name and type follow from them.
//!
//! A packed segment begins with the time of its first sample, in an ID3 tag. Where an upstream's segments lack it, it is
//! put before them here: players take a segment without one for the beginning of the film.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::Playback;
use super::segment_index::SegmentIndex;
use crate::bytes::{Engine, Object, Source};
use crate::governor::Priority;
use crate::library::single_flight;
use drives::{DriveError, Incoming};
use media::{ByteRange, Entry, Rendition};

/// The container of an upstream's segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentContainer {
    TransportStream,
    /// MP3 frames.
    Mp3,
    /// AAC frames with ADTS headers.
    Aac,
    FragmentedMp4,
}

/// The form of the segments of a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentForm {
    pub container: SegmentContainer,
    /// True if each segment begins with its time already.
    has_timestamps: bool,
}

/// Bytes of a segment from which its container is recognised: an ID3 tag may hold a picture.
const MAX_HEAD_BYTES: u64 = 64 << 10;

/// The owner of the tag that contains the time (RFC 8216 §3.4).
const TIMESTAMP_OWNER: &[u8] = b"com.apple.streaming.transportStreamTimestamp\0";

/// Distance of the packets of a transport stream.
const PACKET_BYTES: usize = 188;

impl SegmentContainer {
    /// Returns the container of a segment with these first bytes; a transport stream if they identify nothing else.
    pub fn of(head: &[u8]) -> Self {
        let frames = &head[id3_bytes(head).min(head.len())..];
        let is_packet = |number: usize| {
            let sync = head.get(number * PACKET_BYTES);
            sync.is_none_or(|byte| *byte == 0x47)
        };
        if head.first() == Some(&0x47) && (1..3).all(is_packet) {
            return SegmentContainer::TransportStream;
        }
        match frames {
            [_, _, _, _, b'f', b't', b'y', b'p', ..]
            | [_, _, _, _, b's', b't', b'y', b'p', ..]
            | [_, _, _, _, b'm', b'o', b'o', b'f', ..] => SegmentContainer::FragmentedMp4,
            // Layer 0 of the twelve sync bits is ADTS (ISO/IEC 13818-7), the others are MPEG audio.
            [0xFF, second, ..] if second & 0xF6 == 0xF0 => SegmentContainer::Aac,
            [0xFF, second, ..] if second & 0xE0 == 0xE0 && second & 0x06 != 0 => {
                SegmentContainer::Mp3
            }
            _ => SegmentContainer::TransportStream,
        }
    }

    /// Returns the extension of a segment's name.
    pub fn extension(self) -> &'static str {
        match self {
            SegmentContainer::TransportStream => "ts",
            SegmentContainer::Mp3 => "mp3",
            SegmentContainer::Aac => "aac",
            SegmentContainer::FragmentedMp4 => "m4s",
        }
    }

    /// Returns the media type of a segment.
    pub fn content_type(self) -> &'static str {
        match self {
            SegmentContainer::TransportStream => "video/mp2t",
            SegmentContainer::Mp3 => "audio/mpeg",
            SegmentContainer::Aac => "audio/aac",
            SegmentContainer::FragmentedMp4 => "audio/mp4",
        }
    }

    fn is_packed(self) -> bool {
        matches!(self, SegmentContainer::Mp3 | SegmentContainer::Aac)
    }
}

impl SegmentForm {
    /// The form of every picture.
    pub const TRANSPORT_STREAM: SegmentForm = SegmentForm {
        container: SegmentContainer::TransportStream,
        has_timestamps: true,
    };

    fn of(head: &[u8]) -> Self {
        let tag = &head[..id3_bytes(head).min(head.len())];
        let owner = TIMESTAMP_OWNER;
        SegmentForm {
            container: SegmentContainer::of(head),
            has_timestamps: tag.windows(owner.len()).any(|part| part == owner),
        }
    }
}

/// Returns the bytes of the ID3 tag at the beginning (ID3v2 §3.1); 0 without one.
fn id3_bytes(head: &[u8]) -> usize {
    match head {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            let size = [a, b, c, d]
                .iter()
                .fold(0, |size, byte| size << 7 | usize::from(**byte & 0x7F));
            size + 10
        }
        _ => 0,
    }
}

/// Returns an ID3 tag with a time in ticks of 90 kHz, of which 33 bits count.
fn timestamp_tag(ticks: u64) -> Bytes {
    let content = [TIMESTAMP_OWNER, &(ticks & ((1 << 33) - 1)).to_be_bytes()].concat();
    // Sizes are below 128, so their seven-bit form is the number itself.
    let size = content.len() as u8;
    let header = [b'I', b'D', b'3', 4, 0, 0, 0, 0, 0, size + 10];
    let frame = [b'P', b'R', b'I', b'V', 0, 0, 0, size, 0, 0];
    [&header[..], &frame, &content].concat().into()
}

impl Playback {
    /// Returns the form of a rendition's segments, by the first bytes of the first one. Pictures are transport streams.
    ///
    /// # Errors
    /// Those of reading the segment.
    pub async fn segment_form(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
    ) -> Result<SegmentForm, DriveError> {
        if rendition != Rendition::Audio {
            return Ok(SegmentForm::TRANSPORT_STREAM);
        }
        let index = self.segment_index(entry, rendition).await?;
        let key = index.etag().to_owned();
        let (playback, entry) = (self.clone(), entry.clone());
        single_flight(&self.forms, key, async move {
            if index.segments.is_empty() {
                return Ok(SegmentForm::TRANSPORT_STREAM);
            }
            let first = playback.segment_of(index, &entry, rendition, 0, Priority::Opening)?;
            let head = playback.beginning(&first, MAX_HEAD_BYTES).await?;
            Ok(SegmentForm::of(&head))
        })
        .await
    }

    /// Returns segment `number` as HLS requires it: packed audio begins with its time.
    ///
    /// # Errors
    ///
    /// `not_found` if there is no such segment.
    pub async fn hls_segment(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
        number: usize,
    ) -> Result<(Object, SegmentForm), DriveError> {
        let form = self.segment_form(entry, rendition).await?;
        let segment = self.segment(entry, rendition, number).await?;
        if !form.container.is_packed() || form.has_timestamps {
            return Ok((segment, form));
        }
        let index = self.segment_index(entry, rendition).await?;
        let tag = timestamp_tag(start_ticks(&index, number));
        Ok((with_prefix(tag, segment, self.engine.clone()), form))
    }
}

/// Returns the time of a segment's first sample, in ticks of 90 kHz.
fn start_ticks(index: &SegmentIndex, number: usize) -> u64 {
    let before = index.segments.iter().take(number);
    let seconds: f64 = before.map(|segment| segment.duration_s).sum();
    (seconds * 90_000.0).round() as u64
}

/// Returns an object that begins with `prefix`.
fn with_prefix(prefix: Bytes, inner: Object, engine: Engine) -> Object {
    Object {
        length: inner.length.map(|length| length + prefix.len() as u64),
        etag: format!("{}-timed", inner.etag),
        // The blocks of the segment are cached and shared instead.
        shared: false,
        source: Arc::new(PrefixedSource {
            prefix,
            inner,
            engine,
        }),
    }
}

struct PrefixedSource {
    prefix: Bytes,
    inner: Object,
    engine: Engine,
}

#[async_trait]
impl Source for PrefixedSource {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let before = self.prefix.len() as u64;
        let total = self.inner.length.map(|length| length + before);
        // Without a length there are no ranges.
        let from = if total.is_some() { from } else { 0 };
        let own = self.prefix.slice(from.min(before) as usize..);
        let own = match last {
            Some(last) if last < before => own.slice(..(last + 1 - from.min(last)) as usize),
            _ => own,
        };
        let range = total.and_then(|total| {
            let first = from.saturating_sub(before);
            let last = last
                .unwrap_or(total - 1)
                .min(total - 1)
                .checked_sub(before)?;
            (first <= last).then_some(ByteRange { first, last })
        });
        let rest = match (total, range) {
            (Some(_), None) => stream::empty().boxed(),
            _ => self.engine.read(&self.inner, range).await?.body.boxed(),
        };
        Ok(Incoming {
            offset: from,
            length: total,
            etag: None,
            chunks: stream::iter([Ok(own)]).chain(rest).boxed(),
        })
    }

    /// The segment is renewed by itself.
    async fn renew(&self) -> Result<(), DriveError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    #[test]
    fn the_first_bytes_tell_the_container() {
        let tag = timestamp_tag(90_000);
        let after_tag = |frames: &[u8]| [&tag[..], frames].concat();
        let mut packets = vec![0; 3 * PACKET_BYTES];
        for at in [0, PACKET_BYTES, 2 * PACKET_BYTES] {
            packets[at] = 0x47;
        }
        let cases = [
            (packets.clone(), SegmentContainer::TransportStream),
            (vec![0xFF, 0xFB, 0x90, 0x64], SegmentContainer::Mp3),
            (vec![0xFF, 0xF3, 0x90, 0x64], SegmentContainer::Mp3),
            (after_tag(&[0xFF, 0xFB, 0x90]), SegmentContainer::Mp3),
            (vec![0xFF, 0xF1, 0x50, 0x80], SegmentContainer::Aac),
            (after_tag(&[0xFF, 0xF9, 0x50]), SegmentContainer::Aac),
            (
                b"\0\0\0\x18ftypmp42".to_vec(),
                SegmentContainer::FragmentedMp4,
            ),
            (
                b"\0\0\0\x18stypmsdh".to_vec(),
                SegmentContainer::FragmentedMp4,
            ),
            (Vec::new(), SegmentContainer::TransportStream),
        ];
        for (head, expected) in cases {
            assert_eq!(SegmentContainer::of(&head), expected, "{head:?}");
        }
        assert!(SegmentForm::of(&after_tag(&[0xFF, 0xFB])).has_timestamps);
        assert!(!SegmentForm::of(b"ID3\x04\0\0\0\0\0\x02ab\xFF\xFB").has_timestamps);
    }

    #[test]
    fn a_tag_contains_the_time_as_the_rfc_has_it() {
        let tag = timestamp_tag((1 << 33) + 0x0102_0304);
        assert_eq!(id3_bytes(&tag), tag.len());
        assert_eq!(tag.len(), 73);
        assert_eq!(&tag[10..14], b"PRIV");
        assert!(tag.ends_with(&[0, 0, 0, 0, 1, 2, 3, 4]));
    }

    struct FixedBytes(Bytes);

    #[async_trait]
    impl Source for FixedBytes {
        async fn open(&self, from: u64, _last: Option<u64>) -> Result<Incoming, DriveError> {
            let rest = self.0.slice(from as usize..);
            Ok(Incoming {
                offset: from,
                length: Some(self.0.len() as u64),
                etag: None,
                chunks: stream::iter([Ok(rest)]).boxed(),
            })
        }

        async fn renew(&self) -> Result<(), DriveError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn any_range_of_a_segment_with_its_time_is_that_of_both_together() {
        let engine = Engine::new(1 << 20, None);
        let inner = Object {
            length: Some(5),
            etag: "inner".to_owned(),
            shared: true,
            source: Arc::new(FixedBytes(Bytes::from_static(b"abcde"))),
        };
        let object = with_prefix(Bytes::from_static(b"123"), inner, engine.clone());
        let whole = b"123abcde";
        assert_eq!(object.length, Some(8));
        for first in 0..8 {
            for last in first..8 {
                let range = Some(ByteRange { first, last });
                let body = engine.read(&object, range).await.unwrap().body;
                let found: Vec<Bytes> = body.try_collect().await.unwrap();
                let expected = &whole[first as usize..=last as usize];
                assert_eq!(found.concat(), expected, "{first}-{last}");
            }
        }
    }
}
