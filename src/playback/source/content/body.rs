//! The body of a reply: bytes that are made, and bytes that are read from the original, in order.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::super::RepackagedFilm;
use super::super::index_reader::IndexReader;
use super::super::media_reader::MediaReader;
use crate::playback::Playback;
use containers::{Container, ContainerError, Progressive, ProgressiveReader, ReplyPiece, Segment};
use drives::{DriveError, ErrorKind};
use media::Entry;

/// The pieces of a reply as they come.
pub(super) enum PieceSource {
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
pub(super) struct RepackagedBody {
    pub(super) playback: Playback,
    pub(super) entry: Arc<Entry>,
    pub(super) film: Arc<RepackagedFilm>,
    pub(super) pieces: PieceSource,
    /// The next chunk, which came while small ones before it were joined.
    pub(super) held: Option<Result<Bytes, DriveError>>,
    /// True once bytes were returned.
    pub(super) has_begun: bool,
    /// The rest of a range of the original: position and length.
    pub(super) current: Option<(u64, u64)>,
    pub(super) index: IndexReader,
    pub(super) media: MediaReader,
}

impl RepackagedBody {
    /// Returns true if all bytes were returned, as far as is known without reading on.
    pub(super) fn is_at_end(&self) -> bool {
        let is_last = match &self.pieces {
            PieceSource::Known(pieces) => pieces.is_empty(),
            PieceSource::Streamed(_) => false,
            PieceSource::File(range, _) => range.is_at_end(),
        };
        is_last && self.current.is_none() && self.held.is_none()
    }

    /// Returns the next bytes, small pieces joined; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, DriveError> {
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
            Err(PieceError::Container(error)) => Err(super::super::drive_error(error, None)),
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
