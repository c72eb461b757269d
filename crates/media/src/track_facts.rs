//! Facts about the tracks of a file that a drive reports without the file being read.

/// A track of a file, as the drive describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackFactsKind {
    Video,
    Audio,
}

/// Facts about one track of a file. Less is known than by reading the file: no language, and one track of each kind at
/// most.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackFacts {
    /// The kind of the track.
    pub kind: TrackFactsKind,
    /// A plain lower-case name: `h264`, `aac`.
    pub codec: String,
    /// Number of sound channels, if known.
    pub channels: Option<u32>,
    /// Width of the picture in pixels, if known.
    pub width: Option<u32>,
    /// Height of the picture in pixels, if known.
    pub height: Option<u32>,
    /// Clockwise rotation of the picture in degrees, as players show it; `None` if it is upright or unknown.
    pub rotation_degrees: Option<u32>,
    /// Frames per second, if known.
    pub frame_rate: Option<f64>,
    /// Bits per second, if known.
    pub bit_rate: Option<u64>,
    /// `hdr10` or `hlg`; `None` for standard dynamic range, or if unknown.
    pub hdr: Option<&'static str>,
}

impl TrackFacts {
    /// Creates the facts about a track of which only the codec is known.
    pub fn new(kind: TrackFactsKind, codec: &str) -> Self {
        TrackFacts {
            kind,
            codec: codec.to_owned(),
            channels: None,
            width: None,
            height: None,
            rotation_degrees: None,
            frame_rate: None,
            bit_rate: None,
            hdr: None,
        }
    }
}
