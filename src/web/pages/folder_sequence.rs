//! The entries of a folder that are of the same kind as one of them, in natural order: the films or pictures before and
//! after it, the queue of a song.

use super::page_context::PageContext;
use crate::library::Freshness;
use media::{Entry, PageRequest, natural_cmp};

/// The entries of the kind of one, which is among them.
#[derive(Debug, Default)]
pub(super) struct FolderSequence {
    entries: Vec<Entry>,
    /// The index of that one.
    here: usize,
}

impl FolderSequence {
    /// Lists the folder of an entry. Empty if the visitor may not see it, and if the entry is not in its first page.
    pub async fn around(context: &PageContext, entry: &Entry) -> Self {
        let folder = entry.path.parent();
        let Some(folder) = folder.filter(|folder| context.covers(&entry.place, folder)) else {
            return FolderSequence::default();
        };
        // The subtitles come from the same page of the listing.
        let page = PageRequest::large();
        let library = &context.site.library;
        let listing = if context.may_ask() {
            let listing = library.listing(&entry.place, &folder, &page, Freshness::Cached);
            listing.await.ok()
        } else {
            library.cached_listing(&entry.place, &folder, &page).await
        };
        let listed = listing
            .as_ref()
            .map_or(&[][..], |listing| &listing.entries[..]);
        let is_equal = |other: &&Entry| other.kind == entry.kind;
        let mut entries: Vec<Entry> = listed.iter().filter(is_equal).cloned().collect();
        entries.sort_by(|a, b| natural_cmp(&a.name, &b.name));
        match entries.iter().position(|other| other.path == entry.path) {
            Some(here) => FolderSequence { entries, here },
            None => FolderSequence::default(),
        }
    }

    /// Returns all of them, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the place in the order, from 1 on; 0 if nothing is known.
    pub fn number(&self) -> usize {
        match self.entries.is_empty() {
            true => 0,
            false => self.here + 1,
        }
    }

    /// Returns the entry before; `None` for the first one.
    pub fn previous(&self) -> Option<&Entry> {
        self.here
            .checked_sub(1)
            .and_then(|before| self.entries.get(before))
    }

    /// Returns the entry after; `None` for the last one.
    pub fn next(&self) -> Option<&Entry> {
        self.entries.get(self.here + 1)
    }
}
