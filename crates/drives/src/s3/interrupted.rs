//! Uploads in parts that were interrupted: the parts that the service has of them, and their end.

use std::collections::{BTreeMap, HashSet};

use http::Method;
use rusty_s3::actions::ListParts;
use serde::{Deserialize, Serialize};

use crate::s3::S3;
use crate::s3::bucket::parse;
use crate::s3::types::{ListedPart, PartList};
use crate::uploads::{PartPlan, SentParts, UploadStaging};
use crate::{DriveError, ErrorKind, Permits, ResumeKey};

const OPERATION: &str = "upload";
/// Pages of a list of parts: 1,000 parts each, and an upload has at most 10,000.
const MAX_PAGES: usize = 20;

/// Progress of an upload in parts, as it is stored.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct UploadNote {
    pub(super) upload_id: String,
    /// The key of the object; empty in notes of former versions.
    #[serde(default)]
    pub(super) key: String,
    /// The key under which the upload resumes, if it has one.
    pub(super) resume: Option<ResumeKey>,
    pub(super) sent: SentParts,
}

impl S3 {
    /// Returns the note of an interrupted upload with the parts that the service has. One that it has lost is sent again;
    /// one that arrived without being noted is not. If the service does not list them, the note stays as it is.
    /// `hashes` are the MD5 of the parts in hex.
    ///
    /// # Errors
    /// `not_found` if the service has dropped the upload.
    pub(super) async fn with_parts_of_service(
        &self,
        note: UploadNote,
        key: &str,
        plan: &PartPlan<'_>,
        hashes: &[String],
        permits: Permits<'_>,
    ) -> Result<UploadNote, DriveError> {
        let listed = match self.list_parts(key, &note.upload_id, permits).await {
            Ok(listed) => listed,
            Err(error) if error.kind == ErrorKind::NotFound => return Err(error),
            Err(error) => {
                tracing::debug!(%error, "the service does not list the parts of an upload");
                return Ok(note);
            }
        };
        let lengths: Vec<u64> = (0..plan.count()).map(|it| plan.bytes_of(it)).collect();
        Ok(UploadNote {
            sent: confirmed(&note.sent, listed, &lengths, hashes),
            ..note
        })
    }

    /// Requests the parts that the service has of an upload (ListParts).
    async fn list_parts(
        &self,
        key: &str,
        upload_id: &str,
        permits: Permits<'_>,
    ) -> Result<Vec<ListedPart>, DriveError> {
        let (bucket, credentials) = self.bucket.signer(OPERATION)?;
        let (mut parts, mut marker) = (Vec::new(), 0);
        for _ in 0..MAX_PAGES {
            let mut action = ListParts::new(bucket, credentials, key, upload_id);
            if marker > 0 {
                action.set_part_number_marker(marker);
            }
            let call = self.bucket.call(OPERATION, Method::GET, &action, &[], None);
            let reply = permits.call(call).await?;
            let page: PartList = parse(OPERATION, "ListPartsResult", &reply.body)?;
            parts.extend(page.parts);
            match page.next_part_number_marker.filter(|_| page.is_truncated) {
                Some(next) if next > marker => marker = next,
                _ => break,
            }
        }
        Ok(parts)
    }

    /// Drops the parts of an upload that will not be completed.
    pub(super) async fn abort_parts(
        &self,
        operation: &'static str,
        key: &str,
        upload_id: &str,
        permits: Permits<'_>,
    ) {
        if let Err(error) = self.drop_parts(operation, key, upload_id, permits).await {
            tracing::warn!(%error, "parts of an upload stay at the service");
        }
    }

    /// Drops the parts of an upload (AbortMultipartUpload).
    async fn drop_parts(
        &self,
        operation: &'static str,
        key: &str,
        upload_id: &str,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let (bucket, credentials) = self.bucket.signer(operation)?;
        let action = bucket.abort_multipart_upload(credentials, key, upload_id);
        let call = self
            .bucket
            .call(operation, Method::DELETE, &action, &[], None);
        permits.call(call).await.map(drop)
    }

    /// Drops the parts that an interrupted upload with this key has left.
    pub(super) async fn abort_interrupted(
        &self,
        staging: &UploadStaging,
        key: &ResumeKey,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let all = staging.all::<UploadNote>().await?.into_iter();
        let of_upload = all.filter(|(_, note)| note.resume.as_ref() == Some(key));
        self.abort_recorded(of_upload, staging, permits).await
    }

