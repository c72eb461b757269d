//! The upstream's JSON (document sections 1.2, 2, 6 to 9). Fields that may be missing are optional, and unknown
//! fields are ignored.

mod upload;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::json::{elements, odd_is_absent, some_elements};

pub(crate) use upload::{EncryptMetadata, Policy, UploadSession};

/// The envelope of every answer.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Envelope {
    pub(crate) code: i64,
    #[serde(default)]
    pub(crate) data: Value,
    /// With number 40081: the result of each entry that failed.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) aggregated_error: BTreeMap<String, Inner>,
}

/// An envelope in an envelope; only its number counts.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Inner {
    pub(crate) code: i64,
}

/// A moment; the zero time stands for "never".
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Moment(pub(crate) Option<DateTime<Utc>>);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::String(text) => text,
            _ => return Ok(Moment(None)),
        };
        let moment = DateTime::parse_from_rfc3339(&text).ok();
        let moment = moment.map(|moment| moment.with_timezone(&Utc));
        let moment = moment.filter(|moment| moment.timestamp() > 0);
        Ok(Moment(moment.and_then(media::plausible_time)))
    }
}

/// A pair of tokens.
#[derive(Deserialize)]
pub(crate) struct TokenPair {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    #[serde(default)]
    pub(crate) access_expires: Moment,
    #[serde(default)]
    pub(crate) refresh_expires: Moment,
}

/// A captcha that is a picture.
#[derive(Deserialize)]
pub(crate) struct CaptchaData {
    pub(crate) image: String,
    pub(crate) ticket: String,
}

/// A successful sign-in.
#[derive(Deserialize)]
pub(crate) struct SignedIn {
    pub(crate) token: TokenPair,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: Option<String>,
    pub(crate) nickname: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) group: Option<UserGroup>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UserGroup {
    pub(crate) name: Option<String>,
    /// Permissions as a boolset: base64 of bytes, flag `n` is bit `n % 8` of byte `n / 8` (document section 1.5).
    pub(crate) permission: Option<String>,
    /// Seconds for which the trash keeps an entry.
    pub(crate) trash_retention: Option<i64>,
    /// Upper limit for the direct links that are made by one call.
    pub(crate) direct_link_batch_size: Option<i64>,
}

/// Name and kind of captcha of a site.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SiteFacts {
    pub(crate) title: Option<String>,
    /// The kind of captcha, if the sign-in asks for one.
    pub(crate) captcha_type: Option<String>,
}

/// Limits of a site for all of its accounts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SiteLimits {
    /// Upper limit for the entries of one copy, move or deletion.
    pub(crate) max_batch_size: Option<i64>,
}

/// Storage use of the account, in bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Capacity {
    pub(crate) total: Option<i64>,
    pub(crate) used: Option<i64>,
    /// Part of the total that was bought as storage packs, at sites that sell them.
    pub(crate) storage_pack_total: Option<i64>,
}

/// A file or a folder.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    /// 0 file, 1 folder.
    #[serde(rename = "type", deserialize_with = "odd_is_absent")]
    pub(crate) kind: i64,
    #[serde(deserialize_with = "odd_is_absent")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub(crate) name: String,
    pub(crate) updated_at: Moment,
    #[serde(deserialize_with = "odd_is_absent")]
    pub(crate) size: i64,
    #[serde(deserialize_with = "texts")]
    pub(crate) metadata: BTreeMap<String, Option<String>>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub(crate) path: Option<String>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub(crate) primary_entity: Option<String>,
    pub(crate) extended_info: Option<ExtendedInfo>,
}

/// Facts of a file that only an extended request returns.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ExtendedInfo {
    #[serde(deserialize_with = "elements")]
    pub(crate) entities: Vec<Entity>,
}

/// A blob of a file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entity {
    pub(crate) id: String,
    /// 0 version, 1 thumbnail, 2 live photo.
    #[serde(rename = "type")]
    pub(crate) kind: i64,
    pub(crate) size: i64,
    pub(crate) created_at: Moment,
    pub(crate) created_by: Option<Owner>,
}

/// A page of tasks of the site.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SiteTasks {
    #[serde(deserialize_with = "elements")]
    pub(crate) tasks: Vec<SiteTask>,
    pub(crate) pagination: Pagination,
}

