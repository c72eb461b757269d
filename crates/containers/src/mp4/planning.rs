//! The plan of a file with sample tables: one walk over the picture's samples to find the cuts, then one over
//! each sound's to find the matching positions.

use super::boxes::u32_at;
use super::clock::{not_before, rescale};
use super::cursor::{POSITION_FIELDS, Position, SampleCursor, TableSample};
use super::cutter::{Cut, Cutter, MAX_SEGMENTS};
use super::tables::{SampleTables, TableReader};
use crate::metered::Metered;
use crate::packed::PackedRows;
use crate::{ContainerError, ReadRange, SegmentPlan, TARGET_SEGMENT_S};

/// Positions of a track's segments in its tables; one more than there are segments, for the end of the last.
pub(super) type Positions = PackedRows<POSITION_FIELDS>;

/// Facts of a track before the walk over it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walked {
    pub(super) tables: SampleTables,
    pub(super) timescale: u32,
    /// Ticks to add to the tables' times.
    pub(super) base: i64,
}

/// Results of a walk over a track.
#[derive(Debug, Default)]
pub(super) struct TrackSums {
    pub(super) positions: Positions,
    pub(super) bytes: u64,
    pub(super) rate: Rate,
    /// End of the last displayed sample.
    pub(super) end: i64,
}

/// The plan, and the sums of each track in the order they were given in, the reference first.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) plan: SegmentPlan,
    pub(super) sums: Vec<TrackSums>,
}

/// Makes the plan. The first track determines the cuts: at its sync samples, which for sound is every one.
pub(super) async fn plan<R: ReadRange>(
    file: &mut Metered<'_, R>,
    tracks: &[Walked],
) -> Result<Planned, ContainerError> {
    let Some((reference, others)) = tracks.split_first() else {
        return Err(ContainerError::Unsupported(
            "a file without picture and sound",
        ));
    };
    let (mut cuts, mut sums, tail) = reference_cuts(file, reference).await?;
    add_tail(file, &mut cuts, reference, sums.end, others, tail).await?;
    file.allocate((cuts.len() * size_of::<(Cut, u64, u64)>()) as u64)?;
    let mut spans = vec![(u64::MAX, 0u64); cuts.len()];
    for cut in &cuts {
        sums.positions.push(cut.position.to_row());
    }
    sums.positions.push(tail.to_row());
    cover(file, reference, &cuts, &mut spans).await?;
    let mut all = vec![sums];
    for other in others {
        let sums = place(file, other, reference.timescale, &cuts, &mut spans).await?;
        file.allocate(sums.positions.memory_bytes() as u64)?;
        all.push(sums);
    }
    let ends = tracks.iter().zip(&all);
    let end = ends
        .map(|(track, sums)| rescale(sums.end, track.timescale, reference.timescale))
        .max()
        .unwrap_or(0);
    let mut plan = SegmentPlan::new(reference.timescale);
    for (cut, (from, to)) in cuts.iter().zip(&spans) {
        plan.push(cut.time, *from.min(to)..*to, u64::from(cut.key_frame_bytes));
    }
    for sums in &mut all {
        sums.positions.shrink();
    }
    Ok(Planned {
        plan: plan.finish(end),
        sums: all,
    })
}

/// Walks the reference track. Returns its cuts, its sums and the position after its last sample.
async fn reference_cuts<R: ReadRange>(
    file: &mut Metered<'_, R>,
    track: &Walked,
) -> Result<(Vec<Cut>, TrackSums, Position), ContainerError> {
    let mut cursor = SampleCursor::new(track.tables, Position::default());
    let mut cutter = Cutter::new(track.timescale);
    let mut sums = TrackSums::default();
    loop {
        let position = cursor.position();
        let Some(sample) = cursor.next(file).await? else {
            break;
        };
        let time = sums.add(track, &sample);
        let cut = Cut {
            time,
            position,
            key_frame_bytes: if sample.sync { sample.size } else { 0 },
        };
        cutter.offer(cut, sample.sync)?;
    }
    let cuts = cutter.into_cuts();
    if cuts.is_empty() {
        return Err(ContainerError::Malformed("a track without samples"));
    }
    Ok((cuts, sums, cursor.position()))
}

/// Adds cuts by time if a sound continues long after the picture.
async fn add_tail<R: ReadRange>(
    file: &mut Metered<'_, R>,
    cuts: &mut Vec<Cut>,
    reference: &Walked,
    end: i64,
    others: &[Walked],
    position: Position,
) -> Result<(), ContainerError> {
    let mut last = end;
    for other in others {
        let length = total_duration(file, &other.tables).await?;
        let other_end = other.base.saturating_add(length);
        last = last.max(rescale(other_end, other.timescale, reference.timescale));
    }
    let step = i64::from(reference.timescale) * i64::from(TARGET_SEGMENT_S);
    let mut time = end;
    while last - time > 2 * step {
        if cuts.len() >= MAX_SEGMENTS {
            return Err(ContainerError::OverBudget("a day of segments"));
        }
        if time > cuts.last().map_or(0, |cut| cut.time) {
            cuts.push(Cut {
                time,
                position,
                key_frame_bytes: 0,
            });
        }
        time += step;
    }
    Ok(())
}

