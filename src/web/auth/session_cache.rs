//! A short-lived cache of session and token look-ups, so that not every request reads the state.
//!
//! A revocation takes effect on the next request, even if a look-up that started before it finishes after
//! it. Each revocation increments an epoch; entries from an older epoch are ignored.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cache::Cache;

/// Lifetime of an entry. Revocations in this process take effect at once; those of another process that
/// uses the same state, after this time.
const SESSION_CACHE_TTL: Duration = Duration::from_secs(5);

/// Look-up results by the hash of the session id or token; `None` for an unknown hash.
pub(super) struct SessionCache<V> {
    answers: Cache<[u8; 32], (u64, Option<V>)>,
    /// Number of revocations so far.
    ends: AtomicU64,
}

impl<V: Clone + Send + Sync + 'static> SessionCache<V> {
    pub fn new() -> Self {
        SessionCache {
            answers: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(SESSION_CACHE_TTL)
                .build(),
            ends: AtomicU64::new(0),
        }
    }

    /// Returns the cached result for this hash, or calls `look`. Concurrent callers share one look-up.
    pub async fn get<E, F>(
        &self,
        hash: [u8; 32],
        look: impl Fn() -> F + Sync,
    ) -> Result<Option<V>, Arc<E>>
    where
        E: Send + Sync + 'static,
        F: Future<Output = Result<Option<V>, E>> + Send,
    {
        loop {
            let looked = async {
                let ends = self.ends.load(Ordering::SeqCst);
                Ok((ends, look().await?))
            };
            let (ends, found) = self.answers.try_get_with(hash, looked).await?;
            if ends == self.ends.load(Ordering::SeqCst) {
                return Ok(found);
            }
            self.answers.invalidate(&hash).await;
        }
    }

    /// Removes one entry, which has changed.
    pub async fn forget(&self, hash: &[u8; 32]) {
        self.answers.invalidate(hash).await;
    }

    /// Invalidates all entries. To be called after each revocation in the state.
    pub fn revoked(&self) {
        self.ends.fetch_add(1, Ordering::SeqCst);
        self.answers.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Mutex;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_look_that_began_before_an_end_is_not_believed_after_it() {
        let known = SessionCache::<u8>::new();
        let (began, has_begun) = oneshot::channel();
        let (go_on, may_go_on) = oneshot::channel::<()>();
        let first = Mutex::new(Some((began, may_go_on)));
        let slow = || {
            let first = first.lock().unwrap().take();
            async {
                let Some((began, may_go_on)) = first else {
                    return Ok::<_, Infallible>(None);
                };
                // The state has been read, and the result is delayed on its way back.
                began.send(()).unwrap();
                may_go_on.await.unwrap();
                Ok(Some(1))
            }
        };
        let end = async {
            has_begun.await.unwrap();
            known.revoked();
            go_on.send(()).unwrap();
        };
        let (found, ()) = tokio::join!(known.get([0; 32], slow), end);
        assert_eq!(found.unwrap(), None, "it was looked up anew");
        let later = known.get([0; 32], async || Ok::<_, Infallible>(Some(2)));
        assert_eq!(
            later.await.unwrap(),
            None,
            "and that is believed for a moment"
        );
    }
}
