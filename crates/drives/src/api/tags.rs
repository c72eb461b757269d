//! Tags of entries: words by which an owner finds them again.

use async_trait::async_trait;

use super::DriveError;
use media::{EntryPath, Listing, PageRequest, Tag};

/// Sets the tags of entries, and finds entries by them. The tags of an entry are part of it
/// ([`Entry::tags`](media::Entry::tags)).
#[async_trait]
pub trait Tags: Send + Sync {
    /// Replaces the tags of an entry, and returns them as they are now.
    async fn set(&self, path: &EntryPath, tags: &[Tag]) -> Result<Vec<Tag>, DriveError>;

    /// Returns one page of the entries of the whole drive that have a tag.
    async fn find(&self, name: &str, page: &PageRequest) -> Result<Listing, DriveError>;
}