    /// Drops the parts of our uploads that were interrupted long ago, but for those whose keys are in use.
    pub(super) async fn abort_abandoned(
        &self,
        staging: &UploadStaging,
        in_use: &HashSet<ResumeKey>,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let old = staging.abandoned::<UploadNote>().await?.into_iter();
        let is_used =
            |note: &UploadNote| note.resume.as_ref().is_some_and(|it| in_use.contains(it));
        let unused = old.filter(|(_, note)| !is_used(note));
        self.abort_recorded(unused, staging, permits).await
    }

    async fn abort_recorded(
        &self,
        notes: impl Iterator<Item = (String, UploadNote)>,
        staging: &UploadStaging,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        for (note_key, note) in notes.filter(|(_, note)| !note.key.is_empty()) {
            let drop_parts = self.drop_parts(OPERATION, &note.key, &note.upload_id, permits);
            match drop_parts.await {
                // The service has dropped them itself.
                Err(error) if error.kind != ErrorKind::NotFound => return Err(error),
                _ => staging.forget(&note_key).await?,
            }
        }
        Ok(())
    }
}

/// Returns the parts of `listed` that are those of the file: of the right length, and with the ETag that was noted, or
/// with the MD5 of the part as their ETag. `lengths` and `hashes` are those of all parts, in order.
fn confirmed(
    noted: &SentParts,
    listed: Vec<ListedPart>,
    lengths: &[u64],
    hashes: &[String],
) -> SentParts {
    let noted: BTreeMap<usize, &str> = noted.receipts().collect();
    let mut sent = SentParts::default();
    for part in listed {
        let Some(index) = usize::from(part.part_number).checked_sub(1) else {
            continue;
        };
        let bare = |etag: &str| etag.trim_matches('"').to_ascii_lowercase();
        let etag = bare(&part.etag);
        let receipt = noted.get(&index).filter(|it| bare(it) == etag);
        let is_hashed = hashes.get(index).is_some_and(|hash| *hash == etag);
        if lengths.get(index) == Some(&part.size) && (receipt.is_some() || is_hashed) {
            let receipt = receipt.map_or(part.etag, |it| (*it).to_owned());
            sent.insert(index, receipt);
        }
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_believed_if_the_service_has_them_as_they_were_sent() {
        let listed = |number: u16, etag: &str, size: u64| ListedPart {
            part_number: number,
            etag: etag.to_owned(),
            size,
        };
        let hashes = ["a1", "b2", "c3", "d4", "e5"].map(str::to_owned);
        let mut noted = SentParts::default();
        // The first one is encrypted at the service, so its ETag is no MD5. The second one is lost.
        for (index, receipt) in [(0, "\"X-1\""), (1, "\"b2\""), (3, "\"d4\"")] {
            noted.insert(index, receipt.to_owned());
        }
        let there = vec![
            listed(1, "\"x-1\"", 4),
            // Arrived, but was not noted.
            listed(3, "\"C3\"", 4),
            // Another length, another content, and no part of this file.
            listed(4, "\"d4\"", 3),
            listed(5, "\"ff\"", 2),
            listed(9, "\"a1\"", 4),
            listed(0, "\"a1\"", 4),
        ];
        let sent = confirmed(&noted, there, &[4, 4, 4, 4, 2], &hashes);
        let sent: Vec<_> = sent.receipts().collect();
        assert_eq!(sent, [(0, "\"X-1\""), (2, "\"C3\"")]);
    }

    #[test]
    fn a_list_of_parts_is_read() {
        let text = "<?xml version=\"1.0\"?>\n<ListPartsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Bucket>films</Bucket><NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>2</MaxParts>\
            <IsTruncated>true</IsTruncated>\
            <Part><PartNumber>1</PartNumber><LastModified>2010-11-10T20:48:34.000Z</LastModified>\
            <ETag>&quot;7778aef83f66abc1fa1e8477f296d394&quot;</ETag><Size>10485760</Size></Part>\
            <Part><PartNumber>2</PartNumber><ETag>\"aaaa18db4cc2f85cedef654fccc4a4x8\"</ETag><Size>10</Size></Part>\
            </ListPartsResult>";
        let list: PartList = parse(OPERATION, "ListPartsResult", text.as_bytes()).unwrap();
        assert_eq!(
            (list.is_truncated, list.next_part_number_marker),
            (true, Some(2))
        );
        assert_eq!(list.parts[0].etag, "\"7778aef83f66abc1fa1e8477f296d394\"");
        assert_eq!((list.parts[1].part_number, list.parts[1].size), (2, 10));
        let empty = "<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>";
        let list: PartList = parse(OPERATION, "ListPartsResult", empty.as_bytes()).unwrap();
        assert!(list.parts.is_empty());
    }
}
