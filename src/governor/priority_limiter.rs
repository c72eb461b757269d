//! A semaphore with priorities, rate limits and pauses.
//!
//! [`LimiterState`] makes the decisions and takes the time as a parameter; only [`PriorityLimiter`] reads
//! the clock.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep_until};

use super::limits::Limits;
use super::quota::QuotaShare;
use super::shared_pauses::LimiterPause;
use super::{DynamicPriority, Priority, max_pause_wait, max_queue_wait};
use drives::{self, DriveError, ErrorKind};

const CLASSES: usize = Priority::ALL.len();

/// The first pause after a refusal without `Retry-After`, and the longest.
const INITIAL_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// The longest `Retry-After` that is honoured: the drive should come back the same evening.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Random jitter added to a pause: up to this fraction of it, and at most [`MAX_JITTER`].
const MAX_JITTER_FRACTION: f64 = 0.25;
const MAX_JITTER: Duration = Duration::from_secs(5);

/// After this time, a waiter takes the one slot that is reserved for its priority.
const STARVATION_TIMEOUT: Duration = Duration::from_secs(5);

/// Interval at which a waiter looks again while this server has a share of the limits: it may have grown.
const SHARE_CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// A pause of another server is taken over if it ends so much later than the one that is known here: times on the way to
/// the state and back are rounded.
const MIN_PROLONGATION: Duration = Duration::from_millis(100);

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

struct LimiterState {
    /// The part of the limits that was this server's at the last look.
    part: f64,
    /// The version of the shared pauses at the last look.
    pauses_version: u64,
    in_flight: [usize; CLASSES],
    /// Requests in flight whose response has begun and whose body has not ended.
    open: usize,
    /// In order of arrival.
    waiting: Vec<QueueEntry>,
    next_id: u64,
    /// Token buckets of rate-limited priorities: tokens, and the time of that count.
    tokens: [(f64, Option<Instant>); CLASSES],
    /// The maximum of concurrent requests after a pause; doubled by each success.
    window: usize,
    pause: Option<Pause>,
    /// The sentence for people in the last refusal.
    sentence: Option<&'static str>,
    /// Consecutive refusals.
    consecutive_refusals: u32,
    pauses: u64,
}

struct QueueEntry {
    id: u64,
    priority: DynamicPriority,
    since: Instant,
    granted: Option<Priority>,
    waker: Waker,
}

#[derive(Clone, Copy)]
struct Pause {
    since: Instant,
    until: Instant,
}

/// The current state of a limiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LimiterStats {
    /// Requests in flight, by priority.
    pub in_flight: [u64; CLASSES],
    /// Queued requests, by priority.
    pub waiting: [u64; CLASSES],
    /// The rest of the pause; `None` while there is none.
    pub paused_for: Option<Duration>,
    /// Pauses since the start.
    pub pauses: u64,
}

/// The answer to a waiter.
enum Admission {
    Go(Priority),
    /// Not before this time, unless woken.
    Wait(Instant),
    /// Retry after this time.
    Refused(Duration),
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
            state: Mutex::new(LimiterState {
                part,
                // None is seen yet.
                pauses_version: 0,
                in_flight: [0; CLASSES],
                waiting: Vec::new(),
                next_id: 0,
                tokens: std::array::from_fn(|class| {
                    let rate = limits.classes[class].rate.filter(|_| first.is_none());
                    (rate.map_or(0.0, |rate| rate.at_once), first)
                }),
                open: 0,
                window: limits.total,
                pause: None,
                sentence: None,
                consecutive_refusals: 0,
                pauses: 0,
            }),
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

    /// Waits for a permit. Fails with `rate_limited` if the pause or the queue is longer than the priority
    /// waits.
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
        let mut waiting = [0; CLASSES];
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

impl LimiterState {
    fn paused_for(&self, now: Instant) -> Option<Duration> {
        let left = self.pause?.until.checked_duration_since(now)?;
        (!left.is_zero()).then_some(left)
    }

    fn sentence_during_pause(&self, now: Instant) -> Option<&'static str> {
        self.paused_for(now).and(self.sentence)
    }

    /// Admits a request if a slot is free and the queue is empty; otherwise returns `None`.
    fn try_admit(&mut self, limits: &Limits, priority: Priority, now: Instant) -> Option<Priority> {
        let may = self.waiting.is_empty() && self.may_enter(limits, priority, false, now);
        may.then(|| self.enter(limits, priority, now))
    }

    fn queue(&mut self, priority: DynamicPriority, since: Instant, waker: &Waker) -> u64 {
        self.next_id += 1;
        self.waiting.push(QueueEntry {
            id: self.next_id,
            priority,
            since,
            granted: None,
            waker: waker.clone(),
        });
        self.next_id
    }

    fn poll_waiter(&mut self, limits: &Limits, id: u64, now: Instant, waker: &Waker) -> Admission {
        self.grant(limits, now);
        let Some(index) = self.waiting.iter().position(|entry| entry.id == id) else {
            return Admission::Refused(INITIAL_PAUSE);
        };
        let entry = &mut self.waiting[index];
        if let Some(priority) = entry.granted {
            self.waiting.remove(index);
            return Admission::Go(priority);
        }
        entry.waker.clone_from(waker);
        let (since, priority) = (entry.since, entry.priority.current());
        let deadline = since + max_queue_wait(priority);
        if let Some(left) = self.paused_for(now) {
            let until = now + left;
            if until > since + max_pause_wait(priority) {
                return Admission::Refused(left);
            }
            return Admission::Wait(until);
        }
        if now >= deadline {
            return Admission::Refused(INITIAL_PAUSE);
        }
        let mut until = deadline;
        if now < since + STARVATION_TIMEOUT {
            until = until.min(since + STARVATION_TIMEOUT);
        }
        if let Some(refill) = self.next_token(limits, priority, now) {
            until = until.min(refill);
        }
        Admission::Wait(until)
    }

