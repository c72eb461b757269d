//! The library: places, their folders and entries, and search over all of them.
//!
//! Results are cached, and concurrent callers share one upstream call (single-flight), which continues when its
//! first caller is dropped. Errors are never cached. Playback is in `playback`. The index of films and series by the
//! names of files is in `index`.

mod authorizations;
mod details;
mod drive_watcher;
mod file_operations;
mod folder_settings;
mod index;
mod invalidation;
mod kinds;
mod listings;
mod search;
mod shared_load;
mod sign_ins;
mod single_flight;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use tokio::sync::watch;

use crate::governor::{PlaceStats, Priority, SharedDrive};
use cache::{Cache, SyncCache};
use drives::{Account, Capability, DriveError};
use media::{Entry, EntryPath, Listing, PageRequest, Place, TrackFacts};

pub use authorizations::Authorizations;
pub use file_operations::FileOperation;
pub use folder_settings::{FolderSettingError, FolderSettings, checked_setting};
pub use index::{IndexQueue, IndexSettings, LibraryIndex, parse_description};
pub use search::{SearchPage, SearchRequest};
pub(crate) use shared_load::SharedLoads;
pub use sign_ins::{SignInView, SignIns};
pub(crate) use single_flight::single_flight;

use listings::within_a_page;

/// The entries of one folder.
#[derive(Debug)]
pub struct FolderEntries {
    pub entries: Vec<Entry>,
    /// False if the folder has more.
    pub is_whole: bool,
}

/// The maximum age of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A cached answer of any age.
    Cached,
    /// An answer of the last half minute: for lists that a player reloads to see what is new.
    Recent,
    /// A new answer of the upstream, which then is cached.
    Fresh,
}

/// All places, and the caches of their contents. Clones share them.
#[derive(Clone)]
pub struct Library {
    drives: Arc<RwLock<Arc<[SharedDrive]>>>,
    /// Counts how often drives were added or removed.
    drives_changed: Arc<watch::Sender<u64>>,
    shares: Arc<RwLock<HashMap<Place, SharedDrive>>>,
    listings: Cache<(Place, EntryPath, PageRequest), Arc<Listing>>,
    entries: Cache<(Place, EntryPath), Arc<Entry>>,
    accounts: Cache<Place, Arc<Account>>,
    /// Searches that pages wait for, and their results for the load after that.
    searches: Cache<search::DriveSearch, Arc<Listing>>,
    /// Entries that were looked up again within the last minute.
    revalidated: SyncCache<(Place, EntryPath), ()>,
    /// Folders that were requested from the upstream a moment ago.
    refreshed_recently: Cache<(Place, EntryPath), ()>,
    /// Notes of folders, and the names that they hide.
    folder_settings: FolderSettings,
    /// The films and series by the names of the files that were listed; `None` without one.
    index: Option<LibraryIndex>,
}

/// Most upstreams do not report changes. Ten minutes save them a call for every page that is turned, and a
/// viewer can request a fresh listing.
const LISTING_TTL: Duration = Duration::from_secs(600);

/// The maximum age for [`Freshness::Recent`]: several players that reload the same list make one call, and
/// an episode that was just uploaded is in the next one.
const RECENT_TTL: Duration = Duration::from_secs(30);

/// Names, sizes and lengths of films hardly ever change.
const ENTRY_TTL: Duration = Duration::from_secs(1800);

/// Long enough for a page and its pictures, short enough for an upload to show. Invalidated earlier if the
/// drive reports that it is signed out.
const ACCOUNT_TTL: Duration = Duration::from_secs(120);

/// The time for which a page that is loaded again finds the result of a search that took too long for its first load.
const SEARCH_TTL: Duration = Duration::from_secs(10);
const MAX_SEARCHES: u64 = 32;

/// The time for which a page waits for a drive, and after which it asks again by itself. A drive that accepts a
/// connection and does not answer must not keep people waiting before an empty window.
const PAGE_TIMEOUT: Duration = Duration::from_secs(8);
const PAGE_RETRY_AFTER: Duration = Duration::from_secs(3);

/// The interval at which the entry of a film that is being played is looked up again.
const REVALIDATION_INTERVAL: Duration = Duration::from_secs(60);

/// Metadata take this fraction (1/n) of the cache memory, so that media keep most of it.
const METADATA_SHARE: u64 = 8;

