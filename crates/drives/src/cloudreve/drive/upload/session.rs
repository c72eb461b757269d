//! The session of an upload at the site: opened or resumed, completed, or ended.
//!
//! A session leaves a placeholder at the path until it ends. Our own one is found by its note and resumed. A
//! placeholder without a note belongs to another client, or to a site that was killed: a new version is asked for,
//! which the site refuses while the other upload holds its lock.

use http::Method;
use serde_json::{Value, json};

use super::encryption::{ALGORITHM, FileCipher};
use super::job::{SessionNote, UploadJob};
use super::policy::unknown_storage;
use super::provider::{self, complete_multipart, complete_qiniu, not_taken_over};
use super::send::ChunkSender;
use super::target::{OPERATION, UploadTarget};
use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes::{self, Context};
use crate::cloudreve::drive::entries::is_uploading;
use crate::cloudreve::request::{ApiRequest, ApiResponse};
use crate::cloudreve::types::{File, UploadSession};
use crate::cloudreve::uri::component;
use crate::uploads::{RETRY_INTERVAL, SentParts, UploadStaging};
use crate::{DriveError, ErrorKind, Permits};
use media::Entry;

/// A session with less time left is not resumed.
const MIN_REMAINING_S: u64 = 60;
/// Attempts to complete an upload.
const MAX_COMPLETE_ATTEMPTS: u32 = 3;

impl Cloudreve {
    /// Sends a file, or the missing part of it. If the site has lost the session or its lock (it was restarted, or
    /// killed), the upload begins anew once, under the same name.
    pub(super) async fn send(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let mut kept = self.kept_session(staging, job, permits).await?;
        let mut may_restart = true;
        loop {
            let note = match kept.take() {
                Some(note) => note,
                None => self.begin(staging, job, permits).await?,
            };
            match self.run(staging, job, &note, permits).await {
                Err(error) if may_restart && is_lost(&error) => {
                    tracing::debug!(%error, "an upload cannot be resumed and begins anew");
                    self.cancel_session(staging, job, &note, permits).await?;
                    may_restart = false;
                }
                // Every further chunk would get the same answer: ends the session, so that its name and its space are
                // free again.
                Err(error) if !provider::is_retryable(&error) => {
                    self.cancel_session(staging, job, &note, permits).await?;
                    return Err(error);
                }
                result => return result,
            }
        }
    }

    /// Returns the session of an interrupted upload of the same content; `None` if there is none. One of other content
    /// at the same path is ended, and one whose target may no longer be called.
    async fn kept_session(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        permits: Permits<'_>,
    ) -> Result<Option<SessionNote>, DriveError> {
        let Some(note) = staging.load::<SessionNote>(&job.key).await? else {
            return Ok(None);
        };
        let now = self.api.site.clock.unix_s();
        let is_same = note.content == job.content && now + MIN_REMAINING_S < note.expires;
        let count = job.plan(&note).count();
        if is_same && self.check_target(&note.target, count).is_ok() {
            return Ok(Some(note));
        }
        self.cancel_session(staging, job, &note, permits).await?;
        Ok(None)
    }

    /// Opens a session and stores its note.
    async fn begin(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        permits: Permits<'_>,
    ) -> Result<SessionNote, DriveError> {
        let opened = self.open_session(staging, job, job.replaces, permits);
        let (note, usable) = match opened.await {
            Err(error)
                if error.upstream_code == Some(codes::OBJECT_EXISTS)
                    && !job.replaces
                    && self.has_placeholder(job, permits).await? =>
            {
                self.open_session(staging, job, true, permits).await?
            }
            other => other?,
        };
        let count = job.plan(&note).count();
        if let Err(error) = usable.and_then(|()| self.check_target(&note.target, count)) {
            self.cancel_session(staging, job, &note, permits).await?;
            return Err(error);
        }
        Ok(note)
    }

    /// Checks that every URL of a session may be called, before a byte is sent.
    fn check_target(&self, target: &UploadTarget, count: usize) -> Result<(), DriveError> {
        if !target.takes(count) {
            let detail = "another number of parts than the session has";
            return Err(DriveError::failed(OPERATION, detail).with_code(codes::BAD_PARAMETERS));
        }
        let http = &self.api.site.http;
        for url in target.urls() {
            http.admits(OPERATION, url).map_err(|error| {
                DriveError::unsupported(OPERATION, error.detail).with_sentence(
                    "This site sends uploads to an address that this server does not call: see allow_hosts.",
                )
            })?;
        }
        Ok(())
    }

