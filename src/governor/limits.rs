//! Concurrency and rate limits of a limiter.

use super::Priority;

/// The limits of one limiter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The maximum of all priorities together.
    pub total: usize,
    /// Limits by priority, the most urgent first.
    pub by_priority: [PriorityLimits; Priority::ALL.len()],
}

/// The limits of one priority.
#[derive(Debug, Clone, Copy)]
pub(super) struct PriorityLimits {
    /// The maximum of concurrent requests of this priority and the lower ones.
    pub max_concurrent: usize,
    /// Slots that it leaves free for higher priorities.
    pub reserved_above: usize,
    /// The token bucket for starting requests; `None` for no rate limit.
    pub rate: Option<RateLimit>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct RateLimit {
    pub per_s: f64,
    pub at_once: f64,
}

impl Limits {
    /// Returns a part of these limits, from 0 to 1. Every priority keeps one request, unless the part is 0.
    pub fn part(&self, part: f64) -> Limits {
        if part >= 1.0 {
            return *self;
        }
        let least = usize::from(part > 0.0);
        let of = |number: usize| (number as f64 * part) as usize;
        Limits {
            total: of(self.total).max(least),
            by_priority: self.by_priority.map(|limits| PriorityLimits {
                max_concurrent: of(limits.max_concurrent).max(least),
                reserved_above: of(limits.reserved_above),
                rate: limits.rate.map(|rate| RateLimit {
                    per_s: rate.per_s * part,
                    at_once: (rate.at_once * part).max(least as f64),
                }),
            }),
        }
    }
}

/// Returns the limits of a priority without a rate: of concurrent requests alone.
const fn slots(max_concurrent: usize, reserved_above: usize) -> PriorityLimits {
    PriorityLimits {
        max_concurrent,
        reserved_above,
        rate: None,
    }
}

const fn paced(
    max_concurrent: usize,
    reserved_above: usize,
    per_s: f64,
    at_once: f64,
) -> PriorityLimits {
    PriorityLimits {
        max_concurrent,
        reserved_above,
        rate: Some(RateLimit { per_s, at_once }),
    }
}

/// Calls of an account. Opening a film takes up to five concurrent calls. A page of a hundred films
/// requests a hundred pictures, whose URLs mostly came with the folder. Background priorities run at a rate
/// that an upstream may take for a person. Priorities with a waiting viewer have no rate limit: upstreams
/// signal theirs by refusing, and then the pause and the slow start after it find it.
pub(super) static CALLS: Limits = Limits {
    total: 64,
    by_priority: [
        slots(64, 0),
        slots(64, 0),
        slots(32, 16),
        slots(24, 16),
        paced(16, 24, 20.0, 100.0),
        paced(8, 32, 10.0, 50.0),
    ],
};

/// Bodies from one media host. A viewer holds one or two. The limit keeps a crowd from exhausting the
/// process's file descriptors, and leaves most slots to viewers.
pub(super) static MEDIA: Limits = Limits {
    total: 4096,
    by_priority: [
        slots(4096, 0),
        slots(4096, 64),
        slots(512, 512),
        slots(16, 512),
        slots(16, 512),
        slots(8, 512),
    ],
};
