//! Uploads: the request, its body, and its progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::Permits;
use super::{DriveError, OnConflict, SessionStoreError};
use media::{Entry, EntryPath};

/// The bytes of an upload as they arrive. An error means that the sender aborted.
pub type UploadBody = BoxStream<'static, std::io::Result<Bytes>>;

/// A file to be uploaded.
#[derive(Debug, Clone)]
pub struct UploadRequest {
    /// The path of the new entry.
    pub path: EntryPath,
    /// Size in bytes; `None` if the sender does not say.
    pub size: Option<u64>,
    /// The policy for a path that already exists.
    pub on_conflict: OnConflict,
    /// Receives the progress; `None` if no one watches.
    pub progress: Option<Arc<UploadProgress>>,
}

/// The progress of an upload, in bytes. A drive may receive the whole file before it sends anything on, so
/// there are two phases, and the progress to show is `received + sent` of twice the size.
#[derive(Debug, Default)]
pub struct UploadProgress {
    received: AtomicU64,
    sent: AtomicU64,
}

impl UploadProgress {
    /// Returns the bytes that have arrived here so far.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Returns the bytes that the upstream has so far, including those that it already had.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Adds bytes that arrived here.
    pub fn add_received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds bytes that the upstream has taken.
    pub fn add_sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Sets the bytes that the upstream has, at the start of an upload that resumes or begins anew.
    pub fn set_sent(&self, bytes: u64) {
        self.sent.store(bytes, Ordering::Relaxed);
    }

    /// Subtracts bytes that must be sent once more.
    pub fn take_back_sent(&self, bytes: u64) {
        self.sent.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Stores the progress of uploads, so that one that was interrupted can resume after a restart: one text per
/// upload. It may contain presigned URLs and keys of the upload, so it is as secret as a session.
#[async_trait]
pub trait UploadNotes: Send + Sync {
    /// Returns the text saved last under `key`; `None` if there is none.
    async fn load(&self, key: &str) -> Result<Option<String>, SessionStoreError>;

    /// Returns the texts of all uploads that have not ended.
    async fn all(&self) -> Result<Vec<String>, SessionStoreError>;

    /// Replaces the text under `key`.
    async fn save(&self, key: &str, text: &str) -> Result<(), SessionStoreError>;

    /// Deletes the text of an upload that has ended.
    async fn forget(&self, key: &str) -> Result<(), SessionStoreError>;
}

/// Uploads files.
#[async_trait]
pub trait Upload: Send + Sync {
    /// Checks that the upstream would accept such a file, as far as that is known before a byte is sent.
    ///
    /// # Errors
    ///
    /// `refused_name`, `no_space`, `plan_required` (too large for the plan), `bad_request` (empty).
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError>;

    /// Receives the bytes as they come, never all of them in memory, and returns the new entry. An upload that
    /// was interrupted and is started again with the same content sends only the missing parts. Each request
    /// takes a permit of `permits`; a part that is refused is sent again after the pause.
    async fn upload(
        &self,
        request: &UploadRequest,
        body: UploadBody,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError>;
}
