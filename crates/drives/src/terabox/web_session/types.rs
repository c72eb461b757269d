//! The JSON of the calls that only the website has; evened out as that of the [Open Platform](crate::terabox::types).

use serde::Deserialize;

use crate::terabox::lenient::{Text, Whole, many};
use crate::terabox::types::UserInfo;

/// `locateupload` of the web session: the host, and others beside it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct LocatedHosts {
    #[serde(default)]
    host: Text,
    #[serde(default, deserialize_with = "many")]
    servers: Option<Vec<LocatedServer>>,
}

#[derive(Debug, Default, Deserialize)]
struct LocatedServer {
    #[serde(default)]
    server: Text,
}

impl LocatedHosts {
    /// Returns the hosts, the best first.
    pub(crate) fn into_hosts(self) -> Vec<String> {
        let servers = self.servers.unwrap_or_default();
        let others = servers.into_iter().filter_map(|server| server.server.0);
        let all = self.host.0.into_iter().chain(others);
        all.filter(|host| !host.is_empty()).collect()
    }
}

/// `/rest/2.0/membership/proxy/user` of the web session.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Membership {
    data: Option<MembershipData>,
}

#[derive(Debug, Default, Deserialize)]
struct MembershipData {
    member_info: Option<MemberInfo>,
}

#[derive(Debug, Default, Deserialize)]
struct MemberInfo {
    #[serde(default)]
    is_vip: Whole,
}

impl Membership {
    /// Returns true if the account has a paid plan.
    pub(crate) fn pays(&self) -> bool {
        let info = self
            .data
            .as_ref()
            .and_then(|data| data.member_info.as_ref());
        info.is_some_and(|info| info.is_vip.0.is_some_and(|is_vip| is_vip > 0))
    }
}

/// `/api/filediff` of the web session: what has changed since a cursor.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FileDiff {
    pub(crate) cursor: Text,
    /// The entries by their paths.
    pub(crate) entries: Option<std::collections::BTreeMap<String, serde::de::IgnoredAny>>,
    pub(crate) has_more: Whole,
    pub(crate) reset: Whole,
}

/// `/api/recycle/list` of the web session.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Deleted {
    #[serde(default, deserialize_with = "many")]
    pub(crate) list: Option<Vec<DeletedFile>>,
}

/// One entry of the recycle bin. `server_mtime` is the time of its deletion.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeletedFile {
    pub(crate) fs_id: Text,
    pub(crate) path: Text,
    pub(crate) isdir: Whole,
    pub(crate) size: Whole,
    pub(crate) server_mtime: Whole,
    /// Days until it is deleted for good.
    #[serde(rename = "leftTime")]
    pub(crate) left_days: Whole,
}

/// `/api/recycle/restore` of the web session: the ids that failed.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Restored {
    #[serde(default, deserialize_with = "many")]
    pub(crate) faillist: Option<Vec<FailedId>>,
}

/// An id in a list of ids.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct FailedId(pub(crate) Text);

/// `/api/user/getinfo` of the web session.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WebUsers {
    #[serde(default, deserialize_with = "many")]
    pub(crate) records: Option<Vec<UserInfo>>,
}

/// `/share/pset` of the web session.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WebShareMade {
    pub(crate) shorturl: Text,
    pub(crate) link: Text,
    pub(crate) shareid: Text,
    pub(crate) share_id: Text,
}

/// `/share/teratransfer/sharelist` of the web session: the list under `data`, or without it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WebShares {
    data: Option<WebShareList>,
    #[serde(default, deserialize_with = "many")]
    share_list: Option<Vec<WebShare>>,
    #[serde(default, deserialize_with = "many")]
    list: Option<Vec<WebShare>>,
}

#[derive(Debug, Default, Deserialize)]
struct WebShareList {
    #[serde(default, deserialize_with = "many")]
    share_list: Option<Vec<WebShare>>,
}

impl WebShares {
    /// Returns the links; `None` if the reply has no list of any name.
    pub(crate) fn into_shares(self) -> Option<Vec<WebShare>> {
        // A reply with nothing under `data` is an empty list, as clients read it.
        let below = self.data.map(|data| data.share_list.unwrap_or_default());
        below.or(self.share_list).or(self.list)
    }
}

/// One link of the account's own. The document names the first two fields; clients met the others.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WebShare {
    pub(crate) share_id: Text,
    pub(crate) shorturl: Text,
    #[serde(alias = "shareId")]
    pub(crate) shareid: Text,
    #[serde(alias = "shortlink")]
    pub(crate) link: Text,
    #[serde(alias = "typicalPath")]
    pub(crate) typical_path: Text,
    pub(crate) ctime: Whole,
    #[serde(alias = "expiredType", alias = "expiredtype")]
    pub(crate) expired_type: Whole,
    #[serde(alias = "expiredTime")]
    pub(crate) expired_time: Whole,
    #[serde(alias = "pwd")]
    pub(crate) passwd: Text,
    pub(crate) status: Whole,
}
