//! The bytes of a file: as it is, or repackaged as MP4. They are the replies of play URLs, with ranges.

use std::sync::Arc;

use axum::response::Response;

use super::ids::{ItemId, ItemIdentity};
use super::item_json::container;
use super::nodes::places;
use super::request::AppCall;
use super::session::media_credentials;
use crate::library::Freshness;
use crate::playback::ticket::Ticket;
use crate::web::error::Problem;
use crate::web::play;
use crate::web::urls::encode_path;
use media::{Entry, EntryKind};

/// A file that a media URL names.
pub(super) struct MediaFile {
    pub entry: Arc<Entry>,
    /// True if the URL names the repackaged file.
    pub is_repackaged: bool,
    /// The text of the ticket.
    pub ticket: String,
}

impl MediaFile {
    /// Finds the file of an item or a media source, for the ticket of a call.
    ///
    /// # Errors
    ///
    /// 401 without a valid ticket, and 404 for an item that its scope does not cover.
    pub async fn of(call: &AppCall, item: ItemId) -> Result<Self, Problem> {
        let source = call.text("mediasourceid").and_then(ItemId::parse);
        let (ticket, text) = media_credentials(call, source).await?;
        MediaFile::find(call, &ticket, text, (item, source)).await
    }

    /// Finds the file of an item; `source` chooses among its files.
    ///
    /// # Errors
    ///
    /// 404 for an item that the ticket does not cover.
    pub async fn find(
        call: &AppCall,
        ticket: &Ticket,
        text: String,
        (item, source): (ItemId, Option<ItemId>),
    ) -> Result<Self, Problem> {
        let site = &call.site;
        let candidates = source.into_iter().chain([item]);
        for id in candidates {
            let found = site.jellyfin.ids.find(id, &places(site)).await?;
            let (place, path, is_repackaged) = match found {
                Some(ItemIdentity::Entry(place, path)) => (place, path, id.of_entry().1),
                Some(ItemIdentity::Title(title)) => {
                    let viewer = site.viewers.get(ticket.viewer);
                    let viewer = viewer.ok_or(Problem::UNAUTHORIZED)?;
                    let title = site.store.library_item(title, &viewer).await?;
                    let versions = title.map(|title| title.versions).unwrap_or_default();
                    let mut covered = versions.into_iter();
                    let covered = covered.find(|it| ticket.scope.covers(&it.place, &it.path));
                    let Some(version) = covered else { continue };
                    (version.place, version.path, false)
                }
                _ => continue,
            };
            if !ticket.scope.covers(&place, &path) {
                continue;
            }
            let entry = site.library.entry(&place, &path, Freshness::Cached).await?;
            if entry.kind == EntryKind::Folder {
                continue;
            }
            return Ok(MediaFile {
                is_repackaged,
                entry,
                ticket: text,
            });
        }
        Err(Problem::NOT_FOUND)
    }

    /// Answers with a resource of the file's play URL; `resource` begins with a slash, or is empty for the file itself.
    ///
    /// # Errors
    ///
    /// Those of play URLs.
    pub async fn answer(&self, call: &AppCall, resource: &str) -> Result<Response, Problem> {
        let entry = &self.entry;
        let address = format!(
            "/play/{}/{}{}{resource}",
            self.ticket,
            entry.place,
            encode_path(&entry.path)
        );
        let player = (call.peer, &call.method, &call.headers);
        play::answer_at(&call.site, player, &address).await
    }
}

/// `GET /Videos/{id}/stream[.ext]`, `GET /Audio/{id}/stream[.ext]`, `GET /Items/{id}/File`, `GET /Items/{id}/Download`
pub(super) async fn stream(
    call: &AppCall,
    item: ItemId,
    extension: &str,
) -> Result<Response, Problem> {
    let file = MediaFile::of(call, item).await?;
    let entry = &file.entry;
    let asked = call.text("container").unwrap_or(extension);
    let is_mp4 = |name: &str| ["mp4", "m4v"].contains(&name);
    // Without `static`, an app asks for another container of the same samples.
    let is_remux = call.flag("static") != Some(true)
        && is_mp4(asked)
        && !is_mp4(&container(&entry.name))
        && entry.kind == EntryKind::Video;
    let is_repackaged = file.is_repackaged || is_remux && call.site.playback.has_source(entry);
    let resource = if is_repackaged { "/source.mp4" } else { "" };
    file.answer(call, resource).await
}
