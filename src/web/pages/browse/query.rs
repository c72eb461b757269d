//! The query of a page of a folder: order, kind of files, view and cursor.

use serde::Deserialize;

use super::PAGE_SIZE;
use crate::web::error::Problem;
use crate::web::urls::encode_name;
use media::{FileKind, Order, PageRequest, SortBy};

/// The query of a folder's page.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::web) struct BrowseQuery {
    pub(super) cursor: Option<String>,
    /// The cursors of the previous pages, from the first on, separated by `~`.
    pub(super) trail: Option<String>,
    #[serde(default)]
    pub(super) sort: SortBy,
    #[serde(default)]
    pub(super) order: Order,
    /// `video`, `audio`, `image` or `document`: hides other files.
    pub(super) kind: Option<String>,
    /// Bypasses the cache.
    pub(super) refresh: Option<u8>,
}

impl BrowseQuery {
    /// Returns the request for this page of the folder.
    pub(in crate::web::pages) fn request(&self) -> PageRequest {
        PageRequest {
            cursor: self.cursor.clone().filter(|cursor| !cursor.is_empty()),
            limit: PAGE_SIZE,
            sort: self.sort,
            order: self.order,
        }
    }

    /// Returns the kind that files are filtered by; `None` for no filter.
    pub(super) fn kind(&self) -> Option<FileKind> {
        FileKind::parse(self.kind.as_deref()?)
    }

    /// Returns the kind that files are filtered by; fails if it is unknown.
    pub(super) fn file_kind(&self) -> Result<Option<FileKind>, Problem> {
        match (self.kind.as_deref(), self.kind()) {
            (None | Some(""), _) => Ok(None),
            (_, Some(kind)) => Ok(Some(kind)),
            (_, None) => Err(UNKNOWN_KIND),
        }
    }

    pub(super) fn href(&self, here: &str, cursor: &str, trail: &str) -> String {
        let mut parts = Vec::new();
        for (key, value) in [("cursor", cursor), ("trail", trail)] {
            if !value.is_empty() {
                parts.push(format!("{key}={}", encode_name(value)));
            }
        }
        if self.sort != SortBy::Name {
            parts.push(format!("sort={}", word_of(self.sort)));
        }
        if self.order != Order::Ascending {
            parts.push("order=desc".to_owned());
        }
        if let Some(kind) = self.kind() {
            parts.push(format!("kind={}", kind.as_str()));
        }
        if parts.is_empty() {
            here.to_owned()
        } else {
            format!("{here}?{}", parts.join("&"))
        }
    }

    pub(super) fn next(&self, here: &str, next: &str) -> String {
        let trail = match (&self.trail, &self.cursor) {
            (Some(trail), Some(cursor)) => format!("{trail}~{cursor}"),
            (None, Some(cursor)) => cursor.clone(),
            _ => String::new(),
        };
        self.href(here, next, &trail)
    }

    pub(super) fn previous(&self, here: &str) -> Option<String> {
        self.cursor.as_ref()?;
        let trail = self.trail.as_deref().unwrap_or_default();
        let (before, last) = trail.rsplit_once('~').unwrap_or(("", trail));
        Some(self.href(here, last, before))
    }
}

pub(in crate::web::pages) const UNKNOWN_KIND: Problem =
    Problem::bad_request("“kind” is video, audio, image or document.");

/// Returns the request for the first page of a folder in the default order.
pub(in crate::web) fn first_page() -> PageRequest {
    PageRequest::first(PAGE_SIZE)
}

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    /// Returns the arrow beside the label.
    pub fn arrow(self) -> &'static str {
        match self {
            Direction::Ascending => "↑",
            Direction::Descending => "↓",
        }
    }

    /// Returns the id of the text for screen readers.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Ascending => "browse-ascending",
            Direction::Descending => "browse-descending",
        }
    }
}

pub(super) fn word_of(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Name => "name",
        SortBy::Time => "time",
        SortBy::Size => "size",
    }
}
