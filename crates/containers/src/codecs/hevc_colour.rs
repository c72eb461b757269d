//! The transfer function of an HEVC picture, in the usability information of its sequence parameter set: files whose
//! container states no colours declare HDR there alone.

use super::bits::{Bits, unescape};
use super::parameter_sets::{hevc_parameter_set, skip_to_coding_blocks};

/// The most sets of reference pictures of a stream (H.265 §7.4.3.2.1).
const MAX_REFERENCE_SETS: u32 = 64;
/// The most pictures of one set.
const MAX_REFERENCES: u32 = 16;

/// Returns `transfer_characteristics` (H.265 §E.2.1, numbers of ITU-T H.273) of an `hvcC` configuration; `None` if the
/// stream does not state it or cannot be parsed.
pub(crate) fn hevc_transfer(config: &[u8]) -> Option<u8> {
    let sps = unescape(hevc_parameter_set(config)?);
    let mut bits = Bits::new(sps.get(2..)?);
    let poc_bits = skip_to_coding_blocks(&mut bits)?.poc_bits;
    for _ in 0..6 {
        bits.unsigned()?;
    }
    if bits.flag()? && bits.flag()? {
        scaling_lists(&mut bits)?;
    }
    bits.skip(2)?; // amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if bits.flag()? {
        bits.skip(8)?;
        bits.unsigned()?;
        bits.unsigned()?;
        bits.skip(1)?;
    }
    reference_sets(&mut bits)?;
    if bits.flag()? {
        for _ in 0..bits.unsigned()?.min(33) {
            bits.skip(poc_bits as usize + 1)?;
        }
    }
    bits.skip(2)?; // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    if !bits.flag()? {
        return None;
    }
    if bits.flag()? && bits.read(8)? == 255 {
        bits.skip(32)?;
    }
    if bits.flag()? {
        bits.skip(1)?;
    }
    if !bits.flag()? {
        return None;
    }
    bits.skip(4)?; // video_format, video_full_range_flag
    if !bits.flag()? {
        return None;
    }
    bits.skip(8)?; // colour_primaries
    bits.read(8).map(|transfer| transfer as u8)
}

/// Skips `scaling_list_data` (§7.3.4).
fn scaling_lists(bits: &mut Bits<'_>) -> Option<()> {
    for size in 0..4 {
        for _ in (0..6).step_by(if size == 3 { 3 } else { 1 }) {
            if !bits.flag()? {
                bits.unsigned()?;
                continue;
            }
            if size > 1 {
                bits.signed()?;
            }
            for _ in 0..64.min(1 << (4 + 2 * size)) {
                bits.signed()?;
            }
        }
    }
    Some(())
}

/// The pictures that a picture refers to, as differences of their order: those before it and those after it.
#[derive(Default)]
struct ReferenceSet {
    before: Vec<i64>,
    after: Vec<i64>,
}

/// Skips all `st_ref_pic_set` (§7.3.7).
fn reference_sets(bits: &mut Bits<'_>) -> Option<()> {
    let mut last = ReferenceSet::default();
    for index in 0..bits.unsigned()?.min(MAX_REFERENCE_SETS) {
        last = match index > 0 && bits.flag()? {
            true => predicted_set(bits, &last)?,
            false => explicit_set(bits)?,
        };
    }
    Some(())
}

fn explicit_set(bits: &mut Bits<'_>) -> Option<ReferenceSet> {
    let before = bits.unsigned()?.min(MAX_REFERENCES);
    let after = bits.unsigned()?.min(MAX_REFERENCES);
    let mut side = |count: u32, sign: i64| {
        let mut order = 0;
        (0..count)
            .map(|_| {
                order += sign * (i64::from(bits.unsigned()?) + 1);
                bits.skip(1)?;
                Some(order)
            })
            .collect::<Option<Vec<i64>>>()
    };
    Some(ReferenceSet {
        before: side(before, -1)?,
        after: side(after, 1)?,
    })
}

/// Derives a set from the one before (equations 7-61 and 7-62).
fn predicted_set(bits: &mut Bits<'_>, last: &ReferenceSet) -> Option<ReferenceSet> {
    let is_negative = bits.flag()?;
    let distance = i64::from(bits.unsigned()?) + 1;
    let shift = if is_negative { -distance } else { distance };
    let known = last.before.iter().chain(&last.after);
    let mut orders = Vec::new();
    // The last flag is that of the picture that the other set belongs to.
    for order in known.copied().chain([0]) {
        let is_used = bits.flag()? || bits.flag()?;
        if is_used && order + shift != 0 {
            orders.push(order + shift);
        }
    }
    orders.sort_unstable();
    let (before, after): (Vec<i64>, Vec<i64>) = orders.iter().partition(|order| **order < 0);
    Some(ReferenceSet {
        before: before.into_iter().rev().collect(),
        after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Configurations of x265, with the sequence parameter set alone.
    const HEAD: &str = "0102200000009000000000001ef000fcfdfafa00000f01a10001002d420101022000000300900000\
                        03000003001ea010206136595952930bc05a848";

    #[test]
    fn the_transfer_function_is_found_where_the_container_has_none() {
        let cases = [
            ("804820000030002000003003010", 16),
            ("904820000030002000003003010", 18),
            ("084820000030002000003003010", 1),
        ];
        for (rest, expected) in cases {
            let text = format!("{HEAD}{rest}");
            let config: Vec<u8> = (0..text.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
                .collect();
            assert_eq!(hevc_transfer(&config), Some(expected));
            for length in 0..config.len() {
                assert_eq!(hevc_transfer(&config[..length]), None, "{length}");
            }
        }
    }
}
