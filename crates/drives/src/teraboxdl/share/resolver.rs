//! The current content of a share link: resolved on first use, cached until a URL in it is refused, and then
//! resolved again once for all callers, since each time costs a request of the daily allowance.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::session::stored;
use crate::teraboxdl::client::Api;
use crate::teraboxdl::resolve_queue::Resolution;
use crate::teraboxdl::types::Item;
use crate::{DriveError, ErrorKind, Origin, SessionStore};
use cache::SyncCache;
use media::EntryPath;

/// Time for which a list of files is taken for unchanged.
const LISTING_TTL: Duration = Duration::from_secs(3600);
/// Refused URLs that are remembered.
const MAX_REFUSED: u64 = 10_000;

/// One share.
pub(crate) struct Resolver {
    pub(crate) api: Arc<Api>,
    /// The link, with its password.
    link: String,
    memory: Arc<dyn SessionStore>,
    now: RwLock<Option<Arc<Resolved>>>,
    refused: SyncCache<String, ()>,
}

/// The files of a share, and their URLs.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) files: Vec<(EntryPath, Item)>,
    /// The round that found it, and when; `None` if it was loaded from the store, without URLs.
    asked: Option<(u64, SystemTime)>,
}

/// Stored form, used after a restart: names and sizes, no URLs.
#[derive(Serialize, Deserialize)]
struct StoredShare {
    resolved: Vec<StoredFile>,
}

#[derive(Serialize, Deserialize)]
struct StoredFile {
    id: Option<String>,
    name: String,
    size: u64,
    streams: bool,
}

impl Resolver {
    pub(crate) fn new(api: Arc<Api>, link: String, memory: Arc<dyn SessionStore>) -> Self {
        Resolver {
            api,
            link,
            memory,
            now: RwLock::default(),
            refused: SyncCache::new(MAX_REFUSED),
        }
    }

    /// Returns the cached files, without a request; `None` if there are none.
    pub(crate) fn known(&self) -> Option<Arc<Resolved>> {
        self.now
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns the files, from memory if they are there.
    pub(crate) async fn files(&self) -> Result<Arc<Resolved>, DriveError> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        match self.remembered().await? {
            Some(remembered) => Ok(self.keep(remembered)),
            None => self.with_urls().await,
        }
    }

    /// Returns the files, at most an hour old, for opening the folder. Files from the store are good enough:
    /// they cost nothing, and playing resolves the link again.
    pub(crate) async fn recent(&self) -> Result<Arc<Resolved>, DriveError> {
        let known = self.files().await?;
        let age = known
            .asked
            .and_then(|(_, at)| self.api.clock.now().duration_since(at).ok());
        match age {
            Some(age) if age > LISTING_TTL => match self.renewed(&known).await {
                // An old list is better than none for today, or than none until the service answers.
                Err(error) if error.kind == ErrorKind::RateLimited || error.is_retry_later() => {
                    Ok(known)
                }
                told => told,
            },
            _ => Ok(known),
        }
    }

    /// Returns the files with their URLs.
    pub(crate) async fn with_urls(&self) -> Result<Arc<Resolved>, DriveError> {
        match self.known() {
            Some(known) if known.asked.is_some() => Ok(known),
            known => self.ask(known.as_ref()).await,
        }
    }

    /// Returns the files with other URLs than those that were refused.
    pub(crate) async fn renewed(&self, stale: &Arc<Resolved>) -> Result<Arc<Resolved>, DriveError> {
        self.ask(Some(stale)).await
    }

    /// Records that a URL does not work any more.
    pub(crate) fn refuse(&self, url: &str) {
        self.refused.insert(url.to_owned(), ());
    }

    pub(crate) fn is_refused(&self, origin: &Origin) -> bool {
        self.refused.contains_key(origin.url())
    }

