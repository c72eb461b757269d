//! The size of reads, which grows while the consumer keeps up.
//!
//! Large reads are cheaper: each one is a system call, a wake-up of the sender, and later a write. But bytes
//! that were read wait in memory, and a thousand slow viewers would hold a thousand large buffers. So a
//! connection begins with small reads. Once its consumer has kept up for longer than it takes to fill the
//! sockets behind, the size doubles with each full read, and it falls back when the consumer slows down.

use tokio::time::Instant;

use crate::api::{CHUNK_UNIT_BYTES, LARGE_CHUNK_MEMORY_BYTES};

/// Size of reads at first, and for a slow consumer.
pub(super) const MIN_READ: usize = CHUNK_UNIT_BYTES;

/// Upper limit for the size of reads: more was no faster.
pub(super) const MAX_READ: usize = LARGE_CHUNK_MEMORY_BYTES;

/// Bytes that even a slow viewer takes at once at first, into the sockets on the way.
const SOCKET_BUFFER_BYTES: usize = 2 << 20;

/// A consumer of so many bytes a second keeps up: ten times the rate of any film.
const MIN_KEEPS_UP_BYTES_PER_S: f64 = 4e6;

/// The size of the next read.
pub(super) struct ReadSize {
    max: usize,
    allowed: usize,
    /// Bytes read without falling behind.
    kept_up: usize,
    last: Instant,
}

impl ReadSize {
    /// Begins with [`MIN_READ`] bytes, and never exceeds `max`.
    pub fn up_to(max: usize) -> Self {
        ReadSize {
            max,
            allowed: MIN_READ,
            kept_up: 0,
            last: Instant::now(),
        }
    }

    /// Begins to measure the consumer's pace: the time until now was not the consumer's.
    pub fn begin(&mut self) {
        self.last = Instant::now();
    }

    /// Returns the upper limit for the next read, in bytes.
    pub fn allowed(&self) -> usize {
        self.allowed
    }

    /// Records a read, and whether it had as many bytes as it could take.
    pub fn has_read(&mut self, bytes: usize, is_full: bool) {
        let now = Instant::now();
        let seconds = now.duration_since(self.last).as_secs_f64().max(1e-6);
        self.last = now;
        let per_s = bytes as f64 / seconds;
        if per_s < MIN_KEEPS_UP_BYTES_PER_S / 2.0 {
            self.allowed = (self.allowed / 2).max(MIN_READ);
            self.kept_up = 0;
            return;
        }
        self.kept_up += bytes;
        if is_full && self.kept_up >= SOCKET_BUFFER_BYTES {
            self.allowed = (self.allowed * 2).min(self.max);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_keeps_up_gets_more_at_a_time_and_who_does_not_gets_less() {
        let mut size = ReadSize::up_to(MAX_READ);
        for _ in 1..SOCKET_BUFFER_BYTES / MIN_READ {
            size.has_read(MIN_READ, true);
            assert_eq!(size.allowed(), MIN_READ);
        }
        for expected in [2 * MIN_READ, 4 * MIN_READ, MAX_READ, MAX_READ] {
            advance(Duration::from_millis(1)).await;
            size.has_read(size.allowed(), true);
            assert_eq!(size.allowed(), expected);
        }
        // The rate of the film itself.
        for expected in [MAX_READ / 2, MAX_READ / 4, MIN_READ, MIN_READ] {
            let bytes = size.allowed();
            advance(Duration::from_secs_f64(bytes as f64 / 4e5)).await;
            size.has_read(bytes, true);
            assert_eq!(size.allowed(), expected);
        }
        // Reads that are not full do not increase the size.
        for _ in 0..5000 {
            size.has_read(1000, false);
        }
        assert_eq!(size.allowed(), MIN_READ);
    }
}
