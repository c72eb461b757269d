//! Facts that elementary streams carry in front of their frames, where a container has no description of them: parameter
//! sets of pictures, and headers of sound frames.

use super::bits::{Bits, unescape};
use super::parameter_sets::{avc_size, skip_to_coding_blocks};
use super::{hevc_transfer, names, sound_headers};
use crate::{AudioInfo, Codec, Hdr, VideoInfo};

/// Facts of a picture.
pub(crate) struct PictureHeader {
    pub codec_string: Option<String>,
    pub info: VideoInfo,
}

/// Facts of a sound.
pub(crate) struct SoundHeader {
    pub codec: Codec,
    pub codec_string: Option<String>,
    pub info: AudioInfo,
}

/// Returns the units that follow start codes (`00 00 01`), each to the end of the bytes; none is empty.
pub(crate) fn units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at + 3 < bytes.len() {
            at += 1;
            if bytes[at - 1..at + 2] == [0, 0, 1] {
                at += 2;
                return Some(&bytes[at..]);
            }
        }
        None
    })
}

/// Returns the facts at the beginning of a picture; `None` if they are not there.
pub(crate) fn picture(codec: Codec, bytes: &[u8]) -> Option<PictureHeader> {
    match codec {
        Codec::H264 => units(bytes).find(|unit| unit[0] & 0x1f == 7).and_then(avc),
        Codec::Hevc => units(bytes)
            .find(|unit| unit[0] >> 1 & 0x3f == 33)
            .and_then(hevc),
        Codec::Mpeg2Video => {
            let sequence = units(bytes).find(|unit| unit[0] == 0xb3)?;
            let mut bits = Bits::new(sequence.get(1..)?);
            let (width, height) = (bits.read(12)?, bits.read(12)?);
            Some(PictureHeader {
                codec_string: None,
                info: size(width, height),
            })
        }
        _ => None,
    }
}

fn size(width: u32, height: u32) -> VideoInfo {
    VideoInfo {
        width,
        height,
        ..VideoInfo::default()
    }
}

/// Parses a sequence parameter set of H.264, which may have other units behind it.
fn avc(unit: &[u8]) -> Option<PictureHeader> {
    let &[_, profile, constraints, level, ..] = unit else {
        return None;
    };
    let (width, height) = avc_size(&unescape(unit)).unwrap_or_default();
    Some(PictureHeader {
        codec_string: Some(format!("avc1.{profile:02x}{constraints:02x}{level:02x}")),
        info: size(width, height),
    })
}

/// Parses a sequence parameter set of HEVC, which may have other units behind it.
fn hevc(unit: &[u8]) -> Option<PictureHeader> {
    let plain = unescape(unit);
    let facts = skip_to_coding_blocks(&mut Bits::new(plain.get(2..)?))?;
    // An `hvcC` configuration (ISO/IEC 14496-15 §8.3.3.1) of this set alone, by which other code finds the rest.
    let mut configuration = vec![1];
    configuration.extend_from_slice(plain.get(3..15)?);
    configuration.resize(22, 0);
    let end = units(unit)
        .next()
        .map_or(unit.len(), |next| unit.len() - next.len() - 3);
    let set = unit.get(..end.min(usize::from(u16::MAX)))?;
    configuration.extend([1, 33, 0, 1]);
    configuration.extend((set.len() as u16).to_be_bytes());
    configuration.extend_from_slice(set);
    let hdr = match hevc_transfer(&configuration) {
        Some(16) => Some(Hdr::Hdr10),
        Some(18) => Some(Hdr::Hlg),
        _ => None,
    };
    Some(PictureHeader {
        codec_string: names::hevc("hvc1", &configuration),
        info: VideoInfo {
            hdr,
            ..size(facts.width, facts.height)
        },
    })
}

