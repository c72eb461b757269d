//! `/api/v1/tasks`: copies and moves between places, with their progress; uploads and walks of the library while they run.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::result_json::ProblemJson;
use crate::store::{StoredTask, TaskState, WalkState};
use crate::tasks::TaskAction;
use crate::web::error::{Problem, ProblemCode, of_kind};
use crate::web::{AppState, MaybeQuery};
use media::{EntryPath, Place};

/// Tasks on a page of the list.
const PAGE_TASKS: u32 = 100;
/// Interval at which a stream of events looks whether the server stops.
const DRAIN_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct TasksQuery {
    cursor: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Tasks)]
pub(in crate::web) struct TasksJson {
    tasks: Vec<TaskJson>,
    next: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StartedTask)]
pub(in crate::web) struct StartedTaskJson {
    pub task: TaskJson,
}

/// A copy or a move between places, an upload, or a walk of the library over a drive.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Task)]
pub(in crate::web) struct TaskJson {
    pub id: String,
    /// `copy` or `move`; `upload` or `walk`, which are listed while they run on this server.
    pub kind: &'static str,
    /// `queued`, `running`, `paused`, `done`, `failed` or `cancelled`.
    pub state: &'static str,
    /// Bytes that have arrived at the target, or here for an upload; missing for a walk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_bytes: Option<u64>,
    /// Bytes of all files; missing until the source was listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemJson>,
    /// Missing for an upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<TaskSourceJson>,
    /// The folder, or the file of an upload; missing for a walk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<TaskTargetJson>,
    pub created_at: DateTime<Utc>,
}

/// The entries that are copied.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TaskSource)]
pub(in crate::web) struct TaskSourceJson {
    #[schema(value_type = String)]
    pub place: Place,
    /// The first of them.
    #[schema(value_type = String)]
    pub path: EntryPath,
    #[schema(value_type = Vec<String>)]
    pub paths: Vec<EntryPath>,
}

/// The folder into which they are copied.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TaskTarget)]
pub(in crate::web) struct TaskTargetJson {
    #[schema(value_type = String)]
    pub place: Place,
    #[schema(value_type = String)]
    pub path: EntryPath,
}

impl From<StoredTask> for TaskJson {
    fn from(task: StoredTask) -> Self {
        TaskJson {
            id: task.id.to_string(),
            kind: task.kind.as_str(),
            state: task.state.as_str(),
            done_bytes: Some(task.done_bytes),
            total_bytes: task.total_bytes,
            problem: task.problem.map(|kind| ProblemJson::from(&of_kind(kind))),
            from: Some(TaskSourceJson {
                place: task.from,
                path: task.paths.first().cloned().unwrap_or_else(EntryPath::root),
                paths: task.paths,
            }),
            to: Some(TaskTargetJson {
                place: task.to,
                path: task.folder,
            }),
            created_at: task.created_at,
        }
    }
}

/// Returns the uploads and the walks that run. Also used by pages.
///
/// # Errors
///
/// The state cannot be read.
pub(in crate::web) async fn running(site: &AppState) -> Result<Vec<TaskJson>, Problem> {
    let uploads = site.uploads.open().all().into_iter();
    let uploads = uploads.map(|(number, upload)| TaskJson {
        id: format!("upload-{number}"),
        kind: "upload",
        state: TaskState::Running.as_str(),
        done_bytes: Some(upload.progress.received()),
        total_bytes: upload.size,
        problem: None,
        from: None,
        to: Some(TaskTargetJson {
            place: upload.place,
            path: upload.path,
        }),
        created_at: upload.begun_at,
    });
    let mut tasks: Vec<TaskJson> = uploads.collect();
    let Some(index) = site.library.index() else {
        return Ok(tasks);
    };
    for drive in site.library.browsable() {
        let place = drive.place().clone();
        let status = index.walk_status(&place).await;
        let status = status.map_err(|error| Problem::of_state(error.as_ref()))?;
        if let (WalkState::Running, Some(created_at)) = (status.state, status.started_at) {
            tasks.push(TaskJson {
                id: format!("walk-{place}"),
                kind: "walk",
                state: TaskState::Running.as_str(),
                done_bytes: None,
                total_bytes: None,
                problem: None,
                from: Some(TaskSourceJson {
                    place,
                    path: EntryPath::root(),
                    paths: vec![EntryPath::root()],
                }),
                to: None,
                created_at,
            });
        }
    }
    Ok(tasks)
}

