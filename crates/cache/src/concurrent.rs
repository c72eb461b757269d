//! The cache for tasks, which wait for loads without blocking a thread.

use std::borrow::Borrow;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use moka::Entry;
use moka::ops::compute::{CompResult, Op};

use crate::builder::Settings;
use crate::erased::{CacheKey, CacheValue, ErasedLookup, LoadError, TypedLookup};
use crate::{Cached, Key};

type ErasedLoad<'a> = BoxFuture<'a, Result<CacheValue, LoadError>>;

/// A cache whose loads are futures. Clones share their entries.
pub struct Cache<K, V> {
    entries: TaskEntries,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Cache {
            entries: self.entries.clone(),
            types: PhantomData,
        }
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

impl<K: Key, V: Cached> Cache<K, V> {
    /// Makes a cache of at most `max` entries.
    pub fn new(max: u64) -> Self {
        Self::builder().max_capacity(max).build()
    }

    /// Returns the settings of a new cache.
    pub fn builder() -> Settings<Self, K, V> {
        Settings::new()
    }

    /// Returns the value of a key; `None` if there is none.
    pub async fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized,
    {
        let key = TypedLookup::<K, Q>::new(key);
        let found = self.entries.get(ErasedLookup(&key)).await;
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
    pub async fn insert(&self, key: K, value: V) {
        let (key, value) = (CacheKey::new(key), CacheValue::new(value));
        self.entries.insert(key, value).await;
    }

    /// Drops the value of a key.
    pub async fn invalidate<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized,
    {
        self.remove(key).await;
    }

    /// Drops the value of a key and returns it; `None` if there is none.
    pub async fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized,
    {
        let key = TypedLookup::<K, Q>::new(key);
        let removed = self.entries.remove(ErasedLookup(&key)).await;
        removed.map(CacheValue::cloned)
    }

    /// Drops all values.
    pub fn invalidate_all(&self) {
        self.entries.0.invalidate_all();
    }

    /// Drops the values of all keys for which `is_stale` returns true.
    pub async fn invalidate_if(&self, is_stale: impl Fn(&K) -> bool) {
        let keys = self.entries.0.iter().map(|(key, _)| key);
        let stale: Vec<_> = keys.filter(|key| is_stale(key.get())).collect();
        for key in stale {
            self.entries.0.invalidate(key.as_ref()).await;
        }
    }

    /// Returns true if there is a key for which `is_meant` returns true.
    pub fn any_key(&self, is_meant: impl Fn(&K) -> bool) -> bool {
        self.entries.0.iter().any(|(key, _)| is_meant(key.get()))
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
    pub async fn run_pending_tasks(&self) {
        self.entries.settle().await;
    }

    /// Returns the value of a key, or stores that of `load`. Concurrent callers share one load (single-flight).
    ///
    /// # Errors
    ///
    /// Returns the error of the load to all callers, and stores nothing.
    pub async fn try_get_with<E>(
        &self,
        key: K,
        load: impl Future<Output = Result<V, E>> + Send,
    ) -> Result<V, Arc<E>>
    where
        E: Send + Sync + 'static,
    {
        let load = Box::pin(erased(load));
        let found = self.entries.try_get_with(CacheKey::new(key), load).await;
        found
            .map(CacheValue::cloned)
            .map_err(|error| error.get().expect(ONE_ERROR))
    }

    /// Returns the value of a key, or stores that of `load` if there is none, or one that `is_stale`. Concurrent callers
    /// wait for each other.
    ///
    /// # Errors
    ///
    /// Returns the error of the load. The stored value stays.
    pub async fn replace_with<E>(
        &self,
        key: K,
        is_stale: impl FnOnce(&V) -> bool + Send,
        load: impl Future<Output = Result<V, E>> + Send,
    ) -> Result<V, E>
    where
        E: Clone + Send + Sync + 'static,
    {
        let is_stale = Box::new(|value: &CacheValue| is_stale(value.get()));
        let load = Box::pin(erased(load));
        let replaced = self
            .entries
            .replace_with(CacheKey::new(key), is_stale, load)
            .await;
        replaced
            .map(CacheValue::cloned)
            .map_err(|error| Arc::unwrap_or_clone(error.get().expect(ONE_ERROR)))
    }
}

impl<K: Key, V: Cached> Settings<Cache<K, V>, K, V> {
    /// Makes the cache.
    pub fn build(self) -> Cache<K, V> {
        Cache {
            entries: TaskEntries(self.task_cache()),
            types: PhantomData,
        }
    }
}

/// The invariant of errors: loads of one cache fail with one type.
const ONE_ERROR: &str = "the loads of a cache have one type of errors";

async fn erased<V: Cached, E: Send + Sync + 'static>(
    load: impl Future<Output = Result<V, E>>,
) -> Result<CacheValue, LoadError> {
    load.await.map(CacheValue::new).map_err(LoadError::new)
}

/// moka's cache. These methods have no parameters of types, so they are compiled once.
#[derive(Clone)]
struct TaskEntries(moka::future::Cache<CacheKey, CacheValue>);

impl TaskEntries {
    async fn get(&self, key: ErasedLookup<'_>) -> Option<CacheValue> {
        self.0.get(&key).await
    }

