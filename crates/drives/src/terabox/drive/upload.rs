//! Uploads files (Open Platform document, section 3.4.1 to 3.4.3): precreate, every part, create.
//!
//! The document requires `precreate` and `create` to name the same hashes, so a file is spooled to this
//! server's disk and hashed on the way before the first upstream request. That costs disk space for a while and
//! gives three things: content that the upstream has already is not sent at all, parts that arrived once are
//! not sent twice, and an interrupted upload resumes, since the same content has the same hashes.

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{entries, names};
use crate::terabox::Terabox;
use crate::terabox::types::{File, Precreated};
use crate::terabox::write_calls::{NewFile, SentPart};
use crate::uploads::{
    PartPlan, PartSender, RETRY_INTERVAL, SentParts, Spooled, UploadPart, UploadStaging,
};
use crate::{
    DriveError, ErrorKind, InterruptedUploads, Manage, OnConflict, Permits, Upload, UploadBody,
    UploadRequest,
};
use media::{Entry, EntryPath};

const OPERATION: &str = "upload";
/// Maximum number of parts sent concurrently. Other clients send five to ten and warn of being banned for it.
const MAX_CONCURRENT_PARTS: usize = 3;

/// The stored progress of an upload, from which it resumes.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UploadNote {
    uploadid: String,
    sent: SentParts,
}

/// An upload under way: a file that is spooled and ready to be sent.
struct UploadJob<'a> {
    request: &'a UploadRequest,
    /// The account's path.
    path: String,
    spooled: Spooled,
    part_bytes: u64,
    hashes: Vec<String>,
    /// The hashes, as a JSON list.
    block_list: String,
    /// Key of the note.
    key: String,
}

/// Sends the parts of one upload.
struct UploadSender<'a> {
    drive: &'a Terabox,
    staging: &'a UploadStaging,
    job: &'a UploadJob<'a>,
    uploadid: &'a str,
    permits: Permits<'a>,
}

#[async_trait]
impl Upload for Terabox {
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError> {
        check_name(&request.path)?;
        if request.size == Some(0) {
            return Err(empty());
        }
        let is_free = async {
            match request.on_conflict {
                OnConflict::Fail => match self.file_info(&request.path).await {
                    Ok(_) => Err(DriveError::new(ErrorKind::Conflict, OPERATION, "")),
                    Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
                    Err(error) => Err(error),
                },
                OnConflict::Rename | OnConflict::Overwrite => Ok(()),
            }
        };
        let fits = async {
            match request.size {
                Some(size) => self.check_size(size).await,
                None => Ok(()),
            }
        };
        tokio::try_join!(is_free, fits).map(drop)
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        body: UploadBody,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let staging = UploadStaging::required(self.uploads.as_ref(), OPERATION)?;
        check_name(&request.path)?;
        if request.size == Some(0) {
            return Err(empty());
        }
        // Hashed again below if the size was not announced and its parts turn out to be larger.
        let announced_part_bytes = names::part_bytes(request.size.unwrap_or(0));
        let limits = (announced_part_bytes, names::PLAN_LIMIT);
        let spooled = staging
            .spool
            .receive(OPERATION, body, request, limits)
            .await?;
        let size = spooled.length();
        if size == 0 {
            return Err(empty());
        }
        if request.size.is_none() {
            permits.call(self.check_size(size)).await?;
        }
        let part_bytes = names::part_bytes(size);
        let hashes = spooled
            .hashes(part_bytes)
            .await
            .map_err(|error| DriveError::failed(OPERATION, error.to_string()))?;
        let path = self.root.upstream(&request.path);
        let block_list = json!(hashes).to_string();
        let key = Sha256::digest(json!([path, size, hashes]).to_string());
        let job = UploadJob {
            request,
            path,
            spooled,
            part_bytes,
            hashes,
            block_list,
            key: HEXLOWER.encode(&key),
        };
        let entry = self.send(staging, &job, permits).await?;
        job.spooled.finish().await;
        self.thumbnails
            .forget(std::slice::from_ref(&entry.path))
            .await;
        Ok(entry)
    }

