//! The film as one progressive file, for players without HLS: init section, segment indexes and all segments.
//!
//! Its length and the position of every segment are known before media is read, so that any byte range can be
//! served: a segment of MP4 has the length that follows from the tables; one of Matroska gets a fixed length
//! that is large enough, and is padded with a `free` box.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;

use crate::matroska::SegmentStream;
use crate::metered::Metered;
use crate::source::FilmIndex;
use crate::{Budget, ContainerError, FilmSource, ReadRange, ReplyPiece, write};

impl FilmSource {
    /// Lays out the film as one fragmented MP4: init section, an index of segments for each track, and all segments. This walks the
    /// whole index once, so its result is worth caching.
    ///
    /// # Errors
    /// Those of [`segment`](Self::segment).
    pub async fn progressive<R: ReadRange>(
        &self,
        reader: &R,
        selection: &[usize],
    ) -> Result<Progressive, ContainerError> {
        let mut segments = Vec::with_capacity(self.plan().len());
        match &self.film {
            FilmIndex::Mp4(movie) => {
                let mut file = Metered::new(reader, &Budget::default());
                let mut walk = movie.walk(selection, 0)?;
                for (n, planned) in self.plan().iter().enumerate() {
                    let runs = walk.next(&mut file).await?;
                    let pieces = write::fragment(n as u32 + 1, &runs)?;
                    segments.push(write::IndexedSegment {
                        bytes: pieces.iter().map(ReplyPiece::length).sum(),
                        duration: planned.duration as u64,
                    });
                }
            }
            // The size of a segment is known only once it was read: each gets a fixed length that is large
            // enough.
            FilmIndex::Matroska(film) => {
                segments.extend(self.plan().iter().map(|planned| write::IndexedSegment {
                    bytes: film.room_for(selection, &planned),
                    duration: planned.duration.max(0) as u64,
                }));
            }
            FilmIndex::TransportStream(_) => return Err(NOT_AS_MP4),
        }
        let reference = self.reference().filter(|track| selection.contains(track));
        let named = reference.or(selection.first().copied()).unwrap_or(0);
        let init = write::init(self.tracks(), selection, Some(self.duration_s()))?;
        let start = self
            .plan()
            .get(0)
            .map_or(0, |first| first.start.max(0) as u64);
        let others = selection.iter().copied().filter(|track| *track != named);
        let tracks: Vec<usize> = std::iter::once(named).chain(others).collect();
        let indexes = write::segment_indexes(&tracks, self.plan().timescale(), start, &segments);
        let head = Bytes::from([init, indexes].concat());
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
}

/// The layout of a film as one fragmented MP4.
#[derive(Debug, Clone)]
pub struct Progressive {
    selection: Vec<usize>,
    /// Init section and segment indexes.
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
            filling: None,
        }
    }

    fn start_of(&self, segment: usize) -> u64 {
        match segment.checked_sub(1) {
            Some(before) => self.ends[before],
            None => self.head.len() as u64,
        }
    }
}

/// A reply of a range of a [`Progressive`] file, made piece by piece. It holds the pieces of one segment at a
/// time.
#[derive(Debug)]
pub struct ProgressiveReader {
    at: u64,
    end: u64,
    pieces: VecDeque<ReplyPiece>,
    filling: Option<Filling>,
}

/// A segment that is made while it is read, with a fixed length.
#[derive(Debug)]
struct Filling {
    stream: Box<SegmentStream>,
    /// Remaining bytes of the fixed length.
    left: u64,
    /// Bytes that stand before the range.
    skip: u64,
}

