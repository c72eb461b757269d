//! `/api/v1/library/walks/{drive}`: walks over the folders of a drive.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;

use super::index;
use crate::governor::SharedDrive;
use crate::web::AppState;
use crate::web::error::Problem;
use media::Place;

/// The state of a walk.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Walk)]
pub(in crate::web) struct WalkJson {
    /// `idle`, `running`, `done`, `stopped` or `failed`.
    state: &'static str,
    /// Entries that were listed.
    seen: u64,
    /// Films and episodes among them.
    found: u64,
}

/// Returns the state of the walk over a drive.
#[utoipa::path(get, operation_id = "library_walk", path = "/api/v1/library/walks/{drive}", tag = "library", params(("drive" = String, Path)),
    responses((status = 200, body = WalkJson)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<Json<WalkJson>, Problem> {
    let drive = find(&site, &drive)?;
    status(&site, drive.place()).await
}

/// Starts a walk over a drive, unless one is running.
#[utoipa::path(post, path = "/api/v1/library/walks/{drive}", tag = "library", params(("drive" = String, Path)),
    responses((status = 202, body = WalkJson)))]
pub(in crate::web) async fn start(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<(StatusCode, Json<WalkJson>), Problem> {
    let drive = find(&site, &drive)?;
    if !index(&site)?.start_walk(&site.library, &drive).await? {
        return Err(Problem::bad_request("This drive has no folders to walk."));
    }
    Ok((StatusCode::ACCEPTED, status(&site, drive.place()).await?))
}

/// Stops the walk over a drive.
#[utoipa::path(delete, path = "/api/v1/library/walks/{drive}", tag = "library", params(("drive" = String, Path)),
    responses((status = 204, description = "Stopped")))]
pub(in crate::web) async fn stop(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<StatusCode, Problem> {
    let drive = find(&site, &drive)?;
    index(&site)?.stop_walk(drive.place()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn find(site: &AppState, name: &str) -> Result<SharedDrive, Problem> {
    let place = Place::parse(name).ok().filter(|place| !place.is_share());
    let drive = site.library.drive(&place.ok_or(Problem::NOT_FOUND)?);
    drive.map_err(|_| Problem::NOT_FOUND)
}

async fn status(site: &AppState, place: &Place) -> Result<Json<WalkJson>, Problem> {
    let status = index(site)?.walk_status(place).await?;
    Ok(Json(WalkJson {
        state: status.state.as_str(),
        seen: status.seen,
        found: status.found,
    }))
}
