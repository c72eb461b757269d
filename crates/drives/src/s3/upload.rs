//! Uploads: one PUT for small files, parts for large ones (CreateMultipartUpload), which resume. Each has its MD5 with it, which
//! the service checks.

use async_trait::async_trait;
use data_encoding::{BASE64, HEXLOWER};
use http::Method;
use http::header::ETAG;
use rusty_s3::S3Action;
use rusty_s3::actions::CreateMultipartUpload;
use sha2::{Digest, Sha256};

use crate::folders::SpooledFile;
use crate::s3::S3;
use crate::s3::bucket::parse;
use crate::s3::interrupted::UploadNote;
use crate::s3::types::MultipartUpload;
use crate::uploads::{PartPlan, PartSender, SentParts, UploadPart, UploadStaging};
use crate::{DriveError, ErrorKind, Permits, ResumeKey};
use media::EntryPath;

const OPERATION: &str = "upload";
/// Files of this size and larger are sent in parts.
const MIN_MULTIPART_BYTES: u64 = 100 << 20;
/// Smallest part that is sent (AWS: 5 MiB, but for the last).
const MIN_PART_BYTES: u64 = 16 << 20;
/// Parts of one upload (AWS: 10,000).
const MAX_PARTS: u64 = 9_000;
/// Largest object (AWS: 5 TiB).
pub(super) const MAX_OBJECT_BYTES: u64 = 5 << 40;
const MAX_CONCURRENT_PARTS: usize = 3;

impl S3 {
    /// Sends a file to its key, which it replaces.
    pub(super) async fn send_file(
        &self,
        file: SpooledFile<'_>,
        target: &EntryPath,
    ) -> Result<(), DriveError> {
        match file.spooled.length() < MIN_MULTIPART_BYTES {
            true => self.put_whole(file, target).await,
            false => self.put_parts(file, target).await,
        }
    }

    async fn put_whole(&self, file: SpooledFile<'_>, target: &EntryPath) -> Result<(), DriveError> {
        let part_bytes = file.spooled.length().max(1);
        let sender = PutObject {
            s3: self,
            key: self.bucket.key(target),
            hashes: hashes(&file, part_bytes).await?,
            permits: file.permits,
        };
        let plan = PartPlan {
            spooled: file.spooled,
            progress: file.request.progress.clone(),
            part_bytes,
            max_concurrent: 1,
        };
        plan.send_missing(SentParts::default(), &sender)
            .await
            .map(drop)
    }

    async fn put_parts(&self, file: SpooledFile<'_>, target: &EntryPath) -> Result<(), DriveError> {
        let part_bytes = part_bytes(file.spooled.length());
        let hashes = hashes(&file, part_bytes).await?;
        let SpooledFile {
            request,
            spooled,
            staging,
            permits,
        } = file;
        let key = self.bucket.key(target);
        let content = serde_json::json!([self.bucket.name(), key, spooled.length(), hashes]);
        let note_key = HEXLOWER.encode(&Sha256::digest(content.to_string()));
        let stored: Option<UploadNote> = staging.load(&note_key).await?;
        let plan = PartPlan {
            spooled,
            progress: request.progress.clone(),
            part_bytes,
            max_concurrent: MAX_CONCURRENT_PARTS,
        };
        if let Some(note) = stored {
            let resumed = async {
                let note = self
                    .with_parts_of_service(note, &key, &plan, &hashes, permits)
                    .await?;
                let keys = (key.as_str(), note_key.as_str());
                self.send_parts(staging, &plan, keys, (note, &hashes), permits)
                    .await
            };
            match resumed.await {
                // The service has dropped the parts that were sent before: begin anew, once.
                Err(error) if error.kind == ErrorKind::NotFound => {
                    staging.forget(&note_key).await?;
                }
                result => return result,
            }
        }
        let note = self.begin_noted(file, &key, &note_key).await?;
        let keys = (key.as_str(), note_key.as_str());
        self.send_parts(staging, &plan, keys, (note, &hashes), permits)
            .await
    }

    /// Begins an upload in parts, and stores its note.
    async fn begin_noted(
        &self,
        file: SpooledFile<'_>,
        key: &str,
        note_key: &str,
    ) -> Result<UploadNote, DriveError> {
        let begin = self.begin_parts(OPERATION, key);
        let resume = file.request.resume.as_ref();
        let note = UploadNote {
            upload_id: file.permits.call(begin).await?,
            key: key.to_owned(),
            resume: resume.map(|resume| resume.key.clone()),
            sent: SentParts::default(),
        };
        file.staging.save(note_key, &note).await?;
        Ok(note)
    }

    /// Sends the missing parts and completes the upload. After a failure that a retry cannot mend, the upload is
    /// aborted, so that no part of it stays and costs.
    async fn send_parts(
        &self,
        staging: &UploadStaging,
        plan: &PartPlan<'_>,
        (key, note_key): (&str, &str),
        (note, hashes): (UploadNote, &[String]),
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let upload_id = note.upload_id;
        let sender = UploadParts {
            s3: self,
            staging,
            key,
            note_key,
            upload_id: &upload_id,
            hashes,
            resume: note.resume.as_ref(),
            permits,
        };
        let work = async {
            let sent = plan.send_missing(note.sent, &sender).await?;
            let receipts = sent.receipts().map(|(_, receipt)| receipt.to_owned());
            let receipts: Vec<String> = receipts.collect();
            let complete = self.complete_parts(OPERATION, key, &upload_id, &receipts);
            permits.call(complete).await?;
            staging.forget(note_key).await
        };
        let result = work.await;
        if let Err(error) = &result
            && !error.kind.is_transient()
            && error.kind != ErrorKind::RateLimited
        {
            self.abort_parts(OPERATION, key, &upload_id, permits).await;
            staging.forget(note_key).await?;
        }
        result
    }

