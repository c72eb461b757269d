//! Permits for requests: the number of concurrent requests to an upstream, and their order, are decided by a
//! limiter that the caller of this crate provides.
//!
//! A request cannot be made without a permit: the calls of a [`Drive`](super::Drive) are reached through
//! [`GovernedDrive`](crate::GovernedDrive) alone, which takes a permit for each. Operations of many requests
//! (uploads, changes of many files) receive [`Permits`] instead and take one for each request, so that they
//! hold none while they wait between two.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{DriveError, ErrorKind, HostKey};
use media::Place;

/// A kind of request; a limiter may have different limits for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// A call of the upstream's API.
    Call,
    /// A part of a file that is sent to the upstream.
    Send,
    /// A body that is read from a media host.
    Fetch(HostKey),
}

/// The purpose of requests that carry no priority of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A person waits for the answer.
    Interactive,
    /// Part of an upload.
    Upload,
    /// Maintenance that no one waits for.
    Background,
}

/// Decides when requests of one account may be made.
pub trait RequestLimiter: Send + Sync + 'static {
    /// The priority of a request.
    type Priority: Clone + Send + Sync + 'static;
    /// Permission for one request.
    type Permit: Permit + 'static;

    /// Returns the priority of requests for `purpose`.
    fn priority_of(purpose: Purpose) -> Self::Priority;

    /// Returns a limiter for another upstream account, that of the share `place`. It waits for nothing that this one waits for.
    fn separate(&self, place: &Place) -> Arc<Self>;

    /// Waits for a permit, which is valid until it is dropped.
    ///
    /// # Errors
    /// `rate_limited` if the upstream asked for a pause that is longer than this priority waits.
    fn acquire(
        &self,
        request: RequestKind,
        priority: &Self::Priority,
    ) -> impl Future<Output = Result<Self::Permit, DriveError>> + Send;
}

/// Permission for one request, until it is dropped.
pub trait Permit: Send + Sync {
    /// Reports the upstream's answer. Returns the rest of a pause that the upstream asked for; `None` if it
    /// asked for none.
    fn report(&self, error: Option<&DriveError>) -> Option<Duration>;

    /// Reports that the request was answered and its body is being read from now on.
    fn begin_body(&mut self) {}
}

/// Makes a request under `permit` and reports its answer. A refusal gets the rest of the pause as
/// `retry_after`.
pub(crate) async fn under<T>(
    permit: &dyn Permit,
    request: impl Future<Output = Result<T, DriveError>>,
) -> Result<T, DriveError> {
    let answer = request.await;
    let pause = permit.report(answer.as_ref().err());
    match (answer, pause) {
        (Err(error), Some(pause)) => Err(error.with_retry_after(pause)),
        (answer, _) => answer,
    }
}

/// Maximum pause that an operation of many requests waits for: half of its work may be done.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// Maximum number of pauses that one request waits for, so that the operation ends.
const MAX_PAUSES: u32 = 3;

/// The permits of an operation that makes many requests, all at one priority.
#[derive(Clone, Copy)]
pub struct Permits<'a>(&'a dyn Acquire);

/// A limiter with a priority, as an object.
pub(crate) trait Acquire: Send + Sync {
    fn acquire(&self, request: RequestKind) -> BoxFuture<'_, Result<Box<dyn Permit>, DriveError>>;
}

impl<'a> Permits<'a> {
    pub(crate) fn new(source: &'a dyn Acquire) -> Self {
        Permits(source)
    }

    /// Makes one call of the upstream's API under a permit.
    pub(crate) async fn call<T>(
        &self,
        request: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        self.take(RequestKind::Call, request).await
    }

    /// Sends a part of a file under a permit.
    pub(crate) async fn send<T>(
        &self,
        request: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        self.take(RequestKind::Send, request).await
    }

    async fn take<T>(
        &self,
        kind: RequestKind,
        request: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        let permit = self.permit(kind).await?;
        under(permit.as_ref(), request).await
    }

    /// Takes a permit, and waits for short pauses. A longer pause is returned as the limiter's error.
    async fn permit(&self, kind: RequestKind) -> Result<Box<dyn Permit>, DriveError> {
        let mut pauses = 0;
        loop {
            let refused = match self.0.acquire(kind).await {
                Err(error) if error.kind == ErrorKind::RateLimited => error,
                answer => return answer,
            };
            match refused.retry_after {
                Some(pause) if pause <= MAX_PAUSE && pauses < MAX_PAUSES => {
                    pauses += 1;
                    tokio::time::sleep(pause).await;
                }
                _ => return Err(refused),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::Instant;

    use super::*;

    /// A limiter that refuses so many times, each with this pause.
    struct Pausing {
        refusals: AtomicU32,
        pause: Option<Duration>,
    }

    struct Free;

    impl Permit for Free {
        fn report(&self, _: Option<&DriveError>) -> Option<Duration> {
            None
        }
    }

    impl Acquire for Pausing {
        fn acquire(&self, _: RequestKind) -> BoxFuture<'_, Result<Box<dyn Permit>, DriveError>> {
            let left = self.refusals.load(Ordering::Relaxed);
            self.refusals
                .store(left.saturating_sub(1), Ordering::Relaxed);
            let error = DriveError::new(ErrorKind::RateLimited, "call", "a pause");
            let answer: Result<Box<dyn Permit>, DriveError> = match (left, self.pause) {
                (0, _) => Ok(Box::new(Free)),
                (_, Some(pause)) => Err(error.with_retry_after(pause)),
                (_, None) => Err(error),
            };
            Box::pin(std::future::ready(answer))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_operation_waits_for_a_few_short_pauses_and_for_no_long_one() {
        let second = Duration::from_secs(1);
        for (refusals, pause, waited) in [
            (0, Some(4 * second), Ok(0)),
            (2, Some(4 * second), Ok(8)),
            (MAX_PAUSES, Some(MAX_PAUSE), Ok(30)),
            (MAX_PAUSES + 1, Some(4 * second), Err(12)),
            (1, Some(MAX_PAUSE + second), Err(0)),
            (1, None, Err(0)),
        ] {
            let limiter = Pausing {
                refusals: AtomicU32::new(refusals),
                pause,
            };
            let began = Instant::now();
            let answer = Permits::new(&limiter).call(async { Ok(()) }).await;
            let took = began.elapsed().as_secs();
            let found = match answer {
                Ok(()) => Ok(took),
                Err(error) => {
                    assert_eq!(
                        (error.kind, error.retry_after),
                        (ErrorKind::RateLimited, pause)
                    );
                    Err(took)
                }
            };
            assert_eq!(found, waited, "{refusals} pauses of {pause:?}");
        }
    }
}
