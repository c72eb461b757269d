//! Uploads: the request, its body, and its progress.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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
    /// The byte at which a copy goes on. `None` for uploads of people, whose body begins at byte 0: those resume by the
    /// notes of the parts that were sent ([`UploadNotes`]).
    pub resume: Option<UploadResume>,
}

/// A copy whose bytes stay where they have arrived when it is interrupted. The body of the request begins at byte
/// `from` of the file, which [`Upload::resumable_bytes`] has returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadResume {
    pub key: ResumeKey,
    pub from: u64,
}

/// Identifies the content and the target of an upload that can resume: 32 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResumeKey(String);

impl ResumeKey {
    /// Bytes of a key.
    const BYTES: usize = 32;

    /// Returns the key of what a text identifies.
    pub fn of(identity: &str) -> Self {
        let mut key = HEXLOWER.encode(&Sha256::digest(identity));
        key.truncate(Self::BYTES);
        ResumeKey(key)
    }

    /// Parses a key; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_key = text.len() == Self::BYTES && text.bytes().all(is_digit);
        is_key.then(|| ResumeKey(text.to_owned()))
    }

    /// Returns the key as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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

/// Stores the notes of uploads under way, so that one that was interrupted can resume after a restart. A note is a text of
/// the drive's own: what it has sent, and to where. It may contain presigned URLs and keys of the upload, so it is as secret as a session.
#[async_trait]
pub trait UploadNotes: Send + Sync {
    /// Returns the text saved last under `key`; `None` if there is none.
    async fn load(&self, key: &str) -> Result<Option<String>, SessionStoreError>;

    /// Returns the keys and the texts of all uploads that have not ended.
    async fn all(&self) -> Result<Vec<(String, String)>, SessionStoreError>;

    /// Replaces the text under `key`.
    async fn save(&self, key: &str, text: &str) -> Result<(), SessionStoreError>;

    /// Deletes the text of an upload that has ended.
    async fn forget(&self, key: &str) -> Result<(), SessionStoreError>;

    /// Returns the keys and the texts that were saved last more than `age` ago.
    async fn older_than(&self, age: Duration) -> Result<Vec<(String, String)>, SessionStoreError>;
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

    /// Returns the store of the bytes that interrupted uploads have left; `None` if they are left elsewhere, or nowhere.
    fn interrupted_uploads(&self) -> Option<&dyn InterruptedUploads>;

    /// Returns the number of bytes that an interrupted upload with this key has left, from the start of the file; 0 if
    /// there are none.
    async fn resumable_bytes(&self, _path: &EntryPath, key: &ResumeKey) -> Result<u64, DriveError> {
        match self.interrupted_uploads() {
            Some(uploads) => Ok(uploads.resumable_bytes(key).await),
            None => Ok(0),
        }
    }

    /// Deletes what an interrupted upload with this key has left, here and at the upstream.
    async fn discard(
        &self,
        _path: &EntryPath,
        key: &ResumeKey,
        _permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        if let Some(uploads) = self.interrupted_uploads() {
            uploads.discard(key).await;
        }
        Ok(())
    }

    /// Deletes what uploads have left that were interrupted more than a day ago, but for those whose keys are in use.
    async fn remove_abandoned(
        &self,
        in_use: &Arc<HashSet<ResumeKey>>,
        _permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        if let Some(uploads) = self.interrupted_uploads() {
            uploads.remove_abandoned(in_use).await;
        }
        Ok(())
    }
}

/// Bytes of interrupted uploads on this machine, by the keys of the uploads.
#[async_trait]
pub trait InterruptedUploads: Send + Sync {
    /// Returns the number of bytes of an upload, from the start of the file; 0 if there are none.
    async fn resumable_bytes(&self, key: &ResumeKey) -> u64;

    /// Deletes the bytes of an upload.
    async fn discard(&self, key: &ResumeKey);

    /// Deletes those that were written more than a day ago, but for those whose keys are in use.
    async fn remove_abandoned(&self, in_use: &Arc<HashSet<ResumeKey>>);
}
