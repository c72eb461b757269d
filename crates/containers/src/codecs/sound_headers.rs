//! Headers of sound frames, for the configurations that MP4 keeps and Matroska does not: AC-3, E-AC-3, DTS and
//! TrueHD.

use super::bits::Bits;
use super::boxes::make;

const AC3_RATES: [u32; 3] = [48_000, 44_100, 32_000];

/// Returns the `dac3` box (ETSI TS 102 366 §F.4) for a frame of AC-3; `None` for other data.
pub(crate) fn dac3(frame: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::new(frame);
    if bits.read(16)? != 0x0b77 {
        return None;
    }
    bits.skip(16)?;
    let rate = bits.read(2)?;
    let size_code = bits.read(6)?;
    let version = bits.read(5)?;
    let service = bits.read(3)?;
    if rate == 3 || size_code > 37 || version > 10 {
        return None;
    }
    let mode = bits.read(3)?;
    let low_frequency = low_frequency_flag(&mut bits, mode)?;
    let packed = rate << 22
        | version << 17
        | service << 14
        | mode << 11
        | u32::from(low_frequency) << 10
        | (size_code >> 1) << 5;
    Some(make(b"dac3", &packed.to_be_bytes()[1..]))
}

/// Skips the mix levels between `acmod` and `lfeon` (§4.4.2.4) and returns `lfeon`.
fn low_frequency_flag(bits: &mut Bits<'_>, mode: u32) -> Option<bool> {
    if mode & 1 != 0 && mode != 1 {
        bits.skip(2)?;
    }
    if mode & 4 != 0 {
        bits.skip(2)?;
    }
    if mode == 2 {
        bits.skip(2)?;
    }
    bits.flag()
}

/// A substream of an E-AC-3 frame (ETSI TS 102 366 §E.1.2).
struct Substream {
    dependent: bool,
    bytes: usize,
    rate_code: u32,
    rate: u32,
    blocks: u32,
    mode: u32,
    low_frequency: bool,
    version: u32,
    channel_map: Option<u32>,
}

fn substream(frame: &[u8]) -> Option<Substream> {
    let mut bits = Bits::new(frame);
    if bits.read(16)? != 0x0b77 {
        return None;
    }
    let kind = bits.read(2)?;
    bits.skip(3)?;
    let bytes = (bits.read(11)? as usize + 1) * 2;
    let rate_code = bits.read(2)?;
    let (rate, blocks) = if rate_code == 3 {
        (AC3_RATES.get(bits.read(2)? as usize)? / 2, 6)
    } else {
        (
            AC3_RATES[rate_code as usize],
            [1, 2, 3, 6][bits.read(2)? as usize],
        )
    };
    let mode = bits.read(3)?;
    let low_frequency = bits.flag()?;
    let version = bits.read(5)?;
    if version <= 10 || version > 16 {
        return None;
    }
    for _ in 0..if mode == 0 { 2 } else { 1 } {
        bits.skip(5)?;
        if bits.flag()? {
            bits.skip(8)?;
        }
    }
    let channel_map = if kind == 1 && bits.flag()? {
        Some(bits.read(16)?)
    } else {
        None
    };
    Some(Substream {
        dependent: kind == 1,
        bytes,
        rate_code,
        rate,
        blocks,
        mode,
        low_frequency,
        version,
        channel_map,
    })
}

