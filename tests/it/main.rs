//! The whole program, tested from outside: a real server on a free port, an emulated TeraBox behind it, and
//! real clients in front: HTTP clients, VLC, mpv, ffmpeg, a browser.
//!
//! - [`account`]: a whole account: files changed, uploaded and shared, sign-in and sign-out, tokens that
//!   survive
//! - [`contract`]: the contract of a drive, for every kind of drive
//! - [`browse`]: every name can be reached, large folders are paged, and no call is repeated
//! - [`playlists`]: requirements of players: types, lines, ranges, conditions
//! - [`faults`]: the upstream fails in every possible way, and no byte is ever wrong
//! - [`lists`]: of trees and searches, and archives of `.strm` files
//! - [`shares`]: share links of other users, opened, watched, saved
//! - [`sharing`]: one upstream fetch for all viewers, and none for cached data
//! - [`disk`]: the disk cache survives a restart and a kill, within its limit
//! - [`traffic`]: an upstream that asks for a pause gets it
//! - [`leaks`]: secrets that must not leave; every other test searches for them, too
//! - [`files`], [`connecting`], [`history`]: an owner's work with a drive, over several visits
//! - [`local`]: a folder of this machine; [`teraboxdl`]: a paid service that opens links; [`web_session`]: TeraBox by
//!   a browser's cookie alone
//! - [`cloudreve`]: a site that runs Cloudreve
//! - [`finding`]: search over drives of several kinds, one of them down
//! - [`doors`]: authentication, at the root of a host and below a path
//! - [`tickets`] and [`guest`]: URLs that open without a login, their scope, and their end
//! - [`gates`]: access to every route
//! - [`attacks`]: hostile clients
//! - [`source`]: originals as streams, packet by packet
//! - [`subtitles`]: files beside a film, in any encoding
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
