//! Downloads from a URL to the drive, which the site runs as tasks (document section 13, wire document section 5).

use async_trait::async_trait;
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::client::Api;
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::request::ApiRequest;
use crate::cloudreve::types::{SiteTask, SiteTasks};
use crate::cloudreve::uri::{UriRoot, component};
use crate::{DriveError, ErrorKind, RemoteDownloads, RemoteTask, RemoteTaskKind, RemoteTaskState};
use media::EntryPath;

/// Finished downloads per page.
const PAGE: usize = 50;
/// Schemes that sites download from (document section 13).
const SCHEMES: [&str; 6] = ["http", "https", "ftp", "ftps", "sftp", "magnet"];

#[async_trait]
impl RemoteDownloads for Cloudreve {
    async fn start(&self, url: &SecretString, to: &EntryPath) -> Result<RemoteTask, DriveError> {
        let operation = "remote_download";
        let is_accepted =
            Url::parse(url.expose_secret()).is_ok_and(|url| SCHEMES.contains(&url.scheme()));
        if !is_accepted {
            return Err(
                DriveError::bad_request(operation, "no URL of a known scheme")
                    .with_sentence("The link begins with http, https, ftp, ftps, sftp or magnet."),
            );
        }
        let folder = self.tree.uri(to);
        let started = match self.api.start_download(url, &folder).await {
            // The folder is missing.
            Err(error) if error.upstream_code == Some(codes::PATH_NOT_FOUND) && !to.is_root() => {
                self.api.create_folder(&folder).await?;
                self.api.start_download(url, &folder).await
            }
            other => other,
        };
        let task = started?.into_iter().next();
        let task = task.ok_or_else(|| DriveError::failed(operation, "no task in the reply"))?;
        Ok(remote_task(&task))
    }

    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<RemoteTask>, Option<String>), DriveError> {
        let running = async {
            match cursor {
                None => self.api.tasks("downloading", 100, None).await,
                Some(_) => Ok(SiteTasks::default()),
            }
        };
        let (running, done) = tokio::join!(running, self.api.tasks("downloaded", PAGE, cursor));
        let (running, done) = (running?, done?);
        let next = done.pagination.next_token.filter(|token| !token.is_empty());
        let tasks = running.tasks.iter().chain(&done.tasks);
        // An element without an id could not be read.
        let tasks = tasks.filter(|task| !task.id.is_empty()).map(remote_task);
        Ok((tasks.collect(), next))
    }

    async fn cancel(&self, id: &str) -> Result<(), DriveError> {
        let target = format!("/workflow/download/{}", component(id));
        let request = ApiRequest {
            method: Method::DELETE,
            ..ApiRequest::get("remote_download", Context::Files, &target)
        };
        self.api.ask(request).await?.done().map_err(|error| {
            match error.upstream_code {
                // An id of another form.
                Some(codes::BAD_PARAMETERS) => DriveError {
                    kind: ErrorKind::NotFound,
                    ..error
                },
                _ => error,
            }
        })
    }
}

impl Api {
    async fn start_download(
        &self,
        url: &SecretString,
        folder: &str,
    ) -> Result<Vec<SiteTask>, DriveError> {
        let body = json!({"src": [url.expose_secret()], "dst": folder});
        self.change("remote_download", Method::POST, "/workflow/download", body)
            .await?
            .data()
    }

    pub(crate) async fn tasks(
        &self,
        category: &str,
        size: usize,
        token: Option<&str>,
    ) -> Result<SiteTasks, DriveError> {
        let mut target = format!("/workflow?page_size={size}&category={category}");
        if let Some(token) = token {
            target.push_str(&format!("&next_page_token={}", component(token)));
        }
        self.get("tasks", Context::Files, &target).await
    }
}