    /// Admits all waiters that fit, by priority, then in order of arrival.
    fn grant(&mut self, limits: &Limits, now: Instant) {
        loop {
            let best = self
                .waiting
                .iter()
                .enumerate()
                .filter(|(_, entry)| entry.granted.is_none())
                .filter_map(|(index, entry)| {
                    let priority = entry.priority.current();
                    let aged = now >= entry.since + STARVATION_TIMEOUT
                        && self.in_flight[priority.index()] == 0;
                    let may = self.may_enter(limits, priority, aged, now);
                    may.then_some((!aged, priority, index))
                })
                .min();
            let Some((_, priority, index)) = best else {
                return;
            };
            self.enter(limits, priority, now);
            self.waiting[index].granted = Some(priority);
            self.waiting[index].waker.wake_by_ref();
        }
    }

    fn may_enter(&self, limits: &Limits, priority: Priority, aged: bool, now: Instant) -> bool {
        if self.paused_for(now).is_some() {
            return false;
        }
        let class = &limits.classes[priority.index()];
        // Bodies in flight request nothing new, so the slow start after a refusal does not count them.
        let capacity = limits.total.min(self.window + self.open);
        let leaves = if aged {
            0
        } else {
            class.reserved_above.min(self.window / 2)
        };
        let all: usize = self.in_flight.iter().sum();
        let this_and_lower: usize = self.in_flight[priority.index()..].iter().sum();
        all + leaves < capacity
            && (aged || this_and_lower < class.max_concurrent)
            && self.next_token(limits, priority, now).is_none()
    }

    fn enter(&mut self, limits: &Limits, priority: Priority, now: Instant) -> Priority {
        let class = priority.index();
        self.in_flight[class] += 1;
        if limits.classes[class].rate.is_some() {
            self.tokens[class] = (self.tokens_at(limits, class, now) - 1.0, Some(now));
        }
        priority
    }

    fn tokens_at(&self, limits: &Limits, class: usize, now: Instant) -> f64 {
        let (tokens, since) = self.tokens[class];
        match (limits.classes[class].rate, since) {
            (Some(rate), Some(since)) => {
                let grown = now.saturating_duration_since(since).as_secs_f64() * rate.per_s;
                (tokens + grown).min(rate.at_once)
            }
            _ => tokens,
        }
    }

    /// Counts the tokens so far at the rates of `before`, since those of `now_on` hold from now on.
    fn settle_tokens(&mut self, before: &Limits, now_on: &Limits, now: Instant) {
        for class in 0..CLASSES {
            if let Some(rate) = now_on.classes[class].rate {
                let tokens = self.tokens_at(before, class, now);
                self.tokens[class] = (tokens.min(rate.at_once), Some(now));
            }
        }
    }

    /// Returns when the next token is available; `None` for now.
    fn next_token(&self, limits: &Limits, priority: Priority, now: Instant) -> Option<Instant> {
        let class = priority.index();
        let rate = limits.classes[class].rate?;
        let missing = 1.0 - self.tokens_at(limits, class, now);
        if rate.per_s <= 0.0 {
            return Some(now + SHARE_CHECK_INTERVAL);
        }
        // Tolerates rounding.
        (missing > 0.001).then(|| now + Duration::from_secs_f64(missing / rate.per_s + 0.001))
    }

    fn release(&mut self, limits: &Limits, priority: Priority, now: Instant) {
        self.in_flight[priority.index()] -= 1;
        self.grant(limits, now);
    }

    fn record_success(&mut self, limits: &Limits, begun: Instant, now: Instant) {
        // Requests started before the refusal do not end the pause.
        if self.pause.is_some_and(|pause| begun < pause.until) {
            return;
        }
        self.consecutive_refusals = 0;
        self.pause = None;
        if self.window < limits.total {
            self.window = (self.window * 2).min(limits.total);
            self.grant(limits, now);
        }
    }

    /// Keeps a pause that another server was asked for.
    fn keep_pause(&mut self, until: Instant, now: Instant) {
        let until = until.min(now + MAX_RETRY_AFTER + MAX_JITTER);
        let known = self.pause.map_or(now, |pause| pause.until.max(now));
        if until <= known + MIN_PROLONGATION {
            return;
        }
        let is_new = self.paused_for(now).is_none();
        let since = match self.pause {
            Some(pause) if !is_new => pause.since,
            _ => now,
        };
        self.pause = Some(Pause { since, until });
        self.pauses += u64::from(is_new);
        self.window = 1;
        if is_new {
            self.sentence = None;
        }
    }

    /// Starts or extends a pause. Returns the rest of it.
    fn record_refusal(
        &mut self,
        begun: Instant,
        asked: Option<Duration>,
        chance: f64,
        now: Instant,
    ) -> Duration {
        // Refusals of concurrent requests count as one.
        if self.pause.is_none_or(|pause| begun >= pause.since) {
            self.consecutive_refusals = (self.consecutive_refusals + 1).min(16);
            self.pauses += 1;
        }
        let backoff = INITIAL_PAUSE * 2u32.pow(self.consecutive_refusals.saturating_sub(1));
        let wait = asked
            .map(|asked| asked.min(MAX_RETRY_AFTER))
            .unwrap_or(backoff.min(MAX_PAUSE));
        let jitter = wait.mul_f64(MAX_JITTER_FRACTION * chance.clamp(0.0, 1.0));
        let until = now + wait + jitter.min(MAX_JITTER);
        let until = self.pause.map_or(until, |pause| pause.until.max(until));
        self.pause = Some(Pause { since: now, until });
        self.window = 1;
        until.saturating_duration_since(now)
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
