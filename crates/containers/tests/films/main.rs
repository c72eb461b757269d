//! Films against ffmpeg, which makes the fixtures; the repackaged output is compared with its reading of
//! the original. Needs the programs of Debian's package `ffmpeg`.

// Clippy's permission to unwrap in tests does not cover the functions beside them.
#![allow(clippy::unwrap_used)]

mod exact;
mod facts;
mod fixtures;
mod hostile;
mod reading;
mod transport_stream;
