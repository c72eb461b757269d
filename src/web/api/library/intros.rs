//! `/api/v1/library/items/{id}/intro`: the intro of a season, which its episodes skip.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use crate::store::Intro;
use crate::web::AppState;
use crate::web::api::files::{MaybeJson, read};
use crate::web::error::Problem;

/// The intro of a season, in seconds from the beginning of each episode.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Intro)]
pub(in crate::web) struct IntroJson {
    start_s: f64,
    end_s: f64,
}

/// Maximum length of an intro, in seconds.
const MAX_INTRO_S: f64 = 900.0;

/// Returns the intro of a season, or of the season of an episode.
#[utoipa::path(get, operation_id = "show_intro", path = "/api/v1/library/items/{id}/intro", tag = "library", params(("id" = String, Path)),
    responses((status = 200, body = IntroJson)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<IntroJson>, Problem> {
    let id = visible(&site, &headers, &id).await?;
    let intro = site.store.intro(id).await?;
    let Intro { start_s, end_s } = intro.ok_or(Problem::NOT_FOUND)?;
    Ok(Json(IntroJson { start_s, end_s }))
}

/// Marks the intro of a season, or of the season of an episode.
#[utoipa::path(put, operation_id = "mark_intro", path = "/api/v1/library/items/{id}/intro", tag = "library", params(("id" = String, Path)),
    request_body = IntroJson, responses((status = 204, description = "Marked")))]
pub(in crate::web) async fn mark(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: MaybeJson<IntroJson>,
) -> Result<StatusCode, Problem> {
    let IntroJson { start_s, end_s } = read(body)?;
    let makes_sense =
        (0.0..86_400.0).contains(&start_s) && start_s < end_s && end_s - start_s <= MAX_INTRO_S;
    if !makes_sense {
        return Err(Problem::bad_request(
            "“start_s” and “end_s” are seconds, the first less than the second, at most 15 minutes apart.",
        ));
    }
    let id = visible(&site, &headers, &id).await?;
    put(&site, id, Some(Intro { start_s, end_s })).await
}

/// Removes the mark.
#[utoipa::path(delete, operation_id = "remove_intro", path = "/api/v1/library/items/{id}/intro", tag = "library", params(("id" = String, Path)),
    responses((status = 204, description = "Removed")))]
pub(in crate::web) async fn remove(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let id = visible(&site, &headers, &id).await?;
    put(&site, id, None).await
}

async fn put(site: &AppState, id: i64, intro: Option<Intro>) -> Result<StatusCode, Problem> {
    match site.store.put_intro(id, intro).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::bad_request(
            "Only seasons and episodes have an intro.",
        )),
    }
}

/// Returns the id of an item that the viewer may see.
async fn visible(site: &AppState, headers: &HeaderMap, id: &str) -> Result<i64, Problem> {
    let id = id.parse().map_err(|_| Problem::NOT_FOUND)?;
    let item = site.store.library_item(id, &site.viewer(headers)).await?;
    item.ok_or(Problem::NOT_FOUND)?;
    Ok(id)
}
