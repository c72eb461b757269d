//! The governor of one account: holds its limiters of concurrent requests, and makes those of media hosts as they are called.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::limits::{CALLS, MEDIA};
use super::priority_limiter::{LimiterStats, PriorityLimiter};
use super::quota::QuotaShare;
use super::shared_pauses::DrivePauses;
use drives::HostKey;
use media::Place;

/// The governor of one place: a limiter for its calls, one for the bodies of its uploads, and one for each host of its media.
pub struct Governor {
    calls: Arc<PriorityLimiter>,
    media: Mutex<HashMap<HostKey, Arc<PriorityLimiter>>>,
    /// Bodies of uploads ([`RequestKind::Send`](drives::RequestKind::Send)).
    sent: Arc<PriorityLimiter>,
    quota: QuotaShare,
    /// The pauses that all servers keep; `None` if this server alone uses the account.
    pauses: Option<DrivePauses>,
    chance: fn() -> f64,
}

/// Media hosts whose limiters are kept. Upstreams have a handful at a time, under names that change.
const MAX_HOSTS: usize = 64;

impl Governor {
    /// Returns the governor of an account that was just opened, and that this server alone uses.
    pub fn of_account() -> Arc<Self> {
        Governor::new(QuotaShare::whole(), None, chance)
    }

    /// Returns the governor of an account that was just opened. This server may use its share of the account's limits, and
    /// keeps the pauses that other servers were asked for.
    pub fn of_shared_account(quota: QuotaShare, pauses: DrivePauses) -> Arc<Self> {
        Governor::new(quota, Some(pauses), chance)
    }

    pub(super) fn new(
        quota: QuotaShare,
        pauses: Option<DrivePauses>,
        chance: fn() -> f64,
    ) -> Arc<Self> {
        let limiter = |limits, name: &str| {
            let pause = pauses.as_ref().map(|pauses| pauses.of(name));
            PriorityLimiter::new(limits, quota.clone(), pause, chance)
        };
        Arc::new(Governor {
            calls: limiter(&CALLS, "calls"),
            media: Mutex::default(),
            sent: limiter(&MEDIA, "sent"),
            quota,
            pauses,
            chance,
        })
    }

    pub(super) fn quota(&self) -> &QuotaShare {
        &self.quota
    }

    pub(super) fn chance(&self) -> fn() -> f64 {
        self.chance
    }

    pub(super) fn pauses(&self) -> Option<&DrivePauses> {
        self.pauses.as_ref()
    }

    pub(super) fn calls(&self) -> &Arc<PriorityLimiter> {
        &self.calls
    }

    pub(super) fn sent(&self) -> &Arc<PriorityLimiter> {
        &self.sent
    }

    pub(super) fn media(&self, host: HostKey) -> Arc<PriorityLimiter> {
        let mut hosts = self.media.lock();
        if hosts.len() >= MAX_HOSTS && !hosts.contains_key(&host) {
            hosts.retain(|_, limiter| !limiter.is_idle());
        }
        hosts
            .entry(host)
            .or_insert_with(|| {
                let pauses = self.pauses.as_ref();
                let pause = pauses.map(|pauses| pauses.of(&format!("media {host}")));
                PriorityLimiter::new(&MEDIA, self.quota.clone(), pause, self.chance)
            })
            .clone()
    }

    /// Returns the state of its limiters: that of the calls, and the sum of those of the media and of the uploads.
    pub fn stats(&self) -> [(&'static str, LimiterStats); 2] {
        let hosts = self.media.lock();
        let media =
            hosts
                .values()
                .chain([&self.sent])
                .fold(LimiterStats::default(), |all, limiter| {
                    let one = limiter.stats();
                    let sum =
                        |a: &[u64], b: &[u64]| std::array::from_fn(|index| a[index] + b[index]);
                    LimiterStats {
                        in_flight: sum(&all.in_flight, &one.in_flight),
                        waiting: sum(&all.waiting, &one.waiting),
                        paused_for: all.paused_for.max(one.paused_for),
                        pauses: all.pauses + one.pauses,
                    }
                });
        [("calls", self.calls.stats()), ("media", media)]
    }
}

/// The state of the governor of a place.
#[derive(Debug, Clone)]
pub struct PlaceStats {
    /// The place.
    pub place: Place,
    /// `calls` and `media`.
    pub limits: [(&'static str, LimiterStats); 2],
}

/// Returns a random number from 0 to 1.
fn chance() -> f64 {
    let mut random = [0u8; 2];
    // Without random numbers, the pauses have no jitter.
    let _ = getrandom::fill(&mut random);
    f64::from(u16::from_be_bytes(random)) / f64::from(u16::MAX)
}
