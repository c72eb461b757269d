//! The trash of the account (wire document section 4): deleted entries are listed, restored and deleted for good.
//!
//! An entry in the trash is named by a UUID, its id here; its former URI is in its metadata.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use http::Method;
use serde_json::json;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::client::{Api, STAT};
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::paging::{next, page_query};
use crate::cloudreve::request::{ApiRequest, ApiResponse};
use crate::cloudreve::types::{File, Files};
use crate::cloudreve::uri::{UriRoot, component};
use crate::{DriveError, ErrorKind, Permits, RestoreOutcome, Trash, TrashedEntry};
use media::{EntryPath, Order, PageRequest, SortBy};

/// Entries per page of the trash.
const PAGE: usize = 100;
/// Entries per call.
const BATCH: usize = 500;
/// Entries that are looked up at a time.
const MAX_CONCURRENT_LOOKUPS: usize = 4;
/// Metadata of a deleted entry: the URI that it had.
const RESTORE_URI: &str = "sys:restore_uri";
/// Metadata of a deleted entry: when the site deletes it for good, in seconds since 1970.
const COLLECT_TIME: &str = "sys:expected_collect_time";

#[async_trait]
impl Trash for Cloudreve {
    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<TrashedEntry>, Option<String>), DriveError> {
        let request = PageRequest {
            cursor: cursor.map(str::to_owned),
            limit: PAGE,
            sort: SortBy::Time,
            order: Order::Descending,
        };
        let query = page_query("trash", &request)?;
        let uri = UriRoot::Trash.uri(&EntryPath::root());
        let (page, retention_s) = tokio::join!(
            self.api.list("trash", Context::Files, &uri, &query),
            self.retention_s()
        );
        let page: Files = page?;
        let next = next(&page.pagination, &query).map(|query| query.cursor());
        let files = page.files.unwrap_or_default();
        let entries = files
            .iter()
            .filter_map(|file| self.trashed(file, retention_s))
            .collect();
        Ok((entries, next))
    }

    async fn restore(
        &self,
        ids: &[String],
        permits: Permits<'_>,
    ) -> Result<Vec<RestoreOutcome>, DriveError> {
        let lookups = futures_util::stream::iter(ids.to_vec()).map(|id: String| async move {
            let uri = trash_uri(&id)?;
            let file = permits
                .call(self.api.info(STAT, Context::Files, &uri))
                .await?;
            former_path(&file).ok_or_else(|| DriveError::not_found("restore", "no former path"))
        });
        let paths: Vec<Result<EntryPath, DriveError>> =
            lookups.buffered(MAX_CONCURRENT_LOOKUPS).collect().await;
        let there: Vec<&String> = ids
            .iter()
            .zip(&paths)
            .filter_map(|(id, path)| path.is_ok().then_some(id))
            .collect();
        let mut failures = Vec::new();
        for batch in there.chunks(BATCH) {
            let response = permits.call(self.api.restore(batch)).await?;
            match response.code() {
                None => {}
                Some(codes::NOT_ALL_DONE) => failures.extend(failed_ids(&response)?),
                // One entry failed the whole batch: each is restored by itself.
                Some(_) if batch.len() > 1 => {
                    for id in batch {
                        let alone = permits.call(self.api.restore(&[*id])).await?;
                        if let Err(error) = alone.done() {
                            failures.push(((*id).clone(), error));
                        }
                    }
                }
                Some(code) => failures.push((batch[0].clone(), response.error(code))),
            }
        }
        let restored = ids.iter().zip(paths).map(|(id, path)| {
            let failure = failures.iter().find(|(failed, _)| failed == id);
            let (path, result) = match (path, failure) {
                (Err(error), _) => (None, Err(error)),
                (Ok(path), Some((_, error))) => (Some(path), Err(error.clone())),
                (Ok(path), None) => (Some(path), Ok(None)),
            };
            RestoreOutcome {
                id: id.clone(),
                path,
                result,
            }
        });
        let restored: Vec<RestoreOutcome> = restored.collect();
        let outcomes = futures_util::stream::iter(restored).map(|outcome| async move {
            let now = match (&outcome.result, &outcome.path) {
                // The new state is useful, but failing to get it is no failure of the operation.
                (Ok(_), Some(path)) => Ok(permits.call(self.tree.stat(path)).await.ok()),
                _ => outcome.result,
            };
            RestoreOutcome {
                result: now,
                ..outcome
            }
        });
        Ok(outcomes.buffered(MAX_CONCURRENT_LOOKUPS).collect().await)
    }

    async fn empty(&self, permits: Permits<'_>) -> Result<(), DriveError> {
        match permits.call(self.api.empty_trash()).await {
            // Before 4.18 there is no such call.
            Err(error) if error.kind == ErrorKind::Unsupported && error.upstream_code.is_none() => {
                self.empty_by_pages(permits).await
            }
            done => done,
        }
    }
}

