//! The whole program, tested from outside: a real server on a free port, an emulated TeraBox behind it, and
//! real clients in front: HTTP clients, VLC, mpv, ffmpeg, a browser.
//!
//! The folders mirror those of `src/`, where a test belongs to one of them:
//!
//! - [`auth`]: sign-in, access to every route, hostile clients
//! - [`bytes`]: one upstream fetch for all viewers, reading ahead, the disk cache
//! - [`jellyfin`]: the API for TV apps, with clients that others wrote
//! - [`guest_links`]: URLs that open without a login, their scope, and their end
//! - [`library`]: an owner's work with drives: connect, search, change files
//! - [`metadata`]: titles, texts and pictures of films from TMDB
//! - [`playback`]: playlists, originals as streams, lists, subtitles, and films that are resumed
//! - [`players`] and [`browser`]: the real ones
//! - [`viewers`]: the members of a household, each with a history and limits of its own
//! - [`commands`]: the program as a person starts it
//!
//! Drives, as `crates/drives` has them:
//!
//! - [`contract`]: the contract of a drive, for every kind of drive
//! - [`account`]: a whole TeraBox account: files changed, uploaded and shared, sign-in and sign-out, tokens that survive
//! - [`web_session`]: TeraBox by a browser's cookie alone
//! - [`website_client`]: a client of TeraBox's website that other people wrote
//! - [`cloudreve`]: a site that runs Cloudreve
//! - [`teraboxdl`]: a paid service that opens links
//! - [`webdav`], [`s3`]: folders of WebDAV servers and buckets, against real ones of [`servers`]
//! - [`interrupted_uploads`]: the temporary files that uploads leave at a WebDAV server
//! - [`local`]: a folder of this machine
//! - [`shares`]: share links of other users, opened, watched, saved
//!
//! Through all of them:
//!
//! - [`browse`]: every name can be reached, large folders are paged, and no call is repeated
//! - [`faults`]: the upstream fails in every possible way, and no byte is ever wrong
//! - [`traffic`]: an upstream that asks for a pause gets it
//! - [`cluster`]: the state in PostgreSQL, and several servers on it
//! - [`soak`]: two hundred viewers for ten minutes, on request
//! - [`leaks`]: secrets that must not leave; every other test searches for them, too
//! - [`proxies`]: behind a real web server, below a path, with TLS
//! - [`harness`]: the server under test, its clients, and the secrets that they must not get
//!
//! Nothing here has a fixed port or a wait of a fixed length; tests run side by side.

#![allow(clippy::unwrap_used)] // a test that cannot go on shall stop where it stands

mod account;
mod auth;
mod browse;
mod browser;
mod bytes;
mod cloudreve;
mod cluster;
mod commands;
mod contract;
mod copies;
mod faults;
mod guest_links;
mod harness;
mod interrupted_uploads;
mod jellyfin;
mod leaks;
mod library;
mod local;
mod metadata;
mod playback;
mod players;
mod proxies;
mod s3;
mod servers;
mod shares;
mod soak;
mod teraboxdl;
mod traffic;
mod viewers;
mod web_session;
mod webdav;
mod website_client;
