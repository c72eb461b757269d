//! Browsing and playing: the contract of a drive with files.

use async_trait::async_trait;
use tokio::sync::broadcast;

use super::{DriveError, FactsReader, Incoming, Origin, UpstreamPlaylist, UpstreamSubtitles};
use media::{Entry, EntryPath, FileKind, Listing, PageRequest, Rendition};

/// The files of an account, of a share or of a folder.
///
/// A volume retries only what its upstream's document says may be retried (a token that has just expired, a stale
/// domain). Every other retry belongs to the byte engine, so that exactly one layer owns it.
#[async_trait]
pub trait Volume: Send + Sync {
    /// Returns one page of a folder.
    ///
    /// # Errors
    ///
    /// `not_found` if there is no such folder.
    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError>;

    /// Returns one entry with all known metadata (duration and picture size for films).
    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError>;

    /// Returns the result of `stat` for several files in one call, as far as they are found; nothing if the
    /// upstream has no such call.
    async fn details(&self, _paths: &[EntryPath]) -> Result<Vec<Entry>, DriveError> {
        Ok(Vec::new())
    }

    /// Returns one page of entries of the whole volume whose names match.
    async fn search(&self, _query: &str, _page: &PageRequest) -> Result<Listing, DriveError> {
        let detail = "there is no search here";
        Err(DriveError::unsupported("search", detail))
    }

    /// Returns one page of all files of one kind, in any folder; `None` if the upstream does not list files by
    /// kind.
    async fn files_of_kind(
        &self,
        _kind: FileKind,
        _page: &PageRequest,
    ) -> Result<Option<Listing>, DriveError> {
        Ok(None)
    }

    /// Returns the renditions that the upstream may have of this entry, best first, without an upstream call.
    fn possible_renditions(&self, entry: &Entry) -> Vec<Rendition>;

    /// Returns the renditions that are guaranteed to exist, best first, without an upstream call. Transcodes are never
    /// larger than the source; if the source's size is unknown, only the smallest is guaranteed.
    fn guaranteed_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        let mut guaranteed = self.possible_renditions(entry);
        if entry.width.is_none() && entry.height.is_none() {
            let heights = guaranteed.iter().filter_map(|rendition| rendition.height());
            let smallest = heights.min();
            guaranteed.retain(|it| it.height().is_none() || it.height() == smallest);
        }
        guaranteed
    }

    /// Returns true if the original of this entry can be sent in another container, made of ranges of it; without an
    /// upstream call, so by its name where nothing more is known.
    fn has_source(&self, entry: &Entry) -> bool {
        entry.is_repackageable()
    }

    /// Returns true if a browser plays the file itself best: its streams contain the same video in another
    /// container.
    fn plays_directly(&self, _entry: &Entry) -> bool {
        false
    }

    /// Returns the upstream's playlist of one rendition.
    ///
    /// # Errors
    /// `transcoding` while it is being made, `plan_required` if the account may not see it, `unsupported` if it
    /// will never exist.
    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError>;

    /// Returns the RFC 6381 codecs of a rendition; `None` if they depend on the entry.
    fn codecs(&self, _rendition: Rendition) -> Option<&'static str> {
        None
    }

    /// Returns a reader of the facts that a segment's URL alone reveals, without an upstream call.
    fn segment_facts(&self) -> FactsReader {
        FactsReader::none()
    }

    /// Returns the URL of the file's own bytes, made afresh at each call: the caller caches it.
    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError>;

    /// Returns the URL of a picture of the entry.
    ///
    /// # Errors
    ///
    /// `not_found` if there is none.
    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError>;

    /// Returns true if [`Volume::small_thumbnail`] is another picture than [`Volume::thumbnail`].
    fn has_small_thumbnails(&self) -> bool {
        false
    }

    /// Returns the URL of a picture for lists on small screens; the usual one where the upstream has one size only.
    async fn small_thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.thumbnail(entry).await
    }

    /// Returns true if the upstream may have subtitles of its own for this entry; without an upstream call.
    fn may_have_subtitles(&self, _entry: &Entry) -> bool {
        false
    }

    /// Returns the subtitles that the upstream itself has for a film, beside those of the drive's files; empty if it
    /// has none.
    async fn subtitles(&self, _entry: &Entry) -> Result<Vec<UpstreamSubtitles>, DriveError> {
        Ok(Vec::new())
    }

    /// Opens an origin from byte `from` on, up to and including byte `last` if given.
    ///
    /// The upstream may ignore the range: [`Incoming::offset`] says where its bytes begin.
    ///
    /// # Errors
    /// A JSON or HTML body in place of media, an expired signature or a refusal; [`Expired`](crate::ErrorKind::Expired) if a
    /// fresh origin may help.
    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError>;

    /// Returns the entry path of a path in the upstream's notation; `None` outside of the volume.
    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        EntryPath::parse(upstream).ok()
    }

    /// Returns the channel of folders that have changed; `None` if the volume cannot watch them.
    fn changes(&self) -> Option<broadcast::Receiver<EntryPath>> {
        None
    }

    /// Returns true if changes are announced only by [`Volume::poll_changes`].
    fn is_polled_for_changes(&self) -> bool {
        false
    }

    /// Asks the upstream once for what has changed since the last call, and announces it on the channel of
    /// [`Volume::changes`]. Returns true if another call returns more at once.
    ///
    /// # Errors
    /// Those of any call.
    async fn poll_changes(&self) -> Result<bool, DriveError> {
        Ok(false)
    }
}
