//! Playlists, streams, and what belongs to a film: the requests of players and their replies.
//!
//! - [`playlists`]: requirements of players: types, lines, ranges, conditions
//! - [`source`]: originals as streams, packet by packet
//! - [`lists`]: of trees and searches, and archives of `.strm` files
//! - [`subtitles`]: files beside a film, in any encoding
//! - [`file_pictures`]: pictures out of files, where the upstream makes none
//! - [`seek_pictures`]: pictures over the seek bar that are made while the server is idle
//! - [`packed_audio`]: sound whose pieces have no container
//! - [`sound_tags`]: tags of recordings
//! - [`history`]: films are resumed where they were left

pub mod file_pictures;
mod history;
mod lists;
mod packed_audio;
mod playlists;
mod seek_pictures;
mod sound_tags;
mod source;
mod subtitles;
