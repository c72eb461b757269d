//! Share links: those of the account, and those of other accounts that a drive opens.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{DriveError, ErrorKind, OnConflict, Outcome, SessionStore, SharedDrive};
use media::{EntryPath, Place};

/// A link of the owner's own.
#[derive(Clone, PartialEq)]
pub struct OwnShare {
    /// The upstream's id of the share, as text.
    pub id: String,
    /// The link to be passed on.
    pub url: String,
    /// What it leads to, as far as the upstream tells.
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
    /// What it leads to.
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
        Err(DriveError::new(
            ErrorKind::Unsupported,
            "share",
            "links are not changed there",
        )
        .with_sentence("Links of this drive stay as they were made."))
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

/// Somebody's share link, read.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ShareLink {
    /// Whose link it is: the kind of drive that opens such links.
    pub kind: &'static str,
    /// The host that it is at, for kinds that live at many hosts.
    pub host: String,
    /// The part of it that names the share. One that begins with `@` holds the upstream's own numbers of a
    /// share whose link nobody knows (`@{share}.{owner}`); its `password` is the key to it.
    pub id: String,
    /// The password that stood in or beside it.
    pub password: Option<String>,
}

/// Share links opened.
#[async_trait]
pub trait OpenShares: Send + Sync {
    /// Whether this drive opens such a link.
    fn opens(&self, link: &ShareLink) -> bool;

    /// The host at which this drive finds its upstream: links at it are its links.
    fn home(&self) -> Option<LinkHome>;

    /// Whether others that open a link are to be asked first, as where each link costs something.
    fn is_fallback(&self) -> bool {
        false
    }

    /// Where a short link leads, asked once and not followed any further; `None` where it leads nowhere.
    async fn follow(&self, _link: &ShortLink) -> Result<Option<String>, DriveError> {
        Ok(None)
    }

    /// The share as a place of its own. Asks the upstream: `share_password_required`,
    /// `share_password_wrong`, `share_gone` among the errors. `memory` keeps what the share must
    /// remember over a restart (its key), durable before it is used.
    async fn open(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Result<SharedDrive, DriveError>;

    /// The same share after a restart, from what is remembered; asks nobody.
    fn reopen(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> SharedDrive;

    /// Whether this drive can keep what is in a share.
    fn saves(&self, _share: &dyn crate::Drive) -> bool {
        true
    }

    /// Copies entries of an open share into a folder of this drive, which is made where it is missing. One outcome
    /// per path, in their order; waits for the end of what the upstream does in the background.
    async fn save(
        &self,
        share: &dyn crate::Drive,
        paths: &[EntryPath],
        to: &EntryPath,
        on_conflict: OnConflict,
    ) -> Result<Vec<Outcome>, DriveError>;
}
