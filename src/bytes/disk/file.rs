//! One block as a file.
//!
//! ```text
//!   magic          8   "DRIVE-IN"
//!   version        4   1
//!   pages          4   n
//!   key           32   SHA-256 of the content's name and the offset
//!   object length  8   bytes of the whole object
//!   offset         8   where in the object the block begins
//!   length         8   bytes of the block
//!   checks        4n   CRC-32 of each page of the block
//!   check          4   CRC-32 of all that stands above
//!   content
//! ```
//!
//! Numbers are little-endian. A page is 128 KiB; the last one is shorter. Each page has its own checksum, so that a
//! viewer does not wait for the whole block to be read.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::bytes::block::Block;
use crate::bytes::block_header::BlockHeader;
use crate::bytes::page_pool::{PAGE_BYTES, PagePool};
use bytes::Bytes;

const MAGIC: &[u8; 8] = b"DRIVE-IN";
const VERSION: u32 = 1;
/// Bytes before the checksums.
const FIXED_HEADER_BYTES: usize = 72;

/// The modification time of a file is its last use, to this precision: each update is a write.
const MIN_TOUCH_INTERVAL: Duration = Duration::from_secs(3600);

impl BlockHeader {
    fn pages(&self) -> usize {
        self.length.div_ceil(PAGE_BYTES as u64) as usize
    }

    fn head_length(&self) -> u64 {
        (FIXED_HEADER_BYTES + 4 * self.pages() + 4) as u64
    }

    /// Returns the length of the file in bytes.
    pub(super) fn file_length(&self) -> u64 {
        self.head_length() + self.length
    }

    fn head(&self, checks: &[u32]) -> Vec<u8> {
        let mut head = Vec::with_capacity(self.head_length() as usize);
        head.extend_from_slice(MAGIC);
        head.extend_from_slice(&VERSION.to_le_bytes());
        head.extend_from_slice(&(checks.len() as u32).to_le_bytes());
        head.extend_from_slice(&self.key);
        for number in [self.object_length, self.offset, self.length] {
            head.extend_from_slice(&number.to_le_bytes());
        }
        for check in checks {
            head.extend_from_slice(&check.to_le_bytes());
        }
        head.extend_from_slice(&crc32fast::hash(&head).to_le_bytes());
        head
    }
}

/// The reason why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum BlockFileError {
    /// The file does not exist.
    #[error("it is gone")]
    Missing,
    /// Its content is not what was written.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    /// An I/O error.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
}

impl From<io::Error> for BlockFileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => BlockFileError::Missing,
            ErrorKind::UnexpectedEof => BlockFileError::Damaged("it ends early"),
            _ => BlockFileError::Unreadable(error),
        }
    }
}

/// Writes a block to `path`, readable only by the server. Returns the bytes allocated on disk.
pub(super) fn write(path: &Path, header: &BlockHeader, block: &Block) -> io::Result<u64> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(&header.head(&checks(header, block)))?;
    for piece in block.pieces() {
        file.write_all(piece)?;
    }
    Ok(allocated(&file.metadata()?))
}

/// Returns the CRC-32 of each page of a block.
fn checks(header: &BlockHeader, block: &Block) -> Vec<u32> {
    let mut checks = Vec::with_capacity(header.pages());
    let mut page = crc32fast::Hasher::new();
    let mut room = PAGE_BYTES;
    for piece in block.pieces() {
        let mut piece = &piece[..];
        while !piece.is_empty() {
            let (part, rest) = piece.split_at(piece.len().min(room));
            page.update(part);
            room -= part.len();
            if room == 0 {
                checks.push(std::mem::take(&mut page).finalize());
                room = PAGE_BYTES;
            }
            piece = rest;
        }
    }
    if room < PAGE_BYTES {
        checks.push(page.finalize());
    }
    checks
}

/// Returns the bytes allocated for a file, but at least its length: some file systems allocate late.
pub(super) fn allocated(metadata: &std::fs::Metadata) -> u64 {
    (metadata.blocks() * 512).max(metadata.len())
}

