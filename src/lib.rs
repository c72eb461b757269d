//! Drive-In turns a cloud drive into something you watch.
//!
//! The map of the crate, from the outside in:
//!
//! - [`cmd`]: the commands; [`config`]: what the owner decides; [`app`]: every start-up step, in order
//! - [`web`]: the only room that knows viewers' HTTP: pages for people, an API for programs,
//!   addresses for players
//! - [`library`]: what can be watched; [`playback`]: from an address to a playlist to a segment;
//!   [`bytes`]: from an object to bytes that a viewer can trust
//! - [`shares`]: share links, from a pasted text to places that are watched like any other
//! - [`governor`]: how much is asked of an upstream at a time, and who goes first
//! - [`players`]: players in the house that films are sent to
//! - [`drives`]: one folder per kind of upstream; the only room that makes outgoing requests
//! - [`store`]: durable state
//! - [`media`]: the nouns that everybody speaks; values, no I/O
//! - [`sandbox`]: the emulated TeraBox APIs, for the demo and for tests; shares no code with `drives`
//!
//! Fuzz targets are built without what they do not reach: `cfg(fuzzing)`.

#![cfg_attr(fuzzing, allow(dead_code))]

#[cfg(not(fuzzing))]
pub mod app;
pub mod bytes;
#[cfg(not(fuzzing))]
pub mod cmd;
pub mod config;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod governor;
pub mod library;
pub mod playback;
pub mod players;
pub mod shares;
pub mod store;
#[cfg(not(fuzzing))]
pub mod web;
