//! One page of a folder or of a search.

use super::Entry;

/// How a page of entries is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// Where the previous page ended; opaque, made by the drive. `None` for the first page.
    pub cursor: Option<String>,
    /// The most entries wanted.
    pub limit: usize,
    /// By what the upstream sorts.
    pub sort: SortBy,
    /// In which direction.
    pub order: Order,
}

impl PageRequest {
    /// The first page for whoever wants the whole folder: as large as upstreams make them, in the order of names.
    pub fn large() -> Self {
        PageRequest {
            limit: 1_000,
            ..PageRequest::default()
        }
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        PageRequest {
            cursor: None,
            limit: 100,
            sort: SortBy::Name,
            order: Order::Ascending,
        }
    }
}

/// One page of entries. `next` is `None` when there are no more.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listing {
    /// The entries of this page, in the order that was asked for.
    pub entries: Vec<Entry>,
    /// The cursor of the page after this one.
    pub next: Option<String>,
}

/// What a listing is sorted by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize, serde::Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum SortBy {
    #[default]
    Name,
    Time,
    Size,
}

/// The direction of a listing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize, serde::Serialize,
)]
pub enum Order {
    #[default]
    #[serde(rename = "asc")]
    Ascending,
    #[serde(rename = "desc")]
    Descending,
}
