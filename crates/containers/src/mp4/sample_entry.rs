//! Sample descriptions (`stsd`), converted to their form in fragmented MP4.
//!
//! Entries are passed on as they are, unknown boxes included. Three things are changed: QuickTime's longer
//! sound entries (versions 1 and 2) become plain ones with the decoder's box out of their `wave`; an `hev1`
//! whose parameter sets stand in its `hvcC` becomes `hvc1`, the only one that Apple's players accept; and the
//! number of the data reference becomes 1, since there is one.

use super::boxes::{u16_at, u32_at};
use crate::codecs::hevc_transfer;
use crate::{AudioInfo, Codec, Hdr, TrackKind};

/// Bytes of a visual and of a plain sound entry before their boxes, with the header.
const VISUAL_HEAD: usize = 86;
const SOUND_HEAD: usize = 36;

/// Maximum bytes of an entry; no real entry takes more.
pub(super) const MAX_ENTRY_BYTES: u64 = 1 << 20;

/// Boxes of a QuickTime sound entry that decoders need.
const SOUND_BOXES: [&[u8; 4]; 9] = [
    b"esds", b"dac3", b"dec3", b"alac", b"dOps", b"dfLa", b"ddts", b"dmlp", b"btrt",
];

/// Returns the entry for an init section; `None` if it cannot be carried.
pub(super) fn normalized(entry: &[u8], kind: TrackKind, codec: Codec) -> Option<Vec<u8>> {
    let mut made = match kind {
        TrackKind::Video if entry.len() >= VISUAL_HEAD && is_carried(codec) => entry.to_vec(),
        TrackKind::Audio if entry.len() >= SOUND_HEAD && is_carried(codec) => sound(entry)?,
        _ => return None,
    };
    made[14..16].copy_from_slice(&1u16.to_be_bytes());
    if &made[4..8] == b"hev1" && has_parameter_sets(&made) {
        made[4..8].copy_from_slice(b"hvc1");
    }
    Some(made)
}

/// Returns true if the codec has a mapping to fragmented MP4 that players support. PCM is left out: its samples
/// are single sound frames, millions per minute.
fn is_carried(codec: Codec) -> bool {
    !matches!(
        codec,
        Codec::Unknown | Codec::Pcm | Codec::SubRip | Codec::Ass | Codec::WebVtt | Codec::Tx3g
    ) && !matches!(codec, Codec::Pgs | Codec::VobSub)
}

fn sound(entry: &[u8]) -> Option<Vec<u8>> {
    let version = u16_at(entry, 16);
    let boxes = match version {
        1 => SOUND_HEAD + 16,
        2 => SOUND_HEAD + 36,
        _ => return Some(entry.to_vec()),
    };
    if boxes_of(entry.get(boxes..)?).next().is_none() {
        // ISO files use version 1, too, for another purpose, and have their boxes at once.
        return Some(entry.to_vec());
    }
    let mut content = entry.get(8..SOUND_HEAD)?.to_vec();
    content[8..16].fill(0);
    if version == 2 {
        // Rate (a double) and channels stand behind the fields of version 0, which hold fillers.
        let rate = f64::from_be_bytes(*entry.get(40..)?.first_chunk()?);
        let channels = u32_at(entry, 48).min(255) as u16;
        content[16..18].copy_from_slice(&channels.to_be_bytes());
        content[18..20].copy_from_slice(&16u16.to_be_bytes());
        content[20..24].fill(0);
        let rate = if (1.0..65536.0).contains(&rate) {
            rate as u32
        } else {
            0
        };
        content[24..28].copy_from_slice(&(rate << 16).to_be_bytes());
    } else {
        content[20..24].fill(0);
    }
    let outer = entry.get(boxes..)?;
    let inner = boxes_of(outer)
        .find(|(name, _)| name == b"wave")
        .map_or(&[][..], |(_, whole)| whole.get(8..).unwrap_or(&[]));
    let mut taken = Vec::new();
    for (name, whole) in boxes_of(outer).chain(boxes_of(inner)) {
        if SOUND_BOXES.contains(&&name) && !taken.contains(&name) {
            taken.push(name);
            content.extend_from_slice(whole);
        }
    }
    let mut made = (content.len() as u32 + 8).to_be_bytes().to_vec();
    made.extend_from_slice(entry.get(4..8)?);
    made.extend_from_slice(&content);
    Some(made)
}

