//! `[playback]`: fetching of media.

use super::section::Section;

/// `[playback]`: fetching of media.
#[derive(Debug)]
pub struct PlaybackConfig {
    /// Maximum number of concurrent range requests for media that a viewer waits for, used if the upstream is
    /// slow.
    pub parallel_ranges: usize,
    /// True if the watch page offers to play on a Chromecast, with Google's script from Google's host.
    pub chromecast: bool,
    /// True if the pictures over the seek bar are made from key frames of films that were begun, while nothing plays.
    pub seek_pictures: bool,
}

/// Upper limit of `parallel_ranges`. More connections than a browser opens to one host make upstreams
/// suspicious.
const MAX_PARALLEL_RANGES: u64 = 8;

impl PlaybackConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let parallel_ranges = section.number("parallel_ranges", 1, 1);
        if parallel_ranges > MAX_PARALLEL_RANGES {
            section.complain("parallel_ranges", "must be a whole number from 1 to 8");
        }
        let chromecast = section.switch("chromecast");
        let seek_pictures = section.switch("seek_pictures");
        section.finish();
        PlaybackConfig {
            parallel_ranges: parallel_ranges.min(MAX_PARALLEL_RANGES) as usize,
            chromecast,
            seek_pictures,
        }
    }
}
