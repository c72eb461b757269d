//! Changes that are made elsewhere: one stream of events for the whole drive (wire document section 6, sites from
//! 4.11), or, at sites without it, a look at the folders that were listed last.
//!
//! Nothing is requested before the first folder was listed: until then there is nothing that could be stale.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{HeaderMap, HeaderValue};
use serde::Deserialize;
use tokio::sync::{Notify, broadcast};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use crate::cloudreve::client::{Api, PageAt, PageQuery};
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::request::{CLIENT_ID, bearer};
use crate::cloudreve::types::File;
use crate::cloudreve::uri::{UriRoot, component};
use crate::http::{Event, EventReply};
use crate::{DriveError, ErrorKind};
use media::{EntryPath, Order, SortBy};

const OPERATION: &str = "events";
/// The site sends a keep-alive each 30 s.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(75);
const MIN_RETRY_INTERVAL: Duration = Duration::from_secs(1);
const MAX_RETRY_INTERVAL: Duration = Duration::from_secs(60);
/// The site reports a change this long after it was made, so a folder that was listed as recently is reported still.
const REPORT_DELAY: Duration = Duration::from_secs(5);
/// Interval of looking at folders, at sites without events.
const POLL_INTERVAL: Duration = Duration::from_secs(30);
/// Folders are not looked at after this time without a listing.
const POLL_IDLE_TIMEOUT: Duration = Duration::from_secs(600);
/// Folders that are looked at: those that were listed last.
const MAX_POLLED: usize = 4;
/// Entries that are looked at in each, the latest first.
const POLLED_PAGE: usize = 100;
const REPLY_LIMIT: usize = 64 << 10;

/// The folders that were listed last, and a signal for each listing.
#[derive(Default)]
pub(crate) struct RecentFolders {
    folders: Mutex<VecDeque<(EntryPath, Instant)>>,
    listed: Notify,
}

impl RecentFolders {
    pub(crate) fn note(&self, folder: &EntryPath) {
        {
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            folders.retain(|(known, _)| known != folder);
            folders.push_front((folder.clone(), Instant::now()));
            folders.truncate(MAX_POLLED);
        }
        self.listed.notify_one();
    }

    fn recent(&self) -> Vec<EntryPath> {
        let folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = folders
            .iter()
            .filter(|(_, at)| at.elapsed() < POLL_IDLE_TIMEOUT);
        recent.map(|(folder, _)| folder.clone()).collect()
    }

    fn since_last(&self) -> Option<Duration> {
        let folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.front().map(|(_, at)| at.elapsed())
    }
}

/// The task that watches the drive; it ends when this is dropped.
pub(crate) struct ChangeWatcher(AbortHandle);

impl Drop for ChangeWatcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Everything that the task needs.
struct DriveWatch {
    api: Api,
    recent: Arc<RecentFolders>,
    changed: broadcast::Sender<EntryPath>,
}

/// The end of a stream, or its absence.
enum Ended {
    /// The stream ended; it can be resumed.
    CutOff,
    /// The site has no events.
    NotThere,
}

impl ChangeWatcher {
    /// Starts the task; `None` outside of a runtime.
    pub(crate) fn start(
        api: Api,
        recent: Arc<RecentFolders>,
        changed: broadcast::Sender<EntryPath>,
    ) -> Option<Self> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        let watch = DriveWatch {
            api,
            recent,
            changed,
        };
        Some(ChangeWatcher(runtime.spawn(watch.run()).abort_handle()))
    }
}

impl DriveWatch {
    async fn run(self) {
        self.recent.listed.notified().await;
        let mut pause = MIN_RETRY_INTERVAL;
        let mut is_first = true;
        loop {
            let begun = Instant::now();
            match self.listen(&mut is_first).await {
                Ok(Ended::NotThere) => return self.poll().await,
                Ok(Ended::CutOff) => {}
                Err(error) => tracing::debug!(%error, "no events from the drive"),
            }
            if begun.elapsed() > MAX_RETRY_INTERVAL {
                pause = MIN_RETRY_INTERVAL;
            }
            sleep(pause).await;
            pause = (pause * 2).min(MAX_RETRY_INTERVAL);
        }
    }

