//! Cues of a text track inside a film.

/// A line of a text track with its times on the repackaged stream's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextCue {
    pub start_ms: u64,
    pub end_ms: u64,
    /// Lines are separated by `\n`. For ASS and SSA this is the event as the container has it.
    pub text: String,
}
