//! What uploads of every kind need beside their calls: where files wait, what is remembered of how far one is, and what of
//! a part has been told as sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{DriveError, ErrorKind, SessionStoreError, Spool, UploadNotes, UploadProgress};

/// Where files wait, and what is remembered of them.
pub(crate) struct UploadStaging {
    pub(crate) spool: Spool,
    notes: Arc<dyn UploadNotes>,
}

impl UploadStaging {
    /// Returns the staging of a drive that the program gave a spool; `None` for no uploads.
    pub(crate) fn of(uploads: Option<(Spool, Arc<dyn UploadNotes>)>) -> Option<Self> {
        uploads.map(|(spool, notes)| UploadStaging { spool, notes })
    }

    /// What is remembered of an upload; nothing where that cannot be read any more.
    pub(crate) async fn note<N: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<N>, DriveError> {
        let text = self.notes.load(key).await.map_err(not_kept)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Remembers how far an upload is.
    pub(crate) async fn keep(&self, key: &str, note: &impl Serialize) -> Result<(), DriveError> {
        let text = serde_json::json!(note).to_string();
        self.notes.save(key, &text).await.map_err(not_kept)
    }

    /// Forgets an upload: it is done, or given up.
    pub(crate) async fn forget(&self, key: &str) -> Result<(), DriveError> {
        self.notes.forget(key).await.map_err(not_kept)
    }
}

/// What one attempt at a part has told the progress, taken back where it fails. Clones share it.
#[derive(Clone)]
pub(crate) struct PartProgress(Arc<ProgressInner>);

struct ProgressInner {
    progress: Option<Arc<UploadProgress>>,
    bytes: AtomicU64,
}

impl PartProgress {
    pub(crate) fn new(progress: Option<Arc<UploadProgress>>) -> Self {
        PartProgress(Arc::new(ProgressInner {
            progress,
            bytes: AtomicU64::new(0),
        }))
    }

    /// So many bytes more are on their way.
    pub(crate) fn add(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        if let Some(progress) = &self.0.progress {
            progress.add_sent(bytes);
        }
    }

    /// None of them has arrived.
    pub(crate) fn take_back(&self) {
        self.0.take_back();
    }

    /// The part has arrived.
    pub(crate) fn keep(&self) {
        self.0.bytes.store(0, Ordering::Relaxed);
    }
}

impl ProgressInner {
    fn take_back(&self) {
        let bytes = self.bytes.swap(0, Ordering::Relaxed);
        if let Some(progress) = &self.progress {
            progress.take_back_sent(bytes);
        }
    }
}

impl Drop for ProgressInner {
    fn drop(&mut self) {
        self.take_back();
    }
}

fn not_kept(error: SessionStoreError) -> DriveError {
    DriveError::new(ErrorKind::UpstreamFailed, "upload", error.to_string())
        .with_sentence("This server could not read or write its own state.")
}
