//! What a drive promises to the rest of the house, and the kinds of drive there are.
//!
//! Each kind is a folder of the same shape: `mod` keeps the promise below, `config` holds its
//! settings, `client` the upstream's calls in its own words, `types` its JSON and nothing else,
//! `auth` how a session is won and renewed, `codes` its error numbers turned into our kinds, and
//! `testdata` replies with a story. Nothing above this room knows an upstream's name, its errors or
//! the HTTP client; nothing in here knows viewers.

mod abilities;
mod addresses;
mod clock;
pub mod cloudreve;
mod error;
pub mod http;
mod kinds;
pub mod links;
pub mod local;
mod origin;
mod printed;
mod rounds;
mod sending;
mod spool;
pub mod terabox;
pub mod teraboxdl;
mod turns;

use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;

use media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

pub use abilities::{
    Accounting, DeviceSignIn, LoginPage, Manage, NewShare, OnConflict, OpenShares, Outcome,
    OwnShare, OwnShares, ReportKind, ShareLink, SignIn, SignInField, SignInFieldKind, SignInForm,
    SignInState, SignInWays, Upload, UploadBody, UploadNotes, UploadProgress, UploadRequest,
};
pub use addresses::Addresses;
pub use clock::Clock;
pub use error::{DriveError, ErrorKind};
pub use kinds::{DriveKind, KINDS};
pub use origin::{FactsReader, HostKey, Incoming, Origin, SegmentFacts, UpstreamPlaylist};
pub use spool::Spool;
pub use turns::{Errand, Turn, Turns};

/// An upstream that the owner configured.
///
/// A drive answers for one account. It retries only what its own document says may be retried (a
/// token that has just expired, a stale domain); every other retry belongs to the byte engine, so
/// that exactly one layer owns it.
#[async_trait]
pub trait Drive: Send + Sync {
    /// The drive's name, as it stands in addresses.
    fn place(&self) -> &Place;

    /// The kind, as it stands in the config (`terabox`).
    fn kind(&self) -> &'static str;

    /// What this drive can do. Never changes while the program runs.
    fn capabilities(&self) -> &[Capability];

    /// Changes to files, where [`Capability::Manage`] is told.
    fn manage(&self) -> Option<&dyn Manage> {
        None
    }

    /// Files taken in, where [`Capability::Upload`] is told.
    fn upload(&self) -> Option<&dyn Upload> {
        None
    }

    /// The owner's own links, where [`Capability::Share`] is told.
    fn own_shares(&self) -> Option<&dyn OwnShares> {
        None
    }

    /// Sign-in from the browser.
    fn sign_in(&self) -> Option<&dyn SignIn> {
        None
    }

    /// Share links opened, where [`Capability::OpenShares`] is told.
    fn open_shares(&self) -> Option<&dyn OpenShares> {
        None
    }

    /// What the upstream tells of the owner's use of it, where it counts that.
    fn accounting(&self) -> Option<&dyn Accounting> {
        None
    }

    /// What the kind itself can look into below a share (`self` as its own type); for [`OpenShares::save`].
    fn as_any(&self) -> Option<&dyn std::any::Any> {
        None
    }

    /// Who the account is and how full it is. Errors as any other call, `signed_out` among them.
    async fn account(&self) -> Result<Account, DriveError>;

