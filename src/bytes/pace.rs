//! The pace of one connection: finds out that it is far slower than its film, while other connections may not be.

use std::time::Duration;

/// The time of waiting after which a connection is judged.
const JUDGED_WAIT: Duration = Duration::from_secs(5);

/// A connection slower than this fraction of its film's rate is far too slow.
const SLOW_FRACTION: f64 = 0.125;

/// Limits of that rate in bytes per second: a slow upstream is not a broken connection. The first also counts for
/// contents of unknown rate.
const MIN_SLOW_BYTES_PER_S: f64 = 4096.0;
const MAX_SLOW_BYTES_PER_S: f64 = 32_768.0;

/// Connections that are opened in the place of slow ones, one after the other, before the upstream counts as slow.
const MAX_REOPENED: u32 = 3;

/// Measures the connections of one reader.
pub(super) struct PaceMonitor {
    /// Below this rate, a connection is too slow.
    slow_bytes_per_s: f64,
    bytes: u64,
    waited: Duration,
    /// Slow connections in a row.
    reopened: u32,
}

impl PaceMonitor {
    /// Creates a monitor of connections that bring a content with this rate; `None` if it is unknown.
    pub fn new(film_bytes_per_s: Option<f64>) -> Self {
        let slow = film_bytes_per_s.map_or(0.0, |rate| rate * SLOW_FRACTION);
        PaceMonitor {
            slow_bytes_per_s: slow.clamp(MIN_SLOW_BYTES_PER_S, MAX_SLOW_BYTES_PER_S),
            bytes: 0,
            waited: Duration::ZERO,
            reopened: 0,
        }
    }

    /// Returns the time that may be waited for the next bytes until the connection is judged. `None` after several
    /// slow connections: another one would not help.
    pub fn until_judged(&self) -> Option<Duration> {
        (self.reopened < MAX_REOPENED).then(|| JUDGED_WAIT.saturating_sub(self.waited))
    }

    /// Records bytes and the time for which they were waited for. Returns true if the connection is far too slow.
    pub fn is_too_slow(&mut self, bytes: u64, waited: Duration) -> bool {
        self.bytes += bytes;
        self.waited += waited;
        if self.waited < JUDGED_WAIT {
            return false;
        }
        let bytes_per_s = self.bytes as f64 / self.waited.as_secs_f64();
        self.begin();
        if bytes_per_s >= self.slow_bytes_per_s {
            self.reopened = 0;
            return false;
        }
        let is_too_slow = self.reopened < MAX_REOPENED;
        self.reopened = (self.reopened + 1).min(MAX_REOPENED);
        is_too_slow
    }

    /// Begins to measure anew, with a new connection.
    pub fn begin(&mut self) {
        (self.bytes, self.waited) = (0, Duration::ZERO);
    }

    /// Never judges again: a new connection would bring all bytes once more.
    pub fn give_up(&mut self) {
        self.reopened = MAX_REOPENED;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_judged_by_its_film_after_some_waiting() {
        let second = Duration::from_secs(1);
        // 100 KB/s are an eighth of a film of 800 KB/s, but no broken connection.
        for (film, bytes_per_s, expected) in [
            (Some(800_000.0), 100_000, false),
            (Some(800_000.0), 30_000, true),
            (Some(80_000.0), 9_000, true),
            (Some(80_000.0), 11_000, false),
            (None, 4_000, true),
            (None, 5_000, false),
        ] {
            let mut pace = PaceMonitor::new(film);
            let judged: Vec<bool> = (0..5)
                .map(|_| pace.is_too_slow(bytes_per_s, second))
                .collect();
            assert_eq!(
                judged,
                [false, false, false, false, expected],
                "{film:?} {bytes_per_s}"
            );
        }
    }

    #[test]
    fn a_slow_upstream_is_accepted_in_the_end_and_time_without_waiting_does_not_count() {
        let mut pace = PaceMonitor::new(None);
        let judged: Vec<bool> = (0..5).map(|_| pace.is_too_slow(1, JUDGED_WAIT)).collect();
        assert_eq!(judged, [true, true, true, false, false]);
        assert_eq!(pace.until_judged(), None);
        // A good one in between is a new beginning.
        assert!(!pace.is_too_slow(1 << 20, JUDGED_WAIT));
        assert_eq!(pace.until_judged(), Some(JUDGED_WAIT));
        assert!(!pace.is_too_slow(1, Duration::ZERO));
        assert!(pace.is_too_slow(1, JUDGED_WAIT));
    }
}
