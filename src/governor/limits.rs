//! How much goes on at a time at one limiter.

use super::Priority;

/// What one gate lets through.
#[derive(Debug)]
pub(super) struct Limits {
    /// Everything together.
    pub total: usize,
    /// For each priority, the most urgent first.
    pub classes: [ClassLimits; Priority::ALL.len()],
}

/// What of a gate a priority may take.
#[derive(Debug)]
pub(super) struct ClassLimits {
    /// So many of this priority and the lower ones at a time.
    pub max_concurrent: usize,
    /// Slots that it leaves free for those above it.
    pub reserved_above: usize,
    /// How many may begin in a second on average, and how many at once; `None` for any number.
    pub rate: Option<RateLimit>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct RateLimit {
    pub per_s: f64,
    pub at_once: f64,
}

const fn class(max_concurrent: usize, reserved_above: usize) -> ClassLimits {
    ClassLimits {
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
) -> ClassLimits {
    ClassLimits {
        max_concurrent,
        reserved_above,
        rate: Some(RateLimit { per_s, at_once }),
    }
}

/// Calls of an account. Opening a film takes up to five at a time; a page of a hundred films asks for a
/// hundred pictures, whose addresses mostly came with the folder. What nobody presses for goes at a
/// pace that an upstream may take for a person. There is no pace for what somebody waits for: upstreams
/// tell theirs by refusing, and then the pause and the slow start after it find it.
pub(super) static CALLS: Limits = Limits {
    total: 64,
    classes: [
        class(64, 0),
        class(64, 0),
        class(32, 16),
        class(24, 16),
        paced(16, 24, 20.0, 100.0),
        paced(8, 32, 10.0, 50.0),
    ],
};

/// Bodies from one host of media. A viewer holds one or two; the limit is there to keep a crowd from using
/// up the process's file descriptors, and to keep the rest small beside the viewers.
pub(super) static MEDIA: Limits = Limits {
    total: 4096,
    classes: [
        class(4096, 0),
        class(4096, 64),
        class(512, 512),
        class(16, 512),
        class(16, 512),
        class(8, 512),
    ],
};
