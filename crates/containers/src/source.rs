//! A film whatever its container: tracks, plan, and the making of init sections, segments and the progressive file.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;

use crate::metered::Metered;
use crate::mp4::Movie;
use crate::{
    Budget, Chapter, ContainerError, Cue, Piece, Plan, ReadRange, Track, TrackKind, write,
};

/// Bytes from which a container is recognised.
const MAGIC_BYTES: usize = 12;

/// A kind of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// MP4, MOV, M4V, M4A and their fragmented forms.
    Mp4,
    /// Matroska and WebM.
    Matroska,
}

impl Container {
    /// Returns the container that a file with these first bytes is in (12 are enough); `None` for others.
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
        known.then_some(Container::Mp4)
    }
}

/// A film that was opened: what is known of it without its media.
#[derive(Debug)]
pub struct Source {
    movie: Movie,
}

impl Source {
    /// Reads the index of a file.
    ///
    /// # Errors
    /// `Unsupported` where the container or all its codecs are unknown here, `OverBudget` past the bounds,
    /// `Malformed` and `Truncated` for broken files.
    pub async fn open<R: ReadRange>(reader: &R, budget: &Budget) -> Result<Self, ContainerError> {
        let length = reader.size().min(MAGIC_BYTES as u64) as usize;
        let head = Metered::new(reader, budget).read(0, length as u64).await?;
        match Container::of(&head) {
            Some(Container::Mp4) => Ok(Source {
                movie: Movie::open(reader, budget).await?,
            }),
            _ => Err(ContainerError::Unsupported("this container")),
        }
    }

    /// Returns all tracks in the order of the file. A track's index in here is its name in all calls.
    pub fn tracks(&self) -> &[Track] {
        &self.movie.tracks
    }

    /// Returns the chapters; their times are those of the file, without [`shift_s`](Self::shift_s).
    pub fn chapters(&self) -> &[Chapter] {
        &self.movie.chapters
    }

    /// Returns the segments, which are the same for every selection of tracks.
    pub fn plan(&self) -> &Plan {
        &self.movie.plan
    }

    /// Returns the length in seconds, from the first sample to the end of the last.
    pub fn duration_s(&self) -> f64 {
        let plan = self.plan();
        let ticks: i64 = plan.iter().map(|segment| segment.duration).sum();
        plan.seconds(ticks)
    }

    /// Returns the seconds by which times in the repackaged stream are later than in the file.
    pub fn shift_s(&self) -> f64 {
        self.movie.shift_s
    }

    /// Returns the picture that is repackaged; `None` where there is none, or none that can be carried.
    pub fn picture(&self) -> Option<usize> {
        let reference = self.movie.reference()?;
        let is_video = self.tracks()[reference].kind == TrackKind::Video;
        is_video.then_some(reference)
    }

    /// Returns the sounds in the order of the file, also those that cannot be carried.
    pub fn sounds(&self) -> Vec<usize> {
        let tracks = self.tracks().iter().enumerate();
        tracks
            .filter(|(_, track)| track.kind == TrackKind::Audio)
            .map(|(index, _)| index)
            .collect()
    }

    /// Returns the sound that plays by itself: the flagged one, else the first; among those that can be carried.
    /// `None` where there is none.
    pub fn default_sound(&self) -> Option<usize> {
        let carried = |index: &usize| self.can_carry(*index);
        let mut sounds = self.sounds().into_iter().filter(carried);
        let flagged = sounds.clone().find(|&index| self.tracks()[index].default);
        flagged.or_else(|| sounds.next())
    }

    /// Returns true if segments of this track can be made.
    pub fn can_carry(&self, track: usize) -> bool {
        let track = self.tracks().get(track);
        track.is_some_and(|track| track.sample_entry.is_some())
    }

    /// Returns the bytes of memory that the source takes, for a cache that weighs its entries.
    pub fn memory_bytes(&self) -> usize {
        self.movie.memory_bytes()
    }

    /// Makes the init section for a selection of tracks: a picture, a sound, or several together.
    ///
    /// # Errors
    /// `Unsupported` where a track cannot be carried.
    pub fn init(&self, selection: &[usize]) -> Result<Bytes, ContainerError> {
        write::init(self.tracks(), selection, None)
    }

