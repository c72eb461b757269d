//! Copies and moves between places, as tasks that run in the background and go on after a restart.
//!
//! A task lists its source once, and then copies one file after the other: the bytes come through the byte engine and
//! go into the upload of the target, so no more than some blocks are in memory. What is done is stored file by file. A
//! file that was cut off is copied again; an upload that can resume sends its missing parts only.
//!
//! - `copy`: the work on one task

mod copy;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, broadcast};
use tokio::task::AbortHandle;

use crate::library::Library;
use crate::playback::Playback;
use crate::store::{Store, StoreError, StoredTask, TaskKind, TaskState};
use drives::{DriveError, ErrorKind, UploadProgress};
use media::{EntryPath, Place};

/// Maximum number of tasks that run concurrently; the others wait.
const MAX_RUNNING: usize = 2;
/// Changes that are buffered for listeners.
const MAX_WAITING_CHANGES: usize = 256;

/// All tasks. Clones share them.
#[derive(Clone)]
pub struct TaskRunner(Arc<TasksShared>);

struct TasksShared {
    store: Store,
    library: Library,
    playback: Playback,
    running: Mutex<HashMap<i64, RunningTask>>,
    slots: Arc<Semaphore>,
    changes: broadcast::Sender<StoredTask>,
}

/// A task that was started.
struct RunningTask {
    abort: AbortHandle,
    /// The file that is being copied.
    progress: Option<Arc<UploadProgress>>,
}

/// A change of the state of a task by its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskAction {
    Pause,
    Resume,
    Cancel,
    Retry,
}

impl TaskAction {
    /// Parses its name in the API; `None` if there is no such action.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "pause" => Some(TaskAction::Pause),
            "resume" => Some(TaskAction::Resume),
            "cancel" => Some(TaskAction::Cancel),
            "retry" => Some(TaskAction::Retry),
            _ => None,
        }
    }

    /// Returns the states from which it is allowed, and the state to which it leads.
    fn states(self) -> (&'static [TaskState], TaskState) {
        use TaskState::{Cancelled, Failed, Paused, Queued, Running};
        match self {
            TaskAction::Pause => (&[Queued, Running], Paused),
            TaskAction::Resume => (&[Paused], Queued),
            TaskAction::Cancel => (&[Queued, Running, Paused, Failed], Cancelled),
            TaskAction::Retry => (&[Failed, Cancelled], Queued),
        }
    }
}

impl TaskRunner {
    /// Returns the tasks of a state. None runs before [`TaskRunner::resume_all`].
    pub fn new(store: Store, library: Library, playback: Playback) -> Self {
        TaskRunner(Arc::new(TasksShared {
            store,
            library,
            playback,
            running: Mutex::default(),
            slots: Arc::new(Semaphore::new(MAX_RUNNING)),
            changes: broadcast::channel(MAX_WAITING_CHANGES).0,
        }))
    }

    /// Starts the tasks that were running or queued when the server stopped.
    pub async fn resume_all(self) {
        match self.0.store.tasks(u32::MAX, None).await {
            Ok(tasks) => {
                let mut open: Vec<i64> = tasks
                    .into_iter()
                    .filter(|task| task.state.is_open())
                    .map(|task| task.id)
                    .collect();
                open.sort_unstable();
                for id in open {
                    self.start(id);
                }
            }
            Err(error) => tracing::error!(%error, "the tasks could not be read"),
        }
    }

    /// Stops all work, as the server stops: what is open goes on at the next start.
    pub fn interrupt(&self) {
        for (_, running) in self.0.running.lock().drain() {
            running.abort.abort();
        }
    }

