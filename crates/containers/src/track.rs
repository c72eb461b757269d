//! Facts of a film's tracks, the same for every container.

/// The kind of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    Video,
    Audio,
    Subtitle,
}

/// A codec that this crate recognises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    H264,
    Hevc,
    Av1,
    Vp8,
    Vp9,
    Mpeg4Visual,
    Mpeg2Video,
    Aac,
    Mp3,
    Mp2,
    Ac3,
    Eac3,
    Dts,
    TrueHd,
    Opus,
    Vorbis,
    Flac,
    Alac,
    Pcm,
    /// SubRip text.
    SubRip,
    /// Advanced SubStation Alpha and SubStation Alpha.
    Ass,
    WebVtt,
    /// 3GPP timed text (`tx3g`).
    Tx3g,
    /// PGS: subtitles as pictures.
    Pgs,
    /// VobSub (DVD): subtitles as pictures.
    VobSub,
    Unknown,
}

impl Codec {
    /// Returns the plain lower-case name, which the API uses (`h264`, `eac3`, `subrip`).
    pub fn name(self) -> &'static str {
        match self {
            Codec::H264 => "h264",
            Codec::Hevc => "hevc",
            Codec::Av1 => "av1",
            Codec::Vp8 => "vp8",
            Codec::Vp9 => "vp9",
            Codec::Mpeg4Visual => "mpeg4",
            Codec::Mpeg2Video => "mpeg2video",
            Codec::Aac => "aac",
            Codec::Mp3 => "mp3",
            Codec::Mp2 => "mp2",
            Codec::Ac3 => "ac3",
            Codec::Eac3 => "eac3",
            Codec::Dts => "dts",
            Codec::TrueHd => "truehd",
            Codec::Opus => "opus",
            Codec::Vorbis => "vorbis",
            Codec::Flac => "flac",
            Codec::Alac => "alac",
            Codec::Pcm => "pcm",
            Codec::SubRip => "subrip",
            Codec::Ass => "ass",
            Codec::WebVtt => "webvtt",
            Codec::Tx3g => "mov_text",
            Codec::Pgs => "hdmv_pgs_subtitle",
            Codec::VobSub => "dvd_subtitle",
            Codec::Unknown => "unknown",
        }
    }
}

/// High dynamic range of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hdr {
    Hdr10,
    Hlg,
    DolbyVision,
}

/// Facts of a picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VideoInfo {
    /// Width in displayed pixels, before rotation.
    pub width: u32,
    pub height: u32,
    /// Frames per second, if the track has a constant rate or a default duration.
    pub frame_rate: Option<f64>,
    /// `None` for standard dynamic range.
    pub hdr: Option<Hdr>,
    /// Rotation in degrees clockwise: 0, 90, 180 or 270.
    pub rotation: u16,
}

/// Facts of a sound.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AudioInfo {
    pub channels: u32,
    pub sample_rate: u32,
}

/// One track of a file, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Track number in the container.
    pub id: u64,
    pub kind: TrackKind,
    pub codec: Codec,
    /// RFC 6381 name (`avc1.64001f`); `None` if it cannot be determined.
    pub codec_string: Option<String>,
    /// BCP 47 tag; `None` if the file states none or says "undetermined".
    pub language: Option<String>,
    pub title: Option<String>,
    pub default: bool,
    pub forced: bool,
    /// Text for people who are hard of hearing.
    pub hearing_impaired: bool,
    /// Bits per second, if the file states it or it follows from sizes and length.
    pub bit_rate: Option<u64>,
    /// Ticks per second of this track's times in the repackaged stream.
    pub timescale: u32,
    /// The sample description (one box of `stsd`, header included) for an init segment; `None` if the codec
    /// cannot be carried in fragmented MP4.
    pub sample_entry: Option<Vec<u8>>,
    pub video: Option<VideoInfo>,
    pub audio: Option<AudioInfo>,
}

/// A chapter mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Chapter {
    /// Seconds from the start of the film.
    pub start_s: f64,
    pub title: String,
}
