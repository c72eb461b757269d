//! A folder of a WebDAV server (RFC 4918): OpenList, Nextcloud, Apache, nginx, rclone and others.
//!
//! ```text
//!   config, multistatus, digest ◄── server ◄── browse ◄── manage, upload
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
mod upload;

use std::sync::Arc;

use async_trait::async_trait;
use percent_encoding::percent_decode_str;

use crate::uploads::UploadStaging;
use crate::webdav::browse::Tree;
use crate::webdav::server::Server;
use crate::{
    Account, AccountSession, Capability, Drive, DriveContext, DriveError, DriveKind, Quota,
};
use media::Place;

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
    tree: Tree,
    uploads: Option<UploadStaging>,
}

/// Opens a drive named `place`. No request is made before the first call.
pub(crate) fn open(place: Place, config: WebDavConfig, context: DriveContext) -> Drive {
    const FILES: [Capability; 4] = [
        Capability::List,
        Capability::Search,
        Capability::Stream,
        Capability::Original,
    ];
    let upstream = format!(
        "{}\n{}\n{}",
        config.base_url,
        config.root,
        config.user.as_deref().unwrap_or_default()
    );
    let server = Server::new(context.http.clone(), context.clock, config);
    let webdav = Arc::new(WebDav {
        tree: Tree::new(place.clone(), &upstream, context.http, server),
        uploads: UploadStaging::of(context.uploads),
    });
    let drive = Drive::new(place, KIND.kind, webdav.clone())
        .with_volume(webdav.clone(), &FILES)
        .with_manage(webdav.clone());
    match webdav.uploads {
        Some(_) => drive.with_upload(webdav),
        None => drive,
    }
}

#[async_trait]
impl AccountSession for WebDav {
    async fn account(&self) -> Result<Account, DriveError> {
        let server = &self.tree.server;
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
}

/// Decodes the path of an URL; `None` if it is not UTF-8.
fn decode(path: &str) -> Option<String> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    Some(decoded.into_owned())
}
