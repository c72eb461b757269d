//! Folders of upstreams that answer with a whole folder at once: cached, sorted and paged here, and walked for search.
//!
//! A kind provides the requests ([`FolderServer`]); pages in any order, entries, search, notices of changes, and the order
//! of looks before a change follow from them.

mod drive;
mod manage;
mod search;
mod server;
mod upload;
mod versions;

use std::collections::HashMap;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;

use crate::{DriveError, is_installed};
use cache::Cache;
use media::{
    Entry, EntryKind, EntryPath, Listing, Order, PageRequest, Place, SortBy, comparable_name,
    natural_key,
};

pub(crate) use drive::{FolderDrive, open};
pub(crate) use server::{CopyOrMove, FolderServer, SpooledFile, TemporaryFile};
pub(crate) use versions::{ContentVersions, changed};

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Child {
    pub(crate) name: String,
    pub(crate) is_folder: bool,
    /// Bytes; 0 for folders.
    pub(crate) size: u64,
    pub(crate) modified: Option<DateTime<Utc>>,
    /// Changes with the content: an ETag. `None` if the upstream reports none; size and time stand for it then.
    pub(crate) etag: Option<String>,
}

/// A folder as it was read: folders first, each group in natural order.
pub(crate) struct Folder {
    children: Vec<Child>,
    /// Positions in the order of time and of size, made when first requested.
    by_time: OnceLock<Vec<u32>>,
    by_size: OnceLock<Vec<u32>>,
    /// Positions of the pictures, by their names in lower case.
    pictures: HashMap<String, u32>,
}

/// The folders of one drive.
pub(crate) struct Folders {
    place: Place,
    /// Distinguishes contents of this upstream from equal paths of others.
    mark: String,
    kept: Cache<EntryPath, Arc<Folder>>,
    /// Hash of each folder as it was read last, to notice changes.
    seen: Cache<EntryPath, u64>,
    changed: broadcast::Sender<EntryPath>,
    index: search::NameIndex,
    /// True if a key frame of a film can be decoded, to be its picture.
    decodes_frames: bool,
}

/// Lifetime of a folder that was read: a change elsewhere shows after it.
const FOLDER_TTL: Duration = Duration::from_secs(30);
/// Upper limit for the bytes of all folders that are cached. The largest folder that is read, of 200,000 entries, is within it:
/// otherwise each of its pages would read it anew.
const MAX_BYTES: u64 = 64 << 20;
/// Folders whose hash is remembered.
const MAX_SEEN: u64 = 20_000;
/// Pictures that are larger are not shown as thumbnails.
const MAX_PICTURE_BYTES: u64 = 16 << 20;
/// Names of pictures that stand for every film of a folder.
const FOLDER_PICTURES: [&str; 3] = ["poster", "folder", "cover"];
/// Extensions of pictures.
const PICTURE_EXTENSIONS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

impl Folder {
    fn new(children: Vec<Child>) -> Self {
        let mut keyed: Vec<(bool, Vec<u8>, Child)> = children
            .into_iter()
            .map(|child| (!child.is_folder, natural_key(&child.name), child))
            .collect();
        keyed.sort_unstable_by(|(a, x, n), (b, y, m)| (a, x, &n.name).cmp(&(b, y, &m.name)));
        // A server may list a name twice; a folder has it once.
        keyed.dedup_by(|(_, _, n), (_, _, m)| n.name == m.name);
        let children: Vec<Child> = keyed.into_iter().map(|(_, _, child)| child).collect();
        let pictures = (0..).zip(&children).filter(|(_, child)| {
            let is_image = EntryKind::of_file(&child.name) == EntryKind::Image;
            !child.is_folder && is_image && child.size <= MAX_PICTURE_BYTES
        });
        Folder {
            pictures: pictures
                .map(|(at, child)| (comparable_name(&child.name), at))
                .collect(),
            by_time: OnceLock::new(),
            by_size: OnceLock::new(),
            children,
        }
    }

    /// Returns the children in the order of their names.
    pub(crate) fn children(&self) -> &[Child] {
        &self.children
    }

    /// Returns the picture of a film: a file of its name, or one that stands for the whole folder.
    pub(crate) fn picture_of(&self, film: &str) -> Option<&Child> {
        if self.pictures.is_empty() {
            return None;
        }
        let stem = film.rsplit_once('.').map_or(film, |(stem, _)| stem);
        let stem = comparable_name(stem);
        let own = ["", "-poster", "-thumb"].map(|end| format!("{stem}{end}"));
        let names = own.iter().map(String::as_str).chain(FOLDER_PICTURES);
        let found = names
            .flat_map(|name| PICTURE_EXTENSIONS.map(|extension| format!("{name}.{extension}")))
            .find_map(|name| self.pictures.get(&name))?;
        self.children.get(*found as usize)
    }

    /// Returns the children from `start` on in the requested order, at most `limit`.
    fn slice(&self, start: usize, page: &PageRequest) -> Vec<&Child> {
        let count = self.children.len();
        let sorted = |less: fn(&Child, &Child) -> std::cmp::Ordering| {
            let mut order: Vec<u32> = (0..).take(count).collect();
            // Stable: equal entries stay in the order of their names, folders stay first.
            order.sort_by(|a, b| {
                let (a, b) = (&self.children[*a as usize], &self.children[*b as usize]);
                b.is_folder.cmp(&a.is_folder).then_with(|| less(a, b))
            });
            order
        };
        let order = match page.sort {
            SortBy::Name => None,
            SortBy::Time => Some(
                self.by_time
                    .get_or_init(|| sorted(|a, b| a.modified.cmp(&b.modified))),
            ),
            SortBy::Size => Some(
                self.by_size
                    .get_or_init(|| sorted(|a, b| a.size.cmp(&b.size))),
            ),
        };
        (start..count)
            .take(page.limit)
            .map(|at| match page.order {
                Order::Ascending => at,
                Order::Descending => count - 1 - at,
            })
            .map(|at| order.map_or(at, |order| order[at] as usize))
            .map(|at| &self.children[at])
            .collect()
    }
}

