//! A whole MP4: from the first box to tracks, chapters and a plan.

use super::boxes::{BoxHeader, Boxes, u32_at};
use super::cursor::{Cursor, Position, TableSample};
use super::fragments::{self, Fragments};
use super::planning::{self, Positions, Walked};
use super::track::{self, TrackIndex};
use super::{chapters, clock};
use crate::metered::Metered;
use crate::{
    Budget, Chapter, ContainerError, Cue, Plan, ReadRange, Sample, Track, TrackKind, TrackRun,
};

/// An index of this size is read in one go and kept while it is parsed; of a larger one only windows are in memory.
const MAX_PINNED_BYTES: u64 = 8 << 20;

/// Behind the media, this much is read at once, in the hope that it is the index.
const TAIL_BYTES: u64 = 4 << 20;

/// Tracks that a file may have.
const MAX_TRACKS: usize = 128;

/// Bytes of memory that one sample of a segment takes, with its share of the headers.
const SAMPLE_BYTES: u64 = 64;

/// A film in MP4: its facts, its plan, and where its tables are.
#[derive(Debug)]
pub(crate) struct Movie {
    pub(crate) tracks: Vec<Track>,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) plan: Plan,
    pub(crate) shift_s: f64,
    indexes: Vec<TrackIndex>,
    /// What each track's own times are moved by.
    moves: Vec<Move>,
    samples: Samples,
}

/// The move of a track's times onto the common clock.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Move {
    /// Ticks to add to presentation times.
    pub(super) base: i64,
    /// Ticks that decode times are moved back by, so that no composition offset is negative. ffmpeg shows a
    /// fragmented track with negative ones late by as much, and does the same to the file itself.
    pub(super) reorder: i32,
}

impl Move {
    /// Puts a sample of the tables on the common clock.
    pub(super) fn apply(&self, sample: &TableSample) -> Result<Sample, ContainerError> {
        let reorder = i64::from(self.reorder);
        let decode_time = sample.decode_time.saturating_add(self.base - reorder);
        let offset = i64::from(sample.composition_offset) + reorder;
        let wrong = ContainerError::Malformed("a time before the start");
        Ok(Sample {
            offset: sample.offset,
            size: sample.size,
            decode_time: u64::try_from(decode_time).map_err(|_| wrong.clone())?,
            duration: sample.duration,
            composition_offset: i32::try_from(offset).map_err(|_| wrong)?,
            sync: sample.sync,
        })
    }
}

/// Where the samples are told of.
#[derive(Debug)]
enum Samples {
    /// In tables. `None` for tracks that are not carried.
    Tables(Vec<Option<Positions>>),
    /// In the headers of fragments.
    Fragments(Fragments),
}

/// The boxes of the top level that matter.
#[derive(Default)]
struct TopLevel {
    moov: Option<BoxHeader>,
    first_fragment: Option<BoxHeader>,
    segment_index: Option<BoxHeader>,
}

impl Movie {
    pub(crate) async fn open<R: ReadRange>(
        reader: &R,
        budget: &Budget,
    ) -> Result<Self, ContainerError> {
        let mut file = Metered::new(reader, budget);
        let top = top_level(&mut file).await?;
        let Some(moov) = top.moov else {
            return Err(ContainerError::Malformed(
                "no moov box: it was never finished, or is cut off",
            ));
        };
        let mut movie_timescale = 1000;
        let mut indexes: Vec<TrackIndex> = Vec::new();
        let mut fragmented = None;
        let mut user_data = None;
        let mut children = moov.children();
        while let Some(found) = children.next(&mut file).await? {
            match &found.name {
                b"mvhd" => {
                    let content = found.read(&mut file, 32).await?;
                    let long = content.first() == Some(&1);
                    movie_timescale = u32_at(&content, if long { 20 } else { 12 }).max(1);
                }
                b"trak" => {
                    if let Some(track) = track::parse(&mut file, &found).await? {
                        if indexes.len() >= MAX_TRACKS {
                            return Err(ContainerError::OverBudget("128 tracks"));
                        }
                        indexes.push(track);
                    }
                }
                b"mvex" => fragmented = Some(found),
                b"udta" => user_data = Some(found),
                b"cmov" => return Err(ContainerError::Unsupported("a compressed moov box")),
                _ => {}
            }
        }
        let chapters = chapters::read(&mut file, &mut indexes, user_data, movie_timescale).await?;
        choose_defaults(&mut indexes);
        let in_tables = indexes.iter().any(|track| track.tables.sizes.count > 0);
        let edits = indexes
            .iter()
            .map(|track| track.edit.ticks(track.facts.timescale, movie_timescale))
            .collect();
        let mut movie = match fragmented.filter(|_| !in_tables) {
            None => from_tables(&mut file, indexes, edits).await?,
            Some(mvex) => {
                let starts = fragments::Starts {
                    mvex,
                    first: top.first_fragment,
                    segment_index: top.segment_index,
                };
                from_fragments(&mut file, indexes, edits, starts).await?
            }
        };
        movie.chapters = chapters;
        Ok(movie)
    }

