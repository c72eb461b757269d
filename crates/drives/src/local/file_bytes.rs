//! The bytes of files and of the pictures in them. The URL of a file is understood by this drive only.

use std::fs::{File, Metadata};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Local, probe};
use crate::local::chunks::{changed, chunks};
use crate::local::tree::version;
use crate::tags::embedded_picture;
use crate::{DriveError, Incoming};
use media::{EntryKind, EntryPath};

impl Local {
    /// Reads bytes of a file, which must still have the requested version.
    pub(super) async fn bytes(
        &self,
        path: &EntryPath,
        version_then: &str,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let (file, found) = self.still_there(path, version_then).await?;
        let end = last.map_or(found.len(), |last| (last + 1).min(found.len()));
        let chunks = chunks(file, version_then.to_owned(), from..end);
        Ok(Incoming {
            offset: from,
            length: Some(found.len()),
            etag: Some(version(&found)),
            chunks: chunks.boxed(),
        })
    }

    /// Returns the picture embedded in a file, or one of its frames.
    pub(super) async fn picture(
        &self,
        path: &EntryPath,
        version: &str,
    ) -> Result<Incoming, DriveError> {
        let (file, _) = self.still_there(path, version).await?;
        let inside =
            tokio::task::spawn_blocking(move || embedded_picture(&file, &probe::TAG_LIMITS)).await;
        let bytes: Bytes = match inside.ok().flatten() {
            Some(bytes) => bytes,
            None if self.segmenter.is_available()
                && EntryKind::of_file(path.name()) == EntryKind::Video =>
            {
                let length = self.facts.get(version).and_then(|facts| facts.duration_s);
                let (film, _) = self.still_there(path, version).await?;
                self.segmenter.frame(film, length).await?
            }
            None => {
                return Err(DriveError::not_found(
                    "thumbnail",
                    "there is no picture in it",
                ));
            }
        };
        Ok(Incoming {
            offset: 0,
            length: Some(bytes.len() as u64),
            etag: None,
            chunks: stream::iter([Ok(bytes)]).boxed(),
        })
    }
}

impl Local {
    /// Finds the file behind one of our origins.
    ///
    /// # Errors
    ///
    /// Fails if it is no longer the version that the origin was made for.
    pub(super) async fn still_there(
        &self,
        path: &EntryPath,
        version_then: &str,
    ) -> Result<(File, Metadata), DriveError> {
        let path = path.clone();
        let (file, found) = self
            .looking(move |tree, _| tree.open(&path, "fetch"))
            .await?;
        // An open file stays the same file, even if another is renamed over it now.
        if version(&found) == version_then {
            Ok((file, found))
        } else {
            Err(changed())
        }
    }
}

/// Upper limit for the bytes of an image that is its own thumbnail.
pub(super) const LARGEST_PICTURE: u64 = 4 << 20;

/// Returns `file:{version}/{path}`.
pub(super) fn url_of(scheme: &str, version: &str, path: &EntryPath) -> String {
    let path = utf8_percent_encode(path.as_str(), NON_ALPHANUMERIC);
    format!("{scheme}{version}/{path}")
}

pub(super) fn read_url(scheme: &str, text: &str) -> Option<(String, EntryPath)> {
    let (version, path) = text.strip_prefix(scheme)?.split_once('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    Some((version.to_owned(), EntryPath::parse(&path).ok()?))
}
