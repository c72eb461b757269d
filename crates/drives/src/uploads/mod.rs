//! What uploads of every kind share: a spool on disk, what is remembered of each upload, and its progress.

mod spool;
mod staging;

pub use spool::Spool;
pub(crate) use spool::Spooled;
pub(crate) use staging::{PartProgress, UploadStaging};