    /// Opens a session and stores its note. Returns it with the reason why it cannot be used, if there is one.
    ///
    /// Both go on if the sender leaves meanwhile: without a note, the session would hold its name and its lock at the
    /// site until it ends.
    async fn open_session(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        as_version: bool,
        permits: Permits<'_>,
    ) -> Result<(SessionNote, Result<(), DriveError>), DriveError> {
        let mut body = json!({
            "uri": job.uri,
            "size": job.spooled.length(),
            // Without it, a policy with encryption stores in the clear. Other policies ignore it.
            "encryption_supported": [ALGORITHM],
        });
        let destination = permits.call(self.destination(&job.path)).await?;
        if let Some(policy) = &destination.policy {
            // The size was perhaps not known before the file had arrived.
            policy.check(job.path.name(), Some(job.spooled.length()))?;
            if let Some(id) = &policy.id {
                body["policy_id"] = json!(id);
            }
        }
        if as_version {
            body["entity_type"] = json!("version");
        }
        let (api, staging) = (self.api.clone(), staging.clone());
        let (key, path, content) = (job.key.clone(), job.path.to_string(), job.content.clone());
        let length = job.spooled.length();
        let opening = tokio::spawn(async move {
            let answer = api.begin_upload(body).await?;
            if answer.code() == Some(codes::LOCK_CONFLICT) && is_locked_by_upload(&answer) {
                return Err(under_way(codes::LOCK_CONFLICT));
            }
            let session: UploadSession = answer.data()?;
            if session.session_id.is_empty() {
                return Err(DriveError::failed(OPERATION, "no id of the upload"));
            }
            let (note, usable) = SessionNote::of(session, path, length, content);
            staging.save(&key, &note).await?;
            Ok((note, usable))
        });
        permits
            .call(async {
                let opened = opening.await;
                opened.map_err(|error| DriveError::failed(OPERATION, error.to_string()))?
            })
            .await
    }

