//! Titles of the library: films, series, seasons and episodes.

use axum::response::Response;
use serde_json::Value;

use super::item_json::AppItemWriter;
use super::media_source;
use super::query::{ListQuery, page_json};
use super::request::AppCall;
use crate::store::{ItemKind, ItemQuery, ItemSort, LibraryItem};
use crate::web::error::Problem;

/// Limit of titles that are filtered one by one.
const MAX_FILTERED_TITLES: usize = 10_000;

/// The kinds of titles with their names in that API.
const KINDS: [(&str, ItemKind); 4] = [
    ("movie", ItemKind::Film),
    ("series", ItemKind::Series),
    ("season", ItemKind::Season),
    ("episode", ItemKind::Episode),
];

pub(super) fn all_kinds(query: &ListQuery) -> Vec<ItemKind> {
    let kinds = KINDS.iter().filter(|(name, _)| query.includes(name));
    kinds.map(|(_, kind)| *kind).collect()
}

/// Returns the kinds of titles in the view of all series: without a wish, series, and with all below them in a tree.
pub(super) fn kinds_of_series(query: &ListQuery) -> Vec<ItemKind> {
    match query.types.is_empty() && !query.is_recursive {
        true => vec![ItemKind::Series],
        false => all_kinds(query)
            .into_iter()
            .filter(|kind| *kind != ItemKind::Film)
            .collect(),
    }
}

/// The order of a page that the index provides, and true if it is the other way round. `None` for other orders.
fn index_order(query: &ListQuery) -> Option<(ItemSort, bool)> {
    let is_descending = query.is_descending;
    let key = query
        .sort
        .iter()
        .find(|key| *key != "isfolder")
        .map_or("sortname", |key| key);
    match key {
        "sortname" | "name" | "default" | "seriessortname" => {
            Some((ItemSort::Title, is_descending))
        }
        "datecreated" | "datelastcontentadded" => Some((ItemSort::Added, !is_descending)),
        "productionyear" | "premieredate" => Some((ItemSort::Year, !is_descending)),
        _ => None,
    }
}

/// Answers with titles of these kinds: one page of the index, or all of them where the filters require it.
pub(super) async fn titles(
    call: &AppCall,
    writer: &AppItemWriter<'_>,
    query: &ListQuery,
    kinds: &[ItemKind],
) -> Result<Response, Problem> {
    let store = &call.site.store;
    let viewer = &writer.session.viewer;
    let total = store.library_count(kinds, viewer).await?;
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
        _ => store.library_page(&wanted, viewer).await?.items,
    };
    let mut items = write_titles(call, writer, query, &page).await;
    match order {
        None => Ok(query.answer(query.filtered(items))),
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
    call: &AppCall,
    writer: &AppItemWriter<'_>,
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
pub(super) async fn below_title(
    call: &AppCall,
    writer: &AppItemWriter<'_>,
    query: &ListQuery,
    id: i64,
) -> Result<Response, Problem> {
    let store = &call.site.store;
    let viewer = &writer.session.viewer;
    let children = store.library_children(id, viewer).await?;
    let mut titles = Vec::new();
    for child in children {
        let season = (child.kind == ItemKind::Season && query.is_recursive).then_some(child.id);
        titles.push(child);
        if let Some(season) = season {
            titles.extend(store.library_children(season, viewer).await?);
        }
    }
    let items = write_titles(call, writer, query, &titles).await;
    Ok(query.answer(query.filtered(items)))
}
