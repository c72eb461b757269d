//! Removal of the bytes that interrupted copies and uploads have left: at once when their task is cancelled, else by age.

use std::sync::Arc;
use std::time::Duration;

use super::TaskRunner;

/// Interval at which drives are looked through.
const CHECK_INTERVAL: Duration = Duration::from_secs(24 * 3600);

impl TaskRunner {
    /// Deletes what was left behind a day ago and belongs to no task, at the start and every day, until it is cancelled.
    pub async fn remove_abandoned(self) {
        loop {
            match self.0.store.resume_keys_in_use().await {
                Ok(in_use) => {
                    let in_use = Arc::new(in_use);
                    for drive in self.0.library.drives().iter() {
                        let Some(upload) = drive.upload() else {
                            continue;
                        };
                        if let Err(error) = upload.remove_abandoned(&in_use).await {
                            tracing::debug!(drive = %drive.place(), %error,
                                "rests of interrupted uploads stay for another day");
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "the tasks could not be read"),
            }
            tokio::time::sleep(CHECK_INTERVAL).await;
        }
    }

    /// Deletes what a task that was cancelled has left of its current file.
    pub(super) async fn discard_rest(&self, id: i64) {
        let (Ok(Some(task)), Ok(Some(item))) = (
            self.0.store.task(id).await,
            self.0.store.next_task_item(id).await,
        ) else {
            return;
        };
        let Some(key) = &item.resume_key else {
            return;
        };
        let discarded = self.0.library.discard_upload(&task.to, &item.target, key);
        if let Err(error) = discarded.await {
            tracing::debug!(task = id, %error, "the rest of a copy stays for a day");
        }
    }
}
