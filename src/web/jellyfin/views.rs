//! Views: a folder at the top for each drive, and films and series where the library has some.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::ids::ItemIdentity;
use super::item_json::AppItemWriter;
use super::nodes::roots;
use super::query::page_json;
use super::request::AppCall;
use super::session::AppSession;
use crate::store::ItemKind;
use crate::web::error::Problem;
use media::{EntryPath, Place, plain_title};

/// `GET /UserViews`, `GET /Users/{id}/Views`, `GET /Library/MediaFolders`
pub(super) async fn list(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    let writer = AppItemWriter::new(&call.site, session).await?;
    let views = all(call, session, &writer).await?;
    let total = views.len();
    Ok(page_json(views, 0, total))
}

/// Returns the views of an app.
pub(super) async fn all(
    call: &AppCall,
    session: &AppSession,
    writer: &AppItemWriter<'_>,
) -> Result<Vec<Value>, Problem> {
    let store = &call.site.store;
    let mut views = Vec::new();
    if session.sees_library() {
        if store
            .library_count(&[ItemKind::Film], &session.viewer)
            .await?
            > 0
        {
            views.push(writer.view(&ItemIdentity::Films, "Films", "movies"));
        }
        if store
            .library_count(&[ItemKind::Series], &session.viewer)
            .await?
            > 0
        {
            views.push(writer.view(&ItemIdentity::Series, "Series", "tvshows"));
        }
    }
    for (place, path) in roots(&call.site, session) {
        let ids = &call.site.jellyfin.ids;
        ids.remember_path(&place, &path).await?;
        let name = root_name(&place, &path);
        views.push(writer.view(&ItemIdentity::Entry(place, path), &name, "homevideos"));
    }
    Ok(views)
}

fn root_name(place: &Place, path: &EntryPath) -> String {
    match path.is_root() {
        true => place.to_string(),
        false => plain_title(path.name()),
    }
}

/// `GET /UserViews/GroupingOptions`
pub(super) async fn grouping_options(
    call: &AppCall,
    session: &AppSession,
) -> Result<Response, Problem> {
    let writer = AppItemWriter::new(&call.site, session).await?;
    let views = all(call, session, &writer).await?;
    let options = views
        .iter()
        .map(|view| json!({"Name": view["Name"], "Id": view["Id"]}));
    Ok(Json(options.collect::<Vec<_>>()).into_response())
}
