//! One upstream call for everybody who waits for the same answer.

use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

use moka::future::Cache;

use crate::drives::{DriveError, ErrorKind};

/// The kept value of `key`, or what `load` brings, which runs once for all who ask meanwhile.
///
/// The load has a task of its own: it goes on when the viewer who asked first goes away, so the
/// others don't have to begin again.
pub(crate) async fn once<K, V, F>(cache: &Cache<K, V>, key: K, load: F) -> Result<V, DriveError>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    F: Future<Output = Result<V, DriveError>> + Send + 'static,
{
    if let Some(kept) = cache.get(&key).await {
        return Ok(kept);
    }
    let cache = cache.clone();
    let task = tokio::spawn(async move { cache.try_get_with(key, load).await });
    match task.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Arc::unwrap_or_clone(error)),
        Err(_) => Err(DriveError::new(
            ErrorKind::UpstreamFailed,
            "load",
            "the task that asked the upstream died",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn fifty_viewers_ask_once_even_if_the_first_leaves() {
        let cache: Cache<&str, u32> = Cache::new(10);
        let calls = Arc::new(AtomicU32::new(0));
        let load = || {
            let calls = calls.clone();
            async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(calls.fetch_add(1, Ordering::Relaxed) + 1)
            }
        };
        let first = tokio::spawn({
            let (cache, load) = (cache.clone(), load());
            async move { once(&cache, "film", load).await }
        });
        tokio::task::yield_now().await;
        let others: Vec<_> = (0..50).map(|_| once(&cache, "film", load())).collect();
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
            once(&cache, "film", failing).await.unwrap_err().kind,
            ErrorKind::Gone
        );
        assert_eq!(once(&cache, "film", async { Ok(7) }).await.unwrap(), 7);
    }
}
