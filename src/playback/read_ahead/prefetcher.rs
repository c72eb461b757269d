//! The task behind one playhead: measures how fast segments arrive, and prefetches the next ones.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use super::Playhead;
use crate::bytes::{CacheStatus, PrefetchOutcome};
use crate::governor::Priority;
use crate::playback::Playback;
use crate::playback::segment_index::SegmentIndex;
use media::{Entry, Rendition};

/// Seconds of the film to prefetch: players buffer about as much themselves.
const AHEAD_S: f64 = 30.0;

/// The minimum of segments to prefetch, if they are long.
const AHEAD_SEGMENTS: usize = 2;

/// The maximum of concurrent fetches for one viewer, if one is slower than the film. Together with the
/// viewer's own that makes four connections, which upstreams take for one browser.
const MAX_CONCURRENT_FETCHES: usize = 3;

/// The target for the sum of all fetches, as a multiple of the film's speed.
const TARGET_SPEED: f64 = 1.5;

/// A first segment that arrives at this multiple of the film's speed needs no prefetching: the second will
/// arrive in time. Most viewers who seek go on seeking, and what was prefetched beyond the part that they
/// saw is wasted.
const MIN_UNAIDED_SPEED: f64 = 1.1;

/// The interval of checks.
const CHECK_INTERVAL: Duration = Duration::from_millis(250);

/// A player without a request for this time has been closed, or is paused with a full buffer.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// The task behind one playhead.
pub(super) struct SegmentPrefetcher<'a> {
    playback: &'a Playback,
    entry: &'a Arc<Entry>,
    head: &'a Playhead,
    /// The rendition that is being prefetched.
    rendition: Option<Rendition>,
    fetches: JoinSet<(usize, PrefetchEnd)>,
    /// Segments that cannot be prefetched: their lengths are unknown.
    impossible: HashSet<usize>,
    /// The fetch of each segment.
    fetching: HashMap<usize, AbortHandle>,
    /// Latest rate over one connection, in seconds of film per second.
    speed: Option<f64>,
}

/// The next check.
#[derive(Debug, PartialEq, Eq)]
enum NextCheck {
    /// After [`CHECK_INTERVAL`]: a fetch is in progress.
    Soon,
    /// When the viewer moves on: everything is cached.
    OnMove,
    /// Never: the viewer has left.
    Stop,
}

impl<'a> SegmentPrefetcher<'a> {
    pub fn new(playback: &'a Playback, entry: &'a Arc<Entry>, head: &'a Playhead) -> Self {
        SegmentPrefetcher {
            playback,
            entry,
            head,
            rendition: None,
            fetches: JoinSet::new(),
            impossible: HashSet::new(),
            fetching: HashMap::new(),
            speed: None,
        }
    }

    /// Runs until the viewer has left.
    pub async fn run(mut self) {
        // Most segments are sent before the first check, which then has nothing to do.
        let mut next_check = NextCheck::Soon;
        loop {
            let forgotten_at = self.head.at().seen + IDLE_TIMEOUT;
            match next_check {
                NextCheck::Stop => return,
                NextCheck::Soon => {
                    tokio::select! {
                        () = sleep(CHECK_INTERVAL) => {}
                        Some(done) = self.fetches.join_next(), if !self.fetches.is_empty() => {
                            if let Ok((number, end)) = done {
                                self.fetched(number, end).await;
                            }
                        }
                    }
                }
                NextCheck::OnMove => {
                    tokio::select! {
                        () = sleep_until(forgotten_at) => {}
                        // Delayed, so that the viewer's own segment goes first.
                        () = self.head.moved.notified() => sleep(CHECK_INTERVAL).await,
                    }
                }
            }
            if Instant::now() >= self.head.at().seen + IDLE_TIMEOUT {
                return;
            }
            next_check = self.check().await;
        }
    }

    async fn fetched(&mut self, number: usize, end: PrefetchEnd) {
        self.fetching.remove(&number);
        let took = match end {
            PrefetchEnd::Fetched(took) => took,
            PrefetchEnd::Impossible => {
                self.impossible.insert(number);
                return;
            }
            PrefetchEnd::RetryLater => return,
        };
        let Some(rendition) = self.rendition else {
            return;
        };
        if let Ok(index) = self.playback.segment_index(self.entry, rendition).await
            && let Some(segment) = index.segments.get(number)
        {
            self.speed = Some(segment.duration_s / took.as_secs_f64().max(0.001));
        }
    }

