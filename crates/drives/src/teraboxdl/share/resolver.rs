//! What a share link holds right now: asked for when somebody wants it, kept until an address in it is refused, and
//! asked for again once for everybody, since each time costs a request of the day's allowance.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::session::stored;
use crate::teraboxdl::client::Api;
use crate::teraboxdl::resolve_queue::Resolution;
use crate::teraboxdl::types::Item;
use crate::{DriveError, ErrorKind, Origin, SessionStore};
use media::EntryPath;

/// How long a list of files is taken for unchanged.
const LISTING_TTL: Duration = Duration::from_secs(3600);
/// UrlTable that were refused and are remembered.
const MAX_REFUSED: u64 = 10_000;

/// One share.
pub(crate) struct Resolver {
    pub(crate) api: Arc<Api>,
    /// The link, with its password.
    link: String,
    memory: Arc<dyn SessionStore>,
    now: RwLock<Option<Arc<Resolved>>>,
    refused: Cache<String, ()>,
}

/// The files of a share, and their addresses.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) files: Vec<(EntryPath, Item)>,
    /// Which round found it, and when; `None` where it is remembered from an earlier run, without addresses.
    asked: Option<(u64, SystemTime)>,
}

/// What is remembered over a restart: names and sizes, no addresses.
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
            refused: Cache::new(MAX_REFUSED),
        }
    }

    /// What is known without asking anybody.
    pub(crate) fn known(&self) -> Option<Arc<Resolved>> {
        self.now
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The files, from memory where they are there.
    pub(crate) async fn files(&self) -> Result<Arc<Resolved>, DriveError> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        match self.remembered().await? {
            Some(remembered) => Ok(self.keep(remembered)),
            None => self.addressed().await,
        }
    }

    /// The files, not older than an hour, for who opens the folder. What is remembered from an earlier run will do: it
    /// costs nothing, and playing asks anew.
    pub(crate) async fn recent(&self) -> Result<Arc<Resolved>, DriveError> {
        let known = self.files().await?;
        let age = known
            .asked
            .and_then(|(_, at)| self.api.clock.now().duration_since(at).ok());
        match age {
            Some(age) if age > LISTING_TTL => match self.renewed(&known).await {
                // A list that is old is better than none for today, or than none until the service answers.
                Err(error) if error.kind == ErrorKind::RateLimited || error.is_retry_later() => {
                    Ok(known)
                }
                told => told,
            },
            _ => Ok(known),
        }
    }

    /// The files with their addresses.
    pub(crate) async fn addressed(&self) -> Result<Arc<Resolved>, DriveError> {
        match self.known() {
            Some(known) if known.asked.is_some() => Ok(known),
            known => self.ask(known.as_ref()).await,
        }
    }

    /// The files with other addresses than those that were refused.
    pub(crate) async fn renewed(&self, stale: &Arc<Resolved>) -> Result<Arc<Resolved>, DriveError> {
        self.ask(Some(stale)).await
    }

    /// Takes note that an address does not work any more.
    pub(crate) fn refuse(&self, url: &str) {
        self.refused.insert(url.to_owned(), ());
    }

    pub(crate) fn is_refused(&self, origin: &Origin) -> bool {
        self.refused.contains_key(origin.url())
    }

    /// Asks for the link, unless somebody did so since `stale` was known.
    async fn ask(&self, stale: Option<&Arc<Resolved>>) -> Result<Arc<Resolved>, DriveError> {
        let after = stale.and_then(|stale| stale.round());
        if let Some(known) = self.known()
            && known.round() > after
        {
            return Ok(known);
        }
        let answer = self.api.extract(&self.link, after).await;
        let answer = answer.map_err(|error| match (error.kind, stale) {
            // It was taken before, so what has changed is the share.
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
            // It costs a request after a restart, nothing more.
            tracing::warn!(%error, "what a share holds could not be remembered");
        }
        Ok(kept)
    }

    async fn remembered(&self) -> Result<Option<Resolved>, DriveError> {
        let stored = stored::load::<StoredShare>("share", self.memory.as_ref()).await?;
        Ok(stored.map(Resolved::remembered))
    }

    /// Keeps what was found, unless another who waited has, or something later is there.
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
            // That there is one is known, not where.
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

    /// The file at a path.
    pub(crate) fn find(&self, path: &EntryPath) -> Option<&Item> {
        let found = self.files.iter().find(|(known, _)| known == path);
        found.map(|(_, item)| item)
    }
}

/// Each file under a name of its own at the root: a folder comes as its files, and two may be called the same.
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
