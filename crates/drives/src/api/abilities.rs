//! The abilities of a drive beyond browsing and playing: a capability names each for pages and API clients, and
//! a trait has its calls.
//!
//! A call whose outcome differs from path to path answers with one [`Outcome`] each, never with the first failure
//! alone.

use async_trait::async_trait;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use serde::Serialize;

use super::Permits;
use super::{DriveError, ShareLink};
use media::{Entry, EntryPath};

/// An ability of a drive. Pages and the API show the abilities that a drive has and report those that it lacks.
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
    Trash,
    Versions,
    RemoteDownload,
    Archives,
    DirectLinks,
    Tags,
}

impl Capability {
    /// Every capability, in the order in which they are shown.
    pub const ALL: [Capability; 15] = [
        Capability::List,
        Capability::Search,
        Capability::Stream,
        Capability::Original,
        Capability::Upload,
        Capability::Manage,
        Capability::Share,
        Capability::OpenShares,
        Capability::Quota,
        Capability::Trash,
        Capability::Versions,
        Capability::RemoteDownload,
        Capability::Archives,
        Capability::DirectLinks,
        Capability::Tags,
    ];

    /// Returns the lower-case word of the API.
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
            Capability::Trash => "trash",
            Capability::Versions => "versions",
            Capability::RemoteDownload => "remote_download",
            Capability::Archives => "archives",
            Capability::DirectLinks => "direct_links",
            Capability::Tags => "tags",
        }
    }
}

/// A kind of drive, or one of several ways to reach it, and the most that drives of it can do.
#[derive(Debug, PartialEq, Eq)]
pub struct DriveKind {
    /// The kind as it stands in the config. Two ways to reach one kind may have the same.
    pub kind: &'static str,
    /// Its title for people.
    pub title: &'static str,
    /// The abilities of drives of this kind, and the requirement of each beyond the drive itself (`with
    /// ffmpeg`).
    pub abilities: &'static [(Capability, Option<&'static str>)],
}

impl DriveKind {
    /// Returns everything that such a drive can do at most.
    pub fn capabilities(&self) -> Vec<Capability> {
        self.abilities.iter().map(|(ability, _)| *ability).collect()
    }
}

/// The policy for a name that is taken.
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

/// The result for one path: the entry as it is now (`None` if it is gone, or not known yet).
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The path of the request.
    pub path: EntryPath,
    /// Its result.
    pub result: Result<Option<Entry>, DriveError>,
}