/// A task of the site.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SiteTask {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) created_at: Moment,
    pub(crate) summary: Option<TaskSummary>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TaskSummary {
    /// The step that a running task is at; `None` if it has not begun, or has one only.
    pub(crate) phase: Option<String>,
    #[serde(deserialize_with = "null_is_empty")]
    pub(crate) props: TaskProps,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TaskProps {
    /// The URL of a download.
    pub(crate) src_str: Option<String>,
    /// The URI of the archive that is unpacked.
    pub(crate) src: Option<String>,
    /// The URIs of the entries that an archive is made of.
    pub(crate) src_multiple: Option<Vec<String>>,
    pub(crate) dst: Option<String>,
    pub(crate) download: Option<DownloadProgress>,
}

/// Progress of a download from a URL, in bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DownloadProgress {
    pub(crate) name: Option<String>,
    pub(crate) total: i64,
    pub(crate) downloaded: i64,
}

/// Progress of a running task, by its phases.
pub(crate) type PhaseProgresses = BTreeMap<String, PhaseProgress>;

/// Progress of one phase of a task, in bytes or in files.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PhaseProgress {
    pub(crate) total: i64,
    pub(crate) current: i64,
}

/// A direct link, and the URI of its file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SourceLink {
    pub(crate) link: String,
    pub(crate) file_url: String,
}

impl File {
    pub(crate) fn is_folder(&self) -> bool {
        self.kind == 1
    }

    /// Returns a value of the metadata; `None` if it is missing or empty.
    pub(crate) fn told(&self, key: &str) -> Option<&str> {
        let value = self.metadata.get(key)?.as_deref()?;
        Some(value).filter(|value| !value.is_empty())
    }
}

/// A page of a folder or a search.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Files {
    #[serde(deserialize_with = "some_elements")]
    pub(crate) files: Option<Vec<File>>,
    pub(crate) pagination: Pagination,
    /// The policy that new files in the folder fall under; only in the account's own files.
    pub(crate) storage_policy: Option<Policy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pagination {
    pub(crate) page: i64,
    pub(crate) page_size: i64,
    pub(crate) total_items: Option<i64>,
    pub(crate) next_token: Option<String>,
    pub(crate) is_cursor: bool,
}

/// Content URLs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Urls {
    #[serde(deserialize_with = "elements")]
    pub(crate) urls: Vec<UrlItem>,
    pub(crate) expires: Moment,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UrlItem {
    pub(crate) url: String,
}

/// The URL of a thumbnail.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Thumb {
    pub(crate) url: String,
    pub(crate) expires: Moment,
    /// True if the URL is scrambled: only the site's own page is meant to read it.
    pub(crate) obfuscated: bool,
}

/// A share, as its owner and as a visitor see it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Share {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) downloaded: Option<i64>,
    pub(crate) remain_downloads: Option<i64>,
    pub(crate) expires: Moment,
    pub(crate) unlocked: bool,
    pub(crate) password: Option<String>,
    pub(crate) owner: Option<Owner>,
    pub(crate) created_at: Moment,
    pub(crate) expired: bool,
    pub(crate) url: Option<String>,
    pub(crate) source_uri: Option<String>,
    /// 0 file, 1 folder.
    pub(crate) source_type: Option<i64>,
    pub(crate) password_protected: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Owner {
    pub(crate) id: Option<String>,
    pub(crate) nickname: Option<String>,
}

/// A page of the account's own shares; an empty page has `null`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ShareList {
    #[serde(default, deserialize_with = "elements")]
    pub(crate) shares: Vec<Share>,
    #[serde(default)]
    pub(crate) pagination: Pagination,
}

/// Parses an object of texts; a value of another type is an absent one.
fn texts<'de, D>(deserializer: D) -> Result<BTreeMap<String, Option<String>>, D::Error>
where
    D: Deserializer<'de>,
{
    let Value::Object(values) = Value::deserialize(deserializer)? else {
        return Ok(BTreeMap::new());
    };
    let text = |value: Value| value.as_str().map(str::to_owned);
    Ok(values
        .into_iter()
        .map(|(key, value)| (key, text(value)))
        .collect())
}

fn null_is_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
