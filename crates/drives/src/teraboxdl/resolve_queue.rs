//! Links that the service is resolving right now: one call for all concurrent callers with the same link
//! (single-flight). It continues if they are dropped, since it is paid for and takes up to forty seconds.
//!
//! No caller waits for that long: after eight seconds it gets an error with a retry time, and its retry finds
//! the call still in progress, or its result.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::teraboxdl::types::Extracted;
use crate::{DriveError, ErrorKind};
use cache::Cache;

/// Timeout of a caller: a player gives up after ten seconds, and a page should say something before its reader
/// wonders.
const CALLER_TIMEOUT: Duration = Duration::from_secs(8);

/// Retry time that a caller gets after its timeout.
const RETRY_INTERVAL: Duration = Duration::from_secs(3);

/// Lifetime of a cached result, for callers that retry; URLs in it are valid for much longer.
const ANSWER_TTL: Duration = Duration::from_secs(120);

/// Lifetime of the error that the service did not answer: longer than `RETRY_INTERVAL` and the time to retry,
/// so that waiting callers receive it and a waiting page does not start another call again and again.
const SILENCE_TTL: Duration = Duration::from_secs(15);

/// Upper limit for the cached results; one may contain thousands of files.
const MAX_ANSWERS: u64 = 32;

/// Key of a call.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ResolveKey {
    /// Operation that makes the call.
    pub(crate) operation: &'static str,
    /// The link, with its password.
    pub(crate) link: String,
    /// The round whose result is no longer acceptable.
    pub(crate) after: Option<u64>,
}

/// Result of the service.
#[derive(Debug)]
pub(crate) struct Resolution {
    /// Number of this result, different from that of every other.
    pub(crate) round: u64,
    pub(crate) found: Extracted,
}

/// All links that are being resolved.
pub(crate) struct ResolveQueue {
    answers: Cache<ResolveKey, Arc<Resolution>>,
    silences: Cache<ResolveKey, (Instant, DriveError)>,
    rounds: AtomicU64,
}

impl Default for ResolveQueue {
    fn default() -> Self {
        ResolveQueue {
            answers: Cache::builder()
                .max_capacity(MAX_ANSWERS)
                .time_to_live(ANSWER_TTL)
                .build(),
            silences: Cache::new(MAX_ANSWERS),
            rounds: AtomicU64::new(0),
        }
    }
}

impl ResolveQueue {
    /// Returns the result of `call`, which runs only if there is none for the same key.
    ///
    /// # Errors
    ///
    /// `upstream_timeout` and a retry time if that takes longer than `CALLER_TIMEOUT`.
    pub(crate) async fn ask(
        &self,
        key: ResolveKey,
        call: impl Future<Output = Result<Extracted, DriveError>> + Send + 'static,
    ) -> Result<Arc<Resolution>, DriveError> {
        if let Some((since, silence)) = self.silences.get(&key).await
            && since.elapsed() < SILENCE_TTL
        {
            return Err(silence);
        }
        let operation = key.operation;
        let round = self.rounds.fetch_add(1, Ordering::Relaxed);
        let (answers, silences) = (self.answers.clone(), self.silences.clone());
        // Spawned, so that a caller that is dropped does not stop it.
        let task = tokio::spawn(async move {
            let call = async move {
                let found = call.await?;
                Ok::<_, DriveError>(Arc::new(Resolution { round, found }))
            };
            let answer = answers.try_get_with(key.clone(), call).await;
            let answer = answer.map_err(Arc::unwrap_or_clone);
            if let Err(error) = &answer
                && error.kind == ErrorKind::UpstreamTimeout
            {
                let silence = (Instant::now(), error.clone());
                silences.insert(key, silence).await;
            }
            answer
        });
        match timeout(CALLER_TIMEOUT, task).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => {
                let detail = "the task that asked the service died";
                Err(DriveError::failed(operation, detail))
            }
            Err(_) => Err(still_asking(operation)),
        }
    }
}