/// Makes folders; copies, moves, renames and deletes entries.
///
/// Each call may make many requests: it takes a permit for each from `permits`, and holds none while it waits for what
/// the upstream does in the background.
#[async_trait]
pub trait Manage: Send + Sync {
    /// Makes a folder.
    ///
    /// # Errors
    ///
    /// `conflict` if an entry of that name exists.
    async fn make_folder(
        &self,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError>;

    /// Copies into the folder `to`. Returns one outcome per path, in their order, once the upstream is done.
    async fn copy(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError>;

    /// Moves into the folder `to`, as [`Manage::copy`].
    async fn move_to(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError>;

    /// Copies an entry to `target`, which may have another name and is free, in a folder that exists.
    ///
    /// # Errors
    /// `conflict` if `target` exists, among those of any change.
    async fn copy_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let folder = target.parent().unwrap_or_else(EntryPath::root);
        if path.name() == target.name() && path != target {
            return only(
                self.copy(std::slice::from_ref(path), &folder, permits)
                    .await?,
            );
        }
        copy_and_rename(self, path, target, permits).await
    }

    /// Moves an entry to `target`, as [`Manage::copy_as`].
    async fn move_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        if path.parent() == target.parent() {
            return self.rename(path, target.name(), permits).await;
        }
        let folder = target.parent().unwrap_or_else(EntryPath::root);
        if path.name() == target.name() {
            return only(
                self.move_to(std::slice::from_ref(path), &folder, permits)
                    .await?,
            );
        }
        move_and_rename(self, path, target, permits).await
    }

    /// Gives an entry another name in its folder.
    ///
    /// # Errors
    ///
    /// `refused_name` and `conflict`, among others.
    async fn rename(
        &self,
        path: &EntryPath,
        name: &str,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError>;

    /// Deletes entries; folders with everything in them.
    async fn delete(
        &self,
        paths: &[EntryPath],
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError>;
}

/// Returns the entry of an operation on one path.
fn only(outcomes: Vec<Outcome>) -> Result<Entry, DriveError> {
    let outcome = outcomes.into_iter().next();
    let outcome = outcome.ok_or_else(|| DriveError::failed("change", "no outcome"))?;
    let entry = outcome.result?;
    entry.ok_or_else(|| DriveError::failed("change", "the entry is not known yet"))
}

/// Copies an entry to another name, at an upstream that copies into a folder only: in between, the copy is in a folder of
/// its own, so that it meets no other entry under its old name.
async fn copy_and_rename<M: Manage + ?Sized>(
    manage: &M,
    path: &EntryPath,
    target: &EntryPath,
    permits: Permits<'_>,
) -> Result<Entry, DriveError> {
    let folder = target.parent().unwrap_or_else(EntryPath::root);
    let between = unique(&folder, "")?;
    manage.make_folder(&between, permits).await?;
    let work = async {
        let copied = manage
            .copy(std::slice::from_ref(path), &between, permits)
            .await?;
        let copied = only(copied)?;
        let renamed = manage.rename(&copied.path, target.name(), permits).await?;
        only(manage.move_to(&[renamed.path], &folder, permits).await?)
    };
    let done = work.await;
    if let Err(error) = manage.delete(std::slice::from_ref(&between), permits).await {
        tracing::warn!(%error, "the folder of a copy stays on the drive");
    }
    done
}

/// Moves an entry to another name in another folder, at an upstream that does one of the two at a time: on the way, it
/// has a name that no other entry has.
async fn move_and_rename<M: Manage + ?Sized>(
    manage: &M,
    path: &EntryPath,
    target: &EntryPath,
    permits: Permits<'_>,
) -> Result<Entry, DriveError> {
    let (source, folder) = (
        path.parent().unwrap_or_else(EntryPath::root),
        target.parent().unwrap_or_else(EntryPath::root),
    );
    let named = unique(&source, target.name())?;
    manage.rename(path, named.name(), permits).await?;
    let moved = manage
        .move_to(std::slice::from_ref(&named), &folder, permits)
        .await;
    let result = match moved.and_then(only) {
        Ok(moved) => match manage.rename(&moved.path, target.name(), permits).await {
            Ok(entry) => return Ok(entry),
            Err(error) => manage
                .move_to(&[moved.path], &source, permits)
                .await
                .and(Err(error)),
        },
        Err(error) => Err(error),
    };
    if let Err(error) = manage.rename(&named, path.name(), permits).await {
        tracing::warn!(%error, "an entry that could not be moved has another name now");
    }
    result
}

/// Returns a path in a folder that no other entry has; its name ends with `name`.
fn unique(folder: &EntryPath, name: &str) -> Result<EntryPath, DriveError> {
    const OPERATION: &str = "change";
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| DriveError::failed(OPERATION, error.to_string()))?;
    let name = format!("drivein-{} {name}", HEXLOWER.encode(&bytes));
    folder
        .join(name.trim_end())
        .map_err(|_| DriveError::bad_request(OPERATION, "the path is too long"))
}

/// A kind of report that an upstream offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportKind {
    /// Its name in URLs.
    pub id: &'static str,
    /// Its title for people.
    pub title: &'static str,
    /// The names of the parameters that narrow it.
    pub parameters: &'static [&'static str],
}

/// Usage reports of an upstream that counts the owner's requests.
///
/// Reports are passed on as the upstream makes them, without secrets: keys, and URLs of bytes.
#[async_trait]
pub trait UsageReports: Send + Sync {
    /// Returns the reports that exist, in the order in which they are shown.
    fn reports(&self) -> Vec<ReportKind>;

    /// Returns one report; unknown parameters are left out.
    ///
    /// # Errors
    ///
    /// `not_found` if there is no report of that id.
    async fn report(
        &self,
        id: &str,
        query: &[(String, String)],
    ) -> Result<serde_json::Value, DriveError>;

    /// Returns every request that was made, as a table (RFC 4180).
    async fn history_csv(&self) -> Result<Bytes, DriveError>;

    /// Makes the upstream replace the key in force by a new one, which is durable before it is used.
    async fn renew_key(&self) -> Result<(), DriveError>;

    /// Returns the contents of a link, by a call that costs nothing: `{"files":[{"name","size","streams","original"}]}`.
    async fn try_link(&self, link: &ShareLink) -> Result<serde_json::Value, DriveError>;
}
