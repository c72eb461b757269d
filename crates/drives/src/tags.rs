//! Pictures in the tags of recordings and films, read by `lofty` within bounds.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lofty::config::ParseOptions;
use lofty::file::TaggedFileExt;
use lofty::probe::Probe as Tagged;

/// Bounds of one reading. A parser that goes in circles ends with them.
#[derive(Debug, Clone, Copy)]
pub struct TagLimits {
    /// Bytes that the parser may read.
    pub bytes: u64,
    /// Reads and seeks.
    pub calls: u64,
    pub timeout: Duration,
}

/// A file for a parser that has no bounds of its own: reading fails past the limits.
pub(crate) struct TagReader<R> {
    inner: BufReader<R>,
    bytes_left: u64,
    calls_left: u64,
    until: Instant,
}

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 32 << 10;

/// Returns the picture embedded in a recording or a film; `None` if there is none, or none within the limits. Blocks.
pub fn embedded_picture(source: impl Read + Seek, limits: &TagLimits) -> Option<Bytes> {
    // A parser that panics on hostile input must not end the server.
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let tagged = Tagged::new(TagReader::new(source, limits));
        let options = ParseOptions::new().read_properties(false);
        let file = tagged
            .guess_file_type()
            .ok()?
            .options(options)
            .read()
            .ok()?;
        let tag = file.primary_tag().or(file.first_tag())?;
        let picture = tag.pictures().first()?;
        Some(Bytes::copy_from_slice(picture.data()))
    }));
    read.ok().flatten()
}

impl<R: Read + Seek> TagReader<R> {
    pub(crate) fn new(mut source: R, limits: &TagLimits) -> Self {
        // A failure shows at the first read.
        let _ = source.rewind();
        TagReader {
            inner: BufReader::with_capacity(BUFFER_BYTES, source),
            bytes_left: limits.bytes,
            calls_left: limits.calls,
            until: Instant::now() + limits.timeout,
        }
    }

    fn count(&mut self, bytes: u64) -> std::io::Result<()> {
        let calls = self.calls_left.checked_sub(1);
        let bytes = self.bytes_left.checked_sub(bytes);
        match calls.zip(bytes) {
            Some((calls, bytes)) if Instant::now() < self.until => {
                (self.calls_left, self.bytes_left) = (calls, bytes);
                Ok(())
            }
            _ => Err(std::io::Error::other("more than tags take")),
        }
    }
}

impl<R: Read + Seek> Read for TagReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count(read as u64)?;
        Ok(read)
    }
}

impl<R: Read + Seek> Seek for TagReader<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.count(0)?;
        self.inner.seek(to)
    }
}
