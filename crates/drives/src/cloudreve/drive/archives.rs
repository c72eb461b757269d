//! Archives, which the site packs and unpacks as tasks (document section 13, wire document section 5).

use async_trait::async_trait;
use futures_util::future::join_all;
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::manage::check_name;
use super::remote_downloads::remote_task;
use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::types::{PhaseProgress, PhaseProgresses, SiteTask};
use crate::cloudreve::uri::component;
use crate::{Archives, DriveError, ErrorKind, RemoteTask, RemoteTaskState};
use media::EntryPath;

const OPERATION: &str = "archive";
/// Tasks per page.
const PAGE: usize = 25;
/// Running tasks whose progress is requested.
const MAX_PROGRESS_CALLS: usize = 5;

#[async_trait]
impl Archives for Cloudreve {
    async fn pack(
        &self,
        paths: &[EntryPath],
        archive: &EntryPath,
    ) -> Result<RemoteTask, DriveError> {
        check_name(OPERATION, archive.name())?;
        if !archive.name().to_ascii_lowercase().ends_with(".zip") {
            return Err(
                DriveError::bad_request(OPERATION, "no name of a zip archive")
                    .with_sentence("The name of the archive ends in .zip."),
            );
        }
        if paths.is_empty() || paths.iter().any(EntryPath::is_root) {
            return Err(DriveError::bad_request(OPERATION, "nothing to pack")
                .with_sentence("Choose what the archive is to contain."));
        }
        // The task would fail much later.
        match self.tree.stat(archive).await {
            Ok(_) => return Err(DriveError::new(ErrorKind::Conflict, OPERATION, "")),
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let uris: Vec<String> = paths.iter().map(|path| self.tree.uri(path)).collect();
        let body = json!({"src": uris, "dst": self.tree.uri(archive)});
        self.start_task("/workflow/archive", &body).await
    }

    async fn unpack(
        &self,
        archive: &EntryPath,
        to: &EntryPath,
        password: Option<&SecretString>,
    ) -> Result<RemoteTask, DriveError> {
        // A missing archive fails now, a missing folder is created below.
        self.tree.stat(archive).await?;
        let folder = self.tree.uri(to);
        let mut body = json!({"src": [self.tree.uri(archive)], "dst": folder});
        if let Some(password) = password.filter(|it| !it.expose_secret().is_empty()) {
            body["password"] = json!(password.expose_secret());
        }
        match self.start_task("/workflow/extract", &body).await {
            Err(error) if error.upstream_code == Some(codes::PATH_NOT_FOUND) && !to.is_root() => {
                self.api.create_folder(&folder).await?;
                self.start_task("/workflow/extract", &body).await
            }
            other => other,
        }
    }

    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<RemoteTask>, Option<String>), DriveError> {
        let page = self.api.tasks("general", PAGE, cursor).await?;
        let next = page.pagination.next_token.filter(|token| !token.is_empty());
        let is_archive =
            |task: &&SiteTask| matches!(task.kind.as_str(), "create_archive" | "extract_archive");
        let mut tasks: Vec<RemoteTask> = page
            .tasks
            .iter()
            .filter(is_archive)
            .map(remote_task)
            .collect();
        let running = tasks
            .iter_mut()
            .filter(|task| task.state == RemoteTaskState::Running)
            .take(MAX_PROGRESS_CALLS);
        join_all(running.map(async |task| {
            // Without it, the task is shown as running.
            if let Ok(progress) = self.progress(&task.id).await
                && let Some(bytes) = bytes_of(&progress)
            {
                (task.done_bytes, task.total_bytes) = bytes;
            }
        }))
        .await;
        Ok((tasks, next))
    }
}

impl Cloudreve {
    async fn start_task(&self, target: &str, body: &Value) -> Result<RemoteTask, DriveError> {
        let answer = self
            .api
            .change(OPERATION, Method::POST, target, body.clone());
        let task: SiteTask = answer.await?.data()?;
        Ok(remote_task(&task))
    }

    async fn progress(&self, id: &str) -> Result<PhaseProgresses, DriveError> {
        let target = format!("/workflow/progress/{}", component(id));
        self.api.get(OPERATION, Context::Files, &target).await
    }
}

/// Returns the bytes that are done and all bytes, of the phase that counts bytes; `None` if none does yet.
fn bytes_of(progress: &PhaseProgresses) -> Option<(Option<u64>, Option<u64>)> {
    let counts_bytes =
        |(name, phase): &(&String, &PhaseProgress)| !name.ends_with("_count") && phase.total > 0;
    let (_, phase) = progress.iter().filter(counts_bytes).last()?;
    let bytes = |number: i64| u64::try_from(number).ok();
    Some((bytes(phase.current.min(phase.total)), bytes(phase.total)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_that_of_the_phase_that_counts_bytes() {
        let read = |text: &str| bytes_of(&serde_json::from_str(text).unwrap());
        let upload = r#"{"upload":{"total":9000,"current":4000,"identifier":""}}"#;
        assert_eq!(read(upload), Some((Some(4000), Some(9000))));
        let packing =
            r#"{"archive_count":{"total":3,"current":1},"archive_size":{"total":90,"current":95}}"#;
        assert_eq!(read(packing), Some((Some(90), Some(90))));
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"upload":{"total":0,"current":0}}"#), None);
    }
}
