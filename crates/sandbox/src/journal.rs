//! The cursor of the website's `filediff`, and the changes since a cursor.
//!
//! The first calls list all entries; after them, the cursor counts the changes that were returned.

/// A position in the changes of a library: the website's `cursor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeCursor {
    /// Entries of the first, complete listing that were already returned. `None` after that listing.
    pub listed: Option<usize>,
    /// Number of changes that were already returned.
    pub changes: usize,
}

impl ChangeCursor {
    /// Parses a cursor of `Display`. `None` for another text, such as `null`.
    pub fn parse(text: &str) -> Option<Self> {
        let (listed, changes) = text.strip_prefix("sbx-")?.split_once('-')?;
        Some(Self {
            listed: match listed {
                "all" => None,
                number => Some(number.parse().ok()?),
            },
            changes: changes.parse().ok()?,
        })
    }
}

impl std::fmt::Display for ChangeCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.listed {
            None => write!(f, "sbx-all-{}", self.changes),
            Some(listed) => write!(f, "sbx-{listed}-{}", self.changes),
        }
    }
}

/// Changes since a cursor.
#[derive(Debug)]
pub struct Diff {
    /// Changed paths, each once. A path without an entry was removed.
    pub paths: Vec<String>,
    pub cursor: ChangeCursor,
    /// True if a call with the new cursor returns more at once.
    pub has_more: bool,
    /// True if the paths are a complete listing, or its first part.
    pub reset: bool,
}
