//! Shared parts of uploads of every kind: a spool on disk, the note of each upload, its progress, and the
//! loop that sends a file in parts.

mod names;
mod parts;
mod resumable;
mod spool;
mod staging;

pub(crate) use names::{check_taken, numbered};
pub(crate) use parts::{PartPlan, PartSender, RETRY_INTERVAL, SentParts, UploadPart};
pub use resumable::MIN_RESUMABLE_BYTES;
pub(crate) use resumable::{ABANDONED_AGE, UploadFile, durable_bytes};
pub use spool::Spool;
pub(crate) use spool::{Spooled, broke_off};
pub(crate) use staging::{ActiveUpload, PartProgress, UploadStaging};
