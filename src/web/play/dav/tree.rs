//! The tree of a mount: places, their folders and files, as resources with properties.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::time::timeout;

use super::super::AppState;
use super::super::titles::all_children;
use super::locking;
use super::multistatus::DavNode;
use crate::governor::SharedDrive;
use crate::library::Freshness;
use crate::playback::ticket::Scope;
use crate::store::{DavLock, DavProperty};
use crate::web::error::Problem;
use crate::web::urls::encode_path;
use drives::Quota;
use media::{Entry, EntryKind, EntryPath, Place, content_type};

/// The access of a caller that asks for properties.
pub(super) struct TreeCaller<'a> {
    pub(super) scope: &'a Scope,
    pub(super) may_change: bool,
}

/// The tree below one mount path.
pub(super) struct MountTree<'a> {
    pub(super) site: &'a AppState,
    /// The URL of its root from the root of the host, with a trailing slash.
    pub(super) root: String,
    /// True if the space of drives is asked for, and the client may know it.
    pub(super) has_quota: bool,
    /// True if the client may change what it asks for, so that it sees locks, and the properties that clients keep.
    pub(super) has_changes: bool,
}

/// The locks and properties that clients keep in a folder.
#[derive(Default)]
pub(super) struct FolderKept {
    locks: Vec<DavLock>,
    properties: Vec<DavProperty>,
}

impl FolderKept {
    /// Returns the properties of an entry; all of them are sorted by path.
    pub(super) fn of(&self, path: &EntryPath) -> &[DavProperty] {
        let start = self.properties.partition_point(|it| it.path < *path);
        let end = self.properties.partition_point(|it| it.path <= *path);
        &self.properties[start..end]
    }
}

impl MountTree<'_> {
    /// Returns the root, then the places that the scope covers, or its paths if there are several.
    pub(super) async fn places(&self, scope: &Scope, with_children: bool) -> Vec<DavNode> {
        let covered = |drive: &&SharedDrive| scope.covers(drive.place(), &EntryPath::root());
        let mut nodes = vec![DavNode {
            href: self.root.clone(),
            name: Some("Drive-In".to_owned()),
            ..DavNode::folder()
        }];
        if let (Scope::Several(paths), true) = (scope, with_children) {
            nodes.extend(self.several(paths).await);
        } else if with_children {
            let drives = self.site.library.browsable();
            let places = drives.iter().filter(covered).map(|drive| DavNode {
                href: format!("{}{}/", self.root, drive.place()),
                name: Some(drive.place().to_string()),
                ..DavNode::folder()
            });
            nodes.extend(places);
        }
        nodes
    }

    /// Returns the paths of a scope. One whose drive does not answer is left out, so that the others are found.
    async fn several(&self, paths: &[(Place, EntryPath)]) -> Vec<DavNode> {
        // Boxed, with values of their own: a future that borrows them is not known to be `Send`.
        let entries = paths.iter().cloned().map(|(place, path)| {
            let library = self.site.library.clone();
            async move { library.entry(&place, &path, Freshness::Cached).await }.boxed()
        });
        let entries: Vec<_> = entries.collect();
        let entries = futures_util::stream::iter(entries).buffered(MAX_CONCURRENT_ENTRIES);
        let entries: Vec<_> = entries.collect().await;
        let found = entries.into_iter().flatten();
        found
            .map(|entry| self.node(Entry::clone(&entry), &FolderKept::default()))
            .collect()
    }

    /// Returns an entry, then its children if it is a folder.
    pub(super) async fn entry(
        &self,
        place: &Place,
        path: &EntryPath,
        with_children: bool,
    ) -> Result<Vec<DavNode>, Problem> {
        let library = &self.site.library;
        let entry = library.entry(place, path, Freshness::Cached).await?;
        let quota = match entry.kind {
            EntryKind::Folder if self.has_quota => self.quota(place).await,
            _ => None,
        };
        let mut kept = FolderKept::default();
        if self.has_changes {
            let store = &self.site.store;
            kept.locks = store.dav_locks(place).await?;
            kept.properties = store.dav_properties(place, path, with_children).await?;
        }
        let mut nodes = vec![DavNode {
            quota,
            ..self.node(Entry::clone(&entry), &kept)
        }];
        if with_children && entry.kind == EntryKind::Folder {
            let children = all_children(self.site, place, path).await?;
            nodes.extend(children.into_iter().map(|child| self.node(child, &kept)));
        }
        Ok(nodes)
    }

    /// Returns the space of a drive; `None` if it is not known in time.
    async fn quota(&self, place: &Place) -> Option<Quota> {
        let account = timeout(QUOTA_TIMEOUT, self.site.library.account(place)).await;
        account.ok()?.ok()?.quota
    }

    pub(super) fn node(&self, entry: Entry, kept: &FolderKept) -> DavNode {
        let entry = std::sync::Arc::new(entry);
        let href = format!("{}{}{}", self.root, entry.place, encode_path(&entry.path));
        let node = DavNode {
            name: Some(entry.name.clone()),
            modified: entry.modified,
            locks: self.has_changes.then(|| {
                let locks = kept.locks.iter();
                let covering = locks.filter(|lock| lock.covers(&entry.path));
                covering
                    .map(|lock| locking::active_lock(&self.root, lock))
                    .collect()
            }),
            kept: kept.of(&entry.path).to_vec(),
            ..DavNode::folder()
        };
        match entry.kind {
            EntryKind::Folder => DavNode {
                href: format!("{href}/"),
                ..node
            },
            _ => DavNode {
                href,
                is_folder: false,
                size: entry.size,
                etag: Some(format!("\"{}\"", self.site.playback.original(&entry).etag)),
                content_type: content_type(&entry.name),
                ..node
            },
        }
    }
}

impl DavNode {
    pub(super) fn folder() -> Self {
        DavNode {
            href: String::new(),
            name: None,
            is_folder: true,
            size: 0,
            modified: None,
            etag: None,
            // As Apache calls a folder, and with it most clients.
            content_type: "httpd/unix-directory",
            quota: None,
            locks: None,
            kept: Vec::new(),
        }
    }
}

/// Paths of a ticket that are looked up concurrently.
const MAX_CONCURRENT_ENTRIES: usize = 8;

/// Timeout for the space of a drive. The folder is shown without it after that.
const QUOTA_TIMEOUT: Duration = Duration::from_secs(3);
