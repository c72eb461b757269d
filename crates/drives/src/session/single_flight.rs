//! A value that is loaded once and renewed once, for all callers that wait for it (single-flight).

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::DriveError;

/// A value that is loaded when it is first needed.
pub(crate) struct SingleFlight<T> {
    current: Mutex<Option<Arc<T>>>,
    /// Held while the value is renewed; the one before stays readable.
    renewing: Mutex<()>,
}

impl<T> SingleFlight<T> {
    /// Returns a holder of `value`; with `None`, the value is loaded on first use.
    pub(crate) fn new(value: Option<T>) -> Self {
        SingleFlight {
            current: Mutex::new(value.map(Arc::new)),
            renewing: Mutex::default(),
        }
    }

    /// Returns the value, or loads it. Concurrent callers share one load.
    pub(crate) async fn get(
        &self,
        load: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<Arc<T>, DriveError> {
        let mut current = self.current.lock().await;
        if let Some(value) = &*current {
            return Ok(value.clone());
        }
        let value = Arc::new(load.await?);
        *current = Some(value.clone());
        Ok(value)
    }

    /// Replaces the value.
    pub(crate) async fn set(&self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        *self.current.lock().await = Some(value.clone());
        value
    }

    /// Discards the value, so that it is loaded again.
    pub(crate) async fn clear(&self) {
        *self.current.lock().await = None;
    }

    /// Waits for a renewal in progress. Returns the value that has replaced `stale` if there is one by now,
    /// else a guard under which the caller renews it.
    pub(crate) async fn renew(&self, stale: &Arc<T>) -> Result<Arc<T>, RenewGuard<'_>> {
        let renewing = self.renewing.lock().await;
        match &*self.current.lock().await {
            Some(now) if !Arc::ptr_eq(now, stale) => Ok(now.clone()),
            _ => Err(RenewGuard(renewing)),
        }
    }
}

/// Held by the caller that renews a value.
pub(crate) struct RenewGuard<'a>(#[allow(dead_code)] tokio::sync::MutexGuard<'a, ()>);
