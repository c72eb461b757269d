//! What some drives can do beyond being watched, each ability a promise of its own.
//!
//! [`super::Drive`] hands out the abilities that it has; a capability of the same name tells pages and
//! programs. A call whose outcome differs from path to path answers with one [`Outcome`] each, never
//! with the first failure alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use secrecy::SecretString;

use super::links::{LinkHome, ShortLink};
use super::{DriveError, ErrorKind, SharedDrive};
use media::{Entry, EntryPath, Place};

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
    async fn relocate(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
    ) -> Result<Vec<Outcome>, DriveError>;

    /// Gives an entry another name in its folder. `refused_name` and `conflict` among the errors.
    async fn rename(&self, path: &EntryPath, name: &str) -> Result<Entry, DriveError>;

    /// Deletes, folders with all that is in them.
    async fn delete(&self, paths: &[EntryPath]) -> Result<Vec<Outcome>, DriveError>;
}

/// Bytes on their way in. An error means that the sender broke off.
pub type UploadBody = BoxStream<'static, std::io::Result<Bytes>>;

/// What is to be uploaded.
#[derive(Debug, Clone)]
pub struct UploadRequest {
    /// Where it goes.
    pub path: EntryPath,
    /// Bytes, where the sender says so.
    pub size: Option<u64>,
    /// What to do where something is there already.
    pub on_conflict: OnConflict,
    /// Where the upload tells how far it is, for whoever watches.
    pub progress: Option<Arc<UploadProgress>>,
}

/// How far an upload is, in bytes. A drive may take everything in before it sends anything on, so there
/// are two legs, and what is to be shown is `received + sent` of twice the size.
#[derive(Debug, Default)]
pub struct UploadProgress {
    received: AtomicU64,
    sent: AtomicU64,
}

impl UploadProgress {
    /// Bytes that arrived here so far.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Bytes that the upstream has taken so far; those that it had already count.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// So many more bytes have arrived.
    pub fn add_received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The upstream has taken so many more bytes.
    pub fn add_sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many bytes must be sent once more.
    pub fn take_back_sent(&self, bytes: u64) {
        self.sent.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// What is remembered of uploads that are under way, so that one which broke off can go on after a
/// restart: one text per upload, without secrets.
#[async_trait]
pub trait UploadNotes: Send + Sync {
    /// The text kept last under `key`.
    async fn load(&self, key: &str) -> Result<Option<String>, super::SessionStoreError>;

    /// Replaces the text under `key`.
    async fn save(&self, key: &str, text: &str) -> Result<(), super::SessionStoreError>;

    /// The upload has ended.
    async fn forget(&self, key: &str) -> Result<(), super::SessionStoreError>;
}

/// Files taken in.
#[async_trait]
pub trait Upload: Send + Sync {
    /// Whether the upstream would take such a file, as far as that is known before a byte travels:
    /// `refused_name`, `no_space`, `plan_required` (too large for the plan), `bad_request` (empty).
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError>;

    /// Takes the bytes in as they come, never all of them in memory, and answers with the new entry.
    /// An upload that broke off and begins again with the same content sends only what is missing.
    async fn upload(&self, request: &UploadRequest, body: UploadBody) -> Result<Entry, DriveError>;
}

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

/// A sign-in by another device that has begun.
#[derive(Debug, Clone)]
pub struct DeviceSignIn {
    /// What is polled with; kept on this side.
    pub code: SecretString,
    /// A picture to be scanned, as a `data:` URL.
    pub qr: String,
    /// How often to ask at most.
    pub interval: Duration,
    /// When the code ends.
    pub expires_in: Duration,
}

/// How far a sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInState {
    /// Nobody has agreed yet.
    Pending,
    /// Signed in.
    Done,
    /// Too late: begin again.
    Expired,
}

/// What a sign-in asks its owner for, right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInForm {
    /// What it is about, in a sentence.
    pub about: &'static str,
    /// What is to be typed in.
    pub fields: Vec<SignInField>,
}

/// One value that a sign-in asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInField {
    /// Its name among the answers.
    pub key: &'static str,
    /// The same for people.
    pub label: &'static str,
    /// What kind of value it is.
    pub kind: SignInFieldKind,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// What kind of value a sign-in asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFieldKind {
    Email,
    Password,
    /// A code that serves once, such as one of an authenticator app.
    OneTimeCode,
}

/// A session won from the browser, and given up again. Of the ways to win one, an upstream has some.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// Begins a sign-in by another device; `unsupported` where the upstream has none.
    async fn begin_device(&self) -> Result<DeviceSignIn, DriveError> {
        Err(no_such_way())
    }

    /// Asks once how far it is; the new session is durable before this says `Done`.
    async fn poll_device(&self, _sign_in: &DeviceSignIn) -> Result<SignInState, DriveError> {
        Err(no_such_way())
    }

    /// Signs in with a code that the upstream's own page has shown.
    async fn with_code(&self, _code: &SecretString) -> Result<(), DriveError> {
        Err(no_such_way())
    }

    /// What is to be typed in here to sign in; `None` where nothing is.
    fn form(&self) -> Option<SignInForm> {
        None
    }

    /// Takes what was typed in, by its keys. `Pending` where the form now asks for something else; the new session
    /// is durable before this says `Done`. What is wrong with an answer is `bad_request` in a sentence.
    async fn answer(
        &self,
        _answers: &BTreeMap<String, SecretString>,
    ) -> Result<SignInState, DriveError> {
        Err(no_such_way())
    }

    /// The upstream's own login page to be shown in a frame, and its origin, from which alone a message
    /// is accepted. The one upstream address that a browser is given, since people type a password there.
    fn login_page(&self) -> Option<LoginPage> {
        None
    }

    /// Which of them there are.
    fn ways(&self) -> SignInWays {
        SignInWays {
            device: true,
            code: true,
            cookie: false,
        }
    }

    /// Forgets the session, also what is stored.
    async fn sign_out(&self) -> Result<(), DriveError>;
}

fn no_such_way() -> DriveError {
    DriveError::new(
        ErrorKind::Unsupported,
        "sign_in",
        "the upstream has no such sign-in",
    )
}

/// How a drive may be signed in to from a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInWays {
    /// By a picture that another device scans.
    pub device: bool,
    /// By a code that the upstream's own page shows.
    pub code: bool,
    /// By the cookie of a browser that is signed in there, however it was copied; it goes where a code goes.
    pub cookie: bool,
}

/// The upstream's own login page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginPage {
    /// Its address.
    pub url: String,
    /// `https://www.example.org`: scheme and authority of the pages that may answer.
    pub origin: String,
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
    fn is_second_choice(&self) -> bool {
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
        memory: std::sync::Arc<dyn super::SessionStore>,
    ) -> Result<SharedDrive, DriveError>;

    /// The same share after a restart, from what is remembered; asks nobody.
    fn reopen(
        &self,
        place: Place,
        link: &ShareLink,
        memory: std::sync::Arc<dyn super::SessionStore>,
    ) -> SharedDrive;

    /// Whether this drive can keep what is in a share.
    fn saves(&self, _share: &dyn super::Drive) -> bool {
        true
    }

    /// Copies entries of an open share into a folder of this drive, which is made where it is missing. One outcome
    /// per path, in their order; waits for the end of what the upstream does in the background.
    async fn save(
        &self,
        share: &dyn super::Drive,
        paths: &[EntryPath],
        to: &EntryPath,
        on_conflict: OnConflict,
    ) -> Result<Vec<Outcome>, DriveError>;
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
pub trait Accounting: Send + Sync {
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