    /// Returns the track whose key frames are the cuts: the picture, or the first sound.
    pub(crate) fn reference(&self) -> Option<usize> {
        reference(&self.indexes)
    }

    /// Returns the bytes of memory that the movie takes.
    pub(crate) fn memory_bytes(&self) -> usize {
        let entries: usize = self
            .tracks
            .iter()
            .map(|track| 2 * track.sample_entry.as_ref().map_or(0, Vec::len) + 600)
            .sum();
        let samples = match &self.samples {
            Samples::Tables(positions) => positions
                .iter()
                .flatten()
                .map(Positions::memory_bytes)
                .sum(),
            Samples::Fragments(fragments) => fragments.memory_bytes(),
        };
        let chapters: usize = self
            .chapters
            .iter()
            .map(|chapter| chapter.title.len() + 40)
            .sum();
        size_of::<Self>() + entries + samples + chapters + self.plan.memory_bytes()
    }

    /// Starts a walk over the segments from `segment` on, for the tracks with the given indices.
    pub(crate) fn walk(
        &self,
        selection: &[usize],
        segment: usize,
    ) -> Result<SegmentWalk<'_>, ContainerError> {
        let mut cursors = Vec::new();
        if let Samples::Tables(all) = &self.samples {
            for &track in selection {
                let positions = all
                    .get(track)
                    .and_then(Option::as_ref)
                    .ok_or(ContainerError::Unsupported("this codec in fragmented MP4"))?;
                let row = positions
                    .get(segment)
                    .ok_or(ContainerError::Unsupported("a segment that is not there"))?;
                let position = Position::from_row(row);
                cursors.push(Cursor::new(self.indexes[track].tables, position));
            }
        }
        Ok(SegmentWalk {
            movie: self,
            selection: selection.to_vec(),
            cursors,
            segment,
        })
    }

    /// Returns the key frame that segment `segment` starts with; `None` where it starts with none.
    pub(crate) async fn key_frame<R: ReadRange>(
        &self,
        file: &mut Metered<'_, R>,
        segment: usize,
    ) -> Result<Option<TrackRun>, ContainerError> {
        let Some(track) = self.reference() else {
            return Ok(None);
        };
        let mut walk = self.walk(&[track], segment)?;
        let mut runs = match &mut walk.cursors[..] {
            [] => walk.next(file).await?,
            cursors => {
                let sample = cursors[0].next(file).await?;
                let samples = sample
                    .map(|sample| self.moves[track].apply(&sample))
                    .transpose()?;
                vec![run(track, samples.into_iter().collect())]
            }
        };
        let Some(run) = runs.first_mut() else {
            return Ok(None);
        };
        run.samples.truncate(1);
        let is_sync = run.samples.first().is_some_and(|sample| sample.sync);
        Ok(is_sync.then(|| runs.remove(0)))
    }

    /// Reads the cues of a text track that are shown within `span_ms`.
    pub(crate) async fn cues<R: ReadRange>(
        &self,
        file: &mut Metered<'_, R>,
        track: usize,
        span_ms: std::ops::Range<u64>,
    ) -> Result<Vec<Cue>, ContainerError> {
        let index = self
            .indexes
            .get(track)
            .filter(|index| index.is_text())
            .ok_or(ContainerError::Unsupported("this kind of subtitles"))?;
        super::text::cues(file, index, self.moves[track].base, span_ms).await
    }
}

/// A walk over segments: each step gives the samples of one.
pub(crate) struct SegmentWalk<'a> {
    movie: &'a Movie,
    selection: Vec<usize>,
    cursors: Vec<Cursor>,
    segment: usize,
}

