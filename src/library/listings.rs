//! Listings of folders: a page, or all of it.

use std::sync::Arc;

use tokio::time::timeout;

use super::invalidation::forget_replaced;
use super::single_flight::single_flight;
use super::{FolderEntries, Freshness, Library, PAGE_RETRY_AFTER, PAGE_TIMEOUT};
use crate::governor::Priority;
use drives::DriveError;
use media::{EntryPath, Listing, PageRequest, Place};

impl Library {
    /// Returns one page of a folder, without hidden names.
    pub async fn listing(
        &self,
        place: &Place,
        folder: &EntryPath,
        page: &PageRequest,
        freshness: Freshness,
    ) -> Result<Arc<Listing>, DriveError> {
        let listing = self.listing_with_hidden(place, folder, page, freshness);
        let listing = listing.await?;
        Ok(self.folder_settings.visible(place, listing))
    }

    /// Returns one page of a folder, hidden names included: for the files that belong to a film.
    pub(crate) async fn listing_with_hidden(
        &self,
        place: &Place,
        folder: &EntryPath,
        page: &PageRequest,
        freshness: Freshness,
    ) -> Result<Arc<Listing>, DriveError> {
        let drive = self.drive(place)?;
        let key = (place.clone(), folder.clone(), page.clone());
        let here = (place.clone(), folder.clone());
        let anew = match freshness {
            Freshness::Cached => false,
            Freshness::Recent => !self.refreshed_recently.contains_key(&here),
            Freshness::Fresh => true,
        };
        if anew {
            self.invalidate_folder(place, folder).await;
            self.refreshed_recently.insert(here, ()).await;
        }
        let answer = single_flight(&self.listings, key, {
            let (folder, page) = (folder.clone(), page.clone());
            // A viewer waits for the first page; further ones are requested by programs that read all of them.
            let priority = match page.cursor {
                None => Priority::Opening,
                Some(_) => Priority::Scans,
            };
            let (entries, index) = (self.entries.clone(), self.index.clone());
            async move {
                let listing = Arc::new(drive.at(priority).list(&folder, &page).await?);
                forget_replaced(&entries, &listing).await;
                if let Some(index) = index {
                    index.listed(drive.place(), &folder, &page, &listing);
                }
                Ok(listing)
            }
        });
        let answer = within_a_page(answer).await;
        self.invalidate_on_error(place, answer).await
    }

    /// Returns the entries of a folder, page by page, to its end or until there are at least `most`, and says
    /// which of the two it was.
    pub async fn whole_folder(
        &self,
        place: &Place,
        folder: &EntryPath,
        most: usize,
        freshness: Freshness,
    ) -> Result<FolderEntries, DriveError> {
        let folder = self.whole_folder_with_hidden(place, folder, most, freshness);
        let mut folder = folder.await?;
        let settings = &self.folder_settings;
        folder.entries.retain(|entry| settings.shows(entry));
        Ok(folder)
    }

    /// Returns the same, hidden names included.
    pub(crate) async fn whole_folder_with_hidden(
        &self,
        place: &Place,
        folder: &EntryPath,
        most: usize,
        freshness: Freshness,
    ) -> Result<FolderEntries, DriveError> {
        let mut page = PageRequest::large();
        let mut entries = Vec::new();
        loop {
            let listing = self.listing_with_hidden(place, folder, &page, freshness);
            let listing = listing.await?;
            entries.extend_from_slice(&listing.entries);
            page.cursor.clone_from(&listing.next);
            let is_whole = page.cursor.is_none();
            if is_whole || entries.len() >= most {
                return Ok(FolderEntries { entries, is_whole });
            }
        }
    }

    /// Returns a page of a folder from the cache, without hidden names, or `None`. Makes no upstream call.
    pub async fn cached_listing(
        &self,
        place: &Place,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Option<Arc<Listing>> {
        let listing = self.cached_listing_with_hidden(place, folder, page).await?;
        Some(self.folder_settings.visible(place, listing))
    }

    /// Returns the same, hidden names included.
    pub(crate) async fn cached_listing_with_hidden(
        &self,
        place: &Place,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Option<Arc<Listing>> {
        self.drive(place).ok()?;
        let key = (place.clone(), folder.clone(), page.clone());
        self.listings.get(&key).await
    }
}

/// Returns the answer of a drive if it comes while a person would wait for a page. Otherwise it is still being fetched,
/// and found by the next request.
pub(super) async fn within_a_page<T>(
    answer: impl Future<Output = Result<T, DriveError>>,
) -> Result<T, DriveError> {
    timeout(PAGE_TIMEOUT, answer).await.unwrap_or_else(|_| {
        let detail = "the drive has not answered yet";
        let error = DriveError::timeout("library", detail);
        Err(error.with_retry_after(PAGE_RETRY_AFTER))
    })
}
