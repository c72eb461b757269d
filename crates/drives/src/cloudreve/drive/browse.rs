//! A tree of files, the account's own or a share's: folders, searches, single files and the URLs of their
//! bytes.
//!
//! Both trees use the same calls and differ in their root. The account's own files may contain shortcuts into
//! other people's shares: a request below a shortcut goes to that share (document section 7).

mod urls;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;

use super::entries;
use crate::cloudreve::client::{Api, PageQuery, STAT};
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::entries::{is_list, is_piece, is_there};
use crate::cloudreve::drive::events::RecentFolders;
use crate::cloudreve::drive::paging::{MAX_PAGE, next, page_query, search_query};
use crate::cloudreve::types::{File, Files, Policy};
use crate::cloudreve::uri::UriRoot;
use crate::{DriveError, Origin};
use cache::Cache;
use media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place};

/// Change events that are buffered for listeners.
const MAX_PENDING_CHANGES: usize = 64;
/// A URL is no longer given out this long before it expires.
const LEAD: Duration = Duration::from_secs(60);
/// Upper limit for the age of a cached URL, whatever the upstream says.
const URL_TTL: Duration = Duration::from_secs(3600);
/// Cached storage policies, by folder.
const MAX_POLICIES: u64 = 1000;
const POLICY_TTL: Duration = Duration::from_secs(600);
const MAX_URLS: u64 = 20_000;
/// Time for which the site is not asked again for a picture that it cannot make.
const WITHOUT_PICTURE_TTL: Duration = Duration::from_secs(24 * 3600);
const MAX_SHORTCUTS: u64 = 10_000;
const SHORTCUT_TTL: Duration = Duration::from_secs(3600);
/// Cached playlists: a ladder reads one several times.
const MAX_TEXTS: u64 = 100;
const TEXT_TTL: Duration = Duration::from_secs(600);

/// A tree of files.
pub(crate) struct SiteTree {
    pub(crate) place: Place,
    pub(crate) api: Api,
    pub(crate) root: UriRoot,
    pub(crate) context: Context,
    /// Identifies the site in the names of contents.
    pub(crate) mark: String,
    /// Targets of shortcuts, by their paths.
    pub(crate) shortcuts: Cache<EntryPath, String>,
    /// Storage policies of folders, as their listings have them.
    pub(crate) policies: Cache<EntryPath, Arc<Policy>>,
    /// Content URLs that are still good, by the content that they lead to.
    known: Cache<String, Origin>,
    /// The content that a URL was given out for.
    issued: Cache<String, String>,
    /// Contents whose URL was refused before its time.
    spoiled: Cache<String, ()>,
    /// Contents of which the site makes no picture.
    without_picture: Cache<String, ()>,
    /// Playlists of films in pieces, by their contents.
    pub(crate) texts: Cache<String, Arc<String>>,
    /// Folders in which a file turned out to have other content than expected.
    pub(crate) changed: broadcast::Sender<EntryPath>,
    /// Folders that were listed last.
    pub(crate) recent: Arc<RecentFolders>,
}

impl SiteTree {
    pub(crate) fn new(place: Place, api: Api, root: UriRoot, context: Context) -> Self {
        let kept = |life: Duration| Cache::builder().max_capacity(MAX_URLS).time_to_live(life);
        SiteTree {
            mark: entries::mark(&api.site.base_url),
            place,
            api,
            root,
            context,
            shortcuts: Cache::builder()
                .max_capacity(MAX_SHORTCUTS)
                .time_to_live(SHORTCUT_TTL)
                .build(),
            policies: Cache::builder()
                .max_capacity(MAX_POLICIES)
                .time_to_live(POLICY_TTL)
                .build(),
            known: kept(URL_TTL).build(),
            issued: Cache::builder()
                .max_capacity(MAX_URLS)
                .time_to_live(URL_TTL * 2)
                .build(),
            spoiled: Cache::builder()
                .max_capacity(MAX_URLS)
                .time_to_live(URL_TTL)
                .build(),
            without_picture: Cache::builder()
                .max_capacity(MAX_URLS)
                .time_to_live(WITHOUT_PICTURE_TTL)
                .build(),
            texts: Cache::builder()
                .max_capacity(MAX_TEXTS)
                .time_to_live(TEXT_TTL)
                .build(),
            changed: broadcast::Sender::new(MAX_PENDING_CHANGES),
            recent: Arc::default(),
        }
    }

