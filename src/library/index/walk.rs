//! Walks over the drives: every folder is listed once, one at a time, at the lowest priority.
//!
//! The folders still to be visited are stored, so a walk continues after a restart, or at another server on the same
//! state: one of them walks over a drive at a time. It obeys the pauses that an upstream
//! asks for. A folder that cannot be listed is left out; a drive that is signed out ends the walk.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use tokio::sync::watch;

use super::LibraryIndex;
use crate::governor::{Priority, SharedDrive};
use crate::library::Library;
use crate::store::{SeenFolder, WalkState, WalkStatus, Work};
use drives::{Capability, DriveError, ErrorKind};
use media::{Entry, EntryKind, EntryPath, PageRequest, Place};

/// Time after the start until drives are walked, so that viewers come first. Folders of the machine are walked at once.
const START_DELAY: Duration = Duration::from_secs(3);

/// Interval in which a drive is walked again.
const WALK_INTERVAL: TimeDelta = TimeDelta::hours(24);

/// Interval after which a walk that failed is tried again.
const RETRY_INTERVAL: TimeDelta = TimeDelta::minutes(10);

/// Interval in which drives are examined for one that is due.
const CHECK_INTERVAL: Duration = Duration::from_secs(600);

/// Interval in which walks of other servers on the same state are looked for that have lost their server.
const TAKE_OVER_INTERVAL: Duration = Duration::from_secs(5);

/// Pause between two folders of a drive that is not of this machine.
const FOLDER_PAUSE: Duration = Duration::from_millis(100);

/// The maximum number of attempts for one folder, and of the pause between two.
const MAX_ATTEMPTS: u32 = 5;
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// Folders deeper than this are left out: some upstreams have circles.
const MAX_DEPTH: usize = 40;

/// Entries of one folder that are recorded.
const MAX_FOLDER_ENTRIES: usize = 50_000;

impl LibraryIndex {
    /// Walks every drive that is due, and continues what a restart interrupted. Runs until it is cancelled.
    pub async fn walk_when_due(self, library: Library) {
        let mut is_first = true;
        let mut drives_changed = library.drives_changed();
        let limited: Vec<Place> = self.folders.read().keys().cloned().collect();
        for place in limited {
            // The configuration may have had other folders before.
            if let Err(error) = self.forget_uncovered(&place).await {
                tracing::warn!(%place, %error, "files outside of the library are still part of it");
            }
        }
        loop {
            if let Err(error) = self.forget_removed_drives(&library).await {
                tracing::warn!(%error, "removed drives are still part of the library");
            }
            for drive in library.browsable() {
                let place = drive.place();
                let status = match self.walk_status(place).await {
                    Ok(status) => status,
                    Err(error) => {
                        tracing::warn!(%place, %error, "the state of a walk could not be read");
                        continue;
                    }
                };
                let interval = match status.state {
                    WalkState::Failed => RETRY_INTERVAL,
                    _ => WALK_INTERVAL,
                };
                let is_due = status
                    .ended_at
                    .is_none_or(|end| Utc::now() - end > interval);
                let was_interrupted = status.state == WalkState::Running && !self.is_walking(place);
                if !self.walks_by_itself && is_first {
                    // One that has just begun is none that the last run left behind.
                    let is_orphan = was_interrupted
                        && !self.store.is_shared()
                        && status.started_at.is_none_or(|start| start < self.opened_at);
                    if is_orphan && let Err(error) = self.end_walk(place, WalkState::Stopped).await
                    {
                        tracing::warn!(%place, %error, "a walk could not be ended");
                    }
                    continue;
                }
                // Those that the owner began on another server go on in any case.
                let is_due = is_due && self.walks_by_itself;
                let was_interrupted =
                    was_interrupted && (self.walks_by_itself || self.store.is_shared());
                let is_wanted = status.state != WalkState::Stopped && !self.is_walking(place);
                if is_wanted && (was_interrupted || is_due) {
                    let delay = match is_first && !drive.is_local() {
                        true => START_DELAY,
                        false => Duration::ZERO,
                    };
                    let begins = (!was_interrupted).then_some(status);
                    self.spawn_walk(&library, drive.clone(), begins, delay);
                }
            }
            is_first = false;
            let interval = match self.store.is_shared() {
                true => TAKE_OVER_INTERVAL,
                false => CHECK_INTERVAL,
            };
            let _ = tokio::time::timeout(interval, drives_changed.changed()).await;
        }
    }

