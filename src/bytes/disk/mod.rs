//! The disk cache: a second level below the memory cache that survives a restart and never exceeds its
//! limit.
//!
//! ```text
//!   a fetch completes a block ──► queue_write ──► queue (bounded) ──► writer thread ──► NAME.part ──► NAME
//!   a fetch begins            ──► contains    ──► read_pages, read_pages, … (verified, on blocking threads)
//! ```
//!
//! A block is one file (see [`mod@file`]), written under another name and renamed when it is complete, so a
//! killed process leaves nothing that looks like a block. Damage by a power cut fails the checksums: every
//! byte is verified as it is read. A file that fails is removed and counted, and its bytes come from the
//! upstream as if it had never been there.
//!
//! Only readers wait for the disk. One thread writes blocks; while it is busy, up to [`MAX_QUEUED_BYTES`]
//! wait in memory, and further ones are dropped. An unwritable disk stops the writing, with one line
//! in the log; existing files are still served. A part of the disk is left free (see [`mod@space`]): when others fill
//! it, the cache shrinks.
//!
//! Files are named by a hash of the content's name. Neither names nor contents of files reveal the origin.

mod file;
mod index;
mod space;
#[cfg(test)]
mod tests;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use super::block::Block;
use super::block_header::{BlockHeader, block_key};
use super::page_pool::PagePool;
use file::BlockFileError;
use index::{BlockFileName, DiskIndex};
use space::DiskSpace;
use writer::WriterTask;

/// Bytes of blocks that may wait to be written: some seconds of a busy disk.
const MAX_QUEUED_BYTES: u64 = 32 << 20;

/// Concurrent reads: enough to keep a disk busy, few enough that a slow disk does not occupy every thread.
const MAX_CONCURRENT_READS: usize = 16;

/// A disk that takes longer than this for one read is asleep or gone: the upstream is faster.
const READ_TIMEOUT: Duration = Duration::from_secs(3);

/// Pages per read. A stalled viewer holds this many.
const PAGES_PER_READ: usize = 2;

/// The disk cache. Clones share its state.
#[derive(Clone)]
pub struct Disk {
    shared: Arc<DiskInner>,
    work: Sender<WriterTask>,
    reads: Arc<Semaphore>,
}

struct DiskInner {
    folder: PathBuf,
    space: SpaceProbe,
    index: Mutex<DiskIndex>,
    /// True while the folder is being scanned: files may exist that the index does not contain yet.
    loading: AtomicBool,
    /// The error that stopped writing.
    off: Mutex<Option<String>>,
    waiting: AtomicU64,
    max_waiting: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
    dropped: AtomicU64,
    errors: AtomicU64,
}

/// Returns the space of the disk.
type SpaceProbe = Box<dyn Fn() -> std::io::Result<DiskSpace> + Send + Sync>;

/// Current state and counters of the disk cache.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiskStats {
    /// The limit in bytes.
    pub limit_bytes: u64,
    /// Bytes used, as the file system counts them.
    pub bytes: u64,
    /// Blocks on disk.
    pub blocks: u64,
    /// Blocks that were found here, since the start.
    pub hits: u64,
    /// Blocks that were not, and had to be fetched.
    pub misses: u64,
    /// Blocks that were not written because the disk was too slow, or has no room beside its reserve.
    pub dropped: u64,
    /// Damaged or unreadable files, and failed writes.
    pub errors: u64,
    /// The error that stopped writing; `None` while blocks are written.
    pub off: Option<String>,
}

impl Disk {
    /// Opens the cache in `folder`, with a limit of `limit_bytes`. An unusable folder is logged and the
    /// cache stays empty: a server without it is slower, not broken.
    pub fn open(folder: PathBuf, limit_bytes: u64) -> Self {
        let on = folder.clone();
        Self::open_on(folder, limit_bytes, Box::new(move || DiskSpace::of(&on)))
    }