    /// Makes segment `n` of a selection of tracks: `styp`, then `moof` and `mdat`.
    ///
    /// # Errors
    /// `Unsupported` where there is no such segment or track; what reading the index again may bring.
    pub async fn segment<R: ReadRange>(
        &self,
        reader: &R,
        selection: &[usize],
        n: usize,
    ) -> Result<Segment, ContainerError> {
        let mut file = Metered::new(reader, &Budget::default());
        let runs = self.movie.walk(selection, n)?.next(&mut file).await?;
        let mut pieces = vec![Piece::Bytes(write::segment_type())];
        pieces.extend(write::fragment(n as u32 + 1, &runs)?);
        Ok(Segment::known(pieces))
    }

    /// Makes the key frame that segment `n` starts with as a segment of its own, for an I-frame playlist. It lasts, by
    /// that playlist, until the next one.
    ///
    /// # Errors
    /// As [`segment`](Self::segment); `Unsupported` where the segment starts without a key frame.
    pub async fn key_frame<R: ReadRange>(
        &self,
        reader: &R,
        n: usize,
    ) -> Result<Segment, ContainerError> {
        let mut file = Metered::new(reader, &Budget::default());
        let run = self.movie.key_frame(&mut file, n).await?;
        let run = run.ok_or(ContainerError::Unsupported(
            "a key frame where there is none",
        ))?;
        let mut pieces = vec![Piece::Bytes(write::segment_type())];
        pieces.extend(write::fragment(n as u32 + 1, &[run])?);
        Ok(Segment::known(pieces))
    }

    /// Lays out the film as one fragmented MP4: init section, segment index, and all segments. This walks the whole
    /// index once, so its result is worth keeping.
    ///
    /// # Errors
    /// As [`segment`](Self::segment).
    pub async fn progressive<R: ReadRange>(
        &self,
        reader: &R,
        selection: &[usize],
    ) -> Result<Progressive, ContainerError> {
        let mut file = Metered::new(reader, &Budget::default());
        let mut walk = self.movie.walk(selection, 0)?;
        let mut segments = Vec::with_capacity(self.plan().len());
        for (n, planned) in self.plan().iter().enumerate() {
            let runs = walk.next(&mut file).await?;
            let pieces = write::fragment(n as u32 + 1, &runs)?;
            segments.push(write::IndexedSegment {
                bytes: pieces.iter().map(Piece::length).sum(),
                duration: planned.duration as u64,
            });
        }
        let reference = self
            .movie
            .reference()
            .filter(|track| selection.contains(track));
        let named = reference.or(selection.first().copied()).unwrap_or(0);
        let init = write::init(self.tracks(), selection, Some(self.duration_s()))?;
        let start = self
            .plan()
            .get(0)
            .map_or(0, |first| first.start.max(0) as u64);
        let index = write::segment_index(named, self.plan().timescale(), start, &segments);
        let head = Bytes::from([init, index].concat());
        let mut end = head.len() as u64;
        let ends = segments
            .iter()
            .map(|segment| {
                end += segment.bytes;
                end
            })
            .collect();
        Ok(Progressive {
            selection: selection.to_vec(),
            head,
            ends,
        })
    }

    /// Reads the cues of a text track that are shown within a span of the stream's clock; `0..u64::MAX` for all.
    ///
    /// # Errors
    /// `Unsupported` for tracks that are not text, `OverBudget` for more text than a film has.
    pub async fn cues<R: ReadRange>(
        &self,
        reader: &R,
        track: usize,
        span_ms: Range<u64>,
    ) -> Result<Vec<Cue>, ContainerError> {
        let mut file = Metered::new(reader, &Budget::default());
        self.movie.cues(&mut file, track, span_ms).await
    }
}

/// A reply that is made piece by piece.
#[derive(Debug)]
pub struct Segment {
    length: Option<u64>,
    pieces: VecDeque<Piece>,
}

impl Segment {
    fn known(pieces: Vec<Piece>) -> Self {
        Segment {
            length: Some(pieces.iter().map(Piece::length).sum()),
            pieces: pieces.into(),
        }
    }

