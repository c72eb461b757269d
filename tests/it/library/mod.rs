//! The drives of an owner: connected, searched, changed.
//!
//! - [`connecting`]: drives signed in to and out of, and links of one's own
//! - [`files`]: files taken in, renamed, moved, deleted
//! - [`finding`]: search over drives of several kinds, one of them down

mod connecting;
mod files;
pub mod finding;
