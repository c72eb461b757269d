//! The share of the limits of each account that this server may use, where several servers use the same accounts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The whole, in the unit of shares.
const WHOLE: u32 = 1_000_000;

/// The share of this server in the limits of each account. Clones share it.
#[derive(Debug, Clone)]
pub struct QuotaShare(Arc<AtomicU32>);

impl QuotaShare {
    /// Returns all of the limits, as a server has them that is alone.
    pub fn whole() -> Self {
        QuotaShare(Arc::new(AtomicU32::new(WHOLE)))
    }

    /// Returns the share of a server that waits for the others to give up a part of theirs: nothing.
    pub fn none() -> Self {
        QuotaShare(Arc::new(AtomicU32::new(0)))
    }

    /// Sets the share, in millionths.
    pub fn set(&self, millionths: u32) {
        self.0.store(millionths.min(WHOLE), Ordering::Relaxed);
    }

    /// Returns the share, from 0 to 1.
    pub fn part(&self) -> f64 {
        f64::from(self.0.load(Ordering::Relaxed)) / f64::from(WHOLE)
    }
}
