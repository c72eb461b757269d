//! Lists of items: the children of a folder or a view, trees, titles of the library, and single items.

use axum::Json;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::ids::{ItemId, Node};
use super::item_json::ItemWriter;
use super::nodes::{self, Item, is_shown, playable_files, unreadable};
use super::query::{ListQuery, page_json};
use super::request::Call;
use super::session::AppSession;
use super::{media_source, search, views};
use crate::library::Freshness;
use crate::store::{ItemKind, ItemQuery, ItemSort, LibraryItem};
use crate::web::error::Problem;
use media::{Entry, EntryKind, EntryPath, Place, natural_cmp};

/// Limit of the entries of a folder or a tree, of which the rest is left out.
const MAX_ENTRIES: usize = 20_000;

/// Limit of the folders of a tree: each is a call of the upstream while an app waits.
const MAX_FOLDERS: usize = 200;

/// Limit of the depth of a tree.
const MAX_DEPTH: usize = 16;

/// Folders that are read concurrently.
const MAX_CONCURRENT_FOLDERS: usize = 4;

/// Limit of titles that are filtered one by one.
const MAX_FILTERED_TITLES: usize = 10_000;

/// `GET /Items`, `GET /Users/{id}/Items`
pub(super) async fn list(call: &Call, session: &AppSession) -> Result<Response, Problem> {
    let query = ListQuery::of(call)?;
    let mut writer = ItemWriter::new(&call.site, session).await?;
    if !query.ids.is_empty() {
        let items = by_ids(call, session, &mut writer, &query.ids).await?;
        return Ok(query.answer(filtered(items, &query)));
    }
    let node = match query.parent {
        Some(parent) => nodes::node(&call.site, session, parent).await?,
        None => Node::Home,
    };
    if query.words.is_some() {
        return search::items(call, session, &mut writer, &query, &node).await;
    }
    match node {
        Node::Home => top(call, session, &mut writer, &query).await,
        Node::Films => titles(call, &writer, &query, &[ItemKind::Film]).await,
        Node::Series => titles(call, &writer, &query, &kinds_of_series(&query)).await,
        Node::Title(id) => below_title(call, &writer, &query, id).await,
        Node::Entry(place, path) => folder(call, &mut writer, &query, &place, &path).await,
    }
}

/// Answers a list without a parent: the views, the favourites, or titles of the library. Drives are not walked for it.
async fn top(
    call: &Call,
    session: &AppSession,
    writer: &mut ItemWriter<'_>,
    query: &ListQuery,
) -> Result<Response, Problem> {
    if call.flag("isfavorite") == Some(true) || has_filter(call, "isfavorite") {
        let favourites = call.site.store.favourites(&session.viewer.id).await;
        let ids: Vec<ItemId> = favourites.map_err(unreadable)?.into_iter().map(ItemId).collect();
        let items = by_ids(call, session, writer, &ids).await?;
        return Ok(query.answer(filtered(items, query)));
    }
    if has_filter(call, "isresumable") {
        let items = super::lists::begun(call, session, writer).await?;
        return Ok(query.answer(filtered(items, query)));
    }
    if query.types.is_empty() && !query.is_recursive {
        let items = views::all(call, session, writer).await?;
        return Ok(query.answer(items));
    }
    let kinds = all_kinds(query);
    match session.sees_everything() && !kinds.is_empty() {
        true => titles(call, writer, query, &kinds).await,
        false => Ok(page_json(Vec::new(), query.start, 0)),
    }
}

fn has_filter(call: &Call, name: &str) -> bool {
    call.parameters.list("filters").iter().any(|filter| filter == name)
}

fn filtered(mut items: Vec<Value>, query: &ListQuery) -> Vec<Value> {
    items.retain(|item| query.accepts(item));
    query.order(&mut items);
    items
}

/// The kinds of titles with their names in that API.
const KINDS: [(&str, ItemKind); 4] = [
    ("movie", ItemKind::Film),
    ("series", ItemKind::Series),
    ("season", ItemKind::Season),
    ("episode", ItemKind::Episode),
];

fn all_kinds(query: &ListQuery) -> Vec<ItemKind> {
    let kinds = KINDS.iter().filter(|(name, _)| query.includes(name));
    kinds.map(|(_, kind)| *kind).collect()
}

fn kinds_of_series(query: &ListQuery) -> Vec<ItemKind> {
    match query.types.is_empty() {
        true => vec![ItemKind::Series],
        false => all_kinds(query).into_iter().filter(|kind| *kind != ItemKind::Film).collect(),
    }
}

/// The order of a page that the index provides, and true if it is the other way round. `None` for other orders.
fn index_order(query: &ListQuery) -> Option<(ItemSort, bool)> {
    let is_descending = query.is_descending;
    let key = query.sort.iter().find(|key| *key != "isfolder").map_or("sortname", |key| key);
    match key {
        "sortname" | "name" | "default" | "seriessortname" => Some((ItemSort::Title, is_descending)),
        "datecreated" | "datelastcontentadded" => Some((ItemSort::Added, !is_descending)),
        "productionyear" | "premieredate" => Some((ItemSort::Year, !is_descending)),
        _ => None,
    }
}