/// Bytes that an item of a cache takes beside its texts: its key, its place in the hash table, and its places in the
/// orders of use and of age.
const CACHE_ITEM_BYTES: usize = 512;

impl Library {
    /// Creates a library over `drives`. Listings and entries take at most an eighth of `memory_bytes`.
    pub fn new(drives: Vec<SharedDrive>, memory_bytes: u64) -> Self {
        let listing_weight = |key: &(Place, EntryPath, PageRequest), listing: &Arc<Listing>| {
            let entries = listing.entries.iter().map(entry_bytes).sum::<usize>();
            let own = CACHE_ITEM_BYTES + key.1.as_str().len();
            entries.saturating_add(own).min(u32::MAX as usize) as u32
        };
        let entry_weight = |key: &(Place, EntryPath), entry: &Arc<Entry>| {
            (CACHE_ITEM_BYTES + key.1.as_str().len() + entry_bytes(entry)) as u32
        };
        let budget = memory_bytes / METADATA_SHARE;
        let items = (budget / 2 / CACHE_ITEM_BYTES as u64).clamp(100, 10_000);
        Library {
            drives: Arc::new(RwLock::new(drives.into())),
            drives_changed: Arc::new(watch::Sender::new(0)),
            shares: Arc::default(),
            listings: Cache::builder()
                .weigher(listing_weight)
                .max_capacity(budget / 2)
                .time_to_live(LISTING_TTL)
                .build(),
            entries: Cache::builder()
                .weigher(entry_weight)
                .max_capacity(budget / 2)
                .time_to_live(ENTRY_TTL)
                .build(),
            accounts: Cache::builder()
                .max_capacity(1000)
                .time_to_live(ACCOUNT_TTL)
                .build(),
            searches: Cache::builder()
                .max_capacity(MAX_SEARCHES)
                .time_to_live(SEARCH_TTL)
                .build(),
            revalidated: SyncCache::builder()
                .max_capacity(items)
                .time_to_live(REVALIDATION_INTERVAL)
                .build(),
            refreshed_recently: Cache::builder()
                .max_capacity(items)
                .time_to_live(RECENT_TTL)
                .build(),
            folder_settings: FolderSettings::default(),
            index: None,
        }
    }

    /// Adds an index, which is filled as folders are listed.
    pub fn with_index(mut self, index: LibraryIndex) -> Self {
        self.folder_settings = index.folder_settings().clone();
        self.index = Some(index);
        self
    }

    /// Returns the index of films and series; `None` without one.
    pub fn index(&self) -> Option<&LibraryIndex> {
        self.index.as_ref()
    }

    /// Returns the notes of folders, and the names that they hide.
    pub fn folder_settings(&self) -> &FolderSettings {
        &self.folder_settings
    }

    /// Adjusts the index to the names that are hidden now, after that has changed.
    pub async fn names_hidden(&self, place: &Place) {
        if let Some(index) = &self.index
            && let Err(error) = index.names_hidden(self, place).await
        {
            tracing::warn!(%place, %error, "the library still has what is hidden");
        }
    }

    /// Returns every drive, in the owner's order.
    pub fn drives(&self) -> Arc<[SharedDrive]> {
        self.drives.read().clone()
    }

    /// Returns the drives that can list folders, in the owner's order; some only open share links.
    pub fn browsable(&self) -> Vec<SharedDrive> {
        let mut drives = self.drives().to_vec();
        drives.retain(|drive| drive.capabilities().contains(&Capability::List));
        drives
    }

    /// Adds a drive at the end, or replaces the one of the same name.
    pub async fn put_drive(&self, drive: SharedDrive) {
        let place = drive.place().clone();
        self.set_drives(
            |all| match all.iter_mut().find(|other| *other.place() == place) {
                Some(other) => *other = drive,
                None => all.push(drive),
            },
        );
        self.invalidate_place(&place).await;
    }

    /// Adds an open share to the places, or replaces the one of that name.
    pub async fn put_share(&self, share: SharedDrive) {
        let place = share.place().clone();
        self.shares.write().insert(place.clone(), share);
        self.invalidate_place(&place).await;
    }

    /// Removes an open share.
    pub async fn remove_share(&self, place: &Place) {
        self.shares.write().remove(place);
        self.invalidate_place(place).await;
    }

