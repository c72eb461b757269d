//! Makes caches.

use std::marker::PhantomData;
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;

use crate::erased::{CacheKey, CacheValue};
use crate::{Cached, Key};

/// Applies the settings to a builder of moka's. Those of both kinds have the same methods and no common trait.
macro_rules! build {
    ($settings:ident, $builder:expr) => {{
        let mut builder = $builder.eviction_policy($settings.policy());
        if let Some(max) = $settings.max_capacity {
            builder = builder.max_capacity(max);
        }
        if let Some(weigher) = $settings.weigher {
            builder = builder.weigher(weigher);
        }
        if let Some(ttl) = $settings.time_to_live {
            builder = builder.time_to_live(ttl);
        }
        if let Some(tti) = $settings.time_to_idle {
            builder = builder.time_to_idle(tti);
        }
        if let Some(lifetime) = $settings.lifetime {
            builder = builder.expire_after(ByValue(lifetime));
        }
        builder.build()
    }};
}

/// The types of a cache, its keys and its values, of which settings hold none.
type Types<C, K, V> = fn() -> (C, K, V);
type Weigher = Box<dyn Fn(&CacheKey, &CacheValue) -> u32 + Send + Sync>;
type Lifetime = Box<dyn Fn(&CacheValue) -> Duration + Send + Sync>;

/// The settings of a cache `C`, of which all are optional.
pub struct Settings<C, K, V> {
    max_capacity: Option<u64>,
    weigher: Option<Weigher>,
    time_to_live: Option<Duration>,
    time_to_idle: Option<Duration>,
    lifetime: Option<Lifetime>,
    is_lru: bool,
    types: PhantomData<Types<C, K, V>>,
}

impl<C, K: Key, V: Cached> Settings<C, K, V> {
    pub(crate) fn new() -> Self {
        Settings {
            max_capacity: None,
            weigher: None,
            time_to_live: None,
            time_to_idle: None,
            lifetime: None,
            is_lru: false,
            types: PhantomData,
        }
    }

    /// Sets the upper limit for the number of entries, or for their weight if there is a weigher.
    pub fn max_capacity(mut self, max: u64) -> Self {
        self.max_capacity = Some(max);
        self
    }

    /// Sets the weight of an entry.
    pub fn weigher(mut self, weigh: impl Fn(&K, &V) -> u32 + Send + Sync + 'static) -> Self {
        self.weigher = Some(Box::new(move |key, value| weigh(key.get(), value.get())));
        self
    }

    /// Sets the time after which an entry is dropped.
    pub fn time_to_live(mut self, ttl: Duration) -> Self {
        self.time_to_live = Some(ttl);
        self
    }

    /// Sets the time without a read after which an entry is dropped.
    pub fn time_to_idle(mut self, tti: Duration) -> Self {
        self.time_to_idle = Some(tti);
        self
    }

    /// Sets a time to live that depends on the value.
    pub fn time_to_live_by(mut self, ttl: impl Fn(&V) -> Duration + Send + Sync + 'static) -> Self {
        self.lifetime = Some(Box::new(move |value| ttl(value.get())));
        self
    }

    /// Drops the least recently used entry of a full cache, however often the others are used.
    pub fn lru(mut self) -> Self {
        self.is_lru = true;
        self
    }

    /// Makes a cache of moka's for tasks.
    pub(crate) fn task_cache(self) -> moka::future::Cache<CacheKey, CacheValue> {
        build!(self, moka::future::Cache::builder())
    }

    /// Makes a cache of moka's for code that does not wait.
    pub(crate) fn sync_cache(self) -> moka::sync::Cache<CacheKey, CacheValue> {
        build!(self, moka::sync::Cache::builder())
    }

    fn policy(&self) -> EvictionPolicy {
        match self.is_lru {
            true => EvictionPolicy::lru(),
            false => EvictionPolicy::default(),
        }
    }
}

/// A time to live that depends on the value, from the creation and from each update.
struct ByValue(Lifetime);

impl moka::Expiry<CacheKey, CacheValue> for ByValue {
    fn expire_after_create(
        &self,
        _: &CacheKey,
        value: &CacheValue,
        _: Instant,
    ) -> Option<Duration> {
        Some((self.0)(value))
    }

    fn expire_after_update(
        &self,
        _: &CacheKey,
        value: &CacheValue,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some((self.0)(value))
    }
}
