//! The JSON of shares (Open Platform document 3.5) and nothing else.
//!
//! `shorturlinfo` writes numbers as texts, `share/list` as numbers, and the same id goes by two names.

use serde::Deserialize;

use crate::terabox::lenient::{Text, Whole, float, many, nested};
use crate::terabox::types::{File, Link};

/// `/openapi/api/shorturlinfo` (3.5.2).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ShareInfoReply {
    shareid: Text,
    share_id: Text,
    uk: Text,
    uk_str: Text,
    pub(crate) share_username: Text,
    /// The picture of the owner.
    pub(crate) head_url: Text,
    pub(crate) randsk: Text,
    pub(crate) title: Text,
    pub(crate) ctime: Whole,
    pub(crate) expiredtype: Whole,
    pub(crate) fcount: Whole,
    pub(crate) sign: Text,
    pub(crate) timestamp: Whole,
    #[serde(deserialize_with = "many")]
    pub(crate) list: Option<Vec<File>>,
}

impl ShareInfoReply {
    /// Returns the share's number, under either name.
    pub(crate) fn share_id(&self) -> Option<&str> {
        filled([&self.shareid, &self.share_id])
    }

    /// Returns the owner's number.
    pub(crate) fn owner_id(&self) -> Option<&str> {
        filled([&self.uk, &self.uk_str])
    }
}

fn filled(texts: [&Text; 2]) -> Option<&str> {
    texts
        .into_iter()
        .filter_map(|text| text.0.as_deref())
        .find(|text| !text.is_empty() && *text != "0")
}

/// `/openapi/share/verify` (3.5.1).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Verified {
    #[serde(default)]
    pub(crate) randsk: Text,
}

/// `/openapi/share/mediameta` (3.5.6).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MediaMeta {
    #[serde(deserialize_with = "float")]
    pub(crate) duration: Option<f64>,
    pub(crate) width: Whole,
    pub(crate) height: Whole,
}

/// `/openapi/share/download` (3.5.7).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ShareLinks {
    #[serde(default, deserialize_with = "many")]
    list: Option<Vec<Link>>,
    #[serde(default, deserialize_with = "many")]
    dlink: Option<Vec<Link>>,
}

impl ShareLinks {
    pub(crate) fn into_vec(self) -> Vec<Link> {
        [self.list, self.dlink]
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    }
}

/// `/openapi/share/transfer` (3.5.4), and the result of a task that it began.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Transfer {
    #[serde(deserialize_with = "nested")]
    extra: Option<TransferExtra>,
    #[serde(deserialize_with = "many")]
    info: Option<Vec<TransferItem>>,
    #[serde(deserialize_with = "many")]
    list: Option<Vec<TransferItem>>,
    task_id: Text,
    taskid: Text,
    #[serde(deserialize_with = "nested")]
    data: Option<TransferTask>,
    pub(crate) status: Text,
    pub(crate) task_errno: Whole,
}

#[derive(Debug, Default, Deserialize)]
struct TransferTask {
    #[serde(default)]
    task_id: Text,
}

#[derive(Debug, Default, Deserialize)]
struct TransferExtra {
    #[serde(default, deserialize_with = "many")]
    list: Option<Vec<Transferred>>,
}

/// The copy that was made of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Transferred {
    pub(crate) from_fs_id: Text,
    pub(crate) to: Text,
    #[serde(deserialize_with = "nested")]
    pub(crate) meta: Option<File>,
}

/// Outcome of one file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TransferItem {
    errno: Whole,
    error_code: Whole,
    pub(crate) fsid: Text,
    pub(crate) from_fs_id: Text,
}

impl TransferItem {
    pub(crate) fn code(&self) -> i64 {
        self.errno.0.or(self.error_code.0).unwrap_or(0)
    }

    pub(crate) fn id(&self) -> Option<&str> {
        self.fsid.0.as_deref().or(self.from_fs_id.0.as_deref())
    }
}

impl Transfer {
    /// Returns the task that continues in the background; `None` if there is none.
    pub(crate) fn task(&self) -> Option<&str> {
        let inner = self.data.as_ref().map(|data| &data.task_id);
        [Some(&self.task_id), Some(&self.taskid), inner]
            .into_iter()
            .flatten()
            .filter_map(|text| text.0.as_deref())
            .find(|id| !id.is_empty() && *id != "0")
    }

    /// Returns the outcome of each file, as far as it is reported.
    pub(crate) fn items(&self) -> impl Iterator<Item = &TransferItem> {
        self.info.iter().chain(&self.list).flatten()
    }

    /// Returns the copies that were made, as far as they are reported.
    pub(crate) fn copies(&self) -> impl Iterator<Item = &Transferred> {
        self.extra
            .iter()
            .filter_map(|extra| extra.list.as_ref())
            .flatten()
    }
}
