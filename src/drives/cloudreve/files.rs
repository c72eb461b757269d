//! A tree of files, one's own or a share's: folders, searches, single files and where their bytes are.
//!
//! Both trees are asked by the same calls and differ in their root. Among one's own files there may be shortcuts into
//! somebody's share: what is asked for below one is asked of that share (document section 7).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use moka::future::Cache;
use tokio::sync::broadcast;

use super::client::{Api, PageAt, PageQuery};
use super::codes::{self, Context};
use super::entries::{self, is_list, is_piece, is_there, root_entry};
use super::types::{File, Files, Pagination};
use super::uri::{Root, below};
use crate::drives::{DriveError, ErrorKind, Origin};
use crate::media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place};

/// Changes that wait for whoever listens.
const CHANGES: usize = 64;
/// More than this is never asked for at once.
const MAX_PAGE: usize = 2000;
/// An address is not given out any more this long before it runs out.
const LEAD: Duration = Duration::from_secs(60);
/// How long an address is kept at most, whatever the upstream says.
const ADDRESSES_KEPT: Duration = Duration::from_secs(3600);
const ADDRESSES: u64 = 20_000;
const SHORTCUTS: u64 = 10_000;
const SHORTCUTS_KEPT: Duration = Duration::from_secs(3600);
/// Of a path that is not there, at most so many folders above it are asked whether they lead elsewhere.
const DEEPEST_SHORTCUT: usize = 8;
/// The site's own addresses of bytes: their signatures hold at any host that leads to the site.
const CONTENT: &str = "/api/v4/file/content/";
/// The one operation that is about a shortcut itself where one stands at the path.
const STAT: &str = "stat";

/// A tree of files.
pub(super) struct Tree {
    pub(super) place: Place,
    pub(super) api: Api,
    pub(super) root: Root,
    pub(super) context: Context,
    /// The site, as it stands in the names of contents.
    pub(super) mark: String,
    /// Where shortcuts lead, by their paths.
    shortcuts: Cache<EntryPath, String>,
    /// Addresses of bytes that are still good, by what they are of.
    known: Cache<String, Origin>,
    /// What an address was given out for.
    issued: Cache<String, String>,
    /// Addresses of these were refused before their time.
    spoiled: Cache<String, ()>,
    /// Folders in which a file turned out to be another one.
    pub(super) changed: broadcast::Sender<EntryPath>,
}

impl Tree {
    pub(super) fn new(place: Place, api: Api, root: Root, context: Context) -> Self {
        let kept = |life: Duration| Cache::builder().max_capacity(ADDRESSES).time_to_live(life);
        Tree {
            mark: entries::mark(&api.site.base_url),
            place,
            api,
            root,
            context,
            shortcuts: Cache::builder()
                .max_capacity(SHORTCUTS)
                .time_to_live(SHORTCUTS_KEPT)
                .build(),
            known: kept(ADDRESSES_KEPT).build(),
            issued: Cache::builder()
                .max_capacity(ADDRESSES)
                .time_to_live(ADDRESSES_KEPT * 2)
                .build(),
            spoiled: Cache::builder()
                .max_capacity(ADDRESSES)
                .time_to_live(ADDRESSES_KEPT)
                .build(),
            changed: broadcast::Sender::new(CHANGES),
        }
    }

    pub(super) async fn list(
        &self,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let query = page_query("list", page)?;
        let files = self
            .following("list", folder, async |uri: String, context| {
                self.api.list("list", context, &uri, &query).await
            })
            .await?;
        self.listing("list", files, &query, Some(folder)).await
    }

