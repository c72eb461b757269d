//! An upload under way: the file, and what is remembered of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::UploadProgress;
use crate::uploads::Spooled;
use media::EntryPath;

pub(crate) const OPERATION: &str = "upload";

/// An upload under way, as it is remembered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) session_id: String,
    /// Bytes of a chunk.
    pub(crate) chunk: u64,
    /// Chunks that the upstream has, from the first on.
    pub(crate) done: u64,
    /// Names the content.
    pub(crate) content: String,
    /// Seconds since 1970.
    pub(crate) expires: u64,
}

/// A file that is ready to be sent.
pub(crate) struct UploadJob<'a> {
    pub(crate) path: EntryPath,
    pub(crate) uri: String,
    /// What the note goes by.
    pub(crate) key: String,
    pub(crate) content: String,
    pub(crate) spooled: &'a Spooled,
    pub(crate) progress: Option<Arc<UploadProgress>>,
}