    pub(crate) async fn list(
        &self,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let query = page_query("list", page)?;
        let mut files = self
            .following("list", folder, async |uri: String, context| {
                self.api.list("list", context, &uri, &query).await
            })
            .await?;
        self.recent.note(folder);
        if let Some(policy) = files.storage_policy.take() {
            self.policies.insert(folder.clone(), Arc::new(policy)).await;
        }
        self.listing("list", files, &query, Some(folder)).await
    }

    /// Returns everything in a folder, page by page. Callers need names only, so the order does not matter.
    pub(crate) async fn all_files(&self, folder: &EntryPath) -> Result<Vec<File>, DriveError> {
        let mut query = page_query("list", &PageRequest::first(MAX_PAGE))?;
        let mut all = Vec::new();
        loop {
            let files = self
                .following("list", folder, async |uri: String, context| {
                    self.api.list("list", context, &uri, &query).await
                })
                .await?;
            let next = next(&files.pagination, &query);
            all.extend(files.files.ok_or_else(|| no_list("list"))?);
            match next {
                Some(next) if next == query => {
                    let detail = "a page that leads to itself";
                    return Err(DriveError::failed("list", detail));
                }
                Some(next) => query = next,
                None => return Ok(all),
            }
        }
    }

    pub(crate) async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if path.is_root() {
            return Ok(Entry::root_of(&self.place));
        }
        if let Some(version) = self.version(path).await? {
            return Ok(version);
        }
        let file = self
            .following(STAT, path, async |uri: String, context| {
                self.api.info(STAT, context, &uri).await
            })
            .await?;
        if !is_there(&file) {
            return Err(DriveError::not_found(
                STAT,
                "an upload that is not complete",
            ));
        }
        self.learn(path, &file).await;
        let mut entry = self.entry(path.clone(), &file);
        // The shortcut's own content is empty: its target counts.
        if let Some(target) = entries::redirect(&file)
            && !file.is_folder()
        {
            let target = self.api.info(STAT, Context::Share, target).await?;
            let there = self.entry(path.clone(), &target);
            entry = Entry {
                id: entry.id,
                ..there
            };
        }
        Ok(entry)
    }

    pub(crate) async fn search(
        &self,
        words: &str,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let query = page_query("search", page)?;
        let Some(search) = search_query(words) else {
            return Ok(Listing::default());
        };
        let uri = format!("{}?{search}", self.root.uri(&EntryPath::root()));
        let files = self.api.list("search", self.context, &uri, &query).await?;
        self.listing("search", files, &query, None).await
    }

    /// Returns the URI of an entry as it stands in its own folder, shortcut or not.
    pub(crate) fn uri(&self, path: &EntryPath) -> String {
        self.root.uri(path)
    }

    /// Makes an entry of the upstream's description of the file at `path`.
    pub(crate) fn entry(&self, path: EntryPath, file: &File) -> Entry {
        let entry = entries::entry(&self.place, path, file, &self.mark);
        let is_without = |content: &String| self.without_picture.contains_key(content);
        Entry {
            has_thumbnail: entry.has_thumbnail && !entry.content.as_ref().is_some_and(is_without),
            ..entry
        }
    }

    pub(crate) async fn listing(
        &self,
        operation: &'static str,
        files: Files,
        query: &PageQuery,
        folder: Option<&EntryPath>,
    ) -> Result<Listing, DriveError> {
        let next = next(&files.pagination, query).map(|query| query.cursor());
        // A reply without a list is an error; an empty folder has an empty list.
        let files = files.files.ok_or_else(|| no_list(operation))?;
        let mut entries = Vec::with_capacity(files.len());
        for file in files.iter().filter(|file| is_there(file)) {
            let path = match folder {
                Some(folder) => folder.join(&file.name).ok(),
                None => file.path.as_deref().and_then(|uri| self.root.path(uri)),
            };
            let Some(path) = path.filter(|path| !path.is_root() && Some(path) != folder) else {
                crate::json::count_odd("an entry without a usable path");
                continue;
            };
            self.learn(&path, file).await;
            entries.push(self.entry(path, file));
        }
        if folder.is_some() && entries.iter().any(|entry| is_list(&entry.name)) {
            // Beside a playlist, numbered files are its pieces, which are not watched one by one.
            for piece in entries.iter_mut().filter(|entry| is_piece(&entry.name)) {
                piece.kind = EntryKind::Other;
                piece.has_thumbnail = false;
            }
        }
        Ok(Listing {
            entries,
            next,
            is_partial: false,
        })
    }
}

fn no_list(operation: &'static str) -> DriveError {
    DriveError::failed(operation, "the reply has no list in it")
}

#[cfg(test)]
mod tests;
