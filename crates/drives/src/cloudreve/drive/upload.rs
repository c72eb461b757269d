//! Uploads (document section 8.15): opens a session and sends the chunks in order (`chunks`), which completes
//! the file.
//!
//! A file is spooled to this server's disk first: the upstream requires its size beforehand, an interrupted
//! chunk is sent again, and an upload that was interrupted resumes at the first missing chunk, since the same
//! content has the same hash. The stored state of an upload is found by its path: other content at the same
//! path ends the session before it.

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::drive::chunks::{ChunkSender, UploadTarget, is_final, target};
use crate::cloudreve::drive::manage::check_name;
use crate::cloudreve::drive::upload_job::{OPERATION, SessionRecord, UploadJob};
use crate::cloudreve::types::UploadSession;
use crate::uploads::{SentParts, UploadStaging};
use crate::{DriveError, ErrorKind, OnConflict, Permits, Upload, UploadBody, UploadRequest};
use media::{Entry, EntryPath};

/// Size of the blocks in which a file is hashed on its way into the spool.
const HASH_PART_BYTES: u64 = 25 << 20;
/// Upper limit for the size of a file; the upstream reports its own limit itself.
const MAX_FILE_BYTES: u64 = 1 << 50;
/// Upper limit for the other names that are tried if a name is taken.
const MAX_OTHER_NAMES: u32 = 100;
/// A session with less time left is not resumed.
const MIN_REMAINING_S: u64 = 60;

#[async_trait]
impl Upload for Cloudreve {
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError> {
        check_name(OPERATION, request.path.name())?;
        if request.on_conflict == OnConflict::Fail && self.is_there(&request.path).await? {
            return Err(DriveError::new(ErrorKind::Conflict, OPERATION, ""));
        }
        let Some(size) = request.size else {
            return Ok(());
        };
        let capacity = self.api.capacity().await?.unwrap_or_default();
        let left = match (capacity.total, capacity.used) {
            (Some(total), Some(used)) if total > 0 => u64::try_from(total - used).unwrap_or(0),
            _ => return Ok(()),
        };
        if left < size {
            return Err(DriveError::new(
                ErrorKind::NoSpace,
                OPERATION,
                "by its capacity",
            ));
        }
        Ok(())
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        body: UploadBody,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let staging = self
            .uploads
            .as_ref()
            .ok_or_else(|| DriveError::unsupported(OPERATION, "no place for uploads"))?;
        check_name(OPERATION, request.path.name())?;
        let progress = request.progress.as_deref();
        let limits = (HASH_PART_BYTES, MAX_FILE_BYTES);
        let spooled = staging
            .spool
            .take(OPERATION, body, request.size, limits, progress)
            .await?;
        let hashes = spooled
            .hashes(HASH_PART_BYTES)
            .await
            .map_err(|error| DriveError::failed(OPERATION, error.to_string()))?;
        let content = digest(&json!([spooled.length(), hashes]));
        let mut path = request.path.clone();
        let mut number = 0;
        loop {
            let uri = self.tree.uri(&path);
            let job = UploadJob {
                key: digest(&json!([uri])),
                uri,
                path: path.clone(),
                content: content.clone(),
                spooled: &spooled,
                progress: request.progress.clone(),
            };
            let replaces = request.on_conflict == OnConflict::Overwrite;
            match self.send(staging, &job, replaces, permits).await {
                Err(error)
                    if error.upstream_code == Some(codes::OBJECT_EXISTS)
                        && request.on_conflict == OnConflict::Rename
                        && number < MAX_OTHER_NAMES =>
                {
                    number += 1;
                    path = numbered(&request.path, number)?;
                }
                other => return other,
            }
        }
    }
}

