//! Staging of uploads: the spool, the stored progress of each upload, and the progress of a part.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ABANDONED_AGE;
use crate::{DriveError, SessionStoreError, Spool, UploadNotes, UploadProgress};

/// The spool of a drive, and the store of its uploads. Clones share them.
#[derive(Clone)]
pub(crate) struct UploadStaging {
    pub(crate) spool: Spool,
    notes: Arc<dyn UploadNotes>,
    /// Keys of the uploads that this process is sending.
    active: Arc<Mutex<HashSet<String>>>,
}

/// An upload that is being sent; it ends when this is dropped.
pub(crate) struct ActiveUpload {
    key: String,
    active: Arc<Mutex<HashSet<String>>>,
}

impl UploadStaging {
    /// Returns the staging of a drive that the program gave a spool; `None` for no uploads.
    pub(crate) fn of(uploads: Option<(Spool, Arc<dyn UploadNotes>)>) -> Option<Self> {
        uploads.map(|(spool, notes)| UploadStaging {
            spool,
            notes,
            active: Arc::default(),
        })
    }

    /// Returns the staging of a drive that takes an upload.
    ///
    /// # Errors
    ///
    /// `unsupported` without one.
    pub(crate) fn required<'s>(
        staging: Option<&'s Self>,
        operation: &'static str,
    ) -> Result<&'s Self, DriveError> {
        staging.ok_or_else(|| DriveError::unsupported(operation, "no place for uploads"))
    }

    /// Loads the note of an upload; `None` if there is none, or if it cannot be parsed.
    pub(crate) async fn load<N: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<N>, DriveError> {
        let text = self.notes.load(key).await.map_err(not_kept)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Loads the notes, with their keys, of the uploads that were interrupted long ago.
    pub(crate) async fn abandoned<N: DeserializeOwned>(
        &self,
    ) -> Result<Vec<(String, N)>, DriveError> {
        let old = self.notes.older_than(ABANDONED_AGE).await;
        Ok(parsed(old.map_err(not_kept)?))
    }

    /// Marks an upload as being sent; `None` if it is already, by another request.
    pub(crate) fn begin(&self, key: &str) -> Option<ActiveUpload> {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.insert(key.to_owned()).then(|| ActiveUpload {
            key: key.to_owned(),
            active: self.active.clone(),
        })
    }

    /// Returns true if this process is sending the upload.
    pub(crate) fn is_active(&self, key: &str) -> bool {
        let active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.contains(key)
    }

    /// Loads the notes, with their keys, of all uploads that have not ended; those that cannot be parsed are left
    /// out.
    pub(crate) async fn all<N: DeserializeOwned>(&self) -> Result<Vec<(String, N)>, DriveError> {
        self.notes.all().await.map(parsed).map_err(not_kept)
    }

    /// Stores the progress of an upload.
    pub(crate) async fn save(&self, key: &str, note: &impl Serialize) -> Result<(), DriveError> {
        let text = serde_json::json!(note).to_string();
        self.notes.save(key, &text).await.map_err(not_kept)
    }

    /// Deletes the note of an upload that is done or aborted.
    pub(crate) async fn forget(&self, key: &str) -> Result<(), DriveError> {
        self.notes.forget(key).await.map_err(not_kept)
    }
}

/// The bytes that one attempt at a part added to the progress; subtracted again if it fails. Clones share it.
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

    /// Adds bytes that were sent.
    pub(crate) fn add(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        if let Some(progress) = &self.0.progress {
            progress.add_sent(bytes);
        }
    }

    /// Subtracts them: the attempt failed.
    pub(crate) fn take_back(&self) {
        self.0.take_back();
    }

    /// Completes a part of `length` bytes: all of it counts as sent, whether or not each byte was.
    pub(crate) fn complete(&self, length: u64) {
        let counted = self.0.bytes.swap(0, Ordering::Relaxed);
        if let Some(progress) = &self.0.progress {
            progress.add_sent(length.saturating_sub(counted));
            progress.take_back_sent(counted.saturating_sub(length));
        }
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

impl Drop for ActiveUpload {
    fn drop(&mut self) {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.remove(&self.key);
    }
}

fn parsed<N: DeserializeOwned>(notes: Vec<(String, String)>) -> Vec<(String, N)> {
    let read = notes
        .into_iter()
        .map(|(key, text)| Some((key, serde_json::from_str(&text).ok()?)));
    read.flatten().collect()
}

fn not_kept(error: SessionStoreError) -> DriveError {
    DriveError::failed("upload", error.to_string())
        .with_sentence("This server could not read or write its own state.")
}
