//! `/api/v1/library/items/{id}/poster` and `…/backdrop`: the pictures of the metadata service. Pictures beside films have
//! play URLs.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;

use super::items::visible;
use crate::store::TitlePicture;
use crate::web::AppState;
use crate::web::error::Problem;
use crate::web::preconditions;

/// The URL has the name of the picture in it, so that another picture has another URL.
const CACHE_A_WEEK: HeaderValue = HeaderValue::from_static("private, max-age=604800");

/// Returns the picture of an item for a card, if it is one of the metadata service.
#[utoipa::path(get, operation_id = "show_poster", path = "/api/v1/library/items/{id}/poster", tag = "library",
    params(("id" = String, Path)), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub(in crate::web) async fn poster(
    State(site): State<AppState>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let item = visible(&site, &id, &site.viewer(&headers)).await?;
    answer(&site, item.poster, (&method, &headers)).await
}

/// Returns the large picture of an item, if it is one of the metadata service.
#[utoipa::path(get, operation_id = "show_backdrop", path = "/api/v1/library/items/{id}/backdrop", tag = "library",
    params(("id" = String, Path)), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub(in crate::web) async fn backdrop(
    State(site): State<AppState>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let item = visible(&site, &id, &site.viewer(&headers)).await?;
    answer(&site, item.backdrop, (&method, &headers)).await
}

async fn answer(
    site: &AppState,
    picture: Option<TitlePicture>,
    (method, headers): (&Method, &HeaderMap),
) -> Result<Response, Problem> {
    let (Some(TitlePicture::Metadata(name)), Some(metadata)) = (picture, &site.metadata) else {
        return Err(Problem::NOT_FOUND);
    };
    let picture = metadata.picture(&name).await?;
    let about = [
        (header::CACHE_CONTROL, CACHE_A_WEEK),
        (
            header::CONTENT_TYPE,
            HeaderValue::from_str(&picture.content_type).map_err(|_| Problem::INTERNAL)?,
        ),
    ];
    let etag = format!("\"{}\"", name.name);
    preconditions::answer(method, headers, &etag, about, picture.bytes)
}
