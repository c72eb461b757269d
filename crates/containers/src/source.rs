//! A film in any container: tracks, plan, and the making of init sections, segments and the progressive file.

mod segment;

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::matroska::{Attachment, Matroska, Scan, SegmentStream};
use crate::metered::Metered;
use crate::mp4::Movie;
use crate::transport_stream::{Framing, TransportStream};
use crate::{
    Budget, Chapter, ContainerError, ReadRange, ReplyPiece, SegmentPlan, TextCue, Track, TrackKind,
    write,
};

pub use segment::Segment;
use segment::SegmentMaker;

/// Number of bytes from which every container is recognised: five packets of a transport stream.
pub const MAGIC_BYTES: usize = 1024;

/// A kind of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// MP4, MOV, M4V, M4A and their fragmented forms.
    Mp4,
    /// Matroska and WebM.
    Matroska,
    /// MPEG transport streams, also those of Blu-ray and AVCHD.
    TransportStream,
}

impl Container {
    /// Returns the container of a file with these first bytes ([`MAGIC_BYTES`] are enough); `None` for other files.
    pub fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]) {
            return Some(Container::Matroska);
        }
        let known = matches!(
            head.get(4..8),
            Some(
                b"ftyp"
                    | b"moov"
                    | b"mdat"
                    | b"moof"
                    | b"free"
                    | b"skip"
                    | b"wide"
                    | b"styp"
                    | b"sidx"
                    | b"pnot"
                    | b"uuid"
            )
        );
        if known {
            return Some(Container::Mp4);
        }
        Framing::of(head).map(|_| Container::TransportStream)
    }
}

/// An opened film: the facts that are known without its media.
#[derive(Debug)]
pub struct FilmSource {
    pub(crate) film: FilmIndex,
}

/// The index of a film, by its container.
#[derive(Debug)]
pub(crate) enum FilmIndex {
    Mp4(Box<Movie>),
    Matroska(Box<Matroska>),
    TransportStream(Arc<TransportStream>),
}

impl FilmSource {
    /// Reads the index of a file.
    ///
    /// # Errors
    /// `Unsupported` if the container or all its codecs are not supported, `OverBudget` past the bounds,
    /// `Malformed` and `Truncated` for broken files.
    pub async fn open<R: ReadRange>(reader: &R, budget: &Budget) -> Result<Self, ContainerError> {
        let length = reader.size().min(MAGIC_BYTES as u64) as usize;
        let head = Metered::new(reader, budget).read(0, length as u64).await?;
        match Container::of(&head) {
            Some(Container::Mp4) => Ok(FilmSource {
                film: FilmIndex::Mp4(Box::new(Movie::open(reader, budget).await?)),
            }),
            Some(Container::Matroska) => {
                let film = Matroska::open(reader, budget).await?;
                if film
                    .tracks()
                    .iter()
                    .all(|track| track.sample_entry.is_none())
                {
                    return Err(ContainerError::Unsupported("all its codecs"));
                }
                Ok(FilmSource {
                    film: FilmIndex::Matroska(Box::new(film)),
                })
            }
            Some(Container::TransportStream) => Ok(FilmSource {
                film: FilmIndex::TransportStream(Arc::new(TransportStream::open(reader).await?)),
            }),
            None => Err(ContainerError::Unsupported("this container")),
        }
    }

    /// Returns the container of the file.
    pub fn container(&self) -> Container {
        match &self.film {
            FilmIndex::Mp4(_) => Container::Mp4,
            FilmIndex::Matroska(_) => Container::Matroska,
            FilmIndex::TransportStream(_) => Container::TransportStream,
        }
    }

    /// Returns all tracks in the order of the file. All calls name a track by its index in this list.
    pub fn tracks(&self) -> &[Track] {
        match &self.film {
            FilmIndex::Mp4(movie) => &movie.tracks,
            FilmIndex::Matroska(film) => film.tracks(),
            FilmIndex::TransportStream(film) => &film.tracks,
        }
    }

    /// Returns the chapters; their times are those of the file, without [`shift_s`](Self::shift_s).
    pub fn chapters(&self) -> &[Chapter] {
        match &self.film {
            FilmIndex::Mp4(movie) => &movie.chapters,
            FilmIndex::Matroska(film) => film.chapters(),
            FilmIndex::TransportStream(_) => &[],
        }
    }

