//! Copies and moves between places, as tasks that run in the background and go on after a restart.
//!
//! A task lists its source once, and then copies one file after the other: the bytes come through the byte engine and
//! go into the upload of the target, so no more than some blocks are in memory. What is done is stored file by file. A
//! file that was cut off goes on where the bytes are that the target, or this server before it, has kept.
//!
//! Of several servers on one state, one works on a task at a time, under a claim; when it dies, another one goes on. Any
//! of them may pause or cancel the task: the one that works on it looks at its state.
//!
//! - `copy`: the work on one task · `abandoned`: what interrupted ones have left

mod abandoned;
mod copy;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, broadcast};
use tokio::task::JoinHandle;

use crate::library::Library;
use crate::playback::Playback;
use crate::store::{Store, StoreError, StoredTask, TaskKind, TaskState, Work};
use drives::{DriveError, UploadProgress};
use media::{EntryPath, Place};

/// Maximum number of tasks that run concurrently; the others wait.
const MAX_RUNNING: usize = 2;
/// Interval in which tasks are looked at that other servers on the same state have begun, changed or lost.
const TAKE_OVER_INTERVAL: Duration = Duration::from_secs(2);
/// Tasks that are looked at, the newest first.
const MAX_WATCHED: u32 = 100;
/// The operation of errors of the state.
const STATE_OPERATION: &str = "task";
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
    work: JoinHandle<()>,
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

    /// Starts the tasks that were running or queued when the server stopped. Where other servers use the state, it goes on to
    /// take over the tasks of those that have died, until it is cancelled.
    pub async fn resume_all(self) {
        self.start_open().await;
        if !self.0.store.is_shared() {
            return;
        }
        let mut known = HashMap::new();
        loop {
            tokio::time::sleep(TAKE_OVER_INTERVAL).await;
            match self.list(MAX_WATCHED, None).await {
                Ok(tasks) => self.adopt(tasks, &mut known),
                Err(error) => tracing::debug!(%error, "the tasks could not be read"),
            }
        }
    }

    /// Starts the open tasks that no other server works on, stops those that were paused or cancelled elsewhere, and sends
    /// what other servers have changed to the listeners. `known` is what was found before.
    fn adopt(&self, tasks: Vec<StoredTask>, known: &mut HashMap<i64, StoredTask>) {
        let is_first = known.is_empty();
        for task in &tasks {
            let is_own = self.0.running.lock().contains_key(&task.id);
            match (task.state.is_open(), is_own) {
                (true, false) => self.start(task.id),
                (false, true) if task.state != TaskState::Done => {
                    if let Some(running) = self.0.running.lock().remove(&task.id) {
                        running.work.abort();
                    }
                }
                _ => {}
            }
            if !is_first && !is_own && known.get(&task.id) != Some(task) {
                let _ = self.0.changes.send(task.clone());
            }
        }
        *known = tasks.into_iter().map(|task| (task.id, task)).collect();
    }

    async fn start_open(&self) {
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
            running.work.abort();
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
        // The file that is being copied is left out at once: nothing of it is under its name.
        let running = self.0.running.lock().remove(&id);
        if let Some(running) = running {
            running.work.abort();
            let _ = running.work.await;
        }
        if to == TaskState::Cancelled {
            self.discard_rest(id).await;
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
                work,
                progress: None,
            },
        );
    }

    async fn run(self, id: i64) {
        let Ok(_slot) = self.0.slots.clone().acquire_owned().await else {
            return;
        };
        // Another server on the same state may be at work on it.
        let claim = match self.0.store.claim(&Work::Task(id)).await {
            Ok(Some(claim)) => claim,
            Ok(None) => {
                self.0.running.lock().remove(&id);
                return;
            }
            Err(error) => {
                tracing::error!(%error, task = id, "a task waits");
                self.0.running.lock().remove(&id);
                return;
            }
        };
        let outcome = tokio::select! {
            outcome = self.work(id) => outcome,
            () = claim.wait_until_lost() => {
                tracing::info!(task = id, "a task is left to the other servers");
                self.0.running.lock().remove(&id);
                return;
            }
        };
        let open = [TaskState::Queued, TaskState::Running];
        let (state, problem) = match &outcome {
            // It goes on when the database is back.
            Err(error) if error.operation == STATE_OPERATION && self.0.store.is_shared() => {
                self.0.running.lock().remove(&id);
                return;
            }
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
    DriveError::failed(STATE_OPERATION, "the state")
}