    /// Resolves the link, unless another caller did so since `stale` was known.
    async fn ask(&self, stale: Option<&Arc<Resolved>>) -> Result<Arc<Resolved>, DriveError> {
        let after = stale.and_then(|stale| stale.round());
        if let Some(known) = self.known()
            && known.round() > after
        {
            return Ok(known);
        }
        let answer = self.api.extract(&self.link, after).await;
        let answer = answer.map_err(|error| match (error.kind, stale) {
            // It was accepted before, so the share itself has changed.
            (ErrorKind::NotAShareLink, Some(_)) => DriveError {
                kind: ErrorKind::ShareGone,
                ..error
            },
            _ => error,
        })?;
        let resolved = Resolved::new(&answer, self.api.clock.now());
        let text = serde_json::json!(resolved.stored()).to_string();
        let kept = self.keep(resolved);
        if let Err(error) = self.memory.save(&text).await {
            // The only cost is a request after a restart.
            tracing::warn!(%error, "what a share holds could not be remembered");
        }
        Ok(kept)
    }

    async fn remembered(&self) -> Result<Option<Resolved>, DriveError> {
        let stored = stored::load::<StoredShare>("share", self.memory.as_ref()).await?;
        Ok(stored.map(Resolved::remembered))
    }

    /// Caches the result, unless another caller has done so or a later one is there.
    fn keep(&self, resolved: Resolved) -> Arc<Resolved> {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = now.as_ref()
            && known.round() >= resolved.round()
        {
            return known.clone();
        }
        let resolved = Arc::new(resolved);
        *now = Some(resolved.clone());
        resolved
    }
}

impl Resolved {
    fn new(answer: &Resolution, now: SystemTime) -> Self {
        Resolved {
            files: named(answer.found.items.clone()),
            asked: Some((answer.round, now)),
        }
    }

    fn round(&self) -> Option<u64> {
        self.asked.map(|(round, _)| round)
    }

    fn remembered(stored: StoredShare) -> Self {
        let items = stored.resolved.into_iter().map(|file| Item {
            id: file.id,
            name: file.name,
            size: file.size,
            // It is known that there is a URL, but not the URL itself.
            stream_url: file.streams.then(String::new),
            ..Item::default()
        });
        Resolved {
            files: named(items.collect()),
            asked: None,
        }
    }

    fn stored(&self) -> StoredShare {
        let file = |(_, item): &(EntryPath, Item)| StoredFile {
            id: item.id.clone(),
            name: item.name.clone(),
            size: item.size,
            streams: item.stream_url.is_some(),
        };
        StoredShare {
            resolved: self.files.iter().map(file).collect(),
        }
    }

    /// Returns the file at a path; `None` if there is none.
    pub(crate) fn find(&self, path: &EntryPath) -> Option<&Item> {
        let found = self.files.iter().find(|(known, _)| known == path);
        found.map(|(_, item)| item)
    }
}

/// Gives each file a unique name at the root: a folder is shown as its files, and two may have the same name.
fn named(items: Vec<Item>) -> Vec<(EntryPath, Item)> {
    let mut files: Vec<(EntryPath, Item)> = Vec::with_capacity(items.len());
    let mut taken = std::collections::HashSet::new();
    for item in items {
        let plain: String = item
            .name
            .chars()
            .map(|c| if c == '/' { '_' } else { c })
            .filter(|c| !c.is_control())
            .collect();
        let (stem, extension) = match plain.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
            _ => (plain.as_str(), String::new()),
        };
        let numbered = (2..1000).map(|n| format!("{stem} ({n}){extension}"));
        let path = std::iter::once(plain.clone())
            .chain(numbered)
            .filter_map(|name| EntryPath::root().join(&name).ok())
            .find(|path| !path.is_root() && !taken.contains(path));
        if let Some(path) = path {
            taken.insert(path.clone());
            files.push((path, item));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_name_of_its_own() {
        let item = |name: &str| Item {
            name: name.to_owned(),
            ..Item::default()
        };
        let names = ["a.mp4", "a.mp4", "a/b.mp4", "..", "x\ny", "a.mp4"];
        let files = named(names.map(item).into());
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "/a.mp4",
                "/a (2).mp4",
                "/a_b.mp4",
                "/. (2).",
                "/xy",
                "/a (3).mp4"
            ]
        );
    }
}
