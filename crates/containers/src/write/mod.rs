//! The writer of fragmented MP4 (CMAF, ISO/IEC 23000-19).
//!
//! It makes headers; media bytes are named by their position in the file and are never touched. The output is a
//! function of the samples alone, so that lengths can be announced before a byte of media is read.

mod boxes;
mod fragment;
mod init;
mod padding;
mod sidx;

pub(crate) use fragment::{fragment, segment_type};
pub(crate) use init::init;
pub(crate) use padding::padding;
pub(crate) use sidx::{IndexedSegment, segment_indexes};
