//! Looking around: every name finds its way through every kind of address and back, a large folder
//! comes complete, and the upstream is asked no more than needed.
//!
//! - [`names`]: by API, page and search, whatever stands in a name
//! - [`players`]: the same by what players read: listings, lists, `.strm` files
//! - [`folders`]: large, sorted, empty, or not there at all
//! - [`asking`]: how often the upstream is asked for all that

mod asking;
mod folders;
mod names;
mod players;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use quick_xml::events::Event;
use reqwest::Method;
use serde_json::Value;

use crate::harness::*;

/// Names with everything in them that means something in an address, a header, a list or a page.
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
