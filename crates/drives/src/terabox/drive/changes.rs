//! Changes that were made elsewhere, in the app or on the website: the website's `filediff`, polled from outside.
//!
//! The first calls list every entry of the account, a page each; then the cursor stands for now, and each call
//! returns what has changed since the one before. The listing at the start only leads to the cursor: what had
//! changed before it is unknown, so everything is announced as changed once.

use tokio::sync::{Mutex, broadcast};

use crate::DriveError;
use crate::terabox::Terabox;
use media::EntryPath;

/// Changes that are buffered for listeners; a listener that misses some is informed of that.
const MAX_PENDING_CHANGES: usize = 64;

/// The position in the account's changes, and the channel that they are announced on.
pub(crate) struct ChangeFeed {
    sender: broadcast::Sender<EntryPath>,
    position: Mutex<FeedPosition>,
}

#[derive(Default)]
struct FeedPosition {
    /// The upstream's cursor; `None` before the first call.
    cursor: Option<String>,
    /// True once the cursor stands behind the complete listing.
    is_following: bool,
}

impl ChangeFeed {
    pub(crate) fn new() -> Self {
        ChangeFeed {
            sender: broadcast::Sender::new(MAX_PENDING_CHANGES),
            position: Mutex::default(),
        }
    }

    /// Returns the channel of changed paths.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<EntryPath> {
        self.sender.subscribe()
    }

    /// Announces a change. Without listeners, nothing is cached that it could make stale.
    fn announce(&self, path: EntryPath) {
        let _ = self.sender.send(path);
    }
}

impl Terabox {
    /// Makes one call for changes and announces them. Returns true if another call returns more at once.
    pub(crate) async fn poll_feed(&self) -> Result<bool, DriveError> {
        let operation = "changes";
        let web = self
            .web
            .as_deref()
            .ok_or_else(|| DriveError::unsupported(operation, "no web session"))?;
        let mut position = self.feed.position.lock().await;
        let diff = web.filediff(position.cursor.as_deref()).await?;
        let cursor = diff.cursor.0.filter(|cursor| !cursor.is_empty());
        let cursor =
            cursor.ok_or_else(|| DriveError::failed(operation, "no cursor in the reply"))?;
        let has_more = diff.has_more.0.is_some_and(|more| more != 0);
        // A reply that leads nowhere would be requested without end.
        let has_more = has_more && position.cursor.as_deref() != Some(cursor.as_str());
        if diff.reset.0.is_some_and(|reset| reset != 0) {
            position.is_following = false;
        }
        position.cursor = Some(cursor);
        if position.is_following {
            let changed: Vec<EntryPath> = diff
                .entries
                .unwrap_or_default()
                .keys()
                .filter_map(|path| self.root.local(path))
                .collect();
            self.thumbnails.forget(&changed).await;
            for path in changed {
                self.feed.announce(path);
            }
        } else if !has_more {
            position.is_following = true;
            self.feed.announce(EntryPath::root());
        }
        Ok(has_more)
    }
}
