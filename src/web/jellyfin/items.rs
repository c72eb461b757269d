//! Lists of items by their parent, and single items.

use axum::Json;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::ids::{ItemId, ItemIdentity};
use super::item_json::AppItemWriter;
use super::nodes::{self, FoundItem, playable_files};
use super::query::{ListQuery, page_json};
use super::request::AppCall;
use super::session::AppSession;
use super::titles::{all_kinds, below_title, kinds_of_series, titles};
use super::{folders, item_details, search, views};
use crate::store::ItemKind;
use crate::web::error::Problem;

/// Items that are looked up concurrently.
const MAX_CONCURRENT_LOOKS: usize = 4;

/// Limit of the items of a list that get details: the files of a title may have to be looked up for them.
const MAX_DETAILED_ITEMS: usize = 100;

/// `GET /Items`, `GET /Users/{id}/Items`
pub(super) async fn list(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    let query = ListQuery::of(call)?;
    let mut writer = AppItemWriter::new(&call.site, session).await?;
    if !query.ids.is_empty() {
        let items = by_ids(call, session, &mut writer, (&query.ids, &query.fields)).await?;
        return Ok(query.answer(query.filtered(items)));
    }
    let node = match query.parent {
        Some(parent) => nodes::node(&call.site, session, parent).await?,
        None => ItemIdentity::Home,
    };
    if query.words.is_some() {
        return search::items(call, session, &mut writer, &query, &node).await;
    }
    match node {
        ItemIdentity::Home => top(call, session, &mut writer, &query).await,
        ItemIdentity::Films => titles(call, &writer, &query, &[ItemKind::Film]).await,
        ItemIdentity::Series => titles(call, &writer, &query, &kinds_of_series(&query)).await,
        ItemIdentity::Title(id) => below_title(call, &writer, &query, id).await,
        ItemIdentity::Entry(place, path) => {
            folders::folder(call, &mut writer, &query, &place, &path).await
        }
    }
}

/// Answers a list without a parent: the views, the favourites, or titles of the library. Drives are not walked for it.
async fn top(
    call: &AppCall,
    session: &AppSession,
    writer: &mut AppItemWriter<'_>,
    query: &ListQuery,
) -> Result<Response, Problem> {
    if call.flag("isfavorite") == Some(true) || has_filter(call, "isfavorite") {
        let favourites = call.site.store.favourites(session.viewer.id).await?;
        let ids: Vec<ItemId> = favourites.into_iter().map(ItemId).collect();
        let items = by_ids(call, session, writer, (&ids, &query.fields)).await?;
        return Ok(query.answer(query.filtered(items)));
    }
    if has_filter(call, "isresumable") {
        let items = super::lists::begun(call, session, writer).await?;
        return Ok(query.answer(query.filtered(items)));
    }
    if query.types.is_empty() && !query.is_recursive {
        let items = views::all(call, session, writer).await?;
        return Ok(query.answer(items));
    }
    let kinds = all_kinds(query);
    match session.sees_library() && !kinds.is_empty() {
        true => titles(call, writer, query, &kinds).await,
        false => Ok(page_json(Vec::new(), query.start, 0)),
    }
}

fn has_filter(call: &AppCall, name: &str) -> bool {
    call.parameters
        .list("filters")
        .iter()
        .any(|filter| filter == name)
}

/// Returns the items of ids with these fields, without those that there are none of.
async fn by_ids(
    call: &AppCall,
    session: &AppSession,
    writer: &mut AppItemWriter<'_>,
    (ids, fields): (&[ItemId], &[String]),
) -> Result<Vec<Value>, Problem> {
    // Collected first: a closure over references would be held while it is awaited.
    let looks: Vec<_> = ids
        .iter()
        .map(|id| nodes::find(call, session, *id))
        .collect();
    let found: Vec<Result<FoundItem, Problem>> = stream::iter(looks)
        .buffered(MAX_CONCURRENT_LOOKS)
        .collect()
        .await;
    let mut items = Vec::new();
    let has_details = item_details::are_asked_for(fields);
    for (position, item) in found.into_iter().flatten().enumerate() {
        let mut json = write_item(call, session, writer, &item).await?;
        if has_details
            && position < MAX_DETAILED_ITEMS
            && let Ok(files) = playable_files(call, &item).await
        {
            item_details::add_fields(call, &files, &mut json, fields).await?;
        }
        items.push(json);
    }
    Ok(items)
}

