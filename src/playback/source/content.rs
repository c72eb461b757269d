//! Replies of a repackaged original as sources of the byte engine: pieces that were written here, and ranges of the
//! original between them.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use containers::{
    Container, ContainerError, Progressive, ProgressiveReader, ReadRange, ReplyPiece, Segment,
};
use futures_util::{StreamExt, stream};

use super::RepackagedFilm;
use super::index_reader::IndexReader;
use super::media_reader::MediaReader;
use crate::bytes::Source;
use crate::governor::Priority;
use crate::playback::Playback;
use drives::{DriveError, ErrorKind, Incoming};
use media::Entry;

/// The most bytes of the next segment that are read ahead.
const MAX_AHEAD_BYTES: u64 = 32 << 20;

/// The part of a segment that a reply has.
pub(super) enum SegmentPart {
    /// These tracks.
    Tracks(Vec<usize>),
    /// The key frame that it begins with.
    KeyFrame,
}

impl SegmentPart {
    /// Starts to make segment `n` of a film.
    pub async fn open(
        &self,
        source: &containers::FilmSource,
        reader: &impl ReadRange,
        n: usize,
    ) -> Result<Segment, ContainerError> {
        match self {
            SegmentPart::Tracks(selection) => source.segment(reader, selection, n).await,
            SegmentPart::KeyFrame => source.key_frame(reader, n).await,
        }
    }
}

/// The contents of a reply.
pub(super) enum ReplyContent {
    /// Pieces that are all known.
    Pieces {
        pieces: Arc<[ReplyPiece]>,
        length: u64,
    },
    /// A segment whose pieces are known only while the file is read.
    Streamed { part: SegmentPart, n: usize },
    /// The whole film as one file.
    File(Arc<Progressive>),
}

impl ReplyContent {
    /// Returns a reply of these pieces.
    pub fn pieces(pieces: Vec<ReplyPiece>) -> Self {
        ReplyContent::Pieces {
            length: pieces.iter().map(ReplyPiece::length).sum(),
            pieces: pieces.into(),
        }
    }

    /// Returns the length in bytes; `None` where it is not known before the file is read.
    pub fn length(&self) -> Option<u64> {
        match self {
            ReplyContent::Pieces { length, .. } => Some(*length),
            ReplyContent::Streamed { .. } => None,
            ReplyContent::File(layout) => Some(layout.length()),
        }
    }
}

/// A reply that can be opened at any byte.
pub(super) struct RepackagedSource {
    playback: Playback,
    entry: Arc<Entry>,
    film: Arc<RepackagedFilm>,
    content: ReplyContent,
}

impl RepackagedSource {
    pub fn new(
        playback: Playback,
        entry: Arc<Entry>,
        film: Arc<RepackagedFilm>,
        content: ReplyContent,
    ) -> Self {
        RepackagedSource {
            playback,
            entry,
            film,
            content,
        }
    }

    fn media(&self, parts: impl Iterator<Item = Range<u64>>) -> MediaReader {
        let object = match self.content {
            ReplyContent::File(_) => self.playback.original(&self.entry),
            _ => {
                let playback = &self.playback;
                playback.original_for_segments(&self.entry, Priority::Playing)
            }
        };
        MediaReader::new(self.playback.engine().clone(), object, parts)
    }

    fn span(&self, n: usize) -> Range<u64> {
        let segment = self.film.source.plan().get(n);
        segment.map_or(0..0, |segment| segment.span)
    }
}

