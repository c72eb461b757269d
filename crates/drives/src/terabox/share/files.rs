//! Files of a share: listings, single files, and the URLs of their bytes.
//!
//! The upstream names everything by its path in the owner's account, and opens folders by that path; here the
//! shared files and folders stand at the root of the place. No call returns a single file, so the files of
//! listings are cached for a while.

use std::sync::Arc;
use std::time::Duration;

use super::TeraboxShare;
use crate::terabox::client::PageQuery;
use crate::terabox::download_url;
use crate::terabox::drive::browse::{ThumbnailSize, no_list, no_picture, page_of, page_query};
use crate::terabox::drive::entries;
use crate::terabox::share::calls::ShareFolder;
use crate::terabox::types::{File, Files};
use crate::{DriveError, ErrorKind, Origin};
use cache::Cache;
use media::{Entry, EntryKind, EntryPath, Listing, Order, PageRequest, SortBy, natural_cmp};

/// Maximum number of entries at the root, which comes in one piece; this is more than people share by hand.
const MAX_ROOT_ENTRIES: usize = 1000;
/// Maximum number of pages of a folder that are searched for one name.
const MAX_PAGES: u64 = 30;
/// Time for which the root's entries are cached.
const ROOTS_TTL: Duration = Duration::from_secs(600);
const FILES_TTL: Duration = Duration::from_secs(1800);
const MAX_FILES: u64 = 20_000;

/// The root's entries: the path here and the upstream's file.
pub(crate) type Roots = Vec<(EntryPath, Arc<File>)>;

/// Cache of a share's files.
pub(crate) struct Known;

impl Known {
    pub(crate) fn roots() -> Cache<(), Arc<Roots>> {
        Cache::builder()
            .max_capacity(1)
            .time_to_live(ROOTS_TTL)
            .build()
    }

    pub(crate) fn files() -> Cache<EntryPath, Arc<File>> {
        Cache::builder()
            .max_capacity(MAX_FILES)
            .time_to_live(FILES_TTL)
            .build()
    }
}

impl TeraboxShare {
    /// Returns the root, which the upstream returns whole; it is cut into pages here.
    pub(crate) async fn list_root(&self, page: &PageRequest) -> Result<Listing, DriveError> {
        self.roots.invalidate(&()).await;
        let roots = self.shared_things("list").await?;
        let mut entries: Vec<Entry> = roots
            .iter()
            .map(|(path, file)| entries::entry(&self.place, path.clone(), file))
            .collect();
        sort(&mut entries, page);
        let from = match &page.cursor {
            None => 0,
            Some(cursor) => cursor
                .parse()
                .map_err(|_| DriveError::bad_request("list", "no cursor of this share"))?,
        };
        let until = entries.len().min(from + page.limit.max(1));
        let next = (until < entries.len()).then(|| until.to_string());
        let from = from.min(until);
        Ok(Listing {
            entries: entries.drain(from..until).collect(),
            next,
            is_partial: false,
        })
    }

    pub(crate) async fn list_folder(
        &self,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let query = page_query("list", page)?;
        let (files, more) = self.page_of(folder, &query, "list").await?;
        let entries = files
            .iter()
            .map(|(path, file)| entries::entry(&self.place, path.clone(), file))
            .collect();
        Ok(Listing {
            entries,
            next: more.then(|| format!("{}:{}", query.page + 1, query.num)),
            is_partial: false,
        })
    }

    /// Returns one entry, for films with length and picture size.
    pub(crate) async fn described(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        let file = self.file(path).await?;
        let mut entry = entries::entry(&self.place, path.clone(), &file);
        if self.link.id.starts_with('@') {
            entry.kind = EntryKind::Video;
        }
        // The website has no call for it; its lists include the length.
        let asks = self.api.transport.web().is_none() && entry.kind.is_playable();
        let Some(id) = entry.id.clone().filter(|_| asks) else {
            return Ok(entry);
        };
        let answer = self
            .with_share_key("stat", async |facts| {
                self.api.share_mediameta("stat", &facts, &id).await
            })
            .await;
        let number = |number: Option<i64>| {
            number
                .and_then(|number| u32::try_from(number).ok())
                .filter(|&number| number > 0)
        };
        match answer {
            Ok(meta) => {
                // Listings sometimes give the length of the preview; this call does not.
                entry.duration_s = meta.duration.filter(|&s| s > 0.0).or(entry.duration_s);
                entry.width = number(meta.width.0).or(entry.width);
                entry.height = number(meta.height.0).or(entry.height);
            }
            // A film of unknown length still plays.
            Err(error)
                if matches!(
                    error.kind,
                    ErrorKind::NotFound | ErrorKind::Unsupported | ErrorKind::Transcoding
                ) || error.kind.is_transient() =>
            {
                tracing::debug!(place = %self.place, %error, "a film whose length is not told");
            }
            Err(error) => return Err(error),
        }
        Ok(entry)
    }

