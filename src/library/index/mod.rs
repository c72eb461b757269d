//! The index of the library: which films and series there are on the drives, by the names of their files.
//!
//! It is filled as folders are listed for viewers, by walks over the drives, and by the changes that drives report. All
//! writes go through one task, so that a page never waits for them. Shares are not part of it.

mod description;
mod walk;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use parking_lot::{Mutex, RwLock};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

use super::{FolderSettings, Library};
use crate::governor::Priority;
use crate::store::{ItemDetails, SeenFolder, Store, WalkState};
use media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place};

pub use description::parse_description;

/// Settings of the index.
#[derive(Debug, Clone, Default)]
pub struct IndexSettings {
    /// True if drives are walked without a request of the owner.
    pub walk: bool,
    /// The folders of each drive that are part of the library; a drive that is not listed is part of it as a whole.
    pub folders: HashMap<Place, Vec<EntryPath>>,
}

/// The index. Clones share it.
#[derive(Clone)]
pub struct LibraryIndex {
    store: Store,
    /// True if drives are walked without a request of the owner.
    walks_by_itself: bool,
    /// The folders of each drive that are part of the library; a drive that is not listed is part of it as a whole.
    folders: Arc<RwLock<HashMap<Place, Vec<EntryPath>>>>,
    folder_settings: FolderSettings,
    events: mpsc::Sender<IndexEvent>,
    walks: Arc<Mutex<HashMap<Place, JoinHandle<()>>>>,
    /// Counts what walks have stored: beginnings, folders, ends.
    walk_changes: watch::Sender<u64>,
    /// Notified when a folder was recorded.
    recorded: Arc<Notify>,
    /// The start of this process, as far as walks are concerned.
    opened_at: DateTime<Utc>,
}

/// The receiving end of the index's events; see [`IndexQueue::run`].
pub struct IndexQueue {
    events: mpsc::Receiver<IndexEvent>,
}

enum IndexEvent {
    /// A page of a folder was listed.
    Listed {
        place: Place,
        folder: EntryPath,
        listing: Arc<Listing>,
        is_complete: bool,
    },
    /// A folder or an entry of it has changed.
    Changed { place: Place, path: EntryPath },
}

/// Events that may wait. Further ones are dropped; the next walk finds what they said.
const MAX_WAITING_EVENTS: usize = 256;

/// Time in which further changes of the same folder are awaited before it is listed again.
const CHANGE_DELAY: Duration = Duration::from_secs(1);

impl LibraryIndex {
    /// Creates the index, and the queue that fills it.
    pub fn new(store: Store, settings: IndexSettings) -> (Self, IndexQueue) {
        let (sender, events) = mpsc::channel(MAX_WAITING_EVENTS);
        let index = LibraryIndex {
            store,
            walks_by_itself: settings.walk,
            folders: Arc::new(RwLock::new(settings.folders)),
            folder_settings: FolderSettings::default(),
            events: sender,
            walks: Arc::default(),
            walk_changes: watch::Sender::new(0),
            recorded: Arc::default(),
            opened_at: Utc::now(),
        };
        (index, IndexQueue { events })
    }

    /// Returns the signal that is given when a folder was recorded, so that there may be new items.
    pub fn recorded(&self) -> Arc<Notify> {
        self.recorded.clone()
    }

    /// Returns the names that folders hide; the index has none of them.
    pub fn folder_settings(&self) -> &FolderSettings {
        &self.folder_settings
    }

    /// Forgets what is hidden now, and walks over the drive for what is not any more.
    pub(super) async fn names_hidden(
        &self,
        library: &Library,
        place: &Place,
    ) -> anyhow::Result<()> {
        let hides = |path: &EntryPath| self.folder_settings.hides(place, path);
        self.store.forget_files(place, hides).await?;
        self.walk_again(library, place).await
    }

    /// Sets the folders of a drive that are part of the library; `None` for the whole drive. Returns true if they have changed:
    /// [`Self::folders_changed`] is to be called once the drive is open.
    pub fn set_folders(&self, place: &Place, folders: Option<Vec<EntryPath>>) -> bool {
        let mut all = self.folders.write();
        if all.get(place) == folders.as_ref() {
            return false;
        }
        match folders {
            Some(folders) => drop(all.insert(place.clone(), folders)),
            None => drop(all.remove(place)),
        }
        true
    }

