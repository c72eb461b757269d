//! Folders, searches, single files and their download URLs, in the types of the drives' interface.
//!
//! The upstream counts pages from 1 and has no cursor; our cursor is the number of the next page with the size
//! of the pages that it belongs to. Thumbnail URLs of listings are cached for a while, since a page of posters
//! would otherwise cost a call for each.

use std::time::{Duration, SystemTime};

use super::entries;
use crate::terabox::client::PageQuery;
use crate::terabox::response::item_error;
use crate::terabox::types::{File, Files};
use crate::terabox::{Terabox, download_url};
use crate::{DriveError, ErrorKind, Origin};
use cache::Cache;
use media::{Entry, EntryKind, EntryPath, FileKind, Listing, PageRequest};

/// Maximum size of a page, whatever size is requested.
const MAX_PAGE: usize = 1000;
/// Thumbnail URLs are signed for 8 hours, counted from the full hour before; they are cached for less.
const THUMBNAIL_URL_TTL: Duration = Duration::from_secs(6 * 3600);
const MAX_THUMBNAIL_URLS: u64 = 20_000;

/// The size of a thumbnail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ThumbnailSize {
    /// 360×270 pixels at most, for lists on small screens.
    Small,
    /// 850×580 pixels at most.
    Large,
}

/// The thumbnail URLs of one entry.
#[derive(Clone)]
struct ThumbnailUrls {
    small: Origin,
    large: Origin,
}

impl ThumbnailUrls {
    fn of_size(&self, size: ThumbnailSize) -> &Origin {
        match size {
            ThumbnailSize::Small => &self.small,
            ThumbnailSize::Large => &self.large,
        }
    }
}

/// Cache of thumbnail URLs, filled from listings.
pub(crate) struct Thumbnails {
    known: Cache<EntryPath, ThumbnailUrls>,
    /// URLs that were refused before their expiry.
    refused: Cache<String, ()>,
}

impl Thumbnails {
    pub(crate) fn new() -> Self {
        Thumbnails {
            known: Cache::builder()
                .max_capacity(MAX_THUMBNAIL_URLS)
                .time_to_live(THUMBNAIL_URL_TTL)
                .build(),
            refused: Cache::builder()
                .max_capacity(1000)
                .time_to_live(THUMBNAIL_URL_TTL)
                .build(),
        }
    }

    /// Returns the cached URL; `None` if there is none that may still work at `now`.
    pub(crate) async fn known(
        &self,
        path: &EntryPath,
        size: ThumbnailSize,
        now: SystemTime,
    ) -> Option<Origin> {
        let known = self.known.get(path).await?;
        let known = known.of_size(size);
        let is_good =
            !self.refused.contains_key(known.url()) && known.expires_at().is_none_or(|at| now < at);
        is_good.then(|| known.clone())
    }

    /// Caches the thumbnail URLs that `file` carries and returns that of a size; `None` if it carries none.
    pub(crate) async fn learn(
        &self,
        path: &EntryPath,
        file: &File,
        size: ThumbnailSize,
        now: SystemTime,
    ) -> Option<Origin> {
        let thumbs = file.thumbs.as_ref()?;
        let expires_at = now.checked_add(THUMBNAIL_URL_TTL);
        let origin = |url: &str| Some(Origin::new(download_url::of_dlink(url)?, expires_at));
        let large = origin(thumbs.best()?)?;
        let urls = ThumbnailUrls {
            small: thumbs.small().and_then(origin).unwrap_or(large.clone()),
            large,
        };
        self.known.insert(path.clone(), urls.clone()).await;
        Some(urls.of_size(size).clone())
    }

    /// Marks a URL as refused, so that it is not given out again.
    pub(crate) async fn refused(&self, origin: &Origin) {
        self.refused.insert(origin.url().to_owned(), ()).await;
    }

    /// Removes the URLs of paths whose content has changed.
    pub(crate) async fn forget(&self, paths: &[EntryPath]) {
        for path in paths {
            self.known.invalidate(path).await;
        }
    }
}

impl Terabox {
    pub(crate) async fn list_folder(
        &self,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let query = page_query("list", page)?;
        let files = self.api.list(&self.root.upstream(folder), &query).await?;
        self.listing("list", files, &query, Some(folder)).await
    }

    pub(crate) async fn search_files(
        &self,
        words: &str,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let query = page_query("search", page)?;
        let files = self.api.search(words, &query).await?;
        self.listing("search", files, &query, None).await
    }

