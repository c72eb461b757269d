//! Read-ahead: what a viewer will want next is fetched while they watch.
//!
//! Every viewer of a film has a playhead. A segment asked for after the one before it moves a
//! playhead on, also into another quality; then the segments that follow are fetched into the cache,
//! one after the other, several at a time only where the upstream turns out slower than the film. A
//! segment asked for out of order, over the connection that moved a playhead last, is a seek: what
//! was being fetched for the old place stops. Viewers are not told apart by anything else: many may
//! share an address. A first segment alone starts nothing, since players that only look at a list
//! ask for one of each quality.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

use super::plan::Plan;
use super::{EntryKey, Playback};
use crate::media::{Entry, Rendition};

/// Seconds of a film to be ahead of the viewer: players buffer about as much themselves.
const AHEAD_S: f64 = 30.0;

/// Segments to be ahead at least, where they are long.
const AHEAD_SEGMENTS: usize = 2;

/// Fetches for one viewer at a time, where one alone is slower than the film. Together with the
/// viewer's own that makes four connections, which upstreams take for one browser.
const MOST_AT_A_TIME: usize = 3;

/// One fetch is fast enough that brings the film at this multiple of its own speed.
const FAST_ENOUGH: f64 = 1.5;

/// A player that asks for nothing for so long has been closed or paused with a full buffer.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(90);

/// Playheads of one film: more viewers than these read behind them, from what is kept.
const MOST_HEADS: usize = 64;

/// All playheads. Clones share them.
#[derive(Clone, Default)]
pub(super) struct ReadAhead {
    heads: Arc<Mutex<HashMap<EntryKey, Vec<Playhead>>>>,
}

struct Playhead {
    /// The connection over which it was moved last.
    peer: SocketAddr,
    rendition: Rendition,
    /// The segment that comes next if the viewer just watches.
    next: usize,
    /// Whether it has ever moved on: until then nobody is known to be watching.
    moving: bool,
    seen: Instant,
    lanes: Arc<Lanes>,
    fetches: HashMap<usize, AbortHandle>,
}

/// How many fetches may go side by side.
struct Lanes {
    permits: Semaphore,
    count: Mutex<usize>,
}

impl Lanes {
    fn new() -> Arc<Self> {
        Arc::new(Lanes {
            permits: Semaphore::new(1),
            count: Mutex::new(1),
        })
    }

    /// Takes note of how fast a fetch was, in seconds of film per second.
    fn measured(&self, speed: f64) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        if speed < FAST_ENOUGH && *count < MOST_AT_A_TIME {
            *count += 1;
            self.permits.add_permits(1);
        }
    }
}

impl Playhead {
    fn new(peer: SocketAddr, rendition: Rendition, number: usize) -> Self {
        Playhead {
            peer,
            rendition,
            next: number + 1,
            moving: false,
            seen: Instant::now(),
            lanes: Lanes::new(),
            fetches: HashMap::new(),
        }
    }

    /// Whether a request goes on where the last one ended. Somebody who is watching may change the
    /// quality, and the player may then ask for the segment before once more.
    fn goes_on(&self, rendition: Rendition, number: usize) -> bool {
        if rendition == self.rendition {
            number == self.next
        } else {
            self.moving && (number == self.next || number + 1 == self.next)
        }
    }

    fn stop(&mut self, keep: impl Fn(usize) -> bool) {
        self.fetches.retain(|number, fetch| {
            let kept = keep(*number);
            if !kept {
                fetch.abort();
            }
            kept
        });
    }
}

impl Drop for Playhead {
    fn drop(&mut self) {
        self.stop(|_| false);
    }
}

