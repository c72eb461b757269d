//! Parts of a film that an app offers to skip: the intro of an episode, as it was marked for its season.

use axum::response::Response;
use serde_json::{Value, json};

use super::ids::{ItemId, ItemIdentity};
use super::item_json::ticks;
use super::nodes;
use super::query::page_json;
use super::request::AppCall;
use super::session::AppSession;
use crate::store::{Intro, Store};
use crate::web::error::Problem;
use media::Entry;

/// `GET /MediaSegments/{id}`
pub(super) async fn list(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<Response, Problem> {
    let store = &call.site.store;
    let title = match nodes::node(&call.site, session, id).await? {
        ItemIdentity::Title(title) => Some(title),
        ItemIdentity::Entry(place, path) => store.item_of_file(&place, &path).await?,
        ItemIdentity::Home | ItemIdentity::Films | ItemIdentity::Series => None,
    };
    let types = call.parameters.list("includesegmenttypes");
    let is_wanted = types.is_empty() || types.iter().any(|it| it == "intro");
    let intro = match title {
        Some(title) if is_wanted => store.intro(title).await?,
        _ => None,
    };
    let segments: Vec<Value> = intro
        .map(|Intro { start_s, end_s }| {
            json!({
                "Id": call.site.jellyfin.ids.of_intro(id).to_string(),
                "ItemId": id.to_string(),
                "Type": "Intro",
                "StartTicks": ticks(start_s),
                "EndTicks": ticks(end_s),
            })
        })
        .into_iter()
        .collect();
    let total = segments.len();
    Ok(page_json(segments, 0, total))
}

/// Returns true if an intro was marked for a file.
///
/// # Errors
///
/// The state cannot be read.
pub(super) async fn has_intro(store: &Store, file: &Entry) -> anyhow::Result<bool> {
    let Some(title) = store.item_of_file(&file.place, &file.path).await? else {
        return Ok(false);
    };
    Ok(store.intro(title).await?.is_some())
}
