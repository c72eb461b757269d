//! Sequence parameter sets, for facts that Matroska leaves out: above all the number of pictures that may be decoded
//! before one that is displayed earlier.

use super::bits::{Bits, unescape};

/// Returns the number of pictures by which decoding runs ahead of display, for an `avcC` configuration; `None`
/// if it cannot be parsed.
pub(crate) fn avc_reorder_depth(config: &[u8]) -> Option<u32> {
    let count = config.get(5)? & 0x1f;
    if count == 0 {
        return None;
    }
    let size = usize::from(u16::from_be_bytes(*config.get(6..)?.first_chunk::<2>()?));
    let sps = unescape(config.get(8..8 + size)?);
    let profile = *sps.get(1)?;
    // Baseline has no B pictures; sets without an explicit number may have several in a row.
    let unsaid = if profile == 66 { 0 } else { 2 };
    Some(avc_reorder_frames(&sps).unwrap_or(unsaid).min(16))
}

/// Skips an SPS (H.264 §7.3.2.1.1) after its NAL header up to `max_num_ref_frames`. Returns `chroma_format_idc` and
/// `pic_order_cnt_type`.
fn skip_to_references(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    let profile = bits.read(8)?;
    bits.skip(16)?;
    bits.unsigned()?; // seq_parameter_set_id
    let mut chroma = 1;
    if matches!(
        profile,
        100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135
    ) {
        chroma = bits.unsigned()?;
        if chroma == 3 {
            bits.skip(1)?;
        }
        bits.unsigned()?;
        bits.unsigned()?;
        bits.skip(1)?;
        if bits.flag()? {
            for list in 0..if chroma == 3 { 12 } else { 8 } {
                if bits.flag()? {
                    scaling_list(bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.unsigned()?; // log2_max_frame_num_minus4
    let order = bits.unsigned()?;
    match order {
        0 => {
            bits.unsigned()?;
        }
        2 => {}
        _ => {
            bits.skip(1)?;
            bits.signed()?;
            bits.signed()?;
            for _ in 0..bits.unsigned()?.min(255) {
                bits.signed()?;
            }
        }
    }
    Some((chroma, order))
}

/// Returns width and height of the pictures of an SPS (H.264 §7.4.2.1.1) without its cropped edges; `None` if it cannot
/// be parsed.
pub(crate) fn avc_size(sps: &[u8]) -> Option<(u32, u32)> {
    const MAX_BLOCKS: u32 = 2048;
    let mut bits = Bits::new(sps.get(1..)?);
    let (chroma, _) = skip_to_references(&mut bits)?;
    bits.unsigned()?;
    bits.skip(1)?;
    let width = bits.unsigned()?.min(MAX_BLOCKS) + 1;
    let rows = bits.unsigned()?.min(MAX_BLOCKS) + 1;
    let is_field = u32::from(!bits.flag()?);
    if is_field == 1 {
        bits.skip(1)?;
    }
    bits.skip(1)?;
    let (mut width, mut height) = (width * 16, rows * 16 * (1 + is_field));
    if bits.flag()? {
        let (across, down) = match chroma {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        let mut edges = || Some(bits.unsigned()?.saturating_add(bits.unsigned()?));
        width = width.saturating_sub(edges()?.saturating_mul(across));
        height = height.saturating_sub(edges()?.saturating_mul(down * (1 + is_field)));
    }
    Some((width, height))
}

/// Parses an SPS (H.264 §7.3.2.1.1) up to `max_num_reorder_frames` in its VUI. `None` if it has none.
fn avc_reorder_frames(sps: &[u8]) -> Option<u32> {
    let mut bits = Bits::new(sps.get(1..)?);
    let (_, order) = skip_to_references(&mut bits)?;
    if order == 2 {
        // Output order is decoding order (§8.2.1.3).
        return Some(0);
    }
    let references = bits.unsigned()?;
    bits.skip(1)?;
    bits.unsigned()?;
    bits.unsigned()?;
    if !bits.flag()? {
        bits.skip(1)?;
    }
    bits.skip(1)?;
    if bits.flag()? {
        for _ in 0..4 {
            bits.unsigned()?;
        }
    }
    if references == 0 {
        return Some(0);
    }
    if !bits.flag()? {
        return None;
    }
    if bits.flag()? && bits.read(8)? == 255 {
        bits.skip(32)?;
    }
    if bits.flag()? {
        bits.skip(1)?;
    }
    if bits.flag()? {
        bits.skip(4)?;
        if bits.flag()? {
            bits.skip(24)?;
        }
    }
    if bits.flag()? {
        bits.unsigned()?;
        bits.unsigned()?;
    }
    if bits.flag()? {
        bits.skip(65)?;
    }
    let nal_hrd = bits.flag()?;
    if nal_hrd {
        hypothetical_decoder(&mut bits)?;
    }
    let vcl_hrd = bits.flag()?;
    if vcl_hrd {
        hypothetical_decoder(&mut bits)?;
    }
    if nal_hrd || vcl_hrd {
        bits.skip(1)?;
    }
    bits.skip(1)?;
    if !bits.flag()? {
        return None;
    }
    bits.skip(1)?;
    for _ in 0..4 {
        bits.unsigned()?;
    }
    bits.unsigned()
}

fn scaling_list(bits: &mut Bits<'_>, size: usize) -> Option<()> {
    let (mut last, mut next) = (8i64, 8i64);
    for _ in 0..size {
        if next != 0 {
            next = (last + i64::from(bits.signed()?) + 256).rem_euclid(256);
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

/// Skips HRD parameters (H.264 §E.1.2).
fn hypothetical_decoder(bits: &mut Bits<'_>) -> Option<()> {
    let count = bits.unsigned()?.min(31);
    bits.skip(8)?;
    for _ in 0..=count {
        bits.unsigned()?;
        bits.unsigned()?;
        bits.skip(1)?;
    }
    bits.skip(20)
}

/// Returns the number of pictures by which decoding runs ahead of display, for an `hvcC` configuration
/// (`sps_max_num_reorder_pics` of the highest layer, H.265 §7.3.2.2.1); `None` if it cannot be parsed.
pub(crate) fn hevc_reorder_depth(config: &[u8]) -> Option<u32> {
    let sps = unescape(hevc_parameter_set(config)?);
    let mut bits = Bits::new(sps.get(2..)?);
    Some(skip_to_coding_blocks(&mut bits)?.reorder_depth.min(16))
}

/// Returns the first sequence parameter set of an `hvcC` configuration, as it stands there; `None` if there is none.
pub(crate) fn hevc_parameter_set(config: &[u8]) -> Option<&[u8]> {
    let mut rest = config.get(23..)?;
    for _ in 0..*config.get(22)? {
        let &[kind, high, low, ..] = rest else {
            return None;
        };
        rest = rest.get(3..)?;
        for _ in 0..u16::from_be_bytes([high, low]) {
            let size = usize::from(u16::from_be_bytes(*rest.first_chunk::<2>()?));
            let nal = rest.get(2..2 + size)?;
            if kind & 0x3f == 33 {
                return Some(nal);
            }
            rest = &rest[2 + size..];
        }
    }
    None
}

/// Facts at the start of a sequence parameter set of HEVC.
pub(crate) struct HevcFacts {
    /// Pictures by which decoding runs ahead of display.
    pub reorder_depth: u32,
    /// Bits of the lower part of a picture's order.
    pub poc_bits: u32,
    /// Width and height of the pictures without their cropped edges.
    pub width: u32,
    pub height: u32,
}

/// Parses a set after its NAL header, up to the sizes of coding blocks.
pub(crate) fn skip_to_coding_blocks(bits: &mut Bits<'_>) -> Option<HevcFacts> {
    bits.skip(4)?;
    let layers = bits.read(3)?;
    bits.skip(1)?;
    // profile_tier_level (§7.3.3)
    bits.skip(88 + 8)?;
    let present: Vec<(bool, bool)> = (0..layers)
        .map(|_| Some((bits.flag()?, bits.flag()?)))
        .collect::<Option<_>>()?;
    if layers > 0 {
        bits.skip(2 * (8 - layers as usize))?;
    }
    for (profile, level) in present {
        bits.skip(if profile { 88 } else { 0 } + if level { 8 } else { 0 })?;
    }
    bits.unsigned()?;
    let chroma = bits.unsigned()?;
    if chroma == 3 {
        bits.skip(1)?;
    }
    let (mut width, mut height) = (bits.unsigned()?, bits.unsigned()?);
    if bits.flag()? {
        // Edges in units of chroma samples (table 6-1).
        let (across, down) = match chroma {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        let mut edges = || Some(bits.unsigned()?.saturating_add(bits.unsigned()?));
        width = width.saturating_sub(edges()?.saturating_mul(across));
        height = height.saturating_sub(edges()?.saturating_mul(down));
    }
    bits.unsigned()?;
    bits.unsigned()?;
    let poc_bits = bits.unsigned()?.min(12) + 4;
    let each = bits.flag()?;
    let mut reorder_depth = 0;
    for _ in if each { 0 } else { layers }..=layers {
        bits.unsigned()?;
        reorder_depth = bits.unsigned()?;
        bits.unsigned()?;
    }
    Some(HevcFacts {
        reorder_depth,
        poc_bits,
        width,
        height,
    })
}
