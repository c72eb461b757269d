//! Sample entries of MP4 (ISO/IEC 14496-12 §12.1.3, §12.2.3) for tracks of Matroska.

use super::boxes::make;
use super::{descriptor, parameter_sets, sound_headers, vpx};
use crate::Codec;

/// Colours of a picture, in the numbers of ITU-T H.273.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Colour {
    pub primaries: u16,
    pub transfer: u16,
    pub matrix: u16,
    pub full_range: bool,
    /// Maximum luminance of a pixel and maximum mean luminance of a frame, in cd/m².
    pub content_light: Option<(u16, u16)>,
    pub mastering: Option<Mastering>,
}

/// The display on which a picture was mastered (SMPTE ST 2086).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mastering {
    /// x and y of red, green, blue and white.
    pub chromaticity: [f64; 8],
    /// Maximum luminance in cd/m².
    pub luminance_max: f64,
    pub luminance_min: f64,
}

/// A container's description of a picture track.
#[derive(Debug, Clone, Default)]
pub(crate) struct PictureEntry<'a> {
    pub width: u32,
    pub height: u32,
    /// Ratio of a pixel's width to its height.
    pub pixel_ratio: Option<(u32, u32)>,
    pub colour: Option<&'a Colour>,
    pub frame_rate: Option<f64>,
    /// Dolby Vision configurations: type of the box and content.
    pub dolby_vision: Option<([u8; 4], &'a [u8])>,
}

/// A container's description of a sound track.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sound {
    pub channels: u32,
    pub sample_rate: u32,
    pub bit_depth: u32,
}

/// Facts about a codec that the repackaged stream needs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Description {
    /// Sample entry; `None` if the codec, or this configuration, cannot be carried in fragmented MP4.
    pub entry: Option<Vec<u8>>,
    /// Samples of each channel in a frame of sound; `None` if that varies or is not known.
    pub frame_samples: Option<u32>,
    /// Sample rate in which `frame_samples` counts.
    pub sample_rate: Option<u32>,
    /// Number of pictures by which decoding runs ahead of display.
    pub reorder_depth: u32,
}

/// Returns true if the first frame is needed to describe this codec.
pub(crate) fn needs_frame(codec: Codec, private: &[u8]) -> bool {
    match codec {
        Codec::Ac3 | Codec::Eac3 | Codec::Dts | Codec::TrueHd => true,
        Codec::Vp9 => private.is_empty(),
        _ => false,
    }
}

/// Describes a picture. `frame` is the first one, if [`needs_frame`] requires it.
pub(crate) fn describe_picture(
    codec: Codec,
    private: &[u8],
    frame: Option<&[u8]>,
    picture: &PictureEntry<'_>,
) -> Description {
    let mut found = Description::default();
    let boxes =
        match codec {
            Codec::H264 => {
                found.reorder_depth = parameter_sets::avc_reorder_depth(private).unwrap_or(2);
                (private.first() == Some(&1)).then(|| (b"avc1", make(b"avcC", private)))
            }
            Codec::Hevc => {
                found.reorder_depth = parameter_sets::hevc_reorder_depth(private).unwrap_or(2);
                (private.len() > 22 && private[0] <= 1).then(|| (b"hvc1", make(b"hvcC", private)))
            }
            Codec::Av1 => (private.len() >= 4 && private[0] == 0x81)
                .then(|| (b"av01", make(b"av1C", private))),
            Codec::Vp8 => Some((
                b"vp08",
                vpx::configuration(&vpx::Features::default(), picture),
            )),
            Codec::Vp9 => vpx::features(private, frame)
                .map(|vp9| (b"vp09", vpx::configuration(&vp9, picture))),
            Codec::Mpeg4Visual => {
                found.reorder_depth = 1;
                (!private.is_empty()).then(|| (b"mp4v", descriptor::esds(0x20, 4, private)))
            }
            Codec::Mpeg2Video => {
                found.reorder_depth = 1;
                (!private.is_empty()).then(|| (b"mp4v", descriptor::esds(0x61, 4, private)))
            }
            _ => None,
        };
    found.entry = boxes.map(|(kind, configuration)| visual_entry(kind, configuration, picture));
    found
}

