//! Fragmented sources: samples from `moof` boxes, and the cuts between segments.
//!
//! The starts of segments come from the index at the end (`mfra`), else from the one in front (`sidx`), else,
//! as in recordings that were never finished, from all fragment headers, one after another. A segment's samples
//! are read again from the headers within its span.

use super::boxes::{BoxHeader, Boxes};
use super::clock::Move;
use super::cutter::{Cut, Cutter};
use super::fragment::{self, Defaults, TrackFragment};
use super::fragment_index::{from_mfra, from_sidx};
use super::planning::Rate;
use super::track::TrackIndex;
use crate::metered::Metered;
use crate::packed::PackedRows;
use crate::{Budget, ContainerError, ReadRange, SegmentPlan, TrackRun};

/// Maximum number of fragments that are read for the first times of all tracks.
const MAX_FIRST_FRAGMENTS: usize = 32;

/// Bytes read at each fragment if all are visited: a header of two seconds, mostly, and no media. So a film of
/// hours without an index stays within the budget.
const HOP_BYTES: u64 = 4 << 10;

/// Bytes of memory that one sample of a segment takes, with its share of the headers.
const SAMPLE_BYTES: u64 = 64;

/// Positions in the file that a fragmented film is read from.
pub(super) struct Starts {
    pub(super) mvex: BoxHeader,
    pub(super) first: Option<BoxHeader>,
    pub(super) segment_index: Option<BoxHeader>,
}

/// The position of a cut: a fragment, and the number of the reference's samples in it that belong to the
/// segment before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct CutPosition {
    pub(super) moof: u64,
    pub(super) skip: u32,
}

/// The cuts of a fragmented film.
#[derive(Debug)]
pub(super) struct Fragments {
    /// Fragment, samples skipped in it, time of the cut in the reference's own ticks.
    rows: PackedRows<3>,
    trex: Vec<Defaults>,
    ids: Vec<u32>,
    timescales: Vec<u32>,
    reference: usize,
}

/// Results of reading the headers.
pub(super) struct FragmentHeaders {
    cuts: Vec<Cut<CutPosition>>,
    end: i64,
    pub(super) first_times: Vec<i64>,
    /// Amount by which composition offsets of each track go below zero in the first fragments.
    pub(super) reorders: Vec<i32>,
    pub(super) rate: Rate,
    fragments: Fragments,
    file_size: u64,
}

/// Reads the index of a fragmented film.
pub(super) async fn index<R: ReadRange>(
    file: &mut Metered<'_, R>,
    indexes: &[TrackIndex],
    carried: &[usize],
    starts: Starts,
) -> Result<FragmentHeaders, ContainerError> {
    let trex = fragment::defaults(file, &starts.mvex).await?;
    let first = starts.first.ok_or(ContainerError::Malformed(
        "fragments are promised, and none is there",
    ))?;
    let reference = carried[0];
    let mut found = FragmentHeaders {
        cuts: Vec::new(),
        end: 0,
        first_times: vec![0; indexes.len()],
        reorders: vec![0; indexes.len()],
        rate: Rate::default(),
        fragments: Fragments {
            rows: PackedRows::new(),
            trex,
            ids: indexes.iter().map(|track| track.facts.id as u32).collect(),
            timescales: indexes.iter().map(|track| track.facts.timescale).collect(),
            reference,
        },
        file_size: file.size(),
    };
    found.read_first(file, carried, first.start).await?;
    let (id, timescale) = (
        found.fragments.ids[reference],
        found.fragments.timescales[reference],
    );
    let listed = match from_mfra(file, id).await? {
        Some(list) => Some(list),
        None => match starts.segment_index {
            Some(sidx) => from_sidx(file, &sidx, id, timescale).await?,
            None => None,
        },
    };
    match listed {
        Some(list) => {
            let mut cutter = Cutter::new(timescale);
            for (index, entry) in list.entries.iter().enumerate() {
                // Media before the first listed fragment belongs to the first segment.
                let moof = if index == 0 { first.start } else { entry.moof };
                cutter.offer(
                    Cut {
                        time: entry.time,
                        position: CutPosition { moof, skip: 0 },
                        key_frame_bytes: 0,
                    },
                    true,
                )?;
            }
            found.cuts = cutter.into_cuts();
            found.end = match list.end {
                Some(end) => end,
                None => {
                    let last = list.entries.last().map_or(first.start, |entry| entry.moof);
                    found.read_end(file, last).await?
                }
            };
        }
        None => {
            file.set_window(HOP_BYTES);
            found.read_all(file, first.start, timescale).await?;
        }
    }
    if found.cuts.is_empty() {
        return Err(ContainerError::Malformed("fragments without samples"));
    }
    for cut in &found.cuts {
        let CutPosition { moof, skip } = cut.position;
        found
            .fragments
            .rows
            .push([moof as i64, i64::from(skip), cut.time]);
    }
    let size = found.file_size as i64;
    found.fragments.rows.push([size, 0, found.end]);
    found.fragments.rows.shrink();
    Ok(found)
}

