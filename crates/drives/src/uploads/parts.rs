//! Sends a spooled file in parts: those that the upstream lacks, with retries, progress, and a note of each part
//! that has arrived. A kind of drive says how one part is sent (`PartSender`).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::uploads::{PartProgress, Spooled};
use crate::{DriveError, UploadBody, UploadProgress};

/// Attempts per part.
const MAX_ATTEMPTS: u32 = 3;
/// Pause before the first retry of a part; the next one is twice as long.
pub(crate) const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// A file, and its division into parts.
pub(crate) struct PartPlan<'a> {
    pub(crate) spooled: &'a Spooled,
    pub(crate) progress: Option<Arc<UploadProgress>>,
    /// Bytes of each part; the last one may be shorter.
    pub(crate) part_bytes: u64,
    /// Maximum number of parts sent concurrently. With 1, the parts are sent in order.
    pub(crate) max_concurrent: usize,
}

/// One attempt at one part.
pub(crate) struct UploadPart<'a> {
    /// Number of the part, from 0.
    pub(crate) index: usize,
    /// Number of parts of the file.
    pub(crate) count: usize,
    /// Offset of its first byte in the file.
    pub(crate) from: u64,
    /// Bytes of the part.
    pub(crate) length: u64,
    /// Number of this attempt, from 1.
    pub(crate) attempt: u32,
    spooled: &'a Spooled,
    progress: PartProgress,
}

/// The parts that the upstream has, by their index, and the receipt that it gave for each (such as an `ETag`), or
/// an empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SentParts(BTreeMap<usize, String>);

/// Sends single parts to an upstream.
#[async_trait]
pub(crate) trait PartSender: Send + Sync {
    /// Sends a part once and returns its receipt, or an empty text if the upstream gives none.
    async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError>;

    /// Returns true if the same part may be accepted at the next attempt.
    fn is_retryable(&self, error: &DriveError) -> bool;

    /// Stores the parts that have arrived, as a note. Called after each part, one call at a time.
    async fn save_note(&self, sent: &SentParts) -> Result<(), DriveError>;
}

