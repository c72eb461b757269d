//! Reads the description files beside films and series (`movie.nfo`, `tvshow.nfo`, `{film}.nfo`) when an item is shown.

use std::sync::Arc;
use std::time::Duration;

use super::Playback;
use crate::library::{Freshness, parse_description};

/// The largest description file, in bytes.
const MAX_BYTES: u64 = 256 << 10;

/// Time that a page waits for the descriptions of its items.
const DESCRIPTION_TIMEOUT: Duration = Duration::from_secs(3);

impl Playback {
    /// Reads the description files of an item of the library and stores what they say. Returns false if they were not
    /// read, so that the next page tries again.
    pub async fn read_descriptions(&self, item: i64) -> bool {
        let reading = Box::pin(self.description_of(item));
        let read = tokio::time::timeout(DESCRIPTION_TIMEOUT, reading).await;
        match read {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::debug!(item, %error, "a description could not be read");
                false
            }
            Err(_) => false,
        }
    }

    async fn description_of(&self, item: i64) -> anyhow::Result<()> {
        let Some(index) = self.library().index() else {
            return Ok(());
        };
        let mut details = None;
        for (place, path) in index.description_files(item).await? {
            let entry = self
                .library()
                .entry(&place, &path, Freshness::Cached)
                .await?;
            if entry.size > MAX_BYTES {
                continue;
            }
            let bytes = self
                .beginning(&self.original(&Arc::clone(&entry)), MAX_BYTES)
                .await?;
            details = parse_description(&bytes);
            if details.is_some() {
                break;
            }
        }
        index
            .store_details(item, &details.unwrap_or_default())
            .await
    }
}