/// Reads and verifies up to `count` pages of a block, from offset `at` on.
pub(super) fn read(
    path: &Path,
    header: &BlockHeader,
    at: u64,
    count: usize,
    pool: &Arc<PagePool>,
) -> Result<Vec<Bytes>, BlockFileError> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let (found, checks) = read_header(&file, metadata.len())?;
    if found != *header {
        return Err(BlockFileError::Damaged("it is another block"));
    }
    let first = (at / PAGE_BYTES as u64) as usize;
    if first == 0 {
        note_use(&file, &metadata);
    }
    let mut pages = Vec::with_capacity(count);
    for (number, check) in checks.iter().enumerate().skip(first).take(count) {
        let start = number as u64 * PAGE_BYTES as u64;
        let length = (header.length - start).min(PAGE_BYTES as u64) as usize;
        let mut page = pool.uncounted_page();
        page.bytes.resize(length, 0);
        file.read_exact_at(&mut page.bytes, header.head_length() + start)?;
        if crc32fast::hash(page.as_ref()) != *check {
            return Err(BlockFileError::Damaged(
                "its bytes are not what was written",
            ));
        }
        let page = page.into_bytes();
        let within = at.saturating_sub(start).min(length as u64) as usize;
        pages.push(page.slice(within..));
    }
    Ok(pages)
}

/// Returns the length of the object that the file with this key belongs to, or `None` if it is not such a
/// file.
pub(super) fn object_length(path: &Path, key: &[u8; 32]) -> Option<u64> {
    let file = File::open(path).ok()?;
    let (header, _) = read_header(&file, file.metadata().ok()?.len()).ok()?;
    (header.key == *key).then_some(header.object_length)
}

/// Parses and verifies the header of a file of `length` bytes. Returns it with the checksums of the pages.
fn read_header(file: &File, length: u64) -> Result<(BlockHeader, Vec<u32>), BlockFileError> {
    let mut fixed = [0; FIXED_HEADER_BYTES];
    file.read_exact_at(&mut fixed, 0)?;
    let u32_at =
        |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
    let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
    if !fixed.starts_with(MAGIC) || u32_at(8) != VERSION {
        return Err(BlockFileError::Damaged("it is no block of this version"));
    }
    let mut header = BlockHeader {
        key: [0; 32],
        object_length: u64_at(48),
        offset: u64_at(56),
        length: u64_at(64),
    };
    header.key.copy_from_slice(&fixed[16..48]);
    // The number of pages is trusted only if it agrees with the length of the file.
    let pages = u32_at(12) as usize;
    let expected = (FIXED_HEADER_BYTES as u64 + 4 * pages as u64 + 4).checked_add(header.length);
    if expected != Some(length) || header.length.div_ceil(PAGE_BYTES as u64) != pages as u64 {
        return Err(BlockFileError::Damaged("its length is not what it says"));
    }
    let mut rest = vec![0; 4 * pages + 4];
    file.read_exact_at(&mut rest, FIXED_HEADER_BYTES as u64)?;
    let mut numbers = rest
        .chunks_exact(4)
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    let checks: Vec<u32> = numbers.by_ref().take(pages).collect();
    let mut sum = crc32fast::Hasher::new();
    sum.update(&fixed);
    sum.update(&rest[..4 * pages]);
    if numbers.next() != Some(sum.finalize()) {
        return Err(BlockFileError::Damaged("its head is not what was written"));
    }
    Ok((header, checks))
}

/// Marks the block as used, for the eviction order after a restart.
fn note_use(file: &File, metadata: &std::fs::Metadata) {
    let now = SystemTime::now();
    let known = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    if now
        .duration_since(known)
        .is_ok_and(|since| since > MIN_TOUCH_INTERVAL)
    {
        // If this fails, the block is evicted earlier.
        let _ = file.set_modified(now);
    }
}