async fn write_item(
    call: &AppCall,
    session: &AppSession,
    writer: &mut AppItemWriter<'_>,
    item: &FoundItem,
) -> Result<Value, Problem> {
    Ok(match item {
        FoundItem::Home => writer.home(),
        FoundItem::Films | FoundItem::Series => {
            let id = writer.id(match item {
                FoundItem::Films => &ItemIdentity::Films,
                _ => &ItemIdentity::Series,
            });
            let views = views::all(call, session, writer).await?;
            let id = id.to_string();
            views
                .into_iter()
                .find(|view| view["Id"] == id.as_str())
                .ok_or(Problem::NOT_FOUND)?
        }
        FoundItem::Title(title) => writer.title(title),
        FoundItem::Entry(entry) => {
            writer.prepare(std::slice::from_ref(entry)).await?;
            writer.entry(entry)
        }
    })
}

/// `GET /Items/{id}`, `GET /Users/{id}/Items/{id}`
pub(super) async fn show(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<Response, Problem> {
    let item = nodes::find(call, session, id).await?;
    let mut writer = AppItemWriter::new(&call.site, session).await?;
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
    item_details::add_all(call, &playable_files(call, &item).await?, &mut json).await?;
    Ok(Json(json).into_response())
}

/// `GET /Items/{id}/Ancestors`
pub(super) async fn ancestors(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<Response, Problem> {
    let mut writer = AppItemWriter::new(&call.site, session).await?;
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
async fn parent(
    call: &AppCall,
    session: &AppSession,
    node: &ItemIdentity,
) -> Result<Option<ItemIdentity>, Problem> {
    Ok(match node {
        ItemIdentity::Home => None,
        ItemIdentity::Films | ItemIdentity::Series => Some(ItemIdentity::Home),
        ItemIdentity::Title(id) => call
            .site
            .store
            .library_item(*id, &session.viewer)
            .await?
            .map(|item| match (item.parent, item.kind) {
                (Some(parent), _) => ItemIdentity::Title(parent),
                (None, ItemKind::Film) => ItemIdentity::Films,
                (None, _) => ItemIdentity::Series,
            }),
        ItemIdentity::Entry(place, path) => match path.parent() {
            Some(parent) if session.covers(place, &parent) => {
                Some(ItemIdentity::Entry(place.clone(), parent))
            }
            _ => Some(ItemIdentity::Home),
        },
    })
}

/// `GET /Items/Counts`
pub(super) async fn counts(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    let mut counts = json!({
        "ArtistCount": 0, "ProgramCount": 0, "TrailerCount": 0, "SongCount": 0, "AlbumCount": 0,
        "MusicVideoCount": 0, "BoxSetCount": 0, "BookCount": 0,
        "MovieCount": 0, "SeriesCount": 0, "EpisodeCount": 0, "ItemCount": 0,
    });
    if !session.sees_library() {
        return Ok(Json(counts).into_response());
    }
    let kinds = [
        ("MovieCount", ItemKind::Film),
        ("SeriesCount", ItemKind::Series),
        ("EpisodeCount", ItemKind::Episode),
    ];
    let mut sum = 0;
    for (name, kind) in kinds {
        let count = call
            .site
            .store
            .library_count(&[kind], &session.viewer)
            .await?;
        counts[name] = count.into();
        sum += count;
    }
    counts["ItemCount"] = sum.into();
    Ok(Json(counts).into_response())
}
