//! Uploads: the request, its body, and its progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::Permits;
use super::{DriveError, OnConflict, SessionStoreError};
use media::{Entry, EntryPath};

/// Bytes on their way in. An error means that the sender broke off.
pub type UploadBody = BoxStream<'static, std::io::Result<Bytes>>;

/// A file to be uploaded.
#[derive(Debug, Clone)]
pub struct UploadRequest {
    /// The path of the new entry.
    pub path: EntryPath,
    /// Bytes, where the sender says so.
    pub size: Option<u64>,
    /// The policy for a path that is taken.
    pub on_conflict: OnConflict,
    /// Receives the progress; `None` if no one watches.
    pub progress: Option<Arc<UploadProgress>>,
}

/// The progress of an upload, in bytes. A drive may take everything in before it sends anything on, so there
/// are two legs, and what is to be shown is `received + sent` of twice the size.
#[derive(Debug, Default)]
pub struct UploadProgress {
    received: AtomicU64,
    sent: AtomicU64,
}

impl UploadProgress {
    /// Bytes that arrived here so far.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Bytes that the upstream has taken so far; those that it had already count.
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

    /// Subtracts bytes that must be sent once more.
    pub fn take_back_sent(&self, bytes: u64) {
        self.sent.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Stores the progress of uploads, so that one which broke off can go on after a
/// restart: one text per upload, without secrets.
#[async_trait]
pub trait UploadNotes: Send + Sync {
    /// Returns the text saved last under `key`; `None` if there is none.
    async fn load(&self, key: &str) -> Result<Option<String>, SessionStoreError>;

    /// Replaces the text under `key`.
    async fn save(&self, key: &str, text: &str) -> Result<(), SessionStoreError>;

    /// Deletes the text of an upload that has ended.
    async fn forget(&self, key: &str) -> Result<(), SessionStoreError>;
}

/// Uploads files.
#[async_trait]
pub trait Upload: Send + Sync {
    /// Checks whether the upstream would take such a file, as far as that is known before a byte is sent. Errors:
    /// `refused_name`, `no_space`, `plan_required` (too large for the plan), `bad_request` (empty).
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError>;

    /// Takes the bytes in as they come, never all of them in memory, and returns the new entry. An upload that broke
    /// off and begins again with the same content sends only what is missing. Each request takes a permit of
    /// `permits`; a part that is refused is sent again when the pause is over.
    async fn upload(
        &self,
        request: &UploadRequest,
        body: UploadBody,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError>;
}
