//! A parsed playlist, the common result of both parsers, and the errors of parsing.

/// A parsed media playlist.
#[derive(Debug, PartialEq)]
pub(super) struct ParsedPlaylist<'a> {
    pub segments: Vec<ParsedSegment<'a>>,
    pub ended: bool,
    pub independent: bool,
}

#[derive(Debug, PartialEq)]
pub(super) struct ParsedSegment<'a> {
    pub url: &'a str,
    pub duration_s: f64,
    pub discontinuity: bool,
    pub byte_range: Option<m3u8_rs::ByteRange>,
}

/// The reason why an upstream's playlist cannot be used. The texts are for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistError {
    /// It does not begin with `#EXTM3U`.
    #[error("not a playlist")]
    NotAPlaylist,
    /// A multivariant playlist where a media playlist was expected.
    #[error("a multivariant playlist")]
    Multivariant,
    /// It uses a feature that cannot be passed on faithfully.
    #[error("the list uses {0}, which cannot be passed on")]
    Unsupported(&'static str),
    /// The parser failed.
    #[error("malformed: {0}")]
    Malformed(String),
    /// The URL of a segment is malformed or has another scheme.
    #[error("segment {0} has a URL that cannot be used")]
    Url(usize),
    /// It has no segment.
    #[error("the list is empty")]
    Empty,
}

/// Parses the duration of an `EXTINF` in seconds; `None` if it is malformed or longer than a day.
pub(super) fn parse_seconds(value: &str) -> Option<f64> {
    let number = value.split(',').next().unwrap_or("").trim();
    let seconds: f64 = number.parse().ok()?;
    (seconds.is_finite() && (0.0..86_400.0).contains(&seconds)).then_some(seconds)
}
