//! The bytes of an open file as a stream. What the kernel has cached is read at once, the rest by a thread that may
//! wait. A reader that takes them fast gets larger chunks, of which the next is read meanwhile.

use std::fs::File;
use std::io::IoSliceMut;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{Stream, stream};
use rustix::io::{Errno, ReadWriteFlags, preadv2};
use tokio::task::{JoinHandle, spawn_blocking};

use super::tree::{failure, version};
use crate::{DriveError, ErrorKind};

/// Bytes that are read at once, and that a stalled reader holds.
pub(super) const CHUNK_BYTES: u64 = 128 << 10;
/// The same of a fast reader. With the chunk that is read ahead, it holds twice as many.
const FAST_CHUNK_BYTES: u64 = 256 << 10;
/// A reader is fast that takes each chunk within this time, and has taken more than the sockets on the way hold.
const FAST: Duration = Duration::from_millis(10);
const SOCKET_BUFFER_BYTES: u64 = 4 << 20;
/// Buffers of each size that are kept for the next chunk: 3 MiB.
const MAX_IDLE_BUFFERS: usize = 8;

/// Returns bytes of an open file, as long as it remains the version `version_then`: a file that is written to
/// ends the stream rather than mixing two versions.
pub(super) fn chunks(
    file: File,
    version_then: String,
    range: Range<u64>,
) -> impl Stream<Item = Result<Bytes, DriveError>> {
    let reader = FileReader {
        file: Arc::new((file, version_then)),
        range,
        ahead: None,
        taken_at: None,
        kept_up: 0,
        may_be_cached: true,
    };
    stream::unfold(reader, async |mut reader| {
        Some((reader.next().await?, reader))
    })
}

/// A chunk that is being read.
type Reading = JoinHandle<Result<Bytes, DriveError>>;

/// A reader of a file.
struct FileReader {
    /// The file and its version.
    file: Arc<(File, String)>,
    /// The bytes that were not returned yet.
    range: Range<u64>,
    /// The next chunk, if it is being read.
    ahead: Option<Reading>,
    /// The time at which the last chunk was returned.
    taken_at: Option<Instant>,
    /// Bytes that were taken without a pause.
    kept_up: u64,
    /// False if the file system cannot say what the kernel has cached, as with FUSE and NFS.
    may_be_cached: bool,
}

impl FileReader {
    /// Returns the next chunk; `None` at the end and after an error.
    async fn next(&mut self) -> Option<Result<Bytes, DriveError>> {
        let waited = self.taken_at.map(|at| at.elapsed());
        let chunk = self.next_after(waited).await;
        self.taken_at = Some(Instant::now());
        chunk
    }

    /// Returns the next chunk for a reader that took the last one this long ago; `None` if it is the first.
    async fn next_after(&mut self, waited: Option<Duration>) -> Option<Result<Bytes, DriveError>> {
        if self.range.is_empty() {
            return None;
        }
        if waited.is_some_and(|waited| waited >= FAST) {
            self.kept_up = 0;
        }
        let is_fast = self.kept_up >= SOCKET_BUFFER_BYTES;
        let cached = match self.ahead.is_none() && !is_fast {
            true => self.read_cached(),
            false => None,
        };
        let chunk = match cached {
            Some(chunk) => chunk,
            None => {
                let reading = self.ahead.take();
                let reading = reading.unwrap_or_else(|| self.read(is_fast)).await;
                reading.unwrap_or_else(|_| Err(DriveError::failed("fetch", "cut off")))
            }
        };
        match &chunk {
            Ok(chunk) if chunk.is_empty() => return None,
            Ok(chunk) => {
                self.range.start += chunk.len() as u64;
                self.kept_up += chunk.len() as u64;
            }
            Err(_) => self.range.end = self.range.start,
        }
        if is_fast && !self.range.is_empty() {
            self.ahead = Some(self.read(true));
        }
        Some(chunk)
    }

    /// Reads the next chunk, or its beginning, if the kernel has cached it; `None` otherwise. Never waits for a disk.
    fn read_cached(&mut self) -> Option<Result<Bytes, DriveError>> {
        if !self.may_be_cached {
            return None;
        }
        let (file, version_then) = &*self.file;
        let mut buffer = Buffer::of(self.chunk_bytes(false));
        let mut room = [IoSliceMut::new(buffer.as_mut())];
        match preadv2(file, &mut room, self.range.start, ReadWriteFlags::NOWAIT) {
            Ok(0) | Err(Errno::AGAIN | Errno::INTR) => None,
            Ok(count) => Some(checked(file, version_then, buffer, count)),
            Err(_) => {
                self.may_be_cached = false;
                None
            }
        }
    }

    /// Starts to read the next chunk.
    fn read(&self, is_fast: bool) -> Reading {
        let (file, start) = (self.file.clone(), self.range.start);
        let size = self.chunk_bytes(is_fast);
        spawn_blocking(move || {
            let (file, version_then) = &*file;
            let mut buffer = Buffer::of(size);
            let count = file.read_at(buffer.as_mut(), start);
            let count = count.map_err(|error| failure("fetch", &error))?;
            checked(file, version_then, buffer, count)
        })
    }

