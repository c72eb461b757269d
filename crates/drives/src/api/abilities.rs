//! The abilities of a drive beyond browsing and playing: a capability names each for pages and programs, and a trait
//! has its calls.
//!
//! A call whose outcome differs from path to path answers with one [`Outcome`] each, never with the first failure
//! alone.

use async_trait::async_trait;
use bytes::Bytes;
use serde::Serialize;

use super::{DriveError, ShareLink};
use media::{Entry, EntryPath};

/// Something that a drive can do; pages and the API show what is there and say what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    List,
    Search,
    Stream,
    Original,
    Upload,
    Manage,
    Share,
    OpenShares,
    Quota,
}

impl Capability {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Capability; 9] = [
        Capability::List,
        Capability::Search,
        Capability::Stream,
        Capability::Original,
        Capability::Upload,
        Capability::Manage,
        Capability::Share,
        Capability::OpenShares,
        Capability::Quota,
    ];

    /// The lower-case word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Capability::List => "list",
            Capability::Search => "search",
            Capability::Stream => "stream",
            Capability::Original => "original",
            Capability::Upload => "upload",
            Capability::Manage => "manage",
            Capability::Share => "share",
            Capability::OpenShares => "open_shares",
            Capability::Quota => "quota",
        }
    }
}

/// What to do where an entry of that name is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnConflict {
    /// Answer `conflict`.
    #[default]
    Fail,
    /// Choose another name.
    Rename,
    /// Replace what is there.
    Overwrite,
}

/// What became of one path: the entry as it is now (`None` where it is no more, or not known yet).
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The path that was asked for.
    pub path: EntryPath,
    /// What became of it.
    pub result: Result<Option<Entry>, DriveError>,
}

/// Folders made, entries copied, moved, renamed and deleted.
#[async_trait]
pub trait Manage: Send + Sync {
    /// A new folder. `conflict` where something of that name is there.
    async fn make_folder(&self, path: &EntryPath) -> Result<Entry, DriveError>;

    /// Copies into the folder `to`. One outcome per path, in their order; waits for the end of what the
    /// upstream does in the background.
    async fn copy(&self, paths: &[EntryPath], to: &EntryPath) -> Result<Vec<Outcome>, DriveError>;

    /// Moves into the folder `to`, as [`Manage::copy`].
    async fn move_to(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
    ) -> Result<Vec<Outcome>, DriveError>;

    /// Gives an entry another name in its folder. `refused_name` and `conflict` among the errors.
    async fn rename(&self, path: &EntryPath, name: &str) -> Result<Entry, DriveError>;

    /// Deletes, folders with all that is in them.
    async fn delete(&self, paths: &[EntryPath]) -> Result<Vec<Outcome>, DriveError>;
}

/// A kind of report that an upstream makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportKind {
    /// Its name in addresses.
    pub id: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// What it can be narrowed by, as names of parameters.
    pub parameters: &'static [&'static str],
}

/// What an upstream that counts the owner's requests tells of them.
///
/// Reports are passed on as the upstream makes them, without what must not leave the server: keys, and addresses of
/// bytes.
#[async_trait]
pub trait UsageReports: Send + Sync {
    /// The reports that there are, in the order in which they are shown.
    fn reports(&self) -> Vec<ReportKind>;

    /// One report; parameters that it does not know are left out. `not_found` where there is none of that id.
    async fn report(
        &self,
        id: &str,
        query: &[(String, String)],
    ) -> Result<serde_json::Value, DriveError>;

    /// Every request that was made, as a table (RFC 4180).
    async fn history_csv(&self) -> Result<Bytes, DriveError>;

    /// Has the upstream make another key in the place of the one in force; durable before it is used.
    async fn renew_key(&self) -> Result<(), DriveError>;

    /// What a link would hold, by a call that costs nothing: `{"files":[{"name","size","streams","original"}]}`.
    async fn try_link(&self, link: &ShareLink) -> Result<serde_json::Value, DriveError>;
}
