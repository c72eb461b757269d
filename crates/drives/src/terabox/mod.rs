//! TeraBox: the files of one account, reached by an application of the Open Platform or by the account's own
//! web session, and the account's own links by the latter.
//!
//! ```text
//!   request, response, codes, types ◄── platform, web_session ◄── transport ◄── client ◄── drive ◄── share
//! ```
//!
//! Sources: *the document* is TeraBox's “Open Platform” documentation, whose sections are cited by their numbers; for the
//! web session, descriptions of the website's calls. Where they are silent or contradict themselves, the behaviour that
//! public clients met (*field notes*) decides, and both readings are accepted. Nothing here works around a plan, a
//! preview or a verification: they are reported.

mod client;
mod codes;
mod config;
mod cookie;
mod download_url;
mod drive;
#[cfg(any(test, fuzzing, feature = "fuzzing"))]
pub mod fuzzing;
mod lenient;
mod platform;
mod request;
mod response;
mod share;
mod transport;
mod types;
mod web_session;
mod write_calls;

#[cfg(test)]
mod tests;

pub use config::{TeraboxConfig, WebConfig, WebDriveConfig};
pub use cookie::{NoCookie, WebCookie};
pub use drive::{KIND, WEB_KIND};
pub(crate) use drive::{Terabox, open, open_by_web_session};
