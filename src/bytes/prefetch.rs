//! Read-ahead of originals: who reads a film's file in order finds the next minute of it here.
//!
//! ```text
//!   viewer ── reader ── position ──────►┐ moved
//!                                       ▼
//!             pilot ── reader ── up to `depth` further on, over the same run
//! ```
//!
//! A viewer who has read [`MIN_SEQUENTIAL_BYTES`] bytes without a jump is watching. From then on a pilot reads the same
//! object ahead of them, as far as half a minute of the film, and up to four times as far where the upstream is hardly
//! faster than the film. It joins the viewer's own run and only pulls it further, so the upstream is asked for nothing
//! twice; the viewer follows through blocks that are kept. Where the run ends, the pilot begins the next
//! one, with the priority of read-ahead.
//!
//! The pilot ends when the request ends before its last byte: the viewer has jumped or left. A request that ends
//! with its last byte may be one of a chain, as some players make them: the next one, beginning where it ended,
//! goes on with the same pilot, which waits for it for a while.
//!
//! All prefetch_pool together hold at most a part of the memory for media ([`super::engine`]). A viewer who takes
//! everything as fast as the upstream brings it is not helped, and a block for which there is no memory is not
//! read ahead.

mod request_chain;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, sleep};

use super::block::{BlockLayout, Reservation};
use super::engine::EngineInner;
use super::reader::Reader;
use super::{Object, Source};

pub(super) use request_chain::PrefetchPool;
use request_chain::{PlayheadChannel, RequestChain};

/// Bytes read without a jump that make a viewer of somebody who opens a file: players look at its beginning
/// and its end before they play.
const MIN_SEQUENTIAL_BYTES: u64 = 4 << 20;

/// Seconds of the film to be ahead on an upstream that is at least twice as fast.
const AHEAD_S: f64 = 30.0;

/// As many times as far on one that is only just fast enough.
const MAX_DEPTH_FACTOR: f64 = 4.0;

/// Bytes to be ahead at least and at most, whatever the film's speed.
const MIN_DEPTH_BYTES: u64 = 4 << 20;
const MAX_DEPTH_BYTES: u64 = 64 << 20;

/// How far the viewer moves before the pilot looks again.
const RECHECK_BYTES: u64 = 512 << 10;

/// Bytes to be ahead where what is read is not kept: less than the window of a run.
const UNCACHED_DEPTH_BYTES: u64 = 512 << 10;

/// A pilot that has pulled so much and is not this far ahead has a viewer as fast as the upstream.
const SPEED_SAMPLE_BYTES: u64 = 4 << 20;
const MIN_LEAD_BYTES: u64 = 1 << 20;

/// How long such a viewer is left alone.
const UNNEEDED_INTERVAL: Duration = Duration::from_secs(2);

/// How long what could not be read ahead is left alone; the viewer meets the failure, if it lasts.
const FAILURE_INTERVAL: Duration = Duration::from_secs(5);

/// How an object is read ahead of its viewer.
pub struct PrefetchSource {
    /// The same object, opened with the priority of read-ahead.
    pub source: Arc<dyn Source>,
    /// Bytes of a second of the film, where known.
    pub bytes_per_s: Option<f64>,
}

/// What follows one request.
pub(super) struct ReadTracker {
    parts: Arc<EngineInner>,
    object: Object,
    cut: BlockLayout,
    end: u64,
    chain: Option<RequestChain>,
    /// Until it has been begun for this request.
    ahead: Option<PrefetchSource>,
}

impl ReadTracker {
    /// Follows a request for bytes `position..end`; `None` where the object is not read ahead.
    pub fn of(
        parts: &Arc<EngineInner>,
        object: &Object,
        cut: BlockLayout,
        position: u64,
        end: u64,
    ) -> Option<Box<Self>> {
        if cut.is_single() {
            return None;
        }
        let (length, ahead) = (object.length?, object.source.prefetch_source()?);
        let chain = match parts.prefetch_pool.continued(&object.etag, position) {
            // It is one of a chain: the next one will want what comes behind it.
            Some(chain) => {
                chain.playhead.extend(length);
                chain
            }
            None => RequestChain {
                playhead: Arc::new(PlayheadChannel::new(position, end)),
                pilot: None,
                ended_at: Instant::now(),
            },
        };
        Some(Box::new(ReadTracker {
            parts: parts.clone(),
            object: object.clone(),
            cut,
            end,
            chain: Some(chain),
            ahead: Some(ahead),
        }))
    }