fn visual_entry(kind: &[u8; 4], configuration: Vec<u8>, picture: &PictureEntry<'_>) -> Vec<u8> {
    let mut fields = vec![0; 78];
    fields[7] = 1; // data_reference_index
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX).to_be_bytes();
    fields[24..26].copy_from_slice(&side(picture.width));
    fields[26..28].copy_from_slice(&side(picture.height));
    fields[28..36].copy_from_slice(&[0, 0x48, 0, 0, 0, 0x48, 0, 0]); // 72 dpi
    fields[41] = 1; // frame_count
    fields[75] = 0x18; // depth
    fields[76..78].copy_from_slice(&[0xff, 0xff]);
    fields.extend(configuration);
    if let Some((kind, content)) = picture.dolby_vision {
        fields.extend(make(&kind, content));
    }
    if let Some(colour) = picture.colour {
        fields.extend(colour_boxes(colour));
    }
    if let Some((width, height)) = picture.pixel_ratio {
        fields.extend(make(
            b"pasp",
            &[width.to_be_bytes(), height.to_be_bytes()].concat(),
        ));
    }
    make(kind, &fields)
}

/// Makes `colr` (ISO/IEC 14496-12 §12.1.5), `mdcv` and `clli` (§12.1.6, §12.1.7).
fn colour_boxes(colour: &Colour) -> Vec<u8> {
    let mut made = Vec::new();
    if (colour.primaries, colour.transfer, colour.matrix) != (2, 2, 2) || colour.full_range {
        let mut content = b"nclx".to_vec();
        for number in [colour.primaries, colour.transfer, colour.matrix] {
            content.extend_from_slice(&number.to_be_bytes());
        }
        content.push(if colour.full_range { 0x80 } else { 0 });
        made.extend(make(b"colr", &content));
    }
    if let Some(mastering) = &colour.mastering {
        let [rx, ry, gx, gy, bx, by, wx, wy] = mastering.chromaticity;
        let mut content = Vec::new();
        // In the order green, blue, red, white, in units of 0.00002.
        for value in [gx, gy, bx, by, rx, ry, wx, wy] {
            content.extend_from_slice(&((value * 50_000.0).round() as u16).to_be_bytes());
        }
        for value in [mastering.luminance_max, mastering.luminance_min] {
            content.extend_from_slice(&((value * 10_000.0).round() as u32).to_be_bytes());
        }
        made.extend(make(b"mdcv", &content));
    }
    if let Some((pixel, frame)) = colour.content_light {
        made.extend(make(
            b"clli",
            &[pixel.to_be_bytes(), frame.to_be_bytes()].concat(),
        ));
    }
    made
}

/// Describes a sound. `frame` is the first one, if [`needs_frame`] requires it.
pub(crate) fn describe_sound(
    codec: Codec,
    private: &[u8],
    frame: Option<&[u8]>,
    sound: &Sound,
) -> Description {
    let mut found = Description {
        sample_rate: Some(sound.sample_rate).filter(|&rate| rate > 0),
        ..Description::default()
    };
    let boxes = match codec {
        Codec::Aac => {
            // 960 samples if the flag of the general configuration is set (ISO/IEC 14496-3 §4.4.1).
            let short = private
                .get(1)
                .is_some_and(|byte| private[0] >> 3 == 2 && byte & 4 != 0);
            found.frame_samples = Some(if short { 960 } else { 1024 });
            found.sample_rate = aac_rate(private).or(found.sample_rate);
            (private.len() >= 2).then(|| (b"mp4a", descriptor::esds(0x40, 5, private)))
        }
        Codec::Mp3 | Codec::Mp2 => {
            let low = sound.sample_rate <= 24_000;
            found.frame_samples = Some(if low && codec == Codec::Mp3 {
                576
            } else {
                1152
            });
            Some((
                b"mp4a",
                descriptor::esds(if low { 0x69 } else { 0x6b }, 5, &[]),
            ))
        }
        Codec::Ac3 => {
            found.frame_samples = Some(1536);
            frame
                .and_then(sound_headers::dac3)
                .map(|made| (b"ac-3", made))
        }
        Codec::Eac3 => frame.and_then(sound_headers::dec3).map(|(made, samples)| {
            found.frame_samples = Some(samples);
            (b"ec-3", made)
        }),
        Codec::Dts => frame.and_then(|frame| {
            let core = sound_headers::dts_core(frame)?;
            found.frame_samples = Some(core.samples);
            found.sample_rate = Some(core.sample_rate);
            Some(sound_headers::ddts(frame, &core))
        }),
        Codec::TrueHd => frame.and_then(sound_headers::dmlp).map(|(made, rate)| {
            // An access unit has 40 samples at 48 and 44.1 kHz, and as many times more at higher rates.
            found.frame_samples = Some(40 * rate.div_ceil(48_000));
            found.sample_rate = Some(rate);
            (b"mlpa", made)
        }),
        Codec::Opus => {
            found.sample_rate = Some(48_000);
            opus(private).map(|made| (b"Opus", made))
        }
        Codec::Flac => flac(private).map(|(made, block)| {
            found.frame_samples = block;
            (b"fLaC", made)
        }),
        Codec::Alac => (private.len() >= 24).then(|| {
            found.frame_samples = Some(u32::from_be_bytes([
                private[0], private[1], private[2], private[3],
            ]));
            (b"alac", make(b"alac", &[&[0; 4], private].concat()))
        }),
        Codec::Vorbis => {
            (!private.is_empty()).then(|| (b"mp4a", descriptor::esds(0xdd, 5, private)))
        }
        _ => None,
    };
    found.entry = boxes.map(|(kind, configuration)| sound_entry(kind, configuration, sound));
    found
}

