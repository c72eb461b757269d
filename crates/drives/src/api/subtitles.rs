//! Subtitles that an upstream itself has for a film.

use bytes::Bytes;

use super::Origin;

/// Subtitles of a film at the upstream, in the SubRip format.
#[derive(Debug, Clone)]
pub struct UpstreamSubtitles {
    /// The language as the upstream reports it, mostly a code of ISO 639; `None` if it reports none.
    pub language: Option<String>,
    /// The name as the upstream reports it; `None` if it reports none.
    pub name: Option<String>,
    /// The text, or its URL.
    pub text: UpstreamText,
}

/// The text of subtitles at an upstream.
#[derive(Debug, Clone)]
pub enum UpstreamText {
    /// The text itself, in any encoding.
    Inline(Bytes),
    /// The URL of the text.
    At(Origin),
}
