//! Rate limits on wrong passwords, PINs and codes of one server: a token bucket per client IP, and a slower one for all clients
//! together.
//!
//! Only wrong guesses count. An IP from which the owner is signed in uses its own bucket alone, so that
//! many guessing strangers cannot keep the owner from signing in once more.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Ten wrong guesses at once, then one every six seconds.
pub(super) const PER_IP: AttemptRate = AttemptRate {
    burst: 10.0,
    per_s: 1.0 / 6.0,
};

/// A hundred from all clients, then one every two seconds: 43,000 a day, which does not find a password
/// that is not among the first million.
pub(super) const GLOBAL: AttemptRate = AttemptRate {
    burst: 100.0,
    per_s: 0.5,
};

/// Passwords that are compared with one that was right at the same IP before, after its guesses are used up:
/// sixty at once, then one a second. Enough for all players of a household.
pub(super) const KNOWN: AttemptRate = AttemptRate {
    burst: 60.0,
    per_s: 1.0,
};

/// Limit of client IPs with a bucket of their own. Further ones use the global bucket only.
const MAX_TRACKED_IPS: usize = 10_000;

/// The rate of a token bucket.
#[derive(Clone, Copy)]
pub(super) struct AttemptRate {
    /// Attempts at once.
    pub burst: f64,
    /// Attempts per second after that.
    pub per_s: f64,
}

#[derive(Clone, Copy)]
struct AttemptBucket {
    left: f64,
    at: Instant,
}

/// Counts wrong guesses per client IP and in total.
pub(super) struct LocalAttempts {
    per_ip: AttemptRate,
    global: AttemptRate,
    inner: Mutex<Buckets>,
}

struct Buckets {
    per_ip: HashMap<IpAddr, AttemptBucket>,
    /// IPs from which the right password came.
    known: HashMap<IpAddr, AttemptBucket>,
    global: AttemptBucket,
}

impl LocalAttempts {
    /// Returns attempts with these rates for each IP and for all of them.
    pub fn with_rates(per_ip: AttemptRate, global: AttemptRate, now: Instant) -> Self {
        LocalAttempts {
            per_ip,
            global,
            inner: Mutex::new(Buckets {
                per_ip: HashMap::new(),
                known: HashMap::new(),
                global: AttemptBucket::full(global, now),
            }),
        }
    }

    /// Takes one attempt. Returns the time to wait if there is none left. `is_known` is true for an IP from
    /// which the owner is signed in.
    pub fn take(&self, from: IpAddr, is_known: bool, now: Instant) -> Result<(), Duration> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Buckets { per_ip, global, .. } = &mut *inner;
        if per_ip.len() >= MAX_TRACKED_IPS {
            per_ip.retain(|_, bucket| !bucket.is_full(self.per_ip, now));
        }
        let key = network(from);
        if per_ip.len() < MAX_TRACKED_IPS || per_ip.contains_key(&key) {
            let bucket = per_ip
                .entry(key)
                .or_insert_with(|| AttemptBucket::full(self.per_ip, now));
            bucket.take(self.per_ip, now)?;
        }
        if is_known {
            return Ok(());
        }
        global.take(self.global, now)
    }

    /// Remembers that the right password came from this IP.
    pub fn remember(&self, from: IpAddr, now: Instant) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.known.len() < MAX_TRACKED_IPS {
            let bucket = inner.known.entry(network(from));
            bucket.or_insert_with(|| AttemptBucket::full(KNOWN, now));
        }
    }

    /// Takes one comparison with the passwords that were right at this IP. Returns false if there is none, or if
    /// there were too many.
    pub fn take_known(&self, from: IpAddr, now: Instant) -> bool {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = inner.known.get_mut(&network(from));
        bucket.is_some_and(|bucket| bucket.take(KNOWN, now).is_ok())
    }

    /// Returns true if this client IP has a wrong guess on record.
    #[cfg(test)]
    pub fn has_failed(&self, from: IpAddr) -> bool {
        let inner = self.inner.lock().unwrap();
        inner.per_ip.contains_key(&network(from))
    }

    /// Gives one attempt back, and leaves the ones before on record: a client with one secret must not guess another without
    /// end.
    pub fn refund_one(&self, from: IpAddr) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = inner.per_ip.get_mut(&network(from)) {
            bucket.left = (bucket.left + 1.0).min(self.per_ip.burst);
        }
        inner.global.left = (inner.global.left + 1.0).min(self.global.burst);
    }

    /// Gives an attempt back, since the password was right.
    pub fn refund(&self, from: IpAddr) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.per_ip.remove(&network(from));
        inner.global.left = (inner.global.left + 1.0).min(self.global.burst);
    }
}

