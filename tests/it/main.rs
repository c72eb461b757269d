//! The whole program, tested from outside: a real server on a free port, an emulated TeraBox behind it,
//! and whoever watches in front: HTTP clients, VLC, mpv, ffmpeg, a browser.
//!
//! The folders mirror those of `src/`, where a test belongs to one of them:
//!
//! - [`auth`]: sign-in, the access of each route, requests that mean harm
//! - [`bytes`]: one upstream fetch for all viewers, reading ahead, the cache on disk
//! - [`guest_links`]: URLs that open without a login, what they open, and what ends them
//! - [`library`]: what an owner does with drives: connect, search, change files
//! - [`playback`]: playlists, lists, subtitles, and films that are resumed
//! - [`players`] and [`browser`]: the real ones
//! - [`commands`]: the program as a person starts it
//!
//! Drives, as `crates/drives` has them:
//!
//! - [`contract`]: the definition of a drive, for every kind
//! - [`account`]: a whole TeraBox account: files changed, taken in and shared, signed in and out, tokens that survive
//! - [`web_session`]: TeraBox by a browser's cookie alone
//! - [`website_client`]: a client of TeraBox's website that other people wrote
//! - [`cloudreve`]: a site that runs Cloudreve
//! - [`teraboxdl`]: a paid service that opens links
//! - [`local`]: a folder of this machine
//! - [`shares`]: share links of other users, opened, watched, saved
//!
//! Through all of them:
//!
//! - [`browse`]: every name finds its way, large folders page, nothing is asked twice
//! - [`faults`]: the upstream fails in every way it can, and no byte is ever wrong
//! - [`traffic`]: an upstream that asks for a pause gets it
//! - [`leaks`]: what must not leave; every other test watches for it too
//! - [`proxies`]: behind a real web server, below a path, with TLS
//! - [`harness`]: the server under test, its visitors, and what they may not see
//!
//! Nothing here has a fixed port or a wait of a fixed length; tests run side by side.

#![allow(clippy::unwrap_used)] // a test that cannot go on shall stop where it stands

mod account;
mod auth;
mod browse;
mod browser;
mod bytes;
mod cloudreve;
mod commands;
mod contract;
mod faults;
mod guest_links;
mod harness;
mod leaks;
mod library;
mod local;
mod playback;
mod players;
mod proxies;
mod shares;
mod teraboxdl;
mod traffic;
mod web_session;
mod website_client;
