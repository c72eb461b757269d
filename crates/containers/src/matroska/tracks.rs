//! Tracks (RFC 9559 §5.1.4): the facts of each track, and the encoding of its blocks.

use bytes::Bytes;

use super::{ebml, ids};
use crate::ContainerError;
use crate::codecs::{Colour, Mastering};

/// Maximum number of tracks, more than any film has; a file with more is not read.
const MAX_TRACKS: usize = 256;

/// A TrackEntry, as far as it is used here.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrackEntry {
    pub number: u64,
    pub uid: u64,
    pub kind: u64,
    pub enabled: bool,
    pub default: bool,
    pub forced: bool,
    pub hearing_impaired: bool,
    pub commentary: bool,
    /// Nanoseconds between two frames.
    pub default_duration: Option<u64>,
    pub name: Option<String>,
    /// A tag of BCP 47 or a code of ISO 639-2, unchanged from the file.
    pub language: String,
    pub codec_id: String,
    pub private: Bytes,
    /// Nanoseconds by which block times are late.
    pub codec_delay: u64,
    pub video: Video,
    pub audio: Audio,
    pub encoding: Encoding,
    /// BlockAddIDType and BlockAddIDExtraData of each BlockAdditionMapping.
    pub additions: Vec<(u32, Vec<u8>)>,
}

/// Video settings (RFC 9559 §5.1.4.1.28).
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Video {
    pub width: u32,
    pub height: u32,
    /// Display width and height, if they are given in pixels or as a ratio.
    pub display: Option<(u32, u32)>,
    pub colour: Option<Colour>,
    /// Degrees counterclockwise by which the picture is rotated for display.
    pub roll: f64,
}

/// Audio settings (RFC 9559 §5.1.4.1.29).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Audio {
    pub sample_rate: f64,
    pub channels: u32,
    pub bit_depth: u32,
}

impl Default for Audio {
    fn default() -> Self {
        Audio {
            sample_rate: 8000.0,
            channels: 1,
            bit_depth: 0,
        }
    }
}

/// Encoding of the frames of a track (RFC 9559 §5.1.4.1.31).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    #[default]
    None,
    /// Header stripping: these bytes, with which all frames began, were removed.
    Stripped(Bytes),
    Zlib,
    /// Encrypted, or compressed in another way.
    Unsupported,
}

/// Parses the content of a Tracks element.
///
/// # Errors
/// `Malformed` if the element is invalid.
pub(crate) fn parse(tracks: &Bytes) -> Result<Vec<TrackEntry>, ContainerError> {
    let mut found: Vec<TrackEntry> = Vec::new();
    for child in ebml::children(tracks) {
        let (id, entry, _) = child?;
        if id != ids::TRACK_ENTRY {
            continue;
        }
        if found.len() == MAX_TRACKS {
            return Err(ContainerError::OverBudget("the tracks allowed for it"));
        }
        let entry = track_entry(&tracks.slice_ref(entry))?;
        if found.iter().any(|other| other.number == entry.number) {
            return Err(ContainerError::Malformed("two tracks have the same number"));
        }
        found.push(entry);
    }
    Ok(found)
}

