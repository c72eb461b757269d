//! `/api/v1/drives/{drive}/trash`: deleted entries, to be restored or deleted for good.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read, read_place};
use super::result_json::{ResultJson, Results};
use crate::web::error::{HAS_NO_TRASH, Problem};
use crate::web::{AppState, MaybeQuery};
use drives::{DriveError, ErrorKind, RestoreOutcome, TrashedEntry};
use media::{EntryPath, Place};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct TrashParams {
    cursor: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Trash)]
pub(in crate::web) struct TrashJson {
    entries: Vec<TrashedEntryJson>,
    next: Option<String>,
}

/// A deleted entry.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TrashedEntry)]
pub(in crate::web) struct TrashedEntryJson {
    id: String,
    /// The path that it had.
    #[schema(value_type = String)]
    path: EntryPath,
    name: String,
    is_folder: bool,
    size: u64,
    deleted_at: Option<DateTime<Utc>>,
    /// The time at which the drive deletes it for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = TrashSelection)]
pub(in crate::web) struct TrashSelectionJson {
    ids: Vec<String>,
}

impl From<TrashedEntry> for TrashedEntryJson {
    fn from(entry: TrashedEntry) -> Self {
        TrashedEntryJson {
            name: entry.path.name().to_owned(),
            id: entry.id,
            path: entry.path,
            is_folder: entry.is_folder,
            size: entry.size,
            deleted_at: entry.deleted_at,
            expires_at: entry.expires_at,
        }
    }
}

/// Lists one page of deleted entries.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/trash", tag = "trash",
    params(("drive" = String, Path), TrashParams), responses((status = 200, body = TrashJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    query: MaybeQuery<TrashParams>,
) -> Result<Json<TrashJson>, Problem> {
    let place = read_place(&drive)?;
    let cursor = query.ok().and_then(|Query(query)| query.cursor);
    let (entries, next) = page(&site, &place, cursor.as_deref()).await?;
    Ok(Json(TrashJson {
        entries: entries.into_iter().map(TrashedEntryJson::from).collect(),
        next,
    }))
}

/// Moves deleted entries back to where they were.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/trash/restore", tag = "trash",
    params(("drive" = String, Path)), request_body = TrashSelectionJson,
    responses((status = 200, description = "One result per id", body = Results)))]
pub(in crate::web) async fn restore(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    headers: HeaderMap,
    body: MaybeJson<TrashSelectionJson>,
) -> Result<Json<Results>, Problem> {
    let place = read_place(&drive)?;
    let outcomes = put_back(&site, &place, &read(body)?.ids).await?;
    let results = outcomes
        .into_iter()
        .map(|outcome| ResultJson::of_restored(&site, &headers, outcome))
        .collect();
    Ok(Json(Results { results }))
}

/// Deletes everything in the trash for good.
#[utoipa::path(delete, path = "/api/v1/drives/{drive}/trash", tag = "trash",
    params(("drive" = String, Path)), responses((status = 204, description = "The trash is empty")))]
pub(in crate::web) async fn empty(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<StatusCode, Problem> {
    delete_all(&site, &read_place(&drive)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns one page of deleted entries. Also used by pages.
pub(in crate::web) async fn page(
    site: &AppState,
    place: &Place,
    cursor: Option<&str>,
) -> Result<(Vec<TrashedEntry>, Option<String>), Problem> {
    let drive = site.library.drive(place)?;
    let trash = drive.trash().ok_or(NO_TRASH)?;
    let cursor = cursor.filter(|cursor| !cursor.is_empty());
    trash.list(cursor).await.map_err(trash_problem)
}

/// Restores entries. Also used by pages.
pub(in crate::web) async fn put_back(
    site: &AppState,
    place: &Place,
    ids: &[String],
) -> Result<Vec<RestoreOutcome>, Problem> {
    needs_trash(site, place)?;
    if ids.is_empty() {
        return Err(Problem::bad_request("Which entries? “ids” is empty."));
    }
    site.library
        .restore(place, ids)
        .await
        .map_err(trash_problem)
}

/// Empties the trash. Also used by pages.
pub(in crate::web) async fn delete_all(site: &AppState, place: &Place) -> Result<(), Problem> {
    needs_trash(site, place)?;
    site.library.empty_trash(place).await.map_err(trash_problem)
}

fn needs_trash(site: &AppState, place: &Place) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    drive.trash().map(drop).ok_or(NO_TRASH)
}

fn trash_problem(error: DriveError) -> Problem {
    match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&HAS_NO_TRASH),
        _ => Problem::from(error),
    }
}

const NO_TRASH: Problem = Problem::unsupported(&HAS_NO_TRASH);