    /// Removes the files of drives that are no longer connected.
    async fn forget_removed_drives(&self, library: &Library) -> anyhow::Result<()> {
        let drives = library.drives();
        for place in self.store.library_places().await? {
            if !drives.iter().any(|drive| *drive.place() == place) {
                self.store.forget_place(&place).await?;
            }
        }
        Ok(())
    }

    /// Starts a walk over a drive, unless one is running. Returns false for a drive that cannot list folders.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn start_walk(&self, library: &Library, drive: &SharedDrive) -> anyhow::Result<bool> {
        if !drive.capabilities().contains(&Capability::List) {
            return Ok(false);
        }
        let place = drive.place();
        let is_running = self.walk_status(place).await?.state == WalkState::Running;
        if !(is_running && self.is_walking(place)) {
            // One that waits for its time is replaced.
            if let Some(task) = self.walks.lock().remove(place) {
                task.abort();
            }
            // It may be one of another server, which goes on.
            if !(is_running && self.store.is_shared()) {
                self.begin_walk(place, &self.folders(place)).await?;
            }
            self.spawn_walk(library, drive.clone(), None, Duration::ZERO);
        }
        Ok(true)
    }

    /// Stops the walk over a drive, and those of the next days. None is started again before the owner does.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn stop_walk(&self, place: &Place) -> anyhow::Result<()> {
        if let Some(task) = self.walks.lock().remove(place) {
            task.abort();
        }
        if self.walk_status(place).await?.state == WalkState::Idle {
            self.begin_walk(place, &[]).await?;
        }
        let stopped = self.store.stop_walks(place).await;
        self.walk_changes.send_modify(|count| *count += 1);
        stopped
    }

    /// Returns the state of the walk over a drive.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn walk_status(&self, place: &Place) -> anyhow::Result<WalkStatus> {
        self.store.walk_status(place).await
    }

    /// Ends all walks of this process; their folders remain stored for the next start.
    pub fn interrupt_walks(&self) {
        self.walks.lock().drain().for_each(|(_, task)| task.abort());
    }

    /// Returns a receiver that changes with each step of a walk of this server.
    pub fn walk_changes(&self) -> watch::Receiver<u64> {
        self.walk_changes.subscribe()
    }

    /// Returns the number of walks that this server is at.
    pub fn walk_count(&self) -> usize {
        let walks = self.walks.lock();
        walks.values().filter(|walk| !walk.is_finished()).count()
    }

    async fn begin_walk(&self, place: &Place, folders: &[EntryPath]) -> anyhow::Result<()> {
        let begun = self.store.begin_walk(place, folders).await;
        self.walk_changes.send_modify(|count| *count += 1);
        begun
    }

    async fn finish_folder(
        &self,
        place: &Place,
        folder: &EntryPath,
        inside: &[EntryPath],
        numbers: (u64, u64),
    ) -> anyhow::Result<()> {
        let finished = self
            .store
            .finish_walk_folder(place, folder, inside, numbers);
        finished.await?;
        self.walk_changes.send_modify(|count| *count += 1);
        Ok(())
    }

    async fn end_walk(&self, place: &Place, state: WalkState) -> anyhow::Result<()> {
        let ended = self.store.end_walk(place, state).await;
        self.walk_changes.send_modify(|count| *count += 1);
        ended
    }

    fn is_walking(&self, place: &Place) -> bool {
        self.walks
            .lock()
            .get(place)
            .is_some_and(|task| !task.is_finished())
    }

    /// Starts a walk in the background, unless another server is at it. `begins` is the state before a walk that begins;
    /// `None` for one that continues.
    fn spawn_walk(
        &self,
        library: &Library,
        drive: SharedDrive,
        begins: Option<WalkStatus>,
        delay: Duration,
    ) {
        let (index, library) = (self.clone(), library.clone());
        let place = drive.place().clone();
        let mut walks = self.walks.lock();
        if walks.get(&place).is_some_and(|task| !task.is_finished()) {
            return;
        }
        let task = tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let place = drive.place().clone();
            if let Err(error) = index.walk_alone(&library, &drive, begins).await {
                tracing::warn!(%place, %error, "a walk could not be stored");
            }
        });
        walks.insert(place, task);
    }

    /// Walks over a drive unless another server does, and until another one may do so.
    async fn walk_alone(
        &self,
        library: &Library,
        drive: &SharedDrive,
        begins: Option<WalkStatus>,
    ) -> anyhow::Result<()> {
        let place = drive.place();
        let Some(claim) = self.store.claim(&Work::Walk(place.clone())).await? else {
            return Ok(());
        };
        if let Some(before) = begins {
            // Another server may have walked meanwhile.
            if self.walk_status(place).await? != before {
                return Ok(());
            }
            self.begin_walk(place, &self.folders(place)).await?;
        }
        tokio::select! {
            walked = self.walk(library, drive) => walked,
            () = claim.wait_until_lost() => {
                tracing::info!(%place, "a walk is left to the other servers");
                Ok(())
            }
        }
    }

    async fn walk(&self, library: &Library, drive: &SharedDrive) -> anyhow::Result<()> {
        let place = drive.place();
        // Links of a folder drive may lead in circles: each folder is walked once, by its id.
        let mut walked = HashSet::new();
        if drive.is_local() {
            for root in self.folders(place) {
                let root = drive.at(Priority::Scans).stat(&root).await;
                walked.extend(root.ok().and_then(|root| root.id));
            }
        }
        while let Some(folder) = self.store.next_walk_folder(place).await? {
            match library.drive(place) {
                Ok(now) if std::sync::Arc::ptr_eq(&now, drive) => {}
                // Its settings were changed: it is walked again soon.
                Ok(_) => return self.end_walk(place, WalkState::Failed).await,
                // It was removed.
                Err(_) => return self.end_walk(place, WalkState::Stopped).await,
            }
            match list_patiently(drive, &folder).await {
                Ok(entries) => {
                    let seen = SeenFolder {
                        place,
                        folder: &folder,
                        entries: &entries,
                        is_complete: entries.len() < MAX_FOLDER_ENTRIES,
                    };
                    let found = self.record(seen).await?;
                    let inside: Vec<EntryPath> = entries
                        .iter()
                        .filter(|entry| entry.kind == EntryKind::Folder)
                        .filter(|entry| self.folder_settings.shows(entry))
                        .filter(|entry| {
                            entry.path.names().count() <= MAX_DEPTH && entry.path != folder
                        })
                        .filter(|entry| {
                            let id = entry.id.as_ref();
                            id.is_none_or(|id| walked.insert(id.clone()))
                        })
                        .map(|entry| entry.path.clone())
                        .collect();
                    let numbers = (entries.len() as u64, found);
                    self.finish_folder(place, &folder, &inside, numbers).await?;
                }
                Err(error) if error.kind == ErrorKind::SignedOut => {
                    tracing::info!(%place, "the walk ended: the drive is signed out");
                    return self.end_walk(place, WalkState::Failed).await;
                }
                Err(error) => {
                    tracing::info!(%place, kind = ?error.kind, detail = error.detail, "a folder was left out of a walk");
                    if self.folders(place).contains(&folder) && error.kind != ErrorKind::NotFound {
                        return self.end_walk(place, WalkState::Failed).await;
                    }
                    self.finish_folder(place, &folder, &[], (0, 0)).await?;
                }
            }
            if !drive.is_local() {
                tokio::time::sleep(FOLDER_PAUSE).await;
            }
        }
        self.end_walk(place, WalkState::Done).await
    }
}

