//! What was looked up in the state a moment ago, so that not every request asks it.
//!
//! What is ended must open nothing from the next request on, also where a look that began before the end
//! comes back after it. So every end counts, and what was looked up under another count is looked up anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;

/// How long what was looked up is believed. This server notices at once what it ends itself; another one over
/// the same state notices so much later.
const SESSION_CACHE_TTL: Duration = Duration::from_secs(5);

/// Answers of the state, by the hash that it was asked for; `None` for a hash of nobody.
pub(super) struct SessionCache<V> {
    answers: Cache<[u8; 32], (u64, Option<V>)>,
    /// How often something was ended.
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

    /// The answer for this hash; `look` asks the state, where nobody has a moment ago.
    pub async fn get<E, F>(&self, hash: [u8; 32], look: impl Fn() -> F) -> Result<Option<V>, Arc<E>>
    where
        E: Send + Sync + 'static,
        F: Future<Output = Result<Option<V>, E>>,
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

    /// Forgets one answer, which has changed.
    pub async fn forget(&self, hash: &[u8; 32]) {
        self.answers.invalidate(hash).await;
    }

    /// To be called when something was ended in the state: no answer from before is believed.
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
                // It has read the state, and is held up on its way back.
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
