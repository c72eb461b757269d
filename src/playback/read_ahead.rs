//! Read-ahead of segments: the next segments of a film are prefetched while a viewer watches.
//!
//! Every viewer of a film has a playhead. A request for the segment after the last one moves a playhead on,
//! also into another rendition. A request out of order, over the connection that moved a playhead last, is
//! a seek: prefetching at the old position stops. Viewers are not distinguished by anything else, since
//! many may share an IP.
//!
//! Behind each playhead is a task ([`prefetcher`]) that checks four times a second what is cached, what is
//! being fetched and how fast, and prefetches the next segments into the cache: one after the other,
//! several concurrently only if the upstream is slower than the film. It never fetches what a viewer is
//! reading already. It ends when the viewer seeks, leaves in the middle of a segment, or requests nothing
//! for a while.
//!
//! A client that has requested only a first segment may be probing: some players request one of each
//! rendition. It starts prefetching only if that segment arrives slowly while the viewer waits for it.

mod prefetcher;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::{EntryKey, Playback};
use media::{Entry, Rendition};

use prefetcher::SegmentPrefetcher;

/// Playheads per film. Further viewers read behind these, from the cache.
const MAX_PLAYHEADS: usize = 64;

/// All playheads. Clones share them.
#[derive(Clone, Default)]
pub(super) struct ReadAhead {
    heads: Arc<Mutex<HashMap<EntryKey, Vec<TrackedPlayhead>>>>,
}

/// A playhead with its task, which is aborted when dropped.
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

/// The position of a viewer.
#[derive(Debug, Clone, Copy)]
struct PlayheadPosition {
    /// The connection over which the playhead was last moved.
    peer: SocketAddr,
    rendition: Rendition,
    /// The segment that was last sent.
    number: usize,
    /// True after the first move: until then the client may only be probing.
    moving: bool,
    seen: Instant,
}

impl PlayheadPosition {
    /// Returns true if a request continues after the last one. A viewer may change the rendition, and the
    /// player may then request the previous segment again.
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
        self.at.lock()
    }
}

impl ReadAhead {
    fn lock(&self) -> MutexGuard<'_, HashMap<EntryKey, Vec<TrackedPlayhead>>> {
        self.heads.lock()
    }

    /// Returns the number of playheads.
    #[cfg(test)]
    pub fn playhead_count(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }
}

impl Playback {
    /// Records that segment `number` is being sent over the connection of `peer`.
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
        let continued = heads
            .iter()
            .find(|known| known.head.at().continues_with(rendition, number));
        if let Some(known) = continued {
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