    /// Returns the state of the governors, by the names of the places. A share that is accessed with the
    /// account of a drive has that drive's governor, and no entry of its own.
    pub fn traffic(&self) -> Vec<PlaceStats> {
        let shares = self.shares.read();
        let own = shares.values().filter(|share| share.is_self_contained());
        let mut stats: Vec<PlaceStats> = self
            .drives()
            .iter()
            .chain(own)
            .map(|drive| PlaceStats {
                place: drive.place().clone(),
                limits: drive.limiter().stats(),
            })
            .collect();
        stats.sort_by(|a, b| a.place.as_str().cmp(b.place.as_str()));
        stats
    }

    /// Returns the drive or share of a place.
    ///
    /// # Errors
    ///
    /// `not_found` if there is none.
    pub fn drive(&self, place: &Place) -> Result<SharedDrive, DriveError> {
        let drive = if place.is_share() {
            self.shares.read().get(place).cloned()
        } else {
            let drives = self.drives();
            drives.iter().find(|drive| drive.place() == place).cloned()
        };
        drive.ok_or_else(|| DriveError::not_found("place", format!("there is no place {place}")))
    }

    /// Returns one entry with all its details.
    pub async fn entry(
        &self,
        place: &Place,
        path: &EntryPath,
        freshness: Freshness,
    ) -> Result<Arc<Entry>, DriveError> {
        let drive = self.drive(place)?;
        let key = (place.clone(), path.clone());
        // A look at a file of this machine costs nothing, so its entry is never stale.
        if freshness == Freshness::Fresh || drive.is_local() {
            self.entries.invalidate(&key).await;
        }
        let path = path.clone();
        let revalidated = self.revalidated.clone();
        let answer = single_flight(&self.entries, key.clone(), async move {
            let entry = drive.at(Priority::Opening).stat(&path).await?;
            revalidated.insert(key, ());
            Ok(Arc::new(entry))
        });
        let answer = within_a_page(answer).await;
        self.invalidate_on_error(place, answer).await
    }

    /// Looks an entry up again in the background, unless that was done within the last minute. A file that was
    /// replaced is played in its new version from the next request on.
    pub fn revalidate_entry(&self, place: &Place, path: &EntryPath) {
        let key = (place.clone(), path.clone());
        let drive = self.drive(place).ok().filter(|drive| !drive.is_local());
        let Some(drive) = drive.filter(|_| !self.revalidated.contains_key(&key)) else {
            return;
        };
        self.revalidated.insert(key.clone(), ());
        let entries = self.entries.clone();
        tokio::spawn(async move {
            // A failure says nothing about the entry: the next request finds out.
            if let Ok(entry) = drive.at(Priority::Scans).stat(&key.1).await {
                entries.insert(key, Arc::new(entry)).await;
            }
        });
    }

    /// Returns an entry from the cache, or `None`. Makes no upstream call.
    pub async fn cached_entry(&self, place: &Place, path: &EntryPath) -> Option<Arc<Entry>> {
        self.drive(place).ok()?;
        self.entries.get(&(place.clone(), path.clone())).await
    }

    /// Returns the account of a drive.
    pub async fn account(&self, place: &Place) -> Result<Arc<Account>, DriveError> {
        let drive = self.drive(place)?;
        let account = single_flight(&self.accounts, place.clone(), async move {
            drive.account().await.map(Arc::new)
        });
        within_a_page(account).await
    }

    /// Returns the numbers of cached listings, entries and accounts.
    pub fn cache_counts(&self) -> [(&'static str, u64); 3] {
        [
            ("listings", self.listings.entry_count()),
            ("entries", self.entries.entry_count()),
            ("accounts", self.accounts.entry_count()),
        ]
    }
}

/// Returns the approximate size of an entry in memory, in bytes.
fn entry_bytes(entry: &Entry) -> usize {
    let texts = [entry.id.as_deref(), entry.content.as_deref()];
    std::mem::size_of::<Entry>()
        + entry.path.as_str().len()
        + entry.name.len()
        + texts.iter().flatten().map(|text| text.len()).sum::<usize>()
        + entry.tracks.len() * std::mem::size_of::<TrackFacts>()
        + entry
            .tags
            .iter()
            .map(|tag| 64 + tag.name.len())
            .sum::<usize>()
}
