//! Lists of films and series, single items, and marks.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::item_json::{ItemJson, ItemWriter};
use crate::store::{ItemKind, ItemPage, ItemQuery, ItemSort, LibraryItem, Viewer};
use crate::web::api::entries::page_length;
use crate::web::api::files::{MaybeJson, read};
use crate::web::error::Problem;
use crate::web::viewers::ViewerQuery;
use crate::web::{AppState, MaybeQuery};

/// The requested page.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct LibraryQuery {
    limit: Option<usize>,
    cursor: Option<String>,
    /// `title`, `year` or `added`, the newest first.
    sort: Option<String>,
    /// Words of the title.
    q: Option<String>,
}

/// A page of items.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Items)]
pub(in crate::web) struct ItemsJson {
    items: Vec<ItemJson>,
    next: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Watched)]
pub(in crate::web) struct WatchedMark {
    watched: bool,
}

/// A parsed [`LibraryQuery`].
struct PageOfItems {
    query: ItemQuery,
    viewer: Arc<Viewer>,
}

impl PageOfItems {
    fn parse(
        site: &AppState,
        headers: &HeaderMap,
        query: MaybeQuery<LibraryQuery>,
        kinds: &[ItemKind],
        sort: ItemSort,
    ) -> Result<Self, Problem> {
        const WRONG: Problem = Problem::bad_request(
            "The parameters are invalid: “limit” is a number from 1 on, “cursor” comes from the page before, “sort” \
             is title, year or added.",
        );
        let Query(query) = query.map_err(|_| WRONG)?;
        let sort = match query.sort.as_deref() {
            None | Some("") => sort,
            Some("title") => ItemSort::Title,
            Some("year") => ItemSort::Year,
            Some("added") => ItemSort::Added,
            Some(_) => return Err(WRONG),
        };
        let offset = match query.cursor.as_deref() {
            None | Some("") => 0,
            Some(cursor) => cursor.parse::<u32>().map_err(|_| WRONG)? as usize,
        };
        let words = query
            .q
            .as_deref()
            .map(str::trim)
            .filter(|words| !words.is_empty());
        Ok(PageOfItems {
            viewer: site.viewer(headers),
            query: ItemQuery {
                kinds: kinds.to_vec(),
                sort,
                words: words.map(str::to_owned),
                offset,
                limit: page_length(query.limit).ok_or(WRONG)?,
            },
        })
    }

    async fn answer(
        self,
        site: &AppState,
        headers: &HeaderMap,
    ) -> Result<Json<ItemsJson>, Problem> {
        Ok(write(
            site,
            headers,
            site.store.library_page(&self.query, &self.viewer).await?,
        ))
    }

    /// Answers with a page of these items.
    async fn answer_ids(
        self,
        site: &AppState,
        headers: &HeaderMap,
        ids: Vec<i64>,
    ) -> Result<Json<ItemsJson>, Problem> {
        let end = (self.query.offset + self.query.limit).min(ids.len());
        let here = &ids[self.query.offset.min(end)..end];
        let items = site.store.library_items(here, &self.viewer).await?;
        let next = (end < ids.len()).then_some(end);
        Ok(write(site, headers, ItemPage { items, next }))
    }
}

fn write(site: &AppState, headers: &HeaderMap, page: ItemPage) -> Json<ItemsJson> {
    let writer = ItemWriter::new(site, headers);
    Json(ItemsJson {
        items: page
            .items
            .into_iter()
            .map(|item| writer.write(item))
            .collect(),
        next: page.next.map(|next| next.to_string()),
    })
}

/// Lists the films.
#[utoipa::path(get, path = "/api/v1/library/films", tag = "library", params(LibraryQuery, ViewerQuery),
    responses((status = 200, body = ItemsJson)))]
pub(in crate::web) async fn films(
    State(site): State<AppState>,
    query: MaybeQuery<LibraryQuery>,
    headers: HeaderMap,
) -> Result<Json<ItemsJson>, Problem> {
    let page = PageOfItems::parse(&site, &headers, query, &[ItemKind::Film], ItemSort::Title)?;
    page.answer(&site, &headers).await
}

/// Lists the series.
#[utoipa::path(get, path = "/api/v1/library/series", tag = "library", params(LibraryQuery, ViewerQuery),
    responses((status = 200, body = ItemsJson)))]
pub(in crate::web) async fn series(
    State(site): State<AppState>,
    query: MaybeQuery<LibraryQuery>,
    headers: HeaderMap,
) -> Result<Json<ItemsJson>, Problem> {
    let page = PageOfItems::parse(&site, &headers, query, &[ItemKind::Series], ItemSort::Title)?;
    page.answer(&site, &headers).await
}

/// Lists films, and series with new episodes, what was added last first.
#[utoipa::path(get, path = "/api/v1/library/recent", tag = "library", params(LibraryQuery, ViewerQuery),
    responses((status = 200, body = ItemsJson)))]