/// Lists the tasks, the newest first, with the uploads and the walks that run.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "tasks", params(TasksQuery),
    responses((status = 200, body = TasksJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    query: MaybeQuery<TasksQuery>,
) -> Result<Json<TasksJson>, Problem> {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let before = match query.cursor.as_deref() {
        None => None,
        Some(cursor) => Some(cursor.parse().map_err(|_| BAD_CURSOR)?),
    };
    let tasks = site.tasks.list(PAGE_TASKS, before).await;
    let tasks = tasks.map_err(|error| Problem::of_state(&error))?;
    let is_full = tasks.len() == PAGE_TASKS as usize;
    let last = tasks.last().map(|task| task.id.to_string());
    let mut all = match before {
        None => running(&site).await?,
        Some(_) => Vec::new(),
    };
    all.extend(tasks.into_iter().map(TaskJson::from));
    all.sort_by_key(|task| std::cmp::Reverse(task.created_at));
    Ok(Json(TasksJson {
        next: last.filter(|_| is_full),
        tasks: all,
    }))
}

/// Returns one task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "tasks", params(("id" = String, Path)),
    responses((status = 200, body = TaskJson)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<TaskJson>, Problem> {
    Ok(Json(TaskJson::from(found(&site, &id).await?)))
}

/// Pauses, resumes, cancels or retries a task.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/{action}", tag = "tasks",
    params(("id" = String, Path), ("action" = String, Path, description = "`pause`, `resume`, `cancel` or `retry`")),
    responses((status = 200, body = TaskJson)))]
pub(in crate::web) async fn act(
    State(site): State<AppState>,
    Path((id, action)): Path<(String, String)>,
) -> Result<Json<TaskJson>, Problem> {
    change(&site, &id, &action).await?;
    Ok(Json(TaskJson::from(found(&site, &id).await?)))
}

/// Changes the state of a task. Also used by pages.
pub(in crate::web) async fn change(site: &AppState, id: &str, action: &str) -> Result<(), Problem> {
    let task = found(site, id).await?;
    let action = TaskAction::parse(action).ok_or(Problem::NOT_FOUND)?;
    let changed = site.tasks.act(task.id, action).await;
    match changed.map_err(|error| Problem::of_state(&error))? {
        true => Ok(()),
        false => Err(WRONG_STATE),
    }
}

/// Sends each task whose state or progress changes as a server-sent event; first those that are not finished.
#[utoipa::path(get, path = "/api/v1/tasks/events", tag = "tasks",
    responses((status = 200, content_type = "text/event-stream", body = TaskJson)))]
pub(in crate::web) async fn events(
    State(site): State<AppState>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Subscribed before the list, so that no change is missed in between.
    let changes = site.tasks.changes();
    let tasks = site.tasks.list(PAGE_TASKS, None).await;
    let mut tasks = tasks.map_err(|error| Problem::of_state(&error))?;
    tasks.retain(|task| task.state.is_open() || task.state == TaskState::Paused);
    let drain = site.drain.clone();
    let changes = stream::unfold((changes, drain), |(mut changes, drain)| async move {
        loop {
            // An open stream would keep a server that stops waiting.
            if drain.has_begun() {
                return None;
            }
            match timeout(DRAIN_INTERVAL, changes.recv()).await {
                Ok(Ok(task)) => return Some((task, (changes, drain))),
                Ok(Err(RecvError::Closed)) => return None,
                // After a lag, the next event of a task contains all that was missed of it.
                Ok(Err(RecvError::Lagged(_))) | Err(_) => {}
            }
        }
    });
    let event = |task: StoredTask| {
        let event = Event::default().json_data(TaskJson::from(task));
        Ok(event.unwrap_or_default())
    };
    let events = stream::iter(tasks).chain(changes).map(event);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

async fn found(site: &AppState, id: &str) -> Result<StoredTask, Problem> {
    let id = id.parse().map_err(|_| Problem::NOT_FOUND)?;
    let task = site.tasks.get(id).await;
    task.map_err(|error| Problem::of_state(&error))?
        .ok_or(Problem::NOT_FOUND)
}

const BAD_CURSOR: Problem = Problem::bad_request("The cursor is not one of this list.");

const WRONG_STATE: Problem = Problem {
    status: axum::http::StatusCode::CONFLICT,
    code: ProblemCode::Conflict,
    ..Problem::bad_request("The task is in a state in which that does nothing.")
};
