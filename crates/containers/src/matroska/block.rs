//! SimpleBlock and Block (RFC 9559 §10): track, time, flags, and the frames that lacing packs into one block.

use std::ops::Range;

use super::ebml;
use crate::ContainerError;

/// Maximum number of frames in one block: it is a byte that counts from zero (RFC 9559 §10.3).
pub(crate) const MAX_FRAMES: usize = 256;

/// A block without its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatroskaBlock {
    pub track: u64,
    /// Ticks relative to the cluster.
    pub time: i16,
    /// The keyframe flag of a SimpleBlock; has no meaning in a Block.
    pub key: bool,
    pub lacing: Lacing,
    /// Bytes of the header, without those of the lacing.
    pub length: usize,
}

/// A way in which several frames share a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lacing {
    None,
    Xiph,
    Fixed,
    Ebml,
}

/// Bytes of the longest block header: a track number of eight bytes, time, flags.
pub(crate) const MAX_HEADER_BYTES: usize = 11;

/// Parses the header of a block.
///
/// # Errors
/// `Truncated` if `bytes` ends before the header does, `Malformed` if the header is invalid.
pub(crate) fn header(bytes: &[u8]) -> Result<MatroskaBlock, ContainerError> {
    let (track, track_length) = ebml::vint(bytes)?;
    let track = track.ok_or(ContainerError::Malformed("a block has no track"))?;
    let fields = bytes
        .get(track_length..)
        .and_then(|rest| rest.first_chunk::<3>())
        .ok_or(ContainerError::Truncated)?;
    Ok(MatroskaBlock {
        track,
        time: i16::from_be_bytes([fields[0], fields[1]]),
        key: fields[2] & 0x80 != 0,
        lacing: match fields[2] >> 1 & 3 {
            0 => Lacing::None,
            1 => Lacing::Xiph,
            2 => Lacing::Fixed,
            _ => Lacing::Ebml,
        },
        length: track_length + 3,
    })
}

/// Returns the position of each frame of a block, relative to the end of its header.
///
/// `data` is the available part of the bytes behind the header, and has to contain the lacing's sizes; `length`
/// is the total number of bytes behind the header.
///
/// # Errors
/// `Truncated` if the sizes are not all in `data`, `Malformed` if they do not add up to `length`.
pub(crate) fn frames(
    lacing: Lacing,
    data: &[u8],
    length: usize,
) -> Result<Vec<Range<usize>>, ContainerError> {
    if lacing == Lacing::None {
        return Ok(std::iter::once(0..length).collect());
    }
    let count = usize::from(*data.first().ok_or(ContainerError::Truncated)?) + 1;
    let mut at = 1;
    let mut sizes = Vec::with_capacity(count);
    match lacing {
        Lacing::Fixed => {
            let size = length.saturating_sub(1) / count;
            if size * count != length.saturating_sub(1) {
                return Err(ContainerError::Malformed(
                    "frames of one size do not fill their block",
                ));
            }
            sizes.resize(count - 1, size);
        }
        Lacing::Xiph => {
            for _ in 1..count {
                let mut size = 0usize;
                loop {
                    let byte = *data.get(at).ok_or(ContainerError::Truncated)?;
                    at += 1;
                    size += usize::from(byte);
                    if byte != 255 {
                        break;
                    }
                }
                sizes.push(size);
            }
        }
        Lacing::Ebml => {
            let mut size = 0i64;
            for n in 1..count {
                let (value, bytes) = ebml::vint(data.get(at..).ok_or(ContainerError::Truncated)?)?;
                // A number with all bits set is a value here, not "unknown".
                let value = value.unwrap_or((1 << (7 * bytes)) - 1) as i64;
                at += bytes;
                size = if n == 1 {
                    value
                } else {
                    size + value - ((1i64 << (7 * bytes - 1)) - 1)
                };
                sizes.push(
                    usize::try_from(size)
                        .map_err(|_| ContainerError::Malformed("a frame has a negative size"))?,
                );
            }
        }
        Lacing::None => {}
    }
    let mut found = Vec::with_capacity(count);
    for size in sizes {
        let end = at
            .checked_add(size)
            .filter(|&end| end <= length)
            .ok_or(ContainerError::Malformed("a frame reaches past its block"))?;
        found.push(at..end);
        at = end;
    }
    if at > length {
        return Err(ContainerError::Malformed("a frame reaches past its block"));
    }
    found.push(at..length);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_track_time_and_flags() {
        let block = header(&[0x81, 0xff, 0xfe, 0x80, 1, 2]).unwrap();
        assert_eq!(
            (
                block.track,
                block.time,
                block.key,
                block.lacing,
                block.length
            ),
            (1, -2, true, Lacing::None, 4)
        );
        assert_eq!(header(&[0x40, 0x80, 0, 0, 0x06]).unwrap().track, 128);
        assert_eq!(header(&[0x81, 0, 0]), Err(ContainerError::Truncated));
    }

    #[test]
    fn each_lacing_gives_the_same_frames() {
        // Frames of 3, 2 and 4 bytes.
        let xiph = [2, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(
            frames(Lacing::Xiph, &xiph, 12).unwrap(),
            [3..6, 6..8, 8..12]
        );
        let ebml = [2, 0x83, 0xbe, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(
            frames(Lacing::Ebml, &ebml, 12).unwrap(),
            [3..6, 6..8, 8..12]
        );
        assert_eq!(frames(Lacing::Fixed, &[2], 7).unwrap(), [1..3, 3..5, 5..7]);
        // 300 is 255 and 45.
        let long = frames(Lacing::Xiph, &[1, 255, 45], 400).unwrap();
        assert_eq!(long, [3..303, 303..400]);
    }

    #[test]
    fn sizes_that_lie_are_errors() {
        assert!(frames(Lacing::Xiph, &[1, 20], 10).is_err());
        assert!(frames(Lacing::Fixed, &[1], 4).is_err());
        assert!(frames(Lacing::Ebml, &[2, 0x81, 0x80], 100).is_err());
        assert_eq!(
            frames(Lacing::Ebml, &[255, 0x81], 100),
            Err(ContainerError::Truncated)
        );
        assert!(frames(Lacing::Xiph, &[], 0).is_err());
    }
}