    /// Adds a copy or a move, and starts it.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn add(
        &self,
        kind: TaskKind,
        from: (&Place, &[EntryPath]),
        to: (&Place, &EntryPath),
    ) -> Result<Option<StoredTask>, StoreError> {
        let id = self.0.store.add_task(kind, from, to).await?;
        self.start(id);
        self.get(id).await
    }

    /// Returns one task; `None` if there is none of that id.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn get(&self, id: i64) -> Result<Option<StoredTask>, StoreError> {
        let task = self.0.store.task(id).await?;
        Ok(task.map(|task| self.with_progress(task)))
    }

    /// Returns up to `limit` tasks, the newest first; of ids below `before` if given.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn list(
        &self,
        limit: u32,
        before: Option<i64>,
    ) -> Result<Vec<StoredTask>, StoreError> {
        let tasks = self.0.store.tasks(limit, before).await?;
        Ok(tasks
            .into_iter()
            .map(|task| self.with_progress(task))
            .collect())
    }

    /// Pauses, resumes, cancels or retries a task. Returns false if its state does not allow that.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn act(&self, id: i64, action: TaskAction) -> Result<bool, StoreError> {
        let (from, to) = action.states();
        if !self.0.store.set_task_state(id, from, to, None).await? {
            return Ok(false);
        }
        // The file that is being copied is left out at once: nothing of it is kept under its name.
        if let Some(running) = self.0.running.lock().remove(&id) {
            running.abort.abort();
        }
        if to == TaskState::Queued {
            self.start(id);
        }
        self.announce(id).await;
        Ok(true)
    }

    /// Returns the number of tasks that run here, or wait for one that does.
    pub fn open_count(&self) -> usize {
        self.0.running.lock().len()
    }

    /// Subscribes to changes: receives a task whenever its state or its progress changes.
    pub fn changes(&self) -> broadcast::Receiver<StoredTask> {
        self.0.changes.subscribe()
    }

    fn start(&self, id: i64) {
        let tasks = self.clone();
        let mut running = self.0.running.lock();
        let work = tokio::spawn(async move { tasks.run(id).await });
        running.insert(
            id,
            RunningTask {
                abort: work.abort_handle(),
                progress: None,
            },
        );
    }

    async fn run(self, id: i64) {
        let Ok(_slot) = self.0.slots.clone().acquire_owned().await else {
            return;
        };
        // Another server on the same state may be at work on it.
        let _claim = match self.0.store.claim_task(id).await {
            Ok(Some(claim)) => claim,
            Ok(None) => {
                self.0.running.lock().remove(&id);
                return;
            }
            Err(error) => {
                tracing::error!(%error, task = id, "a task waits for the next start");
                self.0.running.lock().remove(&id);
                return;
            }
        };
        let outcome = self.work(id).await;
        let open = [TaskState::Queued, TaskState::Running];
        let (state, problem) = match &outcome {
            Ok(()) => (TaskState::Done, None),
            Err(error) => {
                tracing::warn!(task = id, operation = error.operation, kind = ?error.kind,
                    upstream_code = error.upstream_code, detail = error.detail, "a copy has failed");
                (TaskState::Failed, Some(error.kind))
            }
        };
        if let Err(error) = self.0.store.set_task_state(id, &open, state, problem).await {
            tracing::error!(%error, "the end of a task could not be stored");
        }
        self.0.running.lock().remove(&id);
        self.announce(id).await;
    }

    /// Sends a task to the listeners.
    async fn announce(&self, id: i64) {
        if let Ok(Some(task)) = self.get(id).await {
            // Having no listener is no failure.
            let _ = self.0.changes.send(task);
        }
    }

    /// Adds the bytes of the file that is being copied.
    fn with_progress(&self, mut task: StoredTask) -> StoredTask {
        let running = self.0.running.lock();
        let progress = running.get(&task.id).and_then(|it| it.progress.as_ref());
        let received = progress.map_or(0, |progress| progress.received());
        task.done_bytes += received;
        if let Some(total) = task.total_bytes {
            task.done_bytes = task.done_bytes.min(total);
        }
        task
    }
}

/// Returns the error of a state that cannot be read or written.
fn of_state(error: StoreError) -> DriveError {
    tracing::error!(%error, "the progress of a task could not be stored");
    DriveError::new(ErrorKind::UpstreamFailed, "task", "the state")
}
