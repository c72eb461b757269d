//! Tasks that upstreams run: downloads that a drive makes by itself, and saves from shares. Both are in the list of tasks
//! while they run.
//!
//! A save is known here, since a request waits for it. A download is known by its drive alone: the drive is asked when the
//! list is shown, and from time to time while a download runs and the list is followed.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use parking_lot::Mutex;
use tokio::time::{Instant, timeout};

use crate::web::AppState;
use crate::web::error::Problem;
use drives::{
    DriveError, ErrorKind, OnConflict, Outcome, RemoteTask, RemoteTaskKind, RemoteTaskState,
};
use media::{EntryPath, Place};

/// Age from which the downloads of a drive are asked for again when the list is shown.
const LIST_MAX_AGE: Duration = Duration::from_secs(1);
/// The same while the list is followed.
const FOLLOW_MAX_AGE: Duration = Duration::from_secs(5);
/// Time for which the list waits for the drives.
const ASK_TIMEOUT: Duration = Duration::from_secs(3);
/// Saves whose end is remembered for listeners.
const MAX_ENDED: usize = 256;

/// The tasks of upstreams. Clones share them.
#[derive(Clone, Default)]
pub struct UpstreamTasks(Arc<Mutex<KnownTasks>>);

#[derive(Default)]
struct KnownTasks {
    downloads: HashMap<Place, KnownDownloads>,
    saves: BTreeMap<u64, OpenSave>,
    last_save: u64,
    /// Number and success of saves that have ended, the newest last.
    ended: VecDeque<(u64, bool)>,
}

/// The downloads of a drive, as it has reported them last.
struct KnownDownloads {
    asked_at: Instant,
    tasks: Vec<RemoteTask>,
}

/// A save from a share to a drive.
#[derive(Clone)]
pub(in crate::web) struct OpenSave {
    pub from: Place,
    pub paths: Vec<EntryPath>,
    pub to: Place,
    pub folder: EntryPath,
    pub begun_at: DateTime<Utc>,
}

/// A save in the list. Dropping it ends the save there.
struct OpenSaveGuard {
    tasks: UpstreamTasks,
    number: u64,
    is_successful: bool,
}

impl Drop for OpenSaveGuard {
    fn drop(&mut self) {
        let mut known = self.tasks.0.lock();
        known.saves.remove(&self.number);
        known.ended.push_back((self.number, self.is_successful));
        if known.ended.len() > MAX_ENDED {
            known.ended.pop_front();
        }
    }
}

impl UpstreamTasks {
    /// Returns the number of what runs or waits, as far as it is known.
    pub(in crate::web) fn count(&self) -> usize {
        self.saves().len() + self.downloads().len()
    }

    /// Returns the saves with their numbers.
    pub(super) fn saves(&self) -> Vec<(u64, OpenSave)> {
        let known = self.0.lock();
        let saves = known.saves.iter();
        saves
            .map(|(number, save)| (*number, save.clone()))
            .collect()
    }

    /// Returns true if a save has ended, and every entry was saved.
    pub(super) fn was_saved(&self, number: u64) -> bool {
        self.0.lock().ended.contains(&(number, true))
    }

    /// Returns the downloads that run or wait, as their drives have reported them last.
    pub(super) fn downloads(&self) -> Vec<(Place, RemoteTask)> {
        let mut all = self.all_downloads();
        all.retain(|(_, task)| is_running(task));
        all
    }

    /// Returns those that have ended, too, as far as they were reported.
    pub(super) fn all_downloads(&self) -> Vec<(Place, RemoteTask)> {
        let known = self.0.lock();
        let of_drives = known.downloads.iter();
        let all = of_drives.flat_map(|(place, known)| {
            let tasks = known.tasks.iter();
            tasks.map(|task| (place.clone(), task.clone()))
        });
        all.collect()
    }

    /// Notes a download that was just begun.
    pub(super) fn begun(&self, place: &Place, task: &RemoteTask) {
        let mut known = self.0.lock();
        let of_drive = known.downloads.entry(place.clone());
        let of_drive = of_drive.or_insert_with(|| KnownDownloads {
            asked_at: Instant::now(),
            tasks: Vec::new(),
        });
        of_drive.tasks.push(task.clone());
    }

    /// Returns true, once, if the downloads of a drive are to be asked for.
    fn is_due(&self, place: &Place, max_age: Duration) -> bool {
        let (mut known, now) = (self.0.lock(), Instant::now());
        match known.downloads.get_mut(place) {
            Some(of_drive) if now - of_drive.asked_at < max_age => false,
            Some(of_drive) => {
                of_drive.asked_at = now;
                true
            }
            None => {
                let of_drive = KnownDownloads {
                    asked_at: now,
                    tasks: Vec::new(),
                };
                known.downloads.insert(place.clone(), of_drive);
                true
            }
        }
    }

