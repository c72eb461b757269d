//! Cloudreve, version 4: the files of one account at one site, and share links at that site.
//!
//! ```text
//!   request, codes, types, uri ◄── session ◄── client ◄── drive ◄── share
//! ```
//!
//! Sources: *the document* describes the API as the server's own source has it (4.0 to 4.18), *the wire document* the
//! replies of running sites of those versions, which decide where both differ.
//!
//! The site makes no streams: a film is its file, and a film that was uploaded in pieces plays from them (`drive/hls.rs`).
//! Captchas, paid features and limits of the account's group are reported and not worked around.

mod client;
mod codes;
mod config;
mod drive;
#[cfg(any(test, fuzzing, feature = "fuzzing"))]
pub mod fuzzing;
mod request;
mod session;
mod share;
mod types;
mod uri;

pub use config::{CloudreveConfig, OAuthClient};
pub use drive::KIND;
pub(crate) use drive::{Cloudreve, open};