    /// Follows one stream to its end.
    async fn listen(&self, is_first: &mut bool) -> Result<Ended, DriveError> {
        let access = self.api.auth.access().await?;
        let mut headers = HeaderMap::new();
        headers.insert(http::header::AUTHORIZATION, bearer(&access.token)?);
        if let Ok(id) = HeaderValue::from_str(&self.api.site.client_id) {
            headers.insert(CLIENT_ID, id);
        }
        let root = UriRoot::My.uri(&EntryPath::root());
        let site = &self.api.site;
        let url = site.url(&format!("/file/events?uri={}", component(&root)));
        let reply = site
            .http
            .listen(OPERATION, &url, headers, SILENCE_TIMEOUT, REPLY_LIMIT)
            .await?;
        let mut events = match reply {
            EventReply::Events(events) => events,
            EventReply::Other(reply) => {
                let told = site.told(OPERATION, Context::Files, &reply);
                let error = match told {
                    Ok(told) => told.error(told.code().unwrap_or(codes::UNCLASSIFIED)),
                    Err(error) => error,
                };
                return match error.upstream_code {
                    Some(codes::LOGIN_REQUIRED | codes::CREDENTIAL_INVALID) => {
                        self.api.auth.renewed(access.generation).await?;
                        Ok(Ended::CutOff)
                    }
                    // Turned off, not in the scope of the token, or older than 4.11.
                    Some(
                        codes::FEATURE_DISABLED | codes::SCOPE_MISSING | codes::BAD_PARAMETERS,
                    ) => Ok(Ended::NotThere),
                    None if error.kind == ErrorKind::Unsupported => Ok(Ended::NotThere),
                    _ => Err(error),
                };
            }
        };
        while let Some(event) = events.next().await? {
            let is_stale = match event.name.as_str() {
                "subscribed" => {
                    let since = self.recent.since_last();
                    let is_known = *is_first && since.is_some_and(|since| since < REPORT_DELAY);
                    *is_first = false;
                    !is_known
                }
                _ => false,
            };
            if is_stale {
                self.report(EntryPath::root());
            }
            for folder in changed_folders(&event) {
                self.report(folder);
            }
        }
        Ok(Ended::CutOff)
    }

    /// Looks at the folders that were listed last, for as long as there are listings.
    async fn poll(&self) {
        let mut known: Vec<(EntryPath, u64)> = Vec::new();
        loop {
            sleep(POLL_INTERVAL).await;
            let recent = self.recent.recent();
            if recent.is_empty() {
                self.recent.listed.notified().await;
                continue;
            }
            known.retain(|(folder, _)| recent.contains(folder));
            for folder in recent {
                let Ok(now) = self.fingerprint(&folder).await else {
                    continue;
                };
                match known.iter_mut().find(|(at, _)| *at == folder) {
                    Some((_, before)) if *before != now => {
                        *before = now;
                        self.report(folder);
                    }
                    Some(_) => {}
                    None => {
                        known.push((folder.clone(), now));
                        // It may have changed since it was listed.
                        self.report(folder);
                    }
                }
            }
        }
    }

    async fn fingerprint(&self, folder: &EntryPath) -> Result<u64, DriveError> {
        let query = PageQuery {
            size: POLLED_PAGE,
            sort: SortBy::Time,
            order: Order::Descending,
            at: PageAt::First,
        };
        let uri = UriRoot::My.uri(folder);
        let page = self
            .api
            .list(OPERATION, Context::Files, &uri, &query)
            .await?;
        Ok(fingerprint_of(&page.files.unwrap_or_default()))
    }

    fn report(&self, folder: EntryPath) {
        // There may be no listener.
        let _ = self.changed.send(folder);
    }
}

fn fingerprint_of(files: &[File]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in files {
        (&file.id, &file.name, file.size, &file.primary_entity).hash(&mut hasher);
        file.updated_at.0.hash(&mut hasher);
    }
    hasher.finish()
}

/// A change, with paths below the folder that was asked for, not percent-encoded.
#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// Returns the folders in which an event reports a change.
fn changed_folders(event: &Event) -> Vec<EntryPath> {
    if event.name != "event" {
        return Vec::new();
    }
    let Ok(change) = serde_json::from_str::<Change>(&event.data) else {
        return Vec::new();
    };
    let mut folders = Vec::new();
    for path in [change.from, change.to] {
        let folder = EntryPath::parse(&path).ok().and_then(|path| path.parent());
        if let Some(folder) = folder.filter(|folder| !folders.contains(folder)) {
            folders.push(folder);
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(name: &str, data: &str) -> Vec<String> {
        let event = Event {
            name: name.to_owned(),
            data: data.to_owned(),
        };
        let folders = changed_folders(&event);
        folders.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_event_names_the_folders_that_changed() {
        let moved = r#"{"type":"rename","file_id":"a","from":"/A/100% b.mp4","to":"/B/c d/x.mp4"}"#;
        assert_eq!(folders("event", moved), ["/A", "/B/c d"]);
        let within = r#"{"type":"rename","file_id":"a","from":"/A/x","to":"/A/y"}"#;
        assert_eq!(folders("event", within), ["/A"]);
        let made = r#"{"type":"create","file_id":"a","from":"/x.mp4","to":""}"#;
        assert_eq!(folders("event", made), ["/"]);
        assert!(folders("keep-alive", "<nil>").is_empty());
        assert!(folders("event", "<nil>").is_empty());
        assert!(folders("event", r#"{"type":"delete","from":"/../x"}"#).is_empty());
    }
}
