//! Pages of a folder or of a search.

use super::Entry;

/// A request for a page of entries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// The end of the previous page: opaque, made by the drive. `None` for the first page.
    pub cursor: Option<String>,
    /// The maximum number of entries.
    pub limit: usize,
    /// The sort key, applied by the upstream.
    pub sort: SortBy,
    /// The sort direction.
    pub order: Order,
}

impl PageRequest {
    /// Requests the first page of at most `limit` entries, sorted by name.
    pub fn first(limit: usize) -> Self {
        PageRequest {
            limit,
            ..PageRequest::default()
        }
    }

    /// Requests the first page of a whole folder: as large as upstreams allow, sorted by name.
    pub fn large() -> Self {
        PageRequest::first(1_000)
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

/// One page of entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listing {
    /// The entries of this page, in the requested order.
    pub entries: Vec<Entry>,
    /// The cursor of the next page; `None` on the last one.
    pub next: Option<String>,
    /// True if a search has not looked everywhere, so entries may be missing.
    pub is_partial: bool,
}

/// The sort key of a listing.
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

/// The sort direction of a listing.
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
