//! Drive-In is a self-hosted streaming media server that turns a cloud drive into HLS for browsers and players.
//!
//! This page maps the crate. `ARCHITECTURE.md` follows two requests through the code and lists the decisions;
//! `docs/glossary.md` defines the product's nouns.
//!
//! # Modules, from a viewer to the upstream
//!
//! | module | does |
//! |---|---|
//! | `cmd` | parses the command line: `serve`, `demo`, `sandbox`, `check`, `state`, `strm`, `completions`, `man` |
//! | [`config`] | parses the configuration file and the environment |
//! | `app` | starts the server step by step, and shuts it down |
//! | `web` | serves HTTP: pages for people, an API for programs, play URLs for players; authenticates every request |
//! | [`library`] | caches listings and entries, searches, invalidates after changes |
//! | [`metadata`] | looks up titles, texts and pictures of films and series, if the owner has switched it on |
//! | [`shares`] | opens share links and makes places of them |
//! | [`playback`] | signs tickets, parses upstream playlists, writes ours, renews expired URLs, prefetches segments |
//! | [`bytes`] | fetches media once for all readers, resumes cut connections, caches blocks in memory and on disk |
//! | [`governor`] | limits concurrent upstream calls by priority, and pauses when an upstream is rate limited |
//! | [`players`] | sends films to players in the home network |
//! | [`store`] | stores keys, sessions, tickets and history in SQLite or PostgreSQL |
//! | [`seek_pictures`] | makes pictures over the seek bar from key frames while the server is idle, if the owner has switched it on |
//! | [`tasks`] | copies and moves between places in the background |
//! | [`cluster`] | takes part in a group of servers on one state |
//! | [`viewers`] | holds the viewers of the household |
//!
//! # Crates beside it
//!
//! | crate | does |
//! |---|---|
//! | [`media`] | values without I/O: places, paths, entries, renditions, byte ranges |
//! | [`drives`] | one folder per kind of upstream, and the only HTTP client |
//! | [`containers`] | reads MP4, Matroska and transport streams by range, and makes segments of them |
//! | [`cache`] | bounded caches |
//! | [`sandbox`] | emulates TeraBox for the demo and for tests; shares no code with `drives` |
//!
//! # Where to find
//!
//! - every route: `web::router`; the authentication of a request: `web::auth`, in its middleware per group of
//!   routes; of a ticket: `web::ticket_access`, called by the handlers of `web::play`, `web::jellyfin` and guest pages
//! - the refresh of a token: `drives::session::refresh`
//! - the prefetch of a segment: `playback::read_ahead`; of an original: `bytes::prefetch`
//! - the revocation of a ticket, which guest links and devices are: `web::tickets` and [`playback::ticket`]
//! - the upload of a file: `web::api::content`, then `drives::uploads`
//! - a new kind of drive: `CONTRIBUTING.md`, “How to add a drive”
//!
//! Fuzz targets are built without the modules that they do not reach: `cfg(fuzzing)`.

#![cfg_attr(fuzzing, allow(dead_code))]

#[cfg(not(fuzzing))]
pub mod app;
pub mod bytes;
pub mod cluster;
#[cfg(not(fuzzing))]
pub mod cmd;
pub mod config;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod governor;
pub mod library;
pub mod metadata;
pub mod playback;
pub mod players;
pub mod seek_pictures;
pub mod shares;
pub mod store;
pub mod tasks;
pub mod viewers;
#[cfg(not(fuzzing))]
pub mod web;
