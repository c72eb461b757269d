//! A folder of a WebDAV server (RFC 4918): OpenList, Nextcloud, Apache, nginx, rclone and others.
//!
//! ```text
//!   config, multistatus, digest ◄── server ◄── browse ◄── manage ◄── temporary ◄── upload
//! ```
//!
//! The protocol is spoken as carefully as the weakest of these servers needs: `Overwrite: F`, `Allow` and the ETag of a
//! listing protect nothing, a range may come back as the whole, and a folder without a slash at its end may be lost.
//! It is written on the HTTP client and an XML reader: a general library neither keeps credentials from the host of a
//! redirect, nor reads a listing as it arrives, nor looks before it overwrites.

mod browse;
mod config;
mod digest;
mod manage;
mod multistatus;
mod server;
mod temporary;
mod upload;

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use percent_encoding::percent_decode_str;

use crate::folders::{
    self, Child, ContentVersions, CopyOrMove, FolderServer, SpooledFile, TemporaryFile,
};
use crate::http::Client;
use crate::uploads::UploadStaging;
use crate::webdav::server::Server;
use crate::{
    Account, Capability, Drive, DriveContext, DriveError, DriveKind, Incoming, OnConflict, Origin,
    Permits, Quota, ResumeKey,
};
use media::{EntryPath, Place};

pub use config::WebDavConfig;

/// Abilities of a folder of a WebDAV server. Servers do not say beforehand whether they allow changes.
pub static KIND: DriveKind = DriveKind {
    kind: "webdav",
    title: "WebDAV",
    abilities: &[
        (Capability::List, None),
        (Capability::Search, None),
        (Capability::Stream, None),
        (Capability::Original, None),
        (Capability::Upload, None),
        (Capability::Manage, None),
    ],
};

/// A folder of a server.
pub(crate) struct WebDav {
    server: Server,
    http: Arc<Client>,
    versions: ContentVersions,
}

/// Opens a drive named `place`. No request is made before the first call.
pub(crate) fn open(place: Place, config: WebDavConfig, context: DriveContext) -> Drive {
    let upstream = format!(
        "{}\n{}\n{}",
        config.base_url,
        config.root,
        config.user.as_deref().unwrap_or_default()
    );
    let webdav = WebDav {
        http: context.http.clone(),
        server: Server::new(context.http.clone(), context.clock.clone(), config),
        versions: ContentVersions::default(),
    };
    folders::open(place, &KIND, &upstream, webdav, context)
}

#[async_trait]
impl FolderServer for WebDav {
    const NO_RENDITIONS: &'static str = "a WebDAV server makes no streams";
    const SHOWS_EMPTY_FOLDERS: bool = true;

    async fn account(&self) -> Result<Account, DriveError> {
        let server = &self.server;
        let found = server.collection_properties("account").await?;
        let host = server.host().unwrap_or_default();
        Ok(Account {
            name: match server.user() {
                "" => host,
                user => format!("{user} at {host}"),
            },
            quota: found
                .quota_available
                .zip(found.quota_used)
                .map(|(available, used)| Quota {
                    total: available.saturating_add(used),
                    used,
                }),
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
        operation: &'static str,
        path: &EntryPath,
        size: u64,
        content: Option<&str>,
    ) -> Result<Origin, DriveError> {
        self.origin_of(operation, path, size, content).await
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
        manage::check_name(operation, folder, name)
    }

    async fn make_folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        permits.call(self.mkcol(operation, path)).await
    }

    async fn transfer(
        &self,
        operation: &'static str,
        transfer: CopyOrMove,
        (path, source): (&EntryPath, &Child),
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let paths = (path, target);
        let send = self.send_transfer(operation, transfer, paths, source.is_folder, false);
        permits.call(send).await
    }

    async fn delete(
        &self,
        operation: &'static str,
        path: &EntryPath,
        found: &Child,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let delete = self.delete_entry(operation, path, found.is_folder);
        permits.call(delete).await
    }

    fn upload_limits(&self, _size: Option<u64>) -> (u64, u64) {
        (u64::MAX, u64::MAX)
    }

    async fn send_temporary(
        &self,
        file: SpooledFile<'_>,
        folder: &EntryPath,
    ) -> Result<Option<TemporaryFile>, DriveError> {
        self.put_temporary(file, folder).await.map(Some)
    }

    async fn discard_temporary(
        &self,
        temporary: &TemporaryFile,
        staging: &UploadStaging,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        self.delete_temporary(&temporary.path, staging, permits)
            .await
    }

    async fn complete(
        &self,
        file: SpooledFile<'_>,
        temporary: Option<&TemporaryFile>,
        target: &EntryPath,
    ) -> Result<(), DriveError> {
        let temporary =
            temporary.ok_or_else(|| DriveError::failed("upload", "nothing was sent"))?;
        let paths = (&temporary.path, target);
        let overwrite = file.request.on_conflict == OnConflict::Overwrite;
        let rename = self.send_transfer("upload", CopyOrMove::Move, paths, false, overwrite);
        file.permits.call(rename).await?;
        if let Err(error) = file.staging.forget(temporary.path.name()).await {
            tracing::debug!(%error, "a temporary file that has its name now is looked for once more");
        }
        Ok(())
    }

    async fn discard_interrupted(
        &self,
        staging: &UploadStaging,
        key: &ResumeKey,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        self.delete_interrupted(staging, key, permits).await
    }

    async fn discard_abandoned(
        &self,
        staging: &UploadStaging,
        in_use: &HashSet<ResumeKey>,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        self.delete_abandoned(staging, in_use, permits).await
    }
}

/// Decodes the path of an URL; `None` if it is not UTF-8.
fn decode(path: &str) -> Option<String> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    Some(decoded.into_owned())
}
