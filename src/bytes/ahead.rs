//! Read-ahead of originals: who reads a film's file in order finds the next minute of it here.
//!
//! ```text
//!   viewer ── reader ── position ──────►┐ moved
//!                                       ▼
//!             pilot ── reader ── up to `depth` further on, over the same run
//! ```
//!
//! A viewer who has read [`IN_ORDER`] bytes without a jump is watching. From then on a pilot reads the same
//! object ahead of them, as far as half a minute of the film, and up to four times as far where the upstream is hardly
//! faster than the film. It joins the viewer's own run and only pulls it further, so the upstream is asked for nothing
//! twice; the viewer follows through blocks that are kept. Where the run ends, the pilot begins the next
//! one, with the priority of read-ahead.
//!
//! The pilot ends when the request ends before its last byte: the viewer has jumped or left. A request that ends
//! with its last byte may be one of a row, as some players make them: the next one, beginning where it ended,
//! goes on with the same pilot, which waits for it for a while.
//!
//! All pilots together hold at most a part of the memory for media ([`super::engine`]). A viewer who takes
//! everything as fast as the upstream brings it is not helped, and a block for which there is no memory is not
//! read ahead.

mod rows;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, sleep};

use super::block::{Cut, Reservation};
use super::engine::Parts;
use super::reader::Reader;
use super::{Object, Source};

pub(super) use rows::Pilots;
use rows::{Row, Trail};

/// Bytes read without a jump that make a viewer of somebody who opens a file: players look at its beginning
/// and its end before they play.
const IN_ORDER: u64 = 4 << 20;

/// Seconds of the film to be ahead on an upstream that is at least twice as fast.
const AHEAD_S: f64 = 30.0;

/// As many times as far on one that is only just fast enough.
const MOST_TIMES: f64 = 4.0;

/// Bytes to be ahead at least and at most, whatever the film's speed.
const LEAST: u64 = 4 << 20;
const MOST: u64 = 64 << 20;

/// How far the viewer moves before the pilot looks again.
const STEP: u64 = 512 << 10;

/// Bytes to be ahead where what is read is not kept: less than the window of a run.
const UNKEPT: u64 = 512 << 10;

/// A pilot that has pulled so much and is not this far ahead has a viewer as fast as the upstream.
const PULLED: u64 = 4 << 20;
const LEAD: u64 = 1 << 20;

/// How long such a viewer is left alone.
const ALONE: Duration = Duration::from_secs(2);

/// How long what could not be read ahead is left alone; the viewer meets the failure, if it lasts.
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);

/// How an object is read ahead of its viewer.
pub struct Ahead {
    /// The same object, opened with the priority of read-ahead.
    pub source: Arc<dyn Source>,
    /// Bytes of a second of the film, where known.
    pub bytes_per_s: Option<f64>,
}

/// What follows one request.
pub(super) struct Follower {
    parts: Arc<Parts>,
    object: Object,
    cut: Cut,
    end: u64,
    row: Option<Row>,
    /// Until it has been begun for this request.
    ahead: Option<Ahead>,
}

impl Follower {
    /// Follows a request for bytes `position..end`; `None` where the object is not read ahead.
    pub fn of(
        parts: &Arc<Parts>,
        object: &Object,
        cut: Cut,
        position: u64,
        end: u64,
    ) -> Option<Box<Self>> {
        if cut.is_single() {
            return None;
        }
        let (length, ahead) = (object.length?, object.source.ahead()?);
        let row = match parts.pilots.continued(&object.etag, position) {
            // It is one of a row: the next one will want what comes behind it.
            Some(row) => {
                row.trail.extend(length);
                row
            }
            None => Row {
                trail: Arc::new(Trail::new(position, end)),
                pilot: None,
                ended_at: Instant::now(),
            },
        };
        Some(Box::new(Follower {
            parts: parts.clone(),
            object: object.clone(),
            cut,
            end,
            row: Some(row),
            ahead: Some(ahead),
        }))
    }

