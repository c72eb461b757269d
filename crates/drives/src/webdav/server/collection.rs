//! The collection of the drive: its URL, which a server may have moved, and its quota.

use percent_encoding::utf8_percent_encode;
use url::Url;

use super::super::multistatus::Resource;
use super::{Depth, LISTED, NO_WEBDAV, RESERVED, Server, is_final};
use crate::{DriveError, ErrorKind};
use media::EntryPath;

impl Server {
    /// Returns the collection, found with the first request: the URL of the config, or one below it at which
    /// known servers have their WebDAV.
    pub(super) async fn collection(&self, operation: &'static str) -> Result<&Url, DriveError> {
        self.collection
            .get_or_try_init(|| self.find_collection(operation))
            .await
    }

    async fn find_collection(&self, operation: &'static str) -> Result<Url, DriveError> {
        let malformed = || DriveError::failed(operation, "base_url is malformed");
        let configured = format!("{}/", self.config.base_url);
        let mut failure = None;
        let user = utf8_percent_encode(self.user(), RESERVED);
        // Nextcloud and ownCloud, then OpenList and AList.
        for below in ["", &format!("remote.php/dav/files/{user}/"), "dav/"] {
            let candidate = Url::parse(&format!("{configured}{below}")).map_err(|_| malformed())?;
            let url = candidate.as_str();
            match self.properties(operation, url, Depth::Itself, LISTED).await {
                Ok(_) => return Ok(candidate),
                Err(error) if is_final(&error) => return Err(failure.unwrap_or(error)),
                Err(error) => {
                    let error = match error.sentence {
                        Some(_) => error,
                        None => DriveError {
                            kind: ErrorKind::UpstreamFailed,
                            ..error.with_sentence(NO_WEBDAV)
                        },
                    };
                    failure.get_or_insert(error);
                }
            }
        }
        Err(failure.unwrap_or_else(malformed))
    }

    /// Requests the properties of the collection itself: the quota, where the server reports one.
    ///
    /// # Errors
    /// Those of [`Server::propfind`].
    pub(in crate::webdav) async fn collection_properties(
        &self,
        operation: &'static str,
    ) -> Result<Resource, DriveError> {
        let url = self.url(operation, &EntryPath::root(), true).await?;
        let found = self.properties(operation, &url, Depth::Itself, QUOTA);
        let first = found.await?.into_iter().next();
        first.ok_or_else(|| DriveError::failed(operation, "an empty answer"))
    }
}

/// The properties of the collection itself.
const QUOTA: &str = r#"<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><quota-available-bytes/><quota-used-bytes/></prop></propfind>"#;