    /// Forgets the files outside of the folders of a drive, and walks over the drive for those inside.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be used.
    pub async fn folders_changed(&self, library: &Library, place: &Place) -> anyhow::Result<()> {
        self.forget_uncovered(place).await?;
        self.walk_again(library, place).await
    }

    /// Forgets the files outside of the folders of a drive.
    async fn forget_uncovered(&self, place: &Place) -> anyhow::Result<()> {
        let is_outside = |path: &EntryPath| {
            let folder = path.parent();
            folder.is_some_and(|folder| !self.covers(place, &folder))
        };
        self.store.forget_files(place, is_outside).await
    }

    /// Begins the walk over a drive anew, unless drives are not walked by themselves, or the owner has stopped it.
    async fn walk_again(&self, library: &Library, place: &Place) -> anyhow::Result<()> {
        let is_stopped = self.walk_status(place).await?.state == WalkState::Stopped;
        if self.walks_by_itself && !is_stopped && !place.is_share() {
            // A walk under way has passed folders by the rules of before.
            if let Some(task) = self.walks.lock().remove(place) {
                task.abort();
            }
            self.start_walk(library, &library.drive(place)?).await?;
        }
        Ok(())
    }

    /// Records a folder, without what is hidden. Descriptions and pictures serve their film all the same.
    async fn record(&self, seen: SeenFolder<'_>) -> anyhow::Result<u64> {
        let is_seen = |entry: &Entry| {
            let is_of_its_own = entry.kind == EntryKind::Folder || entry.kind.is_playable();
            !is_of_its_own || self.folder_settings.shows(entry)
        };
        let visible: Vec<Entry>;
        let entries = match seen.entries.iter().all(is_seen) {
            true => seen.entries,
            false => {
                let entries = seen.entries.iter().filter(|entry| is_seen(entry));
                visible = entries.cloned().collect();
                &visible
            }
        };
        let seen = SeenFolder { entries, ..seen };
        let found = self.store.record_folder(seen).await?;
        if found > 0 {
            self.recorded.notify_one();
        }
        Ok(found)
    }

    /// Returns the folders of a drive that are part of the library: its root if no others were chosen.
    pub fn folders(&self, place: &Place) -> Vec<EntryPath> {
        let chosen = self.folders.read().get(place).cloned();
        chosen.unwrap_or_else(|| vec![EntryPath::root()])
    }

    /// Returns true if a folder is part of the library.
    fn covers(&self, place: &Place, folder: &EntryPath) -> bool {
        !place.is_share()
            && self
                .folders(place)
                .iter()
                .any(|chosen| folder.is_within(chosen))
    }

    /// Notes a page of a folder that was listed for a viewer.
    pub(super) fn listed(
        &self,
        place: &Place,
        folder: &EntryPath,
        page: &PageRequest,
        listing: &Arc<Listing>,
    ) {
        if self.covers(place, folder) {
            let is_complete = page.cursor.is_none() && listing.next.is_none();
            let _ = self.events.try_send(IndexEvent::Listed {
                place: place.clone(),
                folder: folder.clone(),
                listing: listing.clone(),
                is_complete,
            });
        }
    }

    /// Notes that an entry has changed. Drives that are not walked are not asked again.
    pub(super) fn changed(&self, place: &Place, path: &EntryPath) {
        if self.walks_by_itself && self.covers(place, path) {
            let (place, path) = (place.clone(), path.clone());
            let _ = self.events.try_send(IndexEvent::Changed { place, path });
        }
    }

    /// Returns the description files of an item, the most specific first.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn description_files(&self, item: i64) -> anyhow::Result<Vec<(Place, EntryPath)>> {
        self.store.description_files(item).await
    }

    /// Stores what the description files of an item say.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn store_details(&self, item: i64, details: &ItemDetails) -> anyhow::Result<()> {
        self.store.store_details(item, details).await
    }

    /// Records one file, such as a film that is being watched and whose folder was not listed.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn record_file(&self, entry: &Entry) -> anyhow::Result<()> {
        let Some(folder) = entry
            .path
            .parent()
            .filter(|folder| self.covers(&entry.place, folder))
        else {
            return Ok(());
        };
        let seen = SeenFolder {
            place: &entry.place,
            folder: &folder,
            entries: std::slice::from_ref(entry),
            is_complete: false,
        };
        self.record(seen).await.map(|_| ())
    }
}

