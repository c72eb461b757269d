//! A reader that counts against a budget.
//!
//! Parsers make many small reads. These come from a window of the file around the last read, and from a part
//! that was read whole because all of it is needed (an MP4's `moov`).

use bytes::Bytes;

use crate::{Budget, ContainerError, ReadRange};

/// Bytes of the window. A read of this length costs an upstream as little as a smaller one.
const WINDOW_BYTES: u64 = 64 << 10;

/// A file together with the rest of its budget.
pub(crate) struct Metered<'a, R> {
    reader: &'a R,
    left: Budget,
    pinned: (u64, Bytes),
    window: (u64, Bytes),
    window_bytes: u64,
}

impl<'a, R: ReadRange> Metered<'a, R> {
    pub(crate) fn new(reader: &'a R, budget: &Budget) -> Self {
        Metered {
            reader,
            left: *budget,
            pinned: (0, Bytes::new()),
            window: (0, Bytes::new()),
            window_bytes: WINDOW_BYTES,
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.reader.size()
    }

    /// Sets the number of bytes that are read around a small read from now on.
    pub(crate) fn set_window(&mut self, bytes: u64) {
        self.window_bytes = bytes;
    }

    /// Counts boxes, elements or table entries.
    pub(crate) fn step(&mut self, steps: u64) -> Result<(), ContainerError> {
        spend(&mut self.left.steps, steps, "the steps allowed for it")
    }

    /// Counts memory that stays in use while the index is read.
    pub(crate) fn allocate(&mut self, bytes: u64) -> Result<(), ContainerError> {
        let left = &mut self.left.memory_bytes;
        spend(left, bytes, "the memory allowed for it")
    }

    /// Reads exactly `length` bytes, from memory if they are there.
    pub(crate) async fn read(&mut self, offset: u64, length: u64) -> Result<Bytes, ContainerError> {
        for part in [&self.pinned, &self.window] {
            if let Some(bytes) = slice(part, offset, length) {
                return Ok(bytes);
            }
        }
        let end = offset
            .checked_add(length)
            .ok_or(ContainerError::Truncated)?;
        if end > self.size() {
            return Err(ContainerError::Truncated);
        }
        if length >= self.window_bytes {
            return self.read_through(offset, length).await;
        }
        let ahead = self.window_bytes.min(self.size() - offset);
        self.window = (offset, self.read_through(offset, ahead).await?);
        slice(&self.window, offset, length).ok_or(ContainerError::Truncated)
    }

    /// Reads a part of the file whole and keeps it, so that later reads within it cost nothing.
    pub(crate) async fn pin(&mut self, offset: u64, length: u64) -> Result<(), ContainerError> {
        if slice(&self.pinned, offset, length).is_none() {
            self.allocate(length)?;
            self.pinned = (offset, self.read(offset, length).await?);
        }
        Ok(())
    }

    /// Reads from the file directly, past the window; a short reply means that the file is cut off.
    pub(crate) async fn read_through(
        &mut self,
        offset: u64,
        length: u64,
    ) -> Result<Bytes, ContainerError> {
        spend(
            &mut self.left.read_bytes,
            length,
            "the bytes allowed for it",
        )?;
        if length > self.left.memory_bytes {
            return Err(ContainerError::OverBudget("the memory allowed for it"));
        }
        let bytes = self.reader.read(offset, length as usize).await?;
        if bytes.len() as u64 == length {
            Ok(bytes)
        } else {
            Err(ContainerError::Truncated)
        }
    }
}

fn spend(left: &mut u64, amount: u64, of: &'static str) -> Result<(), ContainerError> {
    *left = left
        .checked_sub(amount)
        .ok_or(ContainerError::OverBudget(of))?;
    Ok(())
}

fn slice((start, bytes): &(u64, Bytes), offset: u64, length: u64) -> Option<Bytes> {
    let from = offset.checked_sub(*start)?;
    let to = from.checked_add(length)?;
    (to <= bytes.len() as u64).then(|| bytes.slice(from as usize..to as usize))
}