impl Playback {
    /// Tells that segment `number` has just begun to go out over the connection of `peer`.
    pub fn follow(
        &self,
        peer: SocketAddr,
        entry: &Arc<Entry>,
        rendition: Rendition,
        number: usize,
        plan: &Plan,
    ) {
        let mut films = self
            .read_ahead
            .heads
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        films.retain(|_, heads| {
            heads.retain(|head| head.seen.elapsed() < FORGOTTEN_AFTER);
            !heads.is_empty()
        });
        let heads = films.entry(EntryKey::of(entry)).or_default();
        let Some(head) = heads
            .iter_mut()
            .find(|head| head.goes_on(rendition, number))
        else {
            heads.retain(|head| head.peer != peer);
            if heads.len() >= MOST_HEADS {
                heads.remove(0);
            }
            heads.push(Playhead::new(peer, rendition, number));
            return;
        };
        if head.rendition != rendition {
            head.stop(|_| false);
        }
        (head.peer, head.rendition, head.next) = (peer, rendition, number + 1);
        (head.moving, head.seen) = (true, Instant::now());
        let wanted = wanted(plan, number);
        head.stop(|fetched| wanted.contains(&fetched));
        for number in wanted {
            head.fetches.entry(number).or_insert_with(|| {
                let fetch = fetch(
                    self.clone(),
                    entry.clone(),
                    rendition,
                    number,
                    head.lanes.clone(),
                );
                tokio::spawn(fetch).abort_handle()
            });
        }
    }
}

/// The segment that is being watched, so that its end is waited for, and those after it.
fn wanted(plan: &Plan, number: usize) -> std::ops::Range<usize> {
    let mut seconds = 0.0;
    let mut end = number + 1;
    while end < plan.segments.len() && (end <= number + AHEAD_SEGMENTS || seconds < AHEAD_S) {
        seconds += plan.segments[end].duration_s;
        end += 1;
    }
    number..end
}

async fn fetch(
    playback: Playback,
    entry: Arc<Entry>,
    rendition: Rendition,
    number: usize,
    lanes: Arc<Lanes>,
) {
    let Ok(_lane) = lanes.permits.acquire().await else {
        return;
    };
    // A failure here is nobody's: the viewer meets it, if it lasts, with a status of its own.
    let Ok(plan) = playback.plan(&entry, rendition).await else {
        return;
    };
    let Ok(object) = playback.segment(&entry, rendition, number).await else {
        return;
    };
    let started = Instant::now();
    if let Ok(true) = playback.engine.keep(&object).await
        && let Some(segment) = plan.segments.get(number)
    {
        lanes.measured(segment.duration_s / started.elapsed().as_secs_f64().max(0.001));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drives::{Origin, SegmentFacts, UpstreamPlaylist};

    fn plan(durations: &[f64]) -> Plan {
        let lines: String = durations
            .iter()
            .map(|seconds| format!("#EXTINF:{seconds},\nhttps://v/x\n"))
            .collect();
        let text = format!("#EXTM3U\n{lines}#EXT-X-ENDLIST\n");
        Plan::read(
            &UpstreamPlaylist::new(text, Origin::new("https://v/", None)),
            |_| SegmentFacts::default(),
        )
        .unwrap()
    }

    #[test]
    fn thirty_seconds_or_two_segments_whichever_is_more() {
        assert_eq!(wanted(&plan(&[10.0; 20]), 3), 3..7);
        assert_eq!(wanted(&plan(&[2.0; 40]), 0), 0..16);
        assert_eq!(wanted(&plan(&[60.0; 5]), 1), 1..4);
        assert_eq!(wanted(&plan(&[10.0; 5]), 4), 4..5);
        assert_eq!(wanted(&plan(&[10.0; 5]), 3), 3..5);
    }

    #[test]
    fn watching_goes_on_and_seeking_does_not() {
        let (hd, sd) = (
            Rendition::Video { height: 720 },
            Rendition::Video { height: 480 },
        );
        let mut head = Playhead::new("127.0.0.1:1".parse().unwrap(), hd, 4);
        // One who looks at the beginning of each quality is not watching.
        assert!(!head.goes_on(sd, 4) && head.goes_on(hd, 5));
        head.moving = true;
        for (rendition, number, goes_on) in [
            (hd, 5, true),
            (hd, 4, false),
            (hd, 6, false),
            (hd, 0, false),
            (sd, 5, true),
            (sd, 4, true),
            (sd, 3, false),
            (sd, 9, false),
        ] {
            assert_eq!(
                head.goes_on(rendition, number),
                goes_on,
                "{rendition} {number}"
            );
        }
    }

    #[test]
    fn a_slow_upstream_gets_more_lanes_up_to_three() {
        let lanes = Lanes::new();
        for (speed, expected) in [(4.0, 1), (0.8, 2), (1.2, 3), (0.1, 3)] {
            lanes.measured(speed);
            assert_eq!(lanes.permits.available_permits(), expected, "{speed}");
        }
    }
}
