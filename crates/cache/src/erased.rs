//! Keys, values and errors whose types are erased. A cache puts in and takes out one type of each.

use std::any::Any;
use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use equivalent::Equivalent;

use crate::{Cached, Key};

/// A key, seen without its type.
trait AnyKey: Any + Send + Sync {
    fn hash_into(&self, state: &mut dyn Hasher);
    fn equals(&self, other: &dyn Any) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<K: Key> AnyKey for K {
    fn hash_into(&self, mut state: &mut dyn Hasher) {
        self.hash(&mut state);
    }

    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<K>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A key of any type.
pub(crate) struct CacheKey(Box<dyn AnyKey>);

impl CacheKey {
    pub(crate) fn new<K: Key>(key: K) -> Self {
        CacheKey(Box::new(key))
    }

    /// Returns the key. `K` is the type that it was made of.
    pub(crate) fn get<K: Key>(&self) -> &K {
        let key = self.0.as_any().downcast_ref();
        key.expect("a cache has one type of keys")
    }
}

impl Hash for CacheKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_into(state);
    }
}

impl PartialEq for CacheKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(other.0.as_any())
    }
}

impl Eq for CacheKey {}

/// A key that is looked for, in a form that its type can be borrowed as.
pub(crate) trait AnyLookup: Sync {
    fn hash_into(&self, state: &mut dyn Hasher);
    fn equals(&self, key: &dyn Any) -> bool;
}

/// The borrowed form of a key of type `K`.
pub(crate) struct TypedLookup<'a, K, Q: ?Sized>(&'a Q, PhantomData<fn() -> K>);

impl<'a, K: Key + Borrow<Q>, Q: Hash + Eq + Sync + ?Sized> TypedLookup<'a, K, Q> {
    pub(crate) fn new(key: &'a Q) -> Self {
        TypedLookup(key, PhantomData)
    }
}

impl<K: Key + Borrow<Q>, Q: Hash + Eq + Sync + ?Sized> AnyLookup for TypedLookup<'_, K, Q> {
    fn hash_into(&self, mut state: &mut dyn Hasher) {
        self.0.hash(&mut state);
    }

    fn equals(&self, key: &dyn Any) -> bool {
        key.downcast_ref::<K>()
            .is_some_and(|key| key.borrow() == self.0)
    }
}

/// The borrowed form of a key of any type.
pub(crate) struct ErasedLookup<'a>(pub(crate) &'a (dyn AnyLookup + 'a));

impl Hash for ErasedLookup<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_into(state);
    }
}

impl Equivalent<CacheKey> for ErasedLookup<'_> {
    fn equivalent(&self, key: &CacheKey) -> bool {
        self.0.equals(key.0.as_any())
    }
}

/// A value of any type.
#[derive(Clone)]
pub(crate) struct CacheValue(Arc<dyn Any + Send + Sync>);

impl CacheValue {
    pub(crate) fn new<V: Cached>(value: V) -> Self {
        CacheValue(Arc::new(value))
    }

    /// Returns the value. `V` is the type that it was made of.
    pub(crate) fn get<V: Cached>(&self) -> &V {
        let value = self.0.downcast_ref();
        value.expect("a cache has one type of values")
    }

    pub(crate) fn cloned<V: Cached>(self) -> V {
        self.get::<V>().clone()
    }
}

/// The error of a load, of any type.
#[derive(Clone)]
pub(crate) struct LoadError(Arc<dyn Any + Send + Sync>);

impl LoadError {
    pub(crate) fn new<E: Send + Sync + 'static>(error: E) -> Self {
        LoadError(Arc::new(error))
    }

    /// Returns the error; `None` if it is of another type.
    pub(crate) fn get<E: Send + Sync + 'static>(self) -> Option<Arc<E>> {
        self.0.downcast().ok()
    }
}
