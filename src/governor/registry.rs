//! The governors of all places, and their limiters.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::limits::{CALLS, MEDIA};
use super::priority_limiter::{LimiterStats, PriorityLimiter};
use drives::HostKey;
use media::Place;

/// The governor of one place: a limiter for its calls, and one for each host of its media.
pub struct Governor {
    calls: Arc<PriorityLimiter>,
    media: Mutex<HashMap<HostKey, Arc<PriorityLimiter>>>,
    /// Bodies of uploads.
    sent: Arc<PriorityLimiter>,
    chance: fn() -> f64,
}

/// Media hosts whose limiters are kept. Upstreams have a handful at a time, under names that change.
const MAX_HOSTS: usize = 64;

impl Governor {
    pub(super) fn new(chance: fn() -> f64) -> Arc<Self> {
        Arc::new(Governor {
            calls: PriorityLimiter::new(&CALLS, chance),
            media: Mutex::default(),
            sent: PriorityLimiter::new(&MEDIA, chance),
            chance,
        })
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
            .or_insert_with(|| PriorityLimiter::new(&MEDIA, self.chance))
            .clone()
    }

    /// Returns the state of its limiters: that of the calls, and the sum of those of the media.
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

/// All governors, one per place. Clones share them.
#[derive(Clone, Default)]
pub struct Governors {
    places: Arc<Mutex<GovernorMap>>,
}

#[derive(Default)]
struct GovernorMap {
    governors: HashMap<Place, Arc<Governor>>,
    /// Places that use the governor of another one.
    shared: HashMap<Place, Place>,
}

/// The state of a place's governor.
#[derive(Debug, Clone)]
pub struct PlaceStats {
    /// The place.
    pub place: Place,
    /// `calls` and `media`.
    pub gates: [(&'static str, LimiterStats); 2],
}

impl Governors {
    /// Returns the governor of a place.
    pub fn of(&self, place: &Place) -> Arc<Governor> {
        let mut places = self.lock();
        let place = places.shared.get(place).unwrap_or(place);
        match places.governors.get(place) {
            Some(known) => known.clone(),
            None => {
                let (place, new) = (place.clone(), Governor::new(chance));
                places.governors.insert(place, new.clone());
                new
            }
        }
    }

    /// Makes `place` use `account`'s limiter, because both reach the same upstream account.
    pub fn alias(&self, place: &Place, account: &Place) {
        let mut places = self.lock();
        places.governors.remove(place);
        places.shared.insert(place.clone(), account.clone());
    }

    fn lock(&self) -> MutexGuard<'_, GovernorMap> {
        self.places.lock()
    }

    /// Removes the governor of a place.
    pub fn forget(&self, place: &Place) {
        let mut places = self.lock();
        places.governors.remove(place);
        places.shared.remove(place);
    }

    /// Returns the state of all governors, sorted by place.
    pub fn stats(&self) -> Vec<PlaceStats> {
        let places = self.lock();
        let mut figures: Vec<PlaceStats> = places
            .governors
            .iter()
            .map(|(place, governor)| PlaceStats {
                place: place.clone(),
                gates: governor.stats(),
            })
            .collect();
        figures.sort_by(|a, b| a.place.as_str().cmp(b.place.as_str()));
        figures
    }
}

/// Returns a random number from 0 to 1.
fn chance() -> f64 {
    let mut random = [0u8; 2];
    // Without random numbers, the pauses have no jitter.
    let _ = getrandom::fill(&mut random);
    f64::from(u16::from_be_bytes(random)) / f64::from(u16::MAX)
}
