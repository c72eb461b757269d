//! A bucket of an S3 service as a drive: AWS, MinIO, Backblaze, R2, Wasabi, Garage, SeaweedFS and others.
//!
//! ```text
//!   config, types ◄── bucket ◄── browse ◄── manage, interrupted ◄── upload
//! ```
//!
//! Folders are the parts of keys between slashes. A `Content-Range` decides about the bytes of a reply, not its status;
//! a prefix may come with or without its slash, and keys in any order.

mod browse;
mod bucket;
mod config;
mod interrupted;
mod manage;
mod types;
mod upload;

use std::collections::HashSet;

use async_trait::async_trait;

use crate::folders::{
    self, Child, ContentVersions, CopyOrMove, FolderServer, SpooledFile, TemporaryFile,
};
use crate::s3::bucket::Bucket;
use crate::s3::upload::{MAX_OBJECT_BYTES, part_bytes};
use crate::uploads::UploadStaging;
use crate::{
    Account, Capability, Drive, DriveContext, DriveError, DriveKind, Incoming, Origin, Permits,
    ResumeKey,
};
use media::{EntryPath, Place};

pub use config::S3Config;

/// Abilities of a bucket.
pub static KIND: DriveKind = DriveKind {
    kind: "s3",
    title: "S3",
    abilities: &[
        (Capability::List, None),
        (Capability::Search, None),
        (Capability::Stream, None),
        (Capability::Original, None),
        (Capability::Upload, None),
        (Capability::Manage, None),
    ],
};

/// A bucket.
pub(crate) struct S3 {
    bucket: Bucket,
    versions: ContentVersions,
}

/// Opens a drive named `place`. No request is made before the first call.
pub(crate) fn open(place: Place, config: S3Config, context: DriveContext) -> Drive {
    let upstream = format!("{}\n{}\n{}", config.endpoint, config.bucket, config.root);
    let (http, clock) = (context.http.clone(), context.clock.clone());
    let s3 = S3 {
        bucket: Bucket::new(http, clock, config),
        versions: ContentVersions::default(),
    };
    folders::open(place, &KIND, &upstream, s3, context)
}

#[async_trait]
impl FolderServer for S3 {
    const NO_RENDITIONS: &'static str = "a bucket makes no streams";
    /// A folder with nothing in it is a marker, which not every server lists.
    const SHOWS_EMPTY_FOLDERS: bool = false;

    async fn account(&self) -> Result<Account, DriveError> {
        self.look_into("account", &EntryPath::root()).await?;
        Ok(Account {
            name: self.bucket.name(),
            ..Account::default()
        })
    }

    async fn read_folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Vec<Child>, DriveError> {
        self.list_folder(operation, path).await
    }

    async fn look(&self, operation: &'static str, path: &EntryPath) -> Result<Child, DriveError> {
        self.request_properties(operation, path).await
    }

    async fn origin(
        &self,
        _operation: &'static str,
        path: &EntryPath,
        size: u64,
        content: Option<&str>,
    ) -> Result<Origin, DriveError> {
        Ok(self.origin_of(path, size, content))
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        self.open(origin, from, last).await
    }

    fn check_name(
        &self,
        operation: &'static str,
        folder: &EntryPath,
        name: &str,
    ) -> Result<EntryPath, DriveError> {
        self.name_in(operation, folder, name)
    }

    async fn make_folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        permits.call(self.put_marker(operation, path)).await
    }

    async fn transfer(
        &self,
        operation: &'static str,
        transfer: CopyOrMove,
        (path, source): (&EntryPath, &Child),
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        self.copy_entry(operation, (path, source), target, permits)
            .await?;
        match transfer {
            CopyOrMove::Copy => Ok(()),
            CopyOrMove::Move => self.delete_entry(operation, path, source, permits).await,
        }
    }

    async fn delete(
        &self,
        operation: &'static str,
        path: &EntryPath,
        found: &Child,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        self.delete_entry(operation, path, found, permits).await
    }

    fn upload_limits(&self, size: Option<u64>) -> (u64, u64) {
        (part_bytes(size.unwrap_or(0)), MAX_OBJECT_BYTES)
    }

    async fn send_temporary(
        &self,
        _file: SpooledFile<'_>,
        _folder: &EntryPath,
    ) -> Result<Option<TemporaryFile>, DriveError> {
        Ok(None)
    }

    async fn complete(
        &self,
        file: SpooledFile<'_>,
        _temporary: Option<&TemporaryFile>,
        target: &EntryPath,
    ) -> Result<(), DriveError> {
        self.send_file(file, target).await
    }

    async fn discard_interrupted(
        &self,
        staging: &UploadStaging,
        key: &ResumeKey,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        self.abort_interrupted(staging, key, permits).await
    }

    async fn discard_abandoned(
        &self,
        staging: &UploadStaging,
        in_use: &HashSet<ResumeKey>,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        self.abort_abandoned(staging, in_use, permits).await
    }
}
