//! The JSON of the Open Platform and nothing else.
//!
//! The same field is a number in one reply and a string in the next, a list sits under `list` or `info`, and an
//! absent value may also be null. These types even that out and give no meaning to a field. Unused numbers
//! (`request_id` exceeds an i64) are not parsed at all.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::terabox::lenient::{Text, Whole, float, many};

/// Result of a call; stands in every reply beside its own fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CallOutcome {
    errno: Whole,
    error_code: Whole,
    errmsg: Text,
    show_msg: Text,
    error_msg: Text,
}

impl CallOutcome {
    /// Returns the upstream's number; 0 is success, `None` means that the reply has none.
    pub(crate) fn code(&self) -> Option<i64> {
        match (self.errno.0, self.error_code.0) {
            (None | Some(0), Some(code)) => Some(code),
            (errno, _) => errno,
        }
    }

    /// Returns the message beside the number.
    pub(crate) fn message(&self) -> &str {
        [&self.errmsg, &self.error_msg, &self.show_msg]
            .into_iter()
            .filter_map(|text| text.0.as_deref())
            .find(|text| !text.is_empty())
            .unwrap_or("")
    }
}

/// Replies of `/oauth/…` carry their fields under `data`.
#[derive(Debug, Deserialize)]
pub(crate) struct Wrapped<T> {
    pub(crate) data: Option<T>,
}

/// `/oauth/refreshtoken` (and `gettoken`).
#[derive(Deserialize)]
pub(crate) struct OAuthTokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    #[serde(default)]
    pub(crate) expires_in: Whole,
}

/// `/oauth/devicecode`.
#[derive(Deserialize)]
pub(crate) struct DeviceCode {
    pub(crate) device_code: String,
    #[serde(default)]
    pub(crate) qrcode_url: Text,
    #[serde(default)]
    pub(crate) interval: Whole,
    #[serde(default)]
    pub(crate) expires_in: Whole,
}

/// `/oauth/tokeninfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TokenInfo {
    /// The application that the token was issued to.
    pub(crate) client_id: Text,
    pub(crate) api_domain: Text,
    pub(crate) upload_domain: Text,
    pub(crate) create_time: Whole,
    pub(crate) expires_in: Whole,
}

/// `/openapi/uinfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UserInfo {
    pub(crate) uk: Text,
    pub(crate) uname: Text,
    pub(crate) avatar_url: Text,
    pub(crate) vip_type: Whole,
    /// 0 if the account may not make shares because sharing is not activated.
    pub(crate) use_type: Whole,
}

/// `/openapi/api/quota`. (`free`, if present, repeats `total`.)
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct QuotaInfo {
    pub(crate) total: Whole,
    pub(crate) used: Whole,
    /// Set in the web session's reply if the paid plan has expired.
    pub(crate) expire: Whole,
}

/// Reply of `list`, `search` and `filemetas`: entries under `list` or `info`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Files {
    #[serde(default, deserialize_with = "many")]
    list: Option<Vec<File>>,
    #[serde(default, deserialize_with = "many")]
    info: Option<Vec<File>>,
    #[serde(default, deserialize_with = "many")]
    dlink: Option<Vec<Link>>,
    #[serde(default)]
    pub(crate) has_more: Whole,
}

impl Files {
    /// Returns the entries and the loose links beside them; `None` if the reply has no list of any name.
    pub(crate) fn into_parts(self) -> Option<(Vec<File>, Vec<Link>)> {
        let links = self.dlink.unwrap_or_default();
        let files = match (self.list, self.info) {
            (Some(list), Some(info)) if list.is_empty() => info,
            (Some(list), _) => list,
            (None, info) => info?,
        };
        Some((files, links))
    }
}

/// An entry as any of the calls describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    pub(crate) errno: Whole,
    pub(crate) fs_id: Text,
    pub(crate) path: Text,
    pub(crate) server_filename: Text,
    pub(crate) isdir: Whole,
    pub(crate) category: Whole,
    pub(crate) size: Whole,
    pub(crate) md5: Text,
    pub(crate) server_mtime: Whole,
    pub(crate) local_mtime: Whole,
    #[serde(deserialize_with = "float")]
    pub(crate) duration: Option<f64>,
    pub(crate) width: Whole,
    pub(crate) height: Whole,
    #[serde(deserialize_with = "super::lenient::nested")]
    pub(crate) thumbs: Option<Thumbs>,
    pub(crate) dlink: Text,
    pub(crate) channels: Whole,
    #[serde(deserialize_with = "float")]
    pub(crate) frame_rate: Option<f64>,
    /// Clockwise rotation in degrees.
    pub(crate) rotate: Whole,
    #[serde(deserialize_with = "super::lenient::nested")]
    pub(crate) extra_info: Option<ExtraInfo>,
}

