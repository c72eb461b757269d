//! Share links: those of the account, and those of other accounts that a drive opens.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::DriveError;
use media::EntryPath;

/// A share link of the account.
#[derive(Clone, PartialEq)]
pub struct OwnShare {
    /// The upstream's id of the share, as text.
    pub id: String,
    /// The link to give to others.
    pub url: String,
    /// The paths that it leads to, as far as the upstream reports them.
    pub paths: Vec<EntryPath>,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When it ends; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Its password; `None` if it has none or the upstream does not report it.
    pub password: Option<String>,
    /// Its state.
    pub state: OwnShareState,
}

impl OwnShare {
    /// Returns a link that was made just now. An empty password is none.
    pub(crate) fn made(id: String, url: String, share: &NewShare, now: DateTime<Utc>) -> Self {
        let days = TimeDelta::days(i64::from(share.period_days));
        OwnShare {
            id,
            url,
            paths: share.paths.clone(),
            created_at: Some(now),
            expires_at: (share.period_days > 0).then(|| now + days),
            password: share.password.clone().filter(|text| !text.is_empty()),
            state: OwnShareState::Alive,
        }
    }
}

/// The state of a share link of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnShareState {
    /// It opens.
    Alive,
    /// Its time is over, or what it leads to is gone.
    Expired,
    /// Its owner has revoked it.
    Cancelled,
    /// The upstream has blocked it.
    Refused,
    /// All of its downloads are used.
    UsedUp,
}

/// A share that is to be made.
#[derive(Clone)]
pub struct NewShare {
    /// The paths that it leads to.
    pub paths: Vec<EntryPath>,
    /// Days until it ends; 0 is never. Drives return `bad_request` for periods that they do not offer.
    pub period_days: u32,
    /// A password to protect it with.
    pub password: Option<String>,
}

/// The owner's own links.
#[async_trait]
pub trait OwnShares: Send + Sync {
    /// Makes a link.
    async fn create(&self, share: &NewShare) -> Result<OwnShare, DriveError>;

    /// Returns one page of links, and the cursor of the next.
    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<OwnShare>, Option<String>), DriveError>;

    /// Makes a link last for so many days from now; 0 is for ever.
    ///
    /// # Errors
    ///
    /// `not_found` if there is no link of that id.
    async fn extend(&self, _id: &str, _period_days: u32) -> Result<(), DriveError> {
        Err(
            DriveError::unsupported("share", "links are not changed there")
                .with_sentence("Links of this drive stay as they were made."),
        )
    }

    /// Revokes a link.
    ///
    /// # Errors
    ///
    /// `not_found` if there is no link of that id.
    async fn cancel(&self, id: &str) -> Result<(), DriveError>;
}

/// A host at which a configured drive has its upstream; links at it are links of that kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHome {
    /// The kind of drive.
    pub kind: &'static str,
    /// `cloud.example.org`, or with a port that is not the scheme's own `127.0.0.1:7374`.
    pub authority: String,
    /// The host of the drive's settings, by which the shares of a site with several hosts are named.
    pub site: String,
}

/// A URL at a host that only redirects to share links.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortLink {
    /// The kind of drive whose links it leads to.
    pub kind: &'static str,
    /// The URL.
    pub url: String,
    /// The password in or beside it.
    pub password: Option<String>,
}

/// A parsed share link.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ShareLink {
    /// The kind of drive that opens such links.
    pub kind: &'static str,
    /// Its host, for kinds with many hosts.
    pub host: String,
    /// The part of the link that identifies the share. An id that begins with `@` contains the upstream's own
    /// numbers of a share whose link is not known (`@{share}.{owner}`); its `password` is then the share's key.
    pub id: String,
    /// The password in or beside it.
    pub password: Option<String>,
    /// The entry in the share that the link leads to; `None` for the share as a whole.
    pub path: Option<EntryPath>,
}

/// The access of another account of the same kind to an open share, for copying its files.
#[async_trait]
pub trait ShareContents: Send + Sync {
    /// Returns the upstream's id of a file.
    async fn file_id(&self, path: &EntryPath) -> Result<String, DriveError>;

    /// Returns the credentials of the share.
    async fn credentials(&self, operation: &'static str) -> Result<ShareCredentials, DriveError>;

    /// Returns new credentials of the share after the upstream refused `refused`.
    async fn renewed_credentials(
        &self,
        operation: &'static str,
        refused: &ShareCredentials,
    ) -> Result<ShareCredentials, DriveError>;
}

/// The upstream's numbers of a share, and its key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShareCredentials {
    /// The upstream's number of the share.
    pub share_id: String,
    /// The upstream's number of its owner.
    pub owner_id: String,
    /// The key that opens it, decoded; `None` if none is needed.
    #[serde(default, with = "super::secret_serde")]
    pub key: Option<SecretString>,
}
