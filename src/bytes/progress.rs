//! The progress of a fetch, by which read-ahead decides what to fetch next.

use std::time::Duration;

/// The state of a single-block object in the memory cache.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CacheStatus {
    /// Neither cached nor being fetched.
    Absent,
    /// Being fetched for a reader.
    Fetching(FetchProgress),
    /// Completely cached.
    Cached,
}

/// The progress of a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FetchProgress {
    /// Bytes since the first ones, which arrived after a wait that is no measure of the rate.
    pub bytes: u64,
    /// The time since then in which the upstream was waited for. Time in which no reader requested anything
    /// does not count: a slow viewer is not a slow upstream.
    pub waited: Duration,
}

impl FetchProgress {
    /// Returns the upstream's rate in bytes per second, or `None` before enough was measured.
    pub fn bytes_per_s(&self) -> Option<f64> {
        let enough = self.waited >= MIN_MEASURED_WAIT || self.bytes >= MIN_MEASURED_BYTES;
        enough.then(|| self.bytes as f64 / self.waited.as_secs_f64().max(0.001))
    }
}

/// A rate is measured over this much waiting, or this many bytes that arrived without any.
const MIN_MEASURED_WAIT: Duration = Duration::from_millis(300);
const MIN_MEASURED_BYTES: u64 = 512 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_told_when_there_is_enough_to_tell() {
        let progress = |bytes, ms| FetchProgress {
            bytes,
            waited: Duration::from_millis(ms),
        };
        assert_eq!(progress(1000, 100).bytes_per_s(), None);
        assert_eq!(progress(100_000, 500).bytes_per_s(), Some(200_000.0));
        // Much arrived without any waiting.
        assert!(progress(1 << 20, 0).bytes_per_s().unwrap() > 1e8);
    }
}