    /// Returns the header of an ASS or SSA subtitle: its styles and the size of its picture; `None` for other tracks.
    pub fn ass_header(&self, track: usize) -> Option<String> {
        match &self.film {
            FilmIndex::Matroska(film) => film.ass_header(track),
            FilmIndex::Mp4(_) | FilmIndex::TransportStream(_) => None,
        }
    }

    /// Lists the files attached to the film: fonts, covers. Only Matroska has them.
    ///
    /// # Errors
    /// Those of reading the index.
    pub async fn attachments<R: ReadRange>(
        &self,
        reader: &R,
        budget: &Budget,
    ) -> Result<Vec<Attachment>, ContainerError> {
        match &self.film {
            FilmIndex::Mp4(_) | FilmIndex::TransportStream(_) => Ok(Vec::new()),
            FilmIndex::Matroska(film) => film.attachments(reader, budget).await,
        }
    }

    /// Returns the segments, which are the same for every selection of tracks.
    pub fn plan(&self) -> &SegmentPlan {
        match &self.film {
            FilmIndex::Mp4(movie) => &movie.plan,
            FilmIndex::Matroska(film) => film.plan(),
            FilmIndex::TransportStream(film) => film.plan(),
        }
    }

    /// Returns the length in seconds, from the first sample to the end of the last.
    pub fn duration_s(&self) -> f64 {
        let plan = self.plan();
        let ticks: i64 = plan.iter().map(|segment| segment.duration).sum();
        plan.seconds(ticks)
    }

    /// Returns the seconds by which times in the repackaged stream are later than in the file.
    pub fn shift_s(&self) -> f64 {
        match &self.film {
            FilmIndex::Mp4(movie) => movie.shift_s,
            FilmIndex::Matroska(film) => film.shift_s(),
            FilmIndex::TransportStream(film) => film.shift_s(),
        }
    }

    /// Returns the picture that is repackaged; `None` if there is none, or none that can be carried.
    pub fn picture(&self) -> Option<usize> {
        let reference = self.reference()?;
        let is_video = self.tracks()[reference].kind == TrackKind::Video;
        (is_video && self.can_carry(reference)).then_some(reference)
    }

    /// Returns the track whose key frames are the cuts; `None` if there is none.
    pub(crate) fn reference(&self) -> Option<usize> {
        match &self.film {
            FilmIndex::Mp4(movie) => movie.reference(),
            FilmIndex::Matroska(film) => Some(film.reference),
            FilmIndex::TransportStream(film) => Some(film.reference),
        }
    }

    /// Returns a walk that finds the segments of a film whose index has none, or whose index proved wrong (a
    /// segment was `Malformed`); `None` if the container cannot be read without its index. Until the walk is
    /// done, the plan is empty, or has the segments last passed to [`take_scan`](Self::take_scan).
    pub fn scan(&self) -> Option<Scan> {
        match &self.film {
            FilmIndex::Mp4(_) | FilmIndex::TransportStream(_) => None,
            FilmIndex::Matroska(film) => Some(Scan::new(film)),
        }
    }

    /// Takes the segments that a scan has found so far. The last of them is whole, but may become longer.
    ///
    /// # Errors
    /// `OverBudget` for more segments than a day has.
    pub fn take_scan(&mut self, scan: &Scan) -> Result<(), ContainerError> {
        match &mut self.film {
            FilmIndex::Mp4(_) | FilmIndex::TransportStream(_) => Ok(()),
            FilmIndex::Matroska(film) => film.take_scan(scan),
        }
    }

    /// Returns the sounds in the order of the file, including those that cannot be carried.
    pub fn sounds(&self) -> Vec<usize> {
        let tracks = self.tracks().iter().enumerate();
        tracks
            .filter(|(_, track)| track.kind == TrackKind::Audio)
            .map(|(index, _)| index)
            .collect()
    }

    /// Returns the default sound: the flagged one, else the first, among those that can be carried. `None` if
    /// there is none.
    pub fn default_sound(&self) -> Option<usize> {
        let carried = |index: &usize| self.can_carry(*index);
        let mut sounds = self.sounds().into_iter().filter(carried);
        let flagged = sounds.clone().find(|&index| self.tracks()[index].default);
        flagged.or_else(|| sounds.next())
    }

    /// Returns true if segments of this track can be made.
    pub fn can_carry(&self, track: usize) -> bool {
        if let FilmIndex::TransportStream(film) = &self.film {
            return film.can_carry(track);
        }
        let track = self.tracks().get(track);
        track.is_some_and(|track| track.sample_entry.is_some())
    }

