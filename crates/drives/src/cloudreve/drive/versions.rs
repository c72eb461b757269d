//! Versions of a file (wire document section 4). An old version plays at a path of its own beside the file:
//! `/Film [version mxB6SM].mp4`, which no listing contains.

use async_trait::async_trait;
use http::Method;
use serde_json::json;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::client::{Api, STAT};
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::browse::SiteTree;
use crate::cloudreve::drive::entries;
use crate::cloudreve::types::{Entity, File};
use crate::cloudreve::uri::{UriRoot, component};
use crate::{DriveError, ErrorKind, FileVersion, Versions};
use media::{Entry, EntryPath};

/// Kind of a blob that is a version, not a thumbnail.
const VERSION: i64 = 0;
const MARK: &str = " [version ";

#[async_trait]
impl Versions for Cloudreve {
    async fn list(&self, path: &EntryPath) -> Result<Vec<FileVersion>, DriveError> {
        let file = self
            .api
            .extended_info("versions", &self.tree.uri(path))
            .await?;
        if file.is_folder() {
            return Err(DriveError::unsupported("versions", "a folder")
                .with_sentence("A folder has no versions."));
        }
        let versions = versions_of(&file).filter_map(|entity| {
            Some(FileVersion {
                id: entity.id.clone(),
                size: u64::try_from(entity.size).unwrap_or(0),
                created_at: entity.created_at.0,
                created_by: entity
                    .created_by
                    .as_ref()
                    .and_then(|user| user.nickname.clone())
                    .filter(|name| !name.is_empty()),
                is_current: file.primary_entity.as_deref() == Some(&entity.id),
                path: version_path(path, &entity.id)?,
            })
        });
        Ok(versions.collect())
    }

    async fn make_current(&self, path: &EntryPath, id: &str) -> Result<(), DriveError> {
        let body = json!({"uri": self.tree.uri(path), "version": id});
        let done = self
            .api
            .change("versions", Method::POST, "/file/version/current", body)
            .await?;
        done.done().map_err(no_version)
    }

    async fn delete(&self, path: &EntryPath, id: &str) -> Result<(), DriveError> {
        let body = json!({"uri": self.tree.uri(path), "version": id});
        let done = self
            .api
            .change("versions", Method::DELETE, "/file/version", body)
            .await?;
        match done.code() {
            Some(codes::FORBIDDEN) => Err(DriveError::bad_request("versions", "the current one")
                .with_code(codes::FORBIDDEN)
                .with_sentence(
                    "The current version cannot be deleted; make another one current first.",
                )),
            _ => done.done().map_err(no_version),
        }
    }
}

impl SiteTree {
    /// Returns the entry of a version at its own path; `None` if the path is not that of a version.
    pub(crate) async fn version(&self, path: &EntryPath) -> Result<Option<Entry>, DriveError> {
        let Some((file_path, id)) = self.version_of(path) else {
            return Ok(None);
        };
        let file = match self
            .api
            .extended_info(STAT, &self.root.uri(&file_path))
            .await
        {
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let Some(version) = versions_of(&file).find(|entity| entity.id == id) else {
            return Ok(None);
        };
        let described = File {
            size: version.size,
            updated_at: version.created_at,
            primary_entity: Some(version.id.clone()),
            metadata: Default::default(),
            ..file.clone()
        };
        let entry = entries::entry(&self.place, path.clone(), &described, &self.mark);
        Ok(Some(Entry {
            has_thumbnail: false,
            id: None,
            ..entry
        }))
    }

    /// Returns the file and the id of a version at its own path; `None` for other paths and in shares.
    pub(crate) fn version_of(&self, path: &EntryPath) -> Option<(EntryPath, String)> {
        match self.root {
            UriRoot::My => parse_version_path(path),
            _ => None,
        }
    }
}

impl Api {
    pub(crate) async fn extended_info(
        &self,
        operation: &'static str,
        uri: &str,
    ) -> Result<File, DriveError> {
        let target = format!("/file/info?uri={}&extended=true", component(uri));
        self.get(operation, Context::Files, &target).await
    }
}

fn versions_of(file: &File) -> impl Iterator<Item = &Entity> {
    let entities = file.extended_info.iter().flat_map(|info| &info.entities);
    // An element without an id could not be read.
    entities.filter(|entity| entity.kind == VERSION && !entity.id.is_empty())
}

fn version_path(path: &EntryPath, id: &str) -> Option<EntryPath> {
    let (stem, extension) = match path.name().rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (path.name(), String::new()),
    };
    let name = format!("{stem}{MARK}{id}]{extension}");
    path.parent()?.join(&name).ok()
}

fn parse_version_path(path: &EntryPath) -> Option<(EntryPath, String)> {
    let (stem, rest) = path.name().rsplit_once(MARK)?;
    let (id, extension) = rest.split_once(']')?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_extension = extension.is_empty()
        || extension
            .strip_prefix('.')
            .is_some_and(|rest| !rest.contains('.'));
    if !is_id || !is_extension {
        return None;
    }
    let file = path.parent()?.join(&format!("{stem}{extension}")).ok()?;
    Some((file, id.to_owned()))
}

fn no_version(error: DriveError) -> DriveError {
    match error.upstream_code {
        // An id of another form, or of another thing.
        Some(codes::BAD_PARAMETERS | codes::ENTITY_NOT_FOUND) => DriveError {
            kind: ErrorKind::NotFound,
            ..error
        },
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_version_leads_back_to_its_file() {
        for file in [
            "/Films/A & B.2.mp4",
            "/README",
            "/.hidden",
            "/x [version a].mkv",
        ] {
            let file = EntryPath::parse(file).unwrap();
            let version = version_path(&file, "mxB6SM").unwrap();
            assert_eq!(
                parse_version_path(&version),
                Some((file, "mxB6SM".to_owned())),
                "{version}"
            );
        }
        for other in [
            "/A.mp4",
            "/A [version ].mp4",
            "/A [version a/b].mp4",
            "/A [version a] b.mp4",
        ] {
            let other = EntryPath::parse(other).unwrap();
            assert_eq!(parse_version_path(&other), None, "{other}");
        }
    }
}
