//! The cache for code that does not wait.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use crate::builder::Settings;
use crate::erased::{CacheKey, CacheValue, ErasedLookup, TypedLookup};
use crate::{Cached, Key};

/// A cache whose methods block until they are done. Clones share their entries.
pub struct SyncCache<K, V> {
    entries: SyncEntries,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for SyncCache<K, V> {
    fn clone(&self) -> Self {
        SyncCache {
            entries: self.entries.clone(),
            types: PhantomData,
        }
    }
}

impl<K, V> fmt::Debug for SyncCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncCache").finish_non_exhaustive()
    }
}

impl<K: Key, V: Cached> SyncCache<K, V> {
    /// Makes a cache of at most `max` entries.
    pub fn new(max: u64) -> Self {
        Self::builder().max_capacity(max).build()
    }

    /// Returns the settings of a new cache.
    pub fn builder() -> Settings<Self, K, V> {
        Settings::new()
    }

    /// Returns the value of a key; `None` if there is none.
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized,
    {
        let found = self
            .entries
            .get(&ErasedLookup(&TypedLookup::<K, Q>::new(key)));
        found.map(CacheValue::cloned)
    }

    /// Returns true if there is a value of the key. This does not count as a read.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized,
    {
        self.entries
            .contains(&ErasedLookup(&TypedLookup::<K, Q>::new(key)))
    }

    /// Stores a value, in place of the one that the key has.
    pub fn insert(&self, key: K, value: V) {
        self.entries
            .insert(CacheKey::new(key), CacheValue::new(value));
    }

    /// Drops the value of a key.
    pub fn invalidate<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized,
    {
        self.entries
            .invalidate(&ErasedLookup(&TypedLookup::<K, Q>::new(key)));
    }

    /// Drops all values.
    pub fn invalidate_all(&self) {
        self.entries.0.invalidate_all();
    }

    /// Returns all entries.
    pub fn entries(&self) -> impl Iterator<Item = (K, V)>
    where
        K: Clone,
    {
        let entries = self.entries.0.iter();
        entries.map(|(key, value)| (key.get::<K>().clone(), value.cloned()))
    }

    /// Returns the number of entries. It may be late by some changes.
    pub fn entry_count(&self) -> u64 {
        self.entries.0.entry_count()
    }

    /// Returns the weight of all entries. It may be late by some changes.
    pub fn weighted_size(&self) -> u64 {
        self.entries.0.weighted_size()
    }

    /// Applies all changes to the counts and limits.
    pub fn run_pending_tasks(&self) {
        self.entries.0.run_pending_tasks();
    }

    /// Returns the value of a key, or stores that of `load`, which runs once for concurrent callers.
    pub fn get_with(&self, key: K, load: impl FnOnce() -> V) -> V {
        let mut load = Some(load);
        let mut load = || {
            let load = load.take().expect("a load runs once");
            CacheValue::new(load())
        };
        self.entries
            .get_with(CacheKey::new(key), &mut load)
            .cloned()
    }

    /// Stores a value if the key has none. Returns true if it did.
    pub fn insert_new(&self, key: K, value: V) -> bool {
        self.entries
            .insert_new(CacheKey::new(key), CacheValue::new(value))
    }
}

impl<K: Key, V: Cached> Settings<SyncCache<K, V>, K, V> {
    /// Makes the cache.
    pub fn build(self) -> SyncCache<K, V> {
        SyncCache {
            entries: SyncEntries(self.sync_cache()),
            types: PhantomData,
        }
    }
}

/// moka's cache. These methods have no parameters of types, so they are compiled once.
#[derive(Clone)]
struct SyncEntries(moka::sync::Cache<CacheKey, CacheValue>);

impl SyncEntries {
    fn get(&self, key: &ErasedLookup<'_>) -> Option<CacheValue> {
        self.0.get(key)
    }

    fn contains(&self, key: &ErasedLookup<'_>) -> bool {
        self.0.contains_key(key)
    }

    fn insert(&self, key: CacheKey, value: CacheValue) {
        self.0.insert(key, value);
    }

    fn invalidate(&self, key: &ErasedLookup<'_>) {
        self.0.invalidate(key);
    }

    fn get_with(&self, key: CacheKey, load: &mut dyn FnMut() -> CacheValue) -> CacheValue {
        self.0.get_with(key, load)
    }

    fn insert_new(&self, key: CacheKey, value: CacheValue) -> bool {
        self.0.entry(key).or_insert(value).is_fresh()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_loaded_once() {
        let cache: SyncCache<String, u8> = SyncCache::new(10);
        assert_eq!(cache.get_with("a".to_owned(), || 1), 1);
        assert_eq!(cache.get_with("a".to_owned(), || 2), 1);
        assert_eq!(cache.get("a"), Some(1));
        assert!(!cache.insert_new("a".to_owned(), 3) && cache.insert_new("b".to_owned(), 4));
        let mut all: Vec<_> = cache.entries().collect();
        all.sort();
        assert_eq!(all, [("a".to_owned(), 1), ("b".to_owned(), 4)]);
        cache.invalidate("a");
        assert!(!cache.contains_key("a") && cache.contains_key("b"));
        cache.invalidate_all();
        assert_eq!(cache.get("b"), None);
    }
}