/// Returns the boxes in `bytes`, as name and the whole box.
fn boxes_of(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let name = *rest.get(4..)?.first_chunk()?;
        if size < 8 {
            return None;
        }
        let whole = rest.get(..size)?;
        rest = &rest[size..];
        Some((name, whole))
    })
}

/// Returns the content of a box in a visual entry; `None` if there is none.
fn visual_box<'a>(entry: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes_of(entry.get(VISUAL_HEAD..)?)
        .find(|(found, _)| found == name)
        .and_then(|(_, whole)| whole.get(8..))
}

/// Returns true if an `hvcC` has arrays of VPS, SPS and PPS (ISO/IEC 14496-15 §8.3.3.1).
fn has_parameter_sets(entry: &[u8]) -> bool {
    let Some(config) = visual_box(entry, b"hvcC") else {
        return false;
    };
    let mut rest = config.get(23..).unwrap_or(&[]);
    let mut seen = [false; 3];
    for _ in 0..config.get(22).copied().unwrap_or(0) {
        let kind = rest.first().map_or(0, |byte| byte & 0x3F);
        let units = u16_at(rest, 1);
        rest = rest.get(3..).unwrap_or(&[]);
        for _ in 0..units {
            let length = usize::from(u16_at(rest, 0));
            let Some(next) = rest.get(2 + length..) else {
                return false;
            };
            if let 32..=34 = kind {
                seen[usize::from(kind - 32)] = true;
            }
            rest = next;
        }
    }
    seen == [true; 3]
}

/// Returns the dynamic range that the boxes of a visual entry declare: Dolby Vision's configuration, or the transfer
/// function of `colr` (ISO/IEC 23091-2: 16 is PQ, 18 HLG). `None` for standard range.
pub(super) fn hdr(entry: &[u8]) -> Option<Hdr> {
    let is_dolby = [b"dvcC", b"dvvC", b"dvwC"]
        .iter()
        .any(|name| visual_box(entry, name).is_some());
    if is_dolby
        || matches!(
            entry.get(4..8),
            Some(b"dvh1" | b"dvhe" | b"dva1" | b"dvav" | b"dav1")
        )
    {
        return Some(Hdr::DolbyVision);
    }
    let transfer = visual_box(entry, b"colr")
        .filter(|colour| colour.starts_with(b"nclx") || colour.starts_with(b"nclc"))
        .map(|colour| u16_at(colour, 6))
        // 2 is "unspecified".
        .filter(|&transfer| transfer != 2)
        .or_else(|| {
            visual_box(entry, b"vpcC").map(|config| config.get(8).map_or(0, |t| u16::from(*t)))
        })
        .or_else(|| {
            visual_box(entry, b"hvcC")
                .and_then(hevc_transfer)
                .map(u16::from)
        });
    match transfer {
        Some(16) => Some(Hdr::Hdr10),
        Some(18) => Some(Hdr::Hlg),
        _ => None,
    }
}

/// Returns the coded size of a visual entry.
pub(super) fn coded_size(entry: &[u8]) -> (u32, u32) {
    (u32::from(u16_at(entry, 32)), u32::from(u16_at(entry, 34)))
}

