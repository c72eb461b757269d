//! Search: titles of the library first, then entries of the drives that can search.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::folders;
use super::ids::ItemIdentity;
use super::item_json::{AppItemWriter, without_nulls};
use super::nodes::is_shown;
use super::query::ListQuery;
use super::request::AppCall;
use super::session::AppSession;
use super::titles;
use crate::library::SearchRequest;
use crate::store::{ItemKind, ItemQuery};
use crate::web::error::Problem;
use media::{Entry, PageRequest};

/// Limit of the titles and of the entries of a search.
const MAX_RESULTS: usize = 200;

/// Answers a list with words.
pub(super) async fn items(
    call: &AppCall,
    session: &AppSession,
    writer: &mut AppItemWriter<'_>,
    query: &ListQuery,
    parent: &ItemIdentity,
) -> Result<Response, Problem> {
    let mut found = results(call, session, writer, query, parent).await?;
    found.retain(|item| query.accepts(item));
    Ok(query.answer(found))
}

async fn results(
    call: &AppCall,
    session: &AppSession,
    writer: &mut AppItemWriter<'_>,
    query: &ListQuery,
    parent: &ItemIdentity,
) -> Result<Vec<Value>, Problem> {
    let words = query.words.as_deref().unwrap_or_default();
    let kinds = match parent {
        ItemIdentity::Home => vec![ItemKind::Film, ItemKind::Series, ItemKind::Episode],
        ItemIdentity::Films => vec![ItemKind::Film],
        ItemIdentity::Series => vec![ItemKind::Series, ItemKind::Episode],
        ItemIdentity::Title(_) | ItemIdentity::Entry(..) => Vec::new(),
    };
    let mut found = Vec::new();
    if session.sees_library() && !kinds.is_empty() {
        let wanted = ItemQuery {
            kinds,
            words: Some(words.to_owned()),
            limit: MAX_RESULTS,
            ..ItemQuery::default()
        };
        let page = call
            .site
            .store
            .library_page(&wanted, &session.viewer)
            .await?;
        found.extend(titles::write_titles(call, writer, query, &page.items).await);
    }
    let takes_files = ["video", "audio", "photo", "folder"]
        .into_iter()
        .any(|it| query.includes(it));
    if takes_files && matches!(parent, ItemIdentity::Home | ItemIdentity::Entry(..)) {
        let entries = entries(call, session, words, parent).await?;
        found.extend(folders::write(call, writer, query, &entries).await?);
    }
    Ok(found)
}

/// Returns the entries that the drives find. A drive that fails is left out: the others have results.
async fn entries(
    call: &AppCall,
    session: &AppSession,
    words: &str,
    parent: &ItemIdentity,
) -> Result<Vec<Entry>, Problem> {
    let page = PageRequest::first(MAX_RESULTS);
    let place = match parent {
        ItemIdentity::Entry(place, _) => Some(place),
        _ => None,
    };
    let request = SearchRequest {
        tag: None,
        words,
        kind: None,
        place,
        limit: session.viewer.places.as_deref(),
    };
    let mut entries = call.site.library.search(request, &page).await?.entries;
    entries.retain(|entry| {
        let is_below = match parent {
            ItemIdentity::Entry(place, path) => entry.place == *place && entry.path.is_within(path),
            _ => true,
        };
        is_below && is_shown(entry) && session.covers(&entry.place, &entry.path)
    });
    Ok(entries)
}

/// `GET /Search/Hints`
pub(super) async fn hints(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    let query = ListQuery::of(call)?;
    let mut writer = AppItemWriter::new(&call.site, session).await?;
    let mut found = results(call, session, &mut writer, &query, &ItemIdentity::Home).await?;
    found.retain(|item| query.accepts(item));
    let total = found.len();
    let page = found.iter().skip(query.start).take(query.limit);
    let hints: Vec<Value> = page.map(hint).collect();
    Ok(Json(json!({"SearchHints": hints, "TotalRecordCount": total})).into_response())
}

fn hint(item: &Value) -> Value {
    without_nulls(json!({
        "ItemId": item["Id"],
        "Id": item["Id"],
        "Name": item["Name"],
        "Type": item["Type"],
        "MediaType": item["MediaType"],
        "IsFolder": item["IsFolder"],
        "RunTimeTicks": item["RunTimeTicks"],
        "ProductionYear": item["ProductionYear"],
        "IndexNumber": item["IndexNumber"],
        "ParentIndexNumber": item["ParentIndexNumber"],
        "Series": item["SeriesName"],
        "PrimaryImageTag": item["ImageTags"]["Primary"],
        "Artists": [],
    }))
}
