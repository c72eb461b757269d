//! `/api/v1/versions/{place}/{path}`: the versions of a file. Each plays at its own `path`, like any other file.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, Uri};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read};
use crate::web::AppState;
use crate::web::error::{HAS_NO_VERSIONS, Problem};
use crate::web::urls::parse_location;
use crate::web::write_locks::{check_locks, whole};
use drives::{DriveError, ErrorKind, FileVersion};
use media::{EntryPath, Place};

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = FileVersions)]
pub(in crate::web) struct VersionsJson {
    versions: Vec<FileVersionJson>,
}

/// A version of a file.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = FileVersion)]
pub(in crate::web) struct FileVersionJson {
    id: String,
    size: u64,
    created_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    is_current: bool,
    /// The path at which it plays.
    #[schema(value_type = String)]
    path: EntryPath,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = CurrentVersion)]
pub(in crate::web) struct VersionChoiceJson {
    /// The id of the version.
    current: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = DeletedVersion)]
pub(in crate::web) struct VersionIdJson {
    /// The id of the version.
    id: String,
}

impl From<FileVersion> for FileVersionJson {
    fn from(version: FileVersion) -> Self {
        FileVersionJson {
            id: version.id,
            size: version.size,
            created_at: version.created_at,
            created_by: version.created_by,
            is_current: version.is_current,
            path: version.path,
        }
    }
}

/// Lists the versions of a file, the newest first.
#[utoipa::path(get, path = "/api/v1/versions/{place}/{path}", tag = "versions",
    params(("place" = String, Path), ("path" = String, Path)),
    responses((status = 200, body = VersionsJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<VersionsJson>, Problem> {
    let (place, path) = read_location(&uri)?;
    let versions = versions(&site, &place, &path).await?;
    let versions = versions.into_iter().map(FileVersionJson::from).collect();
    Ok(Json(VersionsJson { versions }))
}

/// Makes a version the current one.
#[utoipa::path(patch, path = "/api/v1/versions/{place}/{path}", tag = "versions",
    params(("place" = String, Path), ("path" = String, Path)), request_body = VersionChoiceJson,
    responses((status = 204, description = "The file has that content")))]
pub(in crate::web) async fn make_current(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    body: MaybeJson<VersionChoiceJson>,
) -> Result<StatusCode, Problem> {
    let (place, path) = read_location(&uri)?;
    choose(&site, &place, &path, &read(body)?.current).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a version for good.
#[utoipa::path(delete, path = "/api/v1/versions/{place}/{path}", tag = "versions",
    params(("place" = String, Path), ("path" = String, Path)), request_body = VersionIdJson,
    responses((status = 204, description = "The version is gone")))]
pub(in crate::web) async fn delete(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    body: MaybeJson<VersionIdJson>,
) -> Result<StatusCode, Problem> {
    let (place, path) = read_location(&uri)?;
    remove(&site, &place, &path, &read(body)?.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the versions of a file. Also used by pages.
pub(in crate::web) async fn versions(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
) -> Result<Vec<FileVersion>, Problem> {
    let drive = site.library.drive(place)?;
    let versions = drive.versions().ok_or(NO_VERSIONS)?;
    versions.list(path).await.map_err(version_problem)
}

/// Makes a version the current one. Also used by pages.
pub(in crate::web) async fn choose(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    id: &str,
) -> Result<(), Problem> {
    needs_versions(site, place)?;
    check_locks(site, place, &[whole(path)]).await?;
    let done = site.library.make_version_current(place, path, id).await;
    done.map_err(version_problem)
}

/// Deletes a version. Also used by pages.
pub(in crate::web) async fn remove(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    id: &str,
) -> Result<(), Problem> {
    needs_versions(site, place)?;
    let done = site.library.delete_version(place, path, id).await;
    done.map_err(version_problem)
}

fn needs_versions(site: &AppState, place: &Place) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    drive.versions().map(drop).ok_or(NO_VERSIONS)
}

fn read_location(uri: &Uri) -> Result<(Place, EntryPath), Problem> {
    let location = uri
        .path()
        .strip_prefix("/api/v1/versions/")
        .unwrap_or_default();
    let found = parse_location(location).filter(|(_, path)| !path.is_root());
    found.ok_or(Problem::NOT_FOUND)
}

fn version_problem(error: DriveError) -> Problem {
    match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&HAS_NO_VERSIONS),
        _ => Problem::from(error),
    }
}

const NO_VERSIONS: Problem = Problem::unsupported(&HAS_NO_VERSIONS);
