//! Files for the readers under test, and functions that collect their replies.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use containers::{ContainerError, FilmSource, ReadRange, ReplyPiece, Segment};

/// A file in memory that counts its reads.
pub struct File {
    bytes: Bytes,
    pub reads: AtomicU64,
    pub read_bytes: AtomicU64,
    /// True if a read that may be short is.
    is_short: bool,
}

impl File {
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        File {
            bytes: bytes.into(),
            reads: AtomicU64::new(0),
            read_bytes: AtomicU64::new(0),
            is_short: false,
        }
    }

    /// Returns the same file, of which reads that may be short return pieces of odd lengths.
    fn in_pieces(&self) -> Self {
        File {
            is_short: true,
            ..File::new(self.bytes.clone())
        }
    }

    pub fn open(path: &Path) -> Self {
        File::new(std::fs::read(path).unwrap())
    }

    /// Returns the bytes of a piece.
    pub fn bytes_of(&self, piece: &ReplyPiece) -> Bytes {
        match piece {
            ReplyPiece::Bytes(bytes) => bytes.clone(),
            ReplyPiece::Range { offset, length } => {
                let from = *offset as usize;
                self.bytes.slice(from..from + *length as usize)
            }
        }
    }
}

impl ReadRange for File {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.read_bytes.fetch_add(length as u64, Ordering::Relaxed);
        let end = offset
            .checked_add(length as u64)
            .ok_or(ContainerError::Truncated)?;
        if end > self.size() {
            return Err(ContainerError::Truncated);
        }
        Ok(self.bytes.slice(offset as usize..end as usize))
    }

    async fn read_some(&self, offset: u64, most: usize) -> Result<Bytes, ContainerError> {
        let short = 1 + (offset.wrapping_mul(7919) % 50_000) as usize;
        let length = if self.is_short { short.min(most) } else { most };
        self.read(offset, length).await
    }
}

/// Reads a segment to its end, and checks that it has the announced length.
pub async fn collect(file: &File, mut segment: Segment) -> Vec<u8> {
    let mut made = Vec::new();
    while let Some(piece) = segment.next(file).await.unwrap() {
        made.extend_from_slice(&file.bytes_of(&piece));
    }
    if let Some(length) = segment.length() {
        assert_eq!(length, made.len() as u64);
    }
    made
}

/// Returns the segments of a selection, each by itself. The first two are the same in whatever pieces the file comes.
pub async fn segments(file: &File, source: &FilmSource, selection: &[usize]) -> Vec<Vec<u8>> {
    let mut made = Vec::new();
    let pieces = file.in_pieces();
    for n in 0..source.plan().len() {
        let segment = source.segment(file, selection, n).await.unwrap();
        made.push(collect(file, segment).await);
        if n < 2 {
            let segment = source.segment(&pieces, selection, n).await.unwrap();
            assert!(collect(&pieces, segment).await == made[n], "segment {n}");
        }
    }
    made
}

/// Returns the whole progressive file.
pub async fn progressive(file: &File, source: &FilmSource, selection: &[usize]) -> Vec<u8> {
    let layout = source.progressive(file, selection).await.unwrap();
    let mut reader = layout.range(0..u64::MAX);
    let mut made = Vec::new();
    while let Some(piece) = reader.next(source, &layout, file).await.unwrap() {
        made.extend_from_slice(&file.bytes_of(&piece));
    }
    assert_eq!(layout.length(), made.len() as u64);
    made
}
