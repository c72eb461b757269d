//! Bodies as streams, over connections that are polled by their reader.

mod adaptive_read;
mod connection;
mod tcp_socket;

pub(super) use connection::Media;
pub(crate) use connection::{StreamError, Streamed};
