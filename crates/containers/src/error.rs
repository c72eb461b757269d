//! The error of all readers in this crate.

/// A reason why a file cannot be repackaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContainerError {
    /// The bytes belong to no supported container, or are malformed.
    #[error("the file is malformed: {0}")]
    Malformed(&'static str),
    /// The file is sound as far as it was read, but uses a feature that cannot be carried over.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// Reading it would take more than the [`Budget`](crate::Budget) allows.
    #[error("the file's index takes more than {0}")]
    OverBudget(&'static str),
    /// The file ends before the requested bytes.
    #[error("the file is cut off")]
    Truncated,
    /// The bytes could not be read. The text is the caller's; it is for logs only.
    #[error("reading failed: {0}")]
    Read(String),
}
