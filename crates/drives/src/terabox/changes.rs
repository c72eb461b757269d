//! The calls that change something (document section 3.4.1 to 3.4.4), in the upstream's words.
//!
//! Parameters go where the document's tables put them. Bodies are percent-encoded with `%20` for a blank:
//! a `+` has ended up in file names.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use percent_encoding::utf8_percent_encode;
use serde_json::json;

use super::client::{Api, JSON_LIMIT, QUERY, address, parsed};
use super::codes::{self, Context};
use super::types::{self, File, Files, Managed, PartTaken, Precreated, Task};
use super::verdict::judge;
use super::way::Question;
use crate::http::{Parcel, Reply};
use crate::{DriveError, OnConflict};

/// What `filemanager` is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opera {
    Copy,
    Move,
    Rename,
    Delete,
}

impl Opera {
    pub(super) fn word(self) -> &'static str {
        match self {
            Opera::Copy => "copy",
            Opera::Move => "move",
            Opera::Rename => "rename",
            Opera::Delete => "delete",
        }
    }
}

/// What `create` is told of a file.
pub(super) struct NewFile<'a> {
    pub(super) path: &'a str,
    pub(super) size: u64,
    pub(super) uploadid: &'a str,
    /// JSON, as `precreate` was given it.
    pub(super) block_list: &'a str,
    pub(super) on_conflict: OnConflict,
}

/// One part of a file.
pub(super) struct Part<'a> {
    pub(super) path: &'a str,
    pub(super) uploadid: &'a str,
    pub(super) number: usize,
    pub(super) length: u64,
}

impl Api {
    /// The reply of `filemanager`, and the number that it carried where that was not 0 but items tell more.
    pub(super) async fn filemanager(
        &self,
        opera: Opera,
        filelist: &serde_json::Value,
    ) -> Result<(Managed, Option<DriveError>), DriveError> {
        let operation = opera.word();
        // 1, adaptive: the document answers it with results as it does 0, which some hosts have given up.
        let query = [("opera", opera.word()), ("async", "1")];
        let filelist = filelist.to_string();
        let whole = |reply: &Reply| judge(operation, reply, Context::Api, self.clock.now());
        let judge_items = |reply: &Reply| match whole(reply) {
            Err(_) if has_items(reply) => Ok(()),
            judged => judged,
        };
        let reply = self
            .post(
                operation,
                "/api/filemanager",
                &query,
                &[("filelist", &filelist)],
                judge_items,
            )
            .await?;
        let overall = whole(&reply).err();
        Ok((parsed(operation, &reply)?, overall))
    }

    /// How far a task is. The document gives ids of tasks and no call to ask for them; the sister API has one.
    pub(super) async fn task(
        &self,
        operation: &'static str,
        taskid: &str,
    ) -> Result<Task, DriveError> {
        let query = [("taskid", taskid)];
        self.json(operation, "/share/taskquery", &query).await
    }

    /// What there is at these paths, by path; those where nothing is are absent.
    pub(super) async fn metas(
        &self,
        operation: &'static str,
        paths: &[String],
    ) -> Result<HashMap<String, File>, DriveError> {
        let target = json!(paths).to_string();
        let query = [("target", target.as_str()), ("dlink", "0")];
        let reply = self
            .get_judged(operation, "/api/filemetas", &query, |reply| {
                match judge(operation, reply, Context::Api, self.clock.now()) {
                    // 12 says that some are missing, and the items which.
                    Err(error) if matches!(error.upstream_code, Some(12 | -9)) => Ok(()),
                    judged => judged,
                }
            })
            .await?;
        let files: Files = parsed(operation, &reply)?;
        let (files, _) = files.into_parts().unwrap_or_default();
        Ok(files
            .into_iter()
            .filter(|file| matches!(file.errno.0, None | Some(0)))
            .filter_map(|file| Some((file.path.0.clone()?, file)))
            .collect())
    }

    /// A folder: `create` without content. The document's table has no row for it, its replies have.
    pub(super) async fn create_folder(&self, path: &str) -> Result<File, DriveError> {
        let operation = "make_folder";
        let form = [
            ("path", path),
            ("size", "0"),
            ("isdir", "1"),
            ("block_list", "[]"),
            ("rtype", "0"),
        ];
        self.post_json(operation, "/api/create", &form).await
    }

