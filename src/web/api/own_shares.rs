//! `/api/v1/drives/{drive}/shares`: the owner's own share links.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read, read_entry_path, read_place};
use crate::web::error::{CANNOT_SHARE, Problem};
use crate::web::{AppState, MaybeQuery};
use drives::{DriveError, ErrorKind, NewShare, OwnShare, OwnShareState};
use media::{EntryPath, Place};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct OwnSharesParams {
    cursor: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct OwnSharesJson {
    shares: Vec<OwnShareJson>,
    next: Option<String>,
}

/// A share link of the owner.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct OwnShareJson {
    id: String,
    url: String,
    #[schema(value_type = Vec<String>)]
    paths: Vec<EntryPath>,
    created_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// `alive`, `expired`, `cancelled`, `refused` or `used_up`.
    #[schema(value_type = String)]
    state: OwnShareState,
}

#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct NewShareJson {
    paths: Vec<String>,
    /// Days until it expires: 0 for never, 1, 7 or 30.
    period_days: u32,
    password: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct NewPeriodJson {
    /// Days from now until it expires: 0 for never, 1, 7 or 30.
    period_days: u32,
}

impl From<OwnShare> for OwnShareJson {
    fn from(share: OwnShare) -> Self {
        OwnShareJson {
            id: share.id,
            url: share.url,
            paths: share.paths,
            created_at: share.created_at,
            expires_at: share.expires_at,
            password: share.password,
            state: share.state,
        }
    }
}

/// Lists one page of links.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/shares", tag = "shares",
    params(("drive" = String, Path), OwnSharesParams), responses((status = 200, body = OwnSharesJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    query: MaybeQuery<OwnSharesParams>,
) -> Result<Json<OwnSharesJson>, Problem> {
    let place = read_place(&drive)?;
    let cursor = query.ok().and_then(|Query(query)| query.cursor);
    let (shares, next) = page(&site, &place, cursor.as_deref()).await?;
    Ok(Json(OwnSharesJson {
        shares: shares.into_iter().map(OwnShareJson::from).collect(),
        next,
    }))
}

/// Makes a link.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/shares", tag = "shares",
    params(("drive" = String, Path)), request_body = NewShareJson,
    responses((status = 200, body = OwnShareJson)))]
pub(in crate::web) async fn create(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<NewShareJson>,
) -> Result<Json<OwnShareJson>, Problem> {
    let place = read_place(&drive)?;
    let body = read(body)?;
    let paths: Result<Vec<EntryPath>, Problem> = body
        .paths
        .iter()
        .map(|path| read_entry_path(path))
        .collect();
    let share = NewShare {
        paths: paths?,
        period_days: body.period_days,
        password: body.password.filter(|password| !password.is_empty()),
    };
    Ok(Json(make(&site, &place, &share).await?.into()))
}

/// Sets the days from now until a link expires.
#[utoipa::path(patch, path = "/api/v1/drives/{drive}/shares/{id}", tag = "shares",
    params(("drive" = String, Path), ("id" = String, Path)), request_body = NewPeriodJson,
    responses((status = 204, description = "The link ends then")))]
pub(in crate::web) async fn extend(
    State(site): State<AppState>,
    Path((drive, id)): Path<(String, String)>,
    body: MaybeJson<NewPeriodJson>,
) -> Result<StatusCode, Problem> {
    let place = read_place(&drive)?;
    let NewPeriodJson { period_days } = read(body)?;
    prolong(&site, &place, &id, period_days).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes a link.
#[utoipa::path(delete, operation_id = "cancel", path = "/api/v1/drives/{drive}/shares/{id}", tag = "shares",
    params(("drive" = String, Path), ("id" = String, Path)),
    responses((status = 204, description = "The link is revoked")))]
pub(in crate::web) async fn revoke(
    State(site): State<AppState>,
    Path((drive, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    revoke_share(&site, &read_place(&drive)?, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns one page of links. Also used by pages.
pub(in crate::web) async fn page(
    site: &AppState,
    place: &Place,
    cursor: Option<&str>,
) -> Result<(Vec<OwnShare>, Option<String>), Problem> {
    let drive = site.library.drive(place)?;
    let shares = drive.own_shares().ok_or(NO_SHARES)?;
    let cursor = cursor.filter(|cursor| !cursor.is_empty());
    shares.list(cursor).await.map_err(share_problem)
}

/// Makes a link. Also used by pages.
pub(in crate::web) async fn make(
    site: &AppState,
    place: &Place,
    share: &NewShare,
) -> Result<OwnShare, Problem> {
    let drive = site.library.drive(place)?;
    let shares = drive.own_shares().ok_or(NO_SHARES)?;
    if share.paths.is_empty() {
        return Err(Problem::bad_request("Which entries? “paths” is empty."));
    }
    check_period(share.period_days)?;
    shares.create(share).await.map_err(share_problem)
}

/// Changes the expiry of a link. Also used by pages.
pub(in crate::web) async fn prolong(
    site: &AppState,
    place: &Place,
    id: &str,
    period_days: u32,
) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    let shares = drive.own_shares().ok_or(NO_SHARES)?;
    check_period(period_days)?;
    // A drive that cannot change links reports that with its own sentence.
    shares.extend(id, period_days).await.map_err(Problem::from)
}

fn check_period(days: u32) -> Result<(), Problem> {
    if PERIODS_DAYS.contains(&days) {
        return Ok(());
    }
    Err(Problem::bad_request(
        "A link ends after 1, 7 or 30 days, or never (0).",
    ))
}

/// Revokes a link. Also used by pages.
pub(in crate::web) async fn revoke_share(
    site: &AppState,
    place: &Place,
    id: &str,
) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    let shares = drive.own_shares().ok_or(NO_SHARES)?;
    shares.cancel(id).await.map_err(share_problem)
}

/// The lifetimes of a link, in days; 0 is unlimited.
pub(in crate::web) const PERIODS_DAYS: [u32; 4] = [0, 1, 7, 30];

const NO_SHARES: Problem = Problem::unsupported(&CANNOT_SHARE);

fn share_problem(error: DriveError) -> Problem {
    match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&CANNOT_SHARE),
        _ => Problem::from(error),
    }
}
