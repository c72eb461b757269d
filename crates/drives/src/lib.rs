//! The kinds of drive that the program plays from, and the only HTTP client of the program.
//!
//! ```text
//!   api ◄── http, json ◄── session, uploads ◄── folders, links ◄── terabox, cloudreve, webdav, s3, … ◄── kinds
//!    ▲
//!    └── governed
//! ```
//!
//! - [`api`]: the contract of a drive with its callers: traits, values, errors
//! - [`http`]: the HTTP client, which guards every URL
//! - `json`: replies whose lists survive a bad element
//! - `session`: token refresh, retry with a new token, stored sessions, single-flight
//! - `uploads`: the spool, staging, progress, and the one loop over parts (`parts`); a kind sends one part (`PartSender`)
//! - `folders`: drives over servers that answer with a whole folder at once: cached, sorted, paged, searched, changed
//! - [`tags`]: pictures in the tags of files
//! - `governed`: a drive whose every request takes a permit
//! - [`metadata`]: titles, texts and pictures of films and series from TMDB
//! - [`links`]: parses share links out of pasted text
//! - one module per kind of upstream, with equal file names for equal jobs, where a kind has them
//! - [`kinds`]: the one list of kinds
//!
//! No kind imports another. Nothing above this crate refers to an upstream's name, its error numbers or the
//! HTTP client; nothing in it refers to viewers.

pub mod api;
pub mod cloudreve;
mod context;
mod folders;
mod governed;
pub mod http;
mod installed;
mod json;
pub mod kinds;
pub mod links;
pub mod local;
pub mod metadata;
pub mod s3;
mod session;
pub mod tags;
pub mod terabox;
pub mod teraboxdl;
mod uploads;
pub mod webdav;

pub use api::*;
pub use context::DriveContext;
pub use governed::{AbilityCalls, GovernedDrive, VolumeCalls};
pub use installed::is_installed;
pub use json::odd_elements;
pub use kinds::{DriveSettings, KINDS};
pub use uploads::{MIN_RESUMABLE_BYTES, Spool};
