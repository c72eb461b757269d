//! Drops cached listings, entries and accounts after changes.

use std::sync::Arc;

use super::Library;
use cache::Cache;
use drives::{DriveError, ErrorKind};
use media::{Entry, EntryPath, Listing, Place};

impl Library {
    /// Invalidates the cached account if the drive reports that it is signed out, or that a share has
    /// ended. Returns the answer.
    pub(crate) async fn invalidate_on_error<T>(
        &self,
        place: &Place,
        answer: Result<T, DriveError>,
    ) -> Result<T, DriveError> {
        if let Err(error) = &answer
            && matches!(
                error.kind,
                ErrorKind::SignedOut | ErrorKind::ShareGone | ErrorKind::SharePasswordWrong
            )
        {
            self.accounts.invalidate(place).await;
        }
        answer
    }

    /// Invalidates an entry, all entries below it, and the listing of its folder, after it was changed.
    pub async fn changed(&self, place: &Place, path: &EntryPath) {
        if let Some(index) = &self.index {
            index.changed(place, path);
        }
        self.accounts.invalidate(place).await;
        self.entries
            .invalidate_if(|key| key.0 == *place && key.1.is_within(path))
            .await;
        let parent = path.parent();
        self.listings
            .invalidate_if(|key| {
                key.0 == *place && (key.1.is_within(path) || Some(&key.1) == parent.as_ref())
            })
            .await;
    }

    /// Invalidates what is known of a place's account.
    pub async fn changed_account(&self, place: &Place) {
        self.accounts.invalidate(place).await;
    }

    /// Invalidates everything of a place.
    pub async fn invalidate_place(&self, place: &Place) {
        self.changed(place, &EntryPath::root()).await;
    }

    /// Invalidates all pages of a folder, so that old and new ones are never mixed.
    pub(super) async fn invalidate_folder(&self, place: &Place, folder: &EntryPath) {
        self.listings
            .invalidate_if(|key| key.0 == *place && key.1 == *folder)
            .await;
    }
}

/// Forgets cached entries of files that a new listing shows in another version.
pub(super) async fn forget_replaced(
    entries: &Cache<(Place, EntryPath), Arc<Entry>>,
    listing: &Listing,
) {
    for listed in &listing.entries {
        let key = (listed.place.clone(), listed.path.clone());
        if let Some(known) = entries.get(&key).await
            && !known.is_same_version(listed)
        {
            entries.invalidate(&key).await;
        }
    }
}
