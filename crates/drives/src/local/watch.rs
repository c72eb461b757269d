//! Changes in folders that somebody has looked at, told by the operating system.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::broadcast;

use crate::local::listing::Orders;
use crate::local::tree::Tree;
use media::EntryPath;

/// Watches folders and tells of changes.
pub(crate) struct Watch {
    changes: broadcast::Sender<EntryPath>,
    /// `None` where the system has no way of telling.
    watched: Option<Mutex<Watched>>,
}

struct Watched {
    watcher: RecommendedWatcher,
    folders: Folders,
}

/// The folders that are watched, the one looked at last at the end. Never locked while the watcher is called, which
/// waits for the thread that tells of events.
#[derive(Clone, Default)]
struct Folders(Arc<Mutex<VecDeque<PathBuf>>>);

impl Folders {
    fn lock(&self) -> MutexGuard<'_, VecDeque<PathBuf>> {
        // Every change is whole before the lock is given back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a folder at the end; whether it is new here.
    fn touch(&self, real: &PathBuf) -> bool {
        let mut folders = self.lock();
        let known = folders.iter().position(|folder| folder == real);
        if let Some(place) = known {
            folders.remove(place);
        }
        folders.push_back(real.clone());
        known.is_none()
    }

    /// The system watches nothing any more that was at this place; whether that was a folder.
    fn lose(&self, gone: &Path) -> bool {
        let mut folders = self.lock();
        let before = folders.len();
        folders.retain(|folder| !folder.starts_with(gone));
        folders.len() < before
    }
}

/// The system's own limit is shared with all programs; a person looks at fewer.
const MOST_FOLDERS: usize = 1024;
/// Changes that may wait to be told.
const WAITING: usize = 256;

impl Watch {
    pub(crate) fn new(tree: &Tree, orders: &Orders) -> Self {
        let (changes, _) = broadcast::channel(WAITING);
        let folders = Folders::default();
        let watcher = notify::recommended_watcher({
            let (tree, orders, changes) = (Arc::new(tree.clone()), orders.clone(), changes.clone());
            let folders = folders.clone();
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
                    // Another folder of that name is looked at anew.
                    if may_lose && folders.lose(path) {
                        orders.forget();
                    }
                    let Some(folder) = path.parent().and_then(|folder| tree.local(folder)) else {
                        continue;
                    };
                    match path.file_name().and_then(|name| name.to_str()) {
                        Some(name) if !is_content => orders.changed(&tree, &folder, name),
                        _ => orders.touched(&folder),
                    }
                    // Nobody listening is no failure.
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
        Watch { changes, watched }
    }

    /// From now on, tells of changes in this folder.
    pub(crate) fn look_at(&self, real: PathBuf) {
        let Some(watched) = &self.watched else { return };
        let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
        if !watched.folders.touch(&real) {
            return;
        }
        let oldest = {
            let mut folders = watched.folders.lock();
            (folders.len() > MOST_FOLDERS)
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

    /// Whether the system tells of changes at all.
    pub(crate) fn is_told(&self) -> bool {
        self.watched.is_some()
    }

    /// Where changes are told: the folder in which something is new, gone or different.
    pub(crate) fn changes(&self) -> broadcast::Receiver<EntryPath> {
        self.changes.subscribe()
    }
}
