//! Guesses of one secret, at this server or at all servers on one state. Where several may use the state, the buckets are in
//! the database: an attacker has no more guesses with three servers than with one. What was right at an IP before is
//! remembered in memory alone, since the state must not hold a fast hash of a password.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::attempts::{AttemptRate, GLOBAL, KNOWN, LocalAttempts, PER_IP, network};
use super::{AuthError, not_stored};
use crate::store::{AttemptBucketSize, SharedLimits, Store, StoreError};

/// Limits the guesses of one secret, by client IP and in total.
pub(super) struct AttemptLimiter {
    /// The name of the secret in the state.
    secret: &'static str,
    per_ip: AttemptRate,
    global: AttemptRate,
    local: LocalAttempts,
    shared: Option<SharedLimits>,
}

impl AttemptLimiter {
    /// Returns the limiter of passwords or PINs.
    pub fn new(secret: &'static str, store: &Store) -> Self {
        Self::with_rates(secret, PER_IP, GLOBAL, store)
    }

    /// Returns a limiter with these rates for each IP and for all of them.
    pub fn with_rates(
        secret: &'static str,
        per_ip: AttemptRate,
        global: AttemptRate,
        store: &Store,
    ) -> Self {
        AttemptLimiter {
            secret,
            per_ip,
            global,
            local: LocalAttempts::with_rates(per_ip, global, Instant::now()),
            shared: store.shared_limits(),
        }
    }

    /// Takes one attempt. `is_known` is true for an IP from which the owner is signed in.
    ///
    /// # Errors
    ///
    /// `Wait` with the time to wait if there is none left, `NotStored` or `Failed` if the state cannot be reached.
    pub async fn take(&self, from: IpAddr, is_known: bool) -> Result<(), AuthError> {
        let Some(shared) = &self.shared else {
            let taken = self.local.take(from, is_known, Instant::now());
            return taken.map_err(AuthError::Wait);
        };
        take(shared, &self.bucket_of(from), self.per_ip).await?;
        match is_known {
            true => Ok(()),
            false => take(shared, self.secret, self.global).await,
        }
    }

    /// Remembers that the right password came from this IP.
    pub fn remember(&self, from: IpAddr) {
        self.local.remember(from, Instant::now());
    }

    /// Takes one comparison with the passwords that were right at this IP. Returns false if there is none, or if
    /// there were too many.
    pub async fn take_known(&self, from: IpAddr) -> bool {
        if !self.local.take_known(from, Instant::now()) {
            return false;
        }
        match &self.shared {
            None => true,
            Some(shared) => {
                let bucket = format!("known {}", self.bucket_of(from));
                take(shared, &bucket, KNOWN).await.is_ok()
            }
        }
    }

    /// Gives one attempt back, and leaves the ones before on record: a client with one secret must not guess another without
    /// end.
    pub async fn refund_one(&self, from: IpAddr) {
        let Some(shared) = &self.shared else {
            return self.local.refund_one(from);
        };
        let bucket = self.bucket_of(from);
        let refunded = shared.refund_attempt(&bucket, size(self.per_ip)).await;
        log_loss(refunded);
        self.refund_global(shared).await;
    }

    /// Gives an attempt back, since the password was right.
    pub async fn refund(&self, from: IpAddr) {
        let Some(shared) = &self.shared else {
            return self.local.refund(from);
        };
        log_loss(shared.fill_attempts(&self.bucket_of(from)).await);
        self.refund_global(shared).await;
    }

    async fn refund_global(&self, shared: &SharedLimits) {
        let refunded = shared.refund_attempt(self.secret, size(self.global)).await;
        log_loss(refunded);
    }

    /// Returns true if this client IP has a wrong guess on record here.
    #[cfg(test)]
    pub fn has_failed(&self, from: IpAddr) -> bool {
        self.local.has_failed(from)
    }

    fn bucket_of(&self, from: IpAddr) -> String {
        format!("{} {}", self.secret, network(from))
    }
}

async fn take(shared: &SharedLimits, bucket: &str, rate: AttemptRate) -> Result<(), AuthError> {
    let taken = shared.take_attempt(bucket, size(rate)).await;
    taken.map_err(not_stored)?.map_err(AuthError::Wait)
}

fn size(rate: AttemptRate) -> AttemptBucketSize {
    AttemptBucketSize {
        burst: rate.burst as u32,
        interval: Duration::from_secs_f64(1.0 / rate.per_s),
    }
}

/// Logs that an attempt stays taken: the client of a right password has one less for a while.
fn log_loss(refunded: Result<(), StoreError>) {
    if let Err(error) = refunded {
        tracing::debug!(%error, "an attempt could not be given back");
    }
}
