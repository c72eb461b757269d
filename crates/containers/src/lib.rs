//! Readers of media containers by byte range, and a writer of fragmented MP4 (CMAF, ISO/IEC 23000-19).
//!
//! Nothing here decodes media, opens files or makes requests: bytes come from a [`ReadRange`], and every reader
//! works within a [`Budget`].

pub mod codecs;
mod cue;
mod error;
mod language;
pub mod matroska;
mod metered;
mod mp4;
mod packed;
mod plan;
mod read;
mod sample;
mod source;
mod track;
mod write;

pub use cue::Cue;
pub use error::ContainerError;
pub use plan::{Plan, PlannedSegment, TARGET_SEGMENT_S};
pub use read::{Budget, ReadRange};
pub use sample::{Piece, Sample, TrackRun};
pub use source::{Container, Progressive, ProgressiveReader, Segment, Source};
pub use track::{AudioInfo, Chapter, Codec, Hdr, Track, TrackKind, VideoInfo};
