//! An upload in progress: the file, and the note of its session.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::encryption::FileCipher;
use super::target::UploadTarget;
use crate::UploadProgress;
use crate::uploads::{PartPlan, SentParts, Spooled};
use media::EntryPath;

/// Upper limit for chunks that are sent concurrently to a storage provider, whatever the policy says.
const MAX_CONCURRENT_CHUNKS: usize = 3;

/// A session at the site and its progress, as it is stored to be resumed. Contains the presigned URLs and the key of
/// the session: never logged.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SessionNote {
    pub(crate) session_id: String,
    /// The path in the account's files.
    pub(crate) path: String,
    /// Bytes of the file.
    pub(crate) size: u64,
    pub(crate) chunk_bytes: u64,
    /// Chunks that the target has.
    pub(crate) sent: SentParts,
    /// Identifies the content.
    pub(crate) content: String,
    /// Seconds since 1970.
    pub(crate) expires: u64,
    pub(crate) target: UploadTarget,
    /// Encrypts what is sent; `None` if it is sent as it is.
    pub(crate) cipher: Option<FileCipher>,
    /// Chunks that the site's administrator allows concurrently.
    pub(crate) max_concurrent: usize,
}

/// A file that is ready to be sent.
pub(crate) struct UploadJob<'a> {
    pub(crate) path: EntryPath,
    pub(crate) uri: String,
    /// Key of the note.
    pub(crate) key: String,
    pub(crate) content: String,
    pub(crate) spooled: &'a Spooled,
    pub(crate) progress: Option<Arc<UploadProgress>>,
    /// True if an existing file gets a new version.
    pub(crate) replaces: bool,
}

impl UploadJob<'_> {
    /// Returns the division into chunks. To the site, to its nodes and to OneDrive they are sent in order: before 4.18
    /// the last one completes the upload, whether or not all before it have arrived (document section 8.15).
    pub(crate) fn plan(&self, note: &SessionNote) -> PartPlan<'_> {
        let max_concurrent = match note.target {
            UploadTarget::Multipart { .. } | UploadTarget::Qiniu { .. } => {
                note.max_concurrent.clamp(1, MAX_CONCURRENT_CHUNKS)
            }
            _ => 1,
        };
        PartPlan {
            spooled: self.spooled,
            progress: self.progress.clone(),
            part_bytes: note.chunk_bytes,
            max_concurrent,
        }
    }
}