    async fn check(&mut self) -> NextCheck {
        let at = *self.head.at();
        let Ok(index) = self.playback.segment_index(self.entry, at.rendition).await else {
            return NextCheck::Stop;
        };
        if self.rendition != Some(at.rendition) {
            self.fetches.abort_all();
            self.fetching.clear();
            self.impossible.clear();
            self.rendition = Some(at.rendition);
            self.speed = None;
        }
        let watched = self.cache_status(&index, at.number);
        // With parallel ranges, the viewer's fetch is no measure of one connection.
        if self.playback.engine.parallel_ranges() == 1 {
            self.measure(&index, at.number, watched);
        }
        let is_coming = matches!(watched, CacheStatus::Fetching(_));
        if !at.moving {
            match watched {
                CacheStatus::Fetching(_) if self.speed.is_none_or(|it| it >= MIN_UNAIDED_SPEED) => {
                    return NextCheck::Soon;
                }
                CacheStatus::Fetching(_) => {}
                // Completely cached. If the viewer stays, the next segment will be requested.
                CacheStatus::Cached if self.fetching.is_empty() => return NextCheck::OnMove,
                CacheStatus::Cached => {}
                // Neither read nor cached: the viewer has left in the middle.
                CacheStatus::Absent => return NextCheck::Stop,
            }
        }
        let wanted = prefetch_range(&index, at.number);
        // Aborts fetches of segments that the viewer has reached or passed.
        self.fetching.retain(|number, fetch| {
            let stays = wanted.contains(number);
            if !stays {
                fetch.abort();
            }
            stays
        });
        let mut under_way = is_coming;
        for number in wanted {
            let there = self.cache_status(&index, number);
            self.measure(&index, number, there);
            if self.fetching.contains_key(&number) {
                under_way = true;
                continue;
            }
            match there {
                CacheStatus::Cached => {}
                CacheStatus::Fetching(_) => under_way = true,
                CacheStatus::Absent if self.impossible.contains(&number) => {}
                CacheStatus::Absent => {
                    under_way = true;
                    if self.fetching.len() < connections_for(self.speed) {
                        self.fetch(&index, at.rendition, number);
                    }
                }
            }
        }
        if under_way {
            NextCheck::Soon
        } else {
            NextCheck::OnMove
        }
    }

    fn cache_status(&self, index: &SegmentIndex, number: usize) -> CacheStatus {
        match self
            .playback
            .segment_etag(index, self.entry, self.rendition, number)
        {
            Some(etag) => self.playback.engine.cache_status(&etag),
            None => CacheStatus::Cached,
        }
    }

    /// Updates the rate with the progress of a segment.
    fn measure(&mut self, index: &SegmentIndex, number: usize, there: CacheStatus) {
        if let CacheStatus::Fetching(progress) = there
            && let Some(bytes_per_s) = progress.bytes_per_s()
            && let Some(segment) = index.segments.get(number)
            && let Some(length) = index.facts(number).and_then(|facts| facts.length)
            && length > 0
        {
            self.speed = Some(bytes_per_s * segment.duration_s / length as f64);
        }
    }

    fn fetch(&mut self, index: &Arc<SegmentIndex>, rendition: Rendition, number: usize) {
        let object = self.playback.segment_of(
            index.clone(),
            self.entry,
            rendition,
            number,
            Priority::ReadAhead,
        );
        let Ok(object) = object else { return };
        let engine = self.playback.engine.clone();
        let fetch = self.fetches.spawn(async move {
            let began = Instant::now();
            let end = match engine.prefetch(&object).await {
                Ok(PrefetchOutcome::Fetched) => PrefetchEnd::Fetched(began.elapsed()),
                Ok(PrefetchOutcome::Impossible) => PrefetchEnd::Impossible,
                Ok(PrefetchOutcome::NoRoom | PrefetchOutcome::Cached) => {
                    sleep(CHECK_INTERVAL).await;
                    PrefetchEnd::RetryLater
                }
                // Not reported: if the failure lasts, the viewer's own request reports it.
                Err(_) => {
                    sleep(FAILURE_INTERVAL).await;
                    PrefetchEnd::RetryLater
                }
            };
            (number, end)
        });
        self.fetching.insert(number, fetch);
    }
}

/// The end of one prefetch.
enum PrefetchEnd {
    /// It took this long.
    Fetched(Duration),
    /// It is tried again if it is still wanted.
    RetryLater,
    /// It is not tried again.
    Impossible,
}

/// The pause after a segment could not be prefetched.
const FAILURE_INTERVAL: Duration = Duration::from_secs(5);

/// Returns the number of concurrent fetches for a measured rate; `None` if it is unknown.
pub(super) fn connections_for(speed: Option<f64>) -> usize {
    let needed = TARGET_SPEED / speed.unwrap_or(TARGET_SPEED).max(0.01);
    (needed.ceil() as usize).clamp(1, MAX_CONCURRENT_FETCHES)
}

/// Returns the segments to prefetch after segment `number`.
pub(super) fn prefetch_range(index: &SegmentIndex, number: usize) -> Range<usize> {
    let mut seconds = 0.0;
    let first = number + 1;
    let mut end = first;
    while end < index.segments.len() && (end < first + AHEAD_SEGMENTS || seconds < AHEAD_S) {
        seconds += index.segments[end].duration_s;
        end += 1;
    }
    first..end
}
