//! Bounded caches with a time to live: [`Cache`] for tasks, [`SyncCache`] for code that does not wait.
//!
//! Both are moka's. moka compiles some 150 kB of code for each pair of types, of which this program has sixty. So there is
//! one pair for all of them: keys and values whose types are erased ([`erased`]), and typed methods around it.

mod builder;
mod concurrent;
mod erased;
mod sync;

pub use builder::Settings;
pub use concurrent::Cache;
pub use sync::SyncCache;

use std::hash::Hash;

/// A type of keys.
pub trait Key: Hash + Eq + Send + Sync + 'static {}

impl<T: Hash + Eq + Send + Sync + 'static> Key for T {}

/// A type of values. Callers get clones.
pub trait Cached: Clone + Send + Sync + 'static {}

impl<T: Clone + Send + Sync + 'static> Cached for T {}
