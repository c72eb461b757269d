//! Share links: those of the account, and those of other accounts that a drive opens.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::DriveError;
use media::EntryPath;

/// A share link of the account.
#[derive(Clone, PartialEq)]
pub struct OwnShare {
    /// The upstream's id of the share, as text.
    pub id: String,
    /// The link to be passed on.
    pub url: String,
    /// The paths that it leads to, as far as the upstream reports them.
    pub paths: Vec<EntryPath>,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When it ends; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// The password that goes with it, where the upstream tells.
    pub password: Option<String>,
    /// `alive`, `expired`, `cancelled`, `refused` or `used_up`.
    pub state: &'static str,
}

/// A share that is to be made.
#[derive(Clone)]
pub struct NewShare {
    /// The paths that it leads to.
    pub paths: Vec<EntryPath>,
    /// Days until it ends; 0 is never. Drives say `bad_request` to what they do not offer.
    pub period_days: u32,
    /// A password to protect it with.
    pub password: Option<String>,
}

/// The owner's own links.
#[async_trait]
pub trait OwnShares: Send + Sync {
    /// Makes a link.
    async fn create(&self, share: &NewShare) -> Result<OwnShare, DriveError>;

    /// One page of links, and the cursor of the next.
    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<OwnShare>, Option<String>), DriveError>;

    /// Makes a link last for so many days from now; 0 is for ever. `not_found` where there is none of that id.
    async fn extend(&self, _id: &str, _period_days: u32) -> Result<(), DriveError> {
        Err(
            DriveError::unsupported("share", "links are not changed there")
                .with_sentence("Links of this drive stay as they were made."),
        )
    }

    /// Withdraws a link; `not_found` where there is none of that id.
    async fn cancel(&self, id: &str) -> Result<(), DriveError>;
}

/// A host at which a configured drive finds its upstream; links at it are links of that kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHome {
    /// The kind of drive.
    pub kind: &'static str,
    /// `cloud.example.org`, or with a port that is not the scheme's own `127.0.0.1:7374`.
    pub authority: String,
}

/// An address at a host that does nothing but lead on to share links.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortLink {
    /// The kind of drive whose links it leads to.
    pub kind: &'static str,
    /// The address.
    pub url: String,
    /// The password that stood in or beside it.
    pub password: Option<String>,
}

/// A parsed share link.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ShareLink {
    /// The kind of drive that opens such links.
    pub kind: &'static str,
    /// The host that it is at, for kinds that live at many hosts.
    pub host: String,
    /// The part of it that names the share. One that begins with `@` holds the upstream's own numbers of a
    /// share whose link is not known (`@{share}.{owner}`); its `password` is the key to it.
    pub id: String,
    /// The password that stood in or beside it.
    pub password: Option<String>,
}

/// The access of another account of the same kind to an open share, for copying its files.
#[async_trait]
pub trait ShareContents: Send + Sync {
    /// Returns the upstream's id of a file.
    async fn file_id(&self, path: &EntryPath) -> Result<String, DriveError>;

    /// Returns what opens the share.
    async fn credentials(&self, operation: &'static str) -> Result<ShareCredentials, DriveError>;

    /// Returns what opens the share after the upstream refused `refused`.
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
    /// What opens it, decoded; `None` where nothing is needed.
    #[serde(default, with = "super::secret_serde")]
    pub key: Option<SecretString>,
}
