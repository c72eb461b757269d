//! The limits of a site in words: where uploads go, which files are accepted, and how many at once.

use std::sync::Arc;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::paging::page_query;
use crate::cloudreve::types::Policy;
use crate::{FactArgument, FactText, FactValue};
use media::{EntryPath, PageRequest};

const OPERATION: &str = "account";
/// Upper limit for the file types that are named.
const MAX_NAMED_TYPES: usize = 12;

/// Kinds of storage, in words.
const STORAGES: [(&str, &str); 11] = [
    ("local", "the site itself"),
    ("remote", "a node of the site"),
    ("s3", "S3"),
    ("ks3", "Kingsoft KS3"),
    ("cos", "Tencent COS"),
    ("oss", "Alibaba OSS"),
    ("obs", "Huawei OBS"),
    ("qiniu", "Qiniu"),
    ("upyun", "Upyun"),
    ("onedrive", "OneDrive"),
    ("load_balance", "several storages in turn"),
];

impl Cloudreve {
    /// Returns the storage policy of the root, from its cached listing or from a new one of one entry; `None` if the
    /// site does not say.
    pub(super) async fn root_policy(&self) -> Option<Arc<Policy>> {
        let root = EntryPath::root();
        if let Some(policy) = self.tree.policies.get(&root).await {
            return Some(policy);
        }
        let request = PageRequest::first(1);
        let query = page_query(OPERATION, &request).ok()?;
        let uri = self.tree.uri(&root);
        let listed = self.api.list(OPERATION, Context::Files, &uri, &query);
        let policy = Arc::new(listed.await.ok()?.storage_policy?);
        self.tree.policies.insert(root, policy.clone()).await;
        Some(policy)
    }
}

/// Returns where uploads go: `the site itself, “Default storage policy”, encrypted`.
pub(super) fn target(policy: &Policy) -> FactValue {
    let kind = policy.kind.as_deref().unwrap_or("local");
    let known = STORAGES.iter().find(|(storage, _)| *storage == kind);
    let storage = known.map_or("another storage", |(_, words)| words);
    let name = policy.name.as_deref().filter(|name| !name.is_empty());
    let is_relayed = policy.relay && kind != "local";
    let texts = [
        Some(FactText::new(storage)),
        name.map(|name| FactText::new(format!("“{name}”"))),
        is_relayed.then(|| FactText::new("by way of the site")),
        policy.encryption.then(|| FactText::new("encrypted")),
    ];
    FactValue::list(texts.into_iter().flatten()).unwrap_or_default()
}

/// Returns the size of the largest file that is accepted; `None` for no limit.
pub(super) fn largest_file(policy: &Policy) -> Option<FactValue> {
    let size = u64::try_from(policy.max_size).ok()?;
    (size > 0).then(|| bytes(size))
}

/// Returns names of file types; `None` for none.
pub(super) fn types(suffixes: &[String]) -> Option<FactValue> {
    let mut named: Vec<&str> = suffixes
        .iter()
        .take(MAX_NAMED_TYPES)
        .map(String::as_str)
        .collect();
    if suffixes.len() > MAX_NAMED_TYPES {
        named.push("…");
    }
    (!named.is_empty()).then(|| named.join(", ").into())
}

/// Returns how many entries and direct links one request may have; `None` if the site does not say.
pub(super) fn batch_words(entries: Option<i64>, direct_links: Option<i64>) -> Option<FactValue> {
    let counted = |count: Option<i64>, words: &'static str| {
        let count = u64::try_from(count?).ok().filter(|count| *count > 0)?;
        Some(FactText::new(words).with("count", FactArgument::Count(count)))
    };
    let words = [
        counted(entries, "{count} files and folders"),
        counted(direct_links, "{count} direct links"),
    ];
    FactValue::list(words.into_iter().flatten())
}

pub(super) fn bytes(bytes: u64) -> FactValue {
    let text = FactText::new("{bytes}").with("bytes", FactArgument::Bytes(bytes));
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudreve::drive::upload::POLICY_KINDS;

    #[test]
    fn limits_of_policies_in_words() {
        let policy = |text: &str| serde_json::from_str::<Policy>(text).unwrap();
        // As a new site of version 4.18.0 has it.
        let local =
            policy(r#"{"id":"LPil","name":"Default storage policy","type":"local","max_size":0}"#);
        let words = |value: Option<FactValue>| value.map(|value| value.to_string());
        let local_words = "the site itself, “Default storage policy”";
        assert_eq!(target(&local).to_string(), local_words);
        assert_eq!(largest_file(&local), None);
        assert_eq!(types(&local.allowed_suffix), None);
        let s3 = policy(
            r#"{"type":"s3","relay":true,"encryption":true,"max_size":2500000000,"allowed_suffix":["mp4","mkv"]}"#,
        );
        let s3_words = "S3, by way of the site, encrypted";
        assert_eq!(target(&s3).to_string(), s3_words);
        assert_eq!(words(largest_file(&s3)).as_deref(), Some("2.5 GB"));
        let types = words(types(&s3.allowed_suffix));
        assert_eq!(types.as_deref(), Some("mp4, mkv"));
        let tape = policy(r#"{"type":"tape"}"#);
        assert_eq!(target(&tape).to_string(), "another storage");
        assert_eq!(
            words(batch_words(Some(3000), Some(10))).as_deref(),
            Some("3000 files and folders, 10 direct links")
        );
        assert_eq!(batch_words(None, Some(0)), None);
    }

    #[test]
    fn every_storage_that_takes_uploads_has_words() {
        let named: Vec<&str> = STORAGES.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(named, POLICY_KINDS);
    }
}
