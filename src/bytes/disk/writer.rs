//! The writer thread, the only one that changes the folder: it scans the folder at the start, evicts, and
//! writes.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;

use super::DiskInner;
use super::file;
use super::index::{BlockFileName, PARTIAL_SUFFIX};
use crate::bytes::block::Block;
use crate::bytes::block_header::BlockHeader;

/// A task of the writer thread.
pub(super) enum WriterTask {
    /// Writes a block.
    Write(BlockHeader, Arc<Block>),
    /// Signals when all tasks before it are done.
    Flush(oneshot::Sender<()>),
}

/// The usual allocation unit of file systems, in bytes.
const ALLOCATION_UNIT_BYTES: u64 = 4096;

/// Creates the folder, accessible to the server alone, and checks that it is writable.
pub(super) fn prepare(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    let probe = folder.join(format!("probe{PARTIAL_SUFFIX}"));
    fs::write(&probe, b"x")?;
    fs::remove_file(&probe)
}

/// The interval at which the free space is checked while nothing is written.
const SPACE_CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// Runs tasks until all senders are dropped.
pub(super) fn run(shared: &DiskInner, incoming: &Receiver<WriterTask>) {
    let loaded = load(shared)
        .and_then(|()| make_room(shared, 0))
        .and_then(|_| leave_reserve(shared, 0));
    match loaded {
        Ok(_) => shared.loading.store(false, Ordering::Release),
        Err(error) => shared.disable(&error),
    }
    loop {
        let work = match incoming.recv_timeout(SPACE_CHECK_INTERVAL) {
            Ok(work) => work,
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = leave_reserve(shared, 0) {
                    shared.disable(&error);
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        match work {
            WriterTask::Write(header, block) => {
                if shared.off().is_none()
                    && let Err(error) = write(shared, &header, &block)
                {
                    shared.disable(&error);
                }
                drop(block);
                shared.waiting.fetch_sub(header.length, Ordering::Relaxed);
            }
            WriterTask::Flush(done) => {
                if let Err(error) = leave_reserve(shared, 0) {
                    shared.disable(&error);
                }
                let _ = done.send(());
            }
        }
    }
}

/// Indexes the files of an earlier process, least recently used first, and removes incomplete ones.
fn load(shared: &DiskInner) -> io::Result<()> {
    let mut found = Vec::new();
    for entry in fs::read_dir(&shared.folder)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let Some(text) = file_name.to_str() else {
            continue;
        };
        if text.ends_with(PARTIAL_SUFFIX) {
            remove(&entry.path())?;
            continue;
        }
        let Some(name) = BlockFileName::parse(text) else {
            continue;
        };
        // A reader may have removed it just now.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        found.push((used, name, file::allocated(&metadata)));
    }
    found.sort_unstable();
    let mut index = shared.index();
    for (_, name, bytes) in found {
        index.insert(name, bytes);
    }
    Ok(())
}

fn write(shared: &DiskInner, header: &BlockHeader, block: &Block) -> io::Result<()> {
    let name = BlockFileName::of(header);
    let needed = header.file_length().next_multiple_of(ALLOCATION_UNIT_BYTES);
    if shared.index().contains(&name) || !make_room(shared, needed)? {
        return Ok(());
    }
    if !leave_reserve(shared, needed)? {
        shared.dropped.fetch_add(1, Ordering::Relaxed);
        return Ok(());
    }
    let part = shared.folder.join(name.part());
    let written = file::write(&part, header, block).and_then(|bytes| {
        fs::rename(&part, shared.folder.join(name.file()))?;
        Ok(bytes)
    });
    match written {
        Ok(bytes) => {
            shared.index().insert(name, bytes);
            // Some file systems allocate larger units.
            make_room(shared, 0).map(|_| ())
        }
        Err(error) => {
            let _ = fs::remove_file(&part);
            if !matches!(
                error.kind(),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded
            ) {
                return Err(error);
            }
            // Others have filled the disk meanwhile.
            shared.dropped.fetch_add(1, Ordering::Relaxed);
            leave_reserve(shared, needed).map(|_| ())
        }
    }
}

/// Removes the least recently used blocks until `bytes` can be written without touching the reserve of the disk.
/// Returns false if they cannot even then.
fn leave_reserve(shared: &DiskInner, bytes: u64) -> io::Result<bool> {
    loop {
        // If the space is unknown, the limit of the cache is all that holds.
        let Ok(space) = (shared.space)() else {
            return Ok(true);
        };
        let missing = space.missing(bytes);
        if missing == 0 {
            return Ok(true);
        }
        let gone = shared.index().shrink(missing);
        if gone.is_empty() {
            return Ok(false);
        }
        for name in gone {
            remove(&shared.folder.join(name.file()))?;
        }
    }
}

/// Removes the least recently used blocks until `bytes` more fit. Returns false if they never will.
fn make_room(shared: &DiskInner, bytes: u64) -> io::Result<bool> {
    let Some(gone) = shared.index().make_room(bytes) else {
        return Ok(false);
    };
    for name in gone {
        remove(&shared.folder.join(name.file()))?;
    }
    Ok(true)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
