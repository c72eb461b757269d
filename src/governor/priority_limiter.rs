//! A semaphore for concurrent requests, with priorities, rate limits and pauses.
//!
//! [`LimiterState`] makes the decisions and takes the time as a parameter; only [`PriorityLimiter`] reads
//! the clock.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep_until};

use super::limiter_state::{Admission, LimiterState, PRIORITIES, SHARE_CHECK_INTERVAL};
use super::limits::Limits;
use super::quota::QuotaShare;
use super::shared_pauses::LimiterPause;
use super::{DynamicPriority, Priority};
use drives::{self, DriveError, ErrorKind};

/// The current state of a limiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LimiterStats {
    /// Requests in flight, by priority.
    pub in_flight: [u64; PRIORITIES],
    /// Queued requests, by priority.
    pub waiting: [u64; PRIORITIES],
    /// The rest of the pause; `None` while there is none.
    pub paused_for: Option<Duration>,
    /// Pauses since the start.
    pub pauses: u64,
}

impl LimiterStats {
    /// Returns true if a request that is more urgent than `priority` is in flight or queued.
    pub fn is_busy_above(&self, priority: Priority) -> bool {
        (0..priority.index()).any(|class| self.in_flight[class] + self.waiting[class] > 0)
    }
}

/// One limiter.
pub(super) struct PriorityLimiter {
    /// The limits of the account.
    limits: &'static Limits,
    /// The part of them that is this server's.
    quota: QuotaShare,
    /// The pause that all servers keep; `None` if this server alone uses the account.
    shared_pause: Option<LimiterPause>,
    /// Returns a random number from 0 to 1.
    chance: fn() -> f64,
    state: Mutex<LimiterState>,
}

impl PriorityLimiter {
    pub fn new(
        limits: &'static Limits,
        quota: QuotaShare,
        shared_pause: Option<LimiterPause>,
        chance: fn() -> f64,
    ) -> Arc<Self> {
        // Beside other servers, a bucket begins empty: what they have used is not known.
        let part = quota.part();
        let first = match part >= 1.0 {
            true => None,
            false => Some(Instant::now()),
        };
        Arc::new(PriorityLimiter {
            limits,
            quota,
            shared_pause,
            chance,
            state: Mutex::new(LimiterState::new(limits, part, first)),
        })
    }

    /// Locks the state. Returns it with the limits of this server.
    fn lock(&self) -> (MutexGuard<'_, LimiterState>, Limits) {
        let part = self.quota.part();
        let limits = self.limits.part(part);
        let mut state = self.state.lock();
        if state.part != part {
            let before = self.limits.part(state.part);
            state.settle_tokens(&before, &limits, Instant::now());
            state.part = part;
        }
        let shared = self.shared_pause.as_ref();
        if let Some((shared, version)) = shared.map(|shared| (shared, shared.version()))
            && version != state.pauses_version
        {
            state.pauses_version = version;
            if let Some(until) = shared.known() {
                state.keep_pause(until, Instant::now());
            }
        }
        (state, limits)
    }

    /// Waits for a permit.
    ///
    /// # Errors
    ///
    /// `rate_limited` if the pause or the queue is longer than the priority waits.
    pub async fn admit(
        self: &Arc<Self>,
        priority: &DynamicPriority,
    ) -> Result<LimiterPermit, DriveError> {
        let now = Instant::now();
        let admitted = {
            let (mut state, limits) = self.lock();
            state.try_admit(&limits, priority.current(), now)
        };
        if let Some(priority) = admitted {
            return Ok(self.permit(priority));
        }
        let mut waiter = Waiter {
            limiter: self,
            id: None,
        };
        let mut timer = pin!(sleep_until(now));
        poll_fn(|context| {
            loop {
                let now = Instant::now();
                let id = *waiter.id.get_or_insert_with(|| {
                    let (mut state, _) = self.lock();
                    state.queue(priority.clone(), now, context.waker())
                });
                let admission = {
                    let (mut state, limits) = self.lock();
                    state.poll_waiter(&limits, id, now, context.waker())
                };
                match admission {
                    Admission::Go(priority) => {
                        waiter.id = None;
                        return Poll::Ready(Ok(self.permit(priority)));
                    }
                    Admission::Refused(wait) => {
                        let detail = "the upstream asked for a pause, or too much waits for it";
                        let error = DriveError::new(ErrorKind::RateLimited, "wait", detail);
                        let error = error.with_retry_after(wait);
                        // The sentence of the refusal that began the pause.
                        return Poll::Ready(Err(match self.lock().0.sentence_during_pause(now) {
                            Some(sentence) => error.with_sentence(sentence),
                            None => error,
                        }));
                    }
                    Admission::Wait(until) => {
                        let until = match self.quota.part() >= 1.0 {
                            true => until,
                            false => until.min(now + SHARE_CHECK_INTERVAL),
                        };
                        timer.as_mut().reset(until);
                        if timer.as_mut().poll(context).is_pending() {
                            return Poll::Pending;
                        }
                    }
                }
            }
        })
        .await
    }

