//! MP4 sources against ffmpeg: fixtures are made by it, and what is repackaged is compared with its reading of the
//! original. Needs the programs of Debian's package `ffmpeg`.

// Clippy's leave to unwrap in tests does not reach the functions beside them.
#![allow(clippy::unwrap_used)]

mod exact;
mod facts;
mod fixtures;
mod hostile;
mod reading;