    /// Returns true if a download runs of which the drive was not asked for so long.
    fn has_due(&self, max_age: Duration) -> bool {
        let (known, now) = (self.0.lock(), Instant::now());
        let mut of_drives = known.downloads.values();
        of_drives.any(|of_drive| {
            now - of_drive.asked_at >= max_age && of_drive.tasks.iter().any(is_running)
        })
    }

    fn reported(&self, place: &Place, listed: Result<Vec<RemoteTask>, DriveError>) {
        let tasks = match listed {
            Ok(tasks) => tasks,
            Err(error) if is_for_good(error.kind) => Vec::new(),
            // The report before this one is the best that is known.
            Err(_) => return,
        };
        if let Some(of_drive) = self.0.lock().downloads.get_mut(place) {
            let is_download = |task: &RemoteTask| task.kind == RemoteTaskKind::RemoteDownload;
            of_drive.tasks = tasks.into_iter().filter(is_download).collect();
        }
    }

    /// Forgets drives that are gone.
    fn retain(&self, places: &[Place]) {
        let mut known = self.0.lock();
        known.downloads.retain(|place, _| places.contains(place));
    }

    fn begin_save(&self, save: OpenSave) -> OpenSaveGuard {
        let mut known = self.0.lock();
        known.last_save += 1;
        let number = known.last_save;
        known.saves.insert(number, save);
        OpenSaveGuard {
            tasks: self.clone(),
            number,
            is_successful: false,
        }
    }
}

fn is_running(task: &RemoteTask) -> bool {
    matches!(
        task.state,
        RemoteTaskState::Queued | RemoteTaskState::Running
    )
}

fn is_for_good(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unsupported | ErrorKind::PlanRequired | ErrorKind::SignedOut
    )
}

/// Asks the drives for their downloads before the list is shown, unless that was done a moment ago.
pub(super) async fn ask_for_list(site: &AppState) {
    ask(site, LIST_MAX_AGE).await;
}

/// Asks the drives for their downloads when the list begins to be followed. Does not wait for them.
pub(super) fn ask_once(site: &AppState) {
    let site = site.clone();
    tokio::spawn(async move { ask(&site, FOLLOW_MAX_AGE).await });
}

/// The same while the list is followed, as long as a download runs.
pub(super) fn ask_in_background(site: &AppState) {
    if site.upstream_tasks.has_due(FOLLOW_MAX_AGE) {
        ask_once(site);
    }
}

async fn ask(site: &AppState, max_age: Duration) {
    let tasks = &site.upstream_tasks;
    let mut drives = site.library.drives().to_vec();
    drives.retain(|drive| drive.remote_downloads().is_some());
    let places: Vec<Place> = drives.iter().map(|drive| drive.place().clone()).collect();
    tasks.retain(&places);
    drives.retain(|drive| tasks.is_due(drive.place(), max_age));
    let asks = drives.iter().map(async |drive| {
        if let Some(downloads) = drive.remote_downloads() {
            let listed = downloads.list(None).await;
            tasks.reported(drive.place(), listed.map(|(tasks, _)| tasks));
        }
    });
    // A drive that does not answer in time has the tasks that are known.
    let _ = timeout(ASK_TIMEOUT, join_all(asks)).await;
}

/// Cancels a download by its place and its id.
pub(super) async fn cancel(site: &AppState, place: &Place, id: &str) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    let downloads = drive.remote_downloads().ok_or(Problem::NOT_FOUND)?;
    downloads.cancel(id).await?;
    ask(site, Duration::ZERO).await;
    Ok(())
}

/// Saves entries of a share to a drive; a task while it runs. Returns one outcome per path.
///
/// # Errors
///
/// As those of the drive, if nothing was saved.
pub(in crate::web) async fn save_from_share(
    site: &AppState,
    from: &Place,
    paths: &[EntryPath],
    (to, folder): (&Place, &EntryPath),
    on_conflict: OnConflict,
) -> Result<Vec<Outcome>, DriveError> {
    let mut open = site.upstream_tasks.begin_save(OpenSave {
        from: from.clone(),
        paths: paths.to_vec(),
        to: to.clone(),
        folder: folder.clone(),
        begun_at: Utc::now(),
    });
    let saved = site.shares.save(from, paths, (to, folder), on_conflict);
    let outcomes = saved.await?;
    open.is_successful = outcomes.iter().all(|outcome| outcome.result.is_ok());
    Ok(outcomes)
}