    fn permit(self: &Arc<Self>, priority: Priority) -> LimiterPermit {
        LimiterPermit {
            limiter: self.clone(),
            priority,
            begun: Instant::now(),
            is_open: false,
        }
    }

    /// Returns true if no request is in flight or queued, and there is no pause.
    pub fn is_idle(&self) -> bool {
        let (state, _) = self.lock();
        state.in_flight.iter().all(|count| *count == 0)
            && state.waiting.is_empty()
            && state.paused_for(Instant::now()).is_none()
    }

    pub fn stats(&self) -> LimiterStats {
        let ((state, _), now) = (self.lock(), Instant::now());
        let mut waiting = [0; PRIORITIES];
        for entry in state.waiting.iter().filter(|entry| entry.granted.is_none()) {
            waiting[entry.priority.current().index()] += 1;
        }
        LimiterStats {
            in_flight: state.in_flight.map(|count| count as u64),
            waiting,
            paused_for: state.paused_for(now),
            pauses: state.pauses,
        }
    }
}

/// An entry in the queue, removed when dropped.
struct Waiter<'a> {
    limiter: &'a PriorityLimiter,
    id: Option<u64>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let Some(id) = self.id else { return };
        let (mut state, limits) = self.limiter.lock();
        if let Some(index) = state.waiting.iter().position(|entry| entry.id == id) {
            let gone = state.waiting.remove(index);
            if let Some(priority) = gone.granted {
                state.release(&limits, priority, Instant::now());
            }
        }
    }
}

/// A slot; released when dropped.
pub struct LimiterPermit {
    limiter: Arc<PriorityLimiter>,
    priority: Priority,
    begun: Instant,
    is_open: bool,
}

impl LimiterPermit {
    /// Records the upstream's answer. A refusal is returned with the rest of the pause.
    pub fn record_outcome<T>(&self, answer: Result<T, DriveError>) -> Result<T, DriveError> {
        let now = Instant::now();
        match answer {
            Ok(value) => {
                let (mut state, limits) = self.limiter.lock();
                state.record_success(&limits, self.begun, now);
                Ok(value)
            }
            Err(error) if error.kind == ErrorKind::RateLimited => {
                let chance = (self.limiter.chance)();
                let left = {
                    let (mut state, _) = self.limiter.lock();
                    state.sentence = error.sentence;
                    let left = state.record_refusal(self.begun, error.retry_after, chance, now);
                    if let Some(shared) = &self.limiter.shared_pause {
                        shared.begin(now + left);
                    }
                    left
                };
                Err(error.with_retry_after(left))
            }
            // Any other error is an answer from the upstream, too, and no reason for a pause.
            Err(error) => Err(error),
        }
    }
}

impl drives::Permit for LimiterPermit {
    fn report(&self, error: Option<&DriveError>) -> Option<Duration> {
        let refused = error.is_some_and(|error| error.kind == ErrorKind::RateLimited);
        match self.record_outcome(error.cloned().map_or(Ok(()), Err)) {
            Err(error) if refused => error.retry_after,
            _ => None,
        }
    }

    fn begin_body(&mut self) {
        if !self.is_open {
            self.is_open = true;
            let (mut state, limits) = self.limiter.lock();
            state.open += 1;
            state.grant(&limits, Instant::now());
        }
    }
}

impl Drop for LimiterPermit {
    fn drop(&mut self) {
        let (mut state, limits) = self.limiter.lock();
        if self.is_open {
            state.open -= 1;
        }
        state.release(&limits, self.priority, Instant::now());
    }
}
