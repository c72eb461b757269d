//! An upload in progress: the file, and its stored state.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::UploadProgress;
use crate::uploads::{PartPlan, SentParts, Spooled};
use media::EntryPath;

pub(crate) const OPERATION: &str = "upload";

/// The stored progress of an upload, from which it resumes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    pub(crate) session_id: String,
    pub(crate) chunk_bytes: u64,
    /// Chunks that the upstream has.
    pub(crate) sent: SentParts,
    /// Identifies the content.
    pub(crate) content: String,
    /// Seconds since 1970.
    pub(crate) expires: u64,
}

/// A file that is ready to be sent.
pub(crate) struct UploadJob<'a> {
    pub(crate) path: EntryPath,
    pub(crate) uri: String,
    /// Key of the record.
    pub(crate) key: String,
    pub(crate) content: String,
    pub(crate) spooled: &'a Spooled,
    pub(crate) progress: Option<Arc<UploadProgress>>,
}

impl UploadJob<'_> {
    /// Returns the division into chunks. They are sent in order: before 4.18 the last one completes the upload,
    /// whether or not all before it have arrived (document section 8.15).
    pub(crate) fn plan(&self, chunk_bytes: u64) -> PartPlan<'_> {
        PartPlan {
            spooled: self.spooled,
            progress: self.progress.clone(),
            part_bytes: chunk_bytes,
            max_concurrent: 1,
        }
    }
}
