//! One `moof`: the samples of its tracks (ISO/IEC 14496-12 §8.8.4 to §8.8.12).

use bytes::Bytes;

use super::boxes::{BoxHeader, Boxes, u32_at, u64_at};
use super::cursor::TableSample;
use crate::metered::Metered;
use crate::{ContainerError, ReadRange};

/// Maximum bytes of a fragment header; one of ten minutes at 120 pictures per second takes half of it.
const MAX_MOOF_BYTES: u64 = 4 << 20;

/// Default values of a `trex` or `tfhd` for samples without values of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Defaults {
    pub(super) track_id: u32,
    description: u32,
    duration: u32,
    size: u32,
    flags: u32,
}

/// Bit of sample flags: not a sync sample (§8.8.3.1).
const IS_NOT_SYNC: u32 = 0x1_0000;

/// Reads all `trex` of an `mvex`.
pub(super) async fn defaults<R: ReadRange>(
    file: &mut Metered<'_, R>,
    mvex: &BoxHeader,
) -> Result<Vec<Defaults>, ContainerError> {
    let mut all = Vec::new();
    let mut children = mvex.children();
    while let Some(found) = children.next(file).await? {
        if found.name == *b"trex" && all.len() < 128 {
            let content = found.read(file, 24).await?;
            all.push(Defaults {
                track_id: u32_at(&content, 4),
                description: u32_at(&content, 8),
                duration: u32_at(&content, 12),
                size: u32_at(&content, 16),
                flags: u32_at(&content, 20),
            });
        }
    }
    Ok(all)
}

/// The samples of one track in a fragment. Times are the track's own, without edit list and shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TrackFragment {
    pub(super) track_id: u32,
    pub(super) samples: Vec<TableSample>,
}

/// Parses a `moof` that was found in the file. Samples past the end of the file are left out, so that a
/// recording that was cut off plays up to the cut.
pub(super) async fn parse<R: ReadRange>(
    file: &mut Metered<'_, R>,
    moof: &BoxHeader,
    trex: &[Defaults],
) -> Result<Vec<TrackFragment>, ContainerError> {
    let length = moof.end - moof.start;
    if length > MAX_MOOF_BYTES {
        return Err(ContainerError::OverBudget("a fragment header of 4 MB"));
    }
    let bytes = file.read(moof.start, length).await?;
    let mut parsed = Vec::new();
    // Without a base of its own, a track's data follow those of the track before (§8.8.7.1).
    let mut data_end = moof.start;
    let mut children = moof.children();
    while let Some(traf) = children.next(file).await? {
        if traf.name == *b"traf" {
            let inside = Inside {
                moof,
                bytes: &bytes,
            };
            parsed.extend(track(file, &inside, traf.children(), trex, &mut data_end).await?);
        }
    }
    Ok(parsed)
}

/// A fragment header in memory.
struct Inside<'a> {
    moof: &'a BoxHeader,
    bytes: &'a Bytes,
}

impl Inside<'_> {
    fn content(&self, found: &BoxHeader) -> &[u8] {
        let from = (found.content - self.moof.start) as usize;
        let to = (found.end - self.moof.start) as usize;
        self.bytes.get(from..to).unwrap_or(&[])
    }
}

async fn track<R: ReadRange>(
    file: &mut Metered<'_, R>,
    inside: &Inside<'_>,
    mut children: Boxes,
    trex: &[Defaults],
    data_end: &mut u64,
) -> Result<Option<TrackFragment>, ContainerError> {
    let mut defaults = Defaults::default();
    let mut base = *data_end;
    let mut time = None;
    let mut samples = Vec::new();
    while let Some(found) = children.next(file).await? {
        let content = inside.content(&found);
        match &found.name {
            b"tfhd" => {
                (defaults, base) = header(content, trex, inside.moof.start, *data_end);
                if defaults.description > 1 {
                    return Err(ContainerError::Unsupported("several sample descriptions"));
                }
            }
            b"tfdt" => {
                time = Some(match content.first() {
                    Some(1) => u64_at(content, 4),
                    _ => u64::from(u32_at(content, 4)),
                });
            }
            b"trun" => {
                let start = match time {
                    Some(time) => i64::try_from(time)
                        .ok()
                        .filter(|time| *time < i64::MAX / 4)
                        .ok_or(ContainerError::Malformed(
                            "a decode time of millions of years",
                        ))?,
                    None => {
                        return Err(ContainerError::Unsupported(
                            "fragments without decode times",
                        ));
                    }
                };
                let run = FragmentRun {
                    defaults,
                    base,
                    after: *data_end,
                };
                let (end, next) = run.parse(file, content, start, &mut samples)?;
                *data_end = end;
                time = Some(next as u64);
            }
            _ => {}
        }
    }
    Ok((!samples.is_empty()).then_some(TrackFragment {
        track_id: defaults.track_id,
        samples,
    }))
}

