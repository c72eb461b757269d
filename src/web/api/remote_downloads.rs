//! `/api/v1/drives/{drive}/remote-downloads`: downloads from a URL that the drive makes by itself.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::files::{BAD_PATH, Destination, MaybeJson, read, read_place};
use super::result_json::ProblemJson;
use crate::web::error::{CANNOT_DOWNLOAD_REMOTELY, Problem};
use crate::web::{AppState, MaybeQuery};
use drives::{DriveError, ErrorKind, RemoteTask, RemoteTaskKind, RemoteTaskState};
use media::{EntryPath, Place};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct RemoteDownloadsParams {
    cursor: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NewRemoteDownload)]
pub(in crate::web) struct NewRemoteDownloadJson {
    #[schema(value_type = String)]
    url: SecretString,
    /// The folder of the drive, as its path or as `{"place","path"}`.
    to: FolderJson,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = TargetFolder)]
pub(in crate::web) enum FolderJson {
    Path(String),
    Destination(Destination),
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RemoteTasks)]
pub(in crate::web) struct RemoteTasksJson {
    tasks: Vec<RemoteTaskJson>,
    next: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StartedRemoteTask)]
pub(in crate::web) struct StartedRemoteTaskJson {
    task: RemoteTaskJson,
}

impl RemoteTasksJson {
    pub(in crate::web) fn of(place: &Place, tasks: Vec<RemoteTask>, next: Option<String>) -> Self {
        let tasks = tasks
            .into_iter()
            .map(|task| RemoteTaskJson::of(place, task));
        RemoteTasksJson {
            tasks: tasks.collect(),
            next,
        }
    }
}

impl StartedRemoteTaskJson {
    pub(in crate::web) fn of(place: &Place, task: RemoteTask) -> Self {
        StartedRemoteTaskJson {
            task: RemoteTaskJson::of(place, task),
        }
    }
}

/// A task that the drive runs by itself.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RemoteTask)]
pub(in crate::web) struct RemoteTaskJson {
    id: String,
    #[schema(value_type = String)]
    kind: RemoteTaskKind,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    #[schema(value_type = String)]
    state: RemoteTaskState,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<TaskPlaceJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemJson>,
    created_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TaskPlace)]
pub(in crate::web) struct TaskPlaceJson {
    #[schema(value_type = String)]
    place: Place,
    #[schema(value_type = String)]
    path: EntryPath,
}

impl RemoteTaskJson {
    pub(in crate::web) fn of(place: &Place, task: RemoteTask) -> Self {
        RemoteTaskJson {
            id: task.id,
            kind: task.kind,
            state: task.state,
            name: task.name,
            to: task.to.map(|path| TaskPlaceJson {
                place: place.clone(),
                path,
            }),
            done_bytes: task.done_bytes,
            total_bytes: task.total_bytes,
            problem: task
                .problem
                .map(|error| ProblemJson::from(&Problem::from(error))),
            created_at: task.created_at,
        }
    }
}

/// Makes the drive download a URL.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/remote-downloads", tag = "remote_downloads",
    params(("drive" = String, Path)), request_body = NewRemoteDownloadJson,
    responses((status = 202, description = "The drive has the task", body = StartedRemoteTaskJson)))]
pub(in crate::web) async fn start(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<NewRemoteDownloadJson>,
) -> Result<(StatusCode, Json<StartedRemoteTaskJson>), Problem> {
    let place = read_place(&drive)?;
    let NewRemoteDownloadJson { url, to } = read(body)?;
    let to = match to {
        FolderJson::Path(path) => path,
        FolderJson::Destination(to) if to.place == drive => to.path,
        FolderJson::Destination(_) => {
            return Err(Problem::bad_request(
                "A drive downloads to itself: “to” is one of its own folders.",
            ));
        }
    };
    let to = EntryPath::parse(&to).map_err(|_| BAD_PATH)?;
    let task = begin(&site, &place, &url, &to).await?;
    let started = StartedRemoteTaskJson::of(&place, task);
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// Lists one page of downloads, the running ones first.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/remote-downloads", tag = "remote_downloads",
    params(("drive" = String, Path), RemoteDownloadsParams),
    responses((status = 200, body = RemoteTasksJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    query: MaybeQuery<RemoteDownloadsParams>,
) -> Result<Json<RemoteTasksJson>, Problem> {
    let place = read_place(&drive)?;
    let cursor = query.ok().and_then(|Query(query)| query.cursor);
    let (tasks, next) = page(&site, &place, cursor.as_deref()).await?;
    Ok(Json(RemoteTasksJson::of(&place, tasks, next)))
}

/// Cancels a download.
#[utoipa::path(delete, path = "/api/v1/drives/{drive}/remote-downloads/{id}", tag = "remote_downloads",
    params(("drive" = String, Path), ("id" = String, Path)),
    responses((status = 204, description = "The download is cancelled")))]
pub(in crate::web) async fn cancel(
    State(site): State<AppState>,
    Path((drive, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    end(&site, &read_place(&drive)?, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts a download. Also used by pages.
pub(in crate::web) async fn begin(
    site: &AppState,
    place: &Place,
    url: &SecretString,
    to: &EntryPath,
) -> Result<RemoteTask, Problem> {
    let drive = site.library.drive(place)?;
    let downloads = drive.remote_downloads().ok_or(NO_DOWNLOADS)?;
    let task = downloads.start(url, to).await.map_err(download_problem)?;
    site.upstream_tasks.begun(place, &task);
    Ok(task)
}

/// Returns one page of downloads. Also used by pages.
pub(in crate::web) async fn page(
    site: &AppState,
    place: &Place,
    cursor: Option<&str>,
) -> Result<(Vec<RemoteTask>, Option<String>), Problem> {
    let drive = site.library.drive(place)?;
    let downloads = drive.remote_downloads().ok_or(NO_DOWNLOADS)?;
    let cursor = cursor.filter(|cursor| !cursor.is_empty());
    downloads.list(cursor).await.map_err(download_problem)
}

/// Cancels a download. Also used by pages.
pub(in crate::web) async fn end(site: &AppState, place: &Place, id: &str) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    let downloads = drive.remote_downloads().ok_or(NO_DOWNLOADS)?;
    downloads.cancel(id).await.map_err(download_problem)
}

fn download_problem(error: DriveError) -> Problem {
    match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&CANNOT_DOWNLOAD_REMOTELY),
        _ => Problem::from(error),
    }
}

const NO_DOWNLOADS: Problem = Problem::unsupported(&CANNOT_DOWNLOAD_REMOTELY);