fn track_entry(bytes: &Bytes) -> Result<TrackEntry, ContainerError> {
    let mut track = TrackEntry {
        enabled: true,
        default: true,
        language: "eng".into(),
        ..TrackEntry::default()
    };
    let mut bcp47 = None;
    for child in ebml::children(bytes) {
        let (id, value, _) = child?;
        match id {
            ids::TRACK_NUMBER => track.number = ebml::unsigned(value)?,
            ids::TRACK_UID => track.uid = ebml::unsigned(value)?,
            ids::TRACK_TYPE => track.kind = ebml::unsigned(value)?,
            ids::FLAG_ENABLED => track.enabled = ebml::unsigned(value)? != 0,
            ids::FLAG_DEFAULT => track.default = ebml::unsigned(value)? != 0,
            ids::FLAG_FORCED => track.forced = ebml::unsigned(value)? != 0,
            ids::FLAG_HEARING_IMPAIRED => track.hearing_impaired = ebml::unsigned(value)? != 0,
            ids::FLAG_COMMENTARY => track.commentary = ebml::unsigned(value)? != 0,
            ids::DEFAULT_DURATION => {
                track.default_duration = Some(ebml::unsigned(value)?).filter(|&ns| ns > 0)
            }
            ids::NAME => track.name = Some(ebml::text(value)).filter(|name| !name.is_empty()),
            ids::LANGUAGE => track.language = ebml::text(value),
            ids::LANGUAGE_BCP47 => bcp47 = Some(ebml::text(value)),
            ids::CODEC_ID => track.codec_id = ebml::text(value),
            ids::CODEC_PRIVATE => track.private = bytes.slice_ref(value),
            ids::CODEC_DELAY => track.codec_delay = ebml::unsigned(value)?,
            ids::VIDEO => track.video = video(value)?,
            ids::AUDIO => track.audio = audio(value)?,
            ids::CONTENT_ENCODINGS => track.encoding = encodings(value)?,
            ids::BLOCK_ADDITION_MAPPING => track.additions.push(addition(value)?),
            _ => {}
        }
    }
    if let Some(bcp47) = bcp47 {
        track.language = bcp47;
    }
    if track.encoding == Encoding::Unsupported {
        track.private = Bytes::new();
    }
    // More than ten seconds is no delay of a codec.
    track.codec_delay = track.codec_delay.min(10_000_000_000);
    Ok(track)
}

fn video(bytes: &[u8]) -> Result<Video, ContainerError> {
    let mut video = Video::default();
    let (mut width, mut height, mut unit) = (None, None, 0);
    for child in ebml::children(bytes) {
        let (id, value, _) = child?;
        let small = || ebml::unsigned(value).map(|value| u32::try_from(value).unwrap_or(u32::MAX));
        match id {
            ids::PIXEL_WIDTH => video.width = small()?,
            ids::PIXEL_HEIGHT => video.height = small()?,
            ids::DISPLAY_WIDTH => width = Some(small()?),
            ids::DISPLAY_HEIGHT => height = Some(small()?),
            ids::DISPLAY_UNIT => unit = small()?,
            ids::COLOUR => video.colour = Some(colour(value)?),
            ids::PROJECTION => {
                for child in ebml::children(value) {
                    if let (ids::PROJECTION_POSE_ROLL, value, _) = child? {
                        video.roll = ebml::float(value)?;
                    }
                }
            }
            _ => {}
        }
    }
    // Unit 4 is "unknown"; centimetres, inches and ratios are all ratios of the same two sides.
    if unit < 4 && (width.is_some() || height.is_some()) {
        let sides = (width.unwrap_or(video.width), height.unwrap_or(video.height));
        video.display = Some(sides).filter(|sides| sides.0 > 0 && sides.1 > 0);
    }
    Ok(video)
}

fn colour(bytes: &[u8]) -> Result<Colour, ContainerError> {
    // 2 is "unspecified" in each of the three (RFC 9559 §5.1.4.1.28.17 and on).
    let mut colour = Colour {
        primaries: 2,
        transfer: 2,
        matrix: 2,
        ..Colour::default()
    };
    let (mut cll, mut fall) = (None, None);
    for child in ebml::children(bytes) {
        let (id, value, _) = child?;
        let small = || ebml::unsigned(value).map(|value| u16::try_from(value).unwrap_or(u16::MAX));
        match id {
            ids::MATRIX_COEFFICIENTS => colour.matrix = small()?,
            ids::RANGE => colour.full_range = small()? == 2,
            ids::TRANSFER_CHARACTERISTICS => colour.transfer = small()?,
            ids::PRIMARIES => colour.primaries = small()?,
            ids::MAX_CLL => cll = Some(small()?),
            ids::MAX_FALL => fall = Some(small()?),
            ids::MASTERING_METADATA => colour.mastering = mastering(value)?,
            _ => {}
        }
    }
    if cll.is_some() || fall.is_some() {
        colour.content_light = Some((cll.unwrap_or(0), fall.unwrap_or(0)));
    }
    Ok(colour)
}

