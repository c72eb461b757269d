//! The calls that change something (Open Platform document, section 3.4.1 to 3.4.4), in the upstream's words.
//!
//! Parameters go where the document's tables put them. Bodies are percent-encoded with `%20` for a blank: a `+`
//! has ended up in file names.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::types;
use crate::http::{MultipartFile, Reply};
use crate::session::retry_with_new_token;
use crate::terabox::client::{Api, MAX_JSON_BYTES};
use crate::terabox::codes::Context;
use crate::terabox::platform::auth::Access;
use crate::terabox::request::{ApiRequest, call_url, encode_form};
use crate::terabox::response::{check_response, parse};
use crate::terabox::transport::is_refused;
use crate::terabox::types::{File, Files, Managed, PartTaken, Precreated, Task};
use crate::terabox::web_session::WebSession;
use crate::{DriveError, ErrorKind, OnConflict};

/// Operation of a `filemanager` call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opera {
    Copy,
    Move,
    Rename,
    Delete,
}

impl Opera {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Opera::Copy => "copy",
            Opera::Move => "move",
            Opera::Rename => "rename",
            Opera::Delete => "delete",
        }
    }
}

/// Parameters of `create` for a file.
pub(crate) struct NewFile<'a> {
    pub(crate) path: &'a str,
    pub(crate) size: u64,
    pub(crate) uploadid: &'a str,
    /// The hashes as JSON, equal to those sent with `precreate`.
    pub(crate) block_list: &'a str,
    pub(crate) on_conflict: OnConflict,
}

/// One part of a file.
pub(crate) struct SentPart<'a> {
    pub(crate) path: &'a str,
    pub(crate) uploadid: &'a str,
    pub(crate) number: usize,
    pub(crate) length: u64,
}

impl Api {
    /// Calls `filemanager`. Returns its reply, and its number if that was not 0 but the items say more.
    pub(crate) async fn filemanager(
        &self,
        opera: Opera,
        filelist: &serde_json::Value,
    ) -> Result<(Managed, Option<DriveError>), DriveError> {
        let operation = opera.word();
        // 1 is adaptive: the document answers it with results as it does 0, which some hosts no longer accept.
        let query = [("opera", opera.word()), ("async", "1")];
        let filelist = filelist.to_string();
        let whole =
            |reply: &Reply| check_response(operation, reply, Context::Api, self.clock.now());
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
        Ok((parse(operation, &reply)?, overall))
    }

    /// Returns the progress of a task. The document returns task ids but has no call for their progress; the
    /// sister API has one.
    pub(crate) async fn task(
        &self,
        operation: &'static str,
        taskid: &str,
    ) -> Result<Task, DriveError> {
        let query = [("taskid", taskid)];
        self.json(operation, "/share/taskquery", &query).await
    }

    /// Returns the files at these paths, by path; paths without a file are absent.
    pub(crate) async fn metas(
        &self,
        operation: &'static str,
        paths: &[String],
    ) -> Result<HashMap<String, File>, DriveError> {
        let target = json!(paths).to_string();
        let query = [("target", target.as_str()), ("dlink", "0")];
        let reply = self
            .get_judged(operation, "/api/filemetas", &query, |reply| {
                match check_response(operation, reply, Context::Api, self.clock.now()) {
                    // 12 means that some are missing; the items say which.
                    Err(error) if matches!(error.upstream_code, Some(12 | -9)) => Ok(()),
                    judged => judged,
                }
            })
            .await?;
        let files: Files = parse(operation, &reply)?;
        let (files, _) = files.into_parts().unwrap_or_default();
        Ok(files
            .into_iter()
            .filter(|file| matches!(file.errno.0, None | Some(0)))
            .filter_map(|file| Some((file.path.0.clone()?, file)))
            .collect())
    }

    /// Creates a folder: `create` without content. The document's table has no row for it, but its replies do.
    pub(crate) async fn create_folder(&self, path: &str) -> Result<File, DriveError> {
        let operation = "make_folder";
        let query: &[_] = match self.transport.web() {
            Some(_) => &[("a", "commit")],
            None => &[],
        };
        let form = [
            ("path", path),
            ("size", "0"),
            ("isdir", "1"),
            ("block_list", "[]"),
            ("rtype", "0"),
        ];
        let judge =
            |reply: &Reply| check_response(operation, reply, Context::Api, self.clock.now());
        let reply = self
            .post(operation, "/api/create", query, &form, judge)
            .await?;
        parse(operation, &reply)
    }

    pub(crate) async fn precreate(
        &self,
        path: &str,
        block_list: &str,
    ) -> Result<Precreated, DriveError> {
        let mut form = vec![
            ("path", path),
            ("autoinit", "1"),
            ("block_list", block_list),
        ];
        if let Some(web) = self.transport.web() {
            form.push(("target_path", folder_of(path)));
            // Each upload locates its host.
            web.forget_upload_base();
        }
        self.post_json("upload", "/api/precreate", &form).await
    }

    pub(crate) async fn create(&self, file: &NewFile<'_>) -> Result<File, DriveError> {
        let size = file.size.to_string();
        let mut form = vec![
            ("path", file.path),
            ("size", &size),
            ("uploadid", file.uploadid),
            ("block_list", file.block_list),
            (
                "rtype",
                match file.on_conflict {
                    OnConflict::Fail => "0",
                    // 2 keeps a file of the same content; the website's clients send 1.
                    OnConflict::Rename if self.transport.web().is_none() => "2",
                    OnConflict::Rename => "1",
                    OnConflict::Overwrite => "3",
                },
            ),
        ];
        if self.transport.web().is_some() {
            form.extend([("isdir", "0"), ("target_path", folder_of(file.path))]);
        }
        self.post_json("upload", "/api/create", &form).await
    }