impl IndexQueue {
    /// Records events until it is cancelled. Changed folders are listed again at the lowest priority.
    pub async fn run(mut self, library: Library) {
        let Some(index) = library.index().cloned() else {
            return;
        };
        let mut changed: HashSet<(Place, EntryPath)> = HashSet::new();
        loop {
            let event = if changed.is_empty() {
                self.events.recv().await
            } else {
                match tokio::time::timeout(CHANGE_DELAY, self.events.recv()).await {
                    Ok(event) => event,
                    Err(_) => {
                        for ((place, folder), paths) in by_folder(&index, changed.drain()) {
                            relist(&library, &index, &place, &folder, &paths).await;
                        }
                        continue;
                    }
                }
            };
            match event {
                None => return,
                Some(IndexEvent::Changed { place, path }) => {
                    changed.insert((place, path));
                }
                Some(IndexEvent::Listed {
                    place,
                    folder,
                    listing,
                    is_complete,
                }) => {
                    let seen = SeenFolder {
                        place: &place,
                        folder: &folder,
                        entries: &listing.entries,
                        is_complete,
                    };
                    if let Err(error) = index.record(seen).await {
                        tracing::warn!(%place, %error, "the library could not be updated");
                    }
                }
            }
        }
    }
}

/// Returns changed paths by the folders that contain them, so that each of these is listed once, however many of its files
/// have changed. A path whose folder is not part of the library is by itself.
fn by_folder(
    index: &LibraryIndex,
    changed: impl Iterator<Item = (Place, EntryPath)>,
) -> HashMap<(Place, EntryPath), HashSet<EntryPath>> {
    let mut folders: HashMap<_, HashSet<EntryPath>> = HashMap::new();
    for (place, path) in changed {
        let parent = path.parent().filter(|parent| index.covers(&place, parent));
        let folder = parent.unwrap_or_else(|| path.clone());
        folders.entry((place, folder)).or_default().insert(path);
    }
    folders
}

/// Lists a folder again that contains changed paths, and those of them that are folders.
async fn relist(
    library: &Library,
    index: &LibraryIndex,
    place: &Place,
    folder: &EntryPath,
    changed: &HashSet<EntryPath>,
) {
    let Ok(drive) = library.drive(place) else {
        return;
    };
    let mut folders = vec![folder.clone()];
    while let Some(listed) = folders.pop() {
        let Ok(entries) = walk::list_folder(&drive.at(Priority::Scans), &listed).await else {
            continue;
        };
        if listed == *folder {
            let inside = entries.iter().filter(|entry| {
                entry.kind == EntryKind::Folder
                    && entry.path != *folder
                    && changed.contains(&entry.path)
            });
            folders.extend(inside.map(|entry| entry.path.clone()));
        }
        let seen = SeenFolder {
            place,
            folder: &listed,
            entries: &entries,
            is_complete: true,
        };
        if let Err(error) = index.record(seen).await {
            tracing::warn!(%place, %error, "the library could not be updated");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_is_listed_once_for_all_of_its_changed_files() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_at(None, dir.path()).await.unwrap();
        let place = Place::parse("home").unwrap();
        let path = |text: &str| EntryPath::parse(text).unwrap();
        let settings = IndexSettings {
            walk: true,
            folders: HashMap::from([(place.clone(), vec![path("/Films")])]),
        };
        let (index, _queue) = LibraryIndex::new(store, settings);
        let files = (0..300).map(|number| path(&format!("/Films/{number}.mp4")));
        let others = [path("/Films"), path("/Films/Shelf/a.mp4")];
        let changed = files.chain(others).map(|path| (place.clone(), path));
        let folders = by_folder(&index, changed);
        let mut listed: Vec<(&str, usize)> = folders
            .iter()
            .map(|((_, folder), paths)| (folder.as_str(), paths.len()))
            .collect();
        listed.sort_unstable();
        assert_eq!(listed, [("/Films", 301), ("/Films/Shelf", 1)]);
    }
}
