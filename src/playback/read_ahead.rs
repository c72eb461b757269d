//! Read-ahead: what a viewer will want next is fetched while they watch.
//!
//! Every viewer of a film has a playhead. A segment asked for after the one before it moves a
//! playhead on, also into another quality. A segment asked for out of order, over the connection that moved
//! a playhead last, is a seek: what was being fetched for the old place stops. Viewers are not told
//! apart by anything else: many may share an address.
//!
//! Behind each playhead is a task that looks four times a second at what is there, what is on its
//! way and how fast, and has the next segments fetched into the cache: one after the other, several at a
//! time only where the upstream turns out slower than the film. It never reads what the viewer is reading,
//! or anybody else. It ends when the viewer seeks, goes away in the middle of a segment, or asks for
//! nothing for a while.
//!
//! Who has asked for nothing but a first segment may only be looking: some players ask for one of
//! each quality. So that one starts something only where it is still coming, and slowly, while the
//! viewer waits for it.

mod prefetcher;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::{EntryKey, Playback};
use media::{Entry, Rendition};

use prefetcher::SegmentPrefetcher;

/// Playheads of one film: more viewers than these read behind them, from what is kept.
const MAX_PLAYHEADS: usize = 64;

/// All playheads. Clones share them.
#[derive(Clone, Default)]
pub(super) struct ReadAhead {
    heads: Arc<Mutex<HashMap<EntryKey, Vec<TrackedPlayhead>>>>,
}

/// A playhead in the list; its task ends with it.
struct TrackedPlayhead {
    head: Arc<Playhead>,
    task: AbortHandle,
}

impl Drop for TrackedPlayhead {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Playhead {
    at: Mutex<PlayheadPosition>,
    moved: Notify,
}

/// Where a viewer is.
#[derive(Debug, Clone, Copy)]
struct PlayheadPosition {
    /// The connection over which the playhead was moved last.
    peer: SocketAddr,
    rendition: Rendition,
    /// The segment that went out last.
    number: usize,
    /// Whether it has ever moved on: until then nobody is known to be watching.
    moving: bool,
    seen: Instant,
}

impl PlayheadPosition {
    /// Whether a request goes on where the last one ended. Somebody who is watching may change the
    /// quality, and the player may then ask for the segment before once more.
    fn continues_with(&self, rendition: Rendition, number: usize) -> bool {
        if rendition == self.rendition {
            number == self.number + 1
        } else {
            self.moving && (number == self.number + 1 || number == self.number)
        }
    }
}

impl Playhead {
    fn at(&self) -> MutexGuard<'_, PlayheadPosition> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadAhead {
    fn lock(&self) -> MutexGuard<'_, HashMap<EntryKey, Vec<TrackedPlayhead>>> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Playheads that are followed right now.
    #[cfg(test)]
    pub fn followed(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }
}

impl Playback {
    /// Tells that segment `number` has just begun to go out over the connection of `peer`.
    pub fn track_playhead(
        &self,
        peer: SocketAddr,
        entry: &Arc<Entry>,
        rendition: Rendition,
        number: usize,
    ) {
        let key = EntryKey::of(entry);
        let mut films = self.read_ahead.lock();
        let heads = films.entry(key).or_default();
        let going_on = heads
            .iter()
            .find(|known| known.head.at().continues_with(rendition, number));
        if let Some(known) = going_on {
            *known.head.at() = PlayheadPosition {
                peer,
                rendition,
                number,
                moving: true,
                seen: Instant::now(),
            };
            known.head.moved.notify_one();
            return;
        }
        heads.retain(|known| known.head.at().peer != peer);
        if heads.len() >= MAX_PLAYHEADS {
            heads.remove(0);
        }
        let head = Arc::new(Playhead {
            at: Mutex::new(PlayheadPosition {
                peer,
                rendition,
                number,
                moving: false,
                seen: Instant::now(),
            }),
            moved: Notify::new(),
        });
        let task = tokio::spawn({
            let (playback, entry, head) = (self.clone(), entry.clone(), head.clone());
            async move {
                SegmentPrefetcher::new(&playback, &entry, &head).run().await;
                playback.forget(&entry, &head);
            }
        });
        heads.push(TrackedPlayhead {
            head,
            task: task.abort_handle(),
        });
    }

    fn forget(&self, entry: &Entry, head: &Arc<Playhead>) {
        let mut films = self.read_ahead.lock();
        let key = EntryKey::of(entry);
        if let Some(heads) = films.get_mut(&key) {
            heads.retain(|known| !Arc::ptr_eq(&known.head, head));
            if heads.is_empty() {
                films.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests;