impl Cloudreve {
    async fn is_there(&self, path: &EntryPath) -> Result<bool, DriveError> {
        match self.tree.stat(path).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends a file, or the missing part of it.
    async fn send(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        replaces: bool,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        if let Some(record) = staging.load::<SessionRecord>(&job.key).await? {
            let now = self.api.site.clock.unix_s();
            if record.content == job.content && now + MIN_REMAINING_S < record.expires {
                match self
                    .resume(staging, job, record, &UploadTarget::Site, permits)
                    .await
                {
                    // The upstream has lost its session: starts from the beginning, once.
                    Err(error) if error.upstream_code == Some(codes::SESSION_EXPIRED) => {}
                    result => return result,
                }
            } else {
                self.cancel_session(staging, job, &record.session_id, permits)
                    .await?;
            }
        }
        let session = match self.begin(job, false, permits).await {
            Err(error) if error.upstream_code == Some(codes::OBJECT_EXISTS) && replaces => {
                self.begin(job, true, permits).await?
            }
            other => other?,
        };
        let target = match target(&session) {
            Some(target) => target,
            None => {
                self.cancel_session(staging, job, &session.session_id, permits)
                    .await?;
                return Err(DriveError::unsupported(OPERATION,
                    "the site keeps files at a provider",
                )
                .with_sentence(
                    "This site keeps its files at a storage provider. Drive-In uploads to sites that take them themselves.",
                ));
            }
        };
        let length = job.spooled.length();
        let record = SessionRecord {
            chunk_bytes: match session.chunk_size {
                0 => length.max(1),
                bytes => bytes,
            },
            session_id: session.session_id,
            sent: SentParts::default(),
            content: job.content.clone(),
            expires: u64::try_from(session.expires).unwrap_or(0),
        };
        // An upload to a node cannot be resumed: its credential is issued once.
        if matches!(target, UploadTarget::Site) {
            staging.save(&job.key, &record).await?;
        }
        self.resume(staging, job, record, &target, permits).await
    }

    async fn begin(
        &self,
        job: &UploadJob<'_>,
        as_version: bool,
        permits: Permits<'_>,
    ) -> Result<UploadSession, DriveError> {
        let mut body = json!({"uri": job.uri, "size": job.spooled.length()});
        if as_version {
            body["entity_type"] = json!("version");
        }
        let begun = self.api.begin_upload(body);
        let session = permits.call(begun).await?;
        if session.session_id.is_empty() {
            let detail = "no id of the upload";
            return Err(DriveError::failed(OPERATION, detail));
        }
        Ok(session)
    }

    /// Sends the missing chunks; the last one completes the upload.
    async fn resume(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        record: SessionRecord,
        target: &UploadTarget,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let sender = ChunkSender {
            drive: self,
            staging,
            job,
            record: &record,
            target,
            permits,
        };
        let plan = job.plan(record.chunk_bytes);
        let result = plan.send_missing(record.sent.clone(), &sender).await;
        // Every further chunk would get the same answer: ends the session, so that the upstream does not wait for
        // them.
        if let Err(error) = &result
            && is_final(error)
            && error.upstream_code != Some(codes::SESSION_EXPIRED)
        {
            self.cancel_session(staging, job, &record.session_id, permits)
                .await?;
        }
        result?;
        staging.forget(&job.key).await?;
        let mut entry = permits.call(self.tree.stat(&job.path)).await?;
        entry.size = job.spooled.length();
        Ok(entry)
    }

    /// Ends a session, here and at the upstream.
    async fn cancel_session(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        session_id: &str,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        // A session that has already expired is as good as cancelled.
        let cancelled = self.api.cancel_upload(session_id, &job.uri);
        if let Err(error) = permits.call(cancelled).await {
            tracing::debug!(%error, "an upload could not be ended at the upstream");
        }
        staging.forget(&job.key).await
    }
}

/// Returns the path with a number in its name: `Film (2).mp4`.
fn numbered(path: &EntryPath, number: u32) -> Result<EntryPath, DriveError> {
    let name = path.name();
    let name = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem} ({number}).{extension}"),
        _ => format!("{name} ({number})"),
    };
    check_name(OPERATION, &name)?;
    let folder = path.parent().unwrap_or(EntryPath::root());
    folder
        .join(&name)
        .map_err(|_| DriveError::new(ErrorKind::RefusedName, OPERATION, "no other name"))
}

fn digest(value: &Value) -> String {
    HEXLOWER.encode(&Sha256::digest(value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number() {
        for (path, expected) in [
            ("/a/Film.mp4", "/a/Film (1).mp4"),
            ("/notes", "/notes (1)"),
            ("/.hidden", "/.hidden (1)"),
        ] {
            let path = EntryPath::parse(path).unwrap();
            assert_eq!(numbered(&path, 1).unwrap().as_str(), expected);
        }
    }
}