/// Returns the `dec3` box (ETSI TS 102 366 §F.6) for one Matroska frame of E-AC-3, which holds one independent
/// substream and its dependent ones; `None` for other data. The second value is the number of samples in the
/// frame.
pub(crate) fn dec3(frame: &[u8]) -> Option<(Vec<u8>, u32)> {
    let first = substream(frame)?;
    if first.dependent {
        return None;
    }
    let (mut dependent, mut locations, mut total) = (0u32, 0u32, first.bytes);
    while let Some(next) = frame.get(total..).and_then(substream) {
        if !next.dependent {
            break;
        }
        dependent += 1;
        if let Some(map) = next.channel_map {
            // Bits 5 to 13 of chanmap, without those for the channels of a 5.1 sound (table F.6.1).
            locations |= channel_locations(map);
        }
        total += next.bytes;
    }
    let samples = 256 * first.blocks;
    let data_rate =
        (total as u64 * 8 * u64::from(first.rate) / u64::from(samples) / 1000).min(0x1fff);
    let mut packed = data_rate << 3;
    let mut push = |bits: u32, value: u32| packed = packed << bits | u64::from(value);
    push(2, first.rate_code);
    push(5, first.version);
    push(1, 0);
    push(1, 0);
    push(3, 0);
    push(3, first.mode);
    push(1, u32::from(first.low_frequency));
    push(3, 0);
    push(4, dependent.min(15));
    if dependent > 0 {
        push(9, locations);
    } else {
        push(1, 0);
    }
    let used = if dependent > 0 { 6 } else { 5 };
    Some((make(b"dec3", &packed.to_be_bytes()[8 - used..]), samples))
}

/// Returns channels and sample rate of a frame of AC-3 or E-AC-3; `None` for other data. The channels of dependent
/// substreams are not counted.
pub(crate) fn ac3_facts(frame: &[u8]) -> Option<(u32, u32)> {
    const CHANNELS: [u32; 8] = [2, 1, 2, 3, 3, 4, 4, 5];
    if let Some(first) = substream(frame) {
        let channels = CHANNELS[first.mode as usize] + u32::from(first.low_frequency);
        return Some((channels, first.rate));
    }
    dac3(frame)?;
    let mut bits = Bits::new(frame);
    bits.skip(32)?;
    let rate = *AC3_RATES.get(bits.read(2)? as usize)?;
    bits.skip(14)?;
    let mode = bits.read(3)?;
    let low_frequency = low_frequency_flag(&mut bits, mode)?;
    Some((CHANNELS[mode as usize] + u32::from(low_frequency), rate))
}

/// Returns `chan_loc` (ETSI TS 102 366 table F.6) for a `chanmap` (table E.5).
fn channel_locations(map: u32) -> u32 {
    // Bit of chan_loc, and the bit of chanmap counted from its highest.
    [
        (0, 5),
        (1, 6),
        (2, 7),
        (3, 8),
        (4, 9),
        (5, 10),
        (6, 11),
        (7, 12),
        (8, 14),
    ]
    .iter()
    .filter(|(_, from)| map >> (15 - from) & 1 == 1)
    .fold(0, |locations, (to, _)| locations | 1 << to)
}

/// Facts of the core of a DTS frame (ETSI TS 102 114 §5.3.1).
pub(crate) struct DtsCore {
    pub sample_rate: u32,
    /// Samples per channel in a frame.
    pub samples: u32,
    pub bytes: u32,
    arrangement: u32,
    low_frequency: bool,
    bit_depth: u32,
    rate_code: u32,
}

impl DtsCore {
    /// Returns the number of channels (table 5-4), with that of low frequencies.
    pub fn channels(&self) -> u32 {
        const CHANNELS: [u32; 10] = [1, 2, 2, 2, 2, 3, 3, 4, 4, 5];
        let channels = CHANNELS.get(self.arrangement as usize).copied();
        channels.unwrap_or(6) + u32::from(self.low_frequency)
    }
}

/// Parses the header of a DTS core frame; `None` if there is no core.
pub(crate) fn dts_core(frame: &[u8]) -> Option<DtsCore> {
    const RATES: [u32; 16] = [
        0, 8_000, 16_000, 32_000, 0, 0, 11_025, 22_050, 44_100, 0, 0, 12_000, 24_000, 48_000, 0, 0,
    ];
    let mut bits = Bits::new(frame);
    if bits.read(32)? != 0x7ffe_8001 {
        return None;
    }
    bits.skip(6)?;
    let has_checksum = bits.flag()?;
    let blocks = bits.read(7)?;
    let bytes = bits.read(14)? + 1;
    let arrangement = bits.read(6)?;
    let sample_rate = RATES[bits.read(4)? as usize];
    let rate_code = bits.read(5)?;
    bits.skip(10)?;
    let low_frequency = bits.read(2)? != 0;
    bits.skip(1)?;
    if has_checksum {
        bits.skip(16)?;
    }
    bits.skip(7)?;
    let bit_depth = [16, 16, 20, 20, 24, 24, 24, 24][bits.read(3)? as usize];
    (sample_rate > 0).then_some(DtsCore {
        sample_rate,
        samples: (blocks + 1) * 32,
        bytes,
        arrangement,
        low_frequency,
        bit_depth,
        rate_code,
    })
}