impl SegmentWalk<'_> {
    /// Returns the samples of the next segment, a run for each track.
    pub(crate) async fn next<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<Vec<TrackRun>, ContainerError> {
        let segment = self.segment;
        self.segment += 1;
        match &self.movie.samples {
            Samples::Fragments(fragments) => {
                fragments
                    .segment(file, &self.selection, &self.movie.moves, segment)
                    .await
            }
            Samples::Tables(all) => {
                let mut runs = Vec::with_capacity(self.selection.len());
                for (&track, cursor) in self.selection.iter().zip(&mut self.cursors) {
                    let end = all[track].as_ref().and_then(|rows| rows.get(segment + 1));
                    let end =
                        end.ok_or(ContainerError::Unsupported("a segment that is not there"))?;
                    let end = Position::from_row(end).sample;
                    let count = end.saturating_sub(cursor.position().sample);
                    if u64::from(count) * SAMPLE_BYTES > Budget::default().memory_bytes {
                        return Err(ContainerError::OverBudget("the samples of one segment"));
                    }
                    let mut samples = Vec::with_capacity(count as usize);
                    while cursor.position().sample < end
                        && let Some(sample) = cursor.next(file).await?
                    {
                        samples.push(self.movie.moves[track].apply(&sample)?);
                    }
                    runs.push(run(track, samples));
                }
                Ok(runs)
            }
        }
    }
}

pub(super) fn run(track: usize, samples: Vec<Sample>) -> TrackRun {
    TrackRun {
        track,
        prefix: bytes::Bytes::new(),
        samples,
    }
}

/// Finds the index. Media in front of it is stepped over; behind it, what remains is read at once if it is little.
async fn top_level<R: ReadRange>(file: &mut Metered<'_, R>) -> Result<TopLevel, ContainerError> {
    let size = file.size();
    let mut boxes = Boxes { at: 0, end: size };
    let mut top = TopLevel::default();
    while let Some(found) = boxes.next(file).await? {
        match &found.name {
            b"moov" => {
                let length = found.end - found.start;
                if length <= MAX_PINNED_BYTES {
                    file.pin(found.start, length).await?;
                }
                top.moov = Some(found);
                let has_fragments = found.children().find(file, b"mvex").await?.is_some();
                if !has_fragments {
                    break;
                }
            }
            b"moof" => {
                top.first_fragment = Some(found);
                break;
            }
            b"sidx" if top.segment_index.is_none() => top.segment_index = Some(found),
            b"mdat" if top.moov.is_none() => {
                let left = size - found.end;
                if (1..=TAIL_BYTES).contains(&left) {
                    file.pin(found.end, left).await?;
                }
            }
            _ => {}
        }
    }
    Ok(top)
}

/// The default track of a kind is the first that is enabled, else the first: `default` says that of each track.
fn choose_defaults(indexes: &mut [TrackIndex]) {
    for kind in [TrackKind::Video, TrackKind::Audio] {
        let of_kind = |track: &&mut TrackIndex| track.facts.kind == kind;
        let chosen = indexes
            .iter()
            .position(|track| track.facts.kind == kind && track.is_enabled())
            .or_else(|| indexes.iter().position(|track| track.facts.kind == kind));
        let chosen = chosen.map(|index| indexes[index].facts.id);
        for track in indexes.iter_mut().filter(of_kind) {
            track.facts.default = Some(track.facts.id) == chosen;
        }
    }
}

/// Returns the index of the track whose samples cut the film: the default picture, else the default sound. Only tracks
/// that can be carried count.
fn reference(indexes: &[TrackIndex]) -> Option<usize> {
    for kind in [TrackKind::Video, TrackKind::Audio] {
        let usable =
            |track: &&TrackIndex| track.facts.kind == kind && track.facts.sample_entry.is_some();
        let chosen = indexes
            .iter()
            .filter(usable)
            .max_by_key(|track| track.facts.default)
            .map(|track| track.facts.id);
        if let Some(id) = chosen {
            return indexes.iter().position(|track| track.facts.id == id);
        }
    }
    None
}

/// Returns the indices of all tracks that are planned, the reference first.
fn carried(indexes: &[TrackIndex]) -> Result<Vec<usize>, ContainerError> {
    let Some(reference) = reference(indexes) else {
        return Err(ContainerError::Unsupported("its codecs in fragmented MP4"));
    };
    let sounds = (0..indexes.len()).filter(|&index| {
        let track = &indexes[index].facts;
        index != reference && track.kind == TrackKind::Audio && track.sample_entry.is_some()
    });
    Ok(std::iter::once(reference).chain(sounds).collect())
}

