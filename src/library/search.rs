//! Search over all drives that support it, and all files of one kind. A failing drive is reported beside the results of the others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use futures_util::future::join_all;
use tokio::time::timeout;

use super::{Library, single_flight};
use crate::governor::{Priority, SharedDrive};
use drives::{Capability, DriveError, ErrorKind};
use media::{Entry, FileKind, Listing, PageRequest, Place};

/// A search: words, a kind of files, or both; or a tag.
#[derive(Debug, Clone, Copy, Default)]
pub struct SearchRequest<'a> {
    /// The words of the name; empty for all files of `kind`.
    pub words: &'a str,
    /// The kind of the files; `None` for entries of any kind, folders among them.
    pub kind: Option<FileKind>,
    /// The tag of the entries, instead of words.
    pub tag: Option<&'a str>,
    /// The place that is searched, which may be a share; `None` for all drives.
    pub place: Option<&'a Place>,
    /// The places that a viewer is limited to; `None` for all.
    pub limit: Option<&'a [Place]>,
}

impl SearchRequest<'_> {
    fn may_see(&self, place: &Place) -> bool {
        self.limit.is_none_or(|places| places.contains(place))
    }
}

/// One page of results.
#[derive(Debug, Default)]
pub struct SearchPage {
    /// The results, drive by drive in the owner's order.
    pub entries: Vec<Entry>,
    /// The opaque cursor of the next page; `None` on the last one.
    pub next: Option<String>,
    /// The drives that failed.
    pub problems: Vec<(Place, DriveError)>,
    /// The drives that have not answered in time. They are still being searched.
    pub late: Vec<Place>,
    /// The drives of which not all folders have been looked into.
    pub partial: Vec<Place>,
}

/// One search of one drive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct DriveSearch {
    place: Place,
    words: String,
    kind: Option<FileKind>,
    tag: Option<String>,
    page: PageRequest,
}

impl Library {
    /// Searches all drives that can, or one place.
    ///
    /// # Errors
    ///
    /// Fails for a malformed cursor; failures of drives are in the result.
    pub async fn search(
        &self,
        search: SearchRequest<'_>,
        page: &PageRequest,
    ) -> Result<SearchPage, DriveError> {
        self.search_drives(search, page, None).await
    }

    /// Searches as [`Library::search`], and waits no longer than `patience` for each drive. A search that takes longer
    /// goes on, and the same search after it gets its result.
    ///
    /// # Errors
    ///
    /// Fails for a malformed cursor.
    pub async fn search_within(
        &self,
        search: SearchRequest<'_>,
        page: &PageRequest,
        patience: Duration,
    ) -> Result<SearchPage, DriveError> {
        self.search_drives(search, page, Some(patience)).await
    }

