//! What was found, and which drives could not be asked.

use askama::Template;

use super::layout::Layout;
use super::{FileRow, FilmCard, FolderCard};

/// `/search?q=`
#[derive(Debug, Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    pub layout: Layout,
    /// Where the form goes.
    pub action: String,
    /// The words; empty before the first search.
    pub query: String,
    /// `12 films, 1 folder for “wave”`; empty before the first search.
    pub summary: String,
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
    /// One sentence for each drive that could not answer.
    pub problems: Vec<String>,
    /// More of the same search.
    pub next: Option<String>,
}

impl SearchPage {
    /// Whether something was looked for and nothing was found.
    pub fn found_nothing(&self) -> bool {
        !self.query.is_empty()
            && self.folders.is_empty()
            && self.films.is_empty()
            && self.files.is_empty()
    }
}