    pub(super) async fn precreate(
        &self,
        path: &str,
        block_list: &str,
    ) -> Result<Precreated, DriveError> {
        let form = [
            ("path", path),
            ("autoinit", "1"),
            ("block_list", block_list),
        ];
        self.post_json("upload", "/api/precreate", &form).await
    }

    pub(super) async fn create(&self, file: &NewFile<'_>) -> Result<File, DriveError> {
        let size = file.size.to_string();
        let form = [
            ("path", file.path),
            ("size", &size),
            ("uploadid", file.uploadid),
            ("block_list", file.block_list),
            (
                "rtype",
                match file.on_conflict {
                    OnConflict::Fail => "0",
                    OnConflict::Rename => "1",
                    OnConflict::Overwrite => "3",
                },
            ),
        ];
        self.post_json("upload", "/api/create", &form).await
    }

    /// Sends one part; `body` is asked for it anew where it must be sent again with another token.
    pub(super) async fn superfile(
        &self,
        part: &Part<'_>,
        body: impl Fn() -> BoxStream<'static, std::io::Result<Bytes>> + Send + Sync,
    ) -> Result<PartTaken, DriveError> {
        let operation = "upload";
        let number = part.number.to_string();
        let query = [
            ("method", "upload"),
            ("app_id", "250528"),
            ("partseq", &number),
            ("path", part.path),
            ("uploadid", part.uploadid),
        ];
        let auth = self.way.platform(operation)?;
        let mut access = auth.access().await?;
        let mut repeated = false;
        loop {
            let url = address(
                &access.upload_base,
                &access,
                "/rest/2.0/pcs/superfile2",
                &query,
            );
            let parcel = Parcel {
                url: &url,
                field: "file",
                length: part.length,
                body: body(),
                limit: JSON_LIMIT,
            };
            let reply = self.http.post_file(operation, parcel).await?;
            match judge(operation, &reply, Context::Api, self.clock.now()) {
                Ok(()) => {
                    auth.proved(access.generation);
                    return parsed(operation, &reply);
                }
                Err(error) if !repeated && codes::wants_a_new_token(&error) => {
                    repeated = true;
                    access = auth.renewed(access.generation).await?;
                }
                // This host does not serve the account (any more).
                Err(error) if !repeated && reply.status.as_u16() == 403 => {
                    repeated = true;
                    tracing::debug!(%error, "an upload host refused, another one is asked for");
                    auth.moved().await;
                    access = auth.access().await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Turns the account's ability to share on.
    pub(super) async fn activate_sharing(&self) -> Result<(), DriveError> {
        let _: types::Outcome = self.json("share", "/active", &[]).await?;
        Ok(())
    }

    async fn post_json<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<T, DriveError> {
        let judge = |reply: &Reply| judge(operation, reply, Context::Api, self.clock.now());
        let reply = self.post(operation, path, &[], form, judge).await?;
        parsed(operation, &reply)
    }

    async fn get_judged(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        self.call(operation, path, query, JSON_LIMIT, judge).await
    }

    pub(super) async fn post(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        form: &[(&str, &str)],
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let question = Question {
            operation,
            path,
            query,
            form: Some(form),
            limit: JSON_LIMIT,
        };
        self.way.ask(&self.http, &question, judge).await
    }
}

/// Whether a reply tells of each path, whatever its own number.
fn has_items(reply: &Reply) -> bool {
    types::read::<Managed>(&reply.body)
        .and_then(|managed| managed.info)
        .is_some_and(|items| !items.is_empty())
}

/// A form, with `%20` for a blank.
pub(super) fn written(form: &[(&str, &str)]) -> String {
    let field =
        |(name, value): &(&str, &str)| format!("{name}={}", utf8_percent_encode(value, QUERY));
    form.iter().map(field).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_in_a_form_are_no_plus_signs() {
        assert_eq!(
            written(&[("path", "/From: a+b/ü.mp4"), ("rtype", "0")]),
            "path=%2FFrom%3A%20a%2Bb%2F%C3%BC.mp4&rtype=0"
        );
    }
}
