//! A direct link of the site, `/f/{id}/{name}`: one file, open to all who have the link (wire document section 7). The link
//! redirects to a signed URL of the bytes; no login is sent along.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::cloudreve::KIND;
use crate::cloudreve::drive::entries;
use crate::cloudreve::drive::fetch;
use crate::cloudreve::request::Site;
use crate::cloudreve::uri::component;
use crate::session::{SingleFlight, stored};
use crate::{
    Account, AccountSession, Capability, Drive, DriveError, ErrorKind, Incoming, Origin,
    SessionStore, ShareLink, UpstreamPlaylist, Volume,
};
use media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place, Rendition};

/// Prefix of the id of such a link, so that it differs from the ids of shares.
pub(crate) const PREFIX: &str = "f_";
const OPERATION: &str = "open_share";
/// A URL is no longer given out this long before it expires.
const LEAD: Duration = Duration::from_secs(60);

/// A file behind a direct link.
pub(crate) struct DirectFile {
    place: Place,
    site: Arc<Site>,
    id: String,
    memory: Arc<dyn SessionStore>,
    facts: SingleFlight<FileFacts>,
}

/// Facts of the file, stored over a restart beside the link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FileFacts {
    name: String,
    size: u64,
    etag: Option<String>,
}

impl DirectFile {
    pub(crate) fn new(
        place: Place,
        site: Arc<Site>,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Self {
        DirectFile {
            place,
            site,
            id: link.id.trim_start_matches(PREFIX).to_owned(),
            memory,
            facts: SingleFlight::new(None),
        }
    }

    /// Requests what the link leads to, and stores it.
    pub(crate) async fn look(&self, link: &ShareLink) -> Result<(), DriveError> {
        let name = link.path.as_ref().map_or("file", |path| path.name());
        let origin = self.origin(name).await?;
        let mut first = fetch::open(&self.site.http, &self.site.clock, &origin, 0, Some(0)).await?;
        let facts = FileFacts {
            name: name.to_owned(),
            size: first.length.unwrap_or(0),
            etag: first.etag.take(),
        };
        stored::save(OPERATION, self.memory.as_ref(), &facts).await?;
        self.facts.set(facts);
        Ok(())
    }

    pub(crate) fn into_drive(self) -> Drive {
        const FILES: [Capability; 3] = [Capability::List, Capability::Stream, Capability::Original];
        let file = Arc::new(self);
        Drive::new(file.place.clone(), KIND.kind, file.clone()).with_volume(file, &FILES)
    }

    async fn facts(&self) -> Result<Arc<FileFacts>, DriveError> {
        let load = async {
            let facts = stored::load(OPERATION, self.memory.as_ref()).await?;
            facts.ok_or_else(gone)
        };
        self.facts.get(load).await
    }

    /// Follows the link to a signed URL.
    async fn origin(&self, name: &str) -> Result<Origin, DriveError> {
        let url = format!("{}/f/{}/{}", self.site.base_url, self.id, component(name));
        let target = self.site.http.location(OPERATION, &url).await?;
        let target = self.site.reachable(&target.ok_or_else(gone)?);
        let expires_at = expiry(&target)
            .and_then(|end| (UNIX_EPOCH + Duration::from_secs(end)).checked_sub(LEAD));
        Ok(Origin::new(target, expires_at))
    }

    async fn entry(&self) -> Result<Entry, DriveError> {
        let facts = self.facts().await?;
        let path = EntryPath::root().join(&facts.name).map_err(|_| gone())?;
        let content = facts.etag.as_deref().map(|etag| etag.trim_matches('"'));
        Ok(Entry {
            name: facts.name.clone(),
            kind: EntryKind::of_file(&facts.name),
            size: facts.size,
            content: content.map(|id| entries::content(&entries::mark(&self.site.base_url), id)),
            path,
            ..Entry::root_of(&self.place)
        })
    }

    async fn entry_at(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        let entry = self.entry().await?;
        match entry.path == *path {
            true => Ok(entry),
            false => Err(DriveError::not_found("stat", "another path")),
        }
    }
}

#[async_trait]
impl AccountSession for DirectFile {
    async fn account(&self) -> Result<Account, DriveError> {
        let facts = self.facts().await?;
        Ok(Account {
            id: self.id.clone(),
            name: facts.name.clone(),
            ..Account::default()
        })
    }
}

#[async_trait]
impl Volume for DirectFile {
    async fn list(&self, folder: &EntryPath, _page: &PageRequest) -> Result<Listing, DriveError> {
        if !folder.is_root() {
            return Err(DriveError::not_found("list", "one file, no folder"));
        }
        Ok(Listing {
            entries: vec![self.entry().await?],
            next: None,
            is_partial: false,
        })
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if !path.is_root() {
            return self.entry_at(path).await;
        }
        Ok(Entry {
            name: self.facts().await?.name.clone(),
            ..Entry::root_of(&self.place)
        })
    }

    fn possible_renditions(&self, _entry: &Entry) -> Vec<Rendition> {
        Vec::new()
    }

    async fn playlist(
        &self,
        _entry: &Entry,
        _rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        Err(DriveError::unsupported("playlist", "a file"))
    }

    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let entry = self.entry_at(&entry.path).await?;
        Ok(self.origin(&entry.name).await?.with_length(entry.size))
    }

    async fn thumbnail(&self, _entry: &Entry) -> Result<Origin, DriveError> {
        Err(DriveError::not_found("thumbnail", "a direct link has none"))
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        fetch::open(&self.site.http, &self.site.clock, origin, from, last).await
    }
}

/// Returns when a signed URL of the site expires, in seconds since 1970: the digits after the last colon of its signature
/// (document section 10.2). `None` for never, or at another host.
fn expiry(url: &str) -> Option<u64> {
    let url = Url::parse(url).ok()?;
    let (_, sign) = url.query_pairs().find(|(name, _)| name == "sign")?;
    let end: u64 = sign.rsplit(':').next()?.parse().ok()?;
    (end > 0).then_some(end)
}

fn gone() -> DriveError {
    DriveError::new(ErrorKind::ShareGone, OPERATION, "the link leads nowhere")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_tells_when_it_ends() {
        let url = "http://c.example/api/v4/file/content/mxB6SM/0/a.mp4?sign=9A%3D%3A1749530110";
        assert_eq!(expiry(url), Some(1_749_530_110));
        assert_eq!(expiry("http://c.example/a?sign=9A%3D%3A0"), None);
        assert_eq!(expiry("http://c.example/a"), None);
    }
}