impl FragmentHeaders {
    /// Reads fragments until each carried track has occurred once, for the start times of the tracks.
    async fn read_first<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
        carried: &[usize],
        start: u64,
    ) -> Result<(), ContainerError> {
        let mut missing: Vec<usize> = carried.to_vec();
        let mut boxes = Boxes {
            at: start,
            end: file.size(),
        };
        let mut seen = 0;
        while let Some(found) = boxes.next(file).await? {
            if found.name != *b"moof" {
                continue;
            }
            for part in self.fragments.parse(file, &found).await? {
                let index = self
                    .fragments
                    .ids
                    .iter()
                    .position(|id| *id == part.track_id);
                if index == Some(self.fragments.reference) {
                    part.samples
                        .iter()
                        .for_each(|sample| self.rate.add(sample.duration));
                }
                if let Some(index) = index {
                    let offsets = part.samples.iter().map(|sample| sample.composition_offset);
                    let reorder = offsets.min().unwrap_or(0).min(0).saturating_neg();
                    self.reorders[index] = self.reorders[index].max(reorder);
                }
                if let Some(at) = missing.iter().position(|track| Some(*track) == index)
                    && let Some(first) = part.samples.first()
                {
                    self.first_times[missing.swap_remove(at)] = first.decode_time;
                }
            }
            seen += 1;
            if missing.is_empty() || seen == MAX_FIRST_FRAGMENTS {
                break;
            }
        }
        // A track without samples does not move the others.
        let zero = self.first_times[self.fragments.reference];
        let from = self.fragments.timescales[self.fragments.reference];
        for track in missing {
            let to = self.fragments.timescales[track];
            self.first_times[track] = super::clock::rescale(zero, from, to);
        }
        Ok(())
    }

    /// Reads all headers: every sync sample of the reference is a possible cut.
    async fn read_all<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
        start: u64,
        timescale: u32,
    ) -> Result<(), ContainerError> {
        let mut cutter = Cutter::new(timescale);
        self.rate = Rate::default();
        let mut boxes = Boxes {
            at: start,
            end: file.size(),
        };
        let mut is_first = true;
        while let Some(found) = boxes.next(file).await? {
            if found.name != *b"moof" {
                continue;
            }
            for part in self.fragments.parse(file, &found).await? {
                if part.track_id != self.fragments.ids[self.fragments.reference] {
                    continue;
                }
                for (skip, sample) in part.samples.iter().enumerate() {
                    let time = sample.decode_time + i64::from(sample.composition_offset);
                    self.end = self.end.max(time + i64::from(sample.duration));
                    self.rate.add(sample.duration);
                    let moof = if is_first { start } else { found.start };
                    is_first = false;
                    let cut = Cut {
                        time,
                        position: CutPosition {
                            moof,
                            skip: skip as u32,
                        },
                        key_frame_bytes: if sample.sync { sample.size } else { 0 },
                    };
                    cutter.offer(cut, sample.sync)?;
                }
            }
        }
        self.cuts = cutter.into_cuts();
        Ok(())
    }

    /// Reads the fragments from the last listed one on, for the end of the film.
    async fn read_end<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
        last: u64,
    ) -> Result<i64, ContainerError> {
        let mut end = 0;
        let mut boxes = Boxes {
            at: last,
            end: file.size(),
        };
        while let Some(found) = boxes.next(file).await? {
            if found.name != *b"moof" {
                continue;
            }
            for part in self.fragments.parse(file, &found).await? {
                if part.track_id == self.fragments.ids[self.fragments.reference] {
                    let ends = part.samples.iter().map(|sample| {
                        let time = sample.decode_time + i64::from(sample.composition_offset);
                        time + i64::from(sample.duration)
                    });
                    end = ends.fold(end, i64::max);
                }
            }
        }
        Ok(end)
    }

    /// Returns the plan on the common clock.
    pub(super) fn plan(&self, timescale: u32, base: i64) -> SegmentPlan {
        let mut plan = SegmentPlan::new(timescale);
        for (index, cut) in self.cuts.iter().enumerate() {
            let next = self.cuts[index + 1..]
                .iter()
                .find(|next| next.position.skip == 0)
                .map_or(self.file_size, |next| next.position.moof);
            let bytes = u64::from(cut.key_frame_bytes);
            plan.push(cut.time + base, cut.position.moof..next, bytes);
        }
        plan.finish(self.end + base)
    }

    pub(super) fn into_fragments(self) -> Fragments {
        self.fragments
    }
}

