//! `/api/v1/shares/…`: opens share links, and saves entries of a share to a drive.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::drives::avatar_url_of;
use super::result_json::Results;
use super::upstream_tasks::save_from_share;
use super::{EntryJson, EntryWriter};
use crate::shares::OpenError;
use crate::web::AppState;
use crate::web::error::Problem;
use drives::{DriveError, OnConflict};
use media::{EntryPath, Place};

/// A link, or a text that contains one.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Open)]
pub(in crate::web) struct OpenShareJson {
    url: String,
    password: Option<String>,
    /// Opens a link at a host that is not known, if its form is that of a share. The host is not contacted.
    #[serde(default)]
    unknown_host: bool,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct OpenedJson {
    #[schema(value_type = String)]
    place: Place,
    entry: EntryJson,
    /// The account that shares it, as far as the upstream reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<ShareOwnerJson>,
}

/// The owner of a share.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShareOwner)]
struct ShareOwnerJson {
    /// The name, masked as the upstream masks it.
    name: String,
    /// A URL of this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_url: Option<String>,
}

/// Entries of a share, and the target folder.
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct Save {
    place: String,
    paths: Vec<String>,
    to: SaveTarget,
    /// `fail` or `rename`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    on_conflict: OnConflict,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SaveTarget)]
struct SaveTarget {
    place: String,
    #[serde(default)]
    path: String,
}

/// Maximum number of paths in one call.
const MAX_PATHS: usize = 1_000;

/// Opens a share as a place.
#[utoipa::path(post, path = "/api/v1/shares/open", tag = "shares", request_body = OpenShareJson,
    responses((status = 200, description = "The share is open", body = OpenedJson)))]
pub(in crate::web) async fn open(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: Result<Json<OpenShareJson>, JsonRejection>,
) -> Result<Json<OpenedJson>, Problem> {
    let Ok(Json(body)) = body else {
        return Err(Problem::bad_request("“url” is needed, as JSON."));
    };
    let unknown = site.shares.at_unknown_hosts(&body.url).into_iter().next();
    let mut link = match site.shares.read_one(&body.url).await {
        Ok(link) => link,
        Err(error) => match unknown.filter(|_| body.unknown_host) {
            Some(unknown) => unknown.link,
            None => return Err(error.into()),
        },
    };
    let password = body.password.map(|password| password.trim().to_owned());
    if let Some(password) = password.filter(|password| !password.is_empty()) {
        link.password = Some(password);
    }
    let opened = site.shares.open(&link).await?;
    Ok(Json(OpenedJson {
        owner: owner_of(&site, &headers, &opened.place).await,
        place: opened.place,
        entry: EntryWriter::new(&site, &headers).write(&opened.entry),
    }))
}

/// Returns the owner of an open share; `None` if it is not known without a request.
async fn owner_of(site: &AppState, headers: &HeaderMap, place: &Place) -> Option<ShareOwnerJson> {
    let drive = site.library.drive(place).ok()?;
    if !drive.is_account_known() {
        return None;
    }
    let account = site.library.account(place).await.ok()?;
    (!account.name.is_empty()).then(|| ShareOwnerJson {
        name: account.name.clone(),
        avatar_url: avatar_url_of(site, place, &account)
            .map(|local| format!("{}{local}", site.urls.origin(headers))),
    })
}

/// Saves entries of a share to a drive, with one result per path.
#[utoipa::path(post, path = "/api/v1/shares/save", tag = "shares", request_body = Save,
    responses((status = 200, description = "One result per path", body = Results)))]
pub(in crate::web) async fn save(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: Result<Json<Save>, JsonRejection>,
) -> Result<Json<Results>, Problem> {
    const WRONG: Problem = Problem::bad_request(
        "“place”, “paths” and “to” with “place” and “path” are needed, as JSON; “on_conflict” is fail or rename.",
    );
    let Ok(Json(body)) = body else {
        return Err(WRONG);
    };
    let place = |text: &str| Place::parse(text).map_err(|_| WRONG);
    let path = |text: &String| EntryPath::parse(text).map_err(|_| WRONG);
    let paths: Vec<EntryPath> = body.paths.iter().map(path).collect::<Result<_, _>>()?;
    let is_root = paths.iter().any(EntryPath::is_root);
    if paths.is_empty() || paths.len() > MAX_PATHS || is_root {
        return Err(Problem::bad_request("“paths” names what is to be saved."));
    }
    let (from, to) = (place(&body.place)?, place(&body.to.place)?);
    let folder = path(&body.to.path)?;
    let saved = save_from_share(&site, &from, &paths, (&to, &folder), body.on_conflict);
    let outcomes = saved.await?;
    Ok(Json(Results::of(&site, &headers, outcomes)))
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NoDrive => Problem {
                sentence: Some(
                    "No connected drive opens this link. Connect an account at the service that it leads to.",
                ),
                ..DriveError::unsupported("open_share", "").into()
            },
            OpenError::Drive(error) => error.into(),
        }
    }
}