impl Filling {
    /// Returns the next pieces of the segment that are within the range; `None` after the padding.
    async fn next<R: ReadRange>(
        &mut self,
        reader: &R,
    ) -> Result<Option<VecDeque<ReplyPiece>>, ContainerError> {
        let pieces = match self.stream.next(reader).await? {
            Some(pieces) => pieces,
            None if self.left == 0 => return Ok(None),
            None => vec![ReplyPiece::Bytes(
                write::padding(self.left).ok_or(TOO_FULL)?,
            )],
        };
        let length: u64 = pieces.iter().map(ReplyPiece::length).sum();
        self.left = self.left.checked_sub(length).ok_or(TOO_FULL)?;
        Ok(Some(behind(pieces, &mut self.skip)))
    }
}

/// A transport stream can be read from any byte itself.
const NOT_AS_MP4: ContainerError = ContainerError::Unsupported("a transport stream as MP4");

const TOO_FULL: ContainerError =
    ContainerError::Unsupported("a segment of more frames than its tracks announce");

/// Drops the first `skip` bytes of some pieces, and counts them.
fn behind(pieces: Vec<ReplyPiece>, skip: &mut u64) -> VecDeque<ReplyPiece> {
    let mut kept = VecDeque::with_capacity(pieces.len());
    for piece in pieces {
        let length = piece.length();
        if *skip < length {
            kept.push_back(cut(piece, *skip, length - *skip));
        }
        *skip = skip.saturating_sub(length);
    }
    kept
}

impl ProgressiveReader {
    /// Returns true if all pieces of the range were returned.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.end
    }

    /// Returns the next piece; `None` at the end of the range.
    ///
    /// # Errors
    /// Those of [`FilmSource::segment`].
    pub async fn next<R: ReadRange>(
        &mut self,
        source: &FilmSource,
        layout: &Progressive,
        reader: &R,
    ) -> Result<Option<ReplyPiece>, ContainerError> {
        while self.at < self.end {
            if let Some(piece) = self.pieces.pop_front() {
                let piece = cut(piece, 0, self.end - self.at);
                self.at += piece.length();
                if piece.length() > 0 {
                    return Ok(Some(piece));
                }
                continue;
            }
            if let Some(filling) = &mut self.filling {
                match filling.next(reader).await? {
                    Some(pieces) => self.pieces = pieces,
                    None => self.filling = None,
                }
                continue;
            }
            match layout.segment_at(self.at) {
                None => {
                    let from = self.at as usize;
                    self.pieces
                        .push_back(ReplyPiece::Bytes(layout.head.slice(from..)));
                }
                Some(n) => {
                    let promised = layout.ends[n] - layout.start_of(n);
                    let mut skip = self.at - layout.start_of(n);
                    match &source.film {
                        FilmIndex::Mp4(movie) => {
                            let mut file = Metered::new(reader, &Budget::default());
                            let mut walk = movie.walk(&layout.selection, n)?;
                            let runs = walk.next(&mut file).await?;
                            let pieces = write::fragment(n as u32 + 1, &runs)?;
                            if pieces.iter().map(ReplyPiece::length).sum::<u64>() != promised {
                                return Err(ContainerError::Malformed(
                                    "the file is another one by now",
                                ));
                            }
                            self.pieces = behind(pieces, &mut skip);
                        }
                        FilmIndex::TransportStream(_) => return Err(NOT_AS_MP4),
                        FilmIndex::Matroska(film) => {
                            self.filling = Some(Filling {
                                stream: source.stream(film, &layout.selection, n)?,
                                left: promised,
                                skip,
                            });
                        }
                    }
                }
            }
        }
        Ok(None)
    }
}

/// Returns a part of a piece: at most `most` bytes from `skip` on.
fn cut(piece: ReplyPiece, skip: u64, most: u64) -> ReplyPiece {
    match piece {
        ReplyPiece::Bytes(bytes) => {
            let end = (skip.saturating_add(most)).min(bytes.len() as u64);
            ReplyPiece::Bytes(bytes.slice(skip as usize..end as usize))
        }
        ReplyPiece::Range { offset, length } => ReplyPiece::Range {
            offset: offset + skip,
            length: (length - skip).min(most),
        },
    }
}
