//! A folder: the way to it, how it is sorted, what is in it.

use askama::Template;

use super::layout::Layout;
use super::{Address, FileRow, FilmCard, FolderCard, Link};

/// `/browse/{place}/{path}`, one page of it.
#[derive(Debug, Template)]
#[template(path = "browse.html")]
pub struct BrowsePage {
    pub layout: Layout,
    /// The folder's name.
    pub title: String,
    /// The folders above it, from the place down, without the folder itself.
    pub crumbs: Vec<Link>,
    /// The ways of sorting; empty where the place cannot sort.
    pub sorts: Vec<SortLink>,
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
    /// The page before this one.
    pub previous: Option<String>,
    /// The page after this one; the page's module appends it while scrolling.
    pub next: Option<String>,
    /// The folder as a list for other players.
    pub addresses: Vec<Address>,
    /// A sentence about the place, such as when a share ends; may be empty.
    pub notice: String,
}

impl BrowsePage {
    /// Whether this page of the folder has nothing on it.
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.films.is_empty() && self.files.is_empty()
    }
}

/// One way of sorting.
#[derive(Debug, Clone)]
pub struct SortLink {
    /// `Name`, `Date`, `Size`.
    pub label: &'static str,
    /// This folder sorted that way; for the current one, in the other direction.
    pub href: String,
    /// The direction, where the folder is sorted this way now.
    pub current: Option<Direction>,
}

/// Which way a folder is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    /// The arrow beside the word.
    pub fn arrow(self) -> &'static str {
        match self {
            Direction::Ascending => "↑",
            Direction::Descending => "↓",
        }
    }

    /// The word for those who do not see the arrow.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Ascending => "ascending",
            Direction::Descending => "descending",
        }
    }
}
