//! Files of one kind: of a folder, of a search, and of a whole drive.
//!
//! A drive whose upstream lists files by kind is asked for them. Any other drive is walked, folder by folder in
//! the order of their paths; the cursor is the position of the walk, so nothing is kept between two pages, and
//! the folders come from the cache of listings.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::{Freshness, Library};
use crate::governor::{Priority, SharedDrive};
use drives::{DriveError, ErrorKind};
use media::{Entry, EntryKind, EntryPath, FileKind, Listing, PageRequest, Place, natural_cmp};

/// Maximum number of upstream pages read for one page of results.
const MAX_PAGES_READ: usize = 40;
/// Maximum depth of folders in a walk: links may lead in circles.
const MAX_DEPTH: usize = 32;
/// Maximum number of entries read of one folder to find the next one.
const MAX_FOLDER_ENTRIES: usize = 100_000;

/// A position among the results: how many entries of an upstream page were returned.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct KindCursor {
    /// The folder of the page; empty for the folder or the search of the request.
    #[serde(default)]
    folder: String,
    /// The upstream's cursor of the page.
    page: Option<String>,
    /// Matching entries of the page that were returned already.
    skip: usize,
}

impl KindCursor {
    fn parse(cursor: Option<&str>) -> Result<Self, DriveError> {
        let Some(cursor) = cursor else {
            return Ok(KindCursor::default());
        };
        let json = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok();
        json.and_then(|json| serde_json::from_slice(&json).ok())
            .ok_or_else(|| {
                let detail = "the cursor is not one of ours";
                DriveError::bad_request("list", detail)
            })
    }

    fn to_text(&self) -> String {
        BASE64URL_NOPAD.encode(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Moves matching entries of an upstream page to `found`, until it has `limit`. Returns true if the page has
    /// no more.
    fn take<'e>(
        &mut self,
        found: &mut Vec<Entry>,
        limit: usize,
        matching: impl Iterator<Item = &'e Entry>,
    ) -> bool {
        let mut rest = matching.skip(self.skip).peekable();
        while found.len() < limit
            && let Some(entry) = rest.next()
        {
            found.push(entry.clone());
            self.skip += 1;
        }
        rest.peek().is_none()
    }
}

impl Library {
    /// Returns one page of a folder with its files of one kind, and all of its folders.
    ///
    /// # Errors
    /// Those of [`Library::listing`].
    pub async fn listing_of_kind(
        &self,
        place: &Place,
        folder: &EntryPath,
        kind: FileKind,
        page: &PageRequest,
        freshness: Freshness,
    ) -> Result<Listing, DriveError> {
        let mut filtered = FilteredPage::begin(page)?;
        let mut freshness = freshness;
        loop {
            let request = PageRequest {
                limit: PageRequest::large().limit,
                ..filtered.request(page)
            };
            let listing = self.listing(place, folder, &request, freshness).await?;
            // All pages of a fresh listing are invalidated with its first one.
            freshness = Freshness::Cached;
            let is_meant = |entry: &Entry| entry.kind == EntryKind::Folder || kind.matches(entry);
            if let Some(whole) = filtered.add(&listing, is_meant) {
                return Ok(whole);
            }
        }
    }

    /// Returns one page of the files of one kind whose names match.
    pub(super) async fn search_of_kind(
        &self,
        drive: &SharedDrive,
        words: &str,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let mut filtered = FilteredPage::begin(page)?;
        loop {
            let request = filtered.request(page);
            let listing = drive.at(Priority::Scans).search(words, &request).await?;
            if let Some(whole) = filtered.add(&listing, |entry| kind.matches(entry)) {
                return Ok(whole);
            }
        }
    }

    /// Returns one page of all files of one kind in a drive.
    pub(super) async fn all_of_kind(
        &self,
        drive: &SharedDrive,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let listed = drive.at(Priority::Scans).files_of_kind(kind, page).await?;
        match listed {
            Some(listing) => Ok(listing),
            None => self.walk_for_kind(drive.place(), kind, page).await,
        }
    }

    /// Walks the folders of a place from the position in the cursor on, until a page is full or enough folders
    /// were read.
    async fn walk_for_kind(
        &self,
        place: &Place,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let mut at = KindCursor::parse(page.cursor.as_deref())?;
        let mut entries = Vec::new();
        for _ in 0..MAX_PAGES_READ {
            let folder = match at.folder.as_str() {
                "" => EntryPath::root(),
                path => EntryPath::parse(path)
                    .map_err(|_| DriveError::bad_request("list", "no path in the cursor"))?,
            };
            let request = PageRequest {
                cursor: at.page.clone(),
                ..PageRequest::large()
            };
            let listing = self
                .listing(place, &folder, &request, Freshness::Cached)
                .await;
            let next_page = match listing {
                Ok(listing) => {
                    let matching = listing.entries.iter().filter(|entry| kind.matches(entry));
                    if !at.take(&mut entries, page.limit, matching) {
                        break;
                    }
                    listing.next.clone()
                }
                // The folder was deleted meanwhile, or may not be read.
                Err(error)
                    if !folder.is_root()
                        && matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) =>
                {
                    None
                }
                Err(error) => return Err(error),
            };
            at = match next_page {
                Some(_) => KindCursor {
                    page: next_page,
                    skip: 0,
                    ..at
                },
                None => match self.folder_after(place, folder).await? {
                    Some(folder) => KindCursor {
                        folder: folder.to_string(),
                        ..KindCursor::default()
                    },
                    None => {
                        return Ok(Listing {
                            entries,
                            next: None,
                            is_partial: false,
                        });
                    }
                },
            };
            if entries.len() >= page.limit {
                break;
            }
        }
        Ok(Listing {
            entries,
            next: Some(at.to_text()),
            is_partial: false,
        })
    }

