//! `PUT /api/v1/thumbnails/{place}/{path}`: takes the pictures over the seek bar that pages draw while a film plays.

use axum::body::Bytes;
use axum::extract::{OriginalUri, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::library::Freshness;
use crate::playback::seek_pictures::{MAX_PICTURE_NUMBER, rewrite};
use crate::web::error::Problem;
use crate::web::urls::parse_location;
use crate::web::{AppState, MaybeQuery};
use media::EntryKind;

/// The place of a picture in the film.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct PictureQuery {
    /// Picture n is of the ten seconds from 10 n on.
    number: u32,
}

const WRONG_PICTURE: Problem =
    Problem::bad_request("The body is a small picture: WebP, JPEG or PNG, of at most 64 KiB.");

/// Stores a picture of a film for the seek bar. One that is there already stays.
#[utoipa::path(put, operation_id = "put_thumbnail", path = "/api/v1/thumbnails/{place}/{path}", tag = "entries",
    params(("place" = String, Path), ("path" = String, Path), PictureQuery),
    request_body(content = Vec<u8>, content_type = "image/webp"), responses((status = 204, description = "Stored")))]
pub(in crate::web) async fn put(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<PictureQuery>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let location = uri
        .path()
        .strip_prefix("/api/v1/thumbnails/")
        .unwrap_or_default();
    let (place, path) = parse_location(location).ok_or(Problem::NOT_FOUND)?;
    let Query(PictureQuery { number }) = query.map_err(|_| {
        Problem::bad_request("“number” counts the pictures from 0, every ten seconds.")
    })?;
    if number > MAX_PICTURE_NUMBER {
        return Err(Problem::bad_request("No film is that long."));
    }
    let entry = site.library.entry(&place, &path, Freshness::Cached).await?;
    if entry.kind != EntryKind::Video {
        return Err(Problem::bad_request("Only films have such pictures."));
    }
    let rewritten = tokio::task::spawn_blocking(move || rewrite(&body)).await;
    let image = rewritten.ok().flatten().ok_or(WRONG_PICTURE)?;
    site.store.put_seek_picture(&entry, number, &image).await?;
    Ok(StatusCode::NO_CONTENT)
}
