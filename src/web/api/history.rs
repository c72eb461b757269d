//! `/api/v1/history`: the watch history.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read};
use super::{EntryJson, EntryWriter};
use crate::library::Freshness;
use crate::store::{Viewer, WatchPosition};
use crate::web::error::Problem;
use crate::web::urls::parse_location;
use crate::web::viewers::ViewerQuery;
use crate::web::{AppState, AppStateInner};
use drives::ErrorKind;
use media::{EntryPath, Place, ViewerId};

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct History {
    /// The most recently watched film comes first.
    entries: Vec<WatchedJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct WatchedJson {
    #[schema(value_type = String)]
    place: Place,
    #[schema(value_type = String)]
    path: EntryPath,
    position_s: f64,
    duration_s: f64,
    updated_at: DateTime<Utc>,
    /// The film itself; missing if its drive does not answer right now.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<EntryJson>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Position)]
pub(in crate::web) struct PositionJson {
    position_s: f64,
    duration_s: f64,
}

/// Maximum number of films in a reply.
const MAX_HISTORY_ENTRIES: usize = 50;

/// Lists the watch history, most recent first.
#[utoipa::path(get, path = "/api/v1/history", tag = "history", params(ViewerQuery), responses((status = 200, body = History)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    headers: HeaderMap,
) -> Result<Json<History>, Problem> {
    let watched = recent(&site, &site.viewer(&headers), MAX_HISTORY_ENTRIES).await?;
    let writer = EntryWriter::new(&site, &headers);
    let entries = watched
        .into_iter()
        .map(|(watched, entry)| WatchedJson {
            place: watched.place,
            path: watched.path,
            position_s: watched.position_s,
            duration_s: watched.duration_s,
            updated_at: watched.at,
            entry: entry.map(|entry| writer.write(&entry)),
        })
        .collect();
    Ok(Json(History { entries }))
}

/// Stores the position up to which a film was watched.
#[utoipa::path(put, path = "/api/v1/history/{place}/{path}", tag = "history",
    params(("place" = String, Path), ("path" = String, Path), ViewerQuery), request_body = PositionJson,
    responses((status = 204, description = "Noted")))]
pub(in crate::web) async fn note(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: MaybeJson<PositionJson>,
) -> Result<StatusCode, Problem> {
    let location = uri
        .path()
        .strip_prefix("/api/v1/history/")
        .unwrap_or_default();
    let (place, path) = parse_location(location).ok_or(Problem::NOT_FOUND)?;
    let PositionJson {
        position_s,
        duration_s,
    } = read(body)?;
    let makes_sense = |seconds: f64| (0.0..1e7).contains(&seconds);
    // Players round: the position may exceed the length by a second.
    if !makes_sense(position_s) || !makes_sense(duration_s) || position_s > duration_s + 1.0 {
        return Err(Problem::bad_request(
            "“position_s” and “duration_s” are seconds, the first no more than the second.",
        ));
    }
    let entry = site.library.entry(&place, &path, Freshness::Cached).await?;
    if !entry.kind.is_playable() {
        return Err(Problem::bad_request("Only films and sound are watched."));
    }
    let position_s = position_s.min(duration_s);
    let viewer = site.viewer(&headers).id;
    report_position(&site, viewer, &entry, position_s, duration_s).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stores the position of a viewer that a player reports. What it reads is not followed for a while.
pub(in crate::web) async fn report_position(
    site: &AppStateInner,
    viewer: ViewerId,
    entry: &media::Entry,
    position_s: f64,
    duration_s: f64,
) -> anyhow::Result<()> {
    site.positions.report(viewer, &entry.place, &entry.path);
    note_position(site, viewer, entry, position_s, duration_s).await
}

/// Stores the position of a viewer in a film. Also used for players that do not report it.
pub(in crate::web) async fn note_position(
    site: &AppStateInner,
    viewer: ViewerId,
    entry: &media::Entry,
    position_s: f64,
    duration_s: f64,
) -> anyhow::Result<()> {
    site.store
        .note_position(viewer, &entry.place, &entry.path, position_s, duration_s)
        .await?;
    if let Err(error) = note_in_library(site, entry, viewer).await {
        tracing::warn!(%error, "the library could not be updated");
    }
    Ok(())
}

/// Adds a film that is being watched to the library, and marks it as watched near its end.
async fn note_in_library(
    site: &AppStateInner,
    entry: &media::Entry,
    viewer: ViewerId,
) -> anyhow::Result<()> {
    let Some(index) = site.library.index() else {
        return Ok(());
    };
    if site
        .store
        .item_of_file(&entry.place, &entry.path)
        .await?
        .is_none()
    {
        index.record_file(entry).await?;
    }
    site.store
        .mark_by_position(&entry.place, &entry.path, viewer)
        .await
}

/// Returns the watch history of a viewer with the entries; films that no longer exist are left out, and removed from
/// it.
pub(in crate::web) async fn recent(
    site: &AppState,
    viewer: &Viewer,
    most: usize,
) -> Result<Vec<(WatchPosition, Option<std::sync::Arc<media::Entry>>)>, Problem> {
    let watched = positions(site, viewer, most).await?;
    Ok(with_entries(site, watched).await)
}

/// Returns the last positions of a viewer, in places that the viewer may see.
pub(in crate::web) async fn positions(
    site: &AppState,
    viewer: &Viewer,
    most: usize,
) -> Result<Vec<WatchPosition>, Problem> {
    let mut watched = site.store.history(viewer.id, most).await?;
    watched.retain(|watched| viewer.may_see(&watched.place));
    Ok(watched)
}

/// Looks up the entries of positions; `None` where a drive does not answer. Films that no longer exist are left out, and
/// removed from the history.
pub(in crate::web) async fn with_entries(
    site: &AppState,
    watched: Vec<WatchPosition>,
) -> Vec<(WatchPosition, Option<std::sync::Arc<media::Entry>>)> {
    let found = join_all(watched.into_iter().map(|watched| async move {
        let entry = site
            .library
            .entry(&watched.place, &watched.path, Freshness::Cached)
            .await;
        match entry {
            Ok(entry) => Some((watched, Some(entry))),
            Err(error) if error.kind == ErrorKind::NotFound => {
                // A drive that is missing today may be back tomorrow; a film that its drive does not find
                // is gone.
                if site.library.drive(&watched.place).is_ok() {
                    let gone = site
                        .store
                        .delete_history(&watched.place, &watched.path)
                        .await;
                    if let Err(error) = gone {
                        tracing::warn!(%error, "what was watched could not be corrected");
                    }
                }
                None
            }
            Err(_) => Some((watched, None)),
        }
    }))
    .await;
    found.into_iter().flatten().collect()
}
