//! `/api/v1/tasks`: copies and moves between places, with their progress; uploads, saves from shares, downloads by drives and
//! walks of the library while they run.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

pub(in crate::web) use super::task_json::TaskJson;
use super::task_json::{SAVE_ID, UPLOAD_ID, download_id, state_of};
use super::upstream_tasks::{ask_for_list, cancel};
use crate::store::{StoredTask, TaskState, WalkState};
use crate::tasks::TaskAction;
use crate::web::error::{Problem, ProblemCode};
use crate::web::{AppState, MaybeQuery};

/// Tasks on a page of the list.
const PAGE_TASKS: u32 = 100;

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

/// Returns what runs besides copies and moves. Drives are asked for their downloads. Also used by pages.
///
/// # Errors
///
/// The state cannot be read.
pub(in crate::web) async fn running(site: &AppState) -> Result<Vec<TaskJson>, Problem> {
    ask_for_list(site).await;
    let mut tasks = running_here(site);
    tasks.extend(running_walks(site).await?);
    Ok(tasks)
}

/// Returns the uploads and saves that run on this server, and the downloads that drives have reported.
pub(super) fn running_here(site: &AppState) -> Vec<TaskJson> {
    let uploads = site.uploads.open().all().into_iter();
    let uploads = uploads.map(|(number, upload)| TaskJson::of_upload(number, upload));
    let saves = site.upstream_tasks.saves().into_iter();
    let saves = saves.map(|(number, save)| TaskJson::of_save(number, save));
    let downloads = site.upstream_tasks.downloads().into_iter();
    let downloads = downloads.map(|(place, task)| TaskJson::of_download(&place, task));
    uploads.chain(saves).chain(downloads).collect()
}

/// Returns the walks that run.
pub(super) async fn running_walks(site: &AppState) -> Result<Vec<TaskJson>, Problem> {
    let mut tasks = Vec::new();
    let Some(index) = site.library.index() else {
        return Ok(tasks);
    };
    for drive in site.library.browsable() {
        let place = drive.place().clone();
        let status = index.walk_status(&place).await?;
        if let (WalkState::Running, Some(created_at)) = (status.state, status.started_at) {
            tasks.push(TaskJson::of_walk(place, status.seen, created_at));
        }
    }
    Ok(tasks)
}

/// Returns what runs no more, in its last state.
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
    if let Some(number) = task.id.strip_prefix(SAVE_ID) {
        let number = number.parse();
        let is_saved = number.is_ok_and(|number| site.upstream_tasks.was_saved(number));
        let state = match is_saved {
            true => TaskState::Done,
            false => TaskState::Failed,
        };
        return TaskJson {
            state: state.as_str(),
            ..task
        };
    }
    let downloads = site.upstream_tasks.all_downloads().into_iter();
    let mut same = downloads.filter(|(place, it)| download_id(place, &it.id) == task.id);
    if let Some((place, ended)) = same.next() {
        return TaskJson::of_download(&place, ended);
    }
    if task.kind == "remote_download" {
        return TaskJson {
            state: state_of(drives::RemoteTaskState::Cancelled),
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
    let mut tasks = site.tasks.list(PAGE_TASKS, None).await?;
    tasks.retain(|task| task.state.is_open() || task.state == TaskState::Paused);
    Ok(tasks)
}

/// Lists the tasks, the newest first, with all else that runs.
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
    let tasks = site.tasks.list(PAGE_TASKS, before).await?;
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
    Ok(Json(shown(&site, &id).await?))
}

/// Pauses, resumes, cancels or retries a copy or a move; cancels a download by a drive.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/{action}", tag = "tasks",
    params(("id" = String, Path), ("action" = String, Path, description = "`pause`, `resume`, `cancel` or `retry`")),
    responses((status = 200, body = TaskJson)))]
pub(in crate::web) async fn act(
    State(site): State<AppState>,
    Path((id, action)): Path<(String, String)>,
) -> Result<Json<TaskJson>, Problem> {
    let before = shown(&site, &id).await?;
    change(&site, &id, &action).await?;
    match found(&site, &id).await? {
        Some(task) => Ok(Json(TaskJson::from(task))),
        None => Ok(Json(ended(&site, before).await)),
    }
}

/// Changes the state of a task. Also used by pages.
pub(in crate::web) async fn change(site: &AppState, id: &str, action: &str) -> Result<(), Problem> {
    let action = TaskAction::parse(action).ok_or(Problem::NOT_FOUND)?;
    let Some(task) = found(site, id).await? else {
        let running = shown(site, id).await?;
        let downloads = site.upstream_tasks.downloads().into_iter();
        let mut same = downloads.filter(|(place, task)| download_id(place, &task.id) == running.id);
        return match same.next() {
            Some((place, task)) if action == TaskAction::Cancel => {
                cancel(site, &place, &task.id).await
            }
            _ => Err(WRONG_STATE),
        };
    };
    match site.tasks.act(task.id, action).await? {
        true => Ok(()),
        false => Err(WRONG_STATE),
    }
}

/// Returns a copy or a move, or what else runs.
async fn shown(site: &AppState, id: &str) -> Result<TaskJson, Problem> {
    if let Some(task) = found(site, id).await? {
        return Ok(TaskJson::from(task));
    }
    let mut running = running(site).await?.into_iter();
    running.find(|task| task.id == id).ok_or(Problem::NOT_FOUND)
}

/// Returns a copy or a move; `None` for any other id.
async fn found(site: &AppState, id: &str) -> Result<Option<StoredTask>, Problem> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let task = site.tasks.get(id).await;
    task.map_err(Problem::from)
}

const BAD_CURSOR: Problem = Problem::bad_request("The cursor is not one of this list.");

const WRONG_STATE: Problem = Problem {
    status: axum::http::StatusCode::CONFLICT,
    code: ProblemCode::Conflict,
    ..Problem::bad_request("The task is in a state in which that does nothing.")
};
