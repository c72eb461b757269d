//! Prefetching of originals: a viewer who reads a film's file in order finds the next minute of it in the
//! cache.
//!
//! ```text
//!   viewer ── reader ── position ───────►┐ playhead
//!                                        ▼
//!         prefetcher ── reader ── up to `depth` further, over the same fetch
//! ```
//!
//! A viewer who has read [`MIN_SEQUENTIAL_BYTES`] without a jump is watching. From then on a [`Prefetcher`]
//! reads the same object ahead of them: thirty seconds of the film, and up to [`MAX_DEPTH_FACTOR`] times as
//! far if the upstream is hardly faster than the film. It joins the viewer's own fetch and only advances
//! it, so that nothing is requested twice; the viewer follows through cached blocks. If the fetch ends, the
//! prefetcher starts the next one with the priority of read-ahead.
//!
//! Prefetching stops if the client aborts the request (seek or disconnect). If the request completes, the
//! prefetcher waits for [`NEXT_REQUEST_TIMEOUT`](super::request_chain::NEXT_REQUEST_TIMEOUT): some players
//! issue consecutive range requests, and the next one continues it.
//!
//! All prefetchers together hold at most a part of the memory for media (see [`super::engine`]). A viewer
//! who reads as fast as the upstream delivers is not prefetched for, and neither is a block for which there
//! is no memory.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, sleep};

use super::block::BlockLayout;
use super::engine_state::EngineInner;
use super::memory_budget::Reservation;
use super::reader::{ReadObserver, Reader};
use super::request_chain::{PlayheadChannel, RequestChain};
use super::{Object, Source};

/// Bytes that a viewer must read without a jump before prefetching starts: players look at the beginning
/// and the end of a file before they play.
const MIN_SEQUENTIAL_BYTES: u64 = 4 << 20;

/// Seconds of the film to prefetch on an upstream that is at least twice as fast as the film.
const AHEAD_S: f64 = 30.0;

/// The factor by which that grows on an upstream that is only just fast enough.
const MAX_DEPTH_FACTOR: f64 = 4.0;

/// Limits of the prefetch depth in bytes, whatever the film's bit rate.
const MIN_DEPTH_BYTES: u64 = 4 << 20;
const MAX_DEPTH_BYTES: u64 = 64 << 20;

/// Bytes that the viewer advances before the prefetcher checks again.
const RECHECK_BYTES: u64 = 512 << 10;

/// Prefetch depth in bytes if the bytes are not cached: less than the window of a fetch.
const UNCACHED_DEPTH_BYTES: u64 = 512 << 10;

/// A prefetcher that has read this many bytes and leads by fewer than [`MIN_LEAD_BYTES`] has a viewer as
/// fast as the upstream.
const SPEED_SAMPLE_BYTES: u64 = 4 << 20;
const MIN_LEAD_BYTES: u64 = 1 << 20;

/// The pause of prefetching for such a viewer.
const UNNEEDED_INTERVAL: Duration = Duration::from_secs(2);

/// The pause after a failure. If the failure lasts, the viewer's own request reports it.
const FAILURE_INTERVAL: Duration = Duration::from_secs(5);

/// The source by which an object is prefetched.
pub struct PrefetchSource {
    /// The same object, opened with the priority of read-ahead.
    pub source: Arc<dyn Source>,
    /// The film's bit rate in bytes per second, if known.
    pub bytes_per_s: Option<f64>,
}

/// Tracks the reads of one request.
pub(super) struct ReadTracker {
    engine: Arc<EngineInner>,
    object: Object,
    layout: BlockLayout,
    end: u64,
    chain: Option<RequestChain>,
    /// `None` once the prefetcher of this request has been started.
    ahead: Option<PrefetchSource>,
}

impl ReadTracker {
    /// Tracks a request for bytes `position..end`. Returns `None` if the object is not prefetched.
    pub fn of(
        engine: &Arc<EngineInner>,
        object: &Object,
        layout: BlockLayout,
        position: u64,
        end: u64,
    ) -> Option<Box<dyn ReadObserver>> {
        if layout.is_single() {
            return None;
        }
        let (length, ahead) = (object.length?, object.source.prefetch_source()?);
        let chain = match engine.prefetch_pool.resume(&object.etag, position) {
            // Part of a chain: the next request will continue after this one.
            Some(chain) => {
                chain.playhead.extend(length);
                chain
            }
            None => RequestChain {
                playhead: Arc::new(PlayheadChannel::new(position, end)),
                task: None,
                ended_at: Instant::now(),
            },
        };
        Some(Box::new(ReadTracker {
            engine: engine.clone(),
            object: object.clone(),
            layout,
            end,
            chain: Some(chain),
            ahead: Some(ahead),
        }))
    }
}

impl ReadObserver for ReadTracker {
    fn moved_to(&mut self, position: u64) {
        let Some(chain) = &mut self.chain else { return };
        let playhead = &chain.playhead;
        playhead.moved_to(position);
        if self.ahead.is_none()
            || position < playhead.start + MIN_SEQUENTIAL_BYTES
            || position >= playhead.limit()
        {
            return;
        }
        if chain.task.as_ref().is_some_and(|it| !it.is_finished()) {
            return;
        }
        let Some(ahead) = self.ahead.take() else {
            return;
        };
        let object = Object {
            source: ahead.source,
            ..self.object.clone()
        };
        let task = Prefetcher {
            engine: self.engine.clone(),
            object,
            layout: self.layout,
            playhead: playhead.clone(),
            bytes_per_s: ahead.bytes_per_s,
            memory: Vec::new(),
            reserved: 0,
            speed: UpstreamSpeed::default(),
        };
        chain.task = Some(tokio::spawn(task.run()).abort_handle());
    }
}

