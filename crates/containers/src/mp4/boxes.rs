//! A walk over boxes in the file (ISO/IEC 14496-12 §4.2).
//!
//! A box may not extend past its parent, each one costs a step of the budget, and a size that is less than a
//! header ends the walk: some writers of QuickTime end a `udta` with 32 bits of zero, which is no box.

use bytes::Bytes;

use crate::metered::Metered;
use crate::{ContainerError, ReadRange};

/// A box: its name and the position of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoxHeader {
    pub(crate) name: [u8; 4],
    /// Position of the header.
    pub(crate) start: u64,
    /// Start of the content.
    pub(crate) content: u64,
    pub(crate) end: u64,
}

impl BoxHeader {
    pub(crate) fn content_length(&self) -> u64 {
        self.end - self.content
    }

    /// Returns the boxes inside.
    pub(crate) fn children(&self) -> Boxes {
        Boxes {
            at: self.content,
            end: self.end,
        }
    }

    /// Reads up to `most` bytes of the content.
    pub(crate) async fn read<R: ReadRange>(
        &self,
        file: &mut Metered<'_, R>,
        most: u64,
    ) -> Result<Bytes, ContainerError> {
        file.read(self.content, self.content_length().min(most))
            .await
    }
}

/// A sequence of boxes: an iterator whose steps may have to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Boxes {
    pub(crate) at: u64,
    pub(crate) end: u64,
}

impl Boxes {
    /// Returns the next box; `None` at the end, and if the next bytes cannot be a box.
    pub(crate) async fn next<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<Option<BoxHeader>, ContainerError> {
        let left = self.end.saturating_sub(self.at);
        if left < 8 {
            return Ok(None);
        }
        file.step(1)?;
        let head = file.read(self.at, left.min(16)).await?;
        let small = u32_at(&head, 0);
        let (size, header) = match small {
            0 => (left, 8),
            1 if head.len() == 16 => (u64_at(&head, 8), 16),
            _ => (u64::from(small), 8),
        };
        let name: [u8; 4] = [head[4], head[5], head[6], head[7]];
        if size < header || (small == 0 && name == [0; 4]) {
            return Ok(None);
        }
        let found = BoxHeader {
            name,
            start: self.at,
            content: self.at + header,
            end: self.at + size.min(left),
        };
        self.at = found.end;
        Ok(Some(found))
    }

    /// Returns the next box of this name; `None` if there is none.
    pub(crate) async fn find<R: ReadRange>(
        mut self,
        file: &mut Metered<'_, R>,
        name: &[u8; 4],
    ) -> Result<Option<BoxHeader>, ContainerError> {
        while let Some(found) = self.next(file).await? {
            if found.name == *name {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// Reads a big-endian number; returns 0 if the bytes end before it does.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let part = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    part.map_or(0, |part| u32::from_be_bytes(*part))
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let part = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>());
    part.map_or(0, |part| u16::from_be_bytes(*part))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let part = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
    part.map_or(0, |part| u64::from_be_bytes(*part))
}
