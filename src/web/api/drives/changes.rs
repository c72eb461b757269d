//! Changes a connected drive: its name, its settings, its position; opens it again; removes it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::super::drive_settings::{SettingsProblem, change_settings, put_drive, shown_settings};
use super::super::files::{MaybeJson, read, read_place};
use super::super::folder_settings;
use crate::config::DriveConfig;
use crate::store::DriveSwitch;
use crate::web::AppState;
use crate::web::error::{Problem, ProblemCode};
use media::Place;

/// Changes of a drive that was connected from a page.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DriveChanges)]
pub(in crate::web) struct DriveChangesJson {
    /// False switches the drive off: it is neither listed nor asked, and keeps its settings.
    enabled: Option<bool>,
    /// A new name. Play URLs with the former one end.
    #[schema(value_type = Option<String>)]
    name: Option<String>,
    /// The position in the order of drives, from 0.
    order: Option<u32>,
    /// Settings by their keys in the config; `null` removes one, and what is not named stays. They are tried before they are
    /// stored.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    settings: Option<BTreeMap<String, Option<SecretString>>>,
}

impl DriveChangesJson {
    /// Returns the change of a name.
    pub fn name(name: &str) -> Self {
        DriveChangesJson {
            enabled: None,
            name: Some(name.to_owned()),
            order: None,
            settings: None,
        }
    }

    /// Returns a switch on or off.
    pub fn enabled(enabled: bool) -> Self {
        DriveChangesJson {
            enabled: Some(enabled),
            name: None,
            order: None,
            settings: None,
        }
    }
}

/// The settings of a drive that are no secret.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = DriveSettings)]
pub(in crate::web) struct DriveSettingsJson {
    #[schema(value_type = String)]
    name: Place,
    kind: String,
    enabled: bool,
    order: usize,
    /// Settings by their keys in the config, without the secrets.
    #[schema(value_type = BTreeMap<String, String>)]
    settings: BTreeMap<&'static str, String>,
    /// The keys of the secrets that are set.
    #[schema(value_type = Vec<String>)]
    secrets: Vec<&'static str>,
}

/// Changes a drive that was connected from a page.
#[utoipa::path(patch, path = "/api/v1/drives/{drive}", tag = "drives", params(("drive" = String, Path)),
    request_body = DriveChangesJson, responses((status = 200, body = DriveSettingsJson)))]
pub(in crate::web) async fn change(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<DriveChangesJson>,
) -> Result<Json<DriveSettingsJson>, Response> {
    let mut changes = read(body).map_err(IntoResponse::into_response)?;
    if let Some(settings) = changes.settings.take() {
        let place = connected(&site, &drive).await;
        let place = place.map_err(IntoResponse::into_response)?;
        let changed = change_settings(&site, &place, &settings).await;
        changed.map_err(|problem| match problem {
            SettingsProblem::Failed(problem) => problem.into_response(),
            SettingsProblem::Invalid(problems) => {
                Problem::bad_request("").with_detail(problems.join(" "))
            }
        })?;
    }
    let applied = apply(&site, &drive, changes).await;
    applied.map(Json).map_err(IntoResponse::into_response)
}

/// Makes the changes of a drive, and returns its settings.
///
/// # Errors
///
/// The drive stands in the config file or is unknown, the name is taken, or the state cannot be written.
pub(in crate::web) async fn apply(
    site: &AppState,
    drive: &str,
    changes: DriveChangesJson,
) -> Result<DriveSettingsJson, Problem> {
    let mut place = connected(site, drive).await?;
    let store = &site.store;
    let position = changes.order.map(i64::from);
    store
        .change_drive(&place, changes.enabled, position)
        .await?;
    let renamed = changes.name.filter(|name| name.as_str() != place.as_str());
    if let Some(name) = &renamed {
        let new = free_name(site, name).await?;
        store.rename_drive(&place, &new).await?;
        site.library.remove_drive(&place).await;
        folder_settings::reload(site).await?;
        place = new;
    }
    let switches = reload(site, &place).await?;
    let found = switches
        .into_iter()
        .enumerate()
        .find(|(_, it)| it.name == place);
    let (order, switch) = found.ok_or(Problem::NOT_FOUND)?;
    let shown = shown_settings(site, &place).await?;
    Ok(DriveSettingsJson {
        settings: shown.values,
        secrets: shown.secrets,
        name: switch.name,
        kind: switch.kind,
        enabled: switch.is_enabled,
        order,
    })
}

/// Opens a drive again. Everything that was cached of it is asked for anew.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/reload", tag = "drives", params(("drive" = String, Path)),
    responses((status = 204, description = "It was opened again")))]
