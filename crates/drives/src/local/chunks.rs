//! The bytes of an open file as a stream. A reader that takes them fast gets larger chunks, of which
//! the next is read meanwhile.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{Stream, stream};
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
/// Buffers that are kept for the next chunk: 2 MiB.
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
        let reading = self.ahead.take();
        let reading = reading.unwrap_or_else(|| self.read(is_fast));
        let chunk = reading.await;
        let chunk = chunk.unwrap_or_else(|_| Err(DriveError::failed("fetch", "cut off")));
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

    /// Starts to read the next chunk.
    fn read(&self, is_fast: bool) -> Reading {
        let (file, start) = (self.file.clone(), self.range.start);
        let left = self.range.end - start;
        spawn_blocking(move || {
            let (file, version_then) = &*file;
            match is_fast && left >= FAST_CHUNK_BYTES {
                true => read_into(file, version_then, start, Buffer::take()),
                false => {
                    let buffer = vec![0; left.min(CHUNK_BYTES) as usize];
                    read_into(file, version_then, start, buffer)
                }
            }
        })
    }
}

/// Fills a buffer from `position` on and returns what it holds then, nothing at the end of the file; blocks.
fn read_into<B>(
    file: &File,
    version_then: &str,
    position: u64,
    mut buffer: B,
) -> Result<Bytes, DriveError>
where
    B: AsRef<[u8]> + AsMut<[u8]> + Send + 'static,
{
    let failed = |error: std::io::Error| failure("fetch", &error);
    let count = file.read_at(buffer.as_mut(), position).map_err(failed)?;
    // After reading: what was read before a change is of the old version.
    if version(&file.metadata().map_err(failed)?) != version_then {
        return Err(changed());
    }
    Ok(Bytes::from_owner(buffer).slice(..count))
}

/// The error for a file that is another one now.
pub(super) fn changed() -> DriveError {
    DriveError::new(ErrorKind::Gone, "fetch", "the file was changed meanwhile")
}

/// A buffer of [`FAST_CHUNK_BYTES`] that is used again: memory that is new to the program costs about as much as to read the
/// file, and this one is in the processor's cache.
struct Buffer(Vec<u8>);

/// Buffers that are not used, the last one on top.
static IDLE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

impl Buffer {
    /// Returns a buffer of any content.
    fn take() -> Self {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Buffer(idle.unwrap_or_else(|| vec![0; FAST_CHUNK_BYTES as usize]))
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
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE_BUFFERS {
            idle.push(std::mem::take(&mut self.0));
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
