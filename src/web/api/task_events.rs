//! The changes of all that runs: copies and moves, uploads, saves from shares, downloads by drives, and walks of the library.
//! The API and the page of tasks send them as server-sent events.
//!
//! Copies announce their changes. Uploads, saves and downloads are in memory and are looked at every second, walks only after one of
//! them has stored something, since their numbers are in the state.

use std::collections::{HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::tasks::{TaskJson, ended, open_tasks, running_here, running_walks};
use super::upstream_tasks::{ask_in_background, ask_once};
use crate::store::StoredTask;
use crate::web::AppState;
use crate::web::error::Problem;

/// Interval at which uploads and walks are looked at, and at which a stream ends when the server stops.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Looks after which walks of other servers on the same state are looked at.
const LOOKS_PER_SHARED_LOOK: u32 = 5;

/// A change.
pub(in crate::web) enum TaskEvent {
    /// A copy or a move has changed.
    Stored(StoredTask),
    /// Anything else has begun, gone on or ended.
    Running(TaskJson),
    /// The number of all that runs or waits on this server.
    Count(usize),
}

/// The state of one listener.
struct TaskWatch {
    site: AppState,
    changes: broadcast::Receiver<StoredTask>,
    walk_changes: Option<watch::Receiver<u64>>,
    /// All that runs besides copies, as it was sent last.
    running: HashMap<String, TaskJson>,
    walks: Vec<TaskJson>,
    count: Option<usize>,
    waiting: VecDeque<TaskEvent>,
    ticks: Interval,
    looks: u32,
}

/// Sends each task whose state or progress changes as a server-sent event, uploads and walks too; first those that are
/// not finished.
#[utoipa::path(get, path = "/api/v1/tasks/events", tag = "tasks",
    responses((status = 200, content_type = "text/event-stream", body = TaskJson)))]
pub(in crate::web) async fn events(
    State(site): State<AppState>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let events = task_events(&site).await?.filter_map(async |event| {
        let task = match event {
            TaskEvent::Stored(task) => TaskJson::from(task),
            TaskEvent::Running(task) => task,
            TaskEvent::Count(_) => return None,
        };
        Some(Ok(Event::default().json_data(task).unwrap_or_default()))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Returns the changes from now on, and before them all that is not finished.
///
/// # Errors
///
/// The state cannot be read.
pub(in crate::web) async fn task_events(
    site: &AppState,
) -> Result<impl Stream<Item = TaskEvent> + use<>, Problem> {
    let mut ticks = interval(LOOK_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let index = site.library.index();
    let mut watch = TaskWatch {
        site: site.clone(),
        // Subscribed before the list, so that no change is missed in between.
        changes: site.tasks.changes(),
        walk_changes: index.map(|index| index.walk_changes()),
        running: HashMap::new(),
        walks: running_walks(site).await?,
        count: None,
        waiting: VecDeque::new(),
        ticks,
        looks: 0,
    };
    ask_once(site);
    let open = open_tasks(site).await?.into_iter();
    watch.waiting.extend(open.map(TaskEvent::Stored));
    watch.look().await;
    Ok(stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((event, watch))
    }))
}

impl TaskWatch {
    /// Waits for the next change; `None` when the server stops.
    async fn next(&mut self) -> Option<TaskEvent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            // An open stream would keep a server that stops waiting.
            if self.site.drain.has_begun() {
                return None;
            }
            tokio::select! {
                change = self.changes.recv() => match change {
                    Ok(task) => self.waiting.push_back(TaskEvent::Stored(task)),
                    Err(broadcast::error::RecvError::Closed) => return None,
                    // The next event of a task contains all that was missed of it.
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                },
                _ = self.ticks.tick() => self.look().await,
            }
            self.recount();
        }
    }

    /// Looks at uploads and walks, and keeps what has changed for the listener.
    async fn look(&mut self) {
        self.looks = self.looks.wrapping_add(1);
        if self.walks_may_have_changed()
            && let Ok(walks) = running_walks(&self.site).await
        {
            self.walks = walks;
        }
        ask_in_background(&self.site);
        let now: Vec<TaskJson> = running_here(&self.site)
            .into_iter()
            .chain(self.walks.iter().cloned())
            .collect();
        let ids: HashSet<&str> = now.iter().map(|task| task.id.as_str()).collect();
        let gone = self
            .running
            .extract_if(|id, _| !ids.contains(id.as_str()))
            .map(|(_, task)| task)
            .collect::<Vec<_>>();
        for task in gone {
            let task = ended(&self.site, task).await;
            self.waiting.push_back(TaskEvent::Running(task));
        }
        for task in now {
            let sent = self.running.get(&task.id);
            if sent.is_none_or(|sent| sent.progress() != task.progress()) {
                self.waiting.push_back(TaskEvent::Running(task.clone()));
                self.running.insert(task.id.clone(), task);
            }
        }
        self.recount();
    }

    fn walks_may_have_changed(&mut self) -> bool {
        let Some(changes) = &mut self.walk_changes else {
            return false;
        };
        let has_changed = changes.has_changed().unwrap_or(false);
        if has_changed {
            changes.mark_unchanged();
        }
        let is_shared_look = self.looks.is_multiple_of(LOOKS_PER_SHARED_LOOK);
        has_changed || (is_shared_look && self.site.store.is_shared())
    }

    fn recount(&mut self) {
        let count = count(&self.site);
        if self.count != Some(count) {
            self.count = Some(count);
            self.waiting.push_back(TaskEvent::Count(count));
        }
    }
}

/// Returns the number of all that runs or waits on this server.
pub(in crate::web) fn count(site: &AppState) -> usize {
    let walks = site.library.index().map_or(0, |index| index.walk_count());
    let here = site.uploads.open().count() + site.upstream_tasks.count();
    site.tasks.open_count() + here + walks
}