/// Answers with titles of these kinds: one page of the index, or all of them where the filters require it.
async fn titles(
    call: &Call,
    writer: &ItemWriter<'_>,
    query: &ListQuery,
    kinds: &[ItemKind],
) -> Result<Response, Problem> {
    let store = &call.site.store;
    let viewer = &writer.session.viewer.id;
    let total = store.library_count(kinds).await.map_err(unreadable)?;
    let order = index_order(query).filter(|_| !query.filters_items());
    let start = query.start.min(total);
    let length = query.limit.min(total - start);
    let (sort, offset, limit) = match order {
        Some((sort, false)) => (sort, start, length),
        Some((sort, true)) => (sort, total - start - length, length),
        None => (ItemSort::Title, 0, MAX_FILTERED_TITLES),
    };
    let wanted = ItemQuery {
        kinds: kinds.to_vec(),
        sort,
        words: None,
        offset,
        limit,
    };
    let page = match limit {
        0 => Vec::new(),
        _ => store.library_page(&wanted, viewer).await.map_err(unreadable)?.items,
    };
    let mut items = write_titles(call, writer, query, &page).await;
    match order {
        None => Ok(query.answer(filtered(items, query))),
        Some((_, is_reversed)) => {
            if is_reversed {
                items.reverse();
            }
            Ok(page_json(items, query.start, total))
        }
    }
}

/// Writes titles, with their media sources where they are asked for.
pub(super) async fn write_titles(
    call: &Call,
    writer: &ItemWriter<'_>,
    query: &ListQuery,
    titles: &[LibraryItem],
) -> Vec<Value> {
    let with_sources = query.fields.iter().any(|field| field == "mediasources");
    let mut items = Vec::new();
    for title in titles {
        let mut item = writer.title(title);
        if with_sources && !title.versions.is_empty() {
            item["MediaSources"] = media_source::of_versions(call, title).await;
        }
        items.push(item);
    }
    items
}

/// Answers with the seasons of a series, the episodes of a season, or all episodes of a series.
async fn below_title(
    call: &Call,
    writer: &ItemWriter<'_>,
    query: &ListQuery,
    id: i64,
) -> Result<Response, Problem> {
    let store = &call.site.store;
    let viewer = &writer.session.viewer.id;
    let children = store.library_children(id, viewer).await.map_err(unreadable)?;
    let mut titles = Vec::new();
    for child in children {
        let season = (child.kind == ItemKind::Season && query.is_recursive).then_some(child.id);
        titles.push(child);
        if let Some(season) = season {
            titles.extend(store.library_children(season, viewer).await.map_err(unreadable)?);
        }
    }
    let items = write_titles(call, writer, query, &titles).await;
    Ok(query.answer(filtered(items, query)))
}

/// Answers with the entries of a folder, or of all folders below it.
async fn folder(
    call: &Call,
    writer: &mut ItemWriter<'_>,
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
        return Ok(query.answer(filtered(items, query)));
    }
    let total = entries.len();
    let start = query.start.min(total);
    let page = &entries[start..total.min(start + query.limit)];
    let items = write(call, writer, query, page).await?;
    Ok(page_json(items, query.start, total))
}

/// Returns the entries of a folder, from the cache or with one call of the upstream.
pub(super) async fn children(
    call: &Call,
    place: &Place,
    path: &EntryPath,
) -> Result<Vec<Entry>, Problem> {
    let library = &call.site.library;
    let folder = library.whole_folder(place, path, MAX_ENTRIES, Freshness::Cached).await?;
    Ok(folder.entries)
}

/// Returns the entries of a folder and of all folders below it, within limits. A folder that cannot be read fails the
/// whole: without its films they would seem deleted.
async fn tree(call: &Call, place: &Place, root: &EntryPath) -> Result<Vec<Entry>, Problem> {
    let mut found = Vec::new();
    let mut level = vec![root.clone()];
    let (mut folders, mut depth) = (0, 0);
    while !level.is_empty() && depth < MAX_DEPTH && found.len() < MAX_ENTRIES {
        level.truncate(MAX_FOLDERS.saturating_sub(folders));
        folders += level.len();
        depth += 1;
        let reads = level.iter().map(|path| children(call, place, path));
        let read: Vec<Vec<Entry>> = stream::iter(reads)
            .buffered(MAX_CONCURRENT_FOLDERS)
            .try_collect()
            .await?;
        let entries: Vec<Entry> = read.into_iter().flatten().collect();
        let below = entries.iter().filter(|entry| entry.kind == EntryKind::Folder);
        level = below.map(|folder| folder.path.clone()).collect();
        found.extend(entries);
    }
    found.truncate(MAX_ENTRIES);
    Ok(found)
}

