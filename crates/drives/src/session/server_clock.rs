//! The clock of an upstream, as the `Date` of its replies reports it: what is signed over the time goes by it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use http::HeaderMap;
use http::header::DATE;

use crate::{Clock, FactArgument, FactText, FactValue};

/// Clocks that differ by less are taken for equal: replies take a while to arrive, and dates have whole seconds.
const MIN_SKEW_S: i64 = 30;
/// Clocks that differ by more are reported.
const MIN_REPORTED_SKEW_S: i64 = 60;

/// The difference between an upstream's clock and ours.
pub(crate) struct ServerClock {
    clock: Clock,
    /// Seconds by which the upstream's clock is ahead of ours.
    skew_s: AtomicI64,
}

impl ServerClock {
    /// Returns a clock that agrees with ours until a reply says otherwise.
    pub(crate) fn new(clock: Clock) -> Self {
        ServerClock {
            clock,
            skew_s: AtomicI64::new(0),
        }
    }

    /// Records the time of a reply.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        let Some(date) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
            return;
        };
        let seconds = |wait: Duration| i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
        let skew = match date.duration_since(self.clock.now()) {
            Ok(ahead) => seconds(ahead),
            Err(behind) => -seconds(behind.duration()),
        };
        let skew = if skew.abs() > MIN_SKEW_S { skew } else { 0 };
        self.skew_s.store(skew, Ordering::Relaxed);
    }

    /// Returns the seconds by which the upstream's clock is ahead of ours.
    pub(crate) fn skew_s(&self) -> i64 {
        self.skew_s.load(Ordering::Relaxed)
    }

    /// Returns true if the difference is another one than `skew_s` by now.
    pub(crate) fn differs_from(&self, skew_s: i64) -> bool {
        (self.skew_s() - skew_s).abs() > MIN_SKEW_S
    }

    /// Returns the upstream's time in seconds since 1970, by that difference.
    pub(crate) fn unix_s(&self, skew_s: i64) -> u64 {
        self.clock.unix_s().saturating_add_signed(skew_s)
    }

    /// Returns true if the clocks differ by more than a minute.
    pub(crate) fn is_off(&self) -> bool {
        self.skew_s().abs() > MIN_REPORTED_SKEW_S
    }

    /// Returns the difference as a fact for the account page; `None` if it is small.
    pub(crate) fn fact(&self) -> Option<(String, FactValue)> {
        let skew = Some(self.skew_s()).filter(|_| self.is_off())?;
        let pattern = match skew > 0 {
            true => {
                "this machine’s is about {minutes} min behind the service’s; signatures go by the service’s"
            }
            false => {
                "this machine’s is about {minutes} min ahead of the service’s; signatures go by the service’s"
            }
        };
        let minutes = FactArgument::Count(skew.unsigned_abs().div_ceil(60));
        let value = FactText::new(pattern).with("minutes", minutes);
        Some(("Clock".to_owned(), value.into()))
    }
}