    /// Returns all files of a kind, which only the website lists.
    pub(crate) async fn kind_listing(
        &self,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Option<Listing>, DriveError> {
        if self.api.transport.web().is_none() {
            return Ok(None);
        }
        let (category, as_entries) = match kind {
            FileKind::Video => (1, EntryKind::Video),
            FileKind::Audio => (2, EntryKind::Audio),
            FileKind::Image => (3, EntryKind::Image),
            FileKind::Document => (4, EntryKind::Other),
        };
        let query = page_query("list", page)?;
        let files = self.api.categorylist(category, &query).await?;
        let mut listing = self.listing("list", files, &query, None).await?;
        // Subtitles are documents to some hosts.
        listing.entries.retain(|entry| entry.kind == as_entries);
        Ok(Some(listing))
    }

    pub(crate) async fn file_info(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        let (file, _) = self.filemeta("stat", path, false).await?;
        let mut entry = entries::entry(&self.place, path.clone(), &file);
        self.remember_picture(&entry, &file).await;
        entry.has_thumbnail |= self.thumbnails.known.contains_key(path);
        Ok(entry)
    }

    /// Returns several files, in one call; those that are not found are left out.
    pub(crate) async fn file_infos(&self, paths: &[EntryPath]) -> Result<Vec<Entry>, DriveError> {
        let upstream: Vec<String> = paths.iter().map(|path| self.root.upstream(path)).collect();
        let found = self.api.metas("details", &upstream).await?;
        let mut infos = Vec::with_capacity(found.len());
        for (path, upstream) in paths.iter().zip(&upstream) {
            let Some(file) = found.get(upstream) else {
                continue;
            };
            let mut entry = entries::entry(&self.place, path.clone(), file);
            self.remember_picture(&entry, file).await;
            entry.has_thumbnail |= self.thumbnails.known.contains_key(path);
            infos.push(entry);
        }
        Ok(infos)
    }

    /// Returns the file's download URL. It is requested by id first, by one documented call; if that yields
    /// nothing (no id, no link, a stale id, no such call), by path.
    pub(crate) async fn download_origin(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "original";
        // The website's own call of that name requires a signature as well; the call by path does not.
        let by_id = self.api.transport.web().is_none();
        if let Some(id) = entry.id.as_deref().filter(|id| by_id && is_number(id)) {
            match self.api.download(operation, id).await {
                Ok(found) => {
                    let same =
                        |link: &&crate::terabox::types::Link| link.fs_id.0.as_deref() == Some(id);
                    let link = found.iter().find(same).or(match found.as_slice() {
                        [only] if only.fs_id.0.is_none() => Some(only),
                        _ => None,
                    });
                    if let Some(address) =
                        link.and_then(|link| download_url::of_dlink(link.dlink.0.as_deref()?))
                    {
                        return self.with_token(&address, entry).await;
                    }
                }
                // The other call would meet the same failure.
                Err(error)
                    if matches!(
                        error.kind,
                        ErrorKind::RateLimited
                            | ErrorKind::VerificationRequired
                            | ErrorKind::PlanRequired
                            | ErrorKind::UpstreamTimeout
                    ) =>
                {
                    return Err(error);
                }
                // Some hosts have only the other call, and report that in many ways.
                Err(_) => {}
            }
        }
        let (file, loose) = self.filemeta(operation, &entry.path, true).await?;
        let candidates = [file.dlink.0.as_deref(), loose.as_deref()];
        let address = candidates
            .into_iter()
            .flatten()
            .find_map(download_url::of_dlink);
        match address {
            Some(address) => self.with_token(&address, entry).await,
            None => Err(DriveError::failed(
                operation,
                "the upstream gave no download address",
            )),
        }
    }

    pub(crate) async fn picture_origin(
        &self,
        entry: &Entry,
        size: ThumbnailSize,
    ) -> Result<Origin, DriveError> {
        let now = self.clock.now();
        if let Some(known) = self.thumbnails.known(&entry.path, size, now).await {
            return Ok(known);
        }
        if entry.path.is_root() {
            return Err(no_picture());
        }
        let (file, _) = self.filemeta("thumbnail", &entry.path, false).await?;
        let learned = self.thumbnails.learn(&entry.path, &file, size, now).await;
        learned.ok_or_else(no_picture)
    }

    /// Returns the upstream's metadata of one path, and the download URL that stands beside it, if any.
    async fn filemeta(
        &self,
        operation: &'static str,
        path: &EntryPath,
        dlink: bool,
    ) -> Result<(File, Option<String>), DriveError> {
        let upstream = self.root.upstream(path);
        let files = self.api.filemetas(operation, &upstream, dlink).await?;
        let (files, links) = files.into_parts().ok_or_else(|| no_list(operation))?;
        let Some(file) = files.into_iter().next() else {
            return Err(item_error(operation, -9));
        };
        match file.errno.0 {
            None | Some(0) => Ok((file, links.into_iter().find_map(|link| link.dlink.0))),
            Some(code) => Err(item_error(operation, code)),
        }
    }

    async fn with_token(&self, address: &str, entry: &Entry) -> Result<Origin, DriveError> {
        let expires_at = download_url::expires_at(address, self.clock.now());
        let origin = self.api.transport.signed(address, expires_at).await?;
        Ok(origin.with_length(entry.size))
    }

    async fn listing(
        &self,
        operation: &'static str,
        files: Files,
        query: &PageQuery,
        folder: Option<&EntryPath>,
    ) -> Result<Listing, DriveError> {
        let (files, more) = page_of(operation, files, query)?;
        let mut entries = Vec::with_capacity(files.len());
        for file in &files {
            let path = match (&file.path.0, &file.server_filename.0, folder) {
                (Some(path), _, _) if !path.is_empty() => self.root.local(path),
                (_, Some(name), Some(folder)) => folder.join(name).ok(),
                _ => None,
            };
            let Some(path) = path.filter(|path| !path.is_root()) else {
                crate::json::count_odd("an entry without a usable path");
                continue;
            };
            let mut entry = entries::entry(&self.place, path, file);
            self.remember_picture(&entry, file).await;
            // Results of a search have no pictures, but a listing may have had them.
            entry.has_thumbnail |= self.thumbnails.known.contains_key(&entry.path);
            entries.push(entry);
        }
        Ok(Listing {
            entries,
            next: more.then(|| format!("{}:{}", query.page + 1, query.num)),
            is_partial: false,
        })
    }

    async fn remember_picture(&self, entry: &Entry, file: &File) {
        let (size, now) = (ThumbnailSize::Large, self.clock.now());
        self.thumbnails.learn(&entry.path, file, size, now).await;
    }
}

pub(crate) fn page_query(
    operation: &'static str,
    page: &PageRequest,
) -> Result<PageQuery, DriveError> {
    let (number, num) = match &page.cursor {
        None => (1, page.limit.clamp(1, MAX_PAGE)),
        Some(cursor) => cursor
            .split_once(':')
            .and_then(|(number, num)| Some((number.parse().ok()?, num.parse().ok()?)))
            .filter(|(number, num)| (1..u64::MAX).contains(number) && (1..=MAX_PAGE).contains(num))
            .ok_or_else(|| DriveError::bad_request(operation, "no cursor of this drive"))?,
    };
    Ok(PageQuery {
        page: number,
        num,
        sort: page.sort,
        order: page.order,
    })
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn no_picture() -> DriveError {
    DriveError::not_found("thumbnail", "no picture of it")
}

/// Returns the files of a page, and true if others may follow.
///
/// # Errors
/// A reply without a list is a failure; an empty folder has an empty list.
pub(crate) fn page_of(
    operation: &'static str,
    files: Files,
    query: &PageQuery,
) -> Result<(Vec<File>, bool), DriveError> {
    let has_more = files.has_more.0;
    let (files, _) = files.into_parts().ok_or_else(|| no_list(operation))?;
    let more = match has_more {
        Some(more) => more != 0 && !files.is_empty(),
        // More than a page means that the host does not page its listings at all.
        None => files.len() == query.num,
    };
    Ok((files, more))
}

/// Returns the number of a page from the cursor of a list of the website, which has 1 as its first.
pub(super) fn page_number(
    operation: &'static str,
    cursor: Option<&str>,
) -> Result<u64, DriveError> {
    let Some(text) = cursor else { return Ok(1) };
    let number = text.parse().ok();
    number
        .filter(|page| (1..1_000_000).contains(page))
        .ok_or_else(|| DriveError::bad_request(operation, "no cursor of this drive"))
}

pub(crate) fn no_list(operation: &'static str) -> DriveError {
    DriveError::failed(operation, "the reply has no list in it")
}
