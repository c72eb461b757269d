//! Indexes of fragmented files: `mfra` at the end (ISO/IEC 14496-12 §8.8.9) and `sidx` in front (§8.16.3).

use super::boxes::{BoxHeader, Boxes, u16_at, u32_at, u64_at};
use crate::metered::Metered;
use crate::{ContainerError, ReadRange};

/// Maximum bytes of an index that are read: more than a day of fragments of a second takes.
const MAX_INDEX_BYTES: u64 = 2 << 20;

/// A fragment that starts with a sync sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listed {
    /// Presentation time in the reference's own ticks.
    pub(super) time: i64,
    pub(super) moof: u64,
}

/// The fragments of an index in order.
pub(super) struct FragmentList {
    pub(super) entries: Vec<Listed>,
    /// End of the film in the reference's own ticks; `None` if the index does not contain it.
    pub(super) end: Option<i64>,
}

/// Reads the `mfra`, found by the `mfro` in the last bytes. `None` if there is none of this track.
pub(super) async fn from_mfra<R: ReadRange>(
    file: &mut Metered<'_, R>,
    track_id: u32,
) -> Result<Option<FragmentList>, ContainerError> {
    let size = file.size();
    let Some(at) = size.checked_sub(16) else {
        return Ok(None);
    };
    let tail = file.read(at, 16).await?;
    let Some(length) = mfra_size(&tail).map(u64::from) else {
        return Ok(None);
    };
    if length < 24 || length > size || length > MAX_INDEX_BYTES {
        return Ok(None);
    }
    let mut boxes = Boxes {
        at: size - length,
        end: size,
    };
    let Some(mfra) = boxes
        .next(file)
        .await?
        .filter(|found| found.name == *b"mfra")
    else {
        return Ok(None);
    };
    let mut children = mfra.children();
    while let Some(tfra) = children.next(file).await? {
        if tfra.name == *b"tfra" {
            let content = tfra.read(file, MAX_INDEX_BYTES).await?;
            if u32_at(&content, 4) == track_id {
                return entries(file, &content);
            }
        }
    }
    Ok(None)
}

/// Reads the entries of a `tfra`. Of the entries for one fragment only the first counts, and only if it is the
/// fragment's first sample.
fn entries<R: ReadRange>(
    file: &mut Metered<'_, R>,
    content: &[u8],
) -> Result<Option<FragmentList>, ContainerError> {
    let long = content.first() == Some(&1);
    let widths = u32_at(content, 8);
    let [traf, trun, sample] = [4, 2, 0].map(|shift| (widths >> shift & 3) as usize + 1);
    let count = u32_at(content, 12);
    let entry_bytes = if long { 16 } else { 8 } + traf + trun + sample;
    let mut entries: Vec<Listed> = Vec::new();
    for index in 0..count as usize {
        file.step(1)?;
        let at = 16 + index * entry_bytes;
        if at + entry_bytes > content.len() {
            return Ok(None);
        }
        let (time, moof, numbers) = if long {
            (u64_at(content, at), u64_at(content, at + 8), at + 16)
        } else {
            let time = u64::from(u32_at(content, at));
            (time, u64::from(u32_at(content, at + 4)), at + 8)
        };
        let run = number(content, numbers + traf, trun);
        let first = number(content, numbers + traf + trun, sample);
        let in_order = entries
            .last()
            .is_none_or(|last| last.moof < moof && last.time < time as i64);
        let time = i64::try_from(time).unwrap_or(i64::MAX);
        if run <= 1 && first <= 1 && in_order && moof < file.size() && time < i64::MAX / 4 {
            entries.push(Listed { time, moof });
        }
    }
    Ok((!entries.is_empty()).then_some(FragmentList { entries, end: None }))
}

/// Reads a `sidx` of one level that covers the rest of the file. `None` if it does not, or belongs to another
/// track.
pub(super) async fn from_sidx<R: ReadRange>(
    file: &mut Metered<'_, R>,
    sidx: &BoxHeader,
    track_id: u32,
    timescale: u32,
) -> Result<Option<FragmentList>, ContainerError> {
    let content = sidx.read(file, MAX_INDEX_BYTES).await?;
    let long = content.first() == Some(&1);
    if u32_at(&content, 4) != track_id || u32_at(&content, 8) != timescale {
        return Ok(None);
    }
    let (time, first, at) = if long {
        (u64_at(&content, 12), u64_at(&content, 20), 28)
    } else {
        let time = u64::from(u32_at(&content, 12));
        (time, u64::from(u32_at(&content, 16)), 20)
    };
    let mut time = i64::try_from(time).unwrap_or(i64::MAX).min(i64::MAX / 4);
    let mut moof = sidx.end.saturating_add(first);
    let count = usize::from(u16_at(&content, at + 2));
    let mut entries = Vec::with_capacity(count);
    for index in 0..count {
        file.step(1)?;
        let at = at + 4 + index * 12;
        let (kind, duration, access) = (
            u32_at(&content, at),
            u32_at(&content, at + 4),
            u32_at(&content, at + 8),
        );
        let is_nested = kind >> 31 == 1;
        if at + 12 > content.len() || is_nested || moof >= file.size() {
            return Ok(None);
        }
        if access >> 31 == 1 || index == 0 {
            entries.push(Listed { time, moof });
        }
        moof = moof.saturating_add(u64::from(kind & 0x7FFF_FFFF));
        time = time.saturating_add(i64::from(duration));
    }
    // If much data follows the last indexed fragment, the index covers only a part of the film.
    let covers = moof.saturating_add(64 << 10) >= file.size();
    Ok((covers && !entries.is_empty()).then_some(FragmentList {
        entries,
        end: Some(time),
    }))
}

/// Reads a number of `bytes` bytes out of a `tfra` entry.
fn number(content: &[u8], at: usize, bytes: usize) -> u32 {
    content.get(at..at + bytes).map_or(0, |part| {
        part.iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte))
    })
}

/// Returns the size that an `mfro` at the end of the file gives for the `mfra` before it.
fn mfra_size(tail: &[u8]) -> Option<u32> {
    (tail.get(4..8) == Some(b"mfro")).then(|| u32_at(tail, 12))
}
