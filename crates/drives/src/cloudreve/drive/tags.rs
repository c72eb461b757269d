//! Tags, which are metadata of a file under `tag:` with a colour as their value (wire document section 7).

use async_trait::async_trait;
use http::Method;
use serde_json::{Value, json};

use super::entries::TAG;
use super::paging::page_query;
use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes::Context;
use crate::cloudreve::uri::component;
use crate::{DriveError, Tags};
use media::{EntryPath, Listing, PageRequest, Tag};

const OPERATION: &str = "tags";
/// Upper limit for the tags of one entry.
const MAX_TAGS: usize = 50;

#[async_trait]
impl Tags for Cloudreve {
    async fn set(&self, path: &EntryPath, tags: &[Tag]) -> Result<Vec<Tag>, DriveError> {
        if path.is_root() || tags.len() > MAX_TAGS {
            return Err(DriveError::bad_request(
                OPERATION,
                "the root, or too many tags",
            ));
        }
        let uri = self.tree.uri(path);
        let before = self.api.info(OPERATION, Context::Files, &uri).await?;
        let before = self.tree.entry(path.clone(), &before).tags;
        let patches = patches(&before, tags);
        if !patches.is_empty() {
            let body = json!({"uris": [uri], "patches": patches});
            let answer = self
                .api
                .change(OPERATION, Method::PATCH, "/file/metadata", body);
            let outcomes = self.outcomes(std::slice::from_ref(path), &answer.await?)?;
            for outcome in outcomes {
                outcome.result?;
            }
        }
        Ok(self.tree.stat(path).await?.tags)
    }

    async fn find(&self, name: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        let query = page_query(OPERATION, page)?;
        let key = format!("meta_{TAG}{}", name.trim());
        let uri = format!("{}?{}=", self.tree.uri(&EntryPath::root()), component(&key));
        let context = Context::Files;
        let files = self.api.list(OPERATION, context, &uri, &query).await?;
        self.tree.listing(OPERATION, files, &query, None).await
    }
}

/// Returns the changes that make `before` into `after`.
fn patches(before: &[Tag], after: &[Tag]) -> Vec<Value> {
    let key = |tag: &Tag| format!("{TAG}{}", tag.name);
    let removed = before
        .iter()
        .filter(|tag| !after.iter().any(|kept| kept.name == tag.name))
        .map(|tag| json!({"key": key(tag), "remove": true}));
    let set = after.iter().filter(|tag| !before.contains(tag)).map(|tag| {
        // A tag that is there keeps its colour unless another one is chosen.
        let colour = tag.colour.clone().unwrap_or_default();
        json!({"key": key(tag), "value": colour})
    });
    let keeps = |patch: &Value| {
        let name = patch["key"].as_str().and_then(|key| key.strip_prefix(TAG));
        let is_there = before.iter().any(|tag| Some(tag.name.as_str()) == name);
        patch["value"] == "" && is_there
    };
    let set = set.filter(|patch| !keeps(patch));
    removed.chain(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_changed() {
        let tag = |name: &str, colour: Option<&str>| Tag::parse(name, colour).unwrap();
        let before = [tag("a", Some("#ff0000")), tag("b", None), tag("c", None)];
        let after = [
            tag("a", None),
            tag("b", Some("#00ff00")),
            tag("d", None),
            tag("e", Some("#0000ff")),
        ];
        assert_eq!(
            patches(&before, &after),
            [
                json!({"key": "tag:c", "remove": true}),
                json!({"key": "tag:b", "value": "#00ff00"}),
                json!({"key": "tag:d", "value": ""}),
                json!({"key": "tag:e", "value": "#0000ff"}),
            ]
        );
        assert!(patches(&before, &before).is_empty());
    }
}
