//! Files being uploaded, kept on this server's disk until the upstream has them.
//!
//! An upstream that requires every part's hash before the first part is sent leaves no other way than to store
//! the file somewhere, and memory is not the place. A spooled file has no name: it is deleted when it is
//! dropped, and when the process dies. Only that of an upload that can resume has one, its key, and stays until the
//! upload has succeeded. The bytes that the disk must still take are reserved, so that several uploads together do not
//! fill it.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use data_encoding::HEXLOWER;
use futures_util::stream::{self, BoxStream, StreamExt};
use md5::{Digest, Md5};

use super::{ABANDONED_AGE, UploadFile, durable_bytes};
use crate::{DriveError, ErrorKind, InterruptedUploads, ResumeKey, UploadBody, UploadRequest};

/// Bytes that stay free on the disk.
const MIN_FREE_BYTES: u64 = 64 << 20;
/// An upload of unknown length reserves the disk in steps of this.
const RESERVATION_STEP_BYTES: u64 = 64 << 20;
/// Bytes written and read at once.
const CHUNK_BYTES: usize = 256 << 10;
/// End of the name of a file that stays.
const RESUMABLE_END: &str = ".part";

/// The folder that uploads pass through.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
    /// Bytes that are reserved for uploads in progress and not written yet.
    reserved: Arc<AtomicU64>,
}

/// A file that has arrived.
pub(crate) struct Spooled {
    file: Arc<File>,
    length: u64,
    hashes: Vec<String>,
    /// Bytes of the parts that were hashed; `None` if none were.
    hashed_by: Option<u64>,
    /// The path of a file that stays when it is dropped.
    path: Option<PathBuf>,
}

/// The reservation of one upload; released when it is dropped.
struct DiskReservation {
    reserved: Arc<AtomicU64>,
    left: u64,
}

impl Spool {
    /// Returns a spool in `folder`, which is created on first use.
    pub fn new(folder: PathBuf) -> Self {
        Spool {
            folder,
            reserved: Arc::default(),
        }
    }

    /// Spools the body of a request and hashes it in parts of `part` bytes on the way. Its length must be the announced
    /// one, if any, and at most `limit` bytes. An upload that resumes goes on behind the bytes that are here.
    pub(crate) async fn receive(
        &self,
        operation: &'static str,
        mut body: UploadBody,
        request: &UploadRequest,
        (part, limit): (u64, u64),
    ) -> Result<Spooled, DriveError> {
        let (announced, progress) = (request.size, request.progress.as_deref());
        let from = request.resume.as_ref().map_or(0, |resume| resume.from);
        let disk_error = |error: io::Error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => full(operation),
            _ => DriveError::failed(operation, format!("the file cannot be kept here: {error}"))
                .with_sentence("This server could not keep the file on its own disk."),
        };
        let expected = announced.map(|announced| announced.saturating_sub(from));
        let mut reservation =
            self.reserve(operation, expected.unwrap_or(RESERVATION_STEP_BYTES))?;
        let path = request.resume.as_ref();
        let path = path.map(|resume| self.resumable_path(&resume.key));
        let file = match &path {
            Some(path) => open_resumable(path).and_then(|file| UploadFile::resume(file, from)),
            None => tempfile::tempfile_in(&self.folder).map(UploadFile::new),
        };
        let mut writer = Writer {
            file: file.map_err(disk_error)?,
            // The bytes that were here are hashed with the others when they are needed.
            parts: (from == 0).then(|| Parts::new(part)),
        };
        let mut length = from;
        if let Some(progress) = progress {
            progress.add_received(from);
        }
        let mut pending = BytesMut::new();
        loop {
            let piece = body.next().await;
            let ends = piece.is_none();
            if let Some(piece) = piece {
                let piece = piece.map_err(|_| broke_off(operation))?;
                length += piece.len() as u64;
                if announced.is_some_and(|announced| length > announced) {
                    return Err(broke_off(operation));
                }
                if length > limit {
                    return Err(DriveError::new(
                        ErrorKind::PlanRequired,
                        operation,
                        "larger than any file may be",
                    ));
                }
                if let Some(progress) = progress {
                    progress.add_received(piece.len() as u64);
                }
                pending.extend_from_slice(&piece);
            }
            if pending.len() >= CHUNK_BYTES || (ends && !pending.is_empty()) {
                let bytes = pending.split().freeze();
                if reservation.left < bytes.len() as u64 {
                    reservation = self.reserve(operation, RESERVATION_STEP_BYTES)?;
                }
                reservation.use_up(bytes.len() as u64);
                writer = blocking(move || writer.write(&bytes))
                    .await
                    .map_err(disk_error)?;
            }
            if ends {
                break;
            }
        }
        if announced.is_some_and(|announced| length != announced) {
            return Err(broke_off(operation));
        }
        Ok(Spooled {
            file: Arc::new(writer.file.into_file()),
            length,
            hashed_by: writer.parts.is_some().then_some(part),
            hashes: writer.parts.map(Parts::end).unwrap_or_default(),
            path,
        })
    }

    fn resumable_path(&self, key: &ResumeKey) -> PathBuf {
        self.folder.join(format!("{}{RESUMABLE_END}", key.as_str()))
    }

    /// Reserves `bytes` of the disk.
    fn reserve(&self, operation: &'static str, bytes: u64) -> Result<DiskReservation, DriveError> {
        let free = std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .and_then(|()| Ok(rustix::fs::statvfs(&self.folder)?))
            .map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
            .map_err(|error| {
                DriveError::failed(
                    operation,
                    format!("the folder for uploads cannot be used: {error}"),
                )
                .with_sentence("This server could not keep the file on its own disk.")
            })?;
        let reserved = self.reserved.fetch_add(bytes, Ordering::SeqCst);
        let reservation = DiskReservation {
            reserved: self.reserved.clone(),
            left: bytes,
        };
        let needed = reserved
            .saturating_add(bytes)
            .saturating_add(MIN_FREE_BYTES);
        if needed > free {
            return Err(full(operation));
        }
        Ok(reservation)
    }
}