impl AttemptBucket {
    fn full(rate: AttemptRate, now: Instant) -> Self {
        AttemptBucket {
            left: rate.burst,
            at: now,
        }
    }

    fn refill(&mut self, rate: AttemptRate, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + passed * rate.per_s).min(rate.burst);
        self.at = now;
    }

    fn is_full(mut self, rate: AttemptRate, now: Instant) -> bool {
        self.refill(rate, now);
        self.left >= rate.burst
    }

    fn take(&mut self, rate: AttemptRate, now: Instant) -> Result<(), Duration> {
        self.refill(rate, now);
        if self.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.left) / rate.per_s));
        }
        self.left -= 1.0;
        Ok(())
    }
}

/// Returns the network of one household or machine: an IPv4, or the first 64 bits of an
/// IPv6.
pub(in crate::web) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            Ipv6Addr::from(network).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from(0xCB00_7100 + number).into()
    }

    #[test]
    fn one_who_guesses_waits_and_nobody_else_does() {
        let start = Instant::now();
        let attempts = LocalAttempts::with_rates(PER_IP, GLOBAL, start);
        for _ in 0..10 {
            attempts.take(stranger(1), false, start).unwrap();
        }
        let wait = attempts.take(stranger(1), false, start).unwrap_err();
        assert_eq!(wait.as_secs(), 6);
        attempts.take(stranger(2), false, start).unwrap();
        let later = start + wait;
        attempts.take(stranger(1), false, later).unwrap();
        attempts.take(stranger(1), false, later).unwrap_err();
        attempts.refund(stranger(1));
        attempts.take(stranger(1), false, later).unwrap();
    }

    #[test]
    fn a_right_pin_gives_back_one_attempt_alone() {
        let start = Instant::now();
        let attempts = LocalAttempts::with_rates(PER_IP, GLOBAL, start);
        for _ in 0..10 {
            attempts.take(stranger(1), false, start).unwrap();
        }
        attempts.refund_one(stranger(1));
        attempts.take(stranger(1), false, start).unwrap();
        attempts.take(stranger(1), false, start).unwrap_err();
    }

    #[test]
    fn a_known_ip_has_comparisons_of_its_own_and_not_without_end() {
        let start = Instant::now();
        let attempts = LocalAttempts::with_rates(PER_IP, GLOBAL, start);
        assert!(!attempts.take_known(stranger(1), start));
        attempts.remember(stranger(1), start);
        assert!(!attempts.take_known(stranger(2), start));
        let taken = (0..100)
            .filter(|_| attempts.take_known(stranger(1), start))
            .count();
        assert_eq!(taken, 60);
        let later = start + Duration::from_secs(1);
        assert!(attempts.take_known(stranger(1), later));
        assert!(!attempts.take_known(stranger(1), later));
    }

    #[test]
    fn a_crowd_is_slowed_down_and_the_owner_is_not() {
        let start = Instant::now();
        let attempts = LocalAttempts::with_rates(PER_IP, GLOBAL, start);
        for number in 0..100 {
            attempts.take(stranger(number), false, start).unwrap();
        }
        assert!(attempts.take(stranger(200), false, start).is_err());
        attempts.take(stranger(201), true, start).unwrap();
        let later = start + Duration::from_secs(2);
        attempts.take(stranger(202), false, later).unwrap();
        attempts.take(stranger(203), false, later).unwrap_err();
    }

    #[test]
    fn memory_for_addresses_is_bounded() {
        let start = Instant::now();
        let attempts = LocalAttempts::with_rates(PER_IP, GLOBAL, start);
        for number in 0..12_000u32 {
            let _ = attempts.take(stranger(number), true, start);
        }
        let known = || attempts.inner.lock().unwrap().per_ip.len();
        assert_eq!(known(), MAX_TRACKED_IPS);
        let later = start + Duration::from_secs(60);
        attempts.take(stranger(20_000), true, later).unwrap();
        assert_eq!(known(), 1);
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let at = |text: &str| network(text.parse().unwrap());
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:203.0.113.9"), at("203.0.113.9"));
    }
}
