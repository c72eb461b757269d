//! A TeraBox share as a place, through the service: a folder is shown as its files, all at the root.

pub(crate) mod resolver;

use std::sync::Arc;

use async_trait::async_trait;

use super::KIND;
use super::fetch;
use crate::http::Client;
use crate::teraboxdl::share::resolver::{Resolved, Resolver};
use crate::teraboxdl::types::Item;
use crate::{
    Account, AccountSession, Capability, Drive, DriveError, ErrorKind, Incoming, Origin,
    UpstreamPlaylist, Volume,
};
use media::{
    Entry, EntryKind, EntryPath, Listing, Order, PageRequest, Place, Rendition, SortBy, natural_cmp,
};

/// Rendition of a stream; the service does not report the size of its picture.
const ONLY: Rendition = Rendition::Video { height: 720 };

/// An open share.
pub(crate) struct DlShare {
    place: Place,
    /// The drive that opened it.
    opened_by: Place,
    http: Arc<Client>,
    resolver: Resolver,
}

impl DlShare {
    pub(crate) fn new(
        place: Place,
        opened_by: Place,
        http: Arc<Client>,
        resolver: Resolver,
    ) -> Self {
        DlShare {
            place,
            opened_by,
            http,
            resolver,
        }
    }

    /// Resolves the link if that was not done before.
    pub(crate) async fn open(&self) -> Result<(), DriveError> {
        self.resolver.with_urls().await.map(drop)
    }

    fn entry(&self, path: &EntryPath, item: &Item) -> Entry {
        let is_video = EntryKind::of_file(path.name()) == EntryKind::Video;
        Entry {
            name: path.name().to_owned(),
            path: path.clone(),
            // A file with a stream is a film, whatever its name.
            kind: match item.stream_url.is_some() && !is_video {
                true => EntryKind::Video,
                false => EntryKind::of_file(path.name()),
            },
            size: item.size,
            id: item.id.clone(),
            content: item.id.as_ref().map(|id| format!("{id}-{}", item.size)),
            has_thumbnail: item.picture.is_some(),
            ..Entry::root_of(&self.place)
        }
    }

    /// Returns one URL of a file; if the URL was refused before, resolves the link once more. `None` if the
    /// service has no such URL.
    async fn origin_of(
        &self,
        path: &EntryPath,
        operation: &'static str,
        of: impl Fn(&Item) -> Option<&String>,
    ) -> Result<Option<Origin>, DriveError> {
        let find = |resolved: &Resolved| {
            let item = resolved.find(path).ok_or_else(|| absent(operation))?;
            Ok(of(item).map(|url| Origin::new(url.clone(), None)))
        };
        let now = self.resolver.with_urls().await?;
        match find(&now)? {
            Some(origin) if self.resolver.is_refused(&origin) => {
                find(&*self.resolver.renewed(&now).await?)
            }
            found => Ok(found),
        }
    }

    /// Returns true if a playlist contains a segment that was refused.
    fn is_stale(&self, list: &UpstreamPlaylist) -> bool {
        let lines = list.text().lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .filter_map(|line| list.origin(line))
            .any(|segment| self.resolver.is_refused(&segment))
    }
}

impl DlShare {
    pub(crate) fn into_drive(self) -> Drive {
        const FILES: [Capability; 3] = [Capability::List, Capability::Stream, Capability::Original];
        let share = Arc::new(self);
        Drive::new(share.place.clone(), KIND.kind, share.clone())
            .with_volume(share, &FILES)
            .self_contained()
    }
}

#[async_trait]
impl AccountSession for DlShare {
    /// Returns the name of the drive that opened it; the service reports nothing about the share's owner.
    async fn account(&self) -> Result<Account, DriveError> {
        Ok(Account {
            facts: vec![("Opened by".to_owned(), self.opened_by.to_string().into())],
            ..Account::default()
        })
    }
}