#[async_trait]
impl Source for RepackagedSource {
    /// The original below retries and renews by itself. A body that fails for good is opened again by the reader of
    /// this object where it stopped.
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let end = last.map_or(u64::MAX, |last| last.saturating_add(1));
        let plan = self.film.source.plan();
        let mut offset = from;
        let (pieces, media, next) = match &self.content {
            ReplyContent::Pieces { pieces, .. } => {
                let pieces = cut_pieces(pieces, from, end);
                let ranges: Vec<Range<u64>> = pieces.iter().filter_map(range_of).collect();
                let read_to = ranges.iter().map(|range| range.end).max().unwrap_or(0);
                let next = match ranges.is_empty() {
                    true => 0..0,
                    false => read_to..read_to + MAX_AHEAD_BYTES.min(self.length_after(&ranges)),
                };
                (
                    PieceSource::Known(pieces),
                    self.media(ranges.into_iter()),
                    next,
                )
            }
            ReplyContent::Streamed { part, n } => {
                // Its pieces are made from the first one on; the reader skips to its byte.
                offset = 0;
                let index = self.index();
                let segment = part.open(&self.film.source, &index, *n).await;
                let segment = segment.map_err(|error| index.drive_error(error))?;
                let next = match part {
                    SegmentPart::Tracks(_) => self.span(n + 1),
                    SegmentPart::KeyFrame => 0..0,
                };
                let next = next.start..next.end.min(next.start + MAX_AHEAD_BYTES);
                let span = segment.span().unwrap_or_else(|| self.span(*n));
                let media = self.media(std::iter::once(span));
                (PieceSource::Streamed(segment), media, next)
            }
            ReplyContent::File(layout) => {
                let end = end.min(layout.length());
                let first = layout.segment_at(from).unwrap_or(0);
                let final_one = layout.segment_at(end.saturating_sub(1)).unwrap_or(0);
                let span = plan.get(first).zip(plan.get(final_one));
                let span = span.map(|(first, last)| first.span.start..last.span.end);
                let pieces = PieceSource::File(layout.range(from..end), layout.clone());
                (pieces, self.media(span.into_iter()), 0..0)
            }
        };
        let reply = RepackagedBody {
            playback: self.playback.clone(),
            entry: self.entry.clone(),
            film: self.film.clone(),
            pieces,
            held: None,
            has_begun: false,
            current: None,
            index: self.index(),
            media,
        };
        let playback = &self.playback;
        let ahead = playback.original_for_segments(&self.entry, Priority::ReadAhead);
        let is_local = self.playback.library().drive(&self.entry.place)?.is_local();
        let chunks = stream::unfold(Some(reply), move |reply| {
            let (ahead, next) = (ahead.clone(), next.clone());
            async move {
                let mut reply = reply?;
                let item = match reply.next().await {
                    Ok(Some(chunk)) => {
                        // The client takes nothing more after the last byte of a reply of known length.
                        if !reply.is_at_end() {
                            return Some((Ok(chunk), Some(reply)));
                        }
                        Some((Ok(chunk), None))
                    }
                    Ok(None) => None,
                    Err(error) => return Some((Err(error), None)),
                };
                if !is_local {
                    reply.media.finish(ahead, next);
                }
                item
            }
        });
        Ok(Incoming {
            offset,
            length: self.content.length(),
            etag: None,
            chunks: chunks.boxed(),
        })
    }

    async fn renew(&self) -> Result<(), DriveError> {
        Ok(())
    }
}

impl RepackagedSource {
    fn index(&self) -> IndexReader {
        self.playback.index_reader(&self.entry, Priority::Playing)
    }

    /// Returns the bytes that a segment of the same length would take after these ranges, within the file.
    fn length_after(&self, ranges: &[Range<u64>]) -> u64 {
        let first = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        (last - first).min(self.entry.size.saturating_sub(last))
    }
}

fn range_of(piece: &ReplyPiece) -> Option<Range<u64>> {
    match piece {
        ReplyPiece::Bytes(_) => None,
        ReplyPiece::Range { offset, length } => Some(*offset..offset + length),
    }
}

/// Returns what makes up bytes `from..end` of some pieces.
fn cut_pieces(pieces: &[ReplyPiece], from: u64, end: u64) -> VecDeque<ReplyPiece> {
    let mut at = 0;
    let mut cut = VecDeque::new();
    for piece in pieces {
        let length = piece.length();
        let skip = from.saturating_sub(at).min(length);
        let until = end.saturating_sub(at).min(length);
        at += length;
        if skip < until {
            cut.push_back(match piece {
                ReplyPiece::Bytes(bytes) => {
                    ReplyPiece::Bytes(bytes.slice(skip as usize..until as usize))
                }
                ReplyPiece::Range { offset, .. } => ReplyPiece::Range {
                    offset: offset + skip,
                    length: until - skip,
                },
            });
        }
    }
    cut
}

/// The pieces of a reply as they come.
enum PieceSource {
    Known(VecDeque<ReplyPiece>),
    Streamed(Segment),
    File(ProgressiveReader, Arc<Progressive>),
}

/// The reason why a piece is missing.
enum PieceError {
    /// The file is not as expected.
    Container(ContainerError),
    /// The file could not be read.
    Drive(DriveError),
}

impl PieceError {
    /// Returns an error of a container; `drive_error` returns that of the drive, if reading failed.
    fn of(error: ContainerError, drive_error: impl Fn(ContainerError) -> DriveError) -> Self {
        match error {
            ContainerError::Read(_) => PieceError::Drive(drive_error(error)),
            error => PieceError::Container(error),
        }
    }
}

/// Chunks below this size are joined: samples of a sound have a few hundred bytes each, and each chunk of a reply costs
/// the same.
const MIN_CHUNK_BYTES: usize = 16 << 10;
/// Joined chunks are sent once they have this size.
const JOINED_CHUNK_BYTES: usize = 64 << 10;

/// A reply that is being sent.
struct RepackagedBody {
    playback: Playback,
    entry: Arc<Entry>,
    film: Arc<RepackagedFilm>,
    pieces: PieceSource,
    /// The next chunk, which came while small ones before it were joined.
    held: Option<Result<Bytes, DriveError>>,
    /// True once bytes were returned.
    has_begun: bool,
    /// The rest of a range of the original: position and length.
    current: Option<(u64, u64)>,
    index: IndexReader,
    media: MediaReader,
}

