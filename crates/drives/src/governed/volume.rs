//! The calls of a [`Volume`], each under a permit of the drive's governor.

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;

use super::GovernedDrive;
use crate::api::limiter::{Permit, RequestKind, RequestLimiter, under};
use crate::api::{DriveError, Incoming, Origin, UpstreamPlaylist, UpstreamSubtitles, Volume};
use media::{Entry, EntryPath, FileKind, Listing, PageRequest, Rendition};

/// The calls of a drive's [`Volume`] (browsing and playing), at one priority.
pub struct VolumeCalls<L: RequestLimiter> {
    pub(super) drive: Arc<GovernedDrive<L>>,
    pub(super) priority: L::Priority,
}

impl<L: RequestLimiter> Clone for VolumeCalls<L> {
    fn clone(&self) -> Self {
        VolumeCalls {
            drive: self.drive.clone(),
            priority: self.priority.clone(),
        }
    }
}

impl<L: RequestLimiter> Deref for VolumeCalls<L> {
    type Target = Arc<GovernedDrive<L>>;

    fn deref(&self) -> &Self::Target {
        &self.drive
    }
}

impl<L: RequestLimiter> VolumeCalls<L> {
    /// See [`Volume::list`].
    pub async fn list(
        &self,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        self.permitted(self.volume("list")?.list(folder, page))
            .await
    }

    /// See [`Volume::stat`].
    pub async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        match self.volume("stat") {
            Ok(volume) => self.permitted(volume.stat(path)).await,
            Err(_) if path.is_root() => Ok(Entry::root_of(self.place())),
            Err(error) => Err(error),
        }
    }

    /// See [`Volume::details`].
    pub async fn details(&self, paths: &[EntryPath]) -> Result<Vec<Entry>, DriveError> {
        self.permitted(self.volume("details")?.details(paths)).await
    }

    /// See [`Volume::search`].
    pub async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        self.permitted(self.volume("search")?.search(query, page))
            .await
    }

    /// See [`Volume::files_of_kind`].
    pub async fn files_of_kind(
        &self,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Option<Listing>, DriveError> {
        self.permitted(self.volume("list")?.files_of_kind(kind, page))
            .await
    }

    /// See [`Volume::playlist`].
    pub async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        self.permitted(self.volume("playlist")?.playlist(entry, rendition))
            .await
    }

    /// See [`Volume::original`].
    pub async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.permitted(self.volume("original")?.original(entry))
            .await
    }

    /// See [`Volume::thumbnail`].
    pub async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.permitted(self.volume("thumbnail")?.thumbnail(entry))
            .await
    }

    /// See [`Volume::small_thumbnail`].
    pub async fn small_thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.permitted(self.volume("thumbnail")?.small_thumbnail(entry))
            .await
    }

    /// See [`Volume::subtitles`].
    pub async fn subtitles(&self, entry: &Entry) -> Result<Vec<UpstreamSubtitles>, DriveError> {
        self.permitted(self.volume("subtitles")?.subtitles(entry))
            .await
    }

    /// See [`Volume::fetch`]. The permit is held until the body ends or is dropped.
    pub async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let volume = self.volume("fetch")?;
        let request = RequestKind::Fetch(origin.host());
        let limiter = &self.drive.limiter;
        let mut permit = limiter.acquire(request, &self.priority).await?;
        let incoming = under(&permit, volume.fetch(origin, from, last)).await?;
        permit.begin_body();
        let held = move |_: &Result<Bytes, DriveError>| {
            let _ = &permit;
        };
        Ok(Incoming {
            chunks: incoming.chunks.inspect(held).boxed(),
            ..incoming
        })
    }

    fn volume(&self, operation: &'static str) -> Result<&dyn Volume, DriveError> {
        self.drive.drive.volume.as_deref().ok_or_else(|| {
            DriveError::unsupported(operation, "no files of its own")
                .with_sentence("This drive holds no files: it opens share links.")
        })
    }

    async fn permitted<T>(
        &self,
        call: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        let limiter = &self.drive.limiter;
        let permit = limiter.acquire(RequestKind::Call, &self.priority).await?;
        under(&permit, call).await
    }
}
