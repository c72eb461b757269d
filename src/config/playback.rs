//! `[playback]`: how media are fetched.

use super::section::Section;

/// `[playback]`: how media are fetched.
#[derive(Debug)]
pub struct PlaybackConfig {
    /// Connections over which what a viewer waits for may be fetched at a time, where the upstream is slow.
    pub parallel_ranges: usize,
    /// Whether the watch page offers to play on a Chromecast, with Google's script from Google's host.
    pub chromecast: bool,
}

/// More connections than a browser opens to one host make upstreams suspicious.
const MOST_RANGES: u64 = 8;

impl PlaybackConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let parallel_ranges = section.number("parallel_ranges", 1, 1);
        if parallel_ranges > MOST_RANGES {
            section.complain("parallel_ranges", "must be a whole number from 1 to 8");
        }
        let chromecast = section.switch("chromecast");
        section.finish();
        PlaybackConfig {
            parallel_ranges: parallel_ranges.min(MOST_RANGES) as usize,
            chromecast,
        }
    }
}
