//! `GET /api/v1/drives`: the owner's drives and their state.

pub(in crate::web) mod changes;

use std::fmt;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use serde::Serialize;

use super::files::read_place;
use super::result_json::ProblemJson;
use crate::governor::SharedDrive;
use crate::web::AppState;
use crate::web::error::Problem;
use crate::web::preconditions;
use drives::{Account, Capability, DriveError, ErrorKind};
use media::Place;

pub(in crate::web) use changes::{DriveChangesJson, apply, connected, delete, move_by, open_again};

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Drives {
    drives: Vec<DriveJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct DriveJson {
    #[schema(value_type = String)]
    name: Place,
    kind: &'static str,
    /// `ready`, `signed_out` or `failed`.
    #[schema(value_type = String)]
    state: DriveState,
    #[schema(value_type = Vec<String>)]
    capabilities: Vec<Capability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<QuotaJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct AccountJson {
    id: String,
    name: String,
    /// A URL of this server: upstream URLs are never handed out.
    avatar_url: Option<String>,
    plan: Option<String>,
    /// The time at which the drive's session expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_ends_at: Option<DateTime<Utc>>,
    /// True if links can be made only after `POST …/sharing`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sharing_inactive: bool,
}

/// Storage of an account, in bytes.
#[derive(Serialize, utoipa::ToSchema)]
struct QuotaJson {
    total: u64,
    used: u64,
}

/// Lists all drives; one that fails has a `problem`, and the others still answer.
#[utoipa::path(get, path = "/api/v1/drives", tag = "drives", responses((status = 200, body = Drives)))]
pub(in crate::web) async fn list(State(site): State<AppState>, headers: HeaderMap) -> Json<Drives> {
    let origin = site.urls.origin(&headers);
    let viewer = site.viewer(&headers);
    let drives = join_all(
        site.library
            .drives()
            .iter()
            .filter(|drive| viewer.may_see(drive.place()))
            .map(|drive| describe(&site, drive, &origin)),
    )
    .await;
    Json(Drives { drives })
}

/// Returns the picture of a drive's account.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/avatar", tag = "drives", params(("drive" = String, Path)),
    responses((status = 200, description = "A picture", body = Vec<u8>, content_type = "image/*")))]
pub(in crate::web) async fn avatar(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = read_place(&drive)?;
    let account = site.library.account(&place).await?;
    let picture = site
        .playback
        .pictures()
        .of_account(&place, &account)
        .await?;
    let etag = format!("\"{}\"", picture.etag);
    let about = [(header::CONTENT_TYPE, picture.content_type)];
    let body = picture.bytes.clone();
    preconditions::answer(&Method::GET, &headers, &etag, about, body)
}

/// Activates sharing, which some accounts need once before links can be made.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/sharing", tag = "drives", params(("drive" = String, Path)),
    responses((status = 204, description = "Sharing is active")))]
pub(in crate::web) async fn activate_sharing(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<StatusCode, Problem> {
    allow_sharing(&site, &read_place(&drive)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the drive activate sharing; the account is then looked up again.
pub(in crate::web) async fn allow_sharing(site: &AppState, place: &Place) -> Result<(), Problem> {
    site.library.drive(place)?.activate_sharing().await?;
    site.library.changed_account(place).await;
    Ok(())
}

/// Returns the URL of an account's picture, from the root of the host; `None` if it has none.
pub(in crate::web) fn avatar_url_of(
    site: &AppState,
    place: &Place,
    account: &Account,
) -> Option<String> {
    account.avatar_url.as_ref()?;
    Some(site.urls.local(&format!("/api/v1/drives/{place}/avatar")))
}

async fn describe(site: &AppState, drive: &SharedDrive, origin: &str) -> DriveJson {
    let mut json = DriveJson {
        name: drive.place().clone(),
        kind: drive.kind(),
        state: DriveState::Ready,
        capabilities: drive.capabilities().to_vec(),
        account: None,
        quota: None,
        problem: None,
    };
    match site.library.account(drive.place()).await {
        Ok(account) => {
            json.quota = account.quota.map(|quota| QuotaJson {
                total: quota.total,
                used: quota.used,
            });
            json.account = Some(AccountJson {
                id: account.id.clone(),
                name: account.name.clone(),
                avatar_url: avatar_url_of(site, drive.place(), &account)
                    .map(|local| format!("{origin}{local}")),
                plan: account.plan.clone(),
                session_ends_at: account.session_ends_at,
                sharing_inactive: account.is_sharing_inactive,
            });
        }
        Err(error) => {
            json.state = DriveState::of(&error);
            json.problem = Some(ProblemJson::from(&Problem::from(error)));
        }
    }
    json
}

/// The state of a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DriveState {
    Ready,
    SignedOut,
    Failed,
}

impl DriveState {
    /// Returns the state of a drive whose account could not be read.
    pub fn of(error: &DriveError) -> Self {
        match error.kind {
            ErrorKind::SignedOut => DriveState::SignedOut,
            _ => DriveState::Failed,
        }
    }

    /// Returns the name of the state in JSON and in pages.
    pub fn as_str(self) -> &'static str {
        match self {
            DriveState::Ready => "ready",
            DriveState::SignedOut => "signed_out",
            DriveState::Failed => "failed",
        }
    }
}

impl fmt::Display for DriveState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
