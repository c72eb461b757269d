//! The answers of S3 that are read. Namespaces are ignored: not every server writes them.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

use crate::json::count_odd;

/// The answer to ListObjectsV2.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ObjectList {
    pub(super) contents: Vec<ListedObject>,
    pub(super) common_prefixes: Vec<CommonPrefix>,
    pub(super) is_truncated: bool,
    pub(super) next_continuation_token: Option<String>,
    pub(super) encoding_type: Option<String>,
}

/// One object of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ListedObject {
    pub(super) key: String,
    #[serde(deserialize_with = "odd_is_absent")]
    pub(super) size: Option<u64>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub(super) last_modified: Option<DateTime<Utc>>,
    #[serde(rename = "ETag")]
    pub(super) etag: Option<String>,
}

/// Keys that continue after the next slash.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CommonPrefix {
    pub(super) prefix: String,
}

/// The answer to CreateMultipartUpload.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MultipartUpload {
    pub(super) upload_id: String,
}

/// The answer to ListParts (API_ListParts of the Amazon S3 API Reference).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct PartList {
    #[serde(rename = "Part")]
    pub(super) parts: Vec<ListedPart>,
    pub(super) is_truncated: bool,
    /// The number of the last part of this page.
    #[serde(deserialize_with = "odd_is_absent")]
    pub(super) next_part_number_marker: Option<u16>,
}

/// One part of an upload.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ListedPart {
    /// Counted from 1.
    pub(super) part_number: u16,
    #[serde(rename = "ETag")]
    pub(super) etag: String,
    pub(super) size: u64,
}

/// The answer to DeleteObjects: the keys that stayed.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct DeleteResult {
    #[serde(rename = "Error")]
    pub(super) errors: Vec<KeyError>,
}

/// A key that was not deleted.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct KeyError {
    pub(super) code: String,
}

/// The answer to UploadPartCopy. Some servers leave the ETag out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CopyPartResult {
    #[serde(rename = "ETag")]
    pub(super) etag: Option<String>,
}

/// An error. It may come with status 200, too: a copy or a completion that failed after its head was sent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ErrorReply {
    pub(super) code: String,
}

/// Parses the text of an element; one that cannot be read is absent, and counted.
fn odd_is_absent<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
{
    let text = String::deserialize(deserializer)?;
    let parsed = text.trim().parse().ok();
    if parsed.is_none() {
        count_odd("an element");
    }
    Ok(parsed)
}

impl ListedObject {
    /// Returns the ETag; `None` if it is missing or empty.
    pub(super) fn etag(&self) -> Option<String> {
        let is_told = |etag: &&String| !matches!(etag.as_str(), "" | "\"\"");
        self.etag.as_ref().filter(is_told).cloned()
    }
}