    /// Starts an upload in parts and returns its id.
    pub(super) async fn begin_parts(
        &self,
        operation: &'static str,
        key: &str,
    ) -> Result<String, DriveError> {
        let (bucket, credentials) = self.bucket.signer(operation)?;
        let action = CreateMultipartUpload::new(bucket, credentials, key);
        let call = self
            .bucket
            .call(operation, Method::POST, &action, &[], None);
        let reply = call.await?;
        let root = "InitiateMultipartUploadResult";
        let started: MultipartUpload = parse(operation, root, &reply.body)?;
        Ok(started.upload_id)
    }

    /// Makes the object of its parts.
    pub(super) async fn complete_parts(
        &self,
        operation: &'static str,
        key: &str,
        upload_id: &str,
        receipts: &[String],
    ) -> Result<(), DriveError> {
        let (bucket, credentials) = self.bucket.signer(operation)?;
        let receipts = receipts.iter().map(String::as_str);
        let action = bucket.complete_multipart_upload(credentials, key, upload_id, receipts);
        let body = action.clone().body();
        let call = self
            .bucket
            .call(operation, Method::POST, &action, &[], Some(body));
        call.await.map(drop)
    }
}

/// Returns the bytes of a part of a file of `size` bytes.
pub(super) fn part_bytes(size: u64) -> u64 {
    MIN_PART_BYTES.max(size.div_ceil(MAX_PARTS).next_multiple_of(1 << 20))
}

/// Returns the MD5 of each part of `part_bytes`, in hex.
async fn hashes(file: &SpooledFile<'_>, part_bytes: u64) -> Result<Vec<String>, DriveError> {
    let hashes = file.spooled.hashes(part_bytes).await;
    hashes.map_err(|error| DriveError::failed(OPERATION, error.to_string()))
}

/// Returns the header by which the service checks the bytes of a part (RFC 1864); none for an empty file.
fn content_md5(hashes: &[String], part: &UploadPart<'_>) -> Vec<(&'static str, String)> {
    let hash = hashes.get(part.index);
    let hash = hash.and_then(|hash| HEXLOWER.decode(hash.as_bytes()).ok());
    hash.map(|hash| ("content-md5", BASE64.encode(&hash)))
        .into_iter()
        .collect()
}

/// Sends a file by one request.
struct PutObject<'a> {
    s3: &'a S3,
    key: String,
    /// MD5 of the whole file, in hex; none of an empty one.
    hashes: Vec<String>,
    permits: Permits<'a>,
}

#[async_trait]
impl PartSender for PutObject<'_> {
    async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        let (bucket, credentials) = self.s3.bucket.signer(OPERATION)?;
        let mut action = bucket.put_object(credentials, &self.key);
        let checked = content_md5(&self.hashes, part);
        for (name, value) in &checked {
            action.headers_mut().insert(*name, value.clone());
        }
        let bucket = &self.s3.bucket;
        let put = bucket.put(OPERATION, &action, &checked, part.length, part.body());
        self.permits.send(put).await.map(|_| String::new())
    }

    fn is_retryable(&self, error: &DriveError) -> bool {
        error.kind.is_transient() || error.kind == ErrorKind::RateLimited
    }

    /// Stores no note: one request is not resumed.
    async fn save_note(&self, _sent: &SentParts) -> Result<(), DriveError> {
        Ok(())
    }
}

/// Sends the parts of a file.
struct UploadParts<'a> {
    s3: &'a S3,
    staging: &'a UploadStaging,
    key: &'a str,
    note_key: &'a str,
    upload_id: &'a str,
    /// MD5 of each part, in hex.
    hashes: &'a [String],
    resume: Option<&'a ResumeKey>,
    permits: Permits<'a>,
}

#[async_trait]
impl PartSender for UploadParts<'_> {
    async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        let (bucket, credentials) = self.s3.bucket.signer(OPERATION)?;
        let number = u16::try_from(part.index + 1)
            .map_err(|_| DriveError::failed(OPERATION, "too many parts"))?;
        let mut action = bucket.upload_part(credentials, self.key, number, self.upload_id);
        let checked = content_md5(self.hashes, part);
        for (name, value) in &checked {
            action.headers_mut().insert(*name, value.clone());
        }
        let bucket = &self.s3.bucket;
        let put = bucket.put(OPERATION, &action, &checked, part.length, part.body());
        let headers = self.permits.send(put).await?;
        let etag = headers.get(ETAG).and_then(|etag| etag.to_str().ok());
        etag.map(str::to_owned)
            .ok_or_else(|| DriveError::failed(OPERATION, "a part without an ETag"))
    }

    fn is_retryable(&self, error: &DriveError) -> bool {
        error.kind.is_transient() || error.kind == ErrorKind::RateLimited
    }

    async fn save_note(&self, sent: &SentParts) -> Result<(), DriveError> {
        let note = UploadNote {
            upload_id: self.upload_id.to_owned(),
            key: self.key.to_owned(),
            resume: self.resume.cloned(),
            sent: sent.clone(),
        };
        self.staging.save(self.note_key, &note).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_within_the_limits_of_the_service() {
        for size in [0, MIN_MULTIPART_BYTES, 1 << 40, MAX_OBJECT_BYTES] {
            let part = part_bytes(size);
            assert!((MIN_PART_BYTES..=5 << 30).contains(&part), "{size}: {part}");
            assert!(size.div_ceil(part) <= 10_000, "{size}: {part}");
        }
    }
}