/// Returns the facts at the beginning of a sound, without numbers if they are not there; `None` for codecs without a name.
pub(crate) fn sound(codec: Codec, bytes: &[u8]) -> Option<SoundHeader> {
    let name = match codec {
        Codec::Aac => return Some(adts(bytes)),
        Codec::Mp2 | Codec::Mp3 => return mpeg_audio(bytes),
        Codec::Ac3 => "ac-3",
        Codec::Eac3 => "ec-3",
        Codec::Dts => "dtsc",
        Codec::TrueHd => "mlpa",
        _ => return None,
    };
    let (channels, sample_rate) = match codec {
        Codec::Dts => {
            sound_headers::dts_core(bytes).map(|core| (core.channels(), core.sample_rate))
        }
        _ => sound_headers::ac3_facts(bytes),
    }
    .unwrap_or_default();
    Some(found(codec, name, channels, sample_rate))
}

fn found(codec: Codec, name: &str, channels: u32, sample_rate: u32) -> SoundHeader {
    SoundHeader {
        codec,
        codec_string: Some(name.to_owned()),
        info: AudioInfo {
            channels,
            sample_rate,
        },
    }
}

/// Parses a header of ADTS (ISO/IEC 14496-3 §1.A.2.2); other framings of AAC are assumed to be AAC-LC.
fn adts(bytes: &[u8]) -> SoundHeader {
    const RATES: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8_000, 7_350,
    ];
    let header = bytes.first_chunk::<7>();
    let Some(header) = header.filter(|it| it[0] == 0xff && it[1] & 0xf6 == 0xf0) else {
        return found(Codec::Aac, "mp4a.40.2", 0, 0);
    };
    let kind = (header[2] >> 6) + 1;
    let rate = RATES.get(usize::from(header[2] >> 2 & 0x0f)).copied();
    let configuration = u32::from(header[2] & 1) << 2 | u32::from(header[3] >> 6);
    let channels = if configuration == 7 { 8 } else { configuration };
    let name = format!("mp4a.40.{kind}");
    found(Codec::Aac, &name, channels, rate.unwrap_or(0))
}

/// Parses a header of MPEG audio (ISO/IEC 11172-3 §2.4.1.3), which contains the layer.
fn mpeg_audio(bytes: &[u8]) -> Option<SoundHeader> {
    let header = bytes.first_chunk::<4>()?;
    if header[0] != 0xff || header[1] & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = (header[1] >> 3 & 3, header[1] >> 1 & 3);
    let rate = [44_100, 48_000, 32_000].get(usize::from(header[2] >> 2 & 3))?;
    let rate = match version {
        3 => *rate,
        2 => rate / 2,
        _ => rate / 4,
    };
    let channels = if header[3] >> 6 == 3 { 1 } else { 2 };
    match layer {
        1 => Some(found(Codec::Mp3, "mp4a.40.34", channels, rate)),
        _ => Some(found(Codec::Mp2, "mp4a.40.33", channels, rate)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_are_described_by_the_header_of_a_frame() {
        let facts = |codec, bytes: &[u8]| {
            let header = sound(codec, bytes).unwrap();
            (
                header.codec_string.unwrap(),
                header.info.channels,
                header.info.sample_rate,
            )
        };
        let aac = facts(Codec::Aac, &[0xff, 0xf1, 0x4c, 0x80, 0, 0, 0]);
        assert_eq!(aac, ("mp4a.40.2".to_owned(), 2, 48_000));
        let mp3 = facts(Codec::Mp2, &[0xff, 0xfb, 0x90, 0x44]);
        assert_eq!(mp3, ("mp4a.40.34".to_owned(), 2, 44_100));
        let mp2 = facts(Codec::Mp2, &[0xff, 0xfd, 0xa4, 0xc4]);
        assert_eq!(mp2, ("mp4a.40.33".to_owned(), 1, 48_000));
        assert!(sound(Codec::Mp2, b"none").is_none());
        assert!(picture(Codec::H264, &[0, 0, 1, 9, 0xf0]).is_none());
        let mpeg2 = picture(Codec::Mpeg2Video, &[0, 0, 1, 0xb3, 0x14, 0, 0xb4, 0x13]).unwrap();
        assert_eq!((mpeg2.info.width, mpeg2.info.height), (320, 180));
    }

    #[test]
    fn units_follow_start_codes() {
        let bytes = [0, 0, 0, 1, 9, 0, 0, 1, 0x67, 5];
        let first: Vec<u8> = units(&bytes).map(|unit| unit[0]).collect();
        assert_eq!(first, [9, 0x67]);
        assert_eq!(units(&[0, 0, 1]).count(), 0);
    }
}
