//! A bucket of an S3 service as a drive: AWS, MinIO, Backblaze, R2, Wasabi, Garage, SeaweedFS and others.
//!
//! ```text
//!   config, types ◄── bucket ◄── browse ◄── manage, upload
//! ```
//!
//! Folders are the parts of keys between slashes. A `Content-Range` decides about the bytes of a reply, not its status;
//! a prefix may come with or without its slash, and keys in any order.

mod browse;
mod bucket;
mod config;
mod manage;
mod types;
mod upload;

use std::sync::Arc;

use async_trait::async_trait;

use crate::folders::Folders;
use crate::s3::bucket::Bucket;
use crate::uploads::UploadStaging;
use crate::{Account, AccountSession, Capability, Drive, DriveContext, DriveError, DriveKind};
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
    folders: Folders,
    place: Place,
    uploads: Option<UploadStaging>,
}

/// Opens a drive named `place`. No request is made before the first call.
pub(crate) fn open(place: Place, config: S3Config, context: DriveContext) -> Drive {
    const FILES: [Capability; 4] = [
        Capability::List,
        Capability::Search,
        Capability::Stream,
        Capability::Original,
    ];
    let upstream = format!("{}\n{}\n{}", config.endpoint, config.bucket, config.root);
    let s3 = Arc::new(S3 {
        folders: Folders::new(place.clone(), &upstream),
        place: place.clone(),
        bucket: Bucket::new(context.http, context.clock, config),
        uploads: UploadStaging::of(context.uploads),
    });
    let drive = Drive::new(place, KIND.kind, s3.clone())
        .with_volume(s3.clone(), &FILES)
        .with_manage(s3.clone());
    match s3.uploads {
        Some(_) => drive.with_upload(s3),
        None => drive,
    }
}

#[async_trait]
impl AccountSession for S3 {
    async fn account(&self) -> Result<Account, DriveError> {
        self.look_into("account", &EntryPath::root()).await?;
        Ok(Account {
            name: self.bucket.name(),
            ..Account::default()
        })
    }
}
