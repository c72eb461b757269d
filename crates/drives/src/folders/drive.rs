//! A drive over a server of folders: its account, its entries, and their bytes.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::broadcast;

use super::{Child, Folder, FolderServer, Folders};
use crate::uploads::UploadStaging;
use crate::{
    Account, AccountSession, Capability, Drive, DriveContext, DriveError, DriveKind, Incoming,
    Origin, UpstreamPlaylist, Volume,
};
use media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place, Rendition};

/// The drive.
pub(crate) struct FolderDrive<S> {
    pub(super) server: S,
    pub(super) folders: Folders,
    pub(super) place: Place,
    pub(super) uploads: Option<UploadStaging>,
}

/// Opens a drive named `place`. `upstream` identifies the server and the account. No request is made before the first
/// call.
pub(crate) fn open<S: FolderServer>(
    place: Place,
    kind: &DriveKind,
    upstream: &str,
    server: S,
    context: DriveContext,
) -> Drive {
    const FILES: [Capability; 4] = [
        Capability::List,
        Capability::Search,
        Capability::Stream,
        Capability::Original,
    ];
    let files = Arc::new(FolderDrive {
        folders: Folders::new(place.clone(), upstream),
        uploads: UploadStaging::of(context.uploads),
        place: place.clone(),
        server,
    });
    let drive = Drive::new(place, kind.kind, files.clone())
        .with_volume(files.clone(), &FILES)
        .with_manage(files.clone())
        .with_pictures_inside();
    match files.uploads {
        Some(_) => drive.with_upload(files),
        None => drive,
    }
}

impl<S: FolderServer> FolderDrive<S> {
    async fn folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Arc<Folder>, DriveError> {
        let read = || self.server.read_folder(operation, path);
        self.folders.folder(path, read).await
    }

    /// Returns an entry, requested anew, with its picture if its folder is known.
    pub(super) async fn entry(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Entry, DriveError> {
        let found = self.server.look(operation, path).await?;
        Ok(self.entry_of(path, &found).await)
    }

    pub(super) async fn entry_of(&self, path: &EntryPath, found: &Child) -> Entry {
        let mut entry = self.folders.entry(path, found);
        if entry.kind == EntryKind::Video {
            entry.has_thumbnail |= self.known_picture(path).await.is_some();
        }
        entry
    }

    /// Returns the picture beside a film and its size, if its folder is cached and has one.
    async fn known_picture(&self, film: &EntryPath) -> Option<(EntryPath, u64)> {
        let parent = film.parent()?;
        let folder = self.folders.cached(&parent).await?;
        picture_in(&parent, &folder, film)
    }

    /// Returns the picture beside a film and its size; `None` if there is none.
    async fn picture(&self, film: &EntryPath) -> Result<Option<(EntryPath, u64)>, DriveError> {
        let Some(parent) = film.parent() else {
            return Ok(None);
        };
        let folder = self.folder("thumbnail", &parent).await?;
        Ok(picture_in(&parent, &folder, film))
    }
}

#[async_trait]
impl<S: FolderServer> AccountSession for FolderDrive<S> {
    async fn account(&self) -> Result<Account, DriveError> {
        self.server.account().await
    }
}

#[async_trait]
impl<S: FolderServer> Volume for FolderDrive<S> {
    fn changes(&self) -> Option<broadcast::Receiver<EntryPath>> {
        Some(self.folders.changes())
    }

    async fn list(&self, path: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        let folder = self.folder("list", path).await?;
        self.folders.page(path, &folder, page)
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if path.is_root() {
            self.server.look("stat", path).await?;
            return Ok(Entry::root_of(&self.place));
        }
        self.entry("stat", path).await
    }

    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        let read = |path: EntryPath| async move { self.server.read_folder("search", &path).await };
        self.folders.search(query, page, read).await
    }

    fn possible_renditions(&self, _entry: &Entry) -> Vec<Rendition> {
        Vec::new()
    }

    async fn playlist(
        &self,
        _entry: &Entry,
        _rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        Err(DriveError::unsupported("playlist", S::NO_RENDITIONS))
    }

    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let content = entry.content.as_deref();
        self.server
            .origin("original", &entry.path, entry.size, content)
            .await
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let picture = match entry.kind {
            EntryKind::Image => Some((entry.path.clone(), entry.size)),
            EntryKind::Video | EntryKind::Audio => self.picture(&entry.path).await?,
            EntryKind::Folder | EntryKind::Subtitle | EntryKind::Other => None,
        };
        let (path, size) =
            picture.ok_or_else(|| DriveError::not_found("thumbnail", "it has no picture"))?;
        self.server.origin("thumbnail", &path, size, None).await
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        self.server.fetch(origin, from, last).await
    }
}

/// Returns the picture of a film, which lies in the same folder, and its size.
fn picture_in(parent: &EntryPath, folder: &Folder, film: &EntryPath) -> Option<(EntryPath, u64)> {
    let picture = folder.picture_of(film.name())?;
    Some((parent.join(&picture.name).ok()?, picture.size))
}
