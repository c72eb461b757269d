//! Wakes all readers that wait for one fetch.

use std::sync::Arc;
use std::task::{Wake, Waker};

use parking_lot::Mutex;

/// Wakes all readers that wait for the upstream.
#[derive(Default)]
pub(super) struct WakeAll {
    wakers: Mutex<Vec<(u64, Waker)>>,
}

impl WakeAll {
    pub(super) fn add(&self, reader: u64, waker: &Waker) {
        let mut wakers = self.wakers.lock();
        match wakers.iter_mut().find(|(id, _)| *id == reader) {
            Some((_, known)) => known.clone_from(waker),
            None => wakers.push((reader, waker.clone())),
        }
    }

    pub(super) fn take(&self) -> Vec<(u64, Waker)> {
        std::mem::take(&mut *self.wakers.lock())
    }

    /// Wakes all readers but the one that is polling.
    pub(super) fn wake_others(&self, awake: u64) {
        for (reader, waker) in self.take() {
            if reader != awake {
                waker.wake();
            }
        }
    }
}

impl Wake for WakeAll {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.take().into_iter().for_each(|(_, waker)| waker.wake());
    }
}
