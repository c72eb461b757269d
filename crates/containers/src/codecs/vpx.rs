//! The `vpcC` box of VP8 and VP9 (VP Codec ISO Media File Format Binding), which Matroska keeps in part or not
//! at all.

use super::bits::Bits;
use super::boxes::make;
use super::entry::PictureEntry;

/// Features of a VP9 stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Features {
    pub profile: u8,
    /// Ten times the level; `None` if it has to be derived from size and rate.
    pub level: Option<u8>,
    pub bit_depth: u8,
    /// 0 is 4:2:0 with chroma between the lines, 1 4:2:0 with chroma on the first, 2 is 4:2:2, 3 is 4:4:4.
    pub subsampling: u8,
    pub full_range: bool,
}

impl Default for Features {
    fn default() -> Self {
        Features {
            profile: 0,
            level: None,
            bit_depth: 8,
            subsampling: 1,
            full_range: false,
        }
    }
}

/// Returns the features in a CodecPrivate (WebM Container Guidelines, "VP9 Codec Feature Metadata"), else those in the
/// header of the first frame; `None` if neither has them.
pub(crate) fn features(private: &[u8], frame: Option<&[u8]>) -> Option<Features> {
    if private.is_empty() {
        return frame.and_then(frame_header);
    }
    let mut found = Features::default();
    let mut rest = private;
    while let &[id, length, value, ref next @ ..] = rest {
        if length != 1 {
            return None;
        }
        match id {
            1 => found.profile = value,
            2 => found.level = Some(value),
            3 => found.bit_depth = value,
            4 => found.subsampling = value,
            _ => {}
        }
        rest = next;
    }
    Some(found)
}

/// Parses the uncompressed header of a key frame (VP9 Bitstream Specification §6.2).
fn frame_header(frame: &[u8]) -> Option<Features> {
    let mut bits = Bits::new(frame);
    if bits.read(2)? != 2 {
        return None;
    }
    let low = bits.read(1)?;
    let profile = (bits.read(1)? << 1 | low) as u8;
    if profile == 3 {
        bits.skip(1)?;
    }
    // show_existing_frame, frame_type, show_frame, error_resilient_mode
    if bits.flag()? || bits.flag()? {
        return None;
    }
    bits.skip(2)?;
    if bits.read(24)? != 0x49_83_42 {
        return None;
    }
    let bit_depth = match (profile >= 2).then(|| bits.flag()) {
        None => 8,
        Some(twelve) => {
            if twelve? {
                12
            } else {
                10
            }
        }
    };
    let colour_space = bits.read(3)?;
    let (full_range, subsampling) = if colour_space == 7 {
        (true, 3)
    } else {
        let full_range = bits.flag()?;
        let subsampling = match profile & 1 == 1 {
            false => 1,
            true => match (bits.flag()?, bits.flag()?) {
                (true, false) => 2,
                (true, true) => 1,
                _ => 3,
            },
        };
        (full_range, subsampling)
    };
    Some(Features {
        profile,
        level: None,
        bit_depth,
        subsampling,
        full_range,
    })
}

/// Makes the `vpcC` box.
pub(crate) fn configuration(features: &Features, picture: &PictureEntry<'_>) -> Vec<u8> {
    let colour = picture.colour;
    let number = |number: Option<u16>| {
        number
            .and_then(|number| u8::try_from(number).ok())
            .unwrap_or(2)
    };
    let full_range = features.full_range || colour.is_some_and(|colour| colour.full_range);
    let content = [
        1,
        0,
        0,
        0,
        features.profile,
        features.level.unwrap_or_else(|| level(picture)),
        features.bit_depth << 4 | (features.subsampling & 7) << 1 | u8::from(full_range),
        number(colour.map(|colour| colour.primaries)),
        number(colour.map(|colour| colour.transfer)),
        number(colour.map(|colour| colour.matrix)),
        0,
        0,
    ];
    make(b"vpcC", &content)
}

/// Returns ten times the lowest level (VP9 levels, WebM project) that allows this picture size and rate.
fn level(picture: &PictureEntry<'_>) -> u8 {
    const LEVELS: [(u64, u64, u8); 13] = [
        (829_440, 36_864, 10),
        (2_764_800, 73_728, 11),
        (4_608_000, 122_880, 20),
        (9_216_000, 245_760, 21),
        (20_736_000, 552_960, 30),
        (36_864_000, 983_040, 31),
        (83_558_400, 2_228_224, 40),
        (160_432_128, 2_228_224, 41),
        (311_951_360, 8_912_896, 50),
        (588_251_136, 8_912_896, 51),
        (1_176_502_272, 8_912_896, 52),
        (1_176_502_272, 35_651_584, 60),
        (2_353_004_544, 35_651_584, 61),
    ];
    let size = u64::from(picture.width) * u64::from(picture.height);
    let rate = (size as f64 * picture.frame_rate.unwrap_or(30.0)) as u64;
    LEVELS
        .iter()
        .find(|(most_rate, most_size, _)| rate <= *most_rate && size <= *most_size)
        .map_or(62, |(_, _, level)| *level)
}
