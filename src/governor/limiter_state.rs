//! The decisions of a limiter: who enters, who waits, when a pause ends. The time is a parameter.

use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Limits;
use super::{DynamicPriority, Priority, max_pause_wait, max_queue_wait};

/// The number of priorities.
pub(super) const PRIORITIES: usize = Priority::ALL.len();

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
pub(super) const SHARE_CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// A pause of another server is taken over if it ends so much later than the one that is known here: times on the way to
/// the state and back are rounded.
const MIN_PROLONGATION: Duration = Duration::from_millis(100);

/// The decisions of a limiter, and what they follow from.
pub(super) struct LimiterState {
    /// The part of the limits that was this server's at the last look.
    pub part: f64,
    /// The version of the shared pauses at the last look.
    pub pauses_version: u64,
    pub in_flight: [usize; PRIORITIES],
    /// Requests in flight whose response has begun and whose body has not ended.
    pub open: usize,
    /// In order of arrival.
    pub waiting: Vec<QueueEntry>,
    next_id: u64,
    /// Token buckets of rate-limited priorities: tokens, and the time of that count.
    tokens: [(f64, Option<Instant>); PRIORITIES],
    /// The maximum of concurrent requests after a pause; doubled by each success.
    window: usize,
    pause: Option<Pause>,
    /// The sentence for people in the last refusal.
    pub sentence: Option<&'static str>,
    /// Consecutive refusals.
    consecutive_refusals: u32,
    pub pauses: u64,
}

pub(super) struct QueueEntry {
    pub id: u64,
    pub priority: DynamicPriority,
    since: Instant,
    pub granted: Option<Priority>,
    waker: Waker,
}

#[derive(Clone, Copy)]
struct Pause {
    since: Instant,
    until: Instant,
}

/// The answer to a waiter.
pub(super) enum Admission {
    Go(Priority),
    /// Not before this time, unless woken.
    Wait(Instant),
    /// Retry after this time.
    Refused(Duration),
}

impl LimiterState {
    /// Returns the state of a limiter of which `part` is this server's. `first` is the time from which its buckets fill;
    /// `None` if they are full.
    pub fn new(limits: &Limits, part: f64, first: Option<Instant>) -> Self {
        LimiterState {
            part,
            // None is seen yet.
            pauses_version: 0,
            in_flight: [0; PRIORITIES],
            waiting: Vec::new(),
            next_id: 0,
            tokens: std::array::from_fn(|index| {
                let rate = limits.by_priority[index].rate.filter(|_| first.is_none());
                (rate.map_or(0.0, |rate| rate.at_once), first)
            }),
            open: 0,
            window: limits.total,
            pause: None,
            sentence: None,
            consecutive_refusals: 0,
            pauses: 0,
        }
    }

    pub fn paused_for(&self, now: Instant) -> Option<Duration> {
        let left = self.pause?.until.checked_duration_since(now)?;
        (!left.is_zero()).then_some(left)
    }

    pub fn sentence_during_pause(&self, now: Instant) -> Option<&'static str> {
        self.paused_for(now).and(self.sentence)
    }

    /// Admits a request if a slot is free and the queue is empty; otherwise returns `None`.
    pub fn try_admit(
        &mut self,
        limits: &Limits,
        priority: Priority,
        now: Instant,
    ) -> Option<Priority> {
        let may = self.waiting.is_empty() && self.may_enter(limits, priority, false, now);
        may.then(|| self.enter(limits, priority, now))
    }

    pub fn queue(&mut self, priority: DynamicPriority, since: Instant, waker: &Waker) -> u64 {
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

    pub fn poll_waiter(
        &mut self,
        limits: &Limits,
        id: u64,
        now: Instant,
        waker: &Waker,
    ) -> Admission {
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
    pub fn grant(&mut self, limits: &Limits, now: Instant) {
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
        let own = &limits.by_priority[priority.index()];
        // Bodies in flight request nothing new, so the slow start after a refusal does not count them.
        let capacity = limits.total.min(self.window + self.open);
        let leaves = if aged {
            0
        } else {
            own.reserved_above.min(self.window / 2)
        };
        let all: usize = self.in_flight.iter().sum();
        let this_and_lower: usize = self.in_flight[priority.index()..].iter().sum();
        all + leaves < capacity
            && (aged || this_and_lower < own.max_concurrent)
            && self.next_token(limits, priority, now).is_none()
    }

    fn enter(&mut self, limits: &Limits, priority: Priority, now: Instant) -> Priority {
        let index = priority.index();
        self.in_flight[index] += 1;
        if limits.by_priority[index].rate.is_some() {
            self.tokens[index] = (self.tokens_at(limits, index, now) - 1.0, Some(now));
        }
        priority
    }

    fn tokens_at(&self, limits: &Limits, index: usize, now: Instant) -> f64 {
        let (tokens, since) = self.tokens[index];
        match (limits.by_priority[index].rate, since) {
            (Some(rate), Some(since)) => {
                let grown = now.saturating_duration_since(since).as_secs_f64() * rate.per_s;
                (tokens + grown).min(rate.at_once)
            }
            _ => tokens,
        }
    }

    /// Counts the tokens so far at the rates of `before`, since those of `now_on` hold from now on.
    pub fn settle_tokens(&mut self, before: &Limits, now_on: &Limits, now: Instant) {
        for index in 0..PRIORITIES {
            if let Some(rate) = now_on.by_priority[index].rate {
                let tokens = self.tokens_at(before, index, now);
                self.tokens[index] = (tokens.min(rate.at_once), Some(now));
            }
        }
    }

    /// Returns when the next token is available; `None` for now.
    fn next_token(&self, limits: &Limits, priority: Priority, now: Instant) -> Option<Instant> {
        let index = priority.index();
        let rate = limits.by_priority[index].rate?;
        let missing = 1.0 - self.tokens_at(limits, index, now);
        if rate.per_s <= 0.0 {
            return Some(now + SHARE_CHECK_INTERVAL);
        }
        // Tolerates rounding.
        (missing > 0.001).then(|| now + Duration::from_secs_f64(missing / rate.per_s + 0.001))
    }

    pub fn release(&mut self, limits: &Limits, priority: Priority, now: Instant) {
        self.in_flight[priority.index()] -= 1;
        self.grant(limits, now);
    }

    pub fn record_success(&mut self, limits: &Limits, begun: Instant, now: Instant) {
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
    pub fn keep_pause(&mut self, until: Instant, now: Instant) {
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
    pub fn record_refusal(
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
