//! MP4, MOV and M4V by byte range (ISO/IEC 14496-12, QuickTime File Format).
//!
//! ```text
//!   movie ── track ── sample_entry        facts, from boxes of the index
//!     │        └───── tables              where the sample tables lie in the file
//!     ├── planning ── cutter              one walk over all samples → plan and positions
//!     │      └─────── cursor              a walk that can start at any position
//!     ├── fragments ─ fragment            the same from `moof` boxes
//!     ├── choice, clock                   the default tracks; one shift for all
//!     ├── walk                            the samples of one segment after another
//!     └── chapters, text
//! ```
//!
//! Sample tables stay in the file: a two-hour film has some 500,000 samples, and a position in the tables for
//! each of its 1,200 segments is enough to read the few kilobytes of them that one segment takes.
//!
//! *Instead:* `mp4-atom`, `re_mp4` and `shiguredo_mp4` were considered. All three parse a `moov` from memory
//! into vectors of all samples, allocate as much as a count claims, and support sample entries only as
//! structures of their own, so that unsupported boxes (Dolby Vision, `clli`, `mdcv`) would be lost on the way
//! through.

mod boxes;
mod chapters;
mod choice;
mod clock;
mod cursor;
mod cutter;
mod fragment;
mod fragment_index;
mod fragments;
mod movie;
mod planning;
mod sample_entry;
mod tables;
mod text;
mod track;
mod walk;

pub(crate) use cutter::{Cut, Cutter};
pub(crate) use movie::Movie;
