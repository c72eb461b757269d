//! The reasons why a body does not come.

use std::io;

use super::chunked::MalformedChunks;
use super::head::MalformedHead;

/// The reason why a body did not come. Never repeats a URL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    #[error("no connection")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the connection failed")]
    Connection(#[from] io::Error),
    #[error("the answer is not HTTP/1.1")]
    Head(#[from] MalformedHead),
    #[error("the answer is not HTTP/1.1")]
    Chunks(#[from] MalformedChunks),
    #[error("the address cannot be asked")]
    Address,
    #[error("the connection was closed before an answer")]
    Closed,
    #[error("silence for too long")]
    Timeout,
}