impl Folders {
    /// Returns an empty cache. `upstream` identifies the server and the account.
    pub(crate) fn new(place: Place, upstream: &str) -> Self {
        let weigh = |path: &EntryPath, folder: &Arc<Folder>| {
            let names: usize = folder
                .children
                .iter()
                .map(|child| 128 + child.name.len() + child.etag.as_ref().map_or(0, String::len))
                .sum();
            u32::try_from(names + path.as_str().len() + 128).unwrap_or(u32::MAX)
        };
        Folders {
            place,
            mark: HEXLOWER.encode(&Sha256::digest(upstream)[..6]),
            kept: Cache::builder()
                .weigher(weigh)
                .max_capacity(MAX_BYTES)
                .time_to_live(FOLDER_TTL)
                .build(),
            seen: Cache::new(MAX_SEEN),
            changed: broadcast::channel(64).0,
            index: search::NameIndex::default(),
            decodes_frames: is_installed("ffmpeg"),
        }
    }

    /// Returns the channel of folders that have changed.
    pub(crate) fn changes(&self) -> broadcast::Receiver<EntryPath> {
        self.changed.subscribe()
    }

    /// Returns a folder, read by `read` if it is not cached. Concurrent callers share one reading.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) async fn folder<F>(
        &self,
        path: &EntryPath,
        read: impl FnOnce() -> F + Send,
    ) -> Result<Arc<Folder>, DriveError>
    where
        F: Future<Output = Result<Vec<Child>, DriveError>> + Send,
    {
        let load = async {
            let folder = Arc::new(Folder::new(read().await?));
            let mut hasher = DefaultHasher::new();
            folder.children.hash(&mut hasher);
            let hash = hasher.finish();
            let before = self.seen.get(path).await;
            self.seen.insert(path.clone(), hash).await;
            if before.is_some_and(|before| before != hash) {
                // Without a receiver there is no one to notify.
                let _ = self.changed.send(path.clone());
            }
            Ok(folder)
        };
        let loaded = self.kept.try_get_with(path.clone(), load).await;
        loaded.map_err(|error: Arc<DriveError>| (*error).clone())
    }

    /// Returns a folder if it is cached.
    pub(crate) async fn cached(&self, path: &EntryPath) -> Option<Arc<Folder>> {
        self.kept.get(path).await
    }

    /// Drops the folders above an entry after a change of it: a server may make and drop folders with what is in them.
    pub(crate) async fn forget_above(&self, path: &EntryPath) {
        let mut above = path.parent();
        while let Some(folder) = above {
            self.kept.invalidate(&folder).await;
            above = folder.parent();
        }
        self.index.forget().await;
    }

    /// Drops everything below a folder, too: it was moved or deleted.
    pub(crate) async fn forget_below(&self, path: &EntryPath) {
        self.kept.invalidate_if(|kept| kept.is_within(path)).await;
        self.forget_above(path).await;
    }

    /// Returns one page of a folder.
    ///
    /// # Errors
    /// `bad_request` for a cursor that is not one of ours.
    pub(crate) fn page(
        &self,
        path: &EntryPath,
        folder: &Folder,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let start = offset(page)?;
        let slice = folder.slice(start, page);
        let end = start + slice.len();
        let entries = slice
            .into_iter()
            .filter_map(|child| {
                let mut entry = self.entry(&path.join(&child.name).ok()?, child);
                entry.has_thumbnail |=
                    entry.kind == EntryKind::Video && folder.picture_of(&child.name).is_some();
                Some(entry)
            })
            .collect();
        Ok(Listing {
            entries,
            next: (end < folder.children.len()).then(|| end.to_string()),
            is_partial: false,
        })
    }

    /// Returns an entry at `path`.
    pub(crate) fn entry(&self, path: &EntryPath, child: &Child) -> Entry {
        let kind = match child.is_folder {
            true => EntryKind::Folder,
            false => EntryKind::of_file(path.name()),
        };
        let mut entry = Entry {
            size: child.size,
            modified: child.modified,
            content: (!child.is_folder).then(|| self.content(path, child)),
            ..Entry::bare(&self.place, path, kind)
        };
        entry.has_thumbnail = match kind {
            EntryKind::Image => child.size <= MAX_PICTURE_BYTES,
            EntryKind::Video => self.decodes_frames && entry.is_repackageable(),
            EntryKind::Audio => true,
            EntryKind::Folder | EntryKind::Subtitle | EntryKind::Other => false,
        };
        entry
    }

    /// Returns the name of a file's content: its path and its ETag, or its size and time if it has none.
    fn content(&self, path: &EntryPath, child: &Child) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.mark);
        hash.update(path.as_str());
        hash.update([0]);
        hash.update(child.etag.as_deref().unwrap_or(""));
        hash.update(child.size.to_le_bytes());
        if child.etag.is_none() {
            let time = child.modified.map_or(0, |time| time.timestamp());
            hash.update(time.to_le_bytes());
        }
        HEXLOWER.encode(&hash.finalize()[..16])
    }
}

/// Parses the cursor, which is the number of entries before the page.
fn offset(page: &PageRequest) -> Result<usize, DriveError> {
    page.cursor.as_deref().map_or(Ok(0), |cursor| {
        cursor
            .parse()
            .map_err(|_| DriveError::bad_request("list", "the cursor is not one of ours"))
    })
}

#[cfg(test)]
mod tests;
