//! The marks of a viewer on an item: played, and favourite.

use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::ids::ItemId;
use super::item_json::AppItemWriter;
use super::nodes::{self, FoundItem};
use super::request::AppCall;
use super::session::AppSession;
use crate::web::error::Problem;
use media::{Entry, ViewerId};

/// `POST` and `DELETE /UserPlayedItems/{id}`
pub(super) async fn mark_played(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
    is_played: bool,
) -> Result<Response, Problem> {
    let viewer = session.viewer.id;
    let store = &call.site.store;
    match nodes::find(call, session, id).await? {
        FoundItem::Title(title) => {
            store.mark_watched(title.id, is_played, viewer).await?;
        }
        FoundItem::Entry(entry) => mark_file(call, viewer, &entry, is_played).await?,
        FoundItem::Home | FoundItem::Films | FoundItem::Series => {}
    }
    show(call, session, id).await
}

/// Marks a file: by its title in the library, else by a position at its end.
async fn mark_file(
    call: &AppCall,
    viewer: ViewerId,
    entry: &Arc<Entry>,
    is_played: bool,
) -> Result<(), Problem> {
    if !entry.kind.is_playable() {
        return Ok(());
    }
    let site = &call.site;
    let store = &site.store;
    if let Some(index) = site.library.index() {
        index.record_file(entry).await?;
    }
    let title = store.item_of_file(&entry.place, &entry.path).await?;
    if let Some(title) = title {
        store.mark_watched(title, is_played, viewer).await?;
        return Ok(());
    }
    let seconds = entry.duration_s.unwrap_or(1.0);
    let position_s = if is_played { seconds } else { 0.0 };
    let noted = store.note_position(viewer, &entry.place, &entry.path, position_s, seconds);
    noted.await.map_err(Problem::from)
}

/// `POST` and `DELETE /UserFavoriteItems/{id}`
pub(super) async fn mark_favourite(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
    is_favourite: bool,
) -> Result<Response, Problem> {
    nodes::find(call, session, id).await?;
    let store = &call.site.store;
    store
        .set_favourite(session.viewer.id, id.0, is_favourite)
        .await?;
    show(call, session, id).await
}

/// `GET /UserItems/{id}/UserData`
pub(super) async fn show(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<Response, Problem> {
    Ok(Json(read(call, session, id).await?).into_response())
}

/// Returns the viewer's data of an item.
pub(super) async fn read(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<Value, Problem> {
    let mut writer = AppItemWriter::new(&call.site, session).await?;
    let item = match nodes::find(call, session, id).await? {
        FoundItem::Title(title) => writer.title(&title),
        FoundItem::Entry(entry) => {
            writer.prepare(std::slice::from_ref(&entry)).await?;
            writer.entry(&entry)
        }
        FoundItem::Home | FoundItem::Films | FoundItem::Series => {
            return Ok(writer.user_data(id, None, false));
        }
    };
    Ok(item["UserData"].clone())
}