#[async_trait]
impl Volume for DlShare {
    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        let operation = "list";
        if !folder.is_root() {
            return Err(absent(operation));
        }
        let from: usize = page.cursor.as_deref().map_or(Ok(0), |cursor| {
            cursor
                .parse()
                .map_err(|_| DriveError::bad_request(operation, "no cursor of this share"))
        })?;
        let resolved = self.resolver.recent().await?;
        let files = resolved.files.iter();
        let mut entries: Vec<Entry> = files.map(|(path, item)| self.entry(path, item)).collect();
        entries.sort_by(|a, b| {
            let by_size = match page.sort {
                SortBy::Size => a.size.cmp(&b.size),
                // The service reports no times.
                SortBy::Name | SortBy::Time => std::cmp::Ordering::Equal,
            };
            let ascending = by_size.then_with(|| natural_cmp(&a.name, &b.name));
            match page.order {
                Order::Ascending => ascending,
                Order::Descending => ascending.reverse(),
            }
        });
        let until = entries.len().min(from.saturating_add(page.limit.max(1)));
        Ok(Listing {
            next: (until < entries.len()).then(|| until.to_string()),
            entries: entries.drain(from.min(until)..until).collect(),
            is_partial: false,
        })
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        let resolved = self.resolver.files().await?;
        if !path.is_root() {
            let item = resolved.find(path).ok_or_else(|| absent("stat"))?;
            return Ok(self.entry(path, item));
        }
        let mut root = Entry::root_of(&self.place);
        if let Some((first, _)) = resolved.files.first() {
            root.name = match resolved.files.len() {
                1 => first.name().to_owned(),
                count => format!("{} and {} more", first.name(), count - 1),
            };
        }
        Ok(root)
    }

    fn possible_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        let known = self.resolver.known();
        let item = known.as_ref().and_then(|known| known.find(&entry.path));
        let streams = item.is_none_or(|item| item.stream_url.is_some());
        match entry.kind {
            EntryKind::Video if streams => vec![ONLY],
            _ => Vec::new(),
        }
    }

    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        let operation = "playlist";
        let unsupported = |detail| DriveError::unsupported(operation, detail);
        if rendition != ONLY {
            return Err(unsupported("there is no such quality"));
        }
        let mut now = self.resolver.with_urls().await?;
        for may_ask_again in [true, false] {
            let item = now.find(&entry.path).ok_or_else(|| absent(operation))?;
            let url = item
                .stream_url
                .as_deref()
                .ok_or_else(|| unsupported("the service streams this file not"))?;
            let list = fetch::playlist(&self.http, &self.resolver.api.clock, url).await;
            let is_stale = match &list {
                Ok(list) => self.is_stale(list),
                Err(error) => error.kind == ErrorKind::Expired,
            };
            if !is_stale || !may_ask_again {
                return list;
            }
            now = self.resolver.renewed(&now).await?;
        }
        Err(absent(operation))
    }

    /// Returns the origin of the file itself; if the service has no URL of it, that of its stream as a
    /// download.
    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "original";
        let direct = self
            .origin_of(&entry.path, operation, |item| item.direct_link.as_ref())
            .await?;
        if let Some(origin) = direct {
            return Ok(match entry.size {
                0 => origin,
                size => origin.with_length(size),
            });
        }
        let stream = self
            .origin_of(&entry.path, operation, |item| {
                item.stream_download_url.as_ref()
            })
            .await?;
        stream.ok_or_else(|| DriveError::unsupported(operation, "no address of the file"))
    }

    /// Returns the thumbnail. One that no longer loads is not worth a request of the daily allowance.
    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let files = self.resolver.files().await?;
        let picture = files
            .find(&entry.path)
            .and_then(|item| item.picture.clone());
        picture
            .map(|url| Origin::new(url, None))
            .filter(|origin| !self.resolver.is_refused(origin))
            .ok_or_else(|| DriveError::not_found("thumbnail", "it has no picture"))
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let clock = &self.resolver.api.clock;
        let opened = fetch::open(&self.http, clock, origin, from, last).await;
        if let Err(error) = &opened
            && error.kind == ErrorKind::Expired
        {
            self.resolver.refuse(origin.url());
        }
        opened
    }
}

fn absent(operation: &'static str) -> DriveError {
    let detail = "nothing of that name in the share";
    DriveError::not_found(operation, detail)
}
