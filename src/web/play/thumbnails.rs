//! The pictures over the seek bar: their list as WebVTT, and each of them.

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::PlayRequest;
use crate::playback::seek_pictures::thumbnails_vtt;
use crate::playback::segment_index::short_hash;
use crate::web::error::Problem;
use crate::web::preconditions;
use media::Entry;

impl PlayRequest<'_> {
    /// Returns the list of a film's pictures.
    ///
    /// # Errors
    /// `not_found` before there is one.
    pub(super) async fn thumbnails(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let numbers = self.site.store.seek_pictures(entry).await?;
        if numbers.is_empty() {
            return Err(Problem::NOT_FOUND);
        }
        let headers = [
            (header::CONTENT_TYPE, "text/vtt; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        Ok((headers, thumbnails_vtt(&numbers)).into_response())
    }

    /// Returns one picture of a film.
    pub(super) async fn thumbnail(
        &self,
        entry: &Arc<Entry>,
        number: u32,
    ) -> Result<Response, Problem> {
        let found = self.site.store.seek_picture(entry, number).await?;
        let image = found.ok_or(Problem::NOT_FOUND)?;
        let image = Bytes::from(image);
        let etag = format!("\"{}\"", short_hash(&Sha256::digest(&image)));
        let about = [
            (header::CONTENT_TYPE, "image/webp"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ];
        preconditions::answer(self.method, self.headers, &etag, about, image)
    }
}