/// Returns the sum of the durations, by the runs of the table.
async fn total_duration<R: ReadRange>(
    file: &mut Metered<'_, R>,
    tables: &SampleTables,
) -> Result<i64, ContainerError> {
    let mut reader = TableReader::new(tables.durations);
    let mut total = 0i64;
    let mut left = u64::from(tables.sizes.count);
    for index in 0..tables.durations.count {
        file.step(1)?;
        let Some(entry) = reader.entry(file, index).await? else {
            break;
        };
        let count = u64::from(u32_at(entry, 0)).min(left);
        left -= count;
        total = total.saturating_add((count * u64::from(u32_at(entry, 4))) as i64);
    }
    Ok(total)
}

/// Returns the amount by which the composition offsets of a track go below zero, by the runs of the table.
pub(super) async fn reorder<R: ReadRange>(
    file: &mut Metered<'_, R>,
    tables: &SampleTables,
) -> Result<i32, ContainerError> {
    let mut reader = TableReader::new(tables.offsets);
    let mut least = 0;
    for index in 0..tables.offsets.count {
        file.step(1)?;
        if let Some(entry) = reader.entry(file, index).await?
            && u32_at(entry, 0) > 0
        {
            least = least.min(u32_at(entry, 4) as i32);
        }
    }
    Ok(least.saturating_neg())
}

/// Walks the reference track's segments once more, for their byte spans. This is a walk over sizes and chunks that
/// are in memory by now.
async fn cover<R: ReadRange>(
    file: &mut Metered<'_, R>,
    track: &Walked,
    cuts: &[Cut],
    spans: &mut [(u64, u64)],
) -> Result<(), ContainerError> {
    let mut cursor = SampleCursor::new(track.tables, Position::default());
    let mut segment = 0;
    while let Some(sample) = cursor.next(file).await? {
        let number = cursor.position().sample - 1;
        while cuts
            .get(segment + 1)
            .is_some_and(|next| next.position.sample <= number)
        {
            segment += 1;
        }
        spans[segment].widen(&sample);
    }
    Ok(())
}

/// Walks another track and finds its position at each cut: the first sample that is displayed at or after it.
async fn place<R: ReadRange>(
    file: &mut Metered<'_, R>,
    track: &Walked,
    cut_timescale: u32,
    cuts: &[Cut],
    spans: &mut [(u64, u64)],
) -> Result<TrackSums, ContainerError> {
    let mut cursor = SampleCursor::new(track.tables, Position::default());
    let mut sums = TrackSums::default();
    sums.positions.push(Position::default().to_row());
    let mut segment = 0;
    loop {
        let position = cursor.position();
        let Some(sample) = cursor.next(file).await? else {
            break;
        };
        let time = sums.add(track, &sample);
        while let Some(next) = cuts.get(segment + 1)
            && not_before(time, track.timescale, next.time, cut_timescale)
        {
            segment += 1;
            sums.positions.push(position.to_row());
        }
        spans[segment].widen(&sample);
    }
    while sums.positions.len() <= cuts.len() {
        sums.positions.push(cursor.position().to_row());
    }
    Ok(sums)
}

impl TrackSums {
    /// Counts a sample and returns its presentation time.
    fn add(&mut self, track: &Walked, sample: &TableSample) -> i64 {
        let time = sample.decode_time + track.base + i64::from(sample.composition_offset);
        self.bytes += u64::from(sample.size);
        self.rate.add(sample.duration);
        self.end = self.end.max(time + i64::from(sample.duration));
        time
    }
}

trait Span {
    fn widen(&mut self, sample: &TableSample);
}

impl Span for (u64, u64) {
    fn widen(&mut self, sample: &TableSample) {
        self.0 = self.0.min(sample.offset);
        self.1 = self.1.max(sample.offset + u64::from(sample.size));
    }
}

/// Maximum number of different durations that are counted to find a rate.
const MAX_DURATIONS: usize = 8;

/// A count of sample durations, by which a constant frame rate is recognised.
#[derive(Debug, Default, Clone)]
pub(super) struct Rate {
    seen: Vec<(u32, u64)>,
    samples: u64,
    total: u64,
    range: Option<(u32, u32)>,
}

impl Rate {
    pub(super) fn add(&mut self, duration: u32) {
        self.samples += 1;
        self.total += u64::from(duration);
        let (least, most) = self.range.unwrap_or((duration, duration));
        self.range = Some((least.min(duration), most.max(duration)));
        let kinds = self.seen.len();
        match self.seen.iter_mut().find(|(seen, _)| *seen == duration) {
            Some((_, count)) => *count += 1,
            None if kinds < MAX_DURATIONS => self.seen.push((duration, 1)),
            None => {}
        }
    }

    /// Returns samples per second if nine in ten have the same length, or if all do but for rounding; `None`
    /// for a variable rate.
    pub(super) fn per_second(&self, timescale: u32) -> Option<f64> {
        let timescale = f64::from(timescale);
        let (duration, count) = self.seen.iter().max_by_key(|(_, count)| *count)?;
        if *duration > 0 && count * 10 >= self.samples * 9 {
            return Some(timescale / f64::from(*duration));
        }
        let (least, most) = self.range?;
        (least > 0 && most - least <= 2)
            .then(|| timescale * self.samples as f64 / self.total as f64)
    }

    /// Returns the sum of the durations.
    pub(super) fn total(&self) -> u64 {
        self.total
    }
}
