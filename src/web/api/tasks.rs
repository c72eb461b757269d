//! `/api/v1/tasks`: copies and moves between places, with their progress; uploads and walks of the library while they run.

use axum::Json;
use axum::extract::{Path, Query, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::open_uploads::OpenUpload;
use super::result_json::ProblemJson;
use crate::store::{StoredTask, TaskState, WalkState};
use crate::tasks::TaskAction;
use crate::web::error::{Problem, ProblemCode, of_kind};
use crate::web::{AppState, MaybeQuery};
use media::{EntryPath, Place};

/// Tasks on a page of the list.
const PAGE_TASKS: u32 = 100;
/// Prefixes of the ids of what is listed while it runs.
const UPLOAD_ID: &str = "upload-";
const WALK_ID: &str = "walk-";

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
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Task)]
pub(in crate::web) struct TaskJson {
    pub id: String,
    /// `copy` or `move`; `upload` or `walk`, which are listed while they run on this server.
    pub kind: &'static str,
    /// `queued`, `running`, `paused`, `done`, `failed` or `cancelled`; an upload or a walk that has ended is sent once as
    /// an event and listed no more.
    pub state: &'static str,
    /// Bytes that have arrived at the target, or here for an upload; missing for a walk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_bytes: Option<u64>,
    /// Bytes of all files; missing until the source was listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_bytes: Option<u64>,
    /// Entries that a walk has listed; missing for anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<u64>,
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
#[derive(Clone, Serialize, utoipa::ToSchema)]
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
#[derive(Clone, Serialize, utoipa::ToSchema)]
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
            seen: None,
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

impl TaskJson {
    /// Returns what changes while it runs.
    pub fn progress(&self) -> (&'static str, Option<u64>, Option<u64>) {
        (self.state, self.done_bytes, self.seen)
    }

    fn of_upload(number: u64, upload: OpenUpload) -> Self {
        TaskJson {
            id: format!("{UPLOAD_ID}{number}"),
            kind: "upload",
            state: TaskState::Running.as_str(),
            done_bytes: Some(upload.progress.received()),
            total_bytes: upload.size,
            seen: None,
            problem: None,
            from: None,
            to: Some(TaskTargetJson {
                place: upload.place,
                path: upload.path,
            }),
            created_at: upload.begun_at,
        }
    }

    fn of_walk(place: Place, seen: u64, created_at: DateTime<Utc>) -> Self {
        TaskJson {
            id: format!("{WALK_ID}{place}"),
            kind: "walk",
            state: TaskState::Running.as_str(),
            done_bytes: None,
            total_bytes: None,
            seen: Some(seen),
            problem: None,
            from: Some(TaskSourceJson {
                place,
                path: EntryPath::root(),
                paths: vec![EntryPath::root()],
            }),
            to: None,
            created_at,
        }
    }
}

/// Returns the uploads and the walks that run. Also used by pages.
///
/// # Errors
///
/// The state cannot be read.
pub(in crate::web) async fn running(site: &AppState) -> Result<Vec<TaskJson>, Problem> {
    let mut tasks = running_uploads(site);
    tasks.extend(running_walks(site).await?);
    Ok(tasks)
}

/// Returns the uploads that run on this server.
pub(super) fn running_uploads(site: &AppState) -> Vec<TaskJson> {
    let uploads = site.uploads.open().all().into_iter();
    uploads
        .map(|(number, upload)| TaskJson::of_upload(number, upload))
        .collect()
}

/// Returns the walks that run.
pub(super) async fn running_walks(site: &AppState) -> Result<Vec<TaskJson>, Problem> {
    let mut tasks = Vec::new();
    let Some(index) = site.library.index() else {
        return Ok(tasks);
    };
    for drive in site.library.browsable() {
        let place = drive.place().clone();
        let status = index.walk_status(&place).await;
        let status = status.map_err(|error| Problem::of_state(error.as_ref()))?;
        if let (WalkState::Running, Some(created_at)) = (status.state, status.started_at) {
            tasks.push(TaskJson::of_walk(place, status.seen, created_at));
        }
    }
    Ok(tasks)
}

/// Returns an upload or a walk that runs no more, in its last state.
pub(super) async fn ended(site: &AppState, task: TaskJson) -> TaskJson {
    let number = task.id.strip_prefix(UPLOAD_ID);
    if let Some(number) = number.and_then(|number| number.parse().ok()) {
        let uploads = site.uploads.open();
        let state = match uploads.was_successful(number) {
            true => TaskState::Done,
            false => TaskState::Failed,
        };
        return TaskJson {
            state: state.as_str(),
            done_bytes: uploads.received(number).or(task.done_bytes),
            ..task
        };
    }
    let mut state = TaskState::Cancelled;
    let mut seen = task.seen;
    if let (Some(index), Some(from)) = (site.library.index(), &task.from)
        && let Ok(status) = index.walk_status(&from.place).await
    {
        seen = Some(status.seen);
        state = match status.state {
            WalkState::Done => TaskState::Done,
            WalkState::Failed => TaskState::Failed,
            _ => TaskState::Cancelled,
        };
    }
    TaskJson {
        state: state.as_str(),
        seen,
        ..task
    }
}

/// Returns the copies and moves that are not finished.
pub(super) async fn open_tasks(site: &AppState) -> Result<Vec<StoredTask>, Problem> {
    let tasks = site.tasks.list(PAGE_TASKS, None).await;
    let mut tasks = tasks.map_err(|error| Problem::of_state(&error))?;
    tasks.retain(|task| task.state.is_open() || task.state == TaskState::Paused);
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
