//! AAC that an encoder made of a sound, as fragmented MP4.
//!
//! The encoder's output is a stream of ADTS frames (ISO/IEC 14496-3 §1.A.2); a segment is any row of them with the time
//! of the first.

use bytes::{Bytes, BytesMut};

use crate::codecs::{Sound, describe_sound};
use crate::{
    AudioInfo, Codec, ContainerError, ReplyPiece, Sample, Track, TrackKind, TrackRun, write,
};

/// Samples of each channel in a frame of AAC-LC.
pub const AAC_FRAME_SAMPLES: u32 = 1024;

/// The sample rate of encoded sounds, in Hz.
pub const ENCODED_SAMPLE_RATE: u32 = 48_000;

/// AAC-LC, 48 kHz, stereo (AudioSpecificConfig, ISO/IEC 14496-3 §1.6.2.1).
const CONFIGURATION: [u8; 2] = [0x11, 0x90];

/// The channels of an encoded sound.
const CHANNELS: u32 = 2;

/// Makes the init section of an encoded sound: AAC-LC, stereo, at [`ENCODED_SAMPLE_RATE`].
///
/// # Errors
/// None in practice; `Unsupported` if the sample entry could not be made.
pub fn encoded_sound_init(language: Option<&str>) -> Result<Bytes, ContainerError> {
    let sound = Sound {
        channels: CHANNELS,
        sample_rate: ENCODED_SAMPLE_RATE,
        bit_depth: 16,
    };
    let track = Track {
        id: 1,
        kind: TrackKind::Audio,
        codec: Codec::Aac,
        codec_string: None,
        language: language.map(str::to_owned),
        title: None,
        default: true,
        forced: false,
        hearing_impaired: false,
        bit_rate: None,
        timescale: ENCODED_SAMPLE_RATE,
        sample_entry: describe_sound(Codec::Aac, &CONFIGURATION, None, &sound).entry,
        video: None,
        audio: Some(AudioInfo {
            channels: CHANNELS,
            sample_rate: ENCODED_SAMPLE_RATE,
        }),
    };
    write::init(&[track], &[0], None)
}

/// Makes segment `n` of an encoded sound from frames without headers. `first_frame` is the number of the first of them
/// on the stream's clock, in frames of [`AAC_FRAME_SAMPLES`].
///
/// # Errors
/// `Unsupported` for more than 4 GB.
pub fn encoded_sound_segment(
    n: usize,
    first_frame: u64,
    frames: &[Bytes],
) -> Result<Bytes, ContainerError> {
    let mut offset = 0;
    let mut samples = Vec::with_capacity(frames.len());
    for (index, frame) in frames.iter().enumerate() {
        samples.push(Sample {
            offset,
            size: frame.len() as u32,
            decode_time: (first_frame + index as u64) * u64::from(AAC_FRAME_SAMPLES),
            duration: AAC_FRAME_SAMPLES,
            composition_offset: 0,
            sync: true,
        });
        offset += frame.len() as u64;
    }
    let mut segment = BytesMut::from(&write::segment_type()[..]);
    for piece in write::fragment(n as u32 + 1, &[TrackRun::new(0, samples)])? {
        if let ReplyPiece::Bytes(header) = piece {
            segment.extend_from_slice(&header);
        }
    }
    for frame in frames {
        segment.extend_from_slice(frame);
    }
    Ok(segment.freeze())
}

/// Takes all whole frames from the beginning of an ADTS stream, without their headers; the rest stays.
///
/// # Errors
/// `Malformed` for other data.
pub fn adts_frames_in(stream: &mut BytesMut) -> Result<Vec<Bytes>, ContainerError> {
    let mut frames = Vec::new();
    while let Some(header) = stream.first_chunk::<7>() {
        if header[0] != 0xff || header[1] & 0xf6 != 0xf0 {
            return Err(ContainerError::Malformed("ADTS"));
        }
        let length = usize::from(header[3] & 3) << 11
            | usize::from(header[4]) << 3
            | usize::from(header[5] >> 5);
        // Two more bytes where a checksum is there.
        let header_bytes = if header[1] & 1 == 0 { 9 } else { 7 };
        if length <= header_bytes {
            return Err(ContainerError::Malformed("ADTS"));
        }
        if length > stream.len() {
            break;
        }
        let frame = stream.split_to(length).freeze();
        frames.push(frame.slice(header_bytes..));
    }
    Ok(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an ADTS frame of `payload`, with a checksum or without.
    fn adts(payload: &[u8], has_checksum: bool) -> Vec<u8> {
        let header_bytes = if has_checksum { 9 } else { 7 };
        let length = payload.len() + header_bytes;
        let mut frame = vec![
            0xff,
            if has_checksum { 0xf0 } else { 0xf1 },
            0x4c,
            0x80 | (length >> 11) as u8,
            (length >> 3) as u8,
            ((length & 7) << 5) as u8,
            0,
        ];
        frame.resize(header_bytes, 0);
        frame.extend_from_slice(payload);
        frame
    }

    #[test]
    fn frames_of_adts_lose_their_headers_and_a_rest_stays() {
        let stream = [adts(b"first", false), adts(b"second", true)].concat();
        let mut cut = BytesMut::from(&stream[..stream.len() - 1]);
        assert_eq!(adts_frames_in(&mut cut).unwrap(), [&b"first"[..]]);
        cut.extend_from_slice(&stream[stream.len() - 1..]);
        assert_eq!(adts_frames_in(&mut cut).unwrap(), [&b"second"[..]]);
        assert!(cut.is_empty());
        for other in [b"no ADTS at all".to_vec(), adts(b"", false)] {
            let malformed = adts_frames_in(&mut BytesMut::from(&other[..]));
            assert_eq!(malformed, Err(ContainerError::Malformed("ADTS")));
        }
    }

    #[test]
    fn a_segment_has_the_time_of_its_first_frame() {
        let frames = [Bytes::from_static(b"one"), Bytes::from_static(b"three")];
        let segment = encoded_sound_segment(4, 300, &frames).unwrap();
        assert!(segment.ends_with(b"mdatonethree"));
        let tfdt = segment.windows(4).position(|it| it == b"tfdt").unwrap() + 8;
        assert_eq!(segment[tfdt..tfdt + 8], (300_u64 * 1024).to_be_bytes());
        let init = encoded_sound_init(Some("de")).unwrap();
        assert!(init.windows(4).any(|it| it == b"mp4a"));
    }
}
