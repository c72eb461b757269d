//! How far the fetch of an object is, for whoever decides what to fetch next.

use std::sync::{PoisonError, Weak};
use std::time::Duration;

use super::block::BlockKey;
use super::engine::Engine;

/// Where the bytes of an object that is one block are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CacheStatus {
    /// Nowhere here.
    Absent,
    /// On their way, because somebody reads them.
    Fetching(FetchProgress),
    /// All of them are kept.
    Cached,
}

/// How a fetch goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FetchProgress {
    /// Bytes since the first ones, which came after a wait that says nothing about the speed.
    pub bytes: u64,
    /// The part of the time since then in which the upstream was waited for. Time in which its readers
    /// wanted nothing does not count: a slow viewer is not a slow upstream.
    pub waited: Duration,
}

impl FetchProgress {
    /// Bytes a second that the upstream brings, once there is enough to tell.
    pub fn bytes_per_s(&self) -> Option<f64> {
        let enough = self.waited >= MIN_MEASURED_WAIT || self.bytes >= MIN_MEASURED_BYTES;
        enough.then(|| self.bytes as f64 / self.waited.as_secs_f64().max(0.001))
    }
}

/// What is judged on: so much waiting, or so many bytes that came without any.
const MIN_MEASURED_WAIT: Duration = Duration::from_millis(300);
const MIN_MEASURED_BYTES: u64 = 512 << 10;

impl Engine {
    /// Where the bytes are of the object of this ETag, which is one block.
    pub fn cache_status(&self, etag: &str) -> CacheStatus {
        let parts = self.parts();
        let key = BlockKey {
            object: etag.into(),
            index: 0,
        };
        if parts.cache.contains_key(&key) {
            return CacheStatus::Cached;
        }
        let runs = parts.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let arriving = runs
            .get(etag)
            .into_iter()
            .flatten()
            .filter_map(Weak::upgrade)
            .find_map(|run| run.progress());
        match arriving {
            Some(progress) => CacheStatus::Fetching(progress),
            None => CacheStatus::Absent,
        }
    }
}

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
        // Much came without any waiting.
        assert!(progress(1 << 20, 0).bytes_per_s().unwrap() > 1e8);
    }
}
