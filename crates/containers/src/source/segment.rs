//! A segment of a film, made piece by piece.

use std::collections::VecDeque;
use std::ops::Range;

use crate::matroska::SegmentStream;
use crate::transport_stream::PacketFilter;
use crate::{ContainerError, ReadRange, ReplyPiece};

/// A reply that is made piece by piece.
#[derive(Debug)]
pub struct Segment {
    pub(super) length: Option<u64>,
    pub(super) pieces: VecDeque<ReplyPiece>,
    /// Makes more pieces while the file is read; `None` if all pieces are known.
    pub(super) maker: Option<SegmentMaker>,
}

/// Makes the pieces of a segment while the file is read.
#[derive(Debug)]
pub(super) enum SegmentMaker {
    Matroska(Box<SegmentStream>),
    TransportStream(Box<PacketFilter>),
}

impl Segment {
    pub(super) fn known(pieces: Vec<ReplyPiece>) -> Self {
        Segment {
            length: Some(pieces.iter().map(ReplyPiece::length).sum()),
            pieces: pieces.into(),
            maker: None,
        }
    }

    pub(super) fn of_packets(packets: PacketFilter) -> Self {
        Segment {
            length: None,
            pieces: VecDeque::new(),
            maker: Some(SegmentMaker::TransportStream(Box::new(packets))),
        }
    }

    /// Returns the length in bytes; `None` if it is known only after the file was read.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the part of the file that will be read, where the plan only estimates it; `None` for that of the plan.
    pub fn span(&self) -> Option<Range<u64>> {
        match &self.maker {
            Some(SegmentMaker::TransportStream(packets)) => Some(packets.span()),
            _ => None,
        }
    }

    /// Returns the next piece; `None` after the last. The file is read only if the length is not known.
    ///
    /// # Errors
    /// Those of reading the file.
    pub async fn next<R: ReadRange>(
        &mut self,
        reader: &R,
    ) -> Result<Option<ReplyPiece>, ContainerError> {
        if self.pieces.is_empty()
            && let Some(maker) = &mut self.maker
        {
            let pieces = match maker {
                SegmentMaker::Matroska(stream) => stream.next(reader).await?,
                SegmentMaker::TransportStream(packets) => packets.next(reader).await?,
            };
            match pieces {
                Some(pieces) => self.pieces.extend(pieces),
                None => self.maker = None,
            }
        }
        Ok(self.pieces.pop_front())
    }
}