    /// Returns the length in bytes; `None` where it turns out only while the file is read.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the next piece; `None` after the last. Only where the length is not known is the file read.
    ///
    /// # Errors
    /// What reading the file may bring.
    pub async fn next<R: ReadRange>(
        &mut self,
        _reader: &R,
    ) -> Result<Option<Piece>, ContainerError> {
        Ok(self.pieces.pop_front())
    }
}

/// The layout of a film as one fragmented MP4.
#[derive(Debug, Clone)]
pub struct Progressive {
    selection: Vec<usize>,
    /// Init section and segment index.
    head: Bytes,
    /// End of each segment in the file.
    ends: Vec<u64>,
}

impl Progressive {
    /// Returns the length of the file in bytes.
    pub fn length(&self) -> u64 {
        self.ends.last().copied().unwrap_or(self.head.len() as u64)
    }

    /// Returns the bytes of memory that the layout takes.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.head.len() + self.ends.capacity() * 8
    }

    /// Returns the segment that byte `at` lies in; `None` in front of the first.
    pub fn segment_at(&self, at: u64) -> Option<usize> {
        (at >= self.head.len() as u64).then(|| self.ends.partition_point(|end| *end <= at))
    }

    /// Starts a reply of a byte range, which is cut to the length of the file.
    pub fn range(&self, range: Range<u64>) -> ProgressiveReader {
        ProgressiveReader {
            at: range.start,
            end: range.end.min(self.length()),
            pieces: VecDeque::new(),
        }
    }

    fn start_of(&self, segment: usize) -> u64 {
        match segment.checked_sub(1) {
            Some(before) => self.ends[before],
            None => self.head.len() as u64,
        }
    }
}

/// A reply of a range of a [`Progressive`] file, made piece by piece. It holds the pieces of one segment at a time.
#[derive(Debug)]
pub struct ProgressiveReader {
    at: u64,
    end: u64,
    pieces: VecDeque<Piece>,
}

impl ProgressiveReader {
    /// Returns the next piece; `None` at the end of the range.
    ///
    /// # Errors
    /// As [`Source::segment`].
    pub async fn next<R: ReadRange>(
        &mut self,
        source: &Source,
        layout: &Progressive,
        reader: &R,
    ) -> Result<Option<Piece>, ContainerError> {
        while self.at < self.end {
            if let Some(piece) = self.pieces.pop_front() {
                let piece = cut(piece, 0, self.end - self.at);
                self.at += piece.length();
                if piece.length() > 0 {
                    return Ok(Some(piece));
                }
                continue;
            }
            match layout.segment_at(self.at) {
                None => {
                    let from = self.at as usize;
                    self.pieces
                        .push_back(Piece::Bytes(layout.head.slice(from..)));
                }
                Some(n) => {
                    let mut file = Metered::new(reader, &Budget::default());
                    let mut walk = source.movie.walk(&layout.selection, n)?;
                    let runs = walk.next(&mut file).await?;
                    let pieces = write::fragment(n as u32 + 1, &runs)?;
                    let mut skip = self.at - layout.start_of(n);
                    let promised = layout.ends[n] - layout.start_of(n);
                    if pieces.iter().map(Piece::length).sum::<u64>() != promised {
                        return Err(ContainerError::Malformed("the file is another one by now"));
                    }
                    for piece in pieces {
                        let length = piece.length();
                        if skip < length {
                            self.pieces.push_back(cut(piece, skip, length - skip));
                        }
                        skip = skip.saturating_sub(length);
                    }
                }
            }
        }
        Ok(None)
    }
}

/// Returns a part of a piece: at most `most` bytes from `skip` on.
fn cut(piece: Piece, skip: u64, most: u64) -> Piece {
    match piece {
        Piece::Bytes(bytes) => {
            let end = (skip.saturating_add(most)).min(bytes.len() as u64);
            Piece::Bytes(bytes.slice(skip as usize..end as usize))
        }
        Piece::Range { offset, length } => Piece::Range {
            offset: offset + skip,
            length: (length - skip).min(most),
        },
    }
}