pub(in crate::web) async fn reload_drive(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<StatusCode, Problem> {
    open_again(&site, &drive).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a drive again that was connected from a page; of one of the config file, everything that was cached is forgotten.
/// Replies under way go on.
///
/// # Errors
///
/// The drive is unknown or switched off, or the state cannot be read.
pub(in crate::web) async fn open_again(site: &AppState, drive: &str) -> Result<(), Problem> {
    let place = read_place(drive)?;
    site.library.drive(&place)?;
    if site.configured.contains(&place) || place.is_share() {
        site.library.invalidate_place(&place).await;
        return Ok(());
    }
    let settings = stored_settings(site, &place).await?;
    put_drive(site, &settings).await;
    reload(site, &place).await.map(drop)
}

/// Returns the settings of a drive that was connected from a page.
async fn stored_settings(site: &AppState, place: &Place) -> Result<DriveConfig, Problem> {
    let stored = site.store.connected_drive(place).await?;
    let stored = stored.ok_or(Problem::NOT_FOUND)?;
    let settings = DriveConfig::typed_in(&stored.name, &stored.kind, &stored.settings);
    settings.map_err(|_| Problem::INTERNAL)
}

/// Moves a drive by so many positions in the order of those that were connected from a page.
///
/// # Errors
///
/// As [`apply`].
pub(in crate::web) async fn move_by(
    site: &AppState,
    drive: &str,
    positions: isize,
) -> Result<(), Problem> {
    let place = connected(site, drive).await?;
    let switches = site.store.drive_switches().await?;
    let mut order: Vec<Place> = switches.into_iter().map(|switch| switch.name).collect();
    let from = order.iter().position(|name| *name == place);
    let from = from.ok_or(Problem::NOT_FOUND)?;
    let to = from.saturating_add_signed(positions).min(order.len() - 1);
    let moved = order.remove(from);
    order.insert(to, moved);
    for (position, name) in (0i64..).zip(&order) {
        site.store.change_drive(name, None, Some(position)).await?;
    }
    reload(site, &place).await.map(drop)
}

/// Removes a drive that was connected from a page, with all of its stored state.
#[utoipa::path(delete, path = "/api/v1/drives/{drive}", tag = "drives", params(("drive" = String, Path)),
    responses((status = 204, description = "It was removed")))]
pub(in crate::web) async fn remove(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<StatusCode, Problem> {
    delete(&site, &drive).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a drive with all of its stored state.
///
/// # Errors
///
/// As [`apply`].
pub(in crate::web) async fn delete(site: &AppState, drive: &str) -> Result<(), Problem> {
    let place = connected(site, drive).await?;
    site.store.delete_drive(&place).await?;
    site.library.remove_drive(&place).await;
    folder_settings::reload(site).await
}

/// Returns the name of a drive that was connected from a page.
///
/// # Errors
///
/// The drive stands in the config file, or is unknown.
pub(in crate::web) async fn connected(site: &AppState, drive: &str) -> Result<Place, Problem> {
    let place = read_place(drive)?;
    if site.configured.contains(&place) {
        return Err(IN_THE_FILE);
    }
    let switches = site.store.drive_switches().await?;
    match switches.iter().any(|switch| switch.name == place) {
        true => Ok(place),
        false => Err(Problem::NOT_FOUND),
    }
}

/// Parses a new name, which no drive has.
async fn free_name(site: &AppState, name: &str) -> Result<Place, Problem> {
    let place = Place::parse(name).ok().filter(|place| !place.is_share());
    let place = place.ok_or(Problem::bad_request(
        "A name is 1 to 64 letters, digits, “-” or “_”.",
    ))?;
    let switches = site.store.drive_switches().await?;
    let is_taken = site.configured.contains(&place) || switches.iter().any(|it| it.name == place);
    match is_taken {
        true => Err(TAKEN),
        false => Ok(place),
    }
}

/// Opens or closes a drive as its settings say, and puts all drives into their order.
async fn reload(site: &AppState, place: &Place) -> Result<Vec<DriveSwitch>, Problem> {
    let switches = site.store.drive_switches().await?;
    let is_enabled = switches.iter().any(|it| it.name == *place && it.is_enabled);
    let is_open = site.library.drive(place).is_ok();
    if is_enabled && !is_open {
        let settings = stored_settings(site, place).await?;
        put_drive(site, &settings).await;
    } else if !is_enabled && is_open {
        site.library.remove_drive(place).await;
    }
    let of_file = site.configured.iter();
    let names = of_file.chain(switches.iter().map(|switch| &switch.name));
    site.library
        .sort_drives(&names.cloned().collect::<Vec<_>>());
    Ok(switches)
}

const IN_THE_FILE: Problem = Problem {
    status: StatusCode::CONFLICT,
    code: ProblemCode::Conflict,
    ..Problem::bad_request("This drive stands in the config file, and is changed there.")
};

const TAKEN: Problem = Problem {
    status: StatusCode::CONFLICT,
    code: ProblemCode::Conflict,
    ..Problem::bad_request("There is a drive of that name already.")
};
