//! A value that is loaded once and renewed once, for all callers that wait for it (single-flight).

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, MutexGuard};

use crate::DriveError;

/// A value that is loaded when it is first needed.
pub(crate) struct SingleFlight<T> {
    current: RwLock<Option<Arc<T>>>,
    /// Held while the value is loaded or renewed; the one before stays readable.
    renewing: Mutex<()>,
}

impl<T> SingleFlight<T> {
    /// Returns a holder of `value`; with `None`, the value is loaded on first use.
    pub(crate) fn new(value: Option<T>) -> Self {
        SingleFlight {
            current: RwLock::new(value.map(Arc::new)),
            renewing: Mutex::default(),
        }
    }

    /// Returns the value without loading it; `None` if it is not loaded.
    pub(crate) fn current(&self) -> Option<Arc<T>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// Returns the value, or loads it. Concurrent callers share one load.
    pub(crate) async fn get(
        &self,
        load: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<Arc<T>, DriveError> {
        if let Some(value) = self.current() {
            return Ok(value);
        }
        let guard = self.lock().await;
        match self.current() {
            Some(value) => Ok(value),
            None => Ok(guard.set(load.await?)),
        }
    }

    /// Replaces the value.
    pub(crate) fn set(&self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        self.replace(Some(value.clone()));
        value
    }

    /// Discards the value, so that it is loaded again.
    pub(crate) fn clear(&self) {
        self.replace(None);
    }

    /// Waits for a renewal in progress. Returns the value that has replaced `stale` if there is one by now,
    /// else a guard under which the caller renews it.
    pub(crate) async fn renew(&self, stale: &Arc<T>) -> Result<Arc<T>, RenewGuard<'_, T>> {
        let guard = self.lock().await;
        match self.current() {
            Some(now) if !Arc::ptr_eq(&now, stale) => Ok(now),
            _ => Err(guard),
        }
    }

    /// Waits until no load and no renewal is in progress, and prevents others while the guard is held.
    pub(crate) async fn lock(&self) -> RenewGuard<'_, T> {
        RenewGuard {
            flight: self,
            _renewing: self.renewing.lock().await,
        }
    }

    fn replace(&self, value: Option<Arc<T>>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

/// Held by the caller that loads or renews a value.
pub(crate) struct RenewGuard<'a, T> {
    flight: &'a SingleFlight<T>,
    _renewing: MutexGuard<'a, ()>,
}

impl<T> RenewGuard<'_, T> {
    /// Replaces the value and ends the renewal.
    pub(crate) fn set(self, value: T) -> Arc<T> {
        self.flight.set(value)
    }

    /// Discards the value and ends the renewal.
    pub(crate) fn clear(self) {
        self.flight.clear();
    }
}
