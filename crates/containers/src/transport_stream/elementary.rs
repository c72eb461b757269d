//! Elementary streams: which codec a stream is, where its key frames are, and its facts by its first bytes.

use super::tables::{ElementaryStream, descriptors};
use crate::codecs::stream_headers::{self, SoundHeader};
use crate::{AudioInfo, Codec, Track, TrackKind, VideoInfo, language};

/// Returns kind and codec of a stream (ISO/IEC 13818-1 table 2-34, ATSC A/53 and Blu-ray); `None` for other data.
/// `is_blu_ray` is true for programs that are registered as `HDMV`.
pub(super) fn codec_of(stream: &ElementaryStream, is_blu_ray: bool) -> Option<(TrackKind, Codec)> {
    use TrackKind::{Audio, Subtitle, Video};
    Some(match stream.stream_type {
        0x01 | 0x02 => (Video, Codec::Mpeg2Video),
        0x10 => (Video, Codec::Mpeg4Visual),
        0x1b => (Video, Codec::H264),
        0x24 => (Video, Codec::Hevc),
        0xea => (Video, Codec::Unknown),
        // Frames contain the layer.
        0x03 | 0x04 => (Audio, Codec::Mp2),
        0x0f | 0x11 => (Audio, Codec::Aac),
        0x80 if is_blu_ray => (Audio, Codec::Pcm),
        0x81 => (Audio, Codec::Ac3),
        0x83 if is_blu_ray => (Audio, Codec::TrueHd),
        0x82 | 0x85 | 0x86 | 0x8a => (Audio, Codec::Dts),
        0x84 | 0x87 => (Audio, Codec::Eac3),
        0x90 if is_blu_ray => (Subtitle, Codec::Pgs),
        0x06 => private_codec(stream)?,
        _ => return None,
    })
}

/// Returns the codec of private data by its descriptors (ETSI EN 300 468 §6.1; registrations of the SMPTE RA).
fn private_codec(stream: &ElementaryStream) -> Option<(TrackKind, Codec)> {
    descriptors(&stream.descriptors).find_map(|(tag, content)| {
        let audio = |codec| Some((TrackKind::Audio, codec));
        match (tag, content) {
            (0x6a, _) => audio(Codec::Ac3),
            (0x7a, _) => audio(Codec::Eac3),
            (0x7b, _) => audio(Codec::Dts),
            (0x7c, _) => audio(Codec::Aac),
            (0x56 | 0x59, _) => Some((TrackKind::Subtitle, Codec::Unknown)),
            (0x05, [b'A', b'C', b'-', b'3', ..]) => audio(Codec::Ac3),
            (0x05, [b'E', b'A', b'C', b'3', ..]) => audio(Codec::Eac3),
            (0x05, [b'D', b'T', b'S', _, ..]) => audio(Codec::Dts),
            (0x05, [b'O', b'p', b'u', b's', ..]) => audio(Codec::Opus),
            (0x05, [b'H', b'E', b'V', b'C', ..]) => Some((TrackKind::Video, Codec::Hevc)),
            _ => None,
        }
    })
}

/// Returns true if a PES packet of this codec with these first bytes is a point where decoding can start; `None` if more
/// bytes are needed.
pub(super) fn is_key_frame(codec: Codec, bytes: &[u8]) -> Option<bool> {
    let of_unit: fn(&[u8]) -> Option<bool> = match codec {
        // Parameter sets, an instantaneous refresh, or an ordinary slice.
        Codec::H264 => |unit| match unit[0] & 0x1f {
            5 | 7 => Some(true),
            1 => Some(false),
            _ => None,
        },
        Codec::Hevc => |unit| match unit[0] >> 1 & 0x3f {
            16..=21 | 32..=34 => Some(true),
            0..=9 => Some(false),
            _ => None,
        },
        // A sequence, a group of pictures, or a picture with its coding type.
        Codec::Mpeg2Video => |unit| match unit {
            [0xb3 | 0xb8, ..] => Some(true),
            [0, _, kind, ..] => Some(kind >> 3 & 7 == 1),
            _ => None,
        },
        Codec::Mpeg4Visual => |unit| match unit {
            [0xb6, kind, ..] => Some(kind >> 6 == 0),
            _ => None,
        },
        _ => return Some(true),
    };
    stream_headers::units(bytes).find_map(of_unit)
}