fn sound_entry(kind: &[u8; 4], configuration: Vec<u8>, sound: &Sound) -> Vec<u8> {
    let mut fields = vec![0; 28];
    fields[7] = 1; // data_reference_index
    fields[16..18].copy_from_slice(&(sound.channels.min(255) as u16).to_be_bytes());
    let depth = if kind == b"fLaC" || kind == b"alac" {
        sound.bit_depth.max(16)
    } else {
        16
    };
    fields[18..20].copy_from_slice(&(depth as u16).to_be_bytes());
    let rate = if kind == b"Opus" {
        48_000
    } else {
        sound.sample_rate
    };
    // 16.16 fixed point. TrueHD has 32 bits. Higher rates do not fit and are read from the configuration.
    let rate = match kind {
        b"mlpa" => rate,
        _ => u16::try_from(rate).map_or(0, |rate| u32::from(rate) << 16),
    };
    fields[24..28].copy_from_slice(&rate.to_be_bytes());
    fields.extend(configuration);
    make(kind, &fields)
}

/// Returns the rate in an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1); with SBR, that of the core.
fn aac_rate(private: &[u8]) -> Option<u32> {
    const RATES: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8_000, 7_350,
    ];
    let mut bits = super::bits::Bits::new(private);
    if bits.read(5)? == 31 {
        bits.skip(6)?;
    }
    match bits.read(4)? {
        15 => bits.read(24).filter(|&rate| rate > 0),
        index => RATES.get(index as usize).copied(),
    }
}

/// Makes `dOps` (Encapsulation of Opus in ISO base media, §4.3.2) of an OpusHead (RFC 7845 §5.1).
fn opus(head: &[u8]) -> Option<Vec<u8>> {
    if head.len() < 19 || &head[..8] != b"OpusHead" {
        return None;
    }
    let mut content = vec![0, head[9]];
    content.extend_from_slice(&[head[11], head[10]]);
    content.extend_from_slice(&[head[15], head[14], head[13], head[12]]);
    content.extend_from_slice(&[head[17], head[16]]);
    content.extend_from_slice(&head[18..]);
    Some(make(b"dOps", &content))
}

/// Makes `dfLa` (Encapsulation of FLAC in ISO base media, §3.3.2), with the stream's information alone:
/// pictures and comments are of no use to a decoder. The second value is the number of samples in a block, if
/// it is constant.
fn flac(private: &[u8]) -> Option<(Vec<u8>, Option<u32>)> {
    let info = private.strip_prefix(b"fLaC").unwrap_or(private).get(..38)?;
    if info[0] & 0x7f != 0 || info[1..4] != [0, 0, 34] {
        return None;
    }
    let mut content = vec![0; 4];
    content.push(0x80);
    content.extend_from_slice(&info[1..]);
    let least = u32::from(u16::from_be_bytes([info[4], info[5]]));
    let most = u32::from(u16::from_be_bytes([info[6], info[7]]));
    Some((
        make(b"dfLa", &content),
        (least == most && most > 0).then_some(most),
    ))
}
