//! Bytes of the upstream: fetched once, read ahead, kept on disk.
//!
//! - [`sharing`]: one upstream fetch for all viewers, and none for cached data
//! - [`reading_ahead`]: originals are read ahead of their viewers
//! - [`memory`]: memory and open files of the built program
//! - [`disk`]: the disk cache survives a restart and a kill, within its limit

mod disk;
mod memory;
mod reading_ahead;
mod sharing;