    /// The viewer has read up to `position`.
    pub fn moved(&mut self, position: u64) {
        let Some(row) = &mut self.row else { return };
        let trail = &row.trail;
        trail.moved_to(position);
        if self.ahead.is_none() || position < trail.start + IN_ORDER || position >= trail.limit() {
            return;
        }
        if row.pilot.as_ref().is_some_and(|it| !it.is_finished()) {
            return;
        }
        let Some(ahead) = self.ahead.take() else {
            return;
        };
        let object = Object {
            source: ahead.source,
            ..self.object.clone()
        };
        let pilot = Pilot {
            parts: self.parts.clone(),
            object,
            cut: self.cut,
            trail: trail.clone(),
            bytes_per_s: ahead.bytes_per_s,
            memory: Vec::new(),
            reserved: 0,
            speed: Speed::default(),
        };
        row.pilot = Some(tokio::spawn(pilot.run()).abort_handle());
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let Some(mut row) = self.row.take() else {
            return;
        };
        let length = self.object.length.unwrap_or(0);
        // Else the row goes here, and its pilot with it: the viewer has jumped or left, or has all of it.
        if row.trail.at() == self.end && self.end < length {
            row.ended_at = Instant::now();
            row.trail.tell(true);
            self.parts.pilots.keep(&self.object.etag, row);
        }
    }
}

/// Who reads ahead of one viewer.
struct Pilot {
    parts: Arc<Parts>,
    object: Object,
    cut: Cut,
    trail: Arc<Trail>,
    bytes_per_s: Option<f64>,
    /// What of the memory for all pilots is this one's, and how much that is.
    memory: Vec<Reservation>,
    reserved: u64,
    speed: Speed,
}

/// How fast the upstream was lately.
#[derive(Default)]
struct Speed {
    bytes: f64,
    waited: f64,
}

impl Speed {
    fn add(&mut self, bytes: u64, waited: Duration) {
        self.bytes += bytes as f64;
        self.waited += waited.as_secs_f64();
        // What was long ago says little about now.
        if self.bytes > 2.0 * PULLED as f64 {
            self.bytes /= 2.0;
            self.waited /= 2.0;
        }
    }

    fn bytes_per_s(&self) -> Option<f64> {
        (self.bytes > STEP as f64).then(|| self.bytes / self.waited.max(0.001))
    }
}

/// Bytes to be ahead of a viewer of a film of such a speed on an upstream of such a speed.
fn depth(film: f64, upstream: Option<f64>) -> u64 {
    let times = upstream.map_or(1.0, |upstream| 2.0 * film / upstream.max(1.0));
    let bytes = film * AHEAD_S * times.clamp(1.0, MOST_TIMES);
    (bytes as u64).clamp(LEAST, MOST)
}

impl Pilot {
    async fn run(mut self) {
        let mut position = self.trail.at();
        while position < self.trail.limit() {
            match self.lead(position.max(self.trail.at())).await {
                Some(there) => position = there,
                None => return,
            }
        }
    }

    /// Reads from `position` on, ahead of the viewer, and answers where to go on; `None` where nobody watches
    /// any more.
    async fn lead(&mut self, position: u64) -> Option<u64> {
        let (parts, object, limit) = (self.parts.clone(), self.object.clone(), self.trail.limit());
        let mut reader = Reader::new(parts, object, self.cut, position, limit);
        let mut pulled = 0;
        loop {
            let at = reader.position();
            if at >= limit || at < self.trail.at() {
                return Some(at);
            }
            let depth = match reader.is_kept() {
                true => self.take_memory(),
                false => UNKEPT,
            };
            // The viewer may have gone past meanwhile.
            let lead = at.saturating_sub(self.trail.at());
            if lead >= depth {
                pulled = 0;
                let back = at - depth + STEP.min(depth / 2);
                if !self.trail.reached(back).await {
                    return None;
                }
            }
            if pulled >= PULLED {
                if lead < LEAD {
                    drop(reader);
                    sleep(ALONE).await;
                    return Some(self.trail.at());
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
                    sleep(AFTER_A_FAILURE).await;
                    // Not before the viewer moves: else what fails would be asked for again and again, for nobody.
                    let here = self.trail.at();
                    return self.trail.reached(here + 1).await.then(|| self.trail.at());
                }
            }
        }
    }

    /// How far ahead there is memory for.
    fn take_memory(&mut self) -> u64 {
        let film = self.bytes_per_s.unwrap_or_else(|| self.trail.pace());
        let wanted = depth(film, self.speed.bytes_per_s());
        let mut more = wanted.saturating_sub(self.reserved);
        while more >= STEP {
            if let Some(memory) = self.parts.pilots.memory.reserve(more) {
                self.memory.push(memory);
                self.reserved += more;
                break;
            }
            more /= 2;
        }
        wanted.min(self.reserved).max(UNKEPT)
    }
}

#[cfg(test)]
mod tests;