pub(in crate::web) async fn recent(
    State(site): State<AppState>,
    query: MaybeQuery<LibraryQuery>,
    headers: HeaderMap,
) -> Result<Json<ItemsJson>, Problem> {
    let page = PageOfItems::parse(
        &site,
        &headers,
        query,
        &[ItemKind::Film, ItemKind::Series],
        ItemSort::Added,
    )?;
    page.answer(&site, &headers).await
}

/// Lists the next episode of each series that was begun, never a special.
#[utoipa::path(get, path = "/api/v1/library/next-up", tag = "library", params(LibraryQuery, ViewerQuery),
    responses((status = 200, body = ItemsJson)))]
pub(in crate::web) async fn next_up(
    State(site): State<AppState>,
    query: MaybeQuery<LibraryQuery>,
    headers: HeaderMap,
) -> Result<Json<ItemsJson>, Problem> {
    let page = PageOfItems::parse(&site, &headers, query, &[], ItemSort::Added)?;
    let ids = site.store.next_up_ids(&page.viewer).await?;
    page.answer_ids(&site, &headers, ids).await
}

/// Lists what to go on with: films and episodes that were begun, and the next episode where one was finished.
#[utoipa::path(get, path = "/api/v1/library/continue", tag = "library", params(LibraryQuery, ViewerQuery),
    responses((status = 200, body = ItemsJson)))]
pub(in crate::web) async fn resume(
    State(site): State<AppState>,
    query: MaybeQuery<LibraryQuery>,
    headers: HeaderMap,
) -> Result<Json<ItemsJson>, Problem> {
    let page = PageOfItems::parse(&site, &headers, query, &[], ItemSort::Added)?;
    let ids = site.store.continue_ids(&page.viewer).await?;
    page.answer_ids(&site, &headers, ids).await
}

/// Returns an item: a series with its seasons and their episodes, a season with its episodes.
#[utoipa::path(get, path = "/api/v1/library/items/{id}", tag = "library",
    params(("id" = String, Path), ViewerQuery), responses((status = 200, body = ItemJson)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ItemJson>, Problem> {
    let viewer = &*site.viewer(&headers);
    let item = find(&site, &id, viewer).await?;
    let writer = ItemWriter::new(&site, &headers);
    let children = match item.kind {
        ItemKind::Series | ItemKind::Season => Some(children(&site, item.id, viewer).await?),
        ItemKind::Film | ItemKind::Episode => None,
    };
    let mut json = writer.write(item);
    if let Some(children) = children {
        let mut written = Vec::new();
        for child in children {
            let below = match child.kind {
                ItemKind::Season => self::children(&site, child.id, viewer).await?,
                _ => Vec::new(),
            };
            let mut child = writer.write(child);
            if !below.is_empty() {
                child.children = Some(below.into_iter().map(|item| writer.write(item)).collect());
            }
            written.push(child);
        }
        json.children = Some(written);
    }
    Ok(Json(json))
}

/// Marks a film or an episode as watched or not; of a season or a series, all of its episodes.
#[utoipa::path(put, path = "/api/v1/library/items/{id}/watched", tag = "library",
    params(("id" = String, Path), ViewerQuery), request_body = WatchedMark,
    responses((status = 204, description = "Marked")))]
pub(in crate::web) async fn mark(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: MaybeJson<WatchedMark>,
) -> Result<StatusCode, Problem> {
    let WatchedMark { watched } = read(body)?;
    set_watched(&site, &id, &site.viewer(&headers), watched).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks an item that the viewer may see. Also used by pages.
pub(in crate::web) async fn set_watched(
    site: &AppState,
    id: &str,
    viewer: &Viewer,
    is_watched: bool,
) -> Result<i64, Problem> {
    let id = visible(site, id, viewer).await?.id;
    match site.store.mark_watched(id, is_watched, viewer.id).await? {
        true => Ok(id),
        false => Err(Problem::NOT_FOUND),
    }
}

/// Returns an item that the viewer may see. Also used by pages.
pub(in crate::web) async fn visible(
    site: &AppState,
    id: &str,
    viewer: &Viewer,
) -> Result<LibraryItem, Problem> {
    let id: i64 = id.parse().map_err(|_| Problem::NOT_FOUND)?;
    let item = site.store.library_item(id, viewer).await?;
    item.ok_or(Problem::NOT_FOUND)
}

/// Returns an item, with what the files beside it say.
pub(in crate::web) async fn find(
    site: &AppState,
    id: &str,
    viewer: &Viewer,
) -> Result<LibraryItem, Problem> {
    let item = visible(site, id, viewer).await?;
    let id = item.id;
    if item.has_read_side_files || !site.playback.read_descriptions(id).await {
        return Ok(item);
    }
    let item = site.store.library_item(id, viewer).await?;
    item.ok_or(Problem::NOT_FOUND)
}

async fn children(site: &AppState, id: i64, viewer: &Viewer) -> Result<Vec<LibraryItem>, Problem> {
    site.store
        .library_children(id, viewer)
        .await
        .map_err(Problem::from)
}