/// Returns channels and rate of a plain sound entry. The decoder's own box takes precedence over the entry,
/// which states 2 channels in many files whatever they hold.
pub(super) fn sound_facts(entry: &[u8], codec: Codec) -> AudioInfo {
    let boxes = |name: &[u8; 4]| {
        boxes_of(entry.get(SOUND_HEAD..).unwrap_or(&[]))
            .find(|(found, _)| found == name)
            .and_then(|(_, whole)| whole.get(8..))
    };
    let mut facts = AudioInfo {
        channels: u32::from(u16_at(entry, 24)),
        sample_rate: u32_at(entry, 32) >> 16,
    };
    match codec {
        Codec::Ac3 => {
            if let Some([a, b, ..]) = boxes(b"dac3") {
                let mode = b >> 3 & 7;
                let mode = if *a == 0 && *b == 0 { None } else { Some(mode) };
                if let Some(mode) = mode {
                    facts.channels = ac3_channels(mode, b >> 2 & 1);
                }
            }
        }
        Codec::Eac3 => {
            if let Some(config) = boxes(b"dec3")
                && let [_, _, _, c, d, ..] = config
            {
                facts.channels = ac3_channels(c >> 1 & 7, c & 1);
                // Two more channels each for the dependent substreams' locations (ETSI TS 102 366 §F.6).
                let pairs_location =
                    (u16::from(d & 1) << 8) | u16::from(*config.get(5).unwrap_or(&0));
                if d >> 1 & 0xF > 0 {
                    facts.channels += dependent_channels(pairs_location);
                }
            }
        }
        Codec::Opus => {
            if let Some(config) = boxes(b"dOps") {
                facts.channels = u32::from(config.get(1).copied().unwrap_or(0));
                facts.sample_rate = 48_000;
            }
        }
        Codec::Flac => {
            // STREAMINFO behind the version and the block's header: 20 bits of rate, 3 of channels less one.
            if let Some(config) = boxes(b"dfLa").filter(|config| config.len() >= 22) {
                facts.sample_rate = u32_at(config, 18) >> 12;
                facts.channels = (u32_at(config, 18) >> 9 & 7) + 1;
            }
        }
        Codec::Alac => {
            if let Some(config) = boxes(b"alac").filter(|config| config.len() >= 28) {
                facts.channels = u32::from(config[13]);
                facts.sample_rate = u32_at(config, 24);
            }
        }
        Codec::Aac => {
            if let Some((channels, rate)) = boxes(b"esds").and_then(aac_config) {
                facts.channels = if channels > 0 {
                    channels
                } else {
                    facts.channels
                };
                facts.sample_rate = if rate > 0 { rate } else { facts.sample_rate };
            }
        }
        _ => {}
    }
    facts
}

fn ac3_channels(mode: u8, lfe: u8) -> u32 {
    let full = [2, 1, 2, 3, 3, 4, 4, 5][usize::from(mode)];
    full + u32::from(lfe)
}

fn dependent_channels(locations: u16) -> u32 {
    // Bits of `chan_loc` from the low end: Lc/Rc, Lrs/Rrs, Cs, Ts, Lsd/Rsd, Lw/Rw, Lvh/Rvh, Cvh, LFE2.
    const CHANNELS: [u32; 9] = [2, 2, 1, 1, 2, 2, 2, 1, 1];
    (0..9)
        .filter(|bit| locations >> bit & 1 == 1)
        .map(|bit| CHANNELS[bit])
        .sum()
}

/// Reads channels and rate of an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1).
fn aac_config(esds: &[u8]) -> Option<(u32, u32)> {
    const RATES: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8_000, 7_350,
    ];
    const CHANNELS: [u32; 15] = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8];
    let config = crate::codecs::decoder_specific_info(esds)?;
    let mut bits = 0u128;
    for at in 0..16 {
        bits = bits << 8 | u128::from(config.get(at).copied().unwrap_or(0));
    }
    let mut used = 0;
    let mut take = |count: u32| {
        used += count;
        (bits >> (128 - used) & ((1 << count) - 1)) as u32
    };
    let mut kind = take(5);
    if kind == 31 {
        kind = 32 + take(6);
    }
    let index = take(4);
    let rate = if index == 15 {
        take(24)
    } else {
        RATES.get(index as usize).copied().unwrap_or(0)
    };
    let channels = CHANNELS.get(take(4) as usize).copied().unwrap_or(0);
    // Explicitly signalled SBR doubles the rate, parametric stereo the channel.
    match kind {
        5 | 29 => {
            let index = take(4);
            let doubled = if index == 15 {
                take(24)
            } else {
                RATES.get(index as usize).copied().unwrap_or(0)
            };
            let channels = if kind == 29 && channels == 1 {
                2
            } else {
                channels
            };
            Some((channels, doubled))
        }
        _ => Some((channels, rate)),
    }
}