    /// Returns the folder that follows in a walk: the first one in `folder`, else the next one beside it or
    /// beside a folder above it. `None` at the end.
    async fn folder_after(
        &self,
        place: &Place,
        folder: EntryPath,
    ) -> Result<Option<EntryPath>, DriveError> {
        let depth = folder.as_str().split('/').count();
        if depth < MAX_DEPTH
            && let Some(first) = self.next_folder(place, &folder, None).await?
        {
            return Ok(Some(first));
        }
        let mut here = folder;
        while let Some(parent) = here.parent() {
            if let Some(next) = self.next_folder(place, &parent, Some(here.name())).await? {
                return Ok(Some(next));
            }
            here = parent;
        }
        Ok(None)
    }

    /// Returns the folder in `parent` that follows the name `after`, in natural order; the first one for `None`.
    async fn next_folder(
        &self,
        place: &Place,
        parent: &EntryPath,
        after: Option<&str>,
    ) -> Result<Option<EntryPath>, DriveError> {
        let order = |one: &str, other: &str| natural_cmp(one, other).then_with(|| one.cmp(other));
        let all = self
            .whole_folder(place, parent, MAX_FOLDER_ENTRIES, Freshness::Cached)
            .await;
        let all = match all {
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                return Ok(None);
            }
            all => all?.entries,
        };
        let folders = all.into_iter().filter(|it| it.kind == EntryKind::Folder);
        let later = folders.filter(|it| after.is_none_or(|name| order(&it.name, name).is_gt()));
        Ok(later
            .min_by(|one, other| order(&one.name, &other.name))
            .map(|it| it.path))
    }
}

/// A page of matching entries, filled from upstream pages.
struct FilteredPage {
    at: KindCursor,
    entries: Vec<Entry>,
    limit: usize,
    pages_read: usize,
}

impl FilteredPage {
    /// Begins the page that is requested.
    ///
    /// # Errors
    /// A malformed cursor.
    fn begin(page: &PageRequest) -> Result<Self, DriveError> {
        Ok(FilteredPage {
            at: KindCursor::parse(page.cursor.as_deref())?,
            entries: Vec::new(),
            limit: page.limit,
            pages_read: 0,
        })
    }

    /// Returns the request for the next upstream page.
    fn request(&self, page: &PageRequest) -> PageRequest {
        PageRequest {
            cursor: self.at.page.clone(),
            ..page.clone()
        }
    }

    /// Adds the matching entries of an upstream page. Returns the finished page; `None` if another upstream page
    /// must be read.
    fn add(&mut self, listing: &Listing, is_meant: impl Fn(&Entry) -> bool) -> Option<Listing> {
        self.pages_read += 1;
        let matching = listing.entries.iter().filter(|entry| is_meant(entry));
        let is_read = self.at.take(&mut self.entries, self.limit, matching);
        if is_read {
            let Some(next) = &listing.next else {
                return Some(Listing {
                    entries: std::mem::take(&mut self.entries),
                    next: None,
                    is_partial: listing.is_partial,
                });
            };
            self.at = KindCursor {
                page: Some(next.clone()),
                ..KindCursor::default()
            };
        }
        let is_whole = self.entries.len() >= self.limit || self.pages_read >= MAX_PAGES_READ;
        is_whole.then(|| Listing {
            entries: std::mem::take(&mut self.entries),
            next: Some(self.at.to_text()),
            is_partial: listing.is_partial,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: usize) -> Entry {
        let name = match number % 3 {
            0 => format!("/{number}.mp4"),
            _ => format!("/{number}.txt"),
        };
        let path = EntryPath::parse(&name).unwrap();
        let place = Place::parse("films").unwrap();
        Entry::bare(&place, &path, EntryKind::of_file(path.name()))
    }

    /// An upstream with 100 entries, in pages of 7.
    fn page_of_seven(request: PageRequest) -> Listing {
        let start: usize = request.cursor.map_or(0, |cursor| cursor.parse().unwrap());
        let end = (start + 7).min(100);
        Listing {
            entries: (start..end).map(entry).collect(),
            next: (end < 100).then(|| end.to_string()),
            is_partial: false,
        }
    }

    #[test]
    fn filtered_pages_are_full_and_every_entry_comes_once() {
        let expected: Vec<String> = (0..100)
            .map(entry)
            .filter(|entry| FileKind::Video.matches(entry))
            .map(|entry| entry.name)
            .collect();
        for limit in [1, 2, 5, 33, 34, 1000] {
            let mut page = PageRequest::first(limit);
            let mut found: Vec<String> = Vec::new();
            loop {
                let mut filtered = FilteredPage::begin(&page).unwrap();
                let listing = loop {
                    let upstream = page_of_seven(filtered.request(&page));
                    let is_film = |entry: &Entry| FileKind::Video.matches(entry);
                    if let Some(whole) = filtered.add(&upstream, is_film) {
                        break whole;
                    }
                };
                assert!(listing.entries.len() <= limit);
                assert!(listing.next.is_none() || listing.entries.len() == limit);
                found.extend(listing.entries.into_iter().map(|entry| entry.name));
                page.cursor = listing.next;
                if page.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected, "in pages of {limit}");
        }
    }

    #[test]
    fn cursors_are_read_as_written_and_others_refused() {
        let cursor = KindCursor {
            folder: "/Series/Ö".to_owned(),
            page: Some("2:100".to_owned()),
            skip: 7,
        };
        assert_eq!(KindCursor::parse(Some(&cursor.to_text())).unwrap(), cursor);
        assert_eq!(KindCursor::parse(None).unwrap(), KindCursor::default());
        assert!(KindCursor::parse(Some("nonsense")).is_err());
    }
}
