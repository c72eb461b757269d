//! URLs of originals, of versions and of thumbnails, cached for as long as they are valid.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::super::entries;
use super::{LEAD, SiteTree};
use crate::cloudreve::codes;
use crate::cloudreve::request::CONTENT;
use crate::cloudreve::types::{Moment, Urls};
use crate::{DriveError, ErrorKind, Origin};
use media::{Entry, EntryKind, EntryPath};

impl SiteTree {
    /// Requests a fresh URL of a file's bytes.
    pub(crate) async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "original";
        let origin = self.fresh_origin(operation, &entry.path).await?;
        self.checked(operation, entry, origin)
    }

    /// Returns a cached URL of a file's bytes, or a fresh one: on a share, each fresh one counts as a download.
    pub(crate) async fn kept_original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "original";
        let origin = self.kept_origin(operation, &entry.path).await?;
        match self.checked(operation, entry, origin) {
            Ok(origin) => Ok(origin),
            // The cached URL may be of the version before.
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
        // Another entity has other bytes than those cached under this entry's content.
        if !entity_of(origin.url()).is_none_or(names) {
            if let Some(folder) = entry.path.parent() {
                // There may be no listener.
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

    /// Returns a cached URL if it is still good, or a fresh one.
    pub(crate) async fn kept_origin(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Origin, DriveError> {
        let own = self.root.uri(path);
        let now = self.api.site.clock.now();
        match self.known.get(&own).await {
            Some(known) if known.expires_at().is_none_or(|end| now < end) => Ok(known),
            _ => self.fresh_origin(operation, path).await,
        }
    }

    async fn fresh_origin(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Origin, DriveError> {
        let own = self.root.uri(path);
        let anew = self.spoiled.contains_key(&own);
        let urls = match self.version_urls(operation, path, anew).await? {
            Some(urls) => urls,
            None => {
                self.following(operation, path, async |uri: String, context| {
                    self.api.url(operation, context, &uri, None, anew).await
                })
                .await?
            }
        };
        let url = urls.urls.into_iter().next().map(|item| item.url);
        let url = url
            .filter(|url| !url.is_empty())
            .ok_or_else(|| DriveError::failed(operation, "no address"))?;
        let origin = Origin::new(self.api.site.reachable(&url), ends(urls.expires));
        self.issued
            .insert(origin.url().to_owned(), own.clone())
            .await;
        self.spoiled.invalidate(&own).await;
        self.known.insert(own, origin.clone()).await;
        Ok(origin)
    }

    /// Returns the URL of a version at its own path; `None` if the path is not that of a version.
    async fn version_urls(
        &self,
        operation: &'static str,
        path: &EntryPath,
        anew: bool,
    ) -> Result<Option<Urls>, DriveError> {
        let Some((file, id)) = self.version_of(path) else {
            return Ok(None);
        };
        let uri = self.root.uri(&file);
        match self
            .api
            .url(operation, self.context, &uri, Some(&id), anew)
            .await
        {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            urls => urls.map(Some),
        }
    }

    pub(crate) async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let operation = "thumbnail";
        let none = |detail: &str| DriveError::not_found(operation, detail);
        if entry.path.is_root() || entry.kind == EntryKind::Folder {
            return Err(none("a folder"));
        }
        if let Some(content) = &entry.content
            && self.without_picture.contains_key(content)
        {
            return Err(none("the site has made no picture of it"));
        }
        let thumb = self
            .following(operation, &entry.path, async |uri: String, context| {
                self.api.thumb(context, &uri).await
            })
            .await;
        let thumb = match thumb {
            // The first call for a file that no generator of the site can do answers -1, later calls 40077 (wire
            // document section 1).
            Err(error)
                if matches!(
                    error.upstream_code,
                    Some(codes::UNCLASSIFIED | codes::ENTITY_NOT_FOUND)
                ) =>
            {
                if let Some(content) = &entry.content {
                    self.without_picture.insert(content.clone(), ()).await;
                }
                return Err(none("the site makes no picture of it"));
            }
            thumb => thumb?,
        };
        if thumb.url.is_empty() || thumb.obfuscated {
            return Err(none("no picture that is meant for us"));
        }
        Ok(Origin::new(
            self.api.site.reachable(&thumb.url),
            ends(thumb.expires),
        ))
    }

    /// Handles a URL that was refused before its time: it is not given out again, nor is the one that the
    /// upstream has cached.
    pub(crate) async fn refused(&self, origin: &Origin) {
        if let Some(uri) = self.issued.get(origin.url()).await {
            self.known.invalidate(&uri).await;
            self.spoiled.insert(uri, ()).await;
        }
    }
}

/// Returns the time from which a URL is no longer given out; `None` if it has no expiry.
fn ends(expires: Moment) -> Option<SystemTime> {
    let seconds = u64::try_from(expires.0?.timestamp()).ok()?;
    (UNIX_EPOCH + Duration::from_secs(seconds)).checked_sub(LEAD)
}

/// Returns the content that one of the site's own URLs leads to; `None` if the URL is another one.
pub(super) fn entity_of(url: &str) -> Option<&str> {
    let at = url.find(CONTENT)? + CONTENT.len();
    url[at..].split('/').next().filter(|id| !id.is_empty())
}
