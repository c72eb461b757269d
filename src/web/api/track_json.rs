//! The JSON of the tracks and chapters inside of a file.

use containers::{Chapter, Hdr, Track, TrackKind};
use serde::Serialize;

use media::{TrackFacts, TrackFactsKind};

/// A track, in the order of the file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TrackJson {
    /// `video`, `audio` or `subtitle`.
    kind: &'static str,
    /// A plain lower-case name: `h264`, `eac3`, `subrip`.
    codec: String,
    /// BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    default: bool,
    forced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    /// Clockwise rotation of the picture in degrees, if the drive reports one.
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation: Option<u32>,
    /// Frames per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    frame_rate: Option<f64>,
    /// `hdr10`, `hlg` or `dolby_vision`; absent for standard dynamic range.
    #[serde(skip_serializing_if = "Option::is_none")]
    hdr: Option<&'static str>,
    /// Bits per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    bit_rate: Option<u64>,
}

impl TrackJson {
    /// Returns the JSON of a track.
    pub fn of(track: &Track) -> Self {
        let video = track.video.as_ref();
        TrackJson {
            kind: match track.kind {
                TrackKind::Video => "video",
                TrackKind::Audio => "audio",
                TrackKind::Subtitle => "subtitle",
            },
            codec: track.codec.name().to_owned(),
            language: track.language.clone(),
            title: track.title.clone(),
            default: track.default,
            forced: track.forced,
            channels: track.audio.as_ref().map(|audio| audio.channels),
            width: video.map(|video| video.width),
            height: video.map(|video| video.height),
            rotation: None,
            frame_rate: video.and_then(|video| video.frame_rate),
            hdr: video.and_then(|video| video.hdr).map(|hdr| match hdr {
                Hdr::Hdr10 => "hdr10",
                Hdr::Hlg => "hlg",
                Hdr::DolbyVision => "dolby_vision",
            }),
            bit_rate: track.bit_rate,
        }
    }

    /// Returns the JSON of a track that the drive describes, where the file itself cannot be read.
    pub fn of_drive(track: &TrackFacts) -> Self {
        TrackJson {
            kind: match track.kind {
                TrackFactsKind::Video => "video",
                TrackFactsKind::Audio => "audio",
            },
            codec: track.codec.clone(),
            language: None,
            title: None,
            default: true,
            forced: false,
            channels: track.channels,
            width: track.width,
            height: track.height,
            rotation: track.rotation_degrees,
            frame_rate: track.frame_rate,
            hdr: track.hdr,
            bit_rate: track.bit_rate,
        }
    }
}

/// A chapter mark.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ChapterJson {
    /// Seconds from the start of the film.
    start_s: f64,
    title: String,
}

impl ChapterJson {
    /// Returns the JSON of a chapter.
    pub fn of(chapter: &Chapter) -> Self {
        ChapterJson {
            start_s: chapter.start_s,
            title: chapter.title.clone(),
        }
    }
}