    fn interrupted_uploads(&self) -> Option<&dyn InterruptedUploads> {
        let staging = self.uploads.as_ref()?;
        Some(&staging.spool)
    }
}

impl Terabox {
    /// Checks that the plan and the quota have room for the file.
    async fn check_size(&self, size: u64) -> Result<(), DriveError> {
        let plan = async {
            if size <= names::FREE_LIMIT {
                return Ok(());
            }
            let pays = self.api.has_paid_plan().await?;
            if pays && size <= names::PLAN_LIMIT {
                return Ok(());
            }
            let sentence = match pays {
                false => "Files of this account may have 4 GiB at most.",
                true => "Files of this account may have 128 GiB at most.",
            };
            Err(
                DriveError::new(ErrorKind::PlanRequired, OPERATION, "too large for the plan")
                    .with_sentence(sentence),
            )
        };
        let quota = async {
            let quota = self.api.quota().await?;
            match (quota.total.0, quota.used.0) {
                (Some(total), Some(used))
                    if total > 0 && u64::try_from(total - used).unwrap_or(0) < size =>
                {
                    Err(DriveError::new(
                        ErrorKind::NoSpace,
                        OPERATION,
                        "by its quota",
                    ))
                }
                _ => Ok(()),
            }
        };
        tokio::try_join!(plan, quota).map(drop)
    }

    /// Sends a file, or resumes at its missing parts.
    async fn send(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        if let Some(note) = staging.load::<UploadNote>(&job.key).await? {
            match self.resume(staging, job, note, permits).await {
                // The upstream has lost the parts that it had: starts from the beginning, once.
                Err(error) if is_stale(&error) => {
                    tracing::debug!(%error, "an upload cannot be resumed and begins anew");
                    staging.forget(&job.key).await?;
                }
                result => return result,
            }
        }
        let Precreated {
            uploadid,
            return_type,
            block_list,
            info,
        } = permits
            .call(self.api.precreate(&job.path, &job.block_list))
            .await?;
        if return_type.0 == Some(2) {
            if let Some(progress) = &job.request.progress {
                progress.set_sent(job.spooled.length());
            }
            return self.settle(job, info.unwrap_or_default(), permits).await;
        }
        let uploadid = uploadid
            .0
            .filter(|id| !id.is_empty())
            .ok_or_else(|| DriveError::failed(OPERATION, "no id of the upload"))?;
        let missing: Vec<usize> = block_list
            .unwrap_or_default()
            .iter()
            .filter_map(|number| usize::try_from(number.0.0?).ok())
            .collect();
        let sent = match missing.is_empty() {
            // An empty list is equivalent to [0]; with several parts, no reply says which ones exist.
            true => SentParts::default(),
            false => (0..job.hashes.len())
                .filter(|number| !missing.contains(number))
                .collect(),
        };
        let note = UploadNote { uploadid, sent };
        staging.save(&job.key, &note).await?;
        self.resume(staging, job, note, permits).await
    }

    /// Sends the missing parts and creates the file from all of them.
    async fn resume(
        &self,
        staging: &UploadStaging,
        job: &UploadJob<'_>,
        note: UploadNote,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let UploadNote { uploadid, sent } = note;
        let sender = UploadSender {
            drive: self,
            staging,
            job,
            uploadid: &uploadid,
            permits,
        };
        job.plan().send_missing(sent, &sender).await?;
        let new = NewFile {
            path: &job.path,
            size: job.spooled.length(),
            uploadid: &uploadid,
            block_list: &job.block_list,
            on_conflict: job.request.on_conflict,
        };
        let create = || permits.call(self.api.create(&new));
        let mut created = create().await;
        // Seen although every part had arrived; a second attempt succeeded.
        if created
            .as_ref()
            .is_err_and(|error| matches!(error.upstream_code, Some(4000023 | 450016 | 400810)))
        {
            tokio::time::sleep(RETRY_INTERVAL).await;
            created = create().await;
        }
        let file = match created {
            Ok(file) => file,
            // A missing answer is not yet a failure: the file may exist.
            Err(error) if error.upstream_code.is_none() && error.kind.is_transient() => {
                self.was_created(job, permits).await.ok_or(error)?
            }
            Err(error) => return Err(error),
        };
        staging.forget(&job.key).await?;
        self.settle(job, file, permits).await
    }