    /// Returns true if an upload has been begun at the path and is not complete.
    async fn has_placeholder(
        &self,
        job: &UploadJob<'_>,
        permits: Permits<'_>,
    ) -> Result<bool, DriveError> {
        let info = self.api.info(OPERATION, Context::Files, &job.uri);
        match permits.call(info).await {
            Ok(file) => Ok(is_uploading(&file)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends the missing chunks and completes the upload.
    async fn run(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        note: &SessionNote,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let sender = ChunkSender {
            drive: self,
            staging,
            job,
            note,
            permits,
        };
        let plan = job.plan(note);
        let sent = plan.send_missing(note.sent.clone(), &sender).await?;
        let mut attempt = 1;
        while let Err(error) = permits.call(self.complete(note, &sent)).await {
            if attempt == MAX_COMPLETE_ATTEMPTS || !provider::is_retryable(&error) {
                return Err(error);
            }
            tracing::debug!(%error, "an upload is completed once more");
            tokio::time::sleep(RETRY_INTERVAL * attempt).await;
            attempt += 1;
        }
        let file = permits.call(self.uploaded_file(job)).await?;
        staging.forget(&job.key).await?;
        let mut entry = self.tree.entry(job.path.clone(), &file);
        entry.size = job.spooled.length();
        Ok(entry)
    }

    /// Completes an upload: has the provider make the file, and reports it to the site. The site and its nodes complete
    /// theirs with the last chunk.
    async fn complete(&self, note: &SessionNote, sent: &SentParts) -> Result<(), DriveError> {
        let http = &self.api.site.http;
        let completed = match &note.target {
            UploadTarget::Multipart {
                provider,
                complete_url,
                ..
            } => complete_multipart(http, *provider, complete_url, sent).await,
            UploadTarget::Qiniu {
                url,
                token,
                mime_type,
            } => complete_qiniu(http, (url, token), mime_type.as_deref(), sent).await,
            UploadTarget::Site
            | UploadTarget::Node { .. }
            | UploadTarget::Upyun { .. }
            | UploadTarget::OneDrive { .. } => Ok(()),
        };
        match completed {
            // The answer to an earlier attempt was lost. If the provider has no file, the site reports it below.
            Err(error) if error.kind == ErrorKind::Gone => {}
            completed => completed?,
        }
        let Some((kind, secret)) = note.target.callback() else {
            return Ok(());
        };
        let target = format!(
            "/callback/{kind}/{}/{}",
            component(&note.session_id),
            component(secret)
        );
        let request = ApiRequest {
            method: match kind {
                "onedrive" => Method::POST,
                _ => Method::GET,
            },
            ..ApiRequest::get(OPERATION, Context::Files, &target)
        };
        match self.api.site.ask(&request, None).await?.done() {
            // The answer to an earlier attempt was lost: the file is there, or the caller finds that it is not.
            Err(error) if is_session_gone(&error) => Ok(()),
            reported => reported,
        }
    }

    /// Returns the file at the path of an upload that is complete.
    ///
    /// # Errors
    ///
    /// `upstream_failed` if the site has not taken it over.
    pub(super) async fn uploaded_file(&self, job: &UploadJob<'_>) -> Result<File, DriveError> {
        let file = self.api.info(OPERATION, Context::Files, &job.uri).await?;
        let is_whole = u64::try_from(file.size).is_ok_and(|size| size == job.spooled.length());
        if is_uploading(&file) || !is_whole {
            return Err(not_taken_over());
        }
        Ok(file)
    }

    /// Ends a session, here and at the site, which also deletes its placeholder.
    async fn cancel_session(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        note: &SessionNote,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let cancelled = self.api.cancel_upload(&note.session_id, &job.uri);
        // A session that has already expired is as good as cancelled.
        if let Err(error) = permits.call(cancelled).await {
            tracing::debug!(%error, "an upload could not be ended at the upstream");
        }
        staging.forget(&job.key).await
    }
}

impl SessionNote {
    /// Returns the note of a new session, and the reason why the session cannot be used, if there is one.
    fn of(
        session: UploadSession,
        path: String,
        length: u64,
        content: String,
    ) -> (Self, Result<(), DriveError>) {
        let policy = session.storage_policy.as_ref();
        let target = UploadTarget::of(&session);
        let cipher = session
            .encrypt_metadata
            .as_ref()
            .map(FileCipher::of)
            .transpose();
        let note = SessionNote {
            chunk_bytes: match session.chunk_size {
                0 => length.max(1),
                bytes => bytes,
            },
            max_concurrent: policy.map_or(1, |policy| {
                usize::try_from(policy.chunk_concurrency).unwrap_or(1)
            }),
            session_id: session.session_id,
            path,
            size: length,
            sent: SentParts::default(),
            content,
            expires: u64::try_from(session.expires).unwrap_or(0),
            target: target.clone().unwrap_or(UploadTarget::Site),
            cipher: cipher.as_ref().ok().cloned().flatten(),
        };
        let usable = match (target, cipher) {
            (None, _) => Err(unknown_storage()),
            (_, Err(error)) => Err(error),
            (Some(_), Ok(_)) => Ok(()),
        };
        (note, usable)
    }
}

/// Returns true if the session, its lock, its placeholder or the provider's part of it is gone, so that a new session
/// may succeed.
fn is_lost(error: &DriveError) -> bool {
    let is_lock = error.upstream_code == Some(codes::LOCK_CONFLICT);
    is_lock
        || matches!(
            error.kind,
            ErrorKind::Gone | ErrorKind::Expired | ErrorKind::NotFound
        )
}

fn is_session_gone(error: &DriveError) -> bool {
    matches!(
        error.upstream_code,
        Some(codes::SESSION_EXPIRED | codes::NO_SUCH_THING)
    )
}

/// Returns true if the lock in the way is that of an upload (document section 8.14).
fn is_locked_by_upload(answer: &ApiResponse) -> bool {
    let locks = answer.envelope.data.as_array();
    let application = |lock: &Value| lock["owner"]["application"]["type"] == "upload";
    locks.is_some_and(|locks| locks.iter().any(application))
}

/// Returns the error for a path to which another upload is under way.
pub(super) fn under_way(code: i64) -> DriveError {
    DriveError::new(ErrorKind::Conflict, OPERATION, "")
        .with_code(code)
        .with_sentence("An upload to this place is under way already.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudreve::codes::error;

    #[test]
    fn a_restart_of_the_site_is_no_failure_of_the_upload() {
        for code in [codes::LOCK_CONFLICT, codes::SESSION_EXPIRED, 40016, 404] {
            assert!(is_lost(&error(OPERATION, code, Context::Files)), "{code}");
        }
        for code in [codes::OBJECT_EXISTS, 40013, 40051, 50004, 401] {
            assert!(!is_lost(&error(OPERATION, code, Context::Files)), "{code}");
        }
    }
}