    /// Sends one part. `body` is called again if the part must be sent again with another token.
    pub(crate) async fn superfile(
        &self,
        part: &SentPart<'_>,
        body: impl Fn() -> BoxStream<'static, std::io::Result<Bytes>> + Send + Sync,
    ) -> Result<PartTaken, DriveError> {
        let operation = "upload";
        if let Some(web) = self.transport.web() {
            return self.web_superfile(web, part, body).await;
        }
        let number = part.number.to_string();
        let query = [
            ("method", "upload"),
            ("app_id", "250528"),
            ("partseq", &number),
            ("path", part.path),
            ("uploadid", part.uploadid),
        ];
        let auth = self.transport.platform(operation)?;
        let forbidden = AtomicBool::new(false);
        let send = async |access: Access| {
            let path = "/rest/2.0/pcs/superfile2";
            let url = call_url(&access.upload_base, &access.token, path, &query);
            let file = MultipartFile {
                url: &url,
                headers: HeaderMap::new(),
                field: "file",
                length: part.length,
                body: body(),
                limit: MAX_JSON_BYTES,
            };
            let reply = self.http.post_file(operation, file).await?;
            forbidden.store(reply.status == StatusCode::FORBIDDEN, Ordering::Relaxed);
            check_response(operation, &reply, Context::Api, self.clock.now())?;
            parse(operation, &reply)
        };
        let access = auth.access().await?;
        match retry_with_new_token(auth, access, is_refused, send).await {
            // This host does not, or no longer, serve the account.
            Err(error) if forbidden.load(Ordering::Relaxed) => {
                tracing::debug!(%error, "an upload host refused, another one is asked for");
                auth.moved().await;
                let access = auth.access().await?;
                retry_with_new_token(auth, access, is_refused, send).await
            }
            answer => answer,
        }
    }

    /// Sends one part by the web session. A host that refuses it is replaced by another one, at once; after any other
    /// failure, the next attempt locates its host anew.
    async fn web_superfile(
        &self,
        web: &WebSession,
        part: &SentPart<'_>,
        body: impl Fn() -> BoxStream<'static, std::io::Result<Bytes>> + Send + Sync,
    ) -> Result<PartTaken, DriveError> {
        let operation = "upload";
        let number = part.number.to_string();
        let query = encode_form(&[
            ("method", "upload"),
            ("type", "tmpfile"),
            ("app_id", "250528"),
            ("path", part.path),
            ("uploadid", part.uploadid),
            ("partseq", &number),
        ]);
        let mut is_second = false;
        loop {
            let base = web.upload_base(operation).await?;
            let url = format!("{base}/rest/2.0/pcs/superfile2?{query}");
            let file = MultipartFile {
                url: &url,
                headers: HeaderMap::new(),
                field: "file",
                length: part.length,
                body: body(),
                limit: MAX_JSON_BYTES,
            };
            let sent = web.post_part(operation, &base, file).await;
            let is_forbidden = sent
                .as_ref()
                .is_ok_and(|reply| reply.status == StatusCode::FORBIDDEN);
            let taken = sent.and_then(|reply| {
                check_response(operation, &reply, Context::Api, self.clock.now())?;
                parse(operation, &reply)
            });
            let Err(error) = taken else {
                return taken;
            };
            web.forget_upload_base();
            // A verification is the owner's to pass: no other host is tried.
            if !is_forbidden || is_second || error.kind == ErrorKind::VerificationRequired {
                return Err(error);
            }
            tracing::debug!(%error, "an upload host refused, another one is located");
            is_second = true;
        }
    }

    /// Returns true if the account has a paid plan.
    pub(crate) async fn has_paid_plan(&self) -> Result<bool, DriveError> {
        match self.transport.web() {
            Some(web) => web.membership().await.map(|member| member.pays()),
            None => {
                let vip = self.uinfo().await?.vip_type.0;
                Ok(vip.is_some_and(|vip| vip > 0))
            }
        }
    }

    /// Activates the account's ability to share.
    pub(crate) async fn activate_sharing(&self) -> Result<(), DriveError> {
        let _: types::CallOutcome = self.json("share", "/active", &[]).await?;
        Ok(())
    }

    async fn post_json<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<T, DriveError> {
        let judge =
            |reply: &Reply| check_response(operation, reply, Context::Api, self.clock.now());
        let reply = self.post(operation, path, &[], form, judge).await?;
        parse(operation, &reply)
    }

    async fn get_judged(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        self.call(operation, path, query, MAX_JSON_BYTES, judge)
            .await
    }

    pub(crate) async fn post(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        form: &[(&str, &str)],
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let request = ApiRequest {
            operation,
            path,
            query,
            form: Some(form),
            limit: MAX_JSON_BYTES,
        };
        self.transport.ask(&self.http, &request, judge).await
    }
}

/// Returns the folder of an account's path, with a slash at its end.
fn folder_of(path: &str) -> &str {
    &path[..path.rfind('/').map_or(0, |at| at + 1)]
}

/// Returns true if a reply has items for the paths, whatever its own number.
fn has_items(reply: &Reply) -> bool {
    types::read::<Managed>(&reply.body)
        .and_then(|managed| managed.info)
        .is_some_and(|items| !items.is_empty())
}