    /// Returns the file if it exists although the answer to `create` was lost; `None` otherwise.
    async fn was_created(&self, job: &UploadJob<'_>, permits: Permits<'_>) -> Option<File> {
        let metas = self.api.metas(OPERATION, std::slice::from_ref(&job.path));
        let found = permits.call(metas).await.ok()?;
        let file = found.into_values().next()?;
        let same_size =
            file.size.0.and_then(|size| u64::try_from(size).ok()) == Some(job.spooled.length());
        let content = file.md5.0.as_deref()?;
        let whole = match job.hashes.as_slice() {
            [only] => only.clone(),
            // The MD5 of a file of several parts is that of the list of their MD5s.
            _ => HEXLOWER.encode(&md5::Md5::digest(&job.block_list)),
        };
        (same_size && content == whole).then_some(file)
    }

    /// Returns the new entry. If the upstream gave it another name although it was to replace an existing file,
    /// the replacement is done now.
    async fn settle(
        &self,
        job: &UploadJob<'_>,
        file: File,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let wanted = &job.request.path;
        let local = file
            .path
            .0
            .as_deref()
            .and_then(|path| self.root.local(path));
        let path = local.unwrap_or_else(|| wanted.clone());
        if path != *wanted
            && job.request.on_conflict == OnConflict::Overwrite
            && path.parent() == wanted.parent()
        {
            let old = std::slice::from_ref(wanted);
            self.delete(old, permits).await?;
            return self.rename(&path, wanted.name(), permits).await;
        }
        let mut entry = entries::entry(&self.place, path, &file);
        entry.size = job.spooled.length();
        Ok(entry)
    }
}

impl UploadJob<'_> {
    fn plan(&self) -> PartPlan<'_> {
        PartPlan {
            spooled: &self.spooled,
            progress: self.request.progress.clone(),
            part_bytes: self.part_bytes,
            max_concurrent: MAX_CONCURRENT_PARTS,
        }
    }
}

#[async_trait]
impl PartSender for UploadSender<'_> {
    async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        let request = SentPart {
            path: &self.job.path,
            uploadid: self.uploadid,
            number: part.index,
            length: part.length,
        };
        let sending = self.drive.api.superfile(&request, || part.body());
        let answer = self.permits.send(sending).await?;
        let expected = &self.job.hashes[part.index];
        match answer.md5.0 {
            Some(md5) if !md5.is_empty() && !md5.eq_ignore_ascii_case(expected) => {
                Err(DriveError::failed(OPERATION, "a part arrived changed"))
            }
            _ => Ok(String::new()),
        }
    }

    fn is_retryable(&self, error: &DriveError) -> bool {
        error.kind.is_transient() || error.kind == ErrorKind::RateLimited
    }

    async fn save_note(&self, sent: &SentParts) -> Result<(), DriveError> {
        let note = UploadNote {
            uploadid: self.uploadid.to_owned(),
            sent: sent.clone(),
        };
        self.staging.save(&self.job.key, &note).await
    }
}

/// Returns true if a failure may come from an upload that the upstream has given up: the upstream answered, and
/// not with an error that a new upload would meet as well.
fn is_stale(error: &DriveError) -> bool {
    error.upstream_code.is_some()
        && matches!(
            error.kind,
            ErrorKind::UpstreamFailed | ErrorKind::BadRequest | ErrorKind::NotFound
        )
}

fn check_name(path: &EntryPath) -> Result<(), DriveError> {
    if path.is_root() {
        return Err(
            DriveError::bad_request(OPERATION, "no name").with_sentence("A name is missing.")
        );
    }
    names::check(OPERATION, path.name())
}

fn empty() -> DriveError {
    DriveError::bad_request(OPERATION, "an empty file")
        .with_sentence("TeraBox takes no empty files.")
}
