//! Single-flight: concurrent callers share one load of a cache entry.

use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

use cache::Cache;

/// Returns the cached value for `key`, or loads it. Concurrent callers share one load. Dropping the first
/// caller does not cancel it.
///
/// # Errors
///
/// Returns the error of the load to all callers. Errors are not cached.
pub(crate) async fn single_flight<K, V, E, F>(cache: &Cache<K, V>, key: K, load: F) -> Result<V, E>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
    F: Future<Output = Result<V, E>> + Send + 'static,
{
    if let Some(kept) = cache.get(&key).await {
        return Ok(kept);
    }
    let cache = cache.clone();
    let load = DetachOnDrop::new(async move { cache.try_get_with(key, load).await });
    load.await.map_err(Arc::unwrap_or_clone)
}

/// A load that is moved to a spawned task only if its caller is dropped. Spawning every load would cost
/// more than some loads do.
struct DetachOnDrop<T: Send + 'static> {
    load: Option<BoxFuture<'static, T>>,
}

impl<T: Send + 'static> DetachOnDrop<T> {
    fn new(load: impl Future<Output = T> + Send + 'static) -> Self {
        DetachOnDrop {
            load: Some(Box::pin(load)),
        }
    }
}

impl<T: Send + 'static> Future for DetachOnDrop<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // Taken out while polled: a load that panics must not be polled again.
        let Some(mut load) = self.load.take() else {
            return Poll::Pending;
        };
        let answer = load.as_mut().poll(context);
        if answer.is_pending() {
            self.load = Some(load);
        }
        answer
    }
}

impl<T: Send + 'static> Drop for DetachOnDrop<T> {
    fn drop(&mut self) {
        if let Some(load) = self.load.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(load);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;
    use drives::{DriveError, ErrorKind};

    #[tokio::test(start_paused = true)]
    async fn fifty_viewers_ask_once_even_if_the_first_leaves() {
        let cache: Cache<&str, u32> = Cache::new(10);
        let calls = Arc::new(AtomicU32::new(0));
        let load = || {
            let calls = calls.clone();
            async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok::<u32, DriveError>(calls.fetch_add(1, Ordering::Relaxed) + 1)
            }
        };
        let first = tokio::spawn({
            let (cache, load) = (cache.clone(), load());
            async move { single_flight(&cache, "film", load).await }
        });
        tokio::task::yield_now().await;
        let others: Vec<_> = (0..50)
            .map(|_| single_flight(&cache, "film", load()))
            .collect();
        first.abort();
        for answer in futures_util::future::join_all(others).await {
            assert_eq!(answer.unwrap(), 1);
        }
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_kept() {
        let cache: Cache<&str, u32> = Cache::new(10);
        let failing = async { Err(DriveError::new(ErrorKind::Gone, "list", "")) };
        assert_eq!(
            single_flight(&cache, "film", failing)
                .await
                .unwrap_err()
                .kind,
            ErrorKind::Gone
        );
        assert_eq!(
            single_flight(&cache, "film", async { Ok::<u32, DriveError>(7) })
                .await
                .unwrap(),
            7
        );
    }
}
