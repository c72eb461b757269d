//! The whole program, tested from outside: a real server on a free port, an emulated TeraBox behind it,
//! and whoever watches in front: HTTP clients, VLC, mpv, ffmpeg, a browser.
//!
//! - [`account`]: a whole account: files changed, taken in and shared, signed in and out, tokens that survive
//! - [`contract`]: what a drive is, for every kind of drive there is
//! - [`browse`]: every name finds its way, large folders page, nothing is asked twice
//! - [`playlists`]: what players insist on: types, lines, ranges, conditions
//! - [`faults`]: the upstream fails in every way it can, and no byte is ever wrong
//! - [`lists`]: of trees and searches, and archives of `.strm` files
//! - [`shares`]: share links of other users, opened, watched, saved
//! - [`sharing`]: one upstream fetch for all viewers, and none for cached data
//! - [`disk`]: what is kept on disk outlasts a restart and a kill, within its limit
//! - [`traffic`]: an upstream that asks for a pause gets it
//! - [`leaks`]: what must not leave; every other test watches for it too
//! - [`files`], [`connecting`], [`history`]: what an owner does with a drive, and goes on with
//! - [`local`]: a folder of this machine; [`teraboxdl`]: a paid service that opens links; [`web_session`]: TeraBox by
//!   a browser's cookie alone
//! - [`cloudreve`]: a site that runs Cloudreve
//! - [`finding`]: search over drives of several kinds, one of them down
//! - [`doors`]: who comes in, and under which address
//! - [`tickets`] and [`guest`]: addresses that open without a login, what they open, and what ends them
//! - [`gates`]: who gets past which route
//! - [`attacks`]: visitors who mean harm
//! - [`source`]: originals as streams, packet by packet
//! - [`subtitles`]: files beside a film, whatever they are written in
//! - [`commands`]: the program as a person starts it
//! - [`proxies`]: behind a real web server, below a path, with TLS
//! - [`players`] and [`browser`]: the real ones
//!
//! Nothing here has a fixed port or a wait of a fixed length; tests run side by side.

#![allow(clippy::unwrap_used)] // a test that cannot go on shall stop where it stands

mod account;
mod attacks;
mod browse;
mod browser;
mod cloudreve;
mod commands;
mod connecting;
mod contract;
mod disk;
mod doors;
mod faults;
mod files;
mod finding;
mod gates;
mod guest;
mod harness;
mod history;
mod leaks;
mod lists;
mod local;
mod players;
mod playlists;
mod proxies;
mod reading_ahead;
mod shares;
mod sharing;
mod source;
mod subtitles;
mod teraboxdl;
mod tickets;
mod traffic;
mod web_session;
mod website_client;
