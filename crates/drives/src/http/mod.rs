//! The HTTP client that all drives share, and the only module that makes outgoing requests.
//!
//! Every URL and every redirect hop passes the [`guard`]. Redirects are followed by hand, so that no secret
//! travels to a host that it does not belong to. Everything that is read into memory has a limit. No error
//! repeats a URL, and the text of a URL is sent as it came in. The module contains nothing about any upstream.
//! It retries a request only if a pooled connection turns out to be closed.

mod causes;
mod client;
mod dns;
mod events;
pub mod guard;
mod gzip;
mod multipart;
mod ports;
pub(crate) mod range;
mod redirects;
mod reply;
mod settings;
#[cfg(test)]
mod spellings;
pub(crate) mod status;
mod stream;
#[cfg(test)]
mod tests;
mod tls_config;
mod upload;
pub(crate) mod utf8;

pub use client::{Client, ClientError};
pub(crate) use events::{Event, EventReply};
pub(crate) use multipart::FormEncoding;
pub(crate) use reply::{Reply, failure, read_up_to, retry_after};
pub use settings::ClientSettings;
pub(crate) use stream::Streamed;
pub(crate) use upload::{FormFile, HttpCall, MultipartFile, StreamedBody, StreamedReply};