    /// The entry's path of a path as the upstream itself writes it; `None` where that lies outside of what
    /// the drive shows.
    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        EntryPath::parse(upstream).ok()
    }

    /// Renews the session if that is due. Asked now and then, so that a session which nobody uses does not
    /// run out for that alone.
    async fn keep_session(&self) -> Result<(), DriveError> {
        Ok(())
    }

    /// Where the drive tells of folders in which something has changed, if it can tell.
    fn changes(&self) -> Option<tokio::sync::broadcast::Receiver<EntryPath>> {
        None
    }

    /// Ends when nothing is under way that the end of the program must not cut short, such as a refresh
    /// whose new tokens are not stored yet.
    async fn settled(&self) {}

    /// Whether its bytes lie on this machine, so that nothing is gained by reading ahead.
    fn is_near(&self) -> bool {
        false
    }

    /// Whether a share was told as a whole when it was opened, so that looking at it asks nothing of the account.
    fn is_told_whole(&self) -> bool {
        false
    }

    /// Who says when the drive may make a request of its own accord, of the many of one upload. Handed in
    /// before the drive is used.
    fn take_turns(&self, _turns: Arc<dyn Turns>) {}

    /// One page of a folder. `not_found` where there is no such folder.
    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError>;

    /// One entry with everything that is known of it (duration and picture size for films).
    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError>;

    /// What `stat` tells, of several files in one call, as far as they are found. Nothing at all from a drive that
    /// has no such call.
    async fn details(&self, _paths: &[EntryPath]) -> Result<Vec<Entry>, DriveError> {
        Ok(Vec::new())
    }

    /// One page of entries of the whole drive whose names match.
    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError>;

    /// The renditions that the upstream may have of this entry, best first, without asking it.
    fn candidates(&self, entry: &Entry) -> Vec<Rendition>;

    /// Those of the candidates that such an entry has for certain, best first, as far as that is known without asking.
    /// A stream is never larger than its film, so where nothing is known of the film's picture, it is the smallest.
    fn certain(&self, entry: &Entry) -> Vec<Rendition> {
        let mut certain = self.candidates(entry);
        if entry.width.is_none() && entry.height.is_none() {
            let heights = certain.iter().filter_map(|rendition| rendition.height());
            let smallest = heights.min();
            certain.retain(|it| it.height().is_none() || it.height() == smallest);
        }
        certain
    }

    /// Whether there may be streams of this entry; of the rest, there is the file alone.
    fn streams(&self, entry: &Entry) -> bool {
        entry.kind.is_playable()
            && self.capabilities().contains(&Capability::Stream)
            && !self.candidates(entry).is_empty()
    }

    /// Whether a browser does best with the file as it is: its streams hold the same pictures in another wrapping.
    fn plays_directly(&self, _entry: &Entry) -> bool {
        false
    }

    /// The upstream's playlist of one rendition. `transcoding` while it is being made,
    /// `plan_required` where the account may not see it, `unsupported` where it never will be.
    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError>;

    /// RFC 6381 names of what a rendition holds, where that is certain whatever the entry.
    fn codecs(&self, _rendition: Rendition) -> Option<&'static str> {
        None
    }

    /// What tells of a segment's content by its address, without asking the upstream.
    fn segment_facts(&self) -> FactsReader;

    /// Where the file's own bytes are right now. Made afresh at each call: keeping it is the caller's.
    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError>;

    /// Where a picture of the entry is right now; `not_found` where there is none.
    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError>;

    /// Opens an origin from byte `from` on, up to and with byte `last` where given.
    ///
    /// The upstream may ignore the range: [`Incoming::offset`] says where its bytes begin. A JSON or
    /// HTML body under a media address, an expired signature or a refusal is an error here, with
    /// [`ErrorKind::Expired`] where a fresh origin may help.
    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError>;
}

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

/// Whose account a drive is and how full it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Account {
    /// The account's id as text.
    pub id: String,
    /// The name that the upstream shows.
    pub name: String,
    /// A picture of the owner, an upstream address: never handed to a client as it is.
    pub avatar_url: Option<String>,
    /// The plan in words, such as `free` or `premium`.
    pub plan: Option<String>,
    /// Bytes that the account may hold and holds.
    pub quota: Option<Quota>,
    /// When the session ends for good and the owner must sign in again, where that is known.
    pub session_ends_at: Option<chrono::DateTime<chrono::Utc>>,
    /// What else the upstream tells of the account, as a name and a value in words.
    pub facts: Vec<(String, String)>,
}

/// Bytes of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Quota {
    /// All bytes of the plan.
    pub total: u64,
    /// Bytes in use.
    pub used: u64,
}

/// Where a drive keeps its session, so that it survives a restart: one text per drive, durable
/// before `save` returns, secret.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// The text saved last; `None` where there was none.
    async fn load(&self) -> Result<Option<String>, SessionStoreError>;

    /// Forgets the text.
    async fn forget(&self) -> Result<(), SessionStoreError>;

    /// Replaces the text. When this returns `Ok`, a power cut does not lose it.
    async fn save(&self, session: &str) -> Result<(), SessionStoreError>;

    /// Waits until nobody else, in this process or another one that shares the state, is renewing this
    /// session. Whoever holds the lock reads the session again before it uses a token that serves once.
    async fn lock(&self) -> Result<SessionLock, SessionStoreError> {
        Ok(SessionLock::new(()))
    }
}

/// Held while a session is renewed; given back when it is dropped, or when the process dies.
pub struct SessionLock(#[allow(dead_code)] Box<dyn std::any::Any + Send + Sync>);

impl SessionLock {
    /// A lock that is held as long as `holder` lives.
    pub fn new(holder: impl Send + Sync + 'static) -> Self {
        SessionLock(Box::new(holder))
    }
}

/// The state could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the drive's session could not be kept: {0}")]
pub struct SessionStoreError(pub String);

/// A drive that others share.
pub type SharedDrive = Arc<dyn Drive>;
