//! Reads the index of an original: small parts here and there, cached in small blocks.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use containers::{ContainerError, ReadRange};
use futures_util::TryStreamExt;
use parking_lot::Mutex;

use super::drive_error;
use crate::bytes::{Engine, Object};
use drives::DriveError;
use media::ByteRange;

/// A reader of the object that [`Playback::original_index`](crate::playback::Playback) returns.
pub(in crate::playback) struct IndexReader {
    engine: Engine,
    object: Object,
    size: u64,
    /// True if whole blocks are read, which are then cached.
    reads_whole_blocks: bool,
    /// The error of the last failed read: a [`ContainerError`] has only a text.
    failure: Mutex<Option<DriveError>>,
}

impl IndexReader {
    /// Creates a reader that reads, and so caches, whole blocks.
    pub fn new(engine: Engine, object: Object) -> Self {
        IndexReader {
            engine,
            size: object.length.unwrap_or(0),
            object,
            reads_whole_blocks: true,
            failure: Mutex::new(None),
        }
    }

    /// Returns a reader of exactly the bytes that are asked for: for a walk that sees each of them once.
    pub fn unaligned(mut self) -> Self {
        self.reads_whole_blocks = false;
        self
    }

    /// Converts an error of a container that read from here.
    pub fn drive_error(&self, error: ContainerError) -> DriveError {
        drive_error(error, self.failure.lock().take())
    }

    /// Returns the error of the drive that the last failed read ended with; `None` if it did not fail.
    pub fn take_failure(&self) -> Option<DriveError> {
        self.failure.lock().take()
    }

    async fn read_exact(&self, wanted: Range<u64>) -> Result<Bytes, DriveError> {
        let span = match self.reads_whole_blocks {
            true => self.engine.whole_blocks(&self.object, wanted.clone()),
            false => wanted.clone(),
        };
        let range = ByteRange::new(span.start, span.end - 1);
        let mut body = self.engine.read(&self.object, range).await?.body;
        let mut position = span.start;
        let mut bytes = BytesMut::with_capacity((wanted.end - wanted.start) as usize);
        // To the end of the last block, so that it is cached.
        while let Some(chunk) = body.try_next().await? {
            let skip = wanted
                .start
                .saturating_sub(position)
                .min(chunk.len() as u64);
            let end = wanted.end.saturating_sub(position).min(chunk.len() as u64);
            position += chunk.len() as u64;
            if skip < end {
                bytes.extend_from_slice(&chunk[skip as usize..end as usize]);
            }
        }
        Ok(bytes.freeze())
    }
}

impl ReadRange for IndexReader {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        let end = offset
            .checked_add(length as u64)
            .filter(|end| *end <= self.size);
        let end = end.ok_or(ContainerError::Truncated)?;
        if length == 0 {
            return Ok(Bytes::new());
        }
        let bytes = self.read_exact(offset..end).await.map_err(|error| {
            let text = error.to_string();
            *self.failure.lock() = Some(error);
            ContainerError::Read(text)
        })?;
        match bytes.len() == length {
            true => Ok(bytes),
            false => Err(ContainerError::Truncated),
        }
    }
}