/// Returns the type of the sample entry and its `ddts` box (ETSI TS 102 114 §E.3.3) for a DTS frame.
pub(crate) fn ddts(frame: &[u8], core: &DtsCore) -> (&'static [u8; 4], Vec<u8>) {
    const KBIT_RATES: [u32; 25] = [
        32, 56, 64, 96, 112, 128, 192, 224, 256, 320, 384, 448, 512, 576, 640, 768, 960, 1024,
        1152, 1280, 1344, 1408, 1411, 1472, 1536,
    ];
    let extension = frame
        .get(core.bytes.next_multiple_of(4) as usize..)
        .is_some_and(|rest| rest.starts_with(&[0x64, 0x58, 0x20, 0x25]));
    let kind = if extension { b"dtsh" } else { b"dtsc" };
    let bit_rate = KBIT_RATES
        .get(core.rate_code as usize)
        .map_or(0, |rate| rate * 1000);
    let bit_rate = if extension { 0 } else { bit_rate };
    let mut content = Vec::with_capacity(20);
    content.extend_from_slice(&core.sample_rate.to_be_bytes());
    content.extend_from_slice(&bit_rate.to_be_bytes());
    content.extend_from_slice(&bit_rate.to_be_bytes());
    content.push(core.bit_depth as u8);
    let duration = match core.samples {
        512 => 0u64,
        1024 => 1,
        2048 => 2,
        _ => 3,
    };
    // Speakers of the core's arrangements (§E.3.3.9): centre 1, front 2, surround 4, low frequency 8, one behind 0x10.
    let layout = match core.arrangement {
        0 => 0x0001,
        1..=4 => 0x0002,
        5 => 0x0003,
        6 => 0x0012,
        7 => 0x0013,
        8 => 0x0006,
        _ => 0x0007,
    } | if core.low_frequency { 0x0008u64 } else { 0 };
    // FrameDuration, StreamConstruction, CoreLFEPresent, CoreLayout, CoreSize, StereoDownmix,
    // RepresentationType, ChannelLayout, MultiAsset, LBRDuration, ReservedBox, Reserved.
    let fields: [(u32, u64); 12] = [
        (2, duration),
        (5, if extension { 0 } else { 1 }),
        (1, u64::from(core.low_frequency)),
        (6, u64::from(core.arrangement.min(31))),
        (14, u64::from(core.bytes)),
        (1, 0),
        (3, 0),
        (16, layout),
        (1, 0),
        (1, 0),
        (1, 0),
        (5, 0),
    ];
    let packed = fields
        .iter()
        .fold(0u64, |packed, (bits, value)| packed << bits | value);
    content.extend_from_slice(&packed.to_be_bytes()[1..]);
    (kind, make(b"ddts", &content))
}

/// Returns the `dmlp` box (Dolby TrueHD bitstreams within the ISO base media file format) and the sample rate for
/// an access unit that starts with a major sync; `None` for others.
pub(crate) fn dmlp(unit: &[u8]) -> Option<(Vec<u8>, u32)> {
    let sync = unit.get(4..24)?;
    if sync[..4] != [0xf8, 0x72, 0x6f, 0xba] {
        return None;
    }
    let rate = match sync[4] >> 4 {
        0 => 48_000,
        1 => 96_000,
        2 => 192_000,
        8 => 44_100,
        9 => 88_200,
        10 => 176_400,
        _ => return None,
    };
    let peak = u16::from_be_bytes([sync[14], sync[15]]) & 0x7fff;
    let mut content = sync[4..8].to_vec();
    content.extend_from_slice(&(peak << 1).to_be_bytes());
    content.extend_from_slice(&[0; 4]);
    Some((make(b"dmlp", &content), rate))
}
