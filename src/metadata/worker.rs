//! Looks up the items that are due, the newest first.

use std::time::Duration;

use super::Metadata;
use crate::store::{DueItem, ItemKind};
use drives::metadata::WantedTitle;
use drives::{DriveError, ErrorKind};

/// Items that are read from the state at once.
const BATCH: usize = 200;

/// Time after a change of the library within which further ones are awaited.
const CHANGE_DELAY: Duration = Duration::from_millis(500);

/// Time after which the state is looked at again without a change: items become due by the clock.
const IDLE_INTERVAL: Duration = Duration::from_secs(300);

/// Pause after the key was refused. Only the owner mends that, and a restart reads the new key.
const REFUSED_PAUSE: Duration = Duration::from_secs(3600);

/// Pause after the service could not be reached.
const FAILURE_PAUSE: Duration = Duration::from_secs(30);

impl Metadata {
    /// Looks up items as they become due, until it is cancelled.
    pub async fn run(self) {
        loop {
            match self.look_up_batch().await {
                Ok(0) => {
                    let wanted = self.inner.wanted.notified();
                    let _ = tokio::time::timeout(IDLE_INTERVAL, wanted).await;
                    tokio::time::sleep(CHANGE_DELAY).await;
                }
                Ok(_) => {}
                Err(pause) => tokio::time::sleep(pause).await,
            }
        }
    }

    /// Looks up some items that are due. Returns their number, or the pause that the service needs.
    async fn look_up_batch(&self) -> Result<usize, Duration> {
        let language = self.inner.client.language();
        let due = self.inner.store.due_for_metadata(language, BATCH).await;
        let due = due.map_err(|error| {
            tracing::warn!(%error, "the library could not be read");
            FAILURE_PAUSE
        })?;
        for item in &due {
            match self.look_up(item).await {
                Ok(()) => *self.inner.problem.lock() = None,
                Err(error) => self.note_failure(item, &error).await?,
            }
        }
        Ok(due.len())
    }

    /// Looks up one item and stores the answer.
    async fn look_up(&self, item: &DueItem) -> Result<(), DriveError> {
        let (client, store) = (&self.inner.client, &self.inner.store);
        let language = client.language();
        let stored = match (item.kind, item.series_source, item.season) {
            (ItemKind::Season, Some(series), Some(season)) => {
                let found = client.season(series, season).await?;
                store
                    .put_season_metadata(item, language, found.as_ref())
                    .await
            }
            (kind, ..) => {
                let wanted = WantedTitle {
                    title: item.title.clone(),
                    year: item.year,
                    is_series: kind == ItemKind::Series,
                };
                let found = client.find(&wanted).await?;
                store.put_metadata(item, language, found.as_ref()).await
            }
        };
        if let Err(error) = stored {
            tracing::warn!(item = item.id, %error, "metadata could not be stored");
            return Err(DriveError::failed(
                "metadata",
                "the state cannot be written",
            ));
        }
        Ok(())
    }

    /// Notes a failure with the item, unless it is one of the service. Then it is the pause that the service needs.
    async fn note_failure(&self, item: &DueItem, error: &DriveError) -> Result<(), Duration> {
        let (problem, pause) = match error.kind {
            ErrorKind::SignedOut | ErrorKind::Forbidden => (
                "The key was refused. Correct metadata.tmdb_api_key and start the server again.",
                REFUSED_PAUSE,
            ),
            ErrorKind::RateLimited => (
                "The service asks for a pause.",
                error.retry_after.unwrap_or(FAILURE_PAUSE),
            ),
            _ => {
                tracing::debug!(item = item.id, %error, "an item could not be looked up");
                let language = self.inner.client.language();
                let store = &self.inner.store;
                let noted = store
                    .note_metadata_failure(item, language, &error.to_string())
                    .await;
                if let Err(error) = noted {
                    tracing::warn!(item = item.id, %error, "a failure could not be stored");
                    return Err(FAILURE_PAUSE);
                }
                if !error.kind.is_transient() {
                    return Ok(());
                }
                ("The service does not answer.", FAILURE_PAUSE)
            }
        };
        if self.inner.problem.lock().replace(problem) != Some(problem) {
            tracing::warn!(%error, "the metadata service: {problem}");
        }
        Err(pause)
    }
}
