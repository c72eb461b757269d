//! Reads media of an original in whole blocks, which the engine then caches, and in any order.
//!
//! The samples of a segment lie interleaved in the file and stand track by track in the reply. So a reader holds a few
//! bodies at different positions of the same shared fetch: that of the picture goes first, and that of the sound
//! finds the blocks in the cache.

use std::ops::Range;

use bytes::{Buf, Bytes, BytesMut};
use containers::{ContainerError, ReadRange};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use parking_lot::Mutex;

use super::drive_error;
use crate::bytes::{Engine, Object};
use drives::{DriveError, ErrorKind};
use media::ByteRange;

/// Bodies that are open at a time: one for each track of a usual film.
const MAX_BODIES: usize = 4;

/// Bytes that are skipped rather than opening another body; they would be read for their blocks anyway.
const MAX_SKIP_BYTES: u64 = 8 << 20;

/// A reader of the original's own bytes.
pub(super) struct MediaReader {
    engine: Engine,
    object: Object,
    size: u64,
    /// Parts of the file that will be read, in order, without overlap and in whole blocks. Each is one fetch.
    extents: Vec<Range<u64>>,
    bodies: tokio::sync::Mutex<Vec<OpenBody>>,
    /// The error of the last failed read: a [`ContainerError`] has only a text.
    failure: Mutex<Option<DriveError>>,
}

/// A body of the engine and its position.
struct OpenBody {
    position: u64,
    end: u64,
    chunk: Bytes,
    body: BoxStream<'static, Result<Bytes, DriveError>>,
}

impl OpenBody {
    /// Returns true if byte `offset` is ahead of it and close.
    fn reaches(&self, offset: u64) -> bool {
        self.position <= offset && offset < self.end.min(self.position + MAX_SKIP_BYTES)
    }

    /// Returns the next bytes from `offset` on, at most `most`.
    async fn next(&mut self, offset: u64, most: u64) -> Result<Bytes, DriveError> {
        loop {
            let skipped = (offset - self.position).min(self.chunk.len() as u64);
            self.chunk.advance(skipped as usize);
            self.position += skipped;
            if !self.chunk.is_empty() {
                let taken = most.min(self.chunk.len() as u64);
                self.position += taken;
                return Ok(self.chunk.split_to(taken as usize));
            }
            self.chunk = self.body.try_next().await?.ok_or_else(|| {
                DriveError::new(ErrorKind::UpstreamFailed, "source", "the file ended early")
            })?;
        }
    }
}

impl MediaReader {
    /// Creates a reader that will read these parts of the original. Close parts are read as one.
    pub fn new(engine: Engine, object: Object, parts: impl Iterator<Item = Range<u64>>) -> Self {
        let mut blocks: Vec<Range<u64>> = parts
            .filter(|part| part.start < part.end)
            .map(|part| engine.whole_blocks(&object, part))
            .collect();
        blocks.sort_by_key(|part| part.start);
        let mut extents: Vec<Range<u64>> = Vec::new();
        for part in blocks {
            match extents.last_mut() {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => extents.push(part),
            }
        }
        MediaReader {
            size: object.length.unwrap_or(0),
            engine,
            object,
            extents,
            bodies: tokio::sync::Mutex::new(Vec::new()),
            failure: Mutex::new(None),
        }
    }

    /// Converts an error of a container that read from here.
    pub fn drive_error(&self, error: ContainerError) -> DriveError {
        drive_error(error, self.failure.lock().take())
    }

    /// Returns the next bytes from `offset` on, at least one and at most `most`.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn next(&self, offset: u64, most: u64) -> Result<Bytes, DriveError> {
        let mut bodies = self.bodies.lock().await;
        let closest = bodies
            .iter()
            .enumerate()
            .filter(|(_, body)| body.reaches(offset))
            .max_by_key(|(_, body)| body.position)
            .map(|(index, _)| index);
        let mut body = match closest {
            Some(index) => bodies.remove(index),
            None => self.open(offset, most).await?,
        };
        let bytes = body.next(offset, most).await?;
        // The one that was read last stands last, and the first one is closed for another.
        bodies.push(body);
        if bodies.len() > MAX_BODIES {
            bodies.remove(0);
        }
        Ok(bytes)
    }

    async fn open(&self, offset: u64, most: u64) -> Result<OpenBody, DriveError> {
        let wanted = self
            .engine
            .whole_blocks(&self.object, offset..offset + most);
        let extent = self.extents.iter().find(|extent| extent.contains(&offset));
        let end = extent.map_or(wanted.end, |extent| extent.end.max(wanted.end));
        let range = ByteRange::new(wanted.start, end - 1);
        Ok(OpenBody {
            position: wanted.start,
            end,
            chunk: Bytes::new(),
            body: self.engine.read(&self.object, range).await?.body,
        })
    }

    /// Reads the rest of the block that was begun, and then `next`, in the background: complete blocks are cached, and the
    /// next segment begins in this one. `ahead` is the same object at the priority of read-ahead.
    pub fn finish(self, ahead: Object, next: Range<u64>) {
        let bodies = self.bodies.into_inner();
        let Some(last) = bodies.iter().max_by_key(|body| body.position) else {
            return;
        };
        let read = last.position + last.chunk.len() as u64;
        let begun = last.position.saturating_sub(1)..last.position;
        let block_end = self.engine.whole_blocks(&self.object, begun).end;
        let next_end = match next.is_empty() {
            true => 0,
            false => self.engine.whole_blocks(&ahead, next).end,
        };
        tokio::spawn(
            self.engine
                .read_ahead(&ahead, read..block_end.max(next_end)),
        );
    }
}

impl ReadRange for MediaReader {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read_some(&self, offset: u64, most: usize) -> Result<Bytes, ContainerError> {
        if offset >= self.size || most == 0 {
            return Err(ContainerError::Truncated);
        }
        let most = (most as u64).min(self.size - offset);
        self.next(offset, most).await.map_err(|error| {
            let text = error.to_string();
            *self.failure.lock() = Some(error);
            ContainerError::Read(text)
        })
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        let end = offset
            .checked_add(length as u64)
            .filter(|end| *end <= self.size);
        let end = end.ok_or(ContainerError::Truncated)?;
        let mut bytes = BytesMut::with_capacity(length);
        let mut at = offset;
        while at < end {
            let chunk = self.read_some(at, (end - at) as usize).await?;
            at += chunk.len() as u64;
            if bytes.is_empty() && at == end {
                return Ok(chunk);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    }
}