/// The tracks of a film as `filemetas` reports them, as JSON in a text (Open Platform document, section 3.4.7).
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct ExtraInfo {
    pub(crate) video_codec_name: Text,
    pub(crate) video_bitrate: Whole,
    pub(crate) color_transfer: Text,
    pub(crate) audio_codec_name: Text,
    pub(crate) audio_bitrate: Whole,
}

/// Pictures of an entry: 140×90, 360×270 and 850×580 pixels at most, and an icon.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Thumbs {
    icon: Text,
    url1: Text,
    url2: Text,
    url3: Text,
}

impl Thumbs {
    /// Returns the largest thumbnail; `None` if there is none.
    pub(crate) fn best(&self) -> Option<&str> {
        first_filled([&self.url3, &self.url2, &self.url1, &self.icon])
    }

    /// Returns the thumbnail for a list on a small screen; `None` if there is none.
    pub(crate) fn small(&self) -> Option<&str> {
        first_filled([&self.url2, &self.url1, &self.url3, &self.icon])
    }
}

fn first_filled(texts: [&Text; 4]) -> Option<&str> {
    let mut texts = texts.into_iter().filter_map(|text| text.0.as_deref());
    texts.find(|text| !text.is_empty())
}

/// `/openapi/api/download`: URLs under `dlink`; the sister API also uses `info` or `list`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Links {
    #[serde(default, deserialize_with = "many")]
    dlink: Option<Vec<Link>>,
    #[serde(default, deserialize_with = "many")]
    info: Option<Vec<Link>>,
    #[serde(default, deserialize_with = "many")]
    list: Option<Vec<Link>>,
}

impl Links {
    /// Returns all links, from every field that may hold them.
    pub(crate) fn into_vec(self) -> Vec<Link> {
        [self.dlink, self.info, self.list]
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    }
}

/// One download URL.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Link {
    pub(crate) fs_id: Text,
    pub(crate) dlink: Text,
}

/// `/openapi/api/filemanager`: the outcome of each path, or a task that will report it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Managed {
    #[serde(default, deserialize_with = "many")]
    pub(crate) info: Option<Vec<ResultItem>>,
    #[serde(default)]
    pub(crate) taskid: Text,
}

/// Progress of a task, in the sister API's shape.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Task {
    pub(crate) status: Text,
    pub(crate) task_errno: Whole,
    #[serde(deserialize_with = "many")]
    info: Option<Vec<ResultItem>>,
    #[serde(deserialize_with = "many")]
    list: Option<Vec<ResultItem>>,
}

impl Task {
    /// Returns the outcome of each path, under either name.
    pub(crate) fn into_items(self) -> Vec<ResultItem> {
        [self.info, self.list]
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    }
}

/// Outcome of one path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResultItem {
    pub(crate) errno: Whole,
    pub(crate) path: Text,
    pub(crate) from: Text,
}

/// `/openapi/api/precreate`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Precreated {
    pub(crate) uploadid: Text,
    pub(crate) return_type: Whole,
    #[serde(deserialize_with = "many")]
    pub(crate) block_list: Option<Vec<Number>>,
    #[serde(deserialize_with = "super::lenient::nested")]
    pub(crate) info: Option<File>,
}

/// A number in a list of numbers.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Number(pub(crate) Whole);

/// `/rest/2.0/pcs/superfile2`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PartTaken {
    #[serde(default)]
    pub(crate) md5: Text,
}

/// A playlist wrapped in JSON.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WrappedPlaylist {
    #[serde(default)]
    pub(crate) m3u8: Text,
}

/// Parses a reply as JSON, whatever charset it claims; a BOM and broken characters are tolerated. `None` if it is not
/// JSON of this type.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    crate::json::parse(body)
}

#[cfg(test)]
mod tests;