    async fn search_drives(
        &self,
        search: SearchRequest<'_>,
        page: &PageRequest,
        patience: Option<Duration>,
    ) -> Result<SearchPage, DriveError> {
        let required = match (search.tag, search.words) {
            (Some(_), _) => Capability::Tags,
            (None, "") => Capability::List,
            (None, _) => Capability::Search,
        };
        let drives = match search.place {
            Some(place) if !search.may_see(place) => {
                return Err(DriveError::new(
                    ErrorKind::Forbidden,
                    "search",
                    "the viewer is limited to other places",
                ));
            }
            Some(place) => Arc::from([self.drive(place)?]),
            None => self.drives(),
        };
        let positions = match &page.cursor {
            None => None,
            Some(cursor) => Some(read_cursor(cursor).ok_or_else(|| {
                DriveError::bad_request("search", "the cursor is not one of ours")
            })?),
        };
        let asked = drives.iter().filter(|drive| {
            drive.capabilities().contains(&required)
                && search.may_see(drive.place())
                && positions
                    .as_ref()
                    .is_none_or(|positions| positions.contains_key(drive.place().as_str()))
        });
        let answers = join_all(asked.map(|drive| {
            let cursor = positions
                .as_ref()
                .and_then(|positions| positions.get(drive.place().as_str()).cloned());
            let page = PageRequest {
                cursor,
                ..page.clone()
            };
            async move {
                let answer = match patience {
                    None => Some(self.search_drive(drive, search, &page).await),
                    Some(patience) => self.answer_within(drive, search, page, patience).await,
                };
                let answer = match answer {
                    Some(answer) => Some(self.invalidate_on_error(drive.place(), answer).await),
                    None => None,
                };
                (drive.place().clone(), answer)
            }
        }))
        .await;

        let mut found = SearchPage::default();
        let mut next = BTreeMap::new();
        for (place, answer) in answers {
            match answer {
                Some(Ok(listing)) => {
                    let entries = listing.entries.into_iter();
                    let settings = self.folder_settings();
                    found
                        .entries
                        .extend(entries.filter(|entry| settings.shows(entry)));
                    if listing.is_partial {
                        found.partial.push(place.clone());
                    }
                    next.extend(listing.next.map(|cursor| (place.to_string(), cursor)));
                }
                Some(Err(error)) => found.problems.push((place, error)),
                None => found.late.push(place),
            }
        }
        found.next = (!next.is_empty()).then(|| write_cursor(&next));
        Ok(found)
    }

    /// Returns the answer of one drive; `None` if it has not come in time.
    async fn answer_within(
        &self,
        drive: &SharedDrive,
        search: SearchRequest<'_>,
        page: PageRequest,
        patience: Duration,
    ) -> Option<Result<Listing, DriveError>> {
        let key = DriveSearch {
            place: drive.place().clone(),
            words: search.words.to_owned(),
            kind: search.kind,
            tag: search.tag.map(str::to_owned),
            page,
        };
        let (library, drive, asked) = (self.clone(), drive.clone(), key.clone());
        let answer = single_flight(&self.searches, key.clone(), async move {
            let search = SearchRequest {
                words: &asked.words,
                kind: asked.kind,
                tag: asked.tag.as_deref(),
                ..SearchRequest::default()
            };
            let listing = library.search_drive(&drive, search, &asked.page).await?;
            Ok(Arc::new(listing))
        });
        let answer = timeout(patience, answer).await.ok()?;
        // Only a result that was waited for in vain is kept.
        self.searches.invalidate(&key).await;
        Some(answer.map(Arc::unwrap_or_clone))
    }

    async fn search_drive(
        &self,
        drive: &SharedDrive,
        search: SearchRequest<'_>,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        if let Some(tag) = search.tag {
            let tags = drive.tags();
            let lacking = || DriveError::unsupported("tags", "the drive has no tags");
            let listing = tags.ok_or_else(lacking)?.find(tag, page).await?;
            let fits = |entry: &Entry| search.kind.is_none_or(|kind| kind.matches(entry));
            return Ok(Listing {
                entries: listing.entries.into_iter().filter(fits).collect(),
                next: listing.next,
                is_partial: listing.is_partial,
            });
        }
        match (search.words, search.kind) {
            ("", Some(kind)) => self.all_of_kind(drive, kind, page).await,
            (words, Some(kind)) => self.search_of_kind(drive, words, kind, page).await,
            (words, None) => drive.at(Priority::Scans).search(words, page).await,
        }
    }
}

fn write_cursor(positions: &BTreeMap<String, String>) -> String {
    let json = serde_json::to_vec(positions).unwrap_or_default();
    BASE64URL_NOPAD.encode(&json)
}

fn read_cursor(cursor: &str) -> Option<BTreeMap<String, String>> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_as_written_and_others_refused() {
        let positions = BTreeMap::from([
            ("films".to_owned(), "2".to_owned()),
            ("nas".to_owned(), "x".to_owned()),
        ]);
        assert_eq!(read_cursor(&write_cursor(&positions)), Some(positions));
        assert_eq!(read_cursor("nonsense"), None);
        assert_eq!(read_cursor("~"), None);
    }
}