impl Fragments {
    pub(super) fn memory_bytes(&self) -> usize {
        self.rows.memory_bytes() + self.trex.len() * 20 + self.ids.len() * 8
    }

    /// Parses a fragment. One that is cut by the end of the file counts as empty.
    async fn parse<R: ReadRange>(
        &self,
        file: &mut Metered<'_, R>,
        moof: &BoxHeader,
    ) -> Result<Vec<TrackFragment>, ContainerError> {
        match fragment::parse(file, moof, &self.trex).await {
            Err(ContainerError::Malformed(_)) if moof.end == file.size() => Ok(Vec::new()),
            parsed => parsed,
        }
    }

    /// Returns the samples of one segment. Each sample of the file is in exactly one: the reference's by count, the
    /// others' by fragment, and by time in a fragment that holds a cut.
    pub(super) async fn segment<R: ReadRange>(
        &self,
        file: &mut Metered<'_, R>,
        selection: &[usize],
        moves: &[Move],
        segment: usize,
    ) -> Result<Vec<TrackRun>, ContainerError> {
        let missing = ContainerError::Unsupported("a segment that is not there");
        let from = self.rows.get(segment).ok_or(missing.clone())?;
        let to = self.rows.get(segment + 1).ok_or(missing)?;
        let mut runs: Vec<TrackRun> = selection
            .iter()
            .map(|&track| TrackRun::new(track, Vec::new()))
            .collect();
        let mut left = Budget::default().memory_bytes;
        let mut boxes = Boxes {
            at: from[0] as u64,
            end: file.size(),
        };
        while let Some(found) = boxes.next(file).await? {
            let start = found.start as i64;
            if start > to[0] || (start == to[0] && to[1] == 0) {
                break;
            }
            if found.name != *b"moof" {
                continue;
            }
            let cut_before = (start == from[0] && from[1] > 0).then_some(from);
            let cut_after = (start == to[0]).then_some(to);
            for part in self.parse(file, &found).await? {
                let Some(run) = runs
                    .iter_mut()
                    .find(|run| self.ids.get(run.track) == Some(&part.track_id))
                else {
                    continue;
                };
                for (number, sample) in part.samples.iter().enumerate() {
                    let is_after = |cut: [i64; 3]| self.is_after(cut, run.track, number, sample);
                    if cut_before.is_some_and(|cut| !is_after(cut))
                        || cut_after.is_some_and(is_after)
                    {
                        continue;
                    }
                    left = left
                        .checked_sub(SAMPLE_BYTES)
                        .ok_or(ContainerError::OverBudget("the samples of one segment"))?;
                    run.samples.push(moves[run.track].apply(sample)?);
                }
            }
        }
        Ok(runs)
    }

    /// Returns true if a sample of the fragment that holds the cut comes after it.
    fn is_after(
        &self,
        cut: [i64; 3],
        track: usize,
        number: usize,
        sample: &super::cursor::TableSample,
    ) -> bool {
        if track == self.reference {
            return number as i64 >= cut[1];
        }
        let time = sample.decode_time + i64::from(sample.composition_offset);
        let (scale, cut_scale) = (self.timescales[track], self.timescales[self.reference]);
        super::clock::not_before(time, scale, cut[2], cut_scale)
    }
}