/// Lists a folder, and tries again after a pause if the upstream fails for the moment.
async fn list_patiently(drive: &SharedDrive, folder: &EntryPath) -> Result<Vec<Entry>, DriveError> {
    let mut attempt = 0;
    loop {
        let error = match list_folder(&drive.at(Priority::Scans), folder).await {
            Ok(entries) => return Ok(entries),
            Err(error) => error,
        };
        attempt += 1;
        let is_temporary = matches!(
            error.kind,
            ErrorKind::RateLimited | ErrorKind::UpstreamFailed | ErrorKind::UpstreamTimeout
        );
        // Pauses that the upstream asks for are not failures.
        let is_pause = error.kind == ErrorKind::RateLimited;
        if !is_temporary || (attempt >= MAX_ATTEMPTS && !is_pause) {
            return Err(error);
        }
        let pause = Duration::from_secs(1 << attempt.min(6));
        tokio::time::sleep(error.retry_after.unwrap_or(pause).min(MAX_PAUSE)).await;
    }
}

/// Lists all pages of a folder, not from the cache.
pub(super) async fn list_folder(
    calls: &drives::VolumeCalls<crate::governor::Governor>,
    folder: &EntryPath,
) -> Result<Vec<Entry>, DriveError> {
    let mut page = PageRequest::large();
    let mut entries = Vec::new();
    loop {
        let listing = calls.list(folder, &page).await?;
        entries.extend(listing.entries);
        page.cursor = listing.next;
        if page.cursor.is_none() || entries.len() >= MAX_FOLDER_ENTRIES {
            return Ok(entries);
        }
    }
}
