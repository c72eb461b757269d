//! Limits on memory that is reserved before it is used.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A limit on reserved bytes.
#[derive(Debug)]
pub(super) struct MemoryBudget {
    total: u64,
    free: AtomicU64,
    /// Reserved bytes that are in use by now.
    filled: AtomicU64,
}

/// Bytes reserved from a budget; released when dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Arc<MemoryBudget>,
    bytes: u64,
    filled: u64,
}

impl MemoryBudget {
    pub fn new(bytes: u64) -> Arc<Self> {
        Arc::new(MemoryBudget {
            total: bytes,
            free: AtomicU64::new(bytes),
            filled: AtomicU64::new(0),
        })
    }

    /// Reserves `bytes`. Returns `None` if fewer are free.
    pub fn reserve(self: &Arc<Self>, bytes: u64) -> Option<Reservation> {
        self.free
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| {
                free.checked_sub(bytes)
            })
            .ok()
            .map(|_| Reservation {
                budget: self.clone(),
                bytes,
                filled: 0,
            })
    }

    /// Returns the number of free bytes.
    pub fn free(&self) -> u64 {
        self.free.load(Ordering::Relaxed)
    }

    /// Returns the number of reserved bytes.
    pub fn reserved(&self) -> u64 {
        self.total - self.free()
    }

    /// Returns the reserved bytes that are not in use yet.
    pub fn unfilled(&self) -> u64 {
        self.reserved()
            .saturating_sub(self.filled.load(Ordering::Relaxed))
    }
}

impl Reservation {
    /// Records that `bytes` of it are in use by now; more than were reserved do not count.
    pub fn fill(&mut self, bytes: u64) {
        let bytes = bytes.min(self.bytes - self.filled);
        self.filled += bytes;
        self.budget.filled.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.filled.fetch_sub(self.filled, Ordering::Relaxed);
        self.budget.free.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_never_overdrawn_and_comes_back() {
        let budget = MemoryBudget::new(10);
        let mut first = budget.reserve(7).unwrap();
        assert!(budget.reserve(4).is_none());
        let second = budget.reserve(3).unwrap();
        assert_eq!((budget.free(), budget.unfilled()), (0, 10));
        first.fill(5);
        first.fill(5);
        assert_eq!(budget.unfilled(), 3);
        drop((first, second));
        assert_eq!((budget.free(), budget.unfilled()), (10, 0));
    }
}