impl RepackagedBody {
    /// Returns true if all bytes were returned, as far as is known without reading on.
    fn is_at_end(&self) -> bool {
        let is_last = match &self.pieces {
            PieceSource::Known(pieces) => pieces.is_empty(),
            PieceSource::Streamed(_) => false,
            PieceSource::File(range, _) => range.is_at_end(),
        };
        is_last && self.current.is_none() && self.held.is_none()
    }

    /// Returns the next bytes, small pieces joined; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, DriveError> {
        let mut joined = BytesMut::new();
        while joined.len() < JOINED_CHUNK_BYTES {
            let next = match self.held.take() {
                Some(held) => Some(held),
                None => self.next_chunk().await.transpose(),
            };
            match next {
                Some(Ok(chunk)) if chunk.len() < MIN_CHUNK_BYTES => {
                    joined.extend_from_slice(&chunk);
                }
                Some(next) if joined.is_empty() => {
                    self.has_begun = true;
                    return next.map(Some);
                }
                // Before the first byte, an error is an answer of its own.
                Some(Err(error)) if !self.has_begun => return Err(error),
                None => break,
                next => {
                    self.held = next;
                    break;
                }
            }
        }
        self.has_begun = true;
        Ok((!joined.is_empty()).then(|| joined.freeze()))
    }

    /// Returns the bytes of the next piece, or a part of them; `None` at the end.
    async fn next_chunk(&mut self) -> Result<Option<Bytes>, DriveError> {
        loop {
            if let Some((offset, length)) = self.current.take() {
                let chunk = self.media.next(offset, length).await?;
                let taken = chunk.len() as u64;
                if taken < length {
                    self.current = Some((offset + taken, length - taken));
                }
                return Ok(Some(chunk));
            }
            match self.next_piece().await? {
                None => return Ok(None),
                Some(ReplyPiece::Bytes(bytes)) if bytes.is_empty() => {}
                Some(ReplyPiece::Bytes(bytes)) => return Ok(Some(bytes)),
                Some(ReplyPiece::Range { length: 0, .. }) => {}
                Some(ReplyPiece::Range { offset, length }) => self.current = Some((offset, length)),
            }
        }
    }

    /// Returns the next piece. A Matroska file whose index leads to other bytes than a segment is scanned from then on.
    async fn next_piece(&mut self) -> Result<Option<ReplyPiece>, DriveError> {
        let piece = self.read_piece().await;
        let is_wrong_index =
            self.film.source.container() == Container::Matroska && !self.film.is_scanned;
        match piece {
            Err(PieceError::Container(ContainerError::Malformed(detail))) if is_wrong_index => {
                self.playback.distrust_index(&self.entry).await;
                let detail = format!("the file's index is wrong: {detail}");
                Err(
                    DriveError::new(ErrorKind::Transcoding, "source", detail).with_sentence(
                        "The index of this file is wrong. Its contents are read once more.",
                    ),
                )
            }
            Err(PieceError::Container(error)) => Err(super::drive_error(error, None)),
            Err(PieceError::Drive(error)) => Err(error),
            Ok(piece) => Ok(piece),
        }
    }

    /// Matroska's headers stand among its media, MP4's in an index.
    async fn read_piece(&mut self) -> Result<Option<ReplyPiece>, PieceError> {
        let source = &self.film.source;
        match &mut self.pieces {
            PieceSource::Known(pieces) => Ok(pieces.pop_front()),
            PieceSource::Streamed(segment) => {
                let piece = segment.next(&self.media).await;
                piece.map_err(|error| PieceError::of(error, |error| self.media.drive_error(error)))
            }
            PieceSource::File(range, layout) => match source.container() {
                Container::Matroska => {
                    let piece = range.next(source, layout, &self.media).await;
                    piece.map_err(|error| {
                        PieceError::of(error, |error| self.media.drive_error(error))
                    })
                }
                Container::Mp4 | Container::TransportStream => {
                    let piece = range.next(source, layout, &self.index).await;
                    piece.map_err(|error| {
                        PieceError::of(error, |error| self.index.drive_error(error))
                    })
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_a_reply_is_ranges_of_its_pieces() {
        let pieces = [
            ReplyPiece::Bytes(Bytes::from_static(b"0123")),
            ReplyPiece::Range {
                offset: 100,
                length: 10,
            },
            ReplyPiece::Bytes(Bytes::new()),
            ReplyPiece::Bytes(Bytes::from_static(b"ab")),
        ];
        let range = |offset, length| ReplyPiece::Range { offset, length };
        let text = |text: &'static str| ReplyPiece::Bytes(Bytes::from_static(text.as_bytes()));
        let cases = [
            (
                (0, u64::MAX),
                vec![text("0123"), range(100, 10), text("ab")],
            ),
            ((2, 6), vec![text("23"), range(100, 2)]),
            ((7, 8), vec![range(103, 1)]),
            ((13, 15), vec![range(109, 1), text("a")]),
            ((16, u64::MAX), vec![]),
        ];
        for ((from, end), expected) in cases {
            assert_eq!(cut_pieces(&pieces, from, end), expected, "{from}..{end}");
        }
    }
}
