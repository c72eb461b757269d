//! Loads that end with their callers: concurrent callers share one, which is dropped a while after the last of them has
//! left. For loads that run a program; an upstream's call is finished instead (see [`single_flight`](mod@super::single_flight)).

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::time::timeout;

use drives::DriveError;

/// The time for which a load goes on without callers: a player that gave up tries again within it.
const LINGER_DURATION: Duration = Duration::from_secs(30);

type Load<V> = BoxFuture<'static, Result<V, DriveError>>;

/// The loads in progress, by key. Clones share them.
pub(crate) struct SharedLoads<K, V: Clone> {
    loads: Arc<Mutex<HashMap<K, WeakShared<Load<V>>>>>,
}

impl<K, V: Clone> Clone for SharedLoads<K, V> {
    fn clone(&self) -> Self {
        SharedLoads {
            loads: self.loads.clone(),
        }
    }
}

impl<K, V: Clone> Default for SharedLoads<K, V> {
    fn default() -> Self {
        SharedLoads {
            loads: Arc::default(),
        }
    }
}

impl<K, V> SharedLoads<K, V>
where
    K: Hash + Eq,
    V: Clone + Send + Sync + 'static,
{
    /// Joins the load of `key`, or begins it.
    ///
    /// # Errors
    ///
    /// Returns the error of the load to all of its callers.
    pub async fn join<F>(&self, key: K, load: F) -> Result<V, DriveError>
    where
        F: Future<Output = Result<V, DriveError>> + Send + 'static,
    {
        let shared = {
            let mut loads = self.loads.lock();
            loads.retain(|_, load| load.upgrade().is_some_and(|load| load.peek().is_none()));
            match loads.get(&key).and_then(WeakShared::upgrade) {
                Some(known) => known,
                None => {
                    let begun = load.boxed().shared();
                    if let Some(begun) = begun.downgrade() {
                        loads.insert(key, begun);
                    }
                    begun
                }
            }
        };
        let mut caller = WaitingCaller(Some(shared.clone()));
        let answer = shared.await;
        caller.0 = None;
        answer
    }
}

/// A caller that waits. If it leaves, the load goes on for [`LINGER_DURATION`].
struct WaitingCaller<V: Clone + Send + Sync + 'static>(Option<Shared<Load<V>>>);

impl<V: Clone + Send + Sync + 'static> Drop for WaitingCaller<V> {
    fn drop(&mut self) {
        if let Some(load) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(timeout(LINGER_DURATION, load));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::sleep;

    use super::*;

    /// Counts the loads that have begun and those that were dropped or have ended.
    #[derive(Clone, Default)]
    struct Counts(Arc<AtomicU32>, Arc<AtomicU32>);

    struct Ends(Arc<AtomicU32>);

    impl Drop for Ends {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Counts {
        fn load(&self, seconds: u64) -> impl Future<Output = Result<u32, DriveError>> + use<> {
            let counts = self.clone();
            async move {
                let number = counts.0.fetch_add(1, Ordering::Relaxed) + 1;
                let _ends = Ends(counts.1.clone());
                sleep(Duration::from_secs(seconds)).await;
                Ok(number)
            }
        }

        fn now(&self) -> (u32, u32) {
            (
                self.0.load(Ordering::Relaxed),
                self.1.load(Ordering::Relaxed),
            )
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_load_is_shared_and_ends_a_while_after_its_last_caller() {
        let loads: SharedLoads<&str, u32> = SharedLoads::default();
        let counts = Counts::default();
        let ask = |seconds| {
            let (loads, load) = (loads.clone(), counts.load(seconds));
            tokio::spawn(async move { loads.join("film", load).await })
        };
        let (first, second) = (ask(300), ask(300));
        sleep(Duration::from_secs(1)).await;
        first.abort();
        sleep(2 * LINGER_DURATION).await;
        assert_eq!(counts.now(), (1, 0), "one still waits");
        second.abort();
        sleep(LINGER_DURATION - Duration::from_secs(1)).await;
        // A player that tries again finds it.
        let third = ask(300);
        sleep(2 * LINGER_DURATION).await;
        assert_eq!(counts.now(), (1, 0));
        third.abort();
        sleep(LINGER_DURATION + Duration::from_secs(1)).await;
        assert_eq!(counts.now(), (1, 1));
        // The next one begins anew, and its result is no longer shared once it is there.
        assert_eq!(ask(1).await.unwrap().unwrap(), 2);
        assert_eq!(ask(1).await.unwrap().unwrap(), 3);
    }
}