impl PartPlan<'_> {
    /// Returns the number of parts; an empty file has one.
    pub(crate) fn count(&self) -> usize {
        self.spooled.length().div_ceil(self.part_bytes).max(1) as usize
    }

    /// Returns the bytes of a part.
    pub(crate) fn bytes_of(&self, index: usize) -> u64 {
        let from = index as u64 * self.part_bytes;
        self.part_bytes
            .min(self.spooled.length().saturating_sub(from))
    }

    /// Sends the parts that are not in `sent`, and returns all of them. If a part fails for good, parts on their
    /// way still finish, so that they need not be sent again.
    ///
    /// # Errors
    ///
    /// The first error of a part or of its note.
    pub(crate) async fn send_missing(
        &self,
        sent: SentParts,
        sender: &dyn PartSender,
    ) -> Result<SentParts, DriveError> {
        let count = self.count();
        let missing: Vec<usize> = (0..count).filter(|&index| !sent.contains(index)).collect();
        if let Some(progress) = &self.progress {
            let present = (0..count).filter(|&index| sent.contains(index));
            progress.set_sent(present.map(|index| self.bytes_of(index)).sum());
        }
        let sent = Mutex::new(sent);
        let failure = Mutex::new(None::<DriveError>);
        stream::iter(missing)
            .for_each_concurrent(self.max_concurrent, |index| {
                let (sent, failure) = (&sent, &failure);
                async move {
                    if failure.lock().await.is_some() {
                        return;
                    }
                    let work = async {
                        let receipt = self.send_part(index, sender).await?;
                        let mut sent = sent.lock().await;
                        sent.insert(index, receipt);
                        sender.save_note(&sent).await
                    };
                    if let Err(error) = work.await {
                        failure.lock().await.get_or_insert(error);
                    }
                }
            })
            .await;
        match failure.into_inner() {
            Some(error) => Err(error),
            None => Ok(sent.into_inner()),
        }
    }

    /// Sends a part, and retries it after pauses.
    async fn send_part(&self, index: usize, sender: &dyn PartSender) -> Result<String, DriveError> {
        let mut part = UploadPart {
            index,
            count: self.count(),
            from: index as u64 * self.part_bytes,
            length: self.bytes_of(index),
            attempt: 1,
            spooled: self.spooled,
            progress: PartProgress::new(self.progress.clone()),
        };
        loop {
            match sender.send(&part).await {
                Ok(receipt) => {
                    part.progress.complete(part.length);
                    return Ok(receipt);
                }
                // After a refusal, the next permit is granted when the pause is over.
                Err(error) if part.attempt < MAX_ATTEMPTS && sender.is_retryable(&error) => {
                    tracing::debug!(%error, index, "a part is sent once more");
                    part.progress.take_back();
                    tokio::time::sleep(RETRY_INTERVAL * part.attempt).await;
                    part.attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl UploadPart<'_> {
    /// Returns the bytes of the part, read on demand and counted as they are sent. May be called again if an
    /// attempt consists of several requests.
    pub(crate) fn body(&self) -> UploadBody {
        self.body_from(0)
    }

    /// Returns the bytes of the part from `offset` on, as [`UploadPart::body`].
    pub(crate) fn body_from(&self, offset: u64) -> UploadBody {
        self.progress.take_back();
        self.progress.add(offset);
        let counter = self.progress.clone();
        self.spooled
            .read(self.from + offset, self.length.saturating_sub(offset))
            .inspect_ok(move |piece| counter.add(piece.len() as u64))
            .boxed()
    }

    /// Returns true if no part follows this one.
    pub(crate) fn is_last(&self) -> bool {
        self.index + 1 == self.count
    }
}

impl SentParts {
    /// Returns true if the upstream has the part.
    pub(crate) fn contains(&self, index: usize) -> bool {
        self.0.contains_key(&index)
    }

    /// Adds a part and its receipt.
    pub(crate) fn insert(&mut self, index: usize, receipt: String) {
        self.0.insert(index, receipt);
    }

    /// Returns the parts and their receipts, in the order of the file.
    pub(crate) fn receipts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0
            .iter()
            .map(|(index, receipt)| (*index, receipt.as_str()))
    }
}

impl FromIterator<usize> for SentParts {
    /// Makes parts without receipts.
    fn from_iter<I: IntoIterator<Item = usize>>(indices: I) -> Self {
        SentParts(
            indices
                .into_iter()
                .map(|index| (index, String::new()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as SyncMutex;

    use tokio::sync::Notify;

    use super::*;
    use crate::{ErrorKind, OnConflict, Spool, UploadRequest};
    use media::EntryPath;

    /// An upstream that fails at some attempts.
    #[derive(Default)]
    struct Upstream {
        /// Index and attempt of the failures, and their kinds.
        failures: Vec<(usize, u32, ErrorKind)>,
        /// If set, other parts arrive after it is notified of a failure: parts are read by threads, in any order.
        failed: Option<Notify>,
        received: SyncMutex<BTreeMap<usize, Vec<u8>>>,
        order: SyncMutex<Vec<usize>>,
        notes: SyncMutex<Vec<SentParts>>,
    }

    #[async_trait]
    impl PartSender for Upstream {
        async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
            // The other parts begin, too.
            tokio::task::yield_now().await;
            let pieces: Vec<_> = part.body().try_collect().await.unwrap();
            self.order.lock().unwrap().push(part.index);
            let mut failures = self.failures.iter();
            if let Some((.., kind)) = failures
                .find(|(index, attempt, _)| (*index, *attempt) == (part.index, part.attempt))
            {
                self.failed.iter().for_each(Notify::notify_one);
                return Err(DriveError::new(*kind, "upload", ""));
            }
            if let Some(failed) = &self.failed {
                failed.notified().await;
            }
            self.received
                .lock()
                .unwrap()
                .insert(part.index, pieces.concat());
            Ok(format!("etag {}", part.index))
        }

        fn is_retryable(&self, error: &DriveError) -> bool {
            error.kind.is_transient()
        }

        async fn save_note(&self, sent: &SentParts) -> Result<(), DriveError> {
            self.notes.lock().unwrap().push(sent.clone());
            Ok(())
        }
    }

    async fn spooled(home: &tempfile::TempDir, bytes: &'static [u8]) -> Spooled {
        let spool = Spool::new(home.path().to_owned());
        let body = stream::iter([Ok(bytes::Bytes::from_static(bytes))]).boxed();
        let request = UploadRequest {
            path: EntryPath::parse("/film.mp4").unwrap(),
            size: None,
            on_conflict: OnConflict::Fail,
            progress: None,
            resume: None,
        };
        let taken = spool.receive("upload", body, &request, (4, 100)).await;
        taken.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn only_missing_parts_are_sent_and_each_one_is_recorded() {
        let home = tempfile::tempdir().unwrap();
        let spooled = spooled(&home, b"abcdefghij").await;
        let progress = Arc::new(UploadProgress::default());
        let plan = PartPlan {
            spooled: &spooled,
            progress: Some(progress.clone()),
            part_bytes: 4,
            max_concurrent: 1,
        };
        assert_eq!((plan.count(), plan.bytes_of(2)), (3, 2));
        let upstream = Upstream {
            failures: vec![(1, 1, ErrorKind::UpstreamFailed)],
            ..Upstream::default()
        };
        let sent = plan
            .send_missing([0].into_iter().collect(), &upstream)
            .await
            .unwrap();
        let receipts: Vec<_> = sent.receipts().collect();
        assert_eq!(receipts, [(0, ""), (1, "etag 1"), (2, "etag 2")]);
        assert_eq!(*upstream.order.lock().unwrap(), [1, 1, 2]);
        assert_eq!(upstream.received.lock().unwrap()[&1], b"efgh");
        assert_eq!(upstream.received.lock().unwrap()[&2], b"ij");
        assert_eq!(upstream.notes.lock().unwrap().len(), 2);
        assert_eq!(progress.sent(), 10, "a failed attempt is not counted");
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_that_fails_for_good_keeps_those_on_their_way_and_begins_no_other() {
        let home = tempfile::tempdir().unwrap();
        let spooled = spooled(&home, b"abcdefghijklmnop").await;
        let progress = Arc::new(UploadProgress::default());
        let plan = PartPlan {
            spooled: &spooled,
            progress: Some(progress.clone()),
            part_bytes: 4,
            max_concurrent: 2,
        };
        let upstream = Upstream {
            failures: vec![(0, 1, ErrorKind::NoSpace)],
            failed: Some(Notify::new()),
            ..Upstream::default()
        };
        let error = plan.send_missing(SentParts::default(), &upstream).await;
        assert_eq!(error.unwrap_err().kind, ErrorKind::NoSpace);
        let notes = upstream.notes.lock().unwrap();
        let last: Vec<_> = notes.last().unwrap().receipts().collect();
        assert_eq!(last, [(1, "etag 1")]);
        assert_eq!(progress.sent(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_file_is_one_part_and_attempts_are_limited() {
        let home = tempfile::tempdir().unwrap();
        let spooled = spooled(&home, b"").await;
        let plan = PartPlan {
            spooled: &spooled,
            progress: None,
            part_bytes: 4,
            max_concurrent: 1,
        };
        let upstream = Upstream {
            failures: (1..=MAX_ATTEMPTS)
                .map(|attempt| (0, attempt, ErrorKind::UpstreamTimeout))
                .collect(),
            ..Upstream::default()
        };
        let error = plan.send_missing(SentParts::default(), &upstream).await;
        assert_eq!(error.unwrap_err().kind, ErrorKind::UpstreamTimeout);
        assert_eq!(upstream.order.lock().unwrap().len(), 3);
        let healthy = Upstream::default();
        let sent = plan
            .send_missing(SentParts::default(), &healthy)
            .await
            .unwrap();
        assert_eq!(sent.receipts().count(), 1);
    }
}