    /// Returns the size of the next chunk.
    fn chunk_bytes(&self, is_fast: bool) -> usize {
        let left = self.range.end - self.range.start;
        let size = match is_fast {
            true => FAST_CHUNK_BYTES,
            false => CHUNK_BYTES,
        };
        left.min(size) as usize
    }
}

/// Returns the first `count` bytes of a buffer, which were read from a file that must still be the same version.
fn checked(
    file: &File,
    version_then: &str,
    buffer: Buffer,
    count: usize,
) -> Result<Bytes, DriveError> {
    let metadata = file.metadata();
    // After reading: what was read before a change is of the old version.
    if version(&metadata.map_err(|error| failure("fetch", &error))?) != version_then {
        return Err(changed());
    }
    Ok(Bytes::from_owner(buffer).slice(..count))
}

/// The error for a file that is another one now.
pub(super) fn changed() -> DriveError {
    DriveError::new(ErrorKind::Gone, "fetch", "the file was changed meanwhile")
}

/// A buffer. Those of the two usual sizes are used again: memory that is new to the program costs about as much as to read
/// the file, and this one is in the processor's cache.
struct Buffer(Vec<u8>);

/// Buffers that are not used, by size, the last one on top.
static IDLE: Mutex<[Vec<Vec<u8>>; 2]> = Mutex::new([Vec::new(), Vec::new()]);

/// Returns the place of buffers of a size in [`IDLE`].
fn idle_index(size: usize) -> Option<usize> {
    [CHUNK_BYTES, FAST_CHUNK_BYTES]
        .iter()
        .position(|usual| *usual == size as u64)
}

impl Buffer {
    /// Returns a buffer of `size` bytes with any content.
    fn of(size: usize) -> Self {
        let idle = idle_index(size).and_then(|index| {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            idle[index].pop()
        });
        Buffer(idle.unwrap_or_else(|| vec![0; size]))
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(index) = idle_index(self.0.len()) {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            if idle[index].len() < MAX_IDLE_BUFFERS {
                idle[index].push(std::mem::take(&mut self.0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    /// Returns an open file with these bytes, and its version.
    fn file_of(bytes: &[u8]) -> (File, String) {
        let file = tempfile::tempfile().unwrap();
        file.write_all_at(bytes, 0).unwrap();
        let version = version(&file.metadata().unwrap());
        (file, version)
    }

    #[tokio::test]
    async fn any_range_has_its_bytes() {
        let bytes: Vec<u8> = (0..9_000_001_u32).map(|n| (n / 3) as u8).collect();
        for range in [
            0..0,
            0..1,
            5..8_000_000,
            262_143..1_500_000,
            0..9_000_001,
            8_999_999..20_000_000,
        ] {
            let (file, version) = file_of(&bytes);
            let read = chunks(file, version, range.clone());
            let mut read = std::pin::pin!(read);
            let (mut all, mut held) = (Vec::new(), Vec::new());
            while let Some(chunk) = read.next().await {
                let chunk = chunk.unwrap();
                all.extend_from_slice(&chunk);
                // A buffer is not reused while it is held.
                held.push((all.len() - chunk.len(), chunk));
            }
            let end = (range.end as usize).min(bytes.len());
            assert!(all == bytes[range.start as usize..end], "{range:?}");
            for (at, chunk) in held {
                assert!(chunk == all[at..at + chunk.len()], "{range:?}, from {at}");
            }
        }
    }

    #[tokio::test]
    async fn a_slow_reader_gets_small_chunks_and_none_ahead() {
        let (file, version) = file_of(&[7; 6 << 20]);
        let mut reader = FileReader {
            file: Arc::new((file, version)),
            range: 0..6 << 20,
            ahead: None,
            taken_at: None,
            kept_up: 0,
            may_be_cached: true,
        };
        let fast = Some(Duration::ZERO);
        let mut taken = 0;
        while taken < SOCKET_BUFFER_BYTES {
            let chunk = reader.next_after(fast).await.unwrap().unwrap();
            assert_eq!(
                (chunk.len() as u64, reader.ahead.is_some()),
                (CHUNK_BYTES, false)
            );
            taken += CHUNK_BYTES;
        }
        for (waited, size, is_ahead) in [
            (fast, FAST_CHUNK_BYTES, true),
            (fast, FAST_CHUNK_BYTES, true),
            // This one was read before.
            (Some(FAST), FAST_CHUNK_BYTES, false),
            (fast, CHUNK_BYTES, false),
        ] {
            let chunk = reader.next_after(waited).await.unwrap().unwrap();
            assert_eq!(
                (chunk.len() as u64, reader.ahead.is_some()),
                (size, is_ahead)
            );
        }
    }
}
