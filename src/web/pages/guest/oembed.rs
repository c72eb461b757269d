//! The preview picture of a guest page, and its description for sites that embed it (oEmbed 1.0).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::super::browse::BrowseQuery;
use super::super::page_context::PageContext;
use super::{GuestRequest, picture};
use crate::playback::cards;
use crate::web::error::Problem;
use media::{EntryPath, Place};

/// The query of oEmbed consumers.
#[derive(Default, serde::Deserialize)]
pub(in crate::web) struct OEmbedQuery {
    /// The URL of the page.
    url: Option<String>,
    /// `json`; other formats are answered with 501.
    format: Option<String>,
}

impl GuestRequest<'_> {
    /// Returns the preview picture from cache or store, without upstream calls.
    pub(super) async fn card(&self, place: &Place, path: &EntryPath) -> Response {
        let library = &self.context.site.library;
        let stored = self.stored().await;
        if stored.as_ref().is_some_and(|card| card.is_lost) {
            return picture(cards::neutral());
        }
        let own = stored
            .as_ref()
            .filter(|card| card.entry.place == *place && card.entry.path == *path)
            .and_then(|card| card.picture.clone());
        if let Some(own) = own {
            return picture(own.into());
        }
        let kept = match library.cached_entry(place, path).await {
            Some(entry) => Some(entry),
            None => Some(self.by_name(place, path).await),
        };
        if let Some(entry) = kept
            && let Some(card) = self
                .context
                .site
                .playback
                .pictures()
                .cached_card(&entry)
                .await
        {
            return picture(card);
        }
        // For an entry in the shared folder, the folder's picture is better than none.
        let folders = stored.and_then(|card| card.picture);
        picture(folders.map_or_else(cards::neutral, Bytes::from))
    }

    pub(super) async fn oembed(
        &self,
        place: &Place,
        path: &EntryPath,
    ) -> Result<Response, Problem> {
        let format = self.oembed.format.as_deref();
        if format.is_some_and(|format| format != "json") {
            return Ok(StatusCode::NOT_IMPLEMENTED.into_response());
        }
        let page = self.context.absolute(&self.context.guest_page(place, path));
        if self.oembed.url.as_ref().is_some_and(|url| *url != page) {
            return Err(Problem::NOT_FOUND);
        }
        // Only crawlers request this, whatever their user agent.
        let looks_only = GuestRequest {
            context: PageContext::for_guest(
                &self.context.site,
                self.context.headers(),
                self.context.ticket(),
                self.ticket,
                false,
            ),
            look: self.look.clone(),
            ticket: self.ticket,
            folder: BrowseQuery::default(),
            oembed: OEmbedQuery::default(),
        };
        let entry = looks_only.entry(place, path).await?;
        Ok(Json(self.context.oembed(&entry)).into_response())
    }
}
