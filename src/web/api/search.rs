//! `GET /api/v1/search`: searches all searchable drives, or returns all files of a kind; a drive that fails is
//! listed under `problems`.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::entries::{file_kind, page_length};
use super::result_json::UpstreamJson;
use super::{EntryJson, EntryWriter};
use crate::library::SearchRequest;
use crate::web::error::{Problem, ProblemCode};
use crate::web::{AppState, MaybeQuery};
use media::{PageRequest, Place};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct SearchParams {
    /// The words of the name. May be left out if there is a `kind`: all files of that kind are returned.
    #[serde(default)]
    q: String,
    place: Option<String>,
    /// The tag of the entries, instead of words: drives with `tags` are searched.
    tag: Option<String>,
    /// `video`, `audio`, `image` or `document`.
    kind: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Found)]
pub(in crate::web) struct SearchResultsJson {
    entries: Vec<EntryJson>,
    next: Option<String>,
    problems: Vec<DriveProblem>,
    /// Drives of which not all folders have been looked into yet; the same search a little later finds more.
    #[schema(value_type = Vec<String>)]
    partial: Vec<Place>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct DriveProblem {
    #[schema(value_type = String)]
    place: Place,
    #[schema(value_type = String)]
    code: ProblemCode,
    title: &'static str,
    detail: &'static str,
    /// The upstream's own error, if it returned a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<UpstreamJson>,
}

/// Returns one page of results.
#[utoipa::path(get, path = "/api/v1/search", tag = "entries", params(SearchParams),
    responses((status = 200, body = SearchResultsJson)))]
pub(in crate::web) async fn find(
    State(site): State<AppState>,
    query: MaybeQuery<SearchParams>,
    headers: HeaderMap,
) -> Result<Json<SearchResultsJson>, Problem> {
    let Query(query) = query.map_err(|_| {
        Problem::bad_request(
            "The parameters of the search are invalid: “limit” is a number from 1 on.",
        )
    })?;
    let words = query.q.trim();
    let kind = file_kind(query.kind.as_deref())?;
    let tag = query.tag.as_deref().map(str::trim);
    let tag = tag.filter(|tag| !tag.is_empty());
    if words.is_empty() && kind.is_none() && tag.is_none() {
        return Err(Problem::bad_request(
            "What is to be searched for? Say it in “q”.",
        ));
    }
    let place = match query.place.as_deref().filter(|place| !place.is_empty()) {
        None => None,
        Some(place) => Some(Place::parse(place).map_err(|_| Problem::NOT_FOUND)?),
    };
    let page = PageRequest {
        cursor: query.cursor.filter(|cursor| !cursor.is_empty()),
        limit: page_length(query.limit)
            .ok_or(Problem::bad_request("“limit” is a number from 1 on."))?,
        ..PageRequest::default()
    };
    let viewer = site.viewer(&headers);
    let search = SearchRequest {
        words,
        kind,
        tag,
        place: place.as_ref(),
        limit: viewer.places.as_deref(),
    };
    let found = site.library.search(search, &page).await?;
    let writer = EntryWriter::new(&site, &headers);
    Ok(Json(SearchResultsJson {
        entries: found
            .entries
            .iter()
            .map(|entry| writer.write(entry))
            .collect(),
        next: found.next,
        partial: found.partial,
        problems: found
            .problems
            .into_iter()
            .map(|(place, error)| {
                let problem = Problem::from(error);
                DriveProblem {
                    place,
                    code: problem.code,
                    title: problem.words().title,
                    detail: problem.sentence(),
                    upstream: problem.upstream_errno.map(|errno| UpstreamJson { errno }),
                }
            })
            .collect(),
    }))
}
