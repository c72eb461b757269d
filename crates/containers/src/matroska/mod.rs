//! Matroska and WebM (RFC 9559), read by range.
//!
//! A file is described by a few elements at its head and, mostly, at its end: [`Matroska::open`] finds them
//! with two or three reads and makes the plan of segments from the Cues. The content of a segment is recorded
//! only in its clusters: a [`SegmentReader`] takes the bytes of a segment's span and returns its samples. If
//! Cues are missing or invalid, a [`Scan`] walks over the clusters by their headers.
//!
//! *Instead:* `matroska-demuxer` keeps its Cues private and reads without bounds, and `mkv-element` holds
//! elements whole; neither takes bytes as they come. The parsers here are small, and every size is checked
//! against its parent, the file and the [`Budget`].
//!
//! Times are the file's own, plus one shift that all tracks share and that leaves room for decode times, which
//! the container does not have (see [`decode_times`]).

mod attachments;
mod block;
mod block_table;
mod chapters;
mod cluster;
mod codec_ids;
mod cues;
mod decode_times;
mod describe;
mod ebml;
mod head;
mod ids;
mod info;
mod plan;
mod scan;
mod segment;
mod stream;
mod subtitles;
mod tags;
#[cfg(test)]
mod tests;
mod tracks;

use std::sync::Arc;

pub use attachments::Attachment;
pub use scan::{Scan, ScanProgress};
pub use segment::SegmentReader;
pub(crate) use stream::SegmentStream;
pub use subtitles::{SubtitleReader, ass_document};

use crate::metered::Metered;
use crate::packed::PackedRows;
use crate::{Budget, Chapter, ContainerError, ReadRange, SegmentPlan, Track};
use block_table::{BlockTables, MAX_TABLE_BYTES};
use describe::Carried;
use info::MatroskaClock;

/// Bytes of the table of a usual segment: six seconds of picture and sound.
const SEGMENT_TABLE_BYTES: usize = 8 << 10;

/// The index of a Matroska file.
#[derive(Debug, Clone)]
pub struct Matroska {
    pub(crate) clock: MatroskaClock,
    /// Length in ticks; `None` if the file has none.
    pub(crate) duration: Option<i64>,
    title: Option<String>,
    pub(crate) tracks: Vec<Track>,
    /// Facts of the tracks for this module alone, in the order of `tracks`.
    pub(crate) carried: Vec<Arc<Carried>>,
    /// Index of the track whose key frames are the cuts.
    pub(crate) reference: usize,
    /// Ticks to add to the file's times.
    pub(crate) shift: i64,
    chapters: Vec<Chapter>,
    attachments: Option<(u64, u64)>,
    /// Position of the first Cluster, and the end of the last.
    pub(crate) media: (u64, u64),
    plan: SegmentPlan,
    /// Cluster and relative position of the first block of each segment; one more for the end.
    places: PackedRows<2>,
    /// Track index, time in ticks, cluster and relative position (-1 where it is missing) of each cued subtitle.
    subtitle_cues: PackedRows<4>,
    /// Frames of segments that were read, for their other tracks.
    block_tables: BlockTables,
}

impl Matroska {
    /// Reads the index of a file.
    ///
    /// # Errors
    /// `Malformed` or `Unsupported` for files that cannot be repackaged, `OverBudget` if the index is larger
    /// than allowed, and those of the reader.
    pub async fn open<R: ReadRange>(
        reader: &R,
        budget: &Budget,
    ) -> Result<Matroska, ContainerError> {
        let mut file = Metered::new(reader, budget);
        let head = head::read(&mut file).await?;
        let mut matroska = describe::describe(&mut file, &head).await?;
        if let Some(cues) = &head.cues {
            matroska
                .take_cues(&mut file, cues, head.segment_start)
                .await?;
        }
        Ok(matroska)
    }

