//! Lists of what is new, what was begun, and what comes next.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::folders;
use super::ids::{ItemId, ItemIdentity};
use super::item_json::AppItemWriter;
use super::nodes::{self, is_shown};
use super::query::ListQuery;
use super::request::AppCall;
use super::session::AppSession;
use super::titles::write_titles;
use crate::store::{ItemKind, ItemQuery, ItemSort, LibraryItem};
use crate::web::api::history;
use crate::web::error::Problem;
use media::{Entry, EntryKind};

/// The items of a list if an app asks for no number.
const DEFAULT_LENGTH: usize = 20;

/// Positions that are looked at for what was begun.
const MAX_BEGUN: usize = 100;

/// `GET /Items/Latest`, `GET /Users/{id}/Items/Latest`: an array of what was added last.
pub(super) async fn latest(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    let query = limited(call)?;
    let mut writer = AppItemWriter::new(&call.site, session).await?;
    let node = match query.parent {
        Some(parent) => nodes::node(&call.site, session, parent).await?,
        None if session.sees_library() => ItemIdentity::Home,
        None => return Ok(Json(Vec::<Value>::new()).into_response()),
    };
    let kinds: &[ItemKind] = match &node {
        ItemIdentity::Home => &[ItemKind::Film, ItemKind::Series],
        ItemIdentity::Films => &[ItemKind::Film],
        ItemIdentity::Series => &[ItemKind::Series],
        ItemIdentity::Title(_) => &[],
        ItemIdentity::Entry(place, path) => {
            let mut entries = folders::children(call, place, path).await?;
            entries.retain(|entry| is_shown(entry) && entry.kind != EntryKind::Folder);
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.modified));
            entries.truncate(query.limit);
            let items = folders::write(call, &mut writer, &query, &entries).await?;
            return Ok(Json(items).into_response());
        }
    };
    let wanted = ItemQuery {
        kinds: kinds.to_vec(),
        sort: ItemSort::Added,
        words: None,
        offset: 0,
        limit: query.limit,
    };
    let titles = match kinds.is_empty() {
        true => Vec::new(),
        false => {
            let page = call
                .site
                .store
                .library_page(&wanted, &session.viewer)
                .await?;
            page.items
        }
    };
    Ok(Json(write_titles(call, &writer, &query, &titles).await).into_response())
}

fn limited(call: &AppCall) -> Result<ListQuery, Problem> {
    let mut query = ListQuery::of(call)?;
    query.limit = match call.number("limit") {
        None => DEFAULT_LENGTH,
        Some(_) => query.limit,
    };
    Ok(query)
}

/// `GET /UserItems/Resume`, `GET /Users/{id}/Items/Resume`
pub(super) async fn resume(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    let query = ListQuery::of(call)?;
    let mut writer = AppItemWriter::new(&call.site, session).await?;
    let mut items = begun(call, session, &mut writer).await?;
    items.retain(|item| query.accepts(item));
    Ok(query.answer(items))
}

/// Returns what was begun, the most recent first: titles of the library, and files that are not part of it.
pub(super) async fn begun(
    call: &AppCall,
    session: &AppSession,
    writer: &mut AppItemWriter<'_>,
) -> Result<Vec<Value>, Problem> {
    let store = &call.site.store;
    let mut items = Vec::new();
    let mut seen = HashSet::new();
    for (position, entry) in history::recent(&call.site, &session.viewer, MAX_BEGUN).await? {
        let Some(entry) = entry.filter(|entry| entry.kind.is_playable()) else {
            continue;
        };
        if !position.is_begun() || !session.covers(&entry.place, &entry.path) {
            continue;
        }
        let title = match session.sees_library() {
            true => store.item_of_file(&entry.place, &entry.path).await?,
            false => None,
        };
        let title = match title {
            Some(id) => store.library_item(id, &session.viewer).await?,
            None => None,
        };
        match title {
            Some(title) if seen.insert(title.id) => items.push(writer.title(&title)),
            Some(_) => {}
            None => items.push(write_entry(writer, &entry).await?),
        }
    }
    Ok(items)
}

async fn write_entry(writer: &mut AppItemWriter<'_>, entry: &Arc<Entry>) -> Result<Value, Problem> {
    writer.prepare(std::slice::from_ref(entry)).await?;
    Ok(writer.entry(entry))
}

/// `GET /Shows/NextUp`
pub(super) async fn next_up(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    let query = ListQuery::of(call)?;
    let writer = AppItemWriter::new(&call.site, session).await?;
    let (store, viewer) = (&call.site.store, &session.viewer);
    let ids = match session.sees_library() {
        true => store.next_up_ids(viewer).await?,
        false => Vec::new(),
    };
    let mut titles = store.library_items(&ids, viewer).await?;
    if let Some(series) = call.id("seriesid")? {
        titles.retain(|title| is_of_series(&writer, title, series));
    }
    Ok(query.answer(write_titles(call, &writer, &query, &titles).await))
}

fn is_of_series(writer: &AppItemWriter<'_>, title: &LibraryItem, series: ItemId) -> bool {
    title
        .series
        .is_some_and(|id| writer.id(&ItemIdentity::Title(id)) == series)
}

/// `GET /Shows/{id}/Seasons`
pub(super) async fn seasons(
    call: &AppCall,
    session: &AppSession,
    series: ItemId,
) -> Result<Response, Problem> {
    let query = ListQuery::of(call)?;
    let writer = AppItemWriter::new(&call.site, session).await?;
    let titles = title_children(call, session, series).await?;
    Ok(query.answer(write_titles(call, &writer, &query, &titles).await))
}

/// `GET /Shows/{id}/Episodes`
pub(super) async fn episodes(
    call: &AppCall,
    session: &AppSession,
    series: ItemId,
) -> Result<Response, Problem> {
    let query = ListQuery::of(call)?;
    let writer = AppItemWriter::new(&call.site, session).await?;
    let season = call.id("seasonid")?;
    let number = call.number("season");
    let store = &call.site.store;
    let mut titles = Vec::new();
    for child in title_children(call, session, series).await? {
        let is_asked_for = season.is_none_or(|id| writer.id(&ItemIdentity::Title(child.id)) == id)
            && number.is_none_or(|number| child.season.map(i64::from) == Some(number));
        match child.kind {
            ItemKind::Season if is_asked_for => {
                titles.extend(store.library_children(child.id, &session.viewer).await?);
            }
            ItemKind::Episode => titles.push(child),
            _ => {}
        }
    }
    let mut items = write_titles(call, &writer, &query, &titles).await;
    if let Some(start) = call.text("startitemid").and_then(ItemId::parse) {
        let start = start.to_string();
        let at = items.iter().position(|item| item["Id"] == start.as_str());
        items.drain(..at.unwrap_or_default());
    }
    Ok(query.answer(items))
}

async fn title_children(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<Vec<LibraryItem>, Problem> {
    match nodes::node(&call.site, session, id).await? {
        ItemIdentity::Title(title) => {
            let children = call
                .site
                .store
                .library_children(title, &session.viewer)
                .await;
            children.map_err(Problem::from)
        }
        _ => Ok(Vec::new()),
    }
}