impl Drop for ReadTracker {
    fn drop(&mut self) {
        let Some(mut chain) = self.chain.take() else {
            return;
        };
        let length = self.object.length.unwrap_or(0);
        // Otherwise the chain is dropped, and its prefetcher with it: the viewer has jumped, left, or has
        // all of it.
        if chain.playhead.at() == self.end && self.end < length {
            chain.ended_at = Instant::now();
            chain.playhead.set_ended(true);
            self.engine.prefetch_pool.park(&self.object.etag, chain);
        }
    }
}

/// Reads ahead of one viewer.
struct Prefetcher {
    engine: Arc<EngineInner>,
    object: Object,
    layout: BlockLayout,
    playhead: Arc<PlayheadChannel>,
    bytes_per_s: Option<f64>,
    /// Memory reserved from the [`super::request_chain::PrefetchPool`], and its size in bytes.
    memory: Vec<Reservation>,
    reserved: u64,
    speed: UpstreamSpeed,
}

/// The recent rate of the upstream.
#[derive(Default)]
struct UpstreamSpeed {
    bytes: f64,
    waited: f64,
}

impl UpstreamSpeed {
    fn add(&mut self, bytes: u64, waited: Duration) {
        self.bytes += bytes as f64;
        self.waited += waited.as_secs_f64();
        // Older measurements count half.
        if self.bytes > 2.0 * SPEED_SAMPLE_BYTES as f64 {
            self.bytes /= 2.0;
            self.waited /= 2.0;
        }
    }

    fn bytes_per_s(&self) -> Option<f64> {
        (self.bytes > RECHECK_BYTES as f64).then(|| self.bytes / self.waited.max(0.001))
    }
}

/// Returns the bytes to prefetch, for the film's and the upstream's rate in bytes per second.
fn depth(film: f64, upstream: Option<f64>) -> u64 {
    let times = upstream.map_or(1.0, |upstream| 2.0 * film / upstream.max(1.0));
    let bytes = film * AHEAD_S * times.clamp(1.0, MAX_DEPTH_FACTOR);
    (bytes as u64).clamp(MIN_DEPTH_BYTES, MAX_DEPTH_BYTES)
}

impl Prefetcher {
    async fn run(mut self) {
        let mut position = self.playhead.at();
        while position < self.playhead.limit() {
            match self.run_ahead(position.max(self.playhead.at())).await {
                Some(there) => position = there,
                None => return,
            }
        }
    }

    /// Reads from `position` on, ahead of the viewer. Returns the position at which to continue, or `None`
    /// if there is no viewer any more.
    async fn run_ahead(&mut self, position: u64) -> Option<u64> {
        let (engine, object, limit) = (
            self.engine.clone(),
            self.object.clone(),
            self.playhead.limit(),
        );
        let mut reader = Reader::new(engine, object, self.layout, position, limit);
        let mut pulled = 0;
        loop {
            let at = reader.position();
            if at >= limit || at < self.playhead.at() {
                return Some(at);
            }
            let depth = match reader.is_kept() {
                true => self.reserve_memory(),
                false => UNCACHED_DEPTH_BYTES,
            };
            // The viewer may have overtaken the prefetcher.
            let lead = at.saturating_sub(self.playhead.at());
            if lead >= depth {
                pulled = 0;
                let back = at - depth + RECHECK_BYTES.min(depth / 2);
                if !self.playhead.wait_for(back).await {
                    return None;
                }
            }
            if pulled >= SPEED_SAMPLE_BYTES {
                if lead < MIN_LEAD_BYTES {
                    drop(reader);
                    sleep(UNNEEDED_INTERVAL).await;
                    return Some(self.playhead.at());
                }
                pulled = 0;
            }
            let began = Instant::now();
            match reader.next().await {
                None => return Some(reader.position()),
                Some(Ok(chunk)) => {
                    pulled += chunk.len() as u64;
                    self.speed.add(chunk.len() as u64, began.elapsed());
                }
                Some(Err(_)) => {
                    drop(reader);
                    sleep(FAILURE_INTERVAL).await;
                    // Retried only after the viewer has moved, or a failing range would be requested in a
                    // loop.
                    let here = self.playhead.at();
                    return self
                        .playhead
                        .wait_for(here + 1)
                        .await
                        .then(|| self.playhead.at());
                }
            }
        }
    }

    /// Reserves memory and returns how many bytes may be prefetched.
    fn reserve_memory(&mut self) -> u64 {
        let film = self
            .bytes_per_s
            .unwrap_or_else(|| self.playhead.bytes_per_s());
        let wanted = depth(film, self.speed.bytes_per_s());
        let mut more = wanted.saturating_sub(self.reserved);
        while more >= RECHECK_BYTES {
            if let Some(memory) = self.engine.prefetch_pool.memory.reserve(more) {
                self.memory.push(memory);
                self.reserved += more;
                break;
            }
            more /= 2;
        }
        wanted.min(self.reserved).max(UNCACHED_DEPTH_BYTES)
    }
}

#[cfg(test)]
mod tests;
