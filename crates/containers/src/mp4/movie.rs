//! A whole MP4: from the first box to tracks, chapters and a plan.

use super::boxes::{BoxHeader, Boxes, u32_at};
use super::chapters;
use super::choice::{carried, choose_defaults, reference};
use super::clock::{Move, moves};
use super::fragments::{self, Fragments};
use super::planning::{self, Positions, Walked};
use super::track::{self, TrackIndex};
use crate::metered::Metered;
use crate::{Budget, Chapter, ContainerError, ReadRange, SegmentPlan, TextCue, Track};

/// Maximum bytes of an index that is read at once and kept while it is parsed; of a larger one only windows are
/// in memory.
const MAX_PINNED_BYTES: u64 = 8 << 20;

/// Maximum bytes behind the media that are read at once, since they may be the index.
const TAIL_BYTES: u64 = 4 << 20;

/// Maximum number of tracks in a file.
const MAX_TRACKS: usize = 128;

/// A film in MP4: its facts, its plan, and the positions of its tables.
#[derive(Debug)]
pub(crate) struct Movie {
    pub(crate) tracks: Vec<Track>,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) plan: SegmentPlan,
    pub(crate) shift_s: f64,
    pub(super) indexes: Vec<TrackIndex>,
    /// Offset of each track's own times.
    pub(super) moves: Vec<Move>,
    pub(super) samples: SampleOrigin,
}

/// The source of the samples' sizes and times.
#[derive(Debug)]
pub(super) enum SampleOrigin {
    /// Sample tables. `None` for tracks that are not carried.
    Tables(Vec<Option<Positions>>),
    /// Headers of fragments.
    Fragments(Fragments),
}

/// The boxes of the top level that are read.
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

    /// Returns the track whose key frames are the cuts: the picture, or the first sound. `None` if there is
    /// neither.
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
            SampleOrigin::Tables(positions) => positions
                .iter()
                .flatten()
                .map(Positions::memory_bytes)
                .sum(),
            SampleOrigin::Fragments(fragments) => fragments.memory_bytes(),
        };
        let chapters: usize = self
            .chapters
            .iter()
            .map(|chapter| chapter.title.len() + 40)
            .sum();
        size_of::<Self>() + entries + samples + chapters + self.plan.memory_bytes()
    }

    /// Reads the cues of a text track that are shown within `span_ms`.
    pub(crate) async fn cues<R: ReadRange>(
        &self,
        file: &mut Metered<'_, R>,
        track: usize,
        span_ms: std::ops::Range<u64>,
    ) -> Result<Vec<TextCue>, ContainerError> {
        let index = self
            .indexes
            .get(track)
            .filter(|index| index.is_text())
            .ok_or(ContainerError::Unsupported("this kind of subtitles"))?;
        super::text::cues(file, index, self.moves[track].base, span_ms).await
    }
}

/// Finds the index. Media in front of it is skipped; if the rest behind the media is short, it is read at once.
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
        samples: SampleOrigin::Tables(positions),
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
        samples: SampleOrigin::Fragments(found.into_fragments()),
    })
}
