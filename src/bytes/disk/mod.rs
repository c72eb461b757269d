//! Blocks on disk, below those in memory: found again after a restart, within a limit at all times.
//!
//! ```text
//!   a run completes a block ──► put ──► queue (bounded) ──► writer thread ──► NAME.part ──► NAME
//!   a run begins             ──► has ──► piece, piece, … (read and verified off the async threads)
//! ```
//!
//! A block is one file (see [`file`]), written under another name and renamed when it is whole, so that
//! a process that is killed leaves nothing behind that looks like a block. What a power cut tears
//! does not pass its checksums: nothing is served that was not verified in the same moment. A file that
//! fails is removed and counted, and the bytes come from the upstream as if it had never been there.
//!
//! Nobody waits for the disk but who reads from it. Blocks are written by one thread; while it is
//! busy, a few wait in memory, and what comes beyond those is not written. A disk that is full or cannot be
//! written ends the writing, with one line in the log; what is there is still served.
//!
//! Files are known by a hash of the content's name. Neither names nor files tell where content came from.

mod file;
mod index;
#[cfg(test)]
mod tests;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use super::block::{Block, PagePool};
use file::BlockFileError;
pub(super) use file::BlockHeader;
use index::{BlockFileName, Index};
use writer::WriterTask;

/// Bytes of blocks that may wait to be written: a few seconds of a disk that is busy with something else.
const MAX_QUEUED_BYTES: u64 = 32 << 20;

/// Reads at a time: enough to keep a disk busy, few enough that a slow one does not take every thread.
const MAX_CONCURRENT_READS: usize = 16;

/// A disk that takes longer than this for one read is asleep or gone: the upstream is quicker.
const READ_TIMEOUT: Duration = Duration::from_secs(3);

/// Pages that are read at a time. A viewer who stalls holds as many.
const PAGES_PER_READ: usize = 2;

/// The cache on disk. Clones share it.
#[derive(Clone)]
pub struct Disk {
    shared: Arc<DiskInner>,
    work: Sender<WriterTask>,
    reads: Arc<Semaphore>,
}

struct DiskInner {
    folder: PathBuf,
    index: Mutex<Index>,
    /// The folder is still being read: what the index does not know may be there all the same.
    loading: AtomicBool,
    /// Why nothing is written any more.
    off: Mutex<Option<String>>,
    waiting: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
    dropped: AtomicU64,
    errors: AtomicU64,
}

/// What is on disk, and what became of it since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiskStats {
    /// Bytes that may be used.
    pub limit_bytes: u64,
    /// Bytes that are used, as the file system counts them.
    pub bytes: u64,
    /// Blocks on disk.
    pub blocks: u64,
    /// Blocks that were found here since the start.
    pub hits: u64,
    /// Blocks that were not, and had to be fetched.
    pub misses: u64,
    /// Blocks that were not written because the disk was too slow.
    pub dropped: u64,
    /// Files that were damaged or could not be read, and writes that failed.
    pub errors: u64,
    /// Why nothing is written any more, if so.
    pub off: Option<String>,
}

impl Disk {
    /// The cache in `folder`, of up to `limit_bytes`. Where the folder cannot be used, that is logged and
    /// the cache stays empty: a server without it is slower, not broken.
    pub fn open(folder: PathBuf, limit_bytes: u64) -> Self {
        let shared = Arc::new(DiskInner {
            folder,
            index: Mutex::new(Index::new(limit_bytes)),
            loading: AtomicBool::new(true),
            off: Mutex::default(),
            waiting: AtomicU64::new(0),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            errors: AtomicU64::new(0),
        });
        let (work, incoming) = channel();
        if let Err(error) = writer::prepare(&shared.folder) {
            shared.turn_off(&error);
        } else {
            let writing = shared.clone();
            let started = std::thread::Builder::new()
                .name("disk-cache".to_owned())
                .spawn(move || writer::run(&writing, &incoming));
            if let Err(error) = started {
                shared.turn_off(&error);
            }
        }
        Disk {
            shared,
            work,
            reads: Arc::new(Semaphore::new(MAX_CONCURRENT_READS)),
        }
    }

