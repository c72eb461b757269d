//! `/api/v1/drives/{drive}/archives`: archives that the drive packs and unpacks by itself, as tasks.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;

use super::files::{BAD_PATH, MaybeJson, read, read_place};
use super::remote_downloads::{RemoteTasksJson, StartedRemoteTaskJson};
use crate::web::error::{CANNOT_PACK, Problem};
use crate::web::{AppState, MaybeQuery};
use drives::{DriveError, ErrorKind, RemoteTask};
use media::{EntryPath, Place};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct ArchivesParams {
    cursor: Option<String>,
}

/// The entries of a new archive, and its path, whose name ends in `.zip`.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NewArchive)]
pub(in crate::web) struct NewArchiveJson {
    paths: Vec<String>,
    to: String,
}

/// An archive, and the folder that it is unpacked into.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Unpacking)]
pub(in crate::web) struct UnpackingJson {
    path: String,
    to: String,
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

/// Starts to pack entries into an archive.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/archives", tag = "archives",
    params(("drive" = String, Path)), request_body = NewArchiveJson,
    responses((status = 202, description = "The drive has the task", body = StartedRemoteTaskJson)))]
pub(in crate::web) async fn create(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<NewArchiveJson>,
) -> Result<(StatusCode, Json<StartedRemoteTaskJson>), Problem> {
    let place = read_place(&drive)?;
    let NewArchiveJson { paths, to } = read(body)?;
    let paths = paths.iter().map(|path| EntryPath::parse(path).ok());
    let paths: Vec<EntryPath> = paths.collect::<Option<_>>().ok_or(BAD_PATH)?;
    let to = EntryPath::parse(&to).map_err(|_| BAD_PATH)?;
    let task = pack(&site, &place, &paths, &to).await?;
    Ok(started(&place, task))
}

/// Starts to unpack an archive.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/archives/extract", tag = "archives",
    params(("drive" = String, Path)), request_body = UnpackingJson,
    responses((status = 202, description = "The drive has the task", body = StartedRemoteTaskJson)))]
pub(in crate::web) async fn extract(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<UnpackingJson>,
) -> Result<(StatusCode, Json<StartedRemoteTaskJson>), Problem> {
    let place = read_place(&drive)?;
    let UnpackingJson { path, to, password } = read(body)?;
    let parse = |path: &str| EntryPath::parse(path).map_err(|_| BAD_PATH);
    let (archive, to) = (parse(&path)?, parse(&to)?);
    let task = unpack(&site, &place, &archive, &to, password.as_ref()).await?;
    Ok(started(&place, task))
}

/// Lists one page of tasks, the newest first.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/archives", tag = "archives",
    params(("drive" = String, Path), ArchivesParams),
    responses((status = 200, body = RemoteTasksJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    query: MaybeQuery<ArchivesParams>,
) -> Result<Json<RemoteTasksJson>, Problem> {
    let place = read_place(&drive)?;
    let cursor = query.ok().and_then(|Query(query)| query.cursor);
    let (tasks, next) = page(&site, &place, cursor.as_deref()).await?;
    Ok(Json(RemoteTasksJson::of(&place, tasks, next)))
}

/// Starts to pack entries. Also used by pages.
pub(in crate::web) async fn pack(
    site: &AppState,
    place: &Place,
    paths: &[EntryPath],
    archive: &EntryPath,
) -> Result<RemoteTask, Problem> {
    let drive = site.library.drive(place)?;
    let archives = drive.archives().ok_or(NO_ARCHIVES)?;
    archives.pack(paths, archive).await.map_err(archive_problem)
}

/// Starts to unpack an archive. Also used by pages.
pub(in crate::web) async fn unpack(
    site: &AppState,
    place: &Place,
    archive: &EntryPath,
    to: &EntryPath,
    password: Option<&SecretString>,
) -> Result<RemoteTask, Problem> {
    let drive = site.library.drive(place)?;
    let archives = drive.archives().ok_or(NO_ARCHIVES)?;
    let task = archives.unpack(archive, to, password).await;
    task.map_err(archive_problem)
}

/// Returns one page of tasks. Also used by pages.
pub(in crate::web) async fn page(
    site: &AppState,
    place: &Place,
    cursor: Option<&str>,
) -> Result<(Vec<RemoteTask>, Option<String>), Problem> {
    let drive = site.library.drive(place)?;
    let archives = drive.archives().ok_or(NO_ARCHIVES)?;
    let cursor = cursor.filter(|cursor| !cursor.is_empty());
    archives.list(cursor).await.map_err(archive_problem)
}

fn started(place: &Place, task: RemoteTask) -> (StatusCode, Json<StartedRemoteTaskJson>) {
    let started = StartedRemoteTaskJson::of(place, task);
    (StatusCode::ACCEPTED, Json(started))
}

fn archive_problem(error: DriveError) -> Problem {
    match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&CANNOT_PACK),
        _ => Problem::from(error),
    }
}

const NO_ARCHIVES: Problem = Problem::unsupported(&CANNOT_PACK);
