//! Browsing: every name survives every kind of URL in both directions, a large folder is complete, and the
//! upstream gets no more calls than needed.
//!
//! - [`names`]: by API, page and search, with any characters in a name
//! - [`players`]: the same in files for players: listings, playlists, `.strm` files
//! - [`folders`]: large, sorted, empty, or missing
//! - [`hidden`]: notes of folders, and names that they hide from every list
//! - [`sequences`]: pictures and music of a folder, one after the other
//! - [`languages`]: the language of the pages
//! - [`asking`]: the number of upstream calls for all that

mod asking;
mod folders;
mod hidden;
mod languages;
mod names;
mod players;
pub mod sequences;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use quick_xml::events::Event;
use reqwest::Method;
use serde_json::Value;

use crate::harness::*;

/// Names with every character that has a meaning in a URL, a header, a playlist or a page.
const AWKWARD: &[&str] = &[
    "/Nature & Light/Waves & Wind.mp4",
    "/Nature & Light/Hills + Mist = Morning.mp4",
    "/Nature & Light/What's that; who's there?.mp4",
    "/Nature & Light/The \"Quiet\" Hour.mp4",
    "/Nature & Light/50% off, take #1.mp4",
    "/Nature & Light/already%20encoded%2Fname.mp4",
    "/Season 1 #finale 100%/Chapter #1.mp4",
    "/Season 1 #finale 100%/Chapter #2 & last.mp4",
    "/映画 🌊/波の光.mp4",
    "/映画 🌊/静かな山 🌙.mp4",
    "/映画 🌊/三つの月 (再編集版).mp4",
    "/映画 🌊/Été à Český Krumlov.mp4",
];

fn awkward() -> Vec<String> {
    let long = "A film whose name goes on and on ".repeat(7);
    let long = format!("/Long names/{}.mp4", long.trim_end());
    AWKWARD
        .iter()
        .map(|path| (*path).to_owned())
        .chain([long])
        .collect()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn folder_of(path: &str) -> &str {
    &path[..path.rfind('/').unwrap()]
}

fn folders() -> BTreeSet<String> {
    awkward()
        .iter()
        .map(|path| folder_of(path).to_owned())
        .collect()
}

fn children(listing: &Value) -> Vec<&Value> {
    listing["children"].as_array().unwrap().iter().collect()
}
