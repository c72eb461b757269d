//! The recycle bin of the account, by the website's calls (as public clients of it and of its sister service agree).
//!
//! A deleted entry is named by the upstream's file id. The reply to a restoration lists the ids that failed, without
//! a reason: an entry whose path is taken is a conflict.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::browse::page_number;
use super::entries;
use crate::terabox::Terabox;
use crate::terabox::web_session::WebSession;
use crate::terabox::web_session::types::DeletedFile;
use crate::{DriveError, ErrorKind, Permits, RestoreOutcome, Trash, TrashedEntry};
use media::EntryPath;

/// Entries per page of the bin.
const PAGE: usize = 100;
/// Maximum number of pages searched for the paths of restored entries.
const MAX_PAGES: u64 = 100;
/// Maximum number of entries in a call.
const MAX_IDS_PER_CALL: usize = 100;

#[async_trait]
impl Trash for Terabox {
    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<TrashedEntry>, Option<String>), DriveError> {
        let operation = "trash";
        let page = page_number(operation, cursor)?;
        let files = self.deleted_page(operation, page).await?;
        let next = (files.len() >= PAGE).then(|| (page + 1).to_string());
        let now = DateTime::<Utc>::from(self.clock.now());
        let entries = files.iter().filter_map(|file| self.trashed(file, now));
        Ok((entries.collect(), next))
    }

    async fn restore(
        &self,
        ids: &[String],
        permits: Permits<'_>,
    ) -> Result<Vec<RestoreOutcome>, DriveError> {
        let operation = "restore";
        let web = self.bin(operation)?;
        let paths = self.deleted_paths(operation, ids, permits).await?;
        let known: Vec<&str> = ids
            .iter()
            .map(String::as_str)
            .filter(|id| paths.contains_key(*id))
            .collect();
        let mut failed: Vec<String> = Vec::new();
        for batch in known.chunks(MAX_IDS_PER_CALL) {
            let restored = permits.call(web.restore(batch)).await?;
            let list = restored.faillist.unwrap_or_default();
            failed.extend(list.into_iter().filter_map(|id| id.0.0));
        }
        let back: Vec<String> = known
            .iter()
            .filter(|id| !failed.iter().any(|other| other == *id))
            .filter_map(|id| Some(self.root.upstream(paths.get(*id)?)))
            .collect();
        let found = match back.is_empty() {
            true => HashMap::new(),
            // The entries are back; a failure to read them is no failure of that.
            false => permits
                .call(self.api.metas(operation, &back))
                .await
                .unwrap_or_default(),
        };
        let outcomes = ids.iter().map(|id| {
            let path = paths.get(id.as_str()).cloned();
            let result = match &path {
                None => Err(DriveError::not_found(operation, "it is not in the bin")),
                Some(_) if failed.contains(id) => Err(DriveError::new(
                    ErrorKind::Conflict,
                    operation,
                    "the upstream did not restore it",
                )),
                Some(path) => Ok(found
                    .get(&self.root.upstream(path))
                    .map(|file| entries::entry(&self.place, path.clone(), file))),
            };
            RestoreOutcome {
                id: id.clone(),
                path,
                result,
            }
        });
        Ok(outcomes.collect())
    }

    async fn empty(&self, permits: Permits<'_>) -> Result<(), DriveError> {
        let web = self.bin("trash")?;
        permits.call(web.empty_recycle_bin()).await
    }
}

impl Terabox {
    fn bin(&self, operation: &'static str) -> Result<&WebSession, DriveError> {
        self.web
            .as_deref()
            .ok_or_else(|| DriveError::unsupported(operation, "no web session"))
    }

    async fn deleted_page(
        &self,
        operation: &'static str,
        page: u64,
    ) -> Result<Vec<DeletedFile>, DriveError> {
        let deleted = self.bin(operation)?.deleted(operation, page, PAGE).await?;
        deleted
            .list
            .ok_or_else(|| DriveError::failed(operation, "the reply has no list in it"))
    }

    /// Returns the former paths of deleted entries, by their ids; those that are not in the bin are absent.
    async fn deleted_paths(
        &self,
        operation: &'static str,
        ids: &[String],
        permits: Permits<'_>,
    ) -> Result<HashMap<String, EntryPath>, DriveError> {
        let mut paths = HashMap::new();
        for page in 1..=MAX_PAGES {
            let files = permits.call(self.deleted_page(operation, page)).await?;
            let is_last = files.len() < PAGE;
            for file in files {
                let (Some(id), Some(path)) = (file.fs_id.0, file.path.0) else {
                    continue;
                };
                if ids.contains(&id)
                    && let Some(path) = self.root.local(&path)
                {
                    paths.insert(id, path);
                }
            }
            if is_last || paths.len() == ids.len() {
                break;
            }
        }
        Ok(paths)
    }

    fn trashed(&self, file: &DeletedFile, now: DateTime<Utc>) -> Option<TrashedEntry> {
        let is_folder = file.isdir.0.unwrap_or(0) != 0;
        let left = file.left_days.0.filter(|days| *days >= 0);
        Some(TrashedEntry {
            id: file.fs_id.0.clone().filter(|id| is_number(id))?,
            path: self.root.local(file.path.0.as_deref()?)?,
            is_folder,
            size: match file.size.0 {
                Some(size) if !is_folder => u64::try_from(size).unwrap_or(0),
                _ => 0,
            },
            deleted_at: file
                .server_mtime
                .0
                .filter(|&seconds| seconds > 0)
                .and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
            expires_at: left
                .and_then(TimeDelta::try_days)
                .and_then(|left| now.checked_add_signed(left)),
        })
    }
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}
