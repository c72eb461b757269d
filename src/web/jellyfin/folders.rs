//! Folders of drives and their entries, and trees of them.

use axum::response::Response;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

use super::item_json::{AppItemWriter, shown_name};
use super::media_source;
use super::nodes::is_shown;
use super::query::{ListQuery, page_json};
use super::request::AppCall;
use crate::library::Freshness;
use crate::web::error::Problem;
use media::{Entry, EntryKind, EntryPath, Place, natural_key};

/// Limit of the entries of a folder or a tree, of which the rest is left out.
const MAX_ENTRIES: usize = 100_000;

/// Limit of the folders of a tree: each is a call of the upstream while an app waits.
const MAX_FOLDERS: usize = 200;

/// Limit of the depth of a tree.
const MAX_DEPTH: usize = 16;

/// Folders that are read concurrently.
const MAX_CONCURRENT_FOLDERS: usize = 4;

/// Answers with the entries of a folder, or of all folders below it.
pub(super) async fn folder(
    call: &AppCall,
    writer: &mut AppItemWriter<'_>,
    query: &ListQuery,
    place: &Place,
    path: &EntryPath,
) -> Result<Response, Problem> {
    let mut entries = match query.is_recursive {
        true => tree(call, place, path).await?,
        false => children(call, place, path).await?,
    };
    entries.retain(|entry| is_shown(entry) && is_of_type(entry, query));
    sort_by_name(&mut entries);
    let plain = ["isfolder", "sortname", "name", "default"];
    let is_plain = query.sort.iter().all(|key| plain.contains(&key.as_str()))
        && !query.is_descending
        && !query.filters_items();
    if !is_plain {
        let items = write(call, writer, query, &entries).await?;
        return Ok(query.answer(query.filtered(items)));
    }
    let total = entries.len();
    let start = query.start.min(total);
    let page = &entries[start..total.min(start + query.limit)];
    let items = write(call, writer, query, page).await?;
    Ok(page_json(items, query.start, total))
}

/// Returns the entries of a folder, from the cache or with one call of the upstream.
pub(super) async fn children(
    call: &AppCall,
    place: &Place,
    path: &EntryPath,
) -> Result<Vec<Entry>, Problem> {
    let library = &call.site.library;
    let folder = library
        .whole_folder(place, path, MAX_ENTRIES, Freshness::Cached)
        .await?;
    Ok(folder.entries)
}

/// Returns the entries of a folder and of all folders below it, within limits. A folder that cannot be read fails the
/// whole: without its films they would seem deleted.
async fn tree(call: &AppCall, place: &Place, root: &EntryPath) -> Result<Vec<Entry>, Problem> {
    let mut found = Vec::new();
    let mut level = vec![root.clone()];
    let (mut folders, mut depth) = (0, 0);
    while !level.is_empty() && depth < MAX_DEPTH && found.len() < MAX_ENTRIES {
        level.truncate(MAX_FOLDERS.saturating_sub(folders));
        folders += level.len();
        depth += 1;
        let reads: Vec<_> = level
            .iter()
            .map(|path| children(call, place, path))
            .collect();
        let read: Vec<Vec<Entry>> = stream::iter(reads)
            .buffered(MAX_CONCURRENT_FOLDERS)
            .try_collect()
            .await?;
        let entries: Vec<Entry> = read.into_iter().flatten().collect();
        let below = entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Folder);
        level = below.map(|folder| folder.path.clone()).collect();
        found.extend(entries);
    }
    found.truncate(MAX_ENTRIES);
    Ok(found)
}

/// Sorts entries as apps do by default: folders first, by their names.
fn sort_by_name(entries: &mut [Entry]) {
    entries.sort_by_cached_key(|entry| {
        let is_file = entry.kind != EntryKind::Folder;
        (is_file, natural_key(&shown_name(entry).to_lowercase()))
    });
}

fn is_of_type(entry: &Entry, query: &ListQuery) -> bool {
    let (kind, media) = match entry.kind {
        EntryKind::Video => ("video", "video"),
        EntryKind::Audio => ("audio", "audio"),
        EntryKind::Image => ("photo", "photo"),
        _ => ("folder", "unknown"),
    };
    query.includes(kind)
        && (query.media_types.is_empty() || query.media_types.iter().any(|it| it == media))
}

/// Writes entries, with their media sources where they are asked for.
pub(super) async fn write(
    call: &AppCall,
    writer: &mut AppItemWriter<'_>,
    query: &ListQuery,
    entries: &[Entry],
) -> Result<Vec<Value>, Problem> {
    writer.prepare(entries).await?;
    let with_sources = query.fields.iter().any(|field| field == "mediasources");
    let mut items = Vec::new();
    for entry in entries {
        let mut item = writer.entry(entry);
        if with_sources && entry.kind.is_playable() {
            item["MediaSources"] = media_source::of_entry(call, entry).await;
        }
        items.push(item);
    }
    Ok(items)
}
