//! The upstream's JSON (document sections 1.2, 2, 6 to 9). Whatever it may leave out is optional, and what we do
//! not know is passed over.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Around every answer.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Envelope {
    pub(super) code: i64,
    #[serde(default)]
    pub(super) data: Value,
    /// With 40081: what became of each that failed.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) aggregated_error: BTreeMap<String, Inner>,
}

/// An envelope in an envelope, of which only the number counts.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Inner {
    pub(super) code: i64,
}

/// A moment; the zero time stands for none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Moment(pub(super) Option<DateTime<Utc>>);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::String(text) => text,
            _ => return Ok(Moment(None)),
        };
        let moment = DateTime::parse_from_rfc3339(&text).ok();
        let moment = moment.map(|moment| moment.with_timezone(&Utc));
        Ok(Moment(moment.filter(|moment| moment.timestamp() > 0)))
    }
}

/// A pair of tokens.
#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) access_token: String,
    pub(super) refresh_token: String,
    #[serde(default)]
    pub(super) access_expires: Moment,
    #[serde(default)]
    pub(super) refresh_expires: Moment,
}

/// A sign-in that went well.
#[derive(Deserialize)]
pub(super) struct SignedIn {
    pub(super) token: Token,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) email: Option<String>,
    pub(super) nickname: Option<String>,
    pub(super) avatar: Option<String>,
    pub(super) group: Option<Group>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Group {
    pub(super) name: Option<String>,
}

/// How full the account is, in bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Capacity {
    pub(super) total: Option<i64>,
    pub(super) used: Option<i64>,
    /// What of the total was bought as storage packs; of sites that sell any.
    pub(super) storage_pack_total: Option<i64>,
}

/// A file or a folder.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    /// 0 file, 1 folder.
    #[serde(rename = "type")]
    pub(super) kind: i64,
    pub(super) id: Option<String>,
    pub(super) name: String,
    pub(super) updated_at: Moment,
    pub(super) size: i64,
    #[serde(deserialize_with = "null_is_empty")]
    pub(super) metadata: BTreeMap<String, Option<String>>,
    pub(super) path: Option<String>,
    pub(super) primary_entity: Option<String>,
}

impl File {
    pub(super) fn is_folder(&self) -> bool {
        self.kind == 1
    }

    /// A value of the metadata, where it is not empty.
    pub(super) fn told(&self, key: &str) -> Option<&str> {
        let value = self.metadata.get(key)?.as_deref()?;
        Some(value).filter(|value| !value.is_empty())
    }
}

/// A page of a folder or a search.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Files {
    pub(super) files: Option<Vec<File>>,
    #[serde(default)]
    pub(super) pagination: Pagination,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pagination {
    pub(super) page: i64,
    pub(super) page_size: i64,
    pub(super) total_items: Option<i64>,
    pub(super) next_token: Option<String>,
    pub(super) is_cursor: bool,
}

/// Addresses of bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Urls {
    pub(super) urls: Vec<UrlItem>,
    pub(super) expires: Moment,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UrlItem {
    pub(super) url: String,
}

/// The address of a picture.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Thumb {
    pub(super) url: String,
    pub(super) expires: Moment,
    /// The address is permuted, and not meant to be read by others than the site's own page.
    pub(super) obfuscated: bool,
}

/// A share, as its owner and as a visitor see it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Share {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) downloaded: Option<i64>,
    pub(super) remain_downloads: Option<i64>,
    pub(super) expires: Moment,
    pub(super) unlocked: bool,
    pub(super) password: Option<String>,
    pub(super) owner: Option<Owner>,
    pub(super) created_at: Moment,
    pub(super) expired: bool,
    pub(super) url: Option<String>,
    pub(super) source_uri: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Owner {
    pub(super) nickname: Option<String>,
}

/// A page of one's own shares; an empty one has `null`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Shares {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) shares: Vec<Share>,
    #[serde(default)]
    pub(super) pagination: Pagination,
}

/// An upload that has begun.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UploadSession {
    pub(super) session_id: String,
    /// Bytes of a chunk; 0 where the file is one.
    pub(super) chunk_size: u64,
    /// Seconds since 1970.
    pub(super) expires: i64,
    #[serde(deserialize_with = "null_is_empty")]
    pub(super) upload_urls: Vec<String>,
    /// What the upload is authorised by at another node.
    pub(super) credential: Option<String>,
    pub(super) storage_policy: Option<Policy>,
}

/// Where the site keeps files.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Policy {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) relay: bool,
}

fn null_is_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
