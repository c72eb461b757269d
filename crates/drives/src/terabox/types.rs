//! The JSON of the Open Platform and nothing else.
//!
//! The same field is a number in one reply and a string in the next, a list sits under `list` or `info`, and an
//! absent value may also be null. These types even that out and give no meaning to a field. Unused numbers
//! (`request_id` exceeds an i64) are not parsed at all.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::terabox::lenient::{Text, Whole, float, many, text, whole};

/// Result of a call; stands in every reply beside its own fields.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct CallOutcome {
    #[serde(default, deserialize_with = "whole")]
    errno: Whole,
    #[serde(default, deserialize_with = "whole")]
    error_code: Whole,
    #[serde(default, deserialize_with = "text")]
    errmsg: Text,
    #[serde(default, deserialize_with = "text")]
    show_msg: Text,
    #[serde(default, deserialize_with = "text")]
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
    #[serde(default)]
    pub(crate) refresh_token: Option<String>,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) expires_in: Whole,
}

/// `/oauth/devicecode`.
#[derive(Deserialize)]
pub(crate) struct DeviceCode {
    pub(crate) device_code: String,
    #[serde(default, deserialize_with = "text")]
    pub(crate) qrcode_url: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) interval: Whole,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) expires_in: Whole,
}

/// `/oauth/tokeninfo`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct TokenInfo {
    /// The application that the token was issued to.
    #[serde(default, deserialize_with = "text")]
    pub(crate) client_id: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) api_domain: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) upload_domain: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) create_time: Whole,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) expires_in: Whole,
}

/// `/openapi/uinfo`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct UserInfo {
    #[serde(default, deserialize_with = "text")]
    pub(crate) uk: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) uname: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) avatar_url: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) vip_type: Whole,
    /// 0 if the account may not make shares because sharing is not activated.
    #[serde(default, deserialize_with = "whole")]
    pub(crate) use_type: Whole,
}

/// `/openapi/api/quota`. (`free`, if present, repeats `total`.)
#[derive(Debug, Default, Deserialize)]
pub(crate) struct QuotaInfo {
    #[serde(default, deserialize_with = "whole")]
    pub(crate) total: Whole,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) used: Whole,
    /// Set in the web session's reply if the paid plan has expired.
    #[serde(default, deserialize_with = "whole")]
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
    #[serde(default, deserialize_with = "whole")]
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
pub(crate) struct File {
    #[serde(default, deserialize_with = "whole")]
    pub(crate) errno: Whole,
    #[serde(default, deserialize_with = "text")]
    pub(crate) fs_id: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) path: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) server_filename: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) isdir: Whole,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) category: Whole,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) size: Whole,
    #[serde(default, deserialize_with = "text")]
    pub(crate) md5: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) server_mtime: Whole,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) local_mtime: Whole,
    #[serde(default, deserialize_with = "float")]
    pub(crate) duration: Option<f64>,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) width: Whole,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) height: Whole,
    #[serde(default, deserialize_with = "super::lenient::nested")]
    pub(crate) thumbs: Option<Thumbs>,
    #[serde(default, deserialize_with = "text")]
    pub(crate) dlink: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) channels: Whole,
    #[serde(default, deserialize_with = "float")]
    pub(crate) frame_rate: Option<f64>,
    /// Clockwise rotation in degrees.
    #[serde(default, deserialize_with = "whole")]
    pub(crate) rotate: Whole,
    #[serde(default, deserialize_with = "super::lenient::nested")]
    pub(crate) extra_info: Option<ExtraInfo>,
}

/// The tracks of a film as `filemetas` reports them, as JSON in a text (Open Platform document, section 3.4.7).
#[derive(Debug, Default, Clone, Deserialize)]
pub(crate) struct ExtraInfo {
    #[serde(default, deserialize_with = "text")]
    pub(crate) video_codec_name: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) video_bitrate: Whole,
    #[serde(default, deserialize_with = "text")]
    pub(crate) color_transfer: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) audio_codec_name: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) audio_bitrate: Whole,
}

/// Pictures of an entry: 140×90, 360×270 and 850×580 pixels at most, and an icon.
#[derive(Debug, Default, Clone, Deserialize)]
pub(crate) struct Thumbs {
    #[serde(default, deserialize_with = "text")]
    icon: Text,
    #[serde(default, deserialize_with = "text")]
    url1: Text,
    #[serde(default, deserialize_with = "text")]
    url2: Text,
    #[serde(default, deserialize_with = "text")]
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
pub(crate) struct Link {
    #[serde(default, deserialize_with = "text")]
    pub(crate) fs_id: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) dlink: Text,
}

/// `/openapi/api/filemanager`: the outcome of each path, or a task that will report it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Managed {
    #[serde(default, deserialize_with = "many")]
    pub(crate) info: Option<Vec<ResultItem>>,
    #[serde(default, deserialize_with = "text")]
    pub(crate) taskid: Text,
}

/// Progress of a task, in the sister API's shape.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Task {
    #[serde(default, deserialize_with = "text")]
    pub(crate) status: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) task_errno: Whole,
    #[serde(default, deserialize_with = "many")]
    info: Option<Vec<ResultItem>>,
    #[serde(default, deserialize_with = "many")]
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
pub(crate) struct ResultItem {
    #[serde(default, deserialize_with = "whole")]
    pub(crate) errno: Whole,
    #[serde(default, deserialize_with = "text")]
    pub(crate) path: Text,
    #[serde(default, deserialize_with = "text")]
    pub(crate) from: Text,
}

/// `/openapi/api/precreate`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Precreated {
    #[serde(default, deserialize_with = "text")]
    pub(crate) uploadid: Text,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) return_type: Whole,
    #[serde(default, deserialize_with = "many")]
    pub(crate) block_list: Option<Vec<Number>>,
    #[serde(default, deserialize_with = "super::lenient::nested")]
    pub(crate) info: Option<File>,
}

/// A number in a list of numbers.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Number(#[serde(deserialize_with = "whole")] pub(crate) Whole);

/// `/rest/2.0/pcs/superfile2`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PartTaken {
    #[serde(default, deserialize_with = "text")]
    pub(crate) md5: Text,
}

/// A playlist wrapped in JSON.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WrappedPlaylist {
    #[serde(default, deserialize_with = "text")]
    pub(crate) m3u8: Text,
}

/// Parses a reply as JSON, whatever charset it claims; a BOM and broken characters are tolerated. `None` if it is not
/// JSON of this type.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    crate::json::parse(body)
}

#[cfg(test)]
mod tests;