/// Returns a task of the site as one of ours.
pub(crate) fn remote_task(task: &SiteTask) -> RemoteTask {
    let props = task.summary.as_ref().map(|summary| &summary.props);
    let download = props.and_then(|props| props.download.as_ref());
    let state = match task.status.as_str() {
        "queued" => RemoteTaskState::Queued,
        "completed" => RemoteTaskState::Done,
        "error" => RemoteTaskState::Failed,
        "canceled" => RemoteTaskState::Cancelled,
        _ => RemoteTaskState::Running,
    };
    let kind = match task.kind.as_str() {
        "create_archive" => RemoteTaskKind::Archive,
        "extract_archive" => RemoteTaskKind::Extract,
        _ => RemoteTaskKind::RemoteDownload,
    };
    let bytes = |number: i64| u64::try_from(number).ok();
    let source = props.and_then(|props| props.src_str.as_deref());
    let target = props
        .and_then(|props| props.dst.as_deref())
        .and_then(|uri| UriRoot::My.path(uri));
    let name = match kind {
        RemoteTaskKind::RemoteDownload => download
            .and_then(|download| download.name.clone())
            // A downloader that found nothing names its own folder.
            .filter(|name| !matches!(name.as_str(), "" | "." | "/"))
            .or_else(|| source.and_then(file_name)),
        RemoteTaskKind::Archive => target.as_ref().map(|archive| archive.name().to_owned()),
        RemoteTaskKind::Extract => {
            let archive = props
                .and_then(|props| props.src.as_deref())
                .and_then(|uri| UriRoot::My.path(uri));
            archive.map(|archive| archive.name().to_owned())
        }
    };
    RemoteTask {
        id: task.id.clone(),
        kind,
        state,
        name,
        to: match kind {
            RemoteTaskKind::Archive => target.and_then(|archive| archive.parent()),
            RemoteTaskKind::RemoteDownload | RemoteTaskKind::Extract => target,
        },
        done_bytes: download.and_then(|download| bytes(download.downloaded)),
        total_bytes: download
            .and_then(|download| bytes(download.total))
            .filter(|total| *total > 0),
        problem: (state == RemoteTaskState::Failed).then(|| {
            DriveError::failed("task", "the site reports a failed task")
                .with_sentence(match kind {
                    RemoteTaskKind::RemoteDownload if is_stored(task) => {
                        "The site has downloaded it, and could not store it: its name is taken there, or there is no space."
                    }
                    RemoteTaskKind::RemoteDownload => {
                        "The site could not do it. A link may be dead or refused there, or the site has no downloader."
                    }
                    RemoteTaskKind::Archive => "The site could not pack it.",
                    RemoteTaskKind::Extract => {
                        "The site could not unpack it. The archive may be damaged, of a kind that the site does not know, \
                         or locked by a password (sites open locked 7z and RAR archives alone), or a name in it is taken there."
                    }
                })
        }),
        created_at: task.created_at.0,
    }
}

/// Returns true if a download is complete and is being stored in the account's files, or was to be.
fn is_stored(task: &SiteTask) -> bool {
    let phase = task.summary.as_ref().and_then(|it| it.phase.as_deref());
    matches!(phase, Some("transfer" | "seeding"))
}

/// Returns the last segment of a URL, without its query, which may hold a secret; `None` if there is none.
fn file_name(source: &str) -> Option<String> {
    let url = Url::parse(source).ok()?;
    let last = url.path_segments()?.rfind(|name| !name.is_empty())?;
    let name = percent_encoding::percent_decode_str(last)
        .decode_utf8()
        .ok()?;
    Some(name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(text: &str) -> RemoteTask {
        remote_task(&serde_json::from_str(text).unwrap())
    }

    /// The replies are those of a site of version 4.18.0 with aria2.
    #[test]
    fn a_download_that_failed_has_the_name_of_its_link_and_the_reason_of_its_phase() {
        let failed = task(
            r#"{"id":"v4U2","status":"error","type":"remote_download","summary":{"phase":"monitor","props":{"failed":0,
                "src":"","src_str":"http://films.example.org/nothing.bin?key=canary","dst":"cloudreve://my/Fetched",
                "download":{"name":".","state":"error","total":0,"downloaded":0}}},"error":"Resource not found"}"#,
        );
        assert_eq!(failed.name.as_deref(), Some("nothing.bin"));
        let words = |task: &RemoteTask| task.problem.as_ref().unwrap().sentence.unwrap();
        assert!(words(&failed).contains("dead"));
        let taken = task(
            r#"{"id":"m1fN","status":"error","type":"remote_download","summary":{"phase":"transfer","props":{"failed":1,
                "src":"","src_str":"http://films.example.org/big.bin","dst":"cloudreve://my/Fetched",
                "download":{"name":"big.bin","state":"completed","total":60,"downloaded":60}}},"error":"Object existed"}"#,
        );
        assert!(words(&taken).contains("name is taken"));
        assert_eq!((taken.done_bytes, taken.total_bytes), (Some(60), Some(60)));
    }

    #[test]
    fn an_archive_that_is_unpacked_has_its_name() {
        let task = task(
            r#"{"id":"B2iL","status":"suspending","type":"extract_archive",
                "summary":{"props":{"dst":"cloudreve://my/Out/deep","src":"cloudreve://my/Packs/S%C3%A9ries.zip"}}}"#,
        );
        assert_eq!(task.name.as_deref(), Some("Séries.zip"));
        assert_eq!(task.to.unwrap().as_str(), "/Out/deep");
        assert_eq!(task.state, RemoteTaskState::Running);
    }
}
