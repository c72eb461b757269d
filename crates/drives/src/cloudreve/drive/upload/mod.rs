//! Uploads (document section 8.15; wire document, section 3): opens a session and sends the file in chunks to the
//! target that the session names.
//!
//! A file is spooled to this server's disk first: the upstream requires its size beforehand, an interrupted
//! chunk is sent again, and an upload that was interrupted resumes at the first missing chunk, since the same
//! content has the same hash. The note of an upload is found by its path: other content at the same
//! path ends the session before it.
//!
//! - `policy`: the storage policy of a folder · `session`: from its opening to its end · `send`: one chunk
//! - `target`: of the chunks · `provider`, `onedrive`: the requests of storage providers · `encryption`

mod encryption;
mod job;
mod onedrive;
mod policy;
mod provider;
mod send;
mod session;
mod target;

use async_trait::async_trait;
use chrono::DateTime;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::drive::manage::check_name;
use crate::uploads::UploadStaging;
use crate::{
    DriveError, ErrorKind, FactArgument, FactText, FactValue, InterruptedUploads, OnConflict,
    Permits, Upload, UploadBody, UploadRequest,
};
use job::{SessionNote, UploadJob};
use media::{Entry, EntryPath};
use session::under_way;
use target::OPERATION;
#[cfg(test)]
pub(crate) use target::POLICY_KINDS;

/// Size of the blocks in which a file is hashed on its way into the spool.
const HASH_PART_BYTES: u64 = 25 << 20;
/// Upper limit for the size of a file; the upstream reports its own limit itself.
const MAX_FILE_BYTES: u64 = 1 << 50;
/// Upper limit for the other names that are tried if a name is taken.
const MAX_OTHER_NAMES: u32 = 100;
/// Upper limit for the unfinished uploads that are named.
const MAX_NAMED_UPLOADS: usize = 10;

#[async_trait]
impl Upload for Cloudreve {
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError> {
        let path = &request.path;
        check_name(OPERATION, path.name())?;
        if request.on_conflict != OnConflict::Rename && self.is_uploading_here(path) {
            return Err(under_way(codes::LOCK_CONFLICT));
        }
        let destination = self.destination(path).await?;
        if request.on_conflict == OnConflict::Fail
            && destination.is_taken != Some(false)
            && self.is_there(path).await?
        {
            return Err(DriveError::new(ErrorKind::Conflict, OPERATION, ""));
        }
        if let Some(policy) = &destination.policy {
            policy.check(path.name(), request.size)?;
        }
        let Some(size) = request.size else {
            return Ok(());
        };
        let capacity = self.api.capacity().await?.unwrap_or_default();
        let left = match (capacity.total, capacity.used) {
            (Some(total), Some(used)) if total > 0 => u64::try_from(total - used).unwrap_or(0),
            _ => return Ok(()),
        };
        // An interrupted upload of this path has its size reserved already.
        if left < size && !self.has_kept_session(path).await? {
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
        let staging = UploadStaging::required(self.uploads.as_ref(), OPERATION)?;
        check_name(OPERATION, request.path.name())?;
        let limits = (HASH_PART_BYTES, MAX_FILE_BYTES);
        let spooled = staging
            .spool
            .receive(OPERATION, body, request, limits)
            .await?;
        let hashes = spooled
            .hashes(HASH_PART_BYTES)
            .await
            .map_err(|error| DriveError::failed(OPERATION, error.to_string()))?;
        let content = digest(&json!([spooled.length(), hashes]));
        let renames = request.on_conflict == OnConflict::Rename;
        let mut path = request.path.clone();
        let mut number = 0;
        loop {
            let uri = self.tree.uri(&path);
            let key = key_of(&uri);
            let sent = match staging.begin(&key) {
                Some(_active) => {
                    let job = UploadJob {
                        key,
                        uri,
                        path: path.clone(),
                        content: content.clone(),
                        spooled: &spooled,
                        progress: request.progress.clone(),
                        replaces: request.on_conflict == OnConflict::Overwrite,
                    };
                    self.send(staging, &job, permits).await
                }
                None => Err(under_way(codes::LOCK_CONFLICT)),
            };
            match sent {
                Err(error)
                    if renames && number < MAX_OTHER_NAMES && error.kind == ErrorKind::Conflict =>
                {
                    number += 1;
                    path = numbered(&request.path, number)?;
                }
                Ok(entry) => {
                    spooled.finish().await;
                    return Ok(entry);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn interrupted_uploads(&self) -> Option<&dyn InterruptedUploads> {
        let staging = self.uploads.as_ref()?;
        Some(&staging.spool)
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

    /// Returns true if this process is uploading to the path right now.
    fn is_uploading_here(&self, path: &EntryPath) -> bool {
        let staging = self.uploads.as_ref();
        staging.is_some_and(|staging| staging.is_active(&key_of(&self.tree.uri(path))))
    }

    /// Returns true if an interrupted upload of the path is kept.
    async fn has_kept_session(&self, path: &EntryPath) -> Result<bool, DriveError> {
        let Some(staging) = &self.uploads else {
            return Ok(false);
        };
        let key = key_of(&self.tree.uri(path));
        Ok(staging.load::<SessionNote>(&key).await?.is_some())
    }

    /// Returns a text for each of the uploads that were interrupted and hold their names and their space at the site; `None`
    /// if there are none.
    pub(crate) async fn unfinished_uploads(&self) -> Option<FactValue> {
        let notes = self.uploads.as_ref()?.all::<SessionNote>().await.ok()?;
        let now = self.api.site.clock.unix_s();
        let mut kept: Vec<&SessionNote> = notes
            .iter()
            .map(|(_, note)| note)
            .filter(|note| now < note.expires)
            .collect();
        kept.sort_by(|a, b| a.path.cmp(&b.path));
        let mut texts: Vec<FactText> = kept
            .iter()
            .take(MAX_NAMED_UPLOADS)
            .map(|note| note.summary())
            .collect();
        if kept.len() > MAX_NAMED_UPLOADS {
            let more = FactArgument::Count((kept.len() - MAX_NAMED_UPLOADS) as u64);
            texts.push(FactText::new("{count} more").with("count", more));
        }
        FactValue::list(texts)
    }
}

impl SessionNote {
    /// Returns its path, its progress, and the time at which the site ends it.
    fn summary(&self) -> FactText {
        let arrived = self.sent.receipts().count() as u64 * self.chunk_bytes;
        let percent = (arrived.min(self.size) * 100)
            .checked_div(self.size)
            .unwrap_or(0);
        let ends = i64::try_from(self.expires)
            .ok()
            .and_then(|at| DateTime::from_timestamp(at, 0))
            .unwrap_or_default();
        FactText::new("{path}, {percent} % sent (send the same file again to resume it; the site ends it by {time})")
            .with("path", FactArgument::Text(self.path.to_string()))
            .with("percent", FactArgument::Count(percent))
            .with("time", FactArgument::Time(ends))
    }
}

/// Returns the key of the note of an upload to a URI.
fn key_of(uri: &str) -> String {
    digest(&json!([uri]))
}

/// Returns the path with a number in its name: `Film (2).mp4`.
fn numbered(path: &EntryPath, number: u32) -> Result<EntryPath, DriveError> {
    let name = crate::uploads::numbered(path.name(), number);
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
