//! Watches the drives for changes and invalidates changed folders, also of drives that are connected while
//! the program runs. Drives that report changes only when they are asked are polled while anything of them is
//! cached.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::Library;
use crate::governor::SharedDrive;
use drives::ErrorKind;
use media::Place;

/// Interval between two polls of a drive that reports changes only when it is asked: a change shows within a
/// minute.
const POLL_INTERVAL: Duration = Duration::from_secs(30);
/// Interval after a poll that was refused until the owner acts.
const REFUSED_POLL_INTERVAL: Duration = Duration::from_secs(600);
/// Maximum number of calls in one poll: a large account takes several polls to get to its first cursor.
const MAX_CALLS_PER_POLL: usize = 50;

/// A task that watches one drive; aborted when dropped.
struct DriveWatcher {
    drive: SharedDrive,
    task: JoinHandle<()>,
}

impl Drop for DriveWatcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Library {
    /// Invalidates folders as the drives report changes. Runs until it is cancelled.
    pub async fn watch_changes(self) {
        let mut drives_changed = self.drives_changed.subscribe();
        let mut listening: HashMap<Place, DriveWatcher> = HashMap::new();
        loop {
            drives_changed.mark_unchanged();
            let drives = self.drives();
            listening
                .retain(|_, known| drives.iter().any(|drive| Arc::ptr_eq(drive, &known.drive)));
            for drive in drives.iter() {
                let place = drive.place();
                if listening.contains_key(place) {
                    continue;
                }
                let Some(mut changes) = drive.changes() else {
                    continue;
                };
                let (library, at) = (self.clone(), place.clone());
                let polled = drive.clone();
                let task = tokio::spawn(async move {
                    // Entries cached before the subscription may be stale.
                    library.invalidate_place(&at).await;
                    let mut next_poll = Instant::now() + POLL_INTERVAL;
                    loop {
                        tokio::select! {
                            change = changes.recv() => match change {
                                Ok(path) => library.changed(&at, &path).await,
                                // Change notifications were lost.
                                Err(RecvError::Lagged(_)) => library.invalidate_place(&at).await,
                                Err(RecvError::Closed) => return,
                            },
                            () = sleep_until(next_poll), if polled.is_polled_for_changes() => {
                                next_poll = Instant::now() + library.poll_changes(&polled).await;
                            }
                        }
                    }
                });
                let drive = drive.clone();
                listening.insert(place.clone(), DriveWatcher { drive, task });
            }
            if drives_changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Asks a drive for changes if anything of it is cached: otherwise a change makes nothing stale. Returns the
    /// interval until the next poll.
    pub async fn poll_changes(&self, drive: &SharedDrive) -> Duration {
        let place = drive.place();
        if !self.has_cached(place) {
            return POLL_INTERVAL;
        }
        for _ in 0..MAX_CALLS_PER_POLL {
            match drive.poll_changes().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::debug!(%place, %error, "changes could not be polled");
                    // The owner must act first; until then a call is of no use.
                    let pauses = matches!(
                        error.kind,
                        ErrorKind::VerificationRequired
                            | ErrorKind::SignedOut
                            | ErrorKind::Unsupported
                    );
                    return match pauses {
                        true => REFUSED_POLL_INTERVAL,
                        false => POLL_INTERVAL,
                    };
                }
            }
        }
        POLL_INTERVAL
    }

    /// Returns true if a listing or an entry of the place is cached.
    fn has_cached(&self, place: &Place) -> bool {
        self.listings.any_key(|key| key.0 == *place) || self.entries.any_key(|key| key.0 == *place)
    }

    /// Returns a receiver that is notified when drives are added or removed.
    pub(super) fn drives_changed(&self) -> tokio::sync::watch::Receiver<u64> {
        self.drives_changed.subscribe()
    }

    /// Replaces the list of drives and notifies [`Library::watch_changes`].
    pub(super) fn set_drives(&self, change: impl FnOnce(&mut Vec<SharedDrive>)) {
        {
            let mut drives = self.drives.write();
            let mut all: Vec<SharedDrive> = drives.to_vec();
            change(&mut all);
            *drives = all.into();
        }
        self.drives_changed.send_modify(|times| *times += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governor::Governor;
    use crate::library::Freshness;
    use crate::store::Store;
    use drives::http::{Client, ClientSettings};
    use drives::local::LocalConfig;
    use drives::{Clock, DriveContext, DriveSettings, GovernedDrive};
    use media::{EntryPath, PageRequest};

    #[tokio::test]
    async fn a_drive_that_comes_later_is_listened_to_as_well() {
        let dir = tempfile::tempdir().unwrap();
        let state = tempfile::tempdir().unwrap();
        let store = Store::open(state.path()).await.unwrap();
        let client = Arc::new(Client::new(&ClientSettings::default()).unwrap());
        let library = Library::new(Vec::new(), 1 << 20);
        let noticing = tokio::spawn(library.clone().watch_changes());
        let place = Place::parse("home").unwrap();
        let names = async || {
            let (root, page) = (EntryPath::root(), PageRequest::default());
            let listed = library
                .listing(&place, &root, &page, Freshness::Cached)
                .await;
            listed.unwrap().entries.len()
        };
        // The second drive replaces the first.
        for _ in 0..2 {
            let path = dir.path().to_owned();
            let context = DriveContext {
                http: client.clone(),
                clock: Clock::system(),
                sessions: Arc::new(store.drive_session(&place)),
                web_sessions: Arc::new(store.web_session(&place)),
                uploads: None,
                own_folder: None,
            };
            let drive =
                DriveSettings::Local(LocalConfig::read_only(path)).open(place.clone(), context);
            let drive: SharedDrive = Arc::new(GovernedDrive::new(drive, Governor::of_account()));
            let mut told = drive.changes().unwrap();
            library.put_drive(drive).await;
            let before = names().await;
            std::fs::write(dir.path().join(format!("{before}.mp4")), b"1").unwrap();
            let heard = tokio::time::timeout(Duration::from_secs(30), told.recv());
            heard.await.unwrap().unwrap();
            // The cache is stale until the library has received the notification, too.
            let fresh = async {
                while names().await == before {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(30), fresh)
                .await
                .unwrap();
        }
        assert!(library.remove_drive(&place).await);
        noticing.abort();
    }
}
