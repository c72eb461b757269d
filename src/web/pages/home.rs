//! The home page: the drives, what is on them, and how to connect the first one.

use askama::Template;

use super::layout::Layout;
use super::{DriveCard, FilmCard, FolderCard};

/// `/`
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    pub layout: Layout,
    /// The drives in the order of the configuration. When there is none, the first page is shown.
    pub drives: Vec<DriveCard>,
    /// Films that were begun, last one first.
    pub begun: Vec<FilmCard>,
    /// What stands at the root of the first drives.
    pub shelves: Vec<Shelf>,
    /// Where the form for share links goes (the link goes into `link`); `None` where no drive opens shares.
    pub open_share: Option<String>,
    /// How to connect a drive, shown when there is none.
    pub first_page: FirstPage,
}

/// One drive's root as a row of cards.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    /// The drive's name.
    pub title: String,
    /// Its browse page.
    pub href: String,
    /// The folders at its root.
    pub folders: Vec<FolderCard>,
    /// The films at its root.
    pub films: Vec<FilmCard>,
    /// Why there is nothing, where the drive could not be asked.
    pub problem: Option<String>,
}

/// What the very first visitor reads.
#[derive(Debug, Clone, Default)]
pub struct FirstPage {
    /// The file to write into, as the server sees it.
    pub config_file: String,
}
