//! Bodies as streams, over connections that are polled by their reader.

mod adaptive_read;
mod connection;

pub(super) use connection::Media;
pub(crate) use connection::{StreamError, Streamed};