fn sort_by_name(entries: &mut [Entry]) {
    entries.sort_by(|left, right| {
        let is_file = |entry: &Entry| entry.kind != EntryKind::Folder;
        is_file(left)
            .cmp(&is_file(right))
            .then_with(|| natural_cmp(&left.name, &right.name))
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
    call: &Call,
    writer: &mut ItemWriter<'_>,
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

/// Returns the items of ids, without those that there are none of.
pub(super) async fn by_ids(
    call: &Call,
    session: &AppSession,
    writer: &mut ItemWriter<'_>,
    ids: &[ItemId],
) -> Result<Vec<Value>, Problem> {
    let found: Vec<Option<Item>> = stream::iter(ids)
        .map(|id| async move { nodes::find(call, session, *id).await.ok() })
        .buffered(MAX_CONCURRENT_FOLDERS)
        .collect()
        .await;
    let mut items = Vec::new();
    for item in found.into_iter().flatten() {
        items.push(write_item(call, session, writer, &item).await?);
    }
    Ok(items)
}

async fn write_item(
    call: &Call,
    session: &AppSession,
    writer: &mut ItemWriter<'_>,
    item: &Item,
) -> Result<Value, Problem> {
    Ok(match item {
        Item::Home => writer.home(),
        Item::Films | Item::Series => {
            let id = writer.id(match item {
                Item::Films => &Node::Films,
                _ => &Node::Series,
            });
            let views = views::all(call, session, writer).await?;
            let id = id.to_string();
            views.into_iter().find(|view| view["Id"] == id.as_str()).ok_or(Problem::NOT_FOUND)?
        }
        Item::Title(title) => writer.title(title),
        Item::Entry(entry) => {
            writer.prepare(std::slice::from_ref(entry)).await?;
            writer.entry(entry)
        }
    })
}

/// `GET /Items/{id}`, `GET /Users/{id}/Items/{id}`
pub(super) async fn show(
    call: &Call,
    session: &AppSession,
    id: ItemId,
) -> Result<Response, Problem> {
    let item = nodes::find(call, session, id).await?;
    let mut writer = ItemWriter::new(&call.site, session).await?;
    let mut json = write_item(call, session, &mut writer, &item).await?;
    let empty_lists = [
        "Genres",
        "GenreItems",
        "Studios",
        "People",
        "Tags",
        "Taglines",
        "ExternalUrls",
        "RemoteTrailers",
        "ProductionLocations",
        "LockedFields",
    ];
    for name in empty_lists {
        json[name] = json!([]);
    }
    json["ProviderIds"] = json!({});
    json["LockData"] = false.into();
    json["LocalTrailerCount"] = 0.into();
    json["SpecialFeatureCount"] = 0.into();
    media_source::add_details(call, &playable_files(call, &item).await?, &mut json).await;
    Ok(Json(json).into_response())
}

/// `GET /Items/{id}/Ancestors`
pub(super) async fn ancestors(
    call: &Call,
    session: &AppSession,
    id: ItemId,
) -> Result<Response, Problem> {
    let mut writer = ItemWriter::new(&call.site, session).await?;
    let mut found = Vec::new();
    let mut node = nodes::node(&call.site, session, id).await?;
    while let Some(parent) = parent(call, session, &node).await? {
        let entry = writer.id(&parent);
        if let Ok(item) = nodes::find(call, session, entry).await {
            found.push(write_item(call, session, &mut writer, &item).await?);
        }
        node = parent;
    }
    Ok(Json(found).into_response())
}

/// Returns the item that contains another; `None` for the top.
async fn parent(call: &Call, session: &AppSession, node: &Node) -> Result<Option<Node>, Problem> {
    Ok(match node {
        Node::Home => None,
        Node::Films | Node::Series => Some(Node::Home),
        Node::Title(id) => {
            let item = call.site.store.library_item(*id, &session.viewer.id).await;
            item.map_err(unreadable)?.map(|item| match (item.parent, item.kind) {
                (Some(parent), _) => Node::Title(parent),
                (None, ItemKind::Film) => Node::Films,
                (None, _) => Node::Series,
            })
        }
        Node::Entry(place, path) => match path.parent() {
            Some(parent) if session.covers(place, &parent) => {
                Some(Node::Entry(place.clone(), parent))
            }
            _ => Some(Node::Home),
        },
    })
}

/// `GET /Items/Counts`
pub(super) async fn counts(call: &Call, session: &AppSession) -> Result<Response, Problem> {
    let mut counts = json!({
        "ArtistCount": 0, "ProgramCount": 0, "TrailerCount": 0, "SongCount": 0, "AlbumCount": 0,
        "MusicVideoCount": 0, "BoxSetCount": 0, "BookCount": 0,
        "MovieCount": 0, "SeriesCount": 0, "EpisodeCount": 0, "ItemCount": 0,
    });
    if !session.sees_everything() {
        return Ok(Json(counts).into_response());
    }
    let kinds = [
        ("MovieCount", ItemKind::Film),
        ("SeriesCount", ItemKind::Series),
        ("EpisodeCount", ItemKind::Episode),
    ];
    let mut sum = 0;
    for (name, kind) in kinds {
        let count = call.site.store.library_count(&[kind]).await.map_err(unreadable)?;
        counts[name] = count.into();
        sum += count;
    }
    counts["ItemCount"] = sum.into();
    Ok(Json(counts).into_response())
}