    /// Everything in a folder, page by page; names alone count here, so the order does not.
    pub(super) async fn all_files(&self, folder: &EntryPath) -> Result<Vec<File>, DriveError> {
        let mut query = page_query(
            "list",
            &PageRequest {
                limit: MAX_PAGE,
                ..PageRequest::default()
            },
        )?;
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
                Some(next) => query = next,
                None => return Ok(all),
            }
        }
    }

    pub(super) async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if path.is_root() {
            return Ok(root_entry(&self.place));
        }
        let file = self
            .following(STAT, path, async |uri: String, context| {
                self.api.info(STAT, context, &uri).await
            })
            .await?;
        self.learn(path, &file).await;
        let mut entry = entries::entry(&self.place, path.clone(), &file, &self.mark);
        // The shortcut's own content is empty: what counts is where it leads.
        if let Some(target) = entries::redirect(&file)
            && !file.is_folder()
        {
            let target = self.api.info(STAT, Context::Share, target).await?;
            let there = entries::entry(&self.place, path.clone(), &target, &self.mark);
            entry = Entry {
                id: entry.id,
                ..there
            };
        }
        Ok(entry)
    }

    pub(super) async fn search(
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

    /// A fresh address of a file's bytes.
    pub(super) async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "original";
        let origin = self.address(operation, &entry.path).await?;
        self.checked(operation, entry, origin)
    }

    /// The same, where one that was given out before does as well: on a share, each fresh one is a download.
    pub(super) async fn kept_original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "original";
        let origin = self.kept_address(operation, &entry.path).await?;
        match self.checked(operation, entry, origin) {
            Ok(origin) => Ok(origin),
            // What is kept may be of the version before.
            Err(_) => self.original(entry).await,
        }
    }

    fn checked(
        &self,
        operation: &'static str,
        entry: &Entry,
        origin: Origin,
    ) -> Result<Origin, DriveError> {
        let names = |entity: &str| {
            let content = entry.content.as_deref();
            content.is_none_or(|content| content == entries::content(&self.mark, entity))
        };
        // Under another entity lie other bytes than the ones that are kept under this one's name.
        if !entity_of(origin.url()).is_none_or(names) {
            if let Some(folder) = entry.path.parent() {
                // Nobody may be listening.
                let _ = self.changed.send(folder);
            }
            return Err(DriveError::new(
                ErrorKind::Gone,
                operation,
                "another version is there now",
            )
            .with_sentence("The file was changed meanwhile. Look at its folder again."));
        }
        Ok(origin.with_length(entry.size))
    }

    /// An address that was given out before, where it is still good, or a fresh one.
    pub(super) async fn kept_address(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Origin, DriveError> {
        let own = self.root.uri(path);
        let now = self.api.site.clock.now();
        match self.known.get(&own).await {
            Some(known) if known.expires_at().is_none_or(|end| now < end) => Ok(known),
            _ => self.address(operation, path).await,
        }
    }

    async fn address(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Origin, DriveError> {
        let own = self.root.uri(path);
        let anew = self.spoiled.contains_key(&own);
        let urls = self
            .following(operation, path, async |uri: String, context| {
                self.api.url(operation, context, &uri, anew).await
            })
            .await?;
        let url = urls.urls.into_iter().next().map(|item| item.url);
        let url = url
            .filter(|url| !url.is_empty())
            .ok_or_else(|| DriveError::new(ErrorKind::UpstreamFailed, operation, "no address"))?;
        let origin = Origin::new(self.reachable(&url), ends(urls.expires));
        self.issued
            .insert(origin.url().to_owned(), own.clone())
            .await;
        self.spoiled.invalidate(&own).await;
        self.known.insert(own, origin.clone()).await;
        Ok(origin)
    }

    pub(super) async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "thumbnail";
        let none = |detail: &str| DriveError::new(ErrorKind::NotFound, operation, detail);
        if entry.path.is_root() || entry.kind == EntryKind::Folder {
            return Err(none("a folder"));
        }
        let thumb = self
            .following(operation, &entry.path, async |uri: String, context| {
                self.api.thumb(context, &uri).await
            })
            .await?;
        if thumb.url.is_empty() || thumb.obfuscated {
            return Err(none("no picture that is meant for us"));
        }
        Ok(Origin::new(self.reachable(&thumb.url), ends(thumb.expires)))
    }

    /// An address was refused before its time: it is not given out again, nor is what the upstream has kept.
    pub(super) async fn refused(&self, origin: &Origin) {
        if let Some(uri) = self.issued.get(origin.url()).await {
            self.known.invalidate(&uri).await;
            self.spoiled.insert(uri, ()).await;
        }
    }

    /// The address of an entry as it stands in its own folder, shortcut or not.
    pub(super) fn uri(&self, path: &EntryPath) -> String {
        self.root.uri(path)
    }

    /// An entry of what an answer tells of the file at `path`.
    pub(super) fn entry(&self, path: EntryPath, file: &File) -> Entry {
        entries::entry(&self.place, path, file, &self.mark)
    }

    /// A site that does not know its own name gives out addresses at another one, such as `localhost`. The site's own
    /// are taken to where we found it.
    fn reachable(&self, url: &str) -> String {
        let Ok(parsed) = url::Url::parse(url) else {
            return url.to_owned();
        };
        let base = &self.api.site.base_url;
        if !parsed.path().starts_with(CONTENT) || url.starts_with(&format!("{base}/")) {
            return url.to_owned();
        }
        match url.find(CONTENT) {
            Some(at) => format!("{base}{}", &url[at..]),
            None => url.to_owned(),
        }
    }

    /// Asks with the address of `path`; where nothing is there and a folder above it leads elsewhere, with the
    /// address behind that.
    async fn following<T, F>(
        &self,
        operation: &'static str,
        path: &EntryPath,
        ask: impl Fn(String, Context) -> F,
    ) -> Result<T, DriveError>
    where
        F: Future<Output = Result<T, DriveError>>,
    {
        if let Some(target) = self.behind(operation, path).await {
            return ask(target, Context::Share).await;
        }
        let answer = ask(self.root.uri(path), self.context).await;
        let may_lead_on = |error: &DriveError| {
            let code = error.upstream_code;
            self.root == Root::My
                && code.is_some_and(|code| {
                    matches!(
                        code,
                        codes::FORBIDDEN | codes::NO_SUCH_THING | 40016 | 40077
                    )
                })
        };
        match answer {
            Err(error) if may_lead_on(&error) && self.finds_shortcut(operation, path).await => {
                match self.behind(operation, path).await {
                    Some(target) => ask(target, Context::Share).await,
                    None => Err(error),
                }
            }
            other => other,
        }
    }

    /// The address behind a shortcut that is known to stand at `path` or above it. What is told of the shortcut
    /// itself is told by its own address.
    async fn behind(&self, operation: &'static str, path: &EntryPath) -> Option<String> {
        let mut at = path.clone();
        if operation == STAT {
            at = at.parent()?;
        }
        loop {
            if at.is_root() {
                return None;
            }
            if let Some(target) = self.shortcuts.get(&at).await {
                let rest = path.as_str().strip_prefix(at.as_str())?;
                return Some(below(&target, &EntryPath::parse(rest).ok()?));
            }
            at = at.parent()?;
        }
    }

    /// Looks for a shortcut at `path` or above it, from the top.
    async fn finds_shortcut(&self, operation: &'static str, path: &EntryPath) -> bool {
        let mut above: Vec<EntryPath> = Vec::new();
        let mut at = match operation {
            STAT => path.parent(),
            _ => Some(path.clone()),
        };
        while let Some(folder) = at.filter(|folder| !folder.is_root()) {
            at = folder.parent();
            above.push(folder);
        }
        for folder in above.iter().rev().take(DEEPEST_SHORTCUT) {
            let uri = self.root.uri(folder);
            match self.api.info(operation, self.context, &uri).await {
                Ok(file) if entries::redirect(&file).is_some() => {
                    self.learn(folder, &file).await;
                    return true;
                }
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        false
    }

    async fn learn(&self, path: &EntryPath, file: &File) {
        if self.root != Root::My {
            return;
        }
        match entries::redirect(file) {
            Some(target) => self.shortcuts.insert(path.clone(), target.to_owned()).await,
            None => self.shortcuts.invalidate(path).await,
        }
    }

    async fn listing(
        &self,
        operation: &'static str,
        files: Files,
        query: &PageQuery,
        folder: Option<&EntryPath>,
    ) -> Result<Listing, DriveError> {
        let next = next(&files.pagination, query).map(|query| query.cursor());
        // A reply without a list is a failure; an empty folder has an empty list.
        let files = files.files.ok_or_else(|| no_list(operation))?;
        let mut entries = Vec::with_capacity(files.len());
        for file in files.iter().filter(|file| is_there(file)) {
            let path = match folder {
                Some(folder) => folder.join(&file.name).ok(),
                None => file.path.as_deref().and_then(|uri| self.root.path(uri)),
            };
            let Some(path) = path.filter(|path| !path.is_root() && Some(path) != folder) else {
                tracing::debug!(place = %self.place, operation, "left out an entry that has no usable path");
                continue;
            };
            self.learn(&path, file).await;
            entries.push(self.entry(path, file));
        }
        if folder.is_some() && entries.iter().any(|entry| is_list(&entry.name)) {
            // Beside a list, numbered files are its pieces: nobody watches them one by one.
            for piece in entries.iter_mut().filter(|entry| is_piece(&entry.name)) {
                piece.kind = EntryKind::Other;
                piece.has_thumbnail = false;
            }
        }
        Ok(Listing { entries, next })
    }
}

impl PageQuery {
    /// The text by which a viewer asks for this page.
    fn cursor(&self) -> String {
        match &self.at {
            PageAt::First => format!("{}:", self.size),
            PageAt::Token(token) => format!("{}:t{token}", self.size),
            PageAt::Number(number) => format!("{}:p{number}", self.size),
        }
    }
}

fn page_query(operation: &'static str, page: &PageRequest) -> Result<PageQuery, DriveError> {
    let no_cursor = || DriveError::new(ErrorKind::BadRequest, operation, "no cursor of this drive");
    let (size, at) = match &page.cursor {
        None => (page.limit.clamp(1, MAX_PAGE), PageAt::First),
        Some(cursor) => {
            let (size, at) = cursor.split_once(':').ok_or_else(no_cursor)?;
            let size = size.parse().map_err(|_| no_cursor())?;
            let at = match (at.strip_prefix('t'), at.strip_prefix('p')) {
                (Some(token), _) if !token.is_empty() => PageAt::Token(token.to_owned()),
                (_, Some(number)) => PageAt::Number(number.parse().map_err(|_| no_cursor())?),
                _ => return Err(no_cursor()),
            };
            (size, at)
        }
    };
    if !(1..=MAX_PAGE).contains(&size) {
        return Err(no_cursor());
    }
    Ok(PageQuery {
        size,
        sort: page.sort,
        order: page.order,
        at,
    })
}

/// The page after this one. Its size stays what the upstream has made of it.
fn next(told: &Pagination, query: &PageQuery) -> Option<PageQuery> {
    let size = usize::try_from(told.page_size)
        .ok()
        .filter(|size| (1..=MAX_PAGE).contains(size))
        .unwrap_or(query.size);
    let token = told.next_token.as_deref().filter(|token| !token.is_empty());
    let at = match (token, told.total_items) {
        (Some(token), _) => PageAt::Token(token.to_owned()),
        (None, Some(total)) if !told.is_cursor => {
            let next = u64::try_from(told.page).ok()? + 1;
            let seen = next.checked_mul(size as u64)?;
            if seen >= u64::try_from(total).ok()? {
                return None;
            }
            PageAt::Number(next)
        }
        _ => return None,
    };
    Some(PageQuery {
        size,
        at,
        ..query.clone()
    })
}

/// The part of an address that searches: each word somewhere in the name. `None` where there is no word.
fn search_query(words: &str) -> Option<String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let mut is_empty = true;
    for word in words.split_whitespace() {
        // No name holds these; here they would mean something else.
        let word = word.replace(['*', '"'], "");
        if !word.is_empty() {
            query.append_pair("name", &word);
            is_empty = false;
        }
    }
    if is_empty {
        return None;
    }
    query.append_pair("case_folding", "");
    Some(query.finish())
}

/// When an address is to be given out no more.
fn ends(expires: super::types::Moment) -> Option<SystemTime> {
    let seconds = u64::try_from(expires.0?.timestamp()).ok()?;
    (UNIX_EPOCH + Duration::from_secs(seconds)).checked_sub(LEAD)
}

/// The content that an address of the site's own leads to.
fn entity_of(url: &str) -> Option<&str> {
    let at = url.find(CONTENT)? + CONTENT.len();
    url[at..].split('/').next().filter(|id| !id.is_empty())
}

fn no_list(operation: &'static str) -> DriveError {
    DriveError::new(
        ErrorKind::UpstreamFailed,
        operation,
        "the reply has no list in it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Order, SortBy};

    #[test]
    fn cursors_lead_on_by_token_or_by_number() {
        let first = page_query(
            "list",
            &PageRequest {
                cursor: None,
                limit: 5000,
                sort: SortBy::Size,
                order: Order::Descending,
            },
        )
        .unwrap();
        assert_eq!((first.size, &first.at), (MAX_PAGE, &PageAt::First));
        let told = |page, page_size, total_items, token: Option<&str>, is_cursor| Pagination {
            page,
            page_size,
            total_items,
            next_token: token.map(str::to_owned),
            is_cursor,
        };
        let read = |query: &PageQuery| {
            let request = PageRequest {
                cursor: Some(query.cursor()),
                sort: SortBy::Size,
                order: Order::Descending,
                ..PageRequest::default()
            };
            page_query("list", &request).unwrap()
        };
        // The site gives smaller pages than were asked for, and the token goes with that size.
        let second = next(&told(0, 200, None, Some("a+/=|b"), true), &first).unwrap();
        assert_eq!(second.size, 200);
        assert_eq!(read(&second), second);
        assert_eq!(next(&told(0, 200, None, None, true), &first), None);
        assert_eq!(next(&told(0, 200, None, Some(""), true), &first), None);
        let second = next(&told(0, 50, Some(101), None, false), &first).unwrap();
        assert_eq!(second.at, PageAt::Number(1));
        assert_eq!(read(&second), second);
        assert!(next(&told(1, 50, Some(101), None, false), &first).is_some());
        assert_eq!(next(&told(2, 50, Some(101), None, false), &first), None);
        // A share of one file.
        assert_eq!(next(&told(0, 0, None, None, false), &first), None);
        for wrong in ["", "x", "50:", "50:q1", "0:p1", "99999:p1", "50:pp", "50:t"] {
            let request = PageRequest {
                cursor: Some(wrong.to_owned()),
                ..PageRequest::default()
            };
            assert!(page_query("list", &request).is_err(), "{wrong}");
        }
    }

    #[test]
    fn searches_are_words_that_mean_themselves() {
        let cases = [
            ("film", Some("name=film&case_folding=")),
            (" a  b&c ", Some("name=a&name=b%26c&case_folding=")),
            ("\"a*\" *", Some("name=a&case_folding=")),
            ("*", None),
            ("", None),
        ];
        for (words, expected) in cases {
            assert_eq!(search_query(words).as_deref(), expected, "{words}");
        }
    }

    #[test]
    fn an_address_names_its_content() {
        let url = "http://localhost:5212/api/v4/file/content/mxB6SM/0/clip%2012.mp4?sign=9A%3A1";
        assert_eq!(entity_of(url), Some("mxB6SM"));
        assert_eq!(entity_of("https://bucket.example.org/x?sign=1"), None);
    }
}