    /// The viewer has read up to `position`.
    pub fn moved(&mut self, position: u64) {
        let Some(chain) = &mut self.chain else { return };
        let playhead = &chain.playhead;
        playhead.moved_to(position);
        if self.ahead.is_none()
            || position < playhead.start + MIN_SEQUENTIAL_BYTES
            || position >= playhead.limit()
        {
            return;
        }
        if chain.pilot.as_ref().is_some_and(|it| !it.is_finished()) {
            return;
        }
        let Some(ahead) = self.ahead.take() else {
            return;
        };
        let object = Object {
            source: ahead.source,
            ..self.object.clone()
        };
        let pilot = Prefetcher {
            parts: self.parts.clone(),
            object,
            cut: self.cut,
            playhead: playhead.clone(),
            bytes_per_s: ahead.bytes_per_s,
            memory: Vec::new(),
            reserved: 0,
            speed: UpstreamSpeed::default(),
        };
        chain.pilot = Some(tokio::spawn(pilot.run()).abort_handle());
    }
}

impl Drop for ReadTracker {
    fn drop(&mut self) {
        let Some(mut chain) = self.chain.take() else {
            return;
        };
        let length = self.object.length.unwrap_or(0);
        // Else the chain goes here, and its pilot with it: the viewer has jumped or left, or has all of it.
        if chain.playhead.at() == self.end && self.end < length {
            chain.ended_at = Instant::now();
            chain.playhead.tell(true);
            self.parts.prefetch_pool.keep(&self.object.etag, chain);
        }
    }
}

/// Who reads ahead of one viewer.
struct Prefetcher {
    parts: Arc<EngineInner>,
    object: Object,
    cut: BlockLayout,
    playhead: Arc<PlayheadChannel>,
    bytes_per_s: Option<f64>,
    /// What of the memory for all prefetch_pool is this one's, and how much that is.
    memory: Vec<Reservation>,
    reserved: u64,
    speed: UpstreamSpeed,
}

/// How fast the upstream was lately.
#[derive(Default)]
struct UpstreamSpeed {
    bytes: f64,
    waited: f64,
}

impl UpstreamSpeed {
    fn add(&mut self, bytes: u64, waited: Duration) {
        self.bytes += bytes as f64;
        self.waited += waited.as_secs_f64();
        // What was long ago says little about now.
        if self.bytes > 2.0 * SPEED_SAMPLE_BYTES as f64 {
            self.bytes /= 2.0;
            self.waited /= 2.0;
        }
    }

    fn bytes_per_s(&self) -> Option<f64> {
        (self.bytes > RECHECK_BYTES as f64).then(|| self.bytes / self.waited.max(0.001))
    }
}

/// Bytes to be ahead of a viewer of a film of such a speed on an upstream of such a speed.
fn depth(film: f64, upstream: Option<f64>) -> u64 {
    let times = upstream.map_or(1.0, |upstream| 2.0 * film / upstream.max(1.0));
    let bytes = film * AHEAD_S * times.clamp(1.0, MAX_DEPTH_FACTOR);
    (bytes as u64).clamp(MIN_DEPTH_BYTES, MAX_DEPTH_BYTES)
}

impl Prefetcher {
    async fn run(mut self) {
        let mut position = self.playhead.at();
        while position < self.playhead.limit() {
            match self.lead(position.max(self.playhead.at())).await {
                Some(there) => position = there,
                None => return,
            }
        }
    }

    /// Reads from `position` on, ahead of the viewer, and answers where to go on; `None` where nobody watches
    /// any more.
    async fn lead(&mut self, position: u64) -> Option<u64> {
        let (parts, object, limit) = (
            self.parts.clone(),
            self.object.clone(),
            self.playhead.limit(),
        );
        let mut reader = Reader::new(parts, object, self.cut, position, limit);
        let mut pulled = 0;
        loop {
            let at = reader.position();
            if at >= limit || at < self.playhead.at() {
                return Some(at);
            }
            let depth = match reader.is_kept() {
                true => self.take_memory(),
                false => UNCACHED_DEPTH_BYTES,
            };
            // The viewer may have gone past meanwhile.
            let lead = at.saturating_sub(self.playhead.at());
            if lead >= depth {
                pulled = 0;
                let back = at - depth + RECHECK_BYTES.min(depth / 2);
                if !self.playhead.reached(back).await {
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
                    // Not before the viewer moves: else what fails would be asked for again and again, for nobody.
                    let here = self.playhead.at();
                    return self
                        .playhead
                        .reached(here + 1)
                        .await
                        .then(|| self.playhead.at());
                }
            }
        }
    }

    /// How far ahead there is memory for.
    fn take_memory(&mut self) -> u64 {
        let film = self.bytes_per_s.unwrap_or_else(|| self.playhead.pace());
        let wanted = depth(film, self.speed.bytes_per_s());
        let mut more = wanted.saturating_sub(self.reserved);
        while more >= RECHECK_BYTES {
            if let Some(memory) = self.parts.prefetch_pool.memory.reserve(more) {
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
