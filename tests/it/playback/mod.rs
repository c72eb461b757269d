//! Playlists and what stands beside a film: what players request, and what they get.
//!
//! - [`playlists`]: types, lines, ranges, conditions
//! - [`lists`]: lists of trees and searches, and archives of `.strm` files
//! - [`subtitles`]: files beside a film, whatever they are written in
//! - [`history`]: films are resumed where they were left

mod history;
mod lists;
mod playlists;
mod subtitles;