fn still_asking(operation: &'static str) -> DriveError {
    let detail = "the service is still being asked";
    DriveError::timeout(operation, detail)
        .with_sentence("The resolving service is still looking this link up, which takes it up to forty seconds.")
        .with_retry_after(RETRY_INTERVAL)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use futures_util::future::join_all;
    use tokio::time::sleep;

    use super::*;

    fn question(after: Option<u64>) -> ResolveKey {
        ResolveKey {
            operation: "resolve",
            link: "https://terabox.com/s/1a".to_owned(),
            after,
        }
    }

    /// A service that answers after so many seconds; it counts its calls.
    struct Service {
        queue: ResolveQueue,
        answers_after: Duration,
        answer: Result<(), ErrorKind>,
        calls: Arc<AtomicU32>,
    }

    impl Service {
        fn new(seconds: u64, answer: Result<(), ErrorKind>) -> Self {
            Service {
                queue: ResolveQueue::default(),
                answers_after: Duration::from_secs(seconds),
                answer,
                calls: Arc::default(),
            }
        }

        async fn ask(&self, after: Option<u64>) -> Result<u64, DriveError> {
            let (calls, wait, answer) = (self.calls.clone(), self.answers_after, self.answer);
            let call = async move {
                calls.fetch_add(1, Ordering::Relaxed);
                sleep(wait).await;
                let error = |kind| DriveError::new(kind, "resolve", "no answer");
                answer.map(|()| Extracted::default()).map_err(error)
            };
            let answer = self.queue.ask(question(after), call).await?;
            Ok(answer.round)
        }

        fn calls(&self) -> u32 {
            self.calls.load(Ordering::Relaxed)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_long_is_told_to_come_again_and_finds_the_one_call() {
        let service = Service::new(30, Ok(()));
        let began = Instant::now();
        for told in join_all((0..20).map(|_| service.ask(None))).await {
            let told = told.unwrap_err();
            assert_eq!(told.kind, ErrorKind::UpstreamTimeout);
            assert!(told.is_retry_later() && told.sentence.is_some(), "{told:?}");
        }
        // A player gives up after ten.
        assert!(began.elapsed() < Duration::from_secs(9));
        let mut looks = 0;
        while let Err(told) = service.ask(None).await {
            assert!(told.is_retry_later(), "{told:?}");
            sleep(RETRY_INTERVAL).await;
            looks += 1;
            assert!(looks < 5, "it never comes");
        }
        assert_eq!(service.calls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_waited_for_is_there_for_who_comes() {
        let service = Service::new(30, Ok(()));
        drop(timeout(Duration::from_secs(1), service.ask(None)).await);
        sleep(Duration::from_secs(60)).await;
        let began = Instant::now();
        let first = service.ask(None).await.unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert_eq!(service.calls(), 1);
        // A caller whose URLs were refused requires another result.
        service.ask(Some(first)).await.unwrap_err();
        sleep(Duration::from_secs(30)).await;
        assert_ne!(service.ask(Some(first)).await.unwrap(), first);
        assert_eq!(service.calls(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_stays_silent_is_told_to_a_page_that_comes_again() {
        let service = Service::new(45, Err(ErrorKind::UpstreamTimeout));
        let mut told = service.ask(None).await.unwrap_err();
        while told.is_retry_later() {
            sleep(RETRY_INTERVAL).await;
            told = service.ask(None).await.unwrap_err();
        }
        assert_eq!(told.kind, ErrorKind::UpstreamTimeout);
        assert_eq!(service.calls(), 1);
        // Later it may be requested again.
        sleep(SILENCE_TTL).await;
        assert!(service.ask(None).await.unwrap_err().is_retry_later());
        assert_eq!(service.calls(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_told_to_all_who_waited_and_not_kept() {
        let service = Service::new(2, Err(ErrorKind::NotAShareLink));
        for told in join_all((0..5).map(|_| service.ask(None))).await {
            assert_eq!(told.unwrap_err().kind, ErrorKind::NotAShareLink);
        }
        assert_eq!(service.calls(), 1);
        service.ask(None).await.unwrap_err();
        assert_eq!(service.calls(), 2);
    }
}
