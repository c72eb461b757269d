//! Readers of media containers by byte range, and a writer of fragmented MP4 (CMAF, ISO/IEC 23000-19).
//!
//! Nothing here decodes media, opens files or makes requests: bytes come from a [`ReadRange`], and every reader
//! works within a [`Budget`].

pub mod codecs;
mod error;
mod read;
mod track;

pub use error::ContainerError;
pub use read::{Budget, ReadRange};
pub use track::{AudioInfo, Chapter, Codec, Hdr, Track, TrackKind, VideoInfo};
