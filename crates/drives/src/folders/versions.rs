//! Checks that all replies for a content are of one version of the file.

use http::header::{HeaderMap, LAST_MODIFIED};

use crate::http::range;
use crate::{DriveError, ErrorKind, Origin};
use cache::SyncCache;

/// The validators that GET returned first for a content, by the origin. They differ from those of a listing at some
/// servers, so a file is compared with itself.
pub(crate) struct ContentVersions(SyncCache<String, Validators>);

/// The ETag and the time of a file as GET returns them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Validators {
    etag: Option<String>,
    modified: Option<String>,
}

/// Contents whose validators are remembered.
const MAX_VERSIONS: u64 = 10_000;

impl Default for ContentVersions {
    fn default() -> Self {
        ContentVersions(SyncCache::new(MAX_VERSIONS))
    }
}

impl ContentVersions {
    /// Checks that a reply is of the content that the origin was made for.
    ///
    /// # Errors
    /// `gone` if it is of another one.
    pub(crate) fn check(&self, origin: &Origin, headers: &HeaderMap) -> Result<(), DriveError> {
        let modified = headers
            .get(LAST_MODIFIED)
            .and_then(|value| value.to_str().ok());
        let found = Validators {
            etag: range::strong_etag(headers),
            modified: modified.map(str::to_owned),
        };
        let key = origin.url().to_owned();
        let first = self.0.get_with(key, || found.clone());
        match first.differs_from(&found) {
            true => Err(changed()),
            false => Ok(()),
        }
    }
}

impl Validators {
    /// Returns true if both replies have an ETag or a time, and these differ. An ETag may be weak, and left out here, for a
    /// second after a write.
    fn differs_from(&self, other: &Validators) -> bool {
        let differ = |one: &Option<String>, other: &Option<String>| {
            one.as_ref()
                .zip(other.as_ref())
                .is_some_and(|(a, b)| a != b)
        };
        differ(&self.etag, &other.etag) || differ(&self.modified, &other.modified)
    }
}

/// Returns the error of a file that is another one than before.
pub(crate) fn changed() -> DriveError {
    DriveError::new(ErrorKind::Gone, "fetch", "the file was changed meanwhile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_of_another_version_is_refused() {
        let reply = |etag: &str, modified: &str| {
            let mut headers = HeaderMap::new();
            for (name, value) in [("etag", etag), ("last-modified", modified)] {
                if !value.is_empty() {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            headers
        };
        let versions = ContentVersions::default();
        let origin = Origin::new("s3:1:film.mp4".to_owned(), None);
        for (etag, modified, is_same) in [
            ("\"a\"", "Mon, 01 Jan 2024 00:00:00 GMT", true),
            ("", "Mon, 01 Jan 2024 00:00:00 GMT", true),
            ("W/\"b\"", "", true),
            ("\"b\"", "", false),
            ("\"a\"", "Tue, 02 Jan 2024 00:00:00 GMT", false),
        ] {
            let checked = versions.check(&origin, &reply(etag, modified));
            assert_eq!(checked.is_ok(), is_same, "{etag} {modified}");
        }
        let other = Origin::new("s3:2:film.mp4".to_owned(), None);
        assert!(versions.check(&other, &reply("\"b\"", "")).is_ok());
    }
}