impl DiskReservation {
    fn use_up(&mut self, bytes: u64) {
        let bytes = bytes.min(self.left);
        self.left -= bytes;
        self.reserved.fetch_sub(bytes, Ordering::SeqCst);
    }
}

impl Drop for DiskReservation {
    fn drop(&mut self) {
        self.reserved.fetch_sub(self.left, Ordering::SeqCst);
    }
}

#[async_trait]
impl InterruptedUploads for Spool {
    async fn resumable_bytes(&self, key: &ResumeKey) -> u64 {
        let path = self.resumable_path(key);
        let found = blocking(move || std::fs::symlink_metadata(path)).await;
        found.map_or(0, |found| durable_bytes(found.len()))
    }

    async fn discard(&self, key: &ResumeKey) {
        let path = self.resumable_path(key);
        let _ = blocking(move || std::fs::remove_file(path)).await;
    }

    async fn remove_abandoned(&self, in_use: &Arc<HashSet<ResumeKey>>) {
        let (folder, in_use) = (self.folder.clone(), in_use.clone());
        let removed = blocking(move || {
            for item in std::fs::read_dir(folder)? {
                let item = item?;
                let name = item.file_name();
                let key = name.to_str().and_then(|it| it.strip_suffix(RESUMABLE_END));
                let Some(key) = key.and_then(ResumeKey::parse) else {
                    continue;
                };
                let age = SystemTime::now().duration_since(item.metadata()?.modified()?);
                if age.is_ok_and(|age| age > ABANDONED_AGE) && !in_use.contains(&key) {
                    std::fs::remove_file(item.path())?;
                }
            }
            Ok(())
        });
        if let Err(error) = removed.await
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "rests of uploads stay in data_dir");
        }
    }
}

impl Spooled {
    /// Returns the length of the file in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Returns the MD5 of each part of `part` bytes, in hex.
    pub(crate) async fn hashes(&self, part: u64) -> io::Result<Vec<String>> {
        if self.hashed_by == Some(part) {
            return Ok(self.hashes.clone());
        }
        let (file, length) = (self.file.clone(), self.length);
        blocking(move || {
            let mut parts = Parts::new(part);
            let mut buffer = vec![0; CHUNK_BYTES];
            let mut at = 0;
            while at < length {
                let read = file.read_at(&mut buffer, at)?;
                if read == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                parts.add(&buffer[..read]);
                at += read as u64;
            }
            Ok(parts.end())
        })
        .await
    }

    /// Deletes the file of an upload that has succeeded.
    pub(crate) async fn finish(self) {
        if let Some(path) = self.path
            && let Err(error) = blocking(move || std::fs::remove_file(path)).await
        {
            tracing::warn!(%error, "the file of an upload stays in data_dir");
        }
    }

    /// Returns bytes `from..from + length`, read on demand.
    pub(crate) fn read(&self, from: u64, length: u64) -> BoxStream<'static, io::Result<Bytes>> {
        let file = self.file.clone();
        let end = from + length;
        stream::try_unfold(from, move |at| {
            let file = file.clone();
            async move {
                if at >= end {
                    return Ok(None);
                }
                let piece = blocking(move || {
                    let mut buffer = vec![0; CHUNK_BYTES.min((end - at) as usize)];
                    file.read_exact_at(&mut buffer, at)?;
                    Ok(Bytes::from(buffer))
                })
                .await?;
                let next = at + piece.len() as u64;
                Ok(Some((piece, next)))
            }
        })
        .boxed()
    }
}

struct Writer {
    file: UploadFile,
    parts: Option<Parts>,
}

impl Writer {
    fn write(mut self, bytes: &[u8]) -> io::Result<Self> {
        self.file.write(bytes)?;
        if let Some(parts) = &mut self.parts {
            parts.add(bytes);
        }
        Ok(self)
    }
}

fn open_resumable(path: &PathBuf) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options.mode(0o600).open(path)
}

/// Computes the MD5 of each part of a stream.
struct Parts {
    size: u64,
    /// Bytes of the current part so far.
    filled: u64,
    hasher: Md5,
    done: Vec<String>,
}

impl Parts {
    fn new(size: u64) -> Self {
        Parts {
            size: size.max(1),
            filled: 0,
            hasher: Md5::new(),
            done: Vec::new(),
        }
    }

    fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = usize::try_from(self.size - self.filled).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.hasher.update(now);
            self.filled += now.len() as u64;
            if self.filled == self.size {
                self.close();
            }
            bytes = later;
        }
    }

    fn close(&mut self) {
        let digest = std::mem::take(&mut self.hasher).finalize();
        self.done.push(HEXLOWER.encode(&digest));
        self.filled = 0;
    }

    fn end(mut self) -> Vec<String> {
        if self.filled > 0 {
            self.close();
        }
        self.done
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(io::Error::other("the work was cut short")),
    }
}

/// Returns the error of a body that ended early, or was longer than announced.
pub(crate) fn broke_off(operation: &'static str) -> DriveError {
    DriveError::bad_request(
        operation,
        "the body ended early, or is longer than announced",
    )
    .with_sentence("The file did not arrive whole.")
}

fn full(operation: &'static str) -> DriveError {
    DriveError::new(
        ErrorKind::NoSpace,
        operation,
        "the disk of data_dir is full",
    )
    .with_sentence("This server’s own disk has no space to take the file in.")
}

#[cfg(test)]
mod tests;
