//! Replies of a repackaged original as sources of the byte engine: pieces that were written here, and ranges of the
//! original between them.

mod body;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use containers::{ContainerError, Progressive, ReadRange, ReplyPiece, Segment};
use futures_util::{StreamExt, stream};

use super::RepackagedFilm;
use super::index_reader::IndexReader;
use super::media_reader::MediaReader;
use crate::bytes::Source;
use crate::governor::Priority;
use crate::playback::Playback;
use drives::{DriveError, Incoming};
use media::Entry;

use body::{PieceSource, RepackagedBody};

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

#[cfg(test)]
mod tests;