    /// Returns the bytes of memory that the source takes, for a cache that weighs its entries.
    pub fn memory_bytes(&self) -> usize {
        match &self.film {
            FilmIndex::Mp4(movie) => movie.memory_bytes(),
            FilmIndex::Matroska(film) => film.memory_bytes(),
            FilmIndex::TransportStream(film) => film.memory_bytes(),
        }
    }

    /// Makes the init section for a selection of tracks: a picture, a sound, or several together.
    ///
    /// # Errors
    /// `Unsupported` if a track cannot be carried, or if segments are transport streams, which have none.
    pub fn init(&self, selection: &[usize]) -> Result<Bytes, ContainerError> {
        if self.container() == Container::TransportStream {
            return Err(ContainerError::Unsupported(
                "an init section of a transport stream",
            ));
        }
        write::init(self.tracks(), selection, None)
    }

    /// Makes segment `n` of a selection of tracks: `styp`, then `moof` and `mdat`; of a transport stream, its packets
    /// behind tables of their own.
    ///
    /// # Errors
    /// `Unsupported` if there is no such segment or track; those of reading the index again.
    pub async fn segment<R: ReadRange>(
        &self,
        reader: &R,
        selection: &[usize],
        n: usize,
    ) -> Result<Segment, ContainerError> {
        let mut pieces = vec![ReplyPiece::Bytes(write::segment_type())];
        match &self.film {
            FilmIndex::Mp4(movie) => {
                let mut file = Metered::new(reader, &Budget::default());
                let runs = movie.walk(selection, n)?.next(&mut file).await?;
                pieces.extend(write::fragment(n as u32 + 1, &runs)?);
                Ok(Segment::known(pieces))
            }
            FilmIndex::Matroska(film) => Ok(Segment {
                length: None,
                pieces: pieces.into(),
                maker: Some(SegmentMaker::Matroska(self.stream(film, selection, n)?)),
            }),
            FilmIndex::TransportStream(film) => Ok(Segment::of_packets(
                film.segment(reader, selection, n).await?,
            )),
        }
    }

    /// Starts to read a segment of a Matroska film.
    pub(crate) fn stream(
        &self,
        film: &Matroska,
        selection: &[usize],
        n: usize,
    ) -> Result<Box<SegmentStream>, ContainerError> {
        if !selection.iter().all(|&track| self.can_carry(track)) {
            return Err(ContainerError::Unsupported("this codec in fragmented MP4"));
        }
        SegmentStream::new(film, selection, n)
            .map(Box::new)
            .ok_or(ContainerError::Unsupported("a segment that is not there"))
    }

    /// Makes a segment of its own from the key frame that segment `n` starts with, for an I-frame playlist. By
    /// that playlist, it lasts until the next one.
    ///
    /// # Errors
    /// Those of [`segment`](Self::segment); `Unsupported` if the segment starts without a key frame.
    pub async fn key_frame<R: ReadRange>(
        &self,
        reader: &R,
        n: usize,
    ) -> Result<Segment, ContainerError> {
        let run = match &self.film {
            FilmIndex::Mp4(movie) => {
                let mut file = Metered::new(reader, &Budget::default());
                movie.key_frame(&mut file, n).await?
            }
            FilmIndex::Matroska(film) => film.key_frame(reader, n).await?,
            FilmIndex::TransportStream(film) => {
                let packets = film.segment(reader, &[film.reference], n).await?;
                return Ok(Segment::of_packets(packets.key_frame()));
            }
        };
        let run = run.ok_or(ContainerError::Unsupported(
            "a key frame where there is none",
        ))?;
        let mut pieces = vec![ReplyPiece::Bytes(write::segment_type())];
        pieces.extend(write::fragment(n as u32 + 1, &[run])?);
        Ok(Segment::known(pieces))
    }

    /// Reads the cues of a text track that are displayed within a span of the stream's clock; `0..u64::MAX` for
    /// all.
    ///
    /// # Errors
    /// `Unsupported` for tracks that are not text, `OverBudget` for more text than a film has.
    pub async fn cues<R: ReadRange>(
        &self,
        reader: &R,
        track: usize,
        span_ms: Range<u64>,
    ) -> Result<Vec<TextCue>, ContainerError> {
        match &self.film {
            FilmIndex::Mp4(movie) => {
                let mut file = Metered::new(reader, &Budget::default());
                movie.cues(&mut file, track, span_ms).await
            }
            FilmIndex::Matroska(film) => film.cues(reader, track, span_ms).await,
            FilmIndex::TransportStream(_) => {
                Err(ContainerError::Unsupported("this kind of subtitles"))
            }
        }
    }
}
