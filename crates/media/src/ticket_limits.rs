//! The limits of a ticket.

/// The limits of a ticket; none by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TicketLimits {
    /// Maximum number of concurrent clients; `None` for no limit.
    pub max_viewers: Option<u16>,
    /// Maximum number of visits; `None` for no limit.
    pub max_visits: Option<u32>,
    /// Maximum speed of all replies together, in bytes per second, at least [`TicketLimits::MIN_BYTES_PER_S`]; `None` for no
    /// limit.
    pub bytes_per_s: Option<u32>,
    /// True if it opens streams alone, and no bytes of originals.
    pub without_originals: bool,
}

impl TicketLimits {
    /// The lowest limit of speed, 100 kbit/s: below that, not even sound plays.
    pub const MIN_BYTES_PER_S: u32 = 12_500;

    /// Returns true if clients or visits are counted.
    pub fn has_counts(&self) -> bool {
        self.max_viewers.is_some() || self.max_visits.is_some()
    }
}