    fn contains(&self, key: &ErasedLookup<'_>) -> bool {
        self.0.contains_key(key)
    }

    async fn insert(&self, key: CacheKey, value: CacheValue) {
        self.0.insert(key, value).await;
    }

    async fn remove(&self, key: ErasedLookup<'_>) -> Option<CacheValue> {
        self.0.remove(&key).await
    }

    async fn settle(&self) {
        self.0.run_pending_tasks().await;
    }

    async fn try_get_with(
        &self,
        key: CacheKey,
        load: ErasedLoad<'_>,
    ) -> Result<CacheValue, LoadError> {
        let found = self.0.try_get_with(key, load).await;
        found.map_err(|error| LoadError::clone(&error))
    }

    async fn replace_with(
        &self,
        key: CacheKey,
        is_stale: Box<dyn FnOnce(&CacheValue) -> bool + Send + '_>,
        load: ErasedLoad<'_>,
    ) -> Result<CacheValue, LoadError> {
        let replace = |known: Option<Entry<CacheKey, CacheValue>>| async move {
            match known {
                Some(known) if !is_stale(known.value()) => Ok(Op::Nop),
                _ => load.await.map(Op::Put),
            }
        };
        match self.0.entry(key).and_try_compute_with(replace).await? {
            CompResult::Inserted(entry)
            | CompResult::ReplacedWith(entry)
            | CompResult::Unchanged(entry)
            | CompResult::Removed(entry) => Ok(entry.into_value()),
            CompResult::StillNone(_) => unreachable!("without a value, one is put"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn values_are_found_by_borrowed_keys() {
        let cache: Cache<String, Arc<str>> = Cache::new(10);
        cache.insert("film".to_owned(), "one".into()).await;
        assert_eq!(cache.get("film").await.as_deref(), Some("one"));
        assert!(cache.contains_key("film") && !cache.contains_key("song"));
        assert_eq!(cache.remove("film").await.as_deref(), Some("one"));
        assert_eq!(cache.get("film").await, None);
    }

    #[tokio::test]
    async fn a_failed_load_stores_nothing() {
        let cache: Cache<u8, u8> = Cache::new(10);
        let failed = cache.try_get_with(1, async { Err("no") }).await;
        assert_eq!(failed, Err(Arc::new("no")));
        let loaded = cache.try_get_with(1, async { Ok::<_, &str>(5) }).await;
        assert_eq!(loaded, Ok(5));
        let known = cache.try_get_with(1, async { Err("no") }).await;
        assert_eq!(known, Ok(5));
    }

    #[tokio::test]
    async fn only_stale_values_are_replaced() {
        let cache: Cache<&str, u8> = Cache::new(10);
        let load = |value: u8| async move { Ok::<_, u16>(value) };
        let replace = async |stale, value| {
            cache
                .replace_with("film", move |known| *known == stale, load(value))
                .await
        };
        assert_eq!(replace(0, 1).await, Ok(1));
        assert_eq!(replace(0, 2).await, Ok(1));
        assert_eq!(replace(1, 3).await, Ok(3));
        let failed = cache.replace_with("film", |_| true, async { Err(404_u16) });
        assert_eq!(failed.await, Err(404));
        assert_eq!(cache.get("film").await, Some(3));
    }

    #[tokio::test]
    async fn weights_and_lifetimes_are_those_of_the_values() {
        let cache: Cache<u32, Vec<u8>> = Cache::builder()
            .weigher(|_, value: &Vec<u8>| value.len() as u32)
            .max_capacity(10)
            .build();
        for key in 0..5 {
            cache.insert(key, vec![0; 4]).await;
            cache.run_pending_tasks().await;
        }
        assert_eq!(cache.entry_count(), 2);
        let cache: Cache<u32, Duration> = Cache::builder()
            .time_to_live_by(|value: &Duration| *value)
            .build();
        cache.insert(1, Duration::ZERO).await;
        cache.insert(2, Duration::from_secs(60)).await;
        assert_eq!(cache.get(&1).await, None);
        assert!(cache.get(&2).await.is_some());
        cache.invalidate_if(|key| *key == 2).await;
        assert_eq!(cache.get(&2).await, None);
    }
}