fn mastering(bytes: &[u8]) -> Result<Option<Mastering>, ContainerError> {
    let mut chromaticity = [None; 8];
    let (mut most, mut least) = (None, None);
    for child in ebml::children(bytes) {
        let (id, value, _) = child?;
        match id {
            ids::LUMINANCE_MAX => most = Some(ebml::float(value)?),
            ids::LUMINANCE_MIN => least = Some(ebml::float(value)?),
            _ => {
                let n = id.wrapping_sub(ids::PRIMARY_R_CHROMATICITY_X) as usize;
                if let Some(slot) = chromaticity.get_mut(n) {
                    *slot = Some(ebml::float(value)?);
                }
            }
        }
    }
    let mut values = [0.0; 8];
    for (value, found) in values.iter_mut().zip(chromaticity) {
        let Some(found) = found else { return Ok(None) };
        *value = found;
    }
    Ok(most
        .zip(least)
        .map(|(luminance_max, luminance_min)| Mastering {
            chromaticity: values,
            luminance_max,
            luminance_min,
        }))
}

fn audio(bytes: &[u8]) -> Result<Audio, ContainerError> {
    let mut audio = Audio::default();
    for child in ebml::children(bytes) {
        let (id, value, _) = child?;
        match id {
            ids::SAMPLING_FREQUENCY => audio.sample_rate = ebml::float(value)?,
            ids::CHANNELS => audio.channels = ebml::unsigned(value)?.min(255) as u32,
            ids::BIT_DEPTH => audio.bit_depth = ebml::unsigned(value)?.min(255) as u32,
            _ => {}
        }
    }
    Ok(audio)
}

fn encodings(bytes: &[u8]) -> Result<Encoding, ContainerError> {
    let mut found = Encoding::None;
    for child in ebml::children(bytes) {
        let (id, encoding, _) = child?;
        if id != ids::CONTENT_ENCODING {
            continue;
        }
        if found != Encoding::None {
            // Several encodings on one track: no known writer does this.
            return Ok(Encoding::Unsupported);
        }
        found = content_encoding(encoding)?;
    }
    Ok(found)
}

fn content_encoding(bytes: &[u8]) -> Result<Encoding, ContainerError> {
    let (mut scope, mut kind, mut algorithm) = (1, 0, 0);
    let mut settings = &[][..];
    for child in ebml::children(bytes) {
        let (id, value, _) = child?;
        match id {
            ids::CONTENT_ENCODING_SCOPE => scope = ebml::unsigned(value)?,
            ids::CONTENT_ENCODING_TYPE => kind = ebml::unsigned(value)?,
            ids::CONTENT_COMPRESSION => {
                for child in ebml::children(value) {
                    let (id, value, _) = child?;
                    match id {
                        ids::CONTENT_COMP_ALGO => algorithm = ebml::unsigned(value)?,
                        ids::CONTENT_COMP_SETTINGS => settings = value,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    // Scope 1 is the frames, 2 the codec's configuration.
    Ok(match (kind, scope, algorithm) {
        (0, 1, 3) => Encoding::Stripped(Bytes::copy_from_slice(settings)),
        (0, 1, 0) => Encoding::Zlib,
        _ => Encoding::Unsupported,
    })
}

fn addition(bytes: &[u8]) -> Result<(u32, Vec<u8>), ContainerError> {
    let mut found = (0, Vec::new());
    for child in ebml::children(bytes) {
        let (id, value, _) = child?;
        match id {
            ids::BLOCK_ADD_ID_TYPE => found.0 = u32::try_from(ebml::unsigned(value)?).unwrap_or(0),
            ids::BLOCK_ADD_ID_EXTRA_DATA => found.1 = value.to_vec(),
            _ => {}
        }
    }
    Ok(found)
}
