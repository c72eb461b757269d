//! Shared parts of uploads of every kind: a spool on disk, the stored state of each upload, and its progress.

mod spool;
mod staging;

pub use spool::Spool;
pub(crate) use spool::Spooled;
pub(crate) use staging::{PartProgress, UploadStaging};