/// Adds the shift to the edit lists: what remains to be added to a track's own times. `firsts` has the first decode time
/// of each track, `reorders` how far its composition offsets go below zero. Returns the shift in seconds as well.
fn moves(
    indexes: &[TrackIndex],
    edits: &[i64],
    firsts: &[i64],
    reorders: &[i32],
    carried: &[usize],
) -> Result<(Vec<Move>, f64), ContainerError> {
    let starts: Vec<(u32, i64)> = carried
        .iter()
        .map(|&index| {
            let start = edits[index].saturating_add(firsts[index]);
            let timescale = indexes[index].facts.timescale;
            (timescale, start.saturating_sub(i64::from(reorders[index])))
        })
        .collect();
    let shifts = clock::shifts(&starts)?;
    let (scale, shift) = (starts[0].0, shifts[0]);
    let mut moves: Vec<Move> = (indexes.iter().zip(edits))
        .map(|(track, edit)| Move {
            base: edit.saturating_add(clock::rescale(shift, scale, track.facts.timescale)),
            reorder: 0,
        })
        .collect();
    for (&index, shift) in carried.iter().zip(&shifts) {
        moves[index] = Move {
            base: edits[index] + shift,
            reorder: reorders[index],
        };
    }
    Ok((moves, shift as f64 / f64::from(scale)))
}

async fn from_tables<R: ReadRange>(
    file: &mut Metered<'_, R>,
    mut indexes: Vec<TrackIndex>,
    edits: Vec<i64>,
) -> Result<Movie, ContainerError> {
    for track in &mut indexes {
        if track.tables.sizes.count == 0 || track.tables.chunks.count == 0 {
            track.facts.sample_entry = None;
        }
    }
    let carried = carried(&indexes)?;
    let mut reorders = vec![0; indexes.len()];
    for &index in &carried {
        reorders[index] = planning::reorder(file, &indexes[index].tables).await?;
    }
    let firsts = vec![0; indexes.len()];
    let (moves, shift_s) = moves(&indexes, &edits, &firsts, &reorders, &carried)?;
    let walked: Vec<Walked> = carried
        .iter()
        .map(|&index| Walked {
            tables: indexes[index].tables,
            timescale: indexes[index].facts.timescale,
            base: moves[index].base,
        })
        .collect();
    let planned = planning::plan(file, &walked).await?;
    let mut positions: Vec<Option<Positions>> = vec![None; indexes.len()];
    for (&index, sums) in carried.iter().zip(planned.sums) {
        let track = &mut indexes[index].facts;
        let seconds = sums.rate.total() as f64 / f64::from(track.timescale);
        if seconds > 0.0 {
            track.bit_rate = Some((sums.bytes as f64 * 8.0 / seconds) as u64);
        }
        if let Some(video) = &mut track.video {
            video.frame_rate = sums.rate.per_second(track.timescale);
        }
        positions[index] = Some(sums.positions);
    }
    for (index, track) in indexes.iter_mut().enumerate() {
        // Second pictures are not planned.
        if positions[index].is_none() {
            track.facts.sample_entry = None;
        }
    }
    Ok(Movie {
        tracks: indexes.iter().map(|track| track.facts.clone()).collect(),
        chapters: Vec::new(),
        plan: planned.plan,
        shift_s,
        indexes,
        moves,
        samples: Samples::Tables(positions),
    })
}

async fn from_fragments<R: ReadRange>(
    file: &mut Metered<'_, R>,
    mut indexes: Vec<TrackIndex>,
    edits: Vec<i64>,
    starts: fragments::Starts,
) -> Result<Movie, ContainerError> {
    let carried = carried(&indexes)?;
    let found = fragments::index(file, &indexes, &carried, starts).await?;
    let (moves, shift_s) = moves(
        &indexes,
        &edits,
        &found.first_times,
        &found.reorders,
        &carried,
    )?;
    let reference = carried[0];
    let plan = found.plan(indexes[reference].facts.timescale, moves[reference].base);
    for (index, track) in indexes.iter_mut().enumerate() {
        if !carried.contains(&index) {
            track.facts.sample_entry = None;
        }
    }
    let frame_rate = found.rate.per_second(indexes[reference].facts.timescale);
    if let Some(video) = &mut indexes[reference].facts.video {
        video.frame_rate = frame_rate;
    }
    Ok(Movie {
        tracks: indexes.iter().map(|track| track.facts.clone()).collect(),
        chapters: Vec::new(),
        plan,
        shift_s,
        indexes,
        moves,
        samples: Samples::Fragments(found.into_fragments()),
    })
}
