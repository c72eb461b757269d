//! Drive-In turns a cloud drive into something you watch.
//!
//! The map of the crate:
//!
//! - [`media`]: the nouns that everybody speaks; values, no I/O
//! - [`config`]: what the owner decides
//! - [`drives`]: one folder per kind of upstream; the only room that makes outgoing requests
//! - [`sandbox`]: the emulated TeraBox APIs, for the demo and for tests; shares no code with `drives`

pub mod bytes;
pub mod config;
pub mod drives;
pub mod library;
pub mod media;
pub mod playback;
pub mod sandbox;
pub mod store;