    fn open_on(folder: PathBuf, limit_bytes: u64, space: SpaceProbe) -> Self {
        let shared = Arc::new(DiskInner {
            folder,
            space,
            index: Mutex::new(DiskIndex::new(limit_bytes)),
            loading: AtomicBool::new(true),
            off: Mutex::default(),
            waiting: AtomicU64::new(0),
            max_waiting: AtomicU64::new(MAX_QUEUED_BYTES),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            errors: AtomicU64::new(0),
        });
        let (work, incoming) = channel();
        if let Err(error) = writer::prepare(&shared.folder) {
            shared.disable(&error);
        } else {
            let writing = shared.clone();
            let started = std::thread::Builder::new()
                .name("disk-cache".to_owned())
                .spawn(move || writer::run(&writing, &incoming));
            if let Err(error) = started {
                shared.disable(&error);
            }
        }
        Disk {
            shared,
            work,
            reads: Arc::new(Semaphore::new(MAX_CONCURRENT_READS)),
        }
    }

    /// Limits the blocks that wait to be written to `bytes`, and to [`MAX_QUEUED_BYTES`]. A single block may
    /// always wait.
    pub(super) fn limit_queue(&self, bytes: u64) {
        let bytes = bytes.min(MAX_QUEUED_BYTES);
        self.shared.max_waiting.store(bytes, Ordering::Relaxed);
    }

    /// Returns true if a block is on disk, and marks it as used.
    pub(super) fn contains(&self, header: &BlockHeader) -> bool {
        let name = BlockFileName::of(header);
        self.shared.index().touch(&name)
            || self.shared.loading.load(Ordering::Acquire)
                && self.shared.folder.join(name.file()).exists()
    }

    /// Counts a hit or a miss.
    pub(super) fn count(&self, found: bool) {
        let counter = if found {
            &self.shared.hits
        } else {
            &self.shared.misses
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns verified bytes of a block from offset `at` on; `None` if the file is missing or damaged, or
    /// the disk exceeds [`READ_TIMEOUT`].
    pub(super) async fn read_pages(
        &self,
        header: &BlockHeader,
        at: u64,
        pool: &Arc<PagePool>,
    ) -> Option<Vec<Bytes>> {
        let (shared, header, pool) = (self.shared.clone(), header.clone(), pool.clone());
        let permit = self.reads.clone().acquire_owned().await.ok()?;
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            shared.read(&header, at, &pool)
        });
        match timeout(READ_TIMEOUT, read).await {
            Ok(read) => read.ok()?,
            Err(_) => {
                self.shared.errors.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    /// Returns the length of an object whose first block is on disk, or `None`.
    pub(super) async fn object_length(&self, object: &str) -> Option<u64> {
        let name = BlockFileName::of_first(object);
        let known = self.shared.index().contains(&name);
        if !known && !self.shared.loading.load(Ordering::Acquire) {
            return None;
        }
        let path = self.shared.folder.join(name.file());
        let key = block_key(object, 0);
        tokio::task::spawn_blocking(move || file::object_length(&path, &key))
            .await
            .ok()?
    }

    /// Queues a block to be written. Drops it if the queue is full.
    pub(super) fn queue_write(&self, header: BlockHeader, block: Arc<Block>) {
        let shared = &self.shared;
        if shared.off().is_some() || self.contains(&header) {
            return;
        }
        let length = header.length;
        let max_waiting = shared.max_waiting.load(Ordering::Relaxed);
        let waits = shared
            .waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| {
                (waiting == 0 || waiting + length <= max_waiting).then_some(waiting + length)
            });
        if waits.is_err() {
            shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if self.work.send(WriterTask::Write(header, block)).is_err() {
            shared.waiting.fetch_sub(length, Ordering::Relaxed);
        }
    }

    /// Waits until all queued blocks are written.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.work.send(WriterTask::Flush(done)).is_ok() {
            let _ = wait.await;
        }
    }

    /// Returns the current state and counters.
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
    fn index(&self) -> MutexGuard<'_, DiskIndex> {
        self.index.lock()
    }

    fn off(&self) -> MutexGuard<'_, Option<String>> {
        self.off.lock()
    }

    /// Stops writing for good. Logged once.
    fn disable(&self, error: &std::io::Error) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        self.loading.store(false, Ordering::Release);
        let mut off = self.off();
        if off.is_none() {
            tracing::error!(%error, "nothing more is kept on disk: its folder cannot be written");
            *off = Some(error.to_string());
        }
    }

    fn read(&self, header: &BlockHeader, at: u64, pool: &Arc<PagePool>) -> Option<Vec<Bytes>> {
        let name = BlockFileName::of(header);
        let path = self.folder.join(name.file());
        match file::read(&path, header, at, PAGES_PER_READ, pool) {
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
