//! Bodies as streams, over HTTP/1.1 connections that are polled by their reader.
//!
//! A connection of an HTTP library is usually a task of its own, which hands each chunk of a body to the task
//! that consumes it. For media that is most of the work: two wake-ups for each chunk, and buffers that grow to
//! hundreds of kilobytes for each slow viewer. Here the connection is polled by the consumer of the body, and the
//! body goes from the socket into the memory that the cache of media keeps, without a copy in between. A viewer who
//! stalls holds one read, and no task runs for it.
//!
//! HTTP/1.1 alone: the streams of one HTTP/2 connection share a window, and a slow viewer would hold back the
//! others.

mod chunked;
mod connection;
mod error;
mod head;
mod idle;
mod media;
mod page;
mod read_size;
mod streamed;
#[cfg(test)]
mod tests;
mod tls;

pub(crate) use error::StreamError;
pub(super) use media::Media;
pub(crate) use streamed::Streamed;