/// Reads a `tfhd`: defaults, and the base of data offsets.
fn header(content: &[u8], trex: &[Defaults], moof: u64, data_end: u64) -> (Defaults, u64) {
    let flags = u32_at(content, 0) & 0xFF_FFFF;
    let track_id = u32_at(content, 4);
    let mut defaults = trex
        .iter()
        .find(|defaults| defaults.track_id == track_id)
        .copied()
        .unwrap_or_default();
    defaults.track_id = track_id;
    let mut base = if flags & 0x02_0000 != 0 {
        moof
    } else {
        data_end
    };
    let mut at = 8;
    if flags & 0x01 != 0 {
        base = u64_at(content, at);
        at += 8;
    }
    let fields = [
        (0x02, &mut defaults.description),
        (0x08, &mut defaults.duration),
        (0x10, &mut defaults.size),
        (0x20, &mut defaults.flags),
    ];
    for (bit, field) in fields {
        if flags & bit != 0 {
            *field = u32_at(content, at);
            at += 4;
        }
    }
    (defaults, base)
}

/// A `trun` and the values needed to parse it.
struct FragmentRun {
    defaults: Defaults,
    base: u64,
    /// End of the data of the run before.
    after: u64,
}

impl FragmentRun {
    /// Appends the samples. Returns the end of their data and the decode time after them.
    fn parse<R: ReadRange>(
        &self,
        file: &mut Metered<'_, R>,
        content: &[u8],
        mut time: i64,
        samples: &mut Vec<TableSample>,
    ) -> Result<(u64, i64), ContainerError> {
        let flags = u32_at(content, 0) & 0xFF_FFFF;
        let count = u32_at(content, 4);
        let mut at = 8;
        let mut offset = if samples.is_empty() {
            self.base
        } else {
            self.after
        };
        if flags & 0x001 != 0 {
            offset = self
                .base
                .saturating_add_signed(i64::from(u32_at(content, at) as i32));
            at += 4;
        }
        let mut first_flags = None;
        if flags & 0x004 != 0 {
            first_flags = Some(u32_at(content, at));
            at += 4;
        }
        let fields = [0x100, 0x200, 0x400, 0x800]
            .iter()
            .filter(|bit| flags & **bit != 0)
            .count();
        let rest = content.get(at..).unwrap_or(&[]);
        // Without fields, a huge count would take no bytes in the file.
        if fields > 0 && rest.len() / (4 * fields) < count as usize {
            return Err(ContainerError::Malformed(
                "a fragment is shorter than it says",
            ));
        }
        file.step(u64::from(count))?;
        if u64::from(count) > 1 << 20 {
            return Err(ContainerError::OverBudget(
                "a million samples in one fragment",
            ));
        }
        let mut field = rest.chunks_exact(4).map(|field| u32_at(field, 0));
        let mut next = |bit: u32| (flags & bit != 0).then(|| field.next()).flatten();
        for index in 0..count {
            let duration = next(0x100).unwrap_or(self.defaults.duration);
            let size = next(0x200).unwrap_or(self.defaults.size);
            let own_flags = next(0x400);
            let composition_offset = next(0x800).unwrap_or(0) as i32;
            let first = first_flags.filter(|_| index == 0);
            let flags = first.or(own_flags).unwrap_or(self.defaults.flags);
            let end = offset.saturating_add(u64::from(size));
            if end > file.size() {
                break;
            }
            if duration > i32::MAX as u32 {
                return Err(ContainerError::Unsupported("times that run backwards"));
            }
            samples.push(TableSample {
                offset,
                size,
                decode_time: time,
                duration,
                composition_offset,
                sync: flags & IS_NOT_SYNC == 0,
            });
            offset = end;
            time += i64::from(duration);
        }
        Ok((offset, time))
    }
}