impl Cloudreve {
    /// Deletes the trash page by page. The first page is requested each time, since its entries are gone then.
    async fn empty_by_pages(&self, permits: Permits<'_>) -> Result<(), DriveError> {
        let query = page_query("trash", &PageRequest::first(BATCH))?;
        let uri = UriRoot::Trash.uri(&EntryPath::root());
        loop {
            let page = self.api.list("trash", Context::Files, &uri, &query);
            let files = permits.call(page).await?.files.unwrap_or_default();
            let uris: Vec<String> = files.into_iter().filter_map(|file| file.path).collect();
            if uris.is_empty() {
                return Ok(());
            }
            // A failure ends the loop, so that an entry that stays does not keep it running.
            permits.call(self.api.delete_for_good(&uris)).await?;
        }
    }

    fn trashed(&self, file: &File, retention_s: Option<i64>) -> Option<TrashedEntry> {
        let id = file.path.as_deref().and_then(id_of)?;
        let collected_at = file
            .told(COLLECT_TIME)
            .and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds.parse().ok()?, 0));
        let retention = retention_s.and_then(TimeDelta::try_seconds);
        Some(TrashedEntry {
            id,
            path: former_path(file)?,
            is_folder: file.is_folder(),
            size: match file.is_folder() {
                true => 0,
                false => u64::try_from(file.size).unwrap_or(0),
            },
            // Without the retention of the group, the last change of the entry, which its deletion is.
            deleted_at: collected_at
                .zip(retention)
                .and_then(|(at, retention)| at.checked_sub_signed(retention))
                .or(file.updated_at.0),
            expires_at: collected_at,
        })
    }

    /// Returns how many seconds the trash keeps an entry, requested once; `None` if the site does not say.
    async fn retention_s(&self) -> Option<i64> {
        let group = self.group.get_or_try_init(async || {
            let user = self.api.me().await?;
            Ok::<_, DriveError>(user.group.unwrap_or_default())
        });
        group.await.ok()?.trash_retention
    }
}

impl Api {
    async fn restore(&self, ids: &[&String]) -> Result<ApiResponse, DriveError> {
        let uris: Result<Vec<String>, DriveError> = ids.iter().map(|id| trash_uri(id)).collect();
        let body = json!({"uris": uris?});
        self.change("restore", Method::POST, "/file/restore", body)
            .await
    }

    async fn empty_trash(&self) -> Result<(), DriveError> {
        let request = ApiRequest {
            method: Method::DELETE,
            ..ApiRequest::get("trash", Context::Files, "/file/trash")
        };
        self.ask(request).await?.done()
    }

    async fn delete_for_good(&self, uris: &[String]) -> Result<(), DriveError> {
        let body = json!({"uris": uris, "skip_soft_delete": true});
        self.change("trash", Method::DELETE, "/file", body)
            .await?
            .done()
    }
}

/// Returns the failures of a batch by their ids.
fn failed_ids(response: &ApiResponse) -> Result<Vec<(String, DriveError)>, DriveError> {
    let failed = response.envelope.aggregated_error.iter();
    let failures: Option<Vec<_>> = failed
        .map(|(uri, inner)| Some((id_of(uri)?, response.error(inner.code))))
        .collect();
    match failures {
        Some(failures) if !failures.is_empty() => Ok(failures),
        _ => Err(response.error(codes::NOT_ALL_DONE)),
    }
}

fn former_path(file: &File) -> Option<EntryPath> {
    let path = UriRoot::My.path(file.told(RESTORE_URI)?)?;
    (!path.is_root()).then_some(path)
}

/// Returns the id in the URI of an entry in the trash; `None` if it is another URI.
fn id_of(uri: &str) -> Option<String> {
    let path = UriRoot::Trash.path(uri)?;
    path.names().next().map(str::to_owned)
}

/// Returns the URI of an entry in the trash.
///
/// # Errors
///
/// `not_found` if the text is not an id.
fn trash_uri(id: &str) -> Result<String, DriveError> {
    let is_id = !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match is_id {
        true => Ok(format!("cloudreve://trash/{}", component(id))),
        false => Err(DriveError::not_found("restore", "no id of the trash")),
    }
}