    /// Whether a block is here, to be read next.
    pub(super) fn contains(&self, label: &BlockHeader) -> bool {
        let name = BlockFileName::of(label);
        self.shared.index().touch(&name)
            || self.shared.loading.load(Ordering::Acquire)
                && self.shared.folder.join(name.file()).exists()
    }

    /// Counts a block that a viewer wanted: whether it was here.
    pub(super) fn count(&self, found: bool) {
        let counter = if found {
            &self.shared.hits
        } else {
            &self.shared.misses
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Verified bytes of a block from byte `at` of the block on: `None` where the file is gone or damaged.
    pub(super) async fn read_pages(
        &self,
        label: &BlockHeader,
        at: u64,
        pool: &Arc<PagePool>,
    ) -> Option<Vec<Bytes>> {
        let (shared, label, pool) = (self.shared.clone(), label.clone(), pool.clone());
        let permit = self.reads.clone().acquire_owned().await.ok()?;
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            shared.read(&label, at, &pool)
        });
        match timeout(READ_TIMEOUT, read).await {
            Ok(read) => read.ok()?,
            Err(_) => {
                self.shared.errors.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    /// The length of the object whose first block this is, if that block is here.
    pub(super) async fn object_length(&self, object: &str) -> Option<u64> {
        let name = BlockFileName::of_first(object);
        let known = self.shared.index().contains(&name);
        if !known && !self.shared.loading.load(Ordering::Acquire) {
            return None;
        }
        let path = self.shared.folder.join(name.file());
        let key = file::key(object, 0);
        tokio::task::spawn_blocking(move || file::object_length(&path, &key))
            .await
            .ok()?
    }

    /// Has a block written, if there is time for it.
    pub(super) fn queue_write(&self, label: BlockHeader, block: Arc<Block>) {
        let shared = &self.shared;
        if shared.off().is_some() || self.contains(&label) {
            return;
        }
        let length = label.length;
        let waits = shared
            .waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| {
                (waiting + length <= MAX_QUEUED_BYTES).then_some(waiting + length)
            });
        if waits.is_err() {
            shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if self.work.send(WriterTask::Write(label, block)).is_err() {
            shared.waiting.fetch_sub(length, Ordering::Relaxed);
        }
    }

    /// Waits until what has been put is written.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.work.send(WriterTask::Flush(done)).is_ok() {
            let _ = wait.await;
        }
    }

    /// What is on disk, and what became of it since the start.
    pub fn stats(&self) -> DiskStats {
        let shared = &self.shared;
        let (limit_bytes, bytes, blocks) = shared.index().stats();
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        DiskStats {
            limit_bytes,
            bytes,
            blocks,
            hits: count(&shared.hits),
            misses: count(&shared.misses),
            dropped: count(&shared.dropped),
            errors: count(&shared.errors),
            off: shared.off().clone(),
        }
    }
}

impl DiskInner {
    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn off(&self) -> MutexGuard<'_, Option<String>> {
        self.off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on nothing is written. Says so once.
    fn turn_off(&self, error: &std::io::Error) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        self.loading.store(false, Ordering::Release);
        let mut off = self.off();
        if off.is_none() {
            tracing::error!(%error, "nothing more is kept on disk: its folder cannot be written");
            *off = Some(error.to_string());
        }
    }

    fn read(&self, label: &BlockHeader, at: u64, pool: &Arc<PagePool>) -> Option<Vec<Bytes>> {
        let name = BlockFileName::of(label);
        let path = self.folder.join(name.file());
        match file::read(&path, label, at, PAGES_PER_READ, pool) {
            Ok(pages) => Some(pages),
            Err(BlockFileError::Missing) => {
                self.index().remove(&name);
                None
            }
            Err(fault) => {
                self.errors.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(%fault, "a file of the cache on disk is left out");
                self.index().remove(&name);
                let _ = std::fs::remove_file(&path);
                None
            }
        }
    }
}
