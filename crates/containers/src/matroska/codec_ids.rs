//! Codec IDs of Matroska (RFC 9559 §27.17, "Matroska Codec Registry").

use bytes::Bytes;

use crate::Codec;

/// Returns the codec of a CodecID.
pub(crate) fn codec(id: &str, private: &[u8]) -> Codec {
    match id {
        "V_MPEG4/ISO/AVC" => Codec::H264,
        "V_MPEGH/ISO/HEVC" => Codec::Hevc,
        "V_AV1" => Codec::Av1,
        "V_VP8" => Codec::Vp8,
        "V_VP9" => Codec::Vp9,
        "V_MPEG4/ISO/SP" | "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/AP" => Codec::Mpeg4Visual,
        "V_MPEG2" | "V_MPEG1" => Codec::Mpeg2Video,
        "A_MPEG/L3" => Codec::Mp3,
        "A_MPEG/L2" => Codec::Mp2,
        "A_AC3" | "A_AC3/BSID9" | "A_AC3/BSID10" => Codec::Ac3,
        "A_EAC3" => Codec::Eac3,
        "A_TRUEHD" => Codec::TrueHd,
        "A_OPUS" => Codec::Opus,
        "A_VORBIS" => Codec::Vorbis,
        "A_FLAC" => Codec::Flac,
        "A_ALAC" => Codec::Alac,
        "A_PCM/INT/LIT" | "A_PCM/INT/BIG" | "A_PCM/FLOAT/IEEE" => Codec::Pcm,
        "S_TEXT/UTF8" | "S_TEXT/ASCII" => Codec::SubRip,
        "S_TEXT/ASS" | "S_TEXT/SSA" | "S_ASS" | "S_SSA" => Codec::Ass,
        "S_TEXT/WEBVTT" | "D_WEBVTT/SUBTITLES" => Codec::WebVtt,
        "S_HDMV/PGS" => Codec::Pgs,
        "S_VOBSUB" => Codec::VobSub,
        "A_MS/ACM" => acm(private),
        _ if id.starts_with("A_AAC") => Codec::Aac,
        _ if id.starts_with("A_DTS") => Codec::Dts,
        _ => Codec::Unknown,
    }
}

/// Returns the codec of a WAVEFORMATEX.
fn acm(format: &[u8]) -> Codec {
    match format
        .first_chunk::<2>()
        .map(|tag| u16::from_le_bytes(*tag))
    {
        Some(1 | 3) => Codec::Pcm,
        Some(0x55) => Codec::Mp3,
        Some(0x50) => Codec::Mp2,
        Some(0x2000) => Codec::Ac3,
        _ => Codec::Unknown,
    }
}

/// Returns the codec's configuration: the CodecPrivate. Old AAC tracks have none; for these, it is derived from
/// the ID (`A_AAC/MPEG4/LC/SBR`).
pub(crate) fn private(id: &str, private: &Bytes, sample_rate: u32, channels: u32) -> Bytes {
    const RATES: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8_000, 7_350,
    ];
    if !private.is_empty() || !id.starts_with("A_AAC") {
        return private.clone();
    }
    let object_type: u16 = match id.split('/').nth(2) {
        Some("MAIN") => 1,
        Some("SSR") => 3,
        Some("LTP") => 4,
        _ => 2,
    };
    let Some(rate) = RATES.iter().position(|&rate| rate == sample_rate) else {
        return Bytes::new();
    };
    let channels = match channels {
        8 => 7,
        other => other.min(6) as u16,
    };
    Bytes::copy_from_slice(&(object_type << 11 | (rate as u16) << 7 | channels << 3).to_be_bytes())
}
