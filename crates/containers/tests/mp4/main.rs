//! MP4 sources against ffmpeg: fixtures are made by it, and what is repackaged is compared with its reading of the
//! original. Needs the programs of Debian's package `ffmpeg`.

mod exact;
mod fixtures;
mod reading;