    /// Returns the tracks in the order of the file.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Returns the title of the film; `None` if the file has none.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Returns the chapters in order of time, on the file's own clock.
    pub fn chapters(&self) -> &[Chapter] {
        &self.chapters
    }

    /// Returns the length in seconds, as the file states it, else to the end of the last segment; `None` if neither is
    /// known.
    pub fn duration_s(&self) -> Option<f64> {
        let planned = || self.plan.iter().map(|segment| segment.duration).sum();
        let ticks = self.duration.unwrap_or_else(planned);
        (ticks > 0).then(|| self.plan.seconds(ticks))
    }

    /// Returns the segments. Empty before a [`Scan`] if the file has no Cues.
    pub fn plan(&self) -> &SegmentPlan {
        &self.plan
    }

    /// Returns true if the file has no usable Cues, so that a [`Scan`] has to find the key frames.
    pub fn needs_scan(&self) -> bool {
        self.plan.is_empty()
    }

    /// Returns the seconds that were added to all times of the file.
    pub fn shift_s(&self) -> f64 {
        self.plan.seconds(self.shift)
    }

    /// Returns the milliseconds that were added to all times of the file.
    pub fn shift_ms(&self) -> i64 {
        self.clock.milliseconds(self.shift)
    }

    /// Starts to read segment `n`, of the tracks with these indices; `None` past the last segment.
    pub fn segment(&self, n: usize, tracks: &[usize]) -> Option<SegmentReader> {
        let segment = self.plan.get(n)?;
        let from = self.place(n)?;
        let until = self.place(n + 1)?;
        let next_start = (n + 1 < self.plan.len()).then(|| segment.start + segment.duration);
        let carried = tracks
            .iter()
            .filter_map(|&index| Some((index, self.carried.get(index)?.clone())));
        Some(SegmentReader::new(
            self.clock,
            self.shift,
            (from, until),
            segment.span,
            next_start,
            carried,
        ))
    }

    /// Starts to read a text subtitle; `None` if the track is not one.
    pub fn subtitles(&self, track: usize) -> Option<SubtitleReader> {
        SubtitleReader::new(self, track)
    }

    /// Returns the header of an ASS or SSA subtitle, as it stands before the first event in an `.ass` file; `None` for
    /// other tracks.
    pub fn ass_header(&self, track: usize) -> Option<String> {
        let carried = self.carried.get(track)?;
        (self.tracks.get(track)?.codec == crate::Codec::Ass)
            .then(|| String::from_utf8_lossy(&carried.private).into_owned())
    }

    /// Lists the attached files without reading them.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub async fn attachments<R: ReadRange>(
        &self,
        reader: &R,
        budget: &Budget,
    ) -> Result<Vec<Attachment>, ContainerError> {
        match self.attachments {
            Some((content, size)) => {
                attachments::list(&mut Metered::new(reader, budget), content, size).await
            }
            None => Ok(Vec::new()),
        }
    }

    /// Returns the approximate bytes of memory that the index takes.
    pub fn memory_bytes(&self) -> usize {
        let texts: usize = self
            .tracks
            .iter()
            .zip(&self.carried)
            .map(|(track, carried)| {
                size_of::<Track>()
                    + size_of::<Carried>()
                    + carried.private.len()
                    + track.sample_entry.as_ref().map_or(0, Vec::capacity)
            })
            .sum();
        let chapters: usize = self
            .chapters
            .iter()
            .map(|chapter| size_of::<Chapter>() + chapter.title.len())
            .sum();
        size_of::<Self>()
            + texts
            + chapters
            + self.plan.memory_bytes()
            + self.places.memory_bytes()
            + self.subtitle_cues.memory_bytes()
            + MAX_TABLE_BYTES.min(self.plan.len() * SEGMENT_TABLE_BYTES)
    }

    fn place(&self, n: usize) -> Option<(u64, u64)> {
        self.places
            .get(n)
            .map(|[cluster, relative]| (cluster as u64, relative as u64))
    }
}