    /// Returns the upstream's file at a path: from the cache, or by a search of its folder.
    pub(crate) async fn file(&self, path: &EntryPath) -> Result<Arc<File>, DriveError> {
        if self.link.id.starts_with('@') {
            return by_number(path);
        }
        if let Some(known) = self.known.get(path).await {
            return Ok(known);
        }
        let folder = path.parent().unwrap_or_else(EntryPath::root);
        if folder.is_root() {
            self.roots.invalidate(&()).await;
            let roots = self.shared_things("stat").await?;
            let found = roots.iter().find(|(root, _)| root == path);
            return found
                .map(|(_, file)| file.clone())
                .ok_or_else(|| not_here("stat"));
        }
        for page in 1..=MAX_PAGES {
            let query = PageQuery {
                page,
                num: MAX_ROOT_ENTRIES,
                sort: SortBy::Name,
                order: Order::Ascending,
            };
            let (files, more) = self.page_of(&folder, &query, "stat").await?;
            if let Some((_, file)) = files.into_iter().find(|(found, _)| found == path) {
                return Ok(file);
            }
            if !more {
                break;
            }
        }
        Err(not_here("stat"))
    }

    pub(crate) async fn download_origin(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "original";
        if self.api.transport.web().is_some() {
            return self.listed_address(entry).await;
        }
        let id = self.id_of(entry).await?;
        let found = self
            .with_share_key(operation, async |facts| {
                self.api.share_download(operation, &facts, &id).await
            })
            .await?;
        let same = |link: &&crate::terabox::types::Link| link.fs_id.0.as_deref() == Some(&id);
        let link = found.iter().find(same).or(match found.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        // By an empty URL, the upstream says that this account may not have the file.
        let address = link
            .and_then(|link| download_url::of_dlink(link.dlink.0.as_deref()?))
            .ok_or_else(|| {
                DriveError::new(ErrorKind::PlanRequired, operation, "no download address")
            })?;
        self.signed(entry, &address).await
    }

    /// Returns the URL that the website lists beside a file for a signed-in account. The folder is listed
    /// again, since the URL expires.
    async fn listed_address(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.known.invalidate(&entry.path).await;
        let file = self.file(&entry.path).await?;
        let address = file.dlink.0.as_deref().and_then(download_url::of_dlink);
        let address = address.ok_or_else(|| {
            DriveError::new(
                ErrorKind::PlanRequired,
                "original",
                "no download address in the list",
            )
            .with_sentence("The website gives no download of this file. Save it to the drive: then it has one.")
        })?;
        self.signed(entry, &address).await
    }

    async fn signed(&self, entry: &Entry, address: &str) -> Result<Origin, DriveError> {
        let expires_at = download_url::expires_at(address, self.api.clock.now());
        let origin = self.api.transport.signed(address, expires_at).await?;
        Ok(match entry.size {
            0 => origin,
            size => origin.with_length(size),
        })
    }

    pub(crate) async fn picture_origin(
        &self,
        entry: &Entry,
        size: ThumbnailSize,
    ) -> Result<Origin, DriveError> {
        let now = self.api.clock.now();
        if let Some(known) = self.thumbnails.known(&entry.path, size, now).await {
            return Ok(known);
        }
        if entry.path.is_root() || self.link.id.starts_with('@') {
            return Err(no_picture());
        }
        // The cached file has the URL that no longer works.
        self.known.invalidate(&entry.path).await;
        let file = self.file(&entry.path).await?;
        let learned = self.thumbnails.learn(&entry.path, &file, size, now).await;
        learned.ok_or_else(no_picture)
    }

    /// Returns the upstream's path of an entry.
    async fn upstream_path(&self, path: &EntryPath) -> Result<String, DriveError> {
        if let Some(known) = self.known.get(path).await
            && let Some(upstream) = known.path.0.clone()
        {
            return Ok(upstream);
        }
        let first = path.names().next().unwrap_or_default();
        let rest = &path.as_str()[1 + first.len()..];
        let roots = self.shared_things("list").await?;
        let root = roots.iter().find(|(root, _)| root.name() == first);
        let upstream = root.and_then(|(_, file)| file.path.0.as_deref());
        upstream
            .map(|upstream| format!("{}{rest}", upstream.trim_end_matches('/')))
            .ok_or_else(|| not_here("list"))
    }

    /// Returns the root's entries; requests them again once the cached ones have expired.
    async fn shared_things(&self, operation: &'static str) -> Result<Arc<Roots>, DriveError> {
        if let Some(roots) = self.roots.get(&()).await {
            return Ok(roots);
        }
        let query = PageQuery {
            page: 1,
            num: MAX_ROOT_ENTRIES,
            sort: SortBy::Name,
            order: Order::Ascending,
        };
        let surl = &self.link.id;
        let files = self
            .with_share_key(operation, async |facts| {
                self.api
                    .share_list(operation, surl, &facts, ShareFolder::Root, &query)
                    .await
            })
            .await?;
        let (files, _) = files.into_parts().ok_or_else(|| no_list(operation))?;
        let mut roots: Roots = Vec::with_capacity(files.len());
        for file in files {
            let Some(path) = name_of(&file).and_then(|name| {
                free_name(name, |path| roots.iter().any(|(taken, _)| taken == path))
            }) else {
                continue;
            };
            roots.push((path.clone(), self.remember(path, file).await));
        }
        let roots = Arc::new(roots);
        self.roots.insert((), roots.clone()).await;
        Ok(roots)
    }

    /// Returns one page of a folder, and true if there are more.
    async fn page_of(
        &self,
        folder: &EntryPath,
        query: &PageQuery,
        operation: &'static str,
    ) -> Result<(Roots, bool), DriveError> {
        let dir = self.upstream_path(folder).await?;
        let surl = &self.link.id;
        let files: Files = self
            .with_share_key(operation, async |facts| {
                self.api
                    .share_list(operation, surl, &facts, ShareFolder::Dir(&dir), query)
                    .await
            })
            .await?;
        let (files, more) = page_of(operation, files, query)?;
        let mut page = Vec::with_capacity(files.len());
        for file in files {
            let Some(path) = name_of(&file).and_then(|name| folder.join(name).ok()) else {
                continue;
            };
            page.push((path.clone(), self.remember(path, file).await));
        }
        Ok((page, more))
    }

    async fn remember(&self, path: EntryPath, file: File) -> Arc<File> {
        let (size, now) = (ThumbnailSize::Large, self.api.clock.now());
        self.thumbnails.learn(&path, &file, size, now).await;
        let file = Arc::new(file);
        self.known.insert(path, file.clone()).await;
        file
    }
}

/// Returns a file of which only the number is known: the number is its name.
fn by_number(path: &EntryPath) -> Result<Arc<File>, DriveError> {
    let id = path.name();
    let is_number =
        !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || path.names().count() != 1 {
        return Err(not_here("stat"));
    }
    Ok(Arc::new(File {
        fs_id: crate::terabox::lenient::Text(Some(id.to_owned())),
        ..File::default()
    }))
}

fn name_of(file: &File) -> Option<&str> {
    let path = file.path.0.as_deref().unwrap_or_default();
    let in_path = path.trim_end_matches('/').rsplit('/').next();
    file.server_filename
        .0
        .as_deref()
        .filter(|name| !name.is_empty())
        .or(in_path)
        .filter(|name| !name.is_empty() && !name.contains('/'))
}

/// Returns a free name at the root of the place; shared files from several folders may have the same name.
/// `None` if the name is not valid here.
fn free_name(name: &str, is_taken: impl Fn(&EntryPath) -> bool) -> Option<EntryPath> {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let numbered = (2..100).map(|n| format!("{stem} ({n}){extension}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .filter_map(|name| EntryPath::root().join(&name).ok())
        .find(|path| !path.is_root() && !is_taken(path))
}

/// Sorts folders first, in either order, as the upstream sorts the folders below.
fn sort(entries: &mut [Entry], page: &PageRequest) {
    entries.sort_by(|a, b| {
        let is_folder = |entry: &Entry| entry.kind == EntryKind::Folder;
        let key = match page.sort {
            SortBy::Name => std::cmp::Ordering::Equal,
            SortBy::Time => a.modified.cmp(&b.modified),
            SortBy::Size => a.size.cmp(&b.size),
        };
        let within = key.then_with(|| natural_cmp(&a.name, &b.name));
        let within = match page.order {
            Order::Ascending => within,
            Order::Descending => within.reverse(),
        };
        is_folder(b).cmp(&is_folder(a)).then(within)
    });
}

fn not_here(operation: &'static str) -> DriveError {
    DriveError::not_found(operation, "nothing of that name in the share")
}