/// Makes the track of a stream. `head` is the beginning of its first PES packet that starts with a key frame, without
/// header.
pub(super) fn track(
    stream: &ElementaryStream,
    kind: TrackKind,
    codec: Codec,
    head: &[u8],
) -> Track {
    let mut track = Track {
        id: u64::from(stream.pid),
        kind,
        codec,
        codec_string: None,
        language: None,
        title: None,
        default: false,
        forced: false,
        hearing_impaired: false,
        bit_rate: None,
        timescale: super::pes::TICKS_PER_S as u32,
        sample_entry: None,
        video: (kind == TrackKind::Video).then(VideoInfo::default),
        audio: (kind == TrackKind::Audio).then(AudioInfo::default),
    };
    for (tag, content) in descriptors(&stream.descriptors) {
        // ISO_639_language_descriptor, teletext_descriptor and subtitling_descriptor begin with a language.
        if let (0x0a | 0x56 | 0x59, [a, b, c, more @ ..]) = (tag, content) {
            let code = String::from_utf8_lossy(&[*a, *b, *c]).into_owned();
            track.language = track.language.or_else(|| language::tag(&code));
            track.hearing_impaired |= tag == 0x0a && more.first() == Some(&2);
        }
    }
    match kind {
        TrackKind::Video => {
            if let Some(header) = stream_headers::picture(codec, head) {
                track.codec_string = header.codec_string;
                track.video = Some(header.info);
            }
        }
        TrackKind::Audio => {
            if let Some(header) = stream_headers::sound(codec, head) {
                let SoundHeader {
                    codec,
                    codec_string,
                    info,
                } = header;
                (track.codec, track.codec_string) = (codec, codec_string);
                track.audio = Some(info);
            }
        }
        TrackKind::Subtitle => {}
    }
    track
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_decides_whether_a_picture_is_a_key_frame() {
        let unit = |bytes: &[u8]| [&[0, 0, 1][..], bytes].concat();
        let cases: [(Codec, Vec<u8>, Option<bool>); 9] = [
            (
                Codec::H264,
                [unit(&[9, 0xf0]), unit(&[0x67, 1])].concat(),
                Some(true),
            ),
            (
                Codec::H264,
                [unit(&[9, 0xf0]), unit(&[0x41, 1])].concat(),
                Some(false),
            ),
            (Codec::H264, unit(&[6, 5, 4]), None),
            (Codec::Hevc, unit(&[0x26, 1]), Some(true)),
            (Codec::Hevc, unit(&[0x02, 1]), Some(false)),
            (Codec::Mpeg2Video, unit(&[0xb3, 1]), Some(true)),
            (Codec::Mpeg2Video, unit(&[0, 0, 0x10]), Some(false)),
            (Codec::Mpeg4Visual, unit(&[0xb6, 0x10]), Some(true)),
            (Codec::Aac, vec![], Some(true)),
        ];
        for (codec, bytes, expected) in cases {
            assert_eq!(is_key_frame(codec, &bytes), expected, "{codec:?} {bytes:?}");
        }
    }

    #[test]
    fn private_streams_are_what_their_descriptors_say() {
        let stream = |stream_type, descriptors: &[u8]| ElementaryStream {
            stream_type,
            pid: 1,
            descriptors: descriptors.to_vec(),
        };
        let codec = |stream| codec_of(&stream, false).map(|(_, codec)| codec);
        assert_eq!(codec(stream(6, b"\x05\x04Opus")), Some(Codec::Opus));
        assert_eq!(
            codec(stream(6, b"\x0a\x04eng\0\x7a\x01\0")),
            Some(Codec::Eac3)
        );
        assert_eq!(codec(stream(6, b"")), None);
        assert_eq!(codec(stream(0x80, b"")), None);
        assert_eq!(
            codec_of(&stream(0x80, b""), true),
            Some((TrackKind::Audio, Codec::Pcm))
        );
        let named = track(
            &stream(0x0f, b"\x0a\x04ger\x02"),
            TrackKind::Audio,
            Codec::Aac,
            &[],
        );
        assert_eq!(named.language.as_deref(), Some("de"));
        assert!(named.hearing_impaired);
    }
}
