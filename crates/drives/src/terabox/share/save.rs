//! Copies entries of a share into the account. The upstream copies by itself, at once or in a task.

use std::time::Duration;

use super::is_about_the_share;
use crate::terabox::Terabox;
use crate::terabox::codes::Context;
use crate::terabox::drive::entries;
use crate::terabox::response::item_error_in;
use crate::terabox::share::calls::Copying;
use crate::terabox::share::types::Transfer;
use crate::terabox::types::File;
use crate::{DriveError, ErrorKind, Manage, OnConflict, Outcome, Permits, ShareContents};
use media::{Entry, EntryPath};

const OPERATION: &str = "save";
/// Maximum number of files in a call; more are refused.
const MAX_FILES_PER_CALL: usize = 100;
/// First interval between polls of an upstream task. The intervals grow up to [`MAX_POLL_INTERVAL`], until
/// [`TASK_TIMEOUT`] has passed.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(200);
/// Polls of a task that may fail.
const MAX_POLL_FAILURES: u32 = 3;
const MAX_POLL_INTERVAL: Duration = Duration::from_secs(5);
const TASK_TIMEOUT: Duration = Duration::from_secs(120);

impl Terabox {
    pub(crate) async fn save_from(
        &self,
        share: &dyn ShareContents,
        paths: &[EntryPath],
        to: &EntryPath,
        on_conflict: OnConflict,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let ondup = match on_conflict {
            OnConflict::Fail => "fail",
            OnConflict::Rename => "newcopy",
            OnConflict::Overwrite => {
                let detail = "the upstream replaces nothing when it copies from a share";
                return Err(DriveError::bad_request(OPERATION, detail));
            }
        };
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(paths.len());
        let mut found: Vec<(usize, String)> = Vec::new();
        for path in paths {
            let result = match permits.call(share.file_id(path)).await {
                Ok(id) => {
                    found.push((outcomes.len(), id));
                    Ok(None)
                }
                Err(error) => Err(error),
            };
            outcomes.push(Outcome {
                path: path.clone(),
                result,
            });
        }
        for batch in found.chunks(MAX_FILES_PER_CALL) {
            let together = self.copy_batch(share, batch, to, ondup, permits).await;
            match together {
                Ok(results) => put(&mut outcomes, batch, results),
                // One of the files conflicts and fails the whole call, and the reply does not say which: copy
                // one by one.
                Err(error) if error.kind == ErrorKind::Conflict && batch.len() > 1 => {
                    for one in batch.chunks(1) {
                        let results = self.copy_batch(share, one, to, ondup, permits).await;
                        put(
                            &mut outcomes,
                            one,
                            results.unwrap_or_else(|error| vec![Err(error)]),
                        );
                    }
                }
                Err(error) => put(&mut outcomes, batch, vec![Err(error); batch.len()]),
            }
        }
        Ok(outcomes)
    }

    /// Copies some files, in one call; creates the folder if it is missing.
    async fn copy_batch(
        &self,
        share: &dyn ShareContents,
        batch: &[(usize, String)],
        to: &EntryPath,
        ondup: &'static str,
        permits: Permits<'_>,
    ) -> Result<Vec<Result<Option<Entry>, DriveError>>, DriveError> {
        let fs_ids: Vec<&str> = batch.iter().map(|(_, id)| id.as_str()).collect();
        let folder = self.root.upstream(to);
        let copying = Copying {
            fs_ids: &fs_ids,
            to: &folder,
            ondup,
        };
        let transfer = async || {
            let credentials = share.credentials(OPERATION).await?;
            let copied = self.api.share_transfer(OPERATION, &credentials, &copying);
            match permits.call(copied).await {
                Err(error) if is_about_the_share(&error) => {
                    let renewed = share.renewed_credentials(OPERATION, &credentials);
                    let credentials = permits.call(renewed).await?;
                    let copied = self.api.share_transfer(OPERATION, &credentials, &copying);
                    match permits.call(copied).await {
                        // The share is alive: the requested file does not exist.
                        Err(error) if is_about_the_share(&error) => Err(DriveError {
                            kind: ErrorKind::NotFound,
                            ..error
                        }),
                        other => other,
                    }
                }
                other => other,
            }
        };
        let transferred = async || {
            let answer = transfer().await?;
            match answer.task() {
                Some(task) => self.finished(task, permits).await,
                None => Ok(answer),
            }
        };
        let answer = match transferred().await {
            // 2: the folder does not exist.
            Err(error) if error.upstream_code == Some(2) && !to.is_root() => {
                self.make_folder(to, permits).await?;
                transferred().await?
            }
            other => other?,
        };
        Ok(fs_ids
            .iter()
            .map(|id| self.copied(&answer, id, to))
            .collect())
    }

    /// Returns the outcome of one file.
    fn copied(
        &self,
        answer: &Transfer,
        id: &str,
        to: &EntryPath,
    ) -> Result<Option<Entry>, DriveError> {
        let item = answer.items().find(|item| item.id() == Some(id));
        match item.map(|item| item.code()) {
            None | Some(0) => {}
            // “Some exist” for a single file means that it exists.
            Some(code) => return Err(item_error_in(OPERATION, code, Context::Share)),
        }
        let copy = answer
            .copies()
            .find(|copy| copy.from_fs_id.0.as_deref() == Some(id));
        Ok(copy.and_then(|copy| {
            let meta = copy.meta.as_ref();
            let told = copy.to.0.as_deref();
            let told = told.or_else(|| meta.and_then(|meta| meta.path.0.as_deref()));
            let path = self.root.local(told?)?;
            let empty = File::default();
            path.is_within(to)
                .then(|| entries::entry(&self.place, path, meta.unwrap_or(&empty)))
        }))
    }

    /// Waits for the end of a task and returns its result.
    async fn finished(&self, task: &str, permits: Permits<'_>) -> Result<Transfer, DriveError> {
        let mut wait = MIN_POLL_INTERVAL;
        let mut waited = Duration::ZERO;
        let mut failures = 0;
        while waited < TASK_TIMEOUT {
            tokio::time::sleep(wait).await;
            waited += wait;
            wait = (wait * 2).min(MAX_POLL_INTERVAL);
            let answer = match permits.call(self.api.share_task(OPERATION, task)).await {
                Ok(answer) => answer,
                // The copy goes on, whether it is asked for or not.
                Err(error) if error.kind.is_transient() && failures < MAX_POLL_FAILURES => {
                    failures += 1;
                    tracing::debug!(%error, "the progress of a copy could not be read");
                    continue;
                }
                Err(error) => return Err(error),
            };
            match answer.status.0.as_deref() {
                Some("success" | "finished" | "done") => return Ok(answer),
                Some("failed" | "error") => {
                    return match answer.task_errno.0 {
                        Some(code) if code != 0 && answer.items().next().is_none() => {
                            Err(item_error_in(OPERATION, code, Context::Share))
                        }
                        _ => Ok(answer),
                    };
                }
                _ => {}
            }
        }
        Err(DriveError::timeout(
            OPERATION,
            "the upstream is still copying",
        ))
    }
}

fn put(
    outcomes: &mut [Outcome],
    batch: &[(usize, String)],
    results: Vec<Result<Option<Entry>, DriveError>>,
) {
    for ((index, _), result) in batch.iter().zip(results) {
        outcomes[*index].result = result;
    }
}
