//! The kinds of drive that the program plays from, and the only HTTP client of the program.
//!
//! ```text
//!   api ◄── http ◄── session, uploads, links ◄── terabox, cloudreve, teraboxdl, local ◄── kinds
//!    ▲
//!    └── limiter
//! ```
//!
//! - [`api`]: what a drive is to its callers: traits, values, errors
//! - [`http`]: the HTTP client, which guards every URL
//! - `session`: token refresh, retry with a new token, stored sessions, single-flight
//! - `uploads`: the spool, staging, progress, and the loop over parts
//! - [`limiter`]: permits for requests
//! - [`links`]: parses share links out of pasted text
//! - one module per kind of upstream, with equal file names for equal jobs
//! - [`kinds`]: the one list of kinds
//!
//! No kind imports another. Nothing above this crate knows an upstream's name, its error numbers or the HTTP client;
//! nothing in it knows viewers.

pub mod api;
pub mod cloudreve;
pub mod http;
pub mod kinds;
pub mod limiter;
pub mod links;
pub mod local;
mod session;
pub mod terabox;
pub mod teraboxdl;
mod uploads;

pub use api::*;
pub use kinds::{DriveKind, KINDS};
pub use limiter::{Errand, Turn, Turns};
pub use uploads::Spool;
