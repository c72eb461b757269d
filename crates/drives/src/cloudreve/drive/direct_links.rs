//! Direct links to files (wire document section 7): URLs of the site that redirect to signed URLs of the bytes.

use async_trait::async_trait;
use http::Method;
use serde_json::json;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::drive::own_shares::is_usable;
use crate::cloudreve::types::SourceLink;
use crate::{DirectLink, DirectLinks, DriveError};
use media::EntryPath;

const OPERATION: &str = "direct_link";
/// Beginning of the path of a direct link.
const LINK: &str = "/f/";
/// Upper limit for the files of one call; sites limit the links of one call by group.
const MAX_FILES: usize = 100;

#[async_trait]
impl DirectLinks for Cloudreve {
    async fn make(&self, paths: &[EntryPath]) -> Result<Vec<DirectLink>, DriveError> {
        if paths.len() > MAX_FILES {
            return Err(DriveError::bad_request(OPERATION, "too many files")
                .with_sentence("At most 100 files get direct links at a time."));
        }
        let uris: Vec<String> = paths.iter().map(|path| self.tree.uri(path)).collect();
        let body = json!({"uris": uris});
        let told = self
            .api
            .change(OPERATION, Method::PUT, "/file/source", body)
            .await?;
        // With failures, the links of the others stand beside them.
        let links: Vec<SourceLink> =
            serde_json::from_value(told.envelope.data.clone()).unwrap_or_default();
        let outcomes = self.outcomes(paths, &told)?;
        let link = |path: &EntryPath| {
            let found = links
                .iter()
                .find(|link| self.tree.root.path(&link.file_url).as_ref() == Some(path));
            found
                .and_then(|link| self.passed_on_link(&link.link))
                .ok_or_else(|| DriveError::failed(OPERATION, "no link of it in the reply"))
        };
        let links = outcomes.into_iter().map(|outcome| DirectLink {
            result: match outcome.result {
                Ok(_) => link(&outcome.path),
                // A folder has no bytes.
                Err(error) if error.upstream_code == Some(codes::ENTITY_NOT_FOUND) => {
                    Err(DriveError::bad_request(OPERATION, "a folder")
                        .with_sentence("Only files have direct links."))
                }
                Err(error) => Err(error),
            },
            path: outcome.path,
        });
        Ok(links.collect())
    }
}

impl Cloudreve {
    /// Returns the link to pass on: as reported by the site, unless the site takes itself for a host of this machine and
    /// is not one. `None` if it is no URL.
    fn passed_on_link(&self, told: &str) -> Option<String> {
        let is_url = told.starts_with("https://") || told.starts_with("http://");
        let from = told.find(LINK).filter(|_| is_url)?;
        self.api.site.learn_host(told);
        Some(match is_usable(told) {
            true => told.to_owned(),
            false => format!("{}{}", self.api.site.base_url, &told[from..]),
        })
    }
}
