//! An upload in progress: the file, and its stored state.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::UploadProgress;
use crate::uploads::Spooled;
use media::EntryPath;

pub(crate) const OPERATION: &str = "upload";

/// Stored state of an upload in progress.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) session_id: String,
    /// Bytes of a chunk.
    pub(crate) chunk: u64,
    /// Chunks that the upstream has, counted from the first.
    pub(crate) done: u64,
    /// Identifies the content.
    pub(crate) content: String,
    /// Seconds since 1970.
    pub(crate) expires: u64,
}

/// A file that is ready to be sent.
pub(crate) struct UploadJob<'a> {
    pub(crate) path: EntryPath,
    pub(crate) uri: String,
    /// Key of the stored state.
    pub(crate) key: String,
    pub(crate) content: String,
    pub(crate) spooled: &'a Spooled,
    pub(crate) progress: Option<Arc<UploadProgress>>,
}
