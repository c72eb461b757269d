//! `/api/v1/folder-settings/{place}/{path}`: the note of a folder, and the names that it hides.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read};
use crate::library::{FolderSettingError, Freshness, checked_setting};
use crate::store::FolderSetting;
use crate::web::AppState;
use crate::web::error::Problem;
use crate::web::urls::parse_location;
use media::{EntryKind, EntryPath, Place};

/// The settings of a folder.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FolderSettings)]
pub(in crate::web) struct FolderSettingsJson {
    /// Plain text that is shown above the folder's list.
    #[serde(default)]
    note: String,
    /// Patterns of names, such as `*.nfo`, that are hidden in the folder and below.
    #[serde(default)]
    hidden: Vec<String>,
}

impl From<FolderSetting> for FolderSettingsJson {
    fn from(setting: FolderSetting) -> Self {
        FolderSettingsJson {
            note: setting.note,
            hidden: setting.hidden,
        }
    }
}

/// Returns the settings of a folder.
#[utoipa::path(get, path = "/api/v1/folder-settings/{place}/{path}", tag = "files",
    params(("place" = String, Path), ("path" = String, Path)),
    responses((status = 200, body = FolderSettingsJson)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<FolderSettingsJson>, Problem> {
    let (place, path) = read_location(&uri)?;
    site.library.drive(&place)?;
    let setting = site.library.folder_settings().of(&place, &path);
    Ok(Json(setting.into()))
}

/// Replaces the settings of a folder, and returns them.
#[utoipa::path(put, path = "/api/v1/folder-settings/{place}/{path}", tag = "files",
    params(("place" = String, Path), ("path" = String, Path)), request_body = FolderSettingsJson,
    responses((status = 200, body = FolderSettingsJson)))]
pub(in crate::web) async fn replace(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    body: MaybeJson<FolderSettingsJson>,
) -> Result<Json<FolderSettingsJson>, Problem> {
    let (place, path) = read_location(&uri)?;
    let FolderSettingsJson { note, hidden } = read(body)?;
    let setting = FolderSetting {
        note,
        hidden,
        ..FolderSetting::empty(&place, &path)
    };
    Ok(Json(save(&site, setting).await?.into()))
}

/// Stores the settings of a folder, and returns them as they are now. Also used by pages.
///
/// # Errors
///
/// There is no such folder, a pattern is none, or the state cannot be written.
pub(in crate::web) async fn save(
    site: &AppState,
    setting: FolderSetting,
) -> Result<FolderSetting, Problem> {
    let setting = checked_setting(setting).map_err(|error| Problem::bad_request(said(error)))?;
    let (place, path) = (&setting.place, &setting.path);
    let entry = site.library.entry(place, path, Freshness::Cached).await?;
    if entry.kind != EntryKind::Folder {
        return Err(Problem::bad_request(
            "Only a folder has a note and hidden names.",
        ));
    }
    site.store.put_folder_setting(&setting).await?;
    reload(site).await?;
    site.library.names_hidden(place).await;
    Ok(setting)
}

/// Reads all settings again, after some were changed or moved.
///
/// # Errors
///
/// The state cannot be read.
pub(in crate::web) async fn reload(site: &AppState) -> Result<(), Problem> {
    let reloaded = site.library.folder_settings().reload(&site.store).await;
    reloaded.map_err(Problem::from)
}

fn said(error: FolderSettingError) -> &'static str {
    match error {
        FolderSettingError::LongNote => "A note has 10,000 characters at most.",
        FolderSettingError::ManyPatterns => "A folder has 100 patterns at most.",
        FolderSettingError::Pattern => "A pattern is for one name, such as *.nfo or @eaDir.",
    }
}

fn read_location(uri: &Uri) -> Result<(Place, EntryPath), Problem> {
    let location = uri.path().strip_prefix("/api/v1/folder-settings/");
    parse_location(location.unwrap_or_default()).ok_or(Problem::NOT_FOUND)
}
