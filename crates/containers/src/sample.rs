//! The samples of a segment and the pieces of a reply: the types between the readers, the writer and the
//! caller.

use bytes::Bytes;

/// One coded picture or sound frame: a span of the file and its times.
///
/// Times are ticks of the track's timescale in the repackaged stream, that is, after the one constant shift that all
/// tracks of a file share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Position of the coded bytes in the file.
    pub offset: u64,
    /// Length of the coded bytes in the file, without [`TrackRun::prefix`].
    pub size: u32,
    pub decode_time: u64,
    pub duration: u32,
    /// Presentation time minus decode time.
    pub composition_offset: i32,
    /// True if decoding can start here.
    pub sync: bool,
}

impl Sample {
    /// Returns the presentation time.
    pub fn presentation_time(&self) -> i64 {
        (self.decode_time as i64).saturating_add(i64::from(self.composition_offset))
    }
}

/// The samples of one track within one segment or a part of it, in decode order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackRun {
    /// Index of the track in `Source::tracks`.
    pub track: usize,
    /// Bytes that belong in front of each sample and are not in the file (Matroska's header stripping). Usually
    /// empty.
    pub prefix: Bytes,
    pub samples: Vec<Sample>,
}

impl TrackRun {
    /// Creates a run of samples that stand whole in the file.
    pub(crate) fn new(track: usize, samples: Vec<Sample>) -> Self {
        TrackRun {
            track,
            prefix: Bytes::new(),
            samples,
        }
    }
}

/// A part of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyPiece {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A range of the file itself.
    Range { offset: u64, length: u64 },
}

impl ReplyPiece {
    /// Returns the length in bytes.
    pub fn length(&self) -> u64 {
        match self {
            ReplyPiece::Bytes(bytes) => bytes.len() as u64,
            ReplyPiece::Range { length, .. } => *length,
        }
    }
}
