//! Change events of the operating system for folders that were listed.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::broadcast;

use crate::local::listing::Orders;
use crate::local::tree::{FolderTree, is_hidden};
use media::EntryPath;

/// Watches folders and reports changes.
pub(crate) struct Watch {
    changes: broadcast::Sender<EntryPath>,
    /// `None` if the system cannot report changes.
    watched: Option<Mutex<Watched>>,
    /// Number of times that watched folders were removed or renamed.
    losses: Arc<AtomicU64>,
}

struct Watched {
    watcher: RecommendedWatcher,
    folders: WatchedFolders,
}

/// The watched folders, the one listed last at the end. Never locked during a call to the watcher, because that
/// call waits for the thread that delivers events.
#[derive(Clone, Default)]
struct WatchedFolders(Arc<Mutex<VecDeque<PathBuf>>>);

impl WatchedFolders {
    fn lock(&self) -> MutexGuard<'_, VecDeque<PathBuf>> {
        // Every change is complete before the lock is released.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a folder at the end. Returns true if it is new here.
    fn touch(&self, real: &PathBuf) -> bool {
        let mut folders = self.lock();
        let known = folders.iter().position(|folder| folder == real);
        if let Some(place) = known {
            folders.remove(place);
        }
        folders.push_back(real.clone());
        known.is_none()
    }

    /// Removes a folder that the system no longer watches. Returns true if it was one.
    fn lose(&self, gone: &Path) -> bool {
        let mut folders = self.lock();
        let before = folders.len();
        folders.retain(|folder| !folder.starts_with(gone));
        folders.len() < before
    }
}

/// Upper limit for the watched folders: the system's own limit is shared with all programs, and a person looks
/// at fewer.
const MAX_FOLDERS: usize = 1024;
/// Change events that are buffered for listeners.
const WAITING: usize = 256;

impl Watch {
    pub(crate) fn new(tree: &FolderTree, orders: &Orders) -> Self {
        let (changes, _) = broadcast::channel(WAITING);
        let folders = WatchedFolders::default();
        let losses = Arc::new(AtomicU64::new(0));
        let watcher = notify::recommended_watcher({
            let (tree, orders, changes) = (Arc::new(tree.clone()), orders.clone(), changes.clone());
            let (folders, losses) = (folders.clone(), losses.clone());
            move |event: notify::Result<notify::Event>| {
                let Ok(event) = event else { return };
                if matches!(event.kind, EventKind::Access(_)) {
                    return;
                }
                if event.need_rescan() {
                    orders.forget();
                    let _ = changes.send(EntryPath::root());
                    return;
                }
                let is_content = matches!(
                    event.kind,
                    EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_))
                );
                let may_lose = matches!(
                    event.kind,
                    EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
                );
                for path in &event.paths {
                    // Hidden names are never shown: files that are being uploaded, the trash.
                    let name = path.file_name().and_then(|name| name.to_str());
                    if name.is_some_and(is_hidden) {
                        continue;
                    }
                    // Another folder with that name is watched when it is listed.
                    if may_lose && folders.lose(path) {
                        losses.fetch_add(1, Ordering::SeqCst);
                        orders.forget();
                    }
                    let Some(folder) = path.parent().and_then(|folder| tree.local(folder)) else {
                        continue;
                    };
                    match name {
                        Some(name) if !is_content => orders.changed(&tree, &folder, name),
                        _ => orders.touched(&folder),
                    }
                    // Having no listener is no failure.
                    let _ = changes.send(folder);
                }
            }
        });
        let watched = match watcher {
            Ok(watcher) => Some(Mutex::new(Watched { watcher, folders })),
            Err(error) => {
                tracing::warn!(%error, "folders cannot be watched; changes show after ten minutes or when asked for");
                None
            }
        };
        Watch {
            changes,
            watched,
            losses,
        }
    }

    /// Starts to watch this folder.
    pub(crate) fn look_at(&self, real: PathBuf) {
        let Some(watched) = &self.watched else { return };
        let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
        if !watched.folders.touch(&real) {
            return;
        }
        let oldest = {
            let mut folders = watched.folders.lock();
            (folders.len() > MAX_FOLDERS)
                .then(|| folders.pop_front())
                .flatten()
        };
        if let Some(oldest) = oldest {
            let _ = watched.watcher.unwatch(&oldest);
        }
        if let Err(error) = watched.watcher.watch(&real, RecursiveMode::NonRecursive) {
            tracing::debug!(%error, "a folder cannot be watched");
            watched.folders.lose(&real);
        }
    }

    /// Returns the number of times that watched folders were removed or renamed. What was read of a folder while it grew may be
    /// of one that is not watched any more.
    pub(crate) fn losses(&self) -> u64 {
        self.losses.load(Ordering::SeqCst)
    }

    /// Returns true if the system can report changes.
    pub(crate) fn is_told(&self) -> bool {
        self.watched.is_some()
    }

    /// Subscribes to changes: receives the folder in which an entry was added, removed or changed.
    pub(crate) fn changes(&self) -> broadcast::Receiver<EntryPath> {
        self.changes.subscribe()
    }
}
